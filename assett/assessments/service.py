"""Use cases of an assessment: begin, answer, complete."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any, cast

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.assessments import cards, policy, pool, queries
from assett.assessments.models import Answer, Assessment, CategoryScore, Held, SavedAnswer
from assett.core.db import Prepared, dump_json
from assett.core.permissions import Actor
from assett.engine.answers import Answers, read_answer, read_profile, see
from assett.engine.carrying import carry
from assett.engine.compiled import Compiled
from assett.engine.score import Result, score
from assett.engine.values import Value
from assett.kernel.errors import InvalidAnswers, Rejected
from assett.organizations.models import (
    Audience,
    Organization,
    Participation,
)
from assett.questionnaires import queries as questionnaires
from assett.questionnaires.models import QuestionnaireVersion

TRIAL_KEPT = timedelta(days=7)
SIX_DECIMALS = Decimal("0.000001")
# The answer that no row stands for yet.
UNSEEN = "0"


# What every save of an answer writes, put together once and sent as it is, past the session's bookkeeping.
_answers = cast(Table, Answer.__table__)
_WRITTEN = ("space_id", "assessment_id", "question", "value", "revision", "author_id", "author", "answered_at")


def _or_replace(answer: Insert) -> Insert:
    again = {name: answer.excluded[name] for name in ("value", "revision", "author_id", "author", "answered_at")}
    return answer.on_conflict_do_update(index_elements=["assessment_id", "question"], set_=again)


_WRITE_ANSWER = _or_replace(insert(_answers))
_assessments = cast(Table, Assessment.__table__)
_NOTE_PROGRESS = update(_assessments).where(_assessments.c.id == bindparam("assessment"))
# Both at once, for the answer that is saved as it is given. The names of the parameters are nobody's columns, which
# would be taken for values of the update.
_WRITE_AND_NOTE = Prepared(
    _or_replace(insert(_answers).inline().values({name: bindparam(f"its_{name}") for name in _WRITTEN})).add_cte(
        _NOTE_PROGRESS.values(progress=bindparam("its_progress"), changed_at=bindparam("its_answered_at")).cte("noted")
    )
)


@dataclass(frozen=True, slots=True)
class GiveAnswer:
    """An answer as a form gives it: `raw` in the format's shape, None for « no answer »; `seen` is the mark of the
    answer that the respondent had before their eyes."""

    question: str
    raw: Any
    seen: str


@dataclass(frozen=True, slots=True)
class Saved:
    """The answer as it now stands (`changed` is False where it stood so already), among all of them, and the
    provisional result."""

    answer: SavedAnswer | None
    changed: bool
    seen: Answers
    result: Result


class Conflict(Exception):
    """A colleague answered otherwise in the meantime; nothing was written."""

    def __init__(self, theirs: SavedAnswer) -> None:
        super().__init__(theirs.question)
        self.theirs = theirs


class Completed(Rejected):
    """The assessment is over: its answers can no longer change."""


def mark_of(answer: SavedAnswer | None) -> str:
    """The mark of an answer, as a page carries it: revision and a digest of the value.

    The digest tells « I never touched it » from « I want it back as it was » when a whole page is saved at once.
    """
    return UNSEEN if answer is None else f"{answer.revision}.{_digest(answer.value['v'])}"


def mark_of_fact(value: Any) -> str:
    """The mark of a fact of the profile, likewise; None for one that is not told."""
    return UNSEEN if value is None else f"1.{_digest(value)}"


def untouched(seen: str, value: Value | None) -> bool:
    """Whether a value is the very one that the page with this mark showed."""
    return seen.partition(".")[2] == _digest(_plain_value(value)) or (seen == UNSEEN and value is None)


def _digest(value: Any) -> str:
    return sha256(json.dumps(value, default=str, sort_keys=True).encode()).hexdigest()[:8]


def begin(
    session: Session,
    participation: Participation,
    version: QuestionnaireVersion,
    compiled: Compiled,
    actor: Actor,
    now: datetime,
) -> Assessment:
    """Begin an assessment of a participation, prefilled from its latest one; the running one if there is one."""
    # A double click waits here, then finds the first one's assessment.
    hold(session, participation)
    current = queries.running(session, participation)
    if current is not None:
        return current
    last = queries.latest(session, participation)
    assessment = Assessment(
        space_id=participation.space_id,
        participation_id=participation.id,
        version_id=version.id,
        prefilled_from_id=last.id if last is not None else None,
        started_by=actor.person_id,
        started_at=now,
        changed_at=now,
        profile=known_profile(compiled, participation),
    )
    session.add(assessment)
    session.flush()
    if last is not None:
        _prefill(session, compiled, last, assessment, now)
    return assessment


def hold(session: Session, participation: Participation) -> None:
    """Whoever else begins or attaches an assessment of this participation waits for the end of this transaction; a
    structure that has left meanwhile has none."""
    held = select(Participation.id).where(Participation.id == participation.id).with_for_update()
    if session.execute(held).one_or_none() is None:
        raise Rejected(_l("Votre structure vient de quitter cet espace."))


def known_profile(compiled: Compiled, participation: Participation) -> dict[str, Any]:
    """What the platform knows already: the profile as told last, else what the organization's identity says."""
    return told_by_identity(compiled, participation.organization) | _readable(compiled, participation.profile)


