"""The questionnaire's grid of levels, and the categories that have levels of their own beside it."""

from __future__ import annotations

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


def lost_levels(parts: Parts, address: Address) -> tuple[tuple[Address, Tree], ...]:
    """The levels that `following_grid` would take away, messages and all, each with its category: the grid has none of
    their ids."""
    kept = {level.get("id") for level in parts.pieces[GRID].get("levels") or []}
    wanted = off_grid(parts) if address == GRID else (address,)
    return tuple(
        (each, level)
        for each in wanted
        for level in parts.pieces[each].get("levels") or []
        if level.get("id") not in kept
    )


def _on_grid(category: Tree, levels: list[Tree]) -> Tree:
    own = {level.get("id"): level["message"] for level in category.get("levels") or [] if level.get("message")}
    found = [{**level, "message": own[level["id"]]} if level.get("id") in own else level for level in levels]
    if found == levels:
        return {key: value for key, value in category.items() if key != "levels"}
    return {**category, "levels": found}


def _bones(piece: Tree) -> list[tuple[Any, ...]]:
    return [(level.get("id"), level.get("from"), level.get("label")) for level in piece.get("levels") or []]
