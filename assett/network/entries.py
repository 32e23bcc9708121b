"""A listing as the public sees it. The card, the page, the editor's preview and the export all come from here:
what an organization keeps to itself is left out in this one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import g
from flask_babel import gettext
from sqlalchemy.orm import Session

from assett.assessments import queries as assessment_queries
from assett.assessments.models import Assessment, CategoryScore
from assett.core.i18n import current_language
from assett.engine.compiled import Compiled
from assett.engine.document import Level
from assett.network import queries
from assett.network.models import Listing, ListingField
from assett.organizations.models import Organization, Participation
from assett.questionnaires import queries as questionnaires


@dataclass(frozen=True, slots=True)
class Step:
    """A level of a grid, as the gauge draws it."""

    label: str
    start: float


@dataclass(frozen=True, slots=True)
class LevelView:
    """The level reached in a category. `ratio` fills the gauge to the end of that level: how far an actor stands
    within it is nobody's business."""

    title: str
    ratio: float
    levels: tuple[Step, ...]
    level_index: int
    level_label: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What is shown of an organization; what it keeps to itself, or has not said, is empty."""

    id: int | None
    name: str
    demonstration: bool
    url: str | None = None
    activity: str = ""
    sector_label: str = ""
    commune: str = ""
    kind_label: str = ""
    workforce_label: str = ""
    website: str = ""
    engaged_since: datetime | None = None
    signed_at: datetime | None = None
    presentation: tuple[str, ...] = ()
    commitments: tuple[str, ...] = ()
    levels: tuple[LevelView, ...] = ()
    overall: LevelView | None = None
    assessed_at: datetime | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a listing would say, whether or not it is saved; nothing is shown of it but what is chosen."""

    presentation: str = ""
    commitments: str = ""
    website: str = ""
    shown: frozenset[str] = field(default_factory=frozenset)

    @property
    def kept_back(self) -> list[ListingField]:
        """What is written and not shown."""
        written = {
            ListingField.PRESENTATION: self.presentation,
            ListingField.COMMITMENTS: self.commitments,
            ListingField.WEBSITE: self.website,
        }
        return [field for field, text in written.items() if text and field not in self.shown]


def draft_of(listing: Listing | None, organization: Organization) -> Draft:
    """A listing as it is saved; before the first time it shows the name alone: nobody chooses in an actor's stead."""
    website = organization.website or ""
    if listing is None:
        return Draft(website=website)
    return Draft(listing.presentation, listing.commitments, website, frozenset(listing.shown))


def entries(session: Session, listings: Sequence[Listing]) -> list[Entry]:
    """These listings (with participation and organization) as the public sees them, in three statements."""
    with_levels = [each.participation_id for each in listings if each.shows(ListingField.LEVELS)]
    levels = levels_of(session, with_levels)
    signed = queries.signed_at(
        session, [each.participation_id for each in listings if each.shows(ListingField.CHARTER)]
    )
    return [
        entry(
            each.participation,
            draft_of(each, each.participation.organization),
            levels.get(each.participation_id),
            listing=each,
            signed_at=signed.get(each.participation_id),
        )
        for each in listings
    ]


@dataclass(frozen=True, slots=True)
class Levels:
    assessed_at: datetime | None
    overall: LevelView | None
    categories: tuple[LevelView, ...]


def entry(
    participation: Participation,
    draft: Draft,
    levels: Levels | None,
    *,
    listing: Listing | None = None,
    signed_at: datetime | None = None,
) -> Entry:
    """What the public sees of a draft."""
    organization = participation.organization

    def shown(which: ListingField, text: str | None) -> str:
        return (text or "") if which in draft.shown else ""

    seen = levels if levels is not None and ListingField.LEVELS in draft.shown else Levels(None, None, ())
    return Entry(
        id=listing.id if listing is not None else None,
        name=organization.name,
        demonstration=organization.demonstration,
        activity=shown(ListingField.ACTIVITY, organization.activity),
        sector_label=shown(ListingField.ACTIVITY, gettext(organization.sector.label) if organization.sector else None),
        commune=shown(ListingField.COMMUNE, organization.commune),
        kind_label=shown(ListingField.KIND, gettext(organization.kind.label)),
        workforce_label=shown(
            ListingField.WORKFORCE, gettext(organization.workforce.label) if organization.workforce else None
        ),
        website=shown(ListingField.WEBSITE, draft.website),
        engaged_since=participation.joined_at if ListingField.ENGAGED_SINCE in draft.shown else None,
        signed_at=signed_at if ListingField.CHARTER in draft.shown else None,
        presentation=paragraphs(shown(ListingField.PRESENTATION, draft.presentation)),
        commitments=sentences(shown(ListingField.COMMITMENTS, draft.commitments)),
        levels=seen.categories,
        overall=seen.overall,
        assessed_at=seen.assessed_at,
        published_at=listing.published_at if listing is not None else None,
    )


def paragraphs(text: str) -> tuple[str, ...]:
    """A text cut where a line is left empty."""
    return tuple(part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip())


def sentences(text: str) -> tuple[str, ...]:
    """One commitment a line, whatever dash it was begun with."""
    return tuple(line for line in (line.strip().lstrip("-–—•* ").strip() for line in text.splitlines()) if line)


def levels_of(session: Session, participation_ids: Sequence[int]) -> dict[int, Levels]:
    """The levels of these participations' latest completed assessments, in the words of the grid they were given;
    none where the space's directory shows none."""
    if not g.space.directory_levels:
        return {}
    assessments = queries.latest_assessments(session, participation_ids)
    scores = assessment_queries.category_scores(session, list(assessments.values()))
    language = current_language()
    return {
        id: _levels(each, scores[each.id], questionnaires.compiled(session, each.version), language)
        for id, each in assessments.items()
    }


def _levels(assessment: Assessment, scores: Mapping[str, CategoryScore], compiled: Compiled, language: str) -> Levels:
    document = compiled.document
    categories = [
        level_view(category.title.in_(language), document.grid(category), scores[category.id].level, language)
        for category in document.categories
        if category.id in scores
    ]
    return Levels(
        assessment.completed_at,
        level_view(gettext("Ensemble"), document.grid(), assessment.overall_level, language),
        tuple(each for each in categories if each is not None),
    )


def level_view(title: str, grid: Sequence[Level], level: str | None, language: str) -> LevelView | None:
    """A level of a grid; None where there is no score."""
    steps = tuple(Step(each.label.in_(language), float(each.from_)) for each in grid)
    index = next((index for index, each in enumerate(grid) if each.id == level), None)
    if index is None:
        return None
    end = steps[index + 1].start if index + 1 < len(steps) else 1.0
    return LevelView(title, end, steps, index, steps[index].label)
