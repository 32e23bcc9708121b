"""« Rattacher à ma structure »: a try-out becomes the running assessment of a structure that participates already."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.assessments.models import Answer, Assessment
from assett.organizations.models import MemberRole, Membership, OrganizationKind, Participation
from tests.accounts.mailbox import last_mail
from tests.assessments.arranging import Place, fields, place, running
from tests.assessments.test_journey import begin_trial
from tests.assessments.test_reread import page_of
from tests.factories import MembershipFactory, ParticipationFactory, PersonFactory
from tests.linting import LintingClient


def trial_of(client: LintingClient, where: Place, person: Person) -> str:
    """A try-out of somebody who is signed in, with one answer."""
    client.sign_in(person)
    url = begin_trial(client, where)
    client.get(f"{url}profil")
    client.post(f"{url}profil", data={"revision.kind": "0", "answers.kind": "company"})
    client.post(f"{url}categorie/energie", data=fields(suivi="non", part="50"))
    return url


def attach(client: LintingClient, url: str, participation: Participation | int) -> Any:
    id = participation if isinstance(participation, int) else participation.id
    return client.post(f"{url}rattacher", data={"participation": str(id)})


def attached_to(owner: Session) -> list[int | None]:
    owner.rollback()
    return list(owner.scalars(select(Assessment.participation_id).order_by(Assessment.id)))


def second_participation(where: Place, role: MemberRole = MemberRole.OWNER) -> Participation:
    """Another structure of the same space in which the same person plays that role."""
    other: Participation = ParticipationFactory(space_id=where.space.id)
    MembershipFactory(organization=other.organization, person=where.person, role=role)
    return other


def test_a_try_out_becomes_the_running_assessment(client: LintingClient, owner: Session) -> None:
    where = place()
    url = trial_of(client, where, where.person)
    name = where.participation.organization.name
    assert f"Rattacher à « {name} »" in page_of(client, f"{url}resultat")
    assert f"Rattacher à « {name} »" in page_of(client, f"{url}terminer")
    done = attach(client, url, where.participation)
    assert (done.status_code, done.location) == (303, f"{url}resultat")
    page = page_of(client, done.location)
    assert f"Cet essai est maintenant l’auto-évaluation de votre structure, {name}." in page
    assert "Rattacher à «" not in page
    row = owner.scalars(select(Assessment)).one()
    assert (row.participation_id, row.trial_secret, row.expires_at) == (where.participation.id, None, None)


def test_what_the_structure_says_of_itself_against_the_try_out_is_told(client: LintingClient, owner: Session) -> None:
    """The questions and the score may move with it: never without a word."""
    where = place()
    where.participation.organization.kind = OrganizationKind.ASSOCIATION
    owner.commit()
    url = trial_of(client, where, where.person)
    page = page_of(client, attach(client, url, where.participation).location)
    assert "Votre structure est inscrite avec d’autres informations que celles de votre essai" in page
    owner.expire_all()
    assert owner.scalars(select(Assessment)).one().profile["kind"] == "association"


def test_where_both_say_the_same_nothing_more_is_told(client: LintingClient, owner: Session) -> None:
    where = place()
    url = trial_of(client, where, where.person)
    assert "l’emportent" not in page_of(client, attach(client, url, where.participation).location)


def test_a_double_click_attaches_once_and_says_so(client: LintingClient, owner: Session) -> None:
    where = place()
    url = trial_of(client, where, where.person)
    answers = [attach(client, url, where.participation) for _ in range(2)]
    assert {(each.status_code, each.location) for each in answers} == {(303, f"{url}resultat")}
    assert attached_to(owner) == [where.participation.id]


def detach(client: LintingClient, url: str) -> Any:
    return client.post(f"{url}detacher")


WAY_BACK = 'detacher"'


def test_a_wrong_choice_is_taken_back_and_made_again(client: LintingClient, owner: Session) -> None:
    where = place()
    right = second_participation(where)
    url = trial_of(client, where, where.person)
    trial = owner.scalars(select(Assessment.trial_secret)).one()
    assert WAY_BACK not in page_of(client, f"{url}resultat")
    attach(client, url, where.participation)
    assert all(WAY_BACK in page_of(client, f"{url}{page}") for page in ("", "resultat", "terminer"))
    # What is about to become final says of whom.
    assert where.participation.organization.name in page_of(client, f"{url}terminer")
    done = detach(client, url)
    assert (done.status_code, done.location) == (303, f"{url}resultat")
    page = page_of(client, done.location)
    assert "Votre essai est revenu dans votre compte" in page and f'<option value="{right.id}">' in page
    owner.rollback()
    row = owner.scalars(select(Assessment)).one()
    assert (row.participation_id, row.trial_secret, row.former_secret, row.expires_at) == (None, trial, None, None)
    assert owner.scalar(select(func.count()).select_from(Answer)) == 2
    # A double click changes nothing more; the right one then has it.
    assert detach(client, url).status_code == 303
    attach(client, url, right)
    assert attached_to(owner) == [right.id]


@pytest.mark.parametrize("kind", [OrganizationKind.COMPANY, OrganizationKind.ASSOCIATION])
def test_whoever_is_let_in_is_told_that_their_try_out_came_along(
    client: LintingClient, app: Flask, owner: Session, kind: OrganizationKind
) -> None:
    """They asked to join, and somebody else's answer did it: nothing says that they have just done it."""
    where = place()
    organization = where.participation.organization
    organization.kind = kind
    joiner = PersonFactory()
    asked = MembershipFactory(organization=organization, person=joiner, accepted_at=None)
    url = trial_of(client, where, joiner)
    boss = app.test_client()
    assert isinstance(boss, LintingClient)
    boss.sign_in(where.person)
    answer = where.url(f"demandes/{asked.id}")
    boss.get(answer)
    assert boss.post(answer, data={"decision": "accept", "role": "contributor"}).status_code == 303
    mail = last_mail(owner, joiner.email).text
    assert "Votre essai y est devenu l’auto-évaluation en cours" in mail and "\n\n\n" not in mail
    assert ("d’autres informations que celles de votre essai" in mail) is (kind != OrganizationKind.COMPANY)
    page = page_of(client, f"{url}resultat")
    assert WAY_BACK in page and f"Votre essai est devenu l’auto-évaluation de « {organization.name} »" in page
    assert "Vous avez rattaché" not in page
    assert "informations que celles" not in page_of(boss, where.url(f"structures/{where.participation.id}/"))


