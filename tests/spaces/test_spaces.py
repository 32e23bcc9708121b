"""Spaces: their addresses, themes and words."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from assett.spaces import themes
from assett.spaces.models import RESERVED, Space
from tests.factories import SpaceFactory, SpaceRoleFactory
from tests.linting import LintingClient

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_no_space_takes_an_address_of_the_platform(app: Flask) -> None:
    first_parts = {
        rule.rule.split("/")[1]
        for rule in app.url_map.iter_rules()
        if "space" not in rule.arguments and rule.rule != "/"
    }
    assert first_parts <= RESERVED
    with pytest.raises(ValueError, match="connexion"):
        Space(slug="connexion")


def test_the_platform_lists_the_spaces_that_are_open(client: LintingClient, owner: Session) -> None:
    SpaceFactory(name="Ouvert")
    SpaceFactory(name="En travaux", opened_at=None)
    html = client.get("/").get_data(as_text=True)
    assert "Ouvert" in html and "En travaux" not in html
    assert "Chercher un territoire" not in html, "one is found at a glance"


def test_a_territory_is_found_among_hundreds(client: LintingClient, owner: Session, statements: list[str]) -> None:
    for number in range(60):
        SpaceFactory(name=f"Pays {number:02}", slug=f"pays-{number}")
    SpaceFactory(name="Évreux Portes de Normandie", slug="evreux")
    first = client.get("/").text
    assert "Évreux" in first and "Pays 40" in first and "Pays 55" not in first
    statements.clear()
    assert "Pays 55" in client.get("/?page=2").text
    assert len(statements) <= 4
    for typed in ("evreux", "Évreux", "normnadie"):
        found = client.get("/", query_string={"q": typed}).text
        assert "Évreux Portes" in found and "Pays 00" not in found, typed
    nothing = client.get("/?q=atlantide").text
    assert "Aucun territoire ne porte ce nom ici" in nothing and 'value="atlantide"' in nothing


@pytest.mark.parametrize("page", ["", "mentions-legales", "donnees-personnelles", "accessibilite"])
def test_every_page_of_a_space_wears_its_theme_in_both_languages(client: LintingClient, page: str) -> None:
    SpaceFactory(slug="ici", theme="mel", contact_email="equipe@example.org")
    french = client.get(f"/ici/{page}").get_data(as_text=True)
    assert "themes/mel/theme.css" in french and '<html lang="fr"' in french
    client.post("/langue", data={"language": "en", "next": f"/ici/{page}"})
    english = client.get(f"/ici/{page}").get_data(as_text=True)
    assert '<html lang="en"' in english and english != french


def test_the_accessibility_statement_has_the_imposed_parts(client: LintingClient) -> None:
    """Those of the State's model, in its order; without an audit a service is « non conforme » (RGAA 4.1.2)."""
    SpaceFactory(slug="ici", contact_email="equipe@example.org")
    html = client.get("/ici/accessibilite").get_data(as_text=True)
    assert re.findall(r"<h[12]>(.*?)</h[12]>", html) == [
        "Déclaration d’accessibilité",
        "État de conformité",
        "Résultats des tests",
        "Contenus non accessibles",
        "Établissement de cette déclaration d’accessibilité",
        "Amélioration et contact",
        "Voie de recours",
    ]
    assert "<strong>non conforme</strong>" in html
    assert "equipe@example.org" in html and "Défenseur des droits" in html
    assert ">Accessibilité\u00a0: non conforme</a>" in client.get("/ici/").get_data(as_text=True)


def test_an_unknown_theme_falls_back_on_ours(client: LintingClient) -> None:
    SpaceFactory(slug="ici", theme="disparu")
    assert "themes/assett/theme.css" in client.get("/ici/").get_data(as_text=True)


def test_the_space_chooses_its_languages(client: LintingClient) -> None:
    SpaceFactory(slug="ici", languages=["fr"])
    client.post("/langue", data={"language": "en", "next": "/ici/"})
    assert '<html lang="fr"' in client.get("/ici/").get_data(as_text=True)


@given(COLOURS, COLOURS, COLOURS, st.sampled_from(themes.MODES))
def test_a_corrected_palette_can_be_read(accent: str, paper: str, ink: str, mode: str) -> None:
    palette = themes.Palette(accent, paper, ink).corrected(mode)
    assert themes.contrast(palette.accent, palette.paper) >= themes.READABLE
    assert themes.contrast(palette.ink, palette.paper) >= themes.INK
    assert themes.contrast(palette.on_accent, palette.accent) >= 4.5
    assert (themes.luminance(palette.paper) > 0.5) == (mode == "light")
    # What is right already stays as it was chosen.
    assert palette.corrected(mode) == palette


def test_ids_that_no_row_can_have_are_not_found(client: LintingClient) -> None:
    SpaceFactory(slug="ici")
    assert client.get(f"/ici/annuaire/{2**70}").status_code == 404
    assert client.get("/ici/%00").status_code == 404


def test_the_team_of_a_space_that_is_not_open_goes_on_from_its_home(client: LintingClient, owner: Session) -> None:
    space = SpaceFactory(slug="ici", opened_at=None)
    client.sign_in(SpaceRoleFactory(space_id=space.id).person)
    assert 'href="/ici/lancement">Voir ce qui reste' in client.get("/ici/").text
    space.opened_at = datetime(2024, 1, 1, tzinfo=UTC)
    owner.commit()
    assert "Voir ce qui reste" not in client.get("/ici/").text
