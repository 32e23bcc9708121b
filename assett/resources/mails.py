"""The mails of the resource base."""

from __future__ import annotations

from collections.abc import Sequence

from flask import g
from sqlalchemy.orm import Session

from assett.accounts.mails import write
from assett.accounts.models import Person
from assett.spaces.domains import base_url

# More than this are counted, not listed.
LISTED = 20


def broken_links(session: Session, person: Person, titles: Sequence[str]) -> None:
    """To whoever writes the resources of the space in `g`: these lead nowhere any more."""
    write(
        session,
        person.email,
        "resources/mail/broken_links.txt",
        language=person.language,
        name=person.name,
        titles=titles[:LISTED],
        others=len(titles[LISTED:]),
        count=len(titles),
        url=f"{base_url()}/{g.space.slug}/ressources-du-territoire?etat=a-verifier",
    )
