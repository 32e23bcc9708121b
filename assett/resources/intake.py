"""Resources from a spreadsheet: read without trust, reported row by row, written only once somebody has agreed.

The sheet is that of a questionnaire's workbook (`questionnaires.layout.RESOURCES`), with the partner, the contact and
the labels beside it. A row without an id gets one from its title; each row stands or falls alone.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from flask_babel import force_locale, gettext

from assett.core.db import dump_json
from assett.core.i18n import LANGUAGES
from assett.engine.document import Document
from assett.engine.reading import read_document
from assett.engine.writing import dump_document
from assett.formats.layout import README, RESOURCES, TABLES, Column
from assett.formats.records import Records, plain_text
from assett.formats.reports import Place, Remark, Report, Unreadable
from assett.formats.sheets import Cell, Grid, Line, Written, read_sheets
from assett.formats.workbook import cell_of, document_of, tables_of
from assett.kernel.errors import InvalidDocument
from assett.kernel.text import N_, UNSTORABLE, fold
from assett.resources.checking import address_typed, too_long
from assett.resources.duplicates import Likenesses
from assett.resources.models import TYPE_LABELS
from assett.resources.queries import Line as Known
from assett.resources.taking import Imported, digest_of
from assett.resources.words import free_slug, title_of

MOST_ROWS: Final = 1_000
# Beside the format, in the same sheet.
BESIDE: Final = (
    Column("partner", "Partenaire", width=24),
    Column("contact", "Contact", width=30),
    Column("tags", "Étiquettes", "ids", width=24),
)
_FRENCH_DAY = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})")
_SEPARATOR = re.compile(r"sep=([;,\t|])[^\n]*\n", re.I)
_GUARD = re.compile(r"'(?=[=+\-@])")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was understood: its line in the file, what it becomes, and whether it should be looked at twice.

    `changes` are (heading, before, after) of the resource that it `replaces`: what the file has no column for stays.
    """

    number: int
    row: Imported
    title: str
    replaces: bool = False
    like: str | None = None
    changes: Sequence[tuple[str, str, str]] = ()
    archived: bool = False

    @property
    def ticked(self) -> bool:
        """Whether it is taken unless one says otherwise."""
        return self.like is None and (not self.replaces or bool(self.changes))


@dataclass(slots=True)
class Reading:
    """What a file says; `rows` are those that can be taken."""

    rows: list[Row] = field(default_factory=list)
    notices: list[Remark] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)


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
    grid = _csv(data) if name.lower().endswith((".csv", ".txt")) else _sheet(read_sheets(data, report))
    if not grid.lines:
        raise Unreadable(N_("ce fichier n’a aucune ligne remplie"))
    if len(grid.lines) > MOST_ROWS + 1:
        raise Unreadable(N_("ce fichier a plus de %(most)s lignes"), most=MOST_ROWS)
    beside = _beside(grid)
    known = {line.resource.slug: line for line in base}
    ids = _with_ids(grid, set(known), report)
    default = (document.languages if document is not None else languages)[0]
    _complete(grid, ids, known, default)
    found, columns = _document(grid, document, languages, report)
    reading = Reading(notices=list(report.notices), refused=list(report.refused))
    for problem in report.problems:
        said = problem if isinstance(problem, Remark) else Remark(Place(), problem.template, problem.params)
        reading.refused.append(said)
    by_id = {str(entry["id"]): entry for entry in found}
    judge = _Judge(reading, known, partners, columns, default)
    for number, slug in ids.items():
        entry = by_id.pop(slug, None)
        if entry is not None:
            judge.weigh(Place(grid.name, number), entry, beside.get(number, {}))
    return reading


