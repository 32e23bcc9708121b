"""From one version of the questionnaire to a newer one: what a last result or a running assessment takes along.

Nothing moves by itself: whoever answers is told that the questionnaire changed, sees what would be kept and what would
not, and chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import Table, delete, insert
from sqlalchemy.orm import Session

from assett.assessments import cards, service
from assett.assessments.models import REWORDED, Answer, Assessment, SavedAnswer
from assett.core.db import dump_json
from assett.engine.carrying import Carried, Lost, carry
from assett.engine.compiled import Compiled
from assett.engine.document import Question, Text
from assett.engine.path import path
from assett.engine.values import Value
from assett.kernel.errors import Rejected
from assett.organizations import queries as organizations
from assett.questionnaires import queries as questionnaires
from assett.questionnaires.models import QuestionnaireVersion


@dataclass(frozen=True, slots=True)
class Newer:
    """A version that is asked today instead of an assessment's own; `since` when, where that is known; `declined`
    where its respondents said that they stay, which they may think over."""

    version: QuestionnaireVersion
    since: datetime | None
    declined: bool


def newer(session: Session, assessment: Assessment) -> Newer | None:
    """The version that a running assessment may move to; None where it is up to date."""
    if assessment.completed:
        return None
    asked, own = questionnaires.active_version(session), assessment.version
    if asked is None or asked.id == own.id:
        return None
    assert asked.published_at is not None and own.published_at is not None
    since = asked.published_at if asked.published_at > own.published_at else own.retired_at
    return Newer(asked, since, declined=asked.id == assessment.declined_version_id)


@dataclass(frozen=True, slots=True)
class Rewording:
    """A text as the respondent read it, and as it reads now."""

    before: Markup
    after: Markup


@dataclass(frozen=True, slots=True)
class KeptView:
    """An answer that follows; `rewordings` of its question and of the choices taken, if any."""

    question: Markup
    answer: Markup
    rewordings: tuple[Rewording, ...] = ()


@dataclass(frozen=True, slots=True)
class LostView:
    """An answer that does not follow, or (`partly`) only in part, and why; `asked` says that its question still is."""

    question: Markup
    answer: Markup
    reason: str
    partly: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class NewView:
    """The questions of a category that still want an answer."""

    category: Markup
    questions: list[Markup]


@dataclass(frozen=True, slots=True)
class Move:
    """What moving would do. `digest` names what would be lost or read otherwise: if that changes, it is shown again
    first."""

    carried: Carried
    kept: list[KeptView]
    lost: list[LostView]
    new: list[NewView]
    minutes: int
    digest: str
    # The questions of the newer version, answered already, that are worded otherwise there.
    reworded: frozenset[str]

    @property
    def profiled(self) -> bool:
        """Whether anything said of the structure follows."""
        return bool(self.carried.answers.profile)

    @property
    def kept_reworded(self) -> list[KeptView]:
        return [each for each in self.kept if each.rewordings]


def move_of(
    old: Compiled,
    new: Compiled,
    assessment: Assessment,
    rows: Mapping[str, SavedAnswer],
    language: str,
    between: tuple[Compiled, ...] = (),
) -> Move:
    """What moving a running assessment from one version to the other would do, before anything is done."""
    standing = service.standing(old, assessment, rows)
    carried = carry(old, new, standing, between)
    rewordings = {
        there: found
        for name, there in carried.kept.items()
        if (
            found := _rewordings(
                old.question(name), standing.values[name], new.question(there), carried.answers.values[there], language
            )
        )
    }
    gone = {(each.question.id, each.partly) for each in carried.lost if each.of == "question"}
    return Move(
        carried,
        kept=[
            KeptView(
                cards.said(new.question(there).title, language),
                cards.answer_said(new.question(there), carried.answers.values[there], language),
                rewordings.get(there, ()),
            )
            for name, there in sorted(carried.kept.items(), key=lambda way: _place(new, way[1]))
            if (name, True) not in gone
        ],
        lost=[_lost(each, language) for each in carried.lost],
        new=_still_asked(new, carried, language),
        minutes=path(new, carried.answers).minutes_left,
        digest=_digest(carried.lost, rewordings),
        reworded=frozenset(rewordings),
    )


def _rewordings(old: Question, was: Value, new: Question, now: Value, language: str) -> tuple[Rewording, ...]:
    """What a respondent would read otherwise: the question, or the choices they took."""
    texts = [(old.title, new.title)]
    before, after = (_chosen(question, value) for question, value in ((old, was), (new, now)))
    if len(before) == len(after):
        texts += zip(before, after, strict=True)
    return tuple(
        Rewording(cards.said(one, language), cards.said(other, language))
        for one, other in texts
        if not _reads_alike(one, other, language)
    )


def _chosen(question: Question, value: Value) -> list[Text]:
    taken = value if isinstance(value, tuple) else (value,)
    return [choice.label for choice in question.choices if choice.id in taken]


def _reads_alike(one: Text, other: Text, language: str) -> bool:
    """Whether two texts are the same words, in the respondent's language where both have it, else in one of both."""
    shared = [each for each in one if each in other]
    if not shared:
        return False
    read = language if language in shared else shared[0]
    return one[read].split() == other[read].split()


