"""Respondents that do not exist: plausible answers, drawn at random, the same ones for the same seed.

Each respondent has a profile, a readiness (0..1) of its own and one around it for each
category; an answer is aimed at that readiness, then found among what the question
accepts. Conditions are respected: only what is visible is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from random import Random
from typing import Final, TypeAlias

from assett.engine.answers import Answers, see
from assett.engine.compiled import Compiled, CompiledQuestion, Given, Holds
from assett.engine.document import Question
from assett.engine.raw import Refused
from assett.engine.values import NOT_APPLICABLE, UNKNOWN, Value, plain

NOT_CONCERNED: Final = 0.05
NOT_KNOWN: Final = 0.12
OPTIONAL_ANSWERED: Final = 0.5
READINESS: Final = (0.45, 0.2)
"""Mean and deviation of the readiness of a respondent."""
AROUND: Final = (0.12, 0.2)
"""Deviation of a category around its respondent, and of an answer around its category."""
_STEPS: Final = 20

Pick: TypeAlias = Callable[[float, Random], Value | None]
"""Draws an answer worth about an aim (0: the worst, 1: the best)."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A question to be drawn: its place, its condition, its way to an answer."""

    id: str
    holds: Holds | None
    pick: Pick
    required: bool
    not_applicable: bool
    unknown: bool


class Generator:
    """Draws respondents to one questionnaire; a seed always gives the same ones."""

    def __init__(self, compiled: Compiled, seed: int = 0) -> None:
        self.compiled = compiled
        self.rng = Random(seed)  # noqa: S311
        entry_holds = {name: holds for holds, name in compiled.hiding_entries}
        category_holds = {category: holds for holds, _, category in compiled.hiding if category is not None}
        holds_of = {names[0]: holds for holds, names, category in compiled.hiding if category is None}
        self._entries = _items(compiled.entries.items(), entry_holds)
        self._categories = [
            (category_holds.get(category.id), _items(category.questions, holds_of)) for category in compiled.categories
        ]

    def respondents(self, count: int) -> Iterator[Answers]:
        """So many respondents, one after the other."""
        for _ in range(count):
            yield self.respondent()

    def respondent(self) -> Answers:
        """Answers to all that a respondent is asked."""
        return self._completed({}, {}, frozenset())

    def complete(self, answers: Answers, left: Collection[str] = frozenset()) -> Answers:
        """Given answers, kept as they are, and what is open drawn around how good they are.

        The questions of ``left`` were asked and left unanswered: they stay so.
        """
        return self._completed(answers.values, answers.profile, left)

    def _completed(self, values: Given, profile: Given, left: Collection[str]) -> Answers:
        given_profile, given = dict(profile), dict(values)
        facts = self._facts(given_profile)
        rng = self.rng
        readiness = self._readiness(given)
        visible: dict[str, Value] = {}
        for category_holds, items in self._categories:
            if category_holds is not None and not category_holds(visible, facts):
                continue
            here = rng.gauss(readiness, AROUND[0])
            for item in items:
                if item.holds is not None and not item.holds(visible, facts):
                    continue
                value = given.get(item.id)
                if value is None and item.id not in left:
                    value = self._drawn(item, rng.gauss(here, AROUND[1]))
                if value is not None:
                    visible[item.id] = given[item.id] = value
        return see(self.compiled, given, given_profile)

    def _facts(self, profile: dict[str, Value]) -> dict[str, Value]:
        """The facts to rely on, ``profile`` completed on the way."""
        facts: dict[str, Value] = {}
        for item in self._entries:
            if item.holds is not None and not item.holds({}, facts):
                continue
            value = profile.get(item.id)
            if value is None:
                value = self._drawn(item, self.rng.random())
            if value is not None:
                profile[item.id] = value
                if value not in (NOT_APPLICABLE, UNKNOWN):
                    facts[item.id] = value
        return facts

    def _readiness(self, given: Given) -> float:
        """As good as the answers that are given, or anyone's."""
        earned = possible = 0
        for category in self.compiled.categories:
            for name, earn, best in category.scored:
                value = given.get(name)
                worth = None if value is None else earn(value)
                if worth is not None:
                    earned += min(max(worth, 0), best)
                    possible += best
        return earned / possible if possible else self.rng.gauss(*READINESS)

    def _drawn(self, item: _Item, aim: float) -> Value | None:
        rng = self.rng
        if not item.required and rng.random() > OPTIONAL_ANSWERED:
            return None
        if item.not_applicable and rng.random() < NOT_CONCERNED:
            return NOT_APPLICABLE
        if item.unknown and rng.random() < NOT_KNOWN:
            return UNKNOWN
        return item.pick(min(max(aim, 0.0), 1.0), rng)


