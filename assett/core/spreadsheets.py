"""Spreadsheets to download: XLSX and CSV that open well in a French office suite, and run nothing there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from flask import Response

from assett.core.i18n import PARIS, decimal_mark
from assett.kernel.text import UNSTORABLE

Cell: TypeAlias = str | int | Decimal | date | datetime | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST = 32_767  # characters in a cell of a workbook


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its header; `rows` may be a generator, written as it goes."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula (OWASP, « CSV injection »), free of what it cannot hold."""
    text = UNSTORABLE.sub("", text)[: _LONGEST - 1]
    return f"'{text}" if text.startswith(_FORMULA) else text


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """An XLSX file; headers are bold and stay in sight, dates and numbers are real ones."""
    # Heavy, and needed by downloads alone.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for sheet in sheets:
        target = book.create_sheet(sheet.title[:31])
        target.freeze_panes = "B2"
        for index, title in enumerate(sheet.header, 1):
            target.column_dimensions[get_column_letter(index)].width = 34 if index == 1 else max(14, len(title) + 3)
        heads = []
        for title in sheet.header:
            head = WriteOnlyCell(target, value=harmless(title))
            head.font = Font(bold=True)
            heads.append(head)
        target.append(heads)
        rows = 1
        for row in sheet.rows:
            rows += 1
            cells: list[Any] = []
            for value in row:
                if isinstance(value, date):
                    cell = WriteOnlyCell(target)
                    cell.value = _day(value)
                    cell.number_format = "DD/MM/YYYY"
                    cells.append(cell)
                else:
                    cells.append(harmless(value) if isinstance(value, str) else value)
            target.append(cells)
        target.auto_filter.ref = f"A1:{get_column_letter(len(sheet.header))}{rows}"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def csv_file(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file as spreadsheets of the page's language read it: UTF-8 with its mark, ISO dates; semicolons and
    decimal commas in French, commas and decimal points in English."""
    mark = decimal_mark()
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if mark == "," else ",", lineterminator="\r\n")
    writer.writerow([harmless(title) for title in header])
    for row in rows:
        writer.writerow([_written(value, mark) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _written(value: Cell, mark: str) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return _day(value).isoformat()
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", mark)
    return harmless(value) if isinstance(value, str) else str(value)


def _day(value: date) -> date:
    return value.astimezone(PARIS).date() if isinstance(value, datetime) else value


def download(content: bytes, filename: str, mimetype: str) -> Response:
    """A file to be saved under that name (plain letters: a slug, a date, an extension)."""
    response = Response(content, content_type=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
