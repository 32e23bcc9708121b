"""Bringing a database to the schema of this version."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from assett.core.db import sqlalchemy_url
from assett.core.settings import ROOT


def configuration(database_url: str) -> Config:
    config = _scripts()
    config.attributes["url"] = sqlalchemy_url(database_url)
    return config


def _scripts() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def is_known(revision: str) -> bool:
    """Whether this version has a migration of that name."""
    return any(each.revision == revision for each in ScriptDirectory.from_config(_scripts()).walk_revisions())


def is_behind(revision: str) -> bool:
    """Whether this version has migrations to bring further what stands at that one."""
    return is_known(revision) and revision != ScriptDirectory.from_config(_scripts()).get_current_head()


def upgrade(database_url: str, revision: str = "head") -> None:
    command.upgrade(configuration(database_url), revision)


def check(database_url: str) -> None:
    """Raise if the models and the migrated schema differ."""
    command.check(configuration(database_url))


def write_revision(database_url: str, message: str) -> None:
    command.revision(configuration(database_url), message, autogenerate=True)
