"""A directory to look at: structures of one space, their listings and their levels."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from assett.assessments.models import Assessment
from assett.network.models import Listing
from assett.network.service import searchable
from assett.questionnaires.models import QuestionnaireVersion
from assett.spaces.models import Space
from tests.factories import (
    AssessmentFactory,
    CategoryScoreFactory,
    ListingFactory,
    OrganizationFactory,
    ParticipationFactory,
)

EVERYTHING = ["activity", "commune", "kind", "workforce", "website"]
EVERYTHING += ["engaged-since", "charter", "presentation", "commitments", "levels"]
RATIOS = {"debutant": Decimal("0.2"), "intermediaire": Decimal("0.5"), "avance": Decimal("0.9")}


def listed(space: Space, name: str, *, shown: list[str] | None = None, **of: Any) -> Listing:
    """A published listing; `presentation`, `commitments`, `published_at` are its own, the rest the organization's."""
    own = {key: of.pop(key) for key in ("presentation", "commitments", "published_at") if key in of}
    organization = OrganizationFactory(name=name, **of)
    participation = ParticipationFactory(
        space_id=space.id, organization=organization, joined_at=datetime(2024, 5, 2, tzinfo=UTC)
    )
    listing = Listing(
        shown=shown if shown is not None else EVERYTHING, **{"presentation": "", "commitments": "", **own}
    )
    made: Listing = ListingFactory(
        space_id=space.id,
        participation_id=participation.id,
        shown=listing.shown,
        searchable=searchable(listing),
        **own,
    )
    return made


def assessed(
    space: Space, participation_id: int, version: QuestionnaireVersion, level: str = "intermediaire", **levels: str
) -> Assessment:
    """A completed assessment: its overall level, and a level for each category given."""
    assessment: Assessment = AssessmentFactory(
        space_id=space.id,
        participation_id=participation_id,
        version_id=version.id,
        completed_at=datetime(2025, 3, 3, 12, tzinfo=UTC),
        overall_ratio=RATIOS[level],
        overall_level=level,
    )
    for category, reached in levels.items():
        CategoryScoreFactory(
            space_id=space.id, assessment_id=assessment.id, category=category, level=reached, ratio=RATIOS[reached]
        )
    return assessment
