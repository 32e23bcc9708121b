"""The launch steps: done by the facts, declared where no fact can show it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRoleName
from assett.resources.models import Resource
from assett.spaces.models import LaunchMark, Space
from assett.spaces.registries import LaunchStep, milestones
from tests.factories import (
    AssessmentFactory,
    CharterFactory,
    ListingFactory,
    ParticipationFactory,
    QuestionnaireVersionFactory,
    SpaceFactory,
    SpaceRoleFactory,
)
from tests.linting import LintingClient

PAGE = "/ici/lancement"
FACTS = {each.key for each in milestones if each.count is not None}


def done(client: LintingClient, slug: str = "ici") -> set[str]:
    """What the page of a space says is done."""
    return set(re.findall(r'id="point-([a-z-]+)" class="launch-done"', client.get(f"/{slug}/lancement").text))


def test_every_step_has_points_and_every_page_exists(app: Flask) -> None:
    assert {each.step for each in milestones} == set(LaunchStep)
    assert len({each.key for each in milestones}) == len(milestones)
    assert {each.endpoint for each in milestones if each.endpoint} <= set(app.view_functions)


def test_an_empty_space_has_done_nothing(client: LintingClient, owner: Session) -> None:
    space = SpaceFactory(slug="ici", opened_at=None)
    client.sign_in(SpaceRoleFactory(space_id=space.id).person)
    assert done(client) == set()
    shown = client.get(PAGE).text
    assert f"0 points faits sur {len(milestones)}" in shown or f"0 point fait sur {len(milestones)}" in shown


def inhabit(space: Space, owner: Session) -> None:
    """All that the facts ask for."""
    SpaceRoleFactory(space_id=space.id)
    CharterFactory(space_id=space.id)
    version = QuestionnaireVersionFactory(space_id=space.id)
    owner.add_all(Resource(space_id=space.id, slug=f"r{number}", entry={}) for number in range(10))
    for _ in range(3):
        participation = ParticipationFactory(space_id=space.id)
        ListingFactory(space_id=space.id, participation_id=participation.id)
        AssessmentFactory(
            space_id=space.id,
            participation_id=participation.id,
            version_id=version.id,
            completed_at=datetime(2025, 3, 3, tzinfo=UTC),
        )
    row = owner.get_one(Space, space.id)
    row.theme, row.words, row.pilot_key = "mel", {"fr": {"lead": "Bonjour."}}, "sesame"
    row.publisher_address, row.publisher_phone, row.publication_director = "1 place", "05 49 00 00 00", "Ana Roy, maire"
    owner.commit()


def test_facts_do_what_they_show_here_and_nowhere_else(at_work: LintingClient, space: Space, owner: Session) -> None:
    other = SpaceFactory(slug="ailleurs", opened_at=None)
    inhabit(space, owner)
    assert done(at_work) == FACTS
    at_work.sign_in(SpaceRoleFactory(space_id=other.id).person)
    assert done(at_work, "ailleurs") == set()


def test_an_open_space_without_pilots_had_none(at_work: LintingClient, space: Space) -> None:
    assert "pilot-link" not in done(at_work)
    for intent in ("", "withdraw"):
        at_work.get("/ici/reglages/ouverture")
        at_work.post("/ici/reglages/ouverture/pilotes", data={"intent": intent})
        assert "pilot-link" in done(at_work)


def test_ten_resources_are_ten(at_work: LintingClient, space: Space, owner: Session) -> None:
    owner.add_all(Resource(space_id=space.id, slug=f"r{number}", entry={}) for number in range(9))
    owner.add_all(Resource(space_id=None, slug=f"n{number}", entry={}) for number in range(9))
    owner.add(Resource(space_id=space.id, slug="over", entry={"valid_until": "2020-12-31"}))
    owner.commit()
    assert "resources" not in done(at_work)
    assert "(9 sur 10)" in at_work.get(PAGE).text.replace("\xa0", " ")


def test_what_no_fact_shows_is_declared_with_a_name_and_a_day(
    at_work: LintingClient, space: Space, owner: Session
) -> None:
    at_work.get(PAGE)
    assert at_work.post(f"{PAGE}/kick-off", data={"done": "1"}).status_code == 303
    at_work.post(f"{PAGE}/kick-off", data={"done": "1"})
    assert owner.query(LaunchMark).count() == 1
    assert "Déclaré par Dominique Roy le" in at_work.get(PAGE).text
    at_work.post(f"{PAGE}/kick-off")
    owner.rollback()
    assert owner.query(LaunchMark).count() == 0
    # A fact is not for anyone to declare.
    assert at_work.post(f"{PAGE}/resources", data={"done": "1"}).status_code == 404


@pytest.mark.parametrize(("role", "status"), [(SpaceRoleName.READER, 403), (SpaceRoleName.EDITOR, 303)])
def test_readers_look_on(client: LintingClient, space: Space, role: SpaceRoleName, status: int) -> None:
    client.sign_in(SpaceRoleFactory(space_id=space.id, role=role).person)
    shown = client.get(PAGE)
    assert shown.status_code == 200 and ("C’est fait" in shown.text) == (status == 303)
    # Who may not open a page is not sent there.
    assert "/ici/reglages" not in shown.text
    assert client.post(f"{PAGE}/kick-off", data={"done": "1"}).status_code == status


def test_the_page_asks_little_whatever_is_stored(
    at_work: LintingClient, space: Space, owner: Session, statements: list[str]
) -> None:
    costs = []
    for _ in range(2):
        statements.clear()
        at_work.get(PAGE)
        costs.append(len(statements))
        if len(costs) == 1:
            inhabit(space, owner)
    assert costs[0] == costs[1] <= 8


def test_a_legal_notice_of_its_own_does_not_say_who_publishes(client: LintingClient, owner: Session) -> None:
    space = SpaceFactory(
        slug="ici", opened_at=None, languages=["fr", "en"], legal={"notice": {"fr": "Nous.", "en": "Us."}}
    )
    client.sign_in(SpaceRoleFactory(space_id=space.id).person)
    assert "legal-notice" not in done(client)
    space.publisher_address, space.publisher_phone, space.publication_director = "1 rue X", "05 49 00 00 00", "Ana"
    owner.commit()
    assert "legal-notice" in done(client)
