"""The one way out of a space: reading or writing in all of them, on purpose, and written down.

Closed to every feature but `console`, `network` (the national network) and jobs, by an import contract.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

from assett.core import audit
from assett.core.tenancy import ACROSS_ROLE, SPACE_ROLE


@contextmanager
def across_spaces(session: Session, reason: str, *, audited: bool = True) -> Iterator[None]:
    """Within the block, the session's transaction sees every space.

    `reason` says why in a few words and enters the log, with the actor. Routine jobs (which touch a row
    because that row asks for it) pass `audited=False`.
    """
    session.flush()
    session.execute(text(f"SET LOCAL ROLE {ACROSS_ROLE}"))
    try:
        if audited:
            audit.record(session, "across", details={"reason": reason})
        yield
        session.flush()
    finally:
        if session.in_transaction() and session.is_active:
            session.execute(text(f"SET LOCAL ROLE {SPACE_ROLE}"))
