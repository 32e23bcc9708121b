"""One's own account: name, language, address, data, and leaving."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import Person, SpaceRole, SpaceRoleName
from assett.assessments.models import Answer
from assett.core import jobs
from assett.organizations.models import Charter, MemberRole, Membership, Pledge
from assett.spaces.models import Space
from tests.accounts.mailbox import aged_token, last_mail, links, mails_to
from tests.factories import (
    PASSWORD,
    AssessmentFactory,
    MembershipFactory,
    ParticipationFactory,
    QuestionnaireVersionFactory,
    SpaceFactory,
    SpaceRoleFactory,
    with_password,
)
from tests.linting import LintingClient

ACCOUNT = "/le-territoire/mon-compte"
ADDRESS = f"{ACCOUNT}/adresse"
DELETION = f"{ACCOUNT}/suppression"


@pytest.fixture
def person(owner: Session, space: Space, client: LintingClient) -> Person:
    person = with_password(name="Ana Roy", email="ana@example.org")
    client.sign_in(person)
    return person


@pytest.mark.parametrize("page", ["", "/mot-de-passe", "/adresse", "/donnees", "/suppression"])
def test_every_page_asks_a_visitor_to_sign_in(client: LintingClient, owner: Session, space: Space, page: str) -> None:
    answer = client.get(ACCOUNT + page)
    assert answer.status_code == 302 and answer.location.startswith("/le-territoire/connexion?next=")
    assert client.get("/mon-compte" + page).location.startswith("/connexion?next=")


def test_name_and_language_are_edited(client: LintingClient, owner: Session, person: Person) -> None:
    client.get(ACCOUNT)
    assert client.post(ACCOUNT, data={"name": " Ana  Roy-Petit ", "language": "en"}).status_code == 303
    owner.refresh(person)
    assert (person.name, person.language) == ("Ana Roy-Petit", "en")
    assert '<html lang="en"' in client.get(ACCOUNT).text
    elsewhere = client.application.test_client()
    elsewhere.sign_in(person)
    assert '<html lang="en"' in elsewhere.get(ACCOUNT).text


@pytest.mark.parametrize("data", [{"name": "", "language": "fr"}, {"name": "Ana", "language": "xx"}])
def test_a_refused_edit_changes_nothing(
    client: LintingClient, owner: Session, person: Person, data: dict[str, str]
) -> None:
    client.get(ACCOUNT)
    assert client.post(ACCOUNT, data=data).status_code == 422
    owner.refresh(person)
    assert (person.name, person.language) == ("Ana Roy", None)


def change_address(client: LintingClient, email: str, password: str = PASSWORD) -> Any:
    client.get(ADDRESS)
    return client.post(ADDRESS, data={"email": email, "current_password": password})


def test_a_new_address_counts_once_it_is_confirmed_and_the_old_one_is_told(
    client: LintingClient, owner: Session, person: Person
) -> None:
    assert change_address(client, "Nouvelle@example.org").status_code == 303
    owner.refresh(person)
    assert person.email == "ana@example.org"
    [link] = links(last_mail(owner, "nouvelle@example.org"))
    visitor = client.application.test_client()
    visitor.get(link)
    assert visitor.post(link).status_code == 303
    owner.refresh(person)
    assert person.email == "nouvelle@example.org"
    told = last_mail(owner, "ana@example.org")
    assert "nouvelle@example.org" in told.text and "transition@example.org" in told.text
    assert visitor.get(link).status_code == 410


def test_a_new_address_asks_for_the_password(client: LintingClient, owner: Session, person: Person) -> None:
    assert change_address(client, "nouvelle@example.org", "pas le bon mot de passe").status_code == 422
    assert mails_to(owner, "nouvelle@example.org") == []


def test_asking_for_a_taken_address_looks_the_same_and_mails_its_owner(
    client: LintingClient, owner: Session, person: Person
) -> None:
    taken = with_password(email="prise@example.org")
    assert change_address(client, taken.email).status_code == 303
    assert last_mail(owner, taken.email).subject == "Vous avez déjà un compte"


def test_an_address_taken_meanwhile_is_refused(client: LintingClient, owner: Session, person: Person) -> None:
    change_address(client, "nouvelle@example.org")
    [link] = links(last_mail(owner, "nouvelle@example.org"))
    with_password(email="nouvelle@example.org")
    client.get(link)
    answer = client.post(link)
    assert answer.status_code == 422 and "sert déjà" in answer.text


def test_a_link_to_a_new_address_lasts_a_day(app: Flask, client: LintingClient, owner: Session, person: Person) -> None:
    for hours, status in ((25, 410), (23, 200)):
        token = aged_token(
            app, "address", timedelta(hours=hours), person=person.id, old=person.email, new="n@example.org"
        )
        assert client.get(f"{ADDRESS}/{token}").status_code == status


def test_my_data_holds_what_every_space_keeps_of_me_and_of_nobody_else(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    other_space, other_person = SpaceFactory(slug="l-autre"), with_password(name="Bob Petit")
    for where, who in ((space, person), (other_space, person), (other_space, other_person)):
        participation = ParticipationFactory(space_id=where.id)
        MembershipFactory(organization=participation.organization, person=who)
        charter = owner.scalars(select(Charter).where(Charter.space_id == where.id)).one_or_none() or Charter(
            space_id=where.id, version=1, title={}, text={}, published_at=datetime(2024, 1, 1, tzinfo=UTC)
        )
        owner.add(charter)
        owner.flush()
        owner.add(
            Pledge(
                space_id=where.id,
                participation_id=participation.id,
                charter_id=charter.id,
                person_id=who.id,
                signatory=who.name,
            )
        )
        SpaceRoleFactory(space_id=where.id, person=who)
    owner.commit()
    answer = client.get(f"{ACCOUNT}/donnees")
    assert answer.mimetype == "application/json" and "attachment" in answer.headers["Content-Disposition"]
    data = answer.json
    assert data["compte"]["adresse"] == "ana@example.org"
    assert set(data["espaces"]) == {"le-territoire", "l-autre"}
    assert [len(data["espaces"][slug]["engagements"]) for slug in ("le-territoire", "l-autre")] == [1, 1]
    assert data["espaces"]["l-autre"]["role"] == "manager"
    assert len(data["structures"]) == 2
    assert "Bob" not in answer.text and "argon2" not in answer.text and person.stamp not in answer.text


def delete(client: LintingClient, password: str = PASSWORD, **more: str) -> Any:
    client.get(DELETION)
    return client.post(DELETION, data={"current_password": password, "sure": "y", **more})


def test_a_deleted_account_is_gone_everywhere(
    app: Flask, client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    SpaceRoleFactory(space_id=SpaceFactory(slug="l-autre").id, person=person, role=SpaceRoleName.READER)
    elsewhere = client.application.test_client()
    elsewhere.sign_in(person)
    assert delete(client).status_code == 303
    assert elsewhere.get(ACCOUNT).status_code == 302
    assert "ana@example.org" not in {row.email for row in owner.query(Person).populate_existing()}
    jobs.drain(app)
    owner.commit()
    assert owner.query(Person).count() == 0 and owner.query(SpaceRole).count() == 0
    assert last_mail(owner, "ana@example.org").subject == "Votre compte est supprimé"


def test_a_charter_stays_signed_when_its_signatory_leaves(
    app: Flask, client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    participation = ParticipationFactory(space_id=space.id)
    MembershipFactory(organization=participation.organization, person=person)
    charter = Charter(space_id=space.id, version=1, title={}, text={}, published_at=datetime(2024, 1, 1, tzinfo=UTC))
    owner.add(charter)
    owner.flush()
    owner.add(
        Pledge(
            space_id=space.id,
            participation_id=participation.id,
            charter_id=charter.id,
            person_id=person.id,
            signatory="Ana Roy",
        )
    )
    owner.commit()
    delete(client)
    jobs.drain(app)
    owner.expire_all()
    owner.commit()
    [pledge] = owner.query(Pledge)
    assert (pledge.person_id, pledge.signatory) == (None, "Ana Roy")
    assert owner.query(Membership).count() == 0


@pytest.mark.parametrize(("password", "sure"), [("pas le bon mot de passe", "y"), (PASSWORD, "")])
def test_deletion_asks_for_the_password_and_for_a_yes(
    client: LintingClient, owner: Session, person: Person, password: str, sure: str
) -> None:
    client.get(DELETION)
    data = {"current_password": password} | ({"sure": sure} if sure else {})
    assert client.post(DELETION, data=data).status_code == 422
    owner.refresh(person)
    assert person.email == "ana@example.org"


def test_the_last_owner_of_a_shared_structure_hands_over_first(
    client: LintingClient, owner: Session, person: Person
) -> None:
    own = MembershipFactory(person=person)
    own.organization.name = "Le Fournil"
    other = MembershipFactory(organization=own.organization, role=MemberRole.CONTRIBUTOR)
    owner.commit()
    answer = delete(client)
    assert answer.status_code == 422 and "Le Fournil n’a que vous comme responsable" in answer.text
    other.role = MemberRole.OWNER
    owner.commit()
    assert delete(client).status_code == 303


def test_sign_ups_never_confirmed_are_forgotten_after_a_month(
    app: Flask, client: LintingClient, owner: Session
) -> None:
    now = datetime.now(UTC)
    old, recent = (with_password(confirmed_at=None, created_at=now - timedelta(days=days)) for days in (31, 29))
    kept = with_password(created_at=now - timedelta(days=400))
    jobs.enqueue(owner, "accounts.sweep")
    owner.commit()
    jobs.drain(app)
    owner.commit()
    assert {person.id for person in owner.scalars(select(Person))} == {recent.id, kept.id}
    assert old.id not in {recent.id, kept.id}


def test_a_page_of_the_account_takes_few_statements(
    client: LintingClient, owner: Session, person: Person, statements: list[str]
) -> None:
    client.get(ACCOUNT)
    statements.clear()
    client.get(ACCOUNT)
    assert 0 < len(statements) <= 12


def test_a_completed_assessment_keeps_its_answers_without_the_name(
    app: Flask, client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    participation = ParticipationFactory(space_id=space.id)
    MembershipFactory(organization=participation.organization, person=person)
    assessment = AssessmentFactory(
        space_id=space.id,
        participation_id=participation.id,
        version_id=QuestionnaireVersionFactory(space_id=space.id).id,
        started_by=person.id,
    )
    answer = Answer(
        space_id=space.id,
        assessment_id=assessment.id,
        question="tri",
        value={"v": "oui"},
        author_id=person.id,
        author="Ana Roy",
    )
    owner.add(answer)
    owner.commit()
    assessment.completed_at, assessment.latest = datetime(2026, 3, 1, tzinfo=UTC), True
    owner.commit()
    assert delete(client).status_code == 303
    # The letter, the account, the structure that it leaves without a member.
    assert jobs.drain(app) == 3
    owner.expire_all()
    owner.commit()
    kept = owner.query(Answer).one()
    assert (kept.value, kept.author, kept.author_id) == ({"v": "oui"}, "", None)
    assert owner.query(Person).all() == []
    assert owner.query(jobs.Job).filter(jobs.Job.done_at.is_(None)).count() == 0
