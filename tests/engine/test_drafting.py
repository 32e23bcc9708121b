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
from assett.engine.drafting.undoing import as_far_as_it_goes
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


@given(st.data(), documents())
def test_a_step_is_taken_back_under_what_others_did_since(data: st.DataObject, tree: dict[str, Any]) -> None:
    start = take_apart(drafted(tree))
    mine = data.draw(changed(start))
    step = step_between(start, mine)
    untouched = as_far_as_it_goes(mine, step.reversed)
    assert (put_together(untouched.parts), untouched.left, untouched.moved) == (put_together(start), {}, False)
    now = mine
    for _ in range(data.draw(st.integers(1, 3))):
        now = data.draw(changed(now))
    theirs = step_between(mine, now)
    found = as_far_as_it_goes(now, step.reversed)
    assert take_apart(put_together(found.parts)) == found.parts, "each piece in its place, none without one"
    for address, (_, after) in theirs.pieces.items():
        known = found.parts.pieces.get(address)
        if address not in step.pieces:
            # A question goes with nothing, stays in a category that stays for it.
            assert known == after or address in found.left
        elif after is not None and known is not None:
            assert known == after or address not in found.left
    back = step_between(now, found.parts)
    assert set(back.pieces) <= set(step.pieces) | set(found.left)


def test_what_was_changed_since_stays_and_the_rest_is_taken_back() -> None:
    before = Parts({"question/a": {"id": "a", "title": "A", "help": "H", "choices": [{"id": "x", "label": "X"}]}})
    after = operations.replaced(before, "question/a", {"title": "A2", "help": "H2", "choices": []})
    since = operations.replaced(after, "question/a", {"title": "A2", "help": "H3", "weight": 2, "choices": []})
    found = as_far_as_it_goes(since, step_between(before, after).reversed)
    assert found.parts.pieces["question/a"] == {
        "id": "a",
        "title": "A",
        "help": "H3",
        "weight": 2,
        "choices": [{"id": "x", "label": "X"}],
    }
    left = found.left["question/a"]
    assert left.now is not None and left.wanted is not None
    assert (left.now["help"], left.wanted["help"]) == ("H3", "H")
    assert {key for key in left.now if left.now[key] != left.wanted[key]} == {"help"}


def test_what_was_added_stays_once_somebody_wrote_in_it() -> None:
    tree = {"categories": [{"id": "k", "title": "K", "questions": []}]}
    start = take_apart(tree)
    added, address = operations.add_category(start, "Neuve")
    step = step_between(start, added)
    inside, question = operations.add_question(added, "neuve", {"id": "q", "title": "Q", "type": "boolean"})
    found = as_far_as_it_goes(inside, step.reversed)
    assert set(found.left) == {address} and question in found.parts.pieces
    assert found.parts.outline.categories == (("k", ()), ("neuve", ("q",)))


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
    assert outcome.conflicts == ("title", "choices.a.points")
    assert outcome.piece == {"title": "T2", "choices": [{"id": "a", "points": 3}]}
    assert outcome.theirs == {"title": "T1", "choices": [{"id": "a", "points": 2}]}


def named(*labels: str) -> dict[str, Any]:
    """A piece whose answers are named by the first letter of their labels."""
    return {"choices": [{"id": label[0].lower(), "label": label} for label in labels]}


@pytest.mark.parametrize(
    ("theirs", "mine", "both", "conflicts"),
    [
        # Removed on one side alone.
        (named("A", "C"), named("A", "B", "C2"), named("A", "C2"), ()),
        # Removed on one side, changed on the other: neither goes in silence.
        (named("A", "C"), named("A", "B2", "C2"), named("A", "B2", "C2"), ("choices.b",)),
        (named("A", "B2", "C2"), named("A", "C"), named("A", "C2"), ("choices.b",)),
        # One removes while the other adds; both add.
        (named("A", "C"), named("A", "B", "C", "D"), named("A", "C", "D"), ()),
        (named("A", "B", "C", "X"), named("N", "A", "B", "C"), named("N", "A", "B", "C", "X"), ()),
        # One puts them in another order, the other adds; both in another order.
        (named("C", "B", "A"), named("A", "B", "D", "C"), named("C", "B", "D", "A"), ()),
        (named("C", "B", "A"), named("B", "A", "C"), named("B", "A", "C"), ("choices",)),
    ],
)
def test_lists_are_merged_thing_by_thing(
    theirs: dict[str, Any], mine: dict[str, Any], both: dict[str, Any], conflicts: tuple[str, ...]
) -> None:
    outcome = merged(named("A", "B", "C"), theirs, mine)
    assert (outcome.piece, outcome.conflicts) == (both, conflicts)


def test_two_answers_added_under_one_id_are_two() -> None:
    theirs = {"choices": [{"id": "a", "label": "A"}, {"id": "choix", "label": "Parfois"}]}
    mine = {"choices": [{"id": "a", "label": "A"}, {"id": "choix", "label": "Souvent"}]}
    outcome = merged(named("A"), theirs, mine)
    assert not outcome.conflicts
    assert [(each["id"], each["label"]) for each in outcome.piece["choices"]] == [
        ("a", "A"),
        ("choix", "Parfois"),
        ("choix-2", "Souvent"),
    ]
    # What is sent again adds nothing more.
    assert merged(named("A"), outcome.piece, mine).piece == outcome.piece


