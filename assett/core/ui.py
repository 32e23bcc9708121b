"""What every page needs to be drawn: navigation, languages, geometry of the charts.

Features fill the typed registries below; pages only read them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import gettext

from assett.core import i18n
from assett.core.markdown import render
from assett.core.permissions import Actor
from assett.kernel.clock import today_in_paris
from assett.kernel.text import typeset


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of a menu: its French label (marked by `N_`), where it leads, and to whom it is shown."""

    label: str
    endpoint: str
    shown: Callable[[Actor], bool] = lambda actor: True
    order: int = 50


@dataclass(frozen=True, slots=True)
class AccountView:
    name: str

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper() or "?"


class Menus:
    """The menus of a space's pages: `navigation` (all), `team` (the collectivité's own pages, see team.html),
    `account` (whoever is signed in), `legal` (the footer)."""

    def __init__(self) -> None:
        self.navigation: list[MenuEntry] = []
        self.team: list[MenuEntry] = []
        self.account: list[MenuEntry] = []
        self.legal: list[MenuEntry] = []


menus = Menus()


def links(entries: Sequence[MenuEntry]) -> list[Link]:
    """The entries open to this actor, in order; only inside a space."""
    actor = g.get("actor")
    if actor is None or g.get("space") is None:
        return []
    return [
        Link(gettext(entry.label), url := url_for(entry.endpoint), request.path.startswith(url))
        for entry in sorted(entries, key=lambda entry: entry.order)
        if entry.shown(actor)
    ]


def radar_points(ratios: Sequence[float], radius: float) -> list[tuple[float, float]]:
    """The corners of a radar's polygon around (0, 0), the first upwards, clockwise."""
    count = max(len(ratios), 1)
    return [
        (
            round(math.sin(2 * math.pi * index / count) * radius * float(ratio), 2),
            round(-math.cos(2 * math.pi * index / count) * radius * float(ratio), 2),
        )
        for index, ratio in enumerate(ratios)
    ]


def radar_axes(count: int, radius: float) -> list[tuple[float, float]]:
    return radar_points([1.0] * count, radius)


def _typeset(text: str) -> str:
    """A text with its no-break spaces, as safe as it came."""
    return type(text)(typeset(text))


def init_app(app: Flask) -> None:
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["markdown"] = render
    app.jinja_env.filters["typeset"] = _typeset
    app.jinja_env.globals.update(radar_points=radar_points, radar_axes=radar_axes)

    @app.context_processor
    def page() -> dict[str, Any]:
        actor = g.get("actor")
        space = g.get("space")
        chosen = i18n.current_language()
        return {
            "space": space,
            "actor": actor,
            "account": AccountView(actor.name) if actor is not None and actor.signed_in else None,
            "navigation": links(menus.navigation),
            "team_links": lambda: links(menus.team),
            "legal_links": links(menus.legal),
            "languages": [
                {"code": code, "label": i18n.LANGUAGES[code], "current": code == chosen}
                for code in i18n.offered_languages()
            ],
            "page_lang": chosen,
            "today": today_in_paris(),
            "current_path": request.path if request and request.path.isprintable() else "/",
        }
