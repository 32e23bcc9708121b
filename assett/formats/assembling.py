"""From rows of a workbook to a document: each part remembers its row, and a wrong row falls alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from assett.engine.document import Document
from assett.engine.reading import check_document, read_document
from assett.formats.reports import Place, Remark, Report, Row, Unreadable
from assett.kernel.errors import ROOT, Problem, item_path, key_path
from assett.kernel.text import N_

_LAST = re.compile(r"(\.[^.\[\]]*|\[[0-9]+\]|^[^.\[\]]+)$")
MOST_ROUNDS: Final = 200
"""How often rows may fall because of rows that fell."""


class Node(dict[str, object]):
    """A mapping of a tree with its row: ``places`` of the keys it has, ``headings`` of those it could have."""

    def __init__(self, place: Place, headings: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.place = place
        self.places: dict[str, Place] = {}
        self.headings = headings or {}

    def put(self, key: str, value: object, heading: str) -> None:
        """Give a value to a key, which may be nested once (``scale.max``)."""
        self.places[key] = Place(self.place.sheet, self.place.row, heading)
        outer, _, inner = key.partition(".")
        if not inner:
            self[outer] = value
            return
        held = self.setdefault(outer, {})
        assert isinstance(held, dict)
        held[inner] = value

    def append(self, key: str, item: object) -> None:
        """Add an item to the list of a key."""
        items = self.setdefault(key, [])
        assert isinstance(items, list)
        items.append(item)


@dataclass(slots=True)
class Assembly:
    """A tree made of rows, and what was already wrong with some of them, left out of it."""

    root: Node
    faults: list[Remark] = field(default_factory=list)

    def fault(self, place: Place, template: str, /, **params: object) -> None:
        """Note why a row is left out."""
        self.faults.append(Remark(place, template, params))


def assemble(build: Callable[[frozenset[Row]], Assembly], report: Report) -> Document | None:
    """The document of some rows, without those that the format refuses.

    ``build`` makes the tree without the rows that fell already; it is called until none falls any more.
    ``None`` where what is wrong belongs to no row that could be left out: ``report.problems`` then says what.
    """
    fallen: frozenset[Row] = frozenset()
    for _ in range(MOST_ROUNDS):
        assembly = build(fallen)
        faults = list(assembly.faults)
        places: dict[str, tuple[Place, Node]] = {}
        _locate(assembly.root, "", assembly.root, places)
        for problem in check_document(assembly.root):
            faults.append(_told(problem, places))
        falling: set[Row] = set()
        top = (assembly.root.place.sheet, assembly.root.place.row)
        for remark in faults:
            row = (remark.place.sheet, remark.place.row)
            if not remark.place.row or row == top:
                report.problems.append(remark)
            elif row not in fallen:
                falling.add(row)
                report.refused.append(remark)
        if report.problems:
            return None
        if not falling:
            return read_document(assembly.root)
        fallen |= falling
    raise Unreadable(N_("trop de lignes dépendent de lignes refusées ; corrigez d’abord celles-ci"))


def _locate(value: object, path: str, holder: Node, places: dict[str, tuple[Place, Node]]) -> None:
    """Note the place of every path that has one."""
    if isinstance(value, Node):
        holder = value
        places[path] = (value.place, value)
        for key, place in value.places.items():
            places[_join(path, key)] = (place, value)
    if isinstance(value, Mapping):
        for key, part in value.items():
            _locate(part, key_path(path, key), holder, places)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _locate(item, item_path(path, index), holder, places)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _told(problem: Problem, places: Mapping[str, tuple[Place, Node]]) -> Remark:
    """A problem of the tree, said of the cell or the row that it comes from."""
    path = "" if problem.path == ROOT else problem.path
    while path not in places:
        shorter = _LAST.sub("", path)
        path = shorter if shorter != path else ""
    place, node = places[path]
    template, params = problem.template, dict(problem.params)
    if not place.column:
        key = problem.path[len(path) :].lstrip(".")
        heading = node.headings.get(key)
        if heading is not None:
            place = Place(place.sheet, place.row, heading)
        elif key and problem.path != ROOT:
            template, params = "%(key)s\u00a0: %(message)s", {"key": key, "message": problem.message}
    return Remark(place, template, params)
