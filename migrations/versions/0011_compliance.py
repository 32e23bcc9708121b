"""How far a space says that it meets the accessibility rules: its footer and its statement say the same."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from assett.core.tenancy import SPACE_ROLE

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("space", sa.Column("compliance", sa.String(32), nullable=False, server_default="none"))
    op.alter_column("space", "compliance", server_default=None)
    op.create_check_constraint(op.f("ck_space_compliance"), "space", "compliance IN ('none', 'partial', 'full')")
    op.execute(f"GRANT UPDATE (compliance) ON space TO {SPACE_ROLE}")
