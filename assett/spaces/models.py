"""Tenants: the collectivité, and the space in which it runs its self-assessment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from sqlalchemy.types import Text

from assett.core.db import Base, word
from assett.core.tenancy import Tenant
from assett.kernel.text import N_
from assett.kernel.vocabulary import Word

# First parts of the platform's own addresses: no space may take them.
RESERVED = frozenset(
    {
        ".well-known",
        "accessibilite",
        "admin",
        "api",
        "assets",
        "connexion",
        "console",
        "courrier",
        "deconnexion",
        "favicon",
        "favicon.ico",
        "healthz",
        "inscription",
        "langue",
        "mon-compte",
        "mot-de-passe",
        "mot-de-passe-oublie",
        "robots",
        "robots.txt",
        "security",
        "static",
        "style",
        "theme",
        "well-known",
    }
)


class AuthorityKind(Word):
    METROPOLIS = "metropolis", N_("Métropole")
    URBAN_COMMUNITY = "urban-community", N_("Communauté urbaine")
    AGGLOMERATION = "agglomeration", N_("Communauté d’agglomération")
    COMMUNITY = "community", N_("Communauté de communes")
    COMMUNE = "commune", N_("Commune")


class Compliance(Word):
    """How far a service meets the accessibility rules, in the law's own words (decree 2019-768, article 4)."""

    NONE = "none", N_("non conforme")
    PARTIAL = "partial", N_("partiellement conforme")
    FULL = "full", N_("totalement conforme")


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
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]{1,48}$'", name="slug"),
        CheckConstraint("cardinality(languages) > 0", name="languages"),
        CheckConstraint("hostname = lower(hostname)", name="hostname_lowercase"),
        # A name that was only asked for keeps nobody else from proving that it is theirs.
        Index("uq_space_hostname", "hostname", unique=True, postgresql_where=text("host_checked_at IS NOT NULL")),
    )

    local_authority_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("local_authority.id"))
    slug: Mapped[str] = mapped_column(unique=True)
    # The territory as people say it (« Grand Poitiers ») and the name of the programme (« Acteurs engagés »).
    name: Mapped[str]
    programme: Mapped[str]
    # What those who take part are called, in the plural, by language (« pionniers du climat »).
    actors: Mapped[dict[str, Any]] = mapped_column(default=dict)
    contact_email: Mapped[str | None]
    # The theme that the space started from, what it made of it, and what it tries out: see spaces.themes.
    theme: Mapped[str] = mapped_column(default="assett")
    appearance: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    appearance_draft: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    # The first one is the default.
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text), default=lambda: ["fr", "en"])
    # The home page: its words, by language (see spaces.words), and its photo: digest, width, height, alt.
    words: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True, deferred_group="home")
    photo: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True, deferred_group="home")
    # The space's own legal pages, as Markdown: {page: {language: text}}.
    legal: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)
    # For the legal notice: the seat of the collectivité, its telephone, who answers for what is published.
    publisher_address: Mapped[str | None] = mapped_column(deferred=True, deferred_group="publisher")
    publisher_phone: Mapped[str | None] = mapped_column(deferred=True, deferred_group="publisher")
    publication_director: Mapped[str | None] = mapped_column(deferred=True, deferred_group="publisher")
    # What an audit found; none was made of a new space.
    compliance: Mapped[Compliance] = mapped_column(word(Compliance), default=Compliance.NONE)
    directory_open: Mapped[bool] = mapped_column(default=True)
    directory_levels: Mapped[bool] = mapped_column(default=True)
    directory_on_home: Mapped[bool] = mapped_column(default=True)
    directory_export: Mapped[bool] = mapped_column(default=False)
    # A host name of its own, served once the space has proved by `host_token` that the name is its own.
    hostname: Mapped[str | None]
    host_token: Mapped[str | None]
    host_checked_at: Mapped[datetime | None]
    demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # Opens the space to pilots before its day.
    pilot_key: Mapped[str | None]

    local_authority: Mapped[LocalAuthority] = relationship(lazy="raise_on_sql")

    def is_open(self, now: datetime) -> bool:
        """Whether everybody may come in."""
        return self.opened_at is not None and self.opened_at <= now

    def is_closed(self, now: datetime) -> bool:
        """Whether no assessment begins any more; everything stays readable."""
        return self.closed_at is not None and self.closed_at <= now

    @property
    def own_host(self) -> str | None:
        """The host name that the space has proved to be its own."""
        return self.hostname if self.host_checked_at is not None else None

    def actors_in(self, language: str) -> str | None:
        """What those who take part are called in that language; None where it is unsaid."""
        return self.actors.get(language) or None

    @validates("slug")
    def _not_reserved(self, _key: str, slug: str) -> str:
        if slug in RESERVED:
            raise ValueError(f"« {slug} » is an address of the platform")
        return slug


class Picture(Tenant, Base):
    """A picture of the space (its logo, its photo), encoded anew, in two sizes where it is large."""

    __tablename__ = "picture"
    __table_args__ = (UniqueConstraint("space_id", "digest"),)

    digest: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    # WebP; `small` is None where the picture is small already.
    content: Mapped[bytes] = mapped_column(BYTEA, deferred=True)
    small: Mapped[bytes | None] = mapped_column(BYTEA, deferred=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class LaunchMark(Tenant, Base):
    """A launch milestone that no fact can show, declared done by somebody of the team."""

    __tablename__ = "launch_mark"
    __table_args__ = (UniqueConstraint("space_id", "milestone"),)

    milestone: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="SET NULL"))
    marked_at: Mapped[datetime] = mapped_column(server_default=func.now())
