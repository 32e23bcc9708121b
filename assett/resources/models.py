"""The resource base: what can help, from whom, for which answers; and what a territory makes of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Index, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from assett.core.db import Base, word
from assett.core.tenancy import NationalOrTenant, Tenant, within_space
from assett.kernel.text import N_
from assett.kernel.vocabulary import Word


class Resource(NationalOrTenant, Base):
    """A resource of a space or, with `space_id` null, of the national base."""

    __tablename__ = "resource"
    __table_args__ = (
        UniqueConstraint("space_id", "slug", postgresql_nulls_not_distinct=True),
        within_space("partner_id", "partner", ondelete="NO ACTION"),
    )

    slug: Mapped[str]
    # The resource as the format writes it: title, url, summary, type, provider, for, who, dates.
    entry: Mapped[dict[str, Any]]
    # Beside the format: who answers on the territory, and words to find it again.
    partner_id: Mapped[int | None] = mapped_column(BigInteger)
    contact: Mapped[str] = mapped_column(default="", server_default="")
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    # Shown to nobody any more; its figures stay, and it can come back.
    archived_at: Mapped[datetime | None]
    # A copy that nobody has saved yet: the team sees it, actors do not.
    draft: Mapped[bool] = mapped_column(default=False, server_default="false")
    # It came with the questionnaire's own file, and says what the file of each version does until the team changes it.
    of_document: Mapped[bool] = mapped_column(default=False, server_default="false")
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    @property
    def national(self) -> bool:
        return self.space_id is None

    @property
    def away(self) -> bool:
        """Whether it is shown to nobody: archived, or not saved yet."""
        return self.archived_at is not None or bool(self.draft)


class ResourceAdoption(Tenant, Base):
    """What a space makes of a national resource: hides it, or says it in its own words. Without a row it is adopted
    as it stands."""

    __tablename__ = "resource_adoption"
    __table_args__ = (
        UniqueConstraint("space_id", "resource_id"),
        within_space("partner_id", "partner", ondelete="NO ACTION"),
    )

    resource_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("resource.id", ondelete="CASCADE"))
    hidden: Mapped[bool] = mapped_column(default=False)
    # Keys of the format that the space says otherwise (title, summary, priority, dates), and what it said over.
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # The national entry as it was when the space last read it; None where it says nothing otherwise.
    seen: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    partner_id: Mapped[int | None] = mapped_column(BigInteger)
    contact: Mapped[str] = mapped_column(default="")
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    @property
    def adapted(self) -> bool:
        """Whether the territory says anything of its own."""
        return bool(self.changes or self.contact or self.partner_id or self.tags)


class Partner(Tenant, Base):
    """Who carries resources on the territory: a chamber, an association, a service."""

    __tablename__ = "partner"
    __table_args__ = (UniqueConstraint("space_id", "id"), UniqueConstraint("space_id", "name"))

    name: Mapped[str]
    # Digest, width and height of its picture in the space.
    logo: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    contact_name: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class LinkState(Word):
    """What the nightly check found at an address."""

    UNCHECKED = "unchecked", N_("pas encore vérifiée")
    VALID = "valid", N_("répond")
    UNCERTAIN = "uncertain", N_("incertaine")
    BROKEN = "broken", N_("rompue")


class ResourceLink(NationalOrTenant, Base):
    """An address of the base and whether it answers; a space's own, or the national base's with `space_id` null."""

    __tablename__ = "resource_link"
    __table_args__ = (
        UniqueConstraint("space_id", "digest", postgresql_nulls_not_distinct=True),
        Index("ix_resource_link_digest", "digest"),
    )

    url: Mapped[str]
    # What the index holds: an address may be longer than a row of an index (a third of a page, 2,704 bytes).
    digest: Mapped[str] = mapped_column(Computed("md5(url)", persisted=True))
    state: Mapped[LinkState] = mapped_column(word(LinkState), default=LinkState.UNCHECKED)
    # What was found, in French source text (see `links.WHY`), with the HTTP status where there was one.
    why: Mapped[str] = mapped_column(default="")
    status: Mapped[int | None]
    checked_at: Mapped[datetime | None]
    # On how many different days since it last answered the site refused, and the last of them.
    failures: Mapped[int] = mapped_column(default=0)
    failed_on: Mapped[date | None]
    broken_at: Mapped[datetime | None]


class LinkReport(Tenant, Base):
    """When the editors of a space were last written to about links."""

    __tablename__ = "link_report"
    __table_args__ = (UniqueConstraint("space_id"),)

    sent_at: Mapped[datetime]


class ResourceOpinion(Tenant, Base):
    """« Cela vous a-t-il aidé ? »: one answer of a person for a resource, known by its slug wherever it comes from."""

    __tablename__ = "resource_opinion"
    __table_args__ = (
        UniqueConstraint("space_id", "slug", "person_id"),
        Index("ix_resource_opinion_person", "person_id"),
        Index("ix_resource_opinion_given_at", "given_at"),
        CheckConstraint("char_length(remark) <= 500", name="remark_length"),
    )

    slug: Mapped[str]
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="CASCADE"))
    helped: Mapped[bool]
    remark: Mapped[str] = mapped_column(default="")
    given_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ResourceVisit(Tenant, Base):
    """How often the address of a resource was opened on a day: a sum, of nobody in particular."""

    __tablename__ = "resource_visit"
    __table_args__ = (UniqueConstraint("space_id", "slug", "day"),)

    slug: Mapped[str]
    day: Mapped[date]
    count: Mapped[int]
