"""Actors of the territory: organizations, their members, and their participation in a space."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assett.accounts.models import Person
from assett.core.db import Base, word
from assett.core.tenancy import Tenant, within_space
from assett.kernel.text import N_
from assett.kernel.vocabulary import Word
from assett.organizations.sectors import Sector
from assett.spaces.models import Space


class OrganizationKind(Word):
    COMPANY = "company", N_("Entreprise")
    ASSOCIATION = "association", N_("Association")
    PUBLIC_BODY = "public-body", N_("Collectivité ou service public")
    SCHOOL = "school", N_("École, collège, lycée, université")
    FARM = "farm", N_("Exploitation agricole")
    OTHER = "other", N_("Autre structure")


class WorkforceBand(Word):
    """Workforce as an actor would say it; coarser than the bands of INSEE, which map onto it.

    The words are those that questionnaires use for a profile entry of source `workforce`.
    """

    NONE = "none", N_("Aucun salarié")
    FEW = "1-9", N_("De 1 à 9")
    SMALL = "10-49", N_("De 10 à 49")
    MEDIUM = "50-249", N_("De 50 à 249")
    LARGE = "250-plus", N_("250 ou plus")


class Organization(Base):
    """A company, an association or a public body. It exists once, whatever the spaces; known by its SIRET."""

    __tablename__ = "organization"
    __table_args__ = (CheckConstraint("siret ~ '^[0-9]{14}$'", name="siret"),)

    # Some associations have none.
    siret: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[OrganizationKind] = mapped_column(word(OrganizationKind))
    # The activity as the organization says it (« Boulangerie-pâtisserie ») and the sector where it counts itself;
    # its code, with its nomenclature, may be of another sector.
    activity: Mapped[str] = mapped_column(default="")
    sector: Mapped[Sector | None] = mapped_column(word(Sector))
    naf_code: Mapped[str | None]
    naf_version: Mapped[str | None]
    workforce: Mapped[WorkforceBand | None] = mapped_column(word(WorkforceBand))
    commune: Mapped[str] = mapped_column(default="")
    insee_code: Mapped[str | None]
    website: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    demonstration: Mapped[bool] = mapped_column(default=False)


class MemberRole(Word):
    READER = "reader", N_("Lecture")
    CONTRIBUTOR = "contributor", N_("Contribution")
    OWNER = "owner", N_("Responsable")


REMINDER_AFTER = timedelta(days=1)


class Membership(Base):
    """A person in an organization. Without `accepted_at` it is a request, which waits for its answer or was refused."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("organization_id", "person_id"), Index("ix_membership_person", "person_id"))

    organization_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("organization.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[MemberRole] = mapped_column(word(MemberRole))
    requested_at: Mapped[datetime] = mapped_column(server_default=func.now())
    reminded_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    # Kept for a while, so that who opens the mail after a colleague has answered reads what became of it.
    refused_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="SET NULL"))
    # The space where the person asked: they hope to find the structure there, wherever its owners answer from.
    asked_in: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("space.id", ondelete="SET NULL"))

    organization: Mapped[Organization] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    answerer: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[answered_by])
    asked_space: Mapped[Space | None] = relationship(lazy="raise_on_sql")

    @property
    def pending(self) -> bool:
        """Whether it is a request without an answer."""
        return self.accepted_at is None and self.refused_at is None

    @property
    def remindable_at(self) -> datetime:
        """From when a pending request may be sent once more."""
        return (self.reminded_at or self.requested_at) + REMINDER_AFTER

    @property
    def askable_at(self) -> datetime:
        """From when one that was refused may be asked again: an owner's no is not followed by a mail at once."""
        return (self.refused_at or self.requested_at) + REMINDER_AFTER


class Proposal(Base):
    """A member asks those who own the organization to make it take part in one more space. The row goes with the
    answer, whichever it is, and with the member."""

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("membership_id", "asked_in"), Index("ix_proposal_asked_in", "asked_in"))

    membership_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("membership.id", ondelete="CASCADE"))
    asked_in: Mapped[int] = mapped_column(BigInteger, ForeignKey("space.id", ondelete="CASCADE"))
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())

    membership: Mapped[Membership] = relationship(lazy="raise_on_sql")
    asked_space: Mapped[Space] = relationship(lazy="raise_on_sql")

    @property
    def remindable_at(self) -> datetime:
        """From when it may be proposed once more, while it waits."""
        return self.asked_at + REMINDER_AFTER


