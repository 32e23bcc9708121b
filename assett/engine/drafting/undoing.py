"""A step taken back, or done again, after others went on: as far as nobody has touched the same things since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assett.engine.drafting.pieces import Address, Outline, Parts, Tree
from assett.engine.drafting.steps import Step, merged, merged_order


@dataclass(frozen=True, slots=True)
class Left:
    """A piece that stays, whole or in part, as it was changed since: as it is, and as the step would have it (None: not
    there)."""

    now: Tree | None
    wanted: Tree | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step comes to; `moved` says that things were moved since, which stay where they are."""

    parts: Parts
    left: Mapping[Address, Left]
    moved: bool = False


def as_far_as_it_goes(parts: Parts, step: Step) -> Outcome:
    """The state after a step, where it starts from another than it did: what was touched since stays."""
    pieces, left = dict(parts.pieces), {}
    for address, (before, after) in step.pieces.items():
        now = parts.pieces.get(address)
        if now == after:
            continue
        if now == before:
            _put(pieces, address, after)
        elif now is None or before is None or after is None:
            # Taken away, put back or written in since, as a whole.
            left[address] = Left(now, after)
        else:
            both = merged(before, now, after)
            pieces[address] = both.theirs
            if both.conflicts:
                left[address] = Left(both.theirs, both.piece)
    if step.outline is None:
        return Outcome(Parts(pieces, parts.outline), left)
    return _arranged(parts, pieces, left, *step.outline)


def _put(pieces: dict[Address, Tree], address: Address, piece: Tree | None) -> None:
    if piece is None:
        pieces.pop(address, None)
    else:
        pieces[address] = piece


def _arranged(
    parts: Parts, pieces: dict[Address, Tree], left: dict[Address, Left], before: Outline, after: Outline
) -> Outcome:
    """The pieces in their places: those of the step, but for what was moved since."""
    now, moved = parts.outline, False
    questions = list(dict.fromkeys(each for side in (now, after) for _, inner in side.categories for each in inner))
    places: dict[str, str] = {}
    for question in questions:
        address = f"question/{question}"
        if address not in pieces:
            continue
        was, here, wanted = (side.category_of(question) for side in (before, now, after))
        place = wanted if wanted is not None and here in (None, was) else here
        moved = moved or (wanted not in (None, place) and wanted != was)
        if place is None:
            continue
        home = f"category/{place}"
        if home not in pieces and home in parts.pieces:
            # It was new, and goes with the step; but a question stands in it.
            pieces[home] = parts.pieces[home]
            left[home] = Left(pieces[home], None)
        if home in pieces:
            places[question] = place
        else:
            left[address] = Left(None, pieces.pop(address))

    def ordered(kind: str, ids: Callable[[Outline], Sequence[str]], there: Callable[[str], bool]) -> tuple[str, ...]:
        nonlocal moved
        order, conflict = merged_order(ids(before), ids(now), ids(after))
        moved = moved or conflict
        return tuple(each for each in order if f"{kind}/{each}" in pieces and there(each))

    categories = ordered("category", lambda side: [name for name, _ in side.categories], lambda _: True)

    def inside(category: str) -> tuple[str, ...]:
        known = ordered(
            "question",
            lambda side: dict(side.categories).get(category, ()),
            lambda question: places.get(question) == category,
        )
        return (*known, *(each for each in places if places[each] == category and each not in known))

    outline = replace(
        now,
        profile=ordered("profile", lambda side: side.profile, lambda _: True),
        categories=tuple((category, inside(category)) for category in categories),
    )
    return Outcome(Parts(pieces, outline), left, moved)


def whole(left: Left) -> bool:
    """Whether a piece stays as a whole."""
    return left.now is None or left.wanted is None


def touched(left: Left, change: tuple[Any, Any]) -> bool:
    """Whether a later change of a piece is of what stays of it."""
    before, after = change
    if whole(left) or before is None or after is None:
        return True
    assert left.now is not None and left.wanted is not None
    keys = {key for key in {**left.now, **left.wanted} if left.now.get(key) != left.wanted.get(key)}
    return any(before.get(key) != after.get(key) for key in keys)
