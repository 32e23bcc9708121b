"""How often the database is asked: little, and no more often however much is stored."""

from __future__ import annotations

import json
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.bench import population
from tests.bench.population import Populated, Respondent
from tests.performance import journey
from tests.performance.conftest import Crowd

PAGE_BUDGET = 12
FIRST = population.national_base().document.categories[0]
QUESTION = next(question for question in FIRST.questions if question.type == "single")


def test_saving_an_answer_costs_the_same_however_much_is_stored(
    browser: FlaskClient,
    populated: Populated,
    member: Respondent,
    crowd: Crowd,
    statements: list[str],
    commits: list[Any],
    owner: Session,
) -> None:
    token = journey.token(browser, populated, member)
    costs = []
    seen = "0"
    for choice in QUESTION.choices[:2]:
        statements.clear()
        commits.clear()
        saved = journey.save(browser, populated, member, token, QUESTION.id, choice.id, seen)
        seen = json.loads(journey.unpacked(saved))["revision"]
        costs.append((len(statements), len(commits)))
        if choice is QUESTION.choices[0]:
            crowd()
    # What enters the space holds the assessment with its answers; one statement writes; one commit.
    assert costs == [(2, 1), (2, 1)]
    kept = owner.execute(
        text("SELECT value->>'v', revision FROM answer WHERE assessment_id = :id"), {"id": member.running}
    ).all()
    assert kept == [(QUESTION.choices[1].id, 2)]


def test_saving_an_answer_costs_the_same_at_the_first_and_at_the_last_question(
    browser: FlaskClient, populated: Populated, member: Respondent, statements: list[str]
) -> None:
    token = journey.token(browser, populated, member)
    costs = set()
    for question in (question for question in FIRST.questions if question.type == "single"):
        statements.clear()
        journey.save(browser, populated, member, token, question.id, question.choices[0].id)
        costs.add(len(statements))
    assert len(costs) == 1


def _costs(browser: FlaskClient, ways: dict[str, str], statements: list[str]) -> dict[str, int]:
    costs = {}
    for name, way in ways.items():
        browser.get(way)  # what a process keeps for itself (questionnaires, resources) is read once
        statements.clear()
        assert browser.get(way).status_code == 200, name
        costs[name] = len(statements)
    return costs


def test_every_page_of_an_actor_costs_the_same_however_much_is_stored(
    browser: FlaskClient, populated: Populated, member: Respondent, crowd: Crowd, statements: list[str]
) -> None:
    ways = journey.pages(populated, member)
    alone = _costs(browser, ways, statements)
    crowd()
    assert _costs(browser, ways, statements) == alone
    assert {name: cost for name, cost in alone.items() if cost > PAGE_BUDGET} == {}


def test_the_team_s_pages_cost_the_same_however_much_is_stored(
    manager: FlaskClient, populated: Populated, crowd: Crowd, statements: list[str]
) -> None:
    ways = {name: f"/{populated.slug}/{name}" for name in ("suivi", "suivi/scores", "annuaire")}
    alone = _costs(manager, ways, statements)
    crowd()
    assert _costs(manager, ways, statements) == alone
    assert {name: cost for name, cost in alone.items() if cost > PAGE_BUDGET} == {}
