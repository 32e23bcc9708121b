"""The assessments of a space have an edition, so that a process may keep what it has counted until one is begun, completed
or given up, or what is shared of it changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from assett.core.tenancy import ACROSS_ROLE, SPACE_ROLE, secure_table

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# At the end of the transaction, so that nobody waits for the row while another's use case goes on; once a transaction,
# for nobody sees it before.
NEW_EDITION = """
CREATE FUNCTION assessments_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE changed bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.space_id ELSE NEW.space_id END;
BEGIN
    INSERT INTO assessment_edition (space_id) SELECT id FROM space WHERE id = changed
    ON CONFLICT (space_id) DO UPDATE SET edition = gen_random_uuid()
    WHERE assessment_edition.xmin <> pg_current_xact_id()::xid;
    RETURN NULL;
END $$;
"""
SCORES = ("category_score", "pooled_score")
COUNTED = ("participation_id", "completed_at", "latest", "overall_ratio", "overall_level")
TRIGGERS = (
    *(("assessments_scored", table, "INSERT OR UPDATE OR DELETE", None) for table in SCORES),
    ("assessments_new", "assessment", "INSERT", "NEW.participation_id IS NOT NULL"),
    ("assessments_gone", "assessment", "DELETE", "OLD.participation_id IS NOT NULL"),
    # An answer that is saved changes none of these.
    (
        "assessments_changed",
        "assessment",
        "UPDATE",
        " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in COUNTED),
    ),
    ("assessments_shared", "participation", "UPDATE", "OLD.share_scores IS DISTINCT FROM NEW.share_scores"),
)


def upgrade() -> None:
    op.create_table(
        "assessment_edition",
        sa.Column("edition", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_assessment_edition_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_edition")),
        sa.UniqueConstraint("space_id", name=op.f("uq_assessment_edition_space_id")),
    )
    for statement in secure_table("assessment_edition"):
        op.execute(statement)
    op.execute(f"REVOKE INSERT, UPDATE, DELETE ON assessment_edition FROM {SPACE_ROLE}")
    op.execute("INSERT INTO assessment_edition (space_id) SELECT DISTINCT space_id FROM participation")
    op.execute(NEW_EDITION)
    op.execute(f"GRANT CREATE ON SCHEMA public TO {ACROSS_ROLE}")
    op.execute(f"ALTER FUNCTION assessments_changed() OWNER TO {ACROSS_ROLE}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {ACROSS_ROLE}")
    for name, table, events, condition in TRIGGERS:
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {name} AFTER {events} ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
            f"{f'WHEN ({condition}) ' if condition else ''}EXECUTE FUNCTION assessments_changed()"
        )
