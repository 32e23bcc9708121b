"""Workbooks as grids of cells: read without trust, written without surprise.

The reader takes what a cell holds and nothing else: no formula is computed, no link followed, no macro
run. Whatever is too large, or is no workbook, ends in :class:`Unreadable`.
"""

from __future__ import annotations

import io
import lzma
import re
import zipfile
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Context, Decimal, DecimalException
from pathlib import PurePosixPath
from posixpath import normpath
from typing import Any, Final, TypeAlias
from xml.etree import ElementTree

from assett.formats.reports import Place, Report, Unreadable
from assett.formats.telling import EMPTIED
from assett.kernel.text import N_, decimal_text, fold, shown

Cell: TypeAlias = str | bool | int | Decimal

LARGEST_FILE: Final = 20 * 1024 * 1024
LARGEST_UNPACKED: Final = 100 * 1024 * 1024
HIGHEST_RATIO: Final = 200
"""How many bytes may come out of one, for a part of more than :data:`_SUSPECT` bytes."""
MOST_PARTS: Final = 2_000
MOST_SHEETS: Final = 60
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 400
FIRST_ROWS: Final = 10
"""Rows among which the titles of columns are looked for: people write a name or an instruction above them."""
LONGEST_TEXT: Final = 32_767
"""Characters that a cell can hold."""

_SUSPECT: Final = 1024 * 1024
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_LONGEST_TITLE: Final = 60
_MOST_NAMED: Final = 10
_BELONGING: Final = {"categorie", "category", "theme", "question", "list name"}
"""The columns, folded, that say what a row belongs to."""
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
# A spreadsheet keeps 15 digits of a number and writes 17 of them; none of its numbers is beyond 1.8e308.
_FIFTEEN = Context(prec=15, Emin=-330, Emax=308)
_RETURN = re.compile(r"_x(000[dD]|005[fF])_")
_INDEX = re.compile(r"[0-9]{1,9}")
_TRUE: Final = ("1", "true")
# What spreadsheets show for an error, in English and in French, as the text that a formula gave.
_ERROR = re.compile(
    r"#(N/A|N/D|REF|VALUE|VALEUR|NAME|NOM|DIV/0|NUM|NOMBRE|NULL|NUL|SPILL|EPARS|PROPAGATION|CALC|FIELD)[!?]?"
    r"|Err ?:5[0-9]{2}"
)
_PASSWORD: Final = N_("ce classeur est protégé par un mot de passe, ou d’un format d’avant 2007 (.xls)")
_NO_WORKBOOK: Final = N_("ce fichier n’est pas un classeur XLSX, malgré son nom")
_OPEN: Final = N_("c’est un classeur OpenDocument (.ods) : dans votre tableur, enregistrez-le en .xlsx")
# What a broken archive makes zipfile raise: when its directory is read (a place beyond the file, a name that is no
# text) and when a part is unpacked (by the method that it claims: deflate, bzip2, lzma, one that nobody knows).
_UNOPENED = (zipfile.BadZipFile, ValueError, NotImplementedError)
_UNPACKED = (*_UNOPENED, zlib.error, lzma.LZMAError, OSError, EOFError, OverflowError)
# What broken XML makes expat raise, an unknown encoding included.
_UNPARSED = (ElementTree.ParseError, LookupError, ValueError)


class DayCell(str):
    """A date of a spreadsheet, as the format writes it: what somebody typed there, « 1-9 » perhaps, is not known."""

    __slots__ = ()

    @property
    def french(self) -> str:
        """As a spreadsheet shows it."""
        year, month, day = self[:10].split("-")
        return f"{day}/{month}/{year}"


class FaultCell(str):
    """A cell that a spreadsheet could not work out: as empty as a text can be, ``found`` being what it shows instead.
    It is not one that somebody emptied."""

    found = ""

    @classmethod
    def of(cls, found: str) -> FaultCell:
        """The cell of an error, « #N/A » for one."""
        cell = cls()
        cell.found = found
        return cell


