"""Reads about the directory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from assett.assessments.models import Assessment, CategoryScore
from assett.core.memory import Memory
from assett.core.paging import Page, page_within
from assett.core.search import find, fold_once, folded, searchable
from assett.network.models import Listing, ListingField
from assett.organizations import queries as organizations
from assett.organizations.models import Organization, OrganizationKind, Participation, Pledge
from assett.organizations.queries import Enrolled, Roster
from assett.organizations.sectors import Sector

PAGE_SIZE = 24


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A category (None for the whole) at one of these levels: the one asked and those above."""

    category: str | None
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is looked for in the directory; all of it together."""

    words: str = ""
    commune: str = ""
    kind: OrganizationKind | None = None
    sector: Sector | None = None
    level: AtLeast | None = None
    sort: Literal["name", "latest"] = "name"

    @property
    def wordless(self) -> bool:
        """Whether words were typed with which nothing can be looked for: no letter, no digit."""
        return bool(self.words) and not searchable(self.words)

    @property
    def narrows(self) -> bool:
        return bool((self.words and not self.wordless) or self.commune or self.kind or self.sector or self.level)


@dataclass(frozen=True, slots=True)
class Results:
    """A page of the directory; `corrected` are the words tried in place of misspelt ones."""

    page: Page[Listing]
    corrected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facets:
    """What the directory can be narrowed by: only values that someone shows, with how many do."""

    communes: Mapping[str, int]
    kinds: Mapping[OrganizationKind, int]
    sectors: Mapping[Sector, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A published listing as it is looked for: of whom, and by what they show; `words` are folded."""

    id: int
    participation_id: int
    published_at: datetime
    shows_levels: bool
    commune: str | None
    kind: OrganizationKind | None
    sector: Sector | None
    words: str


@dataclass(frozen=True, slots=True)
class Directory:
    """The published listings of a space, by name, and what they can be narrowed by."""

    listings: tuple[Found, ...]
    facets: Facets


_directories: Memory[UUID | None, Directory] = Memory(64)


def directory(session: Session) -> Directory:
    """The directory of the current space, read anew only when the space's roster has a new edition."""
    roster = organizations.roster(session)
    return _directories.recall(roster.edition, lambda: _read_directory(session, roster))


def _read_directory(session: Session, roster: Roster) -> Directory:
    rows = session.execute(
        select(Listing.participation_id, Listing.id, Listing.published_at, Listing.shown, Listing.searchable).where(
            Listing.published_at.is_not(None)
        )
    )
    published = {row[0]: row for row in rows}
    listings = tuple(_found(each, *published[id][1:]) for id, each in roster.enrolled.items() if id in published)
    return Directory(listings, _facets(listings))


def _found(enrolled: Enrolled, id: int, published_at: datetime, shown: Sequence[str], searchable: str) -> Found:
    """What a listing hides, it cannot be found by."""
    activity = enrolled.activity if ListingField.ACTIVITY in shown else ""
    commune = enrolled.commune if ListingField.COMMUNE in shown else ""
    words = [fold_once(each) for each in (enrolled.name, activity, commune) if each]
    return Found(
        id=id,
        participation_id=enrolled.id,
        published_at=published_at,
        shows_levels=ListingField.LEVELS in shown,
        commune=commune or None,
        kind=enrolled.kind if ListingField.KIND in shown else None,
        sector=enrolled.sector if ListingField.ACTIVITY in shown else None,
        words=" ".join([*words, searchable]),
    )


def _facets(listings: Sequence[Found]) -> Facets:
    kinds = Counter(each.kind for each in listings if each.kind)
    sectors = Counter(each.sector for each in listings if each.sector)
    return Facets(
        communes=organizations.counted_communes(each.commune or "" for each in listings),
        kinds={kind: kinds[kind] for kind in OrganizationKind if kind in kinds},
        sectors={sector: sectors[sector] for sector in Sector if sector in sectors},
    )


def listing_of(session: Session, participation: Participation, *, lock: bool = False) -> Listing | None:
    """The listing of a participation, published or not; `lock` holds it until the commit."""
    statement = select(Listing).where(Listing.participation_id == participation.id)
    if lock:
        # Read anew: whoever held it may have written meanwhile.
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).one_or_none()


def listing(session: Session, id: int) -> Listing | None:
    """A listing with its participation and organization."""
    return session.scalars(_with_organization(select(Listing)).where(Listing.id == id)).one_or_none()


