"""What a draft keeps of its own where what replaces it says nothing of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final, Literal, TypeAlias

from assett.engine.drafting.pieces import GRID, RESOURCES, Address, Parts, Tree

Kept: TypeAlias = Literal["levels", "caps", "profile", "resources"]
"""What stands apart from categories and questions: a file may have nothing to say of it."""
_OF_GRIDS: Final = ("levels", "caps")


def keeping(before: Parts, after: Parts, wanted: Collection[Kept]) -> Parts:
    """The parts that come ``after``, with some of what was there ``before`` in the place of theirs."""
    pieces: dict[Address, Tree] = dict(after.pieces)
    for key in _OF_GRIDS:
        if key in wanted:
            pieces |= {
                address: _with(key, piece, before.pieces.get(address, {}))
                for address, piece in pieces.items()
                if address == GRID or address.startswith("category/")
            }
    if "profile" in wanted:
        pieces = _within("profile/", pieces, before.pieces)
        after = replace(after, outline=replace(after.outline, profile=before.outline.profile))
    if "resources" in wanted:
        pieces = _within(RESOURCES, pieces, before.pieces)
    return replace(after, pieces=pieces)


def _with(key: str, piece: Tree, former: Tree) -> Tree:
    """A grid with one of its lists as it was, where it had one."""
    return {**piece, key: former[key]} if key in former else piece


def _within(start: str, pieces: Mapping[Address, Tree], former: Mapping[Address, Tree]) -> dict[Address, Tree]:
    """Pieces, those whose address starts so being the former ones."""
    rest = {address: piece for address, piece in pieces.items() if not address.startswith(start)}
    return rest | {address: piece for address, piece in former.items() if address.startswith(start)}
