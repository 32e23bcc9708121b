"""The import contracts of `pyproject.toml` hold, and each of them really refuses what it forbids.

A contract that nothing can break says nothing: each is shown a copy of the code with one import too many.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from assett.core.settings import ROOT

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    # Wide enough for a contract's name to stay on one line.
    environment = {**os.environ, "COLUMNS": "250"}
    command = [str(LINT_IMPORTS), "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the contracts and of every Python file of the package."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for path in (ROOT / "assett").rglob("*.py"):
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    return folder


@contextmanager
def planted(package: Path, lines: Mapping[str, str]) -> Iterator[None]:
    """Each file with one line more; as it was (or gone, if it was not there) afterwards."""
    before = {name: (package / name).read_text() if (package / name).exists() else None for name in lines}
    for name, line in lines.items():
        (package / name).parent.mkdir(exist_ok=True)
        (package / name).write_text(f"{before[name] or ''}\n{line}\n")
    try:
        yield
    finally:
        for name, text in before.items():
            (package / name).unlink() if text is None else (package / name).write_text(text)


def test_the_code_keeps_every_contract() -> None:
    result = check(ROOT)
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


# By contract: imports too many, by file, and what is said of them.
VIOLATIONS: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "Floors",
        {
            "core/web.py": "import assett.spaces.models",
            "accounts/service.py": "import assett.organizations.queries",
            "network/queries.py": "import assett.followup.queries",
            "assessments/views.py": "import assett.app",
            "organizations/views.py": "import assett.commands.worker",
            "spaces/queries.py": "import assett.models",
            "kernel/text.py": "import assett.engine.values",
        },
        [
            "assett.core.web -> assett.spaces.models",
            "assett.accounts.service -> assett.organizations.queries",
            "assett.network.queries -> assett.followup.queries",
            "assett.assessments.views -> assett.app",
            "assett.organizations.views -> assett.commands.worker",
            "assett.spaces.queries -> assett.models",
            "assett.kernel.text -> assett.engine.values",
        ],
    ),
    ("Floors", {"drawer/__init__.py": "import assett.kernel.text"}, ["assett.drawer"]),
    *(
        (f"Inside {feature}:", {f"{feature}/{low}.py": f"import {high}"}, [f"assett.{feature}.{low} -> {high}"])
        for feature, low, high in [
            ("spaces", "models", "assett.spaces.service"),
            ("accounts", "queries", "assett.accounts.mails"),
            ("organizations", "models", "assett.organizations.queries"),
            ("teams", "policy", "assett.teams.service"),
            ("charters", "queries", "assett.charters.views"),
            ("formats", "sheets", "assett.formats.workbook"),
            ("questionnaires", "models", "assett.questionnaires.words"),
            ("resources", "aims", "assett.resources.service"),
            ("assessments", "service", "assett.assessments.forms"),
            ("network", "policy", "assett.network.queries"),
            ("followup", "queries", "assett.followup.figures"),
            ("studio", "service", "assett.studio.pages"),
        ]
    ),
    (
        "Inside xlsform:",
        {"formats/xlsform/expressions.py": "import assett.formats.xlsform.reading"},
        ["assett.formats.xlsform.expressions -> assett.formats.xlsform.reading"],
    ),
    (
        "Inside resources:",
        {"resources/utilities.py": "import assett.resources.models"},
        ["assett.resources.utilities"],
    ),
    (
        "The engine and the kernel",
        {
            "engine/score.py": "import sqlalchemy",
            "engine/writing.py": "import yaml",
            "kernel/clock.py": "import flask",
        },
        ["assett.engine.score -> sqlalchemy", "assett.engine.writing -> yaml", "assett.kernel.clock -> flask"],
    ),
    (
        "Use cases",
        {
            "assessments/service.py": "from flask import request",
            "organizations/policy.py": "from flask import g",
            "network/queries.py": "from flask import current_app",
            "accounts/models.py": "from werkzeug.exceptions import NotFound",
        },
        [
            "assett.assessments.service -> flask",
            "assett.organizations.policy -> flask",
            "assett.network.queries -> flask",
            "assett.accounts.models -> werkzeug",
        ],
    ),
    (
        "Only the national network",
        {
            "followup/queries.py": "from assett.core.across import across_spaces",
            "spaces/views.py": "from assett.core.across import across_spaces",
        },
        ["assett.followup.queries -> assett.core.across", "assett.spaces.views -> assett.core.across"],
    ),
]


def test_each_violation_breaks_its_contract(tree: Path) -> None:
    planted_in: dict[str, str] = {}
    for _, lines, _ in VIOLATIONS:
        for file, line in lines.items():
            planted_in[file] = f"{planted_in[file]}\n{line}" if file in planted_in else line
    with planted(tree / "assett", planted_in):
        result = check(tree)
    assert result.returncode == 1, result.stdout
    broken = [line for line in result.stdout.splitlines() if line.endswith(" BROKEN")]
    for contract, _, said in VIOLATIONS:
        assert any(line.startswith(contract) for line in broken), result.stdout
        assert [one for one in said if one not in result.stdout] == [], result.stdout


def test_the_way_out_of_a_space_is_open_to_those_who_need_it(tree: Path) -> None:
    line = "from assett.core.across import across_spaces"
    with planted(tree / "assett", {"network/service.py": line, "accounts/jobs.py": line}):
        result = check(tree)
    assert result.returncode == 0, result.stdout
