"""Forms of other tools brought to a draft: what no column of theirs says is the draft's, and each remark says whose."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from openpyxl import Workbook, load_workbook

from assett.engine.document import Document
from assett.engine.writing import dump_document
from assett.formats.conversion import read_data, write
from assett.formats.files import open_document
from assett.formats.layout import TABLES
from assett.formats.reports import Report
from assett.formats.spreading import tables_of
from tests.formats import rude

WHOLE = open_document(rude.EVERYTHING)
LENT = tables_of(WHOLE, TABLES)
Rows = Sequence[Sequence[object]]
_TYPES = {"boolean": "select_one on", "scale": "range", "number": "decimal", "info": "note"}


def read(data: bytes) -> tuple[Document, Report]:
    report = Report()
    document = read_data(data, "essai.xlsx", None, report, LENT)
    assert document is not None, report.problems
    return document, report


def form(survey: Rows, choices: Rows) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("survey", survey), ("choices", choices)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return rude.saved(book)


def bare(*more: Sequence[object], without: Sequence[str] = ()) -> bytes:
    """The questions of the whole questionnaire in French, as a form that says nothing but what they ask."""
    asked = [each for each in WHOLE.questions if each.id not in without and each.type != "info"]
    survey = [
        [_TYPES.get(each.type, each.type), each.id, each.title["fr"]]
        if each.type not in ("single", "multiple")
        else [f"select_{'one' if each.type == 'single' else 'multiple'} {each.id}", each.id, each.title["fr"]]
        for each in asked
    ]
    choices = [[each.id, choice.id, choice.label["fr"]] for each in asked for choice in each.choices]
    return form(
        [["type", "name", "label::Français (fr)"], *survey, *more],
        [["list_name", "name", "label::Français (fr)"], *choices, ["on", "yes", "Oui"], ["on", "no", "Non"]],
    )


def without_info(document: Document) -> dict[str, object]:
    tree = dump_document(document)
    for category in tree["categories"]:
        category["questions"] = [each for each in category["questions"] if each["type"] != "info"]
    return tree


def test_a_form_that_only_asks_takes_nothing_from_the_draft() -> None:
    document, report = read(bare())
    assert without_info(document) == without_info(WHOLE)
    assert report.whole and report.notices == []
    assert report.missing == ["Niveaux", "Plafonds", "Ressources", "Catégories", "Profil", "Réponses du profil"]
    assert {"Poids", "Je ne sais pas", "Obligatoire", "Affichée si"} <= {*report.columns["Questions"]}
    assert report.columns["Réponses"] == ["Points", "Seule"]


def test_a_question_that_the_draft_has_not_is_as_in_any_form() -> None:
    document, report = read(bare(["text", "nouvelle", "Neuve ?"], ["range", "cran", "Cran"]))
    assert [each.id for each in document.categories[-1].questions] == ["nouvelle", "cran"]
    assert str(document.categories[-1].title) == "Questions générales"
    new = document.categories[-1].questions[1]
    assert not new.required and not new.scored
    assert ["elle est prise comme non notée" in str(each) for each in report.notices].count(True) == 1


def test_what_the_columns_of_a_form_say_wins_be_it_nothing() -> None:
    survey = [
        ["type", "name", "label", "required", "relevant", "hint", "poids", "constraint"],
        ["begin_group", "energie", "Nouvelle énergie"],
        ["select_one s", "suivi", "Suivi ?", "no", None, "Une aide", 7],
        ["decimal", "part", "Part ?", "yes"],
        ["end_group"],
    ]
    choices = [["list_name", "name", "label", "points"], ["s", "aucun", "Non", 5], ["s", "mois", "Mois", None]]
    document, report = read(form(survey, choices))
    (energy,) = document.categories
    suivi, part = energy.questions
    assert (energy.title["fr"], energy.weight, energy.max_na is not None) == ("Nouvelle énergie", 1, True)
    assert (suivi.weight, suivi.required, str(suivi.help), suivi.unknown) == (7, False, "Une aide", True)
    assert [choice.points for choice in suivi.choices] == [5, 0]
    assert (part.visible_if, part.min, part.max, part.linear is not None) == (None, None, None, True)
    assert not {"Poids", "Affichée si", "Obligatoire", "Aide (fr)"} & {*report.columns["Questions"]}


def test_our_form_comes_back_the_same_and_without_its_own_columns_too() -> None:
    ours = write(WHOLE, "xlsform")
    assert read(ours)[0] == WHOLE
    book = load_workbook(io.BytesIO(ours))
    for sheet in book.worksheets:
        if sheet.title not in ("survey", "choices", "settings"):
            book.remove(sheet)
            continue
        for cell in reversed(sheet[1]):
            if str(cell.value).startswith("assett") or cell.value == "points":
                sheet.delete_cols(cell.column)
    document, report = read(rude.saved(book))
    assert document == WHOLE
    assert report.whole and "Profil" not in report.missing


def test_a_group_called_as_the_profile_is_the_draft_s() -> None:
    """What is never scored has no cell that says so."""
    survey = [
        ["type", "name", "label"],
        ["begin_group", "profil", "Profil"],
        ["integer", "size", "Combien êtes-vous ?"],
        ["range", "cran", "Cran"],
        ["acknowledge", "vu", "Vu"],
        ["end_group"],
        ["decimal", "km", "Km"],
    ]
    document, report = read(form(survey, [["list_name", "name", "label"]]))
    assert [(each.id, each.type) for each in document.profile] == [
        ("size", "number"),
        ("cran", "scale"),
        ("vu", "boolean"),
    ]
    assert document.profile[0].unknown and "Profil" not in report.missing
    assert [each.id for each in document.questions] == ["km"]


def test_a_wrong_cell_of_a_form_leaves_the_draft_s_own_value() -> None:
    survey = [["type", "name", "label", "poids"], ["select_multiple g", "gestes", "G", "lourd"]]
    choices = [["list_name", "name", "label", "points"], ["g", "led", "LED", "beaucoup"], ["g", "tout", "Tout", 2]]
    document, report = read(form(survey, choices))
    gestes = next(each for each in document.questions if each.id == "gestes")
    assert float(gestes.weight) == 1.5 and [choice.points for choice in gestes.choices] == [1, 2]
    assert [each.kept for each in report.dropped] == ["la valeur du brouillon est gardée"] * 2


@pytest.mark.parametrize("kind", ["form", "workbook"])
def test_what_is_wrong_with_the_draft_s_own_cell_is_not_said_of_the_file(kind: str) -> None:
    """« part » is shown for an answer to « suivi », which the file has no more."""

    def edit(book: Workbook) -> None:
        asked, answers = book["Questions"], book["Réponses"]
        asked.delete_rows(rude.cell(asked, "suivi", "Type").row)
        asked.delete_cols(rude.cell(asked, "km", "Affichée si").column)
        for row in range(answers.max_row, 1, -1):
            if answers.cell(row, 1).value == "suivi":
                answers.delete_rows(row)

    _, report = read(bare(without=["suivi"]) if kind == "form" else rude.edited(edit))
    said = [str(each).replace("\u00a0", " ") for each in report.dropped]
    assert [
        each for each in said if "colonne « Affichée si » du brouillon : la question « suivi » n’existe pas" in each
    ]
    assert all("ligne" in each for each in said)


def test_what_is_wrong_with_a_sheet_of_the_draft_is_said_of_it() -> None:
    def edit(book: Workbook) -> None:
        book["Profil"].delete_rows(rude.cell(book["Profil"], "size", "Type").row)
        book.remove(book["Catégories"])

    _, report = read(rude.edited(edit))
    (told,) = report.dropped
    assert (
        str(told).replace("\u00a0", " ").startswith("feuille « Catégories » du brouillon, colonne « Affichée si » : ")
    )
