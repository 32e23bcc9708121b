"""Reads about the directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, Text, cast, exists, func, literal, select, union_all
from sqlalchemy.orm import Session, contains_eager, joinedload

from assett.assessments.models import Assessment, CategoryScore
from assett.core.paging import Page, page_within
from assett.core.search import find, fold_once, folded
from assett.network.models import Listing, ListingField
from assett.network.sectors import Sector, divisions_of, sector_of
from assett.organizations.models import Organization, OrganizationKind, Participation, Pledge

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


def listing_of(session: Session, participation: Participation, *, lock: bool = False) -> Listing | None:
    """The listing of a participation, published or not; `lock` holds it until the commit."""
    statement = select(Listing).where(Listing.participation_id == participation.id)
    if lock:
        # Read anew: whoever held it may have written meanwhile.
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).one_or_none()


def listing(session: Session, id: int) -> Listing | None:
    """A listing with its participation and organization."""
    found: Listing | None = session.scalars(_with_organization(select(Listing)).where(Listing.id == id)).one_or_none()
    return found


def count_listings(session: Session) -> int:
    """How many listings the current space has published."""
    return session.scalars(select(func.count(Listing.id)).where(Listing.published_at.is_not(None))).one()


def recent_listings(session: Session, limit: int) -> Sequence[Listing]:
    """The listings published last, with their organizations (see `entries.entries` to show them)."""
    return session.scalars(_published().order_by(Listing.published_at.desc(), Listing.id.desc()).limit(limit)).all()


def published_listings(session: Session) -> Sequence[Listing]:
    """All published listings, by name."""
    return session.scalars(_published().order_by(folded(Organization.name), Listing.id)).all()


def search(session: Session, criteria: Criteria, page: int) -> Results:
    """The published listings that meet the criteria. What a listing hides, it cannot be found by."""
    conditions = _conditions(criteria)
    order = (
        (Listing.published_at.desc(), Listing.id.desc())
        if criteria.sort == "latest"
        else (folded(Organization.name), Listing.id)
    )
    if criteria.words:
        rows = session.execute(_published(Listing.id, *_SEARCHED).where(*conditions).order_by(*order))
        found = find(criteria.words, {row.id: _searchable(row) for row in rows})
        total = len(found.keys)
        page = page_within(page, total, PAGE_SIZE)
        ids = found.keys[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        listings = session.scalars(_published().where(Listing.id.in_(ids)).order_by(*order)).all()
        return Results(Page(listings, page, PAGE_SIZE, total), found.corrected)
    total = session.scalars(_published(func.count(Listing.id)).where(*conditions)).one()
    page = page_within(page, total, PAGE_SIZE)
    statement = _published().where(*conditions).order_by(*order).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return Results(Page(session.scalars(statement).all(), page, PAGE_SIZE, total))


def facets(session: Session) -> Facets:
    """The values to choose from, in one statement."""
    division = func.left(Organization.naf_code, 2)
    counted = {
        "commune": (Organization.commune, ListingField.COMMUNE),
        "kind": (Organization.kind, ListingField.KIND),
        "division": (division, ListingField.ACTIVITY),
    }
    rows = session.execute(
        union_all(
            *(
                _published(literal(name), cast(column, Text), func.count())
                .where(_shows(field), column.is_not(None))
                .group_by(column)
                for name, (column, field) in counted.items()
            )
        )
    ).all()
    sectors: dict[Sector, int] = {}
    for name, value, count in rows:
        sector = sector_of(value) if name == "division" else None
        if sector is not None:
            sectors[sector] = sectors.get(sector, 0) + count
    communes = {value: count for name, value, count in rows if name == "commune" and value}
    kinds = {OrganizationKind(value): count for name, value, count in rows if name == "kind"}
    return Facets(
        communes=dict(sorted(communes.items(), key=lambda item: fold_once(item[0]))),
        kinds={kind: kinds[kind] for kind in OrganizationKind if kind in kinds},
        sectors={sector: sectors[sector] for sector in Sector if sector in sectors},
    )


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


_SEARCHED = (Organization.name, Organization.activity, Organization.commune, Listing.shown, Listing.searchable)


def _searchable(row: Any) -> str:
    """The words that a listing can be found by: its name, and those it shows."""
    parts = [fold_once(row.name)]
    parts += [fold_once(row.activity)] if ListingField.ACTIVITY in row.shown else []
    parts += [fold_once(row.commune)] if ListingField.COMMUNE in row.shown else []
    return " ".join([*parts, row.searchable])


def _published(*columns: Any) -> Select[Any]:
    if not columns:
        return _with_organization(select(Listing)).where(Listing.published_at.is_not(None))
    joined = select(*columns).select_from(Listing).join(Participation, Participation.id == Listing.participation_id)
    return joined.join(Organization, Organization.id == Participation.organization_id).where(
        Listing.published_at.is_not(None)
    )


def _with_organization(statement: Select[Any]) -> Select[Any]:
    return (
        statement.join(Listing.participation)
        .join(Participation.organization)
        .options(contains_eager(Listing.participation).contains_eager(Participation.organization))
    )


def _shows(field: ListingField) -> ColumnElement[bool]:
    shown: Any = Listing.shown
    condition: ColumnElement[bool] = shown.contains([field.value])
    return condition


def _conditions(criteria: Criteria) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if criteria.commune:
        conditions += [_shows(ListingField.COMMUNE), Organization.commune == criteria.commune]
    if criteria.kind is not None:
        conditions += [_shows(ListingField.KIND), Organization.kind == criteria.kind]
    if criteria.sector is not None:
        divisions = divisions_of(criteria.sector)
        conditions += [_shows(ListingField.ACTIVITY), func.left(Organization.naf_code, 2).in_(divisions)]
    if criteria.level is not None:
        conditions += [_shows(ListingField.LEVELS), _at_least(criteria.level)]
    return conditions


def _at_least(wanted: AtLeast) -> ColumnElement[bool]:
    latest = (
        select(Assessment.id)
        .where(Assessment.participation_id == Listing.participation_id, Assessment.latest)
        .where(Assessment.completed_at.is_not(None))
    )
    if wanted.category is None:
        return exists(latest.where(Assessment.overall_level.in_(wanted.levels)))
    scored = latest.join(CategoryScore, CategoryScore.assessment_id == Assessment.id)
    return exists(scored.where(CategoryScore.category == wanted.category, CategoryScore.level.in_(wanted.levels)))
