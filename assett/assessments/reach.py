"""The latest results of a space, for what is counted of them: who would see a resource, where help is missing.

Whoever aims a resource can aim it at one structure, as a grid can be (see `engine.mixing`): what is given here are the
results of answers that were mixed first, on the terms of the trial bench. Nothing of fewer than ten structures; those
who keep their scores to themselves are left out while they are fewer than five. Of a crowd, some stand for all.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import Session

from assett.assessments.models import Answer, Assessment
from assett.engine.answers import Answers, see
from assett.engine.carrying import carrier
from assett.engine.compiled import Compiled
from assett.engine.mixing import FEWEST, mixed, standings
from assett.engine.score import Result, score
from assett.engine.values import Value
from assett.organizations.models import Audience, Participation
from assett.questionnaires import queries as questionnaires
from assett.questionnaires.models import QuestionnaireVersion
from assett.resources.audience import THRESHOLD
from assett.resources.registries import Latest, latest_results

# So many are read, about; more are scored for no other answer, since counts are told roughly.
MOST: Final = 1_000
_IS_LATEST = (Assessment.latest, Assessment.completed_at.is_not(None), Assessment.participation_id.is_not(None))
_IS_PRIVATE = Participation.share_scores == Audience.NOBODY


def latest(session: Session, compiled: Compiled) -> Latest:
    """The results that the latest answers of the structures come to, once mixed."""
    state = session.execute(
        select(
            func.current_setting("app.space", True),
            func.count(),
            func.max(Assessment.completed_at),
            # The transactions that completed them: never the same for other results.
            func.sum(literal_column("assessment.xmin::text::bigint")),
            # The few who are left out, whoever they are.
            func.array_agg(aggregate_order_by(Participation.id, Participation.id)).filter(_IS_PRIVATE),
        )
        .join(Participation, Participation.id == Assessment.participation_id)
        .where(*_IS_LATEST)
    ).one()
    private = tuple(state[-1] or ())
    left_out = private if len(private) < THRESHOLD else ()
    there = int(state[1]) - len(left_out)
    one_in = -(-there // MOST) or 1
    return Latest(
        (*state[:-1], left_out),
        lambda: _results(session, compiled, left_out, one_in),
        there if one_in > 1 else None,
    )


def _results(
    session: Session, compiled: Compiled, left_out: Collection[int], one_in: int
) -> Iterator[tuple[Answers, Result]]:
    given = _read(session, compiled, left_out, one_in)
    if len(given) < FEWEST:
        return
    for answers in mixed(compiled, given, standings(compiled, given)):
        # Provisional, as on the bench: what nobody could be dealt an answer to is no zero.
        yield answers, score(compiled, answers, provisional=True)


def _read(session: Session, compiled: Compiled, left_out: Collection[int], one_in: int) -> list[Answers]:
    """The latest answers of each structure, or of one in so many, the same ones from one time to the next; those to an
    older version are carried over to today's."""
    drawn = [func.hashint8(Assessment.participation_id) % one_in == 0] if one_in > 1 else []
    given = func.jsonb_object_agg(Answer.question, Answer.value["v"], type_=JSONB)
    rows = session.execute(
        select(Assessment.version_id, Assessment.profile, given)
        .join(Answer, Answer.assessment_id == Assessment.id)
        .where(*_IS_LATEST, Assessment.participation_id.not_in(left_out), *drawn)
        .group_by(Assessment.id)
        .order_by(Assessment.id)
    ).all()
    used = {row[0] for row in rows}
    today = questionnaires.active_version(session)
    versions = session.scalars(select(QuestionnaireVersion).where(QuestionnaireVersion.id.in_(used))).all()
    chain = questionnaires.chain(session, [*versions, *([today] if today is not None else [])])
    between = {id: chain.between(id, today.id) if today is not None else () for id in used}
    found = []
    for version_id, profile, raw in rows:
        old = chain.compiled[version_id]
        seen = see(old, _values(raw, old.questions), _values(profile, old.entries))
        if old is not compiled:
            seen = carrier(old, compiled, between[version_id]).carry(seen).answers
        found.append(seen)
    return found


def _values(raw: Mapping[str, Any], known: Container[str]) -> dict[str, Value]:
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in raw.items()
        if value is not None and name in known
    }


latest_results.append(latest)
