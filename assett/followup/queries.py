"""Reads of the follow-up: who is where, and the figures of the whole.

A score that its organization does not share never leaves the database: the columns themselves are masked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Label,
    Row,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from assett.assessments import queries as assessments
from assett.assessments.models import Assessment, CategoryScore, PooledScore
from assett.assessments.pool import WHOLE
from assett.core.memory import Memory
from assett.core.paging import Page, page_within
from assett.core.search import fold_once, folded, saints_whole, searchable
from assett.followup.groups import Kept, Tally
from assett.kernel.text import N_, fold
from assett.kernel.vocabulary import Word
from assett.organizations.models import Audience, Organization, OrganizationKind, Participation, WorkforceBand
from assett.organizations.queries import Enrolled, Roster
from assett.organizations.sectors import Sector
from assett.questionnaires.models import QuestionnaireVersion

PAGE_SIZE = 50
MONTHS = 24

Counted = TypeVar("Counted")
# A few figures for each of the spaces in use.
_counted: Memory[tuple[str, Hashable, UUID], Any] = Memory(512)
_running = aliased(Assessment, name="running")
_latest = aliased(Assessment, name="latest")


class State(Word):
    """How far an organization is."""

    NOT_STARTED = "pas-commence", N_("Pas commencé")
    RUNNING = "en-cours", N_("En cours")
    FINISHED = "termine", N_("Terminé")


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which structures are listed, and in which order: by `name`, `commune`, `kind`, `state`, `activity` (the last)
    or `score`, then by name; `descending` turns it round."""

    words: str = ""
    state: State | None = None
    kind: OrganizationKind | None = None
    commune: str = ""
    sort: str = "name"
    descending: bool = False

    @property
    def wordless(self) -> bool:
        """Whether words were typed with which nothing can be looked for: no letter, no digit."""
        return bool(self.words) and not searchable(self.words)

    @property
    def narrows(self) -> bool:
        return bool((self.words and not self.wordless) or self.state or self.kind or self.commune)


@dataclass(frozen=True, slots=True)
class Summary:
    """How many organizations joined, began and completed an assessment: in all, and since the year began."""

    joined: int
    joined_this_year: int
    started: int
    started_this_year: int
    finished: int
    finished_this_year: int


@dataclass(frozen=True, slots=True)
class Structure:
    """An organization of the space, as its team may know it: `ratio` and `level` only if it shares its scores."""

    id: int
    name: str
    siret: str | None
    kind: OrganizationKind
    activity: str
    sector: Sector | None
    commune: str
    workforce: WorkforceBand | None
    demonstration: bool
    joined_at: datetime
    share_scores: Audience
    readable_id: int | None
    progress: Decimal | None
    completed_at: datetime | None
    active_at: datetime
    ratio: Decimal | None
    level: str | None
    version_id: int | None

    @property
    def state(self) -> State:
        if self.completed_at is not None:
            return State.FINISHED
        return State.NOT_STARTED if self.progress is None else State.RUNNING

    @property
    def shares(self) -> bool:
        return self.share_scores != Audience.NOBODY


def summary(session: Session, roster: Roster, year: datetime) -> Summary:
    """The counts; `year` is the instant at which the current year began. An organization began this year if the
    assessment that runs, or else its latest, was begun this year."""
    current = (Assessment.participation_id.is_not(None), or_(Assessment.latest, Assessment.completed_at.is_(None)))
    participation, begun = Assessment.participation_id, Assessment.started_at >= year
    counts = select(
        func.count(participation.distinct()),
        func.count(participation.distinct()).filter(begun),
        func.count().filter(Assessment.latest),
        func.count().filter(Assessment.latest, Assessment.completed_at >= year),
    ).where(*current)
    started, started_this_year, finished, finished_this_year = _counted_once(
        session, "summary", year, lambda: tuple(session.execute(counts).one())
    )
    return Summary(
        joined=len(roster.joined),
        joined_this_year=len(roster.joined) - bisect_left(roster.joined, year),
        started=started,
        started_this_year=started_this_year,
        finished=finished,
        finished_this_year=finished_this_year,
    )


def structures(session: Session, roster: Roster, criteria: Criteria, page: int) -> Page[Structure]:
    """A page of the structures that meet the criteria."""
    found = _ordered(session, criteria, _sought(roster, criteria))
    page = page_within(page, len(found), PAGE_SIZE)
    ids = [each.id for each in found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]]
    rows = {row.id: _structure(row) for row in session.execute(_structures().where(Participation.id.in_(ids)))}
    return Page([rows[id] for id in ids if id in rows], page, PAGE_SIZE, len(found))


