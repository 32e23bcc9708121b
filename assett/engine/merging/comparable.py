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
    return frozenset(name for name, found in obstacles(upstream, own).items() if not found)


def obstacles(upstream: Document, own: Document) -> dict[str, tuple[str, ...]]:
    """What keeps answers from comparing, for each question of ``own`` that stands in ``upstream``: keys of a question,
    ``category`` for the condition of its category; nothing where they compare."""
    names = renaming(upstream, own)
    former = {called: name for name, called in names.questions.items()}
    aligned = renamed(upstream, names)
    theirs = {question.id: (category, question) for category in aligned.categories for question in category.questions}
    return {
        question.id: (
            *_unlike(theirs[question.id][1], question),
            *(("category",) if theirs[question.id][0].visible_if != category.visible_if else ()),
        )
        for category in own.categories
        for question in category.questions
        if question.type != "info" and question.id in former
    }


_NOT_COMPARED: Final = frozenset(
    {"id", "title", "help", "required", "weight", "was", "choices", "labels", "unit", "source"}
)


def _unlike(one: Question, other: Question) -> tuple[str, ...]:
    """The keys in which two questions do not ask the same thing."""
    found = [
        each.name
        for each in fields(Question)
        if each.name not in _NOT_COMPARED and getattr(one, each.name) != getattr(other, each.name)
    ]
    found += [name for name in ("title", "unit") if not _same_text(getattr(one, name), getattr(other, name))]
    if not _same_choices(one.choices, other.choices):
        found.append("choices")
    labels, others = dict(one.labels), dict(other.labels)
    if labels.keys() != others.keys() or not all(_same_text(label, others[step]) for step, label in labels.items()):
        found.append("labels")
    return tuple(found)


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