def withheld_listings(session: Session) -> Sequence[Listing]:
    """Those that the team took out of the directory, the last one first, with their organizations."""
    asked = _with_organization(select(Listing)).where(Listing.withheld_at.is_not(None))
    return session.scalars(asked.order_by(Listing.withheld_at.desc(), Listing.id)).all()


def count_listings(session: Session) -> int:
    """How many listings the current space has published."""
    return session.scalars(select(func.count(Listing.id)).where(Listing.published_at.is_not(None))).one()


def recent_listings(session: Session, limit: int) -> Sequence[Listing]:
    """The listings published last, with their organizations (see `entries.entries` to show them)."""
    return session.scalars(_published().order_by(Listing.published_at.desc(), Listing.id.desc()).limit(limit)).all()


def published_listings(session: Session) -> Sequence[Listing]:
    """All published listings, by name."""
    return session.scalars(_published().order_by(folded(Organization.name), Listing.id)).all()


def search(session: Session, directory: Directory, criteria: Criteria, page: int) -> Results:
    """A page of the published listings that meet the criteria."""
    found: Sequence[Found] = directory.listings
    if criteria.commune or criteria.kind or criteria.sector:
        found = [each for each in found if _meets(each, criteria)]
    corrected: tuple[str, ...] = ()
    if criteria.level is not None:
        reached = _at_least(session, criteria.level)
        found = [each for each in found if each.shows_levels and each.participation_id in reached]
    if criteria.words:
        said = {each.id: each for each in found}
        by_words = find(criteria.words, {id: each.words for id, each in said.items()})
        found, corrected = [said[id] for id in by_words.keys], by_words.corrected
    if criteria.sort == "latest":
        found = sorted(found, key=lambda each: (each.published_at, each.id), reverse=True)
    page = page_within(page, len(found), PAGE_SIZE)
    ids = [each.id for each in found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]]
    rows = {row.id: row for row in session.scalars(_published().where(Listing.id.in_(ids)))}
    return Results(Page([rows[id] for id in ids if id in rows], page, PAGE_SIZE, len(found)), corrected)


def _meets(listing: Found, criteria: Criteria) -> bool:
    return (
        (not criteria.commune or fold_once(listing.commune or "") == fold_once(criteria.commune))
        and (criteria.kind is None or listing.kind == criteria.kind)
        and (criteria.sector is None or listing.sector == criteria.sector)
    )


def _at_least(session: Session, wanted: AtLeast) -> set[int]:
    """The participations that reached one of these levels in their latest assessment."""
    latest = select(Assessment.participation_id).where(
        Assessment.participation_id.is_not(None), Assessment.latest, Assessment.completed_at.is_not(None)
    )
    if wanted.category is None:
        reached = latest.where(Assessment.overall_level.in_(wanted.levels))
    else:
        reached = latest.join(CategoryScore, CategoryScore.assessment_id == Assessment.id).where(
            CategoryScore.category == wanted.category, CategoryScore.level.in_(wanted.levels)
        )
    return {id for id in session.scalars(reached) if id is not None}


def latest_assessments(session: Session, participation_ids: Sequence[int]) -> dict[int, Assessment]:
    """The latest completed assessment of each of these participations, with its version."""
    if not participation_ids:
        return {}
    rows = session.scalars(
        select(Assessment)
        .where(Assessment.participation_id.in_(participation_ids), Assessment.latest)
        .where(Assessment.completed_at.is_not(None))
        .options(joinedload(Assessment.version))
    )
    return {row.participation_id: row for row in rows if row.participation_id is not None}


def signed_at(session: Session, participation_ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these participations signed the charter, for the last time."""
    if not participation_ids:
        return {}
    rows = session.execute(
        select(Pledge.participation_id, func.max(Pledge.signed_at))
        .where(Pledge.participation_id.in_(participation_ids))
        .group_by(Pledge.participation_id)
    )
    return {row[0]: row[1] for row in rows}


def _published() -> Select[Listing]:
    return _with_organization(select(Listing)).where(Listing.published_at.is_not(None))


def _with_organization(statement: Select[Listing]) -> Select[Listing]:
    return (
        statement.join(Listing.participation)
        .join(Participation.organization)
        .options(contains_eager(Listing.participation).contains_eager(Participation.organization))
    )