def told_by_identity(compiled: Compiled, organization: Organization) -> dict[str, Any]:
    """What the organization's identity says of the profile, in the words of this questionnaire."""
    known = {
        "kind": organization.kind,
        "workforce": organization.workforce,
        "naf": organization.naf_code,
        "commune": organization.commune,
    }
    sources = {entry.id: known.get(entry.source or "") for entry in compiled.document.profile}
    return _readable(compiled, {name: str(value) for name, value in sources.items() if value})


def _readable(compiled: Compiled, told: Mapping[str, Any]) -> dict[str, Any]:
    """What of a profile this questionnaire understands; another one's words are passed over."""
    profile: dict[str, Any] = {}
    for name in told.keys() & compiled.entries.keys():
        try:
            profile.update(_plain_values(read_profile(compiled, {name: told[name]})))
        except InvalidAnswers:
            continue
    return profile


def _prefill(session: Session, compiled: Compiled, last: Assessment, assessment: Assessment, now: datetime) -> None:
    """Copy the last answers, and what was told of the structure, as far as the questionnaire of today understands
    them."""
    before = questionnaires.compiled(session, last.version)
    between = questionnaires.between(session, last.version, assessment.version)
    carried = carry(before, compiled, standing(before, last, queries.answers(session, last)), between).answers
    session.add_all(
        Answer(
            space_id=assessment.space_id,
            assessment_id=assessment.id,
            question=question,
            value={"v": _plain_value(value)},
            revision=0,
            answered_at=now,
        )
        for question, value in carried.values.items()
    )
    assessment.profile = {**assessment.profile, **_plain_values(carried.profile)}
    note_standing(assessment, compiled, carried.values, taken_over=carried.values)
    session.flush()


def note_standing(
    assessment: Assessment, compiled: Compiled, values: Mapping[str, Value], *, taken_over: Collection[str]
) -> None:
    """Keep how far an assessment with these answers is, for lists; those `taken_over` nobody has reread yet."""
    seen = see(compiled, values, _facts(compiled, assessment))
    assessment.progress = _progress(compiled, seen, score(compiled, seen), taken_over)


def unread(compiled: Compiled, seen: Answers, taken_over: Collection[str]) -> int:
    """How many of the visible required questions have an answer that was `taken_over` from the assessment before."""
    return sum(name in seen.visible and compiled.question(name).required for name in taken_over)


def taken_over(rows: Mapping[str, SavedAnswer]) -> list[str]:
    """The questions whose answer stands as it was copied from the assessment before."""
    return [name for name, row in rows.items() if row.taken_over]


