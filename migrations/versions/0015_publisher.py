"""The legal notice names the publisher as the law wants it: address, telephone, director of the publication."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from assett.core.tenancy import SPACE_ROLE

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMNS = ("publisher_address", "publisher_phone", "publication_director")


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("space", sa.Column(column, sa.Text(), nullable=True))
    op.execute(f"GRANT UPDATE ({', '.join(COLUMNS)}) ON space TO {SPACE_ROLE}")
