"""Drafts of questionnaires, their steps and comments, the files brought; versions carry a note and may be retired.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from assett.core.tenancy import secure_table

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("draft", "draft_step", "draft_comment", "questionnaire_file")

# A published version never changes, save that it may be retired (and taken up again).
VERSION_IS_FINAL = """
CREATE OR REPLACE FUNCTION version_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL
       AND to_jsonb(NEW) - 'retired_at' IS DISTINCT FROM to_jsonb(OLD) - 'retired_at' THEN
        RAISE EXCEPTION 'questionnaire version % is published', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _space() -> sa.Column[int]:
    return sa.Column("space_id", sa.BigInteger(), nullable=False)


def _moment(name: str, *, default: bool = True) -> sa.Column[object]:
    now = sa.text("now()") if default else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=not default)


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_{table}_{column}"), ondelete="SET NULL")


def _version(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["questionnaire_version.id"], name=op.f(f"fk_{table}_{column}"), ondelete="SET NULL"
    )


def _in_space(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f(f"fk_{table}_space_id"), ondelete="CASCADE")


def _within(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["space_id", column],
        [f"{target}.space_id", f"{target}.id"],
        name=op.f(f"fk_{table}_space_id_{column}"),
        ondelete="CASCADE",
    )


def upgrade() -> None:
    op.add_column("questionnaire_version", sa.Column("note", JSONB(), nullable=False, server_default="{}"))
    op.alter_column("questionnaire_version", "note", server_default=None)
    op.add_column("questionnaire_version", _moment("retired_at", default=False))
    op.execute(VERSION_IS_FINAL)

    op.create_table(
        "draft",
        sa.Column("questionnaire_id", sa.BigInteger(), nullable=True),
        sa.Column("base_id", sa.BigInteger(), nullable=True),
        sa.Column("upstream_id", sa.BigInteger(), nullable=True),
        sa.Column("upstream_decisions", JSONB(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tree", JSONB(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ready", JSONB(), nullable=False),
        _moment("created_at"),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        _moment("changed_at"),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("published_version_id", sa.BigInteger(), nullable=True),
        _moment("closed_at", default=False),
        _space(),
        _id(),
        _within("draft", "questionnaire_id", "questionnaire"),
        _version("draft", "base_id"),
        _version("draft", "upstream_id"),
        _version("draft", "published_version_id"),
        _person("draft", "created_by"),
        _in_space("draft"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("space_id", "id", name=op.f("uq_draft_space_id_id")),
    )
    op.create_index("ix_draft_space", "draft", ["space_id", "changed_at"])
    op.create_table(
        "draft_step",
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        _moment("at"),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("changes", JSONB(), nullable=False),
        sa.Column("of_number", sa.Integer(), nullable=True),
        sa.Column("undone", sa.Boolean(), nullable=False),
        _space(),
        _id(),
        _within("draft_step", "draft_id", "draft"),
        _person("draft_step", "person_id"),
        _in_space("draft_step"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_step")),
        sa.UniqueConstraint("draft_id", "number", name=op.f("uq_draft_step_draft_id_number")),
    )
    op.create_index("ix_draft_step_person", "draft_step", ["draft_id", "person_id", "number"])
    op.create_table(
        "draft_comment",
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _moment("at"),
        _moment("resolved_at", default=False),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        _space(),
        _id(),
        _within("draft_comment", "draft_id", "draft"),
        _person("draft_comment", "author_id"),
        _in_space("draft_comment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_comment")),
    )
    op.create_index("ix_draft_comment_draft", "draft_comment", ["draft_id", "address"])
    op.create_table(
        "questionnaire_file",
        sa.Column("draft_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tree", JSONB(), nullable=True),
        sa.Column("report", JSONB(), nullable=False),
        _moment("at"),
        _space(),
        _id(),
        _within("questionnaire_file", "draft_id", "draft"),
        _person("questionnaire_file", "person_id"),
        _in_space("questionnaire_file"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_file")),
        sa.UniqueConstraint("space_id", "id", name=op.f("uq_questionnaire_file_space_id_id")),
    )
    op.create_index("ix_questionnaire_file_at", "questionnaire_file", ["at"])
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("questionnaire_version", "retired_at")
    op.drop_column("questionnaire_version", "note")
