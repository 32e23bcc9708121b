"""Which resources are read first: the territory's own aimed at an answer given, and the weakest categories."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assett.engine.foremost import arranged, foremost
from assett.engine.reading import read_resources
from assett.engine.recommendation import recommend
from assett.engine.score import score

from .builders import Tree, answered, category, compiled, single

NAMES = [f"c{number}" for number in range(10)]
# Ten categories of the nation, which weigh a hundred times as much as the territory's own.
READY = compiled(
    *(category(name, single(f"q-{name}", 0, 1, 2, 3, 4), weight=100) for name in NAMES),
    category("ours", single("own", 0, 1), single("free", 0, 0, scored=False), weight=1),
)
# The further down, the weaker.
GIVEN = {f"q-{name}": f"c{4 - number // 2 if number < 8 else 0}" for number, name in enumerate(NAMES)} | {
    "own": "c0",
    "free": "c0",
}


def to(question: str, *answers: str) -> list[Tree]:
    return [{"question": question, "is": list(answers or ["c0", "c1", "c2", "c3", "c4"])}]


NATION = [{"id": f"{name}-{letter}", "for": to(f"q-{name}")} for name in NAMES for letter in "abc"]


def shown(*local: Tree, nation: list[Tree] = NATION, whole: bool = False) -> list[str]:
    """The ids of what is read first, among these resources of the territory and those of the nation."""
    entries = [{"title": "R", "url": "https://example.org", "type": "guide", **each} for each in (*nation, *local)]
    given = answered(READY, GIVEN)
    result = score(READY, given)
    resources: Any = read_resources({"format": 1, "resources": entries})
    advised = recommend(READY, given, result, resources, date(2026, 3, 1))
    own = {each["id"] for each in local}
    return [one.resource.id for one in (arranged if whole else foremost)(advised, result, own)]


@pytest.mark.parametrize("question", ["own", "free"])
def test_the_territorys_own_for_an_answer_given_comes_first(question: str) -> None:
    found = shown({"id": "zz", "for": to(question, "c0")})
    assert found[0] == "zz" and len(found) == 8


def test_what_is_aimed_at_a_level_does_not_pass_before_an_answer() -> None:
    assert "zz" not in shown({"id": "zz", "for": [{"category": "c1", "levels": ["high"]}]})


def test_the_weakest_categories_have_their_best_each() -> None:
    # All eight are for the weakest, and none of them has a second one while another has none.
    assert shown() == [f"{name}-a" for name in ("c8", "c9", "c6", "c7", "c4", "c5", "c2", "c3")]


def test_two_of_the_territory_for_one_category_are_both_shown() -> None:
    local = [{"id": f"z{number}", "for": to("own", "c0")} for number in range(3)]
    found = shown(*local)
    assert found[:2] == ["z0", "z1"] and "z2" not in found and found[2:4] == ["c8-a", "c9-a"]


def test_the_territory_leaves_half_of_the_places_to_other_weak_categories() -> None:
    local = [{"id": f"z-{name}-{n}", "for": to(f"q-{name}")} for name in ("c0", "c1", "c2", "c3", "c4") for n in "12"]
    found = shown(*local)
    assert {each for each in found if each.startswith("z")} == {f"z-c{n}-1" for n in range(5)}
    assert found[5:] == ["c8-a", "c9-a", "c6-a"]


def test_priority_moves_the_territorys_own() -> None:
    local = [{"id": "z1", "for": to("own", "c0")}, {"id": "z2", "for": to("q-c1")}, {"id": "z3", "for": to("q-c9")}]
    assert shown(*local)[:3] == ["z3", "z1", "z2"]
    local[1]["priority"] = 100
    assert shown(*local)[0] == "z2"
    local[1]["priority"] = 40
    assert "z2" not in shown(*local)


def test_priority_moves_national_ones_within_their_category() -> None:
    nation = [*NATION, {"id": "c9-z", "priority": 51, "for": to("q-c9")}]
    assert shown(nation=nation)[1] == "c9-z"


def test_of_equally_aimed_ones_the_territorys_own_comes_first() -> None:
    level = [{"category": "c9", "levels": ["low"]}]
    nation = [{"id": "a", "for": level}, {"id": "b"}]
    assert shown({"id": "z", "for": level}, nation=nation) == ["z", "a", "b"]


def test_the_whole_list_begins_with_the_foremost_and_forgets_none() -> None:
    local = [{"id": f"z{number}", "for": to("own", "c0")} for number in range(4)]
    everyone: list[Tree] = [*NATION, {"id": "aa"}]
    whole = shown(*local, nation=everyone, whole=True)
    assert whole[:8] == shown(*local, nation=everyone) and whole[8:10] == ["z2", "z3"] and whole[-1] == "aa"
    assert len(whole) == len(set(whole)) == len(everyone) + 4
