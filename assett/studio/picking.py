"""Conditions built by picking: a tree of lines and groups, as a form holds it and as the format writes it.

A condition's field names start with its place in the piece (``visible_if``, ``caps.0.if``); a group's lines follow as
``….0``, ``….1``. What is still incomplete stays in the draft, and the check says what it lacks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from werkzeug.datastructures import MultiDict

from assett.studio.texts import number_typed, place_typed, show_number

Mode: TypeAlias = Literal["all", "any"]
Fields: TypeAlias = "MultiDict[str, str]"


@dataclass(frozen=True, slots=True)
class Line:
    """« La question X vaut A ou B », « au moins 3 »; `of` is ``question/ID`` or ``profile/ID``, empty until picked."""

    of: str = ""
    values: tuple[str, ...] = ()
    at_least: Any = None
    at_most: Any = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Several lines of which all, or any, must hold."""

    mode: Mode = "all"
    items: tuple[Item, ...] = ()
    negated: bool = False


Item: TypeAlias = "Line | Group"


def picked(raw: Any) -> Group:
    """A condition of the format, as a group; a lone line stands in a group of its own."""
    item = _item(raw)
    if isinstance(item, Group):
        return item
    return Group(items=() if item is None else (item,))


def _item(raw: Any, negated: bool = False) -> Item | None:
    if not isinstance(raw, Mapping):
        return None
    if "not" in raw:
        return _item(raw["not"], not negated)
    for mode in ("all", "any"):
        if mode in raw:
            inner = raw[mode] if isinstance(raw[mode], Sequence) else ()
            items = tuple(each for each in map(_item, inner) if each is not None)
            return Group("all" if mode == "all" else "any", items, negated)
    kind = "profile" if "profile" in raw else "question"
    values = raw.get("is", ())
    if not isinstance(values, Sequence) or isinstance(values, str):
        values = (values,)
    name = raw.get(kind) or ""
    return Line(
        of=f"{kind}/{name}" if name else "",
        values=tuple(_word(value) for value in values),
        at_least=raw.get("at_least"),
        at_most=raw.get("at_most"),
        negated=negated,
    )


def _word(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def written(group: Group, types: Mapping[str, str]) -> Any:
    """The condition in the format; None where there is no line. `types` gives the type of each ``question/ID``."""
    if not group.items:
        return None
    if len(group.items) == 1 and isinstance(group.items[0], Line):
        line = group.items[0]
        return _line(replace(line, negated=line.negated != group.negated), types)
    return _group(group, types)


def _group(group: Group, types: Mapping[str, str]) -> Any:
    inner = [_line(each, types) if isinstance(each, Line) else _group(each, types) for each in group.items]
    raw = {group.mode: inner}
    return {"not": raw} if group.negated else raw


def _line(line: Line, types: Mapping[str, str]) -> Any:
    kind, _, name = line.of.partition("/")
    raw: dict[str, Any] = {kind or "question": name}
    if line.at_least is not None or line.at_most is not None:
        raw |= {key: value for key in ("at_least", "at_most") if (value := getattr(line, key)) is not None}
    else:
        values = [_value(word, types.get(line.of)) for word in line.values]
        raw["is"] = values[0] if len(values) == 1 else values
    return {"not": raw} if line.negated else raw


def _value(word: str, question_type: str | None) -> Any:
    """A picked word as the format writes it for a type of question."""
    if word == "?":
        return word
    if question_type == "boolean":
        return {"true": True, "false": False}.get(word, word)
    return number_typed(word) if question_type in {"scale", "number"} else word


def same(one: Group, other: Group) -> bool:
    """Whether two groups say the same, whatever the order of the answers that a line picks."""
    return _ordered(one) == _ordered(other)


def _ordered(item: Item) -> Item:
    if isinstance(item, Line):
        return replace(item, values=tuple(sorted(item.values)))
    return replace(item, items=tuple(_ordered(each) for each in item.items))


def from_fields(fields: Fields, place: str) -> Group:
    """The group whose fields start with `place`."""
    mode: Mode = "any" if fields.get(f"{place}.mode") == "any" else "all"
    items: list[Item] = []
    for number in _numbers(fields, place):
        here = f"{place}.{number}"
        if f"{here}.kept" in fields:
            kept = restored(fields[f"{here}.kept"])
            items += [] if kept is None else [kept]
        else:
            items.append(from_fields(fields, here) if f"{here}.mode" in fields else _line_from(fields, here))
    return Group(mode, tuple(items), f"{place}.not" in fields)


def kept(item: Item) -> str:
    """A group that lies too deep to be picked, as a hidden field holds it."""
    return json.dumps(_as_json(item), ensure_ascii=False)


def _as_json(item: Item) -> dict[str, Any]:
    if isinstance(item, Group):
        return {"mode": item.mode, "items": [_as_json(each) for each in item.items], "negated": item.negated}
    bounds = {key: show_number(getattr(item, key)) for key in ("at_least", "at_most")}
    return {"of": item.of, "values": list(item.values), "negated": item.negated, **bounds}


def restored(text: str) -> Item | None:
    """The group that a hidden field holds; None for what holds none."""
    try:
        return _from_json(json.loads(text))
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return None


def _from_json(raw: dict[str, Any]) -> Item:
    negated = bool(raw["negated"])
    if "items" in raw:
        return Group("any" if raw["mode"] == "any" else "all", tuple(map(_from_json, raw["items"])), negated)
    low, high = (number_typed(raw[key]) for key in ("at_least", "at_most"))
    return Line(
        str(raw["of"]),
        tuple(str(value) for value in raw["values"]),
        low if low != "" else None,
        high if high != "" else None,
        negated,
    )


def _numbers(fields: Fields, place: str) -> list[int]:
    start = f"{place}."
    found = {name[len(start) :].partition(".")[0] for name in fields if name.startswith(start)}
    return sorted(number for each in found if (number := place_typed(each)) is not None)


def _line_from(fields: Fields, place: str) -> Line:
    of = fields.get(f"{place}.of", "")
    same = of == fields.get(f"{place}.was", of)
    bounds = {key: number_typed(fields.get(f"{place}.{key}", "")) for key in ("at_least", "at_most")}
    return Line(
        of=of,
        # Another question has other answers: those picked before say nothing any more.
        values=tuple(fields.getlist(f"{place}.is")) if same else (),
        at_least=bounds["at_least"] if same and bounds["at_least"] != "" else None,
        at_most=bounds["at_most"] if same and bounds["at_most"] != "" else None,
        negated=f"{place}.not" in fields,
    )


def act(group: Group, path: Sequence[int], verb: str) -> Group:
    """What a button of the builder does: ``add-line``, ``add-group``, ``remove``, at a path of numbers."""
    if not path:
        if verb == "add-line":
            return replace(group, items=(*group.items, Line()))
        if verb == "add-group":
            return replace(group, items=(*group.items, Group("any", (Line(),))))
        return Group() if verb == "remove" else group
    place, *rest = path
    if place >= len(group.items):
        return group
    items = list(group.items)
    inner = items[place]
    if not rest and verb == "remove":
        del items[place]
    elif isinstance(inner, Group):
        items[place] = act(inner, rest, verb)
    return replace(group, items=tuple(items))
