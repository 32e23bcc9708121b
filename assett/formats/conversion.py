"""A questionnaire from one kind of file to another, with a report of what became of each row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

from assett.engine.document import Document
from assett.engine.writing import dump_document
from assett.formats.files import read_tree
from assett.formats.pruning import sound_document
from assett.formats.reports import Place, Report, Unreadable
from assett.formats.sheets import LARGEST_FILE, Grid, Written, bounded, read_sheets
from assett.formats.spreading import write_workbook
from assett.formats.workbook import read_tables
from assett.formats.writing import json_text, yaml_text
from assett.formats.xlsform.reading import is_xlsform, read_xlsform
from assett.formats.xlsform.sums import worth_offering
from assett.formats.xlsform.writing import write_xlsform
from assett.kernel.errors import InvalidDocument
from assett.kernel.text import N_

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
    """Read a questionnaire's file, see :func:`read_data`; raises ``OSError`` where it cannot be opened."""
    with path.open("rb") as stream:
        return read_data(stream.read(LARGEST_FILE + 1), path.name, source, report)


def read_data(
    data: bytes, name: str, source: Format | None, report: Report, lent: Sequence[Written] = ()
) -> Document | None:
    """Read a questionnaire; ``None`` where ``report.problems`` say why there is none.

    Without a ``source`` the content decides, then the name, and for a workbook its sheets. What of these it has not is
    read of those that are ``lent`` to it, if they are: what it names of them is there.
    """
    try:
        if (source or _kind_of(data, name)) in ("xlsx", "xlsform"):
            return _read_workbook(data, name, source, report, lent)
        return _read_tree(data, name, source, report)
    except InvalidDocument as invalid:
        report.problems += invalid.problems
    except Unreadable as unreadable:
        report.problems.append(unreadable.remark)
    return None


_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OTHERS: Final = {
    b"\x89PNG": N_("une image"),
    b"\xff\xd8\xff": N_("une image"),
    b"GIF8": N_("une image"),
    b"RIFF": N_("une image"),
    b"%PDF": N_("un PDF"),
    b"\x1f\x8b": N_("une archive"),
}


def _kind_of(data: bytes, name: str) -> Format:
    """What a file is, by its first bytes; raises :class:`Unreadable` for what no questionnaire is."""
    named = format_of(Path(name))
    if data.startswith(_WORKBOOKS):
        return "xlsx"
    if named == "xlsx":
        # No workbook, whatever it is called: a text under that name is read all the same.
        if not data or b"\0" in data[:1024] or data.startswith(tuple(_OTHERS)):
            return "xlsx"
        named = None
    if Path(name).suffix.lower() in (".csv", ".tsv"):
        raise Unreadable(
            N_("c’est un fichier CSV, qui n’a pas de feuilles : dans votre tableur, enregistrez-le en .xlsx")
        )
    for start, kind in _OTHERS.items():
        if data.startswith(start):
            raise Unreadable(
                N_("c’est %(kind)s, pas un questionnaire : il faut un classeur XLSX, du YAML ou du JSON"), kind=kind
            )
    if named == "json" and data.lstrip()[:1] not in (b"{", b"["):
        return "yaml"
    return named or ("json" if data.lstrip()[:1] in (b"{", b"[") else "yaml")


def _read_tree(data: bytes, name: str, source: Format | None, report: Report) -> Document:
    is_json = (source or _kind_of(data, name)) == "json"
    report.format = "json" if is_json else "yaml"
    document = sound_document(read_tree(data, json=is_json).whole(), report)
    if not is_json and any(line.lstrip().startswith(b"#") for line in data.splitlines()):
        report.notice(Place(), N_("les lignes qui commencent par # ne sont pas reprises"))
    report.understood.update(
        {
            N_("Catégories"): len(document.categories),
            N_("Questions"): len(document.questions),
            N_("Ressources"): len(document.resources),
        }
    )
    return document


def _read_workbook(
    data: bytes, name: str, source: Format | None, report: Report, lent: Sequence[Written]
) -> Document | None:
    grids = read_sheets(bounded(data), report)
    try:
        return _read_grids(grids, name, source, report, lent)
    finally:
        report.gather()
        report.sort([grid.name for grid in grids])


def _read_grids(
    grids: Sequence[Grid], name: str, source: Format | None, report: Report, lent: Sequence[Written]
) -> Document | None:
    report.format = "xlsform" if source == "xlsform" or (source is None and is_xlsform(grids)) else "xlsx"
    if report.format == "xlsform":
        document = read_xlsform(grids, report, name, lent)
        if document is not None:
            report.points = worth_offering(dump_document(document), report.points)
        return document
    return read_tables(grids, report, name, lent)


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
