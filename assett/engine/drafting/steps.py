"""Steps: what one act of writing changed, so that it can be undone, shown, and told apart from a colleague's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assett.engine.drafting.pieces import Address, Outline, Parts

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
    """A piece that two people changed: what comes out, and the keys that they changed differently (dotted; there
    ``piece`` holds mine)."""

    piece: dict[str, Any]
    conflicts: tuple[str, ...]


def merged(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> Merged:
    """Merge two versions of a piece key by key; lists of things with ids, thing by thing."""
    conflicts: list[str] = []
    piece = _merged(base, theirs, mine, "", conflicts)
    return Merged(piece, tuple(conflicts))


def contested(theirs: Mapping[str, Any], mine: Mapping[str, Any], conflicts: Iterable[str]) -> dict[str, Any]:
    """Their version of a piece with mine in the places of ``conflicts`` alone: what there is to choose between."""
    found: Any = theirs
    for key in conflicts:
        found = _put(found, mine, key.split("."))
    return dict(found)


def _put(theirs: Any, mine: Any, way: Sequence[str]) -> Any:
    if not way:
        return mine
    step, *rest = way
    if isinstance(theirs, Mapping) and isinstance(mine, Mapping):
        value = _put(theirs.get(step, _ABSENT), mine.get(step, _ABSENT), rest)
        return {key: each for key, each in {**theirs, step: value}.items() if each is not _ABSENT}
    named, own = _by_id(theirs), _by_id(mine)
    if named and own and step in named and step in own:
        return [_put(thing, own[step], rest) if name == step else thing for name, thing in named.items()]
    return mine


def _merged(base: Any, theirs: Any, mine: Any, path: str, conflicts: list[str]) -> Any:
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    if isinstance(theirs, Mapping) and isinstance(mine, Mapping):
        return _merged_keys(base if isinstance(base, Mapping) else {}, theirs, mine, path, conflicts)
    named = [_by_id(each) for each in (base, theirs, mine)]
    if all(each is not None for each in named):
        before, other, own = (each or {} for each in named)
        if list(other) == list(own) or list(other) == list(before) or list(own) == list(before):
            return _merged_things(before, other, own, path, conflicts)
    conflicts.append(path)
    return mine


def _merged_keys(
    base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any], path: str, conflicts: list[str]
) -> dict[str, Any]:
    keys = [*mine, *(key for key in theirs if key not in mine)]
    found = {}
    for key in keys:
        where = f"{path}.{key}" if path else key
        value = _merged(base.get(key, _ABSENT), theirs.get(key, _ABSENT), mine.get(key, _ABSENT), where, conflicts)
        if value is not _ABSENT:
            found[key] = value
    return found


def _by_id(things: Any) -> dict[str, Any] | None:
    """A list of things with ids, by id; None for anything else."""
    if things is _ABSENT:
        return {}
    if not isinstance(things, Sequence) or isinstance(things, str):
        return None
    if not all(isinstance(thing, Mapping) and "id" in thing for thing in things):
        return None
    return {thing["id"]: thing for thing in things}


def _merged_things(
    base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any], path: str, conflicts: list[str]
) -> list[Any]:
    """Things whose order only one of the two changed: theirs if it is they."""
    order = list(theirs) if list(mine) == list(base) else list(mine)
    found = []
    for place, name in enumerate(order):
        where = f"{path}.{place}"
        value = _merged(base.get(name, _ABSENT), theirs.get(name, _ABSENT), mine.get(name, _ABSENT), where, conflicts)
        if value is not _ABSENT:
            found.append(value)
    return found
