"""The mails of the studio."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from assett.accounts.mails import link, write
from assett.accounts.models import Person
from assett.studio.models import Draft, DraftComment


def comments(
    session: Session, reader: Person, draft: Draft, said: Sequence[tuple[str, Sequence[DraftComment]]]
) -> None:
    """To somebody who takes part in the conversation: what others said, by the piece that it is about."""
    write(
        session,
        reader.email,
        "studio/mail/comments.txt",
        language=reader.language,
        name=reader.name,
        draft=draft,
        said=said,
        count=sum(len(comments) for _, comments in said),
        url=link("studio.comments", id=draft.id),
    )
