"""The figures in a real browser, under the strict content policy; and the page without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from assett.spaces.models import Space
from tests.browsing import barriers
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


_BARS_INSIDE = """place => {
  const frame = place.querySelector('.main-svg').getBoundingClientRect();
  const seen = place.getBoundingClientRect();
  const bars = [...place.querySelectorAll('.barlayer .point path')].map(bar => bar.getBoundingClientRect());
  const inside = bars.filter(bar =>
    [frame, seen].every(box => bar.right <= box.right + 1 && bar.bottom <= box.bottom + 1 && bar.left >= box.left - 1));
  return {bars: bars.length, inside: inside.length};
}"""

# The titles that stand over another one or reach out of the figure.
_TITLES_CROSSED = """place => {
  const seen = place.getBoundingClientRect();
  const titles = [...place.querySelectorAll('.annotation-text')];
  const boxes = titles.map(title => title.getBoundingClientRect());
  const over = (one, other) => one !== other && one.top < other.bottom - 1 && other.top < one.bottom - 1;
  const crossed = boxes.map(box => box.right > seen.right + 1 || boxes.some(other => over(box, other)));
  return titles.filter((_, index) => crossed[index]).map(title => title.textContent);
}"""


@pytest.mark.parametrize("width", [360, 1280])
def test_plotly_draws_under_the_strict_policy(
    new_page: Any, live: str, session_cookie: dict[str, str], width: int
) -> None:
    page = new_page(width=width)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.context.add_cookies([{**session_cookie, "url": live}])
    page.goto("/poitiers/suivi/scores")
    for number in range(3):
        place = page.locator("[data-figure-url]").nth(number)
        place.scroll_into_view_if_needed()
        place.locator(".main-svg .bars, .main-svg .barlayer").first.wait_for(state="attached", timeout=30_000)
        whole = place.evaluate(_BARS_INSIDE)
        assert whole["bars"] > 0
        assert whole["inside"] == whole["bars"], "every bar is seen whole"
        assert place.evaluate(_TITLES_CROSSED) == [], "every title is read whole"
    marks = page.locator("[data-figure-url]").first.locator(".xtick text").all_text_contents()
    assert marks == [f"{share}\u00a0%" for share in (0, 25, 50, 75, 100)]
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
    expect(page.get_by_role("rowheader")).to_have_text(["Atelier 3"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("width", [360, 1280])
def test_no_barrier_is_left(new_page: Any, live: str, session_cookie: dict[str, str], width: int) -> None:
    page = new_page(width=width)
    page.context.add_cookies([{**session_cookie, "url": live}])
    for address in ("/poitiers/suivi", "/poitiers/suivi?etat=en-cours", "/poitiers/suivi/scores"):
        page.goto(address)
        assert barriers(page) == []


def test_on_paper_the_tables_say_what_the_screen_drew(new_page: Any, live: str, session_cookie: dict[str, str]) -> None:
    page = new_page()
    page.context.add_cookies([{**session_cookie, "url": live}])
    page.goto("/poitiers/suivi/scores")
    page.emulate_media(media="print")
    assert page.locator(".plot:visible, nav:visible, .button:visible").count() == 0
    assert page.locator("table:visible").count() == page.locator("table").count() > 1
    expect(page.get_by_text("Imprimé le")).to_be_visible()
