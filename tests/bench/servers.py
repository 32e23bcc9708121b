"""The real thing, to be measured: an embedded PostgreSQL of its own, and gunicorn with two sync workers a port."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Engine, create_engine

from assett.core import embedded, migrations
from assett.core.db import engine_options, sqlalchemy_url
from assett.core.settings import ROOT

INSTANCE = ROOT / "instance" / "bench"
SECRET = "a secret of the bench"


@contextmanager
def alone() -> Iterator[None]:
    """One bench at a time; its PostgreSQL is stopped when it is over."""
    INSTANCE.mkdir(parents=True, exist_ok=True)
    with (INSTANCE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            embedded.stop(INSTANCE)


def database(name: str) -> str:
    """A new database of that name, migrated; gives its address."""
    server = embedded.start(INSTANCE)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    address = server.replace("/assett?", f"/{name}?")
    migrations.upgrade(address)
    return address


def owner(address: str) -> Engine:
    """The engine of the owner of the tables, whom no policy concerns."""
    return create_engine(sqlalchemy_url(address), **engine_options())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(program: list[str], address: str, ready: str) -> Iterator[int]:
    """Run a server (`python -m …`, which is told its port by `--port`) until the block ends; gives the port."""
    port = free_port()
    environment = {**os.environ, "DATABASE_URL": address, "SECRET_KEY": SECRET, "ASSETT_INSTANCE": str(INSTANCE)}
    process = subprocess.Popen([sys.executable, "-m", *program, "--port", str(port)], env=environment, cwd=ROOT)
    try:
        _wait(f"http://127.0.0.1:{port}{ready}", process)
        yield port
    finally:
        process.terminate()
        process.wait(15)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"the server of {address} did not start")
