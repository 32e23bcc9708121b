"""The score, rule by rule (questionnaire-format, sections 2 and 5)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from assett.engine.document import Scale
from assett.engine.output import result_tree
from assett.engine.score import rescale

from .builders import LEVELS, category, compiled, multiple, question, scored, single


def ratio_of(one: dict[str, object], answer: object) -> Fraction | None:
    """The ratio of a questionnaire of one question."""
    return scored(compiled(category("c", one)), {"q": answer}).overall.ratio


WORKED = compiled(
    category(
        "a",
        single("q1", 0, 1, 2),
        single("q2", 0, 1, weight=3),
        single("q3", 0, 1, not_applicable=True),
        weight=2,
    ),
    category("b", multiple("q4", 2, 2, 1, max_points=3)),
)
WORKED_ANSWERS = {"q1": "c1", "q3": "n/a", "q4": ["c0", "c1"]}


def test_worked_example_final() -> None:
    result = scored(WORKED, WORKED_ANSWERS)
    assert [each.ratio for each in result.categories] == [Fraction(1, 5), Fraction(1)]
    assert result.overall.ratio == Fraction(7, 15)
    assert [each.score for each in result.categories] == [Decimal("1.0"), Decimal("5.0")]
    assert result.overall.score == Decimal("2.3")
    assert not result.complete
    assert result.progress == Fraction(3, 4)


def test_worked_example_provisional() -> None:
    result = scored(WORKED, WORKED_ANSWERS, provisional=True)
    assert result.categories[0].ratio == Fraction(1, 2)
    assert result.overall.ratio == Fraction(2, 3)
    assert result.overall.score == Decimal("3.3")


def test_worked_example_as_json() -> None:
    tree = result_tree(scored(WORKED, WORKED_ANSWERS))
    assert tree["overall"] == {"ratio": 7 / 15, "score": 2.3, "level": "low", "capped": False}
    assert tree["scale"] == 5
    assert tree["categories"][0] == {  # type: ignore[index]
        "id": "a",
        "ratio": 0.2,
        "score": 1.0,
        "level": "low",
        "points": 1.0,
        "max_points": 5.0,
        "counted": 2,
        "answered": 1,
        "capped": False,
    }


BANDS = [{"points": 0}, {"from": 10, "points": 1}, {"from": Decimal("20.5"), "points": 4}]
EARNED = [
    (single("q", 0, 1, 4), "c1", Fraction(1, 4)),
    (single("q", -3, 1, 4), "c0", Fraction(0)),
    (multiple("q", 1, 2, 3), ["c2", "c0"], Fraction(4, 6)),
    (multiple("q", 1, 2, 3), [], Fraction(0)),
    (multiple("q", 1, -5, 3), ["c0", "c1"], Fraction(0)),
    (multiple("q", 1, 1, 3, max_points=2), ["c2"], Fraction(1)),
    (question("q", "boolean"), True, Fraction(1)),
    (question("q", "boolean", points=1, points_false=4), True, Fraction(1, 4)),
    (question("q", "boolean", points=0, points_false=1), False, Fraction(1)),
    (question("q", "scale", max=3), 2, Fraction(2, 3)),
    (question("q", "scale", min=-2, max=5, max_points=3), 0, Fraction(2, 7)),
    (question("q", "number", bands=BANDS), 9.99, Fraction(0)),
    (question("q", "number", bands=BANDS), 10, Fraction(1, 4)),
    (question("q", "number", bands=BANDS), Decimal("20.5"), Fraction(1)),
    (question("q", "number", linear={"zero": 0, "full": 30, "max_points": 2}), 0.1, Fraction(1, 300)),
    (question("q", "number", linear={"zero": 30, "full": 0, "max_points": 2}), 10, Fraction(2, 3)),
    (question("q", "number", linear={"zero": 0, "full": 30, "max_points": 2}), -5, Fraction(0)),
    (question("q", "number", linear={"zero": 0, "full": 30, "max_points": 2}), 90, Fraction(1)),
    (single("q", 0, 1, unknown=True), "?", Fraction(0)),
    (single("q", 0, 1, not_applicable=True), "n/a", None),
]


@pytest.mark.parametrize(("one", "answer", "ratio"), EARNED)
def test_what_an_answer_earns(one: dict[str, object], answer: object, ratio: Fraction | None) -> None:
    assert ratio_of(one, answer) == ratio


def test_best_of_a_multiple_is_together_or_alone() -> None:
    together = multiple("q", 2, 2, -1, 3)
    together["choices"][3]["exclusive"] = True
    assert ratio_of(together, ["c3"]) == Fraction(3, 4)
    together["choices"][3]["points"] = 8
    assert ratio_of(together, ["c0", "c1"]) == Fraction(1, 2)


def test_caps_lower_and_only_then_say_so() -> None:
    caps = [
        {"if": {"question": "late", "is": False}, "max": Decimal("0.6"), "reason": "R"},
        {"if": {"question": "late", "is": False}, "max": Decimal("0.39")},
        {"if": {"question": "late", "is": True}, "max": 0},
        {"if": {"all": []}, "max": 1},
    ]
    ready = compiled(
        category("c", single("q", 0, 1, 2), caps=caps),
        category("d", question("late", "boolean", scored=False)),
    )
    result = scored(ready, {"q": "c2", "late": False})
    assert result.categories[0].ratio == Fraction(39, 100)
    assert result.categories[0].before_caps == 1
    assert result.categories[0].caps == (0, 1)
    assert result.categories[0].level == "low"
    assert result.overall.ratio == Fraction(39, 100)
    assert not result.overall.capped
    low = scored(ready, {"q": "c0", "late": False}).categories[0]
    assert (low.ratio, low.capped) == (0, False)
    assert not scored(ready, {"q": "c2"}).categories[0].capped


def test_a_cap_holds_on_an_open_question_through_not() -> None:
    cap = {"if": {"not": {"question": "q", "is": ["c0", "c1"]}}, "max": 0}
    ready = compiled(category("c", single("q", 0, 1), question("b", "boolean")), caps=[cap])
    assert scored(ready, {"b": True}).overall.caps == (0,)
    assert scored(ready, {"b": True, "q": "c0"}).overall.ratio == Fraction(1, 2)


def test_too_many_not_applicable_leave_no_score() -> None:
    questions = [question(name, "boolean", not_applicable=True) for name in "abcd"]
    ready = compiled(category("c", *questions, max_na=0.5), category("d", question("e", "boolean")))
    half = {"a": "n/a", "b": "n/a", "c": True, "d": True, "e": False}
    assert scored(ready, half).categories[0].ratio == 1
    more = scored(ready, {**half, "c": "n/a"})
    assert (more.categories[0].ratio, more.categories[0].score, more.categories[0].level) == (None, None, None)
    assert (more.categories[0].counted, more.categories[0].answered) == (1, 1)
    assert more.overall.ratio == 0


def test_no_category_with_a_score_leaves_no_overall_score() -> None:
    ready = compiled(category("c", question("t", "text")), category("d"))
    overall = scored(ready, {"t": "mots"}).overall
    assert (overall.ratio, overall.score, overall.level, overall.capped) == (None, None, None, False)


def test_hidden_categories_are_left_out_with_their_questions() -> None:
    ready = compiled(
        category("a", question("open", "boolean")),
        category("b", question("in", "boolean"), visible_if={"question": "open", "is": True}),
        category("c", question("on", "boolean", visible_if={"question": "in", "is": True})),
    )
    shut = scored(ready, {"open": False, "in": True, "on": True})
    assert [each.id for each in shut.categories] == ["a", "c"]
    assert shut.categories[1].ratio is None
    assert shut.complete
    wide = scored(ready, {"open": True, "in": True, "on": True})
    assert wide.overall.ratio == 1


def test_conditions_see_answers_that_are_given_and_clear() -> None:
    def seen(condition: dict[str, object], answer: object) -> bool:
        first = single("q", 0, 1, not_applicable=True, unknown=True)
        ready = compiled(category("c", first, question("t", "boolean", visible_if=condition)))
        return scored(ready, {"q": answer, "t": True}).categories[0].answered == (1 if answer in ("n/a", None) else 2)

    is_c0 = {"question": "q", "is": "c0"}
    assert seen(is_c0, "c0")
    assert not seen(is_c0, "?")
    assert seen({"question": "q", "is": ["c0", "?"]}, "?")
    assert seen({"any": [is_c0, {"question": "q", "is": "c1"}]}, "c1")
    assert not seen({"any": []}, "c1")


@pytest.mark.parametrize(
    ("profile", "visible"),
    [
        ({"size": 50}, True),
        ({"size": 9}, False),
        ({"size": "?"}, False),
        ({}, False),
        ({"size": 50, "kind": "b"}, False),
    ],
)
def test_conditions_on_the_profile(profile: dict[str, object], visible: bool) -> None:
    ready = compiled(
        category("c", question("q", "boolean", visible_if={"profile": "size", "at_least": 10})),
        profile=[
            {"id": "kind", "type": "single", "title": "K", "choices": [{"id": i, "label": i} for i in "ab"]},
            question("size", "number", unknown=True, visible_if={"not": {"profile": "kind", "is": "b"}}),
        ],
    )
    assert (scored(ready, {}, profile).required == 1) is visible


def test_own_grid_and_exact_thresholds() -> None:
    own = [*LEVELS, {"id": "top", "from": Decimal("0.666666"), "label": "Haut"}]
    ready = compiled(category("c", question("q", "scale", max=3), levels=own))
    result = scored(ready, {"q": 2})
    assert result.categories[0].level == "top"
    assert result.overall.level == "high"


def test_unclear_answers_are_listed_in_the_order_of_the_file() -> None:
    ready = compiled(
        category("c", single("a", 0, 1, unknown=True), question("b", "text", unknown=True)),
        category("d", single("z", 0, 1, unknown=True)),
    )
    assert scored(ready, {"z": "?", "b": "?", "a": "?"}).unclear == ("a", "b", "z")


@pytest.mark.parametrize(
    ("ratio", "scale", "shown"),
    [
        (Fraction("0.3625"), Scale(), "1.8"),
        (Fraction(1, 2), Scale(Fraction(5), 0), "3"),
        (Fraction("0.25"), Scale(Fraction(1), 1), "0.3"),
        (Fraction("0.249999"), Scale(Fraction(1), 1), "0.2"),
        (Fraction(1, 3), Scale(Fraction(20), 3), "6.667"),
        (Fraction(1), Scale(Fraction("2.5"), 1), "2.5"),
    ],
)
def test_shown_scores_are_rounded_half_up(ratio: Fraction, scale: Scale, shown: str) -> None:
    assert rescale(ratio, scale) == Decimal(shown)
    assert str(rescale(ratio, scale)) == shown
