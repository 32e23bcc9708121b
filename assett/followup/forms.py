"""What an address of the follow-up asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from assett.followup.queries import Criteria, State
from assett.kernel.text import UNSTORABLE
from assett.organizations.models import OrganizationKind
from assett.organizations.queries import spelled_like

# The sorts as an address says them; a minus before one turns it round.
_SORTS = {
    "nom": "name",
    "commune": "commune",
    "type": "kind",
    "etat": "state",
    "activite": "activity",
    "score": "score",
}


def criteria_of(arguments: Mapping[str, str], communes: Collection[str]) -> Criteria:
    """The criteria of an address; what it cannot mean is passed over. `communes` are those of the space."""
    typed = arguments.get("tri", "")
    return Criteria(
        words=_clean(arguments.get("q"))[:200],
        state=_member(State, arguments.get("etat")),
        kind=_member(OrganizationKind, arguments.get("type")),
        commune=spelled_like(_clean(arguments.get("commune")), communes),
        sort=_SORTS.get(typed.removeprefix("-"), "name"),
        descending=typed.startswith("-") and typed[1:] in _SORTS,
    )


def asked(arguments: Mapping[str, str]) -> dict[str, Any]:
    """What an address says of the criteria, to be said again in another."""
    return {name: arguments[name] for name in ("q", "etat", "type", "commune", "tri") if name in arguments}


def sort_value(sort: str, descending: bool) -> str:
    name = next(name for name, each in _SORTS.items() if each == sort)
    return f"-{name}" if descending else name


def _clean(text: str | None) -> str:
    return UNSTORABLE.sub("", text or "").strip()


def _member(kind: Any, value: str | None) -> Any:
    return kind(value) if value in {each.value for each in kind} else None
