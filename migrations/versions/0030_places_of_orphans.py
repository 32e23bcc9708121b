"""Whoever asks to join a structure that nobody owns is answered by the team of a space where it takes part: a function
of the database says which spaces those are, and nothing else leaves a space by it."""

from __future__ import annotations

from alembic import op

from assett.core.tenancy import ACROSS_ROLE, SPACE_ROLE

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# Of structures that somebody owns, nothing: their owner answers.
ORPHANS = """
CREATE FUNCTION places_of_orphans(organizations bigint[])
RETURNS TABLE (organization_id bigint, space_id bigint, answered boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT participation.organization_id, participation.space_id, EXISTS (
        SELECT FROM space_role
        WHERE space_role.space_id = participation.space_id AND space_role.role IN ('facilitator', 'manager')
    )
    FROM participation
    WHERE participation.organization_id = ANY(organizations) AND NOT EXISTS (
        SELECT FROM membership
        WHERE membership.organization_id = participation.organization_id
        AND membership.role = 'owner' AND membership.accepted_at IS NOT NULL
    )
    ORDER BY participation.joined_at, participation.id
$$;
"""


def upgrade() -> None:
    op.execute(ORPHANS)
    op.execute("REVOKE EXECUTE ON FUNCTION places_of_orphans(bigint[]) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION places_of_orphans(bigint[]) TO {SPACE_ROLE}, {ACROSS_ROLE}")
    # A role must be allowed to create where it comes to own.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {ACROSS_ROLE}")
    op.execute(f"ALTER FUNCTION places_of_orphans(bigint[]) OWNER TO {ACROSS_ROLE}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {ACROSS_ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION places_of_orphans(bigint[])")
