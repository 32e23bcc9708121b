"""The follow-up page: counts, the list, filters, and who may open it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from assett.accounts.models import SpaceRoleName
from assett.kernel.clock import utc_now
from assett.organizations.models import Audience, OrganizationKind
from assett.questionnaires.models import QuestionnaireVersion
from assett.spaces.models import Space
from tests.factories import (
    MembershipFactory,
    PersonFactory,
    QuestionnaireVersionFactory,
    SpaceFactory,
    SpaceRoleFactory,
)
from tests.followup.arranging import finished, running, structure
from tests.linting import LintingClient


@pytest.fixture
def team(client: LintingClient, space: Space) -> LintingClient:
    """A client signed in as the space's manager."""
    client.sign_in(SpaceRoleFactory(space_id=space.id, person__name="Alix Berger").person)
    return client


def rows(client: LintingClient, query: str = "") -> dict[str, list[str]]:
    """The cells of the list by the name of each structure, in order."""
    html = client.get(f"/poitiers/suivi{query}").get_data(as_text=True)
    found = {}
    for row in html.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]:
        name = row.partition('<th scope="row">')[2].partition("<")[0].strip()
        found[name] = [cell.partition(">")[2].partition("<")[0] for cell in row.split("<td")[1:]]
    return found


def test_nobody_yet_says_what_to_do(team: LintingClient) -> None:
    html = team.get("/poitiers/suivi").get_data(as_text=True)
    assert "Personne n’a encore rejoint la démarche" in html
    assert "key-figure" not in html and "Tout emporter" not in html, "nothing to count, nothing to take away"


def test_each_structure_has_its_state_its_last_activity_and_its_score(
    team: LintingClient, space: Space, version: QuestionnaireVersion
) -> None:
    structure(space, "Pas encore")
    running(structure(space, "À moitié"), version, "0.6")
    finished(structure(space, "Finie"), version, "intermediaire")
    finished(structure(space, "Discrète", share=Audience.NOBODY), version, "avance")
    again = structure(space, "Recommence")
    finished(again, version, "avance", at=datetime(2024, 3, 4, tzinfo=UTC))
    running(again, version, "0.25")
    assert rows(team) == {
        "À moitié": ["Poitiers", "Entreprise", "en cours, 60\u00a0%", "6\u00a0janvier 2025", "–"],
        "Discrète": ["Poitiers", "Entreprise", "terminé", "3\u00a0mars 2025", "non partagé"],
        "Finie": ["Poitiers", "Entreprise", "terminé", "3\u00a0mars 2025", "2,5 sur 5, Intermédiaire"],
        "Pas encore": ["Poitiers", "Entreprise", "pas commencé", "2\u00a0mai 2024", "–"],
        "Recommence": [
            "Poitiers",
            "Entreprise",
            "terminé le 4\u00a0mars 2024\u00a0; une nouvelle évaluation en cours, 25\u00a0%",
            "6\u00a0janvier 2025",
            "4,5 sur 5, Avancé",
        ],
    }


@pytest.mark.parametrize(
    ("share", "seen"),
    [(Audience.NOBODY, False), (Audience.AUTHORITY, True)],
)
def test_a_score_is_seen_if_it_is_shared(
    team: LintingClient, space: Space, version: QuestionnaireVersion, share: Audience, seen: bool
) -> None:
    finished(structure(space, "Atelier", share=share), version, "avance")
    html = team.get("/poitiers/suivi").get_data(as_text=True)
    assert ("4,5" in html) is seen
    assert ("Avancé" in html) is seen


def key_figures(team: LintingClient) -> list[str]:
    """What stands in figures above the list, each as one reads it."""
    html = team.get("/poitiers/suivi").get_data(as_text=True)
    return [
        " ".join(re.sub(r"<[^>]+>", " ", each.partition("</div>")[0]).split())
        for each in html.split('<div class="key-figure">')[1:]
    ]


