"""Resources from a spreadsheet: read without trust, reported row by row, written only once somebody has agreed.

The sheet is that of a questionnaire's workbook (`questionnaires.layout.RESOURCES`), with the partner, the contact and
the labels beside it. A row without an id gets one from its title; each row stands or falls alone.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from flask_babel import force_locale, gettext

from assett.core.i18n import LANGUAGES
from assett.engine.document import Document
from assett.engine.reading import read_document
from assett.engine.writing import dump_document
from assett.formats.headings import below_titles
from assett.formats.layout import README, RESOURCES, TABLES, Column
from assett.formats.records import READ_AS, Records, heading, known_headings, plain_text
from assett.formats.reports import Place, Remark, Report, Unreadable
from assett.formats.sheets import FIRST_ROWS, Cell, Grid, Line, Written, read_sheets
from assett.formats.spreading import cell_of, tables_of
from assett.formats.workbook import document_of
from assett.kernel.errors import InvalidDocument
from assett.kernel.text import N_, UNSTORABLE, fold, shown
from assett.questionnaires.words import RESOURCE_TYPE_NAMES
from assett.resources.queries import Line as Known
from assett.resources.weighing import BESIDE, TAKEN, Judge, Reading
from assett.resources.words import free_slug

MOST_ROWS: Final = 1_000
# So many of the sheets that are not read are named.
MOST_NAMED: Final = 10
_USUAL: Final = ("Titre", "Adresse", "Type")
_NO_TITLE: Final = N_("il n’y a pas de colonne « Titre » : ce fichier n’est pas une liste de ressources")
_NAMING: Final = tuple(
    fold(each) for column in TAKEN.columns if column.key == "title" for each in (column.heading, *column.also)
)
_SEPARATOR = re.compile(r"sep=([;,\t|])[^\n]*\n", re.I)
# So many lines may make one row: texts have paragraphs, but not that many.
_MOST_LINES: Final = 100
_UNCLOSED: Final = N_("un guillemet droit y est ouvert et n’est jamais refermé ; doublez-le ou retirez-le")
_GUARD = re.compile(r"'(?=[=+\-@])")


def read(
    data: bytes,
    name: str,
    document: Document | None,
    languages: Sequence[str],
    base: Sequence[Known],
    partners: Mapping[int, str],
) -> Reading:
    """The resources of an XLSX or CSV file, against the questionnaire in service and the base as it stands; `partners`
    are the names of those of the space, by id.

    Raises `Unreadable` where nothing can be taken of it.
    """
    report = Report()
    is_text = name.lower().endswith((".csv", ".txt"))
    grid = _csv(data, report) if is_text else _sheet(read_sheets(data, report), report)
    if not grid.lines:
        raise Unreadable(N_("ce fichier n’a aucune ligne remplie"))
    if len(grid.lines) > MOST_ROWS + 1:
        raise Unreadable(N_("ce fichier a plus de %(most)s lignes"), most=MOST_ROWS)
    if (found_titles := below_titles(grid, _is_title, _USUAL, report)) is None:
        raise Unreadable(_NO_TITLE)
    grid.lines = [_with_own_titles(found_titles[0], grid, report), *found_titles[1]]
    beside = _beside(grid)
    known = {line.resource.slug: line for line in base}
    ids = _with_ids(grid, set(known), report)
    if not ids and is_text:
        raise Unreadable(N_("ce fichier n’a que des titres de colonnes, et aucune ressource dessous"))
    if not ids:
        template = N_("la feuille %(sheet)s n’a que des titres de colonnes, et aucune ressource dessous")
        raise Unreadable(template, sheet=shown(grid.name))
    default = (document.languages if document is not None else languages)[0]
    _complete(grid, ids, known, default)
    found, columns = _document(grid, document, languages, report)
    reading = Reading(notices=list(report.notices), refused=list(report.refused))
    for problem in report.problems:
        said = problem if isinstance(problem, Remark) else Remark(Place(), problem.template, problem.params)
        reading.refused.append(said)
    by_id = {str(entry["id"]): entry for entry in found}
    judge = Judge(reading, known, partners, document, [each[:2] for each in columns], default)
    key_of = {title: column.key for column, _, title in columns}
    for number, slug in ids.items():
        entry = by_id.pop(slug, None)
        if entry is not None:
            left = {key_of[each.place.column]: each for each in report.dropped if each.place.row == number}
            judge.weigh(Place(grid.name, number), entry, beside.get(number, {}), left)
    judge.tell_partners()
    reading.sort()
    return reading


def _complete(grid: Grid, ids: Mapping[int, str], known: Mapping[str, Known], default: str) -> None:
    """Give the rows that change a resource the columns that no resource goes without, and those of the language that
    no text goes without, where the file has them not."""
    head, *lines = grid.lines
    titles = set(_columns(grid).values())
    for column in RESOURCES.columns:
        heading = fold(column.heading)
        translated = any(title.startswith(f"{heading} ") for title in titles)
        if {heading, fold(f"{heading} {default}")} & titles or not (
            column.key in ("title", "url", "type") or (column.kind == "text" and translated)
        ):
            continue
        if not translated and not set(ids.values()) & set(known):
            template = N_("il n’y a pas de colonne %(heading)s : de nouvelles ressources en ont besoin")
            raise Unreadable(template, heading=shown(column.heading))
        number = max(head.cells) + 1
        head = Line(head.number, {**head.cells, number: column.heading})
        for place, line in enumerate(lines):
            own = known.get(ids.get(line.number, ""))
            cell = cell_of(own.entry, column, default, default) if own is not None else None
            if cell is not None:
                lines[place] = Line(line.number, {**line.cells, number: cell})
    grid.lines = [head, *lines]


def _sheet(grids: Sequence[Grid], report: Report) -> Grid:
    """The sheet « Ressources », else the first one with a title for each resource, else the first one with something in
    it; the report says which others are not read."""
    filled = [grid for grid in grids if grid.lines and fold(grid.name) != fold(README)]
    if not filled:
        raise Unreadable(N_("ce fichier n’a aucune ligne remplie"))
    called = [grid for grid in filled if fold(grid.name) == fold(RESOURCES.sheet)]
    titled = [grid for grid in filled if any(map(_names_each, grid.lines[:FIRST_ROWS]))]
    read = (called or titled or filled)[0]
    others = [str(shown(grid.name)) for grid in filled if grid is not read]
    if others:
        template = N_(
            "seule la feuille %(sheet)s est lue. Sont laissées de côté : %(others)s ; pour prendre leurs lignes, "
            "copiez-les dans %(sheet)s"
        )
        named = ", ".join(others[:MOST_NAMED]) + (", …" if len(others) > MOST_NAMED else "")
        report.notice(Place(), template, sheet=shown(read.name), others=named)
    return read


def _names_each(line: Line) -> bool:
    return any(fold(plain_text(cell)).startswith(_NAMING) for cell in line.cells.values())


def _is_title(title: str) -> bool:
    """Whether a cell is the title of a column, in whatever language it is of."""
    folded = fold(title)
    return any(
        folded in (fold(column.heading), *map(fold, column.also))
        or (column.kind == "text" and folded.startswith(f"{fold(column.heading)} "))
        for column in (*TAKEN.columns, *BESIDE)
    )


def _with_own_titles(head: Line, grid: Grid, report: Report) -> Line:
    """The titles of the columns, those that people give otherwise being ours, told so; of a language that is written
    in words, its code."""
    columns = (*TAKEN.columns, *BESIDE)
    known = known_headings(columns, replace(grid, lines=[head]))
    ours = {fold(column.heading) for column in columns}
    cells = dict(head.cells)
    for number, cell in head.cells.items():
        title, language = heading(plain_text(cell))
        column = known.get(fold(title))
        if column is not None and (language or fold(title) not in ours):
            cells[number] = f"{column.heading} ({language})" if language else column.heading
            if fold(title) not in ours:
                report.notice(Place(grid.name, head.number, title), READ_AS, title=shown(column.heading))
    return Line(head.number, cells)


def _csv(data: bytes, report: Report) -> Grid:
    """A CSV file as a sheet: with commas, semicolons or tabs."""
    text = _decoded(data)
    first = 1
    told = _SEPARATOR.match(text)
    if told is not None:
        # A line that tells Excel how to read the others.
        text, first = text[told.end() :], 2
    head = "\n".join(text.split("\n", FIRST_ROWS)[:FIRST_ROWS])
    delimiter = told[1] if told is not None else max(";,\t", key=head.count)
    grid = Grid(RESOURCES.sheet)
    for number, row in enumerate(_records(text, delimiter), first):
        if row is None:
            report.refuse(Place(grid.name, number), _UNCLOSED)
            continue
        cells: dict[int, Cell] = {column: _GUARD.sub("", cell) for column, cell in enumerate(row, 1) if cell.strip()}
        if cells:
            grid.lines.append(Line(number, cells))
    return grid


def _records(text: str, delimiter: str) -> Iterator[list[str] | None]:
    """The rows of a CSV text, some of which go over several lines; None for a line that opens a quotation mark which
    nothing closes: those below it are rows of their own, not the rest of its cell."""
    lines, at = list(io.StringIO(text, newline="")), 0
    while at < len(lines):
        reader = csv.reader(lines[at : at + _MOST_LINES], delimiter=delimiter, strict=True)
        try:
            row = next(reader)
            at += reader.line_num
            yield row
        except csv.Error:
            yield _alone(lines[at], delimiter)
            at += 1


def _alone(line: str, delimiter: str) -> list[str] | None:
    """A line with a quotation mark at the wrong place, as most programs read it."""
    try:
        row = next(csv.reader([line.rstrip("\r\n") + "\n"], delimiter=delimiter))
    except csv.Error:
        raise Unreadable(N_("ce fichier n’est pas un CSV, malgré son nom")) from None
    return None if row and row[-1].endswith("\n") else row


def _decoded(data: bytes) -> str:
    """The text of a file in UTF-8, in UTF-16 (the « Unicode » of Excel) or as an old Windows writes it."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        text = data.decode("utf-16", errors="replace")
    elif b"\x00" in data[:4096]:
        raise Unreadable(N_("ce fichier n’est pas un CSV, malgré son nom"))
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    return UNSTORABLE.sub("", text)


