"""Editing a draft by its forms, as a browser without JavaScript does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRoleName
from assett.core.settings import ROOT
from assett.engine.drafting.pieces import take_apart
from assett.engine.drafting.steps import Step, step_between
from assett.formats.files import load
from assett.studio.models import DraftStep
from tests import factories
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, open_as, tree_of
from tests.studio.browsing import control, form_fields, plain


@pytest.mark.parametrize("name", ["socle-assett", "premier-pas"])
def test_a_form_sent_as_it_is_changes_nothing(client: LintingClient, owner: Session, space: Any, name: str) -> None:
    tree = load(ROOT / f"questionnaires/{name}.yaml").tree
    draft = draft_of(owner, space, tree)
    client.sign_in(editor(space))
    addresses = [("grille", "grid"), ("presentation", "settings")]
    for category in tree["categories"]:
        here = f"categories/{category['id']}"
        addresses.append((f"{here}?ouvrir=category/{category['id']}", f"category-{category['id']}"))
        addresses += [(f"{here}?ouvrir=question/{q['id']}", f"question-{q['id']}") for q in category["questions"]]
    addresses += [(f"profil?ouvrir=profile/{entry['id']}", f"profile-{entry['id']}") for entry in tree["profile"]]
    for path, form in addresses:
        page = client.get(f"/poitiers/atelier/{draft.id}/{path}")
        fields = form_fields(page.text, f"form-{form}")
        answer = client.post(f"/poitiers/atelier/{draft.id}/modifier", data=fields)
        assert answer.status_code == 303, path
    written, read = take_apart(tree_of(owner, draft)), take_apart(tree)
    assert step_between(read, written) == Step()
    assert owner.scalars(select(DraftStep)).all() == []


def test_a_question_is_written_and_taken_back(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    client.sign_in(editor(space))
    base = f"/poitiers/atelier/{draft.id}"
    client.get(base)
    answer = client.post(
        f"{base}/operation",
        data={
            "verb": "add",
            "address": "question/",
            "category": "energie",
            "type": "single",
            "title": "Quel chauffage ?",
        },
    )
    assert answer.status_code == 303
    assert "ouvrir=question/quel-chauffage" in answer.location
    page = client.get(answer.location)
    fields = form_fields(page.text, "form-question-quel-chauffage")
    fields["choices.0.label.fr"], fields["choices.1.points"] = ["Fioul"], ["2,5"]
    client.post(f"{base}/modifier", data={**fields, "do": ["choices:add"]})
    question = tree_of(owner, draft)["categories"][0]["questions"][1]
    assert [choice["label"] for choice in question["choices"]] == ["Fioul", "Oui", ""]
    assert str(question["choices"][1]["points"]) == "2.5"
    client.post(f"{base}/annuler")
    client.post(f"{base}/annuler")
    assert [q["id"] for q in tree_of(owner, draft)["categories"][0]["questions"]] == ["suivi"]
    client.post(f"{base}/retablir")
    client.post(f"{base}/retablir")
    assert tree_of(owner, draft)["categories"][0]["questions"][1] == question
    assert "a modifié la question « Quel chauffage ? »" in plain(client.get(f"{base}/historique").text)


def test_the_plan_leads_to_where_a_question_is_added(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    client.sign_in(editor(space))
    link = re.search(r'href="([^"]+)#nouvelle-question"', client.get(f"/poitiers/atelier/{draft.id}").text)
    assert link is not None and 'id="nouvelle-question"' in client.get(link[1]).text
    plan = client.get(f"/poitiers/atelier/{draft.id}").text
    assert plan.index('href="#new-category"') < plan.index('id="plan"') < plan.index('id="new-category"')
    client.sign_in(editor(space, role=SpaceRoleName.READER))
    plan = client.get(f"/poitiers/atelier/{draft.id}").text
    assert "#nouvelle-question" not in plan and "#new-category" not in plan


def test_an_answer_is_one_line_however_long(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    here = f"{base}/categories/energie?ouvrir=question/suivi"
    sent = form_fields(client.get(here).text, "form-question-suivi")
    long = "Oui, chaque mois, pour chacun de nos bâtiments, et nous en parlons avec ceux qui y travaillent"
    typed = long.replace(", et", ",\r\n et") + "\r\n"
    client.post(f"{base}/modifier", data={**sent, "choices.1.label.fr": [typed]})
    assert tree_of(owner, draft)["categories"][0]["questions"][0]["choices"][1]["label"] == long
    field = control(client.get(here).text, "choices.1.label.fr")
    assert field.tag == "textarea" and field.get("rows") == "2"


@pytest.mark.parametrize(
    ("do", "order"),
    [
        ("choices.2:to.0", ["rien", "non", "oui"]),
        ("choices.0:to.1", ["oui", "non", "rien"]),
        ("choices.0:to.99", ["oui", "rien", "non"]),
        ("choices.0:to.x", ["non", "oui", "rien"]),
        ("choices.9:to.0", ["non", "oui", "rien"]),
    ],
)
def test_an_answer_is_put_in_another_place(
    client: LintingClient, owner: Session, space: Any, do: str, order: list[str]
) -> None:
    tree = factories.small_document()
    suivi = tree["categories"][0]["questions"][0]
    suivi["choices"] = [*suivi["choices"], {"id": "rien", "label": "Rien"}]
    draft = draft_of(owner, space, tree)
    client.sign_in(editor(space))
    page = client.get(f"/poitiers/atelier/{draft.id}/categories/energie?ouvrir=question/suivi").text
    sent = {**form_fields(page, "form-question-suivi"), "do": [do]}
    assert client.post(f"/poitiers/atelier/{draft.id}/modifier", data=sent).status_code == 303
    assert [each["id"] for each in tree_of(owner, draft)["categories"][0]["questions"][0]["choices"]] == order


def test_what_makes_no_sense_stays_and_is_told(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    client.sign_in(editor(space))
    page = client.get(f"/poitiers/atelier/{draft.id}/categories/energie?ouvrir=question/suivi")
    fields = form_fields(page.text, "form-question-suivi")
    fields["choices.1.points"] = ["beaucoup"]
    client.post(f"/poitiers/atelier/{draft.id}/modifier", data=fields)
    page = client.get(f"/poitiers/atelier/{draft.id}/categories/energie?ouvrir=question/suivi")
    field = control(page.text, "choices.1.points")
    assert field.get("value") == "beaucoup"
    assert field.get("aria-invalid") == "true"
    assert "1 point à corriger" in plain(page.text)


def test_a_condition_is_built_by_picking(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    client.sign_in(editor(space))
    base = f"/poitiers/atelier/{draft.id}"
    here = f"{base}/categories/dechets?ouvrir=question/tri"

    def send(**changes: str | list[str]) -> None:
        fields = form_fields(client.get(here).text, "form-question-tri")
        answer = client.post(f"{base}/modifier", data={**fields, **changes})
        assert answer.status_code == 303

    send(do="visible_if:add-line")
    send(**{"visible_if.0.of": "question/suivi"}, do="visible_if.0:show")
    assert '<p class="hint">Énergie</p>' in client.get(here).text
    send(**{"visible_if.0.is": ["oui"]})
    assert tree_of(owner, draft)["categories"][1]["questions"][0]["visible_if"] == {"question": "suivi", "is": "oui"}
    shown = plain(client.get(here.partition("?")[0]).text)
    assert "Affichée si « Suivez-vous vos consommations ? » est « Oui »" in shown
    send(do="visible_if.0:remove")
    assert "visible_if" not in tree_of(owner, draft)["categories"][1]["questions"][0]


def test_a_reader_looks_and_does_not_write(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    client.sign_in(editor(space, role=SpaceRoleName.READER))
    page = client.get(f"/poitiers/atelier/{draft.id}/categories/energie")
    assert "Modifier" not in page.text
    assert client.post(f"/poitiers/atelier/{draft.id}/annuler").status_code == 403


def test_a_draft_of_another_space_is_not_there(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, factories.SpaceFactory(slug="lille"))
    client.sign_in(editor(space))
    assert client.get(f"/poitiers/atelier/{draft.id}").status_code == 404
    assert client.post(f"/poitiers/atelier/{draft.id}/annuler").status_code == 404


def test_every_page_asks_for_few_statements(
    client: LintingClient, owner: Session, space: Any, statements: list[str]
) -> None:
    draft = draft_of(owner, space, load(ROOT / "questionnaires/socle-assett.yaml").tree)
    client.sign_in(editor(space))
    base = f"/poitiers/atelier/{draft.id}"
    for path in (
        "",
        "/categories/energie?ouvrir=question/energie-suivi",
        "/grille",
        "/profil",
        "/verification",
        "/apercu",
        "/apercu/page",
        "/traductions",
        "/banque",
        "/commentaires",
        "/commentaires/question/energie-suivi",
        "/historique",
    ):
        client.get(base + path)
        statements.clear()
        client.get(base + path)
        assert len(statements) <= 12, (path, len(statements))


def test_publishing_says_who_is_writing(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    client.sign_in(editor(space, "Yann Éditeur"))
    base = f"/poitiers/atelier/{draft.id}"
    typed = form_fields(client.get(f"{base}/categories/energie?ouvrir=question/suivi").text, "form-question-suivi")
    client.post(f"{base}/modifier", data={**typed, "title.fr": "Autrement ?"})
    assert "Vient d’écrire" not in client.get(f"{base}/publier").text
    client.sign_in(editor(space))
    assert "Vient d’écrire dans ce brouillon : Yann Éditeur." in plain(client.get(f"{base}/publier").text)


def test_the_button_that_undoes_is_called_so_in_english_too(client: LintingClient, owner: Session, space: Any) -> None:
    here = open_as(client, editor(space), draft_of(owner, space))
    client.post("/langue", data={"language": "en", "next": "/poitiers/"})
    assert re.search(r"<button[^>]*data-undo[^>]*>Undo</button>", client.get(here).text)
    for piece in ("question/suivi", "category/energie"):
        assert "“Undo” button" in client.get(f"{here}/retirer/{piece}").text
