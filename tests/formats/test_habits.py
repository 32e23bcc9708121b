"""Workbooks with the habits of those who fill them in: signs for yes and no, copies of sheets, comments."""

from __future__ import annotations

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment

from assett.engine.document import Document
from assett.formats.conversion import read_data
from assett.formats.files import open_document
from assett.formats.reports import Report
from tests.formats import rude
from tests.formats.test_borrowing import form

WHOLE = open_document(rude.EVERYTHING)


def read(data: bytes) -> tuple[Document, list[str]]:
    report = Report()
    document = read_data(data, "essai.xlsx", None, report)
    assert document is not None, report.problems
    return document, [str(each).replace("\u00a0", " ") for each in (*report.notices, *report.dropped, *report.refused)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [*((each, True) for each in ("o", "O", "✓", "✔", "☑", "Oui ", "x")), *((each, False) for each in "n-–☐")],
)
def test_signs_say_yes_and_no(typed: str, meant: bool) -> None:
    document, told = read(
        rude.edited(lambda book: setattr(rude.cell(book["Questions"], "km", "Notée"), "value", typed))
    )
    assert next(each for each in document.questions if each.id == "km").scored is meant and told == []


@pytest.mark.parametrize("name", ["Questions (2)", "Copie de Questions", "Questions - Copie", "QUESTIONS2"])
def test_the_copy_of_a_sheet_that_is_not_there_is_read_as_it(name: str) -> None:
    document, told = read(rude.edited(lambda book: setattr(book["Questions"], "title", name)))
    assert document == WHOLE and told == [f"feuille « {name} » : cette feuille est lue comme « Questions »"]


def test_the_copy_of_a_sheet_beside_it_and_two_copies_are_left_out() -> None:
    def beside(book: Workbook) -> None:
        book.copy_worksheet(book["Questions"]).title = "Questions (2)"

    document, told = read(rude.edited(beside))
    assert document == WHOLE and len(told) == 1 and "elle est laissée de côté" in told[0]

    def twice(book: Workbook) -> None:
        book.copy_worksheet(book["Plafonds"]).title = "Plafonds (2)"
        book["Plafonds"].title = "Plafonds (3)"

    document, told = read(rude.edited(twice))
    assert not document.caps and sum("elle est laissée de côté" in each for each in told) == 2


def test_comments_of_cells_are_told() -> None:
    def edit(book: Workbook) -> None:
        for cell in ("B2", "D3"):
            book["Questions"][cell].comment = Comment("À revoir", "Paul")

    document, told = read(rude.edited(edit))
    assert document == WHOLE
    assert told == ["feuille « Questions » : les commentaires des cellules ne sont pas repris (B2, D3)"]


def test_columns_of_a_form_that_have_no_counterpart_say_what_that_means() -> None:
    survey = [
        ["type", "name", "label::Français (fr)", "label::Wolof", "choice_filter", "default", "note"],
        ["select_one s", "q", "Q ?", "Benn", "region=${r}", "a", "à voir"],
    ]
    choices = [["list_name", "name", "label::Français (fr)"], ["s", "a", "A"], ["s", "b", "B"]]
    _, told = read(form(survey, choices))
    for title, said in (
        ("label::Wolof", "la langue de cette colonne n’est pas connue"),
        ("choice_filter", "toutes celles de la liste sont proposées"),
        ("default", "aucune réponse n’est donnée d’avance ici"),
        ("note", "cette colonne est inconnue ou en double"),
    ):
        assert any(f"colonne « {title} » : {said}" in each or f"colonne « {title} » : les" in each for each in told), (
            title
        )
