"""Whom a resource suits, who reads it first, and who is weak where nothing helps: counts of structures by their latest
results, which were mixed before they came here (see `registries.Latest`).

Each answer, fact and level keeps the set of structures that gave it, as the bits of a number: to ask whom a resource
suits is then a few operations, whatever the number of structures. Who reads it first hangs on all the others that suit:
it is worked out as a result page does, for some structures that stand for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Final, Literal, TypeAlias

from assett.engine.answers import Answers
from assett.engine.compiled import Compiled, CompiledQuestion, passes
from assett.engine.document import AnswerTest, Category, CategoryTest, ForLine, Question, Resource
from assett.engine.foremost import foremost
from assett.engine.recommendation import recommend
from assett.engine.score import Result
from assett.engine.values import NOT_APPLICABLE, UNKNOWN, Value

# Fewer than this many structures are never counted exactly: a figure must give nobody away.
THRESHOLD = 5
# For so many structures at most is it worked out what their result shows first.
MOST_WORKED_OUT: Final = 300
_HALF = Fraction(1, 2)

_Sets: TypeAlias = dict[str, dict[Value, int]]


@dataclass(slots=True)
class Audience:
    """The structures of a space that have a result, one bit each; `all_of_them` where they stand for more."""

    size: int = 0
    all_of_them: int = 0
    _answers: _Sets = field(default_factory=dict)
    _facts: _Sets = field(default_factory=dict)
    _levels: _Sets = field(default_factory=dict)
    # Some of the results, taken evenly, with the bit of each.
    _worked_out: list[tuple[int, Answers, Result]] = field(default_factory=list)

    @classmethod
    def of(cls, results: Iterable[tuple[Answers, Result]], all_of_them: int | None = None) -> Audience:
        """The audience that these results make."""
        known = list(results)
        kept = min(len(known), MOST_WORKED_OUT)
        places = (number * len(known) // kept for number in range(kept))
        audience = cls(len(known), (all_of_them or 0) if known else 0)
        audience._worked_out = [(1 << place, *known[place]) for place in places]
        for place, (answers, result) in enumerate(known):
            bit = 1 << place
            for sets, given in ((audience._answers, answers.visible), (audience._facts, answers.facts)):
                for name, value in given.items():
                    of_name = sets.setdefault(name, {})
                    of_name[value] = of_name.get(value, 0) | bit
            for category in result.categories:
                if category.ratio is not None and category.level is not None:
                    of_category = audience._levels.setdefault(category.id, {})
                    of_category[category.level] = of_category.get(category.level, 0) | bit
        return audience

    def count(self, structures: int) -> int:
        """How many structures a set of them stands for."""
        return self._scaled(structures.bit_count(), self.size)

    def _scaled(self, some: int, of: int) -> int:
        return round(Fraction(some * (self.all_of_them or self.size), of)) if of else 0

    def firsts(
        self, compiled: Compiled, resources: Sequence[Resource], own: Collection[str], on: date, among: int = -1
    ) -> Counter[str]:
        """To how many structures, of those `among` them, their result shows each of these resources first, by id: what
        a result page shows before one asks for all."""
        found: Counter[str] = Counter()
        for bit, answers, result in self._worked_out:
            if bit & among:
                advised = recommend(compiled, answers, result, resources, on)
                found.update(one.resource.id for one in foremost(advised, result, own))
        return Counter({id: self._scaled(some, len(self._worked_out)) for id, some in found.items()})

    def seeing(self, resource: Resource) -> int:
        """The structures to which a resource would be recommended, whatever its dates (section 3 of the format)."""
        if not resource.for_:
            return self.being(resource.who)
        found = 0
        for line in resource.for_:
            found |= self.holding(line)
        return found & self.being(resource.who)

    def being(self, who: Sequence[AnswerTest]) -> int:
        """Those whose profile passes all the tests."""
        found = (1 << self.size) - 1
        for test in who:
            found &= _passing(test, self._facts.get(test.id, {}))
        return found

    def holding(self, line: ForLine) -> int:
        """Those for whom a line of « pour » holds."""
        if isinstance(line, CategoryTest):
            levels = self._levels.get(line.category, {})
            return _union(structures for level, structures in levels.items() if level in line.levels)
        return _passing(line, self._answers.get(line.id, {})) if line.of == "question" else 0

    def at(self, category: str, levels: Iterable[str]) -> int:
        """Those at one of these levels of a category."""
        return self.holding(CategoryTest(category, tuple(levels)))

    def weak_values(self, question: CompiledQuestion) -> dict[Value, int]:
        """The answers given to a scored question that earn less than half of its points, with who gave each."""
        if question.earned is None or question.best <= 0:
            return {}
        found = {}
        for value, structures in self._answers.get(question.question.id, {}).items():
            if value != NOT_APPLICABLE and Fraction(question.earned(value) or 0, question.best) < _HALF:
                found[value] = structures
        return found

    def values(self, question: str) -> Iterable[Value]:
        """Every answer that somebody gave to a question."""
        return self._answers.get(question, {})


def _passing(test: AnswerTest, given: dict[Value, int]) -> int:
    return _union(structures for value, structures in given.items() if passes(test, value))


def _union(sets: Iterable[int]) -> int:
    found = 0
    for each in sets:
        found |= each
    return found


@dataclass(frozen=True, slots=True)
class Hole:
    """A weakness of at least `THRESHOLD` structures to which no resource on it is shown.

    `helpless` counts them, `weak` all that have the weakness. `aims` are the lines that would show them a resource,
    `aimed` counts all whom these reach. `general`: resources on the whole category are shown to them all the same.
    """

    kind: Literal["question", "category"]
    id: str
    category: Category
    helpless: int
    weak: int
    aims: tuple[ForLine, ...]
    general: bool = False
    aimed: int = 0

    @property
    def wide(self) -> bool:
        """Whether no line tells those who are weak from most others."""
        return 2 * self.aimed > 3 * self.weak


def holes(
    compiled: Compiled, audience: Audience, resources: Iterable[Resource], own: Collection[str], on: date
) -> list[Hole]:
    """The weaknesses without a resource, those that leave most structures without one first; `own` are the ids of the
    territory's resources."""
    shown = [each for each in resources if in_season(each, on)]
    found = []
    for category in compiled.document.categories:
        at_low = CategoryTest(category.id, low_levels(compiled, category))
        of_category = {question.id for question in category.questions}
        helped = _union(
            audience.holding(line) & audience.being(resource.who)
            for resource in shown
            for line in resource.for_
            if (line.category == category.id if isinstance(line, CategoryTest) else line.id in of_category)
        )
        weak = audience.holding(at_low)
        if (helpless := audience.count(weak & ~helped)) >= THRESHOLD:
            found.append(Hole("category", category.id, category, helpless, audience.count(weak), (at_low,)))
        for question in category.questions:
            values = audience.weak_values(compiled.questions[question.id])
            weak = _union(values.values())
            answered = _union(
                audience.holding(line) & audience.being(resource.who)
                for resource in shown
                for line in _lines_on(resource, question.id, category.id, own)
            )
            left = weak & ~answered
            if audience.count(left) >= THRESHOLD:
                lines = _narrowest(compiled.questions[question.id], values, audience, at_low)
                found.append(
                    Hole(
                        "question",
                        question.id,
                        category,
                        audience.count(left),
                        audience.count(weak),
                        lines,
                        general=not left & ~helped,
                        aimed=audience.count(_union(map(audience.holding, lines))),
                    )
                )
    return sorted(found, key=lambda hole: (-hole.helpless, -hole.weak))


