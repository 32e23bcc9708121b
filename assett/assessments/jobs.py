"""What assessments need done aside: visitors' try-outs are forgotten after seven days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.assessments.models import Assessment
from assett.core import jobs
from assett.core.throttle import allowed
from assett.kernel.clock import PARIS


@jobs.handler("assessments.forget_trials", every=timedelta(hours=6))
def forget_trials(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Erase the try-outs whose last day is over, and those whose account is gone, with their answers.

    Pages name the day: all of it is their author's to go on, to sign up, and whoever is at it at midnight is left to
    finish.
    """
    # Begun on another device, or in another space, than where their account was confirmed.
    confirmed = select(Person.id).where(Person.confirmed_at.is_not(None))
    session.execute(
        update(Assessment)
        .where(Assessment.expires_at.is_not(None), Assessment.started_by.in_(confirmed))
        .values(expires_at=None)
    )
    today = func.date_trunc("day", func.now(), str(PARIS))
    left = Assessment.changed_at < func.now() - timedelta(hours=1)
    over = or_(
        (Assessment.expires_at < today) & left, Assessment.expires_at.is_(None) & Assessment.started_by.is_(None)
    )
    session.execute(delete(Assessment).where(Assessment.trial_secret.is_not(None), over))


def may_begin(address: str) -> bool:
    """Whether a visitor may begin one more try-out; not one who begins them by the dozen."""
    return allowed("trial", address, limit=60, per=timedelta(hours=1))
