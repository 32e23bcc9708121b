"""Two structures of one name among somebody's own: wherever they choose or read, it is said which is meant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.accounts.passwords import hashed
from assett.organizations.models import MemberRole, Organization, OrganizationKind, Participation
from assett.organizations.naming import told_apart
from tests.accounts.mailbox import last_mail, links
from tests.assessments.arranging import Place, place, running
from tests.assessments.test_attach import attach, trial_of
from tests.assessments.test_reread import page_of
from tests.factories import (
    PASSWORD,
    MembershipFactory,
    OrganizationFactory,
    ParticipationFactory,
    PersonFactory,
    SpaceFactory,
    SpaceRoleFactory,
)
from tests.linting import LintingClient
from tests.organizations.test_namesakes import plain

NAME = "Jumeau Bois"


def structure(id: int, name: str = NAME, **fields: str | None) -> Organization:
    told = {"commune": "Poitiers", "activity": "Menuiserie", "siret": None} | fields
    day = datetime(2026, 3, id, 12, tzinfo=UTC)
    return Organization(id=id, name=name, kind=OrganizationKind.COMPANY, created_at=day, **told)


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ([{"name": "Autre Bois"}], [NAME, "Autre Bois"]),
        ([{"name": "JUMEAU BOIS", "commune": "Chauvigny"}], [f"{NAME}, Poitiers", "JUMEAU BOIS, Chauvigny"]),
        ([{"commune": ""}], [f"{NAME}, Poitiers", NAME]),
        # No more is said than is needed: the one in Chauvigny has no other there.
        (
            [{"activity": "Scierie"}, {"commune": "Chauvigny"}],
            [f"{NAME}, Poitiers, Menuiserie", f"{NAME}, Poitiers, Scierie", f"{NAME}, Chauvigny"],
        ),
        ([{"siret": "73282932000074"}], [NAME, f"{NAME}, SIRET finissant par 00074"]),
        ([{}], [f"{NAME}, inscrite le 1er mars 2026", f"{NAME}, inscrite le 2 mars 2026"]),
    ],
)
def test_as_few_facts_as_tell_them_apart(app: Flask, others: list[dict[str, str]], said: list[str]) -> None:
    with app.test_request_context():
        found = [structure(1), *(structure(number, **each) for number, each in enumerate(others, start=2))]
        assert [plain(each) for each in told_apart(found).values()] == said


def test_even_twins_of_one_day_have_a_name_each(app: Flask) -> None:
    first, second = structure(1), structure(1)
    second.id = 2
    with app.test_request_context():
        assert len(set(told_apart([first, second]).values())) == 2


@pytest.fixture
def where(owner: Session) -> Place:
    """The two of one person: in Poitiers, and in Chauvigny."""
    where = place()
    where.participation.organization.name = NAME
    twin = OrganizationFactory(name=NAME, commune="Chauvigny")
    ParticipationFactory(space_id=where.space.id, organization=twin)
    MembershipFactory(organization=twin, person=where.person)
    owner.commit()
    return where


def test_the_one_to_attach_to_is_chosen_by_its_commune(client: LintingClient, owner: Session, where: Place) -> None:
    url = trial_of(client, where, where.person)
    page = page_of(client, f"{url}resultat")
    assert f">{NAME}, Poitiers</option>" in page and f">{NAME}, Chauvigny</option>" in page
    here = running(where)
    # One is taken: the other is offered, and both are told apart, here and where the choice is refused.
    page = plain(page_of(client, where.url("structures")))
    assert f"Rattacher à « {NAME}, Chauvigny »" in page
    assert f"« {NAME}, Poitiers » a déjà une auto-évaluation en cours" in page
    refused = plain(attach(client, url, where.participation).get_data(as_text=True))
    assert f"« {NAME}, Poitiers » a déjà commencé" in refused and f"Rattacher à « {NAME}, Chauvigny »" in refused
    owner.delete(here)
    owner.commit()
    page = plain(page_of(client, attach(client, url, where.participation).location))
    assert f"l’auto-évaluation de votre structure, {NAME}, Poitiers." in page
    assert f"{NAME}, Poitiers" in page_of(client, url)


def test_pages_of_one_s_own_structures_say_which(client: LintingClient, owner: Session, where: Place) -> None:
    client.sign_in(where.person)
    page = page_of(client, where.url("structures"))
    assert all(f">{NAME}, {commune}</a>" in page for commune in ("Poitiers", "Chauvigny"))
    assert f"{NAME}, Poitiers" in page_of(client, where.url(f"structures/{where.participation.id}/membres"))
    page = plain(page_of(client, where.url("mon-compte/suppression")))
    for commune in ("Poitiers", "Chauvigny"):
        assert f"{NAME}, {commune} n’a que vous comme membre" in page
        assert f"({NAME}, {commune})" in page


def test_what_stands_in_the_way_of_deleting_an_account_says_of_which(
    client: LintingClient, owner: Session, where: Place
) -> None:
    MembershipFactory(organization=where.participation.organization, role=MemberRole.READER)
    where.person.password_hash = hashed(PASSWORD)
    owner.commit()
    client.sign_in(where.person)
    door = where.url("mon-compte/suppression")
    client.get(door)
    refused = client.post(door, data={"current_password": PASSWORD, "sure": "y"})
    assert refused.status_code == 422 and f"{NAME}, Poitiers n’a que vous comme responsable" in plain(refused.text)


def test_who_has_one_alone_reads_its_name(client: LintingClient, owner: Session, where: Place) -> None:
    colleague = PersonFactory()
    MembershipFactory(organization=where.participation.organization, person=colleague)
    client.sign_in(colleague)
    page = page_of(client, where.url("structures"))
    assert f">{NAME}</a>" in page and f"{NAME}, Poitiers" not in page


def test_at_the_platform_s_door_namesakes_of_two_spaces_are_told_apart(
    client: LintingClient, owner: Session, where: Place
) -> None:
    person: Person = PersonFactory()
    elsewhere = SpaceFactory(slug="ailleurs", name="Ailleurs")
    far = OrganizationFactory(name=NAME, commune="Lusignan")
    both = OrganizationFactory(name="Abeille")
    for organization in (where.participation.organization, far, both):
        MembershipFactory(organization=organization, person=person)
    for organization in (far, both):
        ParticipationFactory(space_id=elsewhere.id, organization=organization)
    client.sign_in(person)
    page = plain(page_of(client, "/"))
    assert f"Vos structures : Abeille · {NAME}, Lusignan<" in page and f"Votre structure : {NAME}, Poitiers<" in page


def test_two_requests_for_namesakes_are_told_apart(client: LintingClient, owner: Session, where: Place) -> None:
    asker: Person = PersonFactory()
    twins = [where.participation.organization, OrganizationFactory(name=NAME, commune="Lusignan")]
    for twin in twins:
        MembershipFactory(organization=twin, person=asker, accepted_at=None)
    client.sign_in(asker)
    page = page_of(client, where.url("structures"))
    assert f"<p>{NAME}, Poitiers<br>" in page and f"<p>{NAME}, Lusignan<br>" in page


def test_a_mail_to_who_owns_both_says_which(client: LintingClient, owner: Session, where: Place) -> None:
    client.sign_in(PersonFactory(name="Ana Roy"))
    address = where.url(f"rejoindre/demande?nom={NAME}&commune=Poitiers")
    client.get(address)
    assert client.post(address).status_code == 303
    assert f"Ana Roy souhaite rejoindre {NAME}, Poitiers" in str(last_mail(owner, where.person.email).subject)


def test_invitations_to_two_of_one_name_say_which(client: LintingClient, owner: Session, where: Place) -> None:
    client.sign_in(where.person)
    for each in owner.query(Participation).filter_by(space_id=where.space.id):
        url = where.url(f"structures/{each.id}/membres")
        client.get(url)
        assert client.post(url, data={"email": "ami@example.org", "role": "reader"}).status_code == 303
        commune = owner.get_one(Organization, each.organization_id).commune
        mail = last_mail(owner, "ami@example.org")
        assert mail.subject == f"Rejoignez {NAME}, {commune}" and f"rejoindre {NAME}, {commune} pour" in mail.text
        [link] = links(mail)
        assert f"Rejoindre {NAME}, {commune}" in plain(page_of(client, link))


def test_the_team_that_answers_for_one_of_two_reads_which(client: LintingClient, owner: Session, where: Place) -> None:
    host = SpaceRoleFactory(space_id=where.space.id).person
    orphan = OrganizationFactory(name=NAME, commune="Lusignan")
    ParticipationFactory(space_id=where.space.id, organization=orphan)
    client.sign_in(PersonFactory(name="Ana Roy"))
    address = where.url(f"rejoindre/demande?nom={NAME}&commune=Lusignan")
    client.get(address)
    assert client.post(address).status_code == 303
    mail = last_mail(owner, host.email)
    assert mail.subject == f"Ana Roy souhaite rejoindre {NAME}, Lusignan"
    client.sign_in(host)
    assert f"rejoindre {NAME}, Lusignan" in plain(page_of(client, links(mail)[0]))
