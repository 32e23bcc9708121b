"""A line of the log may go once it is a year old, and only then; it is for the worker to see to it."""

from __future__ import annotations

from alembic import op

from assett.core.tenancy import ACROSS_ROLE

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(f"GRANT DELETE ON audit_entry TO {ACROSS_ROLE}")
    op.execute(
        f"CREATE POLICY kept_a_year ON audit_entry AS RESTRICTIVE FOR DELETE TO {ACROSS_ROLE} "
        "USING (at < now() - interval '365 days')"
    )
