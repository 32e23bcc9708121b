"""What the worker does for spaces."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.core import jobs
from assett.core.tenancy import enter_space
from assett.spaces import queries
from assett.spaces.models import Space


@jobs.handler("spaces.pictures", every=timedelta(days=1))
def forget_pictures(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Forget, space after space, the pictures that nothing needs any more."""
    for space in session.scalars(select(Space).order_by(Space.id)).all():
        enter_space(session, space.id)
        queries.forget_pictures(session, space)
    enter_space(session, None)
