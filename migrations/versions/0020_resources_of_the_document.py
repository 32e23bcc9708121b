"""A resource may come with the questionnaire's own file; those of versions published before join the list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("resource", sa.Column("of_document", sa.Boolean(), server_default="false", nullable=False))
    op.execute(
        """
        INSERT INTO resource (space_id, slug, entry, of_document)
        SELECT DISTINCT ON (version.space_id, told.entry ->> 'id')
            version.space_id, told.entry ->> 'id', told.entry, true
        FROM questionnaire_version AS version
        CROSS JOIN LATERAL jsonb_path_query(version.document, '$.resources[*]') AS told (entry)
        WHERE version.space_id IS NOT NULL AND version.published_at IS NOT NULL
            AND NOT EXISTS (
                SELECT FROM resource AS national
                WHERE national.space_id IS NULL AND national.slug = told.entry ->> 'id' AND national.entry = told.entry
            )
        ORDER BY version.space_id, told.entry ->> 'id', version.number DESC
        ON CONFLICT DO NOTHING
        """
    )
