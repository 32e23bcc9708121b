"""A change that comes once its draft was published or set aside, or its piece removed: nothing typed is lost."""

from __future__ import annotations

from typing import Any

from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from assett.studio.fields import Context, read_piece
from assett.studio.models import Draft
from tests.browsing import enter
from tests.linting import LintingClient
from tests.studio.arranging import editor, tree_of
from tests.studio.browsing import Data, control, form_fields, plain, settled


def typed(client: LintingClient, base: str) -> Data:
    """The form of a question, with another wording and two lines of help."""
    fields = form_fields(client.get(f"{base}/categories/energie?ouvrir=question/suivi").text, "form-question-suivi")
    fields["title.fr"], fields["help.fr"] = ["Suivez-vous vos factures ?"], ["Le gaz compris.\n\nLe bois aussi."]
    return fields


def publish(client: LintingClient, base: str) -> None:
    page = client.get(f"{base}/publier").text
    sent = {name: control(page, name).get("value") for name in ("seen", "serving")}
    assert client.post(f"{base}/publier", data=sent).status_code == 303


def way_out(page: str) -> Data:
    return form_fields(page, "way-out")


def drafts(owner: Session) -> list[Draft]:
    owner.expire_all()
    return list(owner.scalars(select(Draft).order_by(Draft.id)))


def question(owner: Session, draft: Draft) -> dict[str, Any]:
    found: dict[str, Any] = tree_of(owner, draft)["categories"][0]["questions"][0]
    return found


def test_what_comes_after_the_publication_begins_the_next_draft(
    client: LintingClient, owner: Session, space: Any, draft: Draft, base: str
) -> None:
    late = typed(client, base)
    client.sign_in(editor(space, "Yann Éditeur"))
    publish(client, base)
    client.sign_in(editor(space, "Marie Éditrice"))
    answer = client.post(f"{base}/modifier", data=late)
    assert answer.status_code == 409
    page = plain(answer.text)
    assert "Yann Éditeur a publié ce brouillon le" in page and "c’est la version 1" in page
    assert "Le gaz compris.\n\nLe bois aussi." in page
    assert '<th scope="row">Intitulé</th>' in page and "vos <mark>factures</mark> ?" in page
    assert "Commencer un nouveau brouillon avec ce passage" in page
    assert len(drafts(owner)) == 1
    sent = client.post(f"{base}/passage", data=way_out(answer.text))
    assert sent.status_code == 303
    closed, begun = drafts(owner)
    assert sent.location.endswith(f"/atelier/{begun.id}/categories/energie?ouvrir=question/suivi#question-suivi")
    assert (begun.base_id, begun.questionnaire_id) == (closed.published_version_id, closed.questionnaire_id)
    assert question(owner, begun)["title"] == "Suivez-vous vos factures ?"
    assert question(owner, begun)["help"] == "Le gaz compris.\n\nLe bois aussi."
    assert question(owner, closed)["title"] == "Suivez-vous vos consommations ?"


def test_a_version_is_told_by_the_name_that_its_draft_gave_it(
    client: LintingClient, owner: Session, draft: Draft, base: str
) -> None:
    fields = form_fields(client.get(f"{base}/presentation").text, "form-settings")
    assert client.post(f"{base}/modifier", data={**fields, "version": [" Printemps 2026 "]}).status_code == 303
    assert tree_of(owner, draft)["version"] == "Printemps 2026"
    assert 'value="Printemps 2026"' in client.get(f"{base}/presentation").text
    publish(client, base)
    for page in ("", f"/{drafts(owner)[0].published_version_id}"):
        assert "Édition Printemps 2026" in client.get(f"/poitiers/atelier/versions{page}").text
    # Emptied, it goes.
    again = {**fields, "version": [""], "title.fr": ["Essai"]}
    assert "version" not in read_piece(MultiDict(again), "settings", {"version": "2026"}, Context(["fr"], {}))


def test_it_goes_into_the_next_draft_where_there_is_one(
    client: LintingClient, owner: Session, draft: Draft, base: str
) -> None:
    late = typed(client, base)
    publish(client, base)
    version = drafts(owner)[0].published_version_id
    client.post("/poitiers/atelier/brouillons", data={"source": str(version)})
    answer = client.post(f"{base}/modifier", data=late)
    assert "Mettre ce passage dans le brouillon suivant" in answer.text
    # What was written there meanwhile stays; the same words are asked about.
    going_on = f"/poitiers/atelier/{drafts(owner)[1].id}"
    hers = form_fields(client.get(f"{going_on}/categories/energie?ouvrir=question/suivi").text, "form-question-suivi")
    client.post(f"{going_on}/modifier", data={**hers, "title.fr": ["Et vous ?"], "choices.1.label.fr": ["Tout à fait"]})
    conflict = client.post(f"{base}/passage", data=way_out(answer.text), follow_redirects=True)
    assert "Garder la mienne" in conflict.text or "Garder celle de cet onglet" in conflict.text
    assert question(owner, drafts(owner)[1])["title"] == "Et vous ?"
    assert settled(client, conflict.text, "mine").status_code == 303
    assert len(drafts(owner)) == 2
    found = question(owner, drafts(owner)[1])
    assert (found["title"], found["choices"][1]["label"]) == ("Suivez-vous vos factures ?", "Tout à fait")


