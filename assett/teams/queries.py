"""Reads about the team of a space and its log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, Text, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session, joinedload

from assett.accounts.models import Person, SignIn, SpaceRole, SpaceRoleName
from assett.core.audit import AuditEntry, Source
from assett.core.i18n import PARIS
from assett.core.paging import Page, page_within
from assett.core.tenancy import enter_space
from assett.spaces.models import Space
from assett.teams.models import TeamInvitation

PAGE_SIZE = 50
# The actions that send the mail of an invitation.
MAILING = ("team.invited", "team.invitation-resent")

_BY_ROLE = case({role: place for place, role in enumerate(reversed(SpaceRoleName))}, value=SpaceRole.role)


# The team


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the team, and the last day on which they were seen, where it is still known."""

    role: SpaceRole
    seen_on: date | None


def members(session: Session) -> list[Member]:
    """The team of the current space with its people: managers first, then by name."""
    seen_on = select(func.max(SignIn.seen_on)).where(SignIn.person_id == SpaceRole.person_id).scalar_subquery()
    rows = session.execute(
        select(SpaceRole, seen_on)
        .join(SpaceRole.person)
        .options(joinedload(SpaceRole.person))
        .order_by(_BY_ROLE, Person.name, SpaceRole.id)
    )
    return [Member(role, seen) for role, seen in rows]


def only_manager(members: Sequence[Member]) -> int | None:
    """The role of the one who manages the space alone, if one does: they stay until another does too."""
    managers = [member.role.id for member in members if member.role.role == SpaceRoleName.MANAGER]
    return managers[0] if len(managers) == 1 else None


def member(session: Session, id: int) -> SpaceRole | None:
    """A member of the current space's team, with their person."""
    return session.scalars(
        select(SpaceRole).where(SpaceRole.id == id).options(joinedload(SpaceRole.person))
    ).one_or_none()


def role_of(session: Session, person_id: int) -> SpaceRole | None:
    """A person's place in the team of the current space."""
    return session.scalars(select(SpaceRole).where(SpaceRole.person_id == person_id)).one_or_none()


def held_managers(session: Session) -> Sequence[SpaceRole]:
    """Those who manage the current space, held until the end of the transaction and as they are now."""
    return session.scalars(
        select(SpaceRole)
        .where(SpaceRole.role == SpaceRoleName.MANAGER)
        .options(joinedload(SpaceRole.person))
        .order_by(SpaceRole.id)
        .with_for_update(of=SpaceRole)
        .execution_options(populate_existing=True)
    ).all()


def emails_of_members(session: Session, emails: Iterable[str]) -> set[str]:
    """Those of these addresses whose account is in the team."""
    return set(
        session.scalars(
            select(Person.email).join(SpaceRole, SpaceRole.person_id == Person.id).where(Person.email.in_(list(emails)))
        )
    )


def languages_of(session: Session, emails: Iterable[str]) -> dict[str, str | None]:
    """The language of the account of each of these addresses that has one."""
    rows = session.execute(select(Person.email, Person.language).where(Person.email.in_(list(emails))))
    return {row.email: row.language for row in rows}


# Invitations


