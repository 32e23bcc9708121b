"""What may be said of a group of organizations: figures from five up, and none that gives one of them away.

Whoever reads the follow-up also sees the scores that are shared. A figure of the whole group beside them would
give away the scores of the few who do not share theirs, by subtraction: where those are fewer than five, the figure
is that of the ones who share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

THRESHOLD = 5


@dataclass(frozen=True, slots=True)
class Tally:
    """Some organizations of one level: how many, the sum of their ratios (0..1), whether they share their scores."""

    level: str | None
    shared: bool
    count: int
    ratios: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of a group; a group that is too small has none. `left_out` are those who do not share."""

    count: int = 0
    mean: Fraction | None = None
    levels: Mapping[str | None, int] = field(default_factory=dict)
    left_out: int = 0

    @property
    def told(self) -> bool:
        return self.mean is not None


def group(tallies: Iterable[Tally]) -> Group:
    """The figures that may be told of these organizations."""
    counted = list(tallies)
    private = sum(tally.count for tally in counted if not tally.shared)
    left_out = private if private < THRESHOLD else 0
    if left_out:
        counted = [tally for tally in counted if tally.shared]
    count = sum(tally.count for tally in counted)
    if count < THRESHOLD:
        return Group(count=0, left_out=left_out)
    levels: dict[str | None, int] = {}
    for tally in counted:
        levels[tally.level] = levels.get(tally.level, 0) + tally.count
    mean = sum((Fraction(tally.ratios) for tally in counted), Fraction(0)) / count
    return Group(count, mean, levels, left_out)
