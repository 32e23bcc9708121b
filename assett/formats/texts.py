"""The texts of a questionnaire as a sheet that a translator fills in: one row a text, one column a language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from assett.formats.headings import tell_hidden
from assett.formats.layout import language_code
from assett.formats.records import plain_text
from assett.formats.reports import Place, Report, Unreadable
from assett.formats.sheets import Cell, FaultCell, Grid, Written, bounded, read_sheets, write_sheets
from assett.kernel.text import N_, fold

SHEET: Final = "Textes"
ADDRESS, WHERE, SOURCE, TRANSLATION, STATE, MARK = "Adresse", "Où", "Texte", "Traduction", "État", "Repère"
_README: Final = (
    "Les textes d’un questionnaire ASSETT, à traduire. Remplissez les colonnes « Traduction », puis importez ce "
    "classeur dans la page « Traductions » du brouillon : un rapport est montré avant tout changement.",
    "",
    "Ne changez ni les adresses, ni les titres de colonnes. Les lignes peuvent être triées, filtrées, retirées.",
    "« manquant » : à traduire. « à revoir » : le texte a changé depuis sa traduction. « à jour » : rien à faire.",
    "Une case laissée vide n’efface rien. Un texte d’origine corrigé ici ne l’est pas dans le questionnaire : il se "
    "corrige dans l’atelier.",
)
_HEADING = re.compile(r"(.*?)\s*\(\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\s*\)\s*")


@dataclass(frozen=True, slots=True)
class Said:
    """A text in one of the other languages: its words, their state, and the mark that they are known again by."""

    words: str
    state: str = ""
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class TextLine:
    """A text: its row (from 1, 0 for one to be written), its address, where that is in words, its source, and what
    is said in each other language. ``source`` is None where the file does not have it, ``mark`` where it does not say
    what it was when it was taken away."""

    address: str
    source: str | None
    said: Mapping[str, Said] = field(default_factory=dict)
    where: str = ""
    row: int = 0
    mark: str | None = None


def write_texts(lines: Sequence[TextLine], languages: Sequence[str]) -> bytes:
    """An XLSX file of texts; the first language is that of the sources. Raises :class:`Unreadable` for one too long
    for a cell."""
    first, *others = languages
    head = [ADDRESS, WHERE, f"{SOURCE} ({first})"]
    for language in others:
        head += [f"{TRANSLATION} ({language})", f"{STATE} ({language})"]
    marks = range(len(head) + 1, len(head) + 1 + len(languages))
    head += [f"{MARK} ({language})" for language in (*others, first)]
    widths = [26, 44, 60, *(width for _ in others for width in (60, 12)), *(14 for _ in languages)]
    body: list[list[Cell | None]] = []
    for line in lines:
        row: list[Cell | None] = [line.address, line.where, line.source]
        for language in others:
            row += [line.said[language].words or None, line.said[language].state]
        body.append([*row, *(line.said[language].mark for language in others), line.mark])
    return write_sheets(
        [
            Written("Lisez-moi", [[line] for line in _README], (130,), has_header=False),
            Written(SHEET, [list(head), *body], widths, hidden=marks),
        ]
    )


def read_texts(data: bytes, report: Report) -> list[TextLine]:
    """The texts of such a file, those of which it says nothing left out; raises :class:`Unreadable` where it is none. A
    translation that was taken away and is there no more is said as empty."""
    grid = next((each for each in read_sheets(bounded(data), report) if fold(each.name) == fold(SHEET)), None)
    if grid is None or not grid.lines:
        raise Unreadable(N_("il n’y a pas de feuille « Textes » : téléchargez d’abord les textes du brouillon"))
    columns = _columns(grid, report)
    # Its columns of marks are hidden on purpose.
    tell_hidden(grid, {}, grid.lines[1:], report)
    found = {kind: number for number, (kind, _) in columns.items()}
    if ADDRESS not in found or TRANSLATION not in found:
        raise Unreadable(N_("il faut une colonne « Adresse » et une colonne « Traduction (en) »"), Place(grid.name))
    lines = []
    for row in grid.lines[1:]:
        texts = {columns[number]: plain_text(cell) for number, cell in row.cells.items() if number in columns}
        said = {}
        for at, (kind, language) in columns.items():
            words, mark = texts.get((TRANSLATION, language), "").strip(), _mark(texts, columns, language)
            if kind == TRANSLATION and (words or mark) and not isinstance(row.cells.get(at), FaultCell):
                said[language] = Said(texts.get((TRANSLATION, language), ""), mark=mark)
        source, of = next(((text, of) for (kind, of), text in texts.items() if kind == SOURCE), (None, ""))
        mark = _mark(texts, columns, of) if source is not None else None
        address = texts.get((ADDRESS, ""), "").strip()
        if address and (said or mark):
            lines.append(TextLine(address, source, said, row=row.number, mark=mark))
        elif any(each.words.strip() for each in said.values()):
            report.refuse(Place(grid.name, row.number, ADDRESS), N_("cette ligne ne dit pas son adresse"))
    return lines


def _mark(texts: Mapping[tuple[str, str], str], columns: Mapping[int, tuple[str, str]], language: str) -> str | None:
    """What a text is known again by; None where the file has no column for it."""
    return texts.get((MARK, language), "") if (MARK, language) in columns.values() else None


def _columns(grid: Grid, report: Report) -> dict[int, tuple[str, str]]:
    """The columns of a sheet by their numbers: what they are, and their language."""
    known = {fold(each): each for each in (ADDRESS, WHERE, SOURCE, TRANSLATION, STATE, MARK)}
    columns: dict[int, tuple[str, str]] = {}
    for number, cell in grid.lines[0].cells.items():
        title = plain_text(cell)
        parts = _HEADING.fullmatch(title)
        name, language = parts.groups() if parts else (title, "")
        column = (known.get(fold(name), ""), language_code(language))
        if not column[0] or column in columns.values():
            report.notice(
                Place(grid.name, grid.lines[0].number, title),
                N_("cette colonne est inconnue ou en double : elle est laissée de côté"),
            )
            continue
        columns[number] = column
    return columns
