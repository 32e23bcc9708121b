"""What travels: the bytes of a page and of all that it brings, headers included."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

# What a page brings by itself: style sheets, scripts, images, the sprite of its icons.
_BROUGHT = re.compile(r'<(?:link|script|img|use)\b[^>]*?\b(?:href|src)="([^"#]+)')
_IMPORTED = re.compile(r"""(?:import\s*\(?|from)\s*["'`](\.[^"'`$]+)["'`]|url\(["']?([^"')]+)""")
_BEHAVIOURS = re.compile(r'"([^"]+)": "(\w+)"')
ENCODINGS = "br, gzip"


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer as it travelled: `size` counts the status line, the headers and the compressed body."""

    status: int
    text: str
    size: int


Fetch = Callable[[str], Fetched]


def brought(page: str, address: str) -> list[str]:
    """The addresses of what a page brings, each once."""
    return list(dict.fromkeys(urljoin(address, found) for found in _BROUGHT.findall(page)))


def behaviours(main: str, page: str) -> list[str]:
    """The scripts that `main.js` brings for what is on this page (a selector is looked for by its last attribute)."""
    wanted = []
    for selector, name in _BEHAVIOURS.findall(main):
        if any(re.search(rf"\b{re.escape(attribute)}\b", page) for attribute in re.findall(r"\[([\w-]+)", selector)):
            wanted.append(f"{name}.js")
    return wanted


def first_visit(fetch: Fetch, address: str) -> tuple[int, dict[str, int]]:
    """The bytes of a page and of all that it brings, by address; raises if anything is missing or from elsewhere."""
    page = fetch(address)
    sizes = {address: page.size}
    waiting = brought(page.text, address)
    while waiting:
        name = waiting.pop(0)
        if name in sizes or name.startswith("data:"):
            continue
        assert not re.match(r"(https?:)?//", name), f"{address} asks a third party: {name}"
        asset = fetch(name)
        assert asset.status == 200, f"{name}: {asset.status}"
        sizes[name] = asset.size
        if name.endswith((".css", ".js")):
            waiting += [urljoin(name, found) for pair in _IMPORTED.findall(asset.text) for found in pair if found]
        if name.endswith("/main.js"):
            waiting += [urljoin(name, each) for each in behaviours(asset.text, page.text)]
    return sum(sizes.values()), sizes


def heaviest(sizes: dict[str, int], most: int = 3) -> str:
    ranked: Iterable[tuple[str, int]] = sorted(sizes.items(), key=lambda item: -item[1])[:most]
    return ", ".join(f"{name.rsplit('/', 1)[-1]} {size}" for name, size in ranked)
