"""The rows of a file become resources, once somebody has agreed to its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from assett.core import audit
from assett.core.db import dump_json
from assett.engine.document import Document
from assett.kernel.errors import Rejected
from assett.resources import queries
from assett.resources.checking import Invalid, checked, too_long
from assett.resources.duplicates import Called
from assett.resources.models import Partner, Resource
from assett.resources.words import difference, facts_of, title_of
from assett.spaces.models import Space


@dataclass(frozen=True, slots=True)
class Imported:
    """A row of a file: the entry, and what stands beside the format; None where the file has no column for it.

    `seen` is the digest of the resource of that id when the report was written, empty where there was none.
    """

    entry: Mapping[str, Any]
    partner: str | None = None
    contact: str | None = None
    tags: Sequence[str] | None = None
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the rows of a file: `left` are the titles of those that somebody changed since the report."""

    added: int = 0
    changed: int = 0
    left: Sequence[str] = ()


def digest_of(row: Resource) -> str:
    """Tells a resource from what it was before a change."""
    told = {**facts_of(row), "away": row.archived_at is not None, "draft": bool(row.draft)}
    return sha256(dump_json(told).encode()).hexdigest()[:32]


def take(session: Session, space: Space, rows: Sequence[Imported], document: Document | None, now: datetime) -> Outcome:
    """Add these rows, or write those whose id the space knows anew. What changed since the report is left alone; what
    is archived stays so."""
    queries.one_at_a_time(session)
    lines = queries.lines(session)
    known = {line.resource.slug: line.resource for line in lines if not line.resource.national}
    nation = {line.resource.slug for line in lines if line.resource.national}
    called = Called((each.name, each) for each in queries.partners(session).values())
    added = changed = 0
    left: list[str] = []
    for each in rows:
        slug = str(each.entry["id"])
        if slug in nation and slug not in known:
            raise Rejected(_("« %(id)s » est l’identifiant d’une ressource nationale.", id=slug))
        beside = {"partner": each.partner, "contact": each.contact, "tags": each.tags}
        if problems := too_long(beside):
            raise Invalid(problems)
        checked(each.entry, document)
        row = known.get(slug)
        before = facts_of(row) if row is not None else None
        if row is not None and digest_of(row) != each.seen:
            if not _says(row, each, called):
                left.append(title_of(row.entry))
            continue
        if row is None and each.seen:
            left.append(title_of(each.entry))
            continue
        partner = _named(session, space, each.partner or "", called)
        if row is None:
            row = known[slug] = Resource(space_id=space.id, slug=slug, contact="", tags=[])
            session.add(row)
        row.entry = dict(each.entry)
        if each.partner is not None:
            row.partner_id = partner.id if partner is not None else None
        if each.contact is not None:
            row.contact = each.contact
        if each.tags is not None:
            row.tags = list(each.tags)
        if before is None:
            added += 1
        elif before != facts_of(row):
            changed += 1
        else:
            continue
        row.updated_at, row.of_document = now, False
        _told(session, row, before)
    session.flush()
    if added or changed:
        audit.record(session, "resources.imported", details={"count": added + changed})
    return Outcome(added, changed, left)


def _told(session: Session, row: Resource, before: Mapping[str, Any] | None) -> None:
    """Write down what a row of the file made of a resource, as the form would."""
    after, title = facts_of(row), title_of(row.entry)
    if before is None:
        audit.record(session, "resources.created", subject=title, details={"after": after})
    else:
        audit.record(session, "resources.changed", subject=title, details=difference(before, after))


def _says(row: Resource, given: Imported, partners: Called[Partner]) -> bool:
    """Whether a resource says already what a row of a file does: the same report was agreed to twice."""
    partner = partners.find(given.partner or "")
    return row.entry == given.entry and (
        (given.partner is None or row.partner_id == (partner.id if partner is not None else None))
        and (given.contact is None or row.contact == given.contact)
        and (given.tags is None or list(row.tags) == list(given.tags))
    )


def _named(session: Session, space: Space, name: str, known: Called[Partner]) -> Partner | None:
    if not name:
        return None
    partner = known.find(name)
    if partner is None:
        partner = Partner(space_id=space.id, name=name)
        known.add(name, partner)
        session.add(partner)
        session.flush()
        audit.record(session, "resources.partner-created", subject=name)
    return partner
