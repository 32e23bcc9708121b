"""A database that cannot be used ends a command in one sentence, whatever the command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

COMMANDS = [
    ["db", "upgrade"],
    ["db", "check"],
    ["demo", "--prepare"],
    ["serve", "--port", "1"],
    ["worker", "--once"],
    ["space", "role", "ici", "claire@example.org", "reader"],
]


def ended(command: list[str], database_url: str, instance: Path) -> str:
    """What a command says on its way out."""
    environment = {**os.environ, "ASSETT_INSTANCE": str(instance), "DATABASE_URL": database_url}
    done = subprocess.run(
        [sys.executable, "-m", "assett", *command], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_server_that_does_not_answer(command: list[str], tmp_path: Path) -> None:
    said = ended(command, "postgresql://assett:secret@127.0.0.1:9/assett", tmp_path)
    assert "Aucun PostgreSQL ne répond à 127.0.0.1:9" in said and "secret" not in said


def test_an_address_that_is_none(tmp_path: Path) -> None:
    assert "écrivez-la postgresql://" in ended(["db", "upgrade"], "localhost", tmp_path)


def test_a_database_that_is_not_there(database_url: str, tmp_path: Path) -> None:
    absent = make_url(database_url).set(database="absente").render_as_string(hide_password=False)
    assert "La base « absente » n’existe pas" in ended(["db", "upgrade"], absent, tmp_path)


def test_an_account_that_is_refused(database_url: str, tmp_path: Path) -> None:
    stranger = make_url(database_url).set(username="inconnue").render_as_string(hide_password=False)
    said = ended(["db", "upgrade"], stranger, tmp_path)
    assert "refuse le compte « inconnue »" in said and "role" in said


@pytest.mark.parametrize("scheme", ["mysql", "mysql+pymysql", "sqlite"])
def test_an_address_of_another_kind_of_database(scheme: str, tmp_path: Path) -> None:
    said = ended(["db", "upgrade"], f"{scheme}://compte:secret@hote/base", tmp_path)
    assert f"« {scheme}:// »" in said and "postgresql://" in said and "secret" not in said
