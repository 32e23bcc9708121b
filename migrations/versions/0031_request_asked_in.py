"""A request to join a structure says in which space it was asked: where the structure takes part in another one only,
its owner answers there and is told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("membership", sa.Column("asked_in", sa.BigInteger(), nullable=True))
    op.create_foreign_key("fk_membership_asked_in", "membership", "space", ["asked_in"], ["id"], ondelete="SET NULL")


def downgrade() -> None:
    op.drop_column("membership", "asked_in")
