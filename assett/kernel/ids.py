"""Identifiers that people write, read and see in addresses."""

from __future__ import annotations

import re
from collections.abc import Collection

from assett.kernel.text import fold

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
"""The shape of every identifier of a questionnaire file; matched whole."""

_LONGEST = 60


def is_slug(text: object) -> bool:
    """Whether ``text`` can be an identifier."""
    return isinstance(text, str) and SLUG.fullmatch(text) is not None


def unlike(wanted: str, taken: Collection[str]) -> str:
    """An identifier that is none of those taken: the wanted one, or the same with a number."""
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    return found


def slugify(text: str) -> str:
    """Make an identifier from a title: « Énergie & bâti » gives ``energie-bati``.

    The empty string is given back where nothing can be kept of the title.
    """
    ascii_only = fold(text).encode("ascii", "ignore").decode()
    return "-".join(ascii_only.split())[:_LONGEST].strip("-")
