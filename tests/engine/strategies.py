"""Questionnaires of every shape, and right answers to them, drawn by Hypothesis."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

Tree = dict[str, Any]

numbers = st.one_of(
    st.integers(-5, 20),
    st.decimals(min_value=-5, max_value=20, places=2, allow_nan=False, allow_infinity=False),
)
positive = st.one_of(st.integers(1, 9), st.decimals(min_value=Decimal("0.01"), max_value=9, places=2, allow_nan=False))
ratios = st.decimals(min_value=0, max_value=1, places=2, allow_nan=False)


@st.composite
def ascending(draw: st.DrawFn, values: st.SearchStrategy[Any], least: int, most: int) -> list[Any]:
    return sorted(draw(st.lists(values, min_size=least, max_size=most, unique=True)))


@st.composite
def levels(draw: st.DrawFn) -> list[Tree]:
    starts = [Decimal(0), *draw(ascending(ratios.filter(bool), 0, 3))]
    return [{"id": f"l{index}", "from": start, "label": "Niveau"} for index, start in enumerate(starts)]


@st.composite
def question_trees(draw: st.DrawFn, name: str) -> Tree:
    kind = draw(st.sampled_from(["single", "multiple", "boolean", "scale", "number", "linear", "text"]))
    tree: Tree = {"id": name, "type": kind, "title": name}
    if draw(st.booleans()):
        tree["not_applicable"] = True
    if draw(st.booleans()):
        tree["unknown"] = True
    if draw(st.booleans()):
        tree["weight"] = draw(positive)
    if draw(st.integers(0, 5)) == 0:
        tree["required"] = draw(st.booleans())
    if draw(st.integers(0, 7)) == 0:
        tree["scored"] = False
    if kind in ("single", "multiple"):
        points = draw(st.lists(numbers, min_size=1, max_size=4))
        points.append(draw(positive))
        tree["choices"] = [{"id": f"c{n}", "label": "Choix", "points": p} for n, p in enumerate(points)]
        if kind == "multiple":
            tree["choices"][0]["exclusive"] = draw(st.booleans())
            if draw(st.booleans()):
                tree["max_points"] = draw(positive)
    elif kind == "boolean":
        tree["points_false"] = draw(st.integers(0, 2))
    elif kind == "scale":
        tree["min"] = draw(st.integers(-3, 3))
        tree["max"] = tree["min"] + draw(st.integers(1, 9))
        if draw(st.booleans()):
            tree["max_points"] = draw(positive)
    elif kind == "number":
        starts = draw(ascending(numbers, 0, 3))
        tree["bands"] = [{"points": draw(numbers)}, *({"from": s, "points": draw(positive)} for s in starts)]
        if len(tree["bands"]) == 1:
            tree["bands"][0]["points"] = draw(positive)
    elif kind == "linear":
        tree["type"] = "number"
        zero = draw(numbers)
        full = draw(numbers.filter(lambda value: value != zero))
        tree["linear"] = {"zero": zero, "full": full, "max_points": draw(positive)}
    return tree


def answers_to(question: Tree) -> st.SearchStrategy[Any]:
    """Right answers to a question, none included."""
    kind = question["type"]
    ids = [choice["id"] for choice in question.get("choices", [])]
    alone = [choice["id"] for choice in question.get("choices", []) if choice.get("exclusive")]
    given: st.SearchStrategy[Any]
    if kind == "single":
        given = st.sampled_from(ids)
    elif kind == "multiple":
        together = [name for name in ids if name not in alone]
        given = st.lists(st.sampled_from(together), unique=True)
        if alone:
            given = st.one_of(given, st.just(alone))
    elif kind == "boolean":
        given = st.booleans()
    elif kind == "scale":
        given = st.integers(question["min"], question["max"])
    elif kind == "number":
        given = numbers
    else:
        given = st.just("un texte")
    more: list[Any] = [None]
    if question.get("not_applicable"):
        more.append("n/a")
    if question.get("unknown"):
        more.append("?")
    return st.one_of(given, given, given, st.sampled_from(more))


@st.composite
def conditions(draw: st.DrawFn, earlier: list[Tree], depth: int = 2) -> Tree:
    forms = ["test", "test", "profile"] + (["all", "any", "not"] if depth else [])
    form = draw(st.sampled_from(forms))
    if form == "not":
        return {"not": draw(conditions(earlier, depth - 1))}
    if form in ("all", "any"):
        size = draw(st.integers(0, 2))
        return {form: [draw(conditions(earlier, depth - 1)) for _ in range(size)]}
    if form == "profile" or not earlier:
        return {"profile": "kind", "is": draw(st.sampled_from(["a", ["a", "b"], "c"]))}
    question = draw(st.sampled_from(earlier))
    tests: list[Tree] = []
    if question["type"] in ("single", "multiple"):
        ids = [choice["id"] for choice in question["choices"]]
        tests.append({"is": draw(st.lists(st.sampled_from(ids), min_size=1, max_size=3))})
    elif question["type"] == "boolean":
        tests.append({"is": draw(st.booleans())})
    elif question["type"] == "scale":
        low, high = sorted(draw(st.tuples(*[st.integers(question["min"], question["max"])] * 2)))
        tests += [{"at_least": low, "at_most": high}, {"is": low}]
    elif question["type"] == "number":
        tests += [{"at_least": draw(numbers)}, {"at_most": draw(numbers)}]
    else:
        tests.append({"is": "un texte"})
    if question.get("unknown"):
        tests.append({"is": "?"})
    return {"question": question["id"], **draw(st.sampled_from(tests))}


PROFILE: list[Tree] = [
    {
        "id": "kind",
        "title": "Type",
        "type": "single",
        "unknown": True,
        "choices": [{"id": name, "label": name} for name in "abc"],
    }
]


@st.composite
def documents(draw: st.DrawFn) -> Tree:
    """A right questionnaire of one to three categories."""
    tree: Tree = {
        "format": 1,
        "id": "essai",
        "title": "Essai",
        "languages": ["fr"],
        "scale": {"max": draw(positive), "decimals": draw(st.integers(0, 3))},
        "levels": draw(levels()),
        "profile": PROFILE,
        "categories": [],
    }
    earlier: list[Tree] = []
    for index in range(draw(st.integers(1, 3))):
        category: Tree = {"id": f"k{index}", "title": "Catégorie", "questions": []}
        if draw(st.booleans()):
            category["weight"] = draw(positive)
        if draw(st.integers(0, 3)) == 0:
            category["max_na"] = draw(ratios)
        if draw(st.integers(0, 3)) == 0:
            category["levels"] = draw(levels())
        if draw(st.integers(0, 3)) == 0:
            category["visible_if"] = draw(conditions(list(earlier)))
        for number in range(draw(st.integers(1, 4))):
            question = draw(question_trees(f"q{index}-{number}"))
            if draw(st.integers(0, 2)) == 0:
                question["visible_if"] = draw(conditions(list(earlier)))
            category["questions"].append(question)
            earlier.append(question)
        tree["categories"].append(category)
    for holder in (tree, *tree["categories"]):
        if draw(st.integers(0, 2)) == 0:
            count = draw(st.integers(1, 2))
            holder["caps"] = [{"if": draw(conditions(earlier)), "max": draw(ratios)} for _ in range(count)]
    tree["resources"] = [draw(resources(index, earlier, tree)) for index in range(draw(st.integers(0, 4)))]
    return tree


@st.composite
def resources(draw: st.DrawFn, index: int, earlier: list[Tree], document: Tree) -> Tree:
    lines: list[Tree] = []
    for _ in range(draw(st.integers(0, 3))):
        if draw(st.booleans()):
            category = draw(st.sampled_from(document["categories"]))
            grid = category.get("levels") or document["levels"]
            ids = [level["id"] for level in grid]
            reached = draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
            lines.append({"category": category["id"], "levels": reached})
        else:
            line = draw(conditions(earlier, 0).filter(lambda each: "question" in each))
            lines.append(line)
    resource: Tree = {"id": f"r{index}", "title": "R", "url": "https://example.org", "type": "guide", "for": lines}
    if draw(st.booleans()):
        resource["priority"] = draw(st.integers(0, 100))
    if draw(st.integers(0, 3)) == 0:
        resource["who"] = {"kind": draw(st.lists(st.sampled_from("abc"), min_size=1, unique=True))}
    return resource


@st.composite
def answered_documents(draw: st.DrawFn) -> tuple[Tree, Tree]:
    """A questionnaire and right answers to it."""
    document = draw(documents())
    answers = {
        question["id"]: draw(answers_to(question))
        for category in document["categories"]
        for question in category["questions"]
    }
    profile = {"kind": draw(st.sampled_from(["a", "b", "c", "?", None]))}
    return document, {"profile": profile, "answers": answers}
