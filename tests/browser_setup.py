"""Find a browser for the tests, or install one; without any, say what to install and fail (never skip).

What BROWSER_PATH names is taken, or refused where it is no program: whoever names one wants that one.

In order: an installed Chromium or Chrome; Debian's `chromium` with apt, as root; Playwright's own build.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NEEDED = (
    "Les tests ont besoin d’un navigateur. Installez Chromium (Debian, Ubuntu : apt install chromium ; "
    "Fedora : dnf install chromium ; macOS : brew install --cask chromium) ou indiquez le vôtre dans BROWSER_PATH."
)
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def installed() -> str | None:
    """The path of an installed browser, or None."""
    named = os.environ.get("BROWSER_PATH")
    if named:
        if shutil.which(named) is None:
            sys.exit(f"BROWSER_PATH={named} ne mène à aucun navigateur. {NEEDED}")
        return named
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (MAC if Path(MAC).exists() else None) or _of_playwright()


def _of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def ensure() -> str:
    """The path of a browser, installed if need be; exits with a clear message where none can be had."""
    path = installed()
    if path:
        return path
    print("→ Aucun navigateur pour les tests : installation de Chromium…", flush=True)
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, **quiet)
    if not installed():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    path = installed()
    if path:
        return path
    sys.exit(NEEDED)


if __name__ == "__main__":
    ensure()
