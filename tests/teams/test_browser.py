"""The team on a phone, in a real browser: invite, accept, change a role, take out."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRole
from tests.accounts.mailbox import last_mail, links
from tests.browsing import lend
from tests.linting import LintingClient
from tests.teams.conftest import Team


def _fits(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1


def test_a_colleague_is_invited_joins_and_leaves_again_on_a_phone(
    client: LintingClient, owner: Session, team: Team, boss: SpaceRole, new_page: Any, live: str
) -> None:
    page = new_page(width=360)
    lend(client, page, live)
    page.goto("/le-territoire/equipe")
    page.get_by_role("link", name="Inviter quelqu’un").click()
    page.get_by_label("Adresses électroniques").fill("bob@example.org\npas-une-adresse")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_text("Une invitation est partie à bob@example.org")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="pas-une-adresse")).to_be_visible()
    expect(page.get_by_label("Adresses électroniques")).to_have_value("pas-une-adresse")
    _fits(page)

    [link] = links(last_mail(owner, "bob@example.org"))
    other = new_page(width=360, javascript=False)
    other.goto(link)
    _fits(other)
    other.get_by_label("Prénom et nom").fill("Bob Petit")
    other.get_by_label("Mot de passe").fill("abeille tracteur nuage")
    other.get_by_role("button", name="Ouvrir mon compte").click()
    expect(other.get_by_text("Bienvenue dans l’équipe")).to_be_visible()
    expect(other.get_by_role("row").filter(has_text="Bob Petit")).to_contain_text("Lecture")

    page.goto("/le-territoire/equipe")
    page.get_by_role("link", name="Changer de rôle : Bob Petit").click()
    page.get_by_label("Rédaction").check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Bob Petit a désormais le rôle")).to_be_visible()
    # The question comes in a dialog, and Escape asks it no more.
    remove = page.get_by_role("link", name="Retirer Bob Petit")
    remove.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("perd tout de suite l’accès")
    page.keyboard.press("Escape")
    expect(remove).to_be_focused()
    remove.click()
    page.get_by_role("dialog").get_by_role("button", name="Retirer de l’équipe").click()
    expect(page.get_by_text("Bob Petit ne fait plus partie de l’équipe")).to_be_visible()

    page.goto("/le-territoire/journal")
    _fits(page)
    for line in ("Retrait de l’équipe", "Rôle changé", "Arrivée dans l’équipe", "Invitation envoyée à bob@example.org"):
        expect(page.get_by_role("rowheader").filter(has_text=line)).to_have_count(1)
    other.goto("/le-territoire/equipe")
    expect(other.get_by_role("heading", level=1)).not_to_have_text("Équipe")
