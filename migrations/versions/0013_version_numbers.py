"""A space counts its versions through, whichever of its questionnaires they are of."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Where a space that replaced its questionnaire has a number twice, all of its versions are counted anew, in the order
# in which they were published.
COUNT_THROUGH = """
UPDATE questionnaire_version AS version SET number = counted.number
FROM (
    SELECT id, row_number() OVER (PARTITION BY space_id ORDER BY published_at, id) AS number
    FROM questionnaire_version
    WHERE space_id IN (
        SELECT space_id FROM questionnaire_version WHERE space_id IS NOT NULL
        GROUP BY space_id, number HAVING count(*) > 1
    )
) AS counted
WHERE version.id = counted.id
"""


def upgrade() -> None:
    op.execute("ALTER TABLE questionnaire_version NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE questionnaire_version DISABLE TRIGGER final")
    op.drop_constraint(
        op.f("uq_questionnaire_version_questionnaire_id_number"), "questionnaire_version", type_="unique"
    )
    op.execute(COUNT_THROUGH)
    op.create_unique_constraint(
        op.f("uq_questionnaire_version_questionnaire_id_number"),
        "questionnaire_version",
        ["questionnaire_id", "number"],
    )
    op.create_unique_constraint(
        op.f("uq_questionnaire_version_space_id_number"), "questionnaire_version", ["space_id", "number"]
    )
    op.execute("ALTER TABLE questionnaire_version ENABLE TRIGGER final")
    op.execute("ALTER TABLE questionnaire_version FORCE ROW LEVEL SECURITY")
