"""Who may what with an organization and its participation in a space."""

from __future__ import annotations

from assett.core.permissions import Actor
from assett.organizations.models import MemberRole, Membership, Organization, Participation, ParticipationRef

# What tells whose it is: the organization, its participation in a space, or no more of that than rights need.
Ours = Organization | Participation | ParticipationRef


def role_of(actor: Actor, row: Ours) -> str | None:
    """The actor's role in this organization (`reader`, `contributor`, `owner`), or None."""
    organization_id = row.id if isinstance(row, Organization) else row.organization_id
    return actor.role("organization", organization_id)


def is_member(actor: Actor, row: Ours) -> bool:
    return role_of(actor, row) is not None


def can_contribute(actor: Actor, row: Ours) -> bool:
    """May answer and complete assessments."""
    return role_of(actor, row) in {MemberRole.CONTRIBUTOR, MemberRole.OWNER}


def owns(actor: Actor, row: Organization | Participation) -> bool:
    """May also manage members, sharing, the listing and the charter."""
    return role_of(actor, row) == MemberRole.OWNER


def manages_membership(actor: Actor, row: Membership) -> bool:
    """May change another's role, end a membership, answer a request."""
    return actor.role("organization", row.organization_id) == MemberRole.OWNER


def ends_membership(actor: Actor, row: Membership) -> bool:
    """An owner ends anyone's membership, anyone ends their own."""
    return manages_membership(actor, row) or row.person_id == actor.person_id


def answers_for_nobody(actor: Actor, row: Membership) -> bool:
    """Where an organization has no owner left, the team that runs the space answers who asks to join it."""
    return actor.role("space", actor.space_id) in {"facilitator", "manager"}


def own_request(actor: Actor, row: Membership) -> bool:
    """Whoever asks to join may ask once more."""
    return row.person_id == actor.person_id and row.pending
