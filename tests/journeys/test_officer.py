"""A territory officer without a programmer: from an empty space to a questionnaire of their own, published."""

from __future__ import annotations

from typing import Any

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.core.settings import ROOT
from assett.engine.compiled import content_hash
from assett.formats.files import load
from assett.questionnaires.models import QuestionnaireVersion
from assett.resources.models import Resource
from tests import factories
from tests.browsing import enter

OWN_QUESTIONS = [f"Connaissez-vous l’atelier n° {number} de la recyclerie ?" for number in range(1, 11)]
OWN_RESOURCES = [
    ("La recyclerie du Clain", "https://recyclerie.example.org/"),
    ("Le conseil énergie de la communauté", "https://energie.example.org/"),
    ("L’atelier vélo associatif", "https://velo.example.org/"),
    ("La régie des eaux", "https://eaux.example.org/"),
    ("Le club des entreprises du Val", "https://club.example.org/"),
]


def national_base() -> None:
    tree = load(ROOT / "questionnaires/socle-assett.yaml").tree
    questionnaire = factories.QuestionnaireFactory(space_id=None, slug=tree["id"], active=False)
    factories.QuestionnaireVersionFactory(
        space_id=None, questionnaire=questionnaire, document=tree, content_hash=content_hash(tree)
    )


def test_an_officer_makes_the_space_theirs(app: Flask, owner: Session, live: str, new_page: Any) -> None:
    national_base()
    space = factories.SpaceFactory(slug="val-clair")
    manager = factories.SpaceRoleFactory(space_id=space.id).person
    # Ten times over, a page that glides to its place would be waited for.
    page: Page = new_page(reduced_motion="reduce")
    enter(app, page, manager, live)

    # The questionnaire: the national base, a category of one's own with ten questions.
    page.goto("/val-clair/atelier/")
    page.get_by_label("le questionnaire national « Socle commun »").check()
    page.get_by_role("button", name="Commencer").click()
    page.get_by_label("Nouvelle catégorie").fill("Chez nous")
    page.get_by_role("button", name="Ajouter", exact=True).click()
    for title in OWN_QUESTIONS:
        page.locator("#new-title").fill(title)
        page.get_by_role("button", name="Ajouter la question").click()
        form = page.locator("form[data-studio-form]")
        expect(form.get_by_label("Intitulé")).to_have_value(title)
        form.get_by_label("Réponse 1", exact=True).fill("Pas encore")
        form.get_by_label("Réponse 2", exact=True).fill("Nous y sommes allés")
        form.get_by_role("button", name="Terminé").click()
        expect(page.locator("form[data-studio-form]")).to_have_count(0)

    # Five resources.
    for title, address in OWN_RESOURCES:
        page.goto("/val-clair/ressources-du-territoire/nouvelle")
        page.locator("[name=title_fr]").fill(title)
        page.locator("[name=url]").fill(address)
        page.get_by_label("Type").select_option("guide")
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)

    # The colours.
    page.goto("/val-clair/reglages/apparence")
    page.locator("#light_accent").fill("#7a1f5c")
    page.get_by_role("button", name="Publier l’apparence").click()

    # Published, with a word.
    page.goto("/val-clair/atelier/")
    page.locator("main").get_by_role("link", name=space.programme).first.click()
    page.get_by_role("link", name="Publier").first.click()
    page.locator("[name='note.fr']").fill("Le socle national, et dix questions sur notre recyclerie.")
    page.get_by_role("button", name="Publier cette version").click()
    version = owner.scalars(select(QuestionnaireVersion).where(QuestionnaireVersion.space_id == space.id)).one()
    assert version.document["categories"][-1]["title"] == "Chez nous"
    assert [question["title"] for question in version.document["categories"][-1]["questions"]] == OWN_QUESTIONS
    assert len(owner.scalars(select(Resource).where(Resource.space_id == space.id)).all()) == 5

    # A visitor answers it.
    visitor: Page = new_page(width=360)
    visitor.goto("/val-clair/essai")
    expect(visitor.locator("main")).to_contain_text("Chez nous")

    # A word to put right, on a phone, between two appointments.
    phone: Page = new_page(width=360)
    enter(app, phone, manager, live)
    phone.goto("/val-clair/atelier/")
    phone.get_by_role("button", name="Commencer").click()
    phone.locator("main").get_by_role("link", name=OWN_QUESTIONS[0]).click()
    form = phone.locator("form[data-studio-form]")
    form.get_by_label("Intitulé").fill("Êtes-vous déjà venus à la recyclerie ?")
    form.get_by_role("button", name="Terminé").click()
    expect(phone.locator("form[data-studio-form]")).to_have_count(0)
    phone.get_by_role("link", name="Publier").first.click()
    expect(phone.locator("main")).to_contain_text("Êtes-vous déjà venus à la recyclerie ?")
    phone.get_by_role("button", name="Publier cette version").click()
    expect(phone.locator("main")).to_contain_text("2")
    latest = owner.scalars(
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.space_id == space.id)
        .order_by(QuestionnaireVersion.number.desc())
    ).first()
    assert latest is not None and latest.number == 2
    assert latest.document["categories"][-1]["questions"][0]["title"] == "Êtes-vous déjà venus à la recyclerie ?"
