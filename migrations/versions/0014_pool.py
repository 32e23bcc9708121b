"""Scores that are not shared wait to enter the figures five at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from assett.core.tenancy import secure_table

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# What the figures count today stays counted: where five keep their score to themselves, those five and the others.
FILL = """
WITH kept AS (
    SELECT assessment.space_id, assessment.participation_id, assessment.id, overall_ratio, overall_level
    FROM assessment JOIN participation ON participation.id = assessment.participation_id
    WHERE assessment.latest AND assessment.completed_at IS NOT NULL AND participation.share_scores = 'nobody'
), told AS (
    SELECT space_id, participation_id, '' AS category, overall_ratio AS ratio, overall_level AS level FROM kept
    UNION ALL
    SELECT kept.space_id, kept.participation_id, score.category, score.ratio, score.level
    FROM kept JOIN category_score AS score ON score.assessment_id = kept.id
)
INSERT INTO pooled_score (space_id, participation_id, category, ratio, level, waiting)
SELECT space_id, participation_id, category, ratio, level, count(*) OVER (PARTITION BY space_id, category) < 5
FROM told WHERE ratio IS NOT NULL
"""
READ = ("assessment", "participation", "category_score")


def upgrade() -> None:
    op.create_table(
        "pooled_score",
        sa.Column("participation_id", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("ratio", sa.Numeric(9, 6), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("waiting OR ratio IS NOT NULL", name=op.f("ck_pooled_score_counted_has_ratio")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_pooled_score_space_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["space_id", "participation_id"],
            ["participation.space_id", "participation.id"],
            name=op.f("fk_pooled_score_space_id_participation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pooled_score")),
        sa.UniqueConstraint(
            "participation_id", "category", "waiting", name=op.f("uq_pooled_score_participation_id_category_waiting")
        ),
    )
    op.create_index(
        "ix_pooled_score_waiting", "pooled_score", ["space_id", "category"], postgresql_where=sa.text("waiting")
    )
    op.create_index("ix_pooled_score_level", "pooled_score", ["space_id", "category", "level"])
    for table in READ:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(FILL)
    for table in READ:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for statement in secure_table("pooled_score"):
        op.execute(statement)
