"""Resources from a spreadsheet: read without trust, reported row by row, written only once somebody has agreed.

The sheet is that of a questionnaire's workbook (`questionnaires.layout.RESOURCES`), with the partner, the contact and
the labels beside it. A row without an id gets one from its title; each row stands or falls alone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from assett.engine.document import Document
from assett.engine.reading import read_document
from assett.engine.writing import dump_document
from assett.kernel.errors import InvalidDocument
from assett.kernel.text import N_, fold
from assett.questionnaires.layout import README, RESOURCES, TABLES, Column
from assett.questionnaires.reports import Place, Remark, Report, Unreadable
from assett.questionnaires.sheets import Cell, Grid, Line, Written, read_sheets
from assett.questionnaires.workbook import Records, cell_of, document_of, plain_text, tables_of
from assett.resources.duplicates import like
from assett.resources.queries import Line as Known
from assett.resources.service import Imported, free_slug, title_of

MOST_ROWS: Final = 1_000
# Beside the format, in the same sheet.
BESIDE: Final = (
    Column("partner", "Partenaire", width=24),
    Column("contact", "Contact", width=30),
    Column("tags", "Étiquettes", "ids", width=24),
)
_FRENCH_DAY = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})")
_GUARD = re.compile(r"'(?=[=+\-@])")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was understood: its line in the file, what it becomes, and whether it should be looked at twice."""

    number: int
    row: Imported
    title: str
    replaces: bool = False
    like: str | None = None


@dataclass(slots=True)
class Reading:
    """What a file says; `rows` are those that can be taken."""

    rows: list[Row] = field(default_factory=list)
    notices: list[Remark] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)


def read(data: bytes, name: str, document: Document | None, languages: Sequence[str], base: Sequence[Known]) -> Reading:
    """The resources of an XLSX or CSV file, against the questionnaire in service and the base as it stands.

    Raises `Unreadable` where nothing can be taken of it.
    """
    report = Report()
    grid = _csv(data) if name.lower().endswith((".csv", ".txt")) else _sheet(read_sheets(data, report))
    if not grid.lines:
        raise Unreadable(N_("ce fichier n’a aucune ligne remplie"))
    if len(grid.lines) > MOST_ROWS + 1:
        raise Unreadable(N_("ce fichier a plus de %(most)s lignes"), most=MOST_ROWS)
    beside = _beside(grid)
    ids = _with_ids(grid, {line.resource.slug for line in base}, report)
    found = _document(grid, document, languages, report)
    reading = Reading(notices=list(report.notices), refused=list(report.refused))
    for problem in report.problems:
        reading.refused.append(problem if isinstance(problem, Remark) else Remark(Place(), str(problem)))
    by_id = {str(entry["id"]): entry for entry in found}
    for number, slug in ids.items():
        entry = by_id.pop(slug, None)
        if entry is not None:
            _judge(reading, Place(grid.name, number), entry, beside.get(number, {}), base)
    return reading


def _judge(
    reading: Reading, place: Place, entry: Mapping[str, Any], beside: Mapping[str, Any], base: Sequence[Known]
) -> None:
    """Take a row, unless the nation has it already; say where it looks like another."""
    known = {line.resource.slug: line for line in base}
    slug = str(entry["id"])
    same = known.get(slug)
    if same is not None and same.resource.national:
        reading.notices.append(
            Remark(place, N_("« %(id)s » est une ressource nationale : adaptez-la depuis la liste"), {"id": slug})
        )
        return
    others = {
        line.resource.slug: (str(line.entry.get("url", "")), title_of(line.entry))
        for line in base
        if line.resource.slug != slug and line.resource.archived_at is None
    }
    near = like(str(entry.get("url", "")), title_of(entry), others)
    row = Imported(entry, beside.get("partner", ""), beside.get("contact", ""), beside.get("tags", ()))
    reading.rows.append(
        Row(place.row, row, title_of(entry), same is not None, others[near][1] if near is not None else None)
    )


def _sheet(grids: Sequence[Grid]) -> Grid:
    """The sheet « Ressources », else the first one with something in it."""
    filled = [grid for grid in grids if grid.lines and fold(grid.name) != fold(README)]
    named = [grid for grid in filled if fold(grid.name) == fold(RESOURCES.sheet)]
    if not filled:
        raise Unreadable(N_("ce fichier n’a aucune ligne remplie"))
    return (named or filled)[0]


