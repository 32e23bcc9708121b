"""A theme is data: the tokens of `themes/<name>/theme.toml`, turned into the custom properties of a stylesheet.

A colour that would be too pale to read is corrected here, whoever chose it: contrast is ours, the face is theirs.
"""

from __future__ import annotations

import colorsys
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _

from assett.core.i18n import show_decimal
from assett.core.settings import ROOT
from assett.spaces.models import Space

FOLDER = ROOT / "themes"
DEFAULT = "assett"
_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")
_RADIUS = re.compile(r"^0(\.\d+)?rem$")
# WCAG 2.2 asks 4.5:1 for text; the tinted grounds of the pages take a little of it away.
READABLE, INK = 5.0, 12.0
# What black has to reach on a paper of the day, white on one of the night: the other colours find room on it.
GROUND = 16.0
# A night made from a day: how light its ground and its text are, and how much colour they may keep.
DUSK, MOONLIGHT, TINGE = 0.09, 0.9, 0.2
MODES = ("light", "dark")
COLOURS = ("accent", "paper", "ink")


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

    def corrected(self, mode: str) -> Palette:
        """The same palette, its paper light by day and dark by night, accent and ink moved until they can be read."""
        paper = ground(self.paper, mode)
        return Palette(readable(self.accent, paper, READABLE), paper, readable(self.ink, paper, INK))


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
        return (
            f":root{{{properties(self.light, 'light')}{self._frame()}}}\n"
            f"@media screen and (prefers-color-scheme:dark){{:root{{{properties(self.dark, 'dark')}}}}}\n"
        )

    def specimen(self) -> str:
        """The same for the two halves of the editor's preview, `.specimen-light` and `.specimen-dark`."""
        return "\n".join(
            f".specimen-{mode}{{{properties(getattr(self, mode), mode)}{self._frame()}}}" for mode in MODES
        )

    def _frame(self) -> str:
        return f"--radius:{self.radius};--heading-font:var(--{self.headings});"

    def corrections(self) -> list[str]:
        """What was moved so that it can be read, and why, in words."""
        return [said for mode in MODES for said in _corrections(getattr(self, mode), mode)]

    def shown_instead(self) -> dict[str, str]:
        """By field of the editor (`light_accent`…), the colour that pages wear instead of the chosen one, in words."""
        return {
            f"{mode}_{name}": _("À l’écran : %(colour)s, corrigé pour rester lisible.", colour=worn)
            for mode in MODES
            for name, worn in asdict(getattr(self, mode).corrected(mode)).items()
            if worn != getattr(getattr(self, mode), name)
        }


def properties(palette: Palette, mode: str) -> str:
    palette = palette.corrected(mode)
    return f"--accent:{palette.accent};--on-accent:{palette.on_accent};--paper:{palette.paper};--ink:{palette.ink};"


def _corrections(chosen: Palette, mode: str) -> list[str]:
    palette, day, said = chosen.corrected(mode), mode == "light", []
    if palette.paper != chosen.paper:
        values = {"chosen": chosen.paper, "kept": palette.paper}
        said.append(
            _("Fond du jour : %(chosen)s est trop sombre pour y lire longtemps, il devient %(kept)s.", **values)
            if day
            else _("Fond de la nuit : %(chosen)s est trop clair pour reposer les yeux, il devient %(kept)s.", **values)
        )
    for name, wanted in (("accent", READABLE), ("ink", INK)):
        before, after = getattr(chosen, name), getattr(palette, name)
        if before == after:
            continue
        values = {
            "chosen": before,
            "kept": after,
            "ratio": _ratio(contrast(before, palette.paper)),
            "wanted": _ratio(wanted),
        }
        said.append(
            {
                ("accent", True): _(
                    "Couleur du jour : %(chosen)s se lit mal sur ce fond (contraste de %(ratio)s pour 1, il en faut "
                    "%(wanted)s). Elle devient %(kept)s.",
                    **values,
                ),
                ("accent", False): _(
                    "Couleur de la nuit : %(chosen)s se lit mal sur ce fond (contraste de %(ratio)s pour 1, il en faut "
                    "%(wanted)s). Elle devient %(kept)s.",
                    **values,
                ),
                ("ink", True): _(
                    "Texte du jour : %(chosen)s se lit mal sur ce fond (contraste de %(ratio)s pour 1, il en faut "
                    "%(wanted)s). Il devient %(kept)s.",
                    **values,
                ),
                ("ink", False): _(
                    "Texte de la nuit : %(chosen)s se lit mal sur ce fond (contraste de %(ratio)s pour 1, il en faut "
                    "%(wanted)s). Il devient %(kept)s.",
                    **values,
                ),
            }[name, day]
        )
    return said


