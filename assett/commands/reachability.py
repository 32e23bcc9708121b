"""A database that cannot be reached, or is not ready, said in one sentence: what is wrong, and what to do."""

from __future__ import annotations

import click
import psycopg
from psycopg import pq
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from assett.core import migrations
from assett.core.db import sqlalchemy_url
from assett.core.tenancy import ROLES

PATIENCE = 5
"""Seconds that a server has to answer."""


def refuse_unreachable(database_url: str | None) -> None:
    """End the command, in words, where the host's database cannot be used (`None`: it is the embedded one).

    Told apart by what the server does rather than by what it says, which it says in the host's language.
    """
    if database_url is None:
        return
    try:
        url = sqlalchemy_url(database_url).set(drivername="postgresql")
    except ArgumentError:
        raise click.ClickException(
            "DATABASE_URL n’est pas une adresse de PostgreSQL : écrivez-la postgresql://compte:motdepasse@hôte:5432/base."
        ) from None
    scheme = database_url.partition("://")[0]
    if scheme.partition("+")[0] not in {"postgres", "postgresql"}:
        raise click.ClickException(
            f"DATABASE_URL commence par « {scheme}:// », or ASSETT ne connaît que PostgreSQL : donnez l’adresse d’un "
            "serveur PostgreSQL, qui commence par postgresql://."
        )
    failure = _failure(url)
    if failure is not None:
        raise click.ClickException(_said(url, failure))


def refuse_unready(database_url: str | URL) -> None:
    """End the command, in words, where the database has not the schema of this version, or its roles are out of reach.

    One of a later version is let through: what a rollback of the code meets, it mostly serves.
    """
    url = sqlalchemy_url(database_url).set(drivername="postgresql")
    stamp = _stamp(url)
    if stamp is None:
        raise click.ClickException(
            "La base n’a pas encore le schéma d’ASSETT : lancez « assett db upgrade », puis recommencez."
        )
    if migrations.is_behind(stamp):
        raise click.ClickException(
            "La base a le schéma d’une version plus ancienne d’ASSETT : lancez « assett db upgrade », puis recommencez."
        )


def refuse_later(database_url: str) -> None:
    """End the command, in words, where the database has the schema of a later version, which this one knows not."""
    stamp = _stamp(sqlalchemy_url(database_url).set(drivername="postgresql"))
    if stamp is not None and not migrations.is_known(stamp):
        raise click.ClickException(
            f"La base a le schéma d’une version plus récente d’ASSETT (« {stamp} ») : installez cette version, ou "
            "restaurez une sauvegarde d’avant."
        )


def _stamp(url: URL) -> str | None:
    """The migration that a database stands at, whose account may act as both roles; None where there is no schema."""
    try:
        connection = psycopg.connect(_text(url), connect_timeout=PATIENCE)
    except psycopg.Error as failure:
        raise click.ClickException(_said(url, failure)) from None
    with connection:
        if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if row is None:
            return None
        # Whoever makes a role may be a member of it without being let act as it, which PostgreSQL 16 tells apart.
        right = "SET" if connection.info.server_version >= 160000 else "MEMBER"
        able = connection.execute(
            "SELECT bool_and(pg_has_role(rolname, %s)) FROM pg_roles WHERE rolname = ANY (%s)", [right, [*ROLES]]
        ).fetchone()
        if able != (True,):
            account = connection.info.user
            raise click.ClickException(
                f"Le compte « {account} » ne peut pas agir comme les rôles d’ASSETT : donnez-les-lui, avec "
                f"GRANT {', '.join(ROLES)} TO {account}, puis recommencez."
            )
    return str(row[0])


def _failure(url: URL) -> psycopg.Error | None:
    try:
        psycopg.connect(_text(url), connect_timeout=PATIENCE).close()
    except psycopg.Error as failure:
        return failure
    return None


def _said(url: URL, failure: psycopg.Error) -> str:
    host = url.host or url.query.get("host") or "localhost"
    place = f"{host}:{url.port}" if url.port else str(host)
    ping = pq.PGconn.ping(_text(url.update_query_dict({"connect_timeout": str(PATIENCE)})).encode())
    if ping == pq.Ping.REJECT:
        return f"PostgreSQL, à {place}, démarre ou s’arrête : réessayez dans un instant."
    if ping != pq.Ping.OK:
        return (
            f"Aucun PostgreSQL ne répond à {place} : vérifiez l’hôte et le port de DATABASE_URL, "
            "et que le serveur est démarré."
        )
    if any(_failure(url.set(database=always)) is None for always in ("postgres", "template1")):
        return (
            f"La base « {url.database or url.username} » n’existe pas à {place}, ou n’est pas ouverte à ce compte : "
            "créez-la, ou corrigez son nom dans DATABASE_URL."
        )
    reason = str(failure).strip().splitlines()[-1].rpartition(": ")[2].strip()
    return (
        f"PostgreSQL, à {place}, refuse le compte « {url.username or 'du système'} » : vérifiez le nom et le mot de "
        f"passe de DATABASE_URL (le serveur dit : {reason})."
    )


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
