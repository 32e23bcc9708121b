"""Which questions of two documents ask the same thing of the same people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Final

from assett.engine.document import Choice, Document, Question, Text
from assett.engine.lineage import renamed, renaming


def comparable_questions(upstream: Document, own: Document) -> frozenset[str]:
    """The questions of ``own`` (its ids) whose answers compare with those to ``upstream``.

    They ask the same thing of the same people: equal in type, title, unit, choices with
    their points, bounds, special answers and conditions (the category's included). Help,
    feedback, weight and translations that only one side has make no difference.
    """
    names = renaming(upstream, own)
    former = {called: name for name, called in names.questions.items()}
    aligned = renamed(upstream, names)
    theirs = {question.id: (category, question) for category in aligned.categories for question in category.questions}
    return frozenset(
        question.id
        for category in own.categories
        for question in category.questions
        if question.type != "info"
        and question.id in former
        and (there := theirs[question.id])[0].visible_if == category.visible_if
        and _same_question(there[1], question)
    )


_NOT_COMPARED: Final = frozenset(
    {"id", "title", "help", "required", "weight", "was", "choices", "labels", "unit", "source"}
)


def _same_question(one: Question, other: Question) -> bool:
    return (
        all(
            getattr(one, each.name) == getattr(other, each.name)
            for each in fields(Question)
            if each.name not in _NOT_COMPARED
        )
        and _same_text(one.title, other.title)
        and _same_text(one.unit, other.unit)
        and _same_choices(one.choices, other.choices)
        and dict(one.labels).keys() == dict(other.labels).keys()
        and all(_same_text(label, dict(other.labels)[step]) for step, label in one.labels)
    )


def _same_choices(one: Sequence[Choice], other: Sequence[Choice]) -> bool:
    """In whatever order."""
    there = {choice.id: choice for choice in other}
    return len(one) == len(other) and all(
        (twin := there.get(choice.id)) is not None
        and (choice.points, choice.exclusive) == (twin.points, twin.exclusive)
        and _same_text(choice.label, twin.label)
        for choice in one
    )


def _same_text(one: Text | None, other: Text | None) -> bool:
    """The same in each language that both have, one at least."""
    if one is None or other is None:
        return one is other
    shared = [language for language in one if language in other]
    return bool(shared) and all(one[language] == other[language] for language in shared)
