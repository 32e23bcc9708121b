"""A theme is data: the tokens of `themes/<name>/theme.toml`, turned into the custom properties of a stylesheet.

A colour that would be too pale to read is corrected here, whoever chose it: contrast is ours, the face is theirs.
"""

from __future__ import annotations

import colorsys
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import current_app

from assett.core.settings import ROOT
from assett.spaces.models import Space

FOLDER = ROOT / "themes"
DEFAULT = "assett"
_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")
_RADIUS = re.compile(r"^0(\.\d+)?rem$")
# WCAG 2.2 asks 4.5:1 for text; the tinted grounds of the pages take a little of it away.
READABLE, INK = 5.0, 12.0


@dataclass(frozen=True, slots=True)
class Palette:
    """The three colours of one mode, as `#rrggbb`."""

    accent: str
    paper: str
    ink: str

    @property
    def on_accent(self) -> str:
        """The text colour on the accent: paper-like or ink-like, whichever is read better."""
        return max(("#ffffff", "#000000"), key=lambda colour: contrast(colour, self.accent))

    def corrected(self) -> Palette:
        """The same palette with accent and ink moved away from the paper until they can be read."""
        return Palette(readable(self.accent, self.paper, READABLE), self.paper, readable(self.ink, self.paper, INK))


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme as its folder says it."""

    slug: str
    name: str
    headings: str
    radius: str
    light: Palette
    dark: Palette

    def stylesheet(self) -> str:
        """The custom properties that `core/static/css` reads, for day and night."""

        def properties(palette: Palette) -> str:
            palette = palette.corrected()
            return (
                f"--accent:{palette.accent};--on-accent:{palette.on_accent};"
                f"--paper:{palette.paper};--ink:{palette.ink};"
            )

        frame = f"--radius:{self.radius};--heading-font:var(--{self.headings});"
        return (
            f":root{{{properties(self.light)}{frame}}}\n"
            f"@media screen and (prefers-color-scheme:dark){{:root{{{properties(self.dark)}}}}}\n"
        )


@dataclass(frozen=True, slots=True)
class ThemeView:
    """Where a page finds its theme."""

    css_url: str
    emblem_url: str
    hero_url: str


def luminance(colour: str) -> float:
    """Relative luminance, 0..1 (WCAG 2.2, « relative luminance »)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1..21 (WCAG 2.2, « contrast ratio »)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, ground: str, wanted: float) -> str:
    """`colour`, or the nearest of its shades whose contrast with `ground` reaches `wanted`."""
    if contrast(colour, ground) >= wanted:
        return colour
    hue, light, saturation = colorsys.rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    step = -0.01 if luminance(ground) > 0.18 else 0.01
    shade = colour
    while contrast(shade, ground) < wanted and 0 <= light + step <= 1:
        light += step
        shade = "#" + "".join(f"{round(c * 255):02x}" for c in colorsys.hls_to_rgb(hue, light, saturation))
    return shade if contrast(shade, ground) >= wanted else ("#000000" if step < 0 else "#ffffff")


@cache
def themes() -> Mapping[str, Theme]:
    """Every theme of `themes/`, by its folder's name. A broken one fails at start, with its name."""
    return {path.parent.name: _read(path) for path in sorted(FOLDER.glob("*/theme.toml"))}


def _read(path: Path) -> Theme:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        palettes = {
            mode: Palette(**{key: raw[mode][key] for key in ("accent", "paper", "ink")}) for mode in ("light", "dark")
        }
        theme = Theme(
            path.parent.name, raw["name"], raw["headings"], raw["radius"], palettes["light"], palettes["dark"]
        )
    except KeyError as missing:
        raise ValueError(f"{path}: the key {missing} is missing") from None
    colours = [getattr(palette, key) for palette in palettes.values() for key in ("accent", "paper", "ink")]
    if (
        theme.headings not in {"serif", "sans"}
        or not _RADIUS.match(theme.radius)
        or not all(map(_COLOUR.match, colours))
    ):
        raise ValueError(f"{path}: headings is serif or sans, radius 0rem to 0.8rem, colours are #rrggbb")
    return theme


def files() -> dict[str, bytes]:
    """The themes' stylesheets and drawings, by their address among the assets."""
    made: dict[str, bytes] = {}
    for slug, theme in themes().items():
        made[f"themes/{slug}/theme.css"] = theme.stylesheet().encode()
        for drawing in ("emblem.svg", "hero.svg"):
            made[f"themes/{slug}/{drawing}"] = (FOLDER / slug / drawing).read_bytes()
    return made


def theme_of(space: Space | None) -> ThemeView:
    slug = space.theme if space is not None and space.theme in themes() else DEFAULT
    asset = current_app.extensions["asset"]
    return ThemeView(*(asset(f"themes/{slug}/{name}") for name in ("theme.css", "emblem.svg", "hero.svg")))
