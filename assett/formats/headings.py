"""The titles of a sheet's columns: in which of its first rows they stand; and what of the sheet is not to be seen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from assett.formats.reports import Place, Report
from assett.formats.sheets import FIRST_ROWS, Grid, Line, column_letters
from assett.kernel.text import N_


def below_titles(
    grid: Grid, is_title: Callable[[str], bool], usual: Collection[str], report: Report
) -> tuple[Line, list[Line]] | None:
    """The row of the titles of a sheet and the rows below it; ``None``, having said why, where no title is known.

    ``usual`` are some of those that it could have.
    """
    first, *others = grid.lines[:FIRST_ROWS]

    def known(line: Line) -> int:
        return len({cell for cell in line.cells.values() if isinstance(cell, str) and is_title(cell)})

    # Below the first row, one that has a known title by chance is not taken for the titles.
    best = max((first, *(line for line in others if known(line) > 1)), key=known)
    if not known(best):
        template = N_(
            "aucun titre de colonne n’est reconnu dans les %(rows)s premières lignes, comme %(titles)s : "
            "la feuille n’est pas lue"
        )
        tell = report.refuse if others else report.notice
        place = Place(grid.name, first.number, more=tuple(line.number for line in grid.lines[1:]))
        tell(place, template, rows=FIRST_ROWS, titles=", ".join(f"«\u00a0{each}\u00a0»" for each in usual))
        return None
    if best is not first:
        report.notice(
            Place(grid.name, best.number),
            N_("les titres de colonnes sont à cette ligne : ce qui est au-dessus est laissé de côté"),
        )
    return best, grid.lines[grid.lines.index(best) + 1 :]


def tell_strays(sheet: str, titles: Collection[int], lines: Collection[Line], report: Report) -> None:
    """Tell the cells that stand under no title."""
    columns = sorted({number for line in lines for number in line.cells} - set(titles))
    if columns:
        first = next(line.number for line in lines if not line.cells.keys().isdisjoint(columns))
        report.notice(
            Place(sheet, first),
            N_("des cellules n’ont pas de titre de colonne : elles sont laissées de côté (%(columns)s)"),
            columns=", ".join(map(column_letters, columns)),
        )


def tell_hidden(grid: Grid, titles: Mapping[int, str], lines: Collection[Line], report: Report) -> None:
    """Tell what nobody sees of a sheet that is read all the same, its columns by their titles."""
    if grid.is_hidden:
        report.notice(Place(grid.name), N_("cette feuille est masquée ; elle est lue comme les autres"))
    rows = sorted(line.number for line in lines if line.number in grid.hidden_rows)
    if rows:
        first, *more = rows
        report.notice(
            Place(grid.name, first, more=tuple(more)), N_("ce qui est masqué dans le tableur est lu comme le reste")
        )
    for number in sorted(titles.keys() & grid.hidden_columns):
        if any(number in line.cells for line in lines):
            report.notice(
                Place(grid.name, 0, titles[number]), N_("cette colonne est masquée ; elle est lue comme les autres")
            )
