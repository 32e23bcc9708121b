"""`assett demo`: everything a newcomer needs to see ASSETT live, in one command.

Database, schema, content, web server and worker; stopped together, and found again as they were left.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import click
import psycopg
from sqlalchemy import text

from assett.app import create_app
from assett.commands import family
from assett.commands.database import address
from assett.commands.family import Family, Known
from assett.commands.ports import LAST, PORT
from assett.core import embedded, migrations
from assett.core.db import db
from assett.core.settings import Settings
from assett.core.tenancy import ACROSS_ROLE
from assett.demo import accounts, seed
from assett.kernel.clock import utc_now


@click.command("demo")
@click.option("--port", type=PORT, default=5000, show_default=True)
@click.option("--reset", is_flag=True, help="Repartir de zéro : les données de la démonstration sont effacées.")
@click.option("--prepare", is_flag=True, help="Tout préparer, sans servir les pages.")
@click.option("--follow", type=int, hidden=True, help="S’arrêter quand ce processus s’arrête.")
def command(port: int, reset: bool, prepare: bool, follow: int | None) -> None:
    """Préparer et servir une démonstration vivante."""
    settings = replace(
        Settings.from_environment(), public_url=f"http://localhost:{port}", demonstration=True, development=False
    )
    followed = Known.of(follow) if follow is not None else None
    with _alone(settings.instance, None if prepare else port):
        if prepare:
            _prepare(settings, reset)
            return
        family.end_orphans(settings.instance)
        _refuse_busy(port)
        with Family(settings.instance, with_database=settings.database_url is None) as members:
            _serve(_prepare(settings, reset), port, members, followed)


@contextmanager
def _alone(instance: Path, port: int | None) -> Iterator[None]:
    """One demonstration at a time on an instance: a second one could erase what the first one shows."""
    end = time.monotonic() + 2 * family.PATIENCE
    with ExitStack() as claim:
        while True:
            try:
                claim.enter_context(family.claimed(instance, port))
                break
            except family.Claimed as claimed:
                # One that serves nothing is being prepared, or ends: that does not last.
                if claimed.port is not None or time.monotonic() > end:
                    raise click.ClickException(_already(claimed.port)) from None
            time.sleep(0.2)
        yield


def _already(port: int | None) -> str:
    if port is None:
        return "Une démonstration se prépare déjà dans ce dossier : attendez qu’elle ait fini, puis relancez."
    return (
        f"Une démonstration tourne déjà, à http://localhost:{port} : ouvrez-la, ou arrêtez-la (Ctrl+C dans son "
        "terminal) avant d’en lancer une autre. Rien n’a été effacé. Pour en avoir une seconde à côté, donnez-lui "
        f"son dossier : ASSETT_INSTANCE=/tmp/assett-bis make demo PORT={_another(port)}"
    )


def _another(port: int) -> int:
    return port + 10 if port + 10 <= LAST else port - 10


def _prepare(settings: Settings, reset: bool) -> Settings:
    """The settings with the address of a database that is ready to be shown."""
    _say("Base de données")
    url = _database(settings, reset)
    _refuse_real(url)
    _say("Schéma de la base")
    migrations.upgrade(url)
    settings = replace(settings, database_url=url)
    _fill(settings)
    return settings


def _say(step: str) -> None:
    click.echo(click.style("→ ", fg="green") + step + "…")


def _refuse_busy(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise click.ClickException(
                f"Le port {port} est déjà pris. Choisissez-en un autre : make demo PORT={_another(port)}"
            )


def _database(settings: Settings, reset: bool) -> str:
    if not reset:
        return address(settings)
    _say("Remise à zéro")
    shutil.rmtree(settings.instance / "mails", ignore_errors=True)
    url = address(settings)
    _refuse_real(url, erase=True)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return url


def _refuse_real(url: str, *, erase: bool = False) -> None:
    """Neither fill nor erase a database that serves something else: only an empty one, or a demonstration's."""
    with psycopg.connect(url) as connection:
        tables = {row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        if tables and not {"space", "alembic_version"} <= tables:
            raise click.ClickException("Cette base contient autre chose qu’ASSETT : la démonstration n’y touche pas.")
        if "space" not in tables:
            return
        spaces: dict[str, bool] = dict(
            connection.execute("SELECT slug, demonstration FROM space ORDER BY id DESC").fetchall()
        )
        people = connection.execute("SELECT count(*) FROM person WHERE NOT demonstration").fetchone()
    real = [slug for slug, demonstration in spaces.items() if not demonstration]
    # Somebody tried their own space beside the fictional ones: it is served with them, and never erased with them.
    if real and (erase or not any(spaces.values())):
        raise click.ClickException(
            f"L’espace « {real[0]} » n’est pas une démonstration : cette base restera telle quelle."
        )
    if people and people[0] and not spaces:
        raise click.ClickException("Cette base a déjà des comptes : la démonstration n’y touche pas.")


def _fill(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        session = db.session()
        session.execute(text(f"SET LOCAL ROLE {ACROSS_ROLE}"))
        if seed.is_seeded(session):
            return
        _say("Contenu de démonstration (structures, auto-évaluations et ressources)")
        seed.seed(session, now=utc_now(), report=_progress)
        session.commit()
        db.engine.dispose()


def _progress(label: str, done: int, total: int) -> None:
    end = "\n" if done >= total else ""
    width = 24
    filled = width * done // max(total, 1)
    sys.stdout.write(f"\r  {'█' * filled}{'·' * (width - filled)} {label} {done}/{total}   {end}")
    sys.stdout.flush()


def _serve(settings: Settings, port: int, members: Family, followed: Known | None) -> None:
    environment = {
        **seed.HOST,
        **os.environ,
        "DATABASE_URL": settings.database_url or "",
        "PUBLIC_URL": settings.public_url,
        "ASSETT_DEMONSTRATION": "1",
    }
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    # The terminal's window was closed; `nohup` asks not to mind.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, stop)
    guard = embedded.Guard(settings.instance)
    with (settings.instance / "worker.log").open("a") as log:
        _say("Démarrage du serveur")
        members.start("serve", "serve", "--port", str(port), environment=environment)
        members.start("worker", "worker", environment=environment, errors=log)
        shown = False
        while not stopping and members.runs("serve"):
            if followed is not None and followed.process() is None:
                return
            if not members.runs("worker"):
                members.start("worker", "worker", environment=environment, errors=log)
            # From the start on: a database may die before the first page is served.
            if members.with_database:
                guard.look()
            if not shown and _is_ready(port):
                _show_accounts(settings.public_url)
                shown = True
            time.sleep(0.3)
    if not stopping:
        raise click.ClickException("Le serveur s’est arrêté de lui-même ; les lignes ci-dessus disent pourquoi.")
    click.echo("\nÀ bientôt. Vos données sont gardées : make demo les retrouve.")


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _show_accounts(url: str) -> None:
    people = accounts.accounts()
    click.echo()
    click.echo(click.style(f"  ASSETT est prêt : {url}", bold=True))
    click.echo(f"  Le courrier envoyé se lit ici : {url}/courrier\n")
    width = max(len(person.role) for person in people)
    address_width = max(len(person.email) for person in people)
    for person in people:
        click.echo(f"  {person.role:<{width}}  {person.email:<{address_width}}  {url}{person.path}")
    click.echo(f"\n  Mot de passe de tous ces comptes : {people[0].password}")
    click.echo("  Ctrl+C arrête tout ; make demo reprend où vous en étiez.\n")
