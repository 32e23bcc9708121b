"""Every page in a real browser: accessible (axe), narrow enough for a phone, readable at night."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.browsing import barriers, enter
from tests.sweep.inhabited import Inhabited, address, inhabited, rules

# What cannot be looked at as a page: files, figures, and links of mails with a wrong token.
NOT_PAGES = ("export", "figure", "token")


def pages_of(app: Flask, here: Inhabited, *readers: str) -> list[tuple[str, str]]:
    """Every address of the space that opens as a page, with who opens it: the visitor, then others of its people."""
    found = []
    for who in dict.fromkeys(("visitor", *readers)):
        client = app.test_client()
        # What they are made of is read elsewhere, for everybody (`test_two_spaces`).
        client.lints = False
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


@pytest.mark.parametrize("who", ["visitor", "owner", "manager"])
def test_every_page_is_accessible_and_fits(app: Flask, owner: Session, new_page: Any, live: str, who: str) -> None:
    """On a phone by day and on a desk by night."""
    here = inhabited(slug="ici", theme="grand-poitiers")
    urls = [url for url, reader in pages_of(app, here, who) if reader == who]
    assert len(urls) > 10
    page = new_page(reduced_motion="reduce")
    if who != "visitor":
        enter(app, page, getattr(here, who), live)
    found = []
    for url in ["/", *urls]:
        for n, (width, scheme) in enumerate(((360, "light"), (1280, "dark"))):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if n == 0:
                page.goto(url)
            found += barriers(page)
    assert found == []


def test_what_stands_in_the_way_is_found(new_page: Any) -> None:
    page = new_page(width=360)
    page.set_content('<main><h1>Ici</h1><img src="data:,"><p style="width: 600px">Loin</p></main>')
    found = " ".join(barriers(page))
    assert "image-alt" in found and "wider than its window" in found


def test_no_page_asks_a_third_party(app: Flask, owner: Session, new_page: Any, live: str) -> None:
    here = inhabited(slug="ici")
    asked: set[str] = set()
    page = new_page()
    page.on("request", lambda request: asked.add(request.url))
    enter(app, page, here.owner, live)
    for path in ("", "annuaire", f"auto-evaluations/{here.running.id}/categorie/energie", "accessibilite"):
        page.goto(f"/ici/{path}")
    assert asked and all(url.startswith((live, "data:")) for url in asked)
