"""Every page in a real browser: accessible (axe), narrow enough for a phone, readable at night."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from sqlalchemy.orm import Session

from tests.browsing import enter
from tests.sweep.inhabited import Inhabited, address, inhabited, rules

axe = Axe()
# What cannot be looked at as a page: files, figures, and links of mails with a wrong token.
NOT_PAGES = ("export", "figure", "token")


def _pages(app: Flask, here: Inhabited) -> list[tuple[str, str]]:
    """Every address of the space that opens as a page, with who opens it."""
    found = []
    for who in ("visitor", "owner", "manager"):
        client = app.test_client()
        if who != "visitor":
            client.sign_in(getattr(here, who))
        for rule in rules(app):
            if "GET" not in (rule.methods or ()) or any(word in rule.rule for word in NOT_PAGES):
                continue
            for values in here.values(rule):
                url = address(app, rule, here.space, values)
                answer = client.get(url)
                if answer.status_code == 200 and answer.mimetype == "text/html" and (url, "visitor") not in found:
                    found.append((url, who))
    return list(dict.fromkeys(found))


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_every_page_is_accessible_and_fits(
    app: Flask, owner: Session, new_page: Any, live: str, width: int, scheme: str
) -> None:
    here = inhabited(slug="ici", theme="grand-poitiers")
    pages = _pages(app, here)
    assert len(pages) > 25
    opened = {
        who: new_page(width=width, color_scheme=scheme, reduced_motion="reduce")
        for who in ("visitor", "owner", "manager")
    }
    for who in ("owner", "manager"):
        enter(app, opened[who], getattr(here, who), live)
    found = []
    for url, who in [("/", "visitor"), *pages]:
        page = opened[who]
        page.goto(url)
        for violation in axe.run(page).response["violations"]:
            nodes = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
            found.append(f"{url} ({who}): {violation['id']}: {nodes}")
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if overflow > 1:
            found.append(f"{url} ({who}): {overflow} px wider than the screen")
    assert found == []


def test_no_page_asks_a_third_party(app: Flask, owner: Session, new_page: Any, live: str) -> None:
    here = inhabited(slug="ici")
    asked: set[str] = set()
    page = new_page()
    page.on("request", lambda request: asked.add(request.url))
    enter(app, page, here.owner, live)
    for path in ("", "annuaire", f"auto-evaluations/{here.running.id}/categorie/energie", "accessibilite"):
        page.goto(f"/ici/{path}")
    assert asked and all(url.startswith((live, "data:")) for url in asked)