def sought(session: Session, roster: Roster, criteria: Criteria) -> list[Structure]:
    """All the structures that meet the criteria, in their order."""
    places = {each.id: place for place, each in enumerate(_ordered(session, criteria, _sought(roster, criteria)))}
    rows = (_structure(row) for row in session.execute(_structures().where(Participation.id.in_(places))))
    return sorted(rows, key=lambda each: places[each.id])


def all_structures(session: Session) -> list[Structure]:
    """Every structure, by name."""
    by_name = _structures().order_by(folded(Organization.name), Participation.id)
    return [_structure(row) for row in session.execute(by_name)]


def _counted_once(session: Session, what: str, when: Hashable, count: Callable[[], Counted]) -> Counted:
    """What was counted of the space's assessments, counted again once the database has given them a new edition."""
    edition = assessments.edition(session)
    if edition is None:
        return count()
    found: Counted = _counted.recall((what, when, edition), count)
    return found


def tallies(session: Session) -> dict[str | None, list[Tally]]:
    """The latest results of those who share them, and of the others those that the pool counts, by category (None for
    the whole) and level; of the whole, how many others there are. No score, not counted."""
    return _counted_once(session, "tallies", None, lambda: _tallies(session))


def _tallies(session: Session) -> dict[str | None, list[Tally]]:
    latest = [Assessment.latest, Assessment.completed_at.is_not(None), Participation.id == Assessment.participation_id]
    how = literal(Kept.SHARED.value)
    whole = (
        select(literal(WHOLE), Assessment.overall_level, how, func.count(), func.sum(Assessment.overall_ratio))
        .join(Participation, and_(*latest))
        .where(Assessment.overall_ratio.is_not(None), _shares())
        .group_by(Assessment.overall_level)
    )
    by_category = (
        select(CategoryScore.category, CategoryScore.level, how, func.count(), func.sum(CategoryScore.ratio))
        .join(Assessment, Assessment.id == CategoryScore.assessment_id)
        .join(Participation, and_(*latest))
        .where(CategoryScore.ratio.is_not(None), _shares())
        .group_by(CategoryScore.category, CategoryScore.level)
    )
    counted = (
        select(
            PooledScore.category,
            PooledScore.level,
            literal(Kept.COUNTED.value),
            func.count(),
            func.sum(PooledScore.ratio),
        )
        .where(~PooledScore.waiting)
        .group_by(PooledScore.category, PooledScore.level)
    )
    # Nothing is told of those but that there are some.
    is_counted = exists().where(
        PooledScore.participation_id == Participation.id, PooledScore.category == WHOLE, ~PooledScore.waiting
    )
    left_out = (
        select(literal(WHOLE), cast(null(), Text), literal(Kept.LEFT_OUT.value), func.count(), literal(Decimal(0)))
        .select_from(Assessment)
        .join(Participation, and_(*latest))
        .where(Assessment.overall_ratio.is_not(None), ~_shares(), ~is_counted)
    )
    found: dict[str | None, list[Tally]] = {}
    everything: CompoundSelect[Any] = union_all(whole, by_category, counted, left_out)
    for category, level, kept, count, ratios in session.execute(everything):
        found.setdefault(category or None, []).append(Tally(level, Kept(kept), count, ratios or Decimal(0)))
    return found


def completions(session: Session, today: date) -> list[tuple[date, int]]:
    """How many assessments were completed in each of the last months, the first of the month standing for it."""
    month = cast(func.date_trunc("month", func.timezone("Europe/Paris", Assessment.completed_at)), Date)
    first = today.replace(day=1)
    months = [_months_before(first, back) for back in range(MONTHS - 1, -1, -1)]
    counts = (
        select(month, func.count())
        .where(Assessment.participation_id.is_not(None), Assessment.completed_at.is_not(None), month >= months[0])
        .group_by(month)
    )
    found: dict[date, int] = _counted_once(
        session, "completions", first, lambda: {row[0]: row[1] for row in session.execute(counts)}
    )
    return [(each, found.get(each, 0)) for each in months]


def shared_category_scores(session: Session) -> Iterator[tuple[int, str, Decimal | None, str | None]]:
    """(participation, category, ratio, level) of the latest results of those who share their scores."""
    rows = session.execute(
        select(Participation.id, CategoryScore.category, CategoryScore.ratio, CategoryScore.level)
        .select_from(Assessment)
        .join(CategoryScore, CategoryScore.assessment_id == Assessment.id)
        .join(Participation, Participation.id == Assessment.participation_id)
        .where(Assessment.latest, Assessment.completed_at.is_not(None), _shares())
    )
    return ((row[0], row[1], row[2], row[3]) for row in rows)


