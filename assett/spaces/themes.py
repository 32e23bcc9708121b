"""A theme is data: the tokens of `themes/<name>/theme.toml`, turned into the custom properties of a stylesheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app

from assett.spaces.models import Space


@dataclass(frozen=True, slots=True)
class ThemeView:
    css_url: str
    emblem_url: str
    hero_url: str


def files() -> Mapping[str, bytes]:
    return {}


def theme_of(space: Space | None) -> ThemeView | None:
    return None
