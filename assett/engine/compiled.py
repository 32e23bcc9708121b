"""A document made ready to be scored many times.

Weights and points are scaled to whole numbers by the common denominator of their
category, so that an exact score costs no more than integer arithmetic.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from math import lcm
from typing import TypeAlias

from assett.engine.document import (
    AllOf,
    AnswerTest,
    AnyOf,
    Cap,
    Category,
    Condition,
    Document,
    Level,
    Not,
    ProfileEntry,
    Question,
    Scale,
)
from assett.engine.duration import seconds_to_answer
from assett.engine.raw import REMEMBERED, Read, accepted_words, reading_of
from assett.engine.values import DECIMALS, NOT_APPLICABLE, UNKNOWN, Value, canonical

Given: TypeAlias = Mapping[str, Value]
"""Values by id: of visible questions, or of the facts of the profile."""
Holds: TypeAlias = Callable[[Given, Given], bool]
"""Whether a condition holds on the visible answers and the facts."""

Earned: TypeAlias = Callable[[Value], int | None]
"""What a value earns, in whole units; ``None`` takes its question out of the score."""

_STEP = 10**DECIMALS


@dataclass(frozen=True, slots=True)
class CompiledQuestion:
    """A question with its ways: how it reads an answer, what an answer earns.

    ``category`` is the id of its category, ``None`` for an entry of the profile.
    ``words`` are the strings that it accepts at sight, ``read`` reads the rest.
    ``earned`` gives weight × points of a value, in units of the category, and ``None``
    for « non concerné »; ``best`` is the most that it gives. Both are empty for what
    is not scored. ``seconds`` is what it takes to answer.
    """

    question: Question
    category: str | None
    words: Mapping[str, Value]
    read: Read
    unit: int = 1
    earned: Earned | None = None
    best: int = 0
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class CompiledCap:
    """A cap of ``numerator/denominator`` while its condition holds."""

    holds: Holds
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class CompiledGrid:
    """How points become a judgement: caps, levels, and the scale that shows it.

    ``levels`` go from the highest down, as (numerator, denominator, id). A ratio is
    shown as a whole number of the last of ``decimals``: ratio × ``steps`` (numerator,
    denominator), rounded.
    """

    caps: tuple[CompiledCap, ...]
    levels: tuple[tuple[int, int, str], ...]
    steps: tuple[int, int]
    decimals: int


@dataclass(frozen=True, slots=True)
class CompiledCategory:
    """A category in whole numbers: one point is worth ``unit``.

    ``questions`` lists all of its questions by id, ``scored`` lists (id, earned, best)
    of those that are scored, ``best`` is the sum of the last. ``weight`` is in units
    common to all categories.
    """

    id: str

    category: Category
    weight: int
    unit: int
    questions: tuple[tuple[str, CompiledQuestion], ...]
    scored: tuple[tuple[str, Earned, int], ...]
    best: int
    max_na: tuple[int, int]
    grid: CompiledGrid


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A document with everything looked up, made once per version.

    ``former`` and ``former_entries`` lead from former ids to the ids of today.
    ``hiding`` lists, in the order of the file, a condition and what is hidden while
    it does not hold: the ids of questions, and of a category where it is whole.
    ``required`` are the ids of the required questions.
    """

    document: Document
    questions: Mapping[str, CompiledQuestion]
    former: Mapping[str, str]
    entries: Mapping[str, CompiledQuestion]
    former_entries: Mapping[str, str]
    hiding: tuple[tuple[Holds, tuple[str, ...], str | None], ...]
    hiding_entries: tuple[tuple[Holds, str], ...]
    required: frozenset[str]
    categories: tuple[CompiledCategory, ...]
    grid: CompiledGrid

    def question(self, question_id: str) -> Question:
        """The question of that id; ``KeyError`` where there is none."""
        return self.questions[question_id].question

    def category_of(self, question_id: str) -> Category:
        """The category that a question stands in; ``KeyError`` where there is none."""
        category_id = self.questions[question_id].category
        return next(each for each in self.document.categories if each.id == category_id)

    def points(self, question_id: str, value: Value) -> Fraction:
        """The points that an answer earns (``p``, section 1), before the weight."""
        compiled = self.questions[question_id]
        if compiled.earned is None:
            return Fraction(0)
        return Fraction(compiled.earned(value) or 0, compiled.unit) / compiled.question.weight


