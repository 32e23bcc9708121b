"""The figures in a real browser, under the strict content policy; and the page without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from assett.spaces.models import Space
from tests.factories import QuestionnaireVersionFactory, SpaceFactory, SpaceRoleFactory
from tests.followup.arranging import finished, structure
from tests.linting import LintingClient


@pytest.fixture
def session_cookie(client: LintingClient, owner: Session) -> dict[str, str]:
    """The cookie of a manager of a space with six results."""
    space: Space = SpaceFactory(slug="poitiers", name="Grand Poitiers")
    version = QuestionnaireVersionFactory(space_id=space.id)
    for number, level in enumerate(["debutant", "intermediaire", "avance"] * 2):
        finished(structure(space, f"Atelier {number}"), version, level, energie=level, dechets="avance")
    client.sign_in(SpaceRoleFactory(space_id=space.id).person)
    cookie = client.get_cookie("assett")
    assert cookie is not None
    return {"name": "assett", "value": cookie.value}


def test_plotly_draws_under_the_strict_policy(new_page: Any, live: str, session_cookie: dict[str, str]) -> None:
    page = new_page(width=1280)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.context.add_cookies([{**session_cookie, "url": live}])
    page.goto("/poitiers/suivi/scores")
    for number in range(3):
        place = page.locator("[data-figure-url]").nth(number)
        place.scroll_into_view_if_needed()
        place.locator(".main-svg .bars, .main-svg .barlayer").first.wait_for(state="attached", timeout=30_000)
        assert place.locator(".barlayer .point").count() > 0
    assert errors == []
    outside = page.evaluate(
        "performance.getEntriesByType('resource').map(r => r.name).filter(n => !n.startsWith(location.origin))"
    )
    assert outside == []


def test_without_javascript_the_tables_say_it_all(new_page: Any, live: str, session_cookie: dict[str, str]) -> None:
    page = new_page(width=360, javascript=False)
    page.context.add_cookies([{**session_cookie, "url": live}])
    page.goto("/poitiers/suivi/scores")
    assert page.get_by_role("row", name="Énergie").first.is_visible()
    page.goto("/poitiers/suivi")
    page.get_by_label("Nom, activité, commune ou SIRET").fill("atelier 3")
    page.get_by_role("button", name="Chercher").click()
    assert page.get_by_role("rowheader").all_inner_texts() == ["Atelier 3"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
