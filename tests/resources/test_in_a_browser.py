"""The pages of the base in a real browser: picked by keyboard and pointer, on a phone, by night, without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.resources.models import Partner, Resource, ResourceAdoption, ResourceOpinion
from tests.browsing import barriers, enter
from tests.resources.arranging import answered, national, own, territory
from tests.resources.test_results import completed


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_every_page_is_accessible_and_fits(
    app: Flask, owner: Session, new_page: Any, live: str, width: int, scheme: str
) -> None:
    here = territory(theme="grand-poitiers")
    answered(here.where, 6, suivi="non", compost=False)
    row = completed(here.where)
    aim = {"for": [{"question": "frequence", "at_least": 1}, {"category": "energie", "levels": ["bas"]}]}
    partner = Partner(space_id=here.space.id, name="La chambre", contact_email="nadia@example.org")
    owner.add(partner)
    owner.commit()
    mine, nation = own(here.space, "ici", **aim), national("nation", **aim)
    own(here.space, "encore", title="Ressource nation")
    adoption = ResourceAdoption(space_id=here.space.id, resource_id=nation.id, partner_id=partner.id,
                                changes={"title": "Chez nous"}, seen={**nation.entry, "title": "Avant"}, contact="",
                                tags=["eau"])  # fmt: skip
    owner.add_all([adoption, ResourceOpinion(space_id=here.space.id, slug="ici", person_id=here.where.person.id,
                                             helped=True, remark="Merci.")])  # fmt: skip
    owner.commit()
    page = new_page(width=width, color_scheme=scheme, reduced_motion="reduce")
    found = []
    for person, paths in (
        (here.editor, [here.url(path) for path in (
            "", "?q=rien", "/nouvelle", f"/{mine.id}", f"/{mine.id}/modifier", f"/{nation.id}", f"/{nation.id}/adapter",
            "/manques", "/doublons", "/partenaires", f"/partenaires/{partner.id}", "/importer")]),
        (here.where.person, [here.where.url(f"auto-evaluations/{row.id}/resultat")]),
    ):  # fmt: skip
        enter(app, page, person, live)
        for path in paths:
            assert page.goto(path).status == 200, path
            found += barriers(page)
    assert found == []


@pytest.mark.parametrize("javascript", [True, False])
def test_aims_are_picked_and_who_would_see_it_is_said(
    app: Flask, owner: Session, new_page: Any, live: str, javascript: bool
) -> None:
    here = territory()
    answered(here.where, 6, suivi="non")
    answered(here.where, 4, suivi="oui")
    page = new_page(width=360, javascript=javascript)
    enter(app, page, here.editor, live)
    page.goto(here.url("/nouvelle"))
    page.get_by_label("Titre (français)").fill("Relever ses compteurs à plusieurs")
    page.get_by_label("Adresse", exact=True).fill("https://ici.example.org/compteurs")
    page.get_by_label("Type").select_option("guide")
    page.get_by_role("button", name="Ajouter une réponse visée").click()
    show = page.get_by_role("button", name="Voir les réponses de la question choisie")
    expect(show).to_be_visible(visible=not javascript)
    page.locator("select[name='for.0.of']").select_option("question/suivi")
    if not javascript:
        show.click()
    page.locator("#visee").get_by_label("Non", exact=True).check()
    if not javascript:
        page.get_by_role("button", name="Qui verrait cette ressource ?").click()
    expect(page.locator("[data-reach]")).to_contain_text("proposée à environ 5 structures")
    expect(page.get_by_label("Titre (français)")).to_have_value("Relever ses compteurs à plusieurs")
    page.get_by_role("button", name="Enregistrer").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Relever ses compteurs à plusieurs")
    assert owner.scalars(select(Resource.entry)).one()["for"] == [{"question": "suivi", "is": ["non"]}]


def test_what_is_put_right_is_not_told_any_more(app: Flask, owner: Session, new_page: Any, live: str) -> None:
    here = territory()
    page = new_page(width=360)
    enter(app, page, here.editor, live)
    page.goto(here.url("/nouvelle"))
    page.get_by_label("Titre (français)").fill("Relever ses compteurs")
    page.get_by_label("Adresse", exact=True).fill("https://ici.example.org/compteurs")
    page.get_by_label("Type").select_option("guide")
    page.get_by_text("Des dates, une priorité, des étiquettes").click()
    page.get_by_label("À partir du").fill("2026-05-01")
    page.get_by_label("Jusqu’au").fill("2026-04-01")
    page.get_by_role("button", name="Enregistrer").last.click()
    expect(page.locator("[data-errors]")).to_contain_text("Un point est à corriger")
    page.get_by_label("Jusqu’au").fill("")
    page.get_by_role("button", name="Ajouter une réponse visée").click()
    expect(page.locator("select[name='for.0.of']")).to_be_focused()
    expect(page.locator("[data-errors]")).not_to_contain_text("à corriger")
    expect(page.locator(".field-invalid")).to_have_count(0)
    expect(page.get_by_label("À partir du")).to_have_value("2026-05-01")


def test_what_is_there_already_is_told_while_one_types(app: Flask, owner: Session, new_page: Any, live: str) -> None:
    here = territory()
    national("nation", title="Tout autre chose", url="https://nation.example.org/compteurs")
    page = new_page(width=360)
    enter(app, page, here.editor, live)
    # On a slow network the page is written in before what compares has come.
    held: list[Any] = []
    page.route("**/js/aims.js", lambda route: held.append(route))
    page.goto(here.url("/nouvelle"), wait_until="domcontentloaded")
    page.get_by_label("Titre (français)").fill("Relever ses compteurs")
    page.get_by_label("Adresse", exact=True).fill("https://nation.example.org/compteurs")
    page.get_by_label("Type").select_option("guide")
    while not held:
        page.wait_for_timeout(20)
    held.pop().continue_()
    expect(page.locator("[data-twin=address]")).to_contain_text("Tout autre chose")
    assert barriers(page) == []
    with page.expect_popup() as other:
        page.get_by_role("link", name="Tout autre chose").click()
    other.value.close()
    expect(page.get_by_label("Titre (français)")).to_have_value("Relever ses compteurs")
    # Said once: it is saved without being asked again.
    page.get_by_label("Ce n’est pas la même").check()
    page.get_by_label("Titre (français)").fill("Relever ses compteurs à plusieurs")
    page.get_by_label("Type").focus()
    expect(page.locator("[data-twin=address]")).to_be_hidden()
    page.get_by_role("button", name="Enregistrer").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Relever ses compteurs à plusieurs")
