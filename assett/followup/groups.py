"""What may be said of a group of organizations: figures from five up, and none that gives one of them away.

Whoever reads the follow-up also sees the scores that are shared. A figure of the whole group beside them would
give away the scores of those who do not share theirs, by subtraction, where those are fewer than five: there, the
figure is that of the ones who share. Nothing here hangs on what anybody scored, for what is left out would tell of it;
`assessments.pool` says whose scores may be counted together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from fractions import Fraction

THRESHOLD = 5


class Kept(Enum):
    """What some do with their scores: share them; keep them, and be counted among others, or not (yet)."""

    SHARED = "shared"
    COUNTED = "counted"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class Tally:
    """Some organizations of one level: how many, the sum of their ratios (0..1), what they do with their scores."""

    level: str | None
    kept: Kept
    count: int
    ratios: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of a group; a group that is too small has none. `some_left_out` where there are results that are
    not shared, and of whose structures nothing is counted."""

    count: int = 0
    mean: Fraction | None = None
    levels: Mapping[str | None, int] = field(default_factory=dict)
    only_shared: bool = True
    some_left_out: bool = False

    @property
    def told(self) -> bool:
        return self.mean is not None


def group(tallies: Iterable[Tally]) -> Group:
    """The figures that may be told of these organizations."""
    present = [tally for tally in tallies if tally.count]
    kept = [tally for tally in present if tally.kept == Kept.COUNTED]
    if sum(tally.count for tally in kept) < THRESHOLD:
        kept = []
    counted = [tally for tally in present if tally.kept == Kept.SHARED] + kept
    some_left_out = len(counted) < len(present)
    count = sum(tally.count for tally in counted)
    if count < THRESHOLD:
        return Group(some_left_out=some_left_out)
    levels: dict[str | None, int] = {}
    for tally in counted:
        levels[tally.level] = levels.get(tally.level, 0) + tally.count
    mean = sum((Fraction(tally.ratios) for tally in counted), Fraction(0)) / count
    return Group(count, mean, levels, only_shared=not kept, some_left_out=some_left_out)
