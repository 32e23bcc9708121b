"""Removing what conditions still name: said before with the way to it, and by its name after."""

from __future__ import annotations

import html
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assett.studio.models import Draft
from tests import factories
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, open_as, tree_of
from tests.studio.browsing import Data, form_fields, plain


@pytest.fixture
def draft(owner: Session, space: Any) -> Draft:
    tree = factories.small_document()
    suivi = tree["categories"][0]["questions"][0]
    suivi["choices"] = [*suivi["choices"], {"id": "parfois", "label": "Parfois"}]
    tree["profile"] = [{"id": "seul", "title": "Travaillez-vous seul ?", "type": "boolean"}]
    tree["categories"][1]["visible_if"] = {"profile": "seul", "is": True}
    tree["categories"][1]["caps"] = [
        {"if": {"question": "tri", "is": "non"}, "max": 0},
        {"if": {"all": [{"question": "suivi", "is": ["oui", "non"]}, {"question": "tri", "is": "oui"}]}, "max": 0},
    ]
    tree["categories"][1]["questions"][0]["visible_if"] = {"not": {"question": "suivi", "is": "oui"}}
    return draft_of(owner, space, tree)


def shown(text: str) -> str:
    return html.unescape(plain(text))


def test_what_names_a_question_is_said_with_the_way_to_it(client: LintingClient, draft: Draft, base: str) -> None:
    page = shown(client.get(f"{base}/retirer/question/suivi").text)
    assert f'href="{base}/categories/dechets?ouvrir=category/dechets#category-dechets">Déchets</a>' in page
    assert "Plafond 2 : « Suivez-vous vos consommations ? » est « Oui » ou « Non »" in page
    assert "Plafond 1" not in page
    assert f'href="{base}/categories/dechets?ouvrir=question/tri#question-tri">Triez-vous vos déchets ?</a>' in page
    assert "Condition d’affichage : « Suivez-vous vos consommations ? » n’est pas « Oui »" in page


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("question/suivi", "/categories/energie#question-chauffage"),
        ("question/chauffage", "/categories/energie#question-suivi"),
        ("question/tri", "/categories/dechets#category-dechets"),
        ("profile/seul", "/profil#profile-"),
        ("category/dechets", ""),
    ],
)
def test_once_removed_one_is_back_where_it_stood(
    client: LintingClient, owner: Session, space: Any, draft: Draft, address: str, place: str
) -> None:
    tree = deepcopy(draft.tree)
    tree["categories"][0]["questions"].append({"id": "chauffage", "title": "Un thermostat ?", "type": "boolean"})
    base = open_as(client, editor(space), draft_of(owner, space, tree))
    answer = client.post(f"{base}/operation", data={"verb": "remove", "address": address})
    assert answer.location.removeprefix("http://localhost") == f"{base}{place}"


def test_an_opened_question_is_removed_too(client: LintingClient, draft: Draft, base: str) -> None:
    page = client.get(f"{base}/categories/energie?ouvrir=question/suivi").text
    assert f'href="{base}/retirer/question/suivi"' in page
    asked = shown(client.get(f"{base}/retirer/question/suivi").text)
    assert "Garder la question" in asked and "Le bouton « Annuler » du brouillon la rendra." in asked


def test_once_removed_it_keeps_its_name(client: LintingClient, draft: Draft, base: str, statements: list[str]) -> None:
    client.get(base)
    for address in ("question/suivi", "profile/seul"):
        client.post(f"{base}/operation", data={"verb": "remove", "address": address})
    page = shown(client.get(f"{base}/verification").text)
    assert "Plafond 2 : la question « Suivez-vous vos consommations ? » a été retirée : choisissez-en" in page
    assert "Condition d’affichage : l’élément de profil « Travaillez-vous seul ? » a été retiré" in page
    assert "(« suivi »)" not in page
    form = shown(client.get(f"{base}/categories/dechets?ouvrir=question/tri").text)
    assert "« Suivez-vous vos consommations ? » (n’est plus avant cette question)" in form
    for path in ("", "/verification", "/categories/dechets?ouvrir=question/tri"):
        statements.clear()
        client.get(base + path)
        assert len(statements) <= 12, path


def removal(client: LintingClient, base: str, place: int, **typed: list[str]) -> Data:
    page = client.get(f"{base}/categories/energie?ouvrir=question/suivi").text
    return {**form_fields(page, "form-question-suivi"), **typed, "do": [f"choices.{place}:remove"]}


def test_an_answer_that_is_named_is_asked_about_and_what_was_typed_stays(
    client: LintingClient, owner: Session, draft: Draft, base: str
) -> None:
    asked = client.post(f"{base}/modifier", data=removal(client, base, 1, **{"help.fr": ["Gaz compris."]}))
    assert asked.status_code == 409
    page = shown(asked.text)
    assert "Retirer la réponse « Oui » ?" in page and "Plafond 2 : " in page and "Condition d’affichage : " in page
    question = tree_of(owner, draft)["categories"][0]["questions"][0]
    assert len(question["choices"]) == 3 and "help" not in question
    fields = form_fields(asked.text, "removal")
    client.post(f"{base}/modifier", data={**fields, "stay": ["1"]})
    question = tree_of(owner, draft)["categories"][0]["questions"][0]
    assert len(question["choices"]) == 3 and question["help"] == "Gaz compris."
    client.post(f"{base}/modifier", data={**fields, "do": ["choices.1:remove"]})
    question = tree_of(owner, draft)["categories"][0]["questions"][0]
    assert [each["id"] for each in question["choices"]] == ["non", "parfois"]
    page = shown(client.get(f"{base}/verification").text)
    assert "la réponse « Oui » à « Suivez-vous vos consommations ? » a été retirée" in page
    form = shown(client.get(f"{base}/categories/dechets?ouvrir=question/tri").text)
    assert "« Oui » (réponse disparue)" in form


def test_an_answer_that_nothing_names_goes_at_once(
    client: LintingClient, owner: Session, space: Any, base: str
) -> None:
    draft = draft_of(owner, space)
    here = f"/poitiers/atelier/{draft.id}"
    assert client.post(f"{here}/modifier", data=removal(client, here, 1)).status_code == 303
    assert len(tree_of(owner, draft)["categories"][0]["questions"][0]["choices"]) == 1
