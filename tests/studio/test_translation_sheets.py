"""Translations in a spreadsheet: taken away, filled in, brought back; what cannot be taken is told, cell by cell."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assett.core.settings import ROOT
from assett.engine.drafting.pieces import take_apart
from assett.formats.files import load
from assett.formats.reports import Report
from assett.formats.texts import read_texts, write_texts
from assett.studio import translations, worksheets
from assett.studio.models import DraftStep, QuestionnaireFile
from tests import factories
from tests.formats import rude
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, open_as, tree_of
from tests.studio.browsing import plain

SOCLE = load(ROOT / "questionnaires/socle-assett.yaml").tree


def taken_away(client: LintingClient, base: str) -> Workbook:
    sent = client.get(f"{base}/traductions/export.xlsx")
    assert sent.status_code == 200
    return load_workbook(io.BytesIO(sent.data))


def cell(sheet: Worksheet, address: str, column: str) -> Any:
    heads = [each.value for each in sheet[1]]
    rows = {each.value: each.row for each in sheet["A"]}
    return sheet.cell(rows[address], heads.index(column) + 1)


def brought(client: LintingClient, base: str, book: Workbook | bytes) -> Any:
    data = book if isinstance(book, bytes) else rude.saved(book)
    client.get(f"{base}/traductions")
    return client.post(
        f"{base}/traductions/fichier",
        data={"file": (io.BytesIO(data), "textes.xlsx")},
        content_type="multipart/form-data",
    )


def test_every_text_goes_out_and_comes_back_the_same() -> None:
    parts = take_apart(SOCLE)
    lines = list(worksheets.lines_of(parts, {}, {}))
    assert len(lines) > 500
    read = read_texts(write_texts(lines, ["fr", "en"]), Report())
    assert [each.address for each in read] == [each.address for each in lines]
    outcome = worksheets.weighed(parts, read)
    assert (outcome.parts, outcome.written, outcome.same, outcome.report.whole) == (parts, 0, len(lines), True)


def test_a_questionnaire_is_translated_whole_in_a_spreadsheet() -> None:
    parts = take_apart(SOCLE)
    bare = parts
    for row in translations.rows(parts, {}, "en"):
        bare = translations.with_translation(bare, row.place.address, row.place.key, "en", "")
    full = write_texts(list(worksheets.lines_of(parts, {}, {})), ["fr", "en"])
    told = {line.address: line.said["en"].words for line in read_texts(full, Report())}
    book = load_workbook(io.BytesIO(write_texts(list(worksheets.lines_of(bare, {}, {})), ["fr", "en"])))
    for row in book["Textes"].iter_rows(min_row=2):
        assert (row[3].value, row[4].value) == (None, "manquant")
        row[3].value = told[row[0].value]
    outcome = worksheets.weighed(bare, read_texts(rude.saved(book), Report()))
    assert outcome.report.whole and not outcome.report.notices
    assert translations.missing(outcome.parts) == 0
    assert outcome.parts.pieces == parts.pieces


def test_a_place_without_a_name_is_counted_as_people_count(client: LintingClient, owner: Session, space: Any) -> None:
    tree = factories.small_document()
    category = tree["categories"][0]
    category["caps"] = [{"if": {"question": "suivi", "is": "oui"}, "max": 0.5, "reason": "Pour voir"}]
    scale = {"id": "e", "type": "scale", "title": "Combien ?", "max": 2, "labels": {"2": "Tout"}, "max_points": 1}
    category["questions"].append(scale)
    sheet = taken_away(client, open_as(client, editor(space), draft_of(owner, space, tree)))["Textes"]
    assert cell(sheet, "category/energie caps.0.reason", "Où").value == "Énergie › Plafond 1, Raison du plafond"
    assert cell(sheet, "question/e labels.2", "Où").value == "Énergie › Combien ? › Degré 2, Mot d’un degré"


def test_a_filled_sheet_is_written_in_one_step_after_its_report(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    assert "Télécharger les textes" in plain(client.get(f"{base}/traductions").text)
    book = taken_away(client, base)
    sheet = book["Textes"]
    assert cell(sheet, "question/suivi title", "État (en)").value == "manquant"
    assert cell(sheet, "question/suivi choices.oui.label", "Où").value.endswith("› Oui, Libellé")
    first_level = tree_of(owner, draft)["levels"][0]
    said = cell(sheet, f"grid levels.{first_level['id']}.label", "Où").value
    assert said == f"Grille de notation › {first_level['label']['fr']}, Libellé"
    cell(sheet, "question/suivi title", "Traduction (en)").value = "  Do you track it?\r\n"
    cell(sheet, "question/suivi choices.oui.label", "Traduction (en)").value = "Yes"
    answer = brought(client, base, book)
    assert answer.status_code == 303
    page = plain(client.get(answer.location).text)
    assert "2 traductions sont nouvelles ou changées." in page and "Aucune case n’est refusée" in page
    assert tree_of(owner, draft) == factories.small_document()
    for _ in range(2):
        assert client.post(answer.location).status_code == 303
    question = tree_of(owner, draft)["categories"][0]["questions"][0]
    assert question["title"] == {"fr": "Suivez-vous vos consommations ?", "en": "Do you track it?"}
    assert question["choices"][1]["label"] == {"fr": "Oui", "en": "Yes"}
    assert owner.scalars(select(DraftStep.action)).all() == ["imported"]
    client.post(f"{base}/annuler")
    assert tree_of(owner, draft) == factories.small_document()


def changed(edit: Callable[[Worksheet], object], lines: list[Any] | None = None) -> worksheets.Weighed:
    """What a sheet of the national base would change once somebody has edited it."""
    parts = take_apart(SOCLE)
    lines = lines or list(worksheets.lines_of(parts, {}, {}))
    book = load_workbook(io.BytesIO(write_texts(lines, ["fr", "en"])))
    edit(book["Textes"])
    return worksheets.weighed(parts, read_texts(rude.saved(book), Report()))


def first(sheet: Worksheet, column: int) -> Any:
    return sheet.cell(2, column)


def test_a_source_that_changed_since_makes_its_translation_one_to_review() -> None:
    former, *others = worksheets.lines_of(take_apart(SOCLE), {}, {})
    source = "Un titre d’avant"
    former = replace(former, source=source, mark=translations.digest(source))
    outcome = changed(lambda sheet: setattr(first(sheet, 4), "value", "A former title"), [former, *others])
    assert (outcome.written, len(outcome.made_of)) == (1, 1)
    assert "à revoir" in outcome.report.notices[0].message
    rows = translations.rows(outcome.parts, outcome.made_of, "en")
    assert [row.translation for row in rows if row.stale] == ["A former title"]


def test_an_empty_cell_takes_nothing_away_and_is_told() -> None:
    outcome = changed(lambda sheet: setattr(first(sheet, 4), "value", None))
    assert (outcome.written, outcome.parts == take_apart(SOCLE)) == (0, True)
    (told,) = map(str, outcome.report.notices)
    assert "ligne 2, colonne « Traduction (en) »" in plain(told) and "le brouillon garde sa traduction" in told


@pytest.mark.parametrize("written", [True, False])
def test_a_source_that_is_corrected_in_the_sheet_is_told_and_not_taken(written: bool) -> None:
    def edit(sheet: Worksheet) -> None:
        first(sheet, 3).value = "Un titre corrigé"
        if written:
            first(sheet, 4).value = "A corrected title"

    outcome = changed(edit)
    assert outcome.written == written
    (told,) = (plain(str(each)) for each in outcome.report.notices)
    assert "ligne 2, colonne « Texte (fr) » : le texte d’origine corrigé ici, « Un titre corrigé », n’est pas" in told
    assert told.endswith("la traduction est prise, à revoir") == written
    assert next(row.stale for row in translations.rows(outcome.parts, outcome.made_of, "en")) == written


def test_of_two_rows_of_one_address_the_first_counts_and_the_other_is_told() -> None:
    def edit(sheet: Worksheet, other: str) -> None:
        first(sheet, 4).value = "One"
        sheet.append([each.value for each in sheet[2]])
        sheet.cell(sheet.max_row, 4).value = other

    outcome = changed(lambda sheet: edit(sheet, "Two"))
    assert [(each.language, each.after) for each in outcome.changes] == [("en", "One")]
    (told,) = (plain(str(each)) for each in outcome.report.refused)
    assert "cette adresse est déjà à la ligne 2, où la traduction est autre : c’est celle-là qui compte" in told
    same = changed(lambda sheet: edit(sheet, "One"))
    assert (same.written, same.report.refused) == (1, [])


def test_each_text_that_would_change_is_shown_before_it_does(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space, SOCLE)
    base = open_as(client, editor(space), draft)
    book = taken_away(client, base)
    for row in list(book["Textes"].iter_rows(min_row=2))[:60]:
        row[3].value = f"Z{row[3].value}"
    report = brought(client, base, book).location
    page = plain(client.get(report).text)
    assert "Ce qui serait écrit" in page and page.count('class="told"') == 100 and "Page 1 sur 2" in page
    assert plain(client.get(f"{report}?page=2").text).count('class="told"') == 20
    title = str(book["Textes"].cell(2, 4).value)
    bare = page.replace("<mark>", "").replace("</mark>", "")
    assert f">{title}</td>" in bare and f">{title[1:]}</td>" in bare


REFUSED: list[tuple[Callable[[Worksheet], object], str]] = [
    (lambda sheet: setattr(first(sheet, 1), "value", "question/nulle-part title"), "n’a plus de texte à l’adresse"),
    (lambda sheet: setattr(first(sheet, 4), "value", "x" * 10_001), "a 10001 caractères"),
    (lambda sheet: setattr(sheet.cell(1, 4), "value", "Traduction (de)"), "n’est pas une traduction du brouillon"),
]


@pytest.mark.parametrize(("edit", "said"), REFUSED)
def test_what_cannot_be_taken_is_told(edit: Callable[[Worksheet], object], said: str) -> None:
    outcome = changed(edit)
    assert outcome.written == 0
    assert [said in remark.message for remark in outcome.report.refused] == [True]


def test_what_a_colleague_wrote_meanwhile_is_kept_and_told() -> None:
    parts = take_apart(SOCLE)
    lines = list(worksheets.lines_of(parts, {}, {}))
    address, _, key = lines[0].address.partition(" ")
    other = translations.with_translation(parts, address, key, "en", "Written here since")
    for words, refused in (("Written there", 1), (lines[0].said["en"].words, 0)):
        book = load_workbook(io.BytesIO(write_texts(lines, ["fr", "en"])))
        first(book["Textes"], 4).value = words
        outcome = worksheets.weighed(other, read_texts(rude.saved(book), Report()))
        assert (outcome.written, len(outcome.report.refused), outcome.parts) == (0, refused, other)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Choisissez un fichier"),
        (b"\x89PNG\r\n\x1a\n", "n’est pas un classeur XLSX"),
        (rude.saved(Workbook()), "pas de feuille « Textes »"),
        (rude.edited(lambda book: book.create_sheet("Textes").append(["Mot", "Sens"])), "une colonne « Adresse »"),
    ],
)
def test_another_file_ends_in_a_message_on_the_same_page(
    client: LintingClient, owner: Session, space: Any, data: bytes, said: str
) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    answer = brought(client, base, data)
    assert answer.status_code == 422
    assert said in plain(answer.text) and "Traduire dans un tableur" in plain(answer.text)
    assert owner.scalar(select(func.count(QuestionnaireFile.id))) == 0


def test_a_file_of_texts_is_no_questionnaire_and_another_space_s_is_nobody_s(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    report = brought(client, base, taken_away(client, base)).location
    other = report.removesuffix("/traductions")
    assert client.get(other).location.endswith(report)
    assert client.post(f"{other}/reprendre").status_code == 404
    lille = factories.SpaceFactory(slug="lille")
    client.sign_in(editor(lille))
    assert client.get(report.replace("poitiers", "lille")).status_code == 404
    client.sign_in(editor(space))
    assert client.post(f"{other}/abandonner").status_code == 303
    assert client.get(report).status_code == 404


def test_these_pages_ask_for_few_statements(
    client: LintingClient, owner: Session, space: Any, statements: list[str]
) -> None:
    draft = draft_of(owner, space, SOCLE)
    base = open_as(client, editor(space), draft)
    book = taken_away(client, base)
    for row in book["Textes"].iter_rows(min_row=2):
        row[3].value = f"{row[3].value} again"
    report = brought(client, base, book).location
    for path in (report, f"{base}/traductions", f"{base}/traductions/export.xlsx"):
        client.get(path)
        statements.clear()
        client.get(path)
        assert len(statements) <= 12, (path, len(statements))
