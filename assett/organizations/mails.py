"""The mails between an organization and those who join it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import g
from sqlalchemy.orm import Session

from assett.accounts import tokens
from assett.accounts.mails import link, write
from assett.accounts.models import Person
from assett.core.tenancy import entered
from assett.kernel.clock import utc_now
from assett.organizations import queries
from assett.organizations.models import Invitation, MemberRole, Membership, Organization, Participation
from assett.organizations.naming import called_by
from assett.spaces.models import Space


@contextmanager
def written_in(session: Session, space: Space) -> Iterator[None]:
    """Within the block, a mail speaks of that space, is signed by it, and leads to its pages."""
    here = g.get("space")
    g.space = space
    try:
        with entered(session, space.id):
            yield
    finally:
        g.space = here


def request_to_team(
    session: Session, membership: Membership, organization: Organization, asker: Person, space: Space
) -> None:
    """To the team that answers for an organization without owner: in its own space, where its pages are."""
    with written_in(session, space):
        hosts = queries.hosts(session)
        request(session, membership, organization, asker, hosts, queries.bearing(session, {organization.name}))


def request(
    session: Session,
    membership: Membership,
    organization: Organization,
    asker: Person,
    readers: Iterable[Person],
    beside: Sequence[Organization] = (),
) -> None:
    """To those who may answer: somebody asks to join, perhaps for the second time. `beside`: what else bears the name
    for these readers."""
    for reader in readers:
        write(
            session,
            reader.email,
            "organizations/mail/request.txt",
            language=reader.language,
            reply_to=asker.email,
            name=reader.name,
            organization=called_by(session, reader.id, organization, beside),
            asker=asker,
            since=membership.requested_at if membership.reminded_at else None,
            url=link("organizations.answer_request", membership=membership.id),
        )


def proposal(session: Session, organization: Organization, asker: Person, owners: Iterable[Person]) -> None:
    """To the owners: a member would like the organization to take part in this space."""
    for owner in owners:
        write(
            session,
            owner.email,
            "organizations/mail/proposal.txt",
            language=owner.language,
            reply_to=asker.email,
            name=owner.name,
            organization=called_by(session, owner.id, organization),
            asker=asker,
            url=link("organizations.ask", **address_of(organization)),
            shut=not g.space.is_open(utc_now()),
        )


def proposal_answered(session: Session, organization: Organization, asker: Person, *, taken: bool) -> None:
    """To the member who proposed it: whether the organization takes part in this space now."""
    write(
        session,
        asker.email,
        "organizations/mail/proposal_answered.txt",
        language=asker.language,
        name=asker.name,
        organization=called_by(session, asker.id, organization),
        taken=taken,
        url=link("organizations.mine"),
    )


def address_of(organization: Organization) -> dict[str, Any]:
    """What its owners find it by, as `views.ask` reads it: its SIRET, else its name, commune and number."""
    if organization.siret is not None:
        return {"siret": organization.siret}
    return {"nom": organization.name, "commune": organization.commune, "structure": organization.id}


def enrolled(session: Session, participation: Participation, by: str, owners: Iterable[Person]) -> None:
    """To the other owners: one of them made the organization take part in this space."""
    for owner in owners:
        write(
            session,
            owner.email,
            "organizations/mail/enrolled.txt",
            language=owner.language,
            name=owner.name,
            organization=called_by(session, owner.id, participation.organization),
            by=by,
            url=link("organizations.sharing", participation=participation.id),
        )


def left(session: Session, organization: Organization, member: Person, by: str, gone: Sequence[str]) -> None:
    """To a member: the organization has left this space. `gone`: what was erased there, in their language."""
    write(
        session,
        member.email,
        "organizations/mail/left.txt",
        language=member.language,
        name=member.name,
        organization=called_by(session, member.id, organization),
        by=by,
        gone=gone,
        url=link("organizations.ask", **address_of(organization)),
    )


def accepted(
    session: Session, membership: Membership, told: Sequence[str] = (), *, asked_in: Space | None = None
) -> None:
    """`told`: what else that changed for them. `asked_in`: the space that the request came from, where the organization
    does not take part in it."""
    person, organization = membership.person, membership.organization
    url_there = None
    if asked_in is not None:
        with written_in(session, asked_in):
            url_there = link("organizations.ask", **address_of(organization))
    write(
        session,
        person.email,
        "organizations/mail/accepted.txt",
        language=person.language,
        name=person.name,
        organization=called_by(session, person.id, organization),
        owner=membership.role == MemberRole.OWNER,
        url=link("organizations.mine"),
        told=told,
        asked_in=asked_in,
        url_there=url_there,
        shut=asked_in is not None and not asked_in.is_open(utc_now()),
    )


def refused(session: Session, membership: Membership, *, orphan: bool) -> None:
    """`orphan`: nobody owns the organization, the team of the space has answered."""
    person = membership.person
    write(
        session,
        person.email,
        "organizations/mail/refused.txt",
        language=person.language,
        name=person.name,
        organization=called_by(session, person.id, membership.organization),
        orphan=orphan,
    )


def removed(session: Session, membership: Membership, by: str) -> None:
    """To somebody whom an owner took out: their pages there answer that they do not exist."""
    person = membership.person
    write(
        session,
        person.email,
        "organizations/mail/removed.txt",
        language=person.language,
        name=person.name,
        organization=called_by(session, person.id, membership.organization),
        by=by,
    )


def invitation(
    session: Session, invitation: Invitation, organization: Organization, inviter: str, invited: Person | None
) -> None:
    """To an address that may have no account."""
    # Whoever invites may invite the same person to two of one name.
    beside = queries.organizations_of(session, invitation.invited_by or 0)
    token = tokens.make("invitation", invitation=invitation.id, organization=organization.id)
    write(
        session,
        invitation.email,
        "organizations/mail/invitation.txt",
        language=invited.language if invited else None,
        organization=called_by(session, invited.id if invited else None, organization, beside),
        inviter=inviter,
        expires_at=invitation.expires_at,
        url=link("organizations.invitation", token=token),
    )
