"""Into a second territory: whoever owns a structure takes it there, its other members ask, its owners are told."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.organizations.models import MemberRole, Organization, Participation
from assett.spaces.models import Space
from tests.accounts.mailbox import last_mail, links, mails_to
from tests.factories import MembershipFactory, OrganizationFactory, ParticipationFactory, PersonFactory, SpaceFactory
from tests.linting import LintingClient
from tests.organizations.test_joining import CREATE, IDENTITY, JOIN, SIRET

ASK = f"/le-territoire/rejoindre/demande?siret={SIRET}"
MINE = "/le-territoire/structures"
HOME = "/le-territoire/"


@pytest.fixture
def person(owner: Session, space: Space, client: LintingClient) -> Person:
    person: Person = PersonFactory(name="Ana Roy")
    client.sign_in(person)
    return person


@pytest.fixture
def known(owner: Session, space: Space) -> Organization:
    """A structure of another territory."""
    known: Organization = OrganizationFactory(siret=SIRET, name="Le Fournil")
    ParticipationFactory(space_id=SpaceFactory().id, organization=known)
    return known


def here(owner: Session, space: Space) -> list[Participation]:
    owner.rollback()
    return owner.query(Participation).filter_by(space_id=space.id).all()


@pytest.mark.parametrize("role", [MemberRole.READER, MemberRole.CONTRIBUTOR])
def test_who_does_not_own_it_asks_those_who_do_by_name(
    client: LintingClient, owner: Session, space: Space, person: Person, known: Organization, role: MemberRole
) -> None:
    MembershipFactory(organization=known, person=person, role=role)
    boss = MembershipFactory(organization=known, person=PersonFactory(name="Zoé Bernard")).person
    client.get(JOIN)
    assert client.post(JOIN, data={"siret": SIRET}).location == ASK
    assert client.post(f"{CREATE}?siret={SIRET}", data=IDENTITY).location == ASK
    page = client.get(ASK).text
    assert "seuls ses responsables peuvent l’y inscrire" in page and "Zoé Bernard" in page
    assert client.post(ASK).location == HOME
    assert "Votre demande est partie à Zoé Bernard" in client.get(HOME).text
    mail = last_mail(owner, boss.email)
    assert "Ana Roy" in mail.text and mail.reply_to == person.email and ASK in mail.text
    # Once a day.
    client.post(ASK)
    assert "est déjà partie à Zoé Bernard" in client.get(HOME).text and len(mails_to(owner, boss.email)) == 1
    assert here(owner, space) == []


def test_the_owner_who_is_asked_takes_it_there_and_the_others_are_told(
    client: LintingClient, owner: Session, space: Space, person: Person, known: Organization
) -> None:
    MembershipFactory(organization=known, person=person)
    other = MembershipFactory(organization=known).person
    reader = MembershipFactory(organization=known, role=MemberRole.READER).person
    assert "C’est elle" in client.get(ASK).text and here(owner, space) == []
    answer = client.post(ASK)
    [made] = here(owner, space)
    assert answer.location == f"/le-territoire/structures/{made.id}/"
    [mail] = mails_to(owner, other.email)
    assert "Ana Roy" in mail.text and links(mail) == [f"/le-territoire/structures/{made.id}/partage"]
    assert mails_to(owner, person.email) == mails_to(owner, reader.email) == []
    client.post(ASK)
    assert len(mails_to(owner, other.email)) == 1


def test_where_it_takes_part_already_every_member_comes_in(
    client: LintingClient, owner: Session, space: Space, person: Person, known: Organization
) -> None:
    participation = ParticipationFactory(space_id=space.id, organization=known)
    MembershipFactory(organization=known, person=person, role=MemberRole.READER)
    boss = MembershipFactory(organization=known).person
    client.get(JOIN)
    answer = client.post(JOIN, data={"siret": SIRET})
    assert answer.location == f"/le-territoire/structures/{participation.id}/"
    assert client.get(ASK).location == MINE
    assert mails_to(owner, boss.email) == []


def test_letting_somebody_in_says_that_it_takes_the_structure_there(
    client: LintingClient, owner: Session, space: Space, person: Person, known: Organization
) -> None:
    MembershipFactory(organization=known, person=person)
    other = MembershipFactory(organization=known).person
    asked = MembershipFactory(organization=known, accepted_at=None)
    address = f"/le-territoire/demandes/{asked.id}"
    assert "accepter l’y inscrit" in client.get(address).text
    assert client.post(address, data={"decision": "accept", "role": "reader"}).status_code == 303
    assert len(here(owner, space)) == 1 and len(mails_to(owner, other.email)) == 1
    again = MembershipFactory(organization=known, accepted_at=None)
    assert "accepter l’y inscrit" not in client.get(f"/le-territoire/demandes/{again.id}").text


def test_where_nobody_owns_it_the_team_is_named(
    client: LintingClient, owner: Session, space: Space, person: Person, known: Organization
) -> None:
    MembershipFactory(organization=known, person=person, role=MemberRole.READER)
    for page in (client.get(ASK), client.post(ASK)):
        assert "n’a plus de responsable" in page.text and "transition@example.org" in page.text
    assert here(owner, space) == []