def _place(compiled: Compiled, name: str) -> int:
    return list(compiled.questions).index(name)


def _lost(lost: Lost, language: str) -> LostView:
    return LostView(
        cards.said(lost.question.title, language),
        cards.answer_said(lost.question, lost.value, language),
        cards.in_words(lost),
        lost.partly,
        lost.reason != "removed",
    )


def _still_asked(compiled: Compiled, carried: Carried, language: str) -> list[NewView]:
    wanted = set(carried.missing)
    found = []
    for category in compiled.document.categories:
        questions = [cards.said(each.title, language) for each in category.questions if each.id in wanted]
        if questions:
            found.append(NewView(cards.said(category.title, language), questions))
    return found


def _digest(lost: tuple[Lost, ...], reworded: Iterable[str]) -> str:
    told = [
        [[each.of, each.question.id, each.reason, _plain(each.value), each.partly] for each in lost],
        sorted(reworded),
    ]
    return sha256(dump_json(told).encode()).hexdigest()[:16]


def _plain(value: Value | None) -> Any:
    return list(value) if isinstance(value, tuple) else value


class Changed(Rejected):
    """What would be lost, or read otherwise, is no longer what the respondent was shown."""


def move(
    session: Session,
    assessment: Assessment,
    rows: Mapping[str, SavedAnswer],
    target: QuestionnaireVersion,
    move: Move,
    seen: str,
    now: datetime,
) -> None:
    """Move a running assessment (locked) to another version: each answer that maps keeps its author and its date; that
    to a question worded anew is to be reread.

    Raises `Completed`, and `Changed` where a colleague's answer changed what would be lost since it was shown.
    """
    _still_runs(assessment)
    if seen != move.digest:
        raise Changed(_l("Une réponse a changé entre-temps : voici ce qui se passerait maintenant."))
    compiled, carried = questionnaires.compiled(session, target), move.carried.answers
    written = [
        {
            "space_id": assessment.space_id,
            "assessment_id": assessment.id,
            "question": there,
            "value": {"v": _plain(carried.values[there])},
            "revision": REWORDED if there in move.reworded else rows[name].revision,
            "author_id": rows[name].author_id,
            "author": rows[name].author,
            "answered_at": rows[name].answered_at,
        }
        for name, there in move.carried.kept.items()
    ]
    # All at once, since names may have been exchanged.
    of_assessment = delete(Answer).where(Answer.assessment_id == assessment.id)
    session.execute(of_assessment.execution_options(synchronize_session=False))
    if written:
        session.execute(insert(cast(Table, Answer.__table__)), written)
    assessment.version_id = target.id
    assessment.moved_at = assessment.changed_at = now
    assessment.declined_version_id = None
    assessment.profile = {name: _plain(value) for name, value in carried.profile.items()}
    if assessment.participation_id is not None:
        participation = organizations.participation(session, assessment.participation_id)
        assert participation is not None
        assessment.profile = {**service.known_profile(compiled, participation), **assessment.profile}
    taken_over = [there for name, there in move.carried.kept.items() if rows[name].taken_over or there in move.reworded]
    service.note_standing(assessment, compiled, carried.values, taken_over=taken_over)
    session.flush()


def stay(assessment: Assessment, target: QuestionnaireVersion) -> None:
    """Keep a running assessment (locked) on its version: this newer one is no more put forward."""
    _still_runs(assessment)
    assessment.declined_version_id = target.id


def _still_runs(assessment: Assessment) -> None:
    if assessment.completed:
        raise service.Completed(_l("Cette auto-évaluation est terminée : elle garde sa version du questionnaire."))
