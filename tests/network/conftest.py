"""What the tests of the directory have in common."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from assett.spaces.models import Space
from tests.factories import SpaceFactory


@pytest.fixture
def space(owner: Session) -> Space:
    made: Space = SpaceFactory(slug="poitiers", name="Grand Poitiers")
    return made
