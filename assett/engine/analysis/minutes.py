"""How long the questions take, by the rule of :mod:`assett.engine.path`.

For a respondent nobody knows yet, the shortest and the longest way are found by
variable elimination (Dechter, « Bucket elimination », 1999): a way's seconds are a
sum over questions, each shown by a few variables only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Final, TypeAlias

from assett.engine.analysis.space import HIDDEN, OPEN, Outcome, Space
from assett.engine.compiled import Compiled
from assett.engine.document import AllOf, Condition

MOST_ROWS: Final = 30_000
"""Rows of tables that may be worked out in all."""

_ALWAYS = AllOf(())
_Table: TypeAlias = tuple[tuple[int, ...], dict[tuple[int, ...], int]]


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes, rounded up, that the required questions take at least and at most.

    Not ``exact`` where conditions are too entangled to tell: no way is then shorter
    or longer, but the ends may be out of reach. ``asked`` is whether anything awaits an
    answer at all.
    """

    shortest: int
    longest: int
    exact: bool
    asked: bool = True

    @property
    def told(self) -> tuple[int, int]:
        """The least and the most, as a reader is told them: nothing takes less than a minute."""
        return max(1, self.shortest), max(1, self.longest)


def minutes_to_answer(compiled: Compiled) -> Minutes:
    """Minutes of the shortest and of the longest way through the categories."""
    space = Space(compiled)
    always = 0
    by_gate: dict[Condition, int] = {}
    for question in compiled.document.questions:
        if question.required:
            gate = space.shown_by[question.id]
            seconds = compiled.questions[question.id].seconds
            if gate.conditions:
                by_gate[gate] = by_gate.get(gate, 0) + seconds
            else:
                always += seconds
    ends = _Ways(space, by_gate).ends()
    shortest, longest = ends or (0, sum(by_gate.values()))
    asked = any(question.type != "info" for question in compiled.document.questions)
    return Minutes(-(-(always + shortest) // 60), -(-(always + longest) // 60), ends is not None, asked)


class _Ways:
    """Seconds as a sum of tables over the outcomes of variables."""

    def __init__(self, space: Space, by_gate: dict[Condition, int]) -> None:
        self.space = space
        self.by_gate = by_gate
        self.rows = 0
        self.options: list[tuple[Outcome, ...]] = [
            variable.outcomes if variable.gate == _ALWAYS else (HIDDEN, *variable.outcomes)
            for variable in space.variables
        ]

    def ends(self) -> tuple[int, int] | None:
        """The fewest and the most seconds; ``None`` where that is too much to work out."""
        if any(outcome.mask == OPEN for options in self.options for outcome in options):
            return None
        tables: list[_Table] = []
        for index, variable in enumerate(self.space.variables):
            if variable.gate != _ALWAYS:
                table = self._table(variable.gate, 0, index)
                if table is None:
                    return None
                tables.append(table)
        for gate, seconds in self.by_gate.items():
            table = self._table(gate, seconds)
            if table is None:
                return None
            tables.append(table)
        shortest, longest = self._eliminated(tables, shortest=True), self._eliminated(tables, shortest=False)
        return None if shortest is None or longest is None else (shortest, longest)

    def _within(self, scope: tuple[int, ...]) -> bool:
        self.rows += prod(len(self.options[index]) for index in scope)
        return self.rows <= MOST_ROWS

    def _table(self, gate: Condition, seconds: int, shown: int | None = None) -> _Table | None:
        """What a gate adds; ``shown`` is the variable that is hidden just while it does not hold."""
        holds = self.space.holds(gate)
        scope = tuple(sorted(self.space.named(gate) | ({shown} if shown is not None else set())))
        if not self._within(scope):
            return None
        rows = {}
        state = self.space.start()
        for row in product(*(range(len(self.options[index])) for index in scope)):
            for index, option in zip(scope, row, strict=True):
                state[index] = self.options[index][option]
            visible = bool(holds(state))
            if shown is None or visible is (state[shown] is not HIDDEN):
                rows[row] = seconds if visible else 0
        return scope, rows

    def _eliminated(self, tables: list[_Table], shortest: bool) -> int | None:
        """The best sum: variables go one by one, the least entangled first."""
        around: dict[int, set[int]] = {}
        for scope, _ in tables:
            for index in scope:
                around.setdefault(index, set()).update(scope)
        while around:
            index = min(around, key=lambda each: (self._size(around[each]), each))
            scope = tuple(sorted(around.pop(index) - {index}))
            if not self._within((index, *scope)):
                return None
            for each in scope:
                around[each] = (around[each] | set(scope)) - {index}
            touched = [table for table in tables if index in table[0]]
            tables = [table for table in tables if index not in table[0]]
            tables.append((scope, self._best_rows(index, scope, touched, shortest)))
        return sum(rows[()] for _, rows in tables)

    def _size(self, scope: Iterable[int]) -> int:
        return prod(len(self.options[each]) for each in scope)

    def _best_rows(
        self, index: int, scope: tuple[int, ...], touched: list[_Table], shortest: bool
    ) -> dict[tuple[int, ...], int]:
        rows: dict[tuple[int, ...], int] = {}
        every = (index, *scope)
        places = [tuple(every.index(each) for each in inner) for inner, _ in touched]
        for row in product(*(range(len(self.options[each])) for each in every)):
            total = 0
            for (_, inner), place in zip(touched, places, strict=True):
                seconds = inner.get(tuple(row[each] for each in place))
                if seconds is None:
                    break
                total += seconds
            else:
                known = rows.get(row[1:])
                if known is None or (total < known if shortest else total > known):
                    rows[row[1:]] = total
        return rows
