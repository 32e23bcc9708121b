"""Into a second territory: whoever owns a structure takes it there, its other members ask, its owners are told."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.core.permissions import Actor
from assett.kernel.clock import utc_now
from assett.organizations import service
from assett.organizations.models import MemberRole, Membership, Organization, Participation, Proposal
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
    CharterFactory(space_id=space.id)
    page = client.get(ASK).text.replace("\xa0", " ")
    assert "Faire participer Le Fournil à cet espace ?" in page and here(owner, space) == []
    for said in (
        "Ses 3 membres",
        f"L’équipe de {space.name} voit",
        "La charte des acteurs engagés",
        "sous « Partage »",
    ):
        assert said in page
    answer = client.post(ASK)
    [made] = here(owner, space)
    assert answer.location == f"/le-territoire/structures/{made.id}/charte"
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


@pytest.fixture
def far(owner: Session, known: Organization) -> Space:
    """The territory where the structure takes part."""
    [participation] = owner.query(Participation).filter_by(organization_id=known.id).all()
    return owner.get_one(Space, participation.space_id)


def asked_here_answered_there(
    client: LintingClient, app: Flask, owner: Session, known: Organization, far: Space
) -> tuple[LintingClient, str]:
    """Somebody asks to join from here; an owner, who never came here, answers where the structure takes part."""
    boss = app.test_client()
    assert isinstance(boss, LintingClient)
    boss.sign_in(MembershipFactory(organization=known).person)
    client.get(JOIN)
    client.post(ASK)
    owner.rollback()
    asked = owner.query(Membership).filter_by(organization_id=known.id, accepted_at=None).one()
    return boss, f"/{far.slug}/demandes/{asked.id}"


def test_who_answers_elsewhere_is_told_where_it_was_asked_and_may_take_it_there(
    client: LintingClient, app: Flask, owner: Session, space: Space, person: Person, known: Organization, far: Space
) -> None:
    boss, address = asked_here_answered_there(client, app, owner, known, far)
    other = MembershipFactory(organization=known).person
    page = boss.get(address).text.replace("\xa0", " ")
    assert f"vient d’un autre espace, « {space.programme} », {space.name}" in page
    assert 'name="along"' in page and "checked" not in page.split('name="along"')[1].partition(">")[0]
    boss.post(address, data={"decision": "accept", "role": "contributor", "along": "y"})
    [made] = here(owner, space)
    assert f"participe maintenant à « {space.programme} »" in boss.get(f"/{far.slug}/").text.replace("\xa0", " ")
    assert links(last_mail(owner, person.email)) == [MINE]
    assert links(last_mail(owner, other.email)) == [f"/le-territoire/structures/{made.id}/partage"]
    assert client.get(f"/le-territoire/structures/{made.id}/").status_code == 200


@pytest.mark.parametrize(("role", "may"), [("reader", "le proposer"), ("owner", "l’y inscrire")])
def test_where_it_stays_where_it_is_whoever_asked_is_told_so(
    client: LintingClient,
    app: Flask,
    owner: Session,
    space: Space,
    person: Person,
    known: Organization,
    far: Space,
    role: str,
    may: str,
) -> None:
    boss, address = asked_here_answered_there(client, app, owner, known, far)
    boss.get(address)
    boss.post(address, data={"decision": "accept", "role": role})
    assert here(owner, space) == []
    mail = last_mail(owner, person.email)
    assert links(mail) == [f"/{far.slug}/structures", ASK.partition("?")[0]] and ASK in mail.text
    assert may in mail.text and space.programme in mail.text
    assert client.get(ASK).status_code == 200


def test_where_it_takes_part_in_both_whoever_asked_is_let_in_where_they_did(
    client: LintingClient,
    app: Flask,
    owner: Session,
    space: Space,
    person: Person,
    known: Organization,
    far: Space,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What they tried there comes along, without anything for the owner to choose."""
    heard: list[tuple[int, int | None]] = []
    ParticipationFactory(space_id=space.id, organization=known)
    boss, address = asked_here_answered_there(client, app, owner, known, far)
    assert "autre espace" not in boss.get(address).text

    def note(_session: Session, participation: Participation, actor: Actor) -> list[str]:
        heard.append((participation.space_id, actor.person_id))
        return []

    monkeypatch.setattr(service, "after_joining", [note])
    boss.post(address, data={"decision": "accept", "role": "contributor", "along": "y"})
    assert heard == [(far.id, person.id), (space.id, person.id)]
    assert links(last_mail(owner, person.email)) == [MINE]


