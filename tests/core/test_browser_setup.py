"""A browser that is named and is none is said at once, not where the first page is opened."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_a_named_browser_that_is_none_is_refused(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.browser_setup"],
        env={**os.environ, "BROWSER_PATH": str(tmp_path / "nope")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode != 0
    assert "nope ne mène à aucun navigateur" in ran.stderr and "apt install chromium" in ran.stderr
