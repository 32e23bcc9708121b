"""Scores that are not shared are counted ten at a time: those that were counted by five wait again.

They may be of five who are alike, whom the page left out by itself until now.
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

FILL = """
WITH kept AS (
    SELECT assessment.space_id, assessment.participation_id, assessment.id, overall_ratio, overall_level
    FROM assessment JOIN participation ON participation.id = assessment.participation_id
    WHERE assessment.latest AND assessment.completed_at IS NOT NULL AND overall_ratio IS NOT NULL
    AND participation.share_scores = 'nobody'
)
INSERT INTO pooled_score (space_id, participation_id, category, ratio, level, waiting)
SELECT space_id, participation_id, '', overall_ratio, overall_level, true FROM kept
UNION ALL
SELECT kept.space_id, kept.participation_id, score.category, score.ratio, score.level, true
FROM kept JOIN category_score AS score ON score.assessment_id = kept.id
"""
TABLES = ("assessment", "participation", "category_score", "pooled_score")


def upgrade() -> None:
    # What is kept in memory of the figures is out of date at once, not at the end: a table is not altered before.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM pooled_score")
    op.execute(FILL)
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
