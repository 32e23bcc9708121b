"""The assessment of a structure keeps the secret of the try-out it was: the browser it began in is told where it went,
and reads nothing of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assessment", sa.Column("former_secret", sa.Text(), nullable=True))