def generated(compiled: Compiled, count: int, seed: int = 0) -> Iterator[Answers]:
    """So many plausible respondents to a questionnaire."""
    return Generator(compiled, seed).respondents(count)


def _items(questions: Iterable[tuple[str, CompiledQuestion]], holds: Mapping[str, Holds]) -> list[_Item]:
    return [
        _Item(
            name,
            holds.get(name),
            _picking(compiled),
            compiled.question.required,
            compiled.question.not_applicable,
            compiled.question.unknown,
        )
        for name, compiled in questions
        if compiled.question.type != "info"
    ]


def _picking(compiled: CompiledQuestion) -> Pick:
    question = compiled.question
    if question.type == "multiple":
        return partial(_several, compiled)
    candidates = _accepted(compiled, _candidates(question))
    if not candidates:
        return lambda aim, rng: None
    if compiled.earned is None:
        return lambda aim, rng: rng.choice(candidates)
    earned = compiled.earned
    # Equals stand together: one of them is drawn, so that no choice is favoured by its place.
    by_worth: dict[int, list[Value]] = {}
    for value in candidates:
        by_worth.setdefault(earned(value) or 0, []).append(value)
    ranked = [by_worth[worth] for worth in sorted(by_worth)]
    most = len(ranked)

    def pick(aim: float, rng: Random) -> Value:
        equals = ranked[min(int(aim * most), most - 1)]
        return equals[0] if len(equals) == 1 else rng.choice(equals)

    return pick


def _accepted(compiled: CompiledQuestion, candidates: Iterable[object]) -> list[Value]:
    accepted = []
    for raw in candidates:
        value = _taken(compiled, raw)
        if value is not None:
            accepted.append(value)
    return accepted


def _taken(compiled: CompiledQuestion, raw: object) -> Value | None:
    try:
        at_sight = compiled.words.get(raw) if isinstance(raw, str) else None
        return compiled.read(raw) if at_sight is None else at_sight
    except Refused:
        return None


def _candidates(question: Question) -> list[object]:
    """Some answers that a question without several choices may accept, from one end to the other."""
    match question.type:
        case "single":
            return [choice.id for choice in question.choices]
        case "boolean":
            return [False, True]
        case "scale":
            low, high = (int(bound) for bound in question.bounds)
            step = max((high - low) // _STEPS, 1)
            return [*range(low, high, step), high]
        case "number":
            return _numbers(question)
        case "date":
            bounds: list[object] = [
                bound.isoformat() for bound in (question.min, question.max) if isinstance(bound, date)
            ]
            return bounds or ["2025-01-01", "2025-06-30"]
        case "text":
            return ["Oui"[: question.max_length]]
        case _:
            return []


def _numbers(question: Question) -> list[object]:
    starts = [band.from_ for band in question.bands if band.from_ is not None]
    low = question.min if isinstance(question.min, Fraction) else None
    high = question.max if isinstance(question.max, Fraction) else None
    if question.linear is not None:
        starts += [question.linear.zero, question.linear.full]
    least = low if low is not None else min([*starts, Fraction(0)]) - (1 if starts else 0)
    most = high if high is not None else max([*starts, least + 100])
    between = [least + (most - least) * step / _STEPS for step in range(_STEPS + 1)]
    if question.integer:
        return [int(number) for number in dict.fromkeys(map(round, [*starts, *between]))]
    return [_decimal(number) for number in dict.fromkeys([*starts, *between])]


def _decimal(number: Fraction) -> int | Decimal:
    """A number as the format can hold it."""
    return plain(Fraction(round(number * 1000), 1000)) if number.denominator > 1 else int(number)


def _several(compiled: CompiledQuestion, aim: float, rng: Random) -> Value | None:
    """Several choices: the more of those that earn, the higher the aim; an exclusive one for the lowest."""
    question = compiled.question
    together = [choice.id for choice in question.choices if not choice.exclusive]
    alone = [choice.id for choice in question.choices if choice.exclusive]
    gains = [choice.id for choice in question.choices if not choice.exclusive and choice.points > 0]
    pool = gains if compiled.earned is not None and gains else together
    least = question.min_choices or 0
    most = min(question.max_choices or len(pool), len(pool))
    wanted = round(aim * most)
    if wanted < max(least, 1):
        if alone:
            return _taken(compiled, [rng.choice(alone)])
        wanted = least
    if wanted > len(pool):
        pool = together
    return _taken(compiled, rng.sample(pool, min(wanted, len(pool))))