class _Judge:
    """Takes rows one after the other, unless the nation has them already; says where one looks like another."""

    def __init__(
        self,
        reading: Reading,
        known: Mapping[str, Known],
        partners: Mapping[int, str],
        columns: Sequence[tuple[Column, str]],
        default: str,
    ) -> None:
        self.reading, self.known, self.partners = reading, known, partners
        self.columns, self.default = columns, default
        self.others: Likenesses[str] = Likenesses(
            {
                slug: (str(line.entry.get("url", "")), title_of(line.entry))
                for slug, line in known.items()
                if line.resource.archived_at is None
            }
        )
        self.titles = {slug: title_of(line.entry) for slug, line in known.items()}
        self.said: dict[str, int] = {}

    def weigh(self, place: Place, entry: Mapping[str, Any], beside: Mapping[str, Any]) -> None:
        slug = str(entry["id"])
        same = self.known.get(slug)
        if same is not None and same.resource.national:
            template = N_("« %(id)s » est une ressource nationale : adaptez-la depuis la liste")
            self.reading.notices.append(Remark(place, template, {"id": slug}))
            return
        if same is not None:
            entry = _over(same.entry, entry, self.columns, self.default)
        if self._refused(place, {**entry, **beside}) or self._repeated(place, entry, beside):
            return
        url, title = str(entry.get("url", "")), title_of(entry)
        near = self.others.like(url, title) if same is None else None
        row = Imported(
            entry,
            beside.get("partner"),
            beside.get("contact"),
            beside.get("tags"),
            digest_of(same.resource) if same is not None else "",
        )
        self.reading.rows.append(
            Row(
                place.row,
                row,
                title,
                same is not None,
                self.titles[near] if near is not None else None,
                self._changes(same, entry, beside) if same is not None else (),
                same is not None and same.resource.archived_at is not None,
            )
        )
        if same is None:
            self.others.add(slug, url, title)
            self.titles[slug] = title

    def _refused(self, place: Place, given: Mapping[str, Any]) -> bool:
        headings = {column.key: column.heading for column in (*RESOURCES.columns, *BESIDE)}
        problems = too_long({key: value for key, value in given.items() if value is not None})
        for each in problems:
            where = Place(place.sheet, place.row, headings[each.path])
            self.reading.refused.append(Remark(where, each.template, each.params))
        return bool(problems)

    def _repeated(self, place: Place, entry: Mapping[str, Any], beside: Mapping[str, Any]) -> bool:
        """Whether a line above says the very same, under whatever id."""
        told = dump_json([{key: value for key, value in entry.items() if key != "id"}, dict(beside)])
        first = self.said.setdefault(told, place.row)
        if first == place.row:
            return False
        template = N_("elle dit la même chose que la ligne %(row)s : elle est laissée de côté")
        self.reading.notices.append(Remark(place, template, {"row": first}))
        return True

    def _changes(self, line: Known, entry: Mapping[str, Any], beside: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        """What the row changes of the resource that it replaces: heading, before, after."""
        found = []
        for column, language in self.columns:
            before, after = (
                str(cell_of(each, column, language or self.default, self.default) or "") for each in (line.entry, entry)
            )
            found.append((column.heading + (f" ({language})" if language else ""), before, after))
        now = {
            "partner": self.partners.get(line.partner_id or 0, ""),
            "contact": line.note,
            "tags": ", ".join(line.tags),
        }
        for column in BESIDE:
            if column.key in beside:
                given = beside[column.key]
                found.append((column.heading, now[column.key], given if isinstance(given, str) else ", ".join(given)))
        return [each for each in found if each[1] != each[2]]


def _over(
    known: Mapping[str, Any], given: Mapping[str, Any], columns: Sequence[tuple[Column, str]], default: str
) -> dict[str, Any]:
    """A resource as a row of a file says it, what the file has no column for as it was."""
    entry: dict[str, Any] = {"id": given["id"]}
    for column in RESOURCES.columns[1:]:
        key = column.key
        spoken = [language or default for each, language in columns if each.key == key]
        old, new = known.get(key), given.get(key)
        if column.kind == "text":
            value = _texts(old, default) | dict.fromkeys(spoken, "")
            value |= {language: text for language, text in _texts(new, default).items() if language in spoken}
            texts = {language: text for language, text in value.items() if text}
            entry[key] = texts[default] if set(texts) == {default} and not isinstance(old, Mapping) else texts
        else:
            # Read back from its cell, the same thing may be written otherwise (an ordinary priority).
            same = not spoken or (new or 50 if key == "priority" else new) == old
            same = same or cell_of(known, column, "", default) == cell_of(given, column, "", default)
            entry[key] = old if same else new
    return {key: value for key, value in entry.items() if value not in (None, {}, [])}


def _texts(text: Any, default: str) -> dict[str, str]:
    return dict(text) if isinstance(text, Mapping) else {default: str(text)} if text else {}


def _complete(grid: Grid, ids: Mapping[int, str], known: Mapping[str, Known], default: str) -> None:
    """Give the rows that change a resource the columns that no resource goes without, where the file has them not."""
    there = {re.split(r"\s*\(", plain_text(title))[0] for title in grid.lines[0].cells.values()}
    folded = {fold(title) for title in there}
    head, *lines = grid.lines
    for column in RESOURCES.columns:
        if column.key not in ("title", "url", "type") or fold(column.heading) in folded:
            continue
        number = max(head.cells) + 1
        head = Line(head.number, {**head.cells, number: column.heading})
        for place, line in enumerate(lines):
            own = known.get(ids.get(line.number, ""))
            cell = cell_of(own.entry, column, default, default) if own is not None else None
            if cell is not None:
                lines[place] = Line(line.number, {**line.cells, number: cell})
    grid.lines = [head, *lines]


def _sheet(grids: Sequence[Grid]) -> Grid:
    """The sheet « Ressources », else the first one with something in it."""
    filled = [grid for grid in grids if grid.lines and fold(grid.name) != fold(README)]
    named = [grid for grid in filled if fold(grid.name) == fold(RESOURCES.sheet)]
    if not filled:
        raise Unreadable(N_("ce fichier n’a aucune ligne remplie"))
    return (named or filled)[0]


def _csv(data: bytes) -> Grid:
    """A CSV file as a sheet: with commas, semicolons or tabs."""
    text = _decoded(data)
    first = 1
    told = _SEPARATOR.match(text)
    if told is not None:
        # A line that tells Excel how to read the others.
        text, first = text[told.end() :], 2
    head = text.partition("\n")[0]
    delimiter = told[1] if told is not None else max(";,\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise Unreadable(N_("ce fichier n’est pas un CSV, malgré son nom")) from None
    grid = Grid(RESOURCES.sheet)
    for number, row in enumerate(rows, first):
        cells: dict[int, Cell] = {column: _GUARD.sub("", cell) for column, cell in enumerate(row, 1) if cell.strip()}
        if cells:
            grid.lines.append(Line(number, cells))
    return grid


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
    """What stands beside the format, by line; those columns are taken out of the sheet, days, types and addresses
    written as the format does."""
    wanted = {fold(column.heading): column for column in BESIDE}
    found = {number: wanted[title] for number, title in _columns(grid).items() if title in wanted}
    ignored = {number for number, title in _columns(grid).items() if title in _ONLY_WRITTEN}
    days = {number for number, title in _columns(grid).items() if title in {"du", "au"}}
    kinds = {number for number, title in _columns(grid).items() if title == "type"}
    addresses = {number for number, title in _columns(grid).items() if title == "adresse"}
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
                number: _day(cell)
                if number in days and line is not head
                else labels.get(fold(plain_text(cell)), cell)
                if number in kinds and line is not head
                else address_typed(plain_text(cell).strip())
                if number in addresses and line is not head
                else cell
                for number, cell in line.cells.items()
                if number not in gone
            },
        )
        for line in grid.lines
    ]
    grid.lines = [line for line in grid.lines if line.cells]
    return read


def _types_said() -> dict[str, str]:
    """The types of the format by their labels on the pages, in every language."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with force_locale(language):
            found |= {fold(gettext(label)): key for key, label in TYPE_LABELS.items()}
    return found


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
    if title_at is None and at is None:
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
            slug = free_slug(plain_text(line.cells.get(title_at or 0, "")), used)
            line = Line(line.number, {**line.cells, at: slug})
        used.add(slug)
        ids[line.number] = slug
        kept.append(line)
    grid.lines = kept
    return ids


def _document(
    grid: Grid, document: Document | None, languages: Sequence[str], report: Report
) -> tuple[list[dict[str, Any]], list[tuple[Column, str]]]:
    """The entries of the rows that the format and the questionnaire accept, and the columns that were read with their
    languages; the report says why other rows are not."""
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
        return [], []
    if found is None:
        return [], []
    columns = [(column, language) for column, language, _ in tables[RESOURCES.sheet].columns.values()]
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
