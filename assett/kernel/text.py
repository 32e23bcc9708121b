"""Texts: marked for translation, typeset, folded for search, shown safely inside a message."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from itertools import islice

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th"})
_SHOWN_LENGTH = 60
_LISTED_WORDS = 20
_COMPARED_WORDS = 300
_LARGEST_FIGURE = 10**15
_MOST_DIGITS = 20

# What no page, spreadsheet or database column can hold: control characters
# (tabulation and line ends apart) and lone surrogates.
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff"
CONTROLS = re.compile(f"[{_CONTROLS}]")
# What is taken out of everything people type: these, and the marks that turn the direction of the text around them
# (Unicode UAX #9, explicit formatting), by which a name could disguise the words that follow it.
UNSTORABLE = re.compile(f"[{_CONTROLS}\u202a-\u202e\u2066-\u2069]")


# What French sets with a no-break space: before double signs and closing quotes, after opening ones.
_BEFORE_SIGN = re.compile(r"(?<=\S) (?=[:;?!»]|%%|%$)")
_AFTER_QUOTE = re.compile(r"(?<=«) ")
_OPENING_QUOTE = re.compile(r"«\s?")
_CLOSING_QUOTE = re.compile(r"\s?»")


def N_(text: str) -> str:
    """Mark a French source text for extraction; it is translated where it is shown."""
    return text


def typeset(text: str) -> str:
    """A French text with its no-break spaces: whoever writes one need not think of them."""
    return _AFTER_QUOTE.sub("\u00a0", _BEFORE_SIGN.sub("\u00a0", text))


def within_quotes(text: str) -> str:
    """A text as it stands between « and »: its own quotes are the inner ones."""
    return _CLOSING_QUOTE.sub("”", _OPENING_QUOTE.sub("“", text))


def fold(text: str) -> str:
    """Reduce a text to what search compares: « L’Œuvre d’été » gives « l oeuvre d ete ».

    Lower case, accents and ligatures undone, everything that is neither a letter
    nor a digit turned into single spaces.
    """
    lowered = text.casefold().translate(_LIGATURES)
    bare = (character for character in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(character))
    spaced = "".join(c if c.isalnum() else " " for c in bare)
    return " ".join(spaced.split())


def printable(text: str, length: int = _SHOWN_LENGTH) -> str:
    """Cut a text short and escape what would break a line or an encoding."""
    if len(text) > length:
        text = text[: length - 1] + "…"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\u00a0" else ascii(c)[1:-1] for c in text)


def shown(value: object) -> str | int | Decimal:
    """Show any value of a tree inside a message, on one line, whatever its size.

    A number stays one as long as it is of a readable size: a page writes it in its own
    language (`core.i18n.worded`), a terminal as a file does.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, str):
        return f"«\u00a0{printable(value)}\u00a0»"
    if isinstance(value, Mapping):
        return "{…}" if value else "{}"
    if isinstance(value, Sequence):
        return "[…]" if value else "[]"
    if isinstance(value, int):
        if abs(value) < _LARGEST_FIGURE:
            return value
        # Python refuses to write very long integers in decimal.
        return str(value) if abs(value) < 10**_SHOWN_LENGTH else "10…0"
    if isinstance(value, Fraction):
        return Decimal(decimal_text(value))
    if isinstance(value, (float, Decimal)):
        return _figure(Decimal(str(value)))
    return printable(str(value))


def _figure(number: Decimal) -> str | Decimal:
    """A decimal, as long as writing it out takes few signs."""
    parts = number.as_tuple()
    exponent = parts.exponent
    readable = isinstance(exponent, int) and -_MOST_DIGITS <= exponent <= 0 and len(parts.digits) <= _MOST_DIGITS
    return number if readable else printable(str(number))


def closest(name: str, words: Iterable[str]) -> str | None:
    """The word that was most probably meant; a long list is searched at its start only."""
    found = get_close_matches(name[:_SHOWN_LENGTH], islice(words, _COMPARED_WORDS), n=1)
    return found[0] if found else None


def listed(words: Sequence[str]) -> str:
    """Words in a row, cut short where there are many."""
    if len(words) <= _LISTED_WORDS:
        return ", ".join(map(printable, words))
    return ", ".join(map(printable, words[:_LISTED_WORDS])) + ", …"


def sentence(text: str) -> str:
    """A text that stands by itself: with a capital, and a mark at its end."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".")


def decimal_text(number: Fraction | Decimal | int) -> str:
    """Write an exact number as plain decimals, without exponent or useless zeros."""
    if isinstance(number, Fraction):
        if number.denominator == 1:
            return str(number.numerator)
        number = Decimal(number.numerator) / Decimal(number.denominator)
    if isinstance(number, int):
        return str(number)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
