"""Reads about resources."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assett.engine.document import Resource as Entry
from assett.engine.reading import read_resources
from assett.resources.models import Resource

_KEPT = 256
_read: OrderedDict[tuple[Any, ...], tuple[Entry, ...]] = OrderedDict()


def available(session: Session) -> tuple[Entry, ...]:
    """The resources of the current space and of the national base, as the engine reads them.

    A space's own resource takes the place of the national one of the same id. What was read is kept until a
    row changes: their number and the latest change tell.
    """
    state = session.execute(
        select(func.current_setting("app.space", True), func.count(), func.max(Resource.updated_at), func.max(Resource.id))
        .select_from(Resource)
    ).one()
    key = tuple(state)
    known = _read.get(key)
    if known is None:
        rows = session.execute(
            select(Resource.slug, Resource.entry).order_by(Resource.space_id.is_not(None), Resource.id)
        ).all()
        entries = {slug: entry for slug, entry in rows}
        known = _read[key] = read_resources({"format": 1, "resources": list(entries.values())})
        if len(_read) > _KEPT:
            _read.popitem(last=False)
    return known
