"""The scores of a completed assessment's categories are as final as its answers: whoever acts for a space writes them
before it is completed, in the same transaction, and they go with it alone."""

from __future__ import annotations

from alembic import op

from assett.core.tenancy import SPACE_ROLE

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# As for answers (migration 0022). Whoever keeps the database may score all assessments anew; a request may not.
FINAL = f"""
CREATE FUNCTION category_score_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM assessment WHERE id IN (OLD.assessment_id, NEW.assessment_id) AND completed_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'assessment % is completed', coalesce(NEW.assessment_id, OLD.assessment_id)
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER final AFTER INSERT OR UPDATE OR DELETE ON category_score
    FOR EACH ROW WHEN (current_user = '{SPACE_ROLE}') EXECUTE FUNCTION category_score_is_final();
"""


def upgrade() -> None:
    op.execute(FINAL)


def downgrade() -> None:
    op.execute("DROP FUNCTION category_score_is_final() CASCADE")
