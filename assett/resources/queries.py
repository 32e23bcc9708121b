"""Reads about resources."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assett.engine.compiled import Compiled
from assett.engine.document import Resource as Entry
from assett.engine.reading import read_resources
from assett.resources.models import Resource

_KEPT = 256
_read: OrderedDict[tuple[Any, ...], tuple[tuple[Entry, ...], frozenset[str]]] = OrderedDict()


def available(session: Session, compiled: Compiled) -> tuple[tuple[Entry, ...], frozenset[str]]:
    """The resources for respondents of a questionnaire in the current space, and the ids of the territory's own.

    Those of the national base, those of the questionnaire's own file, then the space's: of one id, the nearest to
    the territory wins.
    """
    entries, own = base(session)
    local = compiled.document.resources
    if local:
        nearest = {each.id: each for each in entries}
        nearest = {**nearest, **{each.id: each for each in local if each.id not in own}}
        return tuple(nearest.values()), own | {each.id for each in local}
    return entries, own


def base(session: Session) -> tuple[tuple[Entry, ...], frozenset[str]]:
    """The national resources and those of the current space, and the ids of the latter.

    What was read is kept until a row changes: their number and the latest change tell.
    """
    state = session.execute(
        select(
            func.current_setting("app.space", True),
            func.count(),
            func.max(Resource.updated_at),
            func.max(Resource.id),
        ).select_from(Resource)
    ).one()
    key = tuple(state)
    known = _read.get(key)
    if known is None:
        known = _read[key] = _load(session)
        if len(_read) > _KEPT:
            _read.popitem(last=False)
    return known


def _load(session: Session) -> tuple[tuple[Entry, ...], frozenset[str]]:
    rows = session.execute(
        select(Resource.slug, Resource.entry, Resource.space_id).order_by(Resource.space_id.is_not(None), Resource.id)
    ).all()
    entries = {slug: entry for slug, entry, _ in rows}
    own = frozenset(slug for slug, _, space_id in rows if space_id is not None)
    return read_resources({"format": 1, "resources": list(entries.values())}), own
