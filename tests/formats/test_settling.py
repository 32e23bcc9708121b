"""What a questionnaire cannot do without is made up where its file says it wrong: never the whole file for one row."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from openpyxl import Workbook

from assett.engine.document import Document
from assett.formats.conversion import read_data
from assett.formats.files import open_document
from assett.formats.reports import Report
from tests.formats import rude
from tests.formats.rude import edited
from tests.formats.test_xlsform import CHOICES, SURVEY


def read(edit: Callable[[Workbook], object], name: str = "mon fichier.xlsx") -> tuple[Document, Report]:
    report = Report()
    document = read_data(edited(edit), name, None, report)
    assert document is not None, report.problems
    return document, report


def top_cell(book: Workbook, column: str):
    sheet = book["Questionnaire"]
    return sheet.cell(2, [each.value for each in sheet[1]].index(column) + 1)


# A column of « Questionnaire », what is written there, what the document has then, and what is said of it.
WRONG = [
    ("Identifiant", "Mon Questionnaire !", ("id", "mon-questionnaire"), "« Mon Questionnaire ! » n’est pas un ident"),
    ("Identifiant", None, ("id", "tout"), "il manque l’identifiant : « tout » est pris, d’après le titre"),
    ("Titre (fr)", None, ("title", "mon fichier"), "il manque le titre : « mon fichier » en tient lieu"),
    ("Langues", "français ; EN", ("languages", ("fr", "en")), "« français » est lu comme fr"),
    ("Langues", "fr ; klingon ; en", ("languages", ("fr", "en")), "« klingon » n’est pas un code de langue"),
    ("Langues", None, ("languages", ("fr", "en")), "aucune langue n’est dite : fr, en, d’après les colonnes"),
]


@pytest.mark.parametrize(("column", "value", "expected", "said"), WRONG)
def test_a_wrong_cell_of_the_questionnaire_itself_has_a_default(
    column: str, value: str | None, expected: tuple[str, object], said: str
) -> None:
    def edit(book: Workbook) -> None:
        top_cell(book, "Titre (fr)").value = "Tout"
        top_cell(book, "Titre (en)").value = None
        top_cell(book, column).value = value

    document, report = read(edit)
    key, wanted = expected
    found = getattr(document, key)
    assert (found if isinstance(wanted, tuple) else str(found)) == wanted
    assert not report.refused
    told = [each for each in report.notices if said in each.message.replace("\u00a0", " ")]
    assert [(each.place.sheet, each.place.row, each.place.column) for each in told] == [("Questionnaire", 2, column)]


def test_a_title_in_another_language_is_taken_before_the_file_s_name() -> None:
    def edit(book: Workbook) -> None:
        top_cell(book, "Titre (fr)").value = None
        top_cell(book, "Titre (en)").value = "Everything"

    assert str(read(edit)[0].title) == "Everything"


def test_a_workbook_without_its_first_sheet_is_read_all_the_same() -> None:
    document, report = read(lambda book: book.remove(book["Questionnaire"]))
    assert (document.id, str(document.title), document.languages) == ("mon-fichier", "mon fichier", ("fr", "en"))
    assert {each.place.sheet for each in report.notices} == {"Questionnaire"}


@pytest.mark.parametrize(
    ("value", "said"), [("0,1", "pas de 0.1"), ("à voir", "pas de « à voir »"), (None, "il manque")]
)
def test_the_first_level_begins_at_nought(value: str | None, said: str) -> None:
    before = open_document(rude.EVERYTHING)

    def edit(book: Workbook) -> None:
        sheet = book["Niveaux"]
        sheet.cell(2, [each.value for each in sheet[1]].index("À partir de") + 1).value = value

    document, report = read(edit)
    assert document.levels == before.levels
    (told,) = report.dropped
    assert (told.place.sheet, told.place.row, told.place.column) == ("Niveaux", 2, "À partir de")
    assert said in told.message.replace("\u00a0", " ") and told.message.endswith("0 pris")
    assert not report.refused


def test_levels_whose_rows_are_out_of_order_are_put_in_order() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["Niveaux"]
        at = [each.value for each in sheet[1]].index("À partir de") + 1
        sheet.cell(2, at).value, sheet.cell(3, at).value = sheet.cell(3, at).value, sheet.cell(2, at).value

    document, report = read(edit)
    assert [level.from_ for level in document.levels] == sorted(level.from_ for level in document.levels)
    assert report.whole
    assert [(each.place.sheet, each.place.row) for each in report.notices] == [("Niveaux", 2)]


def test_a_workbook_without_levels_has_the_usual_ones() -> None:
    document, report = read(lambda book: book["Niveaux"].delete_rows(2, 99))
    assert [level.from_ for level in document.levels] == [0, Fraction(2, 5), Fraction(4, 5)]
    assert any("trois niveaux habituels" in each.message for each in report.notices)


def test_texts_that_say_no_language_beside_translations_are_not_taken_for_these() -> None:
    def edit(book: Workbook) -> None:
        top_cell(book, "Langues").value = None
        for sheet in book.worksheets[1:]:
            for cell in sheet[1]:
                cell.value = cell.value.replace(" (fr)", "")

    document, report = read(edit)
    assert document == open_document(rude.EVERYTHING)
    assert ["fr, en, d’après les colonnes" in each.message for each in report.notices] == [True]


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        lambda title: title.replace("(fr)", "( FR )"),
        lambda title: title.replace("(fr)", "(français)").replace("(en)", "(English)"),
        lambda title: title.replace("(fr)", "(French)").replace("(en)", "( anglais )"),
    ],
)
def test_languages_are_read_whatever_way_they_are_written(change: Callable[[str], str]) -> None:
    def edit(book: Workbook) -> None:
        for sheet in book.worksheets[1:]:
            for cell in sheet[1]:
                cell.value = change(cell.value)

    document, report = read(edit)
    assert document == open_document(rude.EVERYTHING)
    assert report.whole and not report.notices


def test_a_form_has_its_languages_whatever_their_case() -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("survey", SURVEY), ("choices", CHOICES)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cell in sheet[1]:
            cell.value = cell.value.replace("(fr)", "(FR)")
    report = Report()
    document = read_data(rude.saved(book), "Mon enquête.xlsx", None, report)
    assert document is not None
    assert (document.languages, document.id, str(document.title)) == (("fr", "en"), "mon-enquete", "Mon enquête")
    assert str(document.questions[0].title) == "Suivi ?"
