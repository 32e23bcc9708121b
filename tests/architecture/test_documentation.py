"""What the documentation says is so: its links lead somewhere, its commands exist, its programs run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click import Context

from assett.cli import main
from assett.core.settings import ROOT, Host, Settings

DOCUMENTS = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "questionnaires/README.md",
    ROOT / "themes/README.md",
]
HOSTING = (ROOT / "docs/hebergement.md").read_text()
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a document, in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_lead_somewhere(document: Path) -> None:
    targets = [target for target in LINK.findall(document.read_text()) if "://" not in target]
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_commands_exist(document: Path) -> None:
    text = document.read_text()
    code = "\n".join([*blocks(text, "sh"), *blocks(text, "ini"), *re.findall(r"`([^`\n]+)`", text)])
    commands = set(re.findall(r"(?:^|/)assett ([a-z]+)", code, re.MULTILINE))
    assert commands <= set(main.list_commands(Context(main)))
    targets = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^make ([a-z0-9]+)", code, re.MULTILINE)) <= targets


def test_every_setting_is_documented() -> None:
    read = set(re.findall(r'env\.get\("([A-Z_]+)"\)', (ROOT / "assett/core/settings.py").read_text()))
    # The host is told by three.
    assert len(read) == len(Settings.__dataclass_fields__) - 1 + len(Host.__dataclass_fields__)
    assert {name for name in read if f"| `{name}` |" not in HOSTING} == set()


def test_the_questionnaire_of_the_guide_is_right_and_scores_as_said(tmp_path: Path) -> None:
    text = (ROOT / "docs/questionnaire.md").read_text()
    (tmp_path / "bonjour.yaml").write_text(blocks(text, "yaml")[0])
    (tmp_path / "reponses.json").write_text(blocks(text, "json")[0])
    program = [str(Path(sys.executable).with_name("assett"))]
    check = subprocess.run([*program, "questionnaire", "check", "bonjour.yaml"], cwd=tmp_path, capture_output=True)
    assert (check.returncode, check.stdout) == (0, b"")
    scored = subprocess.run([*program, "score", "bonjour.yaml", "reponses.json"], cwd=tmp_path, capture_output=True)
    assert '"overall": {"ratio": 0.6666666666666666, "score": 3.3, "level": "en-route"' in scored.stdout.decode()
