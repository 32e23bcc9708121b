"""Reads about organizations and participations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Boolean, Select, cast, column, exists, func, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from assett.accounts.models import Person, SpaceRole, SpaceRoleName
from assett.core.memory import Memory
from assett.core.search import fold_once
from assett.core.tenancy import entered
from assett.kernel.text import fold
from assett.organizations.models import (
    Charter,
    Invitation,
    MemberRole,
    Membership,
    Organization,
    OrganizationKind,
    Participation,
    Pledge,
    Proposal,
    RosterEdition,
)
from assett.organizations.sectors import Sector
from assett.spaces.models import Space


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A participation as lists name, sort and count it; `id` is its own."""

    id: int
    name: str
    kind: OrganizationKind
    activity: str
    commune: str
    siret: str | None
    sector: Sector | None
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Roster:
    """Who takes part in a space, by name; the same `edition` is the same roster, listings included. None is that of
    a space that nobody has joined."""

    edition: UUID | None
    enrolled: Mapping[int, Enrolled]
    # When they joined, in the order of time.
    joined: Sequence[datetime]
    communes: Mapping[str, int]
    kinds: Mapping[OrganizationKind, int]


_rosters: Memory[UUID, Roster] = Memory(64)
_EDITION = select(RosterEdition.space_id, RosterEdition.edition).where(
    RosterEdition.space_id == cast(func.nullif(func.current_setting("app.space", True), ""), BigInteger)
)


def roster(session: Session) -> Roster:
    """The roster of the current space, read anew only when the database has given it a new edition."""
    current = session.execute(_EDITION).one_or_none()
    if current is None:
        return Roster(None, {}, (), {}, {})
    space_id, edition = current
    return _rosters.recall(edition, lambda: _read_roster(session, space_id, edition))


def _read_roster(session: Session, space_id: int, edition: UUID) -> Roster:
    rows = session.execute(
        select(
            Participation.id,
            Organization.name,
            Organization.kind,
            Organization.activity,
            Organization.commune,
            Organization.siret,
            Organization.sector,
            Participation.joined_at,
        )
        .join(Participation.organization)
        .where(Participation.space_id == space_id)
    )
    enrolled = sorted((Enrolled(*row) for row in rows), key=lambda each: (fold_once(each.name), each.id))
    kinds = Counter(each.kind for each in enrolled)
    return Roster(
        edition,
        MappingProxyType({each.id: each for each in enrolled}),
        tuple(sorted(each.joined_at for each in enrolled)),
        MappingProxyType(counted_communes(each.commune for each in enrolled)),
        MappingProxyType({kind: kinds[kind] for kind in OrganizationKind if kind in kinds}),
    )


def counted_communes(names: Iterable[str]) -> dict[str, int]:
    """How many times each commune is named, in its usual spelling, by name."""
    spellings: dict[str, Counter[str]] = {}
    for name in filter(None, names):
        spellings.setdefault(fold_once(name), Counter())[name] += 1
    return {_usual(spellings[folded]): spellings[folded].total() for folded in sorted(spellings)}


def _usual(spellings: Mapping[str, int]) -> str:
    """The spelling that most use, among those that are not all in small letters or in capitals where there is one."""
    return max(spellings, key=lambda name: (not name.islower() and not name.isupper(), spellings[name]))


def usual_commune(session: Session, typed: str, own: str = "") -> str:
    """A commune as the actors of this space spell it: « POITIERS » is « Poitiers » where one has written so.

    `own` is what the organization itself said before, which does not hold it back.
    """
    spellings = Counter(
        each.commune for each in roster(session).enrolled.values() if fold_once(each.commune) == fold_once(typed)
    )
    spellings[own] -= 1
    known = {name: count for name, count in spellings.items() if count > 0}
    return _usual({typed: 0} | known) if typed else typed


def spelled_like(name: str, communes: Iterable[str]) -> str:
    """That of these communes which is meant, however it is spelled; what was given where there is none."""
    return next((each for each in communes if fold_once(each) == fold_once(name)), name)


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


def by_siret(session: Session, siret: str) -> Organization | None:
    return session.scalars(select(Organization).where(Organization.siret == siret)).one_or_none()


def namesakes(session: Session, name: str, commune: str, *, siret: str | None = None) -> Sequence[Participation]:
    """The participations here of organizations of that name in that commune, accents and punctuation forgiven; beside
    one whose SIRET is given, only those that have none: two numbers are two establishments."""
    alike = [each.id for each in roster(session).enrolled.values() if _alike(each, name, commune, siret)]
    if not alike:
        return []
    return session.scalars(
        select(Participation)
        .where(Participation.id.in_(alike))
        .options(joinedload(Participation.organization))
        .order_by(Participation.joined_at, Participation.id)
    ).all()


