"""Reads about people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Text, column, func, or_, select
from sqlalchemy.orm import Session

from assett.accounts import registries
from assett.accounts.models import Person, SignIn, SpaceRole, SpaceRoleName
from assett.core import search
from assett.core.tenancy import enter_space
from assett.kernel.text import fold
from assett.spaces.models import Space


def by_email(session: Session, email: str) -> Person | None:
    return session.scalars(select(Person).where(Person.email == email)).one_or_none()


def sign_ins(session: Session, person: Person) -> Sequence[SignIn]:
    """Where a person is signed in, the latest used first."""
    return session.scalars(
        select(SignIn).where(SignIn.person_id == person.id).order_by(SignIn.seen_on.desc(), SignIn.id.desc())
    ).all()


@dataclass(frozen=True, slots=True)
class OwnSpace:
    """A space in whose team a person is, and as what, or where structures of theirs take part; it may not be open
    yet."""

    slug: str
    name: str
    programme: str
    role: SpaceRoleName | None
    structures: tuple[str, ...]
    is_open: bool


def own_spaces(session: Session, person_id: int, now: datetime) -> list[OwnSpace]:
    """Wherever the person is in the team or has a structure, by name. The policies show one space at most: functions
    of the database (migrations 0023 and 0032) give what is one person's."""
    roles = func.roles_of_person(person_id).table_valued(column("space_id", BigInteger), column("role", Text))
    known = func.structures_of_person(person_id).table_valued(
        column("space_id", BigInteger), column("organization_id", BigInteger)
    )
    ids = func.array_agg(known.c.organization_id)
    structures = select(known.c.space_id, ids.label("ids")).group_by(known.c.space_id).subquery()
    rows = session.execute(
        select(Space, roles.c.role, structures.c.ids)
        .outerjoin(roles, roles.c.space_id == Space.id)
        .outerjoin(structures, structures.c.space_id == Space.id)
        .where(or_(roles.c.space_id.is_not(None), structures.c.space_id.is_not(None)))
        .order_by(search.folded(Space.name), Space.id)
    ).all()
    names = _structure_names(session, person_id) if any(ids for _space, _role, ids in rows) else {}
    return [
        OwnSpace(
            space.slug,
            space.name,
            space.programme,
            SpaceRoleName(role) if role else None,
            tuple(sorted((names[id] for id in ids or ()), key=fold)),
            space.is_open(now),
        )
        for space, role, ids in rows
    ]


def _structure_names(session: Session, person_id: int) -> dict[int, str]:
    return {id: name for named in registries.structure_names for id, name in named(session, person_id).items()}


def personal_data(session: Session, person: Person) -> Mapping[str, Any]:
    """Everything kept about a person, section by section, as JSON can hold it.

    Each space is entered in turn, for row-level security shows one at a time; those with nothing are left out.
    """
    data: dict[str, Any] = {
        "compte": {
            "nom": person.name,
            "adresse": person.email,
            "langue": person.language,
            "creation": person.created_at.isoformat(),
            "confirmation": person.confirmed_at.isoformat() if person.confirmed_at else None,
        }
    }
    data |= {name: section(session, person) for name, section in registries.personal_data.items()}
    here = session.info.get("space_id")
    spaces = {}
    for space in session.scalars(select(Space).order_by(Space.slug)).all():
        enter_space(session, space.id)
        sections = {name: section(session, person) for name, section in registries.personal_data_of_space.items()}
        if any(sections.values()):
            spaces[space.slug] = {name: section for name, section in sections.items() if section}
    enter_space(session, here)
    return data | {"espaces": spaces}


def role_in_space(session: Session, person: Person) -> str | None:
    """The person's role in the team of the current space, for the file of personal data."""
    return session.scalars(select(SpaceRole.role).where(SpaceRole.person_id == person.id)).one_or_none()


def personal_sign_ins(session: Session, person: Person) -> list[dict[str, str | None]]:
    """For the file of personal data."""
    return [
        {
            "navigateur": row.browser,
            "systeme": row.system,
            "depuis": row.started_at.isoformat(),
            "vu": row.seen_on.isoformat(),
        }
        for row in sign_ins(session, person)
    ]


registries.personal_data["connexions"] = personal_sign_ins
registries.personal_data_of_space["role"] = role_in_space