def test_the_counts_are_of_all_time_and_of_this_year(
    team: LintingClient, space: Space, version: QuestionnaireVersion
) -> None:
    now = utc_now()
    structure(space, "Nouvelle", joined_at=now)
    running(structure(space, "En cours"), version, "0.5")
    old = structure(space, "Fidèle")
    finished(old, version, at=datetime(2023, 3, 1, tzinfo=UTC), latest=False)
    finished(old, version, at=now)
    assert key_figures(team) == [
        "3 participent dont 1 cette année",
        "2 ont commencé dont 1 cette année",
        "1 a terminé dont 1 cette année",
    ]


def test_the_year_begins_in_paris(team: LintingClient, space: Space) -> None:
    year = utc_now().year
    structure(space, "Saint-Sylvestre", joined_at=datetime(year - 1, 12, 31, 22, 30, tzinfo=UTC))
    structure(space, "Nouvel an", joined_at=datetime(year - 1, 12, 31, 23, 30, tzinfo=UTC))
    assert key_figures(team)[0].endswith("dont 1 cette année")


def test_filters_combine(team: LintingClient, space: Space, version: QuestionnaireVersion) -> None:
    structure(space, "A", commune="Ligugé")
    running(structure(space, "B", commune="Ligugé", kind=OrganizationKind.ASSOCIATION), version, "0.5")
    finished(structure(space, "C", activity="Épicerie", siret="55204944776279"), version)
    assert list(rows(team, "?etat=pas-commence")) == ["A"]
    assert list(rows(team, "?etat=en-cours")) == ["B"]
    assert list(rows(team, "?etat=termine")) == ["C"]
    assert list(rows(team, "?commune=Ligug%C3%A9")) == ["A", "B"]
    assert list(rows(team, "?commune=Ligug%C3%A9&type=association")) == ["B"]
    assert list(rows(team, "?q=epicerie")) == ["C"]
    assert list(rows(team, "?q=55204944776279")) == ["C"]
    assert list(rows(team, "?q=ligug%C3%A9+boulangerie")) == ["A", "B"]
    assert list(rows(team, "?q=%25")) == ["A", "B", "C"], "a sign that is no word asks for nothing"
    assert "Aucune structure ne correspond" in team.get("/poitiers/suivi?q=xylophone").get_data(as_text=True)


def test_a_saint_is_found_however_it_is_written(team: LintingClient, space: Space) -> None:
    structure(space, "École Saint-Georges")
    structure(space, "Garage St-Georges")
    structure(space, "Georges, traiteur")
    assert list(rows(team, "?q=st+georges")) == list(rows(team, "?q=saint-georges")) != []
    assert list(rows(team, "?q=st+georges")) == ["École Saint-Georges", "Garage St-Georges"]


def test_it_can_be_sorted(team: LintingClient, space: Space, version: QuestionnaireVersion) -> None:
    structure(space, "Élan", commune="Béruges")
    running(structure(space, "Atelier", commune="Poitiers"), version, "0.5")
    finished(structure(space, "Zinc", commune="Ligugé"), version, "debutant")
    finished(structure(space, "Fonderie", commune="Ligugé", share=Audience.NOBODY), version, "avance")
    assert list(rows(team)) == ["Atelier", "Élan", "Fonderie", "Zinc"]
    assert list(rows(team, "?tri=-nom")) == ["Zinc", "Fonderie", "Élan", "Atelier"]
    assert list(rows(team, "?tri=commune")) == ["Élan", "Fonderie", "Zinc", "Atelier"]
    assert list(rows(team, "?tri=etat")) == ["Élan", "Atelier", "Fonderie", "Zinc"]
    assert next(iter(rows(team, "?tri=-score"))) == "Zinc", "a score that is not shared has no rank"
    assert list(rows(team, "?tri=nonsense")) == list(rows(team))


def test_pages_of_50(team: LintingClient, space: Space) -> None:
    for number in range(53):
        structure(space, f"Atelier {number:02}")
    assert len(rows(team)) == 50
    assert list(rows(team, "?page=2")) == ["Atelier 50", "Atelier 51", "Atelier 52"]
    html = team.get("/poitiers/suivi?etat=pas-commence&tri=-nom").get_data(as_text=True)
    assert "etat=pas-commence&amp;tri=-nom&amp;page=2" in html


