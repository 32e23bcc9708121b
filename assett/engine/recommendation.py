"""Which resources fit a result, why, and in which order (section 3 of the format)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm
from operator import attrgetter, itemgetter

from assett.engine.answers import Answers
from assett.engine.compiled import Compiled, Given, passes
from assett.engine.document import AnswerTest, CategoryTest, ForLine, Resource
from assett.engine.score import Result
from assett.engine.values import DECIMALS, Value


@dataclass(frozen=True, slots=True)
class Reason:
    """A ``for`` line that held, and what made it hold.

    ``index`` is its place in the resource, ``category`` the id of the category that
    it looks at. ``found`` is what it found there: the answer of a question line, the
    id of the level of a category line. ``gain`` is the overall ratio to be gained,
    exactly ``gained / of``.
    """

    index: int
    line: ForLine
    category: str
    found: Value
    gained: int
    of: int

    @property
    def question(self) -> str | None:
        """The id of the question of a question line."""
        return self.line.id if isinstance(self.line, AnswerTest) else None

    @property
    def value(self) -> Value | None:
        """The answer that a question line found."""
        return self.found if isinstance(self.line, AnswerTest) else None

    @property
    def level(self) -> str | None:
        """The id of the level that a category line found."""
        return str(self.found) if isinstance(self.line, CategoryTest) else None

    @property
    def gain(self) -> Fraction:
        """The overall ratio to be gained, before caps."""
        return Fraction(self.gained, self.of)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A resource that fits; ``category`` is that of its best reason, if it has one.

    ``relevance`` is exactly ``relevant / of``; ``of`` is the same for a whole list.
    """

    resource: Resource
    category: str | None
    relevant: int
    of: int
    reasons: tuple[Reason, ...]

    @property
    def relevance(self) -> Fraction:
        """The best gain of the reasons, times ``0.5 + priority/100``."""
        return Fraction(self.relevant, self.of)


_MILLION = 10**DECIMALS


def recommend(
    compiled: Compiled,
    answers: Answers,
    result: Result,
    resources: Sequence[Resource],
    on: date,
) -> tuple[Recommendation, ...]:
    """The resources that fit on a day, the most relevant first.

    A line that names what this questionnaire does not have simply does not hold, so
    that one base of resources serves many questionnaires.
    """
    gains = _Gains(compiled, answers, result)
    # Relevance is counted in whole units: gains times priorities in millionths of 1/100.
    unit = gains.of * 100 * _MILLION
    facts = answers.facts
    chosen: list[tuple[bool, int, int, str, Recommendation]] = []
    for resource in resources:
        if resource.valid_from is not None and on < resource.valid_from:
            continue
        if resource.valid_until is not None and on > resource.valid_until:
            continue
        if resource.who and not _is_for(resource.who, facts):
            continue
        reasons = gains.reasons(resource.for_)
        if resource.for_ and not reasons:
            continue
        priority = resource.priority.numerator * _MILLION // resource.priority.denominator
        category, relevant = None, 0
        if reasons:
            best = reasons[0] if len(reasons) == 1 else max(reasons, key=_gained)
            category, relevant = best.category, best.gained * (50 * _MILLION + priority)
        recommendation = Recommendation(resource, category, relevant, unit, reasons)
        chosen.append((not resource.for_, -relevant, -priority, resource.id, recommendation))
    chosen.sort(key=itemgetter(0, 1, 2, 3))
    return tuple(each[4] for each in chosen)


_gained = attrgetter("gained")


def _is_for(who: tuple[AnswerTest, ...], facts: Given) -> bool:
    for test in who:  # noqa: SIM110 (a generator would cost more than the tests)
        if not passes(test, facts.get(test.id)):
            return False
    return True


class _Gains:
    """What each ``for`` line would gain, for one respondent.

    Gains are counted in whole units of ``1 / of``, common to all categories.
    """

    def __init__(self, compiled: Compiled, answers: Answers, result: Result) -> None:
        self.questions = compiled.questions
        self.visible = answers.visible
        weights = {each.category.id: each.weight for each in compiled.categories}
        scored = [category for category in result.categories if category.ratio is not None]
        common = lcm(*(category.possible for category in scored))
        self.of = 2 * common * sum(weights[category.id] for category in scored) or 1
        # What one unit of a category's points is worth; its level, and half of what it still has to gain.
        self.worth: dict[str, int] = {}
        self.levels: dict[str, tuple[str | None, int]] = {}
        for category in scored:
            name, possible = category.id, category.possible
            worth = self.worth[name] = weights[name] * (common // possible)
            left = possible - min(max(category.earned, 0), possible)
            self.levels[name] = category.level, worth * left

    def reasons(self, lines: tuple[ForLine, ...]) -> tuple[Reason, ...]:
        """The lines that hold, in their order."""
        found: tuple[Reason, ...] = ()
        for index, line in enumerate(lines):
            if isinstance(line, CategoryTest):
                category = line.category
                level, gained = self.levels.get(category, _NO_LEVEL)
                if level is not None and level in line.levels:
                    found += (Reason(index, line, category, level, gained, self.of),)
                continue
            value = self.visible.get(line.id)
            if value is not None and line.of == "question" and passes(line, value):
                question = self.questions[line.id]
                category = str(question.category)
                gained = 0
                if question.earned is not None and category in self.worth:
                    left = question.best - (question.earned(value) or 0)
                    gained = 2 * self.worth[category] * left
                found += (Reason(index, line, category, value, gained, self.of),)
        return found


_NO_LEVEL: tuple[str | None, int] = (None, 0)