def invitations(session: Session, asked: int) -> Page[TeamInvitation]:
    """A page of the invitations of the current space: those that wait first, then the expired, then the ended ones."""
    total = session.scalars(select(func.count(TeamInvitation.id))).one()
    page = page_within(asked, total, PAGE_SIZE)
    ended = func.coalesce(TeamInvitation.accepted_at, TeamInvitation.revoked_at)
    rows = session.scalars(
        select(TeamInvitation)
        .options(joinedload(TeamInvitation.inviter), joinedload(TeamInvitation.accepter))
        .order_by(
            ended.desc().nulls_first(),
            TeamInvitation.expires_at <= func.now(),
            TeamInvitation.sent_at.desc(),
            TeamInvitation.id.desc(),
        )
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    return Page(rows, page, PAGE_SIZE, total)


def count_mailed(session: Session, since: datetime) -> int:
    """How many invitations were mailed for the current space, first ones and further ones."""
    return session.scalars(
        select(func.count(AuditEntry.id)).where(
            AuditEntry.space_id == session.info["space_id"],
            AuditEntry.action.in_(MAILING),
            AuditEntry.at > since,
        )
    ).one()


def invitation(session: Session, id: int) -> TeamInvitation | None:
    """An invitation of the current space, held until the end of the transaction."""
    return session.scalars(
        select(TeamInvitation)
        .where(TeamInvitation.id == id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def invitation_by_token(session: Session, token_hash: str, *, hold: bool = False) -> TeamInvitation | None:
    """The invitation that a link opens, with whoever sent it."""
    query = select(TeamInvitation).where(TeamInvitation.token_hash == token_hash)
    if hold:
        query = query.with_for_update(of=TeamInvitation).execution_options(populate_existing=True)
    return session.scalars(query.options(joinedload(TeamInvitation.inviter))).one_or_none()


def open_invitations(session: Session, emails: Iterable[str]) -> dict[str, TeamInvitation]:
    """The invitations of these addresses that are neither accepted nor revoked (they may have expired), held."""
    rows = session.scalars(
        select(TeamInvitation)
        .where(
            TeamInvitation.email.in_(list(emails)),
            TeamInvitation.accepted_at.is_(None),
            TeamInvitation.revoked_at.is_(None),
        )
        .order_by(TeamInvitation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.email: row for row in rows}


# The log


@dataclass(frozen=True, slots=True)
class Criteria:
    """What part of the log is asked for. `person_id` and `source` exclude each other; days are whole, in Paris."""

    person_id: int | None = None
    source: Source | None = None
    kind: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def narrows(self) -> bool:
        return self != Criteria()

    @property
    def backwards(self) -> bool:
        """Whether the last day comes before the first."""
        return self.first is not None and self.last is not None and self.last < self.first


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log. `author` is None where nobody with an account acted, or where that account is erased."""

    at: datetime
    source: Source
    action: str
    subject: str | None
    details: Mapping[str, Any]
    author: str | None
    operator: bool


@dataclass(frozen=True, slots=True)
class Names:
    """How the people and the invitations that entries name by their ids are called; who was erased is missing."""

    people: Mapping[int, str]
    addresses: Mapping[int, str]


def entries(session: Session, space_id: int, criteria: Criteria, asked: int) -> Page[Entry]:
    """A page of the log of this space, the latest first."""
    wanted = _wanted(space_id, criteria)
    total = session.scalar(select(func.count()).select_from(AuditEntry).where(wanted)) or 0
    page = page_within(asked, total, PAGE_SIZE)
    rows = session.execute(_entries(wanted).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    return Page(list(map(_entry, rows)), page, PAGE_SIZE, total)


def every_entry(session: Session, space_id: int, criteria: Criteria) -> list[Entry]:
    """All of the log that is asked for, the latest first."""
    return list(map(_entry, session.execute(_entries(_wanted(space_id, criteria)))))


def _entries(wanted: Any) -> Select[AuditEntry, str, bool]:
    return (
        select(AuditEntry, Person.name, Person.operator)
        .outerjoin(Person, Person.id == AuditEntry.person_id)
        .where(wanted)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    )


def _entry(row: Any) -> Entry:
    entry, author, operator = row
    return Entry(entry.at, entry.source, entry.action, entry.subject, entry.details, author, bool(operator))


def _wanted(space_id: int, criteria: Criteria) -> Any:
    """The condition for an entry of this space. Whoever worked in all spaces at once was in this one too."""
    in_all = and_(AuditEntry.space_id.is_(None), AuditEntry.action == "across", AuditEntry.source == Source.PERSON)
    conditions = [or_(AuditEntry.space_id == space_id, in_all)]
    if criteria.person_id is not None:
        conditions.append(AuditEntry.person_id == criteria.person_id)
    if criteria.source is not None:
        conditions += [AuditEntry.source == criteria.source, AuditEntry.person_id.is_(None)]
    if criteria.kind:
        conditions.append(_kind() == criteria.kind)
    if criteria.first is not None:
        conditions.append(AuditEntry.at >= datetime.combine(criteria.first, time(), PARIS))
    if criteria.last is not None:
        conditions.append(AuditEntry.at < datetime.combine(criteria.last + timedelta(days=1), time(), PARIS))
    return and_(*conditions)


def _kind() -> Any:
    return func.split_part(AuditEntry.action, ".", 1)


def authors(session: Session, space_id: int) -> list[tuple[int, str]]:
    """Those whom this space's log names as authors, by name: (id, name)."""
    rows = session.execute(
        select(Person.id, Person.name)
        .where(Person.id.in_(select(AuditEntry.person_id).where(_wanted(space_id, Criteria()))))
        .order_by(Person.name, Person.id)
    )
    return [(row.id, row.name) for row in rows]


def kinds(session: Session, space_id: int) -> list[str]:
    """The kinds of action that this space's log holds."""
    return list(session.scalars(select(_kind()).where(_wanted(space_id, Criteria())).distinct()))


def names(session: Session, entries: Iterable[Entry]) -> Names:
    """The names of those whom these entries are about."""
    people: set[int] = set()
    invited: set[int] = set()
    for entry in entries:
        for ids, key in ((people, "person"), (invited, "invitation")):
            if isinstance(entry.details.get(key), int):
                ids.add(entry.details[key])
    return Names(
        _named(session, select(Person.id, Person.name).where(Person.id.in_(sorted(people)))) if people else {},
        _named(session, select(TeamInvitation.id, TeamInvitation.email).where(TeamInvitation.id.in_(sorted(invited))))
        if invited
        else {},
    )


def _named(session: Session, query: Select[int, str]) -> dict[int, str]:
    return {row[0]: row[1] for row in session.execute(query)}


# A person's own data


def each_space(session: Session) -> Iterator[Space]:
    """Every space, entered in turn: row-level security shows one at a time."""
    here = session.info.get("space_id")
    session.flush()
    for space in session.scalars(select(Space).order_by(Space.id)).all():
        enter_space(session, space.id)
        yield space
        session.flush()
    enter_space(session, here)


def personal_invitations(session: Session, person: Person) -> list[dict[str, str | None]]:
    """For the file of personal data: the invitations to the team of the current space."""
    rows = session.scalars(
        select(TeamInvitation)
        .where(or_(TeamInvitation.email == person.email, TeamInvitation.accepted_by == person.id))
        .order_by(TeamInvitation.created_at)
    )
    return [
        {
            "adresse": row.email,
            "role": row.role.value,
            "mot": row.message or None,
            "envoi": row.sent_at.isoformat(),
            "acceptation": row.accepted_at.isoformat() if row.accepted_at else None,
            "annulation": row.revoked_at.isoformat() if row.revoked_at else None,
        }
        for row in rows
    ]


def personal_entries(session: Session, person: Person) -> list[dict[str, Any]]:
    """For the file of personal data: what the log of the current space says by or about a person."""
    rows = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.space_id == session.info.get("space_id"),
            or_(AuditEntry.person_id == person.id, cast(AuditEntry.details["person"], Text) == str(person.id)),
        )
        .order_by(AuditEntry.at, AuditEntry.id)
    )
    return [
        {
            "date": row.at.isoformat(),
            "auteur": row.person_id == person.id,
            "action": row.action,
            "objet": row.subject,
            "details": row.details,
        }
        for row in rows
    ]
