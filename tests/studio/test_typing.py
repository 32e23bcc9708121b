"""Typing in the studio while the network is slow: no keystroke is lost, whatever comes back meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from assett.studio.models import Draft
from tests import factories
from tests.browsing import enter, whole
from tests.studio.arranging import editor, tree_of

HERE = "/categories/dechets?ouvrir=question/tri"


@pytest.fixture
def zoe(app: Flask, space: Any, draft: Draft, new_page: Any, live: str) -> Any:
    """The page of an editor who writes in a question."""
    page = new_page()
    enter(app, page, editor(space), live)
    page.goto(f"/poitiers/atelier/{draft.id}{HERE}")
    # Its modules included: one of these tests cuts the network.
    whole(page)
    return page


def _question(owner: Session, draft: Draft) -> Any:
    return tree_of(owner, draft)["categories"][1]["questions"][0]


class Slow:
    """A network on which a first thing sent waits until it is let through."""

    def __init__(self, page: Any) -> None:
        self._held: list[Any] = []
        self._page = page
        page.route("**/modifier", lambda route: self._held.append(route), times=1)

    def pass_on(self) -> None:
        while not self._held:
            self._page.wait_for_timeout(20)
        self._held.pop().continue_()


def _saved(page: Any) -> None:
    expect(page.locator("[data-form-state]")).to_contain_text("Enregistré à")


def _title(page: Any) -> Any:
    return page.get_by_label("Intitulé", exact=True).first


def test_what_is_typed_while_a_merge_comes_back_is_kept_with_the_cursor(
    app: Flask, owner: Session, space: Any, draft: Draft, zoe: Any, new_page: Any, live: str
) -> None:
    his = new_page()
    enter(app, his, editor(space, "Yann Éditeur"), live)
    his.goto(zoe.url)
    _title(zoe).fill("Triez-vous le papier ?")
    _saved(zoe)
    network = Slow(his)
    area = his.get_by_label("Aide")
    with his.expect_request("**/modifier"):
        area.press_sequentially("Verre")
    area.press_sequentially(" et papier compris")
    network.pass_on()
    expect(_title(his)).to_have_value("Triez-vous le papier ?")
    expect(area).to_have_value("Verre et papier compris")
    expect(area).to_be_focused()
    his.keyboard.type(", toujours.")
    _saved(his)
    question = _question(owner, draft)
    assert (question["title"], question["help"]) == ("Triez-vous le papier ?", "Verre et papier compris, toujours.")


def test_a_colleague_s_words_are_not_overwritten_by_what_is_typed_during_a_merge(
    app: Flask, owner: Session, space: Any, draft: Draft, zoe: Any, new_page: Any, live: str
) -> None:
    his = new_page()
    enter(app, his, editor(space, "Yann Éditeur"), live)
    his.goto(zoe.url)
    _title(zoe).fill("Triez-vous le papier ?")
    _saved(zoe)
    network = Slow(his)
    with his.expect_request("**/modifier"):
        his.get_by_label("Aide").fill("Verre compris.")
    _title(his).fill("Triez-vous le verre ?")
    network.pass_on()
    expect(his.locator("mark").first).to_have_text("papier")
    assert _question(owner, draft)["title"] == "Triez-vous le papier ?"
    his.get_by_role("button", name="Garder la mienne").click()
    expect(his.get_by_role("heading", name="Triez-vous le verre ?")).to_be_visible()


def test_what_is_typed_while_a_small_button_acts_is_kept(owner: Session, draft: Draft, zoe: Any) -> None:
    network = Slow(zoe)
    with zoe.expect_request("**/modifier"):
        zoe.get_by_role("button", name="Ajouter une réponse").click()
    _title(zoe).focus()
    zoe.keyboard.press("End")
    zoe.keyboard.type(" Vraiment ?")
    network.pass_on()
    expect(zoe.locator("[name='choices.2.label.fr']")).to_be_visible()
    expect(_title(zoe)).to_have_value("Triez-vous vos déchets ? Vraiment ?")
    expect(_title(zoe)).to_be_focused()
    _saved(zoe)
    question = _question(owner, draft)
    assert question["title"] == "Triez-vous vos déchets ? Vraiment ?"
    assert len(question["choices"]) == 3


def test_what_is_typed_in_an_answer_follows_it_where_it_goes(owner: Session, draft: Draft, zoe: Any) -> None:
    network = Slow(zoe)
    with zoe.expect_request("**/modifier"):
        zoe.locator("[name=do][value='choices.0:down']").click()
    zoe.locator("[name='choices.0.label.fr']").fill("Non, pas encore")
    network.pass_on()
    expect(zoe.locator("[name='choices.1.label.fr']")).to_have_value("Non, pas encore")
    _saved(zoe)
    labels = [choice["label"] for choice in _question(owner, draft)["choices"]]
    assert labels == ["Oui", "Non, pas encore"]


def test_finishing_waits_for_what_is_on_its_way(owner: Session, draft: Draft, zoe: Any) -> None:
    network = Slow(zoe)
    with zoe.expect_request("**/modifier"):
        _title(zoe).fill("Triez-vous ?")
    _title(zoe).fill("Triez-vous bien ?")
    zoe.get_by_role("button", name="Terminé").first.click()
    network.pass_on()
    expect(zoe.get_by_role("heading", name="Triez-vous bien ?")).to_be_visible()
    assert _question(owner, draft)["title"] == "Triez-vous bien ?"


def test_what_is_typed_without_any_network_stays_and_is_saved_later(owner: Session, draft: Draft, zoe: Any) -> None:
    zoe.context.set_offline(True)
    _title(zoe).fill("Triez-vous bien ?")
    zoe.get_by_role("button", name="Ajouter une réponse").click()
    expect(zoe.locator("[data-form-state]")).to_contain_text("la connexion manque")
    zoe.context.set_offline(False)
    _saved(zoe)
    assert _question(owner, draft)["title"] == "Triez-vous bien ?"


def test_the_question_is_open_again_once_signed_in(
    app: Flask, owner: Session, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    zoe = factories.with_password(name="Zoé", email="zoe@example.org")
    factories.SpaceRoleFactory(space_id=space.id, person=zoe)
    page = new_page()
    enter(app, page, zoe, live)
    page.goto(f"/poitiers/atelier/{draft.id}{HERE}")
    page.context.clear_cookies()
    _title(page).fill("Ce que j’écrivais")
    page.get_by_role("button", name="Ajouter une réponse").click()
    page.locator("[name=email]").first.fill("zoe@example.org")
    page.locator("[name=password]").fill(factories.PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.get_by_role("button", name="Enregistrer et reprendre").click()
    expect(_title(page)).to_have_value("Ce que j’écrivais")
    expect(page.locator("[name='choices.2.label.fr']")).to_be_visible()
    expect(page).to_have_url(f"{live}/poitiers/atelier/{draft.id}{HERE}#question-tri")


def test_nothing_moves_while_a_button_is_pressed(zoe: Any) -> None:
    """A fault told as its field is left would move the page between the press and the release: the click is lost."""
    form = zoe.locator("#form-question-tri")
    form.locator('input[name="choices.0.points"]').fill("lourd")
    _saved(zoe)
    expect(form.locator(".error:visible")).to_have_count(0)
    button = form.get_by_role("button", name="Terminé")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    zoe.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    zoe.mouse.down()
    zoe.wait_for_timeout(300)
    assert form.locator(".error:visible").count() == 0
    zoe.mouse.up()
    expect(form).to_have_count(0)


def test_what_is_typed_before_the_script_comes_is_saved(
    app: Flask, space: Any, draft: Draft, owner: Session, new_page: Any, live: str
) -> None:
    page = new_page()
    enter(app, page, editor(space), live)
    held: list[Any] = []
    page.route("**/js/studio.js", lambda route: held.append(route))
    page.goto(f"/poitiers/atelier/{draft.id}{HERE}", wait_until="domcontentloaded")
    _title(page).fill("Avant tout ?")
    while not held:
        page.wait_for_timeout(20)
    held.pop().continue_()
    _saved(page)
    assert _question(owner, draft)["title"] == "Avant tout ?"


def test_what_is_saved_is_said_beside_the_field_one_is_in(
    app: Flask, space: Any, draft: Draft, new_page: Any, live: str
) -> None:
    page = new_page(width=360, height=740)
    enter(app, page, editor(space), live)
    page.goto(f"/poitiers/atelier/{draft.id}{HERE}")
    whole(page)
    _title(page).press_sequentially(" ?")
    beside = page.locator(".field:has(:focus) > .saved-beside")
    expect(beside).to_contain_text("Enregistré à")
    expect(beside).to_be_in_viewport()
    # It goes along, and what the field before had to say is not said of this one.
    area = page.get_by_label("Aide")
    page.route("**/modifier", lambda route: route.abort())
    area.press_sequentially("Verre")
    expect(beside).to_contain_text("Pas encore enregistré")
    expect(beside).to_have_css("position", "static")
    expect(page.locator(".saved-beside")).to_have_count(1)
