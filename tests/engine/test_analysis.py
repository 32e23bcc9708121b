"""What is said of a document that is right: ranges, warnings, minutes, readability."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations, product
from math import prod
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from assett.cli import main
from assett.engine.analysis import Analysis, Minutes, ScoreRange, analyse, resource_findings
from assett.engine.analysis.minutes import minutes_to_answer
from assett.engine.analysis.ranges import score_ranges
from assett.engine.analysis.texts import reading_ease, syllables, told_ease
from assett.engine.answers import read_answers
from assett.engine.compiled import compile_document
from assett.engine.duration import seconds_to_answer
from assett.engine.reading import check_document, read_document, read_resources
from assett.formats.files import load, open_document, open_resources
from tests.engine.builders import Tree, category, compiled, document, multiple, question, single
from tests.engine.reference import most, reference
from tests.engine.strategies import PROFILE, answered_documents, conditions, question_trees, ratios

QUESTIONNAIRES = Path(__file__).parents[2] / "questionnaires"

# Ranges, against every answer


def numbers_of_interest(asked: Tree, tests: list[Tree]) -> list[Decimal]:
    """Numbers at and around all that bands, lines and conditions name."""
    named = [band["from"] for band in asked.get("bands", []) if "from" in band]
    named += [asked["linear"][key] for key in ("zero", "full") if "linear" in asked]
    named += [test[key] for test in tests for key in ("at_least", "at_most") if key in test]
    at = {Decimal(str(number)) for number in named} | {Decimal(10**9), Decimal(-(10**9))}
    near = {number + step for number in at for step in (Decimal("-0.000001"), Decimal("0.000001"))}
    return sorted(number for number in at | near if abs(number) <= 10**9)


def bounds_within(tree: Any) -> Iterator[Tree]:
    if isinstance(tree, dict):
        if "at_least" in tree or "at_most" in tree:
            yield tree
        for each in tree.values():
            yield from bounds_within(each)
    elif isinstance(tree, list):
        for each in tree:
            yield from bounds_within(each)


def every_answer(asked: Tree, tests: list[Tree], complete: bool) -> list[Any]:
    """Every right answer to a question, none included where it may be left out."""
    kind = asked["type"]
    ids = [choice["id"] for choice in asked.get("choices", [])]
    found: list[Any]
    if kind == "single":
        found = list(ids)
    elif kind == "multiple":
        alone = [[choice["id"]] for choice in asked["choices"] if choice.get("exclusive")]
        together = [name for name in ids if [name] not in alone]
        low, high = asked.get("min_choices", 0), asked.get("max_choices", len(together))
        sets = chain.from_iterable(combinations(together, size) for size in range(low, high + 1))
        found = [*map(list, sets), *alone]
    elif kind == "boolean":
        found = [True, False]
    elif kind == "scale":
        found = list(range(asked.get("min", 0), asked["max"] + 1))
    elif kind == "number":
        found = list(numbers_of_interest(asked, tests))
    else:
        found = ["un texte", "un autre"]
    found += ["n/a"] * bool(asked.get("not_applicable")) + ["?"] * bool(asked.get("unknown"))
    if not (complete and asked.get("required", most(asked) is not None)):
        found.append(None)
    return found


def reached(tree: Tree, complete: bool, limit: int) -> Iterator[dict[str | None, Fraction]]:
    """The ratios of every answer to a small document, by category (``None``: overall)."""
    asked = [each for one in tree["categories"] for each in one["questions"]]
    tests = list(bounds_within(tree))
    options = [every_answer(each, tests, complete) for each in asked]
    facts: list[Any] = ["a", "b", "c", None] if tree.get("profile") else [None]
    count = len(facts)
    for each in options:
        count *= len(each)
    assume(count <= limit)
    for fact in facts:
        for answers in product(*options):
            payload = {"profile": {"kind": fact}, "answers": dict(zip((q["id"] for q in asked), answers, strict=True))}
            result = reference(tree, payload, provisional=False)
            by_category = {name: each[0] for name, each in result["categories"].items()}
            yield {**by_category, None: result["overall"][0]}


def found_ranges(tree: Tree, complete: bool, **more: int) -> dict[str | None, ScoreRange | None]:
    overall, by_category = score_ranges(compile_document(read_document(tree)), complete=complete, **more)
    return {**by_category, None: overall}


def brute_force(tree: Tree, complete: bool, limit: int = 1500) -> dict[str | None, tuple[Fraction, Fraction] | None]:
    ends: dict[str | None, tuple[Fraction, Fraction] | None] = {each["id"]: None for each in tree["categories"]}
    ends[None] = None
    for found in reached(tree, complete, limit):
        for name, ratio in found.items():
            if ratio is not None:
                low, high = ends[name] or (ratio, ratio)
                ends[name] = min(low, ratio), max(high, ratio)
    return ends


@st.composite
def small_documents(draw: st.DrawFn) -> Tree:
    """A questionnaire of one or two categories and few answers."""
    tree = document(profile=PROFILE)
    earlier: list[Tree] = []
    for index in range(draw(st.integers(1, 2))):
        one = category(f"k{index}", weight=draw(st.integers(1, 3)), max_na=draw(st.sampled_from([1, 0.5, 0.3, 0])))
        if draw(st.integers(0, 3)) == 0:
            one["visible_if"] = draw(conditions(list(earlier)))
        for number in range(draw(st.integers(1, 3))):
            asked = draw(question_trees(f"q{index}-{number}"))
            asked["choices"] = asked["choices"][-3:] if "choices" in asked else None
            asked = {key: value for key, value in asked.items() if value is not None}
            if asked["type"] == "scale":
                asked["max"] = asked["min"] + min(asked["max"] - asked["min"], 2)
            if draw(st.integers(0, 2)) == 0:
                asked["visible_if"] = draw(conditions(list(earlier)))
            one["questions"].append(asked)
            earlier.append(asked)
        tree["categories"].append(one)
    for holder in (tree, *tree["categories"]):
        if draw(st.integers(0, 2)) == 0:
            holder["caps"] = [{"if": draw(conditions(earlier)), "max": draw(ratios)}]
    return tree


SLOW = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


@SLOW
@given(small_documents(), st.booleans())
def test_both_ends_are_reached_and_nothing_lies_beyond(tree: Tree, complete: bool) -> None:
    truth = brute_force(tree, complete)
    for name, found in found_ranges(tree, complete).items():
        assert (found.low, found.high, found.exact) == (*truth[name], True) if found else truth[name] is None


@SLOW
@given(small_documents(), st.integers(0, 60))
def test_a_search_cut_short_gives_bounds_that_hold(tree: Tree, steps: int) -> None:
    truth = brute_force(tree, True, limit=600)
    for name, found in found_ranges(tree, True, steps=steps).items():
        ends = truth[name]
        if ends is not None:
            assert found is not None
            assert found.low <= ends[0] <= ends[1] <= found.high
            if found.exact:
                assert (found.low, found.high) == ends


@settings(deadline=None, max_examples=150)
@given(answered_documents())
def test_no_generated_answer_scores_outside_the_range(drawn: tuple[Tree, Tree]) -> None:
    tree, payload = drawn
    result = reference(tree, payload, provisional=False)
    found = found_ranges(tree, complete=result["progress"] == 1)
    scores = {name: each[0] for name, each in result["categories"].items()} | {None: result["overall"][0]}
    for name, ratio in scores.items():
        if ratio is not None:
            bounds = found[name]
            assert bounds is not None
            assert bounds.low <= ratio <= bounds.high


# Ranges and levels by hand


def analysed(*categories: Tree, **more: object) -> Analysis:
    tree = document(*categories, **more)
    return analyse(compile_document(read_document(tree)), None, tree)


def said(analysis: Analysis, *kinds: str) -> list[tuple[str, str]]:
    return [(each.kind, each.path) for each in analysis.warnings if not kinds or each.kind in kinds]


KIND: Tree = {
    "id": "kind",
    "title": "Type",
    "type": "single",
    "choices": [{"id": name, "label": name} for name in ("a", "b")],
}
HALF: Tree = {"if": {"question": "q", "is": "c0"}, "max": 0.5}


@pytest.mark.parametrize(
    ("one", "low", "high"),
    [
        (category("k", single("q", 0, 3)), "0", "1"),
        (category("k", single("q", 1, 4)), "1/4", "1"),
        # « Je ne sais pas » and what may be left out earn nothing, negative points no less than that.
        (category("k", single("q", 1, 4, unknown=True)), "0", "1"),
        (category("k", single("q", 1, 4, required=False)), "0", "1"),
        (category("k", single("q", -2, 4)), "0", "1"),
        # An exclusive choice stands alone, and no more than two may be ticked.
        (category("k", multiple("q", 1, 1, 1, max_choices=2)), "0", "2/3"),
        (category("k", multiple("q", 1, 1, min_choices=1)), "1/2", "1"),
        # Half of the points may be « non concerné »: that leaves out the second question, or the first, never both.
        (
            category("k", single("q", 1, 2, not_applicable=True), single("r", 1, 4, not_applicable=True), max_na=0.7),
            "1/4",
            "1",
        ),
        (
            category("k", single("q", 1, 2, not_applicable=True), single("r", 1, 4, not_applicable=True), max_na=0.3),
            "1/3",
            "1",
        ),
        # A cap on the best answer alone, and one on what every answer gives.
        (category("k", single("q", 2, 1), caps=[HALF]), "1/2", "1/2"),
        (category("k", single("q", 0, 1), caps=[{"if": {"all": []}, "max": 0.2}]), "0", "1/5"),
        # The best answer to the first hides the second.
        (
            category("k", single("q", 0, 2), single("r", 1, 4, visible_if={"question": "q", "is": "c0"})),
            "1/6",
            "1",
        ),
    ],
)
def test_the_range_of_a_category(one: Tree, low: str, high: str) -> None:
    found = analysed(one).categories["k"]
    assert found == ScoreRange(Fraction(low), Fraction(high), exact=True)


def test_a_range_that_asks_too_much_is_said_to_be_wide() -> None:
    # Each « oui » shows a question that cannot be answered best: no bound is reached before all is tried.
    asked: list[Tree] = []
    for number in range(40):
        asked.append(question(f"b{number}", "boolean", scored=False, required=True))
        shown = {"question": f"b{number}", "is": True}
        other = {"question": f"b{(number * 7) % (number + 1)}", "is": False}
        points = (1 + number % 5, 7 + number % 3)
        asked.append(multiple(f"m{number}", *points, max_choices=1, visible_if={"any": [shown, other]}))
    analysis = analysed(category("k", *asked, caps=[{"if": {"question": "b39", "is": True}, "max": 0.99}]))
    found = analysis.categories["k"]
    assert found is not None and not found.exact
    assert found.low == 0 and found.high < 1
    assert any("au plus large" in each.message for each in analysis.measures if each.kind == "range")


def test_levels_that_nobody_reaches() -> None:
    own = [{"id": "a", "from": 0, "label": "A"}, {"id": "b", "from": 0.5, "label": "B"}]
    analysis = analysed(
        category("k0", single("q", 3, 5), levels=own),
        category("k1", single("r", 0, 5), caps=[{"if": {"not": {"question": "r", "is": "c0"}}, "max": 0.4}]),
    )
    assert said(analysis, "unreachable_level") == [
        ("unreachable_level", "categories[0].levels[0]"),
        ("unreachable_level", "categories[1]"),
    ]
    assert "de 60 à 100 %" in next(each.message for each in analysis.warnings)
    assert analysis.unreachable == {("k0", "a"), ("k1", "high")}


def test_a_category_that_is_never_scored() -> None:
    analysis = analysed(category("k", question("q", "text")), category("l", single("r", 0, 1)))
    assert said(analysis, "never_scored") == [("never_scored", "categories[0]")]
    assert analysis.categories["k"] is None
    assert analysis.overall == ScoreRange(Fraction(0), Fraction(1), exact=True)
    empty = analysed(category("k"), category("l", single("r", 0, 1)))
    assert [each.message for each in empty.warnings if each.kind == "never_scored"] == [
        "cette catégorie n’a aucune question\xa0: ceux qui répondent ne la verront pas"
    ]


# Branches and effects


def test_dead_branches() -> None:
    never = {"all": [{"profile": "kind", "is": "a"}, {"profile": "kind", "is": "b"}]}
    analysis = analysed(
        category(
            "k",
            single("q", 0, 1),
            single("r", 0, 1, visible_if=never),
            single("s", 0, 1, visible_if={"question": "q", "is": ["c0", "c1"]}),
            # Hidden with the question that it looks at.
            single("t", 0, 1, visible_if={"question": "r", "is": "c1"}),
            single("u", 0, 1, visible_if={"profile": "kind", "is": "a"}),
            caps=[
                {"if": {"question": "r", "is": "c0"}, "max": 0.5},
                {"if": {"question": "q", "is": ["c0", "c1"]}, "max": 0.9},
                {"if": {"question": "q", "is": "c0"}, "max": 1},
                {"if": {"question": "q", "is": "c0"}, "max": 0.1},
            ],
        ),
        category("l", single("v", 0, 1, visible_if=never), visible_if=never),
        profile=[KIND],
    )
    assert said(analysis, "never_visible", "always_visible", "cap_never_holds", "cap_always_holds") == [
        ("cap_never_holds", "categories[0].caps[0].if"),
        ("cap_always_holds", "categories[0].caps[1].if"),
        ("never_visible", "categories[0].questions[1].visible_if"),
        ("always_visible", "categories[0].questions[2].visible_if"),
        ("never_visible", "categories[0].questions[3].visible_if"),
        ("never_visible", "categories[1].visible_if"),
    ]
    assert said(analysis, "cap_without_effect") == [("cap_without_effect", "categories[0].caps[2].max")]


def test_numbers_are_told_apart_where_conditions_do() -> None:
    analysis = analysed(
        category(
            "k",
            question("n", "number", integer=True, min=0, max=9, required=True),
            single("q", 0, 1, visible_if={"question": "n", "at_least": 8.5}),
            single(
                "r",
                0,
                1,
                visible_if={"all": [{"question": "n", "at_least": 8.2}, {"question": "n", "at_most": 8.8}]},
            ),
            single("s", 0, 1, visible_if={"question": "n", "at_most": 9}),
        )
    )
    assert said(analysis, "never_visible", "always_visible") == [
        ("never_visible", "categories[0].questions[2].visible_if"),
        ("always_visible", "categories[0].questions[3].visible_if"),
    ]


def test_questions_that_change_nothing() -> None:
    advised = single("w", 2, 2)
    advised["choices"][0]["feedback"] = "Bravo."
    analysis = analysed(
        category(
            "k",
            single("q", 2, 2),
            single("r", 2, 2, not_applicable=True),
            single("s", 0, 1, scored=False),
            single("t", 2, 2),
            advised,
            question("x", "text"),
            single("u", 0, 1, visible_if={"question": "t", "is": "c0"}),
        ),
        profile=[KIND, {**KIND, "id": "source", "source": "kind"}],
    )
    assert said(analysis, "no_effect") == [
        ("no_effect", "profile[0]"),
        ("no_effect", "categories[0].questions[0]"),
        ("no_effect", "categories[0].questions[2]"),
    ]


def test_choices_without_points() -> None:
    forgotten, unscored, free = single("q", 0, 1, 2), single("r", 0, 1, scored=False), single("s", 0, 1)
    del forgotten["choices"][1]["points"], unscored["choices"][1]["points"]
    for choice in free["choices"]:
        del choice["points"]
    analysis = analysed(category("k", forgotten, unscored, free))
    assert said(analysis, "choice_without_points") == [
        ("choice_without_points", "categories[0].questions[0].choices[1]")
    ]


def test_keys_without_effect() -> None:
    free = single("s", 0, 1, scored=True)
    for choice in free["choices"]:
        del choice["points"]
    told = [question("t", "text", weight=2), question("d", "date", scored=True), free]
    silent = [question("n", "number", scored=False, weight=2), single("q", 0, 1, scored=True, weight=2)]
    analysis = analysed(category("k", *told, *silent))
    assert [path for _, path in said(analysis, "key_without_effect")] == [
        "categories[0].questions[0].weight",
        "categories[0].questions[1].scored",
        "categories[0].questions[2].scored",
    ]


# Resources


def resource(name: str, *lines: Tree, **more: object) -> Tree:
    return {"id": name, "title": name, "url": "https://example.org", "type": "guide", "for": list(lines), **more}


def test_categories_and_levels_without_a_resource() -> None:
    categories = [category(f"k{n}", single(f"q{n}", 0, 1)) for n in range(3)]
    aimed = [
        resource("r0", {"question": "q0", "is": "c0"}),
        resource("r1", {"category": "k1", "levels": ["low"]}),
        resource("r2"),
    ]
    assert said(analysed(*categories), "category_without_resource") == [("category_without_resource", "document")]
    tree = document(*categories, resources=aimed)
    found = analyse(compile_document(read_document(tree)))
    assert said(found, "level_without_resource", "category_without_resource") == [
        ("level_without_resource", "categories[0]"),
        ("level_without_resource", "categories[1]"),
        ("category_without_resource", "categories[2]"),
    ]


def test_resources_that_name_what_is_no_longer_there() -> None:
    tree = {
        "format": 1,
        "resources": [
            resource("r0", {"question": "gone", "is": "c0"}, {"category": "gone", "levels": ["low"]}),
            resource("r1", {"question": "q", "is": ["c0", "c9"]}, {"category": "k", "levels": ["top"]}),
            resource("r2", {"question": "q", "is": "?"}, who={"size": "big", "kind": ["a", "z"]}),
            resource("r3", {"question": "q", "is": "c0"}, who={"kind": "a"}),
        ],
    }
    ready = compiled(category("k", single("q", 0, 1)), profile=[KIND])
    assert [(each.kind, each.path) for each in resource_findings(ready, read_resources(tree))] == [
        ("resource_names_unknown", path)
        for path in (
            "resources[0].for[0]",
            "resources[0].for[1]",
            "resources[1].for[0]",
            "resources[1].for[1]",
            "resources[2].for[0]",
            "resources[2].who.size",
            "resources[2].who.kind",
        )
    ]


def test_resources_that_nobody_is_ever_shown() -> None:
    only_a = {"profile": "kind", "is": "a"}
    aimed = [
        resource("r0", {"question": "q", "is": "c0"}, who={"kind": "b"}),
        resource("r1", {"question": "q", "is": "c0"}, {"question": "r", "is": "c0"}, who={"kind": "b"}),
        resource("r2", {"category": "k", "levels": ["low"]}),
        resource("r3", {"category": "k", "levels": ["high"]}, who={"kind": "b"}),
    ]
    tree = document(
        category("k", single("q", 3, 4, visible_if=only_a), single("r", 3, 4)), profile=[KIND], resources=aimed
    )
    assert said(analyse(compile_document(read_document(tree))), "resource_never_shown") == [
        ("resource_never_shown", "resources[0]"),
        ("resource_never_shown", "resources[1].for[0]"),
        ("resource_never_shown", "resources[2]"),
    ]


# Minutes


def minutes_of(tree: Tree) -> Minutes:
    return minutes_to_answer(compile_document(read_document(tree)))


def test_minutes_of_the_shortest_and_the_longest_way() -> None:
    # Forty seconds a number, of which the profile shows one or two out of three.
    asked = [
        question(f"n{n}", "number", required=True, visible_if={"profile": "kind", "is": k}) for n, k in enumerate("aab")
    ]
    assert minutes_of(document(category("k", *asked), profile=[KIND])) == Minutes(0, 2, exact=True)
    always = [question(f"m{n}", "number", required=True) for n in range(3)]
    assert minutes_of(document(category("k", *always, *asked), profile=[KIND])) == Minutes(2, 4, exact=True)


@SLOW
@given(small_documents())
def test_minutes_are_those_of_some_ways_and_of_none_beyond(tree: Tree) -> None:
    ready = compile_document(read_document(tree))
    asked = [each for one in tree["categories"] for each in one["questions"]]
    tests = list(bounds_within(tree))
    options = [every_answer(each, tests, True) for each in asked]
    assume(prod(map(len, options)) <= 300)
    ways = []
    for fact in ("a", "b", "c", None):
        for values in product(*options):
            answers = read_answers(
                ready,
                {"profile": {"kind": fact}, "answers": dict(zip((q["id"] for q in asked), values, strict=True))},
            )
            shown = [q for q in ready.document.questions if q.required and q.id not in answers.hidden]
            ways.append(sum(map(seconds_to_answer, shown)))
    assert minutes_to_answer(ready) == Minutes(-(-min(ways) // 60), -(-max(ways) // 60), exact=True)


# Texts


def test_missing_translations() -> None:
    analysis = analysed(
        category("k", question("n", "number", unit="kWh"), single("q", 0, 1), title={"fr": "Thème", "en": "Theme"}),
        languages=["fr", "en"],
        title={"fr": "Essai", "en": "Trial"},
    )
    assert analysis.untranslated == {
        "en": (
            "levels[0].label",
            "levels[1].label",
            "categories[0].questions[1].choices[0].label",
            "categories[0].questions[1].choices[1].label",
        )
    }
    assert said(analysis, "missing_translation") == [("missing_translation", "levels[0].label")]


@pytest.mark.parametrize(
    ("word", "count"),
    [("usine", 2), ("énergie", 3), ("eau", 1), ("déchets", 2), ("que", 1), ("l’été", 2), ("chaudières", 2), ("kwh", 1)],
)
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_reading_ease_is_the_formula_of_kandel_and_moles() -> None:
    # Sentences of four words and five syllables.
    assert reading_ease(["Le vent fait tourner. "] * 24) is None
    assert [told_ease(ease) for ease in (-99.4, 29.4, 30, 65, 110.9)] == [
        (0, "très difficiles"),
        (29, "très difficiles"),
        (30, "difficiles"),
        (65, "ni faciles ni difficiles"),
        (100, "très faciles"),
    ]
    assert reading_ease(["Le vent fait tourner. "] * 25) == pytest.approx(207 - 1.015 * 4 - 73.6 * 5 / 4)


def test_what_is_hard_to_read_is_said() -> None:
    hard = "L’opérationnalisation institutionnelle conditionne " + "l’appropriation organisationnelle " * 14 + "."
    easy = "On trie le verre. On éteint le soir. " * 20
    analysis = analysed(category("k", single("q", 0, 1, help=hard * 4)), category("l", single("r", 0, 1, help=easy)))
    assert said(analysis, "hard_to_read", "long_sentence") == [
        ("long_sentence", "categories[0].questions[0].help"),
        ("hard_to_read", "categories[0]"),
    ]


# The questionnaires that come with the platform, and speed


def test_the_national_base_gives_no_cause_for_a_warning() -> None:
    national = open_document(QUESTIONNAIRES / "socle-assett.yaml")
    aimed = open_resources(QUESTIONNAIRES / "ressources-nationales.yaml", national)
    ready = compile_document(national)
    analysis = analyse(ready, aimed, load(QUESTIONNAIRES / "socle-assett.yaml").tree)
    assert analysis.warnings == ()
    assert list(resource_findings(ready, aimed, analysis.unreachable)) == []
    assert analysis.overall == ScoreRange(Fraction(0), Fraction(1), exact=True)
    assert analysis.minutes.exact and analysis.minutes.longest <= 20


def test_check_and_analysis_of_300_questions_are_quick() -> None:
    # 0.1 s on the machine that it was written on; the promise is 0.3 s.
    categories = []
    for k in range(10):
        asked = []
        for n in range(30):
            more: Tree = {"not_applicable": n % 2 == 0, "unknown": n % 3 == 0}
            if n % 4 == 3:
                more["visible_if"] = {
                    "any": [{"question": f"q{k}-{n - 1}", "is": "c2"}, {"profile": "kind", "is": "a"}]
                }
            asked.append(single(f"q{k}-{n}", 0, 1, 2, 3, **more))
        caps = [{"if": {"question": f"q{k}-2", "is": "c0"}, "max": 0.5}]
        categories.append(category(f"k{k}", *asked, caps=caps, max_na=0.5))
    tree = document(*categories, profile=[KIND], resources=[resource("r", {"question": "q0-0", "is": "c0"})])
    started = process_time()
    assert check_document(tree) == ()
    analysis = analyse(compile_document(read_document(tree)), None, tree)
    assert process_time() - started < 1.5
    assert analysis.overall is not None and analysis.overall.exact and analysis.minutes.exact


def test_the_command_prints_warnings_and_exits_0(tmp_path: Path) -> None:
    file, aimed = tmp_path / "essai.yaml", tmp_path / "aide.yaml"
    tree = document(
        category("k", single("q", 1, 1), single("r", 0, 3)),
        levels=[
            {"id": id, "from": start, "label": id, "message": "Bien."} for id, start in (("low", 0), ("high", 0.5))
        ],
        resources=[resource("r", {"category": "k", "levels": ["low", "high"]})],
    )
    file.write_text(json.dumps(tree), encoding="utf-8")
    aimed.write_text(json.dumps({"format": 1, "resources": [resource("s", who={"kind": "a"})]}), encoding="utf-8")
    ran = CliRunner().invoke(main, ["questionnaire", "check", str(file), "--warnings"])
    assert ran.exit_code == 0
    *measures, warning = ran.output.splitlines()
    assert [line.partition(":")[0] for line in measures] == ["document", "categories[0]", "document"]
    assert "environ une minute (" in measures[2]
    assert warning.startswith("categories[0].questions[0]: toutes les réponses")
    assert warning.endswith("(line 1)")
    assert CliRunner().invoke(main, ["questionnaire", "check", str(file)]).output == ""
    broken = CliRunner().invoke(main, ["questionnaire", "check", str(file), "--resources", str(aimed), "--warnings"])
    assert (broken.exit_code, len(broken.output.splitlines())) == (1, 1)


def test_one_length_is_said_once() -> None:
    numbers = [question(f"n{n}", "number", required=True) for n in range(4)]
    said = [each.message for each in analyse(compiled(category("k", *numbers))).measures]
    assert any("environ 3 minutes (" in each for each in said), said


def test_levels_that_a_category_calls_otherwise() -> None:
    grid = [{"id": "low", "from": 0, "label": "Bas"}, {"id": "high", "from": 0.5, "label": "Haut"}]
    own = [{**grid[0], "label": "Débuts"}, {**grid[1], "from": 0.4}, {"id": "top", "from": 0.9, "label": "Sommet"}]
    tree = {
        **document(category("k0", single("q", 0, 1), levels=own), category("k1", single("r", 0, 1))),
        "levels": grid,
    }
    analysis = analyse(compile_document(read_document(tree)), (), tree)
    assert said(analysis, "level_called_otherwise") == [("level_called_otherwise", "categories[0].levels[0]")]
    assert "s’appelle «\u00a0Bas\u00a0»" in next(
        e.message for e in analysis.warnings if e.kind == "level_called_otherwise"
    )


@pytest.mark.parametrize(("most", "told"), [(0.79, False), (0.8, True), (0.9, True)])
def test_a_cap_that_keeps_nobody_below_the_highest_level(most: float, told: bool) -> None:
    levels = [{"id": "low", "from": 0, "label": "Bas"}, {"id": "high", "from": 0.8, "label": "Haut"}]
    cap = {"if": {"question": "q", "is": "c0"}, "max": most}
    tree = {**document(category("k", single("q", 0, 1), single("r", 0, 9), caps=[cap])), "levels": levels}
    analysis = analyse(compile_document(read_document(tree)), (), tree)
    assert bool(said(analysis, "cap_below_no_level")) == told