def test_whoever_is_let_in_without_a_try_out_is_told_of_none(client: LintingClient, owner: Session) -> None:
    where = place()
    asked = MembershipFactory(organization=where.participation.organization, accepted_at=None)
    client.sign_in(where.person)
    answer = where.url(f"demandes/{asked.id}")
    client.get(answer)
    client.post(answer, data={"decision": "accept", "role": "contributor"})
    mail = last_mail(owner, asked.person.email).text
    assert "Bienvenue" in mail and "essai" not in mail and "\n\n\n" not in mail


def test_what_a_colleague_answered_does_not_leave_with_it(client: LintingClient, app: Flask, owner: Session) -> None:
    where = place()
    colleague = PersonFactory()
    MembershipFactory(organization=where.participation.organization, person=colleague)
    url = trial_of(client, where, where.person)
    attach(client, url, where.participation)
    other = app.test_client()
    other.sign_in(colleague)
    # Who did not bring it has no say in it.
    assert WAY_BACK not in other.get(f"{url}resultat").text
    assert other.post(f"{url}detacher").status_code == 404
    assert other.post(f"{url}categorie/dechets", data=fields(tri=["verre"])).status_code == 303
    assert WAY_BACK not in page_of(client, f"{url}resultat")
    assert "Elle ne se détache plus" in page_of(client, detach(client, url).location)
    assert attached_to(owner) == [where.participation.id]


def test_what_is_final_is_not_taken_back(client: LintingClient, owner: Session) -> None:
    where = place()
    url = trial_of(client, where, where.person)
    attach(client, url, where.participation)
    client.post(f"{url}categorie/dechets", data=fields(tri=["verre"], compost="true"))
    assert client.post(f"{url}terminer").location == f"{url}resultat"
    assert WAY_BACK not in page_of(client, f"{url}resultat")
    assert "Elle ne se détache plus" in page_of(client, detach(client, url).location)
    owner.rollback()
    row = owner.scalars(select(Assessment)).one()
    assert row.completed_at is not None and row.participation_id == where.participation.id


