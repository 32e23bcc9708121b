"""A value of a document in a message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from assett.engine.document import AllOf, AnswerTest, AnyOf, Band, CategoryTest, Linear, Not, Text
from assett.engine.writing import dump_condition
from assett.kernel.text import decimal_text, shown


def in_words(value: object) -> str:
    """A value of a document in a message: « un texte », 1,5, a list; — for nothing.

    A condition is written as in the file, without its outer braces.
    """
    match value:
        case None | ():
            return "—"
        case bool():
            return "oui" if value else "non"
        case Fraction() | Decimal() | int():
            return decimal_text(value).replace(".", ",")
        case date():
            return value.isoformat()
        case AllOf() | AnyOf() | Not() | AnswerTest():
            return _flow(dump_condition(value)).removeprefix("{").removesuffix("}")
        case Band():
            start = "" if value.from_ is None else f"≥ {in_words(value.from_)}\u00a0: "
            return start + in_words(value.points)
        case Linear():
            ends = f"{in_words(value.zero)} … {in_words(value.full)}"
            return f"{ends}\u00a0: {in_words(value.max_points)}"
        case CategoryTest():
            return f"{value.category} ({', '.join(value.levels)})"
        case Text() | str():
            return str(shown(str(value)))
        case tuple() | list():
            return ", ".join(each if isinstance(each, str) else in_words(each) for each in value)
        case _:
            return str(shown(value))


def _flow(value: object) -> str:
    """A tree on one line, as YAML would read it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
