"""A real browser: signed in without going through the sign-in page each time, asked what stands in somebody's way."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
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


# Style sheets are read again for one rule alone, an experimental one that axe leaves aside of itself.
OPTIONS = "{resultTypes: ['violations'], preload: {assets: ['media']}}"


def barriers(page: Any) -> list[str]:
    """What axe finds against the page as it stands, and by how much it is wider than its window."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate(f"axe.run({OPTIONS}).then((found) => found.violations)")
    found = [
        f"{page.url}: {each['id']}: " + "; ".join(node["html"][:120] for node in each["nodes"][:3])
        for each in violations
    ]
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, f"{page.url}: {wider} px wider than its window"] if wider > 1 else found


def whole(page: Any) -> None:
    """Wait until every behaviour of the page has begun: each module that `main.js` asks for, as it asks for it."""
    page.wait_for_load_state()
    page.evaluate(_BEHAVIOURS)


_BEHAVIOURS = """async () => {
  if (matchMedia("(scripting: none)").matches) return;
  const main = document.querySelector("script[type=module][src$='/main.js']").src;
  const table = (await (await fetch(main)).text()).matchAll(/"(.+)": "([a-z]+)",/g);
  const asked = [...table].filter(([, selector]) => document.querySelector(selector));
  if (!asked.length) throw new Error("no behaviour is asked for, or main.js names them otherwise");
  await Promise.all(asked.map(([, , name]) => import(new URL(`./${name}.js`, main))));
  await new Promise((resolve) => setTimeout(resolve));
}"""
