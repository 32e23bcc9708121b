"""What the check says of a draft: in words, at its place, of the space's resources too."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from assett.engine.drafting.pieces import take_apart
from tests import factories
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, open_as, tree_of


@pytest.fixture
def space(owner: Session) -> Any:
    return factories.SpaceFactory(slug="poitiers")


def add(client: LintingClient, base: str, type: str, title: str, **more: str) -> None:
    fields = {"verb": "add", "address": "question/", "category": "energie", "type": type, "title": title}
    assert client.post(f"{base}/operation", data=fields | more).status_code == 303


# What a new question offers


@pytest.mark.parametrize(("languages", "none"), [(["fr"], "Rien de cela"), (["en", "fr"], "None of these")])
def test_a_new_question_offers_choices_that_go_together_and_have_their_points(
    client: LintingClient, owner: Session, space: Any, languages: list[str], none: str
) -> None:
    draft = draft_of(owner, space, factories.small_document() | {"languages": languages})
    base = open_as(client, editor(space), draft)
    add(client, base, "multiple", "Quels gestes ?")
    add(client, base, "single", "Un suivi du chauffage ?")
    add(client, base, "multiple", "Vos activités", address="profile/")
    parts = take_apart(tree_of(owner, draft))
    several = parts.pieces["question/quels-gestes"]["choices"]
    assert [choice["points"] for choice in several] == [1, 1, 0]
    assert several[2]["label"] == none
    assert [choice.get("exclusive", False) for choice in several] == [False, False, True]
    assert [choice["points"] for choice in parts.pieces["question/un-suivi-du-chauffage"]["choices"]] == [0, 1]
    assert not any("points" in choice for choice in parts.pieces["profile/vos-activites"]["choices"])


def test_a_choice_that_is_added_beside_points_has_some(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    add(client, base, "single", "Un suivi du chauffage ?")
    fields = {"address": "question/un-suivi-du-chauffage", "seen": "1", "do": "choices:add"}
    fields |= {"choices.0.id": "non", "choices.1.id": "oui", "type": "single"}
    assert client.post(f"{base}/modifier", data=fields).status_code == 303
    choices = take_apart(tree_of(owner, draft)).pieces["question/un-suivi-du-chauffage"]["choices"]
    assert [choice["points"] for choice in choices] == [0, 1, 0]


def test_minutes_that_are_equal_are_said_once(client: LintingClient, owner: Session, space: Any) -> None:
    base = open_as(client, editor(space), draft_of(owner, space))
    for page in ("", "/verification"):
        said = client.get(f"{base}{page}").text
        assert "Répondre prend environ une minute." in said
        assert "de 1 à 1" not in said
