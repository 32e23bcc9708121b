"""What the national base and a space changed of the same thing: what both changed, what only one did."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flask_babel import gettext
from markupsafe import Markup, escape

from assett.engine.document import Text
from assett.engine.merging import Placed
from assett.questionnaires.words import Line, Sides
from assett.studio import differing
from assett.studio.upstream import Card

Key: TypeAlias = "tuple[str, str | None]"


@dataclass(frozen=True, slots=True)
class Row:
    """What both changed, each their way: as it was, the national side and one's own, the words that changed marked."""

    label: str
    before: Markup
    theirs: Markup
    mine: Markup


@dataclass(frozen=True, slots=True)
class Told:
    """All that differs of a card in conflict: `rows` are chosen between; `theirs` and `mine` are what one side alone
    changed, in sentences."""

    rows: tuple[Row, ...]
    theirs: tuple[Line, ...]
    mine: tuple[Line, ...]


def told(card: Card, theirs: Sequence[Sides], mine: Sequence[Sides], between: Sequence[Sides]) -> Told:
    """What a card has to say, from what each side changed of its thing and from how they differ today."""
    other, own, apart = ({each.key: each for each in sides} for sides in (theirs, mine, between))
    if ("", None) in other and ("", None) in own and other["", None].kind == own["", None].kind == "added":
        # Both added it: nothing was there before.
        return Told(tuple(_row(each.label, None, each.after, each.before) for each in between), (), ())
    together = _going_together(card)
    disputed = [
        key
        for key in dict.fromkeys((*other, *own))
        if _disputed(key, other, own) or (_within(key[0], together) and key in apart)
    ]
    moved = {key for key, each in own.items() if each.kind == "reordered"}
    left = [key for key in other if key not in disputed and key not in moved and not _same(key, other, own)]
    kept = [key for key in own if key not in disputed and not _same(key, other, own)]
    return Told(
        tuple(_in_three(key, other, own) for key in disputed),
        tuple(other[key].line for key in left),
        tuple(own[key].line for key in kept),
    )


def _going_together(card: Card) -> list[str]:
    """The places in a card's thing that are one to decide upon although each side changed another of them."""
    found = []
    for piece in card.pieces:
        sides = [each.question if isinstance(each, Placed) else each for each in (piece.theirs, piece.mine)]
        inside = piece.path.removeprefix(card.key).removeprefix(".")
        found += [
            ".".join(filter(None, (inside, name.rstrip("_"))))
            for name in piece.conflicts
            # Of a text, each language is decided upon by itself.
            if not any(isinstance(getattr(side, name, None), Text) for side in sides)
        ]
    return found


def _disputed(key: Key, other: Mapping[Key, Sides], own: Mapping[Key, Sides]) -> bool:
    """Whether both sides changed the same place differently, or one took away what the other changed."""
    there, here = other.get(key), own.get(key)
    if there is not None and here is not None:
        return there.after != here.after and "reordered" not in (there.kind, here.kind)
    side, facing = (other, own) if here is None else (own, other)
    if side[key].kind == "removed":
        return any(_within(place, [key[0]]) for place, _ in facing)
    return _gone(key, facing)


def _same(key: Key, other: Mapping[Key, Sides], own: Mapping[Key, Sides]) -> bool:
    return key in other and key in own and other[key].after == own[key].after


def _gone(key: Key, side: Mapping[Key, Sides]) -> bool:
    """Whether a side took away what a place lies in."""
    return any(each.kind == "removed" and _within(key[0], [place]) for (place, _), each in side.items())


def _within(place: str, roots: Collection[str]) -> bool:
    return any(not root or place == root or place.startswith(f"{root}.") for root in roots)


def _in_three(key: Key, other: Mapping[Key, Sides], own: Mapping[Key, Sides]) -> Row:
    known = other.get(key) or own[key]
    theirs, mine = (
        side[key].after if key in side else gettext("(retiré)") if _gone(key, side) else known.before
        for side in (other, own)
    )
    label = gettext("Catégorie") if known.kind == "moved" else known.label
    return _row(label, known.before, theirs, mine)


def _row(label: str, before: str | None, theirs: str, mine: str) -> Row:
    if before is None or before == "—":
        return Row(label, escape("—"), escape(theirs), escape(mine))
    sides: Iterable[Markup] = (differing.marked(before, side)[1] for side in (theirs, mine))
    return Row(label, escape(before), *sides)
