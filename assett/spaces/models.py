"""Tenants: the collectivité, and the space in which it runs its self-assessment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from sqlalchemy.types import Text

from assett.core.db import Base, word
from assett.kernel.text import N_
from assett.kernel.vocabulary import Word

# First parts of the platform's own addresses: no space may take them.
RESERVED = frozenset(
    {
        "accessibilite",
        "admin",
        "api",
        "assets",
        "connexion",
        "console",
        "courrier",
        "deconnexion",
        "healthz",
        "inscription",
        "langue",
        "mon-compte",
        "mot-de-passe",
        "mot-de-passe-oublie",
        "static",
        "style",
        "theme",
    }
)


class AuthorityKind(Word):
    METROPOLIS = "metropolis", N_("Métropole")
    URBAN_COMMUNITY = "urban-community", N_("Communauté urbaine")
    AGGLOMERATION = "agglomeration", N_("Communauté d’agglomération")
    COMMUNITY = "community", N_("Communauté de communes")
    COMMUNE = "commune", N_("Commune")


class LocalAuthority(Base):
    """A collectivité: a commune or a group of communes (EPCI)."""

    __tablename__ = "local_authority"

    name: Mapped[str]
    kind: Mapped[AuthorityKind] = mapped_column(word(AuthorityKind))
    siren: Mapped[str | None] = mapped_column(unique=True)
    # Code officiel géographique: the INSEE code of a commune, the SIREN of an EPCI.
    cog_code: Mapped[str | None]
    department: Mapped[str | None]


class Space(Base):
    """What a collectivité opens: its words, its theme, its languages; the tenant of every other row."""

    __tablename__ = "space"
    __table_args__ = (CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]{1,48}$'", name="slug"),)

    local_authority_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("local_authority.id"))
    slug: Mapped[str] = mapped_column(unique=True)
    # The territory as people say it (« Grand Poitiers ») and the name of the programme (« Acteurs engagés »).
    name: Mapped[str]
    programme: Mapped[str]
    theme: Mapped[str] = mapped_column(default="assett")
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text), default=lambda: ["fr", "en"])
    # Words of the home page, by language: see spaces.words.
    words: Mapped[dict[str, Any]] = mapped_column(default=dict)
    contact_email: Mapped[str | None]
    demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    opened_at: Mapped[datetime | None]

    local_authority: Mapped[LocalAuthority] = relationship(lazy="raise_on_sql")

    @validates("slug")
    def _not_reserved(self, _key: str, slug: str) -> str:
        if slug in RESERVED:
            raise ValueError(f"« {slug} » is an address of the platform")
        return slug