@pytest.mark.parametrize("page", ["", "/scores", "/scores/niveaux.json", "/export.csv", "/export.xlsx"])
def test_the_number_of_statements_does_not_grow(
    team: LintingClient, space: Space, version: QuestionnaireVersion, statements: list[str], page: str
) -> None:
    def add(first: int, last: int) -> None:
        for number in range(first, last):
            finished(structure(space, f"Atelier {number:02}"), version, energie="avance", dechets="debutant")

    def cost() -> int:
        statements.clear()
        assert team.get(f"/poitiers/suivi{page}").status_code == 200
        return len(statements)

    def settled() -> int:
        # A roster that has changed is read anew by the first page that shows it.
        assert cost() <= 12
        return cost()

    add(0, 5)
    few = settled()
    add(5, 15)
    assert settled() == few <= 8


ADDRESSES = [
    "/poitiers/suivi",
    "/poitiers/suivi/scores",
    "/poitiers/suivi/scores/mois.json",
    "/poitiers/suivi/export.csv",
    "/poitiers/suivi/export.xlsx",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_for_the_team_alone(client: LintingClient, space: Space, address: str) -> None:
    of_space = structure(space, "Atelier")
    assert client.get(address).status_code == 302, "a visitor is asked to sign in"
    for person in (
        MembershipFactory(organization=of_space.organization).person,
        SpaceRoleFactory(space_id=SpaceFactory().id).person,
        PersonFactory(operator=True),
    ):
        client.sign_in(person)
        assert client.get(address).status_code == 403
    for role in SpaceRoleName:
        client.sign_in(SpaceRoleFactory(space_id=space.id, role=role).person)
        assert client.get(address).status_code == 200


def test_the_menu_offers_it_to_the_team_alone(client: LintingClient, space: Space) -> None:
    entry = 'href="/poitiers/suivi"'
    assert entry not in client.get("/poitiers/annuaire").get_data(as_text=True)
    client.sign_in(SpaceRoleFactory(space_id=SpaceFactory().id).person)
    assert entry not in client.get("/poitiers/annuaire").get_data(as_text=True)
    client.sign_in(SpaceRoleFactory(space_id=space.id, role=SpaceRoleName.READER).person)
    assert entry in client.get("/poitiers/annuaire").get_data(as_text=True)


def test_another_space_counts_for_nothing(team: LintingClient, space: Space, version: QuestionnaireVersion) -> None:
    other = SpaceFactory(slug="lille")
    theirs = QuestionnaireVersionFactory(space_id=other.id)
    for number in range(6):
        finished(structure(other, f"Voisine {number}"), theirs, energie="avance")
    structure(space, "Atelier")
    assert list(rows(team)) == ["Atelier"]
    assert "Trop peu de résultats" in team.get("/poitiers/suivi/scores").get_data(as_text=True)
    assert team.get("/lille/suivi").status_code == 403
    assert "Voisine" not in team.get("/poitiers/suivi/export.csv").get_data(as_text=True)


def test_the_team_arrives_here(client: LintingClient, space: Space) -> None:
    client.sign_in(SpaceRoleFactory(space_id=space.id, role=SpaceRoleName.READER).person)
    assert client.get("/poitiers/connexion").location == "/poitiers/suivi"
    client.sign_in(SpaceRoleFactory(space_id=SpaceFactory().id).person)
    assert client.get("/poitiers/connexion").location != "/poitiers/suivi"


def test_the_team_arrives_at_the_launch_until_the_space_is_open(client: LintingClient) -> None:
    closed = SpaceFactory(slug="val-clair", opened_at=None)
    client.sign_in(SpaceRoleFactory(space_id=closed.id).person)
    assert client.get("/val-clair/connexion").location == "/val-clair/lancement"
    html = client.get("/val-clair/suivi").get_data(as_text=True)
    assert "Votre espace n’est pas encore ouvert" in html and 'href="/val-clair/lancement"' in html
    assert "sans compte" not in html
