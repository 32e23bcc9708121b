"""Answers: what is refused and where, what follows a renaming."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from assett.engine.answers import read_answer, read_answers, read_profile
from assett.engine.path import path
from assett.kernel.errors import InvalidAnswers

from .builders import answered, category, compiled, multiple, question, scored, single

RENAMED = single("s", 0, 1, was=["old", "older"])
RENAMED["choices"][1]["was"] = ["was1"]
MERGED = multiple("m", 1, 1, 1, min_choices=1, max_choices=2)
MERGED["choices"][0]["was"] = ["left", "right"]
MERGED["choices"][2]["exclusive"] = True

READY = compiled(
    category(
        "c",
        RENAMED,
        MERGED,
        question("b", "boolean", unknown=True),
        question("k", "scale", min=1, max=5),
        question("n", "number", min=0, max=100, not_applicable=True),
        question("i", "number", integer=True),
        question("d", "date", min="2020-01-01", max="2029-12-31"),
        question("t", "text", max_length=10),
        {"id": "info", "type": "info", "title": "Info"},
        question("hidden", "boolean", visible_if={"any": []}),
    ),
    profile=[question("size", "number"), question("naf", "text")],
)

REFUSED = [
    ("s", "c9"), ("s", 0), ("s", True), ("s", ["c0"]), ("s", {"c0": 1}), ("s", "n/a"), ("s", "?"), ("s", ""),
    ("m", "c0"), ("m", ["c0", "c9"]), ("m", ["c0", "c0"]), ("m", [["c0"]]), ("m", [1]), ("m", []), ("m", ["c0", "c2"]),
    ("b", "true"), ("b", 1), ("b", 0), ("b", "n/a"), ("b", []),
    ("k", 0), ("k", 6), ("k", 2.5), ("k", "3"), ("k", True), ("k", 10**400), ("k", math.nan),
    ("n", -1), ("n", 100.5), ("n", "12"), ("n", True), ("n", math.nan), ("n", math.inf), ("n", Decimal("NaN")),
    ("n", Decimal("sNaN")), ("n", Decimal("1e999999999")), ("n", Decimal("1e-999999999")),
    ("n", 0.1234567),
    ("i", 1.5), ("i", 2 * 10**9),
    ("d", "2026-02-30"), ("d", "2019-12-31"), ("d", "2030-01-01"), ("d", "01/01/2026"), ("d", 20260101),
    ("d", "2026-01-01T00:00"),
    ("t", "x" * 11), ("t", "a\x00b"), ("t", "\ud800"), ("t", 12), ("t", "x" * 10_000_000),
    ("info", "x"), ("info", True),
    ("hidden", "yes"),
    ("unknown", "x"), ("", "x"), ("c", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "raw"), REFUSED)
def test_wrong_answers_are_refused_at_their_place(name: str, raw: object) -> None:
    with pytest.raises(InvalidAnswers) as caught:
        read_answer(READY, name, raw)
    (problem,) = caught.value.problems
    assert problem.path.startswith(f"answers.{name}")
    assert len(str(problem).encode()) < 400


def test_a_number_too_long_for_python_to_write_is_refused() -> None:
    with pytest.raises(InvalidAnswers):
        read_answer(READY, "n", 10**5000)


ACCEPTED = [
    ("s", "c1", "c1"),
    ("s", "was1", "c1"),
    ("old", "c0", "c0"),
    ("m", ["c1", "c0"], ("c0", "c1")),
    ("m", ["left", "right"], ("c0",)),
    ("m", ("c2",), ("c2",)),
    ("b", False, False),
    ("b", "?", "?"),
    ("k", Decimal("3.0"), 3),
    ("k", 3.0, 3),
    ("n", 0.1, Decimal("0.1")),
    ("n", "n/a", "n/a"),
    ("n", Decimal("12.50"), Decimal("12.5")),
    ("d", "2026-02-28", "2026-02-28"),
    ("t", "é 🌱 سلام", "é 🌱 سلام"),
    ("t", "  ", None),
    ("s", None, None),
    ("info", None, None),
]


@pytest.mark.parametrize(("name", "raw", "value"), ACCEPTED)
def test_right_answers_become_values(name: str, raw: object, value: object) -> None:
    read = read_answer(READY, name, raw)
    assert read == value
    assert type(read) is type(value)


def test_the_second_reading_of_a_list_is_as_strict_as_the_first() -> None:
    for _ in range(2):
        assert read_answer(READY, "m", ["c0"]) == ("c0",)
        with pytest.raises(InvalidAnswers):
            read_answer(READY, "m", ["c0", "c2"])


def test_all_problems_are_found_in_one_run() -> None:
    payload = {
        "profile": {"size": "12", "sise": 1},
        "answers": {"s": "c9", "m": ["c9", 3], "hidden": 1},
        "answer": {},
    }
    with pytest.raises(InvalidAnswers) as caught:
        read_answers(READY, payload)
    assert [problem.path for problem in caught.value.problems] == [
        "answer",
        "profile.size",
        "profile.sise",
        "answers.s",
        "answers.m[0]",
        "answers.m[1]",
        "answers.hidden",
    ]


@pytest.mark.parametrize("payload", [None, [], "x", 3, {"answers": []}, {"answers": "x"}, {"profile": 3}])
def test_payloads_of_another_shape_are_refused(payload: object) -> None:
    with pytest.raises(InvalidAnswers):
        read_answers(READY, payload)


@pytest.mark.parametrize("payload", [{}, {"answers": None}, {"answers": {}, "profile": None}])
def test_no_answer_at_all_is_a_payload(payload: object) -> None:
    assert read_answers(READY, payload).values == {}


def test_the_answer_under_the_id_of_today_stands() -> None:
    assert answered(READY, {"old": "c0", "s": "c1", "older": "c0"}).values == {"s": "c1"}
    assert answered(READY, {"older": "c1", "old": "c0"}).values == {"s": "c0"}


def test_answers_to_hidden_questions_are_kept_and_ignored() -> None:
    answers = answered(READY, {"hidden": True})
    assert answers.values == {"hidden": True}
    assert answers.visible == {}
    assert scored(READY, {"hidden": True}).overall.ratio == 0


def test_payload_gives_the_answers_back() -> None:
    payload = {"profile": {"size": 12}, "answers": {"m": ["c0", "c1"], "n": Decimal("0.5"), "s": "c0"}}
    assert read_answers(READY, payload).payload() == payload


def test_profile_alone() -> None:
    assert read_profile(READY, {"size": 3, "naf": "10.71C"}) == {"size": 3, "naf": "10.71C"}
    with pytest.raises(InvalidAnswers):
        read_profile(READY, {"size": "n/a"})


def test_path_says_what_is_done_and_what_is_left() -> None:
    way = path(READY, answered(READY, {"s": "c1", "b": "?", "n": "n/a"}))
    (stretch,) = way.categories
    assert [(step.question.id, step.status) for step in stretch.steps] == [
        ("s", "answered"),
        ("m", "missing"),
        ("b", "unclear"),
        ("k", "missing"),
        ("n", "answered"),
        ("i", "optional"),
        ("d", "optional"),
        ("t", "optional"),
        ("info", "info"),
    ]
    assert way.missing == ("m", "k")
    assert way.unclear == ("b",)
    assert (way.answered, way.required, way.complete) == (2, 4, False)
    assert way.minutes_left == 1
    assert [step.question.id for step in way.profile.steps] == ["size", "naf"]


def test_path_has_an_end() -> None:
    way = path(READY, answered(READY, {"s": "c1", "b": "?", "m": ["c0"], "k": 3}))
    assert (way.complete, way.progress, way.minutes_left, way.missing) == (True, 1, 0, ())


@pytest.mark.parametrize(
    ("question_id", "raw", "said"),
    [
        ("m", ["c0", "c2"], "«\xa0c2\xa0» ne va avec aucun autre choix"),
        ("s", "c9", "choix possibles\xa0: c0, c1"),
        ("d", "2030-01-01", "jusqu’au 2029-12-31"),
    ],
)
def test_a_file_is_told_in_its_own_words(question_id: str, raw: object, said: str) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        read_answer(READY, question_id, raw)
    assert said in refused.value.problems[0].message
