"""People and what they may do in a space."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assett.core.db import Base, word
from assett.core.tenancy import Tenant
from assett.kernel.text import N_
from assett.kernel.vocabulary import Word


class Person(Base):
    """Somebody with an account; one account serves every space."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lowercase"),)

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    # argon2id; None for an account that has not chosen a password yet.
    password_hash: Mapped[str | None]
    # Changed with the password: it ends the links of earlier mails and whatever was signed in before.
    stamp: Mapped[str] = mapped_column(default=lambda: secrets.token_urlsafe(12))
    language: Mapped[str | None]
    operator: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    confirmed_at: Mapped[datetime | None]
    demonstration: Mapped[bool] = mapped_column(default=False)


class SignIn(Base):
    """A browser signed in as a person, until it signs out, is signed out from afar, or the password changes."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_person", "person_id"),)

    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="CASCADE"))
    # SHA-256 of the secret in the cookie: reading this table signs nobody in.
    secret_hash: Mapped[str] = mapped_column(unique=True)
    # « Firefox », « Windows »; None where the browser does not say.
    browser: Mapped[str | None]
    system: Mapped[str | None]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # A day is enough to recognise a device by; more would be a record of somebody's hours.
    seen_on: Mapped[date] = mapped_column(server_default=func.current_date())


class SpaceRoleName(Word):
    READER = "reader", N_("Lecture")
    FACILITATOR = "facilitator", N_("Animation")
    EDITOR = "editor", N_("Rédaction")
    MANAGER = "manager", N_("Gestion")


class SpaceRole(Tenant, Base):
    """A member of the collectivité's team, and as what."""

    __tablename__ = "space_role"
    __table_args__ = (UniqueConstraint("space_id", "person_id"), Index("ix_space_role_person", "person_id"))

    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[SpaceRoleName] = mapped_column(word(SpaceRoleName))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
