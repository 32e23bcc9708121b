"""A site on this machine, for what follows addresses: each path behaves as its name says."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler
from typing import Any


class Site(BaseHTTPRequestHandler):
    """Every request is noted; `pages` are what paths say besides: their type, and their bytes."""

    asked: list[tuple[str, str, str]] = []
    pages: dict[str, tuple[str, bytes]] = {}

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.asked.append((self.command, self.path, self.headers["User-Agent"]))
        status, onwards = 200, None
        kind, body = self.pages.get(self.path, ("", b""))
        match self.path.partition("?")[0]:
            case "/gone":
                status = 404
            case "/shy":
                status = 403
            case "/failing":
                status = 500
            case "/no-head":
                status = 501 if self.command == "HEAD" else 200
            case "/moved":
                status, onwards = 301, "/here"
            case "/round":
                status, onwards = 302, "/round"
            case "/inside":
                status, onwards = 302, "http://169.254.169.254/latest/meta-data"
            case "/slow":
                time.sleep(1)
        self.send_response(status)
        if onwards:
            self.send_header("Location", onwards)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.path.startswith("/drip"):
            # A byte now and then, for as long as anybody listens.
            for each in range(len(body)):
                self.wfile.write(body[each : each + 1])
                time.sleep(0.1)
        elif self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""
