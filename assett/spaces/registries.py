"""What a space's home asks of the features above it; each fills this list in its `init_app`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class HomePanel:
    """A part of the home page: a template, and what it shows; `context` gives None where there is nothing to show."""

    template: str
    context: Callable[[], dict[str, Any] | None]
    order: int = 50


home_panels: list[HomePanel] = []
