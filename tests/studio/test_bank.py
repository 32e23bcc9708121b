"""The bank of questions: found by words, taken with their ids."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from assett.core.settings import ROOT
from assett.formats.files import load
from tests import factories
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, open_as, tree_of
from tests.studio.browsing import plain


@pytest.fixture
def space(owner: Session) -> Any:
    factories.QuestionnaireVersionFactory(space_id=None, document=load(ROOT / "questionnaires/socle-assett.yaml").tree)
    return factories.SpaceFactory(slug="poitiers")


def _origin(page: str) -> str:
    return page.split('name="origin" value="')[1].split('"')[0]


def test_a_misspelt_word_finds_and_the_question_keeps_its_id(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space, {**factories.small_document(), "languages": ["fr"]})
    base = open_as(client, editor(space), draft)
    page = plain(client.get(f"{base}/banque?q=isolatoin+batiments").text)
    assert "Où en est l’isolation de vos bâtiments ?" in page
    taken = client.post(
        f"{base}/banque", data={"origin": _origin(page), "question": "energie-isolation", "category": "dechets"}
    )
    assert taken.status_code == 303
    question = tree_of(owner, draft)["categories"][1]["questions"][1]
    assert question["id"] == "energie-isolation"
    # In the languages of the draft alone.
    assert plain(question["title"]) == "Où en est l’isolation de vos bâtiments ?"
    assert "a repris de la banque la question" in plain(client.get(f"{base}/historique").text)
    assert "Déjà dans votre questionnaire" in client.get(f"{base}/banque?q=isolation").text


def test_a_condition_on_the_profile_brings_its_entries_along(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    sent = {
        "origin": _origin(client.get(f"{base}/banque").text),
        "question": "energie-lieux",
        "category": "energie",
    }
    told = plain(client.post(f"{base}/banque", data=sent, follow_redirects=True).text)
    assert "Sa condition d’affichage dépend du profil : " in told and "« Avez-vous des locaux ? »" in told
    tree = tree_of(owner, draft)
    assert "visible_if" in tree["categories"][0]["questions"][1]
    assert {"kind", "premises"} <= {entry["id"] for entry in tree["profile"]}
    assert "point à corriger" not in plain(client.get(base).text)
    before = factories.small_document()
    client.post(f"{base}/annuler")
    assert tree_of(owner, draft).get("profile") == before.get("profile")


def test_a_condition_on_a_question_that_is_not_here_is_dropped_in_words(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    national = load(ROOT / "questionnaires/socle-assett.yaml").tree
    questions = [each for category in national["categories"] for each in category["questions"]]
    heating = {"question": "energie-chauffage"}
    wanted = next(each["id"] for each in questions if heating.items() <= (each.get("visible_if") or {}).items())
    title = next(each["title"]["fr"] for each in questions if each["id"] == "energie-chauffage")
    sent = {"origin": _origin(client.get(f"{base}/banque").text), "question": wanted, "category": "energie"}
    told = plain(client.post(f"{base}/banque", data=sent, follow_redirects=True).text)
    assert f"citait des questions absentes d’ici (« {plain(title)} ») : elle a été retirée" in told
    assert "visible_if" not in tree_of(owner, draft)["categories"][0]["questions"][1]


def test_other_drafts_are_in_the_bank_and_what_is_unknown_is_not(
    client: LintingClient, owner: Session, space: Any
) -> None:
    tree = factories.small_document()
    tree["categories"][0]["questions"][0] |= {"id": "bois", "title": "Chauffez-vous au bois ?"}
    other = draft_of(owner, space, tree)
    foreign = draft_of(owner, factories.SpaceFactory(slug="lille"), tree)
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    assert "Chauffez-vous au bois ?" in plain(client.get(f"{base}/banque?q=bois").text)
    data = {"origin": f"draft-{foreign.id}", "question": "bois", "category": "energie"}
    assert client.post(f"{base}/banque", data=data).status_code == 404
    data = {"origin": f"draft-{other.id}", "question": "bois", "category": "nulle"}
    assert client.post(f"{base}/banque", data=data).status_code == 422


def test_an_id_that_is_taken_gives_another(client: LintingClient, owner: Session, space: Any) -> None:
    tree = factories.small_document()
    tree["categories"][0]["questions"][0]["title"] = "Une tout autre question ?"
    draft_of(owner, space, tree)
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    page = client.get(f"{base}/banque?q=tout+autre").text
    client.post(f"{base}/banque", data={"origin": _origin(page), "question": "suivi", "category": "energie"})
    assert [each["id"] for each in tree_of(owner, draft)["categories"][0]["questions"]] == ["suivi", "suivi-2"]
