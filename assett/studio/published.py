"""Reads about published versions and the answers given to them; answers come without any name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, joinedload

from assett.accounts.models import Person
from assett.assessments.models import Answer, Assessment
from assett.engine.compiled import Compiled
from assett.organizations.models import Audience, Participation
from assett.questionnaires import queries as questionnaires
from assett.questionnaires.models import QuestionnaireVersion
from assett.studio.models import Draft

# So many past assessments are tried at most: the latest.
MOST = 5000


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the list: who published it, and how many assessments were done, run, or are tried out with it."""

    version: QuestionnaireVersion
    by: str | None
    completed: int
    running: int
    trials: int

    @property
    def used(self) -> int:
        return self.completed + self.running


def lines(session: Session) -> list[VersionLine]:
    """Every version that the current space published, the latest first."""
    uses = (
        select(
            Assessment.version_id,
            func.count().filter(Assessment.completed_at.is_not(None)).label("completed"),
            func.count()
            .filter(Assessment.completed_at.is_(None), Assessment.participation_id.is_not(None))
            .label("running"),
            func.count().filter(Assessment.participation_id.is_(None)).label("trials"),
        )
        .group_by(Assessment.version_id)
        .subquery()
    )
    rows = session.execute(
        select(
            QuestionnaireVersion,
            Person.name,
            func.coalesce(uses.c.completed, 0),
            func.coalesce(uses.c.running, 0),
            func.coalesce(uses.c.trials, 0),
        )
        .outerjoin(Person, Person.id == QuestionnaireVersion.published_by)
        .outerjoin(uses, uses.c.version_id == QuestionnaireVersion.id)
        .where(QuestionnaireVersion.space_id.is_not(None), QuestionnaireVersion.published_at.is_not(None))
        .options(joinedload(QuestionnaireVersion.questionnaire))
        .order_by(QuestionnaireVersion.published_at.desc(), QuestionnaireVersion.id.desc())
    )
    return [VersionLine(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Past:
    """A completed assessment without its name: `structure` only tells one from another.

    `private` says that the structure does not share its scores. `answers` are raw, by question.
    """

    structure: int
    version_id: int
    private: bool
    profile: dict[str, Any]
    answers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PastState:
    """What tells one state of the past from another: completed assessments never change, they are only added.

    `latest` counts the latest assessment of each structure, `private` those of structures that do not share them.
    """

    completed: int
    latest: int
    private: int
    last: datetime | None


def past_state(session: Session) -> PastState:
    return PastState(
        *session.execute(
            select(
                func.count(),
                func.count().filter(Assessment.latest),
                func.count().filter(Participation.share_scores == Audience.NOBODY),
                func.max(Assessment.completed_at),
            )
            .join(Participation, Participation.id == Assessment.participation_id)
            .where(Assessment.completed_at.is_not(None))
        ).one()
    )


def past(session: Session, *, every: bool) -> Sequence[Past]:
    """The latest completed assessment of each structure, or `every` one, the latest first, in one statement."""
    given = (
        select(func.json_object_agg(Answer.question, Answer.value["v"], type_=JSONB))
        .where(Answer.assessment_id == Assessment.id)
        .scalar_subquery()
    )
    asked = (
        select(
            Assessment.participation_id,
            Assessment.version_id,
            Participation.share_scores == Audience.NOBODY,
            Assessment.profile,
            given,
        )
        .join(Participation, Participation.id == Assessment.participation_id)
        .where(Assessment.completed_at.is_not(None))
        .order_by(Assessment.completed_at.desc(), Assessment.id)
        .limit(MOST)
    )
    if not every:
        asked = asked.where(Assessment.latest)
    return [
        Past(structure, version_id, private, profile, answers or {})
        for structure, version_id, private, profile, answers in session.execute(asked)
    ]


def versions_since(session: Session, ids: set[int]) -> Sequence[QuestionnaireVersion]:
    """Every version that the current space published since the first of some, these included, oldest first."""
    first = (
        select(func.min(QuestionnaireVersion.published_at)).where(QuestionnaireVersion.id.in_(ids)).scalar_subquery()
    )
    return session.scalars(
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.space_id.is_not(None), QuestionnaireVersion.published_at >= first)
        .order_by(QuestionnaireVersion.published_at, QuestionnaireVersion.id)
    ).all()


def between(session: Session, draft: Draft, other: QuestionnaireVersion | None) -> tuple[Compiled, ...]:
    """What stands between a draft and a version of the space, the one that the draft was begun from included, oldest
    first: what each renamed leads from the one to the other."""
    if other is None or draft.base_id in (None, other.id):
        return ()
    number, of_space = QuestionnaireVersion.number, QuestionnaireVersion.space_id.is_not(None)
    base = select(number).where(QuestionnaireVersion.id == draft.base_id, of_space).scalar_subquery()
    found = session.scalars(
        select(QuestionnaireVersion)
        .where(of_space, number.between(base, other.number) | number.between(other.number, base))
        .order_by(number)
    ).all()
    own = [version for version in found if version is not other]
    compiled = questionnaires.compiled_all(session, own)
    return tuple(compiled[version.id] for version in own)


def under_way(session: Session) -> tuple[int, int]:
    """How many assessments of structures run, and how many try-outs."""
    running, trials = session.execute(
        select(
            func.count().filter(Assessment.participation_id.is_not(None)),
            func.count().filter(Assessment.participation_id.is_(None)),
        ).where(Assessment.completed_at.is_(None))
    ).one()
    return running, trials
