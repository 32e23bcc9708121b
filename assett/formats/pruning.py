"""From a tree of YAML or JSON to a document: a wrong value falls alone where the rest can do without it, with its
question, its entry, its resource, its cap or its category otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import replace
from typing import Any, Final

from assett.engine.document import Document
from assett.engine.reading import examine_document
from assett.formats.assembling import MOST_ROUNDS
from assett.formats.layout import (
    ANSWERS,
    CAPS,
    CATEGORIES,
    LEVELS,
    PROFILE,
    PROFILE_ANSWERS,
    QUESTIONNAIRE,
    QUESTIONS,
    RESOURCES,
    Table,
)
from assett.formats.reports import Place, Remark, Report, Unreadable
from assett.formats.trees import Loaded
from assett.kernel.errors import InvalidDocument, Problem, item_path, key_path
from assett.kernel.text import N_

# What falls with what it cannot do without.
_FALLING = re.compile(
    r"(?:categories\[[0-9]+\](?:\.(?:questions|caps)\[[0-9]+\])?|(?:profile|resources|caps)\[[0-9]+\])"
)
_ITEM = r"\[[0-9]+\]"
_HOLDERS: Final[tuple[tuple[re.Pattern[str], Table], ...]] = tuple(
    (re.compile(pattern.replace("[]", _ITEM) + r"\.([^.\[\]]+)"), table)
    for pattern, table in (
        (r"categories[]\.questions[]\.choices[]", ANSWERS),
        (r"categories[]\.questions[]", QUESTIONS),
        (r"categories[]\.levels[]", LEVELS),
        (r"categories[]\.caps[]", CAPS),
        (r"categories[]", CATEGORIES),
        (r"profile[]\.choices[]", PROFILE_ANSWERS),
        (r"profile[]", PROFILE),
        (r"resources[]", RESOURCES),
        (r"levels[]", LEVELS),
        (r"caps[]", CAPS),
        (r"scale", QUESTIONNAIRE),
    )
)
# Keys that hold more than a cell does.
_PARTS: Final = {"questions", "levels", "caps", "choices", "bands", "labels", "linear"}
_NO_KEY: Final = N_("cette clé est laissée de côté")


def sound_document(loaded: Loaded, report: Report) -> Document:
    """The document of a tree, without what is wrong in it: each loss is told with its line.

    Raises :class:`InvalidDocument` where what is wrong belongs to nothing that could be left out.
    """
    losses = _Losses()
    for _ in range(MOST_ROUNDS):
        tree, places = _without(loaded.tree, losses.paths)
        document, problems = examine_document(tree)
        if not problems:
            losses.tell(loaded, report)
            return document
        for problem in problems:
            if not losses.take(problem, places):
                raise InvalidDocument(loaded.locate(problems))
    raise Unreadable(N_("trop de lignes dépendent de lignes refusées ; corrigez d’abord celles-ci"))


class _Losses:
    """What was left out of a tree, by its path in the file, and why."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[Problem, str]] = {}
        self.things: dict[str, list[Problem]] = {}

    @property
    def paths(self) -> set[str]:
        return {*self.values, *self.things}

    def take(self, problem: Problem, places: Mapping[str, str]) -> bool:
        """Leave out what a problem is about; whether there is something to leave out."""
        found = _FALLING.match(problem.path)
        path, kept = _spare(problem.path)
        if found is not None:
            before = places[found.group()]
            problem = replace(problem, path=before + problem.path[found.end() :])
            path = before + path[found.end() :]
        if kept and path not in self.values:
            self.values[path] = problem, kept
            return True
        if found is None:
            return False
        self.things.setdefault(before, []).append(problem)
        return True

    def tell(self, loaded: Loaded, report: Report) -> None:
        """Put every loss into the report, in the order of the file where it can be."""
        for path, (problem, kept) in self.values.items():
            if not any(_holds(thing, path) for thing in self.things):
                report.dropped.append(_remark(loaded, problem, kept))
        for thing, problems in self.things.items():
            why = [problem for path, (problem, _) in self.values.items() if _holds(thing, path)]
            report.refused += (_remark(loaded, each) for each in [*why, *(one for one in problems if one not in why)])
            for number in range(_questions(loaded.tree, thing)):
                path = f"{thing}.questions[{number}]"
                if path not in self.things:
                    lost = Problem(path, N_("la catégorie de cette question a été refusée"))
                    report.refused.append(_remark(loaded, lost))


def _remark(loaded: Loaded, problem: Problem, kept: str = "") -> Remark:
    place = Place(row=loaded.line(problem.path), path=problem.path)
    return Remark(place, problem.template, problem.params, kept)


def _holds(thing: str, path: str) -> bool:
    return path.startswith((f"{thing}.", f"{thing}["))


def _questions(tree: Any, thing: str) -> int:
    """How many questions a category has, told by its path; none of anything else."""
    found = re.fullmatch(r"categories\[([0-9]+)\]", thing)
    category = tree["categories"][int(found.group(1))] if found else None
    questions = category.get("questions") if isinstance(category, Mapping) else None
    return len(questions) if isinstance(questions, list) else 0


def _spare(path: str) -> tuple[str, str]:
    """The value at a path, or around it, that what holds it can do without, and what is kept instead; twice nothing
    where there is none."""
    for pattern, table in _HOLDERS:
        found = pattern.match(path)
        if found is None:
            continue
        key = found.group(1) if table is not QUESTIONNAIRE else found.group()
        known = {column.key.partition(".")[0] for column in table.columns} | _PARTS
        kept = table.kept.get(key, "") if key in table.kept or key in known else _NO_KEY
        return (found.group(), kept) if kept else ("", "")
    return "", ""


def _without(tree: Any, losses: Set[str]) -> tuple[Any, dict[str, str]]:
    """A tree without what was left out of it, and where each thing that may fall stood in the file."""
    places: dict[str, str] = {}

    def left(value: Any, before: str, now: str) -> Any:
        if isinstance(value, Mapping):
            kept = {}
            for key, part in value.items():
                path = key_path(before, key)
                if path not in losses:
                    kept[key] = left(part, path, key_path(now, key))
            if f"{before}.title" in losses and isinstance(value.get("id"), str):
                kept["title"] = value["id"]
            return kept
        if not isinstance(value, list):
            return value
        items: list[Any] = []
        for index, part in enumerate(value):
            path, new = item_path(before, index), item_path(now, len(items))
            if path not in losses:
                places[new] = path
                items.append(left(part, path, new))
        return items

    return left(tree, "", ""), places
