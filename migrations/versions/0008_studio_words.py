"""drafts remember which words a translation was made of; comments, whether they were told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft", sa.Column("translated", JSONB(), nullable=False, server_default="{}"))
    op.add_column("draft_comment", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_draft_comment_untold", "draft_comment", ["draft_id"], postgresql_where=sa.text("told_at IS NULL")
    )
