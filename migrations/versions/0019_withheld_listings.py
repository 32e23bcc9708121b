"""A listing that the collectivité took out of the directory: since when, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("listing", sa.Column("withheld_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("listing", sa.Column("withheld_reason", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(
        op.f("ck_listing_withheld_is_not_published"), "listing", "withheld_at IS NULL OR published_at IS NULL"
    )
