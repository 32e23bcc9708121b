"""The rows of a table as they were read, and what people write in their cells: numbers, flags, words, languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from assett.formats.headings import below_titles, tell_hidden, tell_strays
from assett.formats.layout import LANGUAGE_NAMES, NICKNAMES, TYPES, Column, Table, language_code
from assett.formats.reports import Place, Remark, Report
from assett.formats.sheets import FIRST_ROWS, Cell, Grid, Line
from assett.kernel.text import N_, decimal_text, fold, shown


class Records:
    """The rows of a table as they were read: cells told by column and language. ``headings`` are those of the file for
    every key, ``lacking`` what is said of a row, by its number, that has no answers to choose from; rows that are
    ``shared`` belong to several others, and stay for those that are left; those that are ``lent`` come from elsewhere,
    in the place of a sheet that the file has not, as do single columns and rows of the others, by their numbers. Of
    rows that are made of a form, ``said`` are the keys, with their languages, that its own columns tell: filled or
    not, nothing is lent there."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.sheet = table.sheet
        self.headings = table.headings
        self.lacking: dict[int, Remark] = {}
        self.shared = False
        self.is_there = False
        self.lent = False
        self.lent_columns: set[int] = set()
        self.lent_rows: set[int] = set()
        self.said: set[tuple[str, str]] | None = None
        self.columns: dict[int, tuple[Column, str, str]] = {}
        self.lines: list[Line] = []

    def open(self, grid: Grid, report: Report) -> None:
        """Take the header of a sheet, then its rows."""
        if self.lines:
            report.notice(Place(grid.name), N_("cette feuille est en double : elle est laissée de côté"))
            return
        self.sheet, self.is_there = grid.name, True
        if not grid.lines:
            return
        known = known_headings(self.table.columns, grid)
        usual = [column.heading for column in self.table.columns[:4]]
        found = below_titles(grid, lambda title: fold(heading(title)[0]) in known, usual, report)
        if found is None:
            return
        head, lines = found
        taken: set[tuple[str, str]] = set()
        for number, title in head.cells.items():
            name, language = heading(str(title))
            column = known.get(fold(name))
            if column is not None and column.kind != "text" and language:
                column = known.get(fold(str(title)))
            if column is None or (column.key, language) in taken:
                filled = any(number in line.cells for line in lines)
                if filled:
                    report.notice(
                        Place(self.sheet, head.number, str(title)),
                        N_("cette colonne est inconnue ou en double : elle est laissée de côté"),
                    )
                continue
            taken.add((column.key, language))
            self.columns[number] = (column, language, str(title))
            if fold(name) in map(fold, column.also):
                report.notice(Place(self.sheet, head.number, str(title)), READ_AS, title=shown(column.heading))
        tell_strays(self.sheet, head.cells, lines, report)
        self.lines = [line for line in lines if any(self.cell(line, number) for number in self.columns)]
        tell_hidden(grid, {number: title for number, (_, _, title) in self.columns.items()}, self.lines, report)

    def lend(self, rows: Sequence[Sequence[Cell | None]]) -> None:
        """Have the rows of another document, below their titles, in the place of a sheet that is not there."""
        lines = [
            Line(number, {column: cell for column, cell in enumerate(row, 1) if cell is not None})
            for number, row in enumerate(rows, 1)
        ]
        self.open(Grid(self.sheet, [line for line in lines if line.cells]), Report())
        self.is_there, self.lent = False, bool(self.lines)

    def cell(self, line: Line, number: int) -> str:
        """A cell as a text; none where it holds blanks alone."""
        return plain_text(line.cells.get(number, "")).strip()

    def number_of(self, key: str) -> int:
        """The first column of a key, 0 where there is none."""
        return next((number for number, (column, _, _) in self.columns.items() if column.key == key), 0)

    def declare(self, languages: Sequence[str], report: Report) -> None:
        """Leave out the columns of languages that are not declared, saying so."""
        for number, (column, language, title) in list(self.columns.items()):
            if column.kind != "text" or not language or not languages:
                continue
            declared = {code.lower(): code for code in languages}.get(language.lower())
            if declared is not None:
                self.columns[number] = (column, declared, title)
            else:
                del self.columns[number]
                report.notice(
                    Place(self.sheet, 0, title),
                    N_("la langue %(language)s n’est pas déclarée : cette colonne est laissée de côté"),
                    language=shown(language),
                )
        self.settle_twins(languages, report)

    def settle_twins(self, languages: Sequence[str], report: Report) -> None:
        """Say which of two columns of one text in one language is taken: the one that says its language."""
        named = {(column.key, spoken): number for number, (column, spoken, _) in self.columns.items() if spoken}
        for number, (column, spoken, title) in self.columns.items():
            twin = named.get((column.key, languages[0])) if languages and column.kind == "text" and not spoken else None
            both = [line for line in self.lines if twin in line.cells and number in line.cells]
            row = next((line.number for line in both if line.cells[twin or 0] != line.cells[number]), 0)
            if twin is not None and row:
                report.notice(
                    Place(self.sheet, row, title),
                    N_("cette colonne et %(other)s sont dans la même langue : là où les deux sont remplies, c’est "
                       "%(other)s qui est prise"),
                    other=shown(self.columns[twin][2]),
                )  # fmt: skip


