"""From rows of a workbook to a document: each part remembers its row; a wrong cell falls alone where its row can do
without it, with its row otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from assett.engine.document import Document
from assett.engine.reading import examine_document
from assett.formats.layout import ANSWERS, PROFILE_ANSWERS, TYPES
from assett.formats.reports import Place, Remark, Report, Unreadable
from assett.formats.telling import (
    BY_ROW,
    EMPTIED,
    FAULTY,
    IN_A_CELL,
    LEFT_OUT,
    MISPLACED,
    NO_ANSWER,
    NO_CATEGORY,
    NO_DEFAULT_LANGUAGE,
    NO_TEXT,
    ORDER,
    ORDER_OF_DAYS,
    OUT_OF_PLACE,
    OUT_OF_TYPE,
    REQUIRED,
)
from assett.kernel.errors import ROOT, Problem, item_path, key_path
from assett.kernel.text import N_, shown

_LAST = re.compile(r"(\.[^.\[\]]*|\[[0-9]+\]|^[^.\[\]]+)$")
Spot: TypeAlias = tuple[str, int, str]
"""What may fall: of a sheet and one of its rows, the cell of a key, or the row itself (no key)."""
OF_DRAFT: Final = N_("la valeur du brouillon est gardée")
_LENT: Final = "\0lent"
"""What the key of a cell ends with that stands for one that fell."""
MOST_ROUNDS: Final = 200
"""How often rows may fall because of rows that fell."""


class Node(dict[str, object]):
    """A mapping of a tree with its row: ``places`` of the keys it has, ``headings`` of those it could have, ``kept``
    of those that it can do without (see `layout.Column`); ``lacking`` is what is said where it has no answers to choose
    from, ``lent`` the keys that have another document's value in the place of a cell that fell."""

    def __init__(
        self, place: Place, headings: Mapping[str, str] | None = None, kept: Mapping[str, str] | None = None
    ) -> None:
        super().__init__()
        self.place = place
        self.places: dict[str, Place] = {}
        self.headings = headings or {}
        self.kept = dict(kept or {})
        self.lacking: Remark | None = None
        self.lent: set[str] = set()

    def spot(self, key: str) -> Spot:
        """What falls where the cell of a key is wrong."""
        return (self.place.sheet, self.place.row, lent(key) if key in self.lent else key)

    def lend(self, key: str, kept: str) -> None:
        """Have another document's value in the place of a cell that fell; ``kept`` is what holds without that too."""
        self.lent.add(key)
        self.kept[key] = kept

    def put(self, key: str, value: object, place: Place) -> None:
        """Give a value, which stands at a place, to a key; this may be nested once (``scale.max``)."""
        self.places[key] = place
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


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a place, and what falls for it."""

    spot: Spot
    remark: Remark


@dataclass(slots=True)
class Assembly:
    """A tree made of rows, what was already wrong with some of them, left out of it, and what was taken otherwise than
    it is written."""

    root: Node
    faults: list[Fault] = field(default_factory=list)
    notices: list[Remark] = field(default_factory=list)

    def fault(self, place: Place, template: str, /, **params: object) -> None:
        """Note why a row is left out."""
        self.faults.append(Fault((place.sheet, place.row, ""), Remark(place, template, params)))

    def notice(self, place: Place, template: str, /, **params: object) -> None:
        """Note what was taken otherwise than it is written."""
        self.notices.append(Remark(place, template, params))

    def spare(self, node: Node, key: str, place: Place, template: str, /, **params: object) -> None:
        """Note why a cell is left out of a row that can do without it."""
        self.faults.append(Fault(node.spot(key), Remark(place, template, params, node.kept[key])))


def assemble(build: Callable[[frozenset[Spot]], Assembly], report: Report) -> Document | None:
    """The document of some rows, without the cells and the rows that the format refuses.

    ``build`` makes the tree without what fell already; it is called until nothing falls any more.
    ``None`` where what is wrong belongs to no row that could be left out: ``report.problems`` then says what.
    """
    losses = _Losses()
    for _ in range(MOST_ROUNDS):
        assembly = build(losses.fallen)
        places: dict[str, tuple[Place, Node, str]] = {}
        _locate(assembly.root, "", assembly.root, places)
        document, problems = examine_document(assembly.root)
        faults = [*assembly.faults, *(fault for problem in problems for fault in _told(problem, places))]
        top = (assembly.root.place.sheet, assembly.root.place.row, "")
        report.problems += [fault.remark for fault in faults if not fault.spot[1] or fault.spot == top]
        if report.problems:
            # What fell before may be why: a questionnaire all of whose categories were refused.
            report.problems += losses.refused
            return None
        if not losses.take(faults):
            report.dropped += losses.dropped()
            report.refused += losses.refused
            for remark in assembly.notices:
                report.notice(remark.place, remark.template, **remark.params)
            # What is refused for an error is not taken for empty.
            faulty = {remark.place for remark in (*report.dropped, *report.refused) if remark.template == FAULTY}
            report.notices = [each for each in report.notices if each.template != EMPTIED or each.place not in faulty]
            return document
    raise Unreadable(N_("trop de lignes dépendent de lignes refusées ; corrigez d’abord celles-ci"))


def lent(key: str) -> str:
    """The key of the cell that stands for one that fell, which may fall in its turn."""
    return key + _LENT


class _Losses:
    """What fell, round after round, and what is said of it."""

    def __init__(self) -> None:
        self.cells: dict[Spot, Remark] = {}
        self.rows: set[Spot] = set()
        self.refused: list[Remark] = []

    @property
    def fallen(self) -> frozenset[Spot]:
        return frozenset((*self.cells, *self.rows))

    def dropped(self) -> list[Remark]:
        """Of the cells that fell alone: what holds is what does after the one that stood for it fell too."""
        return [
            replace(remark, kept=self.cells[second].kept) if (second := _second(spot)) in self.cells else remark
            for spot, remark in self.cells.items()
            if _row(spot) not in self.rows and not spot[2].endswith(_LENT)
        ]

    def take(self, faults: Iterable[Fault]) -> bool:
        """Let fall what these faults are about; whether anything did."""
        before, there = self.fallen, [fault for fault in faults if _row(fault.spot) not in self.rows]
        for fault in there:
            if fault.spot != _row(fault.spot):
                self.cells.setdefault(fault.spot, fault.remark)
        for fault in there:
            if fault.spot == _row(fault.spot):
                self._lose(fault)
        return self.fallen != before

    def _lose(self, fault: Fault) -> None:
        """Let a row fall, and its cells with it: what was wrong with them may be why."""
        if fault.spot not in self.rows:
            self.rows.add(fault.spot)
            self.refused += [replace(told, kept="") for spot, told in self.cells.items() if _row(spot) == fault.spot]
        place = fault.remark.place
        if not place.column or all(remark.place != place for remark in self.refused):
            self.refused.append(fault.remark)


def _row(spot: Spot) -> Spot:
    return (spot[0], spot[1], "")


def _second(spot: Spot) -> Spot:
    """The cell that stands for one that fell."""
    return (spot[0], spot[1], lent(spot[2]))


def _locate(value: object, path: str, holder: Node, places: dict[str, tuple[Place, Node, str]]) -> None:
    """Note the place of every path that has one, with its row and the key there."""
    if isinstance(value, Node):
        holder = value
        places[path] = (value.place, value, "")
        for key, place in value.places.items():
            places[_join(path, key)] = (place, value, key)
    if isinstance(value, Mapping):
        for key, part in value.items():
            _locate(part, key_path(path, key), holder, places)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _locate(item, item_path(path, index), holder, places)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _told(problem: Problem, places: Mapping[str, tuple[Place, Node, str]]) -> list[Fault]:
    """A problem of the tree, said of the cells or of the row that it comes from, in their words."""
    path = "" if problem.path == ROOT else problem.path
    while path not in places:
        shorter = _LAST.sub("", path)
        path = shorter if shorter != path else ""
    place, node, known = places[path]
    key = "" if problem.path == ROOT else problem.path[len(path) :].lstrip(".")
    if problem.template in MISPLACED:
        strange = [known] if known else [each for each in node.places if each.partition(".")[0] == key]
        if strange:
            return [_out_of_place(node, each) for each in strange]
    template, params = _worded(problem, node, key, places)
    if not place.column:
        heading = node.headings.get(key)
        if heading is not None:
            place = Place(place.sheet, place.row, heading)
        elif key and template == problem.template:
            template, params = "%(key)s\u00a0: %(message)s", {"key": key, "message": problem.message}
    kept = node.kept.get(known, "")
    spot = node.spot(known) if kept else (place.sheet, place.row, "")
    return [Fault(spot, Remark(place, template, params, kept))]


def _out_of_place(node: Node, key: str) -> Fault:
    """A cell that says nothing where it is: it falls alone, whatever its column."""
    place, word = node.places[key], TYPES.get(str(node.get("type")))
    template, params = (OUT_OF_TYPE, {"type": shown(word)}) if word else (OUT_OF_PLACE, {})
    return Fault(node.spot(key), Remark(place, template, params, LEFT_OUT))


def _worded(
    problem: Problem, node: Node, key: str, places: Mapping[str, tuple[Place, Node, str]]
) -> tuple[str, Mapping[str, object]]:
    """A problem in the words of the sheets; ``key`` is what its path has beyond the row or the cell."""
    if problem.template in BY_ROW:
        other = str(problem.params.get("other"))
        place, _, _ = places.get("" if other == ROOT else other, places[""])
        return BY_ROW[problem.template], {**problem.params, "row": place.row}
    if problem.template == ORDER and problem.params.get("max") == "valid_until":
        return ORDER_OF_DAYS, {}
    if problem.template == NO_DEFAULT_LANGUAGE and key:
        return NO_TEXT, {"language": shown(key)}
    if problem.template == REQUIRED and key == "categories":
        return NO_CATEGORY, {}
    if problem.template == REQUIRED and key == "choices":
        if node.lacking is not None:
            return node.lacking.template, node.lacking.params
        title = node.get("title", node.get("id", ""))
        title = next(iter(title.values()), "") if isinstance(title, Mapping) else title
        kind = TYPES.get(str(node.get("type")), "")
        sheet = PROFILE_ANSWERS.sheet if "source" in node.headings else ANSWERS.sheet
        return NO_ANSWER, {
            "title": shown(str(title)), "type": kind, "id": shown(str(node.get("id"))), "sheet": shown(sheet)
        }  # fmt: skip
    return IN_A_CELL.get(problem.template, problem.template), problem.params