def content_hash(tree: object) -> str:
    """A name for the content of a tree: SHA-256 of its canonical JSON.

    The order of keys and the spelling of numbers (1 or 1.0) make no difference.
    """
    text = json.dumps(canonical(tree), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def compile_document(document: Document) -> Compiled:
    """Compile a document; do it once per version and keep what it gives."""
    weight_unit = lcm(*(category.weight.denominator for category in document.categories))
    questions: dict[str, CompiledQuestion] = {}
    categories = []
    hiding: list[tuple[Holds, tuple[str, ...], str | None]] = []
    for category in document.categories:
        if category.visible_if is not None:
            ids = tuple(question.id for question in category.questions)
            hiding.append((compile_condition(category.visible_if), ids, category.id))
        hiding += [
            (compile_condition(question.visible_if), (question.id,), None)
            for question in category.questions
            if question.visible_if is not None
        ]
        unit = lcm(*(_denominator(question) for question in category.questions))
        inside = {question.id: _compile_question(question, category.id, unit) for question in category.questions}
        questions |= inside
        scored = tuple(
            (name, compiled.earned, compiled.best) for name, compiled in inside.items() if compiled.earned is not None
        )
        categories.append(
            CompiledCategory(
                id=category.id,
                category=category,
                weight=int(category.weight * weight_unit),
                unit=unit,
                questions=tuple(inside.items()),
                scored=scored,
                best=sum(best for _, _, best in scored),
                max_na=category.max_na.as_integer_ratio(),
                grid=_compile_grid(category.caps, document.grid(category), document.scale),
            )
        )
    return Compiled(
        document=document,
        questions=questions,
        former=_former(document.questions),
        entries={entry.id: _compile_question(entry, None, 1) for entry in document.profile},
        former_entries=_former(document.profile),
        hiding=tuple(hiding),
        hiding_entries=tuple(
            (compile_condition(entry.visible_if), entry.id)
            for entry in document.profile
            if entry.visible_if is not None
        ),
        required=frozenset(question.id for question in document.questions if question.required),
        categories=tuple(categories),
        grid=_compile_grid(document.caps, document.levels, document.scale),
    )


def _former(questions: tuple[Question, ...] | tuple[ProfileEntry, ...]) -> dict[str, str]:
    return {former: question.id for question in questions for former in question.was}


def _compile_grid(caps: tuple[Cap, ...], levels: tuple[Level, ...], scale: Scale) -> CompiledGrid:
    return CompiledGrid(
        caps=tuple(CompiledCap(compile_condition(cap.if_), *cap.max.as_integer_ratio()) for cap in caps),
        levels=tuple((*level.from_.as_integer_ratio(), level.id) for level in reversed(levels)),
        steps=(scale.max * 10**scale.decimals).as_integer_ratio(),
        decimals=scale.decimals,
    )


# Points


def _compile_question(question: Question, category: str | None, unit: int) -> CompiledQuestion:
    words, read, seconds = accepted_words(question), reading_of(question), seconds_to_answer(question)
    if not question.scored:
        return CompiledQuestion(question, category, words, read, unit, seconds=seconds)
    remembered = _Remembered(_earning(question, unit))
    best = int(question.weight * question.full_points * unit)
    return CompiledQuestion(question, category, words, read, unit, remembered.__getitem__, best, seconds)


def _denominator(question: Question) -> int:
    """The smallest unit in which all that a question can earn is whole."""
    if not question.scored:
        return 1
    weight, full = question.weight, question.full_points
    steps = [weight * full]
    match question.type:
        case "single" | "multiple":
            steps += [weight * choice.points for choice in question.choices]
        case "boolean":
            steps += [weight * question.points, weight * question.points_false]
        case "scale":
            low, high = question.bounds
            steps.append(weight * full / (high - low))
        case "number" if question.linear is not None:
            linear = question.linear
            steps.append(weight * full / (linear.full - linear.zero) / _STEP)
        case "number":
            steps += [weight * band.points for band in question.bands]
    return lcm(*(step.denominator for step in steps))


class _Remembered(dict[Value, int | None]):
    """What answers earn, computed once each, for as many as are worth remembering."""

    __slots__ = ("_earn",)

    def __init__(self, earn: Callable[[Value], int]) -> None:
        super().__init__({UNKNOWN: 0, NOT_APPLICABLE: None})
        self._earn = earn

    def __missing__(self, value: Value) -> int:
        earned = self._earn(value)
        if len(self) < REMEMBERED:
            self[value] = earned
        return earned


def _earning(question: Question, unit: int) -> Callable[[Value], int]:
    """What a value earns, weight included, in ``unit``; the values are right ones."""
    scaled = question.weight * unit
    best = int(scaled * question.full_points)
    match question.type:
        case "single" | "multiple":
            points = {choice.id: int(scaled * choice.points) for choice in question.choices}
            if question.type == "single":
                return lambda value: points[str(value)]
            return lambda value: _kept_within(
                sum(points[chosen] for chosen in value) if isinstance(value, tuple) else 0, best
            )
        case "boolean":
            yes, no = int(scaled * question.points), int(scaled * question.points_false)
            return lambda value: yes if value else no
        case "scale":
            low, high = question.bounds
            per_step = int(Fraction(best) / (high - low))
            start = int(low)
            return lambda value: per_step * (_micro(value) // _STEP - start)
        case _ if question.linear is not None:
            linear = question.linear
            zero = int(linear.zero * _STEP)
            per_micro = int(Fraction(best) / (linear.full - linear.zero) / _STEP)
            return lambda value: _kept_within(per_micro * (_micro(value) - zero), best)
        case _:
            bands = [
                (None if band.from_ is None else int(band.from_ * _STEP), int(scaled * band.points))
                for band in question.bands
            ]
            return lambda value: _in_bands(_micro(value), bands)


def _kept_within(earned: int, best: int) -> int:
    return min(max(earned, 0), best)


def _micro(value: Value) -> int:
    """A number in millionths, which are whole."""
    assert not isinstance(value, (str, tuple))
    return int(value * _STEP)


def _in_bands(micro: int, bands: list[tuple[int | None, int]]) -> int:
    reached = 0
    for start, earned in bands:
        if start is None or start <= micro:
            reached = earned
    return reached


# Conditions


def compile_condition(condition: Condition) -> Holds:
    """Turn a condition into a function of visible answers and facts."""
    match condition:
        case AllOf(conditions):
            every = tuple(map(compile_condition, conditions))
            return lambda visible, facts: all(holds(visible, facts) for holds in every)
        case AnyOf(conditions):
            some = tuple(map(compile_condition, conditions))
            return lambda visible, facts: any(holds(visible, facts) for holds in some)
        case Not(negated):
            holds_not = compile_condition(negated)
            return lambda visible, facts: not holds_not(visible, facts)
        case AnswerTest():
            test, name = condition, condition.id
            if test.of == "profile":
                return lambda visible, facts: passes(test, facts.get(name))
            return lambda visible, facts: passes(test, visible.get(name))


def passes(test: AnswerTest, value: Value | None) -> bool:
    """Whether a test holds on the value that it looks at (``None``: none is given)."""
    wanted = test.values
    if wanted:
        if type(value) is tuple:
            return any(chosen in wanted for chosen in value)
        return value in wanted
    if value is None or isinstance(value, (str, tuple)):
        return False
    low, high = test.at_least, test.at_most
    return (low is None or low <= value) and (high is None or value <= high)
