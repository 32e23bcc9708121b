"""Forms that nobody would send by hand: they end in words, or in nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from assett.studio import picking
from tests import factories
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, open_as, tree_of
from tests.studio.browsing import form_fields, plain


def _suivi(client: LintingClient, base: str) -> dict[str, list[str]]:
    return form_fields(client.get(f"{base}/categories/energie?ouvrir=question/suivi").text, "form-question-suivi")


def test_what_no_database_holds_is_left_out(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    fields = _suivi(client, base) | {
        "title.fr": ["Sui\x00vez ?"],
        "choices.2.id": ["n\x00eo"],
        "choices.2.label.fr": ["\x00"],
        "visible_if.0.of": ["question/\x00"],
        "visible_if.0.is": ["\x00"],
    }
    assert client.post(f"{base}/modifier", data=fields).status_code == 303
    question = tree_of(owner, draft)["categories"][0]["questions"][0]
    assert question["title"] == "Suivez ?"
    assert question["choices"][2] == {"id": "neo", "label": ""}


@pytest.mark.parametrize(
    "do",
    ["choices.9:up", "choices.²:up", "caps.7.if:add-line", "title:add", ":", "visible_if.²:remove", "bands.0:remove",
     "visible_if.99999999999999999999:remove", "scale:add", "choices:dance"],
)  # fmt: skip
def test_a_button_that_does_not_exist_does_nothing(client: LintingClient, owner: Session, space: Any, do: str) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    answer = client.post(f"{base}/modifier", data={**_suivi(client, base), "do": do})
    assert answer.status_code in {303, 422}
    assert take_choices(tree_of(owner, draft)) == ["non", "oui"]


def take_choices(tree: dict[str, Any]) -> list[str]:
    return [each["id"] for each in tree["categories"][0]["questions"][0]["choices"]]


def test_megabytes_are_refused(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    fields = _suivi(client, base)
    assert client.post(f"{base}/modifier", data={**fields, "help.fr": "x" * 10_000_000}).status_code == 413
    assert client.post(f"{base}/modifier", data={**fields, "help.fr": "x" * 13_000_000}).status_code == 413
    answer = client.post(
        f"{base}/modifier", data={**fields, "help.fr": "x" * 200_001}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 422
    assert "trop long" in answer.get_json()["error"]
    assert "help" not in tree_of(owner, draft)["categories"][0]["questions"][0]


def test_five_hundred_answers_are_a_question_like_another(client: LintingClient, owner: Session, space: Any) -> None:
    tree = factories.small_document()
    tree["categories"][0]["questions"][0]["choices"] = [
        {"id": f"c{number}", "label": f"Réponse {number}", "points": number} for number in range(500)
    ]
    draft = draft_of(owner, space, tree)
    base = open_as(client, editor(space), draft)
    fields = _suivi(client, base)
    fields["choices.499.label.fr"] = ["La dernière"]
    assert client.post(f"{base}/modifier", data=fields).status_code == 303
    choices = tree_of(owner, draft)["categories"][0]["questions"][0]["choices"]
    assert len(choices) == 500
    assert choices[499]["label"] == "La dernière"


def _nested(depth: int) -> dict[str, Any]:
    line: dict[str, Any] = {"question": "suivi", "is": "oui"}
    for level in range(depth):
        line = {("any" if level % 2 else "all"): [line, {"not": {"question": "suivi", "is": "non"}}]}
    return line


def test_a_condition_twenty_deep_is_told_in_words_and_kept(client: LintingClient, owner: Session, space: Any) -> None:
    tree = factories.small_document()
    tree["categories"][1]["questions"][0]["visible_if"] = _nested(20)
    draft = draft_of(owner, space, tree)
    base = open_as(client, editor(space), draft)
    page = client.get(f"{base}/categories/dechets?ouvrir=question/tri").text
    assert "trop imbriqué" in page and "sauf si" in page
    fields = form_fields(page, "form-question-tri")
    client.post(f"{base}/modifier", data=fields)
    assert tree_of(owner, draft)["categories"][1]["questions"][0]["visible_if"] == _nested(20)
    # What can be picked changes; what lies deeper stays.
    client.post(f"{base}/modifier", data={**fields, "visible_if.mode": "all"})
    changed = tree_of(owner, draft)["categories"][1]["questions"][0]["visible_if"]
    assert changed == {"all": _nested(20)["any"]}


@pytest.mark.parametrize("text", ["", "[]", "3", '{"items": 3, "negated": 1}', '{"negated": 0}', "[" * 100_000, "\x00"])
def test_a_kept_group_made_up_is_none(text: str) -> None:
    assert picking.restored(text) is None


def test_an_operation_made_up_is_told(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    for data in (
        {"verb": "dance"},
        {"verb": "move", "address": "question/suivi", "category": "nulle", "place": "²"},
        {"verb": "move", "address": "question/nulle", "category": "dechets", "place": "9" * 5000},
        {"verb": "add", "address": "question/", "category": "nulle", "type": "single", "title": "Quoi ?"},
        {"verb": "add", "address": "question/", "category": "energie", "type": "poem", "title": "Quoi ?"},
        {"verb": "duplicate", "address": "grid"},
        {"verb": "up", "address": "\x00"},
        {"verb": "remove", "address": "settings"},
    ):
        answer = client.post(f"{base}/operation", data=data)
        assert answer.status_code == 422, data
        assert "reconnu" in plain(answer.text) or "retiré" in plain(answer.text)
    assert tree_of(owner, draft) == factories.small_document()


def test_in_the_plan_what_a_colleague_removed_is_told_beside_what_there_is(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    for data in ({"verb": "up"}, {"verb": "move", "category": "dechets", "place": "0"}):
        sent = {"address": "question/partie", "back": "plan", **data}
        told = client.post(f"{base}/operation", data=sent, follow_redirects=True)
        assert told.status_code == 200 and 'id="plan"' in told.text
        assert "Cet élément a été retiré entre-temps" in plain(told.text)
    assert tree_of(owner, draft) == factories.small_document()


def test_in_the_plan_what_was_removed_is_named_with_who_removed_it(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = draft_of(owner, space)
    zoe, yann = editor(space), editor(space, "Yann Éditeur")
    base = open_as(client, zoe, draft)
    for gone in ("question/suivi", "category/dechets"):
        client.post(f"{base}/operation", data={"verb": "remove", "address": gone})
    lost = {"verb": "up", "address": "question/suivi", "back": "plan"}
    nowhere = {"verb": "move", "address": "category/energie", "category": "dechets", "place": "0", "back": "plan"}
    own = plain(client.post(f"{base}/operation", data=lost, follow_redirects=True).text)
    assert "Vous avez retiré « Suivez-vous vos consommations ? » dans un autre onglet" in own
    open_as(client, yann, draft)
    told = plain(client.post(f"{base}/operation", data=lost, follow_redirects=True).text)
    assert "Zoé Éditrice a retiré « Suivez-vous vos consommations ? » le" in told and "rien n’a été déplacé" in told
    told = plain(client.post(f"{base}/operation", data=nowhere, follow_redirects=True).text)
    assert "Zoé Éditrice a retiré « Déchets » le" in told