def test_a_condition_is_merged_whole() -> None:
    base, theirs, mine = (
        {"visible_if": {"question": question, "is": answer}}
        for question, answer in (("a", "x"), ("a", "y"), ("b", "x"))
    )
    outcome = merged(base, theirs, mine)
    assert (outcome.piece, outcome.theirs, outcome.conflicts) == (mine, theirs, ("visible_if",))


SINGLE = {"type": "single", "title": "T", "weight": 2, "choices": [{"id": "a", "label": "A"}], "scored": False}
NUMBER = {"type": "number", "title": "T", "weight": 2, "min": 0, "scored": False}


@pytest.mark.parametrize(
    ("theirs", "mine", "with_theirs", "with_mine"),
    [
        # What goes with the type was left alone on the other side.
        ({**NUMBER}, {**SINGLE, "title": "M"}, {**NUMBER, "title": "M"}, None),
        ({**SINGLE, "weight": 3}, {**NUMBER}, {**NUMBER, "weight": 3}, None),
        ({"type": "info", "title": "T"}, {**SINGLE, "title": "M"}, {"type": "info", "title": "M"}, None),
        # It was changed: either, each whole.
        (NUMBER, {**SINGLE, "choices": []}, NUMBER, {**SINGLE, "choices": []}),
        (
            {**SINGLE, "max_points": 3, "title": "Z"},
            NUMBER,
            {**SINGLE, "max_points": 3, "title": "Z"},
            {**NUMBER, "title": "Z"},
        ),
        (
            {"type": "info", "title": "T"},
            {**SINGLE, "weight": 5},
            {"type": "info", "title": "T"},
            {**SINGLE, "weight": 5},
        ),
        ({**SINGLE, "type": "boolean", "points": 2}, NUMBER, {**SINGLE, "type": "boolean", "points": 2}, NUMBER),
    ],
)
def test_a_type_is_merged_with_all_that_goes_with_it(
    theirs: dict[str, Any], mine: dict[str, Any], with_theirs: dict[str, Any], with_mine: dict[str, Any] | None
) -> None:
    outcome = merged(SINGLE, theirs, mine)
    assert outcome.theirs == with_theirs
    assert outcome.piece == (with_theirs if with_mine is None else with_mine)
    assert outcome.conflicts == (() if with_mine is None else ("type",))


def test_a_text_changed_while_it_was_translated_keeps_both() -> None:
    outcome = merged({"title": "T"}, {"title": {"fr": "T", "en": "E"}}, {"title": "T2"})
    assert (outcome.piece, outcome.conflicts) == ({"title": {"fr": "T2", "en": "E"}}, ())


_answers = st.lists(st.sampled_from("abcdef"), unique=True, max_size=5).flatmap(
    lambda names: st.tuples(*(st.tuples(st.just(name), st.integers(0, 3)) for name in names))
)


@given(st.tuples(_answers, _answers, _answers))
def test_no_merge_loses_a_word_in_silence(sides: tuple[tuple[tuple[str, int], ...], ...]) -> None:
    base, theirs, mine = ({"choices": [{"id": name, "label": f"{name}{n}"} for name, n in side]} for side in sides)
    outcome = merged(base, theirs, mine)
    known = {each["label"] for each in base["choices"]}
    for wanted, found in ((mine, outcome.piece), (theirs, outcome.theirs)):
        new = {each["label"] for each in wanted["choices"]} - known
        assert new <= {each["label"] for each in found["choices"]}
        assert len({each["id"] for each in found["choices"]}) == len(found["choices"])
    if not outcome.conflicts:
        assert outcome.piece == outcome.theirs


TREE = {
    "profile": [{"id": "p"}, {"id": "r"}],
    "categories": [
        {"id": "c", "questions": [{"id": "a"}, {"id": "b"}, {"id": "d"}]},
        {"id": "e", "questions": [{"id": "f"}, {"id": "g"}]},
    ],
}


@pytest.mark.parametrize("address", ["question/a", "question/b", "question/d", "category/c", "category/e", "profile/r"])
def test_what_was_removed_is_put_back_where_it_stood(address: str) -> None:
    before = take_apart(TREE)
    after = operations.removed(before, address)
    gone = step_between(before, after)
    assert operations.put_back_in(after, address, before.pieces[address], gone) == before


def test_a_question_comes_back_with_its_category_alone() -> None:
    before = take_apart(TREE)
    after = operations.removed(before, "category/e")
    back = operations.put_back_in(after, "question/g", {"id": "g", "title": "G"}, step_between(before, after))
    assert back.outline.categories == (("c", ("a", "b", "d")), ("e", ("g",)))
    assert back.pieces["question/g"] == {"id": "g", "title": "G"}


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


@given(st.lists(st.text(max_size=3), max_size=3), st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=3))
def test_what_two_people_add_at_once_is_all_there(hers: list[str], his: list[str]) -> None:
    """Whatever ids each gave it, as neither saw the other's."""

    def with_more(who: str, labels: list[str]) -> dict[str, Any]:
        more = [{"id": f"choix-{number}", "label": f"{who} {label}"} for number, label in enumerate(labels)]
        return {"choices": [{"id": "a", "label": "A"}, *more]}

    outcome = merged(with_more("", []), with_more("Zoé", hers), with_more("Yann", his))
    assert not outcome.conflicts
    for piece in (outcome.piece, outcome.theirs):
        labels = [each["label"] for each in piece["choices"]]
        assert sorted(labels) == sorted(["A", *(f"Zoé {each}" for each in hers), *(f"Yann {each}" for each in his)])
        assert len({each["id"] for each in piece["choices"]}) == len(labels)
