"""A space's own version of the national base, made from it by a few changes that are data."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any


def adapted(national: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The national document with a territory's own id, title, scale, levels, weights, caps and questions.

    A level keeps, in each category, the national message of the same id. `weights` go by category, `caps` by the
    question that they look at, `questions` (added at the end) by category.
    """
    document = deepcopy(dict(national))
    document |= {key: changes[key] for key in ("id", "version", "title", "scale", "levels")}
    document["caps"] = [_capped(cap, changes["caps"]["overall"]) for cap in document["caps"]]
    for category in document["categories"]:
        messages = {level["id"]: level["message"] for level in category["levels"]}
        category["levels"] = [{**level, "message": messages[level["id"]]} for level in changes["levels"]]
        category["weight"] = changes["weights"][category["id"]]
        category["caps"] = [_capped(cap, changes["caps"]["categories"]) for cap in category.get("caps", [])]
        category["questions"] = category["questions"] + changes["questions"].get(category["id"], [])
    return document


def _capped(cap: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {**cap, **changes[cap["if"]["question"]]}