def begin_trial(
    session: Session, space_id: int, version: QuestionnaireVersion, actor: Actor, now: datetime
) -> tuple[Assessment, str]:
    """Begin a try-out, which is forgotten unless an account has it; gives it and the secret for the cookie."""
    secret = secrets.token_urlsafe(24)
    assessment = Assessment(
        space_id=space_id,
        version_id=version.id,
        trial_secret=policy.secret_hash(secret),
        expires_at=now + TRIAL_KEPT if actor.person_id is None else None,
        started_by=actor.person_id,
        started_at=now,
        changed_at=now,
        profile={},
    )
    session.add(assessment)
    session.flush()
    return assessment, secret


def standing(compiled: Compiled, assessment: Assessment | Held, rows: Mapping[str, SavedAnswer]) -> Answers:
    """The answers as the engine sees them: those given, of questions that the version knows."""
    values: dict[str, Value] = {}
    for question, row in rows.items():
        raw = row.value["v"]
        if raw is None or question not in compiled.questions:
            continue
        values[question] = tuple(raw) if isinstance(raw, list) else raw
    return see(compiled, values, _facts(compiled, assessment))


def _facts(compiled: Compiled, assessment: Assessment | Held) -> dict[str, Value]:
    return {
        entry: tuple(value) if isinstance(value, list) else value
        for entry, value in assessment.profile.items()
        if entry in compiled.entries
    }


def save_answer(
    session: Session,
    assessment: Assessment | Held,
    compiled: Compiled,
    rows: dict[str, SavedAnswer],
    command: GiveAnswer,
    actor: Actor,
    now: datetime,
) -> Saved:
    """Save one answer, and how far the assessment is, for lists; `rows` are those of the assessment (locked) and are
    brought up to date.

    Raises `InvalidAnswers` for what the question does not accept, `Conflict` where a colleague answered otherwise
    since the page was shown, `Completed` after completion.
    """
    given = _given_now(assessment, compiled, rows, command, actor, now)
    if given is not None:
        rows[given.question] = given
    saved = _saved(assessment, compiled, rows, command.question, changed=given is not None)
    if given is not None:
        progress = _progress(compiled, saved.seen, saved.result, taken_over(rows))
        its = {f"its_{name}": value for name, value in _written(assessment, given).items()}
        its |= {"its_value": dump_json(given.value), "its_progress": progress}
        _WRITE_AND_NOTE.run(session, its | {"assessment": assessment.id})
    return saved


def left_standing(
    assessment: Assessment | Held, compiled: Compiled, rows: Mapping[str, SavedAnswer], conflict: Conflict
) -> Saved:
    """What a conflict leaves as it stands: the page of whoever keeps the colleague's answer is brought up to it."""
    return _saved(assessment, compiled, rows, conflict.theirs.question, changed=False)


def _saved(
    assessment: Assessment | Held, compiled: Compiled, rows: Mapping[str, SavedAnswer], question: str, *, changed: bool
) -> Saved:
    seen = standing(compiled, assessment, rows)
    answer = rows.get(compiled.former.get(question, question))
    return Saved(answer, changed, seen, score(compiled, seen, provisional=True))


def _given_now(
    assessment: Assessment | Held,
    compiled: Compiled,
    rows: Mapping[str, SavedAnswer],
    command: GiveAnswer,
    actor: Actor,
    now: datetime,
    *,
    confirms: bool = True,
) -> SavedAnswer | None:
    """The answer to write, None where it stands so already. Giving again one that was taken over confirms it."""
    if assessment.completed:
        raise Completed(_l("Cette auto-évaluation est terminée : ses réponses ne changent plus."))
    value = _plain_value(read_answer(compiled, command.question, command.raw))
    question = compiled.former.get(command.question, command.question)
    current = rows.get(question)
    standing_value = current.value["v"] if current is not None else None
    same = value == standing_value and type(value) is type(standing_value)
    if same and not (confirms and current is not None and current.taken_over):
        return None
    if not same and command.seen != mark_of(current):
        if untouched(command.seen, value):
            # The respondent never touched it: the colleague's answer stands.
            return None
        # A colleague who merely confirmed what the respondent saw is not overwritten.
        if current is not None and command.seen.partition(".")[2] != _digest(standing_value):
            raise Conflict(current)
    return SavedAnswer(
        question=question,
        value={"v": value},
        revision=(max(current.revision, 0) if current is not None else 0) + 1,
        author_id=actor.person_id,
        author=actor.name,
        answered_at=now,
    )


