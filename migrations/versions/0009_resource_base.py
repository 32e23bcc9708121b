"""The resource base of a space: national resources adopted, hidden or said otherwise; partners; links; opinions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from assett.core.tenancy import ACROSS_ROLE, SPACE_ROLE, secure_table

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LINK_STATES = sa.Enum(
    "unchecked",
    "valid",
    "uncertain",
    "broken",
    name="linkstate",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def _own(table: str, *, national: bool = False) -> list[sa.Column[object] | sa.Constraint]:
    return [
        sa.Column("space_id", sa.BigInteger(), nullable=national),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f(f"fk_{table}_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    now = sa.text("now()")
    op.create_table(
        "partner",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("logo", JSONB(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        *_own("partner"),
        sa.UniqueConstraint("space_id", "id", name=op.f("uq_partner_space_id_id")),
        sa.UniqueConstraint("space_id", "name", name=op.f("uq_partner_space_id_name")),
    )
    op.add_column("resource", sa.Column("partner_id", sa.BigInteger(), nullable=True))
    op.add_column("resource", sa.Column("contact", sa.Text(), server_default="", nullable=False))
    op.add_column("resource", sa.Column("tags", ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("resource", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_resource_space_id_partner_id"),
        "resource",
        "partner",
        ["space_id", "partner_id"],
        ["space_id", "id"],
        ondelete="NO ACTION",
    )
    op.create_table(
        "resource_adoption",
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("changes", JSONB(), nullable=False),
        sa.Column("seen", JSONB(), nullable=True),
        sa.Column("partner_id", sa.BigInteger(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("tags", ARRAY(sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        *_own("resource_adoption"),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_adoption_resource_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["space_id", "partner_id"],
            ["partner.space_id", "partner.id"],
            name=op.f("fk_resource_adoption_space_id_partner_id"),
            ondelete="NO ACTION",
        ),
        sa.UniqueConstraint("space_id", "resource_id", name=op.f("uq_resource_adoption_space_id_resource_id")),
    )
    op.create_table(
        "resource_link",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", LINK_STATES, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_on", sa.Date(), nullable=True),
        sa.Column("broken_at", sa.DateTime(timezone=True), nullable=True),
        *_own("resource_link", national=True),
        sa.UniqueConstraint(
            "space_id", "url", name=op.f("uq_resource_link_space_id_url"), postgresql_nulls_not_distinct=True
        ),
    )
    op.create_index("ix_resource_link_url", "resource_link", ["url"])
    op.create_table(
        "link_report",
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        *_own("link_report"),
        sa.UniqueConstraint("space_id", name=op.f("uq_link_report_space_id")),
    )
    op.create_table(
        "resource_opinion",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        *_own("resource_opinion"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_resource_opinion_person_id"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("char_length(remark) <= 500", name=op.f("ck_resource_opinion_remark_length")),
        sa.UniqueConstraint("space_id", "slug", "person_id", name=op.f("uq_resource_opinion_space_id_slug_person_id")),
    )
    op.create_index("ix_resource_opinion_person", "resource_opinion", ["person_id"])
    op.create_table(
        "resource_visit",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        *_own("resource_visit"),
        sa.UniqueConstraint("space_id", "slug", "day", name=op.f("uq_resource_visit_space_id_slug_day")),
    )
    tables = ("partner", "resource_adoption", "resource_link", "link_report", "resource_opinion", "resource_visit")
    for table in tables:
        for statement in secure_table(table, national=table == "resource_link"):
            op.execute(statement)
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {SPACE_ROLE}, {ACROSS_ROLE}")
