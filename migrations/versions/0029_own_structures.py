"""Whoever belongs to a structure finds its spaces at the platform's door, those not open yet included: a function of
the database says of one person where their structures take part, and nothing else leaves a space by it."""

from __future__ import annotations

from alembic import op

from assett.core.tenancy import ACROSS_ROLE, SPACE_ROLE

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# That one's own structure takes part somewhere is known to its members there. A request that waits opens nothing.
OWN_STRUCTURES = """
CREATE FUNCTION structures_of_person(person bigint) RETURNS TABLE (space_id bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT participation.space_id, organization.name::text
    FROM membership
    JOIN organization ON organization.id = membership.organization_id
    JOIN participation ON participation.organization_id = organization.id
    WHERE membership.person_id = person AND membership.accepted_at IS NOT NULL
$$;
"""


def upgrade() -> None:
    op.execute(OWN_STRUCTURES)
    op.execute("REVOKE EXECUTE ON FUNCTION structures_of_person(bigint) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION structures_of_person(bigint) TO {SPACE_ROLE}, {ACROSS_ROLE}")
    # A role must be allowed to create where it comes to own.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {ACROSS_ROLE}")
    op.execute(f"ALTER FUNCTION structures_of_person(bigint) OWNER TO {ACROSS_ROLE}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {ACROSS_ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION structures_of_person(bigint)")
