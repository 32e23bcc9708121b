"""A policy asks for the current space while its statement runs, and not while PostgreSQL plans it: a statement that
declares the space and reads behind the policies is planned for the rows there are. Where one policy says all, there
is no second that says it again for reading."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from assett.core.tenancy import SPACE_AT_RUN

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

OWN = "SELECT tablename FROM pg_policies WHERE schemaname = current_schema() AND policyname = 'own_space'"
READABLE = """
SELECT tablename, qual LIKE '%space_id IS NULL%' FROM pg_policies
WHERE schemaname = current_schema() AND policyname = 'readable' AND qual LIKE '%app.space%'
"""


def upgrade() -> None:
    database = op.get_bind()
    for table in database.scalars(sa.text(OWN)).all():
        mine = f"{'id' if table == 'space' else 'space_id'} = {SPACE_AT_RUN}"
        op.execute(f"ALTER POLICY own_space ON {table} USING ({mine}) WITH CHECK ({mine})")
    for table, national in database.execute(sa.text(READABLE)).all():
        if national:
            op.execute(f"ALTER POLICY readable ON {table} USING (space_id IS NULL)")
            op.execute(f"ALTER POLICY readable ON {table} RENAME TO national")
        else:
            op.execute(f"DROP POLICY readable ON {table}")
