"""How the database finds what it is asked for: by an index, once there is much to search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from assett.core.db import db
from assett.core.tenancy import SPACE_ROLE
from tests.bench.population import Populated, Respondent
from tests.performance import journey
from tests.performance.conftest import Crowd
from tests.performance.test_statements import QUESTION

LARGE = {"answer", "assessment", "category_score", "participation", "organization", "listing"}
Sent = list[tuple[str, Any]]


@pytest.fixture
def sent(app: Flask) -> Iterator[Sent]:
    """The statements of the application, with what they were sent with."""
    noted: Sent = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        noted.append((statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield noted
    event.remove(engine, "before_cursor_execute", note)


def _scans(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan reads from end to end."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for inner in plan.get("Plans", ()):
        yield from _scans(inner)


def _sought(plan: dict[str, Any], table: str) -> Iterator[str]:
    """What a plan looks for where it reads a table by an index."""
    if plan.get("Relation Name") == table:
        yield plan.get("Index Cond", "")
    for inner in plan.get("Plans", ()):
        yield from _sought(inner, table)


def _read_whole(owner: Session, space: int, sent: Sent) -> dict[str, str]:
    """The large tables that these statements would read from end to end, each with the statement."""
    found: dict[str, str] = {}
    owner.rollback()
    owner.execute(text(f"SET LOCAL ROLE {SPACE_ROLE}"))
    owner.execute(text("SELECT set_config('app.space', :space, true)"), {"space": str(space)})
    for statement, parameters in sent:
        explained = owner.connection().exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
        found |= {table: statement for table in _scans(explained[0]["Plan"]) if table in LARGE}
    owner.rollback()
    return found


def test_an_actor_s_pages_and_saves_read_no_table_from_end_to_end(
    browser: FlaskClient, populated: Populated, member: Respondent, crowd: Crowd, owner: Session, sent: Sent
) -> None:
    crowd(assessments=10_000, spaces=1, answered=300)
    token = journey.token(browser, populated, member)
    ways = journey.pages(populated, member)
    # The directory and its filters are about all the structures of a space; the identity suggests their communes,
    # from the same roster (kept in memory until it changes).
    del ways["directory"], ways["home"]
    assert browser.get(ways["identity"]).status_code == 200
    for name, way in ways.items():
        sent.clear()
        assert browser.get(way).status_code == 200
        assert _read_whole(owner, populated.space, sent) == {}, name
    sent.clear()
    journey.save(browser, populated, member, token, QUESTION.id, QUESTION.choices[0].id)
    assert any("INSERT INTO answer" in statement for statement, _ in sent)
    assert _read_whole(owner, populated.space, sent) == {}


def test_what_enters_a_space_finds_an_assessment_by_its_id_before_the_space_is_known(
    browser: FlaskClient, populated: Populated, member: Respondent, crowd: Crowd, owner: Session, sent: Sent
) -> None:
    crowd(assessments=10_000, spaces=1, answered=300)
    token = journey.token(browser, populated, member)
    sent.clear()
    journey.save(browser, populated, member, token, QUESTION.id, QUESTION.choices[0].id)
    entering, parameters = sent[0]
    assert "set_config" in entering
    owner.rollback()
    owner.execute(text(f"SET LOCAL ROLE {SPACE_ROLE}"))
    planned = owner.connection().exec_driver_sql(f"EXPLAIN (FORMAT JSON) {entering}", parameters).scalar_one()
    sought = list(_sought(planned[0]["Plan"], "assessment"))
    assert sought and all("(id = " in condition for condition in sought), sought
    owner.rollback()


def test_a_table_read_from_end_to_end_is_found_out(populated: Populated, crowd: Crowd, owner: Session) -> None:
    crowd(assessments=10_000, spaces=1, answered=300)
    whole = "SELECT count(*) FROM answer WHERE value->>'v' = 'jamais'"
    assert _read_whole(owner, populated.space, [(whole, {})]) == {"answer": whole}
