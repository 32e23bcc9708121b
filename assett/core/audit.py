"""The log of a space: who did what, when, to what, before and after. Rows are added, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g, has_request_context
from sqlalchemy import BigInteger, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, Session, mapped_column

from assett.core.db import Base
from assett.core.tenancy import NationalOrTenant


class AuditEntry(NationalOrTenant, Base):
    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_space", "space_id", "at"),)

    at: Mapped[datetime] = mapped_column(server_default=func.now())
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="SET NULL"))
    action: Mapped[str]
    subject: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(session: Session, action: str, *, subject: str | None = None, details: dict[str, Any] | None = None) -> None:
    """Add a line to the log of the current space (of the platform, outside a space)."""
    person_id = g.get("person_id") if has_request_context() else None
    session.add(
        AuditEntry(
            space_id=session.info.get("space_id"),
            person_id=person_id,
            action=action,
            subject=subject,
            details=details or {},
        )
    )
