"""PostgreSQL is killed under load: requests fail cleanly, then recover, and no acknowledged answer is lost."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from assett.app import create_app
from assett.assessments.models import Answer
from assett.core import embedded
from assett.core.db import engine_options, sqlalchemy_url
from assett.core.settings import Settings
from tests import factories
from tests.assessments.arranging import Place, place, running
from tests.conftest import instance_of_its_own
from tests.linting import LintingClient, token_of

INSTANCE = instance_of_its_own("power-cut")
SECRET = "a secret of the power cut"


@dataclass
class Server:
    """A real server of two processes on a database of its own."""

    port: int
    url: str
    where: Place
    cookie: str
    assessments: list[int]

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": f"assett={self.cookie}"}
        if fields is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        connection.request(method, path, urlencode(fields) if fields is not None else None, headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body


def _start_database() -> str:
    """Start the server as a host would, from another process; gives its address."""
    environment = {**os.environ, "ASSETT_INSTANCE": str(INSTANCE)}
    environment.pop("DATABASE_URL", None)
    for attempt in range(20):
        done = subprocess.run(
            [sys.executable, "-m", "assett", "db", "upgrade"], env=environment, capture_output=True, text=True
        )
        if done.returncode == 0:
            break
        # The processes of the killed server take a moment to notice that it is gone.
        time.sleep(0.5 + attempt / 10)
    else:
        pytest.fail(done.stderr)
    socket_folder = (INSTANCE / "postgres" / "postmaster.pid").read_text().splitlines()[4]
    return f"postgresql://postgres:@/{embedded.DATABASE}?host={socket_folder}"


@pytest.fixture
def server() -> Iterator[Server]:
    shutil.rmtree(INSTANCE, ignore_errors=True)
    INSTANCE.mkdir(parents=True)
    url = _start_database()
    engine = create_engine(sqlalchemy_url(url), **engine_options())
    with Session(engine, expire_on_commit=False) as session:
        factories.session_of_test = session
        where = place(slug="ici")
        assessments = [running(where).id]
        app = create_app(Settings(instance=INSTANCE, secret_key=SECRET, database_url=url))
        app.test_client_class = LintingClient
        client = app.test_client()
        client.sign_in(where.person)  # type: ignore[attr-defined]
        client.get("/ici/")
        cookie = client.get_cookie("assett")
        assert cookie is not None
        factories.session_of_test = None
    engine.dispose()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "ASSETT_INSTANCE": str(INSTANCE),
        "SECRET_KEY": SECRET,
        "DATABASE_URL": url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    process = subprocess.Popen([sys.executable, "-m", "assett", "serve", "--port", str(port)], env=environment)
    try:
        found = Server(port, url, where, cookie.value, assessments)
        _until_healthy(found)
        yield found
    finally:
        process.terminate()
        process.wait(20)
        subprocess.run(
            [sys.executable, "-m", "assett", "db", "stop"], env={**environment, "DATABASE_URL": ""}, check=False
        )
        shutil.rmtree(INSTANCE, ignore_errors=True)


def _until_healthy(server: Server, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if server.ask("GET", "/healthz")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    pytest.fail("the server never answered")


@dataclass
class Writer:
    """One respondent who writes their word again and again, and remembers what was acknowledged."""

    server: Server
    question: str
    values: list[str]
    acknowledged: str | None = None
    tried: str | None = None
    statuses: list[int] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        path = f"/ici/auto-evaluations/{self.server.assessments[0]}"
        token = token_of(self.server.ask("GET", f"{path}/categorie/dechets")[1]) or ""
        mark, count = "0", 0
        while not stop.is_set():
            count += 1
            value = self.values[count % len(self.values)] if len(self.values) > 1 else f"mot {count}"
            fields = {
                "csrf_token": token,
                "question": self.question,
                f"answers.{self.question}": value,
                f"revision.{self.question}": mark,
            }
            self.tried = value
            status, body = self.server.ask("POST", f"{path}/reponse", fields)
            self.statuses.append(status)
            if status == 200:
                mark, self.acknowledged = _revision(body), value
            elif status == 409:
                # The answer before was written although its acknowledgement never came.
                mark = _revision(body)
            else:
                time.sleep(0.05)


def _revision(body: str) -> str:
    return body.split('"revision":"')[1].split('"')[0]


def test_no_acknowledged_answer_is_lost(server: Server) -> None:
    writers = [
        Writer(server, "mot", []),
        Writer(server, "compost", ["true", "false"]),
        Writer(server, "suivi", ["oui", "non"]),
    ]
    stop = threading.Event()
    threads = [threading.Thread(target=writer.run, args=[stop]) for writer in writers]
    for thread in threads:
        thread.start()
    _wait_for(lambda: all(writer.statuses.count(200) > 10 for writer in writers))
    embedded.kill(INSTANCE)
    _wait_for(lambda: all(writer.statuses and writer.statuses[-1] == 503 for writer in writers))
    status, page = server.ask("GET", "/ici/")
    assert status == 503 and "revient dans un instant" in page
    assert _start_database() == server.url
    before = [len(writer.statuses) for writer in writers]
    _wait_for(lambda: all(200 in writer.statuses[count:] for writer, count in zip(writers, before, strict=True)))
    stop.set()
    for thread in threads:
        thread.join()
    assert {status for writer in writers for status in writer.statuses} <= {200, 409, 503}
    with Session(create_engine(sqlalchemy_url(server.url), **engine_options())) as session:
        stored: dict[str, Any] = dict(session.execute(select(Answer.question, Answer.value)).all())
    for writer in writers:
        shown = {"true": True, "false": False}
        possible = [shown.get(value or "", value) for value in (writer.acknowledged, writer.tried)]
        assert stored[writer.question]["v"] in possible


def _wait_for(condition: object, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.05)
    pytest.fail("it never came to that")
