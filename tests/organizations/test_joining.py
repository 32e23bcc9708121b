"""Coming into a space: by SIRET, without one, second, twice at once, or from another space."""

from __future__ import annotations

import html
import re
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import Person, SpaceRoleName
from assett.core.permissions import Actor
from assett.organizations import service
from assett.organizations.jobs import sweep
from assett.organizations.models import Audience, Invitation, MemberRole, Membership, Organization, Participation
from assett.spaces.models import Space
from tests.accounts.mailbox import last_mail, links, mails_to
from tests.factories import (
    CharterFactory,
    MembershipFactory,
    OrganizationFactory,
    ParticipationFactory,
    PersonFactory,
    SpaceFactory,
    SpaceRoleFactory,
)
from tests.linting import LintingClient

SIRET = "73282932000074"
JOIN = "/le-territoire/rejoindre"
CREATE = "/le-territoire/rejoindre/structure"
IDENTITY = {
    "name": "Le Fournil de Zoé",
    "kind": "company",
    "activity": "Boulangerie-pâtisserie",
    "sector": "industrie",
    "workforce": "1-9",
    "commune": "Poitiers",
    "website": "fournil-zoe.fr",
}


@pytest.fixture
def person(owner: Session, space: Space, client: LintingClient) -> Person:
    person: Person = PersonFactory(name="Ana Roy")
    client.sign_in(person)
    return person


def create(client: LintingClient, query: str = f"?siret={SIRET}", **changes: str) -> Any:
    client.get(CREATE + query)
    return client.post(CREATE + query, data={**IDENTITY, **changes})


def test_a_structure_is_created_with_its_owner_and_its_participation(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    client.get(JOIN)
    answer = client.post(JOIN, data={"siret": " 732 829 320 00074 "})
    assert (answer.status_code, answer.location) == (303, f"{CREATE}?siret={SIRET}")
    answer = create(client)
    [participation] = owner.query(Participation)
    assert (answer.status_code, answer.location) == (303, f"/le-territoire/structures/{participation.id}/")
    [organization] = owner.query(Organization)
    assert (organization.siret, organization.name, organization.website) == (
        SIRET,
        "Le Fournil de Zoé",
        "https://fournil-zoe.fr",
    )
    [membership] = owner.query(Membership)
    assert (membership.person_id, membership.role) == (person.id, MemberRole.OWNER)
    assert membership.accepted_at is not None
    assert (participation.space_id, participation.share_scores, participation.share_answers) == (
        space.id,
        Audience.NOBODY,
        Audience.NOBODY,
    )


def test_with_a_charter_the_next_step_is_to_sign_it(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    CharterFactory(space_id=space.id)
    assert create(client).location.endswith("/charte")


def test_a_charter_of_another_space_is_no_step_here(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    CharterFactory(space_id=SpaceFactory().id)
    assert not create(client).location.endswith("/charte")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Indiquez votre SIRET"),
        ("00000000000000", "n’est pas un SIRET"),
        ("73282932000075", "n’est pas un SIRET"),
        ("732829320", "C’est un SIREN"),
        ("7328293200007", "celui-ci en compte 13"),
        ("FR73282932000074", "que des chiffres"),
        ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "que des chiffres"),
        ("732\x00", "celui-ci en compte 3"),
    ],
)
def test_a_number_that_is_no_siret_is_explained(
    client: LintingClient, owner: Session, person: Person, typed: str, said: str
) -> None:
    client.get(JOIN)
    answer = client.post(JOIN, data={"siret": typed})
    assert answer.status_code == 422 and said in answer.text


@pytest.mark.parametrize("typed", ["356 000 000 49837", "732.829.320.00074"])
def test_a_siret_is_understood_as_people_write_it(
    client: LintingClient, owner: Session, person: Person, typed: str
) -> None:
    client.get(JOIN)
    assert client.post(JOIN, data={"siret": typed}).status_code == 303


