"""Structures of one space, with how far they are."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from assett.assessments.models import Assessment
from assett.organizations.models import Audience, Participation
from assett.questionnaires.models import QuestionnaireVersion
from assett.spaces.models import Space
from tests.factories import AssessmentFactory, CategoryScoreFactory, OrganizationFactory, ParticipationFactory

RATIOS = {"debutant": Decimal("0.2"), "intermediaire": Decimal("0.5"), "avance": Decimal("0.9")}


def structure(
    space: Space, name: str, *, share: Audience = Audience.AUTHORITY, joined_at: datetime | None = None, **of: Any
) -> Participation:
    made: Participation = ParticipationFactory(
        space_id=space.id,
        organization=OrganizationFactory(name=name, **of),
        share_scores=share,
        joined_at=joined_at or datetime(2024, 5, 2, tzinfo=UTC),
    )
    return made


def running(participation: Participation, version: QuestionnaireVersion, progress: str) -> Assessment:
    made: Assessment = AssessmentFactory(
        space_id=participation.space_id,
        participation_id=participation.id,
        version_id=version.id,
        progress=Decimal(progress),
        started_at=datetime(2025, 1, 5, tzinfo=UTC),
        changed_at=datetime(2025, 1, 6, tzinfo=UTC),
    )
    return made


def finished(
    participation: Participation,
    version: QuestionnaireVersion,
    level: str = "intermediaire",
    *,
    at: datetime | None = None,
    latest: bool = True,
    **levels: str,
) -> Assessment:
    """A completed assessment: its overall level, and a level for each category given."""
    completed_at = at or datetime(2025, 3, 3, 12, tzinfo=UTC)
    made: Assessment = AssessmentFactory(
        space_id=participation.space_id,
        participation_id=participation.id,
        version_id=version.id,
        started_at=completed_at,
        changed_at=completed_at,
        completed_at=completed_at,
        latest=latest,
        overall_ratio=RATIOS[level],
        overall_level=level,
    )
    for category, reached in levels.items():
        CategoryScoreFactory(
            space_id=participation.space_id,
            assessment_id=made.id,
            category=category,
            level=reached,
            ratio=RATIOS[reached],
        )
    return made
