"""The log of each space of the demonstration, written from what stands there; and invitations that wait."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRole, SpaceRoleName
from assett.core.audit import KEPT, AuditEntry, Source
from assett.network.models import Listing
from assett.organizations.models import Charter, MemberRole, Membership, Organization, Participation, Pledge
from assett.questionnaires.models import QuestionnaireVersion
from assett.spaces.models import Space
from assett.teams.models import TeamInvitation
from assett.teams.service import INVITED_FOR

# Who is asked into each team: the words before the @, the role, and how many days ago.
INVITED = (("alternance", SpaceRoleName.READER, 3), ("chargee-de-mission", SpaceRoleName.EDITOR, 20))


def write(session: Session, space: Space, now: datetime) -> None:
    """Every line of a space's log, as far as it goes back, and its invitations."""
    manager = session.scalars(
        select(SpaceRole.person_id)
        .where(SpaceRole.space_id == space.id, SpaceRole.role == SpaceRoleName.MANAGER)
        .order_by(SpaceRole.id)
        .limit(1)
    ).one()
    lines = [*_by_the_team(session, space, manager), *_by_actors(session, space)]
    lines += _invited(session, space, manager, now)
    kept = [line for line in lines if line["at"] > now - KEPT]
    session.execute(insert(AuditEntry), sorted(kept, key=lambda line: line["at"]))


def _line(
    space: Space,
    at: datetime | None,
    action: str,
    person_id: int | None = None,
    *,
    subject: str | None = None,
    details: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "space_id": space.id,
        "at": at,
        "source": Source.PERSON if person_id is not None else Source.PLATFORM,
        "person_id": person_id,
        "action": action,
        "subject": subject,
        "details": details or {},
    }


def _by_the_team(session: Session, space: Space, manager: int) -> Iterator[dict[str, Any]]:
    yield _line(space, space.created_at, "space.opened", subject=space.name)
    for role in session.scalars(select(SpaceRole).where(SpaceRole.space_id == space.id).order_by(SpaceRole.id)):
        joined = {"person": role.person_id, "role": role.role}
        yield _line(space, role.created_at, "team.joined", role.person_id, details=joined)
    for version in session.scalars(select(QuestionnaireVersion).where(QuestionnaireVersion.space_id == space.id)):
        number = {"number": version.number}
        title = version.document["title"]
        subject = title["fr"] if isinstance(title, dict) else title
        yield _line(space, version.published_at, "version.published", manager, subject=subject, details=number)
    for charter in session.scalars(select(Charter).where(Charter.space_id == space.id)):
        if charter.published_at is not None:
            shown = {"version": charter.version}
            yield _line(space, charter.published_at, "charter.published", manager, details=shown)


def _by_actors(session: Session, space: Space) -> Iterator[dict[str, Any]]:
    pledges = session.execute(
        select(Pledge.signed_at, Pledge.person_id, Organization.name, Charter.version)
        .join(Participation, Participation.id == Pledge.participation_id)
        .join(Organization, Organization.id == Participation.organization_id)
        .join(Charter, Charter.id == Pledge.charter_id)
        .where(Pledge.space_id == space.id)
    )
    for at, person_id, name, version in pledges:
        yield _line(space, at, "charter.signed", person_id, subject=name, details={"version": version})
    owner = (
        select(func.min(Membership.person_id))
        .where(Membership.organization_id == Organization.id, Membership.role == MemberRole.OWNER)
        .scalar_subquery()
    )
    listings = session.execute(
        select(Listing.published_at, owner, Organization.name)
        .join(Participation, Participation.id == Listing.participation_id)
        .join(Organization, Organization.id == Participation.organization_id)
        .where(Listing.space_id == space.id, Listing.published_at.is_not(None))
    )
    for at, person_id, name in listings:
        yield _line(space, at, "listing.published", person_id, subject=name)


def _invited(session: Session, space: Space, manager: int, now: datetime) -> Iterator[dict[str, Any]]:
    for who, role, days in INVITED:
        sent = now - timedelta(days=days)
        invitation = TeamInvitation(
            space_id=space.id,
            email=f"{who}.{space.slug}@example.org",
            role=role,
            token_hash=hashlib.sha256(f"{space.slug}.{who}".encode()).hexdigest(),
            invited_by=manager,
            created_at=sent,
            sent_at=sent,
            expires_at=sent + INVITED_FOR,
        )
        session.add(invitation)
        session.flush()
        yield _line(space, sent, "team.invited", manager, details={"invitation": invitation.id, "role": role})
