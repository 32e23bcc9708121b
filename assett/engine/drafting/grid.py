"""The questionnaire's grid of levels, and the categories that have levels of their own beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assett.engine.drafting.pieces import GRID, Address, Parts, Tree


def off_grid(parts: Parts) -> tuple[Address, ...]:
    """The categories whose own levels are not those of the grid; messages of their own are no difference."""
    common = _bones(parts.pieces.get(GRID, {}))
    return tuple(
        f"category/{name}"
        for name, _ in parts.outline.categories
        if parts.pieces[f"category/{name}"].get("levels") and _bones(parts.pieces[f"category/{name}"]) != common
    )


def following_grid(parts: Parts, address: Address) -> Parts:
    """With a category, or all of them (``grid``), on the levels of the grid; a message that a category had of its own
    for one of these levels stays. `KeyError` where the category is gone."""
    levels = parts.pieces[GRID].get("levels") or []
    wanted = off_grid(parts) if address == GRID else (address,)
    return Parts({**parts.pieces, **{each: _on_grid(parts.pieces[each], levels) for each in wanted}}, parts.outline)


def own_messages(parts: Parts) -> tuple[Address, ...]:
    """The categories that follow the grid with messages of their own: the format has them repeat its levels."""
    common = _bones(parts.pieces.get(GRID, {}))
    return tuple(
        f"category/{name}"
        for name, _ in parts.outline.categories
        if parts.pieces[f"category/{name}"].get("levels") and _bones(parts.pieces[f"category/{name}"]) == common
    )


def carried_along(before: Parts, after: Parts) -> Parts:
    """With the categories that followed the grid on its new levels, where it changed and they did not: their own
    messages stay, but for those of a level that is gone."""
    former, levels = (parts.pieces[GRID].get("levels") or [] for parts in (before, after))
    if former == levels:
        return after
    moved = {
        address: _carried(after.pieces[address], former, levels)
        for address in own_messages(before)
        if address in after.pieces and after.pieces[address].get("levels") == before.pieces[address].get("levels")
    }
    return Parts({**after.pieces, **moved}, after.outline)


def _carried(category: Tree, former: list[Tree], levels: list[Tree]) -> Tree:
    said = {level.get("id"): level.get("message") for level in former}
    own = {level.get("id"): level.get("message") for level in category.get("levels") or []}
    found = []
    for level in levels:
        name = level.get("id")
        if name not in own or own[name] == said.get(name):
            found.append(level)
            continue
        bare = {key: value for key, value in level.items() if key != "message"}
        found.append({**bare, "message": own[name]} if own[name] else bare)
    return _with_levels(category, found, levels)


def messages_gone(before: Parts, after: Parts) -> int:
    """How many messages categories had of their own for levels that the grid has no more."""
    said = {level.get("id"): level.get("message") for level in before.pieces[GRID].get("levels") or []}
    kept = {level.get("id") for level in after.pieces[GRID].get("levels") or []}
    return sum(
        bool(level.get("message")) and level.get("message") != said.get(level.get("id"))
        for address in own_messages(before)
        if address in after.pieces and after.pieces[address] != before.pieces[address]
        for level in before.pieces[address].get("levels") or []
        if level.get("id") not in kept
    )


@dataclass(frozen=True, slots=True)
class GivenLevel:
    """A level that changes where a category takes the grid: its ``own`` becomes the ``common`` one; without a common
    one it goes, message and all, without one of its own it is new."""

    category: Address
    own: Tree | None
    common: Tree | None


def given_levels(parts: Parts, address: Address) -> tuple[GivenLevel, ...]:
    """What `following_grid` would change of the levels of categories: names, shares, levels that go and that come.
    `KeyError` where the category is gone."""
    common = {level.get("id"): level for level in parts.pieces[GRID].get("levels") or []}
    found = []
    for each in off_grid(parts) if address == GRID else (address,):
        own = {level.get("id"): level for level in parts.pieces[each].get("levels") or []}
        found += [
            GivenLevel(each, level, common.get(name))
            for name, level in own.items()
            if name not in common or _bone(level) != _bone(common[name])
        ]
        # Without levels of its own it is on the grid already.
        found += [GivenLevel(each, None, level) for name, level in common.items() if own and name not in own]
    return tuple(found)


def _on_grid(category: Tree, levels: list[Tree]) -> Tree:
    own = {level.get("id"): level["message"] for level in category.get("levels") or [] if level.get("message")}
    found = [{**level, "message": own[level["id"]]} if level.get("id") in own else level for level in levels]
    return _with_levels(category, found, levels)


def _with_levels(category: Tree, found: list[Tree], levels: list[Tree]) -> Tree:
    """A category on these levels; without any of its own where they are those of the grid to the word."""
    if found == levels:
        return {key: value for key, value in category.items() if key != "levels"}
    return {**category, "levels": found}


def _bones(piece: Tree) -> list[tuple[Any, ...]]:
    return [_bone(level) for level in piece.get("levels") or []]


def _bone(level: Tree) -> tuple[Any, ...]:
    return level.get("id"), level.get("from"), level.get("label")
