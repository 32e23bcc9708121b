"""Workbooks whose sheets are not where they should be: titles lower down or gone, sheets that are missing, rows and
columns that nobody sees. Each is read as far as it can be, and what hangs on it is told in one sentence."""

from __future__ import annotations

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from assett.engine.document import Document
from assett.formats.conversion import read_data
from assett.formats.files import open_document
from assett.formats.lacking import MISSING
from assett.formats.layout import CAPS, LEVELS, PROFILE, RESOURCES, TABLES, Table
from assett.formats.reports import Place, Report, row_numbers
from assett.formats.sheets import Written, read_sheets, write_sheets
from assett.formats.texts import Said, TextLine, read_texts, write_texts
from tests.formats import rude
from tests.formats.rude import edited
from tests.formats.test_xlsform import CHOICES, SURVEY

WHOLE = open_document(rude.EVERYTHING)


def read(data: bytes) -> tuple[Document, Report]:
    report = Report()
    document = read_data(data, "essai.xlsx", None, report)
    assert document is not None, report.problems
    return document, report


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def said(remarks: list) -> list[str]:
    return [plain(str(each)) for each in remarks]


@pytest.mark.parametrize("above", [["Mes questions"], ["Mes questions", None, "à relire", "Type"], []])
def test_titles_are_found_below_the_first_row(above: list[object]) -> None:
    def edit(book: Workbook) -> None:
        book["Questions"].insert_rows(1, 2)
        for at, value in enumerate(above, 1):
            book["Questions"].cell(1, at).value = value

    document, report = read(edited(edit))
    assert document == WHOLE
    told = (
        "feuille « Questions », ligne 3 : les titres de colonnes sont à cette ligne : ce qui est au-dessus est laissé"
    )
    assert [each.startswith(told) for each in said(report.notices)] == ([True] if above else [])
    assert report.whole


def test_a_cell_is_named_by_its_title_wherever_that_stands() -> None:
    def edit(book: Workbook) -> None:
        rude.cell(book["Questions"], "km", "Poids").value = "=1+1"
        book["Questions"].insert_rows(1)
        for at in (1, 2):
            book["Questions"].cell(1, at).value = "À remplir"

    _, report = read(edited(edit))
    assert [each.place.column for each in report.notices if "formule" in each.message] == ["Poids"]


def test_titles_of_a_form_are_found_below_its_first_row() -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("survey", SURVEY), ("choices", CHOICES)):
        sheet = book.create_sheet(name)
        for row in (["Mon enquête"], *rows):
            sheet.append(list(row))
    document, report = read(rude.saved(book))
    assert {"suivi", "gestes", "km"} <= {each.id for each in document.questions}
    assert [each.place for each in report.notices if "les titres" in each.message] == [
        Place("survey", 2),
        Place("choices", 2),
    ]


def test_a_sheet_without_titles_is_told_in_a_sentence_with_what_hangs_on_it() -> None:
    document, report = read(edited(lambda book: book["Questions"].delete_rows(1)))
    assert document.questions == ()
    lines = said([*report.dropped, *report.refused])
    assert (
        f"feuille « Questions », lignes 1–{len(WHOLE.questions)} : aucun titre de colonne n’est reconnu dans les "
        "10 premières lignes, comme « Catégorie », « Identifiant », « Type », « Titre » : la feuille n’est pas lue"
    ) in lines
    (answers,) = (each for each in lines if "« Réponses »" in each)
    assert "rien n’est lisible dans la feuille « Questions » : ces lignes, qui en dépendent, sont refusées" in answers
    # Whatever named a question is told too, once a column.
    assert len(lines) < 8


@pytest.mark.parametrize("sheet", ["Réponses", "Questions"])
def test_what_hangs_on_a_missing_sheet_is_told_in_a_sentence(sheet: str) -> None:
    document, report = read(edited(lambda book: book.remove(book[sheet])))
    lost = [each for each in said(report.refused) if f"la feuille « {sheet} » manque" in each]
    assert len(lost) == 1 and lost[0].endswith("ces lignes, qui en dépendent, sont refusées")
    assert not any("ajoutez-en dans la feuille" in each or "n’existe pas" in each for each in said(report.refused))
    gone = len(WHOLE.questions) - len(document.questions)
    if sheet == "Réponses":
        (told,) = (each for each in report.refused if "manque" in each.template)
        assert (told.place.sheet, len(told.place.rows)) == ("Questions", gone)
    assert gone


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.sheet)
def test_every_sheet_that_is_missing_is_named(table: Table) -> None:
    _, report = read(edited(lambda book: book.remove(book[table.sheet])))
    assert report.missing == [table.sheet]
    assert any(f"« {table.sheet} »" in each for each in said([*report.notices, *report.refused]))
    if table in (CAPS, LEVELS, PROFILE, RESOURCES):
        assert f"feuille « {table.sheet} » : {plain(MISSING[table.sheet])}" in said(report.notices)