def versions(session: Session, ids: Sequence[int]) -> Sequence[QuestionnaireVersion]:
    return session.scalars(select(QuestionnaireVersion).where(QuestionnaireVersion.id.in_(ids))).all() if ids else []


def _months_before(first: date, back: int) -> date:
    months = first.year * 12 + first.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def _shares() -> ColumnElement[bool]:
    return Participation.share_scores != Audience.NOBODY


def _masked(column: Any, name: str) -> Label[Any]:
    return case((_shares(), column)).label(name)


def _active_at() -> ColumnElement[datetime]:
    # GREATEST passes over what is null.
    return func.greatest(Participation.joined_at, _running.changed_at, _latest.completed_at)


def _joined(*columns: Any) -> Select[Any]:
    """Each participation with its running and its latest completed assessment: one of each at most (unique indexes)."""
    return (
        select(*columns)
        .select_from(Participation)
        .join(Participation.organization)
        .outerjoin(_running, and_(_running.participation_id == Participation.id, _running.completed_at.is_(None)))
        .outerjoin(
            _latest,
            and_(_latest.participation_id == Participation.id, _latest.latest, _latest.completed_at.is_not(None)),
        )
    )


def _structures() -> Select[Any]:
    return _joined(
        Participation.id,
        Organization.name,
        Organization.siret,
        Organization.kind,
        Organization.activity,
        Organization.sector,
        Organization.commune,
        Organization.workforce,
        Organization.demonstration,
        Participation.joined_at,
        Participation.share_scores,
        _running.progress,
        _latest.completed_at,
        _active_at().label("active_at"),
        _masked(_latest.overall_ratio, "ratio"),
        _masked(_latest.overall_level, "level"),
        _latest.version_id,
        # The result itself, where its actor lets the team read the answers.
        case((Participation.share_answers != Audience.NOBODY, _latest.id)).label("readable_id"),
    )


def _structure(row: Row[Any]) -> Structure:
    return Structure(**row._mapping)


def _sought(roster: Roster, criteria: Criteria) -> list[Enrolled]:
    """Those who are what is looked for, by name."""
    everyone = list(roster.enrolled.values())
    if not criteria.narrows:
        return everyone
    words = saints_whole(fold(criteria.words)).split()
    return [
        each
        for each in everyone
        if (criteria.kind is None or each.kind == criteria.kind)
        and (not criteria.commune or fold_once(each.commune) == fold_once(criteria.commune))
        and (not words or _holds(each, words))
    ]


def _holds(enrolled: Enrolled, words: Sequence[str]) -> bool:
    said = (enrolled.name, enrolled.activity, enrolled.commune, enrolled.siret or "")
    text = saints_whole(" ".join(fold_once(each) for each in said))
    return all(word in text for word in words)


def _ordered(session: Session, criteria: Criteria, found: list[Enrolled]) -> list[Enrolled]:
    """Those in the state asked, in the order asked; whoever has no rank comes last, equals stay by name."""
    standing: dict[int, Any] = {}
    if criteria.state is not None or criteria.sort in _STANDING:
        rows = session.execute(_joined(Participation.id, _rank(criteria.sort)).where(*_in_state(criteria.state)))
        standing = {row[0]: row[1] for row in rows}
        found = [each for each in found if each.id in standing]
    ranks: list[Any]
    match criteria.sort:
        case "name":
            return found[::-1] if criteria.descending else found
        case "commune":
            ranks = [fold_once(each.commune) for each in found]
        case "kind":
            ranks = [each.kind.value for each in found]
        case _:
            ranks = [standing[each.id] for each in found]
    ranked = [(rank, each) for rank, each in zip(ranks, found, strict=True) if rank is not None]
    last = [each for rank, each in zip(ranks, found, strict=True) if rank is None]
    return [each for _, each in sorted(ranked, key=lambda pair: pair[0], reverse=criteria.descending)] + last


def _in_state(state: State | None) -> list[ColumnElement[bool]]:
    match state:
        case State.FINISHED:
            return [_latest.id.is_not(None)]
        case State.RUNNING:
            return [_latest.id.is_(None), _running.id.is_not(None)]
        case State.NOT_STARTED:
            return [_latest.id.is_(None), _running.id.is_(None)]
        case _:
            return []


# What an organization is ranked by for what it does.
_STANDING = frozenset({"state", "activity", "score"})


def _rank(sort: str) -> ColumnElement[Any]:
    match sort:
        case "state":
            return case((_latest.id.is_not(None), 2), (_running.id.is_not(None), _running.progress), else_=-1)
        case "activity":
            return _active_at()
        case "score":
            # Whoever keeps it to themselves has no rank.
            return case((_shares(), _latest.overall_ratio))
        case _:
            return null()
