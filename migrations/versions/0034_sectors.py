"""The sector is the organization's own fact: it was read from a NAF code that no form asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

# The divisions of the nomenclature, as they were read until now.
FILLED = """
UPDATE organization SET sector = known.sector
FROM (VALUES
    ('01', '03', 'agriculture'),
    ('05', '33', 'industrie'),
    ('35', '39', 'energie-eau-dechets'),
    ('41', '43', 'construction'),
    ('45', '47', 'commerce'),
    ('49', '53', 'transport'),
    ('55', '56', 'hebergement-restauration'),
    ('58', '63', 'numerique-information'),
    ('64', '68', 'finance-immobilier'),
    ('69', '75', 'conseil'),
    ('77', '82', 'services-aux-entreprises'),
    ('84', '84', 'administration'),
    ('85', '85', 'enseignement'),
    ('86', '88', 'sante-social'),
    ('90', '93', 'culture-sport'),
    ('94', '99', 'associations-services')
) AS known (first_division, last_division, sector)
WHERE naf_code ~ '^[0-9]{2}'
AND left(naf_code, 2) COLLATE "C" BETWEEN first_division AND last_division
"""


def upgrade() -> None:
    op.add_column(
        "organization",
        sa.Column(
            "sector",
            sa.Enum(
                "agriculture",
                "industrie",
                "energie-eau-dechets",
                "construction",
                "commerce",
                "transport",
                "hebergement-restauration",
                "numerique-information",
                "finance-immobilier",
                "conseil",
                "services-aux-entreprises",
                "administration",
                "enseignement",
                "sante-social",
                "culture-sport",
                "associations-services",
                name="sector",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
    )
    op.execute(FILLED)


def downgrade() -> None:
    op.drop_column("organization", "sector")
