"""Drafts of a questionnaire, their history, and what is said about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from assett.core.db import Base
from assett.core.tenancy import Tenant, within_space


class Draft(Tenant, Base):
    """A questionnaire being written. Open until it is published or set aside; its history stays."""

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("space_id", "id"),
        within_space("questionnaire_id", "questionnaire"),
        Index("ix_draft_space", "space_id", "changed_at"),
    )

    # The questionnaire whose next version this will be; None for a new one.
    questionnaire_id: Mapped[int | None] = mapped_column(BigInteger)
    # The version that it was made from, of this space or of the national base.
    base_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("questionnaire_version.id", ondelete="SET NULL"))
    # The national version that it follows, if any, and what was decided about what that one's successor changed.
    upstream_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("questionnaire_version.id", ondelete="SET NULL")
    )
    upstream_decisions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    title: Mapped[str]
    # The tree, as the format has it; it need not be right yet (see engine.drafting).
    tree: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    # Counts the steps: what an editor had before their eyes.
    revision: Mapped[int] = mapped_column(default=0)
    # Pieces that their author says are ready to be read: {address: {"by": name, "at": iso}}, and once they were, by
    # whom ("read_by", "read_at"). A change of the piece takes the mark away.
    ready: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Which words a translation was made of: {"question/suivi title en": digest of the source} (see `translations`).
    translated: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}", deferred=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_by: Mapped[str] = mapped_column(default="")
    published_version_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("questionnaire_version.id", ondelete="SET NULL")
    )
    closed_at: Mapped[datetime | None]

    @property
    def open(self) -> bool:
        return self.closed_at is None


class DraftStep(Tenant, Base):
    """One act of writing: who, when, what in words, and the pieces before and after."""

    __tablename__ = "draft_step"
    __table_args__ = (
        within_space("draft_id", "draft"),
        UniqueConstraint("draft_id", "number"),
        Index("ix_draft_step_person", "draft_id", "person_id", "number"),
    )

    draft_id: Mapped[int] = mapped_column(BigInteger)
    # The draft's revision after it.
    number: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="SET NULL"))
    person: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    # What was done (a word of `studio.history`), and to what (its title then).
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    changes: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    # The step that this one takes back or does again; whether it was itself taken back.
    of_number: Mapped[int | None]
    undone: Mapped[bool] = mapped_column(default=False)


class DraftComment(Tenant, Base):
    """A word about a piece of a draft, until it is settled."""

    __tablename__ = "draft_comment"
    __table_args__ = (
        within_space("draft_id", "draft"),
        Index("ix_draft_comment_draft", "draft_id", "address"),
        Index("ix_draft_comment_untold", "draft_id", postgresql_where=sql_text("told_at IS NULL")),
    )

    draft_id: Mapped[int] = mapped_column(BigInteger)
    address: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="SET NULL"))
    author: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]
    # When those who take part in the conversation were told of it.
    told_at: Mapped[datetime | None]


class WaitingWords(Tenant, Base):
    """What somebody wrote of a piece where a colleague wrote otherwise, or removed it, until they choose."""

    __tablename__ = "waiting_words"
    __table_args__ = (
        within_space("draft_id", "draft"),
        Index("ix_waiting_words_draft", "draft_id", "person_id"),
    )

    draft_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="CASCADE"))
    address: Mapped[str]
    # Whose words the others are; empty where they are the person's own, from another tab.
    author: Mapped[str] = mapped_column(default="")
    # The piece as it was before both, then as each has it: these two differ in the disputed words alone. Where the
    # piece was removed while it was written, nobody wrote otherwise: the first two are the same.
    base: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    theirs: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    mine: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    @property
    def undisputed(self) -> bool:
        return self.base == self.theirs


class QuestionnaireFile(Tenant, Base):
    """A file that someone brought: what was understood of it and what the report says, until they decide (7 days)."""

    __tablename__ = "questionnaire_file"
    __table_args__ = (
        UniqueConstraint("space_id", "id"),
        within_space("draft_id", "draft"),
        Index("ix_questionnaire_file_at", "at"),
    )

    # The draft that it would replace; None where it would make a new one.
    draft_id: Mapped[int | None] = mapped_column(BigInteger)
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="SET NULL"))
    name: Mapped[str]
    tree: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    report: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    # The workbook itself where it has not all sheets: what it means then depends on what the draft has.
    data: Mapped[bytes | None] = mapped_column(deferred=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
