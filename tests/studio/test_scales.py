"""The degrees of a scale, as its bounds are typed."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from assett.studio.models import Draft
from tests import factories
from tests.browsing import enter
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, tree_of
from tests.studio.browsing import form_fields

SCALE = {
    "id": "tri",
    "title": "Où en êtes-vous ?",
    "type": "scale",
    "max": 4,
    "labels": {"0": "Rien", "2": "À moitié", "4": {"fr": "Tout", "en": "All"}},
}
HERE = "categories/dechets?ouvrir=question/tri"


@pytest.fixture
def draft(owner: Session, space: Any) -> Draft:
    tree = factories.small_document()
    tree["categories"][1]["questions"][0] = deepcopy(SCALE)
    return draft_of(owner, space, tree)


def _labels(owner: Session, draft: Draft) -> Any:
    return tree_of(owner, draft)["categories"][1]["questions"][0].get("labels")


def test_a_degree_beyond_the_last_goes_with_its_words(
    client: LintingClient, owner: Session, draft: Draft, base: str
) -> None:
    sent = form_fields(client.get(f"{base}/{HERE}").text, "form-question-tri")
    client.post(f"{base}/modifier", data={**sent, "max": ["2"]})
    assert _labels(owner, draft) == {"0": "Rien", "2": "À moitié"}
    page = client.get(f"{base}/{HERE}").text
    assert "labels.2.fr" in page and "labels.3.fr" not in page


@pytest.mark.parametrize("typed", ["1", "", "x"])
def test_words_stay_while_a_bound_is_being_typed(
    client: LintingClient, owner: Session, draft: Draft, base: str, typed: str
) -> None:
    sent = form_fields(client.get(f"{base}/{HERE}").text, "form-question-tri")
    saved = client.post(f"{base}/modifier", data={**sent, "max": [typed]}, headers={"Accept": "application/json"})
    assert saved.status_code == 200
    assert _labels(owner, draft) == SCALE["labels"]


@pytest.mark.parametrize("button", [None, "Terminé", "Ajouter une condition"])
def test_the_degrees_shown_follow_the_last_one_typed(
    app: Flask, owner: Session, space: Any, draft: Draft, new_page: Any, live: str, button: str | None
) -> None:
    """The field is left, by the keyboard or by pressing a button, which does what it says all the same."""
    page = new_page()
    enter(app, page, editor(space), live)
    page.goto(f"/poitiers/atelier/{draft.id}/{HERE}")
    form = page.locator("#form-question-tri")
    if button == "Ajouter une condition":
        form.get_by_text("Afficher seulement si…").click()
    form.get_by_label("au degré").fill("2")
    if button is None:
        form.get_by_label("au degré").press("Tab")
        expect(form.get_by_label("Points au plus")).to_be_focused()
    else:
        form.get_by_role("button", name=button, exact=True).click()
    expect(form.get_by_label("Degré 4")).to_have_count(0)
    expect(form).to_have_count(0 if button == "Terminé" else 1)
    if button == "Ajouter une condition":
        expect(form.get_by_label("Question", exact=True)).to_be_visible()
    assert _labels(owner, draft) == {"0": "Rien", "2": "À moitié"}
