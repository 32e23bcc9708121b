"""Cells that a spreadsheet could not work out, and dates where a text was meant: told with their place, never taken."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from itertools import cycle

import pytest
from openpyxl import Workbook

from assett.engine.document import Document
from assett.formats.conversion import read_data
from assett.formats.files import open_document
from assett.formats.layout import TABLES
from assett.formats.reports import Report
from assett.formats.spreading import tables_of
from assett.formats.texts import read_texts
from tests.formats import rude
from tests.formats.test_borrowing import form

WHOLE = open_document(rude.EVERYTHING)
# By sheet and row: columns of every kind.
CELLS = [
    *(("Catégories", "energie", each) for each in ("Titre (fr)", "Poids", "Part non concernée admise", "Affichée si")),
    *(("Questions", "km", each) for each in ("Catégorie", "Type", "Titre (fr)", "Aide (fr)", "Poids", "Notée")),
    *(("Questions", "km", each) for each in ("Minimum", "Affichée si", "Anciens identifiants", "Unité (fr)")),
    *(("Réponses", "mois", each) for each in ("Question", "Libellé (fr)", "Points", "Retour (fr)", "Seule")),
    *(("Niveaux", "vif", each) for each in ("Catégorie", "À partir de", "Libellé (fr)")),
    *(("Ressources", "velo", each) for each in ("Titre (fr)", "Adresse", "Type", "Du", "Pour", "Qui", "Priorité")),
    ("Profil", "kind", "Rempli par"),
    ("Questionnaire", "everything", "Note maximale"),
]  # fmt: skip


QUESTIONS = "xl/worksheets/sheet4.xml"


def sheet_of(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(QUESTIONS)


def read(data: bytes, *, beside: Document | None = None) -> tuple[Document, Report]:
    report = Report()
    document = read_data(data, "essai.xlsx", None, report, tables_of(beside, TABLES) if beside else ())
    assert document is not None, report.problems
    return document, report


@pytest.mark.parametrize(("cell", "error"), list(zip(CELLS, cycle(("#N/A", "#REF!")), strict=False)))
def test_an_error_is_refused_where_it_stands(cell: tuple[str, str, str], error: str) -> None:
    sheet, row, column = cell

    def edit(book: Workbook) -> None:
        at = rude.cell(book[sheet], row, column)
        places.append(at.row)
        at.value = error

    places: list[int] = []
    document, report = read(rude.edited(edit))
    told = [each for each in (*report.dropped, *report.refused) if "cette cellule contient une erreur" in str(each)]
    ((place, found),) = [(each.place, each.params["found"]) for each in told]
    assert (place.sheet, place.row, place.column, str(found).strip("«\u00a0»")) == (sheet, places[0], column, error)
    assert "#" not in str([each.title for each in (*document.categories, *document.questions)])
    assert not [each for each in report.notices if "erreur" in str(each)]


def test_a_formula_may_give_its_error_as_a_text() -> None:
    """As some spreadsheets write it; typed as a text, it is one."""
    typed = rude.edited(lambda book: None)
    cell = re.compile(rb'(<c r="D6"[^>]*?) t="inlineStr"><is>.*?</is>')
    given = cell.sub(rb'\1 t="str"><f>A1</f><v>#REF!</v>', sheet_of(typed))
    document, report = read(rude.repacked(typed, QUESTIONS, lambda _: given))
    assert [each.place.row for each in report.dropped] == [6]
    assert "km" in [str(each.title) for each in document.questions]

    def edit(book: Workbook) -> None:
        at = rude.cell(book["Questions"], "km", "Titre (fr)")
        at.value, at.data_type = "#N/A", "s"

    assert "#N/A" in [str(each.title) for each in read(rude.edited(edit))[0].questions]


def test_a_text_with_an_error_in_one_language_is_that_of_another() -> None:
    def edit(book: Workbook) -> None:
        rude.cell(book["Catégories"], "energie", "Titre (fr)").value = "#N/A"
        rude.cell(book["Catégories"], "energie", "Titre (en)").value = "Energy"

    document, report = read(rude.edited(edit))
    assert document.categories[0].title["fr"] == "Energy"
    assert [each.place.column for each in report.notices] == ["Titre (fr)", "Titre (fr)"]


def test_where_a_cell_is_an_error_the_draft_keeps_its_own_value() -> None:
    data = rude.edited(lambda book: setattr(rude.cell(book["Catégories"], "energie", "Poids"), "value", "#DIV/0!"))
    document, report = read(data, beside=WHOLE)
    assert document == WHOLE
    assert [each.kept for each in report.dropped] == ["la valeur du brouillon est gardée"]


def test_a_level_or_a_cap_whose_category_is_an_error_is_not_the_whole_questionnaire_s() -> None:
    def edit(book: Workbook) -> None:
        row = next(row for row in book["Plafonds"].iter_rows() if row[0].value == "energie")
        row[0].value = "#REF!"

    document, report = read(rude.edited(edit))
    assert len(document.caps) == 1 and not document.categories[0].caps
    assert [(each.place.sheet, each.place.column) for each in report.refused] == [("Plafonds", "Catégorie")]


def test_dates_and_errors_of_a_form_are_told() -> None:
    survey = [["type", "name", "label"], ["select_one s", "suivi", "#N/A"], ["text", "mot", date(2024, 1, 1)]]
    choices = [["list_name", "name", "label"], ["s", "a", date(2026, 9, 1)], ["s", "b", "B"]]
    document, report = read(form(survey, choices))
    assert [str(each.title) for each in document.questions] == ["suivi", "2024-01-01"]
    told = [str(each).replace("\u00a0", " ") for each in (*report.dropped, *report.notices)]
    assert sum("pour la date" in each for each in told) == 2
    assert "feuille « survey », ligne 2, colonne « label » : cette cellule contient une erreur (« #N/A »)" in told[0]


def test_a_translation_that_could_not_be_worked_out_is_not_one_that_was_taken_away() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Textes"
    sheet.append(["Adresse", "Texte (fr)", "Traduction (en)", "Repère (en)"])
    sheet.append(["question/km title", "Kilomètres", "#N/A", "abc"])
    report = Report()
    assert all("en" not in line.said for line in read_texts(rude.saved(book), report))
    assert [each.place.row for each in report.notices if "erreur" in str(each)] == [2]
