"""Writing a draft in a real browser: on a phone, by keyboard, two at once, with a session that ends."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from assett.studio.models import Draft
from tests import factories
from tests.browsing import enter, whole
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, open_as, tree_of


@pytest.fixture
def draft(owner: Session, space: Any) -> Draft:
    tree = factories.small_document()
    tree["categories"][0]["questions"].append({"id": "bois", "title": "Du bois ?", "type": "boolean"})
    return draft_of(owner, space, tree)


def _base(draft: Draft) -> str:
    return f"/poitiers/atelier/{draft.id}"


def _questions(owner: Session, draft: Draft) -> list[list[str]]:
    return [[each["id"] for each in category["questions"]] for category in tree_of(owner, draft)["categories"]]


def test_a_wording_is_put_right_in_three_taps_on_a_phone(
    app: Flask, owner: Session, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    page = new_page(width=360, height=740, has_touch=True, is_mobile=True)
    enter(app, page, editor(space), live)
    page.goto(_base(draft))
    page.get_by_role("link", name="Triez-vous vos déchets ?").tap()
    title = page.get_by_label("Intitulé", exact=True).first
    title.tap()
    title.fill("Triez-vous tous vos déchets ?")
    # By the title: the other one, at the end of the card, is screens below.
    assert page.get_by_role("button", name="Terminé").first.bounding_box()["y"] < title.bounding_box()["y"]
    page.get_by_role("button", name="Terminé").first.tap()
    expect(page.get_by_role("heading", name="Triez-vous tous vos déchets ?")).to_be_visible()
    assert tree_of(owner, draft)["categories"][1]["questions"][0]["title"] == "Triez-vous tous vos déchets ?"


def test_points_move_the_score_as_they_are_typed(
    app: Flask, owner: Session, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    page = new_page()
    enter(app, page, editor(space), live)
    page.goto(f"{_base(draft)}/categories/energie")
    page.get_by_role("link", name="Modifier « Suivez-vous").click()
    expect(page).to_have_url(re.compile("ouvrir=question"))
    expect(page.locator("[data-effect]")).to_contain_text(re.compile("compte pour 50\\s%"))
    page.get_by_label("Points", exact=True).nth(1).fill("3")
    expect(page.locator("[data-effect]")).to_contain_text(re.compile("compte pour 75\\s%"))
    page.get_by_label("Points", exact=True).nth(0).fill("1,5")
    expect(page.locator("[data-effect]")).to_contain_text("Avant ce changement")
    page.get_by_label("Points", exact=True).nth(0).fill("peu")
    expect(page.locator("[data-studio-left]")).to_contain_text("1")
    page.go_back()
    expect(page.get_by_role("link", name="Modifier « Suivez-vous")).to_be_visible()


def test_the_keyboard_undoes_and_moves(
    app: Flask, owner: Session, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    page = new_page()
    enter(app, page, editor(space), live)
    page.goto(_base(draft))
    handle = page.get_by_role("button", name="Déplacer « Du bois ?")
    handle.press("ArrowDown")
    expect(page.locator("[data-sortable=dechets] li").first).to_contain_text("Du bois ?")
    expect(handle).to_be_focused()
    page.keyboard.press("Control+z")
    expect(page.locator("[data-sortable=energie] li")).to_have_count(2)
    whole(page)
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("[data-sortable=dechets] li")).to_have_count(2)
    assert _questions(owner, draft) == [["suivi"], ["bois", "tri"]]


def test_what_a_colleague_removed_does_not_vanish_under_the_finger_without_a_word(
    app: Flask, owner: Session, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    page, other = new_page(), new_page()
    for each in (page, other):
        enter(app, each, editor(space), live)
    page.goto(_base(draft))
    other.goto(f"{_base(draft)}/retirer/question/bois")
    other.locator("main form button[type=submit]").last.click()
    expect(other.locator(".toasts")).to_contain_text("C’est retiré")
    page.get_by_role("button", name="Déplacer « Du bois ?").press("ArrowDown")
    told = page.locator("[data-sortable=energie] .toasts")
    expect(told).to_contain_text("Zoé Éditrice a retiré « Du bois ? »")
    expect(told).to_contain_text("rien n’a été déplacé")
    expect(page.locator("[data-sortable=energie] li")).to_have_count(1)
    expect(page.get_by_role("button", name="Déplacer « Suivez-vous")).to_be_focused()
    assert _questions(owner, draft) == [["suivi"], ["tri"]]


def test_on_a_phone_what_was_removed_is_told_where_it_is_dropped(
    app: Flask, client: LintingClient, owner: Session, space: Any, new_page: Any, live: str
) -> None:
    tree = factories.small_document()
    tree["categories"][0]["questions"] += [
        {"id": f"q{number}", "title": f"Question {number} ?", "type": "boolean"} for number in range(25)
    ]
    draft = draft_of(owner, space, tree)
    page = new_page(width=360, height=640)
    enter(app, page, editor(space, "Yann Éditeur"), live)
    page.goto(_base(draft))
    base = open_as(client, editor(space), draft)
    client.post(f"{base}/operation", data={"verb": "remove", "address": "question/q20"})
    handle = page.get_by_role("button", name="Déplacer « Question 20 ?")
    handle.evaluate("each => each.scrollIntoView({ block: 'center', behavior: 'instant' })")
    before, box = page.evaluate("scrollY"), handle.bounding_box()
    target = page.locator("[data-address='question/q17']").bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(target["x"] + 30, target["y"] + 2, steps=6)
    page.mouse.up()
    told = page.locator(".toasts")
    expect(told).to_contain_text("Zoé Éditrice a retiré « Question 20 ? »")
    expect(told).to_be_in_viewport(ratio=1)
    expect(page.locator("[data-address='question/q16'] .toasts")).to_have_count(1)
    page.wait_for_timeout(400)
    assert abs(page.evaluate("scrollY") - before) < 60, "one is still where one dropped it"


def test_a_question_is_dragged_into_another_category(
    app: Flask, owner: Session, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    page = new_page(height=1600)
    enter(app, page, editor(space), live)
    page.goto(_base(draft))
    handle = page.get_by_role("button", name="Déplacer « Suivez-vous")
    box, target = handle.bounding_box(), page.locator("[data-sortable=dechets] li").last.bounding_box()
    assert min(box["width"], box["height"]) >= 44
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(target["x"] + 30, target["y"] + target["height"] - 2, steps=6)
    page.mouse.up()
    expect(page.locator("[data-sortable=dechets] li")).to_have_count(2)
    assert _questions(owner, draft) == [["bois"], ["tri", "suivi"]]


def test_answers_change_places_by_hand_and_keep_what_is_typed(
    app: Flask, owner: Session, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    def answers() -> list[str]:
        return [each["label"] for each in tree_of(owner, draft)["categories"][0]["questions"][0]["choices"]]

    page = new_page(height=1600)
    enter(app, page, editor(space), live)
    page.goto(f"{_base(draft)}/categories/energie?ouvrir=question/suivi")
    page.get_by_label("Réponse 2").fill("Oui, chaque mois")
    handle = page.get_by_role("button", name="Déplacer la réponse 2")
    box, target = handle.bounding_box(), page.locator(".item").first.bounding_box()
    assert min(box["width"], box["height"]) >= 44
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(target["x"] + 30, target["y"] + 2, steps=6)
    page.mouse.up()
    expect(page.get_by_label("Réponse 1")).to_have_value("Oui, chaque mois")
    assert answers() == ["Oui, chaque mois", "Non"]
    page.get_by_role("button", name="Déplacer la réponse 1").press("ArrowDown")
    expect(page.get_by_label("Réponse 2")).to_have_value("Oui, chaque mois")
    expect(page.get_by_role("button", name="Déplacer la réponse 2")).to_be_focused()
    assert answers() == ["Non", "Oui, chaque mois"]


def test_two_editors_see_each_other_and_choose(
    app: Flask, owner: Session, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    hers, his = new_page(), new_page()
    enter(app, hers, editor(space), live)
    enter(app, his, editor(space, "Yann Éditeur"), live)
    here = f"{_base(draft)}/categories/dechets?ouvrir=question/tri"
    hers.goto(here)
    his.goto(here)
    hers.get_by_label("Intitulé", exact=True).first.fill("Triez-vous le papier ?")
    expect(hers.locator("[data-form-state]")).to_contain_text("Enregistré")
    # Elsewhere in the piece, both are kept, and each learns of the other.
    his.get_by_label("Aide").fill("Verre compris.")
    expect(his.locator("[data-presence]")).to_contain_text("Zoé Éditrice a écrit ici à")
    expect(his.get_by_label("Intitulé", exact=True).first).to_have_value("Triez-vous le papier ?")
    expect(his.get_by_label("Aide")).to_have_value("Verre compris.")
    # The same words: both are shown, and one is chosen.
    with hers.expect_response(lambda response: response.request.method == "POST"):
        hers.get_by_label("Intitulé", exact=True).first.fill("Triez-vous le carton ?")
    his.get_by_label("Intitulé", exact=True).first.fill("Triez-vous le verre ?")
    expect(his.locator("mark").first).to_have_text("carton")
    his.get_by_role("button", name="Garder la mienne").click()
    expect(his.get_by_role("heading", name="Triez-vous le verre ?")).to_be_visible()
    question = tree_of(owner, draft)["categories"][1]["questions"][0]
    assert (question["title"], question["help"]) == ("Triez-vous le verre ?", "Verre compris.")


def test_what_is_typed_outlives_the_session(
    app: Flask, owner: Session, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    zoe = factories.with_password(name="Zoé", email="zoe@example.org")
    factories.SpaceRoleFactory(space_id=space.id, person=zoe)
    page = new_page()
    enter(app, page, zoe, live)
    page.goto(f"{_base(draft)}/categories/dechets?ouvrir=question/tri")
    page.context.clear_cookies()
    page.get_by_label("Intitulé", exact=True).first.fill("Ce que j’écrivais")
    page.locator("[name=email]").first.fill("zoe@example.org")
    page.locator("[name=password]").fill(factories.PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.get_by_role("button", name="Enregistrer et reprendre").click()
    expect(page.get_by_label("Intitulé", exact=True).first).to_have_value("Ce que j’écrivais")
    assert tree_of(owner, draft)["categories"][1]["questions"][0]["title"] == "Ce que j’écrivais"


def test_a_double_click_adds_once_and_back_shows_what_stands(
    app: Flask, owner: Session, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    page = new_page()
    enter(app, page, editor(space), live)
    page.goto(f"{_base(draft)}/categories/energie")
    page.get_by_label("Intitulé", exact=True).fill("Et la chaleur ?")
    page.get_by_role("button", name="Ajouter la question").dblclick()
    expect(page).to_have_url(re.compile("et-la-chaleur"))
    assert _questions(owner, draft)[0] == ["suivi", "bois", "et-la-chaleur"]
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="Et la chaleur ?")).to_be_visible()


def test_a_link_within_the_plan_goes_there_and_nothing_is_loaded_anew(
    app: Flask, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    page = new_page(width=360)
    enter(app, page, editor(space), live)
    page.goto(_base(draft))
    page.wait_for_load_state("networkidle")
    page.evaluate("window.same = true")
    page.get_by_role("link", name="Ajouter une catégorie").click()
    expect(page.get_by_label("Nouvelle catégorie")).to_be_in_viewport()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.same")


def test_the_preview_answers_in_its_frame(
    app: Flask, owner: Session, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    page = new_page()
    enter(app, page, editor(space), live)
    page.goto(f"{_base(draft)}/apercu")
    assert page.locator("iframe").bounding_box()["width"] == 362
    frame = page.frame_locator("iframe")
    frame.get_by_label("Oui").first.check()
    expect(frame.locator("[data-live-score]")).to_contain_text("5,0")
    frame.get_by_role("button", name="Votre résultat").click()
    expect(frame.locator(".big-score").first).to_contain_text("5,0")


def test_a_translation_saves_itself(
    app: Flask, owner: Session, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    page = new_page(width=360)
    enter(app, page, editor(space), live)
    page.goto(f"{_base(draft)}/traductions")
    row = page.locator("[data-row]", has_text="Triez-vous vos déchets ?").first
    row.get_by_role("textbox").fill("Do you sort your waste?")
    row.get_by_role("textbox").blur()
    expect(row.locator("[data-row-state]")).to_contain_text("Enregistré à")
    assert tree_of(owner, draft)["categories"][1]["questions"][0]["title"]["en"] == "Do you sort your waste?"


def test_everything_is_done_without_javascript(
    app: Flask, owner: Session, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    page = new_page(javascript=False, width=360)
    enter(app, page, editor(space), live)
    here = f"{_base(draft)}/categories/energie"
    page.goto(here)
    card = page.locator("#question-bois")
    card.get_by_text("Déplacer, dupliquer, retirer").click()
    card.get_by_role("button", name="Dupliquer").click()
    assert _questions(owner, draft)[0] == ["suivi", "bois", "bois-2"]
    page.goto(here)
    card = page.locator("#question-bois-2")
    card.get_by_text("Déplacer, dupliquer, retirer").click()
    card.get_by_role("combobox").select_option("dechets")
    card.get_by_role("button", name="Déplacer là").click()
    card = page.locator("#question-bois-2")
    card.get_by_text("Déplacer, dupliquer, retirer").click()
    card.get_by_role("button", name="monter").click()
    assert _questions(owner, draft) == [["suivi", "bois"], ["bois-2", "tri"]]
    card = page.locator("#question-bois-2")
    card.get_by_text("Déplacer, dupliquer, retirer").click()
    card.get_by_role("link", name="Retirer").click()
    page.get_by_role("button", name="Retirer").click()
    assert _questions(owner, draft) == [["suivi", "bois"], ["tri"]]
    page.goto(f"{here}?ouvrir=question/bois")
    page.get_by_label("Type de question").select_option("scale")
    page.get_by_role("button", name="Changer de type").click()
    page.get_by_label("au degré").fill("3")
    page.get_by_text("Afficher seulement si…").click()
    page.get_by_role("button", name="Ajouter une condition").click()
    page.get_by_label("Question", exact=True).select_option("question/suivi")
    page.get_by_role("button", name="Voir les réponses de la question choisie").click()
    page.get_by_role("checkbox", name="Oui").check()
    page.get_by_role("button", name="Terminé").last.click()
    bois = tree_of(owner, draft)["categories"][0]["questions"][1]
    assert (bois["type"], bois["max"]) == ("scale", 3)
    assert bois["visible_if"] == {"question": "suivi", "is": "oui"}
    page.get_by_role("button", name="Annuler").click()
    assert "visible_if" in tree_of(owner, draft)["categories"][0]["questions"][1]


def test_a_mistake_is_told_once_the_field_is_left_and_goes_once_put_right(
    app: Flask, owner: Session, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    page = new_page()
    enter(app, page, editor(space), live)
    page.goto(f"{_base(draft)}/categories/energie?ouvrir=question/suivi")
    page.get_by_role("button", name="Ajouter une réponse").click()
    card, label = page.locator("#question-suivi"), page.get_by_label("Réponse 3", exact=True)
    expect(card.get_by_text("À compléter", exact=True)).to_be_visible()
    expect(card.locator(".error")).to_have_count(0)
    label.fill("Parfois")
    expect(card.get_by_text("À compléter", exact=True)).to_have_count(0)
    points = page.get_by_label("Points", exact=True).nth(0)
    points.fill("peu")
    expect(page.locator("[data-studio-left]")).to_contain_text("1")
    expect(card.locator(".error")).to_have_count(0)
    points.blur()
    expect(card.locator(".field-invalid .error")).to_contain_text("il faut un nombre, pas")
    expect(points).to_have_attribute("aria-invalid", "true")
    points.fill("2")
    expect(card.locator(".error, .field-invalid, [aria-invalid]")).to_have_count(0)


def test_on_a_phone_the_menu_of_the_team_says_that_it_slides(
    app: Flask, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    page = new_page(width=360, height=740)
    enter(app, page, editor(space), live)
    page.goto("/poitiers/suivi")
    bar = page.get_by_role("navigation", name="Gestion de l’espace")
    expect(bar).to_have_attribute("data-more", re.compile("after"))
    last = bar.get_by_role("link").last
    last.focus()
    expect(last).to_be_in_viewport(ratio=0.9)
    expect(bar).to_have_attribute("data-more", "before")
    page.set_viewport_size({"width": 1280, "height": 740})
    expect(bar).to_have_attribute("data-more", "")


def test_on_a_phone_publishing_and_each_category_are_near(
    app: Flask, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    page = new_page(width=360, height=740)
    enter(app, page, editor(space), live)
    page.goto(f"{_base(draft)}/categories/energie?ouvrir=question/suivi")
    expect(page.get_by_role("link", name="Relire le brouillon et publier")).to_have_count(0)
    page.get_by_role("button", name="Terminé").last.click()
    page.wait_for_url("**#question-suivi")
    way = page.get_by_role("link", name="Relire le brouillon et publier")
    expect(way).to_have_count(1)
    expect(way).to_be_in_viewport()
    way.click()
    page.wait_for_url("**/publier")
    page.goto(_base(draft))
    page.get_by_text("Aller à une catégorie").click()
    page.get_by_role("list").get_by_role("link", name="Déchets", exact=True).click()
    page.wait_for_url("**#plan-dechets")
    expect(page.get_by_role("heading", name="Déchets")).to_be_in_viewport()
