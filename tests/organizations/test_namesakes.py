"""Structures of one name: told apart, joined each for itself, and never taken one for the other."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from assett.accounts.models import Person, SpaceRoleName
from assett.organizations.models import MemberRole, Membership, Organization, Participation
from assett.spaces.models import Space
from tests.accounts.mailbox import last_mail, mails_to
from tests.factories import (
    MembershipFactory,
    OrganizationFactory,
    ParticipationFactory,
    PersonFactory,
    SpaceFactory,
    SpaceRoleFactory,
)
from tests.linting import LintingClient
from tests.organizations.test_joining import CREATE, IDENTITY, SIRET, create

ASK = "/le-territoire/rejoindre/demande"
MINE = "/le-territoire/structures"


@pytest.fixture
def person(owner: Session, space: Space, client: LintingClient) -> Person:
    person: Person = PersonFactory(name="Ana Roy")
    client.sign_in(person)
    return person


def owned(person: Person, role: MemberRole = MemberRole.OWNER, **fields: Any) -> Organization:
    made: Organization = OrganizationFactory(
        **{"name": "Le Fournil de Zoé", "commune": "Poitiers", "siret": None} | fields
    )
    MembershipFactory(organization=made, person=person, role=role)
    return made


def actions(page: str, part: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(rf'action="([^"]*{part}[^"]*)"', page)]


def plain(page: str) -> str:
    return page.replace("\xa0", " ")


def test_the_same_name_in_another_commune_is_another_structure(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    first = create(client, "", activity="Boulangerie")
    second = create(client, "", name="le fournil de zoé", commune="Chauvigny", activity="Vente à la ferme")
    assert (first.status_code, second.status_code) == (303, 303) and first.location != second.location
    told = {(each.commune, each.activity) for each in owner.query(Organization)}
    assert told == {("Poitiers", "Boulangerie"), ("Chauvigny", "Vente à la ferme")}
    assert owner.query(Participation).count() == 2


@pytest.mark.parametrize("name", ["Le Fournil de Zoé", "LE FOURNIL DE ZOE", "Le fournil-de-Zoé"])
def test_one_s_own_of_the_same_commune_is_asked_about(
    client: LintingClient, owner: Session, space: Space, person: Person, name: str
) -> None:
    """Neither taken for granted nor lost: what was typed of it says something else."""
    assert create(client, "").status_code == 303
    [known] = owner.query(Participation)
    asked = create(client, "", name=name, activity="Salon de thé")
    assert asked.status_code == 409 and "Vous en êtes déjà membre" in asked.text and "Salon de thé" in asked.text
    assert f'href="/le-territoire/structures/{known.id}/"' in asked.text and not actions(asked.text, "/demande")
    [again] = actions(asked.text, "distincte=1")
    typed = {**IDENTITY, "name": name, "activity": "Salon de thé"}
    sent = [client.post(again, data=typed) for _ in range(2)]
    assert [each.status_code for each in sent] == [303, 303] and sent[0].location == sent[1].location
    assert sorted(each.activity for each in owner.query(Organization)) == ["Boulangerie-pâtisserie", "Salon de thé"]


def test_it_is_another_one_even_in_the_same_words(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    create(client, "")
    owner.query(Organization).one().created_at = datetime.now(UTC) - timedelta(days=1)
    owner.commit()
    sent = [client.post(f"{CREATE}?distincte=1", data=IDENTITY) for _ in range(2)]
    assert sent[0].location == sent[1].location
    assert owner.query(Organization).count() == 2


def test_one_s_own_from_elsewhere_comes_along(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    mine = owned(person)
    ParticipationFactory(space_id=SpaceFactory().id, organization=mine)
    asked = create(client, "")
    assert asked.status_code == 409 and "Vous l’avez déjà inscrite" in plain(asked.text)
    [come] = [html.unescape(each) for each in re.findall(r'href="([^"]*/demande[^"]*)"', asked.text)]
    assert "Participer à cet espace" in client.get(come).text
    assert client.post(come).status_code == 303
    [here] = owner.query(Participation).filter_by(space_id=space.id)
    assert here.organization_id == mine.id and owner.query(Organization).count() == 1


@pytest.mark.parametrize("role", [MemberRole.READER, MemberRole.CONTRIBUTOR])
def test_who_does_not_own_it_is_told_and_asks_those_who_do(
    client: LintingClient, app: Flask, owner: Session, space: Space, person: Person, role: MemberRole
) -> None:
    """As with a SIRET: presented again by a member, it was doubled, and they owned the double."""
    theirs = owned(person, role)
    ParticipationFactory(space_id=SpaceFactory().id, organization=theirs)
    boss = MembershipFactory(organization=theirs, person=PersonFactory(name="Zoé Bernard")).person
    asked = create(client, "")
    assert asked.status_code == 409 and owner.query(Organization).count() == 1
    assert "seuls ses responsables peuvent l’y inscrire" in asked.text and "Zoé Bernard" in asked.text
    assert "n’a plus de responsable" not in asked.text and "la faire participer ici" not in asked.text
    [propose] = actions(asked.text, "/demande")
    assert client.post(propose).status_code == 303
    assert owner.query(Participation).filter_by(space_id=space.id).count() == 0
    # The mail leads its owner to the one it speaks of, which has no SIRET to be found by.
    [address] = re.findall(r"https?://[^/]+(\S+)", last_mail(owner, boss.email).text)
    owning = app.test_client()
    owning.sign_in(boss)
    assert "Participer à cet espace" in owning.get(address).text and owning.post(address).status_code == 303
    [here] = owner.query(Participation).filter_by(space_id=space.id)
    assert here.organization_id == theirs.id


def test_a_member_of_one_that_is_here_is_led_to_it(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    ParticipationFactory(space_id=space.id, organization=owned(person, MemberRole.CONTRIBUTOR))
    asked = create(client, "")
    assert asked.status_code == 409 and "Vous en êtes déjà membre" in asked.text
    assert "ne participe pas encore" not in asked.text and not actions(asked.text, "/demande")


def test_a_stranger_creates_freely(client: LintingClient, owner: Session, space: Space, person: Person) -> None:
    theirs = owned(PersonFactory())
    ParticipationFactory(space_id=SpaceFactory().id, organization=theirs)
    MembershipFactory(organization=theirs, person=person, accepted_at=None)
    assert create(client, "").status_code == 303
    [here] = owner.query(Participation).filter_by(space_id=space.id)
    assert here.organization_id != theirs.id


def test_each_of_two_namesakes_is_told_apart_and_may_be_joined(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    places = [
        ParticipationFactory(
            space_id=space.id,
            joined_at=datetime(2024, month, 3, tzinfo=UTC),
            organization=OrganizationFactory(
                name="Le Fournil de Zoé", commune="Poitiers", activity=activity, siret=siret
            ),
        )
        for month, activity, siret in ((2, "Boulangerie", SIRET), (5, "Épicerie", None))
    ]
    SpaceRoleFactory(space_id=space.id)
    page = create(client, "", name="le fournil de ZOE").text
    told = plain(page)
    assert "Plusieurs structures de ce nom" in told
    assert "Boulangerie · SIRET finissant par 00074 · inscrite ici le 3 février 2024" in told
    assert "Épicerie · inscrite ici le 3 mai 2024" in told
    asked_at = actions(page, "/demande")
    assert len(asked_at) == 2 and len(actions(page, "distincte=1")) == 1
    # The address that says the name alone lets choose too.
    assert actions(client.get(f"{ASK}?nom=le+fournil+de+zoe&commune=poitiers").text, "/demande") == asked_at
    for url, place in zip(asked_at, places, strict=True):
        assert client.post(url).location == MINE
        assert owner.query(Membership).filter_by(organization_id=place.organization_id).count() == 1
    # What is not called that is not found by its number.
    other = ParticipationFactory(space_id=space.id)
    wrong = f"{ASK}?nom=Le+Fournil+de+Zoé&commune=Poitiers&structure={other.organization_id}"
    assert client.get(wrong).status_code == 404


def test_a_structure_without_anybody_says_that_the_team_answers(
    client: LintingClient, app: Flask, owner: Session, space: Space, person: Person
) -> None:
    left = ParticipationFactory(
        space_id=space.id, organization=OrganizationFactory(name="Le Fournil de Zoé", commune="Poitiers", siret=SIRET)
    )
    MembershipFactory(organization=left.organization, role=MemberRole.READER)
    host = SpaceRoleFactory(space_id=space.id, role=SpaceRoleName.FACILITATOR).person
    for page in (client.get(f"{ASK}?siret={SIRET}").text, create(client, "").text):
        assert "l’équipe de cet espace recevra un courriel" in page and "ses responsables" not in page
    assert client.post(f"{ASK}?siret={SIRET}").status_code == 303
    page = client.get(MINE).text
    assert "l’équipe de cet espace vous répondra" in page and "vos collègues" not in page
    # Beside a request that colleagues answer, each is told its own.
    led = ParticipationFactory(space_id=space.id, organization=OrganizationFactory(siret="35600000000048")).organization
    MembershipFactory(organization=led, role=MemberRole.OWNER)
    assert "ses responsables recevront" in client.get(f"{ASK}?siret={led.siret}").text
    client.post(f"{ASK}?siret={led.siret}")
    page = client.get(MINE).text
    assert page.count("l’équipe de cet espace vous répondra") == 1 and "vos collègues" in page
    # Refused, one is sent back to whoever answered.
    team = app.test_client()
    team.sign_in(host)
    asked = owner.query(Membership).filter_by(organization_id=left.organization_id, person_id=person.id).one()
    assert len(mails_to(owner, host.email)) == 1
    team.get(f"/le-territoire/demandes/{asked.id}")
    assert team.post(f"/le-territoire/demandes/{asked.id}", data={"decision": "refuse"}).status_code == 303
    mail = last_mail(owner, person.email)
    assert "avec l’équipe de cet espace" in mail.text and "ses responsables" not in mail.text
