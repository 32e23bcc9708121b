"""Files brought into the studio: a report first, then a draft; hostile ones end in a message on the same page."""

from __future__ import annotations

import io
import time
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRoleName
from assett.core import jobs
from assett.core.jobs import Job
from assett.core.settings import ROOT
from assett.engine.drafting.pieces import drafted, take_apart
from assett.engine.drafting.steps import Step, step_between
from assett.engine.reading import read_document
from assett.engine.writing import dump_document
from assett.formats.conversion import read_data, write
from assett.formats.files import load, open_document
from assett.formats.reports import Report
from assett.kernel.clock import utc_now
from assett.studio.models import Draft, DraftStep, QuestionnaireFile
from tests import factories
from tests.engine import builders
from tests.formats import rude
from tests.formats.test_sums import CHOICES, SURVEY
from tests.linting import LintingClient
from tests.studio.arranging import hidden
from tests.studio.browsing import form_fields, plain
from tests.studio.test_editing import draft_of, editor, tree_of

SOCLE = ROOT / "questionnaires/socle-assett.yaml"


def send(client: LintingClient, data: bytes, name: str = "grille.xlsx", where: str = "importer") -> Any:
    client.get(f"/poitiers/atelier/{where}")
    return client.post(
        f"/poitiers/atelier/{where}", data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data"
    )


def socle_as(kind: Any) -> bytes:
    return write(open_document(SOCLE), kind)


@pytest.mark.parametrize("kind", ["xlsx", "yaml", "json", "xlsform"])
@pytest.mark.parametrize("name", ["grille.xlsx", "sans-extension"])
def test_a_file_becomes_a_draft_after_its_report(
    client: LintingClient, owner: Session, space: Any, kind: str, name: str
) -> None:
    client.sign_in(editor(space))
    answer = send(client, socle_as(kind), name)
    assert answer.status_code == 303
    assert owner.scalar(select(func.count(Draft.id))) == 0
    page = client.get(answer.location)
    document = open_document(SOCLE)
    assert f"{len(document.questions)} questions" in plain(page.text)
    assert str(document.questions[5].title) in page.text
    assert "Aucune ligne n’est refusée" in plain(page.text)
    taken = client.post(f"{answer.location}/reprendre")
    assert taken.status_code == 303
    # A second click finds the same draft.
    assert client.post(f"{answer.location}/reprendre").location == taken.location
    draft = owner.scalars(select(Draft)).one()
    assert taken.location.endswith(f"/{draft.id}")
    assert read_document(tree_of(owner, draft)) == read_document(take_apart_again(document))


def take_apart_again(document: Any) -> dict[str, Any]:
    """What a draft makes of a document: pieces of information get an id."""
    return drafted(dump_document(document))


def test_refused_rows_and_notices_are_told_with_their_place(client: LintingClient, space: Any) -> None:
    def edit(book: Workbook) -> None:
        rude.cell(book["Questions"], "km", "Type").value = "lourd"
        rude.cell(book["Catégories"], "mobilite", "Poids").value = "lourd"
        rude.cell(book["Questions"], "suivi", "Poids").value = "=1+1"
        book["Niveaux"].sheet_state = "hidden"

    client.sign_in(editor(space))
    page = plain(client.get(send(client, rude.edited(edit)).location).text)
    assert "Feuille « Questions », ligne" in page and "colonne « Poids » :" in page
    assert "« lourd » est inconnu" in page
    assert "Aucune ligne n’est refusée" not in page
    assert "1 case refusée" in page and "Il faut un nombre, pas « lourd » ; poids 1 pris." in page
    assert "masquée" in page and "formule" in page
    assert "lignes refusées" in page


def test_rows_are_counted_not_what_is_said_of_them(client: LintingClient, space: Any) -> None:
    def edit(book: Workbook) -> None:
        heads = [each.value for each in book["Questions"][1]]
        row = {"Catégorie": "mobilite", "Identifiant": "neuve", "Type": "choix unique", "Titre (fr)": "Neuve ?"}
        row |= {"Minimum": 1, "Maximum": 3, "Points si oui": 2}
        book["Questions"].append([row.get(head) for head in heads])

    client.sign_in(editor(space))
    page = plain(client.get(send(client, rude.edited(edit)).location).text)
    assert "1 ligne refusée" in page and "ajoutez-en dans la feuille « Réponses »" in page
    assert page.count("Cette case ne va pas avec le type « choix unique »") == 3


