"""Small questionnaires to arrange tests with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assett.engine.answers import Answers, read_answers
from assett.engine.compiled import Compiled, compile_document
from assett.engine.reading import read_document
from assett.engine.score import Result, score

Tree = dict[str, Any]


def single(name: str, *points: object, **more: object) -> Tree:
    """A ``single`` whose choices c0, c1, … earn these points."""
    choices = [{"id": f"c{n}", "label": f"Choix {n}", "points": p} for n, p in enumerate(points)]
    return {"id": name, "type": "single", "title": name, "choices": choices, **more}


def multiple(name: str, *points: object, **more: object) -> Tree:
    """A ``multiple`` whose choices c0, c1, … earn these points."""
    return {**single(name, *points), "type": "multiple", **more}


def question(name: str, kind: str, **more: object) -> Tree:
    """A question of any type."""
    return {"id": name, "type": kind, "title": name, **more}


def category(name: str, *questions: Tree, **more: object) -> Tree:
    """A category."""
    return {"id": name, "title": name, "questions": list(questions), **more}


LEVELS: list[Tree] = [
    {"id": "low", "from": 0, "label": "Bas"},
    {"id": "high", "from": 0.5, "label": "Haut"},
]


def document(*categories: Tree, **more: object) -> Tree:
    """A questionnaire in French on a scale of 5."""
    return {
        "format": 1,
        "id": "essai",
        "title": "Essai",
        "languages": ["fr"],
        "levels": LEVELS,
        "categories": list(categories),
        **more,
    }


def compiled(*categories: Tree, **more: object) -> Compiled:
    """A questionnaire ready to be scored."""
    return compile_document(read_document(document(*categories, **more)))


def answered(ready: Compiled, answers: Mapping[str, object], profile: Mapping[str, object] | None = None) -> Answers:
    """Answers that were read."""
    return read_answers(ready, {"answers": answers, "profile": profile or {}})


def scored(
    ready: Compiled,
    answers: Mapping[str, object],
    profile: Mapping[str, object] | None = None,
    provisional: bool = False,
) -> Result:
    """The result of answers."""
    return score(ready, answered(ready, answers, profile), provisional=provisional)
