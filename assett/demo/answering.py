"""Fictional respondents: what they answer the first time, and how they get on from one time to the next.

An answer is first aimed at (0: the worst of a question, 1: the best), then found among what the question accepts;
the engine says which questions are to be answered.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from assett.engine.answers import dump_values, read_answer, read_profile, see
from assett.engine.compiled import Compiled, Given
from assett.engine.document import Choice, Question
from assett.engine.values import NOT_APPLICABLE, UNKNOWN, Value
from assett.kernel.errors import InvalidAnswers

NOT_CONCERNED = 0.04
NOT_KNOWN = 0.16
CLEARED_UP = 0.75
# From a year to the next: the more is left to gain, the more is gained.
PROGRESS = 0.48
SETBACK = 0.05
# Walls and boilers change less often than habits.
SLOW = 0.25
SLOW_QUESTIONS = frozenset({"energie-chauffage", "energie-isolation", "energie-renouvelable", "ferme-serres"})
# What people really say, where a question accepts much more: nobody heats a bakery to 13.5 °C.
USUAL = {
    "energie-temperature": (Fraction(18), Fraction(23)),
    "nature-approvisionnement": (Fraction(0), Fraction(60)),
}


@dataclass(frozen=True, slots=True)
class Respondent:
    """An organization before a questionnaire: its profile, and how far on it is in each category (0..1)."""

    compiled: Compiled
    profile: Given
    readiness: Mapping[str, float]
    rng: Random

    def answer(self, before: Given) -> dict[str, Value]:
        """Answer every visible scored question, in the order of the file, starting from the answers of last time
        (none, the first time)."""
        values: dict[str, Value] = {}
        for category in self.compiled.document.categories:
            for question in category.questions:
                if not question.scored or question.id in see(self.compiled, values, self.profile).hidden:
                    continue
                aim = self._aim(self.readiness[category.id])
                last = before.get(question.id)
                raw = (
                    self._first(question, aim)
                    if last is None
                    else self._next(question, last, aim, 1 - self.readiness[category.id])
                )
                value = read_answer(self.compiled, question.id, raw)
                if value is not None:
                    values[question.id] = value
        return values

    def _aim(self, readiness: float) -> float:
        return min(max(self.rng.gauss(readiness, 0.2), 0.0), 1.0)

    def _first(self, question: Question, aim: float) -> Any:
        if question.not_applicable and self.rng.random() < NOT_CONCERNED:
            return NOT_APPLICABLE
        if question.unknown and self.rng.random() < NOT_KNOWN * (1 - aim):
            return UNKNOWN
        return aimed(question, aim, self.rng)

    def _next(self, question: Question, last: Value, aim: float, room: float) -> Any:
        raw = dump_values({question.id: last})[question.id]
        if last == NOT_APPLICABLE:
            return raw
        if last == UNKNOWN:
            return aimed(question, aim, self.rng) if self.rng.random() < CLEARED_UP else raw
        pace = SLOW if question.id in SLOW_QUESTIONS else 1.0
        chance = self.rng.random()
        if chance < PROGRESS * room * pace:
            return better(question, raw, self._worth(question, last), self.rng)
        if chance > 1 - SETBACK * pace:
            return aimed(question, max(float(self._worth(question, last)) - 0.3, 0.0), self.rng)
        return raw

    def _worth(self, question: Question, value: Value) -> Fraction:
        return self.compiled.points(question.id, value) / question.full_points


def known_profile(compiled: Compiled, told: Mapping[str, Sequence[Any]]) -> dict[str, Value]:
    """The profile in the words of this questionnaire: of each entry, the first of the candidates that it accepts."""
    profile: dict[str, Value] = {}
    for entry in compiled.document.profile:
        for candidate in told.get(entry.id, ()):
            try:
                profile |= read_profile(compiled, {entry.id: candidate})
            except InvalidAnswers:
                continue
            break
    hidden = see(compiled, {}, profile).hidden_entries
    return {entry: value for entry, value in profile.items() if entry not in hidden}


def aimed(question: Question, aim: float, rng: Random) -> Any:
    """The raw answer to a question that is worth about `aim` of its points."""
    match question.type:
        case "single":
            return _at(_by_points(question.choices, rng), aim).id
        case "multiple":
            wanted = _count(aim, len(_gains(question)))
            return _chosen(question, rng.sample([choice.id for choice in _gains(question)], wanted))
        case "boolean":
            return rng.random() < aim
        case "scale":
            low, high = question.bounds
            return int(low) + round(aim * int(high - low))
        case _:
            return _number(question, aim, rng)


def better(question: Question, raw: Any, worth: Fraction, rng: Random) -> Any:
    """One step further than `raw`, which is worth that share of the points; `raw` where there is none."""
    match question.type:
        case "single":
            now = question.choice(raw).points
            further = sorted({choice.points for choice in question.choices if choice.points > now})
            return next(c.id for c in question.choices if c.points == further[0]) if further else raw
        case "multiple":
            missing = [choice.id for choice in _gains(question) if choice.id not in raw]
            kept = [name for name in raw if not question.choice(name).exclusive]
            return _chosen(question, [*kept, rng.choice(missing)]) if missing else raw
        case "boolean":
            return True
        case "scale":
            return min(raw + 1, int(question.bounds[1]))
        case _:
            return raw if worth >= 1 else _number(question, min(float(worth) + 0.34, 1.0), rng)


def _at(ordered: Sequence[Choice], aim: float) -> Choice:
    return ordered[min(int(aim * len(ordered)), len(ordered) - 1)]


def _by_points(choices: Sequence[Choice], rng: Random) -> list[Choice]:
    """The choices from the worst to the best; equals in any order."""
    return sorted(rng.sample(choices, len(choices)), key=lambda choice: choice.points)


def _gains(question: Question) -> list[Choice]:
    return [choice for choice in question.choices if choice.points > 0 and not choice.exclusive]


def _count(aim: float, of: int) -> int:
    return min(round(aim * of), of)


def _chosen(question: Question, names: Sequence[str]) -> list[str]:
    """Chosen names in the order of the file; « none of these » where nothing is chosen."""
    if not names:
        return [choice.id for choice in question.choices if choice.exclusive][:1]
    return [choice.id for choice in question.choices if choice.id in names][: question.max_choices]


def _number(question: Question, aim: float, rng: Random) -> Decimal | int:
    """A number that is worth about `aim` of the points, among those that people give."""
    low = question.min if isinstance(question.min, Fraction) else Fraction(0)
    high = question.max if isinstance(question.max, Fraction) else Fraction(100)
    low, high = USUAL.get(question.id, (low, high))
    if question.linear is not None:
        linear = question.linear
        rough = linear.zero + Fraction(aim).limit_denominator(100) * (linear.full - linear.zero)
        return int(min(max(Fraction(5 * round(rough / 5)), low), high))
    # The bands from the worst to the best, each with its borders.
    starts = [band.from_ for band in question.bands]
    ends = [*starts[1:], None]
    bands = sorted(
        (
            band
            for band in zip((band.points for band in question.bands), starts, ends, strict=True)
            if (band[1] is None or band[1] <= high) and (band[2] is None or band[2] > low)
        ),
        key=lambda band: band[0],
    )
    _, start, end = bands[min(int(aim * len(bands)), len(bands) - 1)]
    step = Fraction(1) if all(each is None or each.denominator == 1 for each in starts) else Fraction(1, 2)
    if start is None and end is not None:
        value = end - step * rng.choice((1, 1, 2))
    else:
        start = low if start is None else max(start, low)
        room = 2 if end is None else math.ceil((end - start) / step) - 1
        value = start + step * rng.randint(0, min(room, 2))
    value = min(max(value, low), high)
    return int(value) if value.denominator == 1 else Decimal(value.numerator) / value.denominator
