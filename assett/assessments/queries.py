"""Reads about assessments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased, joinedload

from assett.accounts.models import Person
from assett.assessments.models import Answer, Assessment, AssessmentEdition, CategoryScore, Held, SavedAnswer
from assett.core.tenancy import CURRENT_SPACE
from assett.organizations.models import Participation, ParticipationRef
from assett.questionnaires.models import QuestionnaireVersion, VersionRef

# What is read of an answer, in the order of its fields.
_SAVED = tuple(getattr(Answer, field.name) for field in fields(SavedAnswer))
# Every page of an assessment and every save ask these: they are put together once.
_ASSESSMENT = (
    select(Assessment)
    .where(Assessment.id == bindparam("id"))
    .options(
        joinedload(Assessment.version),
        joinedload(Assessment.participation).joinedload(Participation.organization),
    )
)
# What is asked for in order to write shows no page: of the version and the participation, what proves the right to.
_LOCKED_ASSESSMENT = (
    select(Assessment)
    .where(Assessment.id == bindparam("id"))
    .options(
        joinedload(Assessment.version).load_only(QuestionnaireVersion.content_hash),
        joinedload(Assessment.participation).load_only(Participation.organization_id),
    )
    .with_for_update(of=Assessment)
)
# The answers of an assessment, told along with it: a statement less for a save and for a result.
_ITS_ANSWERS = (
    select(func.json_agg(func.json_build_array(*_SAVED)))
    .where(Answer.assessment_id == Assessment.id)
    .correlate(Assessment)
    .scalar_subquery()
)
# The one that the same participation completed before it.
_earlier = aliased(Assessment, name="earlier")
_PREVIOUS = (
    select(_earlier.id)
    .where(
        _earlier.participation_id == Assessment.participation_id,
        _earlier.completed_at < func.coalesce(Assessment.completed_at, func.now()),
    )
    .order_by(_earlier.completed_at.desc())
    .limit(1)
    .correlate(Assessment)
    .scalar_subquery()
)
_TO_RESTITUTE = _ASSESSMENT.add_columns(_ITS_ANSWERS, _PREVIOUS)
# Whoever waited for a colleague's save holds the assessment as it is now, but its answers as they were when the
# statement began. Every save writes the assessment too: its last transaction tells whether that is so.
_seen = aliased(Assessment, name="seen")
_LAST = "xmin::text"
_CURRENT = (
    literal_column(f"assessment.{_LAST}")
    == select(literal_column(f"seen.{_LAST}")).select_from(_seen).where(_seen.id == Assessment.id).scalar_subquery()
)
_EDITION = select(AssessmentEdition.edition).where(
    AssessmentEdition.space_id == literal_column(CURRENT_SPACE, BigInteger)
)
_ANSWERS = select(*_SAVED).where(Answer.assessment_id == bindparam("id"))
# An answer that was taken back is none.
_HAS_ANSWER = exists().where(Answer.assessment_id == Assessment.id, func.jsonb_typeof(Answer.value["v"]) != "null")


def assessment(session: Session, id: int, *, lock: bool = False) -> Assessment | None:
    """An assessment of the current space with its version and whose it is; `lock` holds it until the commit."""
    return session.scalars(_LOCKED_ASSESSMENT if lock else _ASSESSMENT, {"id": id}).one_or_none()


def to_restitute(session: Session, id: int) -> tuple[Assessment | None, dict[str, SavedAnswer], int | None]:
    """What a result says: an assessment with its answers by question id, as `assessment` and `answers` read them one
    after the other, and the id of the one completed before it by the same participation."""
    row = session.execute(_TO_RESTITUTE, {"id": id}).one_or_none()
    return (row[0], _told(row[1]), row[2]) if row is not None else (None, {}, None)


def holding(condition: ColumnElement[bool]) -> ScalarSelect[list[Any]]:
    """What `held` reads of the assessment that the parameter `held` names, in one value, for a statement of others."""
    told = (
        Assessment.id,
        Assessment.space_id,
        func.json_build_array(QuestionnaireVersion.id, QuestionnaireVersion.content_hash),
        func.json_build_array(Participation.id, Participation.organization_id),
        Assessment.trial_secret,
        Assessment.former_secret,
        Assessment.expires_at,
        Assessment.started_by,
        Assessment.completed_at.is_not(None),
        Assessment.profile,
        _ITS_ANSWERS,
        _CURRENT,
    )
    return (
        select(func.json_build_array(*told))
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Assessment.version_id)
        .outerjoin(Participation, Participation.id == Assessment.participation_id)
        .where(Assessment.id == bindparam("held", type_=BigInteger), condition)
        .with_for_update(of=Assessment)
        .scalar_subquery()
    )


def held(session: Session, found: list[Any] | None) -> tuple[Held | None, dict[str, SavedAnswer]]:
    """The assessment that `holding` has read and holds until the commit, with its answers by question id."""
    if found is None:
        return None, {}
    id, space_id, version, whose, secret, former, expires_at, started_by, completed, profile, told, current = found
    assessment = Held(
        id,
        space_id,
        VersionRef(*version),
        ParticipationRef(*whose) if whose[0] is not None else None,
        secret,
        former,
        datetime.fromisoformat(expires_at) if expires_at is not None else None,
        started_by,
        completed,
        profile,
    )
    return assessment, _told(told) if current else answers(session, assessment)


def _told(answers: Sequence[list[Any]] | None) -> dict[str, SavedAnswer]:
    rows = (SavedAnswer(*rest, datetime.fromisoformat(at)) for *rest, at in answers or ())  # type: ignore[call-arg]
    return {row.question: row for row in rows}


def answers(session: Session, assessment: Assessment | Held) -> dict[str, SavedAnswer]:
    """The answers of an assessment by question id, those taken back included (their value is null)."""
    rows = (SavedAnswer(*row) for row in session.execute(_ANSWERS, {"id": assessment.id}))
    return {row.question: row for row in rows}


def answers_of(session: Session, assessments: Sequence[Assessment]) -> dict[int, dict[str, SavedAnswer]]:
    """The answers of these assessments, by assessment and question."""
    found: dict[int, dict[str, SavedAnswer]] = {each.id: {} for each in assessments}
    if found:
        of_these = select(Answer.assessment_id, *_SAVED).where(Answer.assessment_id.in_(found))
        for id, *row in session.execute(of_these):
            answer = SavedAnswer(*row)
            found[id][answer.question] = answer
    return found


def running(session: Session, participation: Participation) -> Assessment | None:
    return session.scalars(
        select(Assessment)
        .where(Assessment.participation_id == participation.id, Assessment.completed_at.is_(None))
        .options(joinedload(Assessment.version))
    ).one_or_none()


def running_of(session: Session, participations: Sequence[Participation]) -> dict[int, Assessment]:
    """The running assessments of these participations, by participation."""
    rows = session.scalars(
        select(Assessment).where(
            Assessment.participation_id.in_([each.id for each in participations]), Assessment.completed_at.is_(None)
        )
    )
    return {row.participation_id: row for row in rows if row.participation_id is not None}


def latest(session: Session, participation: Participation) -> Assessment | None:
    return session.scalars(
        select(Assessment)
        .where(Assessment.participation_id == participation.id, Assessment.latest)
        .options(joinedload(Assessment.version))
    ).one_or_none()


def history(session: Session, participation: Participation, limit: int | None = 24) -> Sequence[Assessment]:
    """The completed assessments of a participation, the latest first."""
    return session.scalars(
        select(Assessment)
        .where(Assessment.participation_id == participation.id, Assessment.completed_at.is_not(None))
        .options(joinedload(Assessment.version))
        .order_by(Assessment.completed_at.desc())
        .limit(limit)
    ).all()


def category_scores(session: Session, assessments: Sequence[Assessment]) -> dict[int, dict[str, CategoryScore]]:
    """The stored category scores of these assessments, by assessment and category."""
    found: dict[int, dict[str, CategoryScore]] = {each.id: {} for each in assessments}
    if found:
        for row in session.scalars(select(CategoryScore).where(CategoryScore.assessment_id.in_(found))):
            found[row.assessment_id][row.category] = row
    return found


def taken_from(session: Session, assessment: Assessment) -> datetime | None:
    """When the assessment was completed whose answers this one was begun with."""
    return session.scalars(
        select(Assessment.completed_at).where(Assessment.id == assessment.prefilled_from_id)
    ).one_or_none()


def trials_of(
    session: Session, ids: Sequence[int], person_id: int | None, *, lock: bool = False, answered: bool = False
) -> Sequence[Assessment]:
    """The try-outs with these ids, and those begun by this person, the most recently changed first; `answered`:
    those alone that hold an answer; `lock` holds them until the commit. One whose days are over is its author's like
    any other until it is erased: what may still be answered may still be kept."""
    mine = or_(Assessment.id.in_(ids), Assessment.started_by == person_id if person_id is not None else false())
    found = (
        select(Assessment)
        # The index of try-outs holds these few rows alone.
        .where(Assessment.trial_secret.is_not(None), mine)
        .options(joinedload(Assessment.version), joinedload(Assessment.participation))
        .order_by(Assessment.changed_at.desc())
    )
    if answered:
        found = found.where(_HAS_ANSWER)
    return session.scalars(found.with_for_update(of=Assessment) if lock else found).all()


def by_ids(session: Session, ids: Sequence[int]) -> Sequence[Assessment]:
    """These assessments of the current space, the most recently changed first."""
    return session.scalars(
        select(Assessment).where(Assessment.id.in_(ids)).order_by(Assessment.changed_at.desc())
    ).all()


def answered(session: Session, assessments: Sequence[Assessment]) -> list[Assessment]:
    """Those of these assessments that hold an answer."""
    if not assessments:
        return []
    wanted = select(Assessment.id).where(Assessment.id.in_([each.id for each in assessments]), _HAS_ANSWER)
    holding = set(session.scalars(wanted))
    return [each for each in assessments if each.id in holding]


def personal_answers(session: Session, person: Person) -> list[dict[str, Any]]:
    """The answers that this person gave in the current space, and those of their try-outs from before they had an
    account, for the copy of their data."""
    tried = select(Assessment.id).where(Assessment.started_by == person.id, Assessment.trial_secret.is_not(None))
    rows = session.execute(
        select(Answer.assessment_id, Answer.question, Answer.value, Answer.answered_at)
        .where(or_(Answer.author_id == person.id, Answer.assessment_id.in_(tried)))
        .order_by(Answer.answered_at, Answer.id)
    )
    return [
        {"assessment": id, "question": question, "answer": value["v"], "answered_at": at.isoformat()}
        for id, question, value, at in rows
    ]


def edition(session: Session) -> UUID | None:
    """The edition of the current space's assessments; None where nobody has begun one."""
    return session.scalars(_EDITION).one_or_none()
