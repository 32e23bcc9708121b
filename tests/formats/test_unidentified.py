"""Rows without an identifier: one is made of their title, told, and the same each time; titles lead to their rows."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from assett.engine.document import Document
from assett.formats.conversion import read_data, write
from assett.formats.files import open_document
from assett.formats.layout import TABLES
from assett.formats.reports import Report
from assett.formats.spreading import tables_of
from assett.kernel.ids import is_slug
from tests.formats import rude

WHOLE = open_document(rude.EVERYTHING)


def read(data: bytes) -> tuple[Document, Report]:
    report = Report()
    document = read_data(data, "essai.xlsx", None, report)
    assert document is not None, report.problems
    return document, report


def said(remarks: list) -> list[str]:
    return [str(each).replace("\u00a0", " ") for each in remarks]


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return rude.saved(book)


ASKED = ["Catégorie", "Identifiant", "Type", "Titre", "Maximum"]
ANSWERED = ["Question", "Identifiant", "Libellé", "Points", "Valeur"]
BUILT = "Énergie & bâti"


def by_hand(
    *questions: list[Any], answers: list[list[Any]], categories: tuple[str, ...] = ("Énergie & bâti",)
) -> bytes:
    return workbook(
        Questionnaire=[["Titre"], ["Le mien"]],
        Catégories=[["Identifiant", "Titre"], [None, BUILT]],
        Questions=[ASKED, *questions],
        Réponses=[ANSWERED, *answers],
    )


def test_a_workbook_written_without_any_identifier_is_read_whole() -> None:
    title = "Avez-vous des panneaux solaires ?"
    data = by_hand(
        [BUILT, None, "choix unique", title],
        [BUILT, None, "nombre", "Combien de m² ?"],
        answers=[[title, None, "Oui", 1], [title.upper(), None, "Non", 0], [title, None, "Oui !", 2]],
    )
    document, report = read(data)
    assert [each.id for each in document.categories] == ["energie-bati"]
    assert [each.id for each in document.questions] == ["avez-vous-des-panneaux-solaires", "combien-de-m2"]
    assert [each.id for each in document.questions[0].choices] == ["oui", "non", "oui-2"]
    assert report.whole
    told = said(report.notices)
    assert (
        "feuille « Questions », ligne 2, colonne « Identifiant » : il manque l’identifiant : "
        "« avez-vous-des-panneaux-solaires » est pris, d’après « Avez-vous des panneaux solaires ? »"
    ) in told
    assert sum("est le titre de la catégorie « energie-bati »" in each for each in told) == 1
    assert sum("est le titre de la question « avez-vous-des-panneaux-solaires »" in each for each in told) == 2
    # What is exported then has these identifiers, and is read without a word.
    again, silent = read(write(document, "xlsx"))
    assert again == document and not silent.notices


def test_rows_of_a_category_without_identifier_are_told_with_its_row() -> None:
    data = workbook(
        Questionnaire=[["Titre"], ["Le mien"]],
        Catégories=[["Identifiant", "Titre"], ["eau", "L’eau"], [None, "L’énergie et le bâti"]],
        Questions=[ASKED, ["eau", "q", "texte", "Une ?"], *(["energie", f"q{n}", "texte", f"{n} ?"] for n in range(3))],
        Réponses=[ANSWERED],
    )
    _, report = read(data)
    (told,) = said(report.refused)
    assert "lignes 3–5" in told and "la catégorie « energie » n’existe pas" in told
    assert "ligne 3 : si c’est elle, écrivez-y « energie »" in told


def test_answers_that_name_their_question_by_its_title_keep_their_identifiers() -> None:
    lent = tables_of(WHOLE, TABLES)

    def edit(book: Workbook) -> None:
        (heads, *rows) = book["Questions"].iter_rows(values_only=True)
        titles = {row[heads.index("Identifiant")]: row[heads.index("Titre (fr)")] for row in rows}
        for line in book["Réponses"].iter_rows(min_row=2, max_col=1):
            line[0].value = titles[line[0].value]
        for sheet in ("Questions", "Réponses"):
            head = [cell.value for cell in book[sheet][1]]
            book[sheet].delete_cols(head.index("Identifiant") + 1)

    report = Report()
    assert read_data(rude.edited(edit), "x.xlsx", None, report, lent) == WHOLE
    assert report.whole


def test_blanks_are_no_row_and_a_lack_of_answers_names_its_own_sheet() -> None:
    def edit(book: Workbook) -> None:
        for sheet in book.worksheets[1:]:
            sheet.append([" "] * 6)
        head = [cell.value for cell in book["Profil"][1]]
        row = {"Identifiant": "taille", "Type": "choix unique", "Titre (fr)": "Taille ?"}
        book["Profil"].append([row.get(title) for title in head])

    _, report = read(rude.edited(edit))
    (told,) = said(report.refused)
    assert "dans la feuille « Réponses du profil »" in told


def test_only_categories_that_nothing_tells_are_named() -> None:
    lent = tables_of(WHOLE, TABLES)

    def edit(book: Workbook) -> None:
        book["Catégories"].cell(2, 2).value = "Tout autrement"
        book["Catégories"].delete_cols(1)

    report = Report()
    read_data(rude.edited(edit), "x.xlsx", None, report, lent)
    assert any("l’identifiant de la ligne 2 : si c’est elle" in each for each in said(report.refused))


def test_several_rows_without_identifier_are_told_as_several() -> None:
    data = workbook(
        Questionnaire=[["Titre"], ["Le mien"]],
        Catégories=[["Identifiant", "Titre"], ["eau", "L’eau"], [None, "L’énergie"], [None, "Le bâti"]],
        Questions=[ASKED, ["eau", "q", "texte", "Une ?"], ["sols", "r", "texte", "Deux ?"]],
        Réponses=[ANSWERED],
    )
    _, report = read(data)
    (told,) = said(report.refused)
    assert "l’identifiant des lignes 3, 4 : si c’est l’une d’elles, écrivez-y « sols »" in told


def test_identifiers_that_are_made_leave_the_given_ones_alone() -> None:
    data = by_hand(
        [BUILT, None, "texte", "Suivi"],
        [BUILT, "suivi", "texte", "Autre"],
        [BUILT, None, "texte", "Suivi !"],
        [BUILT, None, "texte", "\N{BICYCLE}"],
        answers=[],
    )
    document, _ = read(data)
    assert [(each.id, str(each.title)) for each in document.questions] == [
        ("suivi-2", "Suivi"), ("suivi", "Autre"), ("suivi-3", "Suivi !"), ("sans-nom", "\N{BICYCLE}"),
    ]  # fmt: skip


def test_what_goes_without_an_identifier_has_none() -> None:
    data = by_hand(
        [BUILT, None, "information", "Merci"],
        [BUILT, "note", "échelle", "Note", 2],
        answers=[["note", None, "Mal", None, 0], ["Note", None, "Bien", None, 2]],
    )
    document, report = read(data)
    assert [(each.id, each.type) for each in document.questions][1] == ("note", "scale")
    assert document.questions[0].type == "info"
    assert [str(each) for _, each in document.questions[1].labels] == ["Mal", "Bien"]
    assert report.whole
    assert not any("Merci" in each for each in said(report.notices))


def test_an_identifier_in_other_signs_is_rewritten_wherever_it_is_named() -> None:
    data = workbook(
        Questionnaire=[["Titre"], ["Le mien"]],
        Catégories=[["Identifiant", "Titre"], ["Mobilité douce", "À vélo"]],
        Questions=[ASKED, ["Mobilité douce", "Ma question", "choix unique", "Venez-vous à vélo ?"]],
        Réponses=[ANSWERED, ["Ma question", "Oui !", "Oui", 1], ["Ma question", "oui", "Un peu", 0]],
    )
    document, report = read(data)
    (question,) = document.questions
    assert ([each.id for each in document.categories], question.id) == (["mobilite-douce"], "ma-question")
    assert [(each.id, str(each.label)) for each in question.choices] == [("oui-2", "Oui"), ("oui", "Un peu")]
    assert report.whole
    told = [each for each in said(report.notices) if "n’est pas un identifiant" in each]
    assert told[0] == (
        "feuille « Catégories », ligne 2, colonne « Identifiant » : « Mobilité douce » n’est pas un identifiant : "
        "« mobilite-douce » est pris"
    )
    assert len(told) == 3


def test_every_row_that_names_another_by_its_title_is_told() -> None:
    questions = [["energie", None, "texte", f"Question {at}"] for at in range(4)]
    data = workbook(
        Questionnaire=[["Titre"], ["Le mien"]],
        Catégories=[["Identifiant", "Titre"], ["batiment", "Énergie"], ["autre", "Autre"]],
        Questions=[ASKED, *questions],
    )
    _, report = read(data)
    (told,) = (each for each in said(report.notices) if "est le titre de la catégorie" in each)
    assert told.startswith("feuille « Questions », lignes 2–5, colonne « Catégorie » : « energie » est le titre")


def test_many_identifiers_are_told_in_one_line() -> None:
    questions = [[BUILT, None, "texte", f"Question {at}"] for at in range(9)]
    _, report = read(by_hand(*questions, answers=[]))
    assert [each for each in said(report.notices) if "« Questions », lignes" in each and "manque" in each] == [
        "feuille « Questions », lignes 2–10, colonne « Identifiant » : il manque l’identifiant : il est fait du titre "
        "ou du libellé de chaque ligne ; des réponses déjà données peuvent ne plus s’y rattacher"
    ]


def test_a_title_of_two_questions_leads_to_neither() -> None:
    data = by_hand(
        [BUILT, "un", "texte", "Suivi ?"],
        [BUILT, "deux", "texte", "Suivi !"],
        answers=[["Suivi", None, "Oui", 1]],
    )
    _, report = read(data)
    assert said(report.refused) == [
        "feuille « Réponses », ligne 2, colonne « Question » : plusieurs lignes ont pour titre « Suivi » : il faut ici "
        "l’identifiant de l’une"
    ]


def test_answers_of_a_refused_question_go_to_no_other_by_its_title() -> None:
    data = by_hand(
        [BUILT, "bois", "devinette", "Essence"],
        [BUILT, "essence", "choix unique", "Bois"],
        answers=[["essence", "a", "A", 1], ["essence", "b", "B", 0], ["bois", "c", "C", 3]],
    )
    document, report = read(data)
    assert [[choice.id for choice in each.choices] for each in document.questions] == [["a", "b"]]
    assert {each.place.row for each in report.refused if each.place.sheet == "Réponses"} == {4}


def test_a_question_whose_identifier_is_taken_is_refused_in_one_line() -> None:
    data = by_hand(
        [BUILT, "q", "choix unique", "Un"],
        [BUILT, "q", "choix multiple", "Deux"],
        answers=[["q", "a", "A", 1], ["q", "b", "B", 0]],
    )
    document, report = read(data)
    assert [str(each.title) for each in document.questions] == ["Un"]
    assert said(report.refused) == [
        "feuille « Questions », ligne 3, colonne « Identifiant » : l’identifiant « q » est déjà pris, ligne 2"
    ]


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_emptying_identifiers_loses_no_row(data: st.DataObject) -> None:
    """Of rows to whose identifiers nothing else in the workbook points."""
    free = {each.id for each in (*WHOLE.resources, *WHOLE.levels)}

    def edit(book: Workbook) -> None:
        for sheet in ("Niveaux", "Ressources"):
            at = [each.value for each in book[sheet][1]].index("Identifiant") + 1
            for row in sorted(data.draw(st.sets(st.integers(2, book[sheet].max_row)))):
                if book[sheet].cell(row, at).value in free:
                    book[sheet].cell(row, at).value = None

    document, report = read(rude.edited(edit))
    assert not [each for each in report.refused if each.place.column == "Identifiant"]
    assert len(document.levels) == len(WHOLE.levels)
    assert all(is_slug(each.id) for each in (*document.resources, *document.levels))
    again, silent = read(write(document, "xlsx"))
    assert again == document and not silent.notices