def bearing(session: Session, names: Collection[str]) -> Sequence[Organization]:
    """The organizations that take part here under one of these names, whatever their commune."""
    folded = {fold(name) for name in names}
    alike = [each.id for each in roster(session).enrolled.values() if fold_once(each.name) in folded]
    if not alike:
        return []
    taking_part = select(Participation.organization_id).where(Participation.id.in_(alike))
    return session.scalars(select(Organization).where(Organization.id.in_(taking_part))).all()


def own_namesakes(
    session: Session, name: str, commune: str, person_id: int, *, siret: str | None = None
) -> Sequence[Organization]:
    """The same among the organizations that this person is a member of, whatever the spaces they take part in."""
    own = sorted(organizations_of(session, person_id), key=lambda each: each.id)
    return [each for each in own if _alike(each, name, commune, siret)]


def _alike(known: Enrolled | Organization, name: str, commune: str, siret: str | None) -> bool:
    same = (fold_once(known.name), fold_once(known.commune)) == (fold(name), fold(commune))
    return same and (siret is None or known.siret is None)


def _owned_by(person_id: int) -> Select[Organization]:
    return (
        select(Organization)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(
            Membership.person_id == person_id,
            Membership.role == MemberRole.OWNER,
            Membership.accepted_at.is_not(None),
        )
        .order_by(Organization.id)
    )


def presented_before(
    session: Session, identity: Mapping[str, Any], person_id: int, since: datetime | None = None
) -> Organization | None:
    """The organization that this person owns and presented in exactly these words, not before `since`: the latest."""
    same = [getattr(Organization, field).is_not_distinct_from(value) for field, value in identity.items()]
    if since is not None:
        same.append(Organization.created_at >= since)
    return session.scalars(_owned_by(person_id).where(*same).order_by(None).order_by(Organization.id.desc())).first()


def deserted_by_owners(session: Session, organization_ids: Sequence[int]) -> set[int]:
    """Those of these organizations that nobody owns any more."""
    if not organization_ids:
        return set()
    owned = select(Membership.organization_id).where(
        Membership.organization_id.in_(organization_ids),
        Membership.role == MemberRole.OWNER,
        Membership.accepted_at.is_not(None),
    )
    return set(organization_ids) - set(session.scalars(owned))


def membership(session: Session, organization_id: int, person_id: int) -> Membership | None:
    """A person's membership of an organization, or their request for one."""
    return session.scalars(
        select(Membership).where(Membership.organization_id == organization_id, Membership.person_id == person_id)
    ).one_or_none()


def membership_by_id(session: Session, id: int) -> Membership | None:
    """A membership or a request, with its person, its organization, where it was asked and who answered it."""
    return session.scalars(
        select(Membership)
        .where(Membership.id == id)
        .options(
            joinedload(Membership.person),
            joinedload(Membership.organization),
            joinedload(Membership.answerer),
            joinedload(Membership.asked_space),
        )
    ).one_or_none()


def awaited_in(session: Session, request: Membership) -> Space | None:
    """The space where it was asked, if it is another than this one and the organization does not take part in it."""
    place = request.asked_space
    if place is None or place.id == session.info["space_id"]:
        return None
    with entered(session, place.id):
        return None if participations_of(session, [request.organization_id]) else place


def memberships(session: Session, organization_id: int) -> Sequence[Membership]:
    """The members of an organization and those who ask to be, by name."""
    return session.scalars(
        select(Membership)
        .join(Membership.person)
        .where(Membership.organization_id == organization_id, Membership.refused_at.is_(None))
        .options(joinedload(Membership.person))
        .order_by(Person.name, Membership.id)
    ).all()


def members(session: Session, organization_id: int) -> Sequence[Person]:
    """The members of an organization."""
    return session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organization_id == organization_id, Membership.accepted_at.is_not(None))
        .order_by(Person.id)
    ).all()


def organizations_of(session: Session, person_id: int) -> Sequence[Organization]:
    """The organizations that have this person as a member, in whatever space."""
    return session.scalars(
        select(Organization)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.person_id == person_id, Membership.accepted_at.is_not(None))
    ).all()


def alone_in(session: Session, person_id: int) -> Sequence[Organization]:
    """The organizations that have this person and nobody else as a member, by name."""
    other = aliased(Membership)
    others = exists().where(
        other.organization_id == Organization.id, other.person_id != person_id, other.accepted_at.is_not(None)
    )
    return session.scalars(
        select(Organization)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.person_id == person_id, Membership.accepted_at.is_not(None), ~others)
        .order_by(Organization.name, Organization.id)
    ).all()


def deserted(session: Session, organization_ids: Sequence[int]) -> Sequence[Participation]:
    """Where those of these organizations take part that have no member."""
    members = exists().where(
        Membership.organization_id == Participation.organization_id, Membership.accepted_at.is_not(None)
    )
    return session.scalars(
        select(Participation)
        .where(Participation.organization_id.in_(organization_ids), ~members)
        .options(joinedload(Participation.organization))
        .order_by(Participation.id)
    ).all()


