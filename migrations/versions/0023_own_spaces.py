"""Whoever works for several collectivités, or for one whose space is not open yet, is told which: a function of the
database says of one person in which teams they are, and nothing else leaves a space by it."""

from __future__ import annotations

from alembic import op

from assett.core.tenancy import ACROSS_ROLE, SPACE_ROLE

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# A role, and the space it is held in, are their holder's own data.
OWN_ROLES = """
CREATE FUNCTION roles_of_person(person bigint) RETURNS TABLE (space_id bigint, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT space_role.space_id, space_role.role::text FROM space_role WHERE space_role.person_id = person $$;
"""


def upgrade() -> None:
    op.execute(OWN_ROLES)
    op.execute("REVOKE EXECUTE ON FUNCTION roles_of_person(bigint) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION roles_of_person(bigint) TO {SPACE_ROLE}, {ACROSS_ROLE}")
    # A role must be allowed to create where it comes to own.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {ACROSS_ROLE}")
    op.execute(f"ALTER FUNCTION roles_of_person(bigint) OWNER TO {ACROSS_ROLE}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {ACROSS_ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION roles_of_person(bigint)")
