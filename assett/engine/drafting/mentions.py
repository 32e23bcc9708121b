"""Who names whom in a draft: what would be left dangling if a question, or one of its answers, went away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assett.engine.drafting.pieces import Address, Parts


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a piece names something: `key` is the path within it (`visible_if`, `caps.0`, `resources.2`), `raw` what
    stands there."""

    address: Address
    key: str
    raw: Any


def mentions_of(parts: Parts, address: Address) -> tuple[Mention, ...]:
    """Where conditions, caps or aims name a question, an entry or a category (or a question of it)."""
    kind, _, name = address.partition("/")
    wanted = {(kind, name)}
    inside = {address}
    if kind == "category":
        questions = dict(parts.outline.categories).get(name, ())
        wanted |= {("question", question) for question in questions}
        inside |= {f"question/{question}" for question in questions}
    return tuple(
        each
        for each in _places(parts)
        if each.address not in inside and any(named in wanted for named in named_in(each.raw))
    )


def mentions_of_choice(parts: Parts, address: Address, choice: str) -> tuple[Mention, ...]:
    """Where conditions name an answer of a question or an entry."""
    kind, _, name = address.partition("/")
    return tuple(each for each in _places(parts) if _picks(each.raw, kind, name, choice))


def _places(parts: Parts) -> Iterator[Mention]:
    """Every place of a draft that may name something: key by key, and of a list thing by thing."""
    for address, piece in parts.pieces.items():
        for key, value in piece.items():
            if key in ("caps", "resources") and isinstance(value, (list, tuple)):
                yield from (Mention(address, f"{key}.{place}", each) for place, each in enumerate(value))
            else:
                yield Mention(address, key, value)


def _picks(raw: Any, kind: str, name: str, choice: str) -> bool:
    if isinstance(raw, Mapping):
        values = raw.get("is")
        if raw.get(kind) == name and choice in (values if isinstance(values, (list, tuple)) else (values,)):
            return True
        who = raw.get("who")
        picked = who.get(name) if kind == "profile" and isinstance(who, Mapping) else None
        return choice in (picked if isinstance(picked, (list, tuple)) else (picked,)) or any(
            _picks(each, kind, name, choice) for each in raw.values()
        )
    return isinstance(raw, (list, tuple)) and any(_picks(each, kind, name, choice) for each in raw)


def named_in(raw: Any) -> Iterator[tuple[str, str]]:
    """Every (question | profile | category, id) that conditions and aims name."""
    if isinstance(raw, Mapping):
        for key in ("question", "profile", "category"):
            if isinstance(raw.get(key), str):
                yield key, raw[key]
        if isinstance(raw.get("who"), Mapping):
            yield from (("profile", str(entry)) for entry in raw["who"])
        for value in raw.values():
            yield from named_in(value)
    elif isinstance(raw, (list, tuple)):
        for value in raw:
            yield from named_in(value)
