"""Real parts: an embedded PostgreSQL with one database a test worker, the real application, a real browser.

Each test starts on an empty database: tables are emptied after a test that wrote.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from assett.accounts import passwords
from assett.app import create_app
from assett.core import embedded, migrations
from assett.core.db import Base, db, engine_options, sqlalchemy_url
from assett.core.settings import ROOT, Settings
from tests import factories
from tests.browser_setup import ensure
from tests.linting import LintingClient
from tests.patience import look_often

# A slow machine is no fault of the code; the order in which workers import files decides nothing.
hypothesis_settings.register_profile(
    "assett",
    deadline=None,
    max_examples=80,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
hypothesis_settings.load_profile("assett")
TEST_INSTANCE = ROOT / "instance" / "tests"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
# Those that start whole programs or open every page last longest: begun first, no worker is left alone with one.
LONGEST = ("sweep", "journeys", "commands", "resilience", "demo")
# Two busy cores: what a page does at once may take a moment here.
look_often(30_000)


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A database of this test worker, copied from a template that is migrated once per state of the migrations."""
    TEST_INSTANCE.mkdir(parents=True, exist_ok=True)
    with (TEST_INSTANCE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        address = embedded.start(TEST_INSTANCE)
        state = hashlib.sha256(
            b"".join(path.read_bytes() for path in sorted((ROOT / "migrations").rglob("*.py")))
            + (ROOT / "assett/core/tenancy.py").read_bytes()
        ).hexdigest()[:10]
        # The process in the name: two runs at once (an editor's and a terminal's) do not meet.
        template, name = f"template_{state}", f"test_{WORKER}_{os.getpid()}"
        with psycopg.connect(address, autocommit=True) as connection:
            # Nothing here outlives the run: speed before safety.
            for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
                connection.execute(f"CREATE DATABASE {template}_draft TEMPLATE template0 ENCODING 'UTF8'")
                migrations.upgrade(address.replace("/assett?", f"/{template}_draft?"))
                connection.execute(f"ALTER DATABASE {template}_draft RENAME TO {template}")
            _drop_abandoned(connection)
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield address.replace("/assett?", f"/{name}?")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def instance_of_its_own(name: str) -> Path:
    """Where a test starts a database of its own; two workers do not meet there."""
    return TEST_INSTANCE.with_name(f"{name}-{WORKER}")


@pytest.fixture(scope="session")
def demonstration() -> Path:
    """The instance of a demonstration that is ready to be shown, to be copied with `cp -a`: whichever worker needs it
    first makes it for the run."""
    instance = _demonstration_of(os.getpid() if WORKER == "main" else os.getppid())
    TEST_INSTANCE.mkdir(parents=True, exist_ok=True)
    with (TEST_INSTANCE / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not instance.exists():
            draft = instance.with_name(f"{instance.name}-draft")
            environment = {**os.environ, "ASSETT_INSTANCE": str(draft)}
            environment.pop("DATABASE_URL", None)
            shutil.rmtree(draft, ignore_errors=True)
            for command in (["demo", "--prepare"], ["db", "stop"]):
                subprocess.run([sys.executable, "-m", "assett", *command], env=environment, check=True)
            draft.rename(instance)
    return instance


def _demonstration_of(run: int) -> Path:
    """Where the run of that process has it: two runs at once do not meet."""
    return TEST_INSTANCE.with_name(f"demonstration-{run}")


def _drop_demonstrations() -> None:
    """Those of this run, and of runs that were killed."""
    for left in TEST_INSTANCE.parent.glob("demonstration-*"):
        run = left.name.split("-")[1]
        if run == str(os.getpid()) or (Path("/proc").exists() and not Path("/proc", run).exists()):
            shutil.rmtree(left, ignore_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _drop_demonstrations()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.parent.name not in LONGEST)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server once the last worker of the last run is done with it; another run finds it as it was left."""
    if hasattr(config, "workerinput"):
        return
    _drop_demonstrations()
    if not (TEST_INSTANCE / "postgres" / "postmaster.pid").exists():
        return
    with (TEST_INSTANCE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(embedded.start(TEST_INSTANCE), autocommit=True) as connection:
            _drop_abandoned(connection)
            used = connection.execute("SELECT 1 FROM pg_database WHERE datname ~ '^test_.*_[0-9]+$'").fetchone()
        if used is None:
            embedded.stop(TEST_INSTANCE)


def _drop_abandoned(connection: psycopg.Connection[Any]) -> None:
    """Drop the databases of runs that were killed."""
    rows = connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^test_.*_[0-9]+$'").fetchall()
    for (name,) in rows:
        if not Path(f"/proc/{name.rpartition('_')[2]}").exists() and Path("/proc").exists():
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def settings(database_url: str) -> Settings:
    return Settings(instance=TEST_INSTANCE, secret_key="a secret of the tests", database_url=database_url)


@pytest.fixture(scope="session", autouse=True)
def _hashers() -> Iterator[tuple[PasswordHasher, PasswordHasher]]:
    """What keeps passwords on a host, then what keeps those of most tests: made to be slow, the first would be felt."""
    real, quick = passwords.hasher, PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords.hasher = quick
    yield real, quick
    passwords.hasher = real


@pytest.fixture
def real_hasher(_hashers: tuple[PasswordHasher, PasswordHasher]) -> Iterator[None]:
    """Passwords are kept as on a host."""
    passwords.hasher = _hashers[0]
    passwords.nobodys_hash.cache_clear()
    yield
    passwords.hasher = _hashers[1]
    passwords.nobodys_hash.cache_clear()


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    app = create_app(settings)
    app.testing = True
    app.test_client_class = LintingClient
    return app


@pytest.fixture(scope="session")
def owner_engine(database_url: str) -> Any:
    """The owner's engine, spared by every policy: for arranging and for looking behind the scenes."""
    return create_engine(sqlalchemy_url(database_url), **engine_options())


@pytest.fixture(autouse=True)
def _fresh_database(request: pytest.FixtureRequest) -> Iterator[None]:
    used = {"app", "owner"} & set(request.fixturenames)
    engine = request.getfixturevalue("owner_engine") if used else None
    yield
    if engine is None:
        return
    for left in (2, 1, 0):
        try:
            with engine.begin() as connection:
                large = connection.scalar(text(_LARGEST)) >= 1_000_000
                connection.exec_driver_sql(_EMPTY_AND_SHRINK if large else _EMPTY)
        except OperationalError as refused:
            # A page that was closed may have left a request behind, which still holds a row.
            if not left or not isinstance(refused.orig, psycopg.errors.DeadlockDetected):
                raise
        else:
            return


# To truncate forty tables takes longer than many a test: what a test wrote is deleted, unless it left much behind.
_LARGEST = (
    "SELECT max(pg_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
_TABLES = [table.name for table in Base.metadata.sorted_tables]
_EMPTY = f"""
    SET LOCAL session_replication_role = replica;
    {"".join(f"DELETE FROM {name};" for name in _TABLES)}
    SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'
"""
_EMPTY_AND_SHRINK = f"TRUNCATE {', '.join(_TABLES)} RESTART IDENTITY"


@pytest.fixture
def owner(owner_engine: Any) -> Iterator[Session]:
    """A session in which a test arranges its rows (with `tests.factories`) and looks at what was written."""
    with Session(owner_engine, expire_on_commit=False) as session:
        factories.session_of_test = session
        yield session
        factories.session_of_test = None


@pytest.fixture
def client(app: Flask, owner: Session) -> LintingClient:
    client = app.test_client()
    assert isinstance(client, LintingClient)
    return client


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL statements sent by the application while a test looks; clear it before the part that counts."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="session")
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=ensure(),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-quic",
            ],
        )
        yield browser
        browser.close()


def _far_away(application: Any) -> Any:
    """With `SLOW=0.5 make test`, every answer comes that many seconds late: what a test did not wait for then shows."""
    seconds = float(os.environ.get("SLOW", 0))

    def answer_late(environ: Any, start_response: Any) -> Any:
        time.sleep(seconds)
        return application(environ, start_response)

    return answer_late if seconds else application


@pytest.fixture(scope="session")
def _address(settings: Settings) -> Iterator[str]:
    """The application on a real port, for the browser."""
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    address = f"http://127.0.0.1:{server.port}"
    server.app = _far_away(create_app(replace(settings, public_url=address)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield address
    server.shutdown()
    thread.join()


@pytest.fixture
def live(_address: str, owner: Session) -> str:
    return _address


@pytest.fixture
def new_page(_browser: Browser, live: str) -> Iterator[Any]:
    """Open a page of a new visitor: `new_page(width=360, javascript=False)`; no error may reach its console."""
    contexts: list[Any] = []
    errors: list[str] = []

    def open_page(*, width: int = 1280, height: int = 900, javascript: bool = True, **options: Any) -> Any:
        context = _browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=javascript, base_url=live, **options
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not errors, errors
