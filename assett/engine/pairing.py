"""Which level of one grid is which of another, and who rises or falls from the one to the other.

Levels are the same by their id, or else by their name. Where the two grids begin their levels at the same places, those
that are left are the same by where they begin: they were renamed. Nothing else makes a level another one: that it
begins higher up says nothing of what its author asks for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from assett.engine.document import Level
from assett.kernel.text import fold

Basis: TypeAlias = Literal["id", "name", "place"]


@dataclass(frozen=True, slots=True)
class Pairing:
    """The levels of two grids, by their ids, in the order of each.

    ``pairs`` are the levels of the first that the second has too. ``basis`` is what the weakest pair goes by, so that
    who moves can be told; ``None`` where no level is in both, or where they stand in another order.
    """

    first: Mapping[str, int]
    last: Mapping[str, int]
    pairs: Mapping[str, str]
    basis: Basis | None

    def move(self, was: str, now: str) -> int | None:
        """1 up, -1 down, 0 neither, from a level of the first grid to one of the second; ``None``: no telling.

        A level that only one grid has stands above and below those beside it that both have.
        """
        if self.basis is None:
            return None
        start, end = self.first[was], self.last[now]
        anchors = [(self.first[one], self.last[other]) for one, other in self.pairs.items()]
        if any(start >= before and end <= after and (start, end) != (before, after) for before, after in anchors):
            return -1
        if any(start <= before and end >= after and (start, end) != (before, after) for before, after in anchors):
            return 1
        return 0 if (start, end) in anchors else None


def paired(first: tuple[Level, ...], last: tuple[Level, ...]) -> Pairing:
    """Find which levels of two grids are the same."""
    pairs: dict[str, str] = {}
    basis: Basis | None = None
    for by, key in _KEYS:
        if by == "place" and [each.from_ for each in first] != [each.from_ for each in last]:
            continue
        found = _matched(
            [each for each in first if each.id not in pairs],
            [each for each in last if each.id not in pairs.values()],
            key,
        )
        if found:
            pairs |= found
            basis = by
    ranks = [{level.id: place for place, level in enumerate(grid)} for grid in (first, last)]
    places = sorted((ranks[0][one], ranks[1][other]) for one, other in pairs.items())
    if any(later <= earlier for (_, earlier), (_, later) in pairwise(places)):
        basis = None
    return Pairing(ranks[0], ranks[1], pairs, basis)


def _name(level: Level) -> str:
    return fold(str(level.label))


_KEYS: tuple[tuple[Basis, Callable[[Level], Hashable]], ...] = (
    ("id", lambda level: level.id),
    ("name", _name),
    ("place", lambda level: level.from_),
)


def _matched(first: list[Level], last: list[Level], key: Callable[[Level], Hashable]) -> dict[str, str]:
    """The levels of two lists that one key names, where it names one of each."""
    counts = [Counter(map(key, grid)) for grid in (first, last)]
    known = {key(level): level.id for level in last}
    return {
        level.id: known[name]
        for level in first
        if (name := key(level)) in known and counts[0][name] == counts[1][name] == 1
    }
