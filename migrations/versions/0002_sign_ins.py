"""sign-ins as rows, which can be ended from elsewhere; wrong tries after which the next has to wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from assett.core.tenancy import SPACE_ROLE

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=True),
        sa.Column("system", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_on", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_sign_in_secret_hash")),
    )
    op.create_index("ix_sign_in_person", "sign_in", ["person_id"])
    # Whose it is and what opens it never change.
    op.execute(f"REVOKE UPDATE ON sign_in FROM {SPACE_ROLE}")
    op.execute(f"GRANT UPDATE (seen_on) ON sign_in TO {SPACE_ROLE}")
    op.add_column("throttle", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
