from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from assett.accounts.models import Person, SpaceRole, SpaceRoleName
from assett.spaces.models import Space
from tests.factories import PersonFactory, SpaceFactory, SpaceRoleFactory
from tests.linting import LintingClient


@pytest.fixture
def space(owner: Session) -> Space:
    space: Space = SpaceFactory(slug="le-territoire", programme="Acteurs engagés", name="Le Territoire")
    return space


@dataclass
class Team:
    """The team of `le-territoire`, and a browser for each of its members."""

    app: Flask
    space: Space

    def member(self, role: SpaceRoleName = SpaceRoleName.READER, **fields: Any) -> SpaceRole:
        found: SpaceRole = SpaceRoleFactory(space_id=self.space.id, role=role, person=PersonFactory(**fields))
        return found

    def browser(self, person: Person | None = None) -> LintingClient:
        client = self.app.test_client()
        assert isinstance(client, LintingClient)
        if person is not None:
            client.sign_in(person)
        client.get("/le-territoire/")
        return client


@pytest.fixture
def team(app: Flask, space: Space) -> Team:
    return Team(app, space)


@pytest.fixture
def boss(team: Team) -> SpaceRole:
    return team.member(SpaceRoleName.MANAGER, name="Ana Roy", email="ana@example.org")


@pytest.fixture
def client(team: Team, boss: SpaceRole) -> LintingClient:
    """The browser of the manager."""
    return team.browser(boss.person)


def plain(answer: TestResponse) -> str:
    """The text of a page, without the no-break spaces that French typography puts in."""
    return answer.text.replace("\u00a0", " ")
