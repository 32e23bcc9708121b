"""Jobs are rows of the transaction that wants them: done if it commits, never heard of if it does not.

`enqueue` writes a row; the worker (`assett worker`) claims it under a lease, runs it, and marks it done in the
job's own transaction. A worker killed in the middle loses its lease, and another takes the job up again: a job
runs at least once, so a handler must bear being run twice.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Index, delete, func, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from assett.core.db import Base, db
from assett.core.tenancy import ACROSS_ROLE, enter_space

log = logging.getLogger("assett.jobs")

Handler = Callable[[Session, Mapping[str, Any]], None]

LEASE = timedelta(minutes=5)
FIRST_RETRY = timedelta(seconds=20)
LONGEST_RETRY = timedelta(hours=6)
# With a doubling delay from 20 s, twelve attempts span about a day: a mail server's bad day.
ATTEMPTS = 12
KEPT_WHEN_DONE = timedelta(days=31)


class Job(Base):
    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "due_at", postgresql_where=text("done_at IS NULL AND failed_at IS NULL")),
        Index(
            "uq_job_unique_key",
            "unique_key",
            unique=True,
            postgresql_where=text("done_at IS NULL AND failed_at IS NULL"),
        ),
    )

    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # A job with a key that still waits is not enqueued twice.
    unique_key: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Periodic:
    kind: str
    every: timedelta


_handlers: dict[str, Handler] = {}
_periodic: list[Periodic] = []


def handler(kind: str, *, every: timedelta | None = None) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of this kind; with `every`, the worker also enqueues it that often."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        if every is not None:
            _periodic.append(Periodic(kind, every))
        return function

    return register


def enqueue(session: Session, kind: str, /, *, due_at: datetime | None = None, **arguments: Any) -> Job:
    """Add a job to the caller's transaction."""
    job = Job(kind=kind, arguments=arguments)
    if due_at is not None:
        job.due_at = due_at
    session.add(job)
    return job


def run_one(app: Flask) -> bool:
    """Claim and run one due job; False where none is due. Two short transactions: the claim, then the work."""
    with app.app_context():
        session = db.session
        _act_as_worker(session())
        now = func.now()
        due = (
            select(Job.id)
            .where(Job.done_at.is_(None), Job.failed_at.is_(None), Job.due_at <= now)
            .where(or_(Job.leased_until.is_(None), Job.leased_until < now))
            # One that ended its worker again and again is left for somebody to look at.
            .where(Job.attempts < 2 * ATTEMPTS)
            .order_by(Job.due_at, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        claimed = session.execute(
            update(Job)
            .where(Job.id == due.scalar_subquery())
            .values(leased_until=now + LEASE, attempts=Job.attempts + 1)
            .returning(Job.id, Job.kind, Job.arguments, Job.attempts)
        ).one_or_none()
        session.commit()
        if claimed is None:
            return False
        try:
            _act_as_worker(session())
            _handlers[claimed.kind](session(), claimed.arguments)
            session.execute(update(Job).where(Job.id == claimed.id).values(done_at=func.now(), error=None))
            session.commit()
        except Exception as error:
            session.rollback()
            _act_as_worker(session())
            _postpone(session(), claimed.id, claimed.attempts, error)
            session.commit()
        finally:
            enter_space(session(), None)
        return True


def _act_as_worker(session: Session) -> None:
    """For this transaction: a page may add to the queue, and neither reads it nor changes what is in it."""
    session.execute(text(f"SET LOCAL ROLE {ACROSS_ROLE}"))


def _postpone(session: Session, job_id: int, attempts: int, error: Exception) -> None:
    log.warning("job %s failed (attempt %s): %s", job_id, attempts, error)
    wait = min(FIRST_RETRY * 2 ** (attempts - 1), LONGEST_RETRY)
    values: dict[str, Any] = {"leased_until": None, "error": "".join(traceback.format_exception_only(error))[:2000]}
    if attempts >= ATTEMPTS:
        values["failed_at"] = func.now()
    else:
        values["due_at"] = func.now() + wait
    session.execute(update(Job).where(Job.id == job_id).values(**values))


@handler("jobs.forget", every=timedelta(days=1))
def forget(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Erase the jobs done more than a month ago; those that failed stay, for somebody to look at."""
    session.execute(delete(Job).where(Job.done_at < func.now() - KEPT_WHEN_DONE))


def drain(app: Flask, limit: int = 1000) -> int:
    """Run what is due now, for tests and for `assett worker --once`; gives the number of jobs run."""
    count = 0
    while count < limit and run_one(app):
        count += 1
    return count


def enqueue_periodic(app: Flask) -> None:
    """Enqueue each periodic job of which none waits and none was done within its period."""
    with app.app_context():
        _act_as_worker(db.session())
        for periodic in _periodic:
            db.session.execute(
                text(
                    "INSERT INTO job (kind, arguments, unique_key, attempts) SELECT :kind, '{}', :kind, 0 "
                    "WHERE NOT EXISTS (SELECT 1 FROM job WHERE unique_key = :kind AND created_at > now() - :every) "
                    "ON CONFLICT DO NOTHING"
                ),
                {"kind": periodic.kind, "every": periodic.every},
            )
        db.session.commit()


def work(app: Flask, stop: threading.Event, *, pause: float = 1.0) -> None:
    """Work until `stop` is set. A database that goes away is waited for, not died of."""
    next_periodic = 0
    while not stop.is_set():
        try:
            if next_periodic <= 0:
                enqueue_periodic(app)
                next_periodic = 60
            if not run_one(app):
                stop.wait(pause)
                next_periodic -= 1
        except Exception:
            log.exception("the worker could not reach its queue; it tries again")
            with app.app_context():
                db.engine.dispose()
            stop.wait(5 * pause)