def _ratio(value: float) -> str:
    tenths = int(value * 10)
    return show_decimal(tenths / 10, 1 if tenths % 10 else 0)


@dataclass(frozen=True, slots=True)
class ThemeView:
    """Where a page finds its theme."""

    css_url: str
    emblem_url: str
    hero_url: str
    # The space's own logo (address, width, height), in the emblem's place at the head of the page.
    logo: tuple[str, int, int] | None = None
    # It would not be seen on the day's pages: a dark ground is put under it.
    logo_pale: bool = False


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


def ground(paper: str, mode: str) -> str:
    """`paper`, or the nearest of its shades that is light enough for the day, dark enough for the night."""
    ink, step = ("#000000", 0.01) if mode == "light" else ("#ffffff", -0.01)
    hue, light, saturation = colorsys.rgb_to_hls(*(int(paper[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    shade = paper
    while contrast(ink, shade) < GROUND:
        light = min(max(light + step, 0.0), 1.0)
        shade = "#" + "".join(f"{round(c * 255):02x}" for c in colorsys.hls_to_rgb(hue, light, saturation))
    return shade


def night_of(day: Palette) -> Palette:
    """The night that goes with a day: its ink becomes the ground, its paper the text, its accent is kept readable."""
    chosen = Palette(day.accent, _tinged(day.ink, DUSK), _tinged(day.paper, MOONLIGHT))
    return chosen.corrected("dark")


def _tinged(colour: str, light: float) -> str:
    """A grey of that lightness with a little of the colour in it."""
    hue, _light, saturation = colorsys.rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    return "#" + "".join(f"{round(c * 255):02x}" for c in colorsys.hls_to_rgb(hue, light, min(saturation, TINGE)))


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


def base_of(space: Space) -> Theme:
    """The theme that a space started from; ours where its folder is gone."""
    return base_called(space.theme)


def base_called(slug: str) -> Theme:
    return themes().get(slug) or themes()[DEFAULT]


def made_of(base: Theme, appearance: Mapping[str, Any]) -> Theme:
    """A base theme with what a space chose instead: `headings`, `radius`, and colours by mode."""
    return replace(
        base,
        headings=appearance.get("headings") or base.headings,
        radius=appearance.get("radius") or base.radius,
        **{
            mode: replace(getattr(base, mode), **{k: v for k, v in appearance.get(mode, {}).items() if k in COLOURS})
            for mode in MODES
        },
    )


def settings_of(theme: Theme, logo: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A theme as the editor keeps it: the inverse of `made_of`, with the logo."""
    colours = {mode: {name: getattr(getattr(theme, mode), name) for name in COLOURS} for mode in MODES}
    return {"theme": theme.slug, "headings": theme.headings, "radius": theme.radius, **colours, "logo": logo}


def stylesheet_of(space: Space) -> tuple[str, str] | None:
    """The stylesheet of a space that made its own, with the digest that names it; None where it has a base theme."""
    return _sheet(space.theme, json.dumps(space.appearance, sort_keys=True)) if space.appearance else None


@lru_cache(maxsize=512)
def _sheet(slug: str, appearance: str) -> tuple[str, str]:
    sheet = made_of(themes().get(slug) or themes()[DEFAULT], json.loads(appearance)).stylesheet()
    return digest_of(sheet), sheet


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def theme_of(space: Space | None) -> ThemeView:
    slug = base_of(space).slug if space is not None else DEFAULT
    asset = current_app.extensions["asset"]
    css_url, emblem_url, hero_url = (asset(f"themes/{slug}/{name}") for name in ("theme.css", "emblem.svg", "hero.svg"))
    own = stylesheet_of(space) if space is not None else None
    if space is None or space.appearance is None or own is None:
        return ThemeView(css_url, emblem_url, hero_url)
    logo = space.appearance.get("logo")
    return ThemeView(
        url_for("spaces.stylesheet", space=space.slug, digest=own[0]),
        emblem_url,
        hero_url,
        (url_for("spaces.picture", space=space.slug, digest=logo["digest"]), logo["width"], logo["height"])
        if logo
        else None,
        bool(logo and logo.get("pale")),
    )
