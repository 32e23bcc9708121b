"""Who names whom in a draft: what would be left dangling if a question went away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assett.engine.drafting.pieces import Address, Parts


def mentions_of(parts: Parts, address: Address) -> tuple[Address, ...]:
    """The pieces whose conditions, caps or aims name a question, an entry or a category (or a question of it)."""
    kind, _, name = address.partition("/")
    wanted = {(kind, name)}
    inside = {address}
    if kind == "category":
        questions = dict(parts.outline.categories).get(name, ())
        wanted |= {("question", question) for question in questions}
        inside |= {f"question/{question}" for question in questions}
    return tuple(
        other
        for other, piece in parts.pieces.items()
        if other not in inside and any(n in wanted for n in named_in(piece))
    )


def named_in(raw: Any) -> Iterator[tuple[str, str]]:
    """Every (question | profile | category, id) that a piece's conditions and aims name."""
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
