"""Who may what: access is declared on every route, and the right to a row is proved when it is loaded.

An `Actor` is whoever makes the request, with their grants: each says in what (`space`, `organization`…), which
one, and as what. Features say which grants exist by registering a query; all are read in one statement, once
a request, and only if somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, TypeVar

from flask import abort
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from assett.core.db import Base

Model = TypeVar("Model", bound=Base)
Row = TypeVar("Row")
# A grant query selects (scope, scope id, role) for a person's id, which comes as a parameter: all are put together
# once, into one statement.
GrantQuery = Callable[[Any], Select[str, int, str]]

_grant_queries: list[GrantQuery] = []


def register_grants(query: GrantQuery) -> GrantQuery:
    _grant_queries.append(query)
    _every_grant.cache_clear()
    return query


@cache
def _every_grant() -> CompoundSelect[str, int, str]:
    return union_all(*(query(bindparam("person", type_=BigInteger)) for query in _grant_queries))


def all_grants() -> ColumnElement[list[list[Any]]]:
    """Every grant of the parameter `person`, as a column to be read along with that person."""
    grants = _every_grant().subquery()
    return select(
        func.coalesce(func.json_agg(func.json_build_array(*grants.c)), literal_column("'[]'::json"))
    ).scalar_subquery()


@dataclass(frozen=True)
class Grant:
    scope: str
    id: int
    role: str


@dataclass
class Actor:
    """Whoever makes the request. A visitor is an actor without a person."""

    session: Session
    person_id: int | None = None
    name: str = ""
    operator: bool = False
    space_id: int | None = None
    # Assessments tried without an account, kept in this visitor's own cookie: id → secret.
    trials: dict[str, str] = field(default_factory=dict)
    # The spaces that they were tried in: id of the assessment → id of the space.
    tried_in: dict[str, int] = field(default_factory=dict)

    # What `all_grants` gave, where the person was read with it.
    granted: list[list[Any]] | None = None

    @cached_property
    def grants(self) -> frozenset[Grant]:
        if self.person_id is None:
            return frozenset()
        rows: Iterable[Any] = (
            self.granted
            if self.granted is not None
            else self.session.execute(_every_grant(), {"person": self.person_id})
        )
        return frozenset(Grant(scope, id, role) for scope, id, role in rows)

    @property
    def signed_in(self) -> bool:
        return self.person_id is not None

    def role(self, scope: str, id: int | None) -> str | None:
        """The actor's role in that one, or None."""
        return next((grant.role for grant in self.grants if grant.scope == scope and grant.id == id), None)

    def ids(self, scope: str) -> list[int]:
        return sorted(grant.id for grant in self.grants if grant.scope == scope)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may open a route at all. The rights on the row that it shows are proved by `load`."""

    name: str
    allows: Callable[[Actor], bool]
    needs_account: bool = True


PUBLIC = Access("public", lambda actor: True, needs_account=False)
SIGNED_IN = Access("signed in", lambda actor: actor.signed_in)
OPERATOR = Access("operator", lambda actor: actor.operator)


def space_role(*roles: str) -> Access:
    """Open to those who hold one of these roles in the current space."""
    return Access(f"space {'/'.join(roles)}", lambda actor: actor.role("space", actor.space_id) in roles)


Policy = Callable[[Actor, Any], bool]


def proved(actor: Actor, row: Row | None, policy: Policy) -> Row:
    """The row, if there is one and the actor may; else the same 404, whichever it was that failed."""
    if row is None or not policy(actor, row):
        abort(404)
    return row


def load(actor: Actor, model: type[Model], id: int, policy: Policy, *, options: Iterable[Any] = ()) -> Model:
    """Load a row and prove the right to it: absent, foreign and forbidden give the same 404."""
    row = actor.session.scalars(select(model).where(model.id == id).options(*options)).one_or_none()
    return proved(actor, row, policy)
