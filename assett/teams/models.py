"""Invitations to the team of a space."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assett.accounts.models import Person, SpaceRoleName
from assett.core.db import Base, word
from assett.core.tenancy import Tenant


class InvitationState(StrEnum):
    PENDING = "pending"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ACCEPTED = "accepted"


class TeamInvitation(Tenant, Base):
    """An address asked to join the team. An address has one at most that is neither accepted nor revoked."""

    __tablename__ = "team_invitation"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lowercase"),
        CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name="ended_once"),
        Index(
            "uq_team_invitation_open",
            "space_id",
            "email",
            unique=True,
            postgresql_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    email: Mapped[str]
    role: Mapped[SpaceRoleName] = mapped_column(word(SpaceRoleName))
    # A few words of whoever invites, for the mail.
    message: Mapped[str] = mapped_column(default="")
    # SHA-256 of the secret in the link: who reads this table cannot accept in another's stead.
    token_hash: Mapped[str] = mapped_column(unique=True)
    invited_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="SET NULL"))

    inviter: Mapped[Person | None] = relationship(foreign_keys=[invited_by], lazy="raise_on_sql")
    accepter: Mapped[Person | None] = relationship(foreign_keys=[accepted_by], lazy="raise_on_sql")

    def state(self, now: datetime) -> InvitationState:
        if self.accepted_at is not None:
            return InvitationState.ACCEPTED
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        return InvitationState.PENDING if self.expires_at > now else InvitationState.EXPIRED
