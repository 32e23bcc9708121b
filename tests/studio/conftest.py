"""What the tests of the studio have in common: a space, its version in service, a draft, an editor at it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from assett.questionnaires.models import QuestionnaireVersion
from assett.studio.models import Draft
from tests import factories
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor


@pytest.fixture
def space(owner: Session) -> Any:
    return factories.SpaceFactory(slug="poitiers")


@pytest.fixture
def version(owner: Session, space: Any) -> QuestionnaireVersion:
    found: QuestionnaireVersion = factories.QuestionnaireVersionFactory(space_id=space.id)
    return found


@pytest.fixture
def draft(owner: Session, space: Any) -> Draft:
    return draft_of(owner, space)


@pytest.fixture
def base(client: LintingClient, space: Any, draft: Draft) -> str:
    """The address of the draft, for an editor who is signed in."""
    client.sign_in(editor(space))
    return f"/poitiers/atelier/{draft.id}"