def _csv(data: bytes) -> Grid:
    """A CSV file as a sheet: with commas, semicolons or tabs, in UTF-8 or as an old Windows writes it."""
    if b"\x00" in data[:4096]:
        raise Unreadable(N_("ce fichier n’est pas un CSV, malgré son nom"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise Unreadable(N_("ce fichier n’est pas un CSV, malgré son nom")) from None
    grid = Grid(RESOURCES.sheet)
    for number, row in enumerate(rows, 1):
        cells: dict[int, Cell] = {column: _GUARD.sub("", cell) for column, cell in enumerate(row, 1) if cell.strip()}
        if cells:
            grid.lines.append(Line(number, cells))
    return grid


def _columns(grid: Grid) -> dict[int, str]:
    return {number: fold(plain_text(title)) for number, title in grid.lines[0].cells.items()}


def _beside(grid: Grid) -> dict[int, dict[str, Any]]:
    """What stands beside the format, by line; those columns are taken out of the sheet, and days written as ISO."""
    wanted = {fold(column.heading): column for column in BESIDE}
    found = {number: wanted[title] for number, title in _columns(grid).items() if title in wanted}
    ignored = {number for number, title in _columns(grid).items() if title in _ONLY_WRITTEN}
    days = {number for number, title in _columns(grid).items() if title in {"du", "au"}}
    read: dict[int, dict[str, Any]] = {}
    head, *lines = grid.lines
    for line in lines:
        values: dict[str, Any] = {}
        for number, column in found.items():
            text = plain_text(line.cells.get(number, "")).strip()
            if column.kind == "ids":
                values[column.key] = [word.strip()[:40] for word in re.split(r"[;,\n]", text) if word.strip()][:20]
            else:
                values[column.key] = " ".join(text.split())[:200]
        read[line.number] = values
    gone = set(found) | ignored
    grid.lines = [
        Line(
            line.number,
            {
                number: _day(cell) if number in days and line is not head else cell
                for number, cell in line.cells.items()
                if number not in gone
            },
        )
        for line in grid.lines
    ]
    grid.lines = [line for line in grid.lines if line.cells]
    return read


def _day(cell: Cell) -> Cell:
    """« 31/12/2026 » as the format writes it; anything else stays, to be judged."""
    match = _FRENCH_DAY.fullmatch(plain_text(cell).strip())
    if match is None:
        return cell
    day, month, year = map(int, match.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return cell


def _with_ids(grid: Grid, taken: set[str], report: Report) -> dict[int, str]:
    """Give an id to the rows that have none, from their title; the ids by line."""
    titles = _columns(grid)
    at = next((number for number, title in titles.items() if title == fold("Identifiant")), None)
    title_at = next((number for number, title in titles.items() if title.startswith(fold("Titre"))), None)
    if title_at is None:
        raise Unreadable(N_("il n’y a pas de colonne « Titre » : ce fichier n’est pas une liste de ressources"))
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
            slug = free_slug(plain_text(line.cells.get(title_at, "")), used)
            line = Line(line.number, {**line.cells, at: slug})
        used.add(slug)
        ids[line.number] = slug
        kept.append(line)
    grid.lines = kept
    return ids


def _document(grid: Grid, document: Document | None, languages: Sequence[str], report: Report) -> list[dict[str, Any]]:
    """The entries of the rows that the format and the questionnaire accept; the report says why others are not."""
    around = document if document is not None else _nothing(languages)
    around = replace(around, languages=tuple(dict.fromkeys((*around.languages, *languages))), resources=())
    tables = {table.sheet: Records(table) for table in TABLES}
    for written in tables_of(around, TABLES):
        if written.name != RESOURCES.sheet:
            tables[written.name].open(_as_grid(written), Report())
    tables[RESOURCES.sheet].open(grid, report)
    try:
        found = document_of(tables, list(around.languages), report)
    except InvalidDocument as invalid:
        report.problems += invalid.problems
        return []
    if found is None:
        return []
    return [dict(entry) for entry in dump_document(found).get("resources") or ()]  # type: ignore[attr-defined]


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
