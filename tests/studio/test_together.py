"""Two editors in the same piece: both keep what they wrote, or choose; nothing goes in silence."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.studio.models import Draft
from tests import factories
from tests.browsing import enter
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, tree_of
from tests.studio.browsing import Data, form_fields, plain, settled


def test_two_editors_keep_both_changes(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    zoe, yann = editor(space), editor(space, "Yann Éditeur")
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    page = client.get(f"{base}/categories/energie?ouvrir=question/suivi").text
    hers, his = (form_fields(page, "form-question-suivi") for _ in range(2))
    hers["title.fr"], his["help.fr"] = ["Suivez-vous vos factures ?"], ["Gaz compris."]
    client.post(f"{base}/modifier", data=hers)
    client.sign_in(yann)
    client.post(f"{base}/modifier", data=his)
    question = tree_of(owner, draft)["categories"][0]["questions"][0]
    assert (question["title"], question["help"]) == ("Suivez-vous vos factures ?", "Gaz compris.")


def test_two_editors_of_the_same_words_choose(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    zoe, yann = editor(space), editor(space, "Yann Éditeur")
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    page = client.get(f"{base}/categories/energie?ouvrir=question/suivi").text
    hers, his = (form_fields(page, "form-question-suivi") for _ in range(2))
    hers["title.fr"], his["title.fr"], his["help.fr"] = ["La sienne ?"], ["La mienne ?"], ["Gaz compris."]
    client.post(f"{base}/modifier", data=hers)
    client.sign_in(yann)
    answer = client.post(f"{base}/modifier", data=his, follow_redirects=True)
    assert "La <mark>sienne</mark> ?" in answer.text and "La <mark>mienne</mark> ?" in answer.text
    assert "Zoé" in answer.text
    settled(client, answer.text, "mine")
    question = tree_of(owner, draft)["categories"][0]["questions"][0]
    assert (question["title"], question["help"]) == ("La mienne ?", "Gaz compris.")


def test_a_conflict_with_oneself_speaks_of_the_other_tab(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    client.sign_in(editor(space))
    base = f"/poitiers/atelier/{draft.id}"
    page = client.get(f"{base}/categories/energie?ouvrir=question/suivi").text
    one, other, elsewhere = (form_fields(page, "form-question-suivi") for _ in range(3))
    one["title.fr"], other["title.fr"], elsewhere["help.fr"] = ["La première ?"], ["La seconde ?"], ["Gaz compris."]
    client.post(f"{base}/modifier", data=one)
    answer = client.post(f"{base}/modifier", data=other, follow_redirects=True)
    assert "Vous avez changé les mêmes mots dans un autre onglet" in answer.text
    assert "Zoé Éditrice a changé" not in plain(answer.text)
    merged = client.post(f"{base}/modifier", data=elsewhere, follow_redirects=True)
    assert "Vous avez aussi changé ce passage dans un autre onglet" in merged.text
    question = tree_of(owner, draft)["categories"][0]["questions"][0]
    assert (question["title"], question["help"]) == ("La première ?", "Gaz compris.")


def test_a_conflict_shows_both_sides_in_words(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    client.sign_in(editor(space))
    base = f"/poitiers/atelier/{draft.id}"
    page = client.get(f"{base}/categories/energie?ouvrir=question/suivi").text
    one, other = (form_fields(page, "form-question-suivi") for _ in range(2))
    label = next(name for name in one if name.endswith("label.fr"))
    one[label], other[label], other["help.fr"] = ["Jamais encore"], ["Pas du tout"], ["Gaz compris."]
    client.post(f"{base}/modifier", data=one)
    answer = client.post(f"{base}/modifier", data=other, follow_redirects=True)
    rows = re.findall(r'<th scope="row">(.*?)</th>', answer.text)
    assert len(rows) == 1 and "Libellé" in rows[0], "what was changed on one side alone is no conflict"
    shown = plain(answer.text)
    assert "Jamais encore" in shown and "Pas du tout" in shown
    assert settled(client, answer.text, "mine").status_code == 303
    question = tree_of(owner, draft)["categories"][0]["questions"][0]
    assert (question["choices"][0]["label"], question["help"]) == ("Pas du tout", "Gaz compris.")


def test_what_was_never_shown_is_asked_about(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    client.sign_in(editor(space))
    base = f"/poitiers/atelier/{draft.id}"
    typed = form_fields(client.get(f"{base}/categories/energie?ouvrir=question/suivi").text, "form-question-suivi")
    typed |= {"title.fr": ["Venue d’ailleurs ?"], "seen": ["99"]}
    page = client.post(f"{base}/modifier", data=typed, follow_redirects=True).text
    assert 'id="conflict-form"' in page and "d’ailleurs" in page
    before = tree_of(owner, draft)["categories"][0]["questions"][0]["title"]
    assert before == "Suivez-vous vos consommations ?"
    assert settled(client, page, "mine").status_code == 303
    assert tree_of(owner, draft)["categories"][0]["questions"][0]["title"] == "Venue d’ailleurs ?"


@pytest.fixture
def zoe(space: Any) -> Person:
    return editor(space)


@pytest.fixture
def yann(space: Any) -> Person:
    return editor(space, "Yann Éditeur")


def drawn(client: LintingClient, base: str, question: str = "suivi", category: str = "energie") -> Data:
    page = client.get(f"{base}/categories/{category}?ouvrir=question/{question}").text
    return form_fields(page, f"form-question-{question}")


def question(owner: Session, draft: Draft, place: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = tree_of(owner, draft)["categories"][0]["questions"][place]
    return found


@pytest.fixture
def disputed(client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person) -> tuple[Draft, str, str]:
    """Zoé wrote a title; Yann, whose page was older, another one, a help and a word for the second answer. Gives the
    draft, its address, and the page that he is shown."""
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    hers, his = drawn(client, base), drawn(client, base)
    client.post(f"{base}/modifier", data={**hers, "title.fr": ["La sienne ?"]})
    client.sign_in(yann)
    his |= {"title.fr": ["La mienne ?"], "help.fr": ["Gaz compris."], "choices.1.feedback.fr": ["Bravo."]}
    return draft, base, client.post(f"{base}/modifier", data=his, follow_redirects=True).text


@pytest.mark.parametrize(("way", "title"), [("theirs", "La sienne ?"), ("mine", "La mienne ?"), (None, "La sienne ?")])
def test_only_the_disputed_words_give_way(
    client: LintingClient, owner: Session, disputed: tuple[Draft, str, str], way: str | None, title: str
) -> None:
    draft, _, page = disputed
    assert re.findall(r'<th scope="row">(.*?)</th>', page) == ["Intitulé"]
    assert "data-undo" not in page, "it would take back what was just written"
    assert "Tout ce que vous avez écrit d’autre ici est déjà enregistré." in page
    if way is not None:
        done = client.get(settled(client, page, way).location)
        assert "vos deux changements sont gardés" not in done.text
        assert "avec les mots que vous avez choisis" in done.text
    found = question(owner, draft)
    assert (found["title"], found["help"], found["choices"][1]["feedback"]) == (title, "Gaz compris.", "Bravo.")


def test_a_small_button_is_pressed_once_whatever_is_chosen(
    client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person
) -> None:
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    hers, his = drawn(client, base), drawn(client, base)
    client.post(f"{base}/modifier", data={**hers, "title.fr": ["La sienne ?"]})
    client.sign_in(yann)
    typed = {**his, "title.fr": ["La mienne ?"], "do": ["choices:add"]}
    settled(client, client.post(f"{base}/modifier", data=typed, follow_redirects=True).text, "mine")
    assert [each["label"] for each in question(owner, draft)["choices"]] == ["Non", "Oui", ""]
    assert question(owner, draft)["title"] == "La mienne ?"


@pytest.fixture
def twice(client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person) -> tuple[Draft, str, str]:
    """As `disputed`, of the title, the help and the second answer."""
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    hers, his = drawn(client, base), drawn(client, base)
    hers |= {"title.fr": ["La sienne ?"], "help.fr": ["Son aide."], "choices.1.label.fr": ["Oui de Zoé"]}
    client.post(f"{base}/modifier", data=hers)
    client.sign_in(yann)
    his |= {"title.fr": ["La mienne ?"], "help.fr": ["Mon aide."], "choices.1.label.fr": ["Oui de Yann"]}
    his |= {"choices.0.label.fr": ["Non !"]}
    return draft, base, client.post(f"{base}/modifier", data=his, follow_redirects=True).text


def said(owner: Session, draft: Draft) -> list[str]:
    found = question(owner, draft)
    return [found["title"], found["help"], *(each["label"] for each in found["choices"])]


def test_each_place_is_chosen_by_itself(client: LintingClient, owner: Session, twice: tuple[Draft, str, str]) -> None:
    draft, _, page = twice
    assert "<h1>Deux versions de « La sienne ? »" in plain(page)
    assert re.search(r'<nav class="breadcrumb".*?/categories/energie">Énergie</a>', page, re.DOTALL)
    assert said(owner, draft) == ["La sienne ?", "Son aide.", "Non !", "Oui de Zoé"]
    # Half a choice is none; what was chosen stays so.
    half = settled(client, page, **{"keep.title": "mine"})
    assert half.status_code == 422 and "Choisissez l’une des deux" in half.text
    assert re.search(r'name="keep.title" value="mine" required checked', half.text)
    done = settled(client, page, **{"keep.title": "mine", "keep.help": "theirs", "keep.choices.oui.label": "mine"})
    assert done.status_code == 303
    assert said(owner, draft) == ["La mienne ?", "Son aide.", "Non !", "Oui de Yann"]
    assert "attendent votre choix" not in client.get(done.location).text


@pytest.mark.parametrize(
    ("way", "then"),
    [
        ("mine", ["La mienne ?", "Mon aide.", "Non !", "Oui de Yann"]),
        ("theirs", ["La sienne ?", "Son aide.", "Non !", "Oui de Zoé"]),
    ],
)
def test_one_is_kept_everywhere_at_once(
    client: LintingClient, owner: Session, twice: tuple[Draft, str, str], way: str, then: list[str]
) -> None:
    draft, _, page = twice
    settled(client, page, way)
    assert said(owner, draft) == then


def test_words_wait_for_their_author_until_chosen(
    client: LintingClient, owner: Session, twice: tuple[Draft, str, str], zoe: Person, yann: Person
) -> None:
    draft, base, _ = twice
    told = (
        "« La sienne ? » : Zoé Éditrice a changé les mêmes mots pendant que vous écriviez, "
        "et les vôtres attendent votre choix."
    )
    for shown in ("", "/categories/energie", "/categories/energie?ouvrir=question/suivi"):
        assert told in plain(client.get(f"{base}{shown}").text), shown
    way = re.search(rf'href="({base}/choisir/\d+)"', client.get(base).text)
    assert way is not None
    client.sign_in(zoe)
    assert told not in plain(client.get(base).text) and client.get(way[1]).location == base
    # She writes once more: he chooses between what she says now and his own.
    client.post(f"{base}/modifier", data={**drawn(client, base), "title.fr": ["Toute neuve ?"]})
    client.sign_in(yann)
    again = client.get(way[1]).text
    assert "Toute neuve" in again and "La mienne" in plain(again)
    # What she writes while he looks at it is asked about, not written over.
    client.sign_in(zoe)
    client.post(f"{base}/modifier", data={**drawn(client, base), "title.fr": ["Encore ?"]})
    client.sign_in(yann)
    last = client.get(settled(client, again, "mine").location).text
    assert "<mark>Encore</mark>" in last and said(owner, draft)[0] == "Encore ?"
    settled(client, last, "mine")
    assert said(owner, draft) == ["La mienne ?", "Mon aide.", "Non !", "Oui de Yann"]


def test_words_that_wait_are_read_although_their_question_is_gone(
    client: LintingClient, twice: tuple[Draft, str, str], zoe: Person, yann: Person
) -> None:
    _, base, page = twice
    client.sign_in(zoe)
    client.post(f"{base}/operation", data={"verb": "remove", "address": "question/suivi"})
    client.sign_in(yann)
    way = re.search(rf'href="({base}/choisir/\d+)"', client.get(base).text)
    assert way is not None
    shown = client.get(way[1]).text
    assert "Cet élément a été retiré" in shown and "La <mark>mienne</mark>" in shown
    assert settled(client, page, "mine").location == way[1]
    client.post(way[1], data={"forget": "1"})
    assert client.get(way[1]).location == base


def test_a_type_and_what_it_asks_are_chosen_together(
    client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person
) -> None:
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(yann)
    his = {**drawn(client, base), "choices.0.label.fr": ["Non de Yann"], "title.fr": ["La mienne ?"]}
    client.sign_in(zoe)
    client.post(f"{base}/operation", data={"verb": "retype", "address": "question/suivi", "type": "scale"})
    client.post(f"{base}/modifier", data={**drawn(client, base), "title.fr": ["La sienne ?"]})
    client.sign_in(yann)
    page = client.post(f"{base}/modifier", data=his, follow_redirects=True).text
    settled(client, page, "theirs")
    assert question(owner, draft)["type"] == "scale" and question(owner, draft)["title"] == "La sienne ?"


def test_two_editors_add_an_answer_each(
    client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person
) -> None:
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    hers, his = drawn(client, base), drawn(client, base)
    client.post(f"{base}/modifier", data={**hers, "do": ["choices:add"]})
    client.sign_in(yann)
    client.post(f"{base}/modifier", data={**his, "do": ["choices:add"]})
    for person, place, label in ((zoe, 2, "Zoé ajoute"), (yann, 3, "Yann ajoute")):
        client.sign_in(person)
        client.post(f"{base}/modifier", data={**drawn(client, base), f"choices.{place}.label.fr": [label]})
    assert [each["label"] for each in question(owner, draft)["choices"]] == ["Non", "Oui", "Zoé ajoute", "Yann ajoute"]


@pytest.mark.parametrize(("way", "labels"), [("mine", ["Non de Yann", "Oui !"]), ("theirs", ["Oui !"])])
def test_an_answer_that_was_removed_while_it_was_written_is_asked_about(
    client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person, way: str, labels: list[str]
) -> None:
    tree = factories.small_document()
    tree["languages"] = ["fr", "en"]
    tree["categories"][0]["questions"][0]["choices"][0]["label"] = {"fr": "Non", "en": "No"}
    draft = draft_of(owner, space, tree)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    hers, his = drawn(client, base), drawn(client, base)
    client.post(f"{base}/modifier", data={**hers, "do": ["choices.0:remove"], "sure": "1"})
    client.sign_in(yann)
    his |= {"choices.0.label.fr": ["Non de Yann"], "choices.1.label.fr": ["Oui !"]}
    page = plain(client.post(f"{base}/modifier", data=his, follow_redirects=True).text)
    assert "Zoé Éditrice a retiré ce que vous modifiiez." in page
    assert "vos deux changements sont gardés" not in page
    assert "(retiré)" in page and "Non de Yann" in page
    assert settled(client, page, way).status_code == 303
    found = question(owner, draft)["choices"]
    assert [each["label"]["fr"] if isinstance(each["label"], dict) else each["label"] for each in found] == labels
    if way == "mine":
        assert found[0]["label"]["en"] == "No", "what the form does not carry comes back too"


def test_an_answer_that_was_written_while_it_was_removed_is_asked_about(
    client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person
) -> None:
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    hers, his = drawn(client, base), drawn(client, base)
    client.post(f"{base}/modifier", data={**hers, "choices.0.label.fr": ["Non de Zoé"]})
    client.sign_in(yann)
    typed = {**his, "do": ["choices.0:remove"]}
    page = plain(client.post(f"{base}/modifier", data=typed, follow_redirects=True).text)
    assert "Zoé Éditrice a modifié ce que vous retiriez." in page and "Non de Zoé" in page
    assert [each["label"] for each in question(owner, draft)["choices"]] == ["Non de Zoé", "Oui"]
    settled(client, page, "mine")
    assert [each["label"] for each in question(owner, draft)["choices"]] == ["Oui"]


def test_a_question_that_was_removed_while_it_was_written_is_put_back(
    client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person
) -> None:
    tree = factories.small_document()
    tree["categories"][0]["questions"].append({"id": "bois", "title": "Du bois ?", "type": "boolean"})
    draft = draft_of(owner, space, tree)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(yann)
    his = {**drawn(client, base), "title.fr": ["La mienne ?"]}
    client.sign_in(zoe)
    client.post(f"{base}/operation", data={"verb": "remove", "address": "question/suivi"})
    client.sign_in(yann)
    assert client.post(f"{base}/modifier", data=his, headers={"Accept": "application/json"}).status_code == 409
    choice = client.post(f"{base}/modifier", data=his).location
    page = plain(client.get(choice).text)
    assert "Zoé Éditrice l’a retiré le" in page and "<mark>La mienne</mark> ?" in page and "Le laisser retiré" in page
    done = client.post(choice, data={"back": "1"}, follow_redirects=True)
    assert "C’est remis, avec votre texte." in done.text
    assert [each["id"] for each in tree_of(owner, draft)["categories"][0]["questions"]] == ["suivi", "bois"]
    assert question(owner, draft)["title"] == "La mienne ?"
    assert "a remis la question « La mienne ? »" in plain(client.get(f"{base}/historique").text)
    client.post(f"{base}/annuler")
    assert question(owner, draft)["id"] == "bois"


def test_a_question_put_back_by_two_has_the_words_of_both(
    client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person
) -> None:
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    one = {**drawn(client, base), "title.fr": ["La première ?"]}
    other = {**drawn(client, base), "help.fr": ["Gaz compris."]}
    client.post(f"{base}/operation", data={"verb": "remove", "address": "question/suivi"})
    hers = client.post(f"{base}/modifier", data=one).location
    client.sign_in(yann)
    his = client.post(f"{base}/modifier", data=other).location
    client.post(his, data={"back": "1"})
    assert question(owner, draft)["help"] == "Gaz compris."
    client.sign_in(zoe)
    client.post(hers, data={**form_fields(client.get(hers).text, "conflict-form"), "mine": "1"})
    assert (question(owner, draft)["title"], question(owner, draft)["help"]) == ("La première ?", "Gaz compris.")


def test_the_page_of_the_form_leads_to_the_choice(
    app: Flask, client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person, new_page: Any, live: str
) -> None:
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    his = new_page(width=360)
    enter(app, his, yann, live)
    his.goto(f"{live}{base}/categories/energie?ouvrir=question/suivi")
    client.sign_in(zoe)
    hers = drawn(client, base)
    client.post(f"{base}/modifier", data={**hers, "do": ["choices.0:remove"]})
    his.get_by_label("Aide").fill("Gaz compris.")
    his.get_by_label("Réponse 1", exact=True).fill("Non de Yann")
    expect(his.get_by_text("Zoé Éditrice a retiré ce que vous modifiiez.")).to_be_visible()
    his.get_by_role("button", name="Le laisser retiré").click()
    expect(his.get_by_label("Aide")).to_have_value("Gaz compris.")
    expect(his.get_by_label("Réponse 1", exact=True)).to_have_value("Oui")
    assert question(owner, draft)["help"] == "Gaz compris."


def test_the_way_back_from_the_choice_writes_over_nobody(
    app: Flask, client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person, new_page: Any, live: str
) -> None:
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    his = new_page()
    enter(app, his, yann, live)
    his.goto(f"{live}{base}/categories/energie?ouvrir=question/suivi")
    client.sign_in(zoe)
    client.post(f"{base}/modifier", data={**drawn(client, base), "title.fr": ["La sienne ?"]})
    his.locator('[name="title.fr"]').fill("La mienne ?")
    expect(his.get_by_role("button", name="Garder la mienne")).to_be_visible()
    his.go_back()
    waiting = his.locator("[data-piece='question/suivi']").get_by_role("link", name="Choisir")
    expect(waiting).to_be_visible()
    expect(his.locator('[name="title.fr"]')).to_have_value("La sienne ?")
    waiting.click()
    his.get_by_role("button", name="Garder la mienne").click()
    expect(his.locator('[name="title.fr"]')).to_have_value("La mienne ?")
    assert question(owner, draft)["title"] == "La mienne ?"


def test_both_add_an_answer_on_their_pages(
    app: Flask, owner: Session, space: Any, zoe: Person, yann: Person, new_page: Any, live: str
) -> None:
    draft = draft_of(owner, space)
    hers, his = new_page(), new_page()
    for page, person in ((hers, zoe), (his, yann)):
        enter(app, page, person, live)
        page.goto(f"{live}/poitiers/atelier/{draft.id}/categories/energie?ouvrir=question/suivi")
    hers.get_by_role("button", name="Ajouter une réponse").click()
    hers.get_by_label("Réponse 3", exact=True).fill("Zoé ajoute")
    expect(hers.locator("[data-form-state]")).to_contain_text("Enregistré")
    his.get_by_role("button", name="Ajouter une réponse").click()
    expect(his.get_by_label("Réponse 3", exact=True)).to_have_value("Zoé ajoute")
    his.get_by_label("Réponse 4", exact=True).fill("Yann ajoute")
    expect(his.locator("[data-form-state]")).to_contain_text("Enregistré")
    assert [each["label"] for each in question(owner, draft)["choices"]] == ["Non", "Oui", "Zoé ajoute", "Yann ajoute"]


def test_a_small_button_leads_to_the_choice_and_acts_once(
    app: Flask, client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person, new_page: Any, live: str
) -> None:
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    page = new_page()
    enter(app, page, yann, live)
    page.goto(f"{live}{base}/categories/energie?ouvrir=question/suivi")
    client.sign_in(zoe)
    client.post(f"{base}/modifier", data={**drawn(client, base), "title.fr": ["La sienne ?"]})
    # Typed and pressed in one go, before it saves itself.
    page.evaluate("""() => {
        const title = document.querySelector('[name="title.fr"]');
        title.value = "La mienne ?";
        document.querySelector('[name=do][value="choices:add"]').click();
    }""")
    page.get_by_role("button", name="Garder la mienne").click()
    expect(page.get_by_label("Réponse 3", exact=True)).to_be_visible()
    found = question(owner, draft)
    assert (found["title"], [each["label"] for each in found["choices"]]) == ("La mienne ?", ["Non", "Oui", ""])


def wrote(client: LintingClient, person: Person, base: str, fields: Data, **typed: str) -> None:
    client.sign_in(person)
    sent = {**fields, **{name.replace("__", "."): [value] for name, value in typed.items()}}
    assert client.post(f"{base}/modifier", data=sent).status_code == 303


def test_undo_takes_back_ones_own_fields_and_leaves_a_colleagues(
    client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person
) -> None:
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    wrote(client, zoe, base, drawn(client, base), help__fr="Gaz compris.")
    wrote(client, yann, base, drawn(client, base), title__fr="Les mots de Yann ?")
    client.sign_in(zoe)
    told = plain(client.post(f"{base}/annuler", follow_redirects=True).text)
    assert "C’est annulé" in told and "cela reste" not in told
    assert question(owner, draft)["title"] == "Les mots de Yann ?" and "help" not in question(owner, draft)
    client.post(f"{base}/retablir")
    found = question(owner, draft)
    assert (found["title"], found["help"]) == ("Les mots de Yann ?", "Gaz compris.")


def test_undo_says_what_a_colleague_went_on_from_and_takes_back_the_rest(
    client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person
) -> None:
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    wrote(client, zoe, base, drawn(client, base), weight="3")
    wrote(client, zoe, base, drawn(client, base), help__fr="Gaz compris.", title__fr="Les mots de Zoé ?")
    wrote(client, yann, base, drawn(client, base), title__fr="Les mots de Yann ?")
    client.sign_in(zoe)
    told = plain(client.post(f"{base}/annuler", follow_redirects=True).text)
    assert "Yann Éditeur a changé depuis « Les mots de Yann ? » (Intitulé) : cela reste." in told
    found = question(owner, draft)
    assert found["title"] == "Les mots de Yann ?" and "help" not in found and found["weight"] == 3
    # What is left of that step stands; the one before is within reach.
    told = plain(client.post(f"{base}/annuler", follow_redirects=True).text)
    assert "C’est annulé" in told
    assert "weight" not in question(owner, draft) and question(owner, draft)["title"] == "Les mots de Yann ?"


def test_a_step_that_a_colleague_went_on_from_whole_is_passed_by(
    client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person
) -> None:
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    wrote(client, zoe, base, drawn(client, base), title__fr="Les mots de Zoé ?")
    wrote(client, yann, base, drawn(client, base), title__fr="Les mots de Yann ?")
    client.sign_in(zoe)
    told = plain(client.post(f"{base}/annuler", follow_redirects=True).text)
    assert "Il n’y a plus rien à annuler. Yann Éditeur a changé depuis" in told
    assert question(owner, draft)["title"] == "Les mots de Yann ?"