def _write(
    session: Session, assessment: Assessment, rows: dict[str, SavedAnswer], answers: Sequence[SavedAnswer]
) -> None:
    """Write these answers in one statement, and bring `rows` up to date."""
    written = [_written(assessment, each) for each in answers]
    session.execute(_WRITE_ANSWER, written if len(written) > 1 else written[0])
    rows.update({each.question: each for each in answers})


def _written(assessment: Assessment | Held, answer: SavedAnswer) -> dict[str, Any]:
    return {
        "space_id": assessment.space_id,
        "assessment_id": assessment.id,
        "question": answer.question,
        "value": answer.value,
        "revision": answer.revision,
        "author_id": answer.author_id,
        "author": answer.author,
        "answered_at": answer.answered_at,
    }


def note_progress(
    session: Session, assessment: Assessment, compiled: Compiled, rows: Mapping[str, SavedAnswer], now: datetime
) -> None:
    """Keep how far the assessment is, for lists."""
    seen = standing(compiled, assessment, rows)
    progress = _progress(compiled, seen, score(compiled, seen), taken_over(rows))
    noted = {"assessment": assessment.id, "progress": progress, "changed_at": now}
    session.execute(_NOTE_PROGRESS, noted)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a page of answers: messages by refused question, colleagues' answers by question in conflict."""

    refused: dict[str, str]
    conflicts: dict[str, SavedAnswer]


def save_answers(
    session: Session,
    assessment: Assessment,
    compiled: Compiled,
    rows: dict[str, SavedAnswer],
    commands: Iterable[GiveAnswer],
    actor: Actor,
    now: datetime,
    *,
    confirms: bool = True,
) -> Kept:
    """Save what a whole page holds: each answer that can be saved is, whatever becomes of the others.

    Answers taken over that stand on the page count as reread from then on, unless its reader only looks elsewhere
    (`confirms`); those of questions that the page did not show are left as they are.
    """
    kept = Kept({}, {})
    shown = standing(compiled, assessment, rows)
    changed: list[SavedAnswer] = []
    for command in commands:
        seen = confirms and command.question not in shown.hidden
        try:
            given = _given_now(assessment, compiled, rows, command, actor, now, confirms=seen)
        except InvalidAnswers as invalid:
            kept.refused[command.question] = cards.in_words(invalid.problems[0])
        except Conflict as conflict:
            kept.conflicts[command.question] = conflict.theirs
        else:
            changed += [given] if given is not None else []
    if changed:
        _write(session, assessment, rows, changed)
        note_progress(session, assessment, compiled, rows, now)
    return kept


@dataclass(frozen=True, slots=True)
class KeptFacts:
    """What became of the facts of a page: messages of those refused, and those told otherwise since it was shown."""

    refused: dict[str, str]
    conflicts: set[str]


def keep_facts(
    assessment: Assessment,
    compiled: Compiled,
    rows: Mapping[str, SavedAnswer],
    commands: Iterable[GiveAnswer],
    now: datetime,
) -> KeptFacts:
    """Keep what was changed of the profile on the page that shows these facts, and all the rest as it stands now."""
    if assessment.completed:
        raise Completed(_l("Cette auto-évaluation est terminée : ses réponses ne changent plus."))
    kept = KeptFacts({}, set())
    facts = dict(assessment.profile)
    for command in commands:
        name, stands = command.question, facts.get(command.question)
        try:
            value = _plain_value(read_profile(compiled, {name: command.raw}).get(name))
        except InvalidAnswers as invalid:
            kept.refused[name] = cards.in_words(invalid.problems[0])
            continue
        if value == stands and type(value) is type(stands):
            continue
        if command.seen == mark_of_fact(stands):
            facts[name] = value
        elif not untouched(command.seen, value):
            kept.conflicts.add(name)
    assessment.profile = {name: value for name, value in facts.items() if value is not None}
    assessment.changed_at = now
    seen = standing(compiled, assessment, rows)
    assessment.progress = _progress(compiled, seen, score(compiled, seen), taken_over(rows))
    return kept


