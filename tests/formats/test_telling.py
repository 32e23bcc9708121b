"""A report speaks of the file's own columns and sheets, in the order of its rows, and never of the format's keys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from openpyxl import Workbook

from assett.core.settings import ROOT
from assett.engine.document import Document
from assett.formats import telling
from assett.formats.conversion import read_data
from assett.formats.reports import Report
from tests.formats import rude
from tests.formats.rude import edited


def told(data: bytes) -> tuple[Document | None, list[str]]:
    """What is refused or dropped of a workbook, each with its place."""
    report = Report()
    document = read_data(data, "essai.xlsx", None, report)
    said = [str(each).replace("\u00a0", " ") for each in (*report.problems, *report.dropped, *report.refused)]
    assert not any(
        re.search(r"\bcl(é|és)\b|\w\[[0-9]+\]|\b(choices|levels|bands|linear|title) :", each) for each in said
    )
    return document, said


def with_rows(sheet: str, *rows: dict[str, Any]) -> bytes:
    def edit(book: Workbook) -> None:
        heads = [each.value for each in book[sheet][1]]
        for row in rows:
            book[sheet].append([row.get(head) for head in heads])

    return edited(edit)


def form(survey: Sequence[Sequence[object]], choices: Sequence[Sequence[object]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("survey", survey), ("choices", choices)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return rude.saved(book)


QUESTION = {"Catégorie": "mobilite", "Titre (fr)": "Combien ?", "Identifiant": "neuve"}


@pytest.mark.parametrize(
    ("kind", "column", "value"),
    [("texte", "Points si oui", 1), ("nombre", "Choix au plus", 3), ("oui ou non", "Aucun point à", 2)],
)
def test_a_cell_that_another_type_has_is_left_out_alone(kind: str, column: str, value: object) -> None:
    document, said = told(with_rows("Questions", {**QUESTION, "Type": kind, column: value}))
    assert document is not None and any(each.id == "neuve" for each in document.questions)
    (line,) = said
    assert line.endswith(
        f"colonne « {column} » : cette case ne va pas avec le type « {kind} » ; elle est laissée de côté"
    )


def test_a_choice_without_answers_says_where_to_add_them() -> None:
    _, (line,) = told(with_rows("Questions", {**QUESTION, "Type": "choix unique"}))
    assert line.endswith(
        "la question « Combien ? » est un choix unique sans réponse : ajoutez-en dans la feuille « Réponses »"
    )


def test_an_identifier_that_is_taken_is_told_by_its_row() -> None:
    _, (line,) = told(with_rows("Questions", {**QUESTION, "Identifiant": "km", "Type": "texte"}))
    assert re.search(r"colonne « Identifiant » : l’identifiant « km » est déjà pris, ligne [0-9]+$", line)


def test_a_form_is_told_in_its_own_columns() -> None:
    survey = [
        ["type", "name", "label::Français (fr)"],
        ["select_one absente", "a", "A"],
        ["select_one seule", "b", "B"],
        ["text", "c", None],
        ["text", "c", "C"],
    ]
    document, said = told(form(survey, [["list_name", "name", "label::Français (fr)"], ["seule", "x", None]]))
    assert document is not None
    assert said == [
        "feuille « survey », ligne 4, colonne « label::Français (fr) » : il manque le titre ; "
        "l’identifiant en tient lieu",
        "feuille « survey », ligne 2 : la liste « absente » n’existe pas dans la feuille « choices »",
        "feuille « survey », ligne 3 : il faut au moins 2 réponses, et il n’y en a que 1",
        "feuille « survey », ligne 5, colonne « name » : l’identifiant « c » est déjà pris, ligne 4",
        "feuille « choices », ligne 2, colonne « label::Français (fr) » : cette case est à remplir",
    ]


def test_a_questionnaire_all_of_whose_categories_fall_says_why() -> None:
    def edit(book: Workbook) -> None:
        for row in book["Catégories"].iter_rows(min_row=2):
            for each in row[:3]:
                # Neither an identifier nor a title that one could be made of.
                each.value = None

    document, said = told(edited(edit))
    assert document is None
    assert "aucune catégorie n’a pu être prise" in said[0]
    assert "feuille « Catégories », ligne 2, colonne « Identifiant » : cette case est à remplir" in said


def test_what_is_refused_is_told_in_the_order_of_the_file() -> None:
    wrong = {"Catégorie": "nulle-part", "Type": "brochure"}
    report = Report()
    read_data(
        with_rows("Questions", *({**QUESTION, **wrong, "Type": kind} for kind in ("texte", "brochure", "texte"))),
        "essai.xlsx",
        None,
        report,
    )
    rows = [each.place.row for each in report.refused]
    assert len(rows) == 3 and rows == sorted(rows)


def test_each_text_that_is_said_otherwise_is_one_of_the_engine_s() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "assett/engine/reading").glob("*.py"))
    sources = re.sub(r'"\s*\n\s*"', "", sources)
    said = {telling.REQUIRED, *telling.MISPLACED, telling.NO_DEFAULT_LANGUAGE, *telling.BY_ROW, *telling.IN_A_CELL}
    assert [each for each in said if f'"{each}"' not in sources] == []