def test_a_draft_set_aside_is_taken_up_with_it(client: LintingClient, owner: Session, draft: Draft, base: str) -> None:
    late = typed(client, base)
    client.post(f"{base}/mettre-de-cote")
    answer = client.post(f"{base}/modifier", data=late)
    assert answer.status_code == 409 and "Reprendre ce brouillon avec ce passage" in answer.text
    client.post(f"{base}/passage", data=way_out(answer.text))
    assert drafts(owner)[0].open
    assert question(owner, draft)["title"] == "Suivez-vous vos factures ?"


def test_nothing_new_leads_to_the_version(client: LintingClient, owner: Session, draft: Draft, base: str) -> None:
    same = form_fields(client.get(f"{base}/categories/energie?ouvrir=question/suivi").text, "form-question-suivi")
    publish(client, base)
    answer = client.post(f"{base}/modifier", data=same)
    assert answer.status_code == 303 and "/atelier/versions/" in answer.location


def test_what_was_typed_in_a_removed_question_waits(
    client: LintingClient, owner: Session, draft: Draft, base: str
) -> None:
    late = typed(client, base)
    same = form_fields(client.get(f"{base}/categories/energie?ouvrir=question/suivi").text, "form-question-suivi")
    client.post(f"{base}/operation", data={"verb": "remove", "address": "question/suivi", "category": "energie"})
    said = plain(client.post(f"{base}/modifier", data=same, follow_redirects=True).text)
    assert "Zoé Éditrice a retiré « Suivez-vous" in said and "attendaient" not in said, "nothing was typed"
    answer = client.post(f"{base}/modifier", data=late)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "Zoé Éditrice l’a retiré le" in plain(page) and "Le bois aussi." in page and "Choisir plus tard" in page
    assert "a été retiré pendant que vous écriviez ; vos mots attendent votre choix" in plain(client.get(base).text)
    assert client.post(f"{base}/modifier", data=late).location == answer.location, "sent twice, they wait once"
    # A colleague takes the removal back: the words are there for the piece that stands again.
    client.post(f"{base}/annuler")
    reminded = plain(client.get(base).text)
    assert "avait été retiré pendant que vous écriviez ; vos mots attendent votre choix" in reminded
    page = client.get(answer.location).text
    assert "Reprendre mes mots" in page and "Le bois aussi." in page
    left = client.post(answer.location, data={**form_fields(page, "conflict-form"), "theirs": "1"})
    assert left.status_code == 303 and "help" not in question(owner, draft)
    assert "votre choix" not in plain(client.get(base).text).partition("<main")[2]


def test_what_was_typed_in_a_question_that_came_back_is_taken(
    client: LintingClient, owner: Session, draft: Draft, base: str
) -> None:
    late = typed(client, base)
    client.post(f"{base}/operation", data={"verb": "remove", "address": "question/suivi", "category": "energie"})
    choice = client.post(f"{base}/modifier", data=late).location
    client.post(f"{base}/annuler")
    fields = form_fields(client.get(choice).text, "conflict-form")
    client.post(choice, data={**fields, "mine": "1"})
    assert question(owner, draft)["help"].endswith("Le bois aussi.")


TRANSLATED = {"langue": "en", "a.0": "question/suivi", "k.0": "title", "w.0": "", "t.0": "Do you track it?"}


def test_translations_after_the_publication_begin_the_next_draft(
    client: LintingClient, owner: Session, draft: Draft, base: str
) -> None:
    publish(client, base)
    answer = client.post(f"{base}/traductions", data=TRANSLATED)
    page = plain(answer.text)
    assert answer.status_code == 409 and "Vous avez publié ce brouillon le" in page
    assert "Dans « Traductions (English) »." in page and "Do you track it?" in page
    assert "Énergie › Suivez-vous vos consommations ?, Intitulé" in page
    assert len(drafts(owner)) == 1
    sent = client.post(f"{base}/traductions/passage", data=way_out(answer.text))
    closed, begun = drafts(owner)
    assert sent.status_code == 303 and sent.location.endswith(f"/atelier/{begun.id}/traductions?langue=en")
    assert begun.base_id == closed.published_version_id
    assert question(owner, begun)["title"] == {"fr": "Suivez-vous vos consommations ?", "en": "Do you track it?"}
    assert question(owner, closed)["title"] == "Suivez-vous vos consommations ?"
    assert "Votre passage est dans le brouillon suivant" in plain(client.get(sent.location).text)


