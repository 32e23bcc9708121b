"""An assessment that runs remembers the newer version that it was offered: declined, or moved to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assessment", sa.Column("declined_version_id", sa.BigInteger(), nullable=True))
    op.add_column("assessment", sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_assessment_space_id_declined_version_id"),
        "assessment",
        "questionnaire_version",
        ["space_id", "declined_version_id"],
        ["space_id", "id"],
        ondelete="NO ACTION",
    )


def downgrade() -> None:
    op.drop_column("assessment", "moved_at")
    op.drop_column("assessment", "declined_version_id")
