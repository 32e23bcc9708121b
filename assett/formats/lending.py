"""What a workbook does not say, read of another document: its sheets where the workbook has none, its columns where a
sheet has them not. What is there and empty says something; what is not there says nothing.

Only what describes a row is lent to it. A sheet without a column that tells what its rows are is as one that is not
there: it is lent whole."""

from __future__ import annotations

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
from assett.formats.records import Records, ids_of, word_of
from assett.formats.reports import Place, Remark, Report
from assett.formats.sheets import Line, Written
from assett.kernel.ids import is_slug, slugify
from assett.kernel.text import N_, fold, shown

UNTOLD: Final = N_(
    "il n’y a pas de colonne %(column)s : nous ne savons pas de quoi parlent ces lignes. Le brouillon garde les siennes"
)
# What tells a row of a table from the others: of what it says that it is, what does not change without its being
# another one.
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
# What a row is called, whose identifier is told by it where there is no column of identifiers; those that others
# are of come before these.
_CALLED: Final[Mapping[str, str]] = {
    **dict.fromkeys((CATEGORIES.sheet, QUESTIONS.sheet, PROFILE.sheet, RESOURCES.sheet), "title"),
    **dict.fromkeys((ANSWERS.sheet, LEVELS.sheet, PROFILE_ANSWERS.sheet), "label"),
}
# What a row is of, by the key that names it: by its identifier, or by its title.
_HOLDERS: Final[Mapping[str, tuple[str, str]]] = {
    ANSWERS.sheet: ("question", QUESTIONS.sheet),
    PROFILE_ANSWERS.sheet: ("question", PROFILE.sheet),
    LEVELS.sheet: ("category", CATEGORIES.sheet),
    CAPS.sheet: ("category", CATEGORIES.sheet),
}

Loan: TypeAlias = Mapping[str, Records]
"""The rows of another document, by table."""
Former: TypeAlias = Mapping[int, tuple[Records, Line]]
"""By the identity of a row (a row of a list of answers is one of each of its questions), the row of another document
that it stands for."""
_Rows: TypeAlias = dict[tuple[str, ...], list[Line]]


def lend_sheets(read: dict[str, Records], lent: Sequence[Written], report: Report) -> Loan:
    """Put what is ``lent`` in the place of the sheets that are not there, or do not say what their rows are, if there
    is any of a questionnaire's; gives what may be lent of the others."""
    if not any(records.lines for records in read.values()):
        return {}
    loan = {}
    for sheet in lent:
        mine, records = read[sheet.name], Records(read[sheet.name].table)
        records.lend(sheet.rows)
        lacking = _lacking(mine, records) if mine.is_there and mine.said is None else []
        if mine.is_there and not lacking:
            loan[sheet.name] = records
            continue
        read[sheet.name] = records
        if any(lacking) and mine.lines:
            first, *more = (line.number for line in mine.lines)
            place = Place(mine.sheet, first, more=tuple(more))
            report.unclear[sheet.name] = Remark(place, UNTOLD, {"column": shown(lacking[0])})
    return loan


def _lacking(records: Records, other: Records) -> list[str]:
    """The titles of the columns that a sheet cannot do without and has not, of those that the other document fills; an
    empty one where it says nothing at all of what always says something."""
    if not other.lines:
        return []
    if not records.columns or (records.table is QUESTIONNAIRE and not records.lines):
        return [""]
    return [
        records.table.headings[key]
        for key in records.table.telling
        if not records.number_of(key)
        and any(other.cell(line, other.number_of(key)) for line in other.lines)
        and not (key == "id" and _naming(records, other))
    ]


def lend_settings(read: Mapping[str, Records], loan: Loan, report: Report) -> None:
    """Lend what the row of the questionnaire itself does not say: its languages, then its texts in them."""
    records = read[QUESTIONNAIRE.sheet]
    _lend(read, loan, [records.table.sheet], [""], report)
    spoken = ids_of(records.cell(records.lines[0], records.number_of("languages"))) if records.lines else []
    _lend(read, loan, [records.table.sheet], ["", *map(language_code, spoken)], report)


