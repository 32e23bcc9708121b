"""Workbooks that people changed, broke or made up: each row is taken, told or refused, and never a traceback."""

from __future__ import annotations

import random
import time
from datetime import date
from fractions import Fraction

import pytest
from openpyxl import Workbook

from assett.engine.document import Document
from assett.engine.reading import read_document
from assett.formats.files import open_document
from assett.formats.reports import Report, Unreadable
from assett.formats.spreading import write_workbook
from assett.formats.workbook import read_workbook
from tests.engine import builders
from tests.formats import rude
from tests.formats.rude import cell, edited


def read(data: bytes) -> tuple[Document | None, Report]:
    report = Report()
    return read_workbook(data, report), report


def test_what_tells_what_a_row_is_refuses_it_alone_with_what_hangs_on_it() -> None:
    before = open_document(rude.EVERYTHING)
    document, report = read(edited(lambda book: setattr(cell(book["Questions"], "km", "Type"), "value", "lourd")))
    assert document is not None
    gone = {question.id for question in before.questions} - {question.id for question in document.questions}
    first = report.refused[0]
    assert {each for each in gone if ".info" not in each} == {"km"}
    assert (first.place.sheet, first.place.column) == ("Questions", "Type")
    # Its answers fall too, and what looks at it loses that look: each is told with its own row.
    assert {remark.place.sheet for remark in report.refused} > {"Questions"}
    assert not report.whole


# A sheet, one of its rows, a column; what is written there; and what is said of it.
WRONG_CELLS = [
    ("Catégories", "mobilite", "Poids", "lourd", "il faut un nombre, pas « lourd » ; poids 1 pris"),
    ("Catégories", "mobilite", "Part non concernée admise", "la moitié", "pris comme vide"),
    ("Catégories", "mobilite", "Affichée si", "suivi =", "sans cette condition, l’affichage est permanent"),
    ("Catégories", "mobilite", "Titre (fr)", "", "l’identifiant en tient lieu"),
    ("Questions", "km", "Poids", "lourd", "il faut un nombre, pas « lourd » ; poids 1 pris"),
    ("Questions", "km", "Obligatoire", "peut-être", "il faut oui ou non, pas « peut-être » ; pris comme vide"),
    ("Questions", "km", "Affichée si", "nulle-part = oui", "sans cette condition, l’affichage est permanent"),
    (
        "Questions",
        "km",
        "Choix au moins",
        "2",
        "cette case ne va pas avec le type « nombre » ; elle est laissée de côté",
    ),
    ("Réponses", "mois", "Points", "beaucoup", "il faut un nombre, pas « beaucoup » ; 0 point pris"),
]


@pytest.mark.parametrize(("sheet", "row", "column", "value", "said"), WRONG_CELLS)
def test_a_wrong_cell_falls_alone_and_is_told(sheet: str, row: str, column: str, value: str, said: str) -> None:
    before = open_document(rude.EVERYTHING)

    def edit(book: Workbook) -> None:
        cell(book[sheet], row, column).value = value or None
        if column == "Titre (fr)":
            cell(book[sheet], row, "Titre (en)").value = None

    document, report = read(edited(edit))
    assert document is not None
    assert [each.id for each in document.categories] == [each.id for each in before.categories]
    assert [each.id for each in document.questions] == [each.id for each in before.questions]
    assert [len(each.choices) for each in document.questions] == [len(each.choices) for each in before.questions]
    assert (report.refused, report.notices, report.whole) == ([], [], False)
    (told,) = report.dropped
    assert str(told).replace("\u00a0", " ").endswith(said)
    assert told.place.sheet == sheet and column.startswith(told.place.column) and told.place.row
    assert any(str(told) in line for line in report.lines())


# A number that is written with what it counts, and what it is read as.
COUNTED = [
    ("Catégories", "mobilite", "Part non concernée admise", "40 %", "0.4"),
    ("Catégories", "mobilite", "Part non concernée admise", "12,5%", "0.125"),
    ("Niveaux", "moyen", "À partir de", "35 %", "0.35"),
    ("Réponses", "mois", "Points", "2 points", "2"),
    ("Réponses", "mois", "Points", "1,5 pt", "1.5"),
    ("Questions", "km", "Maximum", "90 %", "90"),
]


