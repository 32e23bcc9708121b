"""The roster of a space has an edition, so that a process may keep what it has read until it changes; the follow-up
counts by an index of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from assett.core.tenancy import ACROSS_ROLE, SPACE_ROLE, secure_table

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roster_edition",
        sa.Column("edition", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_roster_edition_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_edition")),
        sa.UniqueConstraint("space_id", name=op.f("uq_roster_edition_space_id")),
    )
    for statement in secure_table("roster_edition"):
        op.execute(statement)
    op.execute(f"REVOKE INSERT, UPDATE, DELETE ON roster_edition FROM {SPACE_ROLE}")
    op.execute("INSERT INTO roster_edition (space_id) SELECT DISTINCT space_id FROM participation")
    op.execute(NEW_EDITION)
    # They act as the role that sees every space: an organization exists once, and whoever changes it in one space
    # changes the rosters of the others. A role must be allowed to create where it comes to own.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {ACROSS_ROLE}")
    op.execute(f"ALTER FUNCTION roster_changed() OWNER TO {ACROSS_ROLE}")
    op.execute(f"ALTER FUNCTION organization_changed() OWNER TO {ACROSS_ROLE}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {ACROSS_ROLE}")
    op.create_index(
        "ix_assessment_current",
        "assessment",
        ["space_id", "participation_id", "latest", "started_at", "completed_at"],
        postgresql_where=sa.text("participation_id IS NOT NULL AND (latest OR completed_at IS NULL)"),
    )


# Once a statement, whatever the number of rows. Spaces are taken in one order, so that two changes do not wait for
# each other; one that is being deleted with all it holds is there no more.
NEW_EDITION = """
CREATE FUNCTION roster_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    INSERT INTO roster_edition (space_id)
    SELECT id FROM space WHERE id IN (SELECT space_id FROM changed) ORDER BY id
    ON CONFLICT (space_id) DO UPDATE SET edition = gen_random_uuid();
    RETURN NULL;
END $$;
CREATE TRIGGER roster_new AFTER INSERT ON participation
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roster_changed();
CREATE TRIGGER roster_gone AFTER DELETE ON participation
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roster_changed();
CREATE TRIGGER roster_new AFTER INSERT ON listing
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roster_changed();
CREATE TRIGGER roster_changed AFTER UPDATE ON listing
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roster_changed();
CREATE TRIGGER roster_gone AFTER DELETE ON listing
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roster_changed();

CREATE FUNCTION organization_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO roster_edition (space_id)
    SELECT DISTINCT p.space_id FROM participation p JOIN changed ON changed.id = p.organization_id ORDER BY p.space_id
    ON CONFLICT (space_id) DO UPDATE SET edition = gen_random_uuid();
    RETURN NULL;
END $$;
CREATE TRIGGER roster_changed AFTER UPDATE ON organization
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION organization_changed();
"""
