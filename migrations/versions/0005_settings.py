"""A space's own managers change its row: appearance, words, legal texts, directory, host name, opening. Pictures,
launch marks; charters say what changed, and a published one never changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import BYTEA, JSONB

from assett.core.tenancy import ACROSS_ROLE, CURRENT_SPACE, SPACE_ROLE, secure_table

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# What a space may change of its own row; its address, its collectivité and its being a demonstration it may not.
CHANGEABLE = (
    "name", "programme", "actors", "contact_email", "theme", "appearance", "appearance_draft", "languages", "words",
    "photo", "legal", "directory_open", "directory_levels", "directory_on_home", "directory_export", "hostname",
    "host_token", "host_checked_at", "opened_at", "closed_at", "pilot_key",
)  # fmt: skip

CHARTER_IS_FINAL = """
CREATE FUNCTION charter_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'charter % is published', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER final BEFORE UPDATE ON charter FOR EACH ROW EXECUTE FUNCTION charter_is_final();
"""


def upgrade() -> None:
    _widen_spaces()
    _add_tables()
    op.add_column("charter", sa.Column("changes", JSONB(), nullable=False, server_default="{}"))
    op.alter_column("charter", "changes", server_default=None)
    # One draft at a time.
    op.create_index(
        "uq_charter_draft", "charter", ["space_id"], unique=True, postgresql_where=sa.text("published_at IS NULL")
    )
    op.execute(CHARTER_IS_FINAL)


def _widen_spaces() -> None:
    for name in ("actors", "legal"):
        op.add_column("space", sa.Column(name, JSONB(), nullable=False, server_default="{}"))
        op.alter_column("space", name, server_default=None)
    for name in ("appearance", "appearance_draft", "photo"):
        op.add_column("space", sa.Column(name, JSONB(), nullable=True))
    for name, default in (
        ("directory_open", "true"),
        ("directory_levels", "true"),
        ("directory_on_home", "true"),
        ("directory_export", "false"),
    ):
        op.add_column("space", sa.Column(name, sa.Boolean(), nullable=False, server_default=default))
        op.alter_column("space", name, server_default=None)
    for name in ("hostname", "host_token", "pilot_key"):
        op.add_column("space", sa.Column(name, sa.Text(), nullable=True))
    for name in ("host_checked_at", "closed_at"):
        op.add_column("space", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE space SET languages = '{fr}' WHERE cardinality(languages) = 0")
    op.create_check_constraint(op.f("ck_space_languages"), "space", "cardinality(languages) > 0")
    op.create_check_constraint(op.f("ck_space_hostname_lowercase"), "space", "hostname = lower(hostname)")
    op.create_index(
        "uq_space_hostname",
        "space",
        ["hostname"],
        unique=True,
        postgresql_where=sa.text("host_checked_at IS NOT NULL"),
    )
    # Everybody may read which spaces there are; a space changes its own row alone, and of it what is its to change.
    op.execute("ALTER TABLE space ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE space FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY readable ON space FOR SELECT TO {SPACE_ROLE} USING (true)")
    mine = f"id = {CURRENT_SPACE}"
    op.execute(f"CREATE POLICY own_space ON space FOR UPDATE TO {SPACE_ROLE} USING ({mine}) WITH CHECK ({mine})")
    op.execute(f"CREATE POLICY every_space ON space TO {ACROSS_ROLE} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT UPDATE ({', '.join(CHANGEABLE)}) ON space TO {SPACE_ROLE}")


def _add_tables() -> None:
    op.create_table(
        "picture",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", BYTEA(), nullable=False),
        sa.Column("small", BYTEA(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_picture_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("space_id", "digest", name=op.f("uq_picture_space_id_digest")),
    )
    op.create_table(
        "launch_mark",
        sa.Column("milestone", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_launch_mark_person_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_launch_mark_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch_mark")),
        sa.UniqueConstraint("space_id", "milestone", name=op.f("uq_launch_mark_space_id_milestone")),
    )
    for table in ("picture", "launch_mark"):
        for statement in secure_table(table):
            op.execute(statement)
