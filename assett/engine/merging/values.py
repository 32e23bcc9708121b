"""What three values become in one: of a field, of a text, of a whole piece, of an order."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, TypeVar

from assett.engine.document import Cap, Category, Choice, Level, ProfileEntry, Question, Resource, Scale, Text

Part = TypeVar("Part", Question, Choice, Category, Level, Resource, ProfileEntry)

# Fields of a question that only make sense together: what is answered, and what it earns. Within a type, less of them.
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
_BOUNDS: Final = ("min", "max", "integer", "labels")
_PICKED: Final = ("min_choices", "max_choices")
_EARNED: Final = ("scored", "max_points", "points", "points_false", "bands", "linear")
Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Both:
    """What two sides' changes come to together: with mine where they differ, with theirs there, and the names of what
    differs (empty ones for a value as a whole)."""

    mine: Any
    theirs: Any
    conflicts: tuple[str, ...] = ()


def both(base: Any, theirs: Any, mine: Any) -> Both:
    """A value changed on two sides: texts go language by language, caps one by one, the rest as a whole."""
    if theirs == mine or base == theirs:
        return Both(mine, mine)
    if base == mine:
        return Both(theirs, theirs)
    sides = (base, theirs, mine)
    if all(side is None or isinstance(side, Text) for side in sides):
        return _texts(*(dict(side or {}) for side in sides))
    if all(isinstance(side, tuple) and all(isinstance(each, Cap) for each in side) for side in sides):
        return _caps(*sides)
    if isinstance(theirs, Scale) and isinstance(mine, Scale):
        return merged_fields(base, theirs, mine)
    return Both(mine, theirs, ("",))


def _texts(base: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]) -> Both:
    found = {
        language: both(base.get(language), theirs.get(language), mine.get(language))
        for language in dict.fromkeys((*mine, *theirs))
    }
    kept, yielded = (
        Text(tuple((language, words) for language, words in side.items() if words is not None)) or None
        for side in (
            {language: each.mine for language, each in found.items()},
            {language: each.theirs for language, each in found.items()},
        )
    )
    return Both(kept, yielded, tuple(language for language, each in found.items() if each.conflicts))


def _caps(base: Sequence[Cap], theirs: Sequence[Cap], mine: Sequence[Cap]) -> Both:
    """Caps have no id: those under the same condition are the same one."""
    sides = [{each.if_: each for each in side} for side in (base, theirs, mine)]
    if any(len(known) < len(side) for known, side in zip(sides, (base, theirs, mine), strict=True)):
        return Both(tuple(mine), tuple(theirs), ("",))
    kept: list[Cap | None] = []
    yielded: list[Cap | None] = []
    conflicts: list[str] = []
    for condition in in_order(*(list(side) for side in sides)):
        there, other, own = (side.get(condition) for side in sides)
        found = merged_fields(there, other, own) if other is not None and own is not None else both(there, other, own)
        kept.append(found.mine)
        yielded.append(found.theirs)
        conflicts += found.conflicts
    mine_first, theirs_first = (tuple(each for each in side if each is not None) for side in (kept, yielded))
    return Both(mine_first, theirs_first, ("",) if conflicts else ())


def merged_fields(base: Any, theirs: Any, mine: Any) -> Both:
    """A thing changed on two sides, field by field; its conflicts are the fields that both changed differently."""
    kept: dict[str, Any] = {}
    yielded: dict[str, Any] = {}
    conflicts: list[str] = []
    for names in _apart(base, theirs, mine):
        sides = [
            None if side is None else tuple(getattr(side, name) for name in names) for side in (base, theirs, mine)
        ]
        if len(names) == 1:
            found = both(*(side[0] if side is not None else None for side in sides))
            found = Both((found.mine,), (found.theirs,), names if found.conflicts else ())
        else:
            found = both(*sides)
        if names == ("was",) and base is not None:
            former = _merged_former(base.was, theirs.was, mine.was)
            found = Both((former,), (former,))
        kept |= zip(names, found.mine, strict=True)
        yielded |= zip(names, found.theirs, strict=True)
        if found.conflicts:
            conflicts += [name for name in names if getattr(theirs, name) != getattr(mine, name)]
    return Both(replace(mine, **kept), replace(mine, **yielded), tuple(conflicts))


def _apart(*sides: Any) -> list[tuple[str, ...]]:
    """The fields of a thing, those together that only make sense so."""
    there = [side for side in sides if side is not None]
    names = [each.name for each in fields(there[0])]
    asked = isinstance(there[0], Question)
    same = len({side.type for side in there if isinstance(side, Question)}) == 1
    groups = ((_BOUNDS, _PICKED, _EARNED) if same else (_ANSWER,)) if asked else ()
    found = [tuple(name for name in group if name in names) for group in groups]
    return [*found, *((name,) for name in names if not any(name in group for group in found))]


def _merged_former(base: tuple[str, ...], theirs: tuple[str, ...], mine: tuple[str, ...]) -> tuple[str, ...]:
    """Former ids: nobody's answers are lost where both sides renamed."""
    merged = both(base, theirs, mine)
    if merged.conflicts:
        return (*theirs, *(name for name in mine if name not in theirs))
    former: tuple[str, ...] = merged.mine
    return former


def in_order(base: Sequence[Name], theirs: Sequence[Name], mine: Sequence[Name]) -> list[Name]:
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
