"""How finely a trial is told (see `bench`): coarsely where real structures answered, exactly where nobody did."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext

THRESHOLD = 5
# What a mean of past answers is rounded to: the finest of these that one structure cannot move by more than a half.
_MEANS = (Fraction(1, 100), Fraction(1, 50), Fraction(1, 20), Fraction(1, 10))


@dataclass(frozen=True, slots=True)
class Grain:
    """How finely a trial is told: exactly where nobody `real` answered, otherwise so that one structure does not show.

    Where one structure brought several respondents (`most`), all grows coarser by as much.
    """

    real: bool = False
    most: int = 1

    @property
    def least(self) -> int:
        """The smallest number that is told."""
        return THRESHOLD * self.most if self.real else 1

    def count(self, number: int) -> int:
        """A number of respondents as it is told: to the nearest five, and none below."""
        if number < self.least:
            return 0
        return (2 * number + self.least) // (2 * self.least) * self.least

    def said(self, number: int) -> str:
        """« moins de 5 » says nothing of whether there is anybody: to know that there is one is to know who."""
        if self.real and number < self.least:
            return gettext("moins de %(least)s", least=self.least)
        return str(self.count(number))

    def about(self, number: int) -> str:
        """The same within a sentence: « environ 10 »."""
        return self.said(number) if number < self.least else gettext("environ %(number)s", number=self.count(number))

    def parts(self, one: int, other: int) -> tuple[str, str]:
        """Two numbers within a sentence that tells their sum: rounded so that they make it (the largest remainder goes
        up), unless one is too small to be told."""
        if min(one, other) < self.least:
            return self.about(one), self.about(other)
        floors = [number // self.least * self.least for number in (one, other)]
        left = (self.count(one + other) - sum(floors)) // self.least
        first = 0 if one % self.least >= other % self.least else 1
        for place in (first, 1 - first)[:left]:
            floors[place] += self.least
        return self.about(floors[0]), self.about(floors[1])

    def mean(self, ratio: float | None, respondents: int) -> Fraction | None:
        """A mean share of so many respondents as it is told; None: of too few."""
        if ratio is None or not self.real:
            return None if ratio is None else Fraction(ratio)
        step = next((each for each in _MEANS if each * respondents >= 2 * self.most), None)
        return None if step is None else round(Fraction(ratio) / step) * step
