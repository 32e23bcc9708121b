"""What the worker does for accounts."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assett.accounts import registries
from assett.accounts.models import Person, SignIn, SpaceRole
from assett.core import jobs

log = logging.getLogger("assett.accounts")

# An address that was typed and never confirmed is not kept (its owner may not even know).
UNCONFIRMED_KEPT = timedelta(days=30)
# A cookie lasts thirty days: one more, and nobody can come back with it.
UNSEEN_KEPT = timedelta(days=31)


@jobs.handler("accounts.erase")
def erase(session: Session, arguments: Mapping[str, Any]) -> None:
    """Erase a deleted account in every space. Its row goes too, unless a completed assessment still names it."""
    person = session.get(Person, arguments["person"])
    if person is None:
        return
    for eraser in registries.erasers:
        eraser(session, person)
    person.operator = False
    session.execute(delete(SpaceRole).where(SpaceRole.person_id == person.id))
    try:
        with session.begin_nested():
            session.delete(person)
    except IntegrityError:
        log.info("the row of person %s stays, without name or address", arguments["person"])


@jobs.handler("accounts.sweep", every=timedelta(days=1))
def sweep(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Forget sign-ups never confirmed (the row of a deleted account has no password and is spared), old sign-ins."""
    session.execute(
        delete(Person).where(
            Person.confirmed_at.is_(None),
            Person.password_hash.is_not(None),
            Person.created_at < func.now() - UNCONFIRMED_KEPT,
        )
    )
    session.execute(delete(SignIn).where(SignIn.seen_on < func.current_date() - UNSEEN_KEPT.days))
