"""The local network: the directory of engaged organizations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assett.core.db import Base
from assett.core.tenancy import Tenant, within_space
from assett.kernel.text import N_
from assett.kernel.vocabulary import Word
from assett.organizations.models import Participation


class ListingField(Word):
    """What an organization may show of itself, or keep to itself; its name is always shown.

    A listing that was saved before a field existed does not show it: nothing appears that was not chosen.
    """

    ACTIVITY = "activity", N_("Activité et secteur")
    COMMUNE = "commune", N_("Commune")
    KIND = "kind", N_("Type de structure")
    WORKFORCE = "workforce", N_("Effectif")
    WEBSITE = "website", N_("Site internet")
    ENGAGED_SINCE = "engaged-since", N_("Participe depuis")
    CHARTER = "charter", N_("Charte signée")
    PRESENTATION = "presentation", N_("Présentation")
    COMMITMENTS = "commitments", N_("Engagements")
    # The names of the levels reached, never the figures: they are shared with the public by no other choice.
    LEVELS = "levels", N_("Niveaux et date de la dernière auto-évaluation")


class Listing(Tenant, Base):
    """What an organization shows of itself in a space's directory; hidden until it says so, and when it says so."""

    __tablename__ = "listing"
    __table_args__ = (
        within_space("participation_id", "participation"),
        UniqueConstraint("participation_id"),
        Index("ix_listing_published", "space_id", "published_at"),
        CheckConstraint("withheld_at IS NULL OR published_at IS NULL", name="withheld_is_not_published"),
    )

    participation_id: Mapped[int] = mapped_column(BigInteger)
    presentation: Mapped[str] = mapped_column(default="")
    commitments: Mapped[str] = mapped_column(default="")
    # Which fields are shown: values of ListingField.
    shown: Mapped[list[Any]] = mapped_column(default=list)
    # The listing's own words that are shown, folded for the search. What the organization is called and does is
    # read where it stands: it exists once for all spaces, and may change in any of them.
    searchable: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    published_at: Mapped[datetime | None]
    # The collectivité took it out of the directory, and says why; it is published again once that is taken back.
    withheld_at: Mapped[datetime | None]
    withheld_reason: Mapped[str] = mapped_column(default="", server_default="")

    participation: Mapped[Participation] = relationship(
        lazy="raise_on_sql",
        primaryjoin="Listing.participation_id == Participation.id",
        foreign_keys="Listing.participation_id",
        viewonly=True,
    )

    @property
    def published(self) -> bool:
        return self.published_at is not None

    @property
    def withheld(self) -> bool:
        return self.withheld_at is not None

    def shows(self, field: ListingField) -> bool:
        return field in self.shown
