"""What a member proposes to those who own a structure, to take it to one more space, waits for its answer in the
product too: it was a mail alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_in", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["asked_in"], ["space.id"], name=op.f("fk_proposal_asked_in"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_proposal_membership_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("membership_id", "asked_in", name=op.f("uq_proposal_membership_id_asked_in")),
    )
    op.create_index("ix_proposal_asked_in", "proposal", ["asked_in"], unique=False)


def downgrade() -> None:
    op.drop_table("proposal")