def test_a_missing_list_of_a_form_is_told_in_a_sentence() -> None:
    book = Workbook()
    book.active.title = "survey"
    for row in (
        ["type", "name", "label"],
        ["select_one a", "q1", "A"],
        ["select_one b", "q2", "B"],
        ["text", "q3", "C"],
    ):
        book.active.append(row)
    document, report = read(rude.saved(book))
    assert [each.id for each in document.questions] == ["q3"]
    assert said(report.refused) == [
        "feuille « survey », lignes 2, 3 : la feuille « choices » manque : ces lignes, qui en dépendent, sont refusées"
    ]


def test_without_a_sheet_of_categories_those_that_questions_name_are_taken() -> None:
    document, report = read(edited(lambda book: book.remove(book["Catégories"])))
    assert [each.id for each in document.categories] == [each.id for each in WHOLE.categories if each.questions]
    assert {each.id for each in document.questions} == {each.id for each in WHOLE.questions}
    assert "aucune catégorie n’y est lisible" in report.notices[0].message


def test_what_is_hidden_is_read_and_told() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["Questions"]
        for row in (3, 4, 5, 7):
            sheet.row_dimensions[row].hidden = True
        sheet.column_dimensions["B"].hidden = True
        book["Niveaux"].sheet_state = "hidden"
        book.create_sheet("Brouillon").append(["à moi"])
        book["Brouillon"].sheet_state = "hidden"

    document, report = read(edited(edit))
    assert document == WHOLE
    assert report.whole
    assert said(report.notices) == [
        "feuille « Questions », lignes 3–5, 7 : ce qui est masqué dans le tableur est lu comme le reste",
        "feuille « Questions », colonne « Identifiant » : cette colonne est masquée ; elle est lue comme les autres",
        "feuille « Niveaux » : cette feuille est masquée ; elle est lue comme les autres",
        # It is not read: nothing else is said of it.
        "feuille « Brouillon » : cette feuille n’est pas de celles du questionnaire : elle est laissée de côté",
    ]


def test_the_marks_of_a_translation_s_sheet_are_hidden_on_purpose() -> None:
    report = Report()
    read_texts(write_texts([TextLine("a", "Un", {"en": Said("One", "à jour", "m")})], ["fr", "en"]), report)
    assert report.notices == []


def test_what_is_said_alike_of_many_rows_is_said_once() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["Réponses"]
        heads = [each.value for each in sheet[1]]
        for row in range(2, 8):
            sheet.cell(row, heads.index("Points") + 1).value = "beaucoup"

    _, report = read(edited(edit))
    assert [each.place.rows for each in report.dropped] == [(2, 3, 4, 5, 6, 7)]
    assert said(report.dropped)[0].startswith(
        "feuille « Réponses », lignes 2–7, colonne « Points » : il faut un nombre"
    )


@given(st.sets(st.integers(1, 40), min_size=1))
def test_numbers_of_rows_are_told_whole(rows: set[int]) -> None:
    told = set()
    for part in row_numbers(rows).split(", "):
        low, _, high = part.partition("–")
        told |= set(range(int(low), int(high or low) + 1))
    assert told == rows


SHEETS = [each for each in read_sheets(edited(lambda book: None), Report()) if each.name != "Lisez-moi"]


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.sampled_from([None, "Titre", "à relire", 3, "2026"]), max_size=4), max_size=5), st.data())
def test_whatever_stands_above_the_titles_nothing_else_changes(above: list[list], data: st.DataObject) -> None:
    shifted = data.draw(st.sampled_from([each.name for each in SHEETS]))
    written = []
    for grid in SHEETS:
        width = max(max(line.cells) for line in grid.lines)
        rows = [[line.cells.get(at) for at in range(1, width + 1)] for line in grid.lines]
        before = [[*row, *[None] * width][:width] for row in above] if grid.name == shifted else []
        written.append(Written(grid.name, [*before, *rows], has_header=False))
    document, report = read(write_sheets(written))
    assert document == WHOLE
    assert report.whole and len(report.notices) <= 1


def test_the_sheets_of_an_export_need_no_remark() -> None:
    book = load_workbook(io.BytesIO(edited(lambda book: None)))
    assert read(rude.saved(book))[1].notices == []