def lend_identifiers(read: Mapping[str, Records], loan: Loan, report: Report) -> None:
    """Lend the identifiers that a sheet has no column for, to rows that are called alike within what they are of."""
    for sheet in (each for each in _CALLED if each in loan):
        records, other = read[sheet], loan[sheet]
        columns = _naming(records, other)
        if not records.lines or records.number_of("id") or columns is None:
            continue
        former, mine = _by_name(other, columns[1], {}), _by_name(records, columns[0], _holders(sheet, read, loan))
        at, id_at = max(records.columns) + 1, other.number_of("id")
        lent = {line.number: other.cell(source, id_at) for line, source in _pairs(mine, former)}
        records.lines = [
            Line(line.number, {**line.cells, at: lent[line.number]}) if lent.get(line.number) else line
            for line in records.lines
        ]
        column = next(column for column in records.table.columns if column.key == "id")
        records.columns[at] = (column, "", column.heading)
        records.lent_columns.add(at)
        if any(lent.values()):
            report.columns.setdefault(sheet, []).append(column.heading)


def lend_columns(read: Mapping[str, Records], loan: Loan, languages: Sequence[str], report: Report) -> None:
    """Lend the columns that sheets have not, to the rows that the other document has."""
    _lend(read, loan, [sheet for sheet in loan if sheet != QUESTIONNAIRE.sheet], ["", *languages], report)


def lend_rows(records: Records, other: Records, lines: Sequence[Line]) -> None:
    """Lend whole rows of the other document, below those that are there."""
    first, last = max(records.columns, default=0), max((line.number for line in records.lines), default=1)
    records.columns |= {first + number: column for number, column in other.columns.items() if lines}
    for number, line in enumerate(lines, last + 1):
        records.lines.append(Line(number, {first + at: cell for at, cell in line.cells.items()}))
        records.lent_rows.add(number)


def former_rows(read: Mapping[str, Records], loan: Loan) -> Former:
    """The rows of the other document, each by the one that stands for it: of the same type, if that is said."""
    return {
        id(line): (other, source)
        for sheet, other in loan.items()
        for line, source in _pairs(
            _by_identity(read[sheet], _holders(sheet, read, loan)),
            _by_identity(other, {}),
        )
        if _type(read[sheet], line) in ("", _type(other, source))
    }


def _lend(
    read: Mapping[str, Records], loan: Loan, sheets: Sequence[str], languages: Sequence[str], report: Report
) -> None:
    for sheet in sheets:
        if sheet in loan and read[sheet].lines:
            titles = _complete(read[sheet], loan[sheet], languages, _holders(sheet, read, loan))
            if titles:
                report.columns.setdefault(sheet, []).extend(titles)


def _complete(records: Records, other: Records, languages: Sequence[str], holders: Mapping[str, str]) -> list[str]:
    """Give rows the cells of the columns that are not there; the titles of these columns."""
    default = languages[1] if len(languages) > 1 else ""
    there = {(column.key, language or default) for column, language, _ in records.columns.values()}
    there |= {(column.key, "") for column, _, _ in records.columns.values() if column.kind != "text"}
    if records.said is not None:
        there = {(key, language or default) for key, language in records.said} | {(key, "") for key, _ in records.said}
    wanted = {
        number: (column, language, title)
        for number, (column, language, title) in other.columns.items()
        if (column.key, language) not in there and language in languages and not column.tells
    }
    if not wanted:
        return []
    first = max(records.columns, default=0) + 1
    places = {number: first + rank for rank, number in enumerate(wanted)}
    lines: dict[int, Line] = {}
    filled: set[int] = set()
    for line, source in _pairs(_by_identity(records, holders), _by_identity(other, {})):
        if _type(records, line) not in ("", _type(other, source)):
            continue
        # Of a form, some rows may say what no column of it does: a scale has bounds of its own.
        mine = {
            column.key for at, (column, _, _) in records.columns.items() if at in line.cells and column.kind != "text"
        }
        given = [number for number in wanted if number in source.cells and wanted[number][0].key not in mine]
        more = {places[number]: source.cells[number] for number in given}
        filled |= {*given}
        lines[id(line)] = Line(line.number, {**line.cells, **more})
    records.columns |= {places[number]: wanted[number] for number in wanted if number in filled}
    records.lent_columns |= {places[number] for number in filled}
    records.lines = [lines.get(id(line), line) for line in records.lines]
    return [title for number, (_, _, title) in wanted.items() if number in filled]


