"""A real browser, signed in without going through the sign-in page each time."""

from __future__ import annotations

from typing import Any

from flask import Flask

from assett.accounts.models import Person
from tests.linting import LintingClient


def enter(app: Flask, page: Any, person: Person, live: str) -> None:
    """Sign a browser in as somebody."""
    client = app.test_client()
    assert isinstance(client, LintingClient)
    client.sign_in(person)
    lend(client, page, live)


def lend(client: LintingClient, page: Any, live: str) -> None:
    """Give a browser the session that a client holds."""
    cookie = client.get_cookie("assett")
    assert cookie is not None
    page.context.add_cookies([{"name": "assett", "value": cookie.value, "url": live}])
