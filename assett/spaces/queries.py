"""Reads about spaces."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Text, bindparam, cast, func, select
from sqlalchemy.orm import Session, joinedload

from assett.spaces.models import Space

# Every request asks this: it is put together once.
_ENTER = (
    select(Space, func.set_config("app.space", cast(Space.id, Text), True))
    .where(Space.slug == bindparam("slug"))
    .options(joinedload(Space.local_authority))
)


def enter_by_slug(session: Session, slug: str) -> Space | None:
    """The space at this address; the same statement declares it to the database for the rest of the transaction."""
    row = session.execute(_ENTER, {"slug": slug}).one_or_none()
    return row[0] if row is not None else None


def open_spaces(session: Session) -> Sequence[Space]:
    """The spaces that are open to visitors, by name."""
    return session.scalars(
        select(Space)
        .where(Space.opened_at <= func.now())
        .options(joinedload(Space.local_authority))
        .order_by(Space.name)
    ).all()
