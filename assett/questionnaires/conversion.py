"""A questionnaire from one kind of file to another, with a report of what became of each row."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, TypeAlias

from assett.engine.document import Document
from assett.engine.writing import dump_document
from assett.kernel.errors import InvalidDocument
from assett.kernel.text import N_
from assett.questionnaires.files import open_document
from assett.questionnaires.reports import Place, Report, Unreadable
from assett.questionnaires.sheets import bounded, read_sheets
from assett.questionnaires.workbook import read_tables, write_workbook
from assett.questionnaires.writing import json_text, yaml_text
from assett.questionnaires.xlsform import is_xlsform, read_xlsform
from assett.questionnaires.xlsform_writing import write_xlsform

Format: TypeAlias = Literal["yaml", "json", "xlsx", "xlsform"]
FORMATS: Final[tuple[Format, ...]] = ("yaml", "json", "xlsx", "xlsform")
_BY_SUFFIX: Final[dict[str, Format]] = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
}


def format_of(path: Path) -> Format | None:
    """The format that a file's name tells; an XLSForm has the name of any workbook."""
    return _BY_SUFFIX.get(path.suffix.lower())


def read(path: Path, source: Format | None, report: Report) -> Document | None:
    """Read a questionnaire; ``None`` where ``report.problems`` say why there is none.

    Without a ``source`` the name decides, and for a workbook its sheets. Raises ``OSError`` where the file
    cannot be opened.
    """
    known = source or format_of(path) or "yaml"
    try:
        return _read_tree(path, report) if known in ("yaml", "json") else _read_workbook(path, source, report)
    except InvalidDocument as invalid:
        report.problems += invalid.problems
    except Unreadable as unreadable:
        report.problems.append(unreadable.remark)
    return None


def _read_tree(path: Path, report: Report) -> Document:
    document = open_document(path)
    if path.suffix.lower() != ".json" and any(
        line.lstrip().startswith("#") for line in path.read_text(encoding="utf-8-sig").splitlines()
    ):
        report.notice(Place(), N_("les lignes qui commencent par # ne sont pas reprises"))
    report.understood.update(
        {
            N_("Catégories"): len(document.categories),
            N_("Questions"): len(document.questions),
            N_("Ressources"): len(document.resources),
        }
    )
    return document


def _read_workbook(path: Path, source: Format | None, report: Report) -> Document | None:
    with path.open("rb") as stream:
        grids = read_sheets(bounded(stream), report)
    if source == "xlsform" or (source is None and is_xlsform(grids)):
        return read_xlsform(grids, report)
    return read_tables(grids, report)


def write(document: Document, target: Format) -> bytes:
    """A questionnaire as a file; raises :class:`Unreadable` where a format cannot hold it."""
    match target:
        case "yaml":
            return yaml_text(dump_document(document)).encode()
        case "json":
            return json_text(dump_document(document)).encode()
        case "xlsx":
            return write_workbook(document)
        case "xlsform":
            return write_xlsform(document)


def known_format(word: str | None) -> Format | None:
    """A word of :data:`FORMATS` as such."""
    return next((known for known in FORMATS if known == word), None)
