"""Reads about organizations and participations."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assett.organizations.models import Organization, Participation


def participation(session: Session, id: int) -> Participation | None:
    """A participation of the current space, with its organization."""
    return session.scalars(
        select(Participation).where(Participation.id == id).options(joinedload(Participation.organization))
    ).one_or_none()


def participations_of(session: Session, organization_ids: Sequence[int]) -> Sequence[Participation]:
    """The participations of these organizations in the current space, by name."""
    if not organization_ids:
        return []
    return session.scalars(
        select(Participation)
        .join(Participation.organization)
        .where(Participation.organization_id.in_(organization_ids))
        .options(joinedload(Participation.organization))
        .order_by(Organization.name)
    ).all()