def drop_hidden_facts(compiled: Compiled, assessment: Assessment) -> None:
    """Of whoever goes on from the profile, forget what others of its facts have made pointless."""
    hidden = see(compiled, {}, _facts(compiled, assessment)).hidden_entries
    assessment.profile = {name: value for name, value in assessment.profile.items() if name not in hidden}


def missing_facts(compiled: Compiled, assessment: Assessment) -> dict[str, str]:
    """The messages of the facts that are asked, required and not told yet, by entry."""
    told = _facts(compiled, assessment)
    hidden = see(compiled, {}, told).hidden_entries
    missing = [each for each in compiled.document.profile if each.required and each.id not in hidden | told.keys()]
    return {each.id: gettext("Répondez à cette question : la suite en dépend.") for each in missing}


def complete(session: Session, assessment: Assessment, compiled: Compiled, now: datetime) -> Result:
    """Complete an assessment that misses nothing: its result is final, and the latest of its participation."""
    if assessment.completed:
        raise Completed(_l("Cette auto-évaluation est déjà terminée."))
    if assessment.participation_id is None:
        raise Rejected(_l("Créez un compte pour garder ce résultat."))
    result = score(compiled, standing(compiled, assessment, queries.answers(session, assessment)))
    if not result.complete:
        raise Rejected(_l("Il reste des questions sans réponse."))
    session.execute(
        update(Assessment)
        .where(Assessment.participation_id == assessment.participation_id, Assessment.latest)
        .values(latest=False)
    )
    # Only now: an assessment that is given up leaves what the structure told before as it was.
    shared_with = session.scalars(
        update(Participation)
        .where(Participation.id == assessment.participation_id)
        .values(profile=assessment.profile)
        .returning(Participation.share_scores)
    ).one()
    for category in result.categories:
        session.add(
            CategoryScore(
                space_id=assessment.space_id,
                assessment_id=assessment.id,
                category=category.id,
                ratio=_stored(category.ratio),
                level=category.level,
            )
        )
    # Before it is completed: from then on nothing about it changes, and the database sees to it.
    session.flush()
    assessment.progress = Decimal(1)
    assessment.changed_at = now
    assessment.completed_at = now
    assessment.latest = True
    assessment.overall_ratio = _stored(result.overall.ratio)
    assessment.overall_level = result.overall.level
    session.flush()
    if shared_with == Audience.NOBODY:
        pool.enter(session, assessment)
    return result


def forget_author(session: Session, person: Person) -> None:
    """When an account is deleted: the answers stay (they are the structure's), without the name; its try-outs go."""
    session.execute(delete(Assessment).where(Assessment.started_by == person.id, Assessment.trial_secret.is_not(None)))
    session.execute(update(Answer).where(Answer.author_id == person.id).values(author="", author_id=None))


def discard(session: Session, assessment: Assessment) -> None:
    """Give up a running assessment: it and its answers are erased."""
    if assessment.completed:
        raise Completed(
            _l("Une auto-évaluation terminée ne s’efface pas d’ici : elle fait partie de votre historique.")
        )
    session.delete(assessment)
    session.flush()


def _progress(compiled: Compiled, seen: Answers, result: Result, taken_over: Collection[str]) -> Decimal:
    """The share of the visible required questions that are answered, and reread where the answer was taken over."""
    if not result.required:
        return Decimal(1)
    done = result.answered - unread(compiled, seen, taken_over)
    return (Decimal(done) / result.required).quantize(Decimal("0.0001"))


def _stored(ratio: Fraction | None) -> Decimal | None:
    return None if ratio is None else (Decimal(ratio.numerator) / ratio.denominator).quantize(SIX_DECIMALS)


def _plain_value(value: Value | None) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _plain_values(values: Mapping[str, Value]) -> dict[str, Any]:
    return {key: _plain_value(value) for key, value in values.items()}
