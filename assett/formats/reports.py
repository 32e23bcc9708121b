"""What an import understood, what it took with a notice, what it refused: row by row, in French."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from assett.kernel.errors import Problem
from assett.kernel.text import N_, printable

Row: TypeAlias = tuple[str, int]
"""A sheet and the number of one of its rows, counted from 1 as spreadsheets do."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cell, a row (no ``column``), a sheet (``row`` 0), or the whole file (no ``sheet``); ``more`` are other rows of
    which the same is said. What is ``lent`` is not the file's own: the column, or the sheet where there is no row, is
    that of the draft which the file is read beside.

    Of a text file, the line and the ``path`` within its tree.
    """

    sheet: str = ""
    row: int = 0
    column: str = ""
    path: str = ""
    more: tuple[int, ...] = ()
    lent: bool = False

    @property
    def rows(self) -> tuple[int, ...]:
        """Every row."""
        return (self.row, *self.more)

    def __str__(self) -> str:
        parts = []
        if self.sheet:
            sheet = (
                N_("feuille « %(sheet)s » du brouillon") if self.lent and not self.row else N_("feuille « %(sheet)s »")
            )
            parts.append(sheet % {"sheet": printable(self.sheet)})
        if self.more:
            parts.append(N_("lignes %(rows)s") % {"rows": row_numbers(self.rows)})
        elif self.row:
            parts.append(N_("ligne %(row)s") % {"row": self.row})
        if self.column:
            column = (
                N_("colonne « %(column)s » du brouillon") if self.lent and self.row else N_("colonne « %(column)s »")
            )
            parts.append(column % {"column": printable(self.column)})
        if self.path:
            parts.append(self.path)
        return ", ".join(parts)


def row_numbers(rows: Iterable[int]) -> str:
    """Numbers of rows as they are read: « 4, 7–9 »."""
    runs: list[list[int]] = []
    for row in sorted(set(rows)):
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    ends = (f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)
    return ", ".join(ends)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something said about a place; ``template`` is a French source text, ``params`` what it is filled with.

    Of a cell that was refused without its row, ``kept`` (a French source text) is what holds instead.
    """

    place: Place
    template: str
    params: Mapping[str, object] = field(default_factory=dict)
    kept: str = ""

    @property
    def message(self) -> str:
        """The French text."""
        said = self.template % self.params if self.params else self.template
        return f"{said}\u00a0; {self.kept}" if self.kept else said

    def __str__(self) -> str:
        where = str(self.place)
        return f"{where}\u00a0: {self.message}" if where else self.message


class Unreadable(ValueError):
    """A file of which nothing can be taken, or that cannot be written; ``remark`` says why."""

    def __init__(self, template: str, place: Place = Place(), /, **params: object) -> None:
        self.remark = Remark(place, template, params)
        super().__init__(str(self.remark))


SAME: Final = 3
"""Rows from which on what is said of them alike is said once."""
MOST_NOTICES: Final = 1_000
"""Notices of one file that are told; a workbook made of formulas could bring millions."""


@dataclass(slots=True)
class Report:
    """What happened to each part of a file that was read.

    ``understood`` counts the rows taken, by sheet. What is in ``refused`` is not in the result; of ``dropped``, the
    rows are, each without the cell that was refused;
    ``problems`` are those of a whole file, for which there is no result. ``points`` are keys that calculations of
    the file give to its questions, by their ids: an offer, not in the result (see ``sums.with_points``). ``format`` is
    what the file turned out to be, ``unsaid`` the number of notices beyond :data:`MOST_NOTICES`; ``missing`` are the
    sheets that a workbook has not, ``columns`` those of its sheets that were lent to it, ``unclear`` what is said of
    the sheets that count as missing for want of a column.
    """

    understood: Counter[str] = field(default_factory=Counter)
    notices: list[Remark] = field(default_factory=list)
    dropped: list[Remark] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)
    problems: list[Problem | Remark] = field(default_factory=list)
    points: dict[str, dict[str, object]] = field(default_factory=dict)
    format: str = ""
    unsaid: int = 0
    missing: list[str] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    unclear: dict[str, Remark] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether nothing was refused."""
        return not self.refused and not self.dropped and not self.problems

    def notice(self, place: Place, template: str, /, **params: object) -> None:
        """Note what was taken otherwise than it is written."""
        if len(self.notices) >= MOST_NOTICES:
            self.unsaid += 1
            return
        self.notices.append(Remark(place, template, params))

    def drop(self, place: Place, kept: str, template: str, /, **params: object) -> None:
        """Note a cell that was not taken, why, and what holds instead."""
        self.dropped.append(Remark(place, template, params, kept))

    def refuse(self, place: Place, template: str, /, **params: object) -> None:
        """Note a row that was not taken, and why."""
        self.refused.append(Remark(place, template, params))

    def gather(self) -> None:
        """Say once what is said in the same words of a column's cells, or of rows of a sheet."""
        self.notices = gathered(self.notices)
        self.dropped = gathered(self.dropped)
        self.refused = gathered(self.refused)

    def sort(self, sheets: Sequence[str]) -> None:
        """Put what was not taken into the order of the file, whose sheets these are."""
        order = {name: number for number, name in enumerate(sheets)}
        for remarks in (self.dropped, self.refused):
            remarks.sort(key=lambda remark: (order.get(remark.place.sheet, len(order)), remark.place.row))

    def lines(self) -> Iterator[str]:
        """The report as lines of French text."""
        if self.problems:
            yield N_("Rien n’a pu être converti :")
            yield from (f"  {problem}" for problem in self.problems)
        elif self.understood:
            yield N_("Compris :")
            yield from (f"  {sheet}\u00a0: {count}" for sheet, count in self.understood.items())
        if self.notices:
            yield N_("Pris, à relire :")
            yield from (f"  {remark}" for remark in self.notices)
            if self.unsaid:
                yield "  " + N_("… et %(count)s autres remarques") % {"count": self.unsaid}
        if self.dropped:
            yield N_("Cases refusées, dont la ligne est prise :")
            yield from (f"  {remark}" for remark in self.dropped)
        if self.refused:
            yield N_("Refusé :")
            yield from (f"  {remark}" for remark in self.refused)


def gathered(remarks: Sequence[Remark]) -> list[Remark]:
    """What is said in the same words of several rows, said once of them all."""
    alike: dict[tuple[object, ...], list[Remark]] = {}
    for remark in remarks:
        place = remark.place
        # What is said of no row is alone, and what is said of several already.
        alone = () if place.sheet and place.row and not place.more else (len(alike),)
        key = (
            place.sheet,
            place.column,
            place.path,
            place.lent,
            remark.template,
            repr(remark.params),
            remark.kept,
            alone,
        )
        alike.setdefault(key, []).append(remark)
    found: list[Remark] = []
    for same in alike.values():
        if len(same) < SAME:
            found += same
            continue
        first, *more = sorted({each.place.row for each in same})
        found.append(replace(same[0], place=replace(same[0].place, row=first, more=tuple(more))))
    return found