@pytest.mark.parametrize(("sheet", "row", "column", "value", "number"), COUNTED)
def test_a_number_with_what_it_counts_is_understood(sheet: str, row: str, column: str, value: str, number: str) -> None:
    written, read_alike = (
        read(edited(lambda book, said=said: setattr(cell(book[sheet], row, column), "value", said)))  # type: ignore[misc]
        for said in (value, float(number))
    )
    assert written[0] == read_alike[0] is not None
    report = written[1]
    assert (report.refused, report.dropped) == ([], [])
    (told,) = report.notices
    assert told.place.sheet == sheet and told.place.column == column
    assert f"{value} » est lu comme {number}".replace(" ", "") in str(told).replace("\u00a0", "").replace(" ", "")


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value"),
    [("Réponses", "mois", "Points", "40 %"), ("Catégories", "mobilite", "Poids", "2 points")],
)
def test_a_number_of_something_else_is_not_guessed(sheet: str, row: str, column: str, value: str) -> None:
    _, report = read(edited(lambda book: setattr(cell(book[sheet], row, column), "value", value)))
    assert len(report.dropped) == 1 and not report.notices


@pytest.mark.parametrize(
    ("sheet", "row"), [("Réponses", "mois"), ("Réponses du profil", "company"), ("Questions", "km"), ("Niveaux", "vif")]
)
def test_a_date_is_no_identifier(sheet: str, row: str) -> None:
    """« 1-9 » that is typed in a spreadsheet becomes a date there: what it was is not known."""
    _, report = read(edited(lambda book: setattr(cell(book[sheet], row, "Identifiant"), "value", date(2026, 9, 1))))
    told = [each for each in report.refused if each.place.sheet == sheet and each.place.column == "Identifiant"]
    assert [each.message.replace("\u00a0", " ") for each in told] == [
        "il faut un identifiant, pas la date « 01/09/2026 » : mettez la case au format texte"
    ]


def test_a_date_is_no_identifier_of_the_questionnaire_nor_a_text_without_a_word() -> None:
    def edit(book: Workbook) -> None:
        book["Questionnaire"].cell(2, 1).value = date(2026, 9, 1)
        cell(book["Réponses"], "mois", "Libellé (fr)").value = date(2026, 9, 1)

    document, report = read(edited(edit))
    assert document is not None and not document.id.startswith("2026")
    told = [str(each).replace("\u00a0", " ") for each in report.notices]
    assert "« 2026-09-01 » n’est pas un identifiant" in told[0]
    assert told[1].endswith("le tableur tient cette case pour la date « 01/09/2026 » : « 2026-09-01 » est pris")


@pytest.mark.parametrize(
    ("sheet", "row", "column"),
    [
        ("Questions", "km", "Titre"),
        ("Questions", "km", "Aide"),
        ("Réponses", "mois", "Libellé"),
        ("Niveaux", "vif", "Libellé"),
    ],
)
def test_a_text_that_lacks_its_own_language_is_the_one_that_is_there(sheet: str, row: str, column: str) -> None:
    def edit(book: Workbook) -> None:
        cell(book[sheet], row, f"{column} (fr)").value = None
        cell(book[sheet], row, f"{column} (en)").value = "Only in English"

    document, report = read(edited(edit))
    assert document is not None and report.whole
    (told,) = report.notices
    assert (told.place.sheet, told.place.column) == (sheet, f"{column} (fr)")
    assert told.message.replace("\u00a0", " ") == (
        "il manque le texte dans la langue « fr » : celui de la langue « en » en tient lieu"
    )
    assert str(document).count("Only in English") >= 2


def test_the_answers_of_a_question_without_a_type_hang_on_it() -> None:
    _, report = read(edited(lambda book: setattr(cell(book["Questions"], "suivi", "Type"), "value", None)))
    told = [each.message for each in report.refused if each.place.sheet == "Réponses"]
    assert told and all("« suivi » n’existe pas, ou a été refusée" in each.replace("\u00a0", " ") for each in told)
    assert not any("None" in str(each) for each in (*report.refused, *report.dropped, *report.notices))


@pytest.mark.parametrize("column", ["Priorité", "Du", "Au"])
def test_a_resource_is_never_taken_otherwise_than_it_was_meant(column: str) -> None:
    before = open_document(rude.EVERYTHING)
    name = before.resources[0].id
    document, report = read(edited(lambda book: setattr(cell(book["Ressources"], name, column), "value", "bientôt")))
    assert document is not None
    assert name not in {each.id for each in document.resources}
    assert [(each.place.sheet, each.place.column) for each in report.refused] == [("Ressources", column)]
    assert report.dropped == []


def test_what_falls_with_a_category_is_told_question_by_question() -> None:
    def edit(book: Workbook) -> None:
        cell(book["Catégories"], "mobilite", "Poids").value = "lourd"
        # Its questions name it by what it had.
        for column in ("Titre (fr)", "Titre (en)", "Identifiant"):
            cell(book["Catégories"], "mobilite", column).value = None

    document, report = read(edited(edit))
    before = next(each for each in open_document(rude.EVERYTHING).categories if each.id == "mobilite")
    assert document is not None
    assert "mobilite" not in {each.id for each in document.categories}
    told = [remark.message for remark in report.refused if remark.place.sheet == "Questions"]
    assert len([each for each in told if "mobilite" in each and "n’existe pas" in each]) == len(before.questions)
    # Its cell fell before it did: it is told with it, and nothing is said to be kept.
    assert any("lourd" in remark.message and not remark.kept for remark in report.refused)
    assert all(remark.place.sheet != "Catégories" for remark in report.dropped)


