"""What refuses changes to a completed assessment is asked once a change, and only where it may have something to say.

Before a row, a trigger runs twice where an answer replaces another (`ON CONFLICT`), and to compare two rows inside a
function takes longer than to write them: this was a quarter of what the database does for a save.
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

FINAL = """
DROP TRIGGER final ON assessment;
CREATE TRIGGER final BEFORE UPDATE ON assessment
    FOR EACH ROW WHEN (OLD.completed_at IS NOT NULL) EXECUTE FUNCTION assessment_is_final();

DROP TRIGGER final ON answer;
CREATE OR REPLACE FUNCTION answer_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Before an insertion there is no OLD, after a deletion no NEW; an answer neither comes to nor leaves what is final.
    IF EXISTS (
        SELECT 1 FROM assessment WHERE id IN (OLD.assessment_id, NEW.assessment_id) AND completed_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'assessment % is completed', coalesce(NEW.assessment_id, OLD.assessment_id)
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER final AFTER INSERT OR DELETE ON answer
    FOR EACH ROW EXECUTE FUNCTION answer_is_final();
-- Of a given answer, the name of whoever gave it may go.
CREATE TRIGGER final_update AFTER UPDATE ON answer
    FOR EACH ROW WHEN (
        (OLD.id, OLD.space_id, OLD.assessment_id, OLD.question, OLD.value, OLD.revision, OLD.answered_at)
        IS DISTINCT FROM
        (NEW.id, NEW.space_id, NEW.assessment_id, NEW.question, NEW.value, NEW.revision, NEW.answered_at)
    ) EXECUTE FUNCTION answer_is_final();
"""


def upgrade() -> None:
    op.execute(FINAL)
