"""What the features above honour: the closing day, and what the directory may show."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.linting import LintingClient
from tests.sweep.inhabited import Inhabited, inhabited


@pytest.fixture
def here(owner: Session) -> Inhabited:
    return inhabited(slug="ici")


def settle(owner: Session, here: Inhabited, change: str) -> None:
    owner.execute(text(f"UPDATE space SET {change} WHERE id = :id"), {"id": here.space.id})
    owner.commit()


def assessments(owner: Session) -> int:
    owner.rollback()
    return owner.scalars(text("SELECT count(*) FROM assessment")).one()


def test_after_the_last_day_nothing_begins_and_everything_stays(
    client: LintingClient, owner: Session, here: Inhabited
) -> None:
    before = assessments(owner)
    client.get("/ici/essai")
    settle(owner, here, "closed_at = now() - interval '1 day'")
    # Said first, and nothing else promised.
    over = client.get("/ici/essai").text
    assert "L’édition est terminée" in over
    assert not any(promise in over for promise in ("votre résultat", "Ce qui vous attend", "sept jours"))
    refused = client.post("/ici/essai")
    assert refused.status_code == 422 and "L’édition est terminée" in refused.text
    home = client.get("/ici/").text
    assert "L’édition est terminée" in home and "Évaluer ma structure" not in home
    client.sign_in(here.owner)
    client.get(f"/ici/structures/{here.participation.id}/")
    assert client.post(f"/ici/structures/{here.participation.id}/auto-evaluations").status_code == 422
    assert assessments(owner) == before
    assert client.get(f"/ici/auto-evaluations/{here.completed.id}/resultat").status_code == 200
    # What was begun in time may be completed.
    assert client.get(f"/ici/auto-evaluations/{here.running.id}/categorie/energie").status_code == 200
    assert client.get("/ici/annuaire").status_code == 200


def test_a_closed_directory_is_the_team_s_alone(client: LintingClient, owner: Session, here: Inhabited) -> None:
    page = f"/ici/annuaire/{here.listing.id}"
    assert client.get(page).status_code == 200
    settle(owner, here, "directory_open = false")
    assert {client.get(path).status_code for path in (page, "/ici/annuaire")} == {404}
    assert "/ici/annuaire" not in client.get("/ici/").text
    client.sign_in(here.manager)
    assert {client.get(path).status_code for path in (page, "/ici/annuaire")} == {200}


def test_levels_are_shown_where_the_space_lets_them(client: LintingClient, owner: Session, here: Inhabited) -> None:
    page = f"/ici/annuaire/{here.listing.id}"
    assert "listing-level" in client.get(page).text and 'name="niveau"' in client.get("/ici/annuaire").text
    settle(owner, here, "directory_levels = false")
    assert "listing-level" not in client.get(page).text
    directory = client.get("/ici/annuaire?niveau=.haut").text
    assert 'name="niveau"' not in directory and "listing-level" not in directory
    client.sign_in(here.owner)
    assert "ne montre pas les niveaux" in client.get(f"/ici/structures/{here.participation.id}/fiche").text


def test_the_directory_is_taken_away_by_whom_the_space_says(
    client: LintingClient, owner: Session, here: Inhabited
) -> None:
    assert client.get("/ici/annuaire/export.csv").status_code == 302
    settle(owner, here, "directory_export = true")
    assert client.get("/ici/annuaire/export.csv").status_code == 200
    assert "export.csv" in client.get("/ici/annuaire").text
    settle(owner, here, "directory_open = false")
    assert client.get("/ici/annuaire/export.csv").status_code == 404


def test_the_home_page_need_not_show_the_directory(client: LintingClient, owner: Session, here: Inhabited) -> None:
    name = here.participation.organization.name
    assert name in client.get("/ici/").text
    settle(owner, here, "directory_on_home = false")
    assert name not in client.get("/ici/").text


def test_members_of_a_pilot_come_in_before_the_day(client: LintingClient, owner: Session, here: Inhabited) -> None:
    settle(owner, here, "opened_at = NULL")
    assert client.get("/ici/annuaire").status_code == 403
    client.sign_in(here.owner)
    assert client.get("/ici/annuaire").status_code == 200
