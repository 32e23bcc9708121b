"""What a report says of a file, as it is shown: where, and what, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, pgettext

from assett.core.i18n import worded
from assett.formats.reports import row_numbers
from assett.kernel.text import printable

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Said:
    """A remark of a report as it is shown: where, and what."""

    where: str
    what: str


def all_said(remarks: Iterable[Mapping[str, Any]], most: int | None = SHOWN) -> list[Said]:
    """Stored remarks in the reader's language, as many as can be read."""
    return [_said(remark) for remark in list(remarks)[:most]]


def _said(remark: Mapping[str, Any]) -> Said:
    place, parts = remark["place"], []
    # A report that was stored before places said so has none that is.
    lent = place.get("lent", False)
    if place["sheet"] and lent and not place["row"]:
        parts.append(gettext("feuille « %(sheet)s » du brouillon", sheet=printable(place["sheet"])))
    elif place["sheet"]:
        parts.append(gettext("feuille « %(sheet)s »", sheet=printable(place["sheet"])))
    if place["row"]:
        parts.append(_rows((place["row"], *place.get("more", ())), bool(place["sheet"])))
    if place["column"] and lent and place["row"]:
        parts.append(gettext("colonne « %(column)s » du brouillon", column=printable(place["column"])))
    elif place["column"]:
        parts.append(gettext("colonne « %(column)s »", column=printable(place["column"])))
    if place["path"] and place["path"] != "document":
        parts.append(place["path"])
    template, params = remark["template"], remark["params"]
    what = worded(template, params)
    what = what[:1].upper() + what[1:]
    kept = remark.get("kept")
    if kept:
        what = gettext("%(wrong)s ; %(kept)s", wrong=what, kept=gettext(kept))
    where = ", ".join(parts)
    return Said(where[:1].upper() + where[1:], what if what.endswith((".", "!", "?", "…")) else f"{what}.")


def _rows(rows: Sequence[int], of_a_sheet: bool) -> str:
    """Where in a sheet or in a text, whose rows and lines not every language calls alike."""
    numbers = row_numbers(rows)
    if of_a_sheet:
        return gettext("lignes %(rows)s", rows=numbers) if len(rows) > 1 else gettext("ligne %(row)s", row=rows[0])
    if len(rows) > 1:
        return pgettext("text", "lignes %(rows)s", rows=numbers)
    return pgettext("text", "ligne %(row)s", row=rows[0])
