"""The pages of one structure, as tabs, and what stands above them all. Each feature adds its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from assett.core.permissions import Actor
from assett.core.ui import Link
from assett.core.web import actor
from assett.organizations.models import Participation
from assett.spaces.registries import HomePanel, drawn


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: its French label (marked by `N_`), its endpoint (which takes `participation`), and to whom it is shown."""

    label: str
    endpoint: str
    shown: Callable[[Actor, Participation], bool] = lambda actor, participation: True
    order: int = 50


tabs: list[Tab] = []

# What features show above the structures of whoever looks at theirs, or for one.
own_panels: list[HomePanel] = []


def drawn_panels() -> list[tuple[str, dict[str, Any]]]:
    """The panels that have something to show, each with its template."""
    return drawn(own_panels)


def structure_tabs(participation: Participation) -> list[Link]:
    """The tabs of this structure that are open to the actor, for the macro `tabs` of `ui/page.html`."""
    return [
        Link(
            gettext(tab.label), url_for(tab.endpoint, participation=participation.id), tab.endpoint == request.endpoint
        )
        for tab in sorted(tabs, key=lambda tab: tab.order)
        if tab.shown(actor(), participation)
    ]
