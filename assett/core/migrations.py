"""Bringing a database to the schema of this version."""

from __future__ import annotations

from alembic import command
from alembic.config import Config

from assett.core.db import sqlalchemy_url
from assett.core.settings import ROOT


def configuration(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = sqlalchemy_url(database_url)
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    command.upgrade(configuration(database_url), revision)


def check(database_url: str) -> None:
    """Raise if the models and the migrated schema differ."""
    command.check(configuration(database_url))


def write_revision(database_url: str, message: str) -> None:
    command.revision(configuration(database_url), message, autogenerate=True)
