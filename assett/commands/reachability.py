"""A database that cannot be reached, said in one sentence: what is wrong, and what to check."""

from __future__ import annotations

import click
import psycopg
from psycopg import pq
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from assett.core.db import sqlalchemy_url

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
