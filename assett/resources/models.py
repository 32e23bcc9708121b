"""The resource base: what can help, from whom, and for which answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from assett.core.db import Base
from assett.core.tenancy import NationalOrTenant


class Resource(NationalOrTenant, Base):
    """A resource of a space or, with `space_id` null, of the national base."""

    __tablename__ = "resource"
    __table_args__ = (UniqueConstraint("space_id", "slug", postgresql_nulls_not_distinct=True),)

    slug: Mapped[str]
    # The resource as the format writes it: title, url, summary, type, provider, for, who, dates.
    entry: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
