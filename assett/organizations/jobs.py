"""What the worker does for organizations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func
from sqlalchemy.orm import Session

from assett.core import jobs
from assett.organizations.models import Membership

# Long enough for every owner to open the mail that asked, and to read what became of it.
REFUSED_KEPT = timedelta(days=90)


@jobs.handler("organizations.sweep", every=timedelta(days=1))
def sweep(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Forget who was refused."""
    session.execute(delete(Membership).where(Membership.refused_at < func.now() - REFUSED_KEPT))
