"""The lowest and the highest ratio that complete answers can reach.

Branch and bound (Land and Doig, 1960) over the variables that conditions and caps
look at, in the order of the file: a state in which some are still open bounds what
its completions reach, and is left as soon as it cannot beat the best one known. Once
all are given, the other questions are free of each other, and the best selection of
answers and « non concerné » is found directly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from assett.engine.analysis.space import DEEPEST, OPEN, Budget, Holds, Outcome, Space, State, merged, outcomes
from assett.engine.compiled import Compiled, CompiledCategory
from assett.engine.document import Cap

MOST_SUMS: Final = 4000
"""How many sums of exempted points are told apart under ``max_na``, at most."""


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """The ratios between which every final score of complete answers lies.

    ``exact``: both are reached. Otherwise the search grew beyond its bound, and what
    can be reached lies within them, perhaps more narrowly.
    """

    low: Fraction
    high: Fraction
    exact: bool


@dataclass(frozen=True, slots=True)
class _Bound:
    """The best ratio of a state, if any; ``tight`` where it is reached there.

    ``optional``: there may be no score instead.
    """

    ratio: Fraction | None
    optional: bool
    tight: bool


@dataclass(frozen=True, slots=True)
class _Item:
    """A scored question: what it earns at worst and at best, and when it is visible."""

    visible: Holds | None
    variable: int | None
    full: int
    any: Outcome


class _Cap:
    def __init__(self, space: Space, cap: Cap) -> None:
        self.holds = space.holds(cap.if_)
        self.needs = space.needs(cap.if_)
        self.max = cap.max


def _capped(ratio: Fraction, caps: Sequence[_Cap], state: State, highest: bool) -> Fraction:
    """Lowered by the caps that hold: towards the highest surely, towards the lowest perhaps."""
    for cap in caps:
        if cap.max < ratio:
            holds = cap.holds(state)
            if holds or (holds is None and not highest):
                ratio = cap.max
    return ratio


class _Part:
    """A category seen as a function from states to bounds, each computed once."""

    def __init__(self, space: Space, category: CompiledCategory, budget: Budget) -> None:
        self.weight = category.weight
        self.share, self.of = category.max_na
        self.budget = budget
        condition = category.category.visible_if
        self.visible = space.holds(condition) if condition is not None else None
        self.caps = [_Cap(space, cap) for cap in category.category.caps]
        needs: set[int] = set(space.needs(condition)) if condition is not None else set()
        for cap in self.caps:
            needs |= cap.needs
        self.items: list[_Item] = []
        for name, question in category.questions:
            if question.earned is None:
                continue
            own = question.question.visible_if
            index = space.index(name)
            possible = space.variables[index].outcomes if index is not None else outcomes(question, (), space.complete)
            needs |= space.needs(space.shown_by[name])
            if index is not None:
                needs.add(index)
            visible = space.holds(own) if own is not None else None
            self.items.append(_Item(visible, index, question.best, merged(possible)))
        self.needs = sorted(needs)
        self.known: dict[tuple[object, ...], _Bound] = {}

    def bound(self, state: State, highest: bool) -> _Bound:
        """What the category reaches at best on a state."""
        self.budget.take()
        key = (highest, *(None if (given := state[index]) is None else given.mask for index in self.needs))
        bound = self.known.get(key)
        if bound is None:
            self.budget.take(len(self.items))
            bound = self.known[key] = self._bound(state, highest)
        return bound

    def _bound(self, state: State, highest: bool) -> _Bound:
        visible = True if self.visible is None else self.visible(state)
        if visible is False:
            return _Bound(None, True, True)
        decided = all((given := state[index]) is not None and given.mask != OPEN for index in self.needs)
        earned = full = solid = pliable = forced = 0
        droppable: list[tuple[int, int]] = []
        for item in self.items:
            shown = visible if item.visible is None else item.visible(state)
            if shown is False:
                continue
            if visible is None:
                shown = None
            given = state[item.variable] if item.variable is not None else None
            outcome = item.any if given is None or given.mask == OPEN else given
            if outcome.exempt:
                pliable += item.full
            elif shown is True:
                solid += item.full
            if not outcome.earned:
                forced += item.full
                continue
            points = outcome.earned[-1 if highest else 0]
            if outcome.exempt or shown is None:
                droppable.append((points, item.full))
            else:
                earned += points
                full += item.full
        # « Non concerné » wherever it is offered: is there still a score?
        optional = visible is None or not solid or pliable * self.of > self.share * (solid + pliable)
        seen = solid + pliable
        if (not full and not droppable) or (decided and forced * self.of > self.share * seen):
            return _Bound(None, True, True)
        top, bottom = _best_ratio(earned, full, droppable, highest)
        tight = decided
        if decided and (seen - bottom) * self.of > self.share * seen:
            within = _best_within(earned, full, droppable, highest, seen, (self.share, self.of))
            if within is None:
                tight = False
            else:
                top, bottom = within
        ratio = _capped(Fraction(min(max(top, 0), bottom), bottom), self.caps, state, highest)
        return _Bound(ratio, optional, tight)


def _best_ratio(earned: int, full: int, droppable: list[tuple[int, int]], highest: bool) -> tuple[int, int]:
    """The best ``Σ earned / Σ full`` when any of some may be left out, but not all.

    Taken from the best down, each improves the ratio until one does not, nor do the next.
    """
    for points, of in sorted(droppable, key=lambda each: Fraction(*each), reverse=highest):
        if full:
            gain = points * full - earned * of
            if gain == 0 or (gain > 0) is not highest:
                break
        earned += points
        full += of
    return earned, full


def _best_within(
    earned: int, full: int, droppable: list[tuple[int, int]], highest: bool, seen: int, share: tuple[int, int]
) -> tuple[int, int] | None:
    """The same when no more than a share of all may be left out; ``None`` when too much is to be tried.

    For each sum of full points left out, the selection that leaves out least (for the
    highest ratio) or most (for the lowest) of what is earned.
    """
    better = min if highest else max
    left_out: dict[int, int] = {0: 0}
    for points, of in droppable:
        for dropped, lost in list(left_out.items()):
            total = dropped + of
            left_out[total] = better(left_out.get(total, lost + points), lost + points)
        if len(left_out) > MOST_SUMS:
            return None
    earned += sum(points for points, _ in droppable)
    full += sum(of for _, of in droppable)
    possible = [
        (earned - lost, full - dropped)
        for dropped, lost in left_out.items()
        if dropped < full and (seen - full + dropped) * share[1] <= share[0] * seen
    ]
    return (max if highest else min)(possible, key=lambda each: Fraction(*each))


class _Whole:
    """The overall ratio as a function from states to bounds."""

    def __init__(self, space: Space, parts: Sequence[_Part]) -> None:
        self.parts = parts
        self.caps = [_Cap(space, cap) for cap in space.compiled.document.caps]
        needs = {index for part in parts for index in part.needs}
        self.needs = sorted(needs.union(*(cap.needs for cap in self.caps)))

    def bound(self, state: State, highest: bool) -> _Bound:
        """What the whole reaches at best on a state."""
        total, weights = Fraction(0), 0
        droppable: list[tuple[Fraction, int]] = []
        tight = True
        for part in self.parts:
            bound = part.bound(state, highest)
            tight = tight and bound.tight
            if bound.ratio is None:
                continue
            if bound.optional:
                droppable.append((bound.ratio, part.weight))
            else:
                total += bound.ratio * part.weight
                weights += part.weight
        for ratio, weight in sorted(droppable, reverse=highest):
            if weights and (ratio == total / weights or (ratio > total / weights) is not highest):
                break
            total += ratio * weight
            weights += weight
        if not weights:
            return _Bound(None, True, tight)
        return _Bound(_capped(total / weights, self.caps, state, highest), False, tight)


class _Search:
    """Looks for the best state from the first variable on."""

    def __init__(
        self, space: Space, order: Sequence[int], bound: Callable[[State, bool], _Bound], highest: bool, budget: Budget
    ) -> None:
        self.space, self.order, self.bound, self.highest, self.budget = space, order, bound, highest, budget
        self.state = space.start()
        self.best: Fraction | None = None
        self.exact = True

    def run(self) -> Fraction | None:
        """The best ratio; ``exact`` tells whether it is reached."""
        first = self.bound(self.state, self.highest)
        if len(self.order) > DEEPEST:
            self.budget.left = 0
        self._visit(0, first)
        return self.best

    def _beaten(self, bound: _Bound) -> bool:
        if bound.ratio is None or self.best is None:
            return bound.ratio is None
        return bound.ratio <= self.best if self.highest else bound.ratio >= self.best

    def _visit(self, position: int, bound: _Bound) -> None:
        if self._beaten(bound):
            return
        if position == len(self.order) or self.budget.spent:
            # Nothing further down beats the bound: where it is not reached, it still holds.
            self.best = bound.ratio
            self.exact = position == len(self.order) and bound.tight
            return
        index = self.order[position]
        children = []
        for outcome in self.space.choices(index, self.state):
            self.state[index] = outcome
            found = self.bound(self.state, self.highest)
            if found.ratio is not None:
                children.append((found.ratio, outcome, found))
        children.sort(key=lambda child: child[0], reverse=self.highest)
        for _, outcome, found in children:
            self.state[index] = outcome
            self._visit(position + 1, found)
        self.state[index] = None


def score_ranges(
    compiled: Compiled, *, complete: bool = True, steps: int = 100_000
) -> tuple[ScoreRange | None, dict[str, ScoreRange | None]]:
    """The range of the overall ratio, and of each category by id; ``None`` where there is never a score.

    Final scores of answers to everything required, or of any answers without
    ``complete``. ``steps`` bounds the work, shared out between the ranges: it depends
    on the document alone, never on the machine.
    """
    document = compiled.document
    caps = [*document.caps, *(cap for category in document.categories for cap in category.caps)]
    space = Space(compiled, [cap.if_ for cap in caps], complete)
    budget = Budget(0)
    parts = [_Part(space, category, budget) for category in compiled.categories]
    left, shares = steps, 2 * (len(parts) + 1)

    def searched(order: Sequence[int], bound: Callable[[State, bool], _Bound]) -> ScoreRange | None:
        nonlocal left, shares
        ends = []
        exact = True
        for highest in (False, True):
            # What one search leaves is there for the next ones, the overall range at last.
            share = budget.left = left // shares
            search = _Search(space, order, bound, highest, budget)
            ends.append(search.run())
            exact = exact and search.exact
            left -= min(share - budget.left, share)
            shares -= 1
        low, high = ends
        return None if low is None or high is None else ScoreRange(low, high, exact)

    by_category = {
        category.id: searched(part.needs, part.bound) for category, part in zip(compiled.categories, parts, strict=True)
    }
    whole = _Whole(space, parts)
    return searched(whole.needs, whole.bound), by_category
