"""Questions and their answers as lines to read: for whoever only reads along, and for what could not be saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from assett.assessments import cards, forms, service
from assett.assessments.models import SavedAnswer
from assett.engine.answers import Answers, read_answer, read_profile
from assett.engine.compiled import Compiled
from assett.engine.document import Question
from assett.engine.values import NOT_APPLICABLE, UNKNOWN, Value
from assett.kernel.errors import InvalidAnswers, Rejected

_CHOSEN = {"single", "multiple", "boolean", "scale"}
# What a box that was ticked sends, whatever its question is.
_NOT_TYPED = {NOT_APPLICABLE, UNKNOWN, forms.NONE_OF_THESE, "true", "false"}


@dataclass(frozen=True, slots=True)
class Line:
    """A question, none where its reader may not know it; its answer; whose it is and since when."""

    title: Markup | None
    answer: Markup | str
    mark: str = ""


def category_lines(
    questions: Iterable[Question], seen: Answers, rows: Mapping[str, SavedAnswer], language: str, now: datetime
) -> list[Line]:
    """The questions of a category as their answers make them visible."""
    return [
        Line(
            cards.said(question.title, language),
            cards.answer_said(question, seen.values.get(question.id), language),
            _mark(rows.get(question.id), now),
        )
        for question in questions
        if question.type != "info" and question.id not in seen.hidden
    ]


def profile_lines(compiled: Compiled, seen: Answers, language: str) -> list[Line]:
    return [
        Line(cards.said(entry.title, language), cards.answer_said(entry, seen.profile.get(entry.id), language))
        for entry in compiled.document.profile
        if entry.type != "info" and entry.id not in seen.hidden_entries
    ]


def _mark(row: SavedAnswer | None, now: datetime) -> str:
    if row is None or row.value["v"] is None:
        return ""
    if row.taken_over:
        return gettext("à relire")
    at = cards.when(row.answered_at, now)
    return gettext("à %(at)s par %(author)s", at=at, author=row.author) if row.author else gettext("à %(at)s", at=at)


def unsaved(compiled: Compiled, fields: MultiDict[str, str], seen: Answers, language: str) -> list[Line]:
    """What was sent of a category, or of several, and the assessment does not hold, question by question."""
    questions = [question for category in compiled.document.categories for question in category.questions]
    return _unsaved(questions, fields, seen.values, lambda id, raw: read_answer(compiled, id, raw), language)


def unsaved_profile(compiled: Compiled, fields: MultiDict[str, str], seen: Answers, language: str) -> list[Line]:
    """The same of the profile."""
    entries = compiled.document.profile
    return _unsaved(entries, fields, seen.profile, lambda id, raw: read_profile(compiled, {id: raw}).get(id), language)


def _unsaved(
    questions: Iterable[Question],
    fields: MultiDict[str, str],
    standing: Mapping[str, Value],
    read: Callable[[str, Any], Value | None],
    language: str,
) -> list[Line]:
    found = []
    for question in questions:
        told: Markup | str = ""
        try:
            value = read(question.id, forms.raw_answer(question, fields))
        except (Rejected, InvalidAnswers):
            told = ", ".join(_in_words(question, _typed(fields, question.id), language))
        else:
            known = value is None or value == standing.get(question.id)
            if not known and not service.untouched(fields.get(f"revision.{question.id}", ""), value):
                told = cards.answer_said(question, value, language)
        if told:
            found.append(Line(cards.said(question.title, language), told))
    return found


def _typed(fields: MultiDict[str, str], id: str) -> list[str]:
    return [text[: cards.ECHOED] for text in fields.getlist(f"answers.{id}") if text.strip() and text not in _NOT_TYPED]


def _in_words(question: Question, typed: Sequence[str], language: str) -> list[str]:
    labels = {each.id: each.label.in_(language) for each in question.choices}
    return [labels.get(text, text) for text in typed]


def bare(fields: MultiDict[str, str], asked: Compiled | None) -> list[Line]:
    """What somebody wrote themselves, without a word of the assessment: what was ticked is told by nothing but ids.

    `asked` is the questionnaire that the space shows to everybody, which tells the ones from the others.
    """
    ids = [name.removeprefix("answers.") for name in fields if name.startswith("answers.")]
    written = {id: _typed(fields, id) for id in ids if not _ticked(asked, id)}
    return [Line(None, text) for id, texts in written.items() if not _as_drawn(fields, id, texts) for text in texts]


def _as_drawn(fields: MultiDict[str, str], id: str, texts: list[str]) -> bool:
    """Whether a question stands as its page showed it, whatever its type is."""
    values: list[Any] = [tuple(texts), *texts[:1]]
    with suppress(Rejected):
        values += [forms.number(text) for text in texts[:1]]
    return any(service.untouched(fields.get(f"revision.{id}", ""), value) for value in values)


def _ticked(asked: Compiled | None, id: str) -> bool:
    known = None if asked is None else asked.questions.get(id) or asked.entries.get(id)
    return known is not None and known.question.type in _CHOSEN
