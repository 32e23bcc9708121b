"""A database that cannot be used, or is not ready, ends a command in one sentence, whatever the command."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql
from sqlalchemy.engine import make_url

from assett.cli import main
from tests.conftest import WORKER

COMMANDS = [
    ["db", "upgrade"],
    ["db", "check"],
    ["demo", "--prepare"],
    ["serve", "--port", "1"],
    ["worker", "--once"],
    ["space", "role", "ici", "claire@example.org", "reader"],
]
# Those that neither bring the schema nor refuse a port first.
WANTING_A_SCHEMA = [
    ["db", "check"],
    ["serve", "--port", "1"],
    ["worker", "--once"],
    ["space", "role", "ici", "claire@example.org", "reader"],
    ["base", "list"],
    ["resources", "check-links"],
]


def ended(command: list[str], database_url: str, instance: Path) -> str:
    """What a command says on its way out."""
    environment = {"ASSETT_INSTANCE": str(instance), "DATABASE_URL": database_url}
    done = CliRunner().invoke(main, command, env=environment)
    assert done.exit_code == 1
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


@pytest.fixture
def another_database(database_url: str) -> Iterator[str]:
    """An empty database beside that of the tests."""
    name = sql.Identifier(f"test_unready_{WORKER}_{os.getpid()}")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield make_url(database_url).set(database=name.as_string().strip('"')).render_as_string(hide_password=False)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.mark.parametrize("command", WANTING_A_SCHEMA, ids=lambda command: command[0])
def test_a_database_without_its_schema(command: list[str], another_database: str, tmp_path: Path) -> None:
    said = ended(command, another_database, tmp_path)
    assert "n’a pas encore le schéma" in said and "assett db upgrade" in said


def _stamped(address: str, revision: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num text)")
        connection.execute("INSERT INTO alembic_version VALUES (%s)", [revision])


def test_a_database_of_an_older_version(another_database: str, tmp_path: Path) -> None:
    _stamped(another_database, "0001")
    said = ended(["worker", "--once"], another_database, tmp_path)
    assert "version plus ancienne" in said and "assett db upgrade" in said


def test_a_database_of_a_later_version_is_not_upgraded(another_database: str, tmp_path: Path) -> None:
    _stamped(another_database, "9999")
    said = ended(["db", "upgrade"], another_database, tmp_path)
    assert "version plus récente" in said and "9999" in said


def test_an_account_that_may_not_act_as_the_roles(another_database: str, tmp_path: Path) -> None:
    _stamped(another_database, "0001")
    account = f"sans_role_{WORKER}"
    with psycopg.connect(another_database, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(account)))
        connection.execute(sql.SQL("GRANT SELECT ON alembic_version TO {}").format(sql.Identifier(account)))
        try:
            stranger = make_url(another_database).set(username=account).render_as_string(hide_password=False)
            said = ended(["worker", "--once"], stranger, tmp_path)
        finally:
            connection.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(account)))
    assert f"GRANT assett_space, assett_across TO {account}" in said
