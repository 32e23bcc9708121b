"""Drafts as pieces: nothing is lost when a document is taken apart, changed, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assett.engine.drafting import operations
from assett.engine.drafting.mentions import mentions_of
from assett.engine.drafting.pieces import Parts, drafted, located, put_together, take_apart
from assett.engine.drafting.steps import Overtaken, Step, applied, joined, merged, step_between
from assett.engine.reading import check_document
from tests.engine.strategies import documents


@given(documents())
def test_the_pieces_make_the_document_again(tree: dict[str, Any]) -> None:
    assert put_together(take_apart(drafted(tree))) == drafted(tree)


@st.composite
def changed(draw: st.DrawFn, parts: Parts) -> Parts:
    """The parts after something that an editor may do."""
    questions = [question for _, inner in parts.outline.categories for question in inner]
    categories = [category for category, _ in parts.outline.categories]
    kinds = ["category"] + (["duplicate", "move", "remove", "retitle", "carry"] if questions else [])
    match draw(st.sampled_from(kinds)):
        case "category":
            return operations.add_category(parts, draw(st.text(max_size=8)))[0]
        case "duplicate":
            return operations.duplicated(parts, f"question/{draw(st.sampled_from(questions))}")[0]
        case "move":
            return operations.moved_by(
                parts, f"question/{draw(st.sampled_from(questions))}", draw(st.sampled_from([-1, 1]))
            )
        case "carry":
            place = draw(st.none() | st.integers(0, 3))
            return operations.moved_to(
                parts, draw(st.sampled_from(questions)), draw(st.sampled_from(categories)), place
            )
        case "remove":
            return operations.removed(parts, f"question/{draw(st.sampled_from(questions))}")
        case _:
            address = f"question/{draw(st.sampled_from(questions))}"
            return operations.replaced(parts, address, {**parts.pieces[address], "title": draw(st.text(max_size=5))})


@given(st.data(), documents())
def test_every_step_is_taken_back_and_done_again(data: st.DataObject, tree: dict[str, Any]) -> None:
    state = take_apart(drafted(tree))
    states, steps = [state], []
    for _ in range(data.draw(st.integers(1, 6))):
        after = data.draw(changed(state))
        steps.append(Step.of_json(step_between(state, after).as_json()))
        states.append(state := after)
    for step, before in zip(reversed(steps), reversed(states[:-1]), strict=True):
        state = applied(state, step.reversed)
        assert put_together(state) == put_together(before)
    whole = steps[0]
    for step in steps[1:]:
        whole = joined(whole, step)
    assert put_together(applied(state, whole)) == put_together(states[-1])


@given(documents())
def test_every_problem_lies_in_a_piece(tree: dict[str, Any]) -> None:
    tree = drafted(tree)
    for category in tree["categories"]:
        category["weight"] = "lourd"
        for question in category["questions"]:
            question["title"] = ""
    parts = take_apart(tree)
    addresses = {located(problem.path, tree) for problem in check_document(tree)}
    assert {f"category/{c['id']}" for c in tree["categories"]} <= {address for address, _ in addresses}
    assert all(address in parts.pieces for address, _ in addresses)


def test_a_step_from_another_state_is_refused() -> None:
    before = Parts({"question/a": {"id": "a", "title": "A"}})
    step = step_between(before, Parts({"question/a": {"id": "a", "title": "B"}}))
    with pytest.raises(Overtaken):
        applied(Parts({"question/a": {"id": "a", "title": "C"}}), step)


def test_a_merge_keeps_what_each_changed() -> None:
    base = {"title": "T", "help": "H", "choices": [{"id": "a", "label": "A"}, {"id": "b", "label": "B", "points": 1}]}
    theirs = {**base, "help": "H2", "choices": [{"id": "a", "label": "A2"}, {"id": "b", "label": "B", "points": 1}]}
    mine = {**base, "title": "T2", "choices": [{"id": "a", "label": "A"}, {"id": "b", "label": "B", "points": 3}]}
    outcome = merged(base, theirs, mine)
    assert not outcome.conflicts
    assert outcome.piece == {
        "title": "T2",
        "help": "H2",
        "choices": [{"id": "a", "label": "A2"}, {"id": "b", "label": "B", "points": 3}],
    }


def test_a_merge_tells_where_both_wrote_otherwise() -> None:
    base = {"title": "T", "choices": [{"id": "a", "points": 1}]}
    outcome = merged(
        base,
        {"title": "T1", "choices": [{"id": "a", "points": 2}]},
        {"title": "T2", "choices": [{"id": "a", "points": 3}]},
    )
    assert outcome.conflicts == ("title", "choices.0.points")
    assert outcome.piece == {"title": "T2", "choices": [{"id": "a", "points": 3}]}


def test_who_names_a_question_is_known() -> None:
    parts = take_apart(
        {
            "categories": [
                {
                    "id": "c",
                    "caps": [{"if": {"not": {"question": "a", "is": "x"}}, "max": 0}],
                    "questions": [{"id": "a"}],
                },
                {"id": "d", "questions": [{"id": "b", "visible_if": {"all": [{"question": "a", "is": "x"}]}}]},
            ]
        }
    )
    assert [(each.address, each.key) for each in mentions_of(parts, "question/a")] == [
        ("category/c", "caps.0"),
        ("question/b", "visible_if"),
    ]
    assert [each.address for each in mentions_of(parts, "category/c")] == ["question/b"]
