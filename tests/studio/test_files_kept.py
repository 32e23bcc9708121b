"""What a file leaves out, sheets and columns, the draft keeps, unless its editor says otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assett.engine.drafting.pieces import drafted, take_apart
from assett.engine.drafting.steps import step_between
from assett.engine.writing import dump_document
from assett.formats.conversion import read_data
from assett.formats.files import load
from assett.formats.reports import Report
from assett.kernel.clock import utc_now
from assett.studio.models import Draft, DraftStep
from tests.formats import rude
from tests.linting import LintingClient
from tests.studio.arranging import hidden
from tests.studio.browsing import form_fields, plain
from tests.studio.test_editing import draft_of, editor, tree_of
from tests.studio.test_files import SOCLE, send


def everything_draft(owner: Session, space: Any) -> Draft:
    return draft_of(owner, space, drafted(load(rude.EVERYTHING).tree))


def test_what_a_file_would_change_is_told_by_name(client: LintingClient, owner: Session, space: Any) -> None:
    draft = everything_draft(owner, space)

    def edit(book: Workbook) -> None:
        rude.cell(book["Questions"], "km", "Poids").value = 7
        rude.cell(book["Catégories"], "energie", "Poids").value = 9
        book["Plafonds"].delete_rows(2, 99)
        rude.cell(book["Ressources"], "velo", "Titre (fr)").value = "Le vélo nouveau"
        rude.cell(book["Profil"], "kind", "Titre (fr)").value = "Quel genre ?"

    client.sign_in(editor(space))
    answer = send(client, rude.edited(edit), where=f"{draft.id}/fichiers")
    page = plain(client.get(answer.location).text)
    told = page.split("Ce qui changerait dans")[1].split("Que faire de ce fichier ?")[0]
    for said in (
        ">9</",  # the weight of a category
        ">7</",
        "Plafond 1", "Sans objectif", "Sans suivi",
        "Vélo", "Le vélo nouveau",
        "Profil «", "Quel genre", "Grille de notation", "Catégorie « Énergie »",
    ):  # fmt: skip
        assert said in told.replace("<mark>", "").replace("</mark>", ""), said
    whole = plain(client.get(f"{answer.location}/rapport.txt").text)
    assert "Ce qui changerait dans" in whole and " → 9\r" in whole and "Sans objectif" in whole


SHEETS_KEPT = {
    "Plafonds": ("2 plafonds", "Sans objectif ; Énergie : Sans suivi"),
    "Niveaux": ("5 niveaux", "Bas ; Moyen ; Haut ; Mobilité : Lent, Vif"),
    "Ressources": ("ressources", "Vélo"),
    "Profil": ("2 éléments de profil", "Type ; Effectif"),
}
SHEETS_NEEDED = {
    "Questionnaire": "le titre, les langues et l’échelle du score",
    "Catégories": "catégories",
    "Questions": "questions",
    "Réponses": "les réponses à choisir",
    "Réponses du profil": "les réponses à choisir du profil",
}


def without(*sheets: str) -> bytes:
    return rude.edited(lambda book: [book.remove(book[sheet]) for sheet in sheets])


@pytest.mark.parametrize("sheet", SHEETS_KEPT)
@pytest.mark.parametrize("emptied", [False, True])
def test_a_sheet_that_is_missing_takes_nothing_away_unless_that_is_ticked(
    client: LintingClient, owner: Session, space: Any, sheet: str, emptied: bool
) -> None:
    draft = everything_draft(owner, space)
    before = tree_of(owner, draft)
    client.sign_in(editor(space))
    data = without(sheet)
    answer = send(client, data, where=f"{draft.id}/fichiers")
    page = plain(client.get(answer.location).text)
    counted, names = SHEETS_KEPT[sheet]
    assert counted in page and names in page and f"feuille « {sheet} »" in page
    assert "trois niveaux habituels" not in page and "cette feuille manque" not in page.lower()
    assert "Aucune ligne n’est refusée" in page and "Rien : le fichier dit la même chose" in page
    assert not re.search(f"nous avons compris [^.]*{counted.split()[-1]}", page)
    sent = {**hidden(page), **({"emptied": sheet} if emptied else {})}
    answered = client.post(f"{answer.location}/reprendre", data=sent)
    if emptied and sheet in ("Niveaux", "Profil"):
        # What hangs on it is refused then, and read before anything changes.
        asked = plain(answered.text)
        assert answered.status_code == 409 and "Ce que vous avez coché a d’autres effets" in asked
        lost = {"Niveaux": "2 lignes refusées</h2>", "Profil": "1 case refusée</h2>"}[sheet]
        assert lost in asked and f'name="told" value="{sheet}"' in asked
        assert tree_of(owner, draft) == before
        whole = client.get(f"{answer.location}/rapport.txt?emptied={sheet}").text
        kept_all = client.get(f"{answer.location}/rapport.txt").text
        assert "refusé" in whole.lower() and "refusé" not in kept_all.lower()
        assert "faute de feuille ou de colonne" in kept_all and "faute de feuille ou de colonne" not in whole
        answered = client.post(f"{answer.location}/reprendre", data={**hidden(asked), "told": sheet, "emptied": sheet})
    assert answered.status_code == 303
    steps = step_between(take_apart(before), take_apart(tree_of(owner, draft)))
    assert bool(steps.pieces) == emptied
    # In a draft of its own there is nothing to keep: the sheet is named there.
    fresh = plain(client.get(send(client, data).location).text)
    assert f"Feuille « {sheet} » :</span> Cette feuille manque" in fresh and "et que le brouillon garde" not in fresh


@pytest.mark.parametrize(
    "sheets",
    [
        *((sheet,) for sheet in SHEETS_NEEDED),
        ("Niveaux", "Plafonds", "Profil", "Réponses du profil", "Ressources"),
        ("Questionnaire", "Catégories"),
        ("Questions", "Réponses"),
        ("Questionnaire", "Catégories", "Questions", "Plafonds", "Profil"),
        ("Questionnaire", "Catégories", "Questions", "Réponses", "Plafonds", "Profil", "Réponses du profil"),
    ],
)
def test_what_a_file_names_of_sheets_that_it_has_not_is_what_the_draft_keeps(
    client: LintingClient, owner: Session, space: Any, sheets: tuple[str, ...]
) -> None:
    draft = everything_draft(owner, space)
    before = tree_of(owner, draft)
    client.sign_in(editor(space))
    answer = send(client, without(*sheets), where=f"{draft.id}/fichiers")
    page = plain(client.get(answer.location).text)
    assert "Aucune ligne n’est refusée" in page and "case refusée" not in page and "cases refusées" not in page
    assert "Rien : le fichier dit la même chose que le brouillon." in page
    for sheet in set(sheets) & SHEETS_NEEDED.keys() - ({"Réponses du profil"} if "Profil" in sheets else set()):
        assert SHEETS_NEEDED[sheet] in page.split("et que le brouillon garde")[1]
        assert f'name="emptied" value="{sheet}"' not in page
    client.post(f"{answer.location}/reprendre", data=hidden(page))
    assert tree_of(owner, draft) == before
    assert owner.scalars(select(DraftStep)).all() == []


def test_what_a_colleague_adds_after_the_report_is_there_for_a_file_that_lacks_its_sheet(
    client: LintingClient, owner: Session, space: Any
) -> None:
    """The file is read beside the draft of now: an entry of the profile that came after the report counts."""
    draft = everything_draft(owner, space)

    def edit(book: Workbook) -> None:
        rude.cell(book["Questions"], "km", "Affichée si").value = "profil toit = oui"
        book.remove(book["Profil"])

    client.sign_in(editor(space))
    answer = send(client, rude.edited(edit), where=f"{draft.id}/fichiers")
    assert "1 case refusée" in plain(client.get(answer.location).text)
    here = f"/poitiers/atelier/{draft.id}"
    client.post(f"{here}/operation", data={"verb": "add", "address": "profile/", "title": "Toit", "type": "boolean"})
    page = plain(client.get(answer.location).text)
    assert "case refusée" not in page
    client.post(f"{answer.location}/reprendre", data=hidden(page))
    assert {"profile": "toit", "is": True} in str_conditions(tree_of(owner, draft))


def str_conditions(tree: dict[str, Any]) -> list[Any]:
    return [question.get("visible_if") for category in tree["categories"] for question in category["questions"]]


def test_a_file_of_few_sheets_changes_what_they_say(client: LintingClient, owner: Session, space: Any) -> None:
    """Only the sheet of questions, one of which goes to a category that is new."""
    draft = everything_draft(owner, space)
    others = [*SHEETS_KEPT, *SHEETS_NEEDED]
    others.remove("Questions")

    def edit(book: Workbook) -> None:
        rude.cell(book["Questions"], "km", "Catégorie").value = "Bâtiment"
        for sheet in others:
            book.remove(book[sheet])

    client.sign_in(editor(space))
    answer = send(client, rude.edited(edit), where=f"{draft.id}/fichiers")
    page = plain(client.get(answer.location).text)
    assert "et qui n’y sont pas, sont prises (Bâtiment)" in page and "Retiré" not in page
    client.post(f"{answer.location}/reprendre", data=hidden(page))
    tree = tree_of(owner, draft)
    titles = {category["id"]: category["title"] for category in tree["categories"]}
    assert titles["batiment"] == "Bâtiment" and titles["energie"] == "Énergie"
    assert [each["id"] for each in tree["categories"][-1]["questions"]] == ["km"]


def columns(*wanted: tuple[str, str]) -> bytes:
    """Our workbook without some columns, each told by its sheet and the start of its title."""

    def edit(book: Workbook) -> None:
        for sheet, title in wanted:
            for cell in reversed(book[sheet][1]):
                if str(cell.value).startswith(title):
                    book[sheet].delete_cols(cell.column)

    return rude.edited(edit)


TELLING = {
    ("Questions", "Type"),
    ("Questions", "Catégorie"),
    ("Profil", "Type"),
    ("Niveaux", "À partir de"),
    ("Plafonds", "Maximum"),
    ("Plafonds", "Catégorie"),
    ("Plafonds", "Si"),
    ("Réponses", "Question"),
}


@pytest.mark.parametrize(
    "gone",
    [
        (("Plafonds", "Catégorie"), ("Ressources", "Pour")),
        (("Plafonds", "Si"), ("Réponses", "Question"), ("Questions", "Aide"), ("Questions", "Poids")),
        (("Questions", "Affichée si"), ("Questions", "Poids"), ("Réponses", "Retour"), ("Réponses", "Points")),
        (("Questions", "Catégorie"), ("Questions", "Type"), ("Catégories", "Titre"), ("Profil", "Type")),
        (("Questionnaire", "Langues"), ("Questionnaire", "Titre"), ("Questionnaire", "Note maximale")),
        [
            (sheet, "Identifiant")
            for sheet in ("Catégories", "Questions", "Réponses", "Niveaux", "Profil", "Ressources")
        ],
        (("Niveaux", "À partir de"), ("Plafonds", "Maximum"), ("Plafonds", "Raison"), ("Ressources", "Pour")),
    ],
)
def test_a_column_that_is_missing_takes_nothing_away(
    client: LintingClient, owner: Session, space: Any, gone: Sequence[tuple[str, str]]
) -> None:
    draft = everything_draft(owner, space)
    before = tree_of(owner, draft)
    client.sign_in(editor(space))
    answer = send(client, columns(*gone), where=f"{draft.id}/fichiers")
    page = plain(client.get(answer.location).text)
    assert "Rien : le fichier dit la même chose" in page
    # Without a column that tells what its rows are, a sheet is not read, and cannot be asked to go.
    unread = [(sheet, title) for sheet, title in gone if (sheet, title) in TELLING]
    for sheet in {sheet for sheet, _ in unread}:
        title = next(title for each, title in unread if each == sheet)
        assert re.search(f"{sheet} », ligne[^:]*:</span> Il n’y a pas de colonne « {title} » : nous ne savons", page)
        assert f'name="emptied" value="{sheet}"' not in page
    assert ("Aucune ligne n’est refusée" in page) == (not unread)
    kept = page.split("et que le brouillon garde")[1]
    assert "Pour vider une colonne" in kept
    client.post(f"{answer.location}/reprendre", data=hidden(page))
    assert tree_of(owner, draft) == before


def test_the_scale_that_is_written_is_told_as_changed_only_where_it_is(
    client: LintingClient, owner: Session, space: Any
) -> None:
    """« Note sur 5 » is the usual one: a file leaves it out, and a draft may say it."""
    draft = draft_of(owner, space, load(SOCLE).tree)
    assert tree_of(owner, draft)["scale"] == {"max": 5, "decimals": 1}
    client.sign_in(editor(space))

    def report(edit: Any) -> tuple[str, str]:
        answer = send(client, rude.edited(edit, SOCLE), where=f"{draft.id}/fichiers")
        return answer.location, plain(client.get(answer.location).text)

    where, page = report(lambda book: book["Plafonds"].delete_rows(2))
    assert "Changé" in page and "Score sur" not in page and "Décimales" not in page
    client.post(f"{where}/reprendre", data=hidden(page))
    assert tree_of(owner, draft)["scale"] == {"max": 5, "decimals": 1}

    def finer(book: Workbook) -> None:
        at = [cell.value for cell in book["Questionnaire"][1]].index("Décimales") + 1
        book["Questionnaire"].cell(2, at).value = 2

    where, page = report(finer)
    assert "Décimales" in page and "Score sur" not in page
    client.post(f"{where}/reprendre", data=hidden(page))
    assert tree_of(owner, draft)["scale"] == {"max": 5, "decimals": 2}


def test_columns_of_another_language_are_kept_where_it_is_declared(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = draft_of(owner, space, load(SOCLE).tree)
    client.sign_in(editor(space))

    def edit(book: Workbook) -> None:
        for sheet in book.worksheets:
            for cell in reversed(sheet[1]):
                if str(cell.value).endswith("(en)"):
                    sheet.delete_cols(cell.column)

    data = rude.edited(edit, SOCLE)
    page = plain(client.get(send(client, data, where=f"{draft.id}/fichiers").location).text)
    assert "Rien : le fichier dit la même chose" in page and "Titre (en)" in page

    def undeclared(book: Workbook) -> None:
        edit(book)
        next(each for each in book["Questionnaire"][2] if str(each.value).startswith("fr")).value = "fr"

    data = rude.edited(undeclared, SOCLE)
    page = plain(client.get(send(client, data, where=f"{draft.id}/fichiers").location).text)
    assert "Titre (en)" not in page and "Rien : le fichier" not in page


def test_a_question_of_another_type_is_lent_nothing(client: LintingClient, owner: Session, space: Any) -> None:
    """What was said of a number makes no sense of a text."""
    draft = everything_draft(owner, space)

    def edit(book: Workbook) -> None:
        rude.cell(book["Questions"], "km", "Type").value = "texte"
        book["Réponses"].delete_rows(2, 99)
        sheet = book["Questions"]
        sheet.delete_cols(next(cell.column for cell in sheet[1] if cell.value == "Non concerné"))

    client.sign_in(editor(space))
    answer = send(client, rude.edited(edit), where=f"{draft.id}/fichiers")
    page = plain(client.get(answer.location).text)
    assert "ne va pas avec le type" not in page


def test_a_file_that_stands_on_the_draft_alone_makes_no_other_one(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = everything_draft(owner, space)
    before = tree_of(owner, draft)
    sheets = ("Questionnaire", "Catégories", "Questions", "Réponses")

    def edit(book: Workbook) -> None:
        book["Plafonds"].delete_rows(2, 99)
        for sheet in sheets:
            book.remove(book[sheet])

    client.sign_in(editor(space))
    data = rude.edited(edit)
    assert send(client, data).status_code == 422
    answer = send(client, data, where=f"{draft.id}/fichiers")
    page = plain(client.get(answer.location).text)
    assert "En faire un autre brouillon" not in page and "Sans objectif" in page
    assert client.post(f"{answer.location}/reprendre", data={**hidden(page), "new": "1"}).status_code == 303
    steps = step_between(take_apart(before), take_apart(tree_of(owner, draft)))
    assert set(steps.pieces) == {"grid", "category/energie"}
    assert owner.scalar(select(func.count(Draft.id))) == 1


def test_the_usual_levels_are_told_before_they_are_put(client: LintingClient, owner: Session, space: Any) -> None:
    """No row hangs on these levels: nothing is refused without them, and others come in their place."""

    def plainly(book: Workbook) -> None:
        book["Ressources"].delete_rows(2, 99)
        book["Plafonds"].delete_rows(2, 99)

    report = Report()
    document = read_data(rude.edited(plainly), "x.xlsx", None, report)
    assert document is not None
    draft = draft_of(owner, space, drafted(dump_document(document)))
    client.sign_in(editor(space))
    data = rude.edited(lambda book: [plainly(book), book.remove(book["Niveaux"])])
    answer = send(client, data, where=f"{draft.id}/fichiers")
    sent = {**hidden(client.get(answer.location).text), "emptied": "Niveaux"}
    before = tree_of(owner, draft)
    asked = client.post(f"{answer.location}/reprendre", data=sent)
    assert asked.status_code == 409 and "trois niveaux habituels sont mis, à relire" in asked.text
    assert tree_of(owner, draft) == before
    told = {**hidden(asked.text), "told": "Niveaux", "emptied": "Niveaux"}
    assert client.post(f"{answer.location}/reprendre", data=told).status_code == 303
    assert [each["id"] for each in tree_of(owner, draft)["levels"]] == ["debutant", "intermediaire", "avance"]


def test_what_another_draft_would_lose_is_told_before_it_is_made(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = everything_draft(owner, space)
    client.sign_in(editor(space))
    answer = send(client, without("Réponses"), where=f"{draft.id}/fichiers")
    new = {**hidden(client.get(answer.location).text), "new": "1"}
    asked = client.post(f"{answer.location}/reprendre", data=new)
    page = plain(asked.text)
    assert asked.status_code == 409 and owner.scalar(select(func.count(Draft.id))) == 1
    assert "Un autre brouillon perdrait ce que celui-ci prête au fichier" in page
    assert "La feuille « Réponses » manque : ces lignes, qui en dépendent, sont refusées" in page
    assert "Remplacer le contenu du brouillon" not in page
    whole = client.get(f"{answer.location}/rapport.txt?alone=1").text
    assert "manque : ces lignes" in plain(whole) and "Ce qui changerait" not in whole
    assert "manque : ces lignes" not in plain(client.get(answer.location).text)
    made = client.post(f"{answer.location}/reprendre", data={**new, "told_alone": "1"})
    assert 'name="told_alone" value="1"' in page
    assert made.status_code == 303 and owner.scalar(select(func.count(Draft.id))) == 2


def test_a_draft_that_is_set_aside_is_not_offered_to_be_replaced(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = everything_draft(owner, space)
    client.sign_in(editor(space))
    answer = send(client, without("Plafonds"), where=f"{draft.id}/fichiers")
    assert "Remplacer le contenu" in client.get(answer.location).text
    draft.closed_at = utc_now()
    owner.commit()
    page = plain(client.get(answer.location).text)
    assert "Remplacer le contenu" not in page and "Ce brouillon ne change plus : importez" in page
    assert "En faire un autre brouillon" in page


def test_what_was_ticked_stays_so_when_a_colleague_came_first(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = everything_draft(owner, space)
    client.sign_in(editor(space))
    answer = send(client, rude.edited(lambda book: book.remove(book["Plafonds"])), where=f"{draft.id}/fichiers")
    read = {**hidden(client.get(answer.location).text), "emptied": "Plafonds"}
    here = f"/poitiers/atelier/{draft.id}"
    edited = form_fields(client.get(f"{here}/categories/energie?ouvrir=question/suivi").text, "form-question-suivi")
    client.post(f"{here}/modifier", data={**edited, "title.fr": "Suivi, vraiment ?"})
    asked = client.post(f"{answer.location}/reprendre", data=read)
    assert asked.status_code == 409
    assert 'name="emptied" value="Plafonds" checked' in asked.text
    assert "Suivi, vraiment ?" in asked.text.replace("<mark>", "").replace("</mark>", "")


def test_columns_that_another_draft_would_not_have_are_told_before_it_is_made(
    client: LintingClient, owner: Session, space: Any
) -> None:
    """What the draft lends is said to be kept; without it, and in a new import, it is said to be lost."""
    draft = everything_draft(owner, space)
    client.sign_in(editor(space))
    data = columns(("Questions", "Affichée si"))
    lost = "Il n’y a pas de colonne « Affichée si » ; aucune question n’a de condition."
    answer = send(client, data, where=f"{draft.id}/fichiers")
    page = plain(client.get(answer.location).text)
    assert lost not in page and "la colonne « Affichée si »" in page
    asked = client.post(f"{answer.location}/reprendre", data={**hidden(page), "new": "1"})
    assert asked.status_code == 409 and lost in plain(asked.text)
    assert owner.scalar(select(func.count(Draft.id))) == 1
    assert lost in plain(client.get(send(client, data).location).text)


def test_a_column_that_the_draft_leaves_empty_is_not_missed(client: LintingClient, owner: Session, space: Any) -> None:
    def edit(book: Workbook) -> None:
        sheet = book["Questions"]
        at = next(cell.column for cell in sheet[1] if cell.value == "Affichée si")
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, at).value = None

    report = Report()
    document = read_data(rude.edited(edit), "x.xlsx", None, report)
    assert document is not None
    draft = draft_of(owner, space, drafted(dump_document(document)))
    client.sign_in(editor(space))
    data = columns(("Questions", "Affichée si"))
    page = plain(client.get(send(client, data, where=f"{draft.id}/fichiers").location).text)
    assert "Rien : le fichier dit la même chose" in page and "Il n’y a pas de colonne" not in page


def test_where_a_cell_is_refused_the_draft_keeps_its_own_value(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = everything_draft(owner, space)
    before = tree_of(owner, draft)

    def edit(book: Workbook) -> None:
        rude.cell(book["Réponses"], "mois", "Points").value = "deux"
        rude.cell(book["Questions"], "gestes", "Poids").value = "2,5 pts"
        rude.cell(book["Catégories"], "mobilite", "Affichée si").value = "nulle-part = oui"

    client.sign_in(editor(space))
    answer = send(client, rude.edited(edit), where=f"{draft.id}/fichiers")
    page = plain(client.get(answer.location).text)
    assert "3 cases refusées" in page and page.count("; la valeur du brouillon est gardée.") == 3
    assert "Rien : le fichier dit la même chose" in page
    client.post(f"{answer.location}/reprendre", data=hidden(page))
    assert tree_of(owner, draft) == before
    # Another draft has no value to keep.
    fresh = plain(client.get(send(client, rude.edited(edit)).location).text)
    assert "0 point pris." in fresh and "l’affichage est permanent." in fresh and "du brouillon" not in fresh


def test_where_the_draft_s_own_value_makes_no_sense_either_what_holds_is_said(
    client: LintingClient, owner: Session, space: Any
) -> None:
    """The condition of the file and that of the draft both look at what is gone."""
    draft = everything_draft(owner, space)

    def edit(book: Workbook) -> None:
        rude.cell(book["Questions"], "depuis", "Affichée si").value = "nulle-part = oui"
        sheet = book["Questions"]
        sheet.delete_rows(rude.cell(sheet, "objectif", "Identifiant").row)

    client.sign_in(editor(space))
    answer = send(client, rude.edited(edit), where=f"{draft.id}/fichiers")
    page = plain(client.get(answer.location).text)
    (told,) = re.findall(r"Aucune question ne s’appelle[^<]*|La question « nulle-part »[^<]*", page)
    assert told.endswith("sans cette condition, l’affichage est permanent.")


def test_a_form_of_another_tool_changes_what_it_says(client: LintingClient, owner: Session, space: Any) -> None:
    """Its questions are known by their names; « part » is shown for a question that it has no more."""
    draft = everything_draft(owner, space)
    book = Workbook()
    survey, choices = book.worksheets[0], book.create_sheet("choices")
    survey.title = "survey"
    for row in (
        ["type", "name", "label"],
        ["begin_group", "energie", "Énergie"],
        ["select_multiple g", "gestes", "Vos gestes"],
        ["decimal", "part", "Part renouvelable"],
        ["end_group"],
    ):
        survey.append(row)
    for row in (["list_name", "name", "label"], ["g", "led", "LED"], ["g", "tout", "Tout"]):
        choices.append(row)
    client.sign_in(editor(space))
    answer = send(client, rude.saved(book), where=f"{draft.id}/fichiers")
    page = plain(client.get(answer.location).text)
    assert "colonne « Affichée si » du brouillon" in page and "Points" in page.split("et que le brouillon garde")[1]
    assert "trois niveaux habituels" not in page
    client.post(f"{answer.location}/reprendre", data=hidden(page))
    tree = tree_of(owner, draft)
    gestes, part = tree["categories"][0]["questions"]
    assert (
        gestes["title"]["fr"] == "Vos gestes" if isinstance(gestes["title"], dict) else gestes["title"] == "Vos gestes"
    )
    assert [choice["points"] for choice in gestes["choices"]] == [1, 2] and gestes["weight"] == 1.5
    assert "linear" in part and "visible_if" not in part
    assert [each["id"] for each in tree["resources"]] == ["pour-tous", "passee", "audit", "velo"]
