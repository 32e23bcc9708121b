"""The actor's whole journey in a real browser: with JavaScript on a phone, without it, and by keyboard alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from assett.assessments.models import Answer, Assessment
from assett.core import jobs
from assett.core.mail import Mail
from tests.assessments.arranging import document
from tests.browsing import enter, whole
from tests.factories import QuestionnaireVersionFactory, SpaceFactory

SIRET = "732 829 320 00074"


def space() -> Any:
    here = SpaceFactory(slug="ici", name="Ici", programme="Acteurs engagés")
    QuestionnaireVersionFactory(space_id=here.id, document=document())
    return here


def check(page: Any, question: str, value: str) -> None:
    page.locator(f'input[name="answers.{question}"][value="{value}"]').check()


def go_on(page: Any, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{name}")).click()


def link_of(owner: Session, app: Flask, word: str) -> str:
    """The path of the link in the last mail, once the worker has sent it."""
    assert jobs.drain(app) >= 1
    mail = owner.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()
    assert mail.sent_at is not None
    return re.search(r"https?://[^/\s]+(/\S*" + word + r"\S*)", mail.text).group(1)  # type: ignore[union-attr]


def answer_everything(page: Any, *, saves_itself: bool) -> None:
    check(page, "suivi", "non")
    page.locator('input[name="answers.part"]').fill("50")
    if saves_itself:
        expect(page.locator("#q-suivi [data-saved]")).to_contain_text("Enregistré")
        expect(page.locator("#q-suivi [data-feedback]")).to_contain_text("Commencez par un relevé")
    go_on(page, "Enregistrer et continuer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Déchets")
    check(page, "tri", "papier")
    check(page, "compost", "true")
    go_on(page, "Enregistrer et voir")


@pytest.mark.parametrize(("javascript", "width"), [(True, 360), (False, 1280)])
def test_from_a_first_visit_to_the_directory(
    app: Flask, owner: Session, new_page: Any, javascript: bool, width: int
) -> None:
    here = space()
    page = new_page(width=width, javascript=javascript)
    page.goto("/ici/")
    page.get_by_role("link", name="Évaluer ma structure").click()
    page.get_by_role("button", name="Commencer").click()
    check(page, "kind", "company")
    go_on(page, "Enregistrer et continuer")
    answer_everything(page, saves_itself=javascript)
    page.get_by_role("link", name="Voir mon résultat").click()
    expect(page.locator("main")).to_contain_text("2,9")
    expect(page.locator("main")).to_contain_text("Relever ses compteurs")
    first, second = (page.locator(f"#categorie-{name}").bounding_box() for name in ("energie", "dechets"))
    assert (second["x"] > first["x"] and second["y"] == first["y"]) is (width == 1280), (
        "two columns where there is room"
    )

    page.get_by_role("link", name="Créer un compte").click()
    page.get_by_label("Prénom et nom").fill("Camille Martin")
    page.get_by_label("Adresse électronique").fill("camille@example.org")
    page.get_by_label("Mot de passe", exact=True).fill("quatre lapins sous la pluie")
    go_on(page, "Créer mon compte")
    page.goto(link_of(owner, app, "confirmer"))
    go_on(page, "Confirmer mon adresse")

    page.get_by_label("SIRET").fill(SIRET)
    go_on(page, "Continuer")
    page.get_by_label("Nom de la structure").fill("Boulangerie du Pont")
    page.get_by_label("Type de structure").select_option("company")
    page.get_by_label("Activité", exact=True).fill("Boulangerie")
    page.get_by_label("Secteur d’activité").select_option("industrie")
    page.get_by_label("Nombre de salariés").select_option("1-9")
    page.get_by_label("Commune").fill("Poitiers")
    go_on(page, "Inscrire ma structure")
    expect(page.locator("main")).to_contain_text("Votre auto-évaluation en cours")

    page.get_by_role("link", name=re.compile("^Relire et terminer")).click()
    page.get_by_role("link", name=re.compile("^Terminer")).click()
    go_on(page, "Terminer et voir mon résultat")
    expect(page.locator("h1")).to_have_text("Votre résultat")
    expect(page.locator("main")).to_contain_text("Boulangerie du Pont")
    page.get_by_role("link", name="Comprendre le calcul").click()
    expect(page.locator("main")).to_contain_text("Cette catégorie fait 50")
    assessment = owner.scalars(select(Assessment)).one()
    assert assessment.completed_at is not None and assessment.participation_id is not None

    page.goto(f"/ici/structures/{assessment.participation_id}/fiche")
    page.get_by_label("Présentation").first.fill("Du pain au levain.")
    page.get_by_label("Activité et secteur :").check()
    go_on(page, "Enregistrer et publier")
    page.goto("/ici/annuaire?q=boulangrie&secteur=industrie")
    expect(page.locator("main")).to_contain_text("Boulangerie du Pont")
    assert here.id == assessment.space_id


@pytest.mark.parametrize(("width", "height"), [(360, 640), (1280, 720)])
def test_beginning_needs_no_scrolling(owner: Session, new_page: Any, width: int, height: int) -> None:
    space()
    page = new_page(width=width, height=height)
    page.goto("/ici/essai")
    begin = page.get_by_role("button", name="Commencer")
    expect(begin).to_be_in_viewport(ratio=1)
    begin.click()
    page.goto(page.url.removesuffix("profil"))
    begin = page.get_by_role("link", name="Commencer")
    expect(begin).to_be_in_viewport(ratio=1)
    assert begin.bounding_box()["y"] < page.get_by_role("link", name="Énergie").bounding_box()["y"]


def test_by_keyboard_alone(owner: Session, new_page: Any) -> None:
    space()
    page = new_page(width=1280)
    page.goto("/ici/essai")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Aller au contenu")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Commencer").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Votre structure")
    page.locator('input[name="answers.kind"]').first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Énergie")
    # From the top of the form, by Tab and the arrows only.
    page.locator('input[name="answers.suivi"]').first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#q-suivi [data-saved]")).to_contain_text("Enregistré")
    expect(page.locator("#q-frequence")).to_be_visible()
    assert page.locator(":focus").get_attribute("value") == "oui"
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("name") in {"answers.frequence", "answers.suivi"}
    expect(page.locator("[data-live-score-text]")).not_to_have_text("–")
    owner.rollback()
    assert owner.scalars(select(Answer.value).where(Answer.question == "suivi")).one() == {"v": "oui"}


def test_nothing_typed_is_lost_without_network(owner: Session, new_page: Any) -> None:
    space()
    page = new_page(width=360)
    page.goto("/ici/essai")
    page.get_by_role("button", name="Commencer").click()
    check(page, "kind", "company")
    go_on(page, "Enregistrer et continuer")
    # The network leaves once the next page is there and whole, its modules included.
    page.locator("#q-suivi").wait_for()
    whole(page)
    page.context.set_offline(True)
    check(page, "suivi", "oui")
    expect(page.locator("#q-suivi [data-saved]")).to_contain_text("dès le retour du réseau")
    # The place that stays in sight says it too, however far one has gone on.
    page.mouse.wheel(0, 3000)
    said = page.get_by_text("Hors ligne : vos réponses partiront au retour du réseau.")
    expect(said).to_be_in_viewport()
    # Pressed, the page's main button stays, and says why: the browser's own page would take this one's place.
    button = page.get_by_role("button", name="Enregistrer et continuer")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("La page suivante ne peut pas s’ouvrir pour l’instant.")).to_be_in_viewport()
    expect(button).to_be_focused()
    page.context.set_offline(False)
    expect(page.locator("#q-suivi [data-saved]")).to_contain_text("Enregistré")
    expect(page.locator("[data-save-status]")).to_be_empty()
    owner.rollback()
    assert owner.scalars(select(Answer.value)).one() == {"v": "oui"}


def test_going_on_waits_for_the_network_whatever_is_unsent(owner: Session, new_page: Any) -> None:
    space()
    page = new_page(width=360)
    page.goto("/ici/essai")
    page.get_by_role("button", name="Commencer").click()
    check(page, "kind", "company")
    go_on(page, "Enregistrer et continuer")
    check(page, "suivi", "non")
    expect(page.locator("#q-suivi [data-saved]")).to_contain_text("Enregistré")
    whole(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.get_by_text("La page suivante ne peut pas s’ouvrir pour l’instant.")).to_be_in_viewport()
    page.context.set_offline(False)
    go_on(page, "Enregistrer et continuer")
    expect(page.locator("h1")).not_to_have_text("Énergie")


@pytest.mark.parametrize("how", ["erased in another tab", "forgotten by the browser"])
def test_a_try_out_that_is_no_more_leads_to_another(owner: Session, new_page: Any, how: str) -> None:
    space()
    page = new_page(width=360)
    page.goto("/ici/essai")
    page.get_by_role("button", name="Commencer").click()
    check(page, "kind", "company")
    go_on(page, "Enregistrer et continuer")
    page.locator("#q-suivi").wait_for()
    whole(page)
    if how == "forgotten by the browser":
        page.context.clear_cookies()
    else:
        owner.execute(text("DELETE FROM assessment"))
        owner.commit()
    check(page, "suivi", "oui")
    expect(page.locator("[data-save-status]")).to_contain_text("Cet essai n’existe plus")
    page.get_by_role("link", name="Commencer un autre essai").click()
    page.get_by_role("button", name="Commencer").click()
    expect(page.locator("h1")).to_have_text("Votre structure")


def test_confirmed_elsewhere_what_is_typed_on_comes_along(app: Flask, owner: Session, new_page: Any) -> None:
    space()
    page, mail = new_page(width=360), new_page(width=1280)
    page.goto("/ici/essai")
    page.get_by_role("button", name="Commencer").click()
    check(page, "kind", "company")
    go_on(page, "Enregistrer et continuer")
    signing_up = page.context.new_page()
    signing_up.goto(page.url.split("/auto-evaluations")[0] + "/inscription")
    signing_up.get_by_label("Prénom et nom").fill("Camille Martin")
    signing_up.get_by_label("Adresse électronique").fill("camille@example.org")
    signing_up.get_by_label("Mot de passe", exact=True).fill("quatre lapins sous la pluie")
    go_on(signing_up, "Créer mon compte")
    mail.goto(link_of(owner, app, "confirmer"))
    mail.get_by_label("Mot de passe").first.fill("quatre lapins sous la pluie")
    go_on(mail, "Confirmer mon adresse")
    expect(mail.locator("h1")).to_have_text("Inscrire ma structure")

    check(page, "suivi", "oui")
    expect(page.locator("[data-save-status]")).to_contain_text("maintenant dans votre compte : connectez-vous")
    page.get_by_role("link", name="Se connecter et reprendre ici").click()
    page.get_by_label("Adresse électronique").fill("camille@example.org")
    page.get_by_label("Mot de passe", exact=True).fill("quatre lapins sous la pluie")
    go_on(page, "Se connecter")
    expect(page.locator("h1")).to_have_text("Énergie")
    expect(page.locator("#q-suivi [data-saved]")).to_contain_text("Enregistré")
    assert page.evaluate("localStorage.length") == 0
    owner.rollback()
    assert owner.scalars(select(Answer.value)).one() == {"v": "oui"}


def test_back_after_completion_leads_to_the_result(app: Flask, owner: Session, new_page: Any, live: str) -> None:
    from tests.assessments.arranging import place, running

    where = place(slug="la")
    assessment = running(where)
    page = new_page()
    enter(app, page, where.person, live)
    page.goto(f"/la/auto-evaluations/{assessment.id}/categorie/energie")
    answer_everything(page, saves_itself=True)
    go_on(page, "Terminer et voir mon résultat")
    expect(page.locator("h1")).to_have_text("Votre résultat")
    page.go_back()
    page.reload()
    expect(page.locator("h1")).to_have_text("Votre résultat")