def test_nothing_wrong_is_told_of_what_is_right() -> None:
    _, report = read(edited(lambda book: None))
    assert (report.notices, report.refused, report.problems) == ([], [], [])
    assert report.understood["Questions"] == len(open_document(rude.EVERYTHING).questions)


def test_people_write_numbers_flags_and_types_their_own_way() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["Questions"]
        cell(sheet, "km", "Poids").value = "1,5"
        cell(sheet, "km", "Je ne sais pas").value = "X"
        cell(sheet, "km", "Type").value = " Nombre "

    document, report = read(edited(edit))
    assert report.whole
    assert document is not None
    question = next(each for each in document.questions if each.id == "km")
    assert (question.weight, question.unknown) == (Fraction(3, 2), True)


def test_days_addresses_and_titles_of_resources_are_read_as_people_write_them() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["Ressources"]
        cell(sheet, "velo", "Du").value = "01/03/2026"
        cell(sheet, "velo", "Adresse").value = "www.ville.example/velo"
        next(each for each in sheet[1] if each.value == "Adresse").value = "Lien"

    document, report = read(edited(edit))
    assert document is not None and report.whole
    resource = next(each for each in document.resources if each.id == "velo")
    assert (str(resource.valid_from), resource.url) == ("2026-03-01", "https://www.ville.example/velo")
    assert [each.message.replace("\u00a0", " ") for each in report.notices] == [
        "cette colonne est lue comme « Adresse »"
    ]


def test_columns_may_move_and_strange_ones_are_told() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["Niveaux"]
        sheet.move_range(f"B1:B{sheet.max_row}", cols=20)
        sheet.cell(1, 30).value, sheet.cell(2, 30).value = "Couleur", "vert"
        sheet.cell(3, 31).value = "sans titre"
        book.create_sheet("Brouillon").append(["à moi"])

    document, report = read(edited(edit))
    assert document == open_document(rude.EVERYTHING)
    told = [(notice.place.sheet, notice.place.column) for notice in report.notices]
    assert told == [("Niveaux", "Couleur"), ("Niveaux", ""), ("Brouillon", "")]


def test_a_broken_condition_is_told_where_it_stands() -> None:
    def edit(book: Workbook) -> None:
        cell(book["Questions"], "km", "Affichée si").value = "suivi = mois et suivi = annuel ou suivi = ?"

    _, report = read(edited(edit))
    assert report.dropped[0].place.column == "Affichée si"
    assert "parenthèses" in report.dropped[0].message


def test_formulas_merged_cells_and_hidden_sheets_are_told() -> None:
    def edit(book: Workbook) -> None:
        cell(book["Questions"], "km", "Poids").value = "=1+1"
        book["Ressources"].merge_cells("B2:B3")
        book["Niveaux"].sheet_state = "hidden"

    document, report = read(edited(edit))
    assert document is not None
    messages = " ".join(map(str, report.notices))
    for word in ("formule", "fusionnées", "masquée"):
        assert word in messages
    # The merge emptied a title, and that row is refused.
    assert [remark.place.sheet for remark in report.refused] == ["Ressources"]


def test_a_formula_gives_its_last_value() -> None:
    data = edited(lambda book: setattr(cell(book["Questions"], "km", "Poids"), "value", "=1+1"))
    cached = rude.repacked(
        data,
        "xl/worksheets/sheet4.xml",
        lambda xml: xml.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>").replace(b"<v/>", b"<v>2</v>"),
    )
    document, report = read(cached)
    assert document is not None
    assert next(each for each in document.questions if each.id == "km").weight == 2
    assert len(report.notices) == 1


