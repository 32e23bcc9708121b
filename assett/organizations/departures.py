"""Structures that have left a space: what their members and the space's team may still know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, column, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from assett.organizations.models import Departure, Membership, Organization, Participation

# As long as the log of the space, which says it too.
KEPT = timedelta(days=365)


def of_participation(session: Session, id: int, organization_ids: Sequence[int]) -> Departure | None:
    """That of one of these organizations which took this participation with it."""
    return _departure(session, Departure.participation_id == id, organization_ids)


def of_assessment(session: Session, id: int, organization_ids: Sequence[int]) -> Departure | None:
    """That of one of these organizations which took this assessment with it."""
    return _departure(session, Departure.assessment_ids.contains([id]), organization_ids)


def _departure(session: Session, which: ColumnElement[bool], organization_ids: Sequence[int]) -> Departure | None:
    if not organization_ids:
        return None
    found = select(Departure).where(which, Departure.organization_id.in_(organization_ids))
    return session.scalars(found.options(joinedload(Departure.organization))).one_or_none()


def recent(session: Session) -> Sequence[Departure]:
    """Those from the current space that are still known, the last one first."""
    return session.scalars(
        select(Departure).options(joinedload(Departure.organization)).order_by(Departure.left_at.desc(), Departure.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Absent:
    """An organization that its members keep, and look for here in vain: it has left this space, or is in none."""

    organization: Organization
    left_at: datetime | None
    placed: bool


def absent(session: Session, person_id: int) -> list[Absent]:
    """Those of the person's organizations that left the current space and did not come back, or take part nowhere (the
    database alone sees every space), by name."""
    known = func.structures_of_person(person_id).table_valued(
        column("space_id", BigInteger), column("organization_id", BigInteger)
    )
    placed = Organization.id.in_(select(known.c.organization_id))
    left = select(func.max(Departure.left_at)).where(Departure.organization_id == Organization.id).scalar_subquery()
    here = exists().where(Participation.organization_id == Organization.id)
    found = (
        select(Organization, left, placed)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.person_id == person_id, Membership.accepted_at.is_not(None))
        .where(~here, or_(left.is_not(None), ~placed))
        .order_by(Organization.name, Organization.id)
    )
    return [Absent(*row) for row in session.execute(found)]
