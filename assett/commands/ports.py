"""The port of a web server, as a command takes it."""

from __future__ import annotations

from typing import Any

import click

LAST = 65_535
# Browsers open no page there, and say so in English: the ports above 1023 of https://fetch.spec.whatwg.org/#port-blocking
BLOCKED = {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, *range(6665, 6670), 6679, 6697, 10_080}


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
        if port in BLOCKED:
            raise click.UsageError(f"Les navigateurs refusent le port {port} : prenez-en un autre, comme 5000.", ctx)
        return port


PORT = Port()
