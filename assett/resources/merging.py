"""Of two resources that are the same, one stays: what it takes of the other, and the use case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from assett.core import audit
from assett.kernel.errors import Rejected
from assett.resources.duplicates import By, Likenesses, united
from assett.resources.models import Resource, ResourceAdoption
from assett.resources.queries import Line
from assett.resources.service import adapted_facts, adoption, archive, hide
from assett.resources.words import adoption_facts, difference, facts_of, title_of
from assett.spaces.models import Space


def look_alike(url: str, title: str, others: Sequence[Line]) -> tuple[Line, By] | None:
    """The one that looks like a resource of this address and title, and by what; None where none does."""
    known = {line.resource.id: (str(line.entry.get("url", "")), title_of(line.entry)) for line in others}
    found = Likenesses(known).nearest(url, title)
    if found is None:
        return None
    id, by = found
    return next(line for line in others if line.resource.id == id), by


@dataclass(frozen=True, slots=True)
class Taken:
    """What the one that is kept takes of its duplicate; None: nothing of that kind. `aims` are its new ``for`` and
    ``who`` (a key that is not there aims at everybody)."""

    aims: Mapping[str, Any] | None = None
    partner_id: int | None = None
    contact: str | None = None
    tags: Sequence[str] = ()


def taken_over(kept: Line, gone: Line) -> Taken:
    """What merging would take. Whoever was aimed at by one of the two is by the one that stays, where that is the
    space's own; the nation decides whom its own are for. One that aims at nobody in particular adds no aim and takes
    none away. Contact and partner pass where the kept one has none."""
    aims: dict[str, Any] | None = None
    if not kept.resource.national:
        one, other = kept.entry, gone.entry
        aims = {key: one[key] for key in ("for", "who") if one.get(key)}
        if one.get("for") and other.get("for"):
            aims["for"] = united(one["for"], other["for"])
        if one.get("who") and other.get("who"):
            aims["who"] = widest(one["who"], other["who"])
        if all((aims.get(key) or None) == (one.get(key) or None) for key in ("for", "who")):
            aims = None
    return Taken(
        aims,
        gone.partner_id if kept.partner_id is None else None,
        gone.note if gone.note and not kept.note else None,
        tuple(tag for tag in gone.tags if tag not in kept.tags),
    )


def widest(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Two ``who`` as one that is passed by whoever passes either."""
    return {key: united(_several(one[key]), _several(other[key])) for key in one if key in other}


def _several(value: Any) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def merge(session: Session, space: Space, kept: Line, gone: Line, now: datetime) -> None:
    """Keep one of two resources that are the same, with what `taken_over` says; the other is archived, or hidden where
    it is national."""
    if kept.resource.id == gone.resource.id:
        raise Rejected(_("Choisissez deux ressources différentes."))
    for each in (kept, gone):
        if each.resource.away or each.hidden:
            raise Rejected(
                _(
                    "« %(title)s » n’est plus proposée : elle est archivée, masquée ou pas encore enregistrée. Il n’y a"
                    " plus rien à réunir.",
                    title=title_of(each.entry),
                )
            )
    taken = taken_over(kept, gone)
    before = _facts(kept)
    row: Resource | ResourceAdoption = kept.resource
    if kept.resource.national:
        if taken.partner_id or taken.contact or taken.tags:
            row = adoption(session, space, kept, now)
            row.seen = row.seen or dict(kept.resource.entry)
    elif taken.aims is not None:
        entry = {key: value for key, value in kept.resource.entry.items() if key not in ("for", "who")}
        kept.resource.entry = {**entry, **{key: value for key, value in taken.aims.items() if value}}
    if row is not kept.resource or not kept.resource.national:
        row.partner_id = row.partner_id or taken.partner_id
        row.contact = row.contact or taken.contact or ""
        row.tags = [*row.tags, *taken.tags]
        row.updated_at = now
        if row is kept.resource and (taken.aims is not None or taken.partner_id or taken.contact or taken.tags):
            kept.resource.of_document = False
    session.flush()
    after = adoption_facts(row) if isinstance(row, ResourceAdoption) else _facts(kept)
    details = {"duplicate": title_of(gone.resource.entry), **difference(before, after)}
    audit.record(session, "resources.merged", subject=title_of(kept.entry), details=details)
    if gone.resource.national:
        hide(session, space, gone, True, now)
    else:
        archive(session, gone.resource, now)


def _facts(line: Line) -> dict[str, Any]:
    return adapted_facts(line) if line.resource.national else facts_of(line.resource)
