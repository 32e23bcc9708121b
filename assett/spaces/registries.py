"""What a space's pages ask of the features above it; each fills these lists at its own import."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select

from assett.core.permissions import Actor
from assett.core.ui import MenuEntry
from assett.kernel.text import N_
from assett.kernel.vocabulary import Word


@dataclass(frozen=True, slots=True)
class HomePanel:
    """A part of the home page: a template, and what it shows; `context` gives None where there is nothing to show."""

    template: str
    context: Callable[[], dict[str, Any] | None]
    order: int = 50


home_panels: list[HomePanel] = []
# The same for the platform's own home, above the spaces that are open.
platform_panels: list[HomePanel] = []


def drawn(panels: Iterable[HomePanel]) -> list[tuple[str, dict[str, Any]]]:
    """The panels that have something to show, in order, each with its template."""
    shown = [(panel.template, panel.context()) for panel in sorted(panels, key=lambda panel: panel.order)]
    return [(template, context) for template, context in shown if context is not None]


# Whether an assessment can begin in the current space; the home page invites to it only where all say yes.
may_begin: list[Callable[[], bool]] = []

# The pages of the settings, for their own menu (see spaces.settings).
settings_pages: list[MenuEntry] = []

# Where else the pictures of a space are shown to everybody: the statement that selects their digests.
pictures_elsewhere: list[Callable[[], Select[str]]] = []

# Who else passes the door of a space that is not open yet: its pilots who have an account.
admissions: list[Callable[[Actor], bool]] = []

# What somebody wrote in the page that a closed door refuses, for them to take away; each feature knows its own fields.
written_at_the_door: list[Callable[[], list[str]]] = []


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """What a feature above reads in the very statement that enters a space: every page is one statement shorter.

    `asked` makes a scalar subquery of a condition, which holds once the space is declared to the database; it may name
    parameters, and `given` says them for this request, from its endpoint and the values in its address; None where this
    request does not want it. `told` takes what was found.
    """

    asked: Callable[[ColumnElement[bool]], ScalarSelect[Any]]
    given: Callable[[str | None, Mapping[str, Any]], dict[str, Any] | None]
    told: Callable[[Any], None]


at_the_door: list[AtTheDoor] = []

# The endpoints, asked so often, that are told of their space what its door needs; the rest is read if it is asked for.
brief_endpoints: set[str] = set()

# What opens before the space does, by endpoint; all of accounts does, and the legal pages.
early_endpoints: set[str] = set()


class LaunchStep(Word):
    """The six steps of the ASSETT method, in their order."""

    STOCK = "stock", N_("État des lieux")
    MOBILISATION = "mobilisation", N_("Mobilisation")
    QUESTIONNAIRE = "questionnaire", N_("Référentiel")
    RESOURCES = "resources", N_("Ressources")
    PILOT = "pilot", N_("Mise en ligne et promotion pilote")
    LAUNCH = "launch", N_("Lancement")


@dataclass(frozen=True, slots=True)
class Milestone:
    """A point of a launch step.

    It is done once `count` reaches `wanted`: a scalar subquery over the rows of the current space (all are asked in
    one statement). Without `count` no fact shows it: somebody of the team declares it. `label` says what is done,
    `why` what for, both in French marked by `N_`; `endpoint` is the page where one does it.
    `lack` is what visitors meet in a space that is open without it, and opening so wants a word; a `lawful` one is what
    the law wants.
    """

    key: str
    step: LaunchStep
    label: str
    why: str
    endpoint: str | None = None
    count: Callable[[], ScalarSelect[int]] | None = None
    wanted: int = 1
    order: int = 50
    lack: str | None = None
    lawful: bool = False


milestones: list[Milestone] = []
