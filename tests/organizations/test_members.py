"""Members of a structure: invited, given a role, leaving; and the owner that always stays."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.organizations.models import Invitation, MemberRole, Membership, Participation
from assett.spaces.models import Space
from tests.accounts.mailbox import last_mail, links, mails_to
from tests.factories import MembershipFactory, OrganizationFactory, ParticipationFactory, PersonFactory, SpaceFactory
from tests.linting import LintingClient


@pytest.fixture
def participation(owner: Session, space: Space) -> Participation:
    participation: Participation = ParticipationFactory(
        space_id=space.id, organization=OrganizationFactory(name="Le Fournil")
    )
    return participation


@pytest.fixture
def boss(participation: Participation, client: LintingClient) -> Person:
    boss: Person = MembershipFactory(
        organization=participation.organization, person=PersonFactory(name="Ana Roy")
    ).person
    client.sign_in(boss)
    return boss


def page(participation: Participation, path: str = "membres") -> str:
    return f"/le-territoire/structures/{participation.id}/{path}"


def colleague(participation: Participation, role: MemberRole = MemberRole.CONTRIBUTOR, **fields: Any) -> Membership:
    membership: Membership = MembershipFactory(organization=participation.organization, role=role, **fields)
    return membership


def visitor(client: LintingClient, person: Person | None = None) -> LintingClient:
    other = client.application.test_client()
    assert isinstance(other, LintingClient)
    if person is not None:
        other.sign_in(person)
    return other


def invite(client: LintingClient, participation: Participation, email: str, role: str = "contributor") -> Any:
    client.get(page(participation))
    return client.post(page(participation), data={"email": email, "role": role})


def test_members_see_each_other_and_addresses_are_for_owners(
    client: LintingClient, participation: Participation, boss: Person
) -> None:
    bob = colleague(participation).person
    assert bob.email in client.get(page(participation)).text
    seen = visitor(client, bob).get(page(participation)).text
    assert boss.name in seen and boss.email not in seen
    assert "Envoyer l’invitation" not in seen
    # One may leave, and do nothing else here: the other's line has an empty cell, which a phone does not show.
    assert seen.count('data-label="Agir"') == 1 and seen.count("<td></td>") == 1


def test_whoever_has_an_account_joins_by_the_link(
    client: LintingClient, owner: Session, participation: Participation, boss: Person
) -> None:
    bob = PersonFactory(email="bob@example.org")
    assert invite(client, participation, " Bob@Example.org ", "reader").status_code == 303
    mail = last_mail(owner, bob.email)
    assert "Ana Roy" in mail.text and "Le Fournil" in mail.subject
    [link] = links(mail)
    other = visitor(client, bob)
    assert "Rejoindre la structure" in other.get(link).text
    assert other.post(link).location == page(participation, "")
    membership = owner.query(Membership).filter_by(person_id=bob.id).one()
    assert (membership.role, membership.accepted_at is not None) == (MemberRole.READER, True)
    assert owner.query(Invitation).count() == 0
    # The same link again leads where it has led; not so for anybody else.
    assert other.get(link).location == other.post(link).location == page(participation, "")
    assert visitor(client, PersonFactory()).get(link).status_code == 410
    assert f"/le-territoire/connexion?next={link}" in visitor(client).get(link).text


def test_two_clicks_at_once_on_an_invitation_both_land_on_the_structure(
    client: LintingClient, owner: Session, participation: Participation, boss: Person
) -> None:
    bob = PersonFactory(email="bob@example.org")
    invite(client, participation, bob.email)
    [link] = links(last_mail(owner, bob.email))
    browsers = [visitor(client, bob) for _ in range(4)]
    for browser in browsers:
        browser.get(link)
    start, answers = threading.Barrier(len(browsers)), []

    def click(browser: LintingClient) -> None:
        start.wait()
        answers.append(browser.post(link))

    threads = [threading.Thread(target=click, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, page(participation, ""))}
    owner.commit()
    assert owner.query(Membership).filter_by(person_id=bob.id).count() == 1


def test_whoever_has_no_account_makes_one_on_the_way(
    client: LintingClient, owner: Session, participation: Participation, boss: Person
) -> None:
    invite(client, participation, "bob@example.org")
    [link] = links(last_mail(owner, "bob@example.org"))
    other = visitor(client)
    assert f"/le-territoire/inscription?next={link}" in other.get(link).text
    other.get(f"/le-territoire/inscription?next={link}")
    fields = {"name": "Bob Petit", "email": "bob@example.org", "password": "abeille tracteur nuage", "next": link}
    other.post("/le-territoire/inscription", data=fields)
    [confirmation] = links(last_mail(owner, "bob@example.org"))
    other.get(confirmation)
    assert other.post(confirmation).location == link
    other.get(link)
    assert other.post(link).status_code == 303
    assert other.get(page(participation)).status_code == 200


def test_a_link_alone_makes_nobody_a_member(
    client: LintingClient, owner: Session, participation: Participation, boss: Person
) -> None:
    invite(client, participation, "bob@example.org")
    [link] = links(last_mail(owner, "bob@example.org"))
    other = visitor(client)
    other.get(link)
    assert other.post(link).status_code == 200
    owner.commit()
    assert owner.query(Membership).count() == 1


def test_an_invitation_taken_back_opens_nothing(
    client: LintingClient, owner: Session, participation: Participation, boss: Person
) -> None:
    invite(client, participation, "bob@example.org")
    [link] = links(last_mail(owner, "bob@example.org"))
    invitation = owner.query(Invitation).one()
    client.get(page(participation))
    assert client.post(page(participation, f"invitations/{invitation.id}/retirer")).status_code == 303
    other = visitor(client, PersonFactory())
    assert other.get(link).status_code == 410
    assert other.post(link).status_code == 410
    assert owner.query(Membership).count() == 1


def test_an_invitation_lasts_fourteen_days_and_can_be_sent_again(
    client: LintingClient, owner: Session, participation: Participation, boss: Person
) -> None:
    invite(client, participation, "bob@example.org")
    invitation = owner.query(Invitation).one()
    assert timedelta(days=13) < invitation.expires_at - datetime.now(UTC) <= timedelta(days=14)
    invitation.expires_at = datetime.now(UTC) - timedelta(minutes=1)
    owner.commit()
    [link] = links(last_mail(owner, "bob@example.org"))
    other = visitor(client, PersonFactory())
    assert other.get(link).status_code == 410
    assert "Expirée le" in client.get(page(participation)).text
    assert client.post(page(participation, f"invitations/{invitation.id}/relancer")).status_code == 303
    assert len(mails_to(owner, "bob@example.org")) == 2
    assert other.get(link).status_code == 200


def test_an_address_invited_twice_is_invited_once(
    client: LintingClient, owner: Session, participation: Participation, boss: Person
) -> None:
    invite(client, participation, "bob@example.org", "reader")
    invite(client, participation, "bob@example.org", "owner")
    assert owner.query(Invitation).one().role == MemberRole.OWNER


@pytest.mark.parametrize(("accepted", "said"), [(True, "déjà membre"), (False, "déjà demandé")])
def test_whoever_is_there_already_is_not_invited(
    client: LintingClient, owner: Session, participation: Participation, boss: Person, accepted: bool, said: str
) -> None:
    when = datetime(2024, 1, 1, tzinfo=UTC) if accepted else None
    bob = colleague(participation, accepted_at=when).person
    answer = invite(client, participation, bob.email)
    assert answer.status_code == 422 and said in answer.text and bob.email in answer.text
    assert mails_to(owner, bob.email) == []


def test_an_invitation_answers_the_request_of_who_had_asked_since(
    client: LintingClient, owner: Session, participation: Participation, boss: Person
) -> None:
    invite(client, participation, "bob@example.org", "reader")
    bob = PersonFactory(email="bob@example.org")
    request = colleague(participation, person=bob, accepted_at=None)
    [link] = links(last_mail(owner, bob.email))
    other = visitor(client, bob)
    other.get(link)
    assert other.post(link).status_code == 303
    owner.refresh(request)
    assert (request.role, request.accepted_at is not None) == (MemberRole.READER, True)


def test_an_invitation_opens_no_other_space(
    client: LintingClient, owner: Session, participation: Participation, boss: Person
) -> None:
    SpaceFactory(slug="l-autre")
    invite(client, participation, "bob@example.org")
    [link] = links(last_mail(owner, "bob@example.org"))
    other = visitor(client, PersonFactory())
    assert other.get(link.replace("/le-territoire/", "/l-autre/")).status_code == 410


def test_a_role_is_changed(client: LintingClient, owner: Session, participation: Participation, boss: Person) -> None:
    bob = colleague(participation)
    client.get(page(participation))
    answer = client.post(page(participation, f"membres/{bob.id}/role"), data={f"m{bob.id}-role": "owner"})
    assert answer.status_code == 303
    owner.refresh(bob)
    assert bob.role == MemberRole.OWNER


def test_a_role_that_does_not_exist_is_refused(
    client: LintingClient, owner: Session, participation: Participation, boss: Person
) -> None:
    bob = colleague(participation)
    client.get(page(participation))
    answer = client.post(page(participation, f"membres/{bob.id}/role"), data={f"m{bob.id}-role": "king"})
    assert "Ce rôle n’existe pas" in client.get(answer.location).text
    owner.refresh(bob)
    assert bob.role == MemberRole.CONTRIBUTOR


def main(answer: Any) -> str:
    return str(answer.text).partition("<main")[2]


def test_who_is_alone_may_invite_another_owner_or_delete_their_account(
    client: LintingClient, owner: Session, participation: Participation, boss: Person
) -> None:
    own = owner.query(Membership).filter_by(person_id=boss.id).one()
    told = main(client.get(page(participation, f"membres/{own.id}/retirer")))
    assert "Inviter un autre responsable" in told and "mon-compte/suppression" in told


def test_the_last_owner_neither_steps_down_nor_leaves(
    client: LintingClient, owner: Session, participation: Participation, boss: Person
) -> None:
    own = owner.query(Membership).filter_by(person_id=boss.id).one()
    colleague(participation)
    # A request to become a member is no owner yet.
    colleague(participation, MemberRole.OWNER, accepted_at=None)
    client.get(page(participation))
    answer = client.post(page(participation, f"membres/{own.id}/role"), data={f"m{own.id}-role": "reader"})
    assert "garde toujours au moins un responsable" in client.get(answer.location).text
    leave = page(participation, f"membres/{own.id}/retirer")
    client.get(leave)
    for answer in (client.get(leave), client.post(leave)):
        # Nothing is offered that can only be refused.
        assert "garde toujours quelqu’un pour en répondre" in answer.text and '<form method="post"' not in main(answer)
        assert "Nommer un autre responsable" in answer.text and "quitter-l-espace" in answer.text
        assert "mon-compte/suppression" not in main(answer)
    assert answer.status_code == 422
    owner.refresh(own)
    assert own.role == MemberRole.OWNER


def test_two_owners_who_leave_at_once_do_not_both_succeed(
    app: Flask, client: LintingClient, owner: Session, participation: Participation
) -> None:
    memberships = [colleague(participation, MemberRole.OWNER) for _ in range(2)]
    start, answers = threading.Barrier(2), []

    def leave(membership: Membership, browser: LintingClient) -> None:
        start.wait()
        answers.append(browser.post(page(participation, f"membres/{membership.id}/retirer")).status_code)

    browsers = [visitor(client, membership.person) for membership in memberships]
    for membership, browser in zip(memberships, browsers, strict=True):
        browser.get(page(participation, f"membres/{membership.id}/retirer"))
    threads = [threading.Thread(target=leave, args=pair) for pair in zip(memberships, browsers, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 422]
    assert owner.query(Membership).count() == 1


def test_a_member_leaves(client: LintingClient, owner: Session, participation: Participation, boss: Person) -> None:
    bob = colleague(participation)
    other = visitor(client, bob.person)
    leave = page(participation, f"membres/{bob.id}/retirer")
    assert "Quitter Le Fournil" in other.get(leave).text
    assert other.post(leave).location == "/le-territoire/structures"
    # Whoever leaves knows it.
    assert mails_to(owner, bob.person.email) == []
    assert other.get(page(participation)).status_code == 404


def test_a_member_taken_out_loses_access_at_once(
    client: LintingClient, owner: Session, participation: Participation, boss: Person
) -> None:
    bob = colleague(participation, MemberRole.OWNER)
    other = visitor(client, bob.person)
    identity = page(participation, "identite")
    assert other.get(identity).status_code == 200
    remove = page(participation, f"membres/{bob.id}/retirer")
    client.get(remove)
    assert client.post(remove).location == page(participation)
    told = last_mail(owner, bob.person.email)
    assert told.subject == "Vous ne faites plus partie de la structure Le Fournil"
    assert f"{boss.name} a mis fin à votre accès" in told.text and "inviter de nouveau" in told.text
    assert other.post(identity, data={"name": "Pris"}).status_code == 404
    assert other.get(page(participation)).status_code == 404


def test_a_member_who_is_no_owner_manages_nobody(
    client: LintingClient, owner: Session, participation: Participation, boss: Person
) -> None:
    bob, eve = colleague(participation), colleague(participation)
    invite(client, participation, "zoe@example.org")
    invitation = owner.query(Invitation).one()
    other = visitor(client, bob.person)
    other.get(page(participation))
    for path, data in (
        ("membres", {"email": "x@example.org", "role": "owner"}),
        (f"membres/{bob.id}/role", {f"m{bob.id}-role": "owner"}),
        (f"membres/{eve.id}/retirer", {}),
        (f"invitations/{invitation.id}/retirer", {}),
        (f"invitations/{invitation.id}/relancer", {}),
    ):
        assert other.post(page(participation, path), data=data).status_code == 404, path
    owner.expire_all()
    owner.commit()
    assert {row.role for row in owner.query(Membership)} == {MemberRole.OWNER, MemberRole.CONTRIBUTOR}
    assert owner.query(Membership).count() == 3 and owner.query(Invitation).count() == 1


def test_ids_of_another_structure_are_not_found(
    client: LintingClient, owner: Session, space: Space, participation: Participation, boss: Person
) -> None:
    foreign = ParticipationFactory(space_id=space.id)
    member = colleague(foreign)
    invitation = Invitation(
        organization_id=foreign.organization_id,
        email="zoe@example.org",
        role=MemberRole.READER,
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )
    owner.add(invitation)
    owner.commit()
    client.get(page(participation))
    for row in (participation, foreign):
        for path in (
            f"membres/{member.id}/role",
            f"membres/{member.id}/retirer",
            f"invitations/{invitation.id}/relancer",
            f"invitations/{invitation.id}/retirer",
        ):
            assert client.post(page(row, path), data={f"m{member.id}-role": "owner"}).status_code == 404
    for path in ("membres", "identite", "charte", "partage"):
        assert client.get(page(foreign, path)).status_code == 404


def test_a_participation_of_another_space_is_not_found_here_even_by_its_member(
    client: LintingClient, owner: Session, participation: Participation, boss: Person
) -> None:
    elsewhere = ParticipationFactory(space_id=SpaceFactory().id, organization=participation.organization)
    for path in ("membres", "identite", "charte", "partage"):
        assert client.get(page(elsewhere, path)).status_code == 404


def test_the_page_costs_the_same_with_many_members(
    client: LintingClient, owner: Session, participation: Participation, boss: Person, statements: list[str]
) -> None:
    def cost() -> int:
        client.get(page(participation))
        statements.clear()
        assert client.get(page(participation)).status_code == 200
        return len(statements)

    def add(count: int) -> None:
        for number in range(count):
            colleague(participation)
            colleague(participation, accepted_at=None)
            email = f"{owner.query(Invitation).count()}-{number}@example.org"
            owner.add(
                Invitation(
                    organization_id=participation.organization_id,
                    email=email,
                    role=MemberRole.READER,
                    expires_at=datetime.now(UTC),
                )
            )
        owner.commit()

    add(2)
    few = cost()
    add(6)
    assert cost() == few <= 12
