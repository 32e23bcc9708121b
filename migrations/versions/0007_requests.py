"""requests to join keep their answer; pages neither read nor change what only the worker should."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from assett.core.tenancy import ACROSS_ROLE, SPACE_ROLE

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# What people change of themselves, or what is changed on their word. Not who is an operator.
OWN_ACCOUNT = "email, name, password_hash, stamp, language, confirmed_at"

NARROWER = f"""
REVOKE SELECT, UPDATE, DELETE ON mail, job FROM {SPACE_ROLE};
GRANT SELECT (id, created_at) ON mail TO {SPACE_ROLE};
GRANT SELECT (id, created_at, due_at) ON job TO {SPACE_ROLE};

REVOKE UPDATE, DELETE ON person FROM {SPACE_ROLE};
GRANT UPDATE ({OWN_ACCOUNT}) ON person TO {SPACE_ROLE};
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON person FOR SELECT TO {SPACE_ROLE} USING (true);
CREATE POLICY own_account ON person FOR UPDATE TO {SPACE_ROLE} USING (true);
CREATE POLICY no_operator ON person FOR INSERT TO {SPACE_ROLE} WITH CHECK (NOT operator AND NOT demonstration);
CREATE POLICY everything ON person TO {ACROSS_ROLE} USING (true) WITH CHECK (true);

REVOKE DELETE ON throttle FROM {SPACE_ROLE};
"""


def upgrade() -> None:
    for column in ("reminded_at", "refused_at"):
        op.add_column("membership", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.add_column("membership", sa.Column("answered_by", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_membership_answered_by"), "membership", "person", ["answered_by"], ["id"], ondelete="SET NULL"
    )
    op.execute(NARROWER)
