"""Resources: when one is recommended, why, and in which order."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from assett.engine.reading import read_resources
from assett.engine.recommendation import Recommendation, recommend
from assett.engine.score import score

from .builders import Tree, answered, category, compiled, multiple, question, single

READY = compiled(
    category("a", single("q", 0, 1, 2, unknown=True), single("r", 0, 2), weight=2),
    category("b", multiple("m", 1, 1), question("free", "boolean", scored=False)),
    profile=[
        {
            "id": "trade",
            "title": "Métiers",
            "type": "multiple",
            "choices": [{"id": name, "label": name} for name in ("x", "y", "z")],
        }
    ],
)
GIVEN = {"q": "c1", "r": "c1", "m": ["c0"], "free": True}


def found(*resources: Tree, answers: Tree = GIVEN, profile: Tree | None = None, on: str = "2026-03-01") -> Any:
    """Recommendations among resources that need but an id and what is told of them."""
    whole = [{"title": "R", "url": "https://example.org", "type": "guide", **each} for each in resources]
    given = answered(READY, answers, profile)
    read = read_resources({"format": 1, "resources": whole})
    return recommend(READY, given, score(READY, given), read, date.fromisoformat(on))


def only(resource: Tree, **more: Any) -> Recommendation:
    (recommendation,) = found(resource, **more)
    assert isinstance(recommendation, Recommendation)
    return recommendation


@pytest.mark.parametrize(
    ("on", "there"),
    [("2026-01-31", False), ("2026-02-01", True), ("2026-02-28", True), ("2026-03-01", False)],
)
def test_both_dates_are_included(on: str, there: bool) -> None:
    resource = {"id": "one", "valid_from": "2026-02-01", "valid_until": "2026-02-28"}
    assert bool(found(resource, on=on)) is there


def test_a_question_line_gains_what_its_best_answer_would() -> None:
    # (W 2 of 3) · (2 − 1) / 4, times 0.5 + 50/100.
    recommendation = only({"id": "one", "for": [{"question": "q", "is": "c1"}]})
    assert recommendation.relevance == Fraction(1, 6)
    (reason,) = recommendation.reasons
    assert (reason.question, reason.value, reason.level, reason.category) == ("q", "c1", None, "a")


def test_a_category_line_gains_half_of_what_is_left() -> None:
    # (W 1 of 3) · (1 − 1/2) / 2, times 0.5 + 100/100.
    recommendation = only({"id": "one", "priority": 100, "for": [{"category": "b", "levels": ["high"]}]})
    assert recommendation.relevance == Fraction(1, 8)
    (reason,) = recommendation.reasons
    assert (reason.question, reason.value, reason.level, reason.gain) == (None, None, "high", Fraction(1, 12))


def test_not_knowing_can_be_aimed_at() -> None:
    lines = [{"question": "q", "is": ["?", "c0"]}]
    unknown = only({"id": "one", "for": lines}, answers={**GIVEN, "q": "?"})
    assert unknown.relevance == Fraction(1, 3)
    assert found({"id": "one", "for": lines}) == ()


def test_the_best_line_gives_the_category_and_the_first_of_equals_wins() -> None:
    best = [{"category": "b", "levels": ["high"]}, {"question": "q", "is": "c1"}, {"question": "r", "is": "c0"}]
    recommendation = only({"id": "one", "for": best})
    assert (recommendation.category, [reason.index for reason in recommendation.reasons]) == ("a", [0, 1])
    equal = [{"question": "free", "is": True}, {"question": "r", "is": "c1"}]
    assert only({"id": "one", "for": equal}).category == "b"


def test_order() -> None:
    line = [{"question": "q", "is": "c1"}]
    nothing = [{"question": "r", "is": "c1"}]
    resources: list[Tree] = [
        {"id": "everyone-first", "priority": 100},
        {"id": "everyone"},
        {"id": "b", "for": line},
        {"id": "a", "for": line},
        {"id": "urgent", "for": line, "priority": 51},
        {"id": "gain-none", "for": nothing, "priority": 10},
        {"id": "gain-none-urgent", "for": nothing, "priority": 20},
    ]
    expected = ["urgent", "a", "b", "gain-none-urgent", "gain-none", "everyone-first", "everyone"]
    assert [each.resource.id for each in found(*resources)] == expected
    assert [each.resource.id for each in found(*reversed(resources))] == expected


@pytest.mark.parametrize(
    ("profile", "there"),
    [({"trade": ["x", "z"]}, True), ({"trade": ["y"]}, False), ({"trade": []}, False), ({}, False)],
)
def test_whom_it_is_for(profile: Tree, there: bool) -> None:
    assert bool(found({"id": "one", "who": {"trade": ["z", "w"]}}, profile=profile)) is there


def test_lines_of_another_questionnaire_do_not_hold() -> None:
    lines = [{"question": "elsewhere", "is": "c1"}, {"category": "nowhere", "levels": ["low"]}]
    assert found({"id": "one", "for": lines}, {"id": "two", "who": {"absent": "c1"}}) == ()


def test_a_category_without_a_score_gains_nothing() -> None:
    ready = compiled(
        category("a", single("q", 0, 1, not_applicable=True), question("t", "boolean", scored=False)),
        category("b", question("r", "boolean")),
    )
    tree = {"id": "one", "title": "R", "url": "https://example.org", "type": "tool"}
    tree["for"] = [{"question": "t", "is": True}, {"category": "a", "levels": ["low", "high"]}]  # type: ignore[assignment]
    given = answered(ready, {"q": "n/a", "t": True, "r": True})
    resources = read_resources({"format": 1, "resources": [tree]}, ready.document)
    (recommendation,) = recommend(ready, given, score(ready, given), resources, date(2026, 3, 1))
    assert [(reason.index, reason.gain) for reason in recommendation.reasons] == [(0, 0)]
    assert (recommendation.relevance, recommendation.category) == (0, "a")
