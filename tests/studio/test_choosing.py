"""What two editors choose between: shown as it is, told of whom it is, lost nowhere."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.questionnaires.models import QuestionnaireVersion
from assett.studio.models import Draft
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, tree_of
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