def _columns(grid: Grid) -> dict[int, str]:
    return {number: fold(plain_text(title)) for number, title in grid.lines[0].cells.items()}


def _beside(grid: Grid) -> dict[int, dict[str, Any]]:
    """What stands beside the format, by line; those columns are taken out of the sheet, types written
    as the format does."""
    wanted = {fold(column.heading): column for column in BESIDE}
    found = {number: wanted[title] for number, title in _columns(grid).items() if title in wanted}
    ignored = {number for number, title in _columns(grid).items() if title in _ONLY_WRITTEN}
    kinds = {number for number, title in _columns(grid).items() if title == "type"}
    labels = _types_said()
    read: dict[int, dict[str, Any]] = {}
    head, *lines = grid.lines
    for line in lines:
        values: dict[str, Any] = {}
        for number, column in found.items():
            text = plain_text(line.cells.get(number, "")).strip()
            if column.kind == "ids":
                values[column.key] = list(dict.fromkeys(filter(None, map(str.strip, re.split(r"[;,\n]", text)))))
            else:
                values[column.key] = " ".join(text.split())
        read[line.number] = values
    gone = set(found) | ignored
    grid.lines = [
        Line(
            line.number,
            {
                number: labels.get(fold(plain_text(cell)), cell) if number in kinds and line is not head else cell
                for number, cell in line.cells.items()
                if number not in gone
            },
        )
        for line in grid.lines
    ]
    # A row that says nothing but what stands beside is told to be no resource.
    grid.lines = [line for line in grid.lines if line.cells or any(read.get(line.number, {}).values())]
    return read


