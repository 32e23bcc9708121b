"""Tenancy is the database's job: one collectivité never sees another's rows, raw SQL included.

Every table with a `space_id` carries a row-level-security policy on the setting `app.space`, which lasts one
transaction. The application acts as the role `assett_space`, which no policy spares; the role `assett_across`
sees every space and is taken only by `core.across`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_sqlalchemy.session import Session
from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm import Session as AnySession

SPACE_ROLE = "assett_space"
ACROSS_ROLE = "assett_across"
ROLES = (SPACE_ROLE, ACROSS_ROLE)
CURRENT_SPACE = "nullif(current_setting('app.space', true), '')::bigint"
# As a policy says it: read once a statement and not once a row, and not before the statement runs. PostgreSQL would
# otherwise ask the setting while it plans, and takes a table for empty where the space is not declared yet.
SPACE_AT_RUN = f"(SELECT {CURRENT_SPACE})"


class Tenant:
    """Mixin of a table whose every row belongs to one space."""

    space_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("space.id", ondelete="CASCADE"))


class NationalOrTenant:
    """Mixin of a table whose rows belong to one space or, with `space_id` null, to the national base."""

    space_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("space.id", ondelete="CASCADE"))


def within_space(column: str, target: str, *, ondelete: str = "CASCADE") -> ForeignKeyConstraint:
    """A foreign key that cannot leave the space: `(space_id, column)` → `(space_id, id)` of `target`."""
    return ForeignKeyConstraint(["space_id", column], [f"{target}.space_id", f"{target}.id"], ondelete=ondelete)


def enter_space(session: AnySession, space_id: int | None) -> None:
    """From now on this session works in that space; each of its transactions says so to the database."""
    session.info["space_id"] = space_id
    if session.in_transaction():
        declare_space(session.connection(), space_id)


@contextmanager
def entered(session: AnySession, space_id: int) -> Iterator[None]:
    """Within the block this session works in that space, then again where it was, on the same transaction."""
    here = session.info.get("space_id")
    session.flush()
    enter_space(session, space_id)
    try:
        yield
        session.flush()
    except BaseException:
        # The transaction is lost: the next one begins where this one was.
        session.info["space_id"] = here
        raise
    enter_space(session, here)


def declare_space(connection: Any, space_id: int | None) -> None:
    connection.execute(
        text("SELECT set_config('app.space', :space, true)"), {"space": "" if space_id is None else str(space_id)}
    )


@event.listens_for(Session, "after_begin")
def _declare_on_begin(session: AnySession, _transaction: Any, connection: Any) -> None:
    space_id = session.info.get("space_id")
    if space_id is not None:
        declare_space(connection, space_id)


# Made once for the whole server, and granted so that whoever migrates can act as it. From PostgreSQL 16 on, who makes
# a role without being a superuser may grant it to themselves, but does not get to act as it by that alone.
_MAKE_ROLE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$
BEGIN
    IF current_setting('server_version_num')::int >= 160000 THEN
        IF NOT pg_has_role(current_user, '{role}', 'SET') THEN
            EXECUTE format('GRANT {role} TO %I WITH SET TRUE', current_user);
        END IF;
    ELSIF NOT pg_has_role(current_user, '{role}', 'MEMBER') THEN
        EXECUTE format('GRANT {role} TO %I', current_user);
    END IF;
END $$
"""


def create_roles() -> list[str]:
    """The statements that make both roles and let whoever migrates act as them."""
    statements = []
    for role in ROLES:
        statements.append(_MAKE_ROLE.format(role=role))
        statements.append(f"GRANT USAGE ON SCHEMA public TO {role}")
        statements.append(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}"
        )
    return statements


def secure_table(table: str, *, national: bool = False) -> list[str]:
    """The statements that put a table under row-level security; `national` rows are readable by all.

    Each command has one policy of a space where it can: PostgreSQL asks for the space once for each that it applies.
    """
    mine = f"space_id = {SPACE_AT_RUN}"
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY own_space ON {table} TO {SPACE_ROLE} USING ({mine}) WITH CHECK ({mine})",
        f"CREATE POLICY every_space ON {table} TO {ACROSS_ROLE} USING (true) WITH CHECK (true)",
    ]
    if national:
        statements.append(f"CREATE POLICY national ON {table} FOR SELECT TO {SPACE_ROLE} USING (space_id IS NULL)")
    return statements