def test_a_team_that_answers_takes_it_nowhere(
    client: LintingClient, app: Flask, owner: Session, space: Space, person: Person, known: Organization, far: Space
) -> None:
    host = SpaceRoleFactory(space_id=far.id).person
    client.get(JOIN)
    client.post(ASK)
    asked = owner.query(Membership).one()
    team = app.test_client()
    assert isinstance(team, LintingClient)
    team.sign_in(host)
    address = f"/{far.slug}/demandes/{asked.id}"
    assert 'name="along"' not in team.get(address).text
    team.post(address, data={"decision": "accept", "along": "y"})
    assert here(owner, space) == []
    assert "l’y inscrire" in last_mail(owner, person.email).text and ASK in last_mail(owner, person.email).text


def test_where_nobody_owns_it_the_team_is_named(
    client: LintingClient, owner: Session, space: Space, person: Person, known: Organization
) -> None:
    MembershipFactory(organization=known, person=person, role=MemberRole.READER)
    for page in (client.get(ASK), client.post(ASK)):
        assert "n’a plus de responsable" in page.text and "transition@example.org" in page.text
    assert here(owner, space) == []


def told_of(visitor: LintingClient) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = visitor.get("/le-territoire/mon-compte/donnees").json["structures"]
    return told


def test_the_copy_of_ones_data_says_where_and_when_one_asked_to_join(
    client: LintingClient, owner: Session, space: Space, person: Person, known: Organization
) -> None:
    MembershipFactory(organization=known)
    client.get(ASK)
    client.post(ASK)
    MembershipFactory(organization__name="À moi", person=person)
    asked, own = sorted(told_of(client), key=lambda each: each["structure"])
    assert asked["structure"] == "Le Fournil" and asked["espace de la demande"] == space.name
    assert asked["demande"].startswith(utc_now().date().isoformat()) and asked["depuis"] is asked["refus"] is None
    assert own["espace de la demande"] is own["demande"] is None and own["depuis"]
    owner.execute(text("UPDATE membership SET refused_at = '2025-03-03' WHERE accepted_at IS NULL"))
    owner.commit()
    assert {each["refus"] and each["refus"][:10] for each in told_of(client)} == {None, "2025-03-03"}


# A space that is not open


def shut(owner: Session, space: Space, opened_at: datetime | None) -> None:
    owner.execute(text("UPDATE space SET opened_at = :at WHERE id = :id"), {"at": opened_at, "id": space.id})
    owner.commit()


NOT_OPEN = [
    (None, "Cet espace n’est pas ouvert à tous pour l’instant : vous pourrez y inscrire votre structure"),
    (datetime(2999, 12, 24, 12, tzinfo=UTC), "Cet espace ouvre le 24 décembre 2999"),
]


@pytest.mark.parametrize(("opened_at", "said"), NOT_OPEN)
def test_a_request_takes_it_to_no_space_that_is_not_open(
    client: LintingClient,
    app: Flask,
    owner: Session,
    space: Space,
    person: Person,
    known: Organization,
    far: Space,
    opened_at: datetime | None,
    said: str,
) -> None:
    boss, address = asked_here_answered_there(client, app, owner, known, far)
    shut(owner, space, opened_at)
    page = told(boss, address)
    assert said in page and 'name="along"' not in page
    boss.post(address, data={"decision": "accept", "role": "owner", "along": "y"})
    assert here(owner, space) == [] and client.get(ASK).status_code == 403
    assert "ce lien vous servira à son ouverture" in last_mail(owner, person.email).text
    assert "participe maintenant" not in told(boss, f"/{far.slug}/")


def test_whom_the_pilots_link_lets_in_may_take_it_there_before_its_day(
    client: LintingClient, app: Flask, owner: Session, space: Space, person: Person, known: Organization, far: Space
) -> None:
    boss, address = asked_here_answered_there(client, app, owner, known, far)
    shut(owner, space, None)
    owner.execute(text("UPDATE space SET pilot_key = 'sesame' WHERE id = :id"), {"id": space.id})
    owner.commit()
    boss.get("/le-territoire/pilote/sesame")
    assert 'name="along"' in told(boss, address)
    boss.post(address, data={"decision": "accept", "role": "reader", "along": "y"})
    assert [each.organization_id for each in here(owner, space)] == [known.id]


# What a member proposes waits for its answer


@pytest.fixture
def proposed(
    client: LintingClient, app: Flask, owner: Session, space: Space, person: Person, known: Organization, far: Space
) -> tuple[LintingClient, str]:
    """A contributor would like the structure to take part here; an owner, where it takes part, and its pages there."""
    MembershipFactory(organization=known, person=person, role=MemberRole.CONTRIBUTOR)
    boss = app.test_client()
    assert isinstance(boss, LintingClient)
    boss.sign_in(MembershipFactory(organization=known).person)
    client.get(ASK)
    assert client.post(ASK).location == HOME
    [there] = owner.query(Participation).filter_by(organization_id=known.id).all()
    return boss, f"/{far.slug}/structures/{there.id}/"


