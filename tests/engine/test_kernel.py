"""The small things that everything stands on."""

from __future__ import annotations

import ast
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from assett.engine.comparison import compare
from assett.engine.compiled import content_hash
from assett.engine.receipt import receipt
from assett.engine.wording import strong_and_weak
from assett.kernel.clock import today_in_paris
from assett.kernel.devices import Device, device
from assett.kernel.ids import is_slug, slugify
from assett.kernel.text import fold, shown

from .builders import answered, category, compiled, document, question, scored, single

ROOT = Path(__file__).parents[2]


def test_fold_forgives_accents_ligatures_and_punctuation() -> None:
    assert fold("L’Œuvre  d’ÉTÉ — n° 3") == "l oeuvre d ete n 3"
    assert fold("Straße Łódź") == "strasse lodz"


def test_slugs() -> None:
    assert slugify("  Énergie & bâti ") == "energie-bati"
    assert slugify("€ ★") == ""
    assert len(slugify("mot " * 100)) <= 60
    assert [is_slug(text) for text in ("a-1_b", "1", "-a", "A", "a\n", "", 3)] == [True, True] + [False] * 5


def test_the_date_is_that_of_paris() -> None:
    assert today_in_paris(datetime(2026, 7, 31, 22, 30, tzinfo=UTC)) == date(2026, 8, 1)
    assert today_in_paris(datetime(2026, 1, 31, 22, 30, tzinfo=UTC)) == date(2026, 1, 31)


def test_whatever_is_shown_is_short_and_on_one_line() -> None:
    for value in ("x" * 10_000, 10**5000, "\ud800\n", {"a": 1}, [1] * 1000, None, Fraction(1, 8)):
        text = str(shown(value))
        assert len(text) < 90
        assert "\n" not in text
        text.encode()


def marked_texts() -> list[str]:
    """The argument of every ``N_`` of the kernel, the engine and the files."""
    sources = [*(ROOT / "assett/kernel").glob("*.py"), *(ROOT / "assett/engine").rglob("*.py")]
    sources.append(ROOT / "assett/formats/files.py")
    return [
        node.args[0].value
        for source in sources
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_"
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    ]


def test_french_texts_are_set_as_french_is() -> None:
    texts = marked_texts()
    assert len(texts) > 80
    for text in texts:
        bare = re.sub(r"%\(\w+\)s", "x", text)
        assert "'" not in bare, text
        assert not re.search(r"« | »| [;!?:](?:\s|$)", bare), text
        assert not re.search(r"[^\s«\xa0a-z][;!?»](?:\s|$)", bare), text


def test_comparison() -> None:
    ready = compiled(category("a", single("q", 0, 1, 2)), category("b", question("r", "boolean", not_applicable=True)))
    before, after = scored(ready, {"q": "c0", "r": True}), scored(ready, {"q": "c1", "r": "n/a"})
    found = compare(before, after)
    assert [(each.category, each.delta) for each in found.categories] == [("a", Fraction(1, 2)), ("b", None)]
    assert found.overall.delta == 0
    assert (found.overall.level_before, found.overall.level_after) == ("high", "high")


def test_comparison_of_categories_that_came_and_went() -> None:
    before = scored(compiled(category("a", question("q", "boolean"))), {"q": True})
    after = scored(compiled(category("b", question("q", "boolean"))), {"q": True})
    found = compare(before, after)
    assert [(each.category, each.before, each.after) for each in found.categories] == [("b", None, 1), ("a", 1, None)]


def test_strong_and_weak_points_are_the_weightiest() -> None:
    ready = compiled(
        category(
            "a",
            single("won", 0, 1),
            single("won-big", 0, 3),
            single("lost", 0, 2),
            single("half", 0, 1, 2, weight=3),
            single("out", 0, 5, not_applicable=True),
        ),
    )
    given = {"won": "c1", "won-big": "c1", "half": "c1", "out": "n/a"}
    (points,) = strong_and_weak(receipt(ready, answered(ready, given), scored(ready, given)), most=2)
    assert [(p.line.question.id, p.weight) for p in points.strong] == [
        ("won-big", Fraction(3, 12)),
        ("won", Fraction(1, 12)),
    ]
    assert [(p.line.question.id, p.weight) for p in points.weak] == [
        ("half", Fraction(3, 12)),
        ("lost", Fraction(2, 12)),
    ]


def test_a_tree_is_named_by_its_content() -> None:
    tree = document(category("c", question("q", "boolean", weight=1.5)))
    assert content_hash(tree) == content_hash(document(category("c", question("q", "boolean", weight=1.5))))
    assert content_hash({**tree, "version": "2"}) != content_hash(tree)


@pytest.mark.parametrize(
    ("user_agent", "browser", "system"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox", "Windows"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge",
            "Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", "Chrome", "Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1",
            "Safari",
            "iPhone",
        ),
        ("Mozilla/5.0 (iPad; CPU OS 17_1 like Mac OS X) AppleWebKit/605.1.15 CriOS/130.0", "Chrome", "iPad"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15", "Safari", "Mac"),
        ("Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome", "Chromebook"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 OPR/115.0", "Opera", "Linux"),
        ("curl/8.5", None, None),
        ("", None, None),
    ],
)
def test_a_device_is_known_by_the_names_its_owner_gives_it(
    user_agent: str, browser: str | None, system: str | None
) -> None:
    assert device(user_agent) == Device(browser, system)


def test_a_number_of_a_readable_size_stays_one() -> None:
    decimal = Decimal("19.55555555")
    for value, kept in ((12, 12), (decimal, decimal), (Fraction(1, 8), Decimal("0.125")), (0.5, Decimal("0.5"))):
        assert shown(value) == kept
    for value in (10**20, Decimal("1E+999999"), Decimal("NaN"), float("inf"), True):
        assert isinstance(shown(value), str) and len(str(shown(value))) < 90
