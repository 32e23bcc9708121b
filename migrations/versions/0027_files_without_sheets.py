"""A workbook that lacks sheets is kept until somebody decides: it is read again with what the draft has of them then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("questionnaire_file", sa.Column("data", sa.LargeBinary(), nullable=True))
