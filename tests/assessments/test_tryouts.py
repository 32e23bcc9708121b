"""A try-out follows whoever signs in, and waits in sight until it is attached."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.accounts.passwords import hashed
from assett.assessments.models import Assessment
from assett.organizations.models import MemberRole
from tests.assessments.arranging import Place, fields, place, running
from tests.assessments.test_attach import attach, second_participation
from tests.assessments.test_journey import begin_trial
from tests.assessments.test_reread import page_of
from tests.factories import PASSWORD, PersonFactory, SpaceFactory
from tests.linting import LintingClient

HEADING = "Votre essai en cours"


def tried(client: LintingClient, where: Place) -> str:
    """A visitor's try-out, with one answer."""
    url = begin_trial(client, where)
    client.get(f"{url}profil")
    client.post(f"{url}profil", data={"answers.kind": "company"})
    client.post(f"{url}categorie/energie", data=fields(suivi="non"))
    return url


def sign_in(client: LintingClient, where: Place, owner: Session, person: Person | None = None) -> str:
    """Sign in by the form, from the menu; gives where one arrives."""
    person = person or where.person
    person.password_hash = hashed(PASSWORD)
    owner.commit()
    client.get(where.url("connexion"))
    done = client.post(where.url("connexion"), data={"email": person.email, "password": PASSWORD})
    assert done.status_code == 303
    return str(done.location)


def elsewhere(app: Flask, where: Place, person: Person | None = None) -> LintingClient:
    """Another device of that person."""
    device = app.test_client()
    assert isinstance(device, LintingClient)
    device.sign_in(person or where.person)
    return device


def test_signing_in_takes_the_try_out_over_and_says_so(client: LintingClient, app: Flask, owner: Session) -> None:
    where = place()
    url = tried(client, where)
    arrived = sign_in(client, where, owner)
    assert arrived == where.url(f"structures/{where.participation.id}/")
    page = page_of(client, arrived)
    assert f'Votre essai est maintenant dans votre compte. <a href="{url}">Reprendre</a>' in page
    name = where.participation.organization.name
    for at in (arrived, where.url("structures")):
        page = page_of(elsewhere(app, where), at)
        assert HEADING in page and f'href="{url}"' in page and f"Rattacher à « {name} »" in page
    assert elsewhere(app, where).get(f"{url}categorie/energie").status_code == 200
    device = elsewhere(app, where)
    device.get(arrived)
    assert attach(device, url, where.participation).status_code == 303
    assert HEADING not in page_of(device, arrived) and HEADING not in page_of(device, where.url("structures"))


def test_nobody_else_gets_it(client: LintingClient, app: Flask, owner: Session) -> None:
    where = place()
    tried(client, where)
    sign_in(client, where, owner)
    stranger = PersonFactory()
    assert HEADING not in page_of(elsewhere(app, where, stranger), where.url("rejoindre"))
    # The browser of somebody who is signed in hands nothing on to who signs in over it.
    client.get(where.url("structures"))
    sign_in(client, where, owner, stranger)
    assert owner.scalars(select(Assessment.started_by)).one() == where.person.id
    # Neither does a sign-in where no space is known, nor one in another space.
    apart = app.test_client()
    apart.sign_in(stranger)
    assert HEADING not in page_of(apart, f"/{SpaceFactory().slug}/rejoindre")


def test_a_running_assessment_is_named_with_what_can_be_done(client: LintingClient, owner: Session) -> None:
    where = place()
    here = running(where)
    tried(client, where)
    page = page_of(client, sign_in(client, where, owner))
    assert "terminez-la ou abandonnez-la, puis rattachez votre essai" in page
    assert f'href="{where.url(f"auto-evaluations/{here.id}/")}">Voir celle qui est en cours' in page
    assert "Rattacher à «" not in page
    # Another structure of theirs is free.
    other = second_participation(where)
    assert f"Rattacher à « {other.organization.name} »" in page_of(client, where.url("structures"))


@pytest.mark.parametrize("many", [1, 2])
def test_who_has_no_structure_yet_is_led_to_one(client: LintingClient, owner: Session, many: int) -> None:
    where = place()
    for _ in range(many):
        tried(client, where)
    arrived = sign_in(client, where, owner, PersonFactory())
    assert arrived == where.url("rejoindre")
    page = page_of(client, arrived)
    assert (HEADING if many == 1 else "Vos essais en cours") in page and "deviendra son auto-évaluation" in page


def test_a_reader_is_told_whom_to_ask(client: LintingClient, owner: Session) -> None:
    where = place(role=MemberRole.READER)
    tried(client, where)
    page = page_of(client, sign_in(client, where, owner))
    assert "demandez à un responsable de vous en faire contributeur" in page and "Rattacher à «" not in page


def test_an_expired_try_out_is_not_offered(client: LintingClient, owner: Session) -> None:
    where = place()
    tried(client, where)
    arrived = sign_in(client, where, owner)
    owner.scalars(select(Assessment)).one().expires_at = datetime.now(UTC) - timedelta(minutes=1)
    owner.commit()
    assert HEADING not in page_of(client, arrived)


def test_signing_in_for_the_platform_asks_nothing_of_a_space(client: LintingClient, owner: Session) -> None:
    where = place()
    url = tried(client, where)
    where.person.password_hash = hashed(PASSWORD)
    owner.commit()
    client.get("/connexion")
    assert client.post("/connexion", data={"email": where.person.email, "password": PASSWORD}).status_code == 303
    # The browser still knows it.
    assert HEADING in page_of(client, where.url("structures")) and client.get(url).status_code == 200
