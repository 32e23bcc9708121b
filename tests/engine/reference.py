"""The score once more, as slowly and plainly as the text of the format says it.

It works on trees and raw answers (right ones, of today's ids) with fractions only and
shares nothing with the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

Tree = Mapping[str, Any]


def fraction(number: Any) -> Fraction:
    return Fraction(str(number))


def holds(condition: Tree, visible: Tree, facts: Tree) -> bool:
    if "all" in condition:
        return all(holds(each, visible, facts) for each in condition["all"])
    if "any" in condition:
        return any(holds(each, visible, facts) for each in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], visible, facts)
    value = facts.get(condition["profile"]) if "profile" in condition else visible.get(condition["question"])
    if value is None or value == "n/a":
        return False
    if "is" in condition:
        wanted = condition["is"] if isinstance(condition["is"], list) else [condition["is"]]
        if isinstance(value, list):
            return any(each in wanted for each in value)
        return any(type(each) is type(value) and each == value for each in wanted)
    if value == "?":
        return False
    if "at_least" in condition and fraction(value) < fraction(condition["at_least"]):
        return False
    return not ("at_most" in condition and fraction(value) > fraction(condition["at_most"]))


def most(question: Tree) -> Fraction | None:
    """m, or None for what is not scored."""
    kind = question["type"]
    if question.get("scored") is False or kind in ("text", "date", "info"):
        return None
    if kind in ("single", "multiple"):
        choices = question["choices"]
        if not any("points" in choice for choice in choices):
            return None
        points = [fraction(choice.get("points", 0)) for choice in choices]
        if kind == "single":
            return max(points)
        if "max_points" in question:
            return fraction(question["max_points"])
        shared = sum((p for p, c in zip(points, choices, strict=True) if p > 0 and not c.get("exclusive")), Fraction(0))
        return max([shared] + [p for p, c in zip(points, choices, strict=True) if c.get("exclusive")])
    if kind == "boolean":
        return max(fraction(question.get("points", 1)), fraction(question.get("points_false", 0)))
    if kind == "scale":
        return fraction(question.get("max_points", question["max"] - question.get("min", 0)))
    if "linear" in question:
        return fraction(question["linear"]["max_points"])
    if "bands" in question:
        return max(fraction(band["points"]) for band in question["bands"])
    return None


def earned(question: Tree, value: Any) -> Fraction:
    """p, for a question that is scored and has an answer."""
    best = most(question)
    assert best is not None
    if value == "?":
        return Fraction(0)
    kind = question["type"]
    if kind in ("single", "multiple"):
        points = {choice["id"]: fraction(choice.get("points", 0)) for choice in question["choices"]}
        if kind == "single":
            return points[value]
        return min(max(sum((points[each] for each in value), Fraction(0)), Fraction(0)), best)
    if kind == "boolean":
        return fraction(question.get("points", 1) if value else question.get("points_false", 0))
    if kind == "scale":
        low = question.get("min", 0)
        return best * (fraction(value) - low) / (question["max"] - low)
    if "linear" in question:
        zero, full = fraction(question["linear"]["zero"]), fraction(question["linear"]["full"])
        return min(max(best * (fraction(value) - zero) / (full - zero), Fraction(0)), best)
    last = Fraction(0)
    for band in question["bands"]:
        if "from" not in band or fraction(band["from"]) <= fraction(value):
            last = fraction(band["points"])
    return last


def capped(ratio: Fraction, caps: list[Tree], visible: Tree, facts: Tree) -> Fraction:
    for cap in caps:
        if holds(cap["if"], visible, facts):
            ratio = min(ratio, fraction(cap["max"]))
    return ratio


def level(ratio: Fraction | None, levels: list[Tree]) -> str | None:
    if ratio is None:
        return None
    return [str(each["id"]) for each in levels if fraction(each["from"]) <= ratio][-1]


def reference(document: Tree, payload: Tree, provisional: bool) -> dict[str, Any]:
    """Ratios and levels, overall and by visible category, and progress."""
    answers = {name: value for name, value in payload["answers"].items() if value is not None}
    facts: dict[str, Any] = {}
    for entry in document.get("profile", []):
        value = payload["profile"].get(entry["id"])
        if "visible_if" in entry and not holds(entry["visible_if"], {}, facts):
            continue
        if value not in (None, "n/a", "?"):
            facts[entry["id"]] = value
    visible: dict[str, Any] = {}
    shown: list[tuple[Tree, list[Tree]]] = []
    for category in document["categories"]:
        if "visible_if" in category and not holds(category["visible_if"], visible, facts):
            continue
        questions = []
        for question in category["questions"]:
            if "visible_if" in question and not holds(question["visible_if"], visible, facts):
                continue
            questions.append(question)
            if question["id"] in answers:
                visible[question["id"]] = answers[question["id"]]
        shown.append((category, questions))
    result: dict[str, Any] = {"categories": {}, "earned": {}}
    total = weights = Fraction(0)
    for category, questions in shown:
        num = den = seen = not_applicable = Fraction(0)
        for question in questions:
            best = most(question)
            if best is None:
                continue
            weight = fraction(question.get("weight", 1))
            seen += weight * best
            value = visible.get(question["id"])
            if value == "n/a":
                not_applicable += weight * best
            elif value is not None:
                num += weight * earned(question, value)
                den += weight * best
            elif not provisional:
                den += weight * best
        ratio: Fraction | None = None
        if den and not_applicable <= fraction(category.get("max_na", 1)) * seen:
            ratio = capped(min(max(num / den, Fraction(0)), Fraction(1)), category.get("caps", []), visible, facts)
            total += fraction(category.get("weight", 1)) * ratio
            weights += fraction(category.get("weight", 1))
        grid = category.get("levels") or document["levels"]
        result["categories"][category["id"]] = (ratio, level(ratio, grid), num, den)
    overall = capped(total / weights, document.get("caps", []), visible, facts) if weights else None
    result["overall"] = (overall, level(overall, document["levels"]))
    required = [
        question["id"]
        for _, questions in shown
        for question in questions
        if question.get("required", most(question) is not None)
    ]
    done = [name for name in required if name in visible]
    result["progress"] = Fraction(len(done), len(required)) if required else Fraction(1)
    result["unclear"] = [q["id"] for _, questions in shown for q in questions if visible.get(q["id"]) == "?"]
    return result
