"""Questionnaires and their versions. A version is its document: immutable once published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assett.core.db import Base
from assett.core.tenancy import NationalOrTenant


class Questionnaire(NationalOrTenant, Base):
    """A questionnaire of a space or, with `space_id` null, of the national base."""

    __tablename__ = "questionnaire"
    __table_args__ = (
        UniqueConstraint("space_id", "id"),
        UniqueConstraint("space_id", "slug", postgresql_nulls_not_distinct=True),
        # A space asks one questionnaire at a time.
        Index("uq_questionnaire_active", "space_id", unique=True, postgresql_where=text("active")),
    )

    slug: Mapped[str]
    active: Mapped[bool] = mapped_column(default=False)


class QuestionnaireVersion(NationalOrTenant, Base):
    """One published state of a questionnaire: its document (see the format's contract), never changed."""

    __tablename__ = "questionnaire_version"
    __table_args__ = (
        UniqueConstraint("space_id", "id"),
        UniqueConstraint("questionnaire_id", "number"),
        # A space counts its versions through, of whichever questionnaire: « version 3 » is one of them.
        UniqueConstraint("space_id", "number"),
        ForeignKeyConstraint(
            ["space_id", "questionnaire_id"], ["questionnaire.space_id", "questionnaire.id"], ondelete="CASCADE"
        ),
    )

    questionnaire_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("questionnaire.id", ondelete="CASCADE"))
    number: Mapped[int]
    # The national version that this one was made from, if any.
    upstream_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("questionnaire_version.id", ondelete="SET NULL")
    )
    document: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    content_hash: Mapped[str]
    published_at: Mapped[datetime | None]
    published_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="SET NULL"))
    # What the team tells respondents about this version, by language.
    note: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # No longer asked of anyone who begins; what was begun or completed with it stays.
    retired_at: Mapped[datetime | None]

    questionnaire: Mapped[Questionnaire] = relationship(
        lazy="raise_on_sql", foreign_keys=[questionnaire_id], overlaps="questionnaire"
    )


@dataclass(frozen=True, slots=True)
class VersionRef:
    """A version as what is compiled of it is found by."""

    id: int
    content_hash: str
