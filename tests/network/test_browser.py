"""A listing written, seen and found on a phone; and without JavaScript."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import expect

from assett.organizations.models import Participation
from assett.spaces.models import Space
from tests.browsing import barriers
from tests.factories import (
    MembershipFactory,
    OrganizationFactory,
    ParticipationFactory,
    QuestionnaireVersionFactory,
)
from tests.linting import LintingClient
from tests.network.arranging import assessed, listed


@pytest.fixture
def mine(space: Space) -> Participation:
    organization = OrganizationFactory(name="Boulangerie du Clain", commune="Ligugé", demonstration=True)
    made: Participation = ParticipationFactory(space_id=space.id, organization=organization)
    return made


@pytest.fixture
def cookie(client: LintingClient, mine: Participation, live: str) -> dict[str, str]:
    client.sign_in(MembershipFactory(organization=mine.organization).person)
    held = client.get_cookie("assett")
    assert held is not None
    return {"name": "assett", "value": held.value, "url": live}


@pytest.mark.parametrize("javascript", [True, False])
def test_a_listing_is_written_published_found_and_withdrawn_on_a_phone(
    new_page: Any, cookie: dict[str, str], mine: Participation, space: Space, javascript: bool
) -> None:
    listed(space, "Menuiserie Petit", activity="Menuiserie")
    page = new_page(width=360, javascript=javascript)
    page.context.add_cookies([cookie])
    page.goto(f"/poitiers/structures/{mine.id}/fiche")
    page.get_by_label("Engagements").first.fill("Nous livrons nos brioches à vélo.")
    assert page.get_by_role("checkbox", checked=True).count() == 0
    page.get_by_label("Activité et secteur :").check()
    page.get_by_role("checkbox", name="Engagements").check()
    page.get_by_role("button", name="Voir l’aperçu").click()
    preview = page.locator("#apercu")
    preview.get_by_text("Nous livrons nos brioches à vélo.").wait_for()
    assert preview.get_by_text("Ligugé").count() == 0
    page.get_by_role("button", name="Enregistrer et publier").click()
    page.get_by_text("Votre fiche est dans l’annuaire.").wait_for()

    page.goto("/poitiers/annuaire")
    page.get_by_label("Chercher une structure").fill("briohces")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_text("1 structure correspond").wait_for()
    assert page.url.endswith("q=briohces") or "q=briohces&" in page.url
    page.get_by_role("link", name="Boulangerie du Clain").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Boulangerie du Clain")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.goto(f"/poitiers/structures/{mine.id}/fiche")
    page.get_by_role("link", name="Retirer de l’annuaire").click()
    if javascript:
        page.get_by_role("dialog", name="Retirer votre fiche de l’annuaire ?").wait_for()
    page.get_by_role("button", name="Retirer de l’annuaire").click()
    page.get_by_text("n’est plus dans l’annuaire").wait_for()
    page.goto("/poitiers/annuaire?q=brioches")
    assert page.get_by_text("Personne pour cette recherche").is_visible()


def test_a_filter_answers_at_once_on_a_wide_screen_and_its_address_can_be_shared(new_page: Any, space: Space) -> None:
    listed(space, "Menuiserie Petit", commune="Poitiers")
    listed(space, "Épicerie", commune="Ligugé")
    page = new_page(width=1280)
    page.goto("/poitiers/annuaire")
    page.get_by_label("Commune", exact=True).select_option("Ligugé")
    page.get_by_text("1 structure correspond").wait_for()
    assert page.locator(".listing h2").all_inner_texts() == ["Épicerie"]
    shared = new_page(width=1280)
    shared.goto(page.url)
    assert shared.locator(".listing h2").all_inner_texts() == ["Épicerie"]


def test_a_filter_chosen_by_keyboard_keeps_the_focus_and_is_said(new_page: Any, space: Space) -> None:
    listed(space, "Menuiserie Petit", commune="Poitiers")
    listed(space, "Épicerie", commune="Ligugé")
    page = new_page(width=1280)
    page.goto("/poitiers/annuaire")
    page.get_by_label("Commune", exact=True).focus()
    page.keyboard.type("Li")
    said = page.get_by_role("status").filter(has_text="1 structure correspond")
    said.wait_for()
    assert page.evaluate("document.activeElement.name") == "commune"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Tout effacer", "no button is left between"
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map(each => Number(each.tagName[1]))")
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("width", [360, 1280])
def test_no_barrier_is_left(
    new_page: Any, cookie: dict[str, str], mine: Participation, space: Space, width: int
) -> None:
    version = QuestionnaireVersionFactory(space_id=space.id)
    listing = listed(space, "Menuiserie Petit", commitments="Nous trions.", website="https://bois.example.fr")
    assessed(space, listing.participation_id, version, "avance", energie="avance", dechets="debutant")
    page = new_page(width=width)
    page.context.add_cookies([cookie])
    for address in (
        "/poitiers/annuaire",
        "/poitiers/annuaire?q=xylophone",
        f"/poitiers/annuaire/{listing.id}",
        f"/poitiers/structures/{mine.id}/fiche",
    ):
        page.goto(address)
        assert barriers(page) == []
