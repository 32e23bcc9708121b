"""A try-out that an account has is kept with it: only those of visitors expire."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_assessment_trial_expires"), "assessment", type_="check")
    op.create_check_constraint(
        op.f("ck_assessment_trial_expires"), "assessment", "trial_secret IS NOT NULL OR expires_at IS NULL"
    )
    op.execute(
        """
        UPDATE assessment SET expires_at = NULL
        FROM person
        WHERE person.id = assessment.started_by AND person.confirmed_at IS NOT NULL
            AND assessment.trial_secret IS NOT NULL
        """
    )
    op.drop_index("ix_assessment_expires", "assessment")
    op.create_index(
        "ix_assessment_trial", "assessment", ["expires_at"], postgresql_where=sa.text("trial_secret IS NOT NULL")
    )
