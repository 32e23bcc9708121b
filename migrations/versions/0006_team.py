"""Invitations to a space's team, who acts in the log, and the manager that every space keeps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from assett.core.tenancy import ACROSS_ROLE, SPACE_ROLE, secure_table

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROLES = sa.Enum(
    "reader",
    "facilitator",
    "editor",
    "manager",
    name="spacerolename",
    native_enum=False,
    create_constraint=True,
    length=32,
)
SOURCES = sa.Enum("person", "visitor", "platform", name="source", native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "team_invitation",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", ROLES, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.BigInteger(), nullable=True),
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_team_invitation_email_lowercase")),
        sa.CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name=op.f("ck_team_invitation_ended_once")),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["person.id"], name=op.f("fk_team_invitation_accepted_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["person.id"], name=op.f("fk_team_invitation_invited_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_team_invitation_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_team_invitation_token_hash")),
    )
    op.create_index(
        "uq_team_invitation_open",
        "team_invitation",
        ["space_id", "email"],
        unique=True,
        postgresql_where=sa.text("accepted_at IS NULL AND revoked_at IS NULL"),
    )
    for statement in secure_table("team_invitation"):
        op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON team_invitation TO {SPACE_ROLE}, {ACROSS_ROLE}")

    # What crossed spaces without a person was a command; any other line without one is that of an erased account.
    op.add_column("audit_entry", sa.Column("source", SOURCES, server_default="person", nullable=False))
    # Its owner too sees no row, otherwise.
    op.execute("ALTER TABLE audit_entry NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE audit_entry SET source = 'platform' WHERE person_id IS NULL AND action = 'across'")
    op.execute("ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY")
    op.execute(A_MANAGER_STAYS)


# A space that has a manager keeps one. Asked one at a time for a space, so that two managers who lower each other at
# once do not both succeed; and at once, while the transaction still stands in that space.
A_MANAGER_STAYS = """
CREATE FUNCTION a_manager_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('a_manager_stays'), (OLD.space_id % 2147483647)::integer);
    IF NOT EXISTS (SELECT 1 FROM space_role WHERE space_id = OLD.space_id AND role = 'manager')
       AND EXISTS (SELECT 1 FROM space WHERE id = OLD.space_id)
    THEN
        RAISE EXCEPTION 'space % would lose its last manager', OLD.space_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER a_manager_stays AFTER UPDATE OR DELETE ON space_role
    FOR EACH ROW WHEN (OLD.role = 'manager') EXECUTE FUNCTION a_manager_stays();
"""
