"""A draft answered as a respondent would, without anything being stored."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assett.assessments.models import Answer, Assessment
from tests import factories
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor
from tests.studio.browsing import form_fields, plain, tree_of_page


@pytest.fixture
def base(client: LintingClient, owner: Session) -> str:
    space = factories.SpaceFactory(slug="poitiers")
    tree = factories.small_document()
    tree["profile"] = [{"id": "salaries", "title": "Salariés", "type": "number", "min": 0}]
    tree["categories"][1]["questions"][0]["visible_if"] = {"question": "suivi", "is": "oui"}
    client.sign_in(editor(space))
    return f"/poitiers/atelier/{draft_of(owner, space, tree).id}/apercu"


def _fields(page: str) -> dict[str, list[str]]:
    form = next(each for each in tree_of_page(page).iter("form"))
    form.set("id", "apercu")
    return form_fields(page.replace("<form ", '<form id="apercu" ', 1), "apercu")


def _send(client: LintingClient, base: str, page: str, **changes: str) -> Any:
    return client.post(f"{base}/page", data={**_fields(page), **changes})


def test_the_way_leads_to_a_result_and_nothing_is_kept(client: LintingClient, owner: Session, base: str) -> None:
    page = client.get(f"{base}/page").text
    assert "Votre structure" in page
    page = _send(client, base, page, **{"answers.salaries": "12", "step": "category/energie"}).text
    page = _send(client, base, page, **{"answers.suivi": "oui", "step": "category/dechets"}).text
    assert "Triez-vous vos déchets\xa0?" in page
    page = _send(client, base, page, **{"answers.tri": "non", "step": "result"}).text
    assert "2,5 sur 5" in plain(page).replace("</strong>", "")
    assert "Intermédiaire" in page
    assert owner.scalar(select(func.count()).select_from(Assessment)) == 0
    assert owner.scalar(select(func.count()).select_from(Answer)) == 0


def test_a_condition_reacts_and_the_answer_comes_back(client: LintingClient, base: str) -> None:
    page = client.get(f"{base}/page").text
    page = _send(client, base, page, **{"answers.salaries": "", "step": "category/energie"}).text
    page = _send(client, base, page, **{"answers.suivi": "non", "step": "category/dechets"}).text
    shown = [each for each in tree_of_page(page).iter("fieldset") if each.get("hidden") is None]
    assert shown == []
    page = _send(client, base, page, step="category/energie").text
    assert _fields(page)["answers.suivi"] == ["non"]


def test_what_is_no_answer_stays_and_is_told(client: LintingClient, base: str) -> None:
    page = client.get(f"{base}/page").text
    page = _send(client, base, page, **{"answers.salaries": "beaucoup", "step": "category/energie"}).text
    assert "Indiquez un nombre" in page
    assert _fields(page)["answers.salaries"] == ["beaucoup"]


def test_it_speaks_the_language_asked_for(client: LintingClient, base: str) -> None:
    page = client.get(f"{base}/page").text
    page = _send(client, base, page, **{"answers.salaries": "", "step": "category/energie"}).text
    page = _send(client, base, page, language="en").text
    assert '<html lang="en">' in page
    assert ">Energy<" in page


def test_a_state_made_up_does_no_harm(client: LintingClient, base: str) -> None:
    page = client.get(f"{base}/page").text
    for state in ("[", "[" * 100_000, '{"answers": {"suivi": 3, "?": 1}, "profile": []}', "null", "\x00"):
        answer = _send(client, base, page, state=state, step="category/energie")
        assert answer.status_code == 200


def test_only_the_studio_frames_it(client: LintingClient, base: str) -> None:
    assert "frame-ancestors 'self'" in client.get(f"{base}/page").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in client.get(base).headers["Content-Security-Policy"]


def test_what_is_wrong_is_left_out_and_named(client: LintingClient, owner: Session) -> None:
    space = factories.SpaceFactory(slug="lille")
    tree = factories.small_document()
    tree["categories"][1]["questions"][0]["choices"] = []
    client.sign_in(editor(space))
    draft = draft_of(owner, space, tree)
    page = client.get(f"/lille/atelier/{draft.id}/apercu").text
    assert "Triez-vous vos déchets ?" in page and "laissé" in page
    assert "Triez-vous" not in client.get(f"/lille/atelier/{draft.id}/apercu/page").text
    nothing = draft_of(owner, space, {**tree, "categories": []})
    assert "Rien à montrer encore" in client.get(f"/lille/atelier/{nothing.id}/apercu/page").text
