"""The local network: the directory of engaged organizations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assett.core.db import Base
from assett.core.tenancy import Tenant, within_space
from assett.organizations.models import Participation


class Listing(Tenant, Base):
    """What an organization shows of itself in a space's directory; hidden until it says so, and when it says so."""

    __tablename__ = "listing"
    __table_args__ = (
        within_space("participation_id", "participation"),
        UniqueConstraint("participation_id"),
        Index("ix_listing_published", "space_id", "published_at"),
    )

    participation_id: Mapped[int] = mapped_column(BigInteger)
    presentation: Mapped[str] = mapped_column(default="")
    commitments: Mapped[str] = mapped_column(default="")
    # Which fields are shown: a list of network.fields names.
    shown: Mapped[list[Any]] = mapped_column(default=list)
    # The shown words, folded (no accents, lower case), for the search.
    searchable: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    published_at: Mapped[datetime | None]

    participation: Mapped[Participation] = relationship(
        lazy="raise_on_sql",
        primaryjoin="Listing.participation_id == Participation.id",
        foreign_keys="Listing.participation_id",
        viewonly=True,
    )