def asked_by(session: Session, person_id: int) -> tuple[list[Membership], list[Membership]]:
    """The requests of a person: those that nobody has answered yet, oldest first, and those that were refused, latest
    first, as long as they are kept."""
    asked = session.scalars(
        select(Membership)
        .where(Membership.person_id == person_id, Membership.accepted_at.is_(None))
        .options(joinedload(Membership.organization))
        .order_by(Membership.requested_at)
    ).all()
    refused = [each for each in asked if each.refused_at is not None]
    refused.sort(key=lambda each: each.refused_at or each.requested_at, reverse=True)
    return [each for each in asked if each.pending], refused


def refused_of(session: Session, person_id: int) -> Sequence[Membership]:
    """The requests of a person that were refused, latest first, as long as they are kept."""
    return session.scalars(
        select(Membership)
        .where(Membership.person_id == person_id, Membership.refused_at.is_not(None))
        .options(joinedload(Membership.organization))
        .order_by(Membership.refused_at.desc())
    ).all()


def owners(session: Session, organization_id: int) -> Sequence[Person]:
    return session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organization_id == organization_id,
            Membership.role == MemberRole.OWNER,
            Membership.accepted_at.is_not(None),
        )
        .order_by(Person.id)
    ).all()


_ACCOMPANIES = SpaceRole.role.in_((SpaceRoleName.FACILITATOR, SpaceRoleName.MANAGER))


def hosts(session: Session) -> Sequence[Person]:
    """Those of the current space's team who accompany its actors."""
    return session.scalars(
        select(Person)
        .join(SpaceRole, SpaceRole.person_id == Person.id)
        # Said besides by the database, but to a job, which sees every space.
        .where(SpaceRole.space_id == session.info["space_id"], _ACCOMPANIES)
        .order_by(Person.id)
    ).all()


def answering_spaces(session: Session, organization_ids: Collection[int], here: int | None) -> dict[int, Space | None]:
    """For each of these organizations that nobody owns, the space whose team answers in its place: this one where it
    takes part in it or nowhere, else the first that it joined; one that has nobody to answer is passed over.

    A function of the database says where an orphan takes part, and nothing else leaves a space by it.
    """
    answered = func.places_of_orphans(cast(list(organization_ids), ARRAY(BigInteger))).table_valued(
        column("organization_id", BigInteger), column("space_id", BigInteger), column("answered", Boolean)
    )
    places: dict[int, list[tuple[int, bool]]] = {id: [] for id in organization_ids}
    for organization_id, space_id, has_team in session.execute(select(answered)):
        places[organization_id].append((space_id, has_team))
    own = [(here, bool(hosts(session)))] if here is not None else []
    chosen = {
        id: next(
            (space for space, has_team in sorted(known or own, key=lambda each: each[0] != here) if has_team), None
        )
        for id, known in places.items()
    }
    wanted = set(chosen.values()) - {None}
    spaces = {each.id: each for each in session.scalars(select(Space).where(Space.id.in_(wanted)))} if wanted else {}
    return {id: spaces.get(space) if space is not None else None for id, space in chosen.items()}


def pending(session: Session, organization_ids: Sequence[int]) -> Sequence[Membership]:
    """The requests to join these organizations that nobody has answered yet, oldest first."""
    return session.scalars(
        select(Membership)
        .where(
            Membership.organization_id.in_(organization_ids),
            Membership.accepted_at.is_(None),
            Membership.refused_at.is_(None),
        )
        .options(joinedload(Membership.organization), joinedload(Membership.person))
        .order_by(Membership.requested_at, Membership.id)
    ).all()


def proposals(session: Session, organization_id: int) -> Sequence[Proposal]:
    """What its members ask those who own an organization to take part in, oldest first."""
    return session.scalars(_proposals(organization_id)).all()


def held_proposals(session: Session, organization_id: int, asked_in: int) -> Sequence[Proposal]:
    """Those of one space, held until the end of the transaction: without those that were answered meanwhile."""
    found = _proposals(organization_id).where(Proposal.asked_in == asked_in)
    return session.scalars(found.with_for_update(of=Proposal)).all()


def own_proposals(session: Session, person_id: int) -> Sequence[Proposal]:
    """What a person proposed and nobody has answered yet, for whatever space, oldest first."""
    return session.scalars(
        select(Proposal)
        .join(Proposal.membership)
        .where(Membership.person_id == person_id)
        .options(
            contains_eager(Proposal.membership).joinedload(Membership.organization), joinedload(Proposal.asked_space)
        )
        .order_by(Proposal.asked_at, Proposal.id)
    ).all()


