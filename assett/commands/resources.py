"""`assett resources`: what a host does with the resource base from a terminal."""

from __future__ import annotations

from collections import Counter

import click

from assett.app import create_app
from assett.commands.reachability import refuse_unreachable, refuse_unready
from assett.core.across import across_spaces
from assett.core.db import db
from assett.core.settings import Settings
from assett.kernel.text import printable
from assett.resources import jobs, service
from assett.resources.models import LinkState

REASON = "liens des ressources"


@click.group("resources")
def command() -> None:
    """La base de ressources."""


@command.command("check-links")
@click.option("--all", "everything", is_flag=True, help="Aussi les liens déjà vérifiés depuis moins de vingt heures.")
def check_links(everything: bool) -> None:
    """Vérifier maintenant que les liens des ressources répondent, une demande par seconde et par site."""
    refuse_unreachable(Settings.from_environment().database_url)
    app = create_app()
    refuse_unready(app.config["SQLALCHEMY_DATABASE_URI"])
    counts: Counter[LinkState] = Counter()
    with app.app_context():
        urls = _due(everything)
        click.echo(f"{len(urls)} lien(s) à vérifier.")
        for number, url in enumerate(urls, 1):
            # One transaction an address: what was found stays, wherever the rest is stopped.
            with across_spaces(db.session(), REASON, audited=False):
                for row in jobs.check(db.session(), [url]):
                    counts[row.state] += 1
                    click.echo(f"[{number}/{len(urls)}] {row.state.label:<20} {printable(url, 100)}")
                    if row.state != LinkState.VALID:
                        click.echo(f"{'':<9}{row.why}{f' ({row.status})' if row.status else ''}")
            db.session.commit()
    click.echo(", ".join(f"{count} {state.label}" for state, count in counts.most_common()) or "Rien à vérifier.")


def _due(everything: bool) -> list[str]:
    """The addresses to ask, those of a host apart from each other, so that none is waited for."""
    with across_spaces(db.session(), REASON, audited=False):
        urls = service.list_links(db.session(), everything=everything)
    db.session.commit()
    hosts = list(jobs.by_host(urls).values())
    return [urls[turn] for turn in range(max(map(len, hosts), default=0)) for urls in hosts if turn < len(urls)]
