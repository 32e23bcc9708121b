"""Scores that are not shared enter the figures of a territory ten at a time, or not at all.

Who reads the figures one day, and again the next, sees what changed between; and sees in the list of structures who
was at work meanwhile. Were each result counted as it is completed, the difference would be the score of that one. So
a result that its structure keeps to itself waits: once ten structures wait, they are counted, all ten at the same
moment and on every line of the page; until then each counts with what it had before, if anything. Those who had
something counted wait for one another, apart from those who had not: what is counted of them anew takes the place of
what was, on both sides of ten at least.

Ten who all stand at one level, of the whole or of some category, are never counted. Leaving them out of that line
alone would say that they are alike, and the other lines at which level; nor may they be counted later with others, for
who saw them left out would know what to look for. They count once they complete another assessment, with nine others.

What this holds to: of a result that is not counted the pages say nothing, for all ten could be any one result, ten
times; of one that is counted, nothing certain, for it could be exchanged with another of its ten, at another level.
`tests/followup/test_batches.py` tries both on all kinds of histories. What it does not: hide the last of ten from the
nine others, should these tell theirs, or its own readers from those it lets read; hide what is taken out when a
structure leaves the space; hold as firmly for a result that a later one has replaced, whose ten are then not all there.

Who begins to share leaves the pool, for their score can be read beside the figures. Who stops sharing is counted at
once with the score that could be read, which changes no figure and fills nobody's ten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from assett.assessments.models import Assessment, CategoryScore, PooledScore
from assett.organizations.models import Audience, Participation

BATCH = 10
# The category of the whole.
WHOLE = ""

# What the lock of `_hold` is about, among all that a database may be asked to lock.
_POOL = 5
_COLUMNS = ["space_id", "participation_id", "category", "waiting", "ratio", "level"]


@dataclass(frozen=True, slots=True)
class Pooled:
    """A row of the pool; who waits may have no score in a category."""

    id: int
    participation_id: int
    category: str
    waiting: bool
    scored: bool
    level: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """The rows that are counted from now on, and those that are in the pool no more."""

    counted: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()


def enter(session: Session, assessment: Assessment) -> None:
    """A result that its structure keeps to itself, just completed, waits to be counted; where it is the tenth to wait,
    all ten are. Without a score it changes nothing that is counted."""
    _hold(session, assessment.space_id)
    mine = PooledScore.participation_id == assessment.participation_id
    session.execute(delete(PooledScore).where(mine, PooledScore.waiting))
    if assessment.overall_ratio is None:
        return
    scores = _scores(Assessment.id == assessment.id, waiting=True)
    session.execute(insert(PooledScore).from_select(_COLUMNS, scores))
    _settle(session, assessment.space_id)


def follow(session: Session, participation: Participation) -> None:
    """The structure has just begun to share its scores, or stopped: it leaves the pool, or enters it with what could
    be read of it until now."""
    session.flush()
    _hold(session, participation.space_id)
    session.execute(delete(PooledScore).where(PooledScore.participation_id == participation.id))
    if participation.share_scores == Audience.NOBODY:
        read = _scores(and_(Assessment.participation_id == participation.id, Assessment.latest), waiting=False)
        session.execute(insert(PooledScore).from_select(_COLUMNS, read))


def leave(session: Session, participation: Participation) -> None:
    """The structure leaves the space: nobody who comes meanwhile waits with it."""
    _hold(session, participation.space_id)
    session.execute(delete(PooledScore).where(PooledScore.participation_id == participation.id))


def counts(session: Session, participation: Participation) -> bool:
    """Whether a score that the structure keeps to itself is counted."""
    counted = select(PooledScore.id).where(
        PooledScore.participation_id == participation.id, PooledScore.category == WHOLE, ~PooledScore.waiting
    )
    return session.scalars(counted).one_or_none() is not None


def settle(rows: Sequence[Pooled]) -> Settled:
    """What becomes of a pool, whose rows are all those of the structures that wait."""
    waiting = {row.participation_id for row in rows if row.waiting}
    returning = {row.participation_id for row in rows if not row.waiting}
    # Which ten are together hangs on who came when, and had been counted: on nothing that they scored.
    settled = [_together(rows, ten) for ten in (waiting - returning, waiting & returning) if len(ten) >= BATCH]
    return Settled(
        frozenset().union(*(each.counted for each in settled)), frozenset().union(*(each.gone for each in settled))
    )


def _together(rows: Sequence[Pooled], ten: set[int]) -> Settled:
    coming: dict[str, list[Pooled]] = defaultdict(list)
    leaving: dict[str, list[Pooled]] = defaultdict(list)
    for row in rows:
        if row.participation_id in ten and (row.scored or row.waiting):
            (coming if row.waiting else leaving)[row.category].append(row)
    scored = {category: [row for row in line if row.scored] for category, line in coming.items()}
    told = [*scored.values(), *leaving.values()]
    if any(_alike(line, len(ten)) for line in told) or any(len(line) < BATCH for line in leaving.values()):
        # Never counted: they are not those who wait any more, either.
        return Settled(gone=_ids(*coming.values()))
    counted = _ids(*(line for line in scored.values() if len(line) >= BATCH))
    return Settled(counted, _ids(*coming.values(), *leaving.values()) - counted)


def _alike(line: Sequence[Pooled], count: int) -> bool:
    """Whether all who have a score there stand at one level: where it is counted, or nobody is without."""
    return (len(line) >= BATCH or len(line) == count) and len({row.level for row in line}) == 1


def _ids(*lines: Iterable[Pooled]) -> frozenset[int]:
    return frozenset(row.id for line in lines for row in line)


def _hold(session: Session, space_id: int) -> None:
    """One at a time in a space: two who come together would not see each other wait."""
    session.execute(select(func.pg_advisory_xact_lock(_POOL, cast(space_id % 2**31, Integer))))


def _scores(which: ColumnElement[bool], *, waiting: bool) -> Select[Any]:
    """The scores of a completed assessment as rows of the pool; counted at once, they are only those there are."""
    whole = select(
        Assessment.space_id,
        Assessment.participation_id,
        literal(WHOLE).label("category"),
        literal(waiting).label("waiting"),
        Assessment.overall_ratio.label("ratio"),
        Assessment.overall_level.label("level"),
    ).where(which)
    of_categories = (
        select(
            Assessment.space_id,
            Assessment.participation_id,
            CategoryScore.category,
            literal(waiting),
            CategoryScore.ratio,
            CategoryScore.level,
        )
        .join(Assessment, Assessment.id == CategoryScore.assessment_id)
        .where(which)
    )
    told = union_all(whole, of_categories).subquery()
    return select(told).where(or_(literal(waiting), told.c.ratio.is_not(None)))


def _settle(session: Session, space_id: int) -> None:
    here = PooledScore.space_id == space_id
    row = PooledScore
    waiting = select(row.participation_id).where(here, row.waiting)
    found = session.execute(
        select(row.id, row.participation_id, row.category, row.waiting, row.ratio.is_not(None), row.level).where(
            here, row.participation_id.in_(waiting)
        )
    )
    settled = settle([Pooled(*each) for each in found])
    unseen = {"synchronize_session": False}
    # What leaves goes first: a structure has one row counted of each category.
    if settled.gone:
        session.execute(delete(row).where(here, row.id.in_(settled.gone)), execution_options=unseen)
    if settled.counted:
        counted = update(row).where(here, row.id.in_(settled.counted)).values(waiting=False)
        session.execute(counted, execution_options=unseen)
