"""What a report says of a file, as it is shown: where, and what, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

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
    if place["sheet"]:
        parts.append(gettext("feuille « %(sheet)s »", sheet=printable(place["sheet"])))
    if place.get("more"):
        parts.append(gettext("lignes %(rows)s", rows=row_numbers((place["row"], *place["more"]))))
    elif place["row"]:
        parts.append(gettext("ligne %(row)s", row=place["row"]))
    if place["column"]:
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
