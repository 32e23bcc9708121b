"""Workbooks and forms of which any cell, row, column or sheet may be wrong: always a report, never a traceback."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from assett.engine.drafting.pieces import drafted
from assett.engine.reading import read_document
from assett.engine.writing import dump_document
from assett.formats.conversion import read_data
from assett.formats.files import open_document
from assett.formats.layout import TABLES
from assett.formats.lending import UNTOLD
from assett.formats.reports import Report
from assett.formats.sheets import Cell, Written, read_sheets, write_sheets
from assett.formats.spreading import tables_of, write_workbook
from assett.formats.xlsform.writing import write_xlsform
from tests.formats import rude
from tests.formats.strategies import rich_documents
from tests.formats.test_xlsform import CHOICES, SURVEY

Sheets = dict[str, list[list[Cell | None]]]
COUNTING = [
    ["calculate", "pts", *[None] * 8, "if(${suivi}='mois',2,0)"],
    ["calculate", "tout", *[None] * 8, "${pts} + 3 * coalesce(${km}, 0)"],
]
VALUES: list[Cell | None] = [
    None, "", " ", "\n", 0, 1, -1, 1.5, 10**12, True, "abc", "Mon Vélo !", "=1+1", "oui", "nan", "1,5", "40 %", "a;b",
    "select_one", "select_one freq", "begin_group", "end_group", "calculate", "note", "range", "${a}", "${suivi}",
    "é" * 300, "non (", "suivi =", "${suivi} = 'mois'", "if(${suivi}='mois',2,0)", "#REF!", "catégorie x : y",
    "2026-02-31", "🙂", "Titre (FR)", "choix unique", "échelle", "nombre", "energie", "suivi", "fr ; en",
]  # fmt: skip


@cache
def sources() -> tuple[Sheets, ...]:
    document = open_document(rude.EVERYTHING)
    ours = [
        {grid.name: _rows(grid) for grid in read_sheets(data, Report())}
        for data in (write_workbook(document), write_xlsform(document))
    ]
    theirs: Sheets = {
        "survey": [list(row) for row in [*SURVEY, *COUNTING]],
        "choices": [list(row) for row in CHOICES],
        "settings": [["form_title", "form_id"], ["Essai", "F1"]],
    }
    return *ours, theirs


def _rows(grid: Any) -> list[list[Cell | None]]:
    width = max(max(line.cells) for line in grid.lines)
    return [[line.cells.get(at) for at in range(1, width + 1)] for line in grid.lines]


@st.composite
def mutated(draw: st.DrawFn) -> Sheets:
    sheets = {name: [list(row) for row in rows] for name, rows in draw(st.sampled_from(sources())).items()}
    for _ in range(draw(st.integers(1, 6))):
        _mutate(draw, sheets)
    return sheets


def _mutate(draw: st.DrawFn, sheets: Sheets) -> None:
    """One change, as somebody or something would make it."""
    name = draw(st.sampled_from(sorted(sheets)))
    rows = sheets[name]
    if not any(rows):
        return
    at = draw(st.integers(0, len(rows) - 1))
    width = max(map(len, rows))
    match draw(st.integers(0, 9)):
        case 0:
            del rows[at : at + draw(st.integers(1, 6))]
        case 1:
            column = draw(st.integers(0, width - 1))
            sheets[name] = [[*row[:column], *row[column + 1 :]] for row in rows]
        case 2:
            rows.insert(at, draw(st.lists(st.sampled_from(VALUES), max_size=width)))
        case 3:
            rows.insert(at, list(draw(st.sampled_from(rows))))
        case 4 if len(sheets) > 1:
            del sheets[name]
        case _:
            row = rows[at]
            row += [None] * (width - len(row))
            if row:
                row[draw(st.integers(0, len(row) - 1))] = draw(st.sampled_from(VALUES))


def _emptied(kept: int) -> Sheets:
    """A form that counts points, a group of which has no question left."""
    survey = [["type", "name", "label", "calculation"], ["begin group", "vide", "Vide"], ["end group"]]
    questions = [["begin group", "g", "G"], ["select_one l", "q", "Q"], ["end group"]]
    survey += [*questions, ["calculate", "total", None, "if(${q}='a',2,0)"]][: 3 + kept]
    return {"survey": survey, "choices": [["list_name", "name", "label"], ["l", "a", "A"], ["l", "b", "B"]]}


def _bytes(sheets: Sheets) -> bytes:
    widths = {name: max(map(len, rows), default=0) for name, rows in sheets.items()}
    return write_sheets(
        [
            Written(name, [[*row, *[None] * (widths[name] - len(row))] for row in rows], has_header=False)
            for name, rows in sheets.items()
        ]
    )


@given(mutated(), st.booleans())
@example(_emptied(1), False)
@example(_emptied(0), True)
def test_whatever_is_wrong_with_a_workbook_there_is_a_report(sheets: Sheets, has_loan: bool) -> None:
    """Alone, or beside what a draft lends it."""
    report, loan = Report(), tables_of(open_document(rude.EVERYTHING), TABLES) if has_loan else ()
    document = read_data(_bytes(sheets), "x.xlsx", None, report, loan)
    assert (document is None) == bool(report.problems)
    assert all(isinstance(line, str) for line in report.lines())
    if document is not None:
        assert report.understood or has_loan


@given(rich_documents(), st.data())
def test_what_a_workbook_has_not_is_read_of_what_is_lent(tree: Any, data: st.DataObject) -> None:
    """Without any of its sheets and columns it is what it was: where these do not tell what a row is, it is the
    draft's."""
    # As a draft is, every question of which has an identifier.
    document = read_document(drafted(dump_document(read_document(tree))))
    sheets = {sheet.name: sheet.rows for sheet in tables_of(document, TABLES)}
    file = {}
    for name in data.draw(st.lists(st.sampled_from(sorted(sheets)), min_size=1, unique=True)):
        head = sheets[name][0]
        columns = st.sets(st.integers(0, len(head) - 1))
        # As likely few as many.
        left = data.draw(columns | columns.map(lambda gone, head=head: set(range(len(head))) - gone))
        file[name] = [[row[at] for at in sorted(left)] for row in sheets[name]]
    assume(any(cell for rows in file.values() for row in rows[1:] for cell in row))
    report = Report()
    assert read_data(_bytes(file), "x.xlsx", None, report, tables_of(document, TABLES)) == document
    assert not report.dropped and not report.problems
    assert {each.template for each in report.refused} <= {UNTOLD}
