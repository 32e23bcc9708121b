"""Links are told apart by a digest of their address, however long; a copied resource begins as a draft."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("resource", sa.Column("draft", sa.Boolean(), server_default="false", nullable=False))
    op.add_column(
        "resource_link", sa.Column("digest", sa.Text(), sa.Computed("md5(url)", persisted=True), nullable=False)
    )
    op.drop_index("ix_resource_link_url", "resource_link")
    op.drop_constraint(op.f("uq_resource_link_space_id_url"), "resource_link", type_="unique")
    op.create_unique_constraint(
        op.f("uq_resource_link_space_id_digest"),
        "resource_link",
        ["space_id", "digest"],
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("ix_resource_link_digest", "resource_link", ["digest"])
    # Opinions are swept by their age (see resources.jobs).
    op.create_index("ix_resource_opinion_given_at", "resource_opinion", ["given_at"])
