"""Several questions written at once: read again as cards, added in one step, once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRoleName
from assett.formats.plain import read_questions
from assett.studio.models import Draft, DraftStep
from tests.linting import LintingClient
from tests.studio.arranging import editor, open_as, tree_of
from tests.studio.browsing import control, plain, tree_of_page

LAMPS = """\
Vos ampoules sont-elles toutes à LED ?
> C’est écrit sur l’étiquette.
- Oui, partout : 5
- Non : 0
- Je ne sais pas
"""
THREE = f"""{LAMPS}
Quels gestes ? (plusieurs réponses possibles)
- Éteindre : 1
- Débrancher : 1

Avez-vous un potager ?"""


@pytest.fixture
def several(client: LintingClient, base: str) -> str:
    assert client.get(base).status_code == 200
    return f"{base}/categories/energie/plusieurs"


def read(client: LintingClient, several: str, text: str, status: int = 200) -> str:
    answer = client.post(several, data={"text": text, "do": "read"})
    assert answer.status_code == status
    return answer.text


def shown(page: str, text: str) -> dict[str, str]:
    """What the button of a page that was read sends."""
    hidden = {name: str(control(page, name).get("value")) for name in ("seen", "read")}
    return {**hidden, "text": text, "do": "add"}


def questions(owner: Session, draft: Draft, category: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tree_of(owner, draft)["categories"][category]["questions"]
    return found


def steps(owner: Session, draft: Draft) -> list[DraftStep]:
    return list(owner.scalars(select(DraftStep).where(DraftStep.draft_id == draft.id).order_by(DraftStep.number)))


def test_the_category_leads_to_them(client: LintingClient, several: str) -> None:
    assert f'href="{several}"' in client.get(several.removesuffix("/plusieurs")).text
    page = plain(client.get(several).text)
    assert "Une ligne vide sépare deux questions" in page and "Un exemple" in page


def test_they_are_read_again_before_anything_changes(
    client: LintingClient, owner: Session, draft: Draft, several: str
) -> None:
    page = plain(read(client, several, THREE))
    assert "3 questions comprises" in page and "Rien n’est encore ajouté." in page
    assert "« Je ne sais pas » offert" in page and "C’est écrit sur l’étiquette." in page
    assert 'Oui, partout</span><span class="points-read">5 pt' in page
    # What was typed stays beside.
    assert "Vos ampoules sont-elles toutes à LED ?\n&gt; C’est écrit" in page
    assert len(questions(owner, draft)) == 1 and not steps(owner, draft)


def test_they_are_added_in_one_step_that_one_click_takes_back(
    client: LintingClient, owner: Session, draft: Draft, base: str, several: str
) -> None:
    before = tree_of(owner, draft)
    added = client.post(several, data=shown(read(client, several, THREE), THREE))
    assert added.status_code == 303
    assert added.location.endswith("/categories/energie#question-vos-ampoules-sont-elles-toutes-a-led")
    _, lamps, gestures, garden = questions(owner, draft)
    assert lamps == {
        "id": "vos-ampoules-sont-elles-toutes-a-led",
        "type": "single",
        "title": "Vos ampoules sont-elles toutes à LED ?",
        "help": "C’est écrit sur l’étiquette.",
        "unknown": True,
        "choices": [
            {"id": "oui-partout", "label": "Oui, partout", "points": 5},
            {"id": "non", "label": "Non", "points": 0},
        ],
    }
    assert gestures["type"] == "multiple" and garden["type"] == "boolean"
    assert "a ajouté 3 questions d’un coup" in plain(client.get(f"{base}/historique").text)
    assert "vous aviez ajouté 3 questions d’un coup" in plain(
        client.post(f"{base}/annuler", follow_redirects=True).text
    )
    assert tree_of(owner, draft) == before


def test_one_question_is_told_as_one(client: LintingClient, owner: Session, draft: Draft, several: str) -> None:
    told = client.post(several, data=shown(read(client, several, LAMPS), LAMPS), follow_redirects=True).text
    assert "Une question est ajoutée." in plain(told)
    assert [each.action for each in steps(owner, draft)] == ["question.added"]


def test_two_clicks_add_once(client: LintingClient, owner: Session, draft: Draft, base: str, several: str) -> None:
    sent = shown(read(client, several, THREE), THREE)
    first, second = client.post(several, data=sent), client.post(several, data=sent)
    assert second.location == first.location
    assert len(questions(owner, draft)) == 4 and len(steps(owner, draft)) == 1
    # Taken back meanwhile, it is asked for anew.
    client.post(f"{base}/annuler")
    client.post(several, data=sent)
    assert len(questions(owner, draft)) == 4


def test_a_colleague_who_writes_meanwhile_is_no_second_click(
    client: LintingClient, owner: Session, space: Any, draft: Draft, several: str
) -> None:
    sent = shown(read(client, several, LAMPS), LAMPS)
    open_as(client, editor(space, "Yann"), draft)
    client.post(several, data=sent)
    client.post(several, data=sent | {"seen": "1"})
    assert [each["id"][-3:] for each in questions(owner, draft)] == ["ivi", "led", "d-2"]


def test_titles_lead_to_categories_that_are_begun_where_there_is_none(
    client: LintingClient, owner: Session, draft: Draft, base: str, several: str
) -> None:
    before = tree_of(owner, draft)
    text = "Chauffer ?\n# dechets\nComposter ?\n# Biodiversité\nPlanter ?\n\nSemer ?"
    page = read(client, several, text)
    assert "Dans « Biodiversité », catégorie nouvelle" in plain(page) and "Dans « Déchets »" in plain(page)
    sent = shown(page, text)
    first, second = client.post(several, data=sent), client.post(several, data=sent)
    assert second.location == first.location and first.location.endswith("energie#question-chauffer")
    asked = [(each["id"], [inner["id"] for inner in each["questions"]]) for each in tree_of(owner, draft)["categories"]]
    assert asked == [
        ("energie", ["suivi", "chauffer"]),
        ("dechets", ["tri", "composter"]),
        ("biodiversite", ["planter", "semer"]),
    ]
    client.post(f"{base}/annuler")
    assert tree_of(owner, draft) == before


def test_the_category_that_nobody_has_named_takes_the_first_title(
    client: LintingClient, owner: Session, space: Any
) -> None:
    client.sign_in(editor(space))
    assert client.get("/poitiers/atelier/").status_code == 200
    begun = client.post("/poitiers/atelier/brouillons", data={"source": "blank", "title": "Le nôtre"}).location
    several = f"{begun}/categories/categorie/plusieurs"
    text = "# Énergie\nChauffer ?\n# Eau\nArroser ?"
    client.post(several, data=shown(read(client, several, text), text))
    draft = owner.scalars(select(Draft)).one()
    assert [each["title"] for each in tree_of(owner, draft)["categories"]] == ["Énergie", "Eau"]
    assert "Prêt à être publié" in client.get(begun).text


def test_what_was_changed_since_it_was_read_is_read_again(
    client: LintingClient, owner: Session, draft: Draft, several: str
) -> None:
    sent = shown(read(client, several, LAMPS), THREE)
    again = client.post(several, data=sent)
    assert again.status_code == 422 and "Votre texte a changé" in plain(again.text)
    assert "3 questions comprises" in plain(again.text) and len(questions(owner, draft)) == 1
    assert client.post(several, data=shown(again.text, THREE)).status_code == 303


def test_what_is_not_understood_is_told_with_its_line(client: LintingClient, several: str) -> None:
    page = plain(read(client, several, "- Oui : 1\n\nTriez-vous ?\n- Oui : 5/10\n- Non : 0\n\nMerci\nJulien"))
    assert "3 lignes laissées de côté" in page
    assert "Lignes 7, 8 :</span> « Merci » : ni point d’interrogation" in page
    assert "Ligne 1 :</span> « Oui : 1 » : il n’y a pas encore de question" in page
    assert "Ligne 4 :</span> « Oui : 5/10 » : si ce sont des points" in page
    # What the check would say of it, at its place.
    assert "Une question notée doit pouvoir rapporter des points" in page


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Écrivez ou collez au moins une question."),
        (" \n\t\x00 ", "Écrivez ou collez au moins une question."),
        ("a" * 50_001, "C’est trop long : 50 000 signes au plus"),
        ("Trier ?\n" * 51, "Il y a là 51 questions : 50 au plus à la fois."),
        ("Trier ?\n" + "- Oui\n" * 101, "La question de la ligne 1 a 101 réponses : 100 au plus."),
        ("- Oui\n- Non", "Nous n’y trouvons aucune question."),
    ],
)
def test_what_cannot_be_taken_ends_in_a_message_and_stays(
    client: LintingClient, owner: Session, draft: Draft, several: str, text: str, why: str
) -> None:
    page = plain(read(client, several, text, status=422))
    assert why in page and text.replace("\x00", "").strip() in page
    assert client.post(several, data={"text": text, "do": "add", "read": "x"}).status_code == 422
    assert len(questions(owner, draft)) == 1


def test_a_question_that_is_already_asked_is_told(client: LintingClient, several: str) -> None:
    page = read(client, several, "Suivez-vous vos consommations ?\n- Oui : 1\n- Non : 0")
    assert "Même intitulé que la question 1" in plain(page.split('id="question-suivez')[1].split("</article>")[0])


def test_what_no_database_holds_is_left_out(client: LintingClient, owner: Session, draft: Draft, several: str) -> None:
    text = "Tri\x00ez-vous\x0b ?\r\n- O\u202eui : 1\r\n- Non : 0"
    client.post(several, data=shown(read(client, several, text), text))
    assert questions(owner, draft)[1]["title"] == "Triez-vous ?"


def test_a_category_or_a_draft_that_is_gone_keeps_what_was_typed(
    client: LintingClient, owner: Session, draft: Draft, base: str, several: str
) -> None:
    sent = shown(read(client, several, THREE), THREE)
    client.post(f"{base}/operation", data={"verb": "remove", "address": "category/energie"})
    for answer in (client.post(several, data=sent), client.post(several, data={"text": THREE})):
        assert answer.status_code == 422 and "Avez-vous un potager ?" in plain(answer.text)
    assert client.get(several).status_code == 404
    client.post(f"{base}/annuler")
    client.post(f"{base}/mettre-de-cote")
    closed = client.post(several, data=sent)
    assert closed.status_code == 422 and "Avez-vous un potager ?" in plain(closed.text)
    assert client.get(several).status_code == 303


def test_who_only_reads_writes_none(client: LintingClient, owner: Session, space: Any, draft: Draft) -> None:
    base = open_as(client, editor(space, role=SpaceRoleName.READER), draft)
    assert "/plusieurs" not in client.get(f"{base}/categories/energie").text
    assert client.get(f"{base}/categories/energie/plusieurs").status_code == 403
    assert client.post(f"{base}/categories/energie/plusieurs", data={"text": LAMPS}).status_code == 403


def test_few_statements_whatever_is_written(client: LintingClient, several: str, statements: list[str]) -> None:
    for text in (LAMPS, "\n".join(f"Trier {place} ?" for place in range(50))):
        statements.clear()
        page = read(client, several, text)
        assert len(statements) <= 12
        sent = shown(page, text)
        statements.clear()
        assert client.post(several, data=sent).status_code == 303
        assert len(statements) <= 12


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_example_is_read_as_it_promises(client: LintingClient, several: str, language: str) -> None:
    client.post("/langue", data={"language": language})
    page = client.get(several).text
    example = next(each for each in tree_of_page(page).iter("pre"))
    asked, report = read_questions("".join(example.itertext()))
    assert report.whole and not report.notices
    assert [each.piece["type"] for each in asked] == ["single", "multiple", "boolean", "number"]


def test_a_text_has_lines_in_english_not_rows(client: LintingClient, several: str) -> None:
    client.post("/langue", data={"language": "en"})
    page = plain(read(client, several, "Bonjour,\nvoici\n\nDes vélos ?\n- Oui\n\nMerci"))
    assert "Lines 1, 2" in page and "Line 4" in page and "Line 7" in page
    assert not re.search(r"\brows? \d", page, re.IGNORECASE)
