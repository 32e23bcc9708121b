"""The team of a space: who is in it, as what, and the manager that always stays."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assett.accounts.models import Person, SpaceRole, SpaceRoleName
from assett.core import jobs
from assett.core.audit import AuditEntry, Source
from assett.spaces.models import Space
from assett.teams.models import TeamInvitation
from tests.factories import PASSWORD, SpaceFactory, SpaceRoleFactory, with_password
from tests.linting import LintingClient
from tests.teams.conftest import Team, plain

TEAM = "/le-territoire/equipe"
READER, EDITOR, MANAGER = SpaceRoleName.READER, SpaceRoleName.EDITOR, SpaceRoleName.MANAGER


def roles(owner: Session) -> dict[int, SpaceRoleName]:
    owner.rollback()
    owner.expire_all()
    return {row.person_id: row.role for row in owner.scalars(select(SpaceRole))}


def actions(owner: Session) -> list[str]:
    owner.rollback()
    return list(owner.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_manager_sees_the_team_its_roles_and_its_addresses(
    client: LintingClient, team: Team, boss: SpaceRole
) -> None:
    bob = team.member(EDITOR, name="Bob Petit", email="bob@example.org").person
    page = client.get(TEAM).text
    assert all(word in page for word in ("Ana Roy", "(vous)", "Bob Petit", bob.email, "Rédaction", "2 membres"))
    assert page.index("Ana Roy (vous)") < page.index('<th scope="row">Bob Petit')


def test_a_reader_sees_the_team_without_its_addresses(team: Team, boss: SpaceRole) -> None:
    reader = team.member().person
    browser = team.browser(reader)
    page = browser.get(TEAM).text
    assert "Ana Roy" in page and boss.person.email not in page and "Inviter quelqu’un" not in page
    assert "Quitter l’équipe" in page and "Changer de rôle" not in page


def test_the_day_of_the_last_visit_is_told_to_managers(client: LintingClient, owner: Session, team: Team) -> None:
    bob = team.member(name="Bob").person
    sign_in = "INSERT INTO sign_in (person_id, secret_hash, seen_on) VALUES (:person, 'x', '2025-03-01')"
    owner.execute(text(sign_in), {"person": bob.id})
    owner.commit()
    assert "mars 2025" in plain(client.get(TEAM))
    assert "mars 2025" not in plain(team.browser(bob).get(TEAM))


@pytest.mark.parametrize("path", ["equipe/inviter", "equipe/1/role", "journal", "journal/export.csv"])
def test_a_reader_manages_nothing(team: Team, boss: SpaceRole, path: str) -> None:
    browser = team.browser(team.member().person)
    assert browser.get(f"/le-territoire/{path}").status_code == 403


def test_a_role_is_changed_and_written_down(client: LintingClient, owner: Session, team: Team, boss: SpaceRole) -> None:
    bob = team.member(name="Bob Petit")
    change = f"{TEAM}/{bob.id}/role"
    assert "Rôle\u00a0: Bob Petit" in client.get(change).text
    assert client.post(change, data={"role": "editor"}).location == TEAM
    assert "Bob Petit a désormais le rôle" in client.get(TEAM).text
    assert roles(owner)[bob.person_id] == EDITOR
    entry = owner.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.person_id, entry.source) == ("team.role-changed", boss.person_id, Source.PERSON)
    assert entry.details == {"person": bob.person_id, "before": {"role": "reader"}, "after": {"role": "editor"}}


def test_the_same_role_again_is_no_change(client: LintingClient, owner: Session, team: Team) -> None:
    bob = team.member()
    assert client.post(f"{TEAM}/{bob.id}/role", data={"role": "reader"}).status_code == 303
    assert actions(owner) == []


def test_a_role_that_does_not_exist_is_refused(client: LintingClient, owner: Session, team: Team) -> None:
    bob = team.member()
    assert client.post(f"{TEAM}/{bob.id}/role", data={"role": "emperor"}).status_code == 422
    assert roles(owner)[bob.person_id] == READER


def test_the_last_manager_neither_takes_another_role_nor_leaves(
    client: LintingClient, owner: Session, boss: SpaceRole
) -> None:
    assert "Il faut au moins une personne pour gérer l’espace" in client.get(TEAM).text
    asked = client.get(f"{TEAM}/{boss.id}/retirer", follow_redirects=True).text
    assert "Il faut au moins une personne" in asked and "Quitter l’équipe ?" not in asked, "told before it is asked"
    for path, data in (("role", {"role": "reader"}), ("retirer", {})):
        client.get(f"{TEAM}/{boss.id}/{path}")
        refused = client.post(f"{TEAM}/{boss.id}/{path}", data=data)
        assert refused.status_code == 422 and "Il faut au moins une personne" in refused.text, path
    assert roles(owner) == {boss.person_id: MANAGER}
    assert actions(owner) == []


def test_one_of_two_managers_leaves(client: LintingClient, owner: Session, team: Team, boss: SpaceRole) -> None:
    other = team.member(MANAGER)
    assert "Vous n’aurez plus accès" in client.get(f"{TEAM}/{boss.id}/retirer").text
    assert client.post(f"{TEAM}/{boss.id}/retirer").location == "/le-territoire/"
    assert roles(owner) == {other.person_id: MANAGER}
    assert client.get(TEAM).status_code == 403
    assert actions(owner) == ["team.left"]


def test_a_member_taken_out_loses_access_at_once(client: LintingClient, owner: Session, team: Team) -> None:
    bob = team.member(EDITOR, name="Bob Petit")
    browser = team.browser(bob.person)
    assert browser.get(TEAM).status_code == 200
    assert "Retirer Bob Petit de l’équipe" in client.get(f"{TEAM}/{bob.id}/retirer").text
    assert client.post(f"{TEAM}/{bob.id}/retirer").location == TEAM
    assert browser.get(TEAM).status_code == 403
    assert actions(owner) == ["team.removed"]


def test_a_reader_leaves_by_themself_and_takes_nobody_along(owner: Session, team: Team, boss: SpaceRole) -> None:
    bob = team.member()
    browser = team.browser(bob.person)
    assert browser.get(f"{TEAM}/{boss.id}/retirer").status_code == 404
    assert browser.post(f"{TEAM}/{boss.id}/retirer").status_code == 404
    assert browser.post(f"{TEAM}/{bob.id}/retirer").status_code == 303
    assert roles(owner) == {boss.person_id: MANAGER}


def test_members_of_another_space_are_not_found(client: LintingClient, owner: Session) -> None:
    foreign = SpaceRoleFactory(space_id=SpaceFactory().id)
    for path, data in (("role", {"role": "reader"}), ("retirer", {})):
        assert client.get(f"{TEAM}/{foreign.id}/{path}").status_code == 404
        assert client.post(f"{TEAM}/{foreign.id}/{path}", data=data).status_code == 404
    assert roles(owner)[foreign.person_id] == MANAGER


@pytest.mark.parametrize("deed", ["role", "retirer"])
def test_two_managers_who_lower_each_other_at_once_do_not_both_succeed(
    owner: Session, team: Team, boss: SpaceRole, deed: str
) -> None:
    other = team.member(MANAGER)
    pairs = ((team.browser(boss.person), other), (team.browser(other.person), boss))
    there = threading.Barrier(2, timeout=30)
    answers: list[int] = []

    def lower(browser: LintingClient, whom: SpaceRole) -> None:
        browser.get(f"{TEAM}/{whom.id}/{deed}")
        there.wait()
        answers.append(browser.post(f"{TEAM}/{whom.id}/{deed}", data={"role": "reader"}).status_code)

    threads = [threading.Thread(target=lower, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Who comes second manages nothing any more: refused in words, or at the door if they come late enough.
    assert sorted(answers) in ([303, 403], [303, 422])
    assert list(roles(owner).values()).count(MANAGER) == 1


@pytest.mark.parametrize(
    "change", ["UPDATE space_role SET role = 'reader' WHERE id = :id", "DELETE FROM space_role WHERE id = :id"]
)
def test_the_database_itself_keeps_a_manager(owner: Session, boss: SpaceRole, change: str) -> None:
    with pytest.raises(IntegrityError, match="last manager"):
        owner.execute(text(change), {"id": boss.id})
    owner.rollback()


def test_two_transactions_cannot_take_the_last_two_managers_out(
    owner_engine: Any, owner: Session, team: Team, boss: SpaceRole
) -> None:
    other = team.member(MANAGER)
    with owner_engine.connect() as first, owner_engine.connect() as second:
        lower = text("UPDATE space_role SET role = 'reader' WHERE id = :id")
        first.execute(lower, {"id": boss.id})
        failed: list[Exception] = []

        def late() -> None:
            try:
                second.execute(lower, {"id": other.id})
                second.commit()
            except IntegrityError as refused:
                failed.append(refused)

        thread = threading.Thread(target=late)
        thread.start()
        thread.join(0.5)
        first.commit()
        thread.join()
    assert len(failed) == 1
    assert roles(owner)[other.person_id] == MANAGER


def test_a_space_goes_with_its_last_manager(owner: Session, space: Space, boss: SpaceRole) -> None:
    owner.execute(text("DELETE FROM space WHERE id = :id"), {"id": space.id})
    owner.commit()
    assert roles(owner) == {}


# When an account goes


def _delete_account(browser: LintingClient) -> Any:
    browser.get("/le-territoire/mon-compte/suppression")
    return browser.post("/le-territoire/mon-compte/suppression", data={"current_password": PASSWORD, "sure": "y"})


def test_the_last_manager_s_account_stays(owner: Session, team: Team, space: Space) -> None:
    """The space of another address counts as much as the one where the account is deleted from."""
    elsewhere = SpaceFactory(name="Val Clair")
    person: Person = with_password(email="seul@example.org")
    SpaceRoleFactory(space_id=elsewhere.id, person=person)
    refused = _delete_account(team.browser(person))
    assert refused.status_code == 422 and "Val Clair" in refused.text
    assert roles(owner) == {person.id: MANAGER}


def test_an_account_that_goes_leaves_its_teams_and_its_name_in_no_line(
    app: Flask, client: LintingClient, owner: Session, team: Team, boss: SpaceRole
) -> None:
    person: Person = with_password(email="bob@example.org", name="Bob Petit")
    SpaceRoleFactory(space_id=team.space.id, person=person, role=EDITOR)
    elsewhere = SpaceFactory()
    SpaceRoleFactory(space_id=elsewhere.id)
    SpaceRoleFactory(space_id=elsewhere.id, person=person)
    invitation = TeamInvitation(
        space_id=elsewhere.id,
        email=person.email,
        role=READER,
        token_hash="x",
        expires_at=datetime(2099, 1, 1, tzinfo=UTC),
    )
    owner.add(invitation)
    owner.commit()
    browser = team.browser(person)
    browser.post(f"{TEAM}/{boss.id}/role", data={"role": "reader"})
    assert _delete_account(browser).status_code == 303
    assert person.id not in roles(owner)
    assert owner.scalars(select(TeamInvitation)).all() == []
    assert actions(owner).count("team.left") == 2
    jobs.drain(app)
    log = client.get("/le-territoire/journal").text
    assert "Bob" not in log and "Compte supprimé" in log
    assert "un compte supprimé" in log


def test_the_page_costs_the_same_with_a_large_team(
    client: LintingClient, owner: Session, team: Team, boss: SpaceRole, statements: list[str]
) -> None:
    def cost() -> int:
        client.get(TEAM)
        statements.clear()
        assert client.get(TEAM).status_code == 200
        return len(statements)

    def add(count: int, start: int) -> None:
        for number in range(start, start + count):
            bob = team.member()
            owner.add(
                TeamInvitation(
                    space_id=team.space.id,
                    email=f"{number}@example.org",
                    role=READER,
                    token_hash=str(number),
                    invited_by=boss.person_id,
                    accepted_by=bob.person_id,
                    accepted_at=datetime.now(UTC),
                    expires_at=datetime.now(UTC),
                )
            )
        owner.commit()

    add(2, 0)
    few = cost()
    add(6, 2)
    assert cost() == few <= 12
