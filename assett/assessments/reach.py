"""The latest results of a space, for what is counted of them: who would see a resource, where help is missing."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from sqlalchemy import func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from assett.assessments.models import Answer, Assessment
from assett.engine.answers import Answers, see
from assett.engine.carrying import carrier
from assett.engine.compiled import Compiled
from assett.engine.score import Result, score
from assett.engine.values import Value
from assett.questionnaires import queries as questionnaires
from assett.questionnaires.models import QuestionnaireVersion
from assett.resources.registries import Latest, latest_results

_IS_LATEST = (Assessment.latest, Assessment.completed_at.is_not(None), Assessment.participation_id.is_not(None))


def latest(session: Session, compiled: Compiled) -> Latest:
    """The latest result of each structure; what was answered to an older version is carried over to today's."""
    state = session.execute(
        select(
            func.current_setting("app.space", True),
            func.count(),
            func.max(Assessment.completed_at),
            # The transactions that completed them: never the same for other results.
            func.sum(literal_column("assessment.xmin::text::bigint")),
        ).where(*_IS_LATEST)
    ).one()
    return Latest(tuple(state), lambda: _read(session, compiled))


def _read(session: Session, compiled: Compiled) -> Iterator[tuple[Answers, Result]]:
    given = func.jsonb_object_agg(Answer.question, Answer.value["v"], type_=JSONB)
    rows = session.execute(
        select(Assessment.version_id, Assessment.profile, given)
        .join(Answer, Answer.assessment_id == Assessment.id)
        .where(*_IS_LATEST)
        .group_by(Assessment.id)
        .order_by(Assessment.id)
    ).all()
    used = {row[0] for row in rows}
    today = questionnaires.active_version(session)
    versions = session.scalars(select(QuestionnaireVersion).where(QuestionnaireVersion.id.in_(used))).all()
    chain = questionnaires.chain(session, [*versions, *([today] if today is not None else [])])
    between = {id: chain.between(id, today.id) if today is not None else () for id in used}
    for version_id, profile, raw in rows:
        old = chain.compiled[version_id]
        seen = see(old, _values(raw, old.questions), _values(profile, old.entries))
        if old is not compiled:
            seen = carrier(old, compiled, between[version_id]).carry(seen).answers
        yield seen, score(compiled, seen)


def _values(raw: Mapping[str, Any], known: Container[str]) -> dict[str, Value]:
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in raw.items()
        if value is not None and name in known
    }


latest_results.append(latest)