def test_a_long_report_shows_its_beginning_and_is_downloaded_whole(client: LintingClient, space: Any) -> None:
    def edit(book: Workbook) -> None:
        for number in range(1_500):
            book["Réponses"].append([f"nulle-part-{number}", f"a{number}"])

    client.sign_in(editor(space))
    where = send(client, rude.edited(edit)).location
    page = client.get(where)
    assert len(page.data) < 300_000
    words = plain(page.text)
    assert "1500 lignes refusées" in words.replace("\u202f", "").replace("1 500", "1500") and "… et 1" in words
    assert page.text.count("nulle-part-") == 200
    whole = client.get(f"{where}/rapport.txt")
    assert whole.headers["Content-Disposition"].startswith("attachment")
    assert whole.text.count("«\u00a0nulle-part-") == 1_500


def test_what_is_said_alike_of_many_rows_is_shown_once(client: LintingClient, space: Any) -> None:
    def edit(book: Workbook) -> None:
        for number in range(1_500):
            book["Réponses"].append(["nulle-part", f"a{number}"])

    client.sign_in(editor(space))
    words = plain(client.get(send(client, rude.edited(edit)).location).text)
    assert "1500 lignes refusées" in words.replace("\u202f", "").replace("1 500", "1500")
    assert words.count("nulle-part") == 1 and "Feuille « Réponses », lignes " in words


