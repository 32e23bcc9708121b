"""French sets a blank before a colon and quotes between « and »; English does neither. What a page or a file says is
therefore a message, marks included: none is written around one in a template, or put together in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from markupsafe import Markup

from assett.core.i18n import colon, quoted, semicolon, worded
from assett.kernel.text import shown
from assett.translations.__main__ import ROOT, catalogue

FRENCH = re.compile(r"[«»]|[ \u00a0][:;?!](?!\w)")
APPLICATION = ROOT / "assett"
# French whatever the page: what a file of questionnaires says of itself, the terminal, fictional texts; what is written
# for developers; the engine, whose quotes `worded` puts right.
IN_FRENCH = ("formats", "commands", "cli.py", "demo", "engine", "kernel", "spaces/models.py", "core/templates/style")
# Words looked for, and a workbook's own way of writing.
DATA = {("teams/tables.py", "«\u00a0%("), ("resources/intake.py", " ; ")}
AS_WRITTEN = re.compile(r"entry = value ; value|energie : debutant ; intermediaire|company ; association")
_TAGS = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)


def sources(kind: str) -> list[Path]:
    return [
        path
        for path in sorted(APPLICATION.rglob(f"*.{kind}"))
        if not str(path.relative_to(APPLICATION)).startswith(IN_FRENCH) and not path.name.endswith(".fr.html")
    ]


def test_no_english_text_is_set_as_french() -> None:
    wrong = []
    for message in catalogue("en"):
        for text in [message.string] if isinstance(message.string, str) else message.string or ():
            if message.id and FRENCH.search(AS_WRITTEN.sub("", text)):
                wrong.append(text)
    assert wrong == []


def test_no_template_sets_marks_around_what_it_says() -> None:
    assert [f"{path.name}: {text}" for path in sources("html") for text in _between(path)] == []


def _between(path: Path) -> Iterator[str]:
    content = path.read_text(encoding="utf-8")
    for text in _TAGS.sub("\x00", content).replace("\x00", "x").splitlines():
        if FRENCH.search(text):
            yield text.strip()
    for tag in re.findall(r"{{.*?}}|{%.*?%}", content, re.DOTALL):
        # A text of marks alone, put beside others by « ~ » or `join`.
        yield from (text for text in re.findall(r"'([^'\w\n]*)'", tag) if FRENCH.search(f"x{text}"))


def test_no_code_puts_marks_around_what_it_says() -> None:
    assert [f"{path.name}:{line}" for path in sources("py") for line in _joined(path)] == []


def _joined(path: Path) -> Iterator[int]:
    """The lines where marks are put between values: in an f-string, or by joining."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            texts = [part.value for part in node.values if isinstance(part, ast.Constant)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            texts = [node.func.value.value] if isinstance(node.func.value, ast.Constant) else []
        else:
            continue
        name = str(path.relative_to(APPLICATION))
        if any(FRENCH.search(f"x{text}") and (name, text) not in DATA for text in texts):
            yield node.lineno


@pytest.mark.parametrize(("language", "said"), [("fr", "« a », « b »\u00a0: x\u00a0; y"), ("en", "“a”, “b”: x; y")])
def test_marks_are_those_of_the_page(app: Flask, language: str, said: str) -> None:
    with app.test_request_context(), force_locale(language):
        both = worded("%(names)s", {"names": f"{shown('a')}, {shown('b')}"})
        assert f"{both}{colon()}x{semicolon()}y" == said.replace("« ", "«\u00a0").replace(" »", "\u00a0»")
        assert quoted(Markup("<b>a</b>")) == (Markup("“<b>a</b>”") if language == "en" else "«\u00a0<b>a</b>\u00a0»")
