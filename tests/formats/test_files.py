"""Files, well and badly made: exact scalars, lines, and never a traceback."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from assett.formats.files import check_file, load
from assett.formats.json_trees import read_json
from assett.formats.trees import decode
from assett.formats.yaml_trees import read_yaml, scalar
from assett.kernel.errors import InvalidDocument, Problem

SCALARS = [
    ("no", "no"), ("yes", "yes"), ("on", "on"), ("y", "y"), ("~", None), ("", None), ("null", None),
    ("true", True), ("False", False), ("tRue", "tRue"),
    ("12", 12), ("-7", -7), ("0o17", 15), ("0x1F", 31), ("017", 17), ("1_000", "1_000"), ("0b11", "0b11"),
    ("0.1", Decimal("0.1")), (".5", Decimal("0.5")), ("1e3", Decimal("1e3")), ("12:30", "12:30"),
    ("2026-03-01", "2026-03-01"), ("1.2.3", "1.2.3"), ("-", "-"), (".", "."), ("+", "+"), ("=", "="), ("<<", "<<"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    read = scalar(text)
    assert read == value
    assert isinstance(read, type(value))


@pytest.mark.parametrize("text", [".inf", "-.Inf", ".nan", ".NaN"])
def test_what_is_no_finite_number_is_a_text(text: str) -> None:
    assert scalar(text) == text


def test_quoted_scalars_are_strings_and_keys_keep_their_spelling() -> None:
    tree = read_yaml("a: '1'\nb: \"true\"\n1.0: x\n07: y\nno: z\n").tree
    assert tree == {"a": "1", "b": "true", "1.0": "x", "07": "y", "no": "z"}


def test_lines_are_those_of_keys_and_items() -> None:
    loaded = read_yaml("%YAML 1.2\n---\na:\n  - b: 1\n    c:\n      d: 2\n  - 3\n")
    assert loaded.line("a") == 3
    assert loaded.line("a[0].c.d") == 6
    assert loaded.line("a[1]") == 7
    assert loaded.line("a[0].c.missing") == 5
    assert loaded.line("nowhere") == 3


def test_aliases_are_expanded() -> None:
    assert read_yaml("a: &x [1, {b: 2}]\nc: *x\nd: [*x]\n").tree == {
        "a": [1, {"b": 2}],
        "c": [1, {"b": 2}],
        "d": [[1, {"b": 2}]],
    }
    assert read_yaml("a: &x texte\nb: *x\n&k key: 1\n").tree == {"a": "texte", "b": "texte", "key": 1}


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)
LONG = f"a: &a {'x' * 300_000}\nb: [*a, *a, *a]\nc: [*a, *a, *a, *a]\n"
BROKEN_YAML = [
    (b"", 1), (b"   \n\n", 1), (b"\xff\xfe\x00a", 1), (b"a: 1\nb: \xe9\n", 2), (b"a: 1\nb: \x00\n", 2),
    (b"a: 1\n\na: 2\n", 3), (b"a: {b: 1, b: 2}\n", 1), (b"a: 1\n'a': 2\n", 2), (b"a: 1\n---\nb: 2\n", 2),
    (b"a: !!str 1\n", 1), (b"a: 1\nb: !x\n  c: 1\n", 2), (b"- ! a\n", 1),
    (b"a: *x\n", 1), (b"a: &x [*x]\n", 1),
    (b"? [a]\n: b\n", 1), (b"? {a: 1}\n: b\n", 1), (b"a: &x 1\n*x : 2\n", 2),
    (b"a: 1\n b: 2\n", 2), (b"a:\n\t- b\n", 2), (b"a: 'b\n", 1),
    (b"a: [1, 2\n", 2), (b"a: b: c\n", 1), (b"a: @b\n", 1),
    (b"- a\nb: c\n", 2), (b'a: "\\q"\n', 1),
    (b"%YAML 3.0\n---\na: 1\n", 1), (b"a: 1\n" + b"- " * 100 + b"x\n", 2),
    (b"[" * 100_000, 1), (b"a: " + b"{a: " * 1000, 1), (BOMB.encode(), 5), (LONG.encode(), 3),
    (b"a: 1\n" * 600_000, 1),
]  # fmt: skip


@pytest.mark.parametrize(("data", "line"), BROKEN_YAML, ids=lambda value: repr(value)[:40])
def test_broken_yaml_is_told_with_its_line(data: bytes, line: int, tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_bytes(data)
    with pytest.raises(InvalidDocument) as caught:
        load(file)
    (problem,) = caught.value.problems
    assert problem.line == line
    assert problem.message
    assert problem in check_file(file)


BROKEN_JSON = [
    (b"", 1), (b"{", 1), (b'{"a": 1,\n "a": 2}', 2),
    (b'{"a": NaN}', 1), (b'{"a":\n Infinity}', 2), (b"[1,\n2,]", 2), (b"{'a': 1}", 1),
    (b'{"a" 1}', 1), (b'{"a": 1 "b": 2}', 1), (b'{"a": 1} x', 1),
    (b'{"a": "b\nc"}', 1), (b'{"a": "\\x"}', 1), (b'{"a": 01}', 1),
    (b'{"a": +1}', 1), (b'{"a": .5}', 1), (b'{"a": tru}', 1),
    (b"[" * 100_000, 1), (b'{"a": "\xe9"}', 1), (b'{"a": 1}\n\x00', 2),
    (b"// c\n{}", 1), (b'{"a": 1,}', 1), (b"[" + b"1," * 200_000 + b"1]", 1),
]  # fmt: skip


@pytest.mark.parametrize(("data", "line"), BROKEN_JSON, ids=lambda value: repr(value)[:40])
def test_broken_json_is_told_with_its_line(data: bytes, line: int, tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_bytes(data)
    with pytest.raises(InvalidDocument) as caught:
        load(file)
    (problem,) = caught.value.problems
    assert problem.line == line
    assert problem.message
    assert problem in check_file(file)


MENDABLE = """\
format: 1
id: a
id: b
title: {fr: .inf, fr: {x: .nan}}
languages: [fr]
levels: !!seq [{id: bas, from: .nan, label: !mot 007}]
caps: *ailleurs
scale: {max: 5}
scale: {max: -5}
categories:
  - id: c
    title: Titre
    weight: -.inf
    questions: [{id: q, type: boolean, titre: T, title: T}]
