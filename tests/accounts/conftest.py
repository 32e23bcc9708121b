from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from assett.spaces.models import Space
from tests.factories import SpaceFactory


@pytest.fixture
def space(owner: Session) -> Space:
    space: Space = SpaceFactory(slug="le-territoire", contact_email="transition@example.org")
    return space
