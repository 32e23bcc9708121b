"""What a draft does to the resources that aim at what it removes: told where it is removed, checked and published."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.resources.models import Resource
from assett.studio.models import Draft
from tests import factories
from tests.linting import LintingClient
from tests.resources.arranging import national, own
from tests.resources.test_files import workbook
from tests.studio.arranging import draft_of, editor
from tests.studio.browsing import form_fields, plain, tree_of_page


@pytest.fixture
def base(client: LintingClient, owner: Session, space: Any) -> str:
    """A draft of the questionnaire in service, at which three resources are aimed, and one never was."""
    version = factories.QuestionnaireVersionFactory(space_id=space.id)
    draft = draft_of(owner, space, version.document, base_id=version.id)
    own(space, "compteur", title="Lire son compteur", **{"for": [{"question": "suivi", "is": ["non"]}]})
    own(space, "composteur", title="Un composteur", **{"for": [{"category": "dechets", "levels": ["debutant"]}]})
    national("guide", title="Le guide", **{"for": [{"question": "suivi", "is": "non"}]})
    national("ailleurs", title="D’un autre questionnaire", **{"for": [{"question": "autre", "is": "non"}]})
    client.sign_in(editor(space))
    here = f"/poitiers/atelier/{draft.id}"
    client.get(here)
    return here


def words(page: str) -> str:
    return plain(" ".join("".join(tree_of_page(page).itertext()).split()))


def test_what_a_removal_takes_from_resources_is_said_before(client: LintingClient, base: str) -> None:
    asked = words(client.get(f"{base}/retirer/question/suivi").text)
    assert "Cette ressource la vise et sera à corriger" in asked
    assert "Lire son compteur" in asked and "Suivez-vous vos consommations ? « Non »" in asked
    assert "Une ressource nationale vise aussi ce qui disparaît" in asked
    assert "composteur" not in asked and "autre questionnaire" not in asked
    category = words(client.get(f"{base}/retirer/category/dechets").text)
    assert "Un composteur" in category and "Niveau atteint en « Déchets » : « Débutant »" in category
    unaimed = words(client.get(f"{base}/retirer/question/tri").text)
    assert "ressource" not in unaimed.partition("Retirer «")[2].partition("Le bouton « Annuler »")[0]


def test_an_answer_that_a_resource_aims_at_is_asked_about(client: LintingClient, base: str) -> None:
    page = client.get(f"{base}/categories/energie?ouvrir=question/suivi").text
    fields = form_fields(page, "form-question-suivi") | {"do": ["choices.0:remove"]}
    asked = client.post(f"{base}/modifier", data=fields)
    assert asked.status_code == 409 and "Lire son compteur" in asked.text
    other = client.post(f"{base}/modifier", data=fields | {"do": ["choices.1:remove"]})
    assert other.status_code == 303


def test_checking_and_publishing_tell_them_too(
    client: LintingClient, owner: Session, base: str, statements: list[str]
) -> None:
    for page in ("verification", "publier"):
        assert "Ressources à corriger" not in words(client.get(f"{base}/{page}").text)
    client.post(f"{base}/operation", data={"verb": "remove", "address": "question/suivi"})
    client.post(f"{base}/operation", data={"verb": "add", "address": "question/", "category": "energie",
                "type": "boolean", "title": "Autre chose ?"})  # fmt: skip
    row = owner.scalars(select(Resource).where(Resource.slug == "compteur")).one()
    for page in ("verification", "publier"):
        statements.clear()
        text = client.get(f"{base}/{page}").text
        assert len(statements) <= 12, "\n".join(each[:150] for each in statements)
        assert "Ressources à corriger (1)" in words(text)
        assert f"/ressources-du-territoire/{row.id}" in text
        assert "Suivez-vous vos consommations ? « Non »" in words(text)


def test_a_draft_of_another_questionnaire_tells_every_one(
    client: LintingClient, owner: Session, space: Any, base: str
) -> None:
    tree = factories.small_document()
    for category in tree["categories"]:
        category["id"] += "-bis"
        for question in category["questions"]:
            question["id"] += "-bis"
    draft = draft_of(owner, space, tree | {"id": "autre"})
    text = words(client.get(f"/poitiers/atelier/{draft.id}/verification").text)
    assert "Ressources à corriger (2)" in text
    assert "Lire son compteur" in text and "Un composteur" in text


# Before a first publication

FORM = {
    "title_fr": "Un plombier",
    "url": "https://eau.example.org",
    "type": "expertise",
    "priority": "50",
    "partner": "0",
}


@pytest.fixture
def first(owner: Session, space: Any) -> Draft:
    """The draft of a space that has published nothing yet."""
    return draft_of(owner, space)


def test_resources_are_aimed_at_the_draft_while_nothing_is_published(
    client: LintingClient, owner: Session, space: Any, first: Draft, statements: list[str]
) -> None:
    client.sign_in(editor(space))
    path = "/poitiers/ressources-du-territoire"
    statements.clear()
    page = client.get(f"{path}/nouvelle").text
    assert len(statements) <= 12
    assert "brouillon « Petit questionnaire »" in words(page) and "quand il sera publié" in words(page)
    assert "Aucun questionnaire n’est en service" in words(page)
    line = {"for.0.of": "question/suivi", "for.0.was": "question/suivi", "for.0.is": "non"}
    made = client.post(f"{path}/nouvelle", data=FORM | line)
    assert made.status_code == 303
    row = owner.scalars(select(Resource)).one()
    assert row.entry["for"] == [{"question": "suivi", "is": ["non"]}]
    shown = words(client.get(made.location).text)
    assert "Suivez-vous vos consommations ? « Non »" in shown
    assert "quand il sera publié" in shown and "disparue" not in shown and "absente" not in shown
    assert "sera proposée dès que le brouillon « Petit questionnaire » sera publié" in shown
    # No category is in service, that the list could be narrowed to.
    assert 'name="categorie"' not in client.get(path).text
    client.post(f"/poitiers/atelier/{first.id}/operation", data={"verb": "remove", "address": "category/energie"})
    assert "Ressources à corriger (1)" in words(client.get(f"/poitiers/atelier/{first.id}/verification").text)


def test_imported_resources_are_read_against_the_draft_too(
    client: LintingClient, owner: Session, space: Any, first: Draft, statements: list[str]
) -> None:
    client.sign_in(editor(space))
    path = "/poitiers/ressources-du-territoire/importer"
    client.get(path)
    data = workbook(
        ["Relève", "https://a.example.org", "guide", "suivi = non"],
        ["Ailleurs", "https://b.example.org", "guide", "chauffage = bois"],
    )
    statements.clear()
    report = client.post(path, data={"file": (io.BytesIO(data), "ressources.xlsx")}).text
    assert len(statements) <= 12
    assert "2 ressources comprises" in words(report) and "aucune question ne s’appelle « chauffage »" in words(report)
    assert "brouillon « Petit questionnaire » : ce choix comptera quand il sera publié" in words(report)
    (kept,) = re.findall(r'name="kept" value="([^"]+)"', report)
    taken = client.post(f"{path}/accepter", data={"kept": kept, "take": ["releve"]})
    assert taken.status_code == 303
    assert owner.scalars(select(Resource)).one().entry["for"] == [{"question": "suivi", "is": "non"}]


def test_without_a_draft_there_is_nothing_to_aim_at(client: LintingClient, space: Any) -> None:
    client.sign_in(editor(space))
    path = "/poitiers/ressources-du-territoire/nouvelle"
    assert "Commencez d’abord un questionnaire" in words(client.get(path).text)
    saved = client.post(path, data=FORM, follow_redirects=True).text
    assert "sera proposée dès qu’un questionnaire sera publié" in words(saved)


def test_a_resource_that_is_aimed_anew_is_taken_into_account(
    client: LintingClient, owner: Session, space: Any, base: str
) -> None:
    def check() -> str:
        return words(client.get(f"{base}/verification").text)

    unaimed = "Déchets Aucune ressource ne vise le niveau « Intermédiaire »"
    assert unaimed in check()
    row = owner.scalars(select(Resource).where(Resource.slug == "composteur")).one()
    levels = ["debutant", "intermediaire", "avance"]
    row.entry = row.entry | {"for": [{"category": "dechets", "levels": levels}]}
    owner.commit()
    assert unaimed not in check()
