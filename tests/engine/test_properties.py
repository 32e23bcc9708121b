"""What must hold for every questionnaire and every answer."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assett.engine.answers import Answers, read_answers
from assett.engine.compiled import Compiled, compile_document, content_hash
from assett.engine.output import result_tree
from assett.engine.path import minutes_left, path
from assett.engine.reading import check_document, read_document
from assett.engine.receipt import receipt
from assett.engine.recommendation import recommend
from assett.engine.score import Result, rescale, score
from assett.engine.writing import dump_document
from assett.kernel.errors import InvalidAnswers

from . import reference as plain
from .strategies import Tree, answered_documents, answers_to, documents

TODAY = date(2026, 3, 1)


def ready(document: Tree) -> Compiled:
    return compile_document(read_document(document))


def judged(document: Tree, payload: Tree, provisional: bool = False) -> tuple[Compiled, Answers, Result]:
    compiled = ready(document)
    answers = read_answers(compiled, payload)
    return compiled, answers, score(compiled, answers, provisional=provisional)


@given(answered_documents(), st.booleans())
@settings(max_examples=200)
def test_whole_numbers_score_as_plain_fractions_do(case: tuple[Tree, Tree], provisional: bool) -> None:
    document, payload = case
    _, _, result = judged(document, payload, provisional)
    expected = plain.reference(document, payload, provisional)
    assert {each.id: (each.ratio, each.level, each.points, each.max_points) for each in result.categories} == expected[
        "categories"
    ]
    assert (result.overall.ratio, result.overall.level) == expected["overall"]
    assert result.progress == expected["progress"]
    assert list(result.unclear) == expected["unclear"]


@given(answered_documents(), st.booleans())
def test_every_score_is_within_its_bounds(case: tuple[Tree, Tree], provisional: bool) -> None:
    compiled, _, result = judged(*case, provisional)
    scale = compiled.document.scale
    for each in (result.overall, *result.categories):
        if each.ratio is None or each.before_caps is None or each.score is None:
            assert (each.ratio, each.score, each.level, each.capped) == (None, None, None, False)
            continue
        assert 0 <= each.ratio <= each.before_caps <= 1
        assert each.capped == (each.ratio < each.before_caps)
        assert each.score == rescale(each.ratio, scale)
        step = Fraction(1, 10**scale.decimals)
        assert abs(Fraction(each.score) - each.ratio * scale.max) <= step / 2
    assert 0 <= result.progress <= 1


@given(answered_documents(), st.randoms(use_true_random=False))
def test_order_makes_no_difference(case: tuple[Tree, Tree], chance: Any) -> None:
    document, payload = case
    _, _, result = judged(document, payload)
    shuffled = list(payload["answers"].items())
    chance.shuffle(shuffled)
    turned = {name: value[::-1] if isinstance(value, list) else value for name, value in shuffled}
    reordered = _reordered(document)
    assert judged(reordered, {"answers": turned, "profile": payload["profile"]})[2] == result
    assert content_hash(reordered) == content_hash(document)


def _reordered(tree: Any) -> Any:
    """The same tree, the keys of its mappings the other way round."""
    if isinstance(tree, dict):
        return {key: _reordered(tree[key]) for key in reversed(tree)}
    return [_reordered(each) for each in tree] if isinstance(tree, list) else tree


@given(answered_documents(), st.data())
def test_answers_to_hidden_questions_are_neutral(case: tuple[Tree, Tree], data: st.DataObject) -> None:
    document, payload = case
    compiled, answers, result = judged(document, payload)
    assume(answers.hidden)
    other = deepcopy(payload)
    for name in answers.hidden:
        tree = next(q for c in document["categories"] for q in c["questions"] if q["id"] == name)
        other["answers"][name] = data.draw(answers_to(tree))
    changed = read_answers(compiled, other)
    assert score(compiled, changed) == result
    assert changed.visible == answers.visible


@given(answered_documents())
def test_not_applicable_is_as_good_as_not_asked(case: tuple[Tree, Tree]) -> None:
    document, payload = case
    document = _without_conditions(document)
    for category in document["categories"]:
        category.pop("max_na", None)
    left = deepcopy(document)
    for category in left["categories"]:
        category["questions"] = [q for q in category["questions"] if payload["answers"][q["id"]] != "n/a"]
    kept = {q["id"]: payload["answers"][q["id"]] for c in left["categories"] for q in c["questions"]}
    _, _, asked = judged(document, payload)
    _, _, not_asked = judged(left, {"answers": kept, "profile": {}})
    assert asked.overall == not_asked.overall
    assert [(c.ratio, c.counted) for c in asked.categories] == [(c.ratio, c.counted) for c in not_asked.categories]


def _without_conditions(document: Tree) -> Tree:
    document = deepcopy(document)
    document["resources"] = []
    document.pop("caps", None)
    for category in document["categories"]:
        category.pop("visible_if", None)
        category.pop("caps", None)
        for question in category["questions"]:
            question.pop("visible_if", None)
    return document


@given(answered_documents(), st.data())
def test_a_better_answer_never_lowers_a_final_score(case: tuple[Tree, Tree], data: st.DataObject) -> None:
    document, payload = case
    document = _without_conditions(document)
    compiled, answers, result = judged(document, payload)
    question = data.draw(st.sampled_from(compiled.document.questions))
    tree = next(q for c in document["categories"] for q in c["questions"] if q["id"] == question.id)
    new = data.draw(answers_to(tree))
    old = payload["answers"][question.id]
    assume(new not in (None, "n/a") and old != "n/a")
    better = read_answers(compiled, {"answers": {**payload["answers"], question.id: new}})
    before = answers.values.get(question.id)
    points = compiled.points(question.id, before) if before is not None else Fraction(0)
    assume(compiled.points(question.id, better.values[question.id]) >= points)
    improved = score(compiled, better)
    assert (improved.overall.ratio or 0) >= (result.overall.ratio or 0)


@given(answered_documents())
def test_a_final_score_is_never_above_the_provisional_one(case: tuple[Tree, Tree]) -> None:
    document = _without_conditions(case[0])
    for category in document["categories"]:
        for question in category["questions"]:
            for choice in question.get("choices", []):
                choice["points"] = abs(choice["points"])
            for band in question.get("bands", []):
                band["points"] = abs(band["points"])
    _, _, final = judged(document, case[1])
    _, _, provisional = judged(document, case[1], provisional=True)
    for sure, maybe in zip(final.categories, provisional.categories, strict=True):
        if maybe.ratio is not None:
            assert sure.ratio is not None
            assert sure.ratio <= maybe.ratio
    if final.complete and not [q for q in read_document(document).questions if q.scored and not q.required]:
        assert final.overall == provisional.overall


@given(answered_documents(), st.booleans())
def test_what_is_left_is_told_alike_with_and_without_the_way(case: tuple[Tree, Tree], provisional: bool) -> None:
    compiled, answers, result = judged(*case, provisional)
    way = path(compiled, answers)
    assert (result.answered, result.required) == (way.answered, way.required)
    assert minutes_left(compiled, answers) == way.minutes_left


@given(answered_documents(), st.booleans())
def test_receipts_add_up(case: tuple[Tree, Tree], provisional: bool) -> None:
    compiled, answers, result = judged(*case, provisional)
    account = receipt(compiled, answers, result)
    overall = Fraction(0)
    shares = Fraction(0)
    for category in account.categories:
        assert [line.question for line in category.lines] == list(category.category.questions)
        if category.score is None:
            assert all(line.status == "hidden" for line in category.lines)
            continue
        counted = [line for line in category.lines if line.in_sum]
        assert sum((line.weight * line.points for line in counted), Fraction(0)) == category.score.points
        assert sum((line.weight * line.max_points for line in counted), Fraction(0)) == category.score.max_points
        assert (category.share is None) == (category.score.ratio is None) == (category.without_score is not None)
        if category.share is None or category.score.ratio is None:
            continue
        assert sum((category.share_of(line) or 0 for line in counted), Fraction(0)) == 1
        brought = Fraction(sum(line.earned for line in counted), category.score.possible)
        before = min(max(brought, Fraction(0)), Fraction(1))
        assert before == category.score.before_caps
        assert min([before, *(applied.cap.max for applied in category.caps)]) == category.score.ratio
        shares += category.share
        overall += category.share * category.score.ratio
    if result.overall.ratio is not None:
        assert shares == 1
        assert overall == account.overall.before_caps
        assert min([overall, *(applied.cap.max for applied in account.caps)]) == result.overall.ratio


@given(answered_documents(), st.booleans())
def test_recommendations_follow_their_rule(case: tuple[Tree, Tree], provisional: bool) -> None:
    document, payload = case
    compiled, answers, result = judged(document, payload, provisional)
    found = {r.resource.id: r for r in recommend(compiled, answers, result, compiled.document.resources, TODAY)}
    weights = sum(
        (compiled.document.categories[int(c.id[1:])].weight for c in result.categories if c.ratio is not None),
        Fraction(0),
    )
    for tree in document["resources"]:
        who = tree.get("who", {}).get("kind")
        gains: dict[int, Fraction] = {}
        for index, line in enumerate(tree["for"]):
            if "category" in line:
                category = result.category(line["category"])
                if category is None or category.level not in line["levels"] or category.before_caps is None:
                    continue
                weight = compiled.category_of(f"{category.id.replace('k', 'q')}-0").weight
                gains[index] = weight / weights * (1 - category.before_caps) / 2
            elif plain.holds(line, _raw(answers.visible), {}):
                question = compiled.question(line["question"])
                category = result.category(compiled.category_of(question.id).id)
                assert category is not None
                gains[index] = Fraction(0)
                if question.scored and category.ratio is not None:
                    left = question.full_points - compiled.points(question.id, answers.visible[question.id])
                    weight = compiled.category_of(question.id).weight
                    gains[index] = weight / weights * question.weight * left / category.max_points
        fits = (who is None or payload["profile"]["kind"] in who) and (gains or not tree["for"])
        assert (tree["id"] in found) == bool(fits)
        if not fits:
            continue
        recommended = found[tree["id"]]
        assert {reason.index: reason.gain for reason in recommended.reasons} == gains
        factor = Fraction(1, 2) + Fraction(tree.get("priority", 50), 100)
        assert recommended.relevance == max(gains.values(), default=Fraction(0)) * factor
    order = [(not r.resource.for_, -r.relevance, -r.resource.priority, r.resource.id) for r in found.values()]
    assert order == sorted(order)


def _raw(values: Any) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


@given(documents())
def test_what_is_written_reads_the_same(document: Tree) -> None:
    assert check_document(document) == ()
    read = read_document(document)
    written = dump_document(read)
    assert read_document(written) == read
    # A database gives decimals back as binary floats: nothing is lost by that.
    stored = json.loads(json.dumps(written, default=float))
    assert read_document(stored) == read
    assert content_hash(stored) == content_hash(written)


@given(answered_documents())
def test_results_are_json(case: tuple[Tree, Tree]) -> None:
    compiled, answers, result = judged(*case)
    found = recommend(compiled, answers, result, compiled.document.resources, TODAY)
    json.dumps(result_tree(result, found), allow_nan=False)


anything = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.decimals(),
        st.just(Decimal("1e99999")),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=5,
)


@given(documents(), st.data())
def test_raw_answers_of_any_kind_are_read_or_refused(document: Tree, data: st.DataObject) -> None:
    compiled = ready(document)
    answers = {q["id"]: data.draw(anything) for c in document["categories"] for q in c["questions"]}
    try:
        read = read_answers(compiled, {"answers": answers, "profile": {"kind": data.draw(anything)}})
    except InvalidAnswers as invalid:
        for problem in invalid.problems:
            str(problem).encode()
    else:
        score(compiled, read)


@given(documents(), st.data())
def test_a_tree_broken_anywhere_is_read_or_refused(document: Tree, data: st.DataObject) -> None:
    broken = deepcopy(document)
    places: list[tuple[Any, Any]] = []
    _collect(broken, places)
    for _ in range(3):
        holder, key = data.draw(st.sampled_from(places))
        holder[key] = data.draw(anything)
    for problem in check_document(broken):
        str(problem).encode()
    if not check_document(broken):
        compile_document(read_document(broken))


def _collect(tree: Any, places: list[tuple[Any, Any]]) -> None:
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in pairs:
        places.append((tree, key))
        _collect(value, places)