"""


def test_what_leaves_the_rest_readable_hides_nothing(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_text(MENDABLE, encoding="utf-8")
    assert [f"{problem.path}:{problem.line}" for problem in check_file(file)] == [
        "id:3",
        "title.fr:4",
        "levels:6",
        "levels[0].label:6",
        "levels[0].from:6",
        "caps:7",
        "scale:9",
        "categories[0].weight:13",
        "categories[0].questions[0].titre:14",
    ]


def test_of_two_values_the_first_is_kept_and_the_second_read_all_the_same() -> None:
    loaded = read_yaml("a: {b: 1}\na:\n  - c: &x 1\n    c: 2\nd: *x\n")
    assert loaded.tree == {"a": {"b": 1}, "d": 1}
    assert [(fault.path, fault.line) for fault in loaded.faults] == [("a", 2), ("a[0].c", 4)]
    assert (loaded.line("a"), loaded.line("a[0]"), loaded.line("d")) == (1, 1, 5)


def test_a_tag_is_noted_and_its_value_read_as_if_it_had_none() -> None:
    loaded = read_yaml("a: !!str 12\nb: !x '12'\nc: ! [1]\n")
    assert loaded.tree == {"a": 12, "b": "12", "c": [1]}
    assert [fault.path for fault in loaded.faults] == ["a", "b", "c"]


def test_json_goes_on_after_a_key_given_twice_and_after_what_is_no_number(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_text('{"format": 1, "format": {"x": [1]},\n "scale": {"max": NaN},\n "id": "A"}', encoding="utf-8")
    found = [f"{problem.path}:{problem.line}" for problem in check_file(file)]
    assert found[0] == "format:1" and found[-2:] == ["scale.max:2", "id:3"]
    assert read_json('{"a": 1, "a": {"a": 2}}').tree == {"a": 1}


def test_faults_are_told_with_what_ends_the_reading() -> None:
    for read, text in ((read_yaml, "a: 1\na: 2\nb: [1\n"), (read_json, '{"a": 1,\n"a": 2,\n"b": [1')):
        with pytest.raises(InvalidDocument) as caught:
            read(text)
        first, second = caught.value.problems
        assert first.path == "a" and second.line in (3, 4)


def test_json_is_exact_and_knows_its_lines() -> None:
    loaded = read_json('\n{"a": [1, -2.50, 1e2, "\\ud83c\\udf31", true, null],\n "b": {"c": 0.1}}')
    assert loaded.tree == {"a": [1, Decimal("-2.5"), 100, "🌱", True, None], "b": {"c": Decimal("0.1")}}
    assert (loaded.line("a[1]"), loaded.line("b.c"), loaded.line("b.d")) == (2, 3, 3)


def test_byte_order_mark_and_json_in_a_yaml_name(tmp_path: Path) -> None:
    marked = tmp_path / "marked.yaml"
    marked.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert load(marked).tree == {"a": 1}
    unnamed = tmp_path / "unnamed"
    unnamed.write_text('{"a": "\\u00e9"}')
    assert load(unnamed).tree == {"a": "é"}


def test_numbers_too_long_are_read_cheaply_and_refused_later() -> None:
    assert read_yaml(f"a: {'9' * 1_000_000}\n").tree == {"a": Decimal("Infinity")}
    assert read_json(f'{{"a": {"9" * 1_000_000}}}').tree == {"a": Decimal("Infinity")}


def test_control_characters_are_refused_but_not_other_scripts() -> None:
    assert decode("é 🌱 سلام\n".encode()) == "é 🌱 سلام\n"
    with pytest.raises(InvalidDocument) as caught:
        decode(b"a\nb\x1b[0m")
    (problem,) = caught.value.problems
    assert (problem.line, problem.message.isprintable() or "\xa0" in problem.message) == (2, True)


def test_a_problem_says_path_message_and_line() -> None:
    assert str(Problem("a.b", "faux")) == "a.b: faux"
    assert str(Problem("a.b", "%(x)s est faux", 3, {"x": 1})) == "a.b: 1 est faux (line 3)"