class Invitation(Base):
    """Somebody asked by e-mail to become a member. The row goes when it is accepted or taken back."""

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("organization_id", "email"),
        CheckConstraint("email = lower(email)", name="email_lowercase"),
    )

    organization_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("organization.id", ondelete="CASCADE"))
    email: Mapped[str]
    role: Mapped[MemberRole] = mapped_column(word(MemberRole))
    invited_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="SET NULL"))
    sent_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]

    organization: Mapped[Organization] = relationship(lazy="raise_on_sql")
    inviter: Mapped[Person | None] = relationship(lazy="raise_on_sql")


class Audience(Word):
    """With whom an actor shares its scores or its answers. What the public sees is chosen on the listing."""

    NOBODY = "nobody", N_("Personne : ma structure seulement")
    AUTHORITY = "authority", N_("La collectivité")


class Participation(Tenant, Base):
    """An organization in a space: what it told of itself there, and what it shares."""

    __tablename__ = "participation"
    __table_args__ = (
        UniqueConstraint("space_id", "organization_id"),
        UniqueConstraint("space_id", "id"),
        Index("ix_participation_organization", "organization_id"),
    )

    organization_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("organization.id", ondelete="CASCADE"))
    joined_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # The profile as of the last completed assessment: {entry id: value}, of the document's `profile` section.
    profile: Mapped[dict[str, Any]] = mapped_column(default=dict)
    share_scores: Mapped[Audience] = mapped_column(word(Audience, "share_scores"), default=Audience.NOBODY)
    share_answers: Mapped[Audience] = mapped_column(word(Audience, "share_answers"), default=Audience.NOBODY)

    organization: Mapped[Organization] = relationship(lazy="raise_on_sql")


class Departure(Tenant, Base):
    """An organization has left the space, where nothing of it is kept but this, for a year: for its members who still
    hold an address of what was its own there, and for the space's team."""

    __tablename__ = "departure"
    __table_args__ = (Index("ix_departure_space", "space_id", "left_at"),)

    organization_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("organization.id", ondelete="CASCADE"))
    left_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # What its addresses were made of: rows that are gone.
    participation_id: Mapped[int] = mapped_column(BigInteger)
    assessment_ids: Mapped[list[Any]] = mapped_column(default=list)

    organization: Mapped[Organization] = relationship(lazy="raise_on_sql")


@dataclass(frozen=True, slots=True)
class ParticipationRef:
    """A participation as the rights to what is its own are proved by."""

    id: int
    organization_id: int


class RosterEdition(Tenant, Base):
    """New with every change of who takes part in a space, of who they are, or of what their listings show: what is
    kept in memory of them goes by it. The database sees to it (migration `roster_edition`), and nobody else may."""

    __tablename__ = "roster_edition"
    __table_args__ = (UniqueConstraint("space_id"),)

    edition: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())


class Charter(Tenant, Base):
    """The text that actors of a space sign; a new text is a new version."""

    __tablename__ = "charter"
    __table_args__ = (
        UniqueConstraint("space_id", "version"),
        UniqueConstraint("space_id", "id"),
        # One draft at a time.
        Index("uq_charter_draft", "space_id", unique=True, postgresql_where=sql_text("published_at IS NULL")),
    )

    version: Mapped[int]
    # {"fr": …, "en": …}
    title: Mapped[dict[str, Any]]
    text: Mapped[dict[str, Any]]
    # What changed since the version before, in a few words, for those who signed that one.
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    published_at: Mapped[datetime | None]

    def title_in(self, language: str) -> str:
        return _in(self.title, language)

    def text_in(self, language: str) -> str:
        """The text, as Markdown."""
        return _in(self.text, language)

    def changes_in(self, language: str) -> str:
        return _in(self.changes, language)

    def read_in(self, language: str) -> str:
        """The language that a page in `language` shows the text in: its own where the text is written in it."""
        return next((code for code in (language, "fr", *self.text) if self.text.get(code)), language)


def _in(words: dict[str, Any], language: str) -> str:
    """The words in that language, else in French, else in whichever there is."""
    return str(words.get(language) or words.get("fr") or next(iter(words.values()), ""))


class Pledge(Tenant, Base):
    """A charter signed by a member, in the name of the organization."""

    __tablename__ = "pledge"
    __table_args__ = (
        within_space("participation_id", "participation"),
        within_space("charter_id", "charter"),
        UniqueConstraint("participation_id", "charter_id"),
    )

    participation_id: Mapped[int] = mapped_column(BigInteger)
    charter_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="SET NULL"))
    signatory: Mapped[str]
    signed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    charter: Mapped[Charter] = relationship(
        lazy="raise_on_sql",
        primaryjoin="Pledge.charter_id == Charter.id",
        foreign_keys="Pledge.charter_id",
        viewonly=True,
    )
