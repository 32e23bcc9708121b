"""Texts and numbers of a draft, as they are typed and as they are shown.

What makes no sense stays as it was typed: the check says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from assett.kernel.text import UNSTORABLE


def text_typed(raw: str) -> str:
    """A text without what no database holds, its line ends made equal."""
    return UNSTORABLE.sub("", raw.replace("\r\n", "\n").replace("\r", "\n")).strip()


def line_typed(raw: str) -> str:
    """A text that is one line, whatever its field let be typed."""
    return " ".join(filter(None, (each.strip() for each in text_typed(raw).split("\n"))))


def place_typed(raw: str) -> int | None:
    """A place in a list, or a revision, as a field names it; None for anything else."""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None


def number_typed(raw: str) -> Any:
    """« 1,5 » gives 1.5; an empty field the empty text; anything else stays as typed."""
    text = text_typed(raw)
    plain = text.replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace("−", "-").replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return text
    if not number.is_finite() or len(plain) > 30:
        return text
    return int(number) if number == number.to_integral_value() else number


def percent_typed(raw: str) -> Any:
    """« 40 » gives 0.4, the share that the format holds."""
    number = number_typed(raw.replace("%", ""))
    if isinstance(number, (int, Decimal)) and not isinstance(number, bool):
        share = Decimal(number) / 100
        return int(share) if share == share.to_integral_value() else share.normalize()
    return text_typed(raw)


def show_number(value: Any, mark: str = ",") -> str:
    """A number of the format as it is typed: « 1,5 »; a text as it is."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, (int, float, Decimal)):
        text = format(Decimal(str(value)), "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return text.replace(".", mark)
    return str(value)


def show_percent(value: Any, mark: str = ",") -> str:
    """A share of the format as a percentage: 0.4 gives « 40 »; a text as it is."""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return show_number(Decimal(str(value)) * 100, mark)
    return show_number(value, mark)


def first_language(tree: Mapping[str, Any]) -> str:
    """The language that a draft is written in; its other ones are translations."""
    return str(next(iter(tree.get("languages") or ()), "fr"))


def words(text: object, language: str | None = None) -> str:
    """A raw text of the format in a language; where it lacks, in French, or in any other (the database keeps no order
    of keys)."""
    if isinstance(text, Mapping):
        return str(text.get(language) or text.get("fr") or next((text[key] for key in sorted(text) if text[key]), ""))
    return "" if text is None else str(text)


def piece_title(piece: Mapping[str, Any], language: str | None = None) -> str:
    """What a piece is called: its title."""
    return words(piece.get("title"), language)
