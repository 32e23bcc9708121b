"""What is being written may be in the base already: the one that it looks like, told without leaving the form."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import g
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from assett.core.i18n import current_language
from assett.core.markdown import render
from assett.questionnaires.words import RESOURCE_TYPE_NAMES
from assett.resources import merging, queries
from assett.resources.catalogue import words_in
from assett.resources.duplicates import By
from assett.resources.queries import Line
from assett.resources.words import title_of


def found(session: Session, line: Line | None, url: str, title: str, apart: Collection[int]) -> tuple[Line, By] | None:
    """Another resource that looks like `line` (None: a new one) under this address and title, and by what; those
    that were told apart do not count."""
    if not _to_compare(line, url, title):
        return None
    others = [
        each
        for each in queries.lines(session)
        if each.resource.archived_at is None
        and each.resource.id not in apart
        and (line is None or (each.resource.id != line.resource.id and not each.hidden))
    ]
    return merging.look_alike(url, title, others)


def _to_compare(line: Line | None, url: str, title: str) -> bool:
    """Whether what is being written may be another by mistake: it is new, leads elsewhere, or is a copy under the
    same title, which actors would read twice."""
    if line is None or line.entry.get("url") != url:
        return True
    return bool(line.resource.draft) and title_of(line.entry) == title


def card(line: Line, by: By) -> dict[str, Any]:
    """What one needs to tell whether it is the same."""
    entry, language = line.entry, current_language()
    return {
        "id": line.resource.id,
        "by": by,
        "title": words_in(entry.get("title"), language),
        "national": line.resource.national,
        "whose": _("Base nationale") if line.resource.national else g.space.name,
        "type_label": _(RESOURCE_TYPE_NAMES.get(str(entry.get("type")), "")),
        "provider": words_in(entry.get("provider"), language),
        "url": str(entry.get("url", "")).removeprefix("mailto:"),
        "summary_html": render(words_in(entry.get("summary"), language)),
        "draft": line.resource.draft,
    }