def _naming(records: Records, other: Records) -> tuple[int, int] | None:
    """The columns of what rows are called, here and in the other document: in the first language that both have and in
    which this one names all that has an identifier. A column that says no language has the first one."""
    key, id_at = _CALLED.get(records.table.sheet), other.number_of("id")
    mine = {language: number for number, (column, language, _) in records.columns.items() if column.key == key}
    theirs = {language: number for number, (column, language, _) in other.columns.items() if column.key == key}
    for rank, (language, number) in enumerate(theirs.items()):
        here = mine.get(language, mine.get("", 0) if rank == 0 else 0)
        if here and all(other.cell(line, number) for line in other.lines if other.cell(line, id_at)):
            return here, number
    return None


def _holders(sheet: str, read: Mapping[str, Records], loan: Loan) -> dict[str, str]:
    """The identifiers of what the rows of a table are of, by whatever it may be called: its titles, as they were and
    as they are, if it is alone to have one, then itself."""
    _, holder = _HOLDERS.get(sheet, ("", ""))
    found: dict[str, str] = {}
    for records in (loan.get(holder), read.get(holder)):
        if records is None:
            continue
        at = records.number_of("id")
        titles = [number for number, (column, _, _) in records.columns.items() if column.key == "title"]
        called: dict[str, set[str]] = {}
        for line in records.lines:
            for number in titles:
                called.setdefault(_folded(records.cell(line, number)), set()).add(records.cell(line, at))
        found |= {name: identifiers.pop() for name, identifiers in called.items() if len(identifiers) == 1}
        found |= {_folded(each): each for each in (records.cell(line, at) for line in records.lines)}
    return {name: identifier for name, identifier in found.items() if name and identifier}


def _by_identity(records: Records, holders: Mapping[str, str]) -> _Rows:
    """The rows by what tells them from the others."""
    keys = _IDENTITY[records.table.sheet]
    return _gathered((tuple(_told(records, line, key, holders) for key in keys), line) for line in records.lines)


def _by_name(records: Records, at: int, holders: Mapping[str, str]) -> _Rows:
    """The rows by what they are of and what they are called there, in a column."""
    key, _ = _HOLDERS.get(records.table.sheet, ("", ""))
    names = ((_folded(records.cell(line, at)), line) for line in records.lines)
    return _gathered(((_told(records, line, key, holders), name), line) for name, line in names if name)


def _told(records: Records, line: Line, key: str, holders: Mapping[str, str]) -> str:
    """What a row says that it is, in a column: an identifier is what it would be read as."""
    found = records.cell(line, records.number_of(key))
    of, _ = _HOLDERS.get(records.table.sheet, ("", ""))
    if key == of:
        return holders.get(_folded(found), found)
    return slugify(found) or found if key == "id" and not is_slug(found) else found


def _folded(text: str) -> str:
    """A text as it is compared; signs of which nothing would be left are themselves."""
    return fold(text) or text


def _gathered(found: Iterable[tuple[tuple[str, ...], Line]]) -> _Rows:
    rows: _Rows = {}
    for identity, line in found:
        rows.setdefault(identity, []).append(line)
    return rows


def _pairs(mine: _Rows, former: _Rows) -> Iterable[tuple[Line, Line]]:
    """The rows with those of the other document that are told alike: of several, in their order if there are as many
    here as there. There is one row of the questionnaire, whatever is below it."""
    for identity, lines in mine.items():
        sources = former.get(identity, [])
        if not identity:
            yield from zip(lines[:1], sources, strict=False)
        elif len(lines) == len(sources):
            yield from zip(lines, sources, strict=True)


def _type(records: Records, line: Line) -> str:
    return word_of(records.cell(line, records.number_of("type")), TYPES)
