"""Reads about resources."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assett.core.memory import Memory, Same
from assett.engine.compiled import Compiled
from assett.engine.document import Resource as Entry
from assett.engine.reading import read_resources
from assett.resources.models import Resource

Base = tuple[tuple[Entry, ...], frozenset[str]]

_bases: Memory[tuple[Any, ...], Base] = Memory(256)
_joined: Memory[tuple[Same, Same], Base] = Memory(256)
# Every result asks this: it is put together once.
_STATE = select(
    func.current_setting("app.space", True), func.count(), func.max(Resource.updated_at), func.max(Resource.id)
).select_from(Resource)


def available(session: Session, compiled: Compiled) -> Base:
    """The resources for respondents of a questionnaire in the current space, and the ids of the territory's own.

    Those of the national base, those of the questionnaire's own file, then the space's: of one id, the nearest to
    the territory wins.
    """
    found = base(session)
    if not compiled.document.resources:
        return found
    return _joined.recall((Same(found), Same(compiled)), lambda: _join(*found, compiled.document.resources))


def _join(entries: tuple[Entry, ...], own: frozenset[str], local: tuple[Entry, ...]) -> Base:
    nearest = {each.id: each for each in entries} | {each.id: each for each in local if each.id not in own}
    return tuple(nearest.values()), own | {each.id for each in local}


def base(session: Session) -> Base:
    """The national resources and those of the current space, and the ids of the latter.

    What was read is kept until a row changes: their number and the latest change tell.
    """
    return _bases.recall(tuple(session.execute(_STATE).one()), lambda: _load(session))


def _load(session: Session) -> Base:
    rows = session.execute(
        select(Resource.slug, Resource.entry, Resource.space_id).order_by(Resource.space_id.is_not(None), Resource.id)
    ).all()
    entries = {slug: entry for slug, entry, _ in rows}
    own = frozenset(slug for slug, _, space_id in rows if space_id is not None)
    return read_resources({"format": 1, "resources": list(entries.values())}), own
