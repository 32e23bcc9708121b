"""`assett db`: the schema."""

from __future__ import annotations

import click

from assett.commands.reachability import refuse_later, refuse_unreachable, refuse_unready
from assett.core import embedded, migrations
from assett.core.settings import Settings


def address(settings: Settings) -> str:
    """The address of the database: the host's server, or the embedded one (started if need be).

    Ends the command, in words, where the host's server cannot be used.
    """
    refuse_unreachable(settings.database_url)
    return settings.database_url or embedded.start(settings.instance)


def _ready() -> str:
    url = address(Settings.from_environment())
    refuse_unready(url)
    return url


@click.group("db")
def command() -> None:
    """La base de données : la mettre au schéma de cette version, vérifier, écrire une migration."""


@command.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Mettre la base au schéma de cette version (sans perdre de données)."""
    url = address(Settings.from_environment())
    refuse_later(url)
    migrations.upgrade(url, revision)
    click.echo("La base est à jour.")


@command.command()
def check() -> None:
    """Dire si les modèles et le schéma diffèrent."""
    migrations.check(_ready())


@command.command()
@click.argument("message")
def revision(message: str) -> None:
    """Écrire une migration d’après la différence entre modèles et schéma, à relire."""
    migrations.write_revision(_ready(), message)


@command.command()
def stop() -> None:
    """Arrêter la base embarquée."""
    embedded.stop(Settings.from_environment().instance)
