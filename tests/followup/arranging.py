"""Structures of one space, with how far they are."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import object_session

from assett.assessments import pool
from assett.assessments.models import Assessment
from assett.organizations.models import Audience, Participation
from assett.questionnaires.models import QuestionnaireVersion
from assett.spaces.models import Space
from tests.factories import AssessmentFactory, CategoryScoreFactory, OrganizationFactory, ParticipationFactory

RATIOS = {"debutant": Decimal("0.2"), "intermediaire": Decimal("0.5"), "avance": Decimal("0.9")}
NOTHING = Decimal(0)


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
    level: str | None = "intermediaire",
    *,
    at: datetime | None = None,
    latest: bool = True,
    more: Decimal = NOTHING,
    **levels: str | None,
) -> Assessment:
    """A completed assessment: its overall level, and a level for each category given (None: not concerned). `more` is
    added to what the scores of those levels are."""
    completed_at = at or datetime(2025, 3, 3, 12, tzinfo=UTC)
    made: Assessment = AssessmentFactory(
        space_id=participation.space_id,
        participation_id=participation.id,
        version_id=version.id,
        started_at=completed_at,
        changed_at=completed_at,
        completed_at=completed_at,
        latest=latest,
        overall_ratio=RATIOS[level] + more if level else None,
        overall_level=level,
    )
    for category, reached in levels.items():
        CategoryScoreFactory(
            space_id=participation.space_id,
            assessment_id=made.id,
            category=category,
            level=reached,
            ratio=RATIOS[reached] + more if reached else None,
        )
    session = object_session(made)
    if session is not None and latest and participation.share_scores == Audience.NOBODY:
        pool.enter(session, made)
        session.commit()
    return made


def again(
    participation: Participation,
    version: QuestionnaireVersion,
    level: str | None,
    *,
    more: Decimal = NOTHING,
    **levels: str | None,
) -> Assessment:
    """One more completed assessment, the latest from now on."""
    session = object_session(participation)
    assert session is not None
    for before in session.scalars(select(Assessment).where(Assessment.participation_id == participation.id)):
        before.latest = False
    session.commit()
    return finished(participation, version, level, more=more, **levels)
