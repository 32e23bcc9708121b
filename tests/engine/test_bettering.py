"""What would bring more points is true of every answer, whatever the question."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assett.engine.bettering import Choose, Climb, Opposite, Reach, Span, Tick, Untick, next_step
from assett.engine.document import Question
from assett.engine.values import Value

from .builders import Tree, category, compiled, multiple, question, single
from .strategies import numbers, positive, question_trees

SCORED = ("single", "multiple", "boolean", "scale", "number")


@st.composite
def bounded(draw: st.DrawFn) -> Tree:
    """A scored question, within limits or not."""
    tree = draw(question_trees("q").filter(lambda each: each["type"] in SCORED and each.get("scored") is not False))
    if tree["type"] == "number":
        least, greatest = sorted(draw(st.tuples(numbers, numbers)))
        tree |= draw(st.sampled_from([{}, {"min": least}, {"max": greatest}, {"min": least, "max": greatest}]))
        if draw(st.booleans()) and ceil(least) <= floor(greatest):
            tree["integer"] = True
    if tree["type"] == "multiple":
        tree["choices"] += [{"id": "more", "label": "Plus", "points": draw(positive)}]
        if draw(st.booleans()):
            tree["max_choices"] = draw(st.integers(1, len(tree["choices"])))
    return tree


def answers(asked: Question) -> Iterator[Value]:
    """Right answers: all of them, or for a number those around all that could matter."""
    ids = [choice.id for choice in asked.choices]
    match asked.type:
        case "single":
            yield from ids
        case "multiple":
            together = [choice.id for choice in asked.choices if not choice.exclusive]
            most = asked.max_choices or len(together)
            for size in range(min(most, len(together)) + 1):
                yield from combinations(together, size)
            yield from ((choice.id,) for choice in asked.choices if choice.exclusive)
        case "boolean":
            yield from (True, False)
        case "scale":
            low, high = asked.bounds
            yield from range(int(low), int(high) + 1)
        case _:
            marks = [asked.min, asked.max, *(band.from_ for band in asked.bands)]
            marks += [asked.linear.zero, asked.linear.full] if asked.linear else []
            around = {Fraction(mark) + step for mark in marks if isinstance(mark, Fraction) for step in STEPS}
            for number in sorted(around | {Fraction(n) for n in range(-6, 22)}):
                low, high = asked.min, asked.max
                within = (low is None or number >= low) and (high is None or number <= high)  # type: ignore[operator]
                if within and (not asked.integer or number.denominator == 1):
                    yield Decimal(number.numerator) / number.denominator


STEPS = [Fraction(step, 100) for step in (-101, -100, -1, 0, 1, 100, 101)]


@given(bounded())
def test_what_is_said_to_bring_more_points_does(tree: Tree) -> None:
    ready = compiled(category("c", tree))
    asked = ready.question("q")
    worth = {value: ready.points("q", value) for value in answers(asked)}
    best = max(worth.values())
    for value, points in worth.items():
        step = next_step(asked, value, points)
        if step is None:
            assert points == best
            continue
        assert points < best
        match step:
            case Choose(choices, whole):
                for choice in choices:
                    assert worth[choice.id if asked.type == "single" else (choice.id,)] == best
                assert whole is (best == asked.full_points)
            case Tick(choices):
                assert not {choice.id for choice in choices} & set(value)  # type: ignore[arg-type]
                assert any(set(more) & {each.id for each in choices} for more in worth if worth[more] > points)  # type: ignore[arg-type]
            case Untick(choices):
                left = tuple(each for each in value if each not in {choice.id for choice in choices})  # type: ignore[union-attr]
                assert worth[left] > points
            case Opposite(answer):
                assert worth[answer] == best == asked.full_points
            case Climb(top):
                assert worth[top] == best
                assert all(worth[higher] > worth[higher - 1] for higher in range(int(value) + 1, top + 1))  # type: ignore[arg-type]
            case Reach():
                check_reach(step, Fraction(value), worth, asked)  # type: ignore[arg-type]


def check_reach(step: Reach, value: Fraction, worth: dict[Any, Fraction], asked: Question) -> None:
    points, best = worth[value], max(worth.values())
    inside = [each for each in worth if step.most.holds(Fraction(each))]
    assert inside and all(worth[each] == best for each in inside)
    assert step.whole is (best == asked.full_points)
    if step.better is not None:
        assert all(worth[each] > points for each in worth if step.better.holds(Fraction(each)))
    if step.every_step:
        target = step.most.low if step.most.low is not None and value < step.most.low else step.most.high
        assert target is not None
        way = sorted(
            (each for each in worth if min(value, target) <= each <= max(value, target)), reverse=value > target
        )
        earned = [worth[each] for each in way]
        assert earned == sorted(set(earned)), "each number on the way is better than the one before"


def bands(*points: tuple[object, int], **more: object) -> Tree:
    starts = [{"points": earned} if start is None else {"from": start, "points": earned} for start, earned in points]
    return question("q", "number", bands=starts, **more)


HEATING = bands((None, 0), (14, 1), (17, 3), (Decimal("19.5"), 2), (Decimal("20.5"), 1), (Decimal("21.5"), 0), min=10)


def span(low: object = None, high: object = None, **more: bool) -> Span:
    return Span(*(None if end is None else Fraction(str(end)) for end in (low, high)), **more)


@pytest.mark.parametrize(
    ("tree", "value", "step"),
    [
        (HEATING, Decimal("13.5"), Reach(span(17, 19.5), True, span(14, 21.5))),
        (HEATING, 21, Reach(span(17, 19.5), True, span(17, 20.5))),
        (HEATING, 20, Reach(span(17, 19.5), True)),
        (bands((None, 0), (4, 1), (6, 2), max=25), 2, Reach(span(6), True, span(4))),
        (bands((None, 2), (10, 0)), 12, Reach(span(None, 10), True)),
        (bands((None, 0), (4, 1), (60, 9), max=25), 2, Reach(span(4), False)),
        (bands((None, 0), (60, 9), max=25), 2, None),
        (
            question("q", "number", linear={"zero": 0, "full": 50, "max_points": 3}),
            10,
            Reach(span(50), True, None, True),
        ),
        (
            question("q", "number", min=0, linear={"zero": 20, "full": 17, "max_points": 3}),
            22,
            Reach(span(None, 17, with_high=True), True, span(None, 20)),
        ),
        (
            question("q", "number", max=40, linear={"zero": 0, "full": 50, "max_points": 3}),
            10,
            Reach(span(40, 40, with_high=True), False, None, True),
        ),
        (question("q", "scale", max=10), 3, Climb(10)),
        (question("q", "boolean", points=2), False, Opposite(True)),
        (question("q", "boolean", points=0, points_false=1), True, Opposite(False)),
    ],
)
def test_what_brings_more(tree: Tree, value: Any, step: object) -> None:
    ready = compiled(category("c", tree))
    assert next_step(ready.question("q"), value, ready.points("q", value)) == step


def test_choices_that_bring_more() -> None:
    def names(tree: Tree, *ticked: str) -> tuple[type, list[str]]:
        ready = compiled(category("c", tree))
        value = ticked if tree["type"] == "multiple" else ticked[0]
        step = next_step(ready.question("q"), value, ready.points("q", value))
        assert isinstance(step, (Choose, Tick, Untick))
        return type(step), [choice.id for choice in step.choices]

    assert names(single("q", 0, 2, 2, 1), "c0") == (Choose, ["c1", "c2"])
    assert names(multiple("q", 1, 3, 0), "c0") == (Tick, ["c1"])
    assert names(multiple("q", 1, -1, max_points=1), "c0", "c1") == (Untick, ["c1"])
    alone = multiple("q", 1, 3)
    alone["choices"][1]["exclusive"] = True
    assert names(alone, "c0") == (Choose, ["c1"])
