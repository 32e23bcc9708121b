"""What the worker does for organizations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func
from sqlalchemy.orm import Session

from assett.core import jobs
from assett.organizations.models import Invitation, Membership

# Long enough for every owner to open the mail that asked, and to read what became of it.
REFUSED_KEPT = timedelta(days=90)
# Long enough to send an invitation again that nobody followed: it holds somebody's address.
EXPIRED_KEPT = timedelta(days=90)


@jobs.handler("organizations.sweep", every=timedelta(days=1))
def sweep(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Forget who was refused, and who was invited and never came."""
    session.execute(delete(Membership).where(Membership.refused_at < func.now() - REFUSED_KEPT))
    session.execute(delete(Invitation).where(Invitation.expires_at < func.now() - EXPIRED_KEPT))
