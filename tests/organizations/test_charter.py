"""The charter: read by all members, signed by an owner, version after version."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assett.organizations.models import Charter, MemberRole, Participation, Pledge
from assett.spaces.models import Space
from tests.factories import CharterFactory, MembershipFactory, OrganizationFactory, ParticipationFactory, PersonFactory
from tests.linting import LintingClient


@pytest.fixture
def participation(owner: Session, space: Space, client: LintingClient) -> Participation:
    participation: Participation = ParticipationFactory(
        space_id=space.id, organization=OrganizationFactory(name="Le Fournil")
    )
    client.sign_in(
        MembershipFactory(organization=participation.organization, person=PersonFactory(name="Ana Roy")).person
    )
    return participation


@pytest.fixture
def charter(owner: Session, space: Space) -> Charter:
    charter: Charter = CharterFactory(space_id=space.id)
    return charter


def page(participation: Participation) -> str:
    return f"/le-territoire/structures/{participation.id}/charte"


def sign(client: LintingClient, participation: Participation, charter: Charter, **changes: str) -> Any:
    client.get(page(participation))
    fields = {"charter": str(charter.id), "signatory": "Ana Roy, gérante", "agreed": "y", **changes}
    return client.post(page(participation), data={name: value for name, value in fields.items() if value})


def test_an_owner_signs_and_the_page_says_who_and_when(
    client: LintingClient, owner: Session, participation: Participation, charter: Charter
) -> None:
    text = client.get(page(participation)).text
    assert "Nous <strong>agissons</strong> ensemble." in text and 'value="Ana Roy"' in text
    assert sign(client, participation, charter).location == f"/le-territoire/structures/{participation.id}/"
    [pledge] = owner.query(Pledge)
    assert (pledge.participation_id, pledge.charter_id, pledge.signatory) == (
        participation.id,
        charter.id,
        "Ana Roy, gérante",
    )
    text = client.get(page(participation)).text
    assert "Signée par Ana Roy, gérante le" in text and "Version 1, signée par Ana Roy, gérante" in text
    assert "J’ai lu la charte" not in text


def test_signing_twice_is_signing_once(
    client: LintingClient, owner: Session, participation: Participation, charter: Charter
) -> None:
    assert [sign(client, participation, charter).status_code for _ in range(2)] == [303, 303]
    assert owner.query(Pledge).count() == 1


@pytest.mark.parametrize(
    ("changes", "said"), [({"agreed": ""}, "Cochez cette case"), ({"signatory": " "}, "Indiquez qui signe")]
)
def test_a_signature_is_whole_or_refused(
    client: LintingClient,
    owner: Session,
    participation: Participation,
    charter: Charter,
    changes: dict[str, str],
    said: str,
) -> None:
    answer = sign(client, participation, charter, **changes)
    assert answer.status_code == 422 and said in answer.text
    assert owner.query(Pledge).count() == 0


@pytest.mark.parametrize("role", [MemberRole.READER, MemberRole.CONTRIBUTOR])
def test_other_members_read_it_and_learn_why_they_do_not_sign(
    client: LintingClient, owner: Session, participation: Participation, charter: Charter, role: MemberRole
) -> None:
    client.sign_in(MembershipFactory(organization=participation.organization, role=role).person)
    assert "seuls ses responsables le peuvent" in client.get(page(participation)).text
    assert sign(client, participation, charter).status_code == 404
    assert owner.query(Pledge).count() == 0


def test_a_new_version_invites_to_sign_anew_and_keeps_the_first_signature(
    client: LintingClient, owner: Session, space: Space, participation: Participation, charter: Charter
) -> None:
    sign(client, participation, charter)
    second = CharterFactory(
        space_id=space.id,
        version=2,
        published_at=datetime(2025, 1, 1, tzinfo=UTC),
        changes={"fr": "On vise plus haut."},
    )
    text = client.get(page(participation)).text
    assert "La charte a évolué" in text and "J’ai lu la charte" in text and "Version 1, signée" in text
    assert "Ce qui change : <span>On vise plus haut.</span>" in text.replace("\xa0", " ")
    assert 'href="/le-territoire/charte"' in text
    assert sign(client, participation, second).status_code == 303
    text = client.get(page(participation)).text
    assert "Version 1, signée" in text and "Version 2, signée" in text


def test_who_skipped_a_version_reads_what_changed_in_each(
    client: LintingClient, space: Space, participation: Participation, charter: Charter
) -> None:
    nobody = client.get(page(participation)).text
    sign(client, participation, charter)
    for version, changes in ((2, "On vise plus haut."), (3, "On le dit.")):
        CharterFactory(space_id=space.id, version=version, changes={"fr": changes})
    text = client.get(page(participation)).text.replace("\xa0", " ")
    assert "dans la version 2 : <span>On vise plus haut.</span>" in text
    assert "dans la version 3 : <span>On le dit.</span>" in text and "Ce qui change" not in nobody


def test_the_text_that_was_read_is_the_text_that_is_signed(
    client: LintingClient, owner: Session, space: Space, participation: Participation, charter: Charter
) -> None:
    client.get(page(participation))
    CharterFactory(space_id=space.id, version=2)
    answer = sign(client, participation, charter)
    assert answer.status_code == 422 and "La charte vient de changer" in answer.text
    assert owner.query(Pledge).count() == 0


def test_a_draft_and_a_version_to_come_are_not_shown(
    client: LintingClient, owner: Session, space: Space, participation: Participation, charter: Charter
) -> None:
    CharterFactory(space_id=space.id, version=2, published_at=None, text={"fr": "Brouillon"})
    CharterFactory(
        space_id=space.id, version=3, published_at=datetime.now(UTC) + timedelta(days=1), text={"fr": "Demain"}
    )
    assert "agissons" in client.get(page(participation)).text


def test_without_a_charter_there_is_nothing_to_sign(
    client: LintingClient, owner: Session, participation: Participation
) -> None:
    answer = client.get(page(participation))
    assert answer.location == f"/le-territoire/structures/{participation.id}/"
    assert "Charte" not in client.get(f"/le-territoire/structures/{participation.id}/membres").text


def test_the_charter_speaks_the_language_of_the_page(
    client: LintingClient, space: Space, participation: Participation, charter: Charter
) -> None:
    client.get(page(participation))
    client.post("/langue", data={"language": "en"})
    assert "We <strong>act</strong> together." in client.get(page(participation)).text
    CharterFactory(space_id=space.id, version=2, text={"fr": "En français seulement."})
    assert "En français seulement." in client.get(page(participation)).text


def test_the_page_costs_the_same_after_many_versions(
    client: LintingClient, owner: Session, space: Space, participation: Participation, statements: list[str]
) -> None:
    costs = []
    for versions in (range(1, 3), range(3, 9)):
        for version in versions:
            sign(client, participation, CharterFactory(space_id=space.id, version=version))
        client.get(page(participation))
        statements.clear()
        client.get(page(participation))
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 12
