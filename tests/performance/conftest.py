"""A member who assesses their structure with the questionnaire of the national base, alone or in a crowd."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from assett.core.db import db
from tests.bench import population
from tests.bench.population import Populated, Respondent
from tests.factories import cookie_of

MANY, SPACES = 2_000, 40
Crowd = Callable[..., None]


@pytest.fixture
def populated(owner: Session) -> Populated:
    return population.populate(owner, respondents=2)


@pytest.fixture
def crowd(owner: Session, populated: Populated) -> Crowd:
    """Bring the crowd: `crowd(assessments=…, spaces=…)`."""

    def bring(*, assessments: int = MANY, spaces: int = SPACES, answered: int = 100) -> None:
        population.crowd(owner, populated, assessments=assessments, spaces=spaces, answered=answered)

    return bring


@pytest.fixture
def commits(app: Flask) -> Iterator[list[Any]]:
    """The commits of the application."""
    done: list[Any] = []

    def note(connection: Any) -> None:
        done.append(connection)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "commit", note)
    yield done
    event.remove(engine, "commit", note)


def signed_in(app: Flask, person: int) -> FlaskClient:
    """A browser that takes pages as they travel: compressed, and read by nobody on the way."""
    client = FlaskClient(app, app.response_class)
    with app.app_context():
        cookie = cookie_of(db.session(), person)
    with client.session_transaction() as session:
        session["_user_id"] = cookie
        session["_fresh"] = True
    return client


@pytest.fixture
def member(populated: Populated) -> Respondent:
    return populated.respondents[0]


@pytest.fixture
def browser(app: Flask, member: Respondent) -> FlaskClient:
    return signed_in(app, member.person)


@pytest.fixture
def manager(app: Flask, populated: Populated) -> FlaskClient:
    return signed_in(app, populated.manager.id)