def test_translations_meet_those_of_the_next_draft(
    client: LintingClient, owner: Session, draft: Draft, base: str
) -> None:
    publish(client, base)
    client.post("/poitiers/atelier/brouillons", data={"source": str(drafts(owner)[0].published_version_id)})
    going_on = f"/poitiers/atelier/{drafts(owner)[1].id}"
    client.post(f"{going_on}/traductions", data={**TRANSLATED, "t.0": "Monitored?"})
    other = {"a.1": "question/tri", "k.1": "title", "w.1": "", "t.1": "Sorted?"}
    answer = client.post(f"{base}/traductions", data={**TRANSLATED, **other})
    assert "Mettre ces passages dans le brouillon suivant" in answer.text
    met = client.post(f"{base}/traductions/passage", data=way_out(answer.text))
    assert met.status_code == 409 and "Monitored?" in met.text
    shown = form_fields(met.text, "translations-form")
    assert shown["t.0"] == ["Do you track it?"]
    assert f'action="{going_on}/traductions"' in met.text
    assert question(owner, drafts(owner)[1])["title"]["en"] == "Monitored?"
    assert tree_of(owner, drafts(owner)[1])["categories"][1]["questions"][0]["title"]["en"] == "Sorted?"
    assert client.post(f"{going_on}/traductions", data=shown).status_code == 303
    assert question(owner, drafts(owner)[1])["title"]["en"] == "Do you track it?"


def test_translations_take_up_a_draft_set_aside(client: LintingClient, owner: Session, draft: Draft, base: str) -> None:
    client.get(f"{base}/traductions")
    client.post(f"{base}/mettre-de-cote")
    said = client.post(f"{base}/traductions", data=TRANSLATED, headers={"Accept": "application/json"})
    assert (said.status_code, said.get_json()["closed"]) == (409, True)
    assert said.get_json()["label"] == "Reprendre ce brouillon avec ce passage"
    assert client.post(said.get_json()["url"], data=TRANSLATED).status_code == 303
    assert drafts(owner)[0].open
    assert question(owner, draft)["title"]["en"] == "Do you track it?"


def test_no_new_translation_leads_to_the_version(client: LintingClient, draft: Draft, base: str) -> None:
    publish(client, base)
    answer = client.post(f"{base}/traductions", data={**TRANSLATED, "t.0": ""})
    assert answer.status_code == 303 and "/atelier/versions/" in answer.location


def test_the_translations_say_it_next_to_the_field(
    app: Flask, client: LintingClient, owner: Session, space: Any, draft: Draft, base: str, new_page: Any, live: str
) -> None:
    page = new_page(width=360)
    enter(app, page, editor(space, "Marie Éditrice"), live)
    page.goto(f"{live}{base}/traductions")
    publish(client, base)
    fields = page.get_by_role("textbox")
    fields.first.fill("Do you track it?")
    fields.nth(1).fill("No")
    expect(page.locator("[data-way-out]")).to_contain_text("Zoé Éditrice a publié ce brouillon")
    fields.nth(1).blur()
    expect(fields.nth(1)).to_have_value("No")
    page.get_by_role("button", name="Commencer un nouveau brouillon avec ces passages").click()
    expect(page.get_by_text("Vos passages sont dans le brouillon suivant")).to_be_visible()
    begun = question(owner, drafts(owner)[1])
    assert (begun["title"]["en"], begun["choices"][0]["label"]["en"]) == ("Do you track it?", "No")


def test_the_page_says_it_next_to_the_field(
    app: Flask, client: LintingClient, owner: Session, space: Any, draft: Draft, base: str, new_page: Any, live: str
) -> None:
    page = new_page(width=360)
    enter(app, page, editor(space, "Marie Éditrice"), live)
    page.goto(f"{live}{base}/categories/energie?ouvrir=question/suivi")
    publish(client, base)
    page.get_by_label("Intitulé", exact=True).first.fill("Suivez-vous vos factures ?")
    expect(page.locator(".field + [data-way-out]")).to_contain_text("Zoé Éditrice a publié ce brouillon")
    expect(page.get_by_label("Intitulé", exact=True).first).to_have_value("Suivez-vous vos factures ?")
    page.get_by_role("button", name="Commencer un nouveau brouillon avec ce passage").click()
    expect(page.get_by_role("heading", name="Suivez-vous vos factures ?")).to_be_visible()
    assert question(owner, drafts(owner)[1])["title"] == "Suivez-vous vos factures ?"
