"""What the tests of the follow-up have in common."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from assett.questionnaires.models import QuestionnaireVersion
from assett.spaces.models import Space
from tests.factories import QuestionnaireVersionFactory, SpaceFactory


@pytest.fixture
def space(owner: Session) -> Space:
    made: Space = SpaceFactory(slug="poitiers", name="Grand Poitiers")
    return made


@pytest.fixture
def version(space: Space) -> QuestionnaireVersion:
    made: QuestionnaireVersion = QuestionnaireVersionFactory(space_id=space.id)
    return made
