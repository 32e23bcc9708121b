"""Static files under an address that names their content: kept by browsers for ever, never stale.

All assets share one folder name made of their common digest (`/assets/3f2a…/css/base.css`), so that relative
addresses inside stylesheets and ES modules hold. They are compressed once, ahead of time, and served by
WhiteNoise without passing through the application.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from wsgiref.headers import Headers

import brotli
from flask import Flask
from whitenoise import WhiteNoise

from assett.core.web import data_headers

SOURCE = Path(__file__).parent / "static"
# Builds before this one that stay, for pages still open in a browser.
KEPT = 3
COMPRESSIBLE = {".css", ".js", ".svg", ".json", ".txt"}


def sources() -> dict[str, Path]:
    """Every file to serve, by its address below the digest; Plotly comes from its installed package."""
    files = {str(path.relative_to(SOURCE)): path for path in sorted(SOURCE.rglob("*")) if path.is_file()}
    plotly = importlib.util.find_spec("plotly")
    if plotly is not None and plotly.origin is not None:
        files["plotly/plotly.min.js"] = Path(plotly.origin).parent / "package_data" / "plotly.min.js"
    return files


def digest(files: dict[str, Path], made: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for name, content in made.items():
        total.update(name.encode() + content)
    for name, path in files.items():
        # Plotly is large and changes with its version alone: its size is enough to tell.
        total.update(name.encode() + (str(path.stat().st_size).encode() if "plotly" in name else path.read_bytes()))
    return total.hexdigest()[:12]


def _age(folder: Path) -> float:
    return -folder.stat().st_mtime


def build(instance: Path, made: Mapping[str, bytes]) -> tuple[Path, str]:
    """Copy and compress the assets into `instance/assets/<digest>` unless they are there; give folder and digest.

    `made` are files made by the application (the themes), by their address below the digest.
    """
    files = sources()
    name = digest(files, made)
    folder = instance / "assets"
    target = folder / name
    if not target.exists():
        # A draft of its own for each process: several may start at once.
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=folder))
        draft.chmod(0o755)
        for relative in (*files, *made):
            copy = draft / relative
            copy.parent.mkdir(parents=True, exist_ok=True)
            content = made[relative] if relative in made else files[relative].read_bytes()
            copy.write_bytes(content)
            if copy.suffix in COMPRESSIBLE:
                quality = 5 if len(content) > 500_000 else 11
                copy.with_name(copy.name + ".br").write_bytes(brotli.compress(content, quality=quality))
                copy.with_name(copy.name + ".gz").write_bytes(gzip.compress(content, 9, mtime=0))
        try:
            draft.rename(target)
        except OSError:  # another process was faster
            shutil.rmtree(draft, ignore_errors=True)
    others = sorted((each for each in folder.iterdir() if each.name[0] != "." and each != target), key=_age)
    for old in others[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
    return target, name


def init_app(app: Flask, instance: Path, made: Mapping[str, bytes]) -> None:
    target, name = build(instance, made)
    prefix = f"/assets/{name}"
    guards = data_headers(secure=app.config["SESSION_COOKIE_SECURE"])

    def guard(headers: Headers, _path: str, _url: str) -> None:
        for name, value in guards.items():
            headers.setdefault(name, value)

    white_noise = WhiteNoise(
        app.wsgi_app,
        max_age=31536000,
        immutable_file_test=lambda _path, _url: True,
        add_headers_function=guard,
    )
    white_noise.add_files(str(target), prefix=prefix)
    app.wsgi_app = white_noise  # type: ignore[method-assign]

    def asset(path: str) -> str:
        return f"{prefix}/{path}"

    app.jinja_env.globals["asset"] = asset
    app.extensions["asset"] = asset
