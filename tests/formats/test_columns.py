"""Columns that a sheet has not, and that no draft lends it: each is named, with what goes without it."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from assett.core.settings import ROOT
from assett.engine.document import Document
from assett.formats.columns import WITHOUT
from assett.formats.conversion import read_data
from assett.formats.layout import TABLES, TYPES, Column, Table
from assett.formats.reports import Report
from tests.formats import rude

SOCLE = ROOT / "questionnaires/socle-assett.yaml"


def read(data: bytes) -> tuple[Document, Report]:
    report = Report()
    document = read_data(data, "essai.xlsx", None, report)
    assert document is not None, report.problems
    return document, report


def said(remarks: list) -> list[str]:
    return [str(each).replace("\u00a0", " ") for each in remarks]


def without(*gone: tuple[str, str]) -> bytes:
    """Our workbook without some columns, each told by its sheet and the start of its title."""

    def edit(book: Workbook) -> None:
        for sheet, title in gone:
            for cell in reversed(book[sheet][1]):
                if cell.value == title or str(cell.value).startswith(f"{title} ("):
                    book[sheet].delete_cols(cell.col_idx)

    return rude.edited(edit)


OF_NO_TYPE = {
    ("Profil", "Choix au moins"),
    ("Profil", "Choix au plus"),
    ("Profil", "Longueur maximale"),
    ("Réponses du profil", "Valeur"),
    ("Réponses du profil", "Seule"),
}


@pytest.mark.parametrize(
    ("table", "column"),
    [pytest.param(table, column, id=f"{table.sheet}-{column.heading}") for table in TABLES for column in table.columns],
)
def test_each_column_that_is_missing_is_named(table: Table, column: Column) -> None:
    """The questionnaire has questions of every type: each of its columns is about something. Its profile has not."""
    _, report = read(without((table.sheet, column.heading)))
    told = [each for each in said(report.notices) if f"feuille « {table.sheet} »" in each]
    if (table.sheet, column.heading) in OF_NO_TYPE:
        assert told == []
    elif column.key in WITHOUT[table.sheet]:
        assert f"feuille « {table.sheet} » : il n’y a pas de colonne « {column.heading} »" in told[0]
        assert report.notices[0].kept
    elif column.key == "id" and table.sheet != "Questionnaire":
        assert any("il n’y a pas de colonne « Identifiant » : chacun est fait du titre" in each for each in told)
    else:
        assert told


def test_what_goes_with_a_column_is_said() -> None:
    document, report = read(without(("Questions", "Affichée si"), ("Questions", "Poids"), ("Réponses", "Points")))
    assert said(report.notices)[:3] == [
        "feuille « Questions » : il n’y a pas de colonne « Poids » ; chaque question a le poids 1",
        "feuille « Questions » : il n’y a pas de colonne « Affichée si » ; aucune question n’a de condition",
        "feuille « Réponses » : il n’y a pas de colonne « Points » ; aucune réponse ne rapporte de points",
    ]
    assert all(each.visible_if is None and each.weight == 1 for each in document.questions)


def test_a_column_of_no_question_of_the_file_is_not_asked_for() -> None:
    """A sheet made by hand, of two types: in one sentence for what is usual, one by one for what makes a row."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Questions"
    for row in (["Type", "Titre"], ["oui ou non", "Des panneaux ?"], ["texte", "Lesquels ?"]):
        sheet.append(row)
    _, report = read(rude.saved(book))
    told = [each for each in said(report.notices) if "il n’y a pas de colonne" in each]
    assert len(told) == 3
    assert told[0].endswith("il n’y a pas de colonne « Catégorie » ; rien ne dit de quelle catégorie est une question")
    assert "« Aide », " in told[1] and "« Points si oui »" in told[1] and "« Longueur maximale »" in told[1]
    assert told[1].endswith(" ; ce qu’elles diraient prend la valeur habituelle")
    for absent in ("Choix au moins", "Aucun point à", "Unité", "Maximum"):
        assert absent not in told[1]
    assert "« Identifiant » : chacun est fait du titre" in told[2]


def test_a_language_without_a_column_is_told_once_a_sheet() -> None:
    def edit(book: Workbook) -> None:
        for sheet, titles in (("Questions", ("Titre (en)", "Aide (en)")), ("Réponses", ("Libellé (en)",))):
            for cell in reversed(book[sheet][1]):
                if cell.value in titles:
                    book[sheet].delete_cols(cell.col_idx)

    _, report = read(rude.edited(edit))
    assert said(report.notices) == [
        "feuille « Questions » : il n’y a pas de colonnes « Titre (en) », « Aide (en) » ; ces textes manquent dans "
        "cette langue",
        "feuille « Réponses » : il n’y a pas de colonne « Libellé (en) » ; ces textes manquent dans cette langue",
    ]


def test_the_rows_that_name_questions_without_identifiers_are_told_in_a_sentence() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["Questions"]
        sheet.delete_cols(next(cell.column for cell in sheet[1] if cell.value == "Identifiant"))

    _, report = read(rude.edited(edit, SOCLE))
    lines = said(report.refused)
    (answers,) = (each for each in lines if each.startswith("feuille « Réponses »"))
    (questions,) = (each for each in lines if each.startswith("feuille « Questions », lignes"))
    for line in (answers, questions):
        assert line.endswith(
            "la feuille « Questions » n’a pas de colonne « Identifiant » : ces lignes, qui en dépendent, sont refusées"
        )
    assert (
        "feuille « Questions » : il n’y a pas de colonne « Identifiant » : chacun est fait du titre ou du libellé de "
        "sa ligne ; des réponses déjà données peuvent ne plus s’y rattacher"
    ) in said(report.notices)


def test_identifiers_that_are_made_anew_are_told_with_what_that_costs() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["Réponses"]
        at = next(cell.column for cell in sheet[1] if cell.value == "Identifiant")
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, at).value = None

    _, report = read(rude.edited(edit))
    (told,) = (each for each in said(report.notices) if "il manque l’identifiant" in each)
    assert told.endswith(" ; des réponses déjà données peuvent ne plus s’y rattacher")


def test_every_type_is_in_the_questionnaire_of_these_tests() -> None:
    document, _ = read(rude.edited(lambda book: None))
    assert {each.type for each in document.questions} == TYPES.keys()
