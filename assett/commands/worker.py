"""`assett worker`: sends the mails and does the jobs that pages left in the queue."""

from __future__ import annotations

import logging
import signal
import threading

import click

from assett.app import create_app
from assett.commands.reachability import refuse_unreachable, refuse_unready
from assett.core import jobs
from assett.core.settings import Settings


@click.command("worker")
@click.option("--once", is_flag=True, help="Faire ce qui attend, puis s’arrêter.")
def command(once: bool) -> None:
    """Envoyer les courriels et faire les tâches en attente, sans fin."""
    refuse_unreachable(Settings.from_environment().database_url)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    app = create_app()
    refuse_unready(app.config["SQLALCHEMY_DATABASE_URI"])
    if once:
        click.echo(f"{jobs.drain(app)} tâche(s) faite(s).")
        return
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    jobs.work(app, stop)
