"""What a structure says of itself, what it shares, and the list of one's structures."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from assett.core.audit import AuditEntry
from assett.organizations.models import Audience, MemberRole, OrganizationKind, Participation, WorkforceBand
from assett.spaces.models import Space
from tests.factories import MembershipFactory, OrganizationFactory, ParticipationFactory, PersonFactory, SpaceFactory
from tests.linting import LintingClient

SIRET = "73282932000074"
IDENTITY = {
    "name": "Le Fournil d’Ana",
    "kind": "association",
    "activity": "Fournil partagé",
    "sector": "industrie",
    "workforce": "10-49",
    "commune": "Ligugé",
    "website": "https://fournil.example/ana",
}


@pytest.fixture
def participation(owner: Session, space: Space, client: LintingClient) -> Participation:
    participation: Participation = ParticipationFactory(
        space_id=space.id, organization=OrganizationFactory(name="Le Fournil", workforce=WorkforceBand.FEW)
    )
    client.sign_in(MembershipFactory(organization=participation.organization).person)
    return participation


def page(participation: Participation, path: str) -> str:
    return f"/le-territoire/structures/{participation.id}/{path}"


def test_identity_is_edited(client: LintingClient, owner: Session, participation: Participation) -> None:
    path = page(participation, "identite")
    assert 'value="Le Fournil"' in client.get(path).text
    assert client.post(path, data=IDENTITY).status_code == 303
    organization = participation.organization
    owner.refresh(organization)
    assert (organization.name, organization.kind, organization.workforce) == (
        "Le Fournil d’Ana",
        OrganizationKind.ASSOCIATION,
        WorkforceBand.SMALL,
    )
    assert (organization.commune, organization.website) == ("Ligugé", "https://fournil.example/ana")


def test_a_refused_edit_keeps_what_was_typed_and_changes_nothing(
    client: LintingClient, owner: Session, participation: Participation
) -> None:
    path = page(participation, "identite")
    client.get(path)
    answer = client.post(path, data={**IDENTITY, "commune": ""})
    assert answer.status_code == 422 and "Le Fournil d’Ana" in answer.text
    owner.refresh(participation.organization)
    assert participation.organization.name == "Le Fournil"


def test_a_siret_is_given_once_and_never_changed(
    client: LintingClient, owner: Session, participation: Participation
) -> None:
    path = page(participation, "identite")
    client.get(path)
    assert client.post(path, data={**IDENTITY, "siret": "732 829 320 00074"}).status_code == 303
    assert "732\u00a0829\u00a0320\u00a000074" in client.get(path).text
    client.post(path, data={**IDENTITY, "siret": "35600000049837"})
    owner.refresh(participation.organization)
    assert participation.organization.siret == SIRET


def test_a_siret_that_another_structure_bears_is_refused(
    client: LintingClient, owner: Session, participation: Participation
) -> None:
    OrganizationFactory(siret=SIRET)
    path = page(participation, "identite")
    client.get(path)
    answer = client.post(path, data={**IDENTITY, "siret": SIRET})
    assert answer.status_code == 422 and "déjà inscrite avec ce SIRET" in answer.text


@pytest.mark.parametrize("path", ["identite", "partage"])
@pytest.mark.parametrize("role", [MemberRole.READER, MemberRole.CONTRIBUTOR])
def test_these_pages_are_an_owner_s(
    client: LintingClient, owner: Session, participation: Participation, path: str, role: MemberRole
) -> None:
    client.sign_in(MembershipFactory(organization=participation.organization, role=role).person)
    client.get(page(participation, "membres"))
    assert client.get(page(participation, path)).status_code == 404
    assert client.post(page(participation, path), data=IDENTITY).status_code == 404


def test_nothing_is_shared_at_first_and_all_can_be_taken_back(
    client: LintingClient, owner: Session, participation: Participation
) -> None:
    path = page(participation, "partage")
    assert client.get(path).text.count("checked") == 2
    assert (participation.share_scores, participation.share_answers) == (Audience.NOBODY, Audience.NOBODY)
    for scores, answers in (("authority", "authority"), ("nobody", "nobody")):
        assert client.post(path, data={"scores": scores, "answers": answers}).status_code == 303
        owner.refresh(participation)
        assert (participation.share_scores, participation.share_answers) == (scores, answers)
    assert owner.query(AuditEntry).filter_by(action="sharing.changed").count() == 2


@pytest.mark.parametrize("data", [{"scores": "authority"}, {"scores": "authority", "answers": "public"}, {}])
def test_answers_go_to_the_collectivite_at_most(
    client: LintingClient, owner: Session, participation: Participation, data: dict[str, str]
) -> None:
    path = page(participation, "partage")
    client.get(path)
    assert client.post(path, data=data).status_code == 422
    owner.refresh(participation)
    assert participation.share_answers == Audience.NOBODY


def test_my_structures_are_those_of_this_space(client: LintingClient, owner: Session, space: Space) -> None:
    person = PersonFactory()
    client.sign_in(person)
    assert "Aucune structure" in client.get("/le-territoire/structures").text
    for where, name in ((space, "Ici"), (SpaceFactory(), "Ailleurs")):
        participation = ParticipationFactory(
            space_id=where.id, organization=OrganizationFactory(name=f"Fournil {name}")
        )
        MembershipFactory(organization=participation.organization, person=person, role=MemberRole.READER)
    text = client.get("/le-territoire/structures").text
    assert "Fournil Ici" in text and "Fournil Ailleurs" not in text and "Lecture" in text


def test_my_structures_cost_the_same_when_many(
    client: LintingClient, owner: Session, space: Space, statements: list[str]
) -> None:
    person = PersonFactory()
    client.sign_in(person)
    costs = []
    for count in (2, 6):
        for _ in range(count):
            participation = ParticipationFactory(space_id=space.id)
            MembershipFactory(organization=participation.organization, person=person)
            MembershipFactory(person=person, accepted_at=None)
        client.get("/le-territoire/structures")
        statements.clear()
        client.get("/le-territoire/structures")
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 12