@dataclass(frozen=True, slots=True)
class Line:
    """A row that holds something: its number (from 1), and its cells by column (from 1)."""

    number: int
    cells: Mapping[int, Cell]


@dataclass(slots=True)
class Grid:
    """A sheet that was read, and what of it a spreadsheet does not show."""

    name: str
    lines: list[Line] = field(default_factory=list)
    is_hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Written:
    """A sheet to be written: rows of equal length, the first one its header. ``widths`` are in characters, ``hidden``
    the columns (from 1) that are for the way back alone."""

    name: str
    rows: Sequence[Sequence[Cell | None]]
    widths: Sequence[int] = ()
    has_header: bool = True
    hidden: Collection[int] = ()


# Writing


def write_sheets(sheets: Sequence[Written]) -> bytes:
    """An XLSX file. Texts are never taken for formulas; raises :class:`Unreadable` for one too long for a cell."""
    # Heavy, and needed by conversions alone.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    # Before anything is written: a workbook that is abandoned half-way complains.
    bodies = [
        [
            [
                _escaped(value, Place(sheet.name, number, column_letters(column))) if isinstance(value, str) else value
                for column, value in enumerate(row, 1)
            ]
            for number, row in enumerate(sheet.rows, 1)
        ]
        for sheet in sheets
    ]
    book = Workbook(write_only=True)
    head = (Font(bold=True), PatternFill("solid", fgColor="E6EFE9"))
    wrapped = Alignment(wrap_text=True, vertical="top")
    for sheet, body in zip(sheets, bodies, strict=True):
        target = book.create_sheet(sheet.name)
        for index, width in enumerate(sheet.widths, 1):
            target.column_dimensions[get_column_letter(index)].width = width
            target.column_dimensions[get_column_letter(index)].hidden = index in sheet.hidden
        if sheet.has_header:
            target.freeze_panes = "A2"
        for number, row in enumerate(body, 1):
            cells: list[Any] = []
            for value in row:
                cell = WriteOnlyCell(target)
                if isinstance(value, str):
                    cell.value = value
                    # A text that starts with = or looks like an error stays a text.
                    cell.data_type = "s"
                else:
                    cell.value = value
                if number == 1 and sheet.has_header:
                    cell.font, cell.fill = head
                cell.alignment = wrapped
                cells.append(cell)
            target.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _escaped(text: str, place: Place) -> str:
    """A text as OOXML writes it (ST_Xstring): XML itself would turn a carriage return into a line feed."""
    escaped = re.sub(r"_x(?=[0-9a-fA-F]{4}_)", "_x005F_x", text).replace("\r", "_x000D_")
    if len(escaped) > LONGEST_TEXT:
        raise Unreadable(
            N_("ce texte a %(length)s caractères ; une cellule en tient %(most)s"),
            place,
            length=len(text),
            most=LONGEST_TEXT,
        )
    return escaped


# Reading


def read_sheets(data: bytes, report: Report) -> list[Grid]:
    """The sheets of an XLSX file, in order; raises :class:`Unreadable` for what is no honest workbook.

    A formula gives its last computed value; merged cells and links are told in ``report``, what is hidden is for those
    who read the sheet to tell.
    """
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Unreadable(_PASSWORD)
    if data[:4] != b"PK\x03\x04":
        raise Unreadable(_NO_WORKBOOK)
    return _Workbook(_opened(data), report).sheets()


def _damaged() -> Unreadable:
    """What is said of a workbook whose bytes make no sense; a fault of ours is never told so."""
    return Unreadable(N_("ce classeur est abîmé ; rouvrez-le dans un tableur et enregistrez-le de nouveau"))


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _UNOPENED:
        raise _damaged() from None
    _weigh(archive)
    return archive


