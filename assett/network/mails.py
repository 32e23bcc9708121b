"""What the collectivité writes to a structure about its listing."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from assett.accounts.mails import link, write
from assett.accounts.models import Person
from assett.network.models import Listing
from assett.organizations.models import Participation
from assett.organizations.naming import called_by


def withheld(
    session: Session, listing: Listing, participation: Participation, owners: Iterable[Person], reply_to: str | None
) -> None:
    _write(session, "network/mail/withheld.txt", participation, owners, reply_to, reason=listing.withheld_reason)


def released(session: Session, participation: Participation, owners: Iterable[Person], reply_to: str | None) -> None:
    _write(session, "network/mail/released.txt", participation, owners, reply_to)


def _write(
    session: Session,
    template: str,
    participation: Participation,
    owners: Iterable[Person],
    reply_to: str | None,
    reason: str = "",
) -> None:
    for owner in owners:
        write(
            session,
            owner.email,
            template,
            language=owner.language,
            reply_to=reply_to,
            name=owner.name,
            organization=called_by(session, owner.id, participation.organization),
            reason=reason,
            url=link("network.editor", participation=participation.id),
        )
