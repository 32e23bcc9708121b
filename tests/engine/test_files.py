"""Files, well and badly made: exact scalars, lines, and never a traceback."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from assett.kernel.errors import InvalidDocument, Problem
from assett.questionnaires.files import check_file, decode, load, load_json, load_yaml, scalar

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
def test_numbers_are_finite(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.(nan|inf|NaN|Inf)"):
        scalar(text)


def test_quoted_scalars_are_strings_and_keys_keep_their_spelling() -> None:
    tree = load_yaml("a: '1'\nb: \"true\"\n1.0: x\n07: y\nno: z\n").tree
    assert tree == {"a": "1", "b": "true", "1.0": "x", "07": "y", "no": "z"}


def test_lines_are_those_of_keys_and_items() -> None:
    loaded = load_yaml("%YAML 1.2\n---\na:\n  - b: 1\n    c:\n      d: 2\n  - 3\n")
    assert loaded.line("a") == 3
    assert loaded.line("a[0].c.d") == 6
    assert loaded.line("a[1]") == 7
    assert loaded.line("a[0].c.missing") == 5
    assert loaded.line("nowhere") == 3


def test_aliases_are_expanded() -> None:
    assert load_yaml("a: &x [1, {b: 2}]\nc: *x\nd: [*x]\n").tree == {
        "a": [1, {"b": 2}],
        "c": [1, {"b": 2}],
        "d": [[1, {"b": 2}]],
    }
    assert load_yaml("a: &x texte\nb: *x\n&k key: 1\n").tree == {"a": "texte", "b": "texte", "key": 1}


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)
LONG = f"a: &a {'x' * 300_000}\nb: [*a, *a, *a]\nc: [*a, *a, *a, *a]\n"
BROKEN_YAML = [
    (b"", 1), (b"   \n\n", 1), (b"\xff\xfe\x00a", 1), (b"a: 1\nb: \xe9\n", 2), (b"a: 1\nb: \x00\n", 2),
    (b"a: 1\n\na: 2\n", 3), (b"a: {b: 1, b: 2}\n", 1), (b"a: 1\n'a': 2\n", 2), (b"a: 1\n---\nb: 2\n", 2),
    (b"a: !!str 1\n", 1), (b"a: 1\nb: !x\n  c: 1\n", 2), (b"- ! a\n", 1), (b"a: .nan\n", 1),
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
    (problem,) = check_file(file)
    assert problem.line == line
    assert problem.message


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
    (problem,) = check_file(file)
    assert problem.line == line
    assert problem.message


def test_json_is_exact_and_knows_its_lines() -> None:
    loaded = load_json('\n{"a": [1, -2.50, 1e2, "\\ud83c\\udf31", true, null],\n "b": {"c": 0.1}}')
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
    assert load_yaml(f"a: {'9' * 1_000_000}\n").tree == {"a": Decimal("Infinity")}
    assert load_json(f'{{"a": {"9" * 1_000_000}}}').tree == {"a": Decimal("Infinity")}


def test_control_characters_are_refused_but_not_other_scripts() -> None:
    assert decode("é 🌱 سلام\n".encode()) == "é 🌱 سلام\n"
    with pytest.raises(InvalidDocument) as caught:
        decode(b"a\nb\x1b[0m")
    (problem,) = caught.value.problems
    assert (problem.line, problem.message.isprintable() or "\xa0" in problem.message) == (2, True)


def test_a_problem_says_path_message_and_line() -> None:
    assert str(Problem("a.b", "faux")) == "a.b: faux"
    assert str(Problem("a.b", "%(x)s est faux", 3, {"x": 1})) == "a.b: 1 est faux (line 3)"
