"""A structure that nobody owns any more: the team of a space where it takes part answers who asks to join it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.core import jobs
from assett.organizations.models import MemberRole, Membership, Organization, Participation
from assett.spaces.models import Space
from tests.accounts.mailbox import last_mail, links, mails_to
from tests.factories import (
    PASSWORD,
    MembershipFactory,
    OrganizationFactory,
    ParticipationFactory,
    PersonFactory,
    SpaceFactory,
    SpaceRoleFactory,
    with_password,
)
from tests.linting import LintingClient
from tests.organizations.test_joining import SIRET

ASK = f"/le-territoire/rejoindre/demande?siret={SIRET}"
MINE = "/le-territoire/structures"
LONG_AGO = datetime(2025, 3, 3, tzinfo=UTC)


@pytest.fixture
def person(owner: Session, space: Space, client: LintingClient) -> Person:
    person: Person = PersonFactory(name="Ana Roy")
    client.sign_in(person)
    return person


@pytest.fixture
def poitiers(owner: Session, space: Space) -> Space:
    made: Space = SpaceFactory(slug="poitiers", name="Grand Poitiers", programme="Acteurs engagés")
    return made


@pytest.fixture
def orphan(owner: Session, poitiers: Space) -> Organization:
    """Of another territory, and of nobody."""
    known: Organization = OrganizationFactory(siret=SIRET, name="Atelier Orphelin")
    ParticipationFactory(space_id=poitiers.id, organization=known)
    return known


def of_team(app: Flask, space: Space) -> tuple[Any, Person]:
    host: Person = SpaceRoleFactory(space_id=space.id).person
    visitor = app.test_client()
    visitor.sign_in(host)
    return visitor, host


def test_the_team_of_the_space_where_it_takes_part_is_asked_and_can_answer(
    client: LintingClient,
    app: Flask,
    owner: Session,
    space: Space,
    person: Person,
    poitiers: Space,
    orphan: Organization,
) -> None:
    here, host_here = of_team(app, space)
    there, host_there = of_team(app, poitiers)
    page = client.get(ASK).text.replace("\xa0", " ")
    assert "« Acteurs engagés », Grand Poitiers, dont l’équipe recevra un courriel" in page
    assert "l’équipe de cet espace" not in page
    assert client.post(ASK).location == MINE
    assert "« Acteurs engagés », Grand Poitiers, où elle participe" in client.get(MINE).text.replace("\xa0", " ")
    asked = owner.query(Membership).one()
    assert mails_to(owner, host_here.email) == []
    [mail] = mails_to(owner, host_there.email)
    assert links(mail) == [f"/poitiers/demandes/{asked.id}"] and "Acteurs engagés, Grand Poitiers" in mail.text
    assert here.get(f"/le-territoire/demandes/{asked.id}").status_code == 404
    assert here.get(f"/poitiers/demandes/{asked.id}").status_code == 404
    assert "n’a plus de responsable" in there.get(f"/poitiers/demandes/{asked.id}").text
    assert there.post(f"/poitiers/demandes/{asked.id}", data={"decision": "accept"}).status_code == 303
    # Its owner from now on, and free to take it along.
    owner.refresh(asked)
    assert asked.role == MemberRole.OWNER
    assert last_mail(owner, person.email).subject.startswith("Vous avez rejoint")
    assert client.post(ASK).status_code == 303
    assert {each.space_id for each in owner.query(Participation)} == {space.id, poitiers.id}


def test_a_reminder_goes_to_the_same_team(
    client: LintingClient,
    app: Flask,
    owner: Session,
    space: Space,
    person: Person,
    poitiers: Space,
    orphan: Organization,
) -> None:
    _, host = of_team(app, poitiers)
    asked = MembershipFactory(organization=orphan, person=person, accepted_at=None, requested_at=LONG_AGO)
    client.get(MINE)
    assert client.post(f"/le-territoire/demandes/{asked.id}/relancer").location == MINE
    assert links(last_mail(owner, host.email)) == [f"/poitiers/demandes/{asked.id}"]


def test_the_first_of_several_spaces_that_has_a_team_answers(
    client: LintingClient,
    app: Flask,
    owner: Session,
    space: Space,
    person: Person,
    poitiers: Space,
    orphan: Organization,
) -> None:
    niort = SpaceFactory(slug="niort", name="Niort")
    ParticipationFactory(space_id=niort.id, organization=orphan)
    _, host = of_team(app, niort)
    assert "Niort, dont l’équipe" in client.get(ASK).text
    client.post(ASK)
    assert len(mails_to(owner, host.email)) == 1


def test_where_no_team_can_answer_nothing_is_asked(
    client: LintingClient, owner: Session, space: Space, person: Person, orphan: Organization
) -> None:
    SpaceRoleFactory(space_id=space.id)
    page = client.get(ASK).text
    assert "aucune équipe ne peut encore vous répondre" in page and "transition@example.org" in page
    assert "Demander à rejoindre" not in page
    refused = client.post(ASK)
    assert refused.status_code == 422 and "Personne ne peut vous répondre" in refused.text
    owner.commit()
    assert owner.query(Membership).count() == 0
    # Nor sent again, for one that waits since before.
    asked = MembershipFactory(organization=orphan, person=person, accepted_at=None, requested_at=LONG_AGO)
    client.post(f"/le-territoire/demandes/{asked.id}/relancer")
    assert "aucune équipe ne peut encore vous répondre" in client.get(MINE).text
    owner.refresh(asked)
    assert asked.reminded_at is None


def test_one_that_takes_part_nowhere_falls_to_the_team_that_is_near(
    client: LintingClient, app: Flask, owner: Session, space: Space, person: Person
) -> None:
    OrganizationFactory(siret=SIRET)
    here, host = of_team(app, space)
    client.get(ASK)
    client.post(ASK)
    [address] = links(last_mail(owner, host.email))
    here.get(address)
    assert here.post(address, data={"decision": "accept"}).status_code == 303
    [made] = owner.query(Participation)
    assert made.space_id == space.id


def test_a_request_that_waits_when_the_last_owner_leaves_goes_to_the_team(
    client: LintingClient, app: Flask, owner: Session, space: Space, poitiers: Space, orphan: Organization
) -> None:
    asker = PersonFactory(name="Ana Roy")
    asked = MembershipFactory(organization=orphan, person=asker, accepted_at=None)
    _, host_here = of_team(app, space)
    there, host_there = of_team(app, poitiers)
    leaving = with_password()
    MembershipFactory(organization=orphan, person=leaving)
    client.sign_in(leaving)
    client.get("/le-territoire/mon-compte/suppression")
    sent = client.post("/le-territoire/mon-compte/suppression", data={"current_password": PASSWORD, "sure": "y"})
    assert sent.status_code == 303
    jobs.drain(app)
    [mail] = mails_to(owner, host_there.email)
    assert "Ana Roy" in mail.text and links(mail) == [f"/poitiers/demandes/{asked.id}"]
    assert mails_to(owner, host_here.email) == []
    assert there.get(f"/poitiers/demandes/{asked.id}").status_code == 200