def _lines_on(resource: Resource, question: str, category: str, own: Collection[str]) -> list[ForLine]:
    """The lines of a resource on a question. With them, where the territory aimed it itself, those on the levels of the
    category: a hole is filled by what is proposed to fill it."""
    lines: list[ForLine] = [line for line in resource.for_ if isinstance(line, AnswerTest) and line.id == question]
    if lines and resource.id in own:
        lines += (line for line in resource.for_ if isinstance(line, CategoryTest) and line.category == category)
    return lines


def in_season(resource: Resource, on: date) -> bool:
    """Whether a day is within the dates of a resource."""
    return (resource.valid_from is None or resource.valid_from <= on) and (
        resource.valid_until is None or on <= resource.valid_until
    )


def low_levels(compiled: Compiled, category: Category) -> tuple[str, ...]:
    """The lower half of the levels of a category, one at least."""
    grid = compiled.document.grid(category)
    return tuple(level.id for level in grid[: max(1, len(grid) // 2)])


def _narrowest(
    question: CompiledQuestion, values: dict[Value, int], audience: Audience, at_low: CategoryTest
) -> tuple[ForLine, ...]:
    """The lines that hold for the weak answers of a question: of several ways to say them, the one that misses and
    adds fewest. Those at a low level of the category are near an answer that no line can say (nothing ticked at all,
    or what the strong tick too)."""
    weak = _union(values.values())

    def held(lines: Iterable[ForLine]) -> int:
        return _union(map(audience.holding, lines))

    ways: list[tuple[ForLine, ...]] = [tuple(lines) for lines in _aims(question, values, audience)] or [()]
    whole = [lines if lines and not weak & ~held(lines) else (*lines, at_low) for lines in ways]
    return min(whole, key=lambda lines: (weak ^ held(lines)).bit_count())


def _aims(question: CompiledQuestion, weak: dict[Value, int], audience: Audience) -> Iterable[Iterable[AnswerTest]]:
    """Ways to say the weak answers of a question in lines: as few others as lines can tell apart."""
    asked = question.question
    unsure = (UNKNOWN,) if asked.unknown and Fraction(_earned(question, UNKNOWN), question.best) < _HALF else ()
    match asked.type:
        case "single" | "boolean":
            low = [value for value in _possible(question) if Fraction(_earned(question, value), question.best) < _HALF]
            yield [AnswerTest("question", asked.id, (*low, *unsure))]
        case "scale" | "number":
            yield [*_bounds(asked, weak, audience), *([AnswerTest("question", asked.id, unsure)] if unsure else ())]
        case _:
            ticked = {word for value in weak if isinstance(value, tuple) for word in value}
            strong = {
                word
                for value in audience.values(asked.id)
                if isinstance(value, tuple) and value not in weak
                for word in value
            }
            # What the weak alone tick, then all that they do.
            for words in (ticked - strong, ticked):
                values = (*_in_order(asked, words), *unsure)
                if values:
                    yield [AnswerTest("question", asked.id, values)]


def _bounds(asked: Question, weak: dict[Value, int], audience: Audience) -> Iterable[AnswerTest]:
    """The bounds that hold for the weak numbers."""
    numbers = [value for value in weak if not isinstance(value, str | tuple)]
    others = [value for value in audience.values(asked.id) if not isinstance(value, str | tuple) and value not in weak]
    if numbers and (not others or max(numbers) < min(others)):
        yield AnswerTest("question", asked.id, at_most=max(numbers))
    elif numbers and min(numbers) > max(others):
        yield AnswerTest("question", asked.id, at_least=min(numbers))
    elif numbers:
        yield from (
            AnswerTest("question", asked.id, at_least=low, at_most=high) for low, high in _runs(numbers, others)
        )


def _runs(numbers: Iterable[Any], others: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    """The stretches of numbers with none of the others between."""
    start = last = None
    for number, mine in sorted([*((each, True) for each in numbers), *((each, False) for each in others)]):
        if mine:
            start, last = number if start is None else start, number
        elif start is not None:
            yield start, last
            start = None
    if start is not None:
        yield start, last


def _in_order(asked: Question, ticked: set[Any]) -> list[str]:
    return [choice.id for choice in asked.choices if choice.id in ticked]


def _possible(question: CompiledQuestion) -> list[Value]:
    asked = question.question
    return [True, False] if asked.type == "boolean" else [choice.id for choice in asked.choices]


def _earned(question: CompiledQuestion, value: Value) -> int:
    return (question.earned(value) or 0) if question.earned is not None else 0
