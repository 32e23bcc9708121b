"""Use cases of the resource base."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assett.core import audit
from assett.kernel.text import N_
from assett.resources.models import Resource


def replace_all(session: Session, space_id: int | None, entries: Iterable[Mapping[str, Any]], *, now: datetime) -> int:
    """Make the resources of a space (of the national base, with None) exactly these entries; gives their number."""
    wanted = {str(entry["id"]): dict(entry) for entry in entries}
    mine = Resource.space_id.is_(None) if space_id is None else Resource.space_id == space_id
    known = {row.slug: row for row in session.scalars(select(Resource).where(mine))}
    session.execute(delete(Resource).where(mine, Resource.slug.not_in(wanted)))
    for slug, entry in wanted.items():
        row = known.get(slug)
        if row is None:
            session.add(Resource(space_id=space_id, slug=slug, entry=entry, updated_at=now))
        elif row.entry != entry:
            row.entry, row.updated_at = entry, now
    session.flush()
    return len(wanted)


# How the log of a space says it
audit.kinds["resources"] = N_("Ressources")
audit.wordings["resources.replaced"] = N_("Base de ressources remplacée par celle d’un fichier : %(count)s ressources")
