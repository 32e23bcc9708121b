"""Steps: what one act of writing changed, so that it can be undone, shown, and told apart from a colleague's."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assett.engine.drafting.asking import TYPE, with_type
from assett.engine.drafting.pieces import Address, Outline, Parts, free_id

_ABSENT = object()


class Overtaken(Exception):
    """A step cannot be undone as it was: these pieces (``outline`` for the order) were changed again since."""

    def __init__(self, addresses: Iterable[Address]) -> None:
        self.addresses = tuple(addresses)
        super().__init__(", ".join(self.addresses))


@dataclass(frozen=True, slots=True)
class Step:
    """Pieces before and after (None: not there), and the outline where it changed."""

    pieces: Mapping[Address, tuple[Any, Any]] = field(default_factory=dict)
    outline: tuple[Outline, Outline] | None = None

    def __bool__(self) -> bool:
        return bool(self.pieces) or self.outline is not None

    @property
    def reversed(self) -> Step:
        """The step that takes this one back."""
        turned = {address: (after, before) for address, (before, after) in self.pieces.items()}
        return Step(turned, (self.outline[1], self.outline[0]) if self.outline else None)

    def as_json(self) -> dict[str, Any]:
        """As it is stored: ``{"pieces": {address: [before, after]}, "outline": [before, after]}``."""
        raw: dict[str, Any] = {"pieces": {address: list(pair) for address, pair in self.pieces.items()}}
        if self.outline is not None:
            raw["outline"] = [each.as_json() for each in self.outline]
        return raw

    @classmethod
    def of_json(cls, raw: Mapping[str, Any]) -> Step:
        outline = raw.get("outline")
        return cls(
            {address: (before, after) for address, (before, after) in raw["pieces"].items()},
            (Outline.of_json(outline[0]), Outline.of_json(outline[1])) if outline else None,
        )


def step_between(before: Parts, after: Parts) -> Step:
    """What changed from one state to another."""
    addresses = [*before.pieces, *(address for address in after.pieces if address not in before.pieces)]
    changed = {
        address: pair
        for address in addresses
        if (pair := (before.pieces.get(address), after.pieces.get(address)))[0] != pair[1]
    }
    moved = (before.outline, after.outline) if before.outline != after.outline else None
    return Step(changed, moved)


def applied(parts: Parts, step: Step) -> Parts:
    """The state after a step. Raises :class:`Overtaken` where the state is not the one that the step starts from."""
    overtaken = [address for address, (before, _) in step.pieces.items() if parts.pieces.get(address) != before]
    if step.outline is not None and parts.outline != step.outline[0]:
        overtaken.append("outline")
    if overtaken:
        raise Overtaken(overtaken)
    pieces = dict(parts.pieces)
    for address, (_, after) in step.pieces.items():
        if after is None:
            pieces.pop(address, None)
        else:
            pieces[address] = after
    return Parts(pieces, step.outline[1] if step.outline else parts.outline)


def joined(first: Step, second: Step) -> Step:
    """Two steps in a row as one."""
    pieces = dict(first.pieces)
    for address, (before, after) in second.pieces.items():
        pieces[address] = (pieces[address][0] if address in pieces else before, after)
    pieces = {address: pair for address, pair in pieces.items() if pair[0] != pair[1]}
    if first.outline and second.outline:
        outline = (first.outline[0], second.outline[1])
        return Step(pieces, outline if outline[0] != outline[1] else None)
    return Step(pieces, first.outline or second.outline)


def runs(steps: Iterable[Step]) -> list[Step]:
    """Steps one after the other, those joined that go on from where the one before left their pieces."""
    found: list[Step] = []
    for step in steps:
        known = found[-1].pieces if found else {}
        if found and all(address in known and known[address][1] == pair[0] for address, pair in step.pieces.items()):
            found[-1] = joined(found[-1], step)
        else:
            found.append(step)
    return found


@dataclass(frozen=True, slots=True)
class Merged:
    """A piece that two people changed: what comes out with mine where they changed the same thing differently
    (`conflicts`, dotted, things by their id), and with theirs there. All the rest is in both."""

    piece: dict[str, Any]
    theirs: dict[str, Any]
    conflicts: tuple[str, ...]


def merged(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> Merged:
    """Merge two versions of a piece key by key; lists of things with ids, thing by thing.

    A thing that one removed and the other changed is a conflict too: the words of neither go in silence. A question
    that one gave another type has it with all that goes with it, or has the other's.
    """
    own, other = _Merge(lambda _: True), _Merge(lambda _: False)
    return Merged(own.piece(base, theirs, mine), other.piece(base, theirs, mine), tuple(own.conflicts))


def chosen(
    base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any], paths: Container[str]
) -> dict[str, Any]:
    """The merge of two versions with mine at these of its conflicts, and with theirs at the others."""
    return _Merge(lambda path: path in paths).piece(base, theirs, mine)


def merged_order(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> tuple[list[str], bool]:
    """All the names of two sides in the order of whoever changed it, theirs where both did; and whether both did."""
    merge = _Merge(lambda _: False)
    first, second, third = (dict.fromkeys(side) for side in (base, theirs, mine))
    order = merge.order(first, second, third, "")
    return order, bool(merge.conflicts)


# What makes sense as a whole alone: half of one condition and half of another are none, of two types neither.
_WHOLE = ("visible_if", "if", TYPE)


class _Merge:
    """One way of merging: with mine, or theirs, at each place where both changed the same thing."""

    def __init__(self, keeps_mine: Callable[[str], bool]) -> None:
        self.keeps_mine = keeps_mine
        self.conflicts: list[str] = []

    def piece(self, base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> dict[str, Any]:
        if theirs.get(TYPE) == mine.get(TYPE):
            return self.keys(base, theirs, mine, "")
        whole = with_type(theirs.get(TYPE), mine.get(TYPE))
        asked, rest = (tuple(_of(each, whole, there) for each in (base, theirs, mine)) for there in (True, False))
        before, other, own = rest
        return {**self.keys(before, other, own, ""), **self._value(*asked, path=TYPE)}

    def keys(
        self, base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any], path: str
    ) -> dict[str, Any]:
        found = {}
        for key in [*mine, *(key for key in theirs if key not in mine)]:
            sides = (each.get(key, _ABSENT) for each in (base, theirs, mine))
            value = self._value(*sides, path=f"{path}.{key}" if path else key)
            if value is not _ABSENT:
                found[key] = value
        return found

    def _value(self, base: Any, theirs: Any, mine: Any, *, path: str) -> Any:
        base, theirs, mine = _in_languages(base, theirs, mine)
        if mine == theirs or theirs == base:
            return mine
        if mine == base:
            return theirs
        if path.rpartition(".")[2] not in _WHOLE:
            if isinstance(theirs, Mapping) and isinstance(mine, Mapping):
                return self.keys(base if isinstance(base, Mapping) else {}, theirs, mine, path)
            before, other, own = ({} if base is _ABSENT else _by_id(base)), _by_id(theirs), _by_id(mine)
            if before is not None and other is not None and own is not None:
                return self._things(before, other, _called_apart(before, other, own), path)
        return self._either(theirs, mine, path)

    def _either(self, theirs: Any, mine: Any, path: str) -> Any:
        self.conflicts.append(path)
        return mine if self.keeps_mine(path) else theirs

    def _things(
        self, base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any], path: str
    ) -> list[Any]:
        found = []
        for name in self.order(base, theirs, mine, path):
            sides = (each.get(name, _ABSENT) for each in (base, theirs, mine))
            value = self._value(*sides, path=f"{path}.{name}")
            if value is not _ABSENT:
                found.append(value)
        return found

    def order(
        self, base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any], path: str
    ) -> list[str]:
        """The order of whoever changed it, with what only the other has where it stood there."""
        before, other, own = (
            [name for name in each if name in base and name in theirs and name in mine] for each in (base, theirs, mine)
        )
        if other in (own, before):
            lead = mine
        elif own == before:
            lead = theirs
        else:
            lead = self._either(theirs, mine, path)
        order = list(lead)
        for side in (theirs, mine):
            last = None
            for name in side:
                if name not in order:
                    order.insert(order.index(last) + 1 if last is not None else 0, name)
                last = name
        return order


def _of(piece: Mapping[str, Any], keys: Container[str], there: bool) -> dict[str, Any]:
    """What a piece has under some keys, or under all others."""
    return {key: value for key, value in piece.items() if (key in keys) is there}


def _in_languages(base: Any, *sides: Any) -> tuple[Any, ...]:
    """A text in one language that one side has translated meanwhile: with those translations on every side."""
    translated = next((each for each in sides if isinstance(each, Mapping)), {})
    first = next((language for language, words in translated.items() if words == base), None)
    if not isinstance(base, str) or first is None:
        return (base, *sides)
    return tuple({**translated, first: each} if isinstance(each, str) else each for each in (base, *sides))


def _by_id(things: Any) -> dict[str, Any] | None:
    """A list of things with ids, by id; None for anything else."""
    if not isinstance(things, Sequence) or isinstance(things, str):
        return None
    if not all(isinstance(thing, Mapping) and "id" in thing for thing in things):
        return None
    return {thing["id"]: thing for thing in things}


def _called_apart(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> dict[str, Any]:
    """Mine, where what both added under one id are two things: each has its own."""
    found: dict[str, Any] = {}
    for name, thing in mine.items():
        added = [each for each in theirs if each not in base]
        if name in base or name not in added:
            found[name] = thing
            continue
        same = next((each for each in added if each not in found and {**theirs[each], "id": name} == thing), None)
        called = same or free_id(name, {*theirs, *mine, *found})
        found[called] = {**thing, "id": called}
    return found