PLAIN = rude.saved(Workbook())
UNREADABLE = {
    "a picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 99,
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99,
    "nothing": b"",
    "half a file": PLAIN[: len(PLAIN) // 2],
    "a bomb": rude.repacked(PLAIN, "xl/worksheets/sheet1.xml", lambda _: b" " * 40_000_000),
    "entities": rude.repacked(PLAIN, "xl/workbook.xml", lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml),
    "broken xml": rude.repacked(PLAIN, "xl/workbook.xml", lambda xml: xml[:-9]),
    "a lost sheet": rude.repacked(PLAIN, "xl/_rels/workbook.xml.rels", lambda _: b"<Relationships/>"),
    "a wide sheet": rude.repacked(
        PLAIN,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"<sheetData />", b"<sheetData/>").replace(
            b"<sheetData/>", b'<sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData>'
        ),
    ),
    "another zip": rude.repacked(PLAIN, "xl/workbook.xml", bytes)[:0] + b"PK\x03\x04" + b"\0" * 40,
    "no questionnaire": PLAIN,
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_no_honest_workbook_ends_in_a_message(name: str) -> None:
    with pytest.raises(Unreadable) as told:
        read(UNREADABLE[name])
    assert str(told.value)


def test_very_many_rows_end_in_a_message_soon() -> None:
    data = rude.many_rows(200_000)
    start = time.process_time()
    with pytest.raises(Unreadable, match="plus de 20000 lignes"):
        read(data)
    assert time.process_time() - start < 10


def test_links_to_other_files_are_told_and_not_followed() -> None:
    data = rude.repacked(edited(lambda book: None), "xl/externalLinks/externalLink1.xml", lambda _: b"<externalLink/>")
    document, report = read(data)
    assert document == open_document(rude.EVERYTHING)
    assert len(report.notices) == 1


def test_a_text_too_long_for_a_cell_is_not_cut() -> None:
    long = builders.document(builders.category("a", builders.question("q", "boolean", help="x" * 40_000)))
    with pytest.raises(Unreadable, match="32767"):
        write_workbook(read_document(long))


def test_three_hundred_questions_are_read_in_three_seconds() -> None:
    questions = [builders.single(f"q{n}", *range(5)) for n in range(300)]
    data = write_workbook(read_document(builders.document(builders.category("a", *questions))))
    start = time.process_time()
    document, _ = read(data)
    assert document is not None
    assert len(document.questions) == 300
    assert time.process_time() - start < 3


def test_whatever_a_cell_says_nothing_is_lost_in_silence() -> None:
    chance = random.Random(3)
    whole = open_document(rude.EVERYTHING)
    for _ in range(60):
        where = ""

        def edit(book: Workbook) -> None:
            nonlocal where
            sheet = book[chance.choice(["Catégories", "Questions", "Réponses", "Niveaux", "Plafonds", "Ressources"])]
            spot = sheet.cell(chance.randint(2, sheet.max_row), chance.randint(1, sheet.max_column))
            spot.value = chance.choice(["n'importe quoi", None, -7, "=", "oui", "suivi = mois", 10**12, "2026-01-01"])
            where = f"{sheet.title} {spot.coordinate} {spot.value}"

        document, report = read(edited(edit))
        assert document is not None, (where, report.problems)
        counts = [(len(each.questions), len(each.resources), len(each.categories)) for each in (document, whole)]
        assert counts[0] == counts[1] or report.refused, where


def test_a_category_that_is_merged_beside_its_questions_is_that_of_each() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["Questions"]
        rows = [row[0].row for row in sheet.iter_rows(min_row=2) if row[0].value == sheet["A2"].value]
        assert len(rows) > 2
        sheet.merge_cells(start_row=rows[0], end_row=rows[-1], start_column=1, end_column=1)

    document, report = read(edited(edit))
    assert document == open_document(rude.EVERYTHING)
    assert report.whole
    assert "leur valeur est prise pour chacune de leurs lignes" in report.notices[0].message


def test_cells_that_are_merged_along_a_row_fill_nothing() -> None:
    _, report = read(edited(lambda book: book["Questions"].merge_cells("D3:F3")))
    assert "seule la première a une valeur" in report.notices[0].message


def test_very_many_merged_cells_are_read_soon() -> None:
    merged = b"<mergeCells>" + b'<mergeCell ref="A2:A1048576"/>' * 20_000 + b"</mergeCells>"
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 15_000)).encode()
    data = rude.repacked(
        PLAIN,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"<sheetData />", b"<sheetData/>").replace(
            b"<sheetData/>", b"<sheetData>" + rows + b"</sheetData>" + merged
        ),
    )
    start = time.process_time()
    with pytest.raises(Unreadable):
        read(data)
    assert time.process_time() - start < 5


def test_a_category_s_title_and_the_usual_words_of_types_are_understood() -> None:
    def edit(book: Workbook) -> None:
        title = cell(book["Catégories"], "mobilite", "Titre (fr)").value
        cell(book["Questions"], "km", "Catégorie").value = title.upper()
        cell(book["Questions"], "plan", "Type").value = "Oui / Non"

    document, report = read(edited(edit))
    assert document == open_document(rude.EVERYTHING)
    assert report.whole
    said = [str(each).replace("\u00a0", " ") for each in report.notices]
    assert any("est le titre de la catégorie « mobilite » : c’est elle qui est prise" in each for each in said)
    assert any("« Oui / Non » est lu comme « oui ou non »" in each for each in said)


def test_a_formula_is_told_by_the_title_of_its_column() -> None:
    _, report = read(edited(lambda book: setattr(cell(book["Questions"], "km", "Poids"), "value", "=1+1")))
    assert [each.place.column for each in report.notices] == ["Poids"]
