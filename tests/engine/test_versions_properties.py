"""What holds of any two or three versions: differences, carried answers, evolution, merges, trials."""

from __future__ import annotations

import copy
from dataclasses import fields
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from assett.engine.answers import read_answers
from assett.engine.carrying import carry
from assett.engine.changes import differences
from assett.engine.compiled import compile_document
from assett.engine.document import Document, Scale, Text
from assett.engine.evolution import evolution
from assett.engine.generated import generated
from assett.engine.merging import Merge, Placed, comparable_questions, merge
from assett.engine.reading import check_document, dump_document, read_document
from assett.engine.trial import trial
from tests.engine.strategies import Tree, answers_to, documents, positive, question_trees, ratios

quick = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


EDITS = ["title", "asked", "help", "weight", "points", "add", "drop", "rename", "level", "cap", "move", "order"]


def questions_of(tree: Tree) -> list[Tree]:
    return [question for category in tree["categories"] for question in category.get("questions", [])]


def rename(tree: Any, old: str, new: str) -> None:
    """Rename a question wherever it is named."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key in ("id", "question") and value == old:
                tree[key] = new
            else:
                rename(value, old, new)
    elif isinstance(tree, list):
        for each in tree:
            rename(each, old, new)


@st.composite
def later(draw: st.DrawFn, tree: Tree, tag: str) -> Tree:
    """Another version of a questionnaire, right too; what it adds is called after ``tag``."""
    tree = copy.deepcopy(tree)
    for edit in draw(st.lists(st.sampled_from(EDITS), max_size=4)):
        before = copy.deepcopy(tree)
        category = draw(st.sampled_from(tree["categories"]))
        question = draw(st.sampled_from(questions_of(tree))) if questions_of(tree) else None
        if edit == "title":
            category["title"] = f"Catégorie {tag}"
        elif edit == "level":
            tree["levels"][-1]["label"] = tag
        elif edit == "cap":
            tree["caps"] = [{"if": {"profile": "kind", "is": "a"}, "max": draw(ratios)}]
        elif edit == "order":
            tree["categories"].reverse()
        elif edit == "add":
            category["questions"].append(draw(question_trees(f"{tag}-{len(questions_of(tree))}")))
        elif question is None:
            pass
        elif edit == "asked":
            question["title"] = f"Question {tag}"
        elif edit == "help":
            question["help"] = f"Aide {tag}"
        elif edit == "weight":
            question["weight"] = draw(positive)
        elif edit == "points":
            for choice in question.get("choices", [])[-1:]:
                choice["points"] = draw(positive)
                choice["label"] = tag
        elif edit == "rename":
            old = question["id"]
            new = f"{tag}-{old}"
            rename(tree, old, new)
            question["was"] = [*question.get("was", []), old]
        elif edit in ("drop", "move"):
            for each in tree["categories"]:
                each["questions"] = [q for q in each["questions"] if q is not question]
            if edit == "move":
                category["questions"].append(question)
        if check_document(tree):
            tree = before
    return tree


@st.composite
def versions(draw: st.DrawFn, *tags: str) -> tuple[Document, ...]:
    base = draw(documents())
    return tuple(read_document(tree) for tree in (base, *(draw(later(base, tag)) for tag in tags)))


def answers(draw: st.DrawFn, document: Document) -> Any:
    tree = dump_document(document)
    given_answers = {question["id"]: draw(answers_to(question)) for question in questions_of(tree)}
    profile = {"kind": draw(st.sampled_from(["a", "b", "c", "?", None]))}
    return read_answers(compile_document(document), {"answers": given_answers, "profile": profile})


def content(tree: Any) -> Any:
    """A tree whatever the order of its lists."""
    if isinstance(tree, dict):
        return {key: content(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return sorted((content(each) for each in tree), key=repr)
    return tree


def same_content(one: Document, other: Document) -> bool:
    return bool(content(dump_document(one)) == content(dump_document(other)))


# Differences


@quick
@given(versions("b"))
def test_differences_are_none_exactly_between_equals(pair: tuple[Document, ...]) -> None:
    old, new = pair
    assert differences(old, old) == ()
    assert (differences(old, new) == ()) == (old == new)
    assert (differences(new, old) == ()) == (old == new)
    for each in differences(old, new):
        assert "%(" not in each.message


# Answers


@quick
@given(st.data())
def test_carrying_to_the_same_version_loses_nothing(data: st.DataObject) -> None:
    (document,) = data.draw(versions())
    given_answers = data.draw(st.composite(answers)(document))
    compiled = compile_document(document)
    carried = carry(compiled, compile_document(document), given_answers)
    assert carried.lost == ()
    assert carried.answers == given_answers
    assert all(old == new for old, new in carried.kept.items())


@quick
@given(st.data())
def test_each_answer_is_carried_or_lost(data: st.DataObject) -> None:
    old, new = data.draw(versions("b"))
    given_answers = data.draw(st.composite(answers)(old))
    carried = carry(compile_document(old), compile_document(new), given_answers)
    lost = {each.question.id for each in carried.lost if each.of == "question" and not each.partly}
    assert set(carried.kept) | lost == set(given_answers.values)
    assert not set(carried.kept) & lost
    assert read_answers(compile_document(new), carried.answers.payload()) == carried.answers


@quick
@given(st.data(), st.booleans())
def test_you_and_the_grid_add_up(data: st.DataObject, provisional: bool) -> None:
    old, new = data.draw(versions("b"))
    before, after = data.draw(st.composite(answers)(old)), data.draw(st.composite(answers)(new))
    told = evolution(compile_document(old), before, compile_document(new), after, provisional=provisional)
    for share in (told.overall, *told.categories):
        if share.you is not None:
            assert share.grid is not None
            assert isinstance(share.you, Fraction)
            assert share.total == share.you + share.grid
            shown = share.shown(Scale())
            assert shown is not None
            assert shown.total == shown.you + shown.grid


@quick
@given(st.data())
def test_on_the_same_grid_all_comes_from_you(data: st.DataObject) -> None:
    (document,) = data.draw(versions())
    before, after = data.draw(st.composite(answers)(document)), data.draw(st.composite(answers)(document))
    told = evolution(compile_document(document), before, compile_document(document), after)
    assert all(share.grid in (0, None) for share in (told.overall, *told.categories))
    assert told.overall.you == told.overall.total


@quick
@given(st.data())
def test_with_the_same_answers_all_comes_from_the_grid(data: st.DataObject) -> None:
    old, new = data.draw(versions("b"))
    before = data.draw(st.composite(answers)(old))
    first, second = compile_document(old), compile_document(new)
    told = evolution(first, before, second, carry(first, second, before).answers)
    assert all(share.you in (0, None) for share in (told.overall, *told.categories))


# Merges


def take_all(merged: Merge) -> Document:
    return merged.apply({piece.path: "take" for piece in merged.pieces})


@quick
@given(versions("b"))
def test_merging_with_one_side_unchanged_gives_the_other(pair: tuple[Document, ...]) -> None:
    base, other = pair
    assert merge(base, base, other).apply() == other
    assert merge(base, other, base).apply() == other
    assert merge(base, base, other).conflicts == ()


@quick
@given(versions("b", "c"))
def test_keeping_all_is_mine_and_taking_all_is_theirs(three: tuple[Document, ...]) -> None:
    base, theirs, mine = three
    # What is renamed on one side only bears the new name on both.
    assume(not any(q.was for side in three for q in side.questions))
    merged = merge(base, theirs, mine)
    try:
        kept = merged.apply({piece.path: "keep" for piece in merged.pieces})
        taken = take_all(merged)
    except ValueError:
        # The two orders of questions may not go together with the conditions of one.
        assume(False)
    assert same_content(kept, mine)
    assert same_content(taken, theirs)


@quick
@given(versions("b", "c"))
def test_a_merge_without_conflict_is_symmetric_in_content(three: tuple[Document, ...]) -> None:
    base, theirs, mine = three
    one, other = merge(base, theirs, mine), merge(base, mine, theirs)
    assert {piece.path for piece in one.conflicts} == {piece.path for piece in other.conflicts}
    assume(not one.conflicts)
    both_renamed = any(
        len({q.id for side in (theirs, mine) for q in side.questions if name in q.was}) > 1
        for name in [q.id for q in base.questions]
    )
    assume(not both_renamed)
    try:
        first = one.apply()
    except ValueError:
        assume(False)
    assert same_content(first, other.apply())


def leaves(thing: Any) -> dict[tuple[str, ...], Any]:
    """A piece as its fields, texts language by language; what is not there has none."""
    if isinstance(thing, Placed):
        return {("category",): thing.category, **leaves(thing.question)}
    if thing is None or isinstance(thing, (str, tuple)):
        return {("",): thing}
    if isinstance(thing, Text):
        return {(language,): words for language, words in thing.items()}
    found: dict[tuple[str, ...], Any] = {}
    for each in fields(thing):
        value = getattr(thing, each.name)
        inner = leaves(value) if isinstance(value, Text) else {(): value}
        found |= {(each.name, *name): leaf for name, leaf in inner.items() if leaf is not None}
    return found


@quick
@given(versions("b", "c"))
def test_what_one_side_alone_changed_is_there_whoever_has_the_last_word(three: tuple[Document, ...]) -> None:
    for piece in merge(*three).pieces:
        if piece.mine is None or piece.theirs is None or piece.base is None:
            continue
        base, theirs, mine, kept, yielded = map(
            leaves, (piece.base, piece.theirs, piece.mine, piece.merged, piece.yielded)
        )
        for name in {*base, *theirs, *mine} - {("was",), ("languages",)}:
            before, other, own = (side.get(name) for side in (base, theirs, mine))
            if name[0] in piece.conflicts and len(name) == 1:
                assert (kept.get(name), yielded.get(name)) == (own, other)
            elif other == before or own == other:
                assert kept.get(name) == yielded.get(name) == own, (piece.path, name)
            elif own == before:
                assert kept.get(name) == yielded.get(name) == other, (piece.path, name)


@quick
@given(versions("b"))
def test_all_questions_compare_with_themselves(pair: tuple[Document, ...]) -> None:
    base, other = pair
    assert comparable_questions(base, base) == {question.id for question in base.questions}
    assert comparable_questions(base, other) <= {question.id for question in other.questions}


# Trials


@quick
@given(versions("b"), st.integers(0, 9))
def test_a_trial_counts_every_respondent_everywhere(pair: tuple[Document, ...], seed: int) -> None:
    old, new = (compile_document(document) for document in pair)
    shown = trial(old, new, generated(old, 12, seed))
    assert shown.respondents == 12
    for shift in (shown.overall, *shown.categories):
        assert shift.respondents == 12
        assert sum(level.before or 0 for level in shift.levels) == 12
        assert sum(level.after or 0 for level in shift.levels) == 12
        assert sum(shift.moves.values()) == 12


@quick
@given(versions(), st.integers(0, 9))
def test_a_trial_of_the_same_grid_moves_nobody(one: tuple[Document, ...], seed: int) -> None:
    compiled = compile_document(one[0])
    shown = trial(compiled, compiled, generated(compiled, 12, seed))
    assert shown.untouched == 12
    assert all(shift.up == shift.down == 0 for shift in (shown.overall, *shown.categories))


@quick
@given(versions(), st.integers(0, 9))
def test_generated_respondents_answer_rightly_and_only_what_they_see(one: tuple[Document, ...], seed: int) -> None:
    compiled = compile_document(one[0])
    for respondent in generated(compiled, 5, seed):
        assert read_answers(compiled, respondent.payload()) == respondent
        assert respondent.visible == respondent.values
        unanswered = compiled.required - set(respondent.visible) - respondent.hidden
        assert not unanswered
    assert list(generated(compiled, 5, seed)) == list(generated(compiled, 5, seed))
