"""At the platform's door, the structures of one person are told apart where two bear one name: the function of the
database says which they are, and no more their names alone."""

from __future__ import annotations

from alembic import op

from assett.core.tenancy import ACROSS_ROLE, SPACE_ROLE

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE FUNCTION structures_of_person(person bigint) RETURNS TABLE (space_id bigint, {column})
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT participation.space_id, {value}
    FROM membership
    JOIN organization ON organization.id = membership.organization_id
    JOIN participation ON participation.organization_id = organization.id
    WHERE membership.person_id = person AND membership.accepted_at IS NOT NULL
$$;
"""
BY_ID = FUNCTION.format(column="organization_id bigint", value="organization.id")
BY_NAME = FUNCTION.format(column="name text", value="organization.name::text")


def upgrade() -> None:
    _replace(BY_ID)


def downgrade() -> None:
    _replace(BY_NAME)


def _replace(function: str) -> None:
    op.execute("DROP FUNCTION structures_of_person(bigint)")
    op.execute(function)
    op.execute("REVOKE EXECUTE ON FUNCTION structures_of_person(bigint) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION structures_of_person(bigint) TO {SPACE_ROLE}, {ACROSS_ROLE}")
    # A role must be allowed to create where it comes to own.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {ACROSS_ROLE}")
    op.execute(f"ALTER FUNCTION structures_of_person(bigint) OWNER TO {ACROSS_ROLE}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {ACROSS_ROLE}")
