"""What two editors choose between: shown as it is, told of whom it is, lost nowhere."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.questionnaires.models import QuestionnaireVersion
from assett.studio.models import Draft
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, hidden, tree_of
from tests.studio.browsing import Data, form_fields, plain, settled


@pytest.fixture
def zoe(space: Any) -> Person:
    return editor(space)


@pytest.fixture
def yann(space: Any) -> Person:
    return editor(space, "Yann Éditeur")


def grid_fields(client: LintingClient, base: str) -> Data:
    return form_fields(client.get(f"{base}/grille").text, "form-grid")


def test_shares_that_differ_by_a_decimal_are_chosen_between(
    client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person
) -> None:
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    hers, his = grid_fields(client, base), grid_fields(client, base)
    client.post(f"{base}/modifier", data={**hers, "levels.1.from": ["33,3"]})
    client.sign_in(yann)
    page = client.post(f"{base}/modifier", data={**his, "levels.1.from": ["33,4"]}, follow_redirects=True).text
    told = plain(page).replace("<mark>", "").replace("</mark>", "")
    assert "33,3 %" in told and "33,4 %" in told
    assert "il n’y a plus rien à choisir" not in told
    settled(client, page, "mine")
    assert tree_of(owner, draft)["levels"][1]["from"] == Decimal("0.334")


def test_a_decimal_of_a_share_is_a_change_of_its_own(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion, zoe: Person
) -> None:
    draft = draft_of(owner, space, base_id=version.id)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    client.post(f"{base}/modifier", data={**grid_fields(client, base), "levels.1.from": ["40,4"]})
    step = plain(client.get(f"{base}/historique").text)
    assert "Ce qui a changé" in step and "40,4" in step
    told = plain(client.get(f"{base}/publier").text)
    assert "Seuil du niveau « Intermédiaire » : 40 % → 40,4 %" in told


def drawn(client: LintingClient, base: str) -> Data:
    page = client.get(f"{base}/categories/energie?ouvrir=question/suivi").text
    return form_fields(page, "form-question-suivi")


def question(owner: Session, draft: Draft) -> dict[str, Any]:
    found: dict[str, Any] = tree_of(owner, draft)["categories"][0]["questions"][0]
    return found


def retyped(client: LintingClient, base: str, to: str) -> None:
    client.post(f"{base}/operation", data={"verb": "retype", "address": "question/suivi", "type": to})


@pytest.mark.parametrize(
    ("kept", "then"),
    [
        ({"mine": "1"}, ("single", "La mienne ?", ["Non de Yann", "Oui"])),
        ({"theirs": "1"}, ("number", "La sienne ?", None)),
        ({"keep.type": "theirs", "keep.title": "mine"}, ("number", "La mienne ?", None)),
    ],
)
def test_the_answers_that_one_writes_go_with_the_type_that_a_colleague_changed(
    client: LintingClient,
    owner: Session,
    space: Any,
    zoe: Person,
    yann: Person,
    kept: dict[str, str],
    then: tuple[Any, ...],
) -> None:
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(yann)
    his = {**drawn(client, base), "choices.0.label.fr": ["Non de Yann"], "title.fr": ["La mienne ?"]}
    client.sign_in(zoe)
    retyped(client, base, "number")
    client.post(f"{base}/modifier", data={**drawn(client, base), "title.fr": ["La sienne ?"]})
    client.sign_in(yann)
    page = client.post(f"{base}/modifier", data=his, follow_redirects=True).text
    assert "Type de question, et ce qui va avec" in page and "Nombre" in page and "Un seul choix" in page
    assert "Type de question : " in plain(page) and ' : <span class="told">—' not in plain(page)
    settled(client, page, **kept)
    found = question(owner, draft)
    labels = [each["label"] for each in found["choices"]] if "choices" in found else None
    assert (found["type"], found["title"], labels) == then
    assert "n’a pas sa place ici" not in client.get(f"{base}/verification").text


def test_the_type_alone_is_told_of_whoever_changed_it(
    client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person
) -> None:
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(yann)
    his = {**drawn(client, base), "choices.0.label.fr": ["Non de Yann"]}
    client.sign_in(zoe)
    retyped(client, base, "number")
    client.sign_in(yann)
    page = client.post(f"{base}/modifier", data=his, follow_redirects=True).text
    assert "Zoé Éditrice a changé le type de cette question pendant que vous écriviez." in page
    banner = "Zoé Éditrice a changé le type de cette question pendant que vous écriviez, et vos mots"
    assert banner in client.get(base).text


def test_a_type_changed_while_words_wait_is_chosen_with_what_goes_with_it(
    client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person
) -> None:
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    hers, his = drawn(client, base), drawn(client, base)
    labels = {f"choices.{place}.label.fr": f"{name} de Yann" for place, name in enumerate(("Non", "Oui"))}
    client.post(f"{base}/modifier", data={**hers, **{name: ["De Zoé"] for name in labels}})
    client.sign_in(yann)
    answer = client.post(f"{base}/modifier", data=his | {name: [text] for name, text in labels.items()})
    client.sign_in(zoe)
    retyped(client, base, "number")
    client.sign_in(yann)
    page = client.get(answer.location).text
    assert "Un seul choix" in page and "Oui de <mark>Yann</mark>" not in page
    settled(client, page, "mine")
    found = question(owner, draft)
    assert (found["type"], [each["label"] for each in found["choices"]]) == ("single", ["Non de Yann", "Oui de Yann"])


@pytest.fixture
def waiting(client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person) -> tuple[Draft, str, str]:
    """Zoé wrote a title, Yann another one, which he has not chosen yet. Gives the draft, its address, and that of the
    choice."""
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    hers, his = drawn(client, base), drawn(client, base)
    client.post(f"{base}/modifier", data={**hers, "title.fr": ["La sienne ?"]})
    client.sign_in(yann)
    answer = client.post(f"{base}/modifier", data={**his, "title.fr": ["La mienne ?"]})
    return draft, base, answer.location


def test_publishing_says_what_waits_and_the_next_draft_goes_on_with_it(
    client: LintingClient, owner: Session, space: Any, zoe: Person, waiting: tuple[Draft, str, str], yann: Person
) -> None:
    _, base, choice = waiting
    own = client.get(f"{base}/publier").text
    assert "Un passage attend votre choix entre deux versions :" in plain(own) and f'href="{choice}"' in own
    client.sign_in(zoe)
    page = client.get(f"{base}/publier").text
    assert "Un passage attend le choix de vos collègues (Yann Éditeur)." in plain(page) and choice not in page
    client.post(f"{base}/publier", data=hidden(page))
    version = owner.scalars(select(QuestionnaireVersion.id).where(QuestionnaireVersion.number == 1)).one()
    client.sign_in(yann)
    assert "ils passeront dans le prochain brouillon" in plain(client.get(choice).text)
    client.get("/poitiers/atelier/versions")
    following = client.post("/poitiers/atelier/brouillons", data={"source": str(version)}).location
    assert "les vôtres attendent votre choix" in plain(client.get(following).text)
    moved = client.get(choice)
    assert moved.status_code == 303 and moved.location.startswith(following)
    settled(client, client.get(moved.location).text, "mine")
    assert "La mienne ?" in client.get(f"{following}/categories/energie").text
    assert "attend votre choix" not in plain(client.get(f"{following}/publier").text)


def test_what_stands_today_is_told_of_nobody_once_it_changed_again(
    client: LintingClient, owner: Session, waiting: tuple[Draft, str, str]
) -> None:
    draft, base, choice = waiting
    assert "Sa version" in client.get(choice).text
    client.post(f"{base}/modifier", data={**drawn(client, base), "title.fr": ["La troisième ?"]})
    page = client.get(choice).text
    assert "Dans le brouillon aujourd’hui" in page and "Sa version" not in page
    assert "Zoé Éditrice a changé" not in plain(page)
    settled(client, page, "mine")
    assert question(owner, draft)["title"] == "La mienne ?"


def test_words_of_a_piece_that_was_removed_are_named_and_put_it_back(
    client: LintingClient, owner: Session, zoe: Person, yann: Person, waiting: tuple[Draft, str, str]
) -> None:
    draft, base, choice = waiting
    client.sign_in(zoe)
    client.post(f"{base}/modifier", data={**drawn(client, base), "title.fr": ["La dernière ?"]})
    client.post(f"{base}/operation", data={"verb": "remove", "address": "question/suivi"})
    client.sign_in(yann)
    assert "« La mienne ? » a été retiré alors que vos mots attendaient" in plain(client.get(base).text)
    page = plain(client.get(choice).text)
    assert "Zoé Éditrice l’a retiré le" in page and "Le remettre avec mon texte" in page
    assert "<mark>dernière</mark>" in page, "as it was when it went"
    done = client.post(choice, data={"back": "1"}, follow_redirects=True).text
    assert "C’est remis, avec votre texte." in done and "attendaient" not in done
    assert question(owner, draft)["title"] == "La mienne ?"


def test_a_choice_that_was_made_leads_back_to_the_draft(
    client: LintingClient, waiting: tuple[Draft, str, str], zoe: Person
) -> None:
    _, base, choice = waiting
    page = client.get(choice).text
    settled(client, page, "mine")
    for again in (client.get(choice), settled(client, page, "mine")):
        assert (again.status_code, again.location) == (303, base)
    assert "plus rien n’attend votre choix" in client.get(base).text