def test_who_has_left_the_structure_takes_nothing_of_it(client: LintingClient, owner: Session) -> None:
    where = place()
    MembershipFactory(organization=where.participation.organization)
    url = trial_of(client, where, where.person)
    attach(client, url, where.participation)
    owner.execute(delete(Membership).where(Membership.person_id == where.person.id))
    owner.commit()
    assert detach(client, url).status_code == 404
    assert attached_to(owner) == [where.participation.id]


def test_a_second_tab_does_not_take_it_to_another_structure(client: LintingClient, owner: Session) -> None:
    where = place()
    other = second_participation(where)
    url = trial_of(client, where, where.person)
    page = page_of(client, f"{url}resultat")
    assert all(f'<option value="{each.id}">' in page for each in (where.participation, other))
    attach(client, url, where.participation)
    late = attach(client, url, other)
    assert "déjà rattaché à une autre structure" in page_of(client, late.location)
    assert attached_to(owner) == [where.participation.id]


def test_a_running_assessment_keeps_its_place_and_the_try_out_stays(client: LintingClient, owner: Session) -> None:
    where = place()
    other = second_participation(where)
    here = running(where)
    url = trial_of(client, where, where.person)
    refused = attach(client, url, where.participation)
    html = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert f'href="{where.url(f"auto-evaluations/{here.id}/")}"' in html and f'href="{url}resultat"' in html
    assert attached_to(owner) == [where.participation.id, None]
    # The other structure is offered there, and takes it.
    assert f'name="participation" value="{other.id}"' in html
    attach(client, url, other)
    assert attached_to(owner) == [where.participation.id, other.id]


def test_only_a_structure_for_which_one_answers_here(client: LintingClient, owner: Session) -> None:
    where, elsewhere = place(), place()
    read_only = second_participation(where, MemberRole.READER)
    stranger = ParticipationFactory(space_id=where.space.id)
    # The same person answers for a structure of another space.
    MembershipFactory(organization=elsewhere.participation.organization, person=where.person)
    url = trial_of(client, where, where.person)
    assert read_only.organization.name not in page_of(client, f"{url}resultat")
    for participation in (read_only, stranger, elsewhere.participation, 0, 10**30):
        assert attach(client, url, participation).status_code == 404
    assert client.post(f"{url}rattacher", data={"participation": "la mienne"}).status_code == 404
    assert attached_to(owner) == [None]


def test_nobody_attaches_the_try_out_of_another(client: LintingClient, app: Flask, owner: Session) -> None:
    where = place()
    url = trial_of(client, where, PersonFactory())
    intruder = app.test_client()
    intruder.sign_in(where.person)
    intruder.get(where.url())
    assert attach(intruder, url, where.participation).status_code == 404
    assert attached_to(owner) == [None]


def test_two_try_outs_at_the_same_moment_leave_one_running(app: Flask, client: LintingClient, owner: Session) -> None:
    where = place()
    colleague = PersonFactory()
    MembershipFactory(organization=where.participation.organization, person=colleague)
    tabs = []
    for person in (where.person, colleague):
        tab = app.test_client()
        tabs.append((tab, trial_of(tab, where, person)))
    statuses: list[int] = []
    threads = [
        Thread(target=lambda tab=tab, url=url: statuses.append(attach(tab, url, where.participation).status_code))
        for tab, url in tabs
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 422]
    counted = select(func.count()).where(Assessment.participation_id == where.participation.id)
    assert owner.scalar(counted) == 1


def test_a_visitor_signs_in_first(client: LintingClient, owner: Session) -> None:
    where = place()
    url = begin_trial(client, where)
    client.get(f"{url}profil")
    asked = attach(client, url, where.participation)
    assert asked.status_code == 401 and 'name="kept"' in asked.get_data(as_text=True)
    assert attached_to(owner) == [None]
