"""The history of a draft: one line for what was written in one go, opened onto what it changed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.studio.history import grouped
from assett.studio.models import Draft, DraftStep
from assett.studio.queries import StepMark
from tests import factories
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, tree_of
from tests.studio.browsing import form_fields, plain

START = datetime(2026, 3, 2, 10, tzinfo=UTC)


def mark(number: int, address: str | None, minute: float = 0, person: int = 1, undone: bool = False) -> StepMark:
    return StepMark(number, person, START + timedelta(minutes=minute), undone, address)


@pytest.mark.parametrize(
    ("marks", "lines"),
    [
        ([mark(1, "a"), mark(2, "a", 4), mark(3, "a", 9)], [(1, 2, 3)]),
        ([mark(1, "a"), mark(2, "a", 9), mark(3, "a", 11)], [(3,), (1, 2)]),
        ([mark(1, "a"), mark(2, "b"), mark(3, "a")], [(1, 3), (2,)]),
        ([mark(1, "a"), mark(2, "a", person=2), mark(3, "a")], [(3,), (2,), (1,)]),
        ([mark(1, "a"), mark(2, "a", undone=True), mark(3, None)], [(3,), (2,), (1,)]),
        ([mark(1, None), mark(2, None)], [(2,), (1,)]),
    ],
)
def test_what_one_person_writes_in_one_piece_is_one_line(marks: list[StepMark], lines: list[tuple[int, ...]]) -> None:
    assert grouped(marks) == lines


@pytest.fixture
def draft(owner: Session, space: Any) -> Draft:
    tree = factories.small_document()
    tree["categories"][1]["questions"][0]["visible_if"] = {"question": "suivi", "is": "oui"}
    return draft_of(owner, space, tree)


def write(client: LintingClient, base: str, place: str, question: str, **typed: str) -> None:
    page = client.get(f"{base}/categories/{place}?ouvrir=question/{question}").text
    fields = form_fields(page, f"form-question-{question}")
    sent = {**fields, **{name.replace("__", "."): [value] for name, value in typed.items()}}
    assert client.post(f"{base}/modifier", data=sent).status_code == 303


def test_pauses_make_one_line_which_undo_still_walks(
    client: LintingClient, owner: Session, draft: Draft, base: str
) -> None:
    for title in ("Suivez-vous", "Suivez-vous vos", "Suivez-vous vos factures ?"):
        write(client, base, "energie", "suivi", title__fr=title)
    page = plain(client.get(f"{base}/historique").text)
    assert page.count("a modifié la question") == 1
    assert "a modifié la question « Suivez-vous vos factures ? »" in page
    assert "vos <mark>consommations</mark> ?" in page and "vos <mark>factures</mark> ?" in page
    client.post(f"{base}/annuler")
    assert tree_of(owner, draft)["categories"][0]["questions"][0]["title"] == "Suivez-vous vos"
    page = plain(client.get(f"{base}/historique").text)
    assert page.count("annulé depuis") == 1
    client.post(f"{base}/historique/2")
    client.post(f"{base}/historique/3")
    assert tree_of(owner, draft)["categories"][0]["questions"][0]["title"] == "Suivez-vous vos factures ?"


def test_differences_are_in_words_even_of_what_is_gone(client: LintingClient, draft: Draft, base: str) -> None:
    write(client, base, "energie", "suivi", choices__1__label__fr="Chaque mois", choices__1__points="2,5", weight="3")
    write(client, base, "dechets", "tri", **{"visible_if__0__is": "non"})
    settings = form_fields(client.get(f"{base}/presentation").text, "form-settings")
    client.post(f"{base}/modifier", data={**settings, "title.fr": ["Petit"], "languages": ["fr", "en", "br"]})
    client.post(f"{base}/operation", data={"verb": "move", "address": "question/tri", "category": "energie"})
    client.post(f"{base}/operation", data={"verb": "remove", "address": "question/suivi", "category": "energie"})
    page = re.sub("</?mark>", "", plain(client.get(f"{base}/historique").text))
    for said in (
        "Réponse « Oui » : Libellé",
        "Réponse « Oui » : Points",
        ">2,5<",
        ">Poids<",
        "« Suivez-vous vos consommations ? » est « Chaque mois »",
        "« Suivez-vous vos consommations ? » est « Non »",
        "Catégorie de « Triez-vous vos déchets ? »",
        "Langues",
        "English, brezhoneg",
        "retiré",
    ):
        assert said in page, said
    assert "question/" not in page.split('<ol class="timeline"')[1].split("</ol>")[0]


def test_of_two_neighbours_the_one_that_was_taken_has_moved(client: LintingClient, base: str) -> None:
    client.get(base)
    for address in ("category/energie", "category/dechets"):
        client.post(f"{base}/operation", data={"verb": "down" if "energie" in address else "up", "address": address})
        client.post(f"{base}/annuler")
    page = plain(client.get(f"{base}/historique").text)
    assert page.count("Place de « Énergie »") == page.count("Place de « Déchets »") == 2


def test_its_pages_ask_for_as_few_statements_whatever_its_length(
    client: LintingClient, owner: Session, draft: Draft, base: str, statements: list[str]
) -> None:
    def lines(first: int, last: int) -> None:
        for number in range(first, last):
            before, after = ({"id": "suivi", "type": "boolean", "title": f"{n} ?"} for n in (number - 1, number))
            owner.add(
                DraftStep(
                    space_id=draft.space_id,
                    draft_id=draft.id,
                    number=number,
                    person="Zoé",
                    at=START + timedelta(minutes=20 * number),
                    action="question.changed",
                    subject=f"{number} ?",
                    changes={"pieces": {"question/suivi": [before, after]}},
                )
            )
        owner.get_one(Draft, draft.id).revision = last - 1
        owner.commit()

    def count() -> int:
        client.get(f"{base}/historique")
        statements.clear()
        assert client.get(f"{base}/historique").status_code == 200
        return len(statements)

    lines(1, 8)
    few = count()
    lines(8, 64)
    assert count() == few <= 12
    assert "page=3" in client.get(f"{base}/historique?page=2").text
    assert owner.scalars(select(DraftStep.number)).all()[-1] == 63


def test_what_was_taken_back_is_told(client: LintingClient, owner: Session, draft: Draft, base: str) -> None:
    write(client, base, "energie", "suivi", title__fr="Suivez-vous vos factures ?")
    fields = form_fields(client.get(f"{base}/grille").text, "form-grid")
    client.post(f"{base}/modifier", data={**fields, "scale.max": "10"})
    client.post(f"{base}/annuler")
    client.post(f"{base}/annuler")
    client.post(f"{base}/retablir")
    page = plain(client.get(f"{base}/historique").text)
    assert "a annulé l’étape qui avait changé la grille de notation" in page
    assert "a annulé l’étape qui avait modifié la question « Suivez-vous vos factures ? »" in page
    assert "a rétabli l’étape qui avait modifié la question « Suivez-vous vos factures ? »" in page
