"""Assessments, the answers given in them, and the scores they end with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assett.core.db import Base
from assett.core.tenancy import Tenant, within_space
from assett.organizations.models import Participation, ParticipationRef
from assett.questionnaires.models import QuestionnaireVersion, VersionRef


class Assessment(Tenant, Base):
    """A self-assessment: of a participation, or a try-out without an account (kept seven days).

    Completed, it is immutable: the database refuses any change of it or of its answers.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        UniqueConstraint("space_id", "id"),
        within_space("participation_id", "participation"),
        within_space("version_id", "questionnaire_version", ondelete="RESTRICT"),
        within_space("prefilled_from_id", "assessment", ondelete="NO ACTION"),
        within_space("declined_version_id", "questionnaire_version", ondelete="NO ACTION"),
        CheckConstraint("(participation_id IS NULL) = (trial_secret IS NOT NULL)", name="trial_or_participation"),
        # A visitor's try-out; that of an account is kept with it.
        CheckConstraint("trial_secret IS NOT NULL OR expires_at IS NULL", name="trial_expires"),
        # One assessment at a time; one latest result.
        Index(
            "uq_assessment_running",
            "participation_id",
            unique=True,
            postgresql_where=text("completed_at IS NULL AND participation_id IS NOT NULL"),
        ),
        Index(
            "uq_assessment_latest",
            "participation_id",
            unique=True,
            postgresql_where=text("latest AND participation_id IS NOT NULL"),
        ),
        Index("ix_assessment_participation", "space_id", "participation_id", "completed_at"),
        # Of each participation the running and the latest one: what the follow-up counts, without opening a row.
        Index(
            "ix_assessment_current",
            "space_id",
            "participation_id",
            "latest",
            "started_at",
            "completed_at",
            postgresql_where=text("participation_id IS NOT NULL AND (latest OR completed_at IS NULL)"),
        ),
        Index("ix_assessment_trial", "expires_at", postgresql_where=text("trial_secret IS NOT NULL")),
    )

    participation_id: Mapped[int | None] = mapped_column(BigInteger)
    version_id: Mapped[int] = mapped_column(BigInteger)
    prefilled_from_id: Mapped[int | None] = mapped_column(BigInteger)
    # While it runs: the newer version that its respondents said no to, and when they moved to one.
    declined_version_id: Mapped[int | None] = mapped_column(BigInteger)
    moved_at: Mapped[datetime | None]
    # sha256 of the secret in the visitor's cookie.
    trial_secret: Mapped[str | None]
    # Of a structure's assessment: that of the try-out it was, so that the browser it began in is told where it went.
    former_secret: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    started_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="SET NULL"))
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    completed_at: Mapped[datetime | None]
    latest: Mapped[bool] = mapped_column(default=False)
    profile: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Share of the visible required questions that are answered, 0..1.
    progress: Mapped[Decimal] = mapped_column(Numeric(5, 4), default=Decimal(0))
    # At completion, by the exact engine: the overall ratio (six decimals, for lists and figures) and level.
    overall_ratio: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    overall_level: Mapped[str | None]

    participation: Mapped[Participation | None] = relationship(
        lazy="raise_on_sql",
        primaryjoin="Assessment.participation_id == Participation.id",
        foreign_keys="Assessment.participation_id",
        viewonly=True,
    )
    version: Mapped[QuestionnaireVersion] = relationship(
        lazy="raise_on_sql",
        primaryjoin="Assessment.version_id == QuestionnaireVersion.id",
        foreign_keys="Assessment.version_id",
        viewonly=True,
    )

    @property
    def completed(self) -> bool:
        return self.completed_at is not None


@dataclass(frozen=True, slots=True)
class Held:
    """An assessment as the save of one answer needs it, held until the commit: no row of the session, which would take
    longer to build than to read."""

    id: int
    space_id: int
    version: VersionRef
    participation: ParticipationRef | None
    trial_secret: str | None
    former_secret: str | None
    expires_at: datetime | None
    started_by: int | None
    completed: bool
    profile: dict[str, Any]


REWORDED = -1


class Answer(Tenant, Base):
    """One question's answer: `n/a`, `?`, or what its type gives; with its author and its revision.

    Revision 0 is an answer taken over from the assessment before: nobody has given it in this one yet. `REWORDED` is
    one that was given, to a question that a newer version words otherwise: nobody has read that yet.
    """

    __tablename__ = "answer"
    __table_args__ = (within_space("assessment_id", "assessment"), UniqueConstraint("assessment_id", "question"))

    assessment_id: Mapped[int] = mapped_column(BigInteger)
    question: Mapped[str]
    # {"v": value}: a JSON null, an absent answer and a number are all told apart.
    value: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="SET NULL"))
    author: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime] = mapped_column(server_default=func.now())


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """An answer as it stands in the database, or is about to: a page reads forty, and to keep each as a row of the
    session would cost more than all the rest of it."""

    question: str
    value: dict[str, Any]
    revision: int
    author_id: int | None
    author: str
    answered_at: datetime

    @property
    def taken_over(self) -> bool:
        """Whether it still stands as it was copied, neither changed nor confirmed since."""
        return self.revision <= 0

    @property
    def reworded(self) -> bool:
        return self.revision == REWORDED


class CategoryScore(Tenant, Base):
    """A category's score of a completed assessment, for lists and figures; the receipt is computed anew."""

    __tablename__ = "category_score"
    __table_args__ = (
        within_space("assessment_id", "assessment"),
        UniqueConstraint("assessment_id", "category"),
        Index("ix_category_score_level", "space_id", "category", "level"),
    )

    assessment_id: Mapped[int] = mapped_column(BigInteger)
    category: Mapped[str]
    ratio: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    level: Mapped[str | None]


class AssessmentEdition(Tenant, Base):
    """New with every assessment that a structure of the space begins, completes or gives up, with every score of theirs
    and with what they share of them: figures kept in memory go by it. The database sees to it (migration
    `assessment_edition`), and nobody else may."""

    __tablename__ = "assessment_edition"
    __table_args__ = (UniqueConstraint("space_id"),)

    edition: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())


class PooledScore(Tenant, Base):
    """A score that its structure keeps to itself, as the figures of the territory count it; `category` is empty for the
    whole. It waits for others before it is counted: see `pool`.
    """

    __tablename__ = "pooled_score"
    __table_args__ = (
        within_space("participation_id", "participation"),
        UniqueConstraint("participation_id", "category", "waiting"),
        Index("ix_pooled_score_waiting", "space_id", "category", postgresql_where=text("waiting")),
        Index("ix_pooled_score_level", "space_id", "category", "level"),
        # Only what waits may say that the structure has no score there any more.
        CheckConstraint("waiting OR ratio IS NOT NULL", name="counted_has_ratio"),
    )

    participation_id: Mapped[int] = mapped_column(BigInteger)
    category: Mapped[str]
    waiting: Mapped[bool]
    ratio: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    level: Mapped[str | None]