def told(visitor: LintingClient, url: str) -> str:
    return visitor.get(url).text.replace("\xa0", " ")


PROPOSES = "Ana Roy propose que votre structure participe aussi à"


@pytest.mark.parametrize(("opened_at", "said"), NOT_OPEN)
def test_what_is_proposed_waits_until_the_space_is_open(
    owner: Session,
    space: Space,
    proposed: tuple[LintingClient, str],
    statements: list[str],
    opened_at: datetime | None,
    said: str,
) -> None:
    boss, pages = proposed
    assert said not in told(boss, pages)
    shut(owner, space, opened_at)
    statements.clear()
    page = told(boss, pages)
    assert len(statements) <= 12
    assert PROPOSES in page and said in page and ASK not in page and "Décliner" in page


def test_what_a_pilot_proposes_says_that_the_space_is_not_open_to_all(
    client: LintingClient, owner: Session, space: Space, person: Person, known: Organization
) -> None:
    pilot = MembershipFactory(person=person).organization
    ParticipationFactory(space_id=space.id, organization=pilot)
    MembershipFactory(organization=known, person=person, role=MemberRole.READER)
    boss = MembershipFactory(organization=known).person
    shut(owner, space, None)
    client.get(ASK)
    assert client.post(ASK).status_code == 303
    assert "ce lien vous servira à son ouverture" in last_mail(owner, boss.email).text


def test_what_a_member_proposes_is_shown_to_owners_alone_until_it_is_done(
    client: LintingClient, owner: Session, space: Space, person: Person, proposed: tuple[LintingClient, str]
) -> None:
    boss, pages = proposed
    [mine] = client.get("/le-territoire/mon-compte/donnees").json["propositions"]
    assert mine["espace"] == space.name and mine["structure"] == "Le Fournil"
    for page in ("", "membres"):
        assert f"{PROPOSES} « {space.programme} », {space.name}" in told(boss, f"{pages}{page}")
        assert "propose que" not in told(client, f"{pages}{page}")
    assert ASK in told(boss, pages)
    boss.get(ASK)
    assert boss.post(ASK).status_code == 303
    assert PROPOSES not in told(boss, pages)
    mail = last_mail(owner, person.email)
    assert "participe à un nouvel espace" in mail.subject and links(mail) == [MINE]
    assert owner.query(Proposal).all() == [] and len(here(owner, space)) == 1


def test_an_owner_declines_and_whoever_proposed_is_told(
    client: LintingClient, owner: Session, space: Space, person: Person, proposed: tuple[LintingClient, str]
) -> None:
    boss, pages = proposed
    waiting = owner.query(Proposal).one()
    address = f"{pages}propositions/{waiting.id}/decliner"
    client.get(pages)
    assert client.post(address).status_code == 404
    boss.get(pages)
    assert boss.post(address).location == f"{pages}membres"
    assert "Un courriel en informe Ana Roy" in told(boss, f"{pages}membres")
    assert PROPOSES not in told(boss, pages) and here(owner, space) == []
    mail = last_mail(owner, person.email)
    assert f"ne rejoint pas l’espace {space.name}" in mail.subject and "en rester là" in mail.text
    # A second press, or a colleague's.
    assert boss.post(address).status_code == 303 and len(mails_to(owner, person.email)) == 1
    assert "déjà sa réponse" in told(boss, f"{pages}membres")


def test_who_proposed_reads_so_until_it_is_answered(
    client: LintingClient, owner: Session, space: Space, far: Space, proposed: tuple[LintingClient, str]
) -> None:
    boss, pages = proposed
    owner.execute(text("UPDATE proposal SET asked_at = '2025-03-03 12:00+00'"))
    owner.commit()
    said = f"Vous avez demandé le 3 mars 2025 qu’elle participe à « {space.programme} », {space.name}"
    for mine in (MINE, f"/{far.slug}/structures"):
        assert said in told(client, mine) and said not in told(boss, mine)
    assert "Aucune structure pour l’instant" not in told(client, MINE)
    page = told(client, ASK)
    assert "Votre demande du 3 mars 2025 attend une réponse." in page and "Relancer" in page
    owner.execute(text("DELETE FROM throttle"))
    owner.commit()
    client.post(ASK)
    page = told(client, ASK)
    assert "attend une réponse" in page and "Relancer" not in page and "Demander qu’elle y participe" not in page
    boss.get(pages)
    boss.post(f"{pages}propositions/{owner.query(Proposal).one().id}/decliner")
    assert "Demander qu’elle y participe" in told(client, ASK) and "Vous avez demandé" not in told(client, MINE)


