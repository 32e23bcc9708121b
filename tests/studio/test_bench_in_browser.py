"""The trial bench at a screen whose width changes: its figure covers nothing, and nothing in it covers anything."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from tests import factories
from tests.browsing import barriers, enter
from tests.studio.arranging import draft_of, editor, harder, past

SPARE = """() => {
  const plot = document.querySelector(".plot"), box = (each) => each.getBoundingClientRect();
  const notes = [...plot.querySelectorAll(".annotation-text")].map((each) => box(each).top);
  return {
    below: box(plot.closest("figure").nextElementSibling).top - box(plot.querySelector("svg")).bottom,
    legend: Math.min(...notes) - box(plot.querySelector(".legend")).bottom,
    aside: document.documentElement.clientWidth - document.documentElement.scrollWidth,
    width: Math.round(box(plot).width - box(plot.querySelector("svg")).width),
  };
}"""


def test_the_figure_follows_the_width_of_the_window(app: Flask, owner: Session, new_page: Any, live: str) -> None:
    space = factories.SpaceFactory(slug="poitiers")
    # Names of levels that make two lines of the legend on a phone.
    base, tree = factories.small_document(), harder()
    for each in (base, tree):
        each["levels"] = [dict(level, label=f"Au niveau {level['id']}") for level in each["levels"]]
    version = factories.QuestionnaireVersionFactory(space_id=space.id, document=base)
    past(owner, space, version, [{"suivi": "oui", "tri": "oui"}] * 12 + [{"suivi": "non", "tri": "oui"}] * 12)
    draft = draft_of(owner, space, tree)
    page = new_page(width=360)
    enter(app, page, editor(space), live)
    page.goto(f"/poitiers/atelier/{draft.id}/banc-d-essai")
    page.locator(".plot").scroll_into_view_if_needed()
    page.locator(".plot .legend").wait_for()
    for width in (1280, 360, 700, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(f"() => Object.values(({SPARE})()).every((spare) => spare >= -1)", timeout=30_000)
        page.wait_for_timeout(300)
        assert min(page.evaluate(SPARE).values()) >= -1, (width, page.evaluate(SPARE))
    assert barriers(page) == []
