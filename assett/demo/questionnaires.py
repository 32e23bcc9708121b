"""Questionnaires made from another one by a few changes that are data: a space's own, the next national version."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
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


def edition(published: datetime) -> str:
    """The label of a version that came out at that time: the first of its year."""
    return f"{published.year}.1"


def before(national: Mapping[str, Any], helps: Mapping[str, Any]) -> dict[str, Any]:
    """The national document as it was with these helps, by question: before the laws that it cites now."""
    document = deepcopy(dict(national))
    for category in document["categories"]:
        for question in category["questions"]:
            if question["id"] in helps:
                question["help"] = helps[question["id"]]
    return document


def revised(national: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The national document's next version: titles and `points` by question, `weights` by category,
    the `reasons` of caps by the question that they look at, `questions` (added at the end) by category."""
    document = deepcopy(dict(national))
    document["caps"] = [_explained(cap, changes["reasons"]) for cap in document["caps"]]
    for category in document["categories"]:
        category["weight"] = changes["weights"].get(category["id"], category.get("weight", 1))
        for question in category["questions"]:
            question["title"] = changes["titles"].get(question.get("id"), question["title"])
            points = changes["points"].get(question.get("id"), {})
            for choice in question.get("choices", ()):
                choice |= {"points": points[choice["id"]]} if choice["id"] in points else {}
        category["questions"] += changes["questions"].get(category["id"], [])
    return document


def _explained(cap: Mapping[str, Any], reasons: Mapping[str, Any]) -> dict[str, Any]:
    reason = reasons.get(cap["if"].get("question"))
    return {**cap, "reason": reason} if reason is not None else dict(cap)


def _capped(cap: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {**cap, **changes[cap["if"]["question"]]}