def test_what_was_declined_is_proposed_again_the_next_day(
    client: LintingClient, owner: Session, proposed: tuple[LintingClient, str]
) -> None:
    boss, pages = proposed
    client.get(HOME)
    client.post(ASK)
    assert "d’aujourd’hui est déjà partie" in told(client, HOME)
    boss.get(pages)
    boss.post(f"{pages}propositions/{owner.query(Proposal).one().id}/decliner")
    client.post(ASK)
    page = told(client, HOME)
    assert "Une demande par jour suffit : réessayez demain." in page and "déjà partie" not in page
    owner.execute(text("UPDATE throttle SET until = now() - interval '1 second'"))
    owner.commit()
    client.post(ASK)
    assert "Votre demande est partie" in told(client, HOME) and PROPOSES in told(boss, pages)


def test_one_no_answers_all_who_proposed_that_space_and_names_those_who_are_told(
    client: LintingClient, owner: Session, space: Space, known: Organization, proposed: tuple[LintingClient, str]
) -> None:
    boss, pages = proposed
    ines = MembershipFactory(organization=known, person=PersonFactory(name="Inès Lô"), role=MemberRole.READER)
    owner.add(Proposal(membership_id=ines.id, asked_in=space.id))
    owner.commit()
    page = told(boss, pages)
    assert all(f"({name}, {space.name})" in page for name in ("Ana Roy", "Inès Lô"))
    first = owner.query(Proposal).order_by(Proposal.id).first()
    assert first is not None
    boss.post(f"{pages}propositions/{first.id}/decliner")
    assert "Un courriel en informe Ana Roy, Inès Lô." in told(boss, f"{pages}membres")


def test_who_declines_their_own_is_told_of_no_mail(
    client: LintingClient, owner: Session, person: Person, proposed: tuple[LintingClient, str]
) -> None:
    _boss, pages = proposed
    owner.execute(text("UPDATE membership SET role = 'owner' WHERE person_id = :id"), {"id": person.id})
    owner.commit()
    client.get(pages)
    client.post(f"{pages}propositions/{owner.query(Proposal).one().id}/decliner")
    page = told(client, f"{pages}membres")
    assert "C’est noté." in page and "Un courriel en informe" not in page
    assert mails_to(owner, person.email) == [] and owner.query(Proposal).all() == []


def test_declined_twice_at_once_it_is_answered_once(
    app: Flask, owner: Session, person: Person, known: Organization, proposed: tuple[LintingClient, str]
) -> None:
    _boss, pages = proposed
    address = f"{pages}propositions/{owner.query(Proposal).one().id}/decliner"
    bosses = []
    for _ in range(3):
        boss = app.test_client()
        assert isinstance(boss, LintingClient)
        boss.sign_in(MembershipFactory(organization=known).person)
        boss.get(pages)
        bosses.append(boss)
    start = threading.Barrier(len(bosses))

    def press(boss: LintingClient) -> None:
        start.wait()
        boss.post(address)

    threads = [threading.Thread(target=press, args=(boss,)) for boss in bosses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = [told(boss, f"{pages}membres") for boss in bosses]
    assert sorted("déjà sa réponse" in each for each in said) == [False, True, True]
    assert len(mails_to(owner, person.email)) == 1


def test_what_is_proposed_again_is_shown_once_and_goes_with_its_member(
    client: LintingClient, owner: Session, space: Space, person: Person, proposed: tuple[LintingClient, str]
) -> None:
    boss, pages = proposed
    owner.execute(text("UPDATE proposal SET asked_at = '2025-03-03'"))
    owner.execute(text("DELETE FROM throttle"))
    owner.commit()
    client.post(ASK)
    assert told(boss, pages).count(PROPOSES) == 1 and "3 mars 2025" not in told(boss, pages)
    owner.execute(text("DELETE FROM membership WHERE person_id = :id"), {"id": person.id})
    owner.commit()
    assert PROPOSES not in told(boss, pages)


def test_requests_to_join_are_shown_on_the_first_page_too(
    owner: Session, known: Organization, proposed: tuple[LintingClient, str], statements: list[str]
) -> None:
    boss, pages = proposed
    for name in ("Léo Blanc", "Maud Noir"):
        MembershipFactory(organization=known, person=PersonFactory(name=name), accepted_at=None)
    statements.clear()
    page = told(boss, pages)
    assert len(statements) <= 12
    assert "Léo Blanc souhaite vous rejoindre" in page and "Maud Noir souhaite vous rejoindre" in page
