"""The mails of a team."""

from __future__ import annotations

from flask import g
from sqlalchemy.orm import Session

from assett.accounts.mails import link, write
from assett.accounts.models import Person
from assett.teams.models import TeamInvitation
from assett.teams.policy import YOUR_PART


def invitation(
    session: Session, invitation: TeamInvitation, token: str, inviter: Person | None, language: str | None
) -> None:
    """To an address that may have no account; `language` is that of its account where there is one. An answer goes to
    who invites or, where it is the host, to the space's contact."""
    reply_to = inviter.email if inviter is not None else g.space.contact_email or None
    write(
        session,
        invitation.email,
        "teams/mail/invitation.txt",
        language=language,
        reply_to=reply_to,
        answered=reply_to is not None,
        inviter=inviter.name if inviter is not None else None,
        role=invitation.role.label,
        part=YOUR_PART[invitation.role],
        message=invitation.message,
        expires_at=invitation.expires_at,
        url=link("teams.accept", token=token),
    )