def _types_said() -> dict[str, str]:
    """The types of the format by their labels on the pages, in every language."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with force_locale(language):
            found |= {fold(gettext(label)): key for key, label in RESOURCE_TYPE_NAMES.items()}
    return found


def _with_ids(grid: Grid, taken: set[str], report: Report) -> dict[int, str]:
    """Give an id to the rows that have none, from their title; the ids by line."""
    titles = _columns(grid)
    at = next((number for number, title in titles.items() if title == fold("Identifiant")), None)
    title_at = next((number for number, title in titles.items() if title.startswith(fold("Titre"))), None)
    if title_at is None and at is None:
        raise Unreadable(_NO_TITLE)
    head, *lines = grid.lines
    if at is None:
        at = max(head.cells) + 1
        head = Line(head.number, {**head.cells, at: "Identifiant"})
    ids: dict[int, str] = {}
    kept = [head]
    used = set(taken)
    for line in lines:
        slug = plain_text(line.cells.get(at, "")).strip()
        if not slug:
            slug = free_slug(plain_text(line.cells.get(title_at or 0, "")), used)
            line = Line(line.number, {**line.cells, at: slug})
        used.add(slug)
        ids[line.number] = slug
        kept.append(line)
    grid.lines = kept
    return ids


def _document(
    grid: Grid, document: Document | None, languages: Sequence[str], report: Report
) -> tuple[list[dict[str, Any]], list[tuple[Column, str, str]]]:
    """The entries of the rows that the format and the questionnaire accept, and the columns that were read, with their
    languages and titles; the report says why other rows, and some of their cells, are not."""
    around = document if document is not None else _nothing(languages)
    around = replace(around, languages=tuple(dict.fromkeys((*around.languages, *languages))), resources=())
    tables = {table.sheet: Records(table) for table in (*TABLES, TAKEN)}
    for written in tables_of(around, TABLES):
        if written.name != RESOURCES.sheet:
            tables[written.name].open(_as_grid(written), Report())
    tables[RESOURCES.sheet].open(grid, report)
    try:
        found = document_of(tables, list(around.languages), report)
    except InvalidDocument as invalid:
        report.problems += invalid.problems
        return [], []
    if found is None:
        return [], []
    columns = list(tables[RESOURCES.sheet].columns.values())
    return [dict(entry) for entry in dump_document(found).get("resources") or ()], columns  # type: ignore[attr-defined]


def _as_grid(written: Written) -> Grid:
    lines = [
        Line(number, {column: cell for column, cell in enumerate(row, 1) if cell is not None})
        for number, row in enumerate(written.rows, 1)
    ]
    return Grid(written.name, [line for line in lines if line.cells])


def _nothing(languages: Sequence[str]) -> Document:
    """A questionnaire that resources can stand beside, where the space has none yet."""
    question = {"id": "q", "type": "boolean", "title": "?"}
    return read_document(
        {
            "format": 1,
            "id": "vide",
            "title": "–",
            "languages": list(languages),
            "levels": [{"id": "un", "from": 0, "label": "–"}],
            "categories": [{"id": "c", "title": "–", "questions": [question]}],
        }
    )


# What an export adds for its reader, and an import passes over.
STATE: Final = Column("state", "Origine")
_ONLY_WRITTEN = frozenset({fold(STATE.heading)})


def sheet_of(
    lines: Sequence[Known], partners: Mapping[int, str], languages: Sequence[str], states: Mapping[str, str]
) -> tuple[list[str], list[list[Cell | None]]]:
    """The header and the rows of a file to take away: what an import reads, and where each resource comes from."""
    spread = [
        (column, language)
        for column in RESOURCES.columns
        for language in (languages if column.kind == "text" else ("",))
    ]
    header = [column.heading + (f" ({language})" if language else "") for column, language in spread]
    header += [column.heading for column in (*BESIDE, STATE)]
    rows = []
    for line in lines:
        cells = [cell_of(line.entry, column, language, languages[0]) for column, language in spread]
        partner = partners.get(line.partner_id or 0, "")
        rows.append([*cells, partner, line.note, " ; ".join(line.tags), states[line.resource.slug]])
    return header, rows
