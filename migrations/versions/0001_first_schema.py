"""first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from assett.core.tenancy import ACROSS_ROLE, SPACE_ROLE, create_roles, secure_table

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unique_key", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_due", "job", ["due_at"], unique=False, postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL")
    )
    op.create_index(
        "uq_job_unique_key",
        "job",
        ["unique_key"],
        unique=True,
        postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
    )
    op.create_table(
        "local_authority",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "metropolis",
                "urban-community",
                "agglomeration",
                "community",
                "commune",
                name="authoritykind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("siren", sa.Text(), nullable=True),
        sa.Column("cog_code", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_authority")),
        sa.UniqueConstraint("siren", name=op.f("uq_local_authority_siren")),
    )
    op.create_table(
        "mail",
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("reply_to", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_table(
        "organization",
        sa.Column("siret", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "company",
                "association",
                "public-body",
                "school",
                "farm",
                "other",
                name="organizationkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("naf_code", sa.Text(), nullable=True),
        sa.Column("naf_version", sa.Text(), nullable=True),
        sa.Column(
            "workforce",
            sa.Enum(
                "none",
                "1-9",
                "10-49",
                "50-249",
                "250-plus",
                name="workforceband",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("commune", sa.Text(), nullable=False),
        sa.Column("insee_code", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("siret ~ '^[0-9]{14}$'", name=op.f("ck_organization_siret")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("siret", name=op.f("uq_organization_siret")),
    )
    op.create_table(
        "person",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("operator", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_person_email_lowercase")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_throttle")),
        sa.UniqueConstraint("key", name=op.f("uq_throttle_key")),
    )
    op.create_table(
        "invitation",
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "reader",
                "contributor",
                "owner",
                name="memberrole",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("invited_by", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_invitation_email_lowercase")),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["person.id"], name=op.f("fk_invitation_invited_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_invitation_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("organization_id", "email", name=op.f("uq_invitation_organization_id_email")),
    )
    op.create_table(
        "membership",
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "reader",
                "contributor",
                "owner",
                name="memberrole",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("requested_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_membership_organization_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("organization_id", "person_id", name=op.f("uq_membership_organization_id_person_id")),
    )
    op.create_index("ix_membership_person", "membership", ["person_id"], unique=False)
    op.create_table(
        "space",
        sa.Column("local_authority_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=True),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]{1,48}$'", name=op.f("ck_space_slug")),
        sa.ForeignKeyConstraint(
            ["local_authority_id"], ["local_authority.id"], name=op.f("fk_space_local_authority_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space")),
        sa.UniqueConstraint("slug", name=op.f("uq_space_slug")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("space_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_audit_entry_person_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_audit_entry_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_space", "audit_entry", ["space_id", "at"], unique=False)
    op.create_table(
        "charter",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_charter_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter")),
        sa.UniqueConstraint("space_id", "id", name=op.f("uq_charter_space_id_id")),
        sa.UniqueConstraint("space_id", "version", name=op.f("uq_charter_space_id_version")),
    )
    op.create_table(
        "participation",
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("profile", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "share_scores",
            sa.Enum("nobody", "authority", name="share_scores", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "share_answers",
            sa.Enum("nobody", "authority", name="share_answers", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_participation_organization_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_participation_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation")),
        sa.UniqueConstraint("space_id", "id", name=op.f("uq_participation_space_id_id")),
        sa.UniqueConstraint("space_id", "organization_id", name=op.f("uq_participation_space_id_organization_id")),
    )
    op.create_index("ix_participation_organization", "participation", ["organization_id"], unique=False)
    op.create_table(
        "questionnaire",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("space_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_questionnaire_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire")),
        sa.UniqueConstraint("space_id", "id", name=op.f("uq_questionnaire_space_id_id")),
        sa.UniqueConstraint(
            "space_id", "slug", name=op.f("uq_questionnaire_space_id_slug"), postgresql_nulls_not_distinct=True
        ),
    )
    op.create_index(
        "uq_questionnaire_active", "questionnaire", ["space_id"], unique=True, postgresql_where=sa.text("active")
    )
    op.create_table(
        "resource",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("entry", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("space_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_resource_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint(
            "space_id", "slug", name=op.f("uq_resource_space_id_slug"), postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "space_role",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "reader",
                "facilitator",
                "editor",
                "manager",
                name="spacerolename",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_space_role_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_space_role_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space_role")),
        sa.UniqueConstraint("space_id", "person_id", name=op.f("uq_space_role_space_id_person_id")),
    )
    op.create_index("ix_space_role_person", "space_role", ["person_id"], unique=False)
    op.create_table(
        "listing",
        sa.Column("participation_id", sa.BigInteger(), nullable=False),
        sa.Column("presentation", sa.Text(), nullable=False),
        sa.Column("commitments", sa.Text(), nullable=False),
        sa.Column("shown", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("searchable", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id", "participation_id"],
            ["participation.space_id", "participation.id"],
            name=op.f("fk_listing_space_id_participation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_listing_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("participation_id", name=op.f("uq_listing_participation_id")),
    )
    op.create_index("ix_listing_published", "listing", ["space_id", "published_at"], unique=False)
    op.create_table(
        "pledge",
        sa.Column("participation_id", sa.BigInteger(), nullable=False),
        sa.Column("charter_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("signatory", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pledge_person_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["space_id", "charter_id"],
            ["charter.space_id", "charter.id"],
            name=op.f("fk_pledge_space_id_charter_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["space_id", "participation_id"],
            ["participation.space_id", "participation.id"],
            name=op.f("fk_pledge_space_id_participation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_pledge_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("participation_id", "charter_id", name=op.f("uq_pledge_participation_id_charter_id")),
    )
    op.create_table(
        "questionnaire_version",
        sa.Column("questionnaire_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("upstream_id", sa.BigInteger(), nullable=True),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.BigInteger(), nullable=True),
        sa.Column("space_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["published_by"], ["person.id"], name=op.f("fk_questionnaire_version_published_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["questionnaire.id"],
            name=op.f("fk_questionnaire_version_questionnaire_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["space_id", "questionnaire_id"],
            ["questionnaire.space_id", "questionnaire.id"],
            name=op.f("fk_questionnaire_version_space_id_questionnaire_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_questionnaire_version_space_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["upstream_id"],
            ["questionnaire_version.id"],
            name=op.f("fk_questionnaire_version_upstream_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_version")),
        sa.UniqueConstraint(
            "questionnaire_id", "number", name=op.f("uq_questionnaire_version_questionnaire_id_number")
        ),
        sa.UniqueConstraint("space_id", "id", name=op.f("uq_questionnaire_version_space_id_id")),
    )
    op.create_table(
        "assessment",
        sa.Column("participation_id", sa.BigInteger(), nullable=True),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("prefilled_from_id", sa.BigInteger(), nullable=True),
        sa.Column("trial_secret", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_by", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("profile", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("progress", sa.Numeric(precision=5, scale=4), nullable=False),
        sa.Column("overall_ratio", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("overall_level", sa.Text(), nullable=True),
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(participation_id IS NULL) = (trial_secret IS NOT NULL)", name=op.f("ck_assessment_trial_or_participation")
        ),
        sa.CheckConstraint("(trial_secret IS NULL) = (expires_at IS NULL)", name=op.f("ck_assessment_trial_expires")),
        sa.ForeignKeyConstraint(
            ["space_id", "participation_id"],
            ["participation.space_id", "participation.id"],
            name=op.f("fk_assessment_space_id_participation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["space_id", "prefilled_from_id"],
            ["assessment.space_id", "assessment.id"],
            name=op.f("fk_assessment_space_id_prefilled_from_id"),
            ondelete="NO ACTION",
        ),
        sa.ForeignKeyConstraint(
            ["space_id", "version_id"],
            ["questionnaire_version.space_id", "questionnaire_version.id"],
            name=op.f("fk_assessment_space_id_version_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_assessment_space_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["started_by"], ["person.id"], name=op.f("fk_assessment_started_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("space_id", "id", name=op.f("uq_assessment_space_id_id")),
    )
    op.create_index(
        "ix_assessment_expires",
        "assessment",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_index(
        "ix_assessment_participation", "assessment", ["space_id", "participation_id", "completed_at"], unique=False
    )
    op.create_index(
        "uq_assessment_latest",
        "assessment",
        ["participation_id"],
        unique=True,
        postgresql_where=sa.text("latest AND participation_id IS NOT NULL"),
    )
    op.create_index(
        "uq_assessment_running",
        "assessment",
        ["participation_id"],
        unique=True,
        postgresql_where=sa.text("completed_at IS NULL AND participation_id IS NOT NULL"),
    )
    op.create_table(
        "answer",
        sa.Column("assessment_id", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_answer_author_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["space_id", "assessment_id"],
            ["assessment.space_id", "assessment.id"],
            name=op.f("fk_answer_space_id_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_answer_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("assessment_id", "question", name=op.f("uq_answer_assessment_id_question")),
    )
    op.create_table(
        "category_score",
        sa.Column("assessment_id", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("ratio", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id", "assessment_id"],
            ["assessment.space_id", "assessment.id"],
            name=op.f("fk_category_score_space_id_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_category_score_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_score")),
        sa.UniqueConstraint("assessment_id", "category", name=op.f("uq_category_score_assessment_id_category")),
    )
    op.create_index("ix_category_score_level", "category_score", ["space_id", "category", "level"], unique=False)

    for statement in create_roles():
        op.execute(statement)
    for table in TENANT_TABLES:
        for statement in secure_table(table):
            op.execute(statement)
    for table in NATIONAL_OR_TENANT_TABLES:
        for statement in secure_table(table, national=True):
            op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {SPACE_ROLE}, {ACROSS_ROLE}")
    # Which spaces there are is not for a space to say.
    op.execute(f"REVOKE INSERT, UPDATE, DELETE ON space, local_authority, alembic_version FROM {SPACE_ROLE}")
    # The log is only ever added to.
    op.execute(f"REVOKE UPDATE, DELETE ON audit_entry FROM {SPACE_ROLE}, {ACROSS_ROLE}")
    op.execute(COMPLETED_IS_FINAL)
    op.execute(PUBLISHED_IS_FINAL)


TENANT_TABLES = (
    "space_role",
    "participation",
    "charter",
    "pledge",
    "assessment",
    "answer",
    "category_score",
    "listing",
)
NATIONAL_OR_TENANT_TABLES = ("questionnaire", "questionnaire_version", "resource", "audit_entry")

# A completed assessment never changes, save which one is the latest; nor do its answers. Erasing a whole
# assessment (the actor's right) stays possible: its answers go after it; so does erasing a person's name.
COMPLETED_IS_FINAL = """
CREATE FUNCTION assessment_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.completed_at IS NOT NULL
       AND to_jsonb(NEW) - '{latest,started_by}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{latest,started_by}'::text[]
    THEN
        RAISE EXCEPTION 'assessment % is completed', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER final BEFORE UPDATE ON assessment FOR EACH ROW EXECUTE FUNCTION assessment_is_final();

CREATE FUNCTION answer_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE target bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.assessment_id ELSE NEW.assessment_id END;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - '{author,author_id}'::text[] = to_jsonb(OLD) - '{author,author_id}'::text[] THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT 1 FROM assessment WHERE id = target AND completed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'assessment % is completed', target USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER final BEFORE INSERT OR UPDATE OR DELETE ON answer FOR EACH ROW EXECUTE FUNCTION answer_is_final();
"""

PUBLISHED_IS_FINAL = """
CREATE FUNCTION version_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'questionnaire version % is published', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER final BEFORE UPDATE ON questionnaire_version FOR EACH ROW EXECUTE FUNCTION version_is_final();
"""
