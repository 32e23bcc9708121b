"""Dragging beyond what a small screen shows: the page comes along by itself."""

from __future__ import annotations

from typing import Any

from flask import Flask
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests import factories
from tests.browsing import enter
from tests.studio.arranging import draft_of, editor, tree_of


def test_held_still_near_an_edge_the_page_follows(
    app: Flask, owner: Session, space: Any, new_page: Any, live: str
) -> None:
    tree = factories.small_document()
    asked = tree["categories"][0]["questions"][0]
    asked["choices"] = [{"id": f"c{number}", "label": f"Choix {number}", "points": number} for number in range(6)]
    draft = draft_of(owner, space, tree)
    page = new_page(width=360, height=640)
    enter(app, page, editor(space), live)
    page.goto(f"/poitiers/atelier/{draft.id}/categories/energie?ouvrir=question/{asked['id']}")
    handle = page.get_by_role("button", name="Déplacer la réponse 6")
    handle.scroll_into_view_if_needed()
    box, far = handle.bounding_box(), page.evaluate("scrollY")
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 10, 20, steps=3)
    first = page.locator(".item").first
    # Not a move more: the first answer comes by itself.
    for _ in range(160):
        if first.bounding_box()["y"] > 100:
            break
        page.wait_for_timeout(50)
    assert page.evaluate("scrollY") < far - 600
    # Away from the edge, the page stands still.
    page.mouse.move(box["x"] + 10, 320)
    page.wait_for_timeout(100)
    still = page.evaluate("scrollY")
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") == still
    page.mouse.move(box["x"] + 10, first.bounding_box()["y"] + 4)
    page.mouse.up()
    expect(page.get_by_label("Réponse 1")).to_have_value("Choix 5")
    choices = tree_of(owner, draft)["categories"][0]["questions"][0]["choices"]
    assert [each["label"] for each in choices] == ["Choix 5", *(f"Choix {number}" for number in range(5))]
