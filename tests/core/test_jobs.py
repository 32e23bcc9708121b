"""The queue: done once if the transaction commits, whatever happens to the worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from assett.core import jobs, mail
from assett.core.jobs import Job
from assett.core.mail import Mail
from assett.core.settings import ROOT, Settings

WORKER = """
import sys, threading, time
from pathlib import Path
from assett.app import create_app
from assett.core import jobs, mail

begun = Path(sys.argv[1])

@jobs.handler("test.slow")
def slow(session, arguments):
    mail.send(session, "lent@example.org", "Lent", "Corps")
    session.flush()
    first = not begun.exists()
    begun.touch()
    if first:
        time.sleep(120)

jobs.work(create_app(), threading.Event(), pause=0.05)
"""


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Callable[[jobs.Handler], None]:
    """Have jobs of the kind `test` done by a function, for this test."""

    def register(function: jobs.Handler) -> None:
        monkeypatch.setitem(jobs._handlers, "test", function)

    return register


@pytest.fixture
def start_worker(settings: Settings, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start a worker as a process of its own."""
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url or "",
        "ASSETT_INSTANCE": str(settings.instance),
        "SECRET_KEY": settings.secret_key,
    }
    environment.pop("MAIL_URL", None)
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        worker = subprocess.Popen([sys.executable, "-c", WORKER, str(tmp_path / "begun")], cwd=ROOT, env=environment)
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.kill()
        worker.wait()


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def the_job(owner: Session) -> Job:
    owner.commit()
    return owner.scalars(select(Job).where(Job.kind.like("test%")).execution_options(populate_existing=True)).one()


def test_a_worker_killed_in_the_middle_of_a_job_is_made_up_for(
    app: Flask, owner: Session, start_worker: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    jobs.enqueue(owner, "test.slow")
    owner.commit()
    worker = start_worker()
    until((tmp_path / "begun").exists)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    job = the_job(owner)
    assert (job.attempts, job.done_at) == (1, None)
    # What it had written died with its transaction.
    assert owner.scalar(select(func.count()).select_from(Mail)) == 0
    # Another worker leaves it alone until the lease is over, for the first might still be at it.
    start_worker()
    time.sleep(2)
    assert the_job(owner).done_at is None
    owner.execute(update(Job).where(Job.kind == "test.slow").values(leased_until=func.now()))
    owner.commit()
    until(lambda: the_job(owner).done_at is not None)
    assert the_job(owner).attempts == 2
    until(lambda: owner.scalar(select(func.count()).select_from(Mail).where(Mail.sent_at.is_not(None))) == 1)
    assert owner.scalar(select(func.count()).select_from(Mail)) == 1


def test_a_worker_finishes_its_job_before_it_stops(app: Flask, owner: Session, handle: Any) -> None:
    stop, begun = threading.Event(), threading.Event()

    def slow(session: Session, _arguments: Mapping[str, Any]) -> None:
        begun.set()
        stop.wait()
        mail.send(session, "ana@example.org", "Fini", "Corps")

    handle(slow)
    jobs.enqueue(owner, "test", due_at=datetime(2024, 1, 1, tzinfo=UTC))
    owner.commit()
    thread = threading.Thread(target=jobs.work, args=(app, stop), kwargs={"pause": 0.05})
    thread.start()
    assert begun.wait(10)
    stop.set()
    thread.join(10)
    assert the_job(owner).done_at is not None
    assert owner.scalars(select(Mail)).one().subject == "Fini"


def test_a_job_that_fails_undoes_what_it_wrote_and_waits_longer_each_time(
    app: Flask, owner: Session, handle: Any
) -> None:
    def failing(session: Session, _arguments: Mapping[str, Any]) -> None:
        mail.send(session, "ana@example.org", "Jamais", "Corps")
        raise RuntimeError("pas cette fois")

    handle(failing)
    jobs.enqueue(owner, "test")
    owner.commit()
    waits = []
    for _ in range(4):
        assert jobs.drain(app) == 1
        job = the_job(owner)
        waits.append(round((job.due_at - datetime.now(UTC)).total_seconds() / 10) * 10)
        assert "pas cette fois" in (job.error or "") and job.leased_until is None
        owner.execute(update(Job).values(due_at=func.now()))
        owner.commit()
    assert waits == [20, 40, 80, 160]
    assert owner.scalar(select(func.count()).select_from(Mail)) == 0


def test_a_job_that_always_fails_is_given_up_and_kept(app: Flask, owner: Session, handle: Any) -> None:
    def failing(_session: Session, _arguments: Mapping[str, Any]) -> None:
        raise RuntimeError("jamais")

    handle(failing)
    job = jobs.enqueue(owner, "test")
    job.attempts = jobs.ATTEMPTS - 1
    owner.commit()
    assert jobs.drain(app) == 1
    assert the_job(owner).failed_at is not None
    assert jobs.drain(app) == 0


def test_a_job_of_an_unknown_kind_waits_for_a_worker_that_knows_it(app: Flask, owner: Session, handle: Any) -> None:
    jobs.enqueue(owner, "test")
    owner.commit()
    jobs.drain(app)
    assert the_job(owner).done_at is None
    handle(lambda _session, _arguments: None)
    owner.execute(update(Job).values(due_at=func.now()))
    owner.commit()
    jobs.drain(app)
    assert the_job(owner).done_at is not None


def test_several_workers_do_each_job_once(app: Flask, owner: Session, handle: Any) -> None:
    done: Counter[int] = Counter()

    def note(_session: Session, arguments: Mapping[str, Any]) -> None:
        time.sleep(0.005)
        done[arguments["number"]] += 1

    handle(note)
    for number in range(40):
        jobs.enqueue(owner, "test", number=number)
    owner.commit()
    threads = [threading.Thread(target=jobs.drain, args=(app,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == Counter(range(40))


def test_a_job_waits_for_its_time(app: Flask, owner: Session, handle: Any) -> None:
    handle(lambda _session, _arguments: None)
    jobs.enqueue(owner, "test", due_at=datetime.now(UTC) + timedelta(hours=1))
    owner.commit()
    assert jobs.drain(app) == 0


def test_a_job_of_a_transaction_that_is_undone_is_never_done(app: Flask, owner: Session, handle: Any) -> None:
    handle(lambda _session, _arguments: None)
    jobs.enqueue(owner, "test")
    owner.rollback()
    assert jobs.drain(app) == 0


def test_a_periodic_job_is_enqueued_once_a_period(app: Flask, owner: Session) -> None:
    def sweeps() -> int:
        owner.commit()
        return owner.scalar(select(func.count()).select_from(Job).where(Job.kind == "throttle.sweep")) or 0

    for _ in range(3):
        jobs.enqueue_periodic(app)
    assert sweeps() == 1
    jobs.drain(app)
    jobs.enqueue_periodic(app)
    assert sweeps() == 1
    owner.execute(update(Job).values(created_at=func.now() - timedelta(hours=2)))
    owner.commit()
    jobs.enqueue_periodic(app)
    assert sweeps() == 2