def bounded(data: bytes) -> bytes:
    """The bytes of a workbook; raises :class:`Unreadable` for more than :data:`LARGEST_FILE`."""
    if len(data) > LARGEST_FILE:
        raise Unreadable(N_("ce fichier dépasse %(limit)s Mo"), limit=LARGEST_FILE // 1024**2)
    return data


def _weigh(archive: zipfile.ZipFile) -> None:
    """Refuse what would unpack to more than a workbook can be; nothing is unpacked for that."""
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    swollen = any(
        part.file_size > _SUSPECT and part.file_size > HIGHEST_RATIO * max(part.compress_size, 1) for part in parts
    )
    if len(parts) > MOST_PARTS or total > LARGEST_UNPACKED or swollen:
        raise Unreadable(N_("ce classeur est démesuré une fois décompressé ; il n’a pas été ouvert"))
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(_PASSWORD)
    if "mimetype" in archive.namelist() and "content.xml" in archive.namelist():
        raise Unreadable(_OPEN)
    if "xl/workbook.xml" not in archive.namelist():
        raise Unreadable(_NO_WORKBOOK)


def _local(tag: str) -> str:
    """The name of an element without its namespace, which has two spellings (transitional, strict)."""
    return tag.rpartition("}")[2]


def _attribute(element: ElementTree.Element, name: str) -> str:
    for key, value in element.attrib.items():
        if _local(key) == name:
            return value
    return ""


class _Workbook:
    """The parts of one workbook."""

    def __init__(self, archive: zipfile.ZipFile, report: Report) -> None:
        self.archive = archive
        self.report = report
        self.names = set(archive.namelist())
        self.strings = self._strings()
        self.date_styles = self._date_styles()
        self.from_1904 = False
        self.unmerged = 0

    def sheets(self) -> list[Grid]:
        root = self.root("xl/workbook.xml")
        targets = {
            _attribute(link, "Id"): _attribute(link, "Target") for link in self.root("xl/_rels/workbook.xml.rels")
        }
        if any(name.startswith("xl/externalLinks/") for name in self.names):
            self.report.notice(Place(), N_("ce classeur renvoie à d’autres fichiers : ces liens ne sont pas suivis"))
        self.from_1904 = any(
            _local(part.tag) == "workbookPr" and _attribute(part, "date1904") in ("1", "true") for part in root
        )
        found = [sheet for part in root if _local(part.tag) == "sheets" for sheet in part]
        if len(found) > MOST_SHEETS:
            raise Unreadable(N_("ce classeur a plus de %(most)s feuilles"), most=MOST_SHEETS)
        grids = []
        for sheet in found:
            name = _attribute(sheet, "name")
            # Only the relationship's own id leads to the part: a sheet has a number of its own beside it.
            link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
            target = targets.get(link, "")
            path = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            if "chartsheet" in path:
                continue
            grids.append(self._grid(name, path))
            self._tell_comments(name, path)
            grids[-1].is_hidden = _attribute(sheet, "state") in ("hidden", "veryHidden")
        return grids

    def _tell_comments(self, name: str, path: str) -> None:
        """Tell the comments that stand beside the cells of a sheet."""
        folder, _, part = path.rpartition("/")
        links = f"{folder}/_rels/{part}.rels"
        for link in self.root(links) if links in self.names else ():
            target = _attribute(link, "Target")
            there = target.lstrip("/") if target.startswith("/") else normpath(f"{folder}/{target}")
            if not _attribute(link, "Type").endswith("/comments") or there not in self.names:
                continue
            cells = [_attribute(each, "ref") for each in self._elements(there) if _local(each.tag) == "comment"]
            if cells:
                named = ", ".join(cells[:_MOST_NAMED]) + (", …" if len(cells) > _MOST_NAMED else "")
                self.report.notice(
                    Place(name), N_("les commentaires des cellules ne sont pas repris (%(cells)s)"), cells=named
                )

    def root(self, path: str) -> ElementTree.Element:
        """A small part, whole."""
        data = self._xml(path)
        try:
            return ElementTree.fromstring(data)  # noqa: S314
        except _UNPARSED:
            raise _damaged() from None

    def _xml(self, path: str) -> bytes:
        """A part, refused where it declares entities: no spreadsheet writes any."""
        if path not in self.names:
            raise _damaged()
        try:
            data = self.archive.read(path)
        except _UNPACKED:
            raise _damaged() from None
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise _damaged()
        return data

    def _elements(self, path: str) -> Iterator[ElementTree.Element]:
        """Every element of a large part, once it is closed; what is done with it is not watched over here."""
        found = ElementTree.iterparse(io.BytesIO(self._xml(path)))  # noqa: S314
        while True:
            try:
                _, element = next(found)
            except StopIteration:
                return
            except _UNPARSED:
                raise _damaged() from None
            yield element

    def _strings(self) -> list[str]:
        strings: list[str] = []
        if "xl/sharedStrings.xml" in self.names:
            for element in self._elements("xl/sharedStrings.xml"):
                if _local(element.tag) == "si":
                    strings.append(_text(element))
                    element.clear()
        return strings

    def _date_styles(self) -> set[int]:
        """The cell styles that show a number as a date."""
        if "xl/styles.xml" not in self.names:
            return set()
        root = self.root("xl/styles.xml")
        own = {
            _attribute(part, "numFmtId"): _attribute(part, "formatCode")
            for part in root.iter()
            if _local(part.tag) == "numFmt"
        }
        dates: set[int] = set()
        for table in root:
            if _local(table.tag) != "cellXfs":
                continue
            for index, style in enumerate(table):
                number = _attribute(style, "numFmtId") or "0"
                code = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", own.get(number, "")).lower()
                if 14 <= _index(number) <= 22 or ("y" in code and "d" in code) or "aa" in code:
                    dates.add(index)
        return dates

    def _grid(self, name: str, path: str) -> Grid:
        grid = Grid(name)
        number = 0
        titles: Mapping[int, str] = {}
        for element in self._elements(path):
            match _local(element.tag):
                case "row":
                    number = _index(_attribute(element, "r") or str(number + 1))
                    if len(grid.lines) < FIRST_ROWS:
                        titles = _titles(grid)
                    cells = self._cells(element, Place(name, number), titles)
                    if cells and _attribute(element, "hidden") in _TRUE:
                        grid.hidden_rows.add(number)
                    element.clear()
                    if cells:
                        grid.lines.append(Line(number, cells))
                        if len(grid.lines) > MOST_ROWS:
                            raise Unreadable(N_("cette feuille a plus de %(most)s lignes"), Place(name), most=MOST_ROWS)
                case "col" if _attribute(element, "hidden") in _TRUE:
                    low, high = (_index(_attribute(element, end) or "0") for end in ("min", "max"))
                    grid.hidden_columns |= set(range(low, min(high, MOST_COLUMNS) + 1))
                case "mergeCell":
                    self._merged(grid, _attribute(element, "ref"))
        return grid

    def _merged(self, grid: Grid, reference: str) -> None:
        """Give the value of merged cells to each of their rows where it says what these belong to: a category is
        written once beside its questions. No other value is repeated."""
        template = N_("les cellules %(range)s sont fusionnées : seule la première a une valeur")
        corners = _RANGE.fullmatch(reference)
        if corners is not None and self.unmerged < MOST_ROWS and grid.lines:
            column, first, last = _column(corners.group(1)), int(corners.group(2)), int(corners.group(4))
            low = bisect_left(grid.lines, first, key=lambda line: line.number)
            high = bisect_right(grid.lines, last, key=lambda line: line.number)
            value = grid.lines[low].cells.get(column) if low < high and grid.lines[low].number == first else None
            header = _header(grid)
            belongs = fold(str(grid.lines[header].cells.get(column, ""))) in _BELONGING
            if belongs and value is not None and low > header and high - low > 1:
                template = N_(
                    "les cellules %(range)s sont fusionnées : leur valeur est prise pour chacune de leurs lignes"
                )
                self.unmerged += high - low
                for at in range(low + 1, high):
                    line = grid.lines[at]
                    grid.lines[at] = Line(line.number, {column: value, **line.cells})
        self.report.notice(Place(grid.name), template, range=shown(reference))

    def _cells(self, row: ElementTree.Element, place: Place, titles: Mapping[int, str]) -> dict[int, Cell]:
        cells: dict[int, Cell] = {}
        column = 0
        for element in row:
            if _local(element.tag) != "c":
                continue
            letters = _REFERENCE.fullmatch(_attribute(element, "r"))
            column = _column(letters.group(1)) if letters else column + 1
            there = Place(place.sheet, place.row, titles.get(column) or column_letters(column))
            value = self._value(element, there)
            if isinstance(value, FaultCell):
                self.report.notice(there, EMPTIED, found=shown(value.found))
            elif value is None or value == "":
                continue
            if column > MOST_COLUMNS:
                raise Unreadable(N_("cette feuille a plus de %(most)s colonnes"), place, most=MOST_COLUMNS)
            cells[column] = value
        return cells

    def _value(self, cell: ElementTree.Element, place: Place) -> Cell | None:
        parts = {_local(part.tag): part for part in cell}
        written = parts["v"].text or "" if "v" in parts else ""
        if "f" in parts:
            if not written:
                self.report.notice(
                    place, N_("cette formule n’a pas de valeur enregistrée : la cellule est prise pour vide")
                )
                return None
            self.report.notice(place, N_("c’est une formule : sa dernière valeur est prise"))
        match _attribute(cell, "t"):
            case "inlineStr":
                return _text(parts["is"]) if "is" in parts else None
            case "s":
                return self._string(written) if written else None
            case "b":
                return written in ("1", "true")
            case "e":
                return FaultCell.of(written)
            case "str":
                return FaultCell.of(written) if _ERROR.fullmatch(written) else _unescaped(written)
            case "d":
                return written[:10]
        if not written:
            return None
        number = _decimal(written)
        if _index(_attribute(cell, "s") or "0") in self.date_styles:
            return self._day(number)
        return int(number) if abs(number) < 10**15 and number == int(number) else number

    def _string(self, index: str) -> str:
        place = _index(index)
        if place >= len(self.strings):
            raise _damaged()
        return self.strings[place]

    def _day(self, serial: Decimal) -> str:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

        try:
            read = from_excel(float(serial), CALENDAR_MAC_1904 if self.from_1904 else CALENDAR_WINDOWS_1900)
        except (OverflowError, ValueError):
            # No calendar goes that far: the number is what there is to show.
            return decimal_text(serial)
        if isinstance(read, datetime):
            return DayCell(read.date().isoformat() if read.time() == time() else read.isoformat(" "))
        return decimal_text(serial)


def _header(grid: Grid) -> int:
    """Which of the first rows has the most words: the titles, whatever is written above them."""
    return max(
        range(min(len(grid.lines), FIRST_ROWS)),
        key=lambda at: (sum(isinstance(cell, str) for cell in grid.lines[at].cells.values()), -at),
    )


def _titles(grid: Grid) -> dict[int, str]:
    """The titles of the columns of a sheet whose header was read: they are how the rest of a report names them."""
    header = grid.lines[_header(grid)].cells if grid.lines else {}
    return {column: cell for column, cell in header.items() if isinstance(cell, str) and len(cell) <= _LONGEST_TITLE}


def _index(text: str) -> int:
    """A whole number as the parts of a workbook refer to one another by."""
    if not _INDEX.fullmatch(text):
        raise _damaged()
    return int(text)


def _decimal(text: str) -> Decimal:
    try:
        number = _FIFTEEN.create_decimal(text)
    except DecimalException:
        raise _damaged() from None
    if not number.is_finite():
        raise _damaged()
    return number


def _text(element: ElementTree.Element) -> str:
    """The text of a string, of all its runs; what is said of its pronunciation is left out."""
    text = ""
    for part in element:
        match _local(part.tag):
            case "t":
                text += part.text or ""
            case "r":
                text += "".join(run.text or "" for run in part if _local(run.tag) == "t")
    return _unescaped(text)


def _unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    return _RETURN.sub(lambda found: "\r" if found.group(1).upper() == "000D" else "_", text)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(column: int) -> str:
    """The letters by which a spreadsheet names a column."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
