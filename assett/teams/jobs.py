"""What the worker does for teams."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func
from sqlalchemy.orm import Session

from assett.core import jobs
from assett.teams.models import TeamInvitation
from assett.teams.service import KEPT_AFTERWARDS


@jobs.handler("teams.forget", every=timedelta(days=1))
def forget(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Forget the invitations that ended or expired three months ago: each holds somebody's address."""
    over = func.coalesce(TeamInvitation.accepted_at, TeamInvitation.revoked_at, TeamInvitation.expires_at)
    session.execute(delete(TeamInvitation).where(over < func.now() - KEPT_AFTERWARDS))