def proposed_here(session: Session, person_id: int) -> dict[int, Proposal]:
    """Those for the current space, by organization."""
    here = session.info["space_id"]
    own = own_proposals(session, person_id)
    return {each.membership.organization_id: each for each in own if each.asked_in == here}


def _proposals(organization_id: int) -> Select[Proposal]:
    return (
        select(Proposal)
        .join(Proposal.membership)
        .where(Membership.organization_id == organization_id)
        .options(
            contains_eager(Proposal.membership).options(
                joinedload(Membership.person), joinedload(Membership.organization)
            ),
            joinedload(Proposal.asked_space),
        )
        .order_by(Proposal.asked_at, Proposal.id)
    )


def invitation(session: Session, id: int) -> Invitation | None:
    return session.scalars(
        select(Invitation)
        .where(Invitation.id == id)
        .options(joinedload(Invitation.organization), joinedload(Invitation.inviter))
    ).one_or_none()


def invitations(session: Session, organization_id: int) -> Sequence[Invitation]:
    """The invitations that wait for an answer, newest first; those that expired too, for they can be sent again."""
    return session.scalars(
        select(Invitation).where(Invitation.organization_id == organization_id).order_by(Invitation.sent_at.desc())
    ).all()


def current_charter(session: Session) -> Charter | None:
    """The charter of the current space that is signed today: the published version with the highest number."""
    return session.scalars(
        select(Charter).where(Charter.published_at <= func.now()).order_by(Charter.version.desc()).limit(1)
    ).one_or_none()


def charters_since(session: Session, version: int) -> Sequence[Charter]:
    """The published charters that came after a version, in their order."""
    return session.scalars(
        select(Charter).where(Charter.published_at <= func.now(), Charter.version > version).order_by(Charter.version)
    ).all()


def pledges(session: Session, participation_id: int) -> Sequence[Pledge]:
    """What a participation has signed, latest first, each with its charter."""
    return session.scalars(
        select(Pledge)
        .where(Pledge.participation_id == participation_id)
        .options(joinedload(Pledge.charter))
        .order_by(Pledge.signed_at.desc(), Pledge.id.desc())
    ).all()


def awaits_pledge(session: Session, participation_id: int) -> bool:
    """Whether the space has a charter whose current version this participation has not signed."""
    charter = current_charter(session)
    if charter is None:
        return False
    signed = select(Pledge.id).where(Pledge.participation_id == participation_id, Pledge.charter_id == charter.id)
    return session.scalars(signed).one_or_none() is None


def personal_memberships(session: Session, person: Person) -> list[dict[str, str | None]]:
    """For the file of personal data: their structures and those that they asked to join, when, and from which space."""
    rows = session.execute(
        select(Membership, Organization.name, Organization.commune, Space.name)
        .join(Membership.organization)
        .outerjoin(Membership.asked_space)
        .where(Membership.person_id == person.id)
        .order_by(Organization.name)
    )
    return [_personal_membership(row, name, commune, space) for row, name, commune, space in rows]


def _personal_membership(row: Membership, name: str, commune: str, space: str | None) -> dict[str, str | None]:
    # Who made the structure, or was invited to it, asked nothing.
    asked = row.asked_in is not None or row.accepted_at is None
    return {
        "structure": name,
        "commune": commune,
        "role": row.role,
        "espace de la demande": space,
        "demande": row.requested_at.isoformat() if asked else None,
        "refus": row.refused_at.isoformat() if row.refused_at else None,
        "depuis": row.accepted_at.isoformat() if row.accepted_at else None,
    }


def personal_proposals(session: Session, person: Person) -> list[dict[str, str]]:
    """For the file of personal data: the spaces that they would like a structure to take part in, while it waits."""
    rows = session.execute(
        select(Organization.name, Space.name, Proposal.asked_at)
        .join(Proposal.membership)
        .join(Membership.organization)
        .join(Proposal.asked_space)
        .where(Membership.person_id == person.id)
        .order_by(Proposal.asked_at)
    )
    return [{"structure": name, "espace": space, "date": at.isoformat()} for name, space, at in rows]


def personal_pledges(session: Session, person: Person) -> list[dict[str, str | int]]:
    """For the file of personal data: the charters signed in the current space."""
    rows = session.execute(
        select(Charter.version, Pledge.signatory, Pledge.signed_at)
        .join(Charter, Charter.id == Pledge.charter_id)
        .where(Pledge.person_id == person.id)
        .order_by(Pledge.signed_at)
    )
    return [{"charte": version, "signataire": name, "date": at.isoformat()} for version, name, at in rows]


def hold(session: Session, organization_id: int) -> None:
    """Hold an organization until the end of the transaction: who changes its members meanwhile waits."""
    session.execute(select(Organization.id).where(Organization.id == organization_id).with_for_update())
