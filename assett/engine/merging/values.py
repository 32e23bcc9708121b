"""What three values become in one: of a field, of a text, of a whole piece, of an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final, TypeVar

from assett.engine.document import Category, Choice, Level, ProfileEntry, Question, Resource, Text

Part = TypeVar("Part", Question, Choice, Category, Level, Resource, ProfileEntry)

_ANSWER: Final = (
    "type",
    "scored",
    "min",
    "max",
    "max_points",
    "min_choices",
    "max_choices",
    "points",
    "points_false",
    "labels",
    "bands",
    "linear",
    "integer",
    "max_length",
)
"""Fields of a question that only make sense together: what is answered, and what it earns."""
MISSING: Final = object()


def merged_value(base: Any, theirs: Any, mine: Any) -> Any:
    """The value of a field after the merge, :data:`MISSING` where both sides changed it differently."""
    if theirs == mine or base == theirs:
        return mine
    if base == mine:
        return theirs
    if all(side is None or isinstance(side, Text) for side in (base, theirs, mine)):
        return _merged_text(base or {}, theirs or {}, mine or {})
    return MISSING


def _merged_text(base: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]) -> Any:
    """Language by language."""
    entries = []
    for language in dict.fromkeys((*mine, *theirs)):
        merged = merged_value(base.get(language), theirs.get(language), mine.get(language))
        if merged is MISSING:
            return MISSING
        if merged is not None:
            entries.append((language, merged))
    return Text(tuple(entries)) if entries else None


def merged_fields(base: Part | None, theirs: Part, mine: Part) -> tuple[Part, tuple[str, ...]]:
    """Both sides' changes put together, mine where they differ; and the fields where they do."""
    changes: dict[str, Any] = {}
    conflicts: list[str] = []
    names = [each.name for each in fields(mine)]
    together: list[str] = [name for name in _ANSWER if name in names] if isinstance(mine, Question) else []
    if together:
        sides = [
            None if side is None else tuple(getattr(side, name) for name in together) for side in (base, theirs, mine)
        ]
        merged = merged_value(*sides)
        if merged is MISSING:
            conflicts.append("type")
        else:
            changes |= zip(together, merged, strict=True)
    for name in names:
        if name in together:
            continue
        sides = [None if side is None else getattr(side, name) for side in (base, theirs, mine)]
        if name == "was" and base is not None:
            changes[name] = _merged_former(*(getattr(side, name) for side in (base, theirs, mine)))
            continue
        merged = merged_value(*sides)
        if merged is MISSING:
            conflicts.append(name)
        else:
            changes[name] = merged
    return replace(mine, **changes), tuple(conflicts)


def _merged_former(base: tuple[str, ...], theirs: tuple[str, ...], mine: tuple[str, ...]) -> tuple[str, ...]:
    """Former ids: nobody's answers are lost where both sides renamed."""
    merged = merged_value(base, theirs, mine)
    if merged is not MISSING:
        former: tuple[str, ...] = merged
        return former
    return (*theirs, *(name for name in mine if name not in theirs))


def in_order(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> list[str]:
    """All the ids of the two sides, in the order of the one that changed it (mine, if both did).

    What only the other side has stands after what it follows there.
    """
    kept = [name for name in base if name in mine]
    reordered = [name for name in mine if name in kept] != kept
    first, second = (mine, theirs) if reordered else (theirs, mine)
    order = list(first)
    place = 0
    for name in second:
        if name in order:
            place = order.index(name) + 1
        else:
            order.insert(place, name)
            place += 1
    return order
