"""From nobody to a signed charter, by hand in a real browser, on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assett.organizations.models import Membership, Participation, Pledge
from assett.spaces.models import Space
from tests.accounts.mailbox import last_mail, links
from tests.browsing import barriers
from tests.factories import CharterFactory


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_from_sign_up_to_the_charter_on_a_phone(
    owner: Session, space: Space, new_page: Callable[..., Any], javascript: bool
) -> None:
    CharterFactory(space_id=space.id)
    page = new_page(width=360, javascript=javascript)

    def look() -> None:
        assert page.locator("h1").count() == 1
        if javascript:
            assert barriers(page) == []

    page.goto("/le-territoire/rejoindre")
    look()
    page.get_by_role("link", name="Créer un compte").click()
    look()
    page.get_by_label("Prénom et nom").fill("Ana Roy")
    page.get_by_label("Adresse électronique").fill("ana@example.org")
    page.get_by_label("Mot de passe", exact=True).fill("motdepasse123")
    page.get_by_role("button", name="Créer mon compte").click()
    assert "Force du mot de passe" in page.locator("#password-error").inner_text()
    look()
    assert page.get_by_label("Prénom et nom").input_value() == "Ana Roy"
    page.get_by_label("Mot de passe", exact=True).fill("abeille tracteur nuage")
    page.get_by_role("button", name="Créer mon compte").click()
    page.wait_for_url("**/inscription/courriel")
    look()

    [link] = links(last_mail(owner, "ana@example.org"))
    page.goto(link)
    look()
    page.get_by_role("button", name="Confirmer mon adresse").click()
    page.wait_for_url("**/rejoindre")
    look()
    page.get_by_label("SIRET").fill("732 829 320 00075")
    page.get_by_role("button", name="Continuer").click()
    assert "un chiffre est sans doute mal recopié" in page.locator("#siret-error").inner_text()
    page.get_by_label("SIRET").fill("732 829 320 00074")
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/rejoindre/structure?*")
    look()
    page.get_by_label("Nom de la structure").fill("Le Fournil de Zoé")
    page.get_by_label("Type de structure").select_option("Entreprise")
    page.get_by_label("Activité", exact=True).fill("Boulangerie")
    page.get_by_label("Secteur d’activité").select_option("industrie")
    page.get_by_label("Nombre de salariés").select_option("De 1 à 9")
    page.get_by_label("Commune").fill("Poitiers")
    page.get_by_role("button", name="Inscrire ma structure").click()
    page.wait_for_url(re.compile(r".*/structures/\d+/charte"))
    look()
    page.get_by_label("J’ai lu la charte").check()
    page.get_by_role("button", name="Signer").click()
    page.wait_for_url(re.compile(r".*/structures/\d+/$"))
    assert "La charte est signée" in page.locator("main").inner_text()
    assert owner.query(Pledge).one().signatory == "Ana Roy"

    participation = owner.query(Participation).one()
    for path in ("membres", "identite", "charte", "partage"):
        page.goto(f"/le-territoire/structures/{participation.id}/{path}")
        look()
    membership = owner.query(Membership).one()
    page.goto(f"/le-territoire/structures/{participation.id}/membres/{membership.id}/retirer")
    look()
    for path in ("structures", "mon-compte", "mon-compte/mot-de-passe", "mon-compte/adresse", "mon-compte/suppression"):
        page.goto(f"/le-territoire/{path}")
        look()


def test_the_sign_in_page_is_walked_with_the_keyboard_alone(
    owner: Session, space: Space, new_page: Callable[..., Any]
) -> None:
    from tests.factories import PASSWORD, with_password

    person = with_password()
    page = new_page()
    page.goto("/le-territoire/connexion")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(person.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/rejoindre")
