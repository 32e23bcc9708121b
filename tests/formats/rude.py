"""Workbooks as people and attackers make them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from assett.core.settings import ROOT
from assett.formats.files import open_document
from assett.formats.spreading import write_workbook

EVERYTHING = ROOT / "tests/engine/golden/everything.yaml"


def edited(edit: Callable[[Workbook], object], file: Path = EVERYTHING) -> bytes:
    """Our workbook of a questionnaire, changed as somebody would in a spreadsheet."""
    book = load_workbook(io.BytesIO(write_workbook(open_document(file))))
    edit(book)
    return saved(book)


def saved(book: Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def cell(sheet: Worksheet, row: str, column: str):
    """The cell of a row told by its « Identifiant » and a column told by its heading."""
    heads = [each.value for each in sheet[1]]
    ids = {each.value: each.row for each in sheet[chr(ord("A") + heads.index("Identifiant"))]}
    return sheet.cell(ids[row], heads.index(column) + 1)


def repacked(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one part changed, or added."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), part}:
            body = old.read(name) if name in old.namelist() else b""
            new.writestr(name, change(body) if name == part else body)
    return content.getvalue()


def many_rows(count: int) -> bytes:
    """A workbook whose first sheet has very many rows."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, count + 1))
    sheet = re.compile(rb"<sheetData>.*</sheetData>|<sheetData ?/>", re.DOTALL)
    return repacked(
        saved(Workbook()),
        "xl/worksheets/sheet1.xml",
        lambda body: sheet.sub(f"<sheetData>{rows}</sheetData>".encode(), body),
    )
