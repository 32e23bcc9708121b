"""The values that answers are made of, and how a raw one becomes exact.

A raw value comes from JSON or YAML: ``dict list str int float Decimal bool None``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

from assett.kernel.text import CONTROLS

Number: TypeAlias = int | Decimal
Value: TypeAlias = str | bool | int | Decimal | tuple[str, ...]
"""An answer as the engine holds it: a choice id, the ids of the chosen choices in
the order of the file, true or false, a number, a text, a date as ``YYYY-MM-DD``,
or one of the two words below."""

NOT_APPLICABLE: Final = "n/a"
UNKNOWN: Final = "?"

LARGEST: Final = 10**9
DECIMALS: Final = 6

_SMALLEST_STEP = Decimal("0.000001")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def exact(raw: object) -> Number | None:
    """Read a number exactly as it is written, or ``None`` where it is none.

    Whole numbers come back as ``int``. A binary float stands for the shortest
    decimal that writes it. A truth value is not a number. A number beyond the
    limits of the format is none either.
    """
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return raw + 0 if -LARGEST <= raw <= LARGEST else None
    if isinstance(raw, float):
        raw = Decimal(repr(raw))
    if not isinstance(raw, Decimal) or not raw.is_finite() or not -LARGEST <= raw <= LARGEST:
        return None
    whole = int(raw)
    if raw == whole:
        return whole
    return Decimal(raw) if raw == raw.quantize(_SMALLEST_STEP) else None


def is_number(raw: object) -> bool:
    """Whether a raw value is a number at all, within the limits or not."""
    return isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool)


def day(raw: object) -> date | None:
    """Read a date written ``YYYY-MM-DD``, or ``None`` where it is none."""
    if not isinstance(raw, str) or not _DAY.fullmatch(raw):
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def storable(text: str) -> bool:
    """Whether a text is free of control characters and lone surrogates."""
    return CONTROLS.search(text) is None


def plain(number: Fraction) -> Number:
    """Write a fraction of the file as the decimal it was read from."""
    if number.denominator == 1:
        return number.numerator
    # Exact: a number of the file has at most 16 digits, 6 of them decimals.
    return Decimal(number.numerator) / Decimal(number.denominator)


def canonical(raw: object) -> object:
    """The same tree with one spelling per number, ready for ``json.dumps``."""
    if isinstance(raw, Mapping):
        return {str(key): canonical(value) for key, value in raw.items()}
    if isinstance(raw, (list, tuple)):
        return [canonical(value) for value in raw]
    if is_number(raw):
        number = exact(raw)
        # At most 15 digits within the limits: a float tells any two apart.
        return str(raw) if number is None else _json_number(number)
    return raw


def _json_number(number: Number) -> int | float:
    return float(number) if isinstance(number, Decimal) else int(number)
