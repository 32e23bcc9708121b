"""The public directory: who is found, by what, and what is never shown."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRoleName
from assett.organizations.models import OrganizationKind, Participation
from assett.organizations.sectors import Sector
from assett.spaces.models import Space
from tests.factories import (
    ListingFactory,
    MembershipFactory,
    OrganizationFactory,
    ParticipationFactory,
    PersonFactory,
    QuestionnaireVersionFactory,
    SpaceFactory,
    SpaceRoleFactory,
)
from tests.linting import LintingClient
from tests.network.arranging import assessed, listed


def names(client: LintingClient, query: str = "") -> list[str]:
    """The names of the listings on a page of the directory, in order."""
    html = client.get(f"/poitiers/annuaire{query}").get_data(as_text=True)
    return [part.split("</a>")[0].split(">")[-1] for part in html.split('<article class="listing">')[1:]]


def test_an_empty_directory_says_how_one_enters(client: LintingClient, space: Space) -> None:
    assert "attend sa première structure" in client.get("/poitiers/annuaire").get_data(as_text=True)


def test_only_published_listings_of_this_space_are_shown(client: LintingClient, space: Space) -> None:
    listed(space, "Boulangerie Martin")
    listed(space, "Menuiserie Petit", published_at=None)
    listed(SpaceFactory(), "Brasserie Voisine")
    assert names(client) == ["Boulangerie Martin"]


def test_names_are_sorted_as_a_reader_expects(client: LintingClient, space: Space) -> None:
    for name in ("Zinc", "Élan", "Écluse", "ateliers", "Œuvre", "Orge"):
        listed(space, name)
    assert names(client) == ["ateliers", "Écluse", "Élan", "Œuvre", "Orge", "Zinc"]


def test_the_latest_published_may_come_first(client: LintingClient, space: Space) -> None:
    listed(space, "Ancienne", published_at=datetime(2024, 1, 1, tzinfo=UTC))
    listed(space, "Nouvelle", published_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert names(client, "?tri=recent") == ["Nouvelle", "Ancienne"]


@pytest.mark.parametrize(
    "typed",
    [
        "boulangerie",
        "BOULANGERIE",
        "boulang",
        "boulangeries",
        "boulengerie",
        "boulagnerie",
        "Chatellerault",
        "châtellerault boulangerie",
        "chatelerault",
        "oeufs bio",
        "boulangerie de Châtellerault",
    ],
)
def test_search_forgives_accents_plurals_and_typos(client: LintingClient, space: Space, typed: str) -> None:
    listed(
        space,
        "Au Bon Pain",
        activity="Boulangerie",
        commune="Châtellerault",
        commitments="Nos œufs sont bio et locaux.",
    )
    listed(space, "Menuiserie Petit", activity="Menuiserie", commune="Poitiers")
    assert names(client, f"?q={typed}") == ["Au Bon Pain"]


def test_a_corrected_word_is_told(client: LintingClient, space: Space) -> None:
    listed(space, "Au Bon Pain", activity="Boulangerie")
    html = client.get("/poitiers/annuaire?q=boulengerie").get_data(as_text=True)
    assert "Nous avons cherché «\u00a0boulangerie\u00a0»." in html


@pytest.mark.parametrize("typed", ["xylophone", "boulangerie xylophone", "%", "_", "' OR 1=1 --", "\u202e", "🥖"])
def test_what_nobody_is_finds_nobody(client: LintingClient, space: Space, typed: str) -> None:
    listed(space, "Boulangerie Martin")
    html = client.get("/poitiers/annuaire", query_string={"q": typed}).get_data(as_text=True)
    assert "Aucune structure" in html or "1\u00a0structure" in html or "1 structure" in html
    if typed.isascii() and typed[-1].isalpha():
        assert "Personne pour cette recherche" in html


def test_a_hidden_field_neither_shows_nor_finds(client: LintingClient, space: Space) -> None:
    listed(space, "Discrète", shown=[], activity="Fonderie", commune="Ligugé", presentation="Nous coulons le bronze.")
    assert names(client, "?q=fonderie") == names(client, "?q=liguge") == names(client, "?q=bronze") == []
    assert names(client, "?commune=Ligug%C3%A9") == names(client, "?type=company") == []
    html = client.get("/poitiers/annuaire?q=discrete").get_data(as_text=True)
    assert "Discrète" in html
    assert not any(word in html for word in ("Fonderie", "bronze", "Entreprise"))


def test_filters_combine(client: LintingClient, space: Space) -> None:
    listed(space, "A", commune="Poitiers", kind=OrganizationKind.COMPANY, sector=Sector.INDUSTRY)
    listed(space, "B", commune="Poitiers", kind=OrganizationKind.ASSOCIATION, sector=Sector.SERVICES)
    listed(space, "C", commune="Ligugé", kind=OrganizationKind.COMPANY, sector=Sector.INDUSTRY, naf_code="47.24Z")
    assert names(client, "?commune=Poitiers") == ["A", "B"]
    assert names(client, "?type=company") == ["A", "C"]
    assert names(client, "?secteur=industrie") == ["A", "C"]
    assert names(client, "?commune=Poitiers&type=company&secteur=industrie&q=a") == ["A"]


def test_who_comes_by_the_form_is_found_under_its_sector(client: LintingClient, owner: Session, space: Space) -> None:
    client.sign_in(PersonFactory())
    client.get("/poitiers/rejoindre/structure")
    sent = {"name": "Le Fournil", "kind": "company", "activity": "Pain", "sector": "industrie"}
    sent |= {"workforce": "1-9", "commune": "Poitiers"}
    assert client.post("/poitiers/rejoindre/structure", data=sent).status_code == 303
    made = owner.scalars(select(Participation)).one()
    listing = ListingFactory(space_id=space.id, participation_id=made.id, shown=["activity"])
    assert names(client, "?secteur=industrie") == ["Le Fournil"] and names(client, "?secteur=commerce") == []
    page = client.get(f"/poitiers/annuaire/{listing.id}").get_data(as_text=True)
    assert "Industrie, artisanat de production" in page


def test_who_hides_its_activity_is_not_found_under_its_sector(client: LintingClient, space: Space) -> None:
    hidden = listed(space, "Discrète", shown=["commune"], sector=Sector.INDUSTRY)
    assert names(client, "?secteur=industrie") == []
    assert "Industrie, artisanat" not in client.get(f"/poitiers/annuaire/{hidden.id}").get_data(as_text=True)


def test_a_level_asked_for_is_reached_or_passed(client: LintingClient, space: Space) -> None:
    version = QuestionnaireVersionFactory(space_id=space.id)
    for name, energy, overall in (
        ("A", "debutant", "avance"),
        ("B", "intermediaire", "debutant"),
        ("C", "avance", "avance"),
    ):
        assessed(space, listed(space, name).participation_id, version, overall, energie=energy)
    hidden = listed(space, "Secrète", shown=["activity"])
    assessed(space, hidden.participation_id, version, "avance", energie="avance")
    assert names(client, "?niveau=energie.intermediaire") == ["B", "C"]
    assert names(client, "?niveau=energie.avance") == ["C"]
    assert names(client, "?niveau=.avance") == ["A", "C"]
    # An address that means nothing today shows everybody rather than an error.
    assert names(client, "?niveau=nulle.part") == ["A", "B", "C", "Secrète"]


def test_levels_are_words_and_never_figures(client: LintingClient, space: Space) -> None:
    version = QuestionnaireVersionFactory(space_id=space.id)
    listing = listed(space, "Boulangerie Martin")
    assessment = assessed(space, listing.participation_id, version, "intermediaire", energie="avance")
    html = client.get(f"/poitiers/annuaire/{listing.id}").get_data(as_text=True)
    assert "Énergie" in html
    assert "Avancé" in html
    assert "3\u00a0mars 2025" in html
    assert "Déchets" not in html, "a category without a score is left out"
    assert "sur 5" not in html
    assert str(assessment.overall_ratio) not in html
    # The fill ends where the level ends, whatever the score within it.
    assert html.count('class="gauge-fill" width="100.0"') == html.count('class="gauge-fill"')


def test_levels_are_said_in_the_readers_language(client: LintingClient, space: Space) -> None:
    version = QuestionnaireVersionFactory(space_id=space.id)
    listing = listed(space, "Boulangerie Martin")
    assessed(space, listing.participation_id, version, "intermediaire", energie="avance")
    client.get("/poitiers/annuaire")
    client.post("/langue", data={"language": "en", "next": "/poitiers/annuaire"})
    html = client.get(f"/poitiers/annuaire/{listing.id}").get_data(as_text=True)
    assert "Energy" in html
    assert "Advanced" in html
    assert "March 3, 2025" in html or "3\u00a0March 2025" in html


def test_a_listing_says_what_is_shown(client: LintingClient, space: Space) -> None:
    listing = listed(
        space,
        "Boulangerie Martin",
        presentation="Du pain.\n\nDes amis. <script>alert(1)</script>",
        commitments="- Nous trions.\n\n— Nous livrons à vélo.",
        website="https://pain.example.fr/",
    )
    html = client.get(f"/poitiers/annuaire/{listing.id}").get_data(as_text=True)
    assert "<p>Du pain.</p>" in html
    assert "&lt;script&gt;" in html
    assert "<li>Nous trions.</li>" in html
    assert "<li>Nous livrons à vélo.</li>" in html
    assert 'href="https://pain.example.fr/" rel="noopener nofollow"' in html
    assert "2\u00a0mai 2024" in html


def test_a_card_says_three_commitments_and_leads_to_the_others(client: LintingClient, space: Space) -> None:
    """Sixty lines of one listing would push every other off the page."""
    listing = listed(space, "Boulangerie Martin", commitments="\n".join(f"Geste {n}." for n in range(1, 61)))
    html = client.get("/poitiers/annuaire").get_data(as_text=True)
    assert html.count("<li>Geste ") == 3
    link = html.split("et 57 autres engagements")[0].rpartition("<a ")[2]
    assert f'href="/poitiers/annuaire/{listing.id}"' in link
    assert client.get(f"/poitiers/annuaire/{listing.id}").get_data(as_text=True).count("<li>Geste ") == 60


def test_demonstration_structures_are_marked(client: LintingClient, space: Space) -> None:
    listing = listed(space, "Boulangerie fictive", demonstration=True)
    assert "exemple fictif" in client.get("/poitiers/annuaire").get_data(as_text=True)
    assert "exemple fictif" in client.get(f"/poitiers/annuaire/{listing.id}").get_data(as_text=True)


def test_an_unpublished_absent_or_foreign_listing_is_not_found(client: LintingClient, space: Space) -> None:
    draft = listed(space, "Brouillon", published_at=None)
    foreign = listed(SpaceFactory(), "Voisine")
    for id in (draft.id, foreign.id, 999_999):
        assert client.get(f"/poitiers/annuaire/{id}").status_code == 404


def test_pages_of_24_keep_the_search_in_their_addresses(client: LintingClient, space: Space) -> None:
    for number in range(30):
        listed(space, f"Atelier {number:02}")
    assert len(names(client)) == 24
    assert names(client, "?page=2") == [f"Atelier {number}" for number in range(24, 30)]
    assert names(client, "?page=99") == names(client, "?page=2")
    html = client.get("/poitiers/annuaire?q=atelier&tri=recent").get_data(as_text=True)
    assert "q=atelier&amp;tri=recent&amp;page=2" in html
    assert "30" in html.split('class="filter-count"')[1].split("</p>")[0]


@pytest.mark.parametrize("query", ["", "?q=atelier", "?niveau=energie.intermediaire"])
def test_the_number_of_statements_does_not_grow(
    client: LintingClient, space: Space, statements: list[str], query: str
) -> None:
    version = QuestionnaireVersionFactory(space_id=space.id)

    def add(first: int, last: int) -> None:
        for number in range(first, last):
            listing = listed(space, f"Atelier {number:02}")
            assessed(space, listing.participation_id, version, "avance", energie="avance", dechets="debutant")

    def cost() -> int:
        statements.clear()
        assert client.get(f"/poitiers/annuaire{query}").status_code == 200
        return len(statements)

    def settled() -> int:
        # A roster that has changed is read anew, in two statements, by the first page that shows it.
        assert cost() <= 12
        return cost()

    add(0, 5)
    few = settled()
    add(5, 15)
    assert settled() == few <= 8


def read_csv(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_team_takes_the_directory_away(client: LintingClient, space: Space) -> None:
    version = QuestionnaireVersionFactory(space_id=space.id)
    listing = listed(space, "Boulangerie Martin", website="https://pain.example.fr", sector=Sector.INDUSTRY)
    assessed(space, listing.participation_id, version, "intermediaire", energie="avance")
    listed(space, "Discrète", shown=[])
    listed(space, "Brouillon", published_at=None)
    client.sign_in(SpaceRoleFactory(space_id=space.id, role=SpaceRoleName.READER).person)
    response = client.get("/poitiers/annuaire/export.csv")
    assert "annuaire-poitiers-" in response.headers["Content-Disposition"]
    rows = read_csv(response.data)
    assert [row["Structure"] for row in rows] == ["Boulangerie Martin", "Discrète"]
    assert rows[0]["Commune"] == "Poitiers"
    assert rows[0]["Secteur d’activité"] == "Industrie, artisanat de production"
    assert rows[0]["Niveau\u00a0: Énergie"] == "Avancé"
    assert rows[0]["Participe depuis"] == "2024-05-02"
    assert rows[1]["Commune"] == rows[1]["Activité"] == rows[1]["Secteur d’activité"] == ""
    sheet = load_workbook(io.BytesIO(client.get("/poitiers/annuaire/export.xlsx").data)).active
    values = list(sheet.iter_rows(values_only=True))
    assert values[0][:3] == ("Structure", "Activité", "Secteur d’activité")
    assert values[1][0] == "Boulangerie Martin"
    assert values[1][7].date() == date(2024, 5, 2)
    assert sheet.freeze_panes == "B2"


@pytest.mark.parametrize("name", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1"])
def test_no_cell_is_a_formula(client: LintingClient, space: Space, name: str) -> None:
    listed(space, name)
    client.sign_in(SpaceRoleFactory(space_id=space.id).person)
    assert read_csv(client.get("/poitiers/annuaire/export.csv").data)[0]["Structure"] == f"'{name}"
    sheet = load_workbook(io.BytesIO(client.get("/poitiers/annuaire/export.xlsx").data)).active
    assert sheet["A2"].value == f"'{name}"
    assert sheet["A2"].data_type == "s"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_only_the_team_exports(client: LintingClient, space: Space, kind: str) -> None:
    address = f"/poitiers/annuaire/export.{kind}"
    organization = OrganizationFactory(name="Membre")
    ParticipationFactory(space_id=space.id, organization=organization)
    assert client.get(address).status_code == 302, "a visitor is asked to sign in"
    for person in (
        MembershipFactory(organization=organization).person,
        SpaceRoleFactory(space_id=SpaceFactory().id).person,
        PersonFactory(operator=True),
    ):
        client.sign_in(person)
        assert client.get(address).status_code == 403
    for role in SpaceRoleName:
        client.sign_in(SpaceRoleFactory(space_id=space.id, role=role).person)
        assert client.get(address).status_code == 200


def test_a_directory_that_is_not_public_is_neither_shown_nor_promised(
    client: LintingClient, space: Space, owner: Session
) -> None:
    here = owner.get_one(Space, space.id)
    here.directory_open, here.directory_export, here.closed_at = False, True, datetime(2024, 6, 1, tzinfo=UTC)
    owner.commit()
    home = client.get("/poitiers/").text
    assert "L’édition est terminée" in home and "nnuaire" not in home
    for page in ("annuaire", "annuaire/export.csv", "annuaire/export.xlsx"):
        assert client.get(f"/poitiers/{page}").status_code == 404, page
    client.sign_in(SpaceRoleFactory(space_id=space.id).person)
    for page in ("annuaire", "annuaire/export.csv"):
        assert client.get(f"/poitiers/{page}").status_code == 200, page


@pytest.mark.parametrize("typed", ["%", "🥖", "..."])
def test_a_search_without_a_letter_says_that_nothing_can_be_searched(
    client: LintingClient, space: Space, typed: str
) -> None:
    listed(space, "Menuiserie Petit")
    html = client.get("/poitiers/annuaire", query_string={"q": typed}).text
    assert "On ne peut rien chercher avec" in html and "à votre recherche" not in html