def test_a_siret_in_the_address_that_is_none_leads_back(client: LintingClient, owner: Session, person: Person) -> None:
    for query in ("?siret=123", "?siret=00000000000000", "?siret="):
        assert client.get(CREATE + query).location == JOIN


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "Indiquez le nom de la structure"),
        ({"kind": ""}, "Choisissez dans la liste"),
        ({"kind": "banque"}, "kind"),
        ({"activity": ""}, "ce que vous faites"),
        ({"sector": ""}, "Choisissez dans la liste"),
        ({"sector": "boulange"}, "sector"),
        ({"workforce": ""}, "Choisissez dans la liste"),
        ({"commune": ""}, "Indiquez la commune"),
        ({"website": "javascript:alert(1)"}, "n’est pas complète"),
        ({"website": "https://[::1"}, "n’est pas complète"),
        ({"name": "x" * 10_000}, "name"),
    ],
)
def test_what_is_refused_is_said_beside_its_field(
    client: LintingClient, owner: Session, person: Person, changes: dict[str, str], said: str
) -> None:
    answer = create(client, **changes)
    assert answer.status_code == 422 and said in answer.text
    assert all(f'id="{name}-error"' in answer.text for name in changes)
    assert owner.query(Organization).count() == 0


def test_a_form_sent_twice_creates_one_structure(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    first, second = create(client), create(client)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert [owner.query(table).count() for table in (Organization, Membership, Participation)] == [1, 1, 1]


def test_without_a_siret_a_form_sent_twice_creates_one_structure(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    first, second = create(client, ""), create(client, "")
    assert first.location == second.location
    assert [owner.query(table).count() for table in (Organization, Membership, Participation)] == [1, 1, 1]
    assert owner.query(Organization).one().siret is None


@pytest.mark.parametrize(("siret", "query"), [(None, ""), ("35600000000048", ""), (None, f"?siret={SIRET}")])
def test_a_namesake_is_shown_before_it_is_created_again(
    client: LintingClient, owner: Session, space: Space, person: Person, siret: str | None, query: str
) -> None:
    """Whichever of the two has no SIRET."""
    known = ParticipationFactory(
        space_id=space.id, organization=OrganizationFactory(name="Le fournil de zoé", commune="POITIERS", siret=siret)
    )
    SpaceRoleFactory(space_id=space.id)
    answer = create(client, query, name="le FOURNIL de Zoe")
    assert answer.status_code == 409 and "C’est une autre structure" in answer.text
    # What was typed stays with the answer: it is another one after all.
    assert 'value="le FOURNIL de Zoe"' in answer.text
    [again] = re.findall(r'action="([^"]*distincte=1[^"]*)"', answer.text)
    [asked_at] = re.findall(r'action="([^"]*/demande[^"]*)"', answer.text)
    assert client.post(html.unescape(asked_at)).location == "/le-territoire/structures"
    assert owner.query(Membership).one().organization_id == known.organization_id
    assert client.post(html.unescape(again), data=IDENTITY).status_code == 303
    assert owner.query(Organization).count() == 2


def test_two_numbers_are_two_establishments_of_one_name(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    other = OrganizationFactory(name="Le Fournil de Zoé", commune="Poitiers", siret="35600000000048")
    ParticipationFactory(space_id=space.id, organization=other)
    assert create(client).status_code == 303
    assert owner.query(Organization).count() == 2


def test_a_structure_with_a_siret_is_not_found_by_the_number_of_its_participation(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    with_siret = ParticipationFactory(space_id=space.id, organization=OrganizationFactory(siret=SIRET))
    elsewhere = ParticipationFactory(space_id=SpaceFactory().id)
    for id in (with_siret.id, elsewhere.id, 999, "x"):
        assert client.get(f"/le-territoire/rejoindre/demande?participation={id}").status_code == 404
    assert client.get("/le-territoire/rejoindre/demande?nom=Inconnue&commune=Poitiers").status_code == 404
    assert client.get("/le-territoire/rejoindre/demande?siret=35600000049837").status_code == 404


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_known_structure_is_joined_by_asking_its_owners(
    client: LintingClient, owner: Session, space: Space, person: Person, elsewhere: bool
) -> None:
    known = OrganizationFactory(siret=SIRET, name="Le Fournil", commune="Ligugé")
    ParticipationFactory(space_id=SpaceFactory().id if elsewhere else space.id, organization=known)
    boss = MembershipFactory(organization=known).person
    client.get(JOIN)
    answer = client.post(JOIN, data={"siret": SIRET})
    page = client.get(answer.location).text
    assert "Le Fournil" in page and "Ligugé" in page and boss.email not in page
    for _ in range(2):
        assert client.post(answer.location).location == "/le-territoire/structures"
    assert "Demandes en attente" in client.get("/le-territoire/structures").text
    [mail] = mails_to(owner, boss.email)
    assert "Ana Roy" in mail.text and mail.reply_to == person.email
    asked = owner.query(Membership).filter_by(person_id=person.id).one()
    assert asked.accepted_at is None and links(mail) == [f"/le-territoire/demandes/{asked.id}"]
    assert owner.query(Organization).count() == 1


def ask(client: LintingClient, known: Organization) -> Membership:
    address = f"/le-territoire/rejoindre/demande?siret={known.siret}"
    client.get(address)
    assert client.post(address).status_code == 303
    from sqlalchemy.orm import object_session

    session = object_session(known)
    assert session is not None
    session.commit()
    return session.query(Membership).filter_by(organization_id=known.id, accepted_at=None).one()


def boss_of(client: LintingClient, known: Organization, **fields: Any) -> LintingClient:
    boss = client.application.test_client()
    assert isinstance(boss, LintingClient)
    boss.sign_in(MembershipFactory(organization=known, **fields).person)
    return boss


def test_an_owner_accepts_with_a_role_and_the_person_is_told(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    participation = ParticipationFactory(space_id=space.id, organization=OrganizationFactory(siret=SIRET))
    boss = boss_of(client, participation.organization)
    members = f"/le-territoire/structures/{participation.id}/membres"
    request = ask(client, participation.organization)
    assert client.get(members).status_code == 404
    assert "Ana Roy souhaite vous rejoindre" in boss.get(members).text
    address = f"/le-territoire/demandes/{request.id}"
    boss.get(address)
    assert boss.post(address, data={"decision": "accept", "role": "reader"}).location == members
    assert client.get(members).status_code == 200
    owner.refresh(request)
    assert request.role == MemberRole.READER
    assert last_mail(owner, person.email).subject.startswith("Vous avez rejoint")
    # Answered once: the same link again says so, and whoever asked has no part in it.
    assert boss.get(address).text.count("Vous l’avez acceptée le") == 1
    assert boss.post(address, data={"decision": "refuse", "role": "reader"}).status_code == 200
    assert client.get(address).status_code == 404
    assert len(mails_to(owner, person.email)) == 1


def test_accepting_brings_the_structure_into_the_space_where_it_was_asked(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    known = OrganizationFactory(siret=SIRET)
    ParticipationFactory(space_id=SpaceFactory().id, organization=known)
    boss = boss_of(client, known)
    address = f"/le-territoire/demandes/{ask(client, known).id}"
    boss.get(address)
    assert boss.post(address, data={"decision": "accept", "role": "contributor"}).status_code == 303
    assert {row.space_id for row in owner.query(Participation)} >= {space.id}


def test_an_owner_refuses_and_the_person_is_told(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    participation = ParticipationFactory(space_id=space.id, organization=OrganizationFactory(siret=SIRET))
    boss = boss_of(client, participation.organization)
    address = f"/le-territoire/demandes/{ask(client, participation.organization).id}"
    boss.get(address)
    for nonsense in ({}, {"decision": "perhaps", "role": "reader"}, {"decision": "accept", "role": "king"}):
        assert boss.post(address, data=nonsense).status_code == 422
    assert boss.post(address, data={"decision": "refuse", "role": "contributor"}).status_code == 303
    assert "n’a pas été acceptée" in last_mail(owner, person.email).text
    assert client.get("/le-territoire/structures").text.count("Demandes en attente") == 0
    assert "souhaite vous rejoindre" not in boss.get(f"/le-territoire/structures/{participation.id}/membres").text


def test_who_was_refused_may_ask_again_and_be_invited(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    participation = ParticipationFactory(space_id=space.id, organization=OrganizationFactory(siret=SIRET))
    boss = boss_of(client, participation.organization)
    members = f"/le-territoire/structures/{participation.id}/membres"
    for _ in range(2):
        request = ask(client, participation.organization)
        address = f"/le-territoire/demandes/{request.id}"
        boss.get(address)
        assert boss.post(address, data={"decision": "refuse", "role": "contributor"}).status_code == 303
        owner.refresh(request)
        assert request.refused_at is not None
        request.refused_at -= timedelta(days=1)
        owner.commit()
    boss.get(members)
    assert boss.post(members, data={"email": person.email, "role": "reader"}).status_code == 303
    [link] = links(last_mail(owner, person.email))
    client.get(link)
    assert client.post(link).status_code == 303
    assert client.get(members).status_code == 200


@pytest.mark.parametrize(("decision", "said"), [("accept", "l’a acceptée le"), ("refuse", "l’a refusée le")])
def test_a_colleague_who_answers_second_reads_who_was_first(
    client: LintingClient, owner: Session, space: Space, person: Person, decision: str, said: str
) -> None:
    participation = ParticipationFactory(space_id=space.id, organization=OrganizationFactory(siret=SIRET))
    first = boss_of(client, participation.organization, person=PersonFactory(name="Zoé Bernard"))
    second = boss_of(client, participation.organization)
    stranger = boss_of(client, OrganizationFactory())
    address = f"/le-territoire/demandes/{ask(client, participation.organization).id}"
    second.get(address)
    first.get(address)
    first.post(address, data={"decision": decision, "role": "reader"})
    for late in (second.get(address), second.post(address, data={"decision": "accept", "role": "owner"})):
        assert late.status_code == 200 and f"Zoé Bernard {said}" in late.text
    assert stranger.get(address).status_code == 404
    assert len(mails_to(owner, person.email)) == 1


def test_two_answers_at_once_are_one(app: Flask, client: LintingClient, owner: Session, space: Space) -> None:
    participation = ParticipationFactory(space_id=space.id)
    asker = PersonFactory()
    asked = MembershipFactory(organization=participation.organization, person=asker, accepted_at=None)
    address = f"/le-territoire/demandes/{asked.id}"
    start, answers = threading.Barrier(2), []

    def answer(boss: LintingClient, decision: str) -> None:
        start.wait()
        answers.append(boss.post(address, data={"decision": decision, "role": "reader"}).status_code)

    threads = []
    for decision in ("accept", "refuse"):
        boss = boss_of(client, participation.organization)
        boss.get(address)
        threads.append(threading.Thread(target=answer, args=(boss, decision)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers in ([303, 303], [303, 200], [200, 303])
    owner.refresh(asked)
    assert (asked.accepted_at is None) != (asked.refused_at is None)
    assert len(mails_to(owner, asker.email)) == 1


def test_a_request_that_waits_says_since_when_and_is_sent_again_once_a_day(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    known = OrganizationFactory(siret=SIRET, name="Le Fournil")
    boss = MembershipFactory(organization=known).person
    request = ask(client, known)
    again = f"/le-territoire/rejoindre/demande?siret={SIRET}"
    assert client.get(again).location == "/le-territoire/structures"
    page = client.get("/le-territoire/structures").text
    assert "attend une réponse" in page and "Relancer" not in page
    reminder = f"/le-territoire/demandes/{request.id}/relancer"
    client.post(reminder)
    assert "Une relance par jour suffit" in client.get("/le-territoire/structures").text
    assert len(mails_to(owner, boss.email)) == 1
    request.requested_at -= timedelta(days=3)
    owner.commit()
    assert "Relancer" in client.get("/le-territoire/structures").text
    for _ in range(2):
        assert client.post(reminder).location == "/le-territoire/structures"
    mails = mails_to(owner, boss.email)
    assert len(mails) == 2 and "attend votre réponse depuis le" in mails[1].text
    assert links(mails[0]) == links(mails[1])
    page = client.get("/le-territoire/structures").text
    assert "relancée le" in page and "Votre demande est repartie" in page and ">Relancer" not in page


def test_nobody_sends_the_request_of_another_again(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    participation = ParticipationFactory(space_id=space.id, organization=OrganizationFactory(siret=SIRET))
    boss = boss_of(client, participation.organization)
    request = ask(client, participation.organization)
    boss.get("/le-territoire/")
    assert boss.post(f"/le-territoire/demandes/{request.id}/relancer").status_code == 404
    address = f"/le-territoire/demandes/{request.id}"
    boss.get(address)
    boss.post(address, data={"decision": "accept", "role": "reader"})
    assert client.post(f"{address}/relancer").status_code == 404


def test_refusals_are_forgotten_after_a_while(owner: Session, space: Space) -> None:
    now = datetime.now(UTC)
    for days in (1, 89, 91):
        MembershipFactory(accepted_at=None, refused_at=now - timedelta(days=days))
    MembershipFactory(accepted_at=None)
    MembershipFactory()
    sweep(owner, {})
    assert owner.query(Membership).count() == 4
    owner.rollback()


def test_whoever_was_invited_and_never_came_is_forgotten_after_a_while(owner: Session, space: Space) -> None:
    organization, now = OrganizationFactory(), datetime.now(UTC)
    for email, days in (("attendue@example.org", -3), ("recente@example.org", 89), ("ancienne@example.org", 91)):
        expired = {"expires_at": now - timedelta(days=days), "role": MemberRole.READER}
        owner.add(Invitation(organization_id=organization.id, email=email, **expired))
    owner.flush()
    sweep(owner, {})
    kept = owner.scalars(select(Invitation.email).order_by(Invitation.email)).all()
    assert kept == ["attendue@example.org", "recente@example.org"]
    owner.rollback()


@pytest.mark.parametrize("role", [MemberRole.CONTRIBUTOR, MemberRole.READER])
def test_only_an_owner_answers_a_request(
    client: LintingClient, owner: Session, space: Space, person: Person, role: MemberRole
) -> None:
    participation = ParticipationFactory(space_id=space.id, organization=OrganizationFactory(siret=SIRET))
    MembershipFactory(organization=participation.organization)
    address = f"/le-territoire/demandes/{ask(client, participation.organization).id}"
    colleague = boss_of(client, participation.organization, role=role)
    stranger = boss_of(client, OrganizationFactory())
    for visitor in (colleague, stranger, client):
        assert visitor.get(address).status_code == 404
        assert visitor.post(address, data={"decision": "accept", "role": "owner"}).status_code == 404


def test_where_nobody_owns_a_structure_the_team_answers(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    participation = ParticipationFactory(space_id=space.id, organization=OrganizationFactory(siret=SIRET))
    host = SpaceRoleFactory(space_id=space.id, role=SpaceRoleName.FACILITATOR).person
    reader = SpaceRoleFactory(space_id=space.id, role=SpaceRoleName.READER).person
    other = SpaceRoleFactory(space_id=SpaceFactory().id).person
    request = ask(client, participation.organization)
    assert len(mails_to(owner, host.email)) == 1
    assert mails_to(owner, reader.email) == mails_to(owner, other.email) == []
    address = f"/le-territoire/demandes/{request.id}"
    for refused in (reader, other):
        visitor = client.application.test_client()
        visitor.sign_in(refused)
        assert visitor.get(address).status_code == 404
    answering = client.application.test_client()
    answering.sign_in(host)
    assert "n’a plus de responsable" in answering.get(address).text
    assert answering.post(address, data={"decision": "accept"}).status_code == 303
    owner.refresh(request)
    assert request.role == MemberRole.OWNER and request.accepted_at is not None
    # The rest of the team got the same mail.
    colleague = client.application.test_client()
    colleague.sign_in(SpaceRoleFactory(space_id=space.id, role=SpaceRoleName.MANAGER).person)
    assert "l’a acceptée le" in colleague.get(address).text
    assert answering.get(address).status_code == 200
    for refused in (reader, other):
        visitor = client.application.test_client()
        visitor.sign_in(refused)
        assert visitor.get(address).status_code == 404


def test_a_team_does_not_give_away_a_structure_of_another_space(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    known = OrganizationFactory(siret=SIRET)
    elsewhere = SpaceFactory()
    ParticipationFactory(space_id=elsewhere.id, organization=known)
    SpaceRoleFactory(space_id=elsewhere.id)
    host = SpaceRoleFactory(space_id=space.id).person
    address = f"/le-territoire/demandes/{ask(client, known).id}"
    answering = client.application.test_client()
    answering.sign_in(host)
    assert answering.get(address).status_code == 404
    assert mails_to(owner, host.email) == []


def test_an_owner_who_comes_from_another_space_is_asked_first(
    client: LintingClient, owner: Session, space: Space, person: Person
) -> None:
    known = OrganizationFactory(siret=SIRET)
    elsewhere = ParticipationFactory(space_id=SpaceFactory().id, organization=known)
    MembershipFactory(organization=known, person=person)
    client.get(JOIN)
    answer = client.post(JOIN, data={"siret": SIRET})
    here = owner.query(Participation).filter_by(space_id=space.id)
    assert here.all() == [] and "Participer à cet espace" in client.get(answer.location).text
    assert create(client).location == answer.location and here.all() == []
    assert client.post(answer.location).location == f"/le-territoire/structures/{here.one().id}/"
    # The participation of the other space stays there.
    assert client.get(f"/le-territoire/structures/{elsewhere.id}/membres").status_code == 404


def test_two_people_who_create_the_same_structure_at_once_end_in_one(
    app: Flask, client: LintingClient, owner: Session, space: Space
) -> None:
    visitors = []
    for _ in range(4):
        visitor = app.test_client()
        assert isinstance(visitor, LintingClient)
        visitor.sign_in(PersonFactory())
        visitor.get(f"{CREATE}?siret={SIRET}")
        visitors.append(visitor)
    start, answers = threading.Barrier(len(visitors)), []

    def send(visitor: LintingClient) -> None:
        start.wait()
        answers.append(visitor.post(f"{CREATE}?siret={SIRET}", data=IDENTITY))

    threads = [threading.Thread(target=send, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [303] * 4
    asked = [answer for answer in answers if answer.location == f"/le-territoire/rejoindre/demande?siret={SIRET}"]
    assert len(asked) == 3
    assert [owner.query(table).count() for table in (Organization, Membership, Participation)] == [1, 1, 1]


def test_a_form_sent_twice_at_once_without_a_siret_creates_one_structure(
    app: Flask, owner: Session, space: Space
) -> None:
    person = PersonFactory()
    visitors = []
    for _ in range(3):
        visitor = app.test_client()
        assert isinstance(visitor, LintingClient)
        visitor.sign_in(person)
        visitor.get(CREATE)
        visitors.append(visitor)
    start = threading.Barrier(len(visitors))

    def send(visitor: LintingClient) -> None:
        start.wait()
        visitor.post(CREATE, data=IDENTITY)

    threads = [threading.Thread(target=send, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [owner.query(table).count() for table in (Organization, Membership, Participation)] == [1, 1, 1]


def test_who_joins_is_announced_once_to_the_features_above(
    client: LintingClient, owner: Session, space: Space, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[int, int | None]] = []

    def note(_session: Any, participation: Participation, actor: Actor) -> list[str]:
        heard.append((participation.space_id, actor.person_id))
        return []

    monkeypatch.setattr(service, "after_joining", [note])
    create(client)
    create(client)
    assert heard == [(space.id, person.id)]
    organization = owner.query(Organization).one()
    asker = PersonFactory()
    visitor = client.application.test_client()
    assert isinstance(visitor, LintingClient)
    visitor.sign_in(asker)
    address = f"/le-territoire/demandes/{ask(visitor, organization).id}"
    client.get(address)
    client.post(address, data={"decision": "accept", "role": "reader"})
    assert heard[1:] == [(space.id, asker.id)]


def test_requests_are_limited(client: LintingClient, owner: Session, space: Space, person: Person) -> None:
    known = OrganizationFactory(siret=SIRET)
    address = f"/le-territoire/rejoindre/demande?siret={SIRET}"
    MembershipFactory(organization=known)
    client.get(address)
    assert [client.post(address).status_code for _ in range(11)] == [303] * 10 + [429]


def test_every_step_asks_a_visitor_to_sign_in(client: LintingClient, owner: Session, space: Space) -> None:
    for path in (JOIN, CREATE, "/le-territoire/rejoindre/demande?siret=1", "/le-territoire/structures"):
        assert client.get(path).location.startswith("/le-territoire/connexion")
