"""`assett serve`: the web server, gunicorn's sync workers behind a proxy or alone."""

from __future__ import annotations

import gc
from contextlib import nullcontext
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from assett.app import create_app
from assett.commands.database import address
from assett.commands.ports import PORT
from assett.commands.reachability import refuse_unready
from assett.core import embedded
from assett.core.settings import Settings


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, set up from the command line alone."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return create_app()


def spare_collections(_worker: Any) -> None:
    """What was made at the start stays for good, and a page makes little that refers to itself: the collector looks
    less often, and at less."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@click.command("serve")
@click.option("--port", type=PORT, default=5000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--workers", default=2, show_default=True, help="Deux par cœur suffisent.")
def command(host: str, port: int, workers: int) -> None:
    """Servir les pages."""
    settings = Settings.from_environment()
    refuse_unready(address(settings))
    with embedded.watched(settings.instance) if settings.database_url is None else nullcontext():
        _serve(host, port, workers)


def _serve(host: str, port: int, workers: int) -> None:
    Server(
        {
            "bind": f"{host}:{port}",
            "workers": workers,
            # Sync workers did better than threads here: a page takes milliseconds, most of them in PostgreSQL.
            "worker_class": "sync",
            "timeout": 60,
            # The longest that gunicorn reads: beyond, it answers by itself, and not in French.
            "limit_request_line": 8190,
            "graceful_timeout": 10,
            "max_requests": 20_000,
            "max_requests_jitter": 2_000,
            "loglevel": "warning",
            "proc_name": "assett",
            "post_worker_init": spare_collections,
        }
    ).run()
