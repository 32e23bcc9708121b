"""What a workbook does not say, read of another document: its sheets where the workbook has none, its columns where a
sheet has them not. What is there and empty says something; what is not there says nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from assett.formats.layout import (
    ANSWERS,
    CAPS,
    CATEGORIES,
    LEVELS,
    PROFILE,
    PROFILE_ANSWERS,
    QUESTIONNAIRE,
    QUESTIONS,
    RESOURCES,
    TYPES,
    language_code,
)
from assett.formats.records import Records, ids_of, plain_text, word_of
from assett.formats.reports import Report
from assett.formats.sheets import Line, Written
from assett.kernel.text import fold

# What tells a row of a table from the others.
_IDENTITY: Final[Mapping[str, tuple[str, ...]]] = {
    QUESTIONNAIRE.sheet: (),
    CATEGORIES.sheet: ("id",),
    QUESTIONS.sheet: ("id",),
    ANSWERS.sheet: ("question", "id", "value", "from"),
    LEVELS.sheet: ("category", "id"),
    CAPS.sheet: ("category", "if"),
    PROFILE.sheet: ("id",),
    PROFILE_ANSWERS.sheet: ("question", "id", "value"),
    RESOURCES.sheet: ("id",),
}
# What a row is called, whose identifier is told by it where there is no column of identifiers.
_CALLED: Final[Mapping[str, str]] = {
    **dict.fromkeys((CATEGORIES.sheet, QUESTIONS.sheet, PROFILE.sheet, RESOURCES.sheet), "title"),
    **dict.fromkeys((ANSWERS.sheet, LEVELS.sheet, PROFILE_ANSWERS.sheet), "label"),
}
# What an answer has instead of an identifier.
_BOUNDS: Final = ("value", "from")

Loan: TypeAlias = Mapping[str, Records]
"""The rows of another document, by table."""


def lend_sheets(read: dict[str, Records], lent: Sequence[Written]) -> Loan:
    """Put what is ``lent`` in the place of the sheets that are not there, if there is any of a questionnaire's; gives
    what may be lent of the others."""
    if not any(records.lines for records in read.values()):
        return {}
    loan = {}
    for sheet in lent:
        records = Records(read[sheet.name].table)
        records.lend(sheet.rows)
        if not read[sheet.name].is_there:
            read[sheet.name] = records
        else:
            loan[sheet.name] = records
    return loan


def lend_settings(read: Mapping[str, Records], loan: Loan, report: Report) -> None:
    """Lend what the row of the questionnaire itself does not say: its languages, then its texts in them."""
    records = read[QUESTIONNAIRE.sheet]
    _lend(read, loan, [records.table.sheet], [""], report)
    spoken = ids_of(_cell(records, records.lines[0], "languages")) if records.lines else []
    _lend(read, loan, [records.table.sheet], ["", *map(language_code, spoken)], report)


def lend_identifiers(read: Mapping[str, Records], loan: Loan, default: str, report: Report) -> None:
    """Lend the identifiers that a sheet has no column for, to rows that are called alike within what they are of."""
    for sheet in (each for each in _CALLED if each in loan):
        records, other = read[sheet], loan[sheet]
        if not records.lines or any(column.key == "id" for column, _, _ in records.columns.values()):
            continue
        former, mine = _by_name(other, default), _by_name(records, default)
        at = max(records.columns) + 1
        lent = {line.number: _cell(other, former[name], "id") for name, line in mine.items() if name in former}
        records.lines = [
            Line(line.number, {**line.cells, at: lent[line.number]}) if lent.get(line.number) else line
            for line in records.lines
        ]
        column = next(column for column in records.table.columns if column.key == "id")
        records.columns[at] = (column, "", column.heading)
        if any(lent.values()):
            report.columns.setdefault(sheet, []).append(column.heading)


def lend_columns(read: Mapping[str, Records], loan: Loan, languages: Sequence[str], report: Report) -> None:
    """Lend the columns that sheets have not, to the rows that the other document has."""
    _lend(read, loan, [sheet for sheet in loan if sheet != QUESTIONNAIRE.sheet], ["", *languages], report)


def _lend(
    read: Mapping[str, Records], loan: Loan, sheets: Sequence[str], languages: Sequence[str], report: Report
) -> None:
    for sheet in sheets:
        if sheet in loan and read[sheet].lines:
            titles = _complete(read[sheet], loan[sheet], languages)
            if titles:
                report.columns.setdefault(sheet, []).extend(titles)


def _complete(records: Records, other: Records, languages: Sequence[str]) -> list[str]:
    """Give rows the cells of the columns that are not there; the titles of these columns."""
    default = languages[1] if len(languages) > 1 else ""
    there = {(column.key, language or default) for column, language, _ in records.columns.values()}
    there |= {(column.key, "") for column, _, _ in records.columns.values() if column.kind != "text"}
    wanted = {
        number: (column, language, title)
        for number, (column, language, title) in other.columns.items()
        if (column.key, language) not in there
        and language in languages
        and (column.key not in _IDENTITY[records.table.sheet] or column.key in _BOUNDS)
    }
    if not wanted:
        return []
    former, mine = _by_identity(other), _by_identity(records)
    first = max(records.columns, default=0) + 1
    places = {number: first + rank for rank, number in enumerate(wanted)}
    lines: dict[int, Line] = {}
    filled: set[int] = set()
    for identity, line in mine.items():
        source = former.get(identity)
        if source is None or _type(records, line) not in ("", _type(other, source)):
            continue
        more = {places[number]: source.cells[number] for number in wanted if number in source.cells}
        filled |= {number for number in wanted if number in source.cells}
        lines[line.number] = Line(line.number, {**line.cells, **more})
    records.columns |= {places[number]: wanted[number] for number in wanted if number in filled}
    records.lines = [lines.get(line.number, line) for line in records.lines]
    return [title for number, (_, _, title) in wanted.items() if number in filled]


def _by_identity(records: Records) -> dict[tuple[str, ...], Line]:
    """The rows by what tells them from the others, where it does."""
    keys = _IDENTITY[records.table.sheet]
    return _alone((tuple(_cell(records, line, key) for key in keys), line) for line in records.lines)


def _by_name(records: Records, default: str) -> dict[tuple[str, ...], Line]:
    """The rows by what they are of and what they are called there, in a language, where it tells them."""
    sheet = records.table.sheet
    within = [key for key in _IDENTITY[sheet] if key not in ("id", *_BOUNDS)]
    spoken = {
        language: number for number, (column, language, _) in records.columns.items() if column.key == _CALLED[sheet]
    }
    at = spoken.get(default, spoken.get("", 0))
    names = ((fold(plain_text(line.cells.get(at, ""))), line) for line in records.lines)
    return _alone(((*(_cell(records, line, key) for key in within), name), line) for name, line in names if name)


def _alone(found: Iterable[tuple[tuple[str, ...], Line]]) -> dict[tuple[str, ...], Line]:
    """Rows by what tells them, but for those that it tells together."""
    rows = list(found)
    times = Counter(identity for identity, _ in rows)
    return {identity: line for identity, line in rows if times[identity] == 1}


def _type(records: Records, line: Line) -> str:
    return word_of(_cell(records, line, "type"), TYPES)


def _cell(records: Records, line: Line, key: str) -> str:
    number = next((number for number, (column, _, _) in records.columns.items() if column.key == key), 0)
    return plain_text(line.cells.get(number, "")).strip()
