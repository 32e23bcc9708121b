"""Reads about charters, by those who write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assett.organizations.models import Charter, Organization, Participation, Pledge


@dataclass(frozen=True, slots=True)
class Version:
    """A published charter, how many structures signed it, and how many of those have signed no later one."""

    charter: Charter
    signed: int
    stayed: int


def versions(session: Session) -> list[Version]:
    """The published charters of the current space, latest first, in one statement."""
    last = (
        select(Pledge.participation_id, func.max(Charter.version).label("version"))
        .join(Charter, Charter.id == Pledge.charter_id)
        .group_by(Pledge.participation_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Charter,
            func.count(Pledge.id),
            func.count(Pledge.id).filter(last.c.version == Charter.version),
        )
        .outerjoin(Pledge, Pledge.charter_id == Charter.id)
        .outerjoin(last, last.c.participation_id == Pledge.participation_id)
        .where(Charter.published_at.is_not(None))
        .group_by(Charter.id)
        .order_by(Charter.version.desc())
    )
    return [Version(charter, signed, stayed) for charter, signed, stayed in rows]


def draft(session: Session) -> Charter | None:
    """The version being written, if there is one."""
    return session.scalars(select(Charter).where(Charter.published_at.is_(None))).one_or_none()


def latest(session: Session) -> Charter | None:
    """The last published charter, were it published a moment ago (by a transaction that began after this one)."""
    return session.scalars(
        select(Charter).where(Charter.published_at.is_not(None)).order_by(Charter.version.desc()).limit(1)
    ).one_or_none()


def published(session: Session, version: int) -> Charter | None:
    return session.scalars(
        select(Charter).where(Charter.version == version, Charter.published_at.is_not(None))
    ).one_or_none()


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed for which structure, when, and the latest version that the structure has signed."""

    organization: str
    signatory: str
    signed_at: datetime
    version: int
    latest: int


def signatures(
    session: Session, charter: Charter | None = None, *, limit: int | None = None, offset: int = 0
) -> list[Signature]:
    """The signatures of a charter, or of all, by structure."""
    newest = (
        select(func.max(Charter.version))
        .join(Pledge, Pledge.charter_id == Charter.id)
        .where(Pledge.participation_id == Participation.id)
        .correlate(Participation)
        .scalar_subquery()
    )
    statement = (
        select(Organization.name, Pledge.signatory, Pledge.signed_at, Charter.version, newest)
        .select_from(Pledge)
        .join(Charter, Charter.id == Pledge.charter_id)
        .join(Participation, Participation.id == Pledge.participation_id)
        .join(Organization, Organization.id == Participation.organization_id)
        .order_by(func.lower(Organization.name), Organization.id, Charter.version)
        .limit(limit)
        .offset(offset)
    )
    if charter is not None:
        statement = statement.where(Pledge.charter_id == charter.id)
    return [Signature(*row) for row in session.execute(statement)]


def count_signatures(session: Session, charter: Charter) -> int:
    return session.scalars(select(func.count(Pledge.id)).where(Pledge.charter_id == charter.id)).one()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a structure stands with the charter: the one to sign today, and the last that it signed."""

    current: Charter
    signed: Charter


def outgrown(session: Session, participation: Participation) -> Standing | None:
    """Where a structure signed a version that another has replaced: both; None where there is nothing to say."""
    signed = (
        select(func.max(Charter.version))
        .join(Pledge, Pledge.charter_id == Charter.id)
        .where(Pledge.participation_id == participation.id)
        .scalar_subquery()
    )
    rows: Sequence[Charter] = session.scalars(
        select(Charter).where(Charter.published_at <= func.now(), Charter.version >= signed).order_by(Charter.version)
    ).all()
    return Standing(rows[-1], rows[0]) if len(rows) > 1 else None
