"""Figures are counted once an edition of the space's assessments: each change that they tell of gives a new one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from assett.assessments.models import Assessment, AssessmentEdition, CategoryScore
from assett.organizations.models import Audience, Participation
from assett.questionnaires.models import QuestionnaireVersion
from assett.spaces.models import Space
from tests.factories import QuestionnaireVersionFactory, SpaceFactory, SpaceRoleFactory
from tests.followup.arranging import finished, running, structure
from tests.linting import LintingClient


def edition(owner: Session, space: Space) -> UUID | None:
    owner.commit()
    return owner.scalars(select(AssessmentEdition.edition).where(AssessmentEdition.space_id == space.id)).one_or_none()


CHANGES: dict[str, Callable[[Session, Participation, QuestionnaireVersion], object]] = {
    "begun": lambda _session, mine, version: running(mine, version, "0.5"),
    "completed": lambda _session, mine, version: finished(mine, version, at=datetime.now(UTC), energie="avance"),
    "scored": lambda session, _mine, _version: session.execute(update(CategoryScore).values(level="debutant")),
    "shared": lambda session, mine, _version: setattr(mine, "share_scores", Audience.NOBODY),
    "gone": lambda session, _mine, _version: session.execute(delete(Assessment)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_figures_tell_of_gives_a_new_edition(
    owner: Session, space: Space, version: QuestionnaireVersion, change: str
) -> None:
    mine = structure(space, "Atelier")
    finished(mine, version, "avance", energie="avance", latest=change != "completed")
    before = edition(owner, space)
    assert before is not None
    CHANGES[change](owner, mine, version)
    assert edition(owner, space) != before


def test_an_answer_gives_none(owner: Session, space: Space, version: QuestionnaireVersion) -> None:
    begun = running(structure(space, "Atelier"), version, "0.5")
    before = edition(owner, space)
    begun.progress, begun.changed_at = Decimal("0.7"), datetime.now(UTC)
    assert edition(owner, space) == before


def test_the_editions_of_other_spaces_stay(owner: Session, space: Space, version: QuestionnaireVersion) -> None:
    other: Space = SpaceFactory()
    running(structure(other, "Ailleurs"), QuestionnaireVersionFactory(space_id=other.id), "0.5")
    before = edition(owner, other)
    running(structure(space, "Atelier"), version, "0.5")
    assert edition(owner, other) == before


def test_a_page_read_twice_counts_once(
    client: LintingClient, space: Space, version: QuestionnaireVersion, statements: list[str]
) -> None:
    for number in range(6):
        finished(structure(space, f"Atelier {number}"), version, "avance", energie="avance", dechets="avance")
    client.sign_in(SpaceRoleFactory(space_id=space.id).person)
    client.get("/poitiers/suivi/scores")
    statements.clear()
    assert "6" in client.get("/poitiers/suivi/scores").text
    assert not any("category_score" in each for each in statements)
    finished(structure(space, "Atelier 7"), version, "debutant", energie="debutant", dechets="debutant")
    statements.clear()
    client.get("/poitiers/suivi/scores")
    assert any("category_score" in each for each in statements)
