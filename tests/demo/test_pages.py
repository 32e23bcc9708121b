"""What each account is sent to see is there, in every space."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.assessments.models import Assessment
from assett.core.tenancy import ACROSS_ROLE
from assett.demo import accounts, seed
from assett.kernel.clock import utc_now
from assett.organizations.models import Membership, Participation
from assett.studio.models import Draft, DraftComment


def quiet(_label: str, _done: int, _total: int) -> None:
    pass


def fill(owner: Session, now: datetime) -> None:
    owner.execute(text(f"SET LOCAL ROLE {ACROSS_ROLE}"))
    seed.seed(owner, now=now, report=quiet)
    owner.commit()


def test_what_each_account_is_told_of_is_there(client: Any, owner: Session) -> None:
    fill(owner, utc_now())
    everybody_finds_their_page(client, owner)
    the_bakery_has_finished_and_running_assessments(client, owner)
    teams_find_a_newer_national_version_and_a_draft_with_its_history(client, owner)


def everybody_finds_their_page(client: Any, owner: Session) -> None:
    for slug in ("grand-poitiers", "mel", "saint-benoit"):
        for page in ("", "annuaire", "essai"):
            assert client.get(f"/{slug}/{page}").status_code == 200, (slug, page)
    for account in accounts.accounts():
        if account.email:
            client.sign_in(owner.scalars(select(Person).where(Person.email == account.email)).one())
        answer = client.get(account.path)
        assert answer.status_code in (200, 302, 303), account.role


def the_bakery_has_finished_and_running_assessments(client: Any, owner: Session) -> None:
    boss = next(account for account in accounts.accounts() if account.member == "owner")
    person = owner.scalars(select(Person).where(Person.email == boss.email)).one()
    participation = owner.scalars(
        select(Participation)
        .join(Membership, Membership.organization_id == Participation.organization_id)
        .where(Membership.person_id == person.id)
    ).one()
    client.sign_in(person)
    assert accounts.STRUCTURE in client.get(f"/{boss.space}/structures/{participation.id}/").text
    assessments = owner.scalars(select(Assessment).where(Assessment.participation_id == participation.id)).all()
    running = [each for each in assessments if each.completed_at is None]
    assert len(assessments) == 4 and len(running) == 1
    # What changed since the last time brings questions that are still to be answered.
    assert 0 < running[0].progress < 1
    assert client.get(f"/{boss.space}/auto-evaluations/{running[0].id}/").status_code in (200, 302, 303)
    latest = next(each for each in assessments if each.latest)
    assert client.get(f"/{boss.space}/auto-evaluations/{latest.id}/resultat").status_code == 200


def teams_find_a_newer_national_version_and_a_draft_with_its_history(client: Any, owner: Session) -> None:
    for email, slug, brought in (
        ("gestion.poitiers@example.org", "grand-poitiers", "5 nouveautés, 1 conflit"),
        ("gestion.mel@example.org", "mel", "4 nouveautés, 2 conflits"),
    ):
        client.sign_in(owner.scalars(select(Person).where(Person.email == email)).one())
        page = client.get(f"/{slug}/atelier/").text.replace("\u00a0", " ").replace("\u202f", " ")
        assert f"Le socle national a une version 3 : {brought}." in page
    draft = owner.scalars(select(Draft)).one()
    assert draft.revision == 4
    assert len(owner.scalars(select(DraftComment)).all()) == 3
