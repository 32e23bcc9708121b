"""Scores that are not shared enter the figures of a territory five at a time.

Who reads the figures one day, and again the next, sees what changed between; and sees in the list of structures who
was at work meanwhile. Were each result counted as it is completed, the difference would be the score of that one. So
a result that its structure keeps to itself waits: of the whole, and of each category apart, it is counted once five
structures wait there, all five at the same moment; until then its structure counts with what it had before, if
anything. What changes is then always the sum of five.

Who begins to share leaves the pool, for their score can be read beside the figures. Who stops sharing enters it at
once with the score that could be read, which changes no figure and makes nobody's batch.

What this does not do: hide that five who wait together all reached the same level; hide the rest of a batch from its
other members, should they tell each other their scores; hide what is taken out when a structure leaves the space. A
structure which lets the team read its answers, but does not share its score, waits like the others, and its readers
know one of the five.
"""

from __future__ import annotations

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
from sqlalchemy.orm import Session, aliased

from assett.assessments.models import Assessment, CategoryScore, PooledScore
from assett.organizations.models import Audience, Participation

BATCH = 5
# The category of the whole.
WHOLE = ""

# What the lock of `_hold` is about, among all that a database may be asked to lock.
_POOL = 5
_COLUMNS = ["space_id", "participation_id", "category", "waiting", "ratio", "level"]
_other = aliased(PooledScore, name="other")


def enter(session: Session, assessment: Assessment) -> None:
    """A result that its structure keeps to itself, just completed, waits to be counted; where it is the fifth to wait,
    all five are."""
    _hold(session, assessment.space_id)
    mine = PooledScore.participation_id == assessment.participation_id
    session.execute(delete(PooledScore).where(mine, PooledScore.waiting))
    scores = _scores(Assessment.id == assessment.id, waiting=True)
    session.execute(insert(PooledScore).from_select(_COLUMNS, scores))
    _count(session, assessment.space_id)


def follow(session: Session, participation: Participation) -> None:
    """The structure has just begun to share its scores, or stopped: it leaves the pool, or enters it with what could
    be read of it until now."""
    session.flush()
    _hold(session, participation.space_id)
    session.execute(delete(PooledScore).where(PooledScore.participation_id == participation.id))
    if participation.share_scores == Audience.NOBODY:
        read = _scores(and_(Assessment.participation_id == participation.id, Assessment.latest), waiting=False)
        session.execute(insert(PooledScore).from_select(_COLUMNS, read))


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


def _count(session: Session, space_id: int) -> None:
    """Wherever five wait, count them in place of what was counted of them before."""
    here = PooledScore.space_id == space_id
    same = and_(_other.participation_id == PooledScore.participation_id, _other.category == PooledScore.category)
    # Without a score, and with none counted before, nothing changes: such a one makes nobody less alone.
    changes = or_(PooledScore.ratio.is_not(None), select(_other.id).where(same, ~_other.waiting).exists())
    full = session.scalars(
        select(PooledScore.category)
        .where(here, PooledScore.waiting, changes)
        .group_by(PooledScore.category)
        .having(func.count() >= BATCH)
    ).all()
    if not full:
        return
    there = (here, PooledScore.category.in_(full))
    outdated = and_(~PooledScore.waiting, select(_other.id).where(same, _other.waiting).exists())
    without = and_(PooledScore.waiting, PooledScore.ratio.is_(None))
    unseen = {"synchronize_session": False}
    session.execute(delete(PooledScore).where(*there, or_(outdated, without)), execution_options=unseen)
    session.execute(
        update(PooledScore).where(*there, PooledScore.waiting).values(waiting=False), execution_options=unseen
    )
