"""Who goes on answering for a structure: a role given up, a member who leaves, an account that is deleted."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.core import audit, jobs
from assett.core.permissions import Actor
from assett.kernel.errors import Rejected
from assett.organizations import mails, queries
from assett.organizations.models import (
    MemberRole,
    Membership,
    Organization,
)
from assett.organizations.naming import told_apart


def change_role(session: Session, membership: Membership, role: MemberRole) -> Membership:
    if role != MemberRole.OWNER:
        _keep_an_owner(session, membership)
    membership.role = role
    audit.record(session, "member.role", subject=membership.organization.name, details={"role": role})
    return membership


def end_membership(session: Session, membership: Membership, actor: Actor) -> Membership:
    """Take a member out, and tell them, or leave; their rights end with this transaction."""
    _keep_an_owner(session, membership)
    if membership.person_id != actor.person_id:
        mails.removed(session, membership, actor.name)
    audit.record(session, "member.removed", subject=membership.organization.name)
    session.delete(membership)
    return membership


def _keep_an_owner(session: Session, membership: Membership) -> None:
    """An organization keeps an owner. Its row is held, so that two owners who leave at once do not both succeed."""
    queries.hold(session, membership.organization_id)
    others = session.scalar(
        select(func.count())
        .select_from(Membership)
        .where(
            Membership.organization_id == membership.organization_id,
            Membership.id != membership.id,
            Membership.role == MemberRole.OWNER,
            Membership.accepted_at.is_not(None),
        )
    )
    if not others:
        raise Rejected(
            _("Une structure garde toujours au moins un responsable. Confiez d’abord ce rôle à quelqu’un d’autre.")
        )


# When an account goes


def sole_owner(session: Session, person: Person) -> str | None:
    """Why an account cannot be deleted: it is the only one that answers for others."""
    owned = session.scalars(
        select(Organization)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(
            Membership.person_id == person.id, Membership.role == MemberRole.OWNER, Membership.accepted_at.is_not(None)
        )
        .order_by(Organization.id)
        .with_for_update(of=Organization)
    ).all()
    if not owned:
        return None
    rows = session.execute(
        select(Membership.organization_id, Membership.role).where(
            Membership.organization_id.in_([organization.id for organization in owned]),
            Membership.person_id != person.id,
            Membership.accepted_at.is_not(None),
        )
    ).all()
    for organization in owned:
        roles = {row.role for row in rows if row.organization_id == organization.id}
        if roles and MemberRole.OWNER not in roles:
            return str(
                _(
                    "%(name)s n’a que vous comme responsable. Confiez d’abord ce rôle à un autre membre.",
                    name=told_apart(owned)[organization.id],
                )
            )
    return None


def leave_all(session: Session, person: Person) -> None:
    """Leave every organization; a job sees to those where nobody is left. Their rows are held, so that of the last two
    who leave at once, one knows to be the last."""
    joined = select(Membership.organization_id).where(
        Membership.person_id == person.id, Membership.accepted_at.is_not(None)
    )
    session.execute(
        select(Organization.id).where(Organization.id.in_(joined)).order_by(Organization.id).with_for_update()
    )
    deserted = [organization.id for organization in queries.alone_in(session, person.id)]
    session.execute(delete(Membership).where(Membership.person_id == person.id))
    if deserted:
        jobs.enqueue(session, "organizations.deserted", organizations=deserted)