HOSTILE = {
    "a picture named .xlsx": (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "n’est pas un classeur XLSX, malgré son nom"),
    "a bomb": (
        rude.repacked(rude.saved(Workbook()), "xl/worksheets/sheet1.xml", lambda _: b" " * 40_000_000),
        "démesuré une fois décompressé",
    ),
    "200 000 rows": (rude.many_rows(200_000), "plus de 20 000 lignes"),
    "an empty file": (b"", "Choisissez un fichier"),
    "11 MB": (b"PK\x03\x04" + b"\0" * 11 * 1024**2, "dépasse la limite de 10 Mo"),
    "13 MB": (b"PK\x03\x04" + b"\0" * 13 * 1024**2, "dépasse la limite de 10 Mo"),
    "no questionnaire": (rude.saved(Workbook()), "ce classeur n’est pas un questionnaire"),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("into", [False, True])
def test_hostile_workbooks_end_in_a_message_on_the_same_page(
    client: LintingClient, owner: Session, space: Any, name: str, into: bool
) -> None:
    draft = draft_of(owner, space)
    client.sign_in(editor(space))
    data, words = HOSTILE[name]
    answer = send(client, data, where=f"{draft.id}/fichiers" if into else "importer")
    assert answer.status_code in (413, 422)
    assert words in plain(answer.text)
    assert "Lire le fichier" in answer.text
    assert owner.scalar(select(func.count(QuestionnaireFile.id))) == 0


def test_a_workbook_of_something_else_is_told_with_a_model_that_is_right(client: LintingClient, space: Any) -> None:
    book = Workbook()
    book.active.title = "Feuil1"
    book.active.append(["Thème", "Question posée"])
    client.sign_in(editor(space))
    answer = send(client, rude.saved(book))
    assert answer.status_code == 422 and "« Feuil1 »" in plain(answer.text)
    model = client.get("/poitiers/atelier/modele.xlsx")
    assert "/poitiers/atelier/modele.xlsx" in answer.text
    report = Report()
    assert read_data(model.data, "modele.xlsx", None, report) is not None
    assert report.whole and not report.notices and not report.missing


def test_a_broken_yaml_tells_its_lines(client: LintingClient, space: Any) -> None:
    client.sign_in(editor(space))
    answer = send(client, b"format: 1\nid: x\nzut: 1\n", "essai.yaml")
    assert answer.status_code == 422
    assert "Ligne 3, zut :" in plain(answer.text)


def test_the_content_of_a_draft_is_replaced_in_one_step_that_is_undone(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = draft_of(owner, space)
    before = tree_of(owner, draft)
    client.sign_in(editor(space))
    answer = send(client, socle_as("xlsx"), where=f"{draft.id}/fichiers")
    page = plain(client.get(answer.location).text)
    told = page.split("Ce qui changerait dans « Petit questionnaire »")[1].split("Que faire de ce fichier ?")[0]
    gone = told.split("Retiré")[1].split("</details>")[0]
    assert all(
        f"Question « {title} »" in gone for title in ("Suivez-vous vos consommations ?", "Triez-vous vos déchets ?")
    )
    assert f"Question « {plain(str(open_document(SOCLE).questions[5].title))} »" in told.split("Nouveau")[1]
    client.post(f"{answer.location}/reprendre")
    after = tree_of(owner, draft)
    assert (after["id"], len(after["categories"])) == ("petit", len(open_document(SOCLE).categories))
    assert owner.scalars(select(DraftStep.action)).all() == ["imported"]
    client.post(f"/poitiers/atelier/{draft.id}/annuler")
    assert step_between(take_apart(before), take_apart(tree_of(owner, draft))) == Step()


def test_what_a_colleague_wrote_since_the_report_is_told_before_it_is_replaced(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = draft_of(owner, space)
    me = editor(space)
    client.sign_in(me)
    answer = send(client, socle_as("yaml"), "socle.yaml", where=f"{draft.id}/fichiers")
    read = hidden(client.get(answer.location).text)
    here = f"/poitiers/atelier/{draft.id}"
    client.sign_in(editor(space, "Bastien"))
    edited = form_fields(client.get(f"{here}/categories/energie?ouvrir=question/suivi").text, "form-question-suivi")
    client.post(f"{here}/modifier", data={**edited, "title.fr": "Les mots de Bastien ?"})
    written = tree_of(owner, draft)
    client.sign_in(me)
    asked = client.post(f"{answer.location}/reprendre", data=read)
    told = plain(asked.text)
    assert asked.status_code == 409 and "Bastien</strong> a modifié la question « " in told
    assert "Rien n’est encore remplacé" in told
    # The titles are those of now, Bastien's too.
    assert "Question « Les mots de Bastien ? »" in told.split("Ce qui changerait dans")[1]
    assert tree_of(owner, draft) == written
    assert client.post(f"{answer.location}/reprendre", data=hidden(asked.text)).status_code == 303
    assert len(tree_of(owner, draft)["categories"]) == len(open_document(SOCLE).categories)


def test_an_export_brought_back_changes_nothing(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space, load(SOCLE).tree)
    client.sign_in(editor(space))
    for kind in ("xlsx", "xlsform", "yaml", "json"):
        sent = client.get(f"/poitiers/atelier/{draft.id}/export.{kind}")
        answer = send(client, sent.data, where=f"{draft.id}/fichiers")
        assert answer.status_code == 303, kind
        assert "Rien : le fichier dit la même chose que le brouillon." in plain(client.get(answer.location).text)
        client.post(f"{answer.location}/reprendre")
    assert owner.scalars(select(DraftStep)).all() == []


def test_a_dropped_file_leaves_nothing(client: LintingClient, owner: Session, space: Any) -> None:
    client.sign_in(editor(space))
    answer = send(client, socle_as("json"))
    assert client.post(f"{answer.location}/abandonner").status_code == 303
    assert client.get(answer.location).status_code == 404
    assert owner.scalar(select(func.count(Draft.id))) == 0


def form_with_sums() -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("survey", SURVEY), ("choices", CHOICES)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return rude.saved(book)


@pytest.mark.parametrize("wanted", [True, False])
def test_points_counted_by_a_form_are_taken_if_wanted(
    client: LintingClient, owner: Session, space: Any, wanted: bool
) -> None:
    client.sign_in(editor(space))
    answer = send(client, form_with_sums())
    assert "Reprendre les points" in plain(client.get(answer.location).text)
    client.post(f"{answer.location}/reprendre", data={"points": "1"} if wanted else {})
    document = read_document(tree_of(owner, owner.scalars(select(Draft)).one()))
    assert [question.scored for question in document.questions] == [wanted, wanted]


def test_exports_say_what_they_are_and_lose_nothing(client: LintingClient, owner: Session, space: Any) -> None:
    version = factories.QuestionnaireVersionFactory(space_id=space.id, document=load(SOCLE).tree)
    client.sign_in(editor(space, role=SpaceRoleName.READER))
    for kind, end in {"yaml": ".yaml", "json": ".json", "xlsx": ".xlsx", "xlsform": "-xlsform.xlsx"}.items():
        sent = client.get(f"/poitiers/atelier/versions/{version.id}/export.{kind}")
        assert f'filename="socle-assett-version-1{end}"' in sent.headers["Content-Disposition"]
        assert read_data(sent.data, "", None, Report()) == open_document(SOCLE)


def test_a_draft_that_is_not_right_is_exported_as_it_stands(client: LintingClient, owner: Session, space: Any) -> None:
    tree = factories.small_document()
    tree["categories"][0]["questions"][0]["weight"] = "beaucoup"
    draft = draft_of(owner, space, tree)
    client.sign_in(editor(space))
    page = client.get(f"/poitiers/atelier/{draft.id}/fichiers").text
    assert "export.yaml" in page and "export.xlsx" not in page
    assert b"weight: beaucoup" in client.get(f"/poitiers/atelier/{draft.id}/export.yaml").data
    assert client.get(f"/poitiers/atelier/{draft.id}/export.xlsx").status_code == 303


def test_three_hundred_questions_are_brought_in_three_seconds(client: LintingClient, space: Any) -> None:
    questions = [builders.single(f"q{n}", *range(5)) for n in range(300)]
    data = write(read_document(builders.document(builders.category("a", *questions))), "xlsx")
    client.sign_in(editor(space))
    start = time.process_time()
    answer = send(client, data)
    assert answer.status_code == 303
    assert time.process_time() - start < 3
    assert "300 questions" in plain(client.get(answer.location).text)


def test_pages_of_files_ask_for_few_statements(
    client: LintingClient, owner: Session, space: Any, statements: list[str]
) -> None:
    draft = draft_of(owner, space, load(SOCLE).tree)
    client.sign_in(editor(space))
    report = send(client, socle_as("xlsx"), where=f"{draft.id}/fichiers").location
    for path in ("/poitiers/atelier/importer", f"/poitiers/atelier/{draft.id}/fichiers", report):
        client.get(path)
        statements.clear()
        client.get(path)
        assert len(statements) <= 12, (path, len(statements))


def test_a_file_is_its_space_s_editors_own_and_forgotten_after_a_week(
    app: Any, client: LintingClient, owner: Session, space: Any
) -> None:
    client.sign_in(editor(space))
    report = send(client, socle_as("json")).location
    other = factories.SpaceFactory(slug="lille")
    client.sign_in(editor(other))
    assert client.get(report.replace("poitiers", "lille")).status_code == 404
    client.sign_in(editor(space, role=SpaceRoleName.READER))
    assert client.get(report).status_code == 403
    old, recent = owner.scalars(select(QuestionnaireFile)).one(), timedelta(days=6)
    old.at = utc_now() - recent
    owner.add(Job(kind="studio.sweep"))
    owner.commit()
    jobs.drain(app)
    assert owner.scalar(select(func.count(QuestionnaireFile.id))) == 1
    old.at = utc_now() - timedelta(days=8)
    owner.add(Job(kind="studio.sweep"))
    owner.commit()
    jobs.drain(app)
    assert owner.scalar(select(func.count(QuestionnaireFile.id))) == 0


def test_a_question_that_is_not_scored_is_said_to_be_so_though_its_answers_have_points(
    client: LintingClient, space: Any
) -> None:
    client.sign_in(editor(space))
    data = rude.edited(lambda book: setattr(rude.cell(book["Questions"], "suivi", "Notée"), "value", "non"))
    page = plain(client.get(send(client, data).location).text)
    suivi = page.split("Les questions comprises")[1].split("</article>")[0]
    assert "hors score" in suivi and "2 pt" in suivi
