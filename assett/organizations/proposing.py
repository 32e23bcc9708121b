"""A member would like their organization to take part in one more space: asked of its owners, who alone may say yes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.core.permissions import Actor
from assett.organizations import mails, queries
from assett.organizations.models import Organization, Participation, Proposal


def propose(session: Session, organization: Organization, actor: Actor, now: datetime) -> list[str]:
    """Ask those who own the organization to make it take part here, for a member who may not: who was asked."""
    asking = queries.membership(session, organization.id, actor.person_id or 0)
    assert asking is not None
    values = {"membership_id": asking.id, "asked_in": session.info["space_id"], "asked_at": now}
    session.execute(
        insert(Proposal)
        .values(**values)
        .on_conflict_do_update(
            index_elements=[Proposal.membership_id, Proposal.asked_in], set_={"asked_at": values["asked_at"]}
        )
    )
    owners = queries.owners(session, organization.id)
    mails.proposal(session, organization, session.get_one(Person, actor.person_id), owners)
    return [each.name for each in owners]


def welcome(session: Session, participation: Participation, actor: Actor) -> None:
    """The organization takes part here now: whoever proposed it is told, and nothing waits any more."""
    waiting = queries.held_proposals(session, participation.organization_id, participation.space_id)
    _answer(session, participation.organization, waiting, actor, taken=True)


def decline(session: Session, organization: Organization, proposal: Proposal, actor: Actor) -> list[str] | None:
    """The organization stays out of that space, whoever proposed it: they are told, and may propose it again the next
    day. Who is told, by name; None where it was answered meanwhile: the first answer counts."""
    waiting = queries.held_proposals(session, organization.id, proposal.asked_in)
    with mails.written_in(session, proposal.asked_space):
        told = _answer(session, organization, waiting, actor, taken=False)
    return told if waiting else None


def _answer(
    session: Session, organization: Organization, waiting: Sequence[Proposal], actor: Actor, *, taken: bool
) -> list[str]:
    """In the space that they were asked in: who is told, by name. Who answers their own knows."""
    others = [each.membership.person for each in waiting if each.membership.person_id != actor.person_id]
    for person in others:
        mails.proposal_answered(session, organization, person, taken=taken)
    for each in waiting:
        session.delete(each)
    return [person.name for person in others]