_HEADING = re.compile(r"(.*?)\s*\(\s*([^()]*?)\s*\)\s*")
_CODE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def heading(title: str) -> tuple[str, str]:
    """What a title of a column names, and the code of its language, which people may write in words: « Titre (en) »,
    « Titre (anglais) ». A title that says none is its own name."""
    found = _HEADING.fullmatch(title)
    name, said = found.groups() if found else (title, "")
    code = LANGUAGE_NAMES.get(fold(said)) or (language_code(said) if _CODE.fullmatch(said) else "")
    return (name, code) if code else (title, "")


READ_AS: Final = N_("cette colonne est lue comme %(title)s")


def known_headings(columns: Sequence[Column], grid: Grid) -> dict[str, Column]:
    """The columns by their folded headings, and by others that people give them where none of the first rows of a
    sheet has their own."""
    there = {fold(heading(str(cell))[0]) for line in grid.lines[:FIRST_ROWS] for cell in line.cells.values()}
    known = {fold(column.heading): column for column in columns}
    for column in columns:
        if fold(column.heading) not in there:
            # One alone, the most usual: a second one is told as a column that is not known.
            other = next((fold(each) for each in column.also if fold(each) in there), None)
            if other is not None:
                known.setdefault(other, column)
    return known


def ids_of(cell: Cell) -> list[str]:
    return [word for word in re.split(r"[;,\s]+", plain_text(cell)) if word]


def plain_text(cell: Cell) -> str:
    """A cell as a text: a number as it is shown, a truth value as the format writes it."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell if isinstance(cell, str) else decimal_text(cell)


_NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?")
_COUNTED = re.compile(r"(?P<number>[-+]?[0-9\s]*[0-9]([.,][0-9]+)?)\s*(?P<unit>%|points?|pts?\.?)", re.IGNORECASE)
_FLAGS = {
    **dict.fromkeys(("oui", "o", "vrai", "x", "true", "yes", "y", "1", "✓", "✔", "☑", "☒", "✅"), True),
    **dict.fromkeys(("non", "n", "faux", "false", "no", "0", "-", "–", "—", "☐", "□"), False),
}


def number_of(cell: Cell) -> object:
    """A cell as a number, a decimal comma admitted; what is none is left as it is, to be refused or be a date."""
    if not isinstance(cell, str):
        return cell
    text = re.sub(r"\s", "", cell)
    if not _NUMBER.fullmatch(text):
        return cell.strip()
    number = Decimal(text.replace(",", "."))
    return int(number) if number == int(number) else number


def counted_of(cell: object, counts: str | None) -> int | Decimal | None:
    """The number of a cell that says it with what it counts: « 40 % », « 2 points ». None where it is no such thing:
    half of the points, or a percentage of a weight, is for its author to say."""
    found = _COUNTED.fullmatch(cell) if isinstance(cell, str) else None
    if found is None or counts not in ({"share", "measure"} if found["unit"] == "%" else {"points"}):
        return None
    number = Decimal(re.sub(r"\s", "", found["number"]).replace(",", "."))
    number = number / 100 if counts == "share" else number
    return int(number) if number == int(number) else number


_FRENCH_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")


def day_typed(typed: str) -> str:
    """« 31/12/2026 » as the format writes it; anything else stays, to be judged."""
    match = _FRENCH_DAY.fullmatch(typed)
    if match is None:
        return typed
    day, month, year = map(int, match.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return typed


_HOST = r"([\w-]+\.)+[^\W\d_]{2,}"
_PAGE = re.compile(rf"(//)?({_HOST}(:[0-9]+)?([/?#]\S*)?)")
_MAIL = re.compile(rf"(mailto:\s*)?([^\s@:/?]+@{_HOST}(\?\S*)?)", re.I)


def address_typed(typed: str) -> str:
    """An address as people give it (`www.exemple.fr/guide`, `contact@exemple.fr`), as the format writes it; what is
    neither a page nor a mail address stays, to be told."""
    if mail := _MAIL.fullmatch(typed):
        return f"mailto:{mail[2]}"
    page = _PAGE.fullmatch(typed)
    return f"https://{page[2]}" if page else typed


def flag_of(cell: Cell) -> object:
    """A cell as true or false; what is neither is left as it is."""
    return cell if isinstance(cell, bool) else _FLAGS.get(plain_text(cell).strip().lower(), cell)


def word_of(cell: object, words: Mapping[str, str]) -> str:
    """The word of the format that a cell says, in French or as the format does; the cell itself where it is none."""
    said = fold(str(cell))
    for word, french in words.items():
        if said in (fold(french), fold(word)):
            return word
    return NICKNAMES.get(said, str(cell)) if words is TYPES else str(cell)
