"""What a question of a draft can earn, told as its author reads it: the engine's own figure."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assett.engine.reading import examine_document
from assett.studio import earning
from tests import factories
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, open_as
from tests.studio.browsing import control, form_fields, plain

SEVERAL = [
    {"id": "a", "label": "A", "points": 1},
    {"id": "b", "label": "B", "points": Decimal("1.5")},
    {"id": "c", "label": "C", "points": -1},
    {"id": "d", "label": "D", "points": 2, "exclusive": True},
]
HERE = "categories/dechets"


def _tree(piece: dict[str, Any]) -> dict[str, Any]:
    tree = factories.small_document()
    tree["categories"][1]["questions"][0] = {"id": "tri", "title": "Et ceci ?", **deepcopy(piece)}
    return tree


@pytest.mark.parametrize(
    "piece",
    [
        {"type": "scale", "max": 4},
        {"type": "scale", "min": 1, "max": 4, "max_points": Decimal("1.5")},
        {"type": "multiple", "choices": SEVERAL},
        {"type": "multiple", "choices": [*SEVERAL[:1], SEVERAL[3]]},
        {"type": "multiple", "choices": SEVERAL, "max_points": 2},
        {"type": "number", "bands": [{"points": 0}, {"from": 10, "points": 3}, {"from": 20, "points": 1}]},
        {"type": "number", "linear": {"zero": 0, "full": 10, "max_points": 2}},
    ],
)
def test_the_most_points_are_those_of_the_engine(
    client: LintingClient, owner: Session, space: Any, piece: dict[str, Any]
) -> None:
    document, problems = examine_document(_tree(piece))
    assert not problems
    full = document.questions[-1].full_points
    assert Fraction(earning.most(piece) or 0) == full
    base = open_as(client, editor(space), draft_of(owner, space, _tree(piece)))
    told = str(float(full)).removesuffix(".0").replace(".", ",")
    assert f"{told} pt au plus" in plain(client.get(f"{base}/{HERE}").text)


@pytest.mark.parametrize(
    "piece",
    [
        {"type": "scale"},
        {"type": "scale", "max": "x"},
        {"type": "scale", "max": 4, "max_points": "peu"},
        {"type": "scale", "max": 4, "scored": False},
        {"type": "multiple", "choices": [{"id": "a", "label": "A", "points": "x"}]},
        {"type": "multiple"},
        {"type": "number"},
        {"type": "number", "linear": {"max_points": ""}},
        {"type": "number", "bands": [{"points": "x"}]},
        {"type": "text"},
    ],
)
def test_nothing_is_told_of_points_that_make_no_sense(piece: dict[str, Any]) -> None:
    assert earning.most(piece) is None


def test_what_holds_while_the_most_is_left_empty_is_shown_there(
    client: LintingClient, owner: Session, space: Any
) -> None:
    base = open_as(client, editor(space), draft_of(owner, space, _tree({"type": "multiple", "choices": SEVERAL})))
    page = client.get(f"{base}/{HERE}?ouvrir=question/tri").text
    assert control(page, "max_points").get("placeholder") == "2,5"
    assert control(page, "min_choices").get("placeholder") == "0"
    sent = {**form_fields(page, "form-question-tri"), "choices.0.points": ["3"]}
    saved = client.post(f"{base}/modifier", data=sent, headers={"Accept": "application/json"})
    assert saved.get_json()["points"] == "4,5"


@pytest.mark.parametrize(("given", "counts"), [({}, False), ({"bands": [{"points": 1}]}, True), ({"weight": 2}, True)])
def test_a_number_without_points_is_not_asked_whether_it_counts(
    client: LintingClient, owner: Session, space: Any, given: dict[str, Any], counts: bool
) -> None:
    base = open_as(client, editor(space), draft_of(owner, space, _tree({"type": "number", **given})))
    fields = form_fields(client.get(f"{base}/{HERE}?ouvrir=question/tri").text, "form-question-tri")
    assert ("weight" in fields) == counts
