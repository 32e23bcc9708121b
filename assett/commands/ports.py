"""The port of a web server, as a command takes it."""

from __future__ import annotations

from typing import Any

import click

LAST = 65_535


class Port(click.ParamType[int]):
    """A TCP port, 1 to 65535."""

    name = "PORT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            port = int(value)
        except ValueError:
            port = 0
        if not 1 <= port <= LAST:
            raise click.UsageError(f"« {value} » n’est pas un port : donnez un nombre de 1 à {LAST}, comme 5000.", ctx)
        return port


PORT = Port()
