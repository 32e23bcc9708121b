"""The use cases of a team: inviting, accepting, changing a role, leaving."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from assett.accounts import passwords, registries
from assett.accounts.models import Person, SpaceRole, SpaceRoleName
from assett.accounts.service import new_stamp
from assett.core import audit
from assett.core.i18n import show_day
from assett.core.permissions import Actor
from assett.kernel.errors import Rejected
from assett.kernel.text import N_
from assett.teams import mails, queries
from assett.teams.models import InvitationState, TeamInvitation

INVITED_FOR = timedelta(days=14)
# A team writes to people who asked for nothing.
MAILS_A_DAY = 60
RESENT_AFTER = timedelta(minutes=1)
# Nothing is kept longer of an invitation that has ended or expired: it holds an address.
KEPT_AFTERWARDS = timedelta(days=90)


class DeadInvitation(Rejected):
    """The link opens nothing any more; the message says why, `person_id` who accepted, where somebody has."""

    def __init__(self, message: str, person_id: int | None = None) -> None:
        super().__init__(message)
        self.person_id = person_id


@dataclass(frozen=True, slots=True)
class Invite:
    """Addresses in lower case, each once."""

    emails: Sequence[str]
    role: SpaceRoleName
    message: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that was not invited, and why."""

    typed: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sending:
    """Who was written to, who was not; of the former, those `renewed` were invited already, as what is told."""

    sent: list[str]
    refused: list[Refusal]
    renewed: dict[str, SpaceRoleName] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewAccount:
    name: str
    password: str
    language: str


# Inviting


def invite(session: Session, command: Invite, inviter: Person | None, now: datetime) -> Sending:
    """Invite addresses, with an account or without; one that cannot be is said, and does not hold up the others.

    Without an ``inviter`` it is the host who invites, from a terminal, as the first of a team: who is invited already
    is so anew, with this role, for a terminal has no list to correct an invitation in.
    """
    queries.held_managers(session)  # a day's mails are counted by one at a time
    left = _left_today(session, now)
    there = queries.emails_of_members(session, command.emails)
    waiting = queries.open_invitations(session, command.emails)
    languages = queries.languages_of(session, command.emails)
    outcome = Sending([], [])
    for email in command.emails:
        known = waiting.get(email)
        before = known.role if known is not None and known.state(now) == InvitationState.PENDING else None
        if email in there:
            outcome.refused.append(Refusal(email, _("cette personne fait déjà partie de l’équipe")))
        elif known is not None and before is not None and inviter is not None:
            outcome.refused.append(_invited_already(known))
        elif len(outcome.sent) >= left:
            outcome.refused.append(Refusal(email, _too_many()))
        elif (invitation := _opened(session, known, email, command, inviter, now)) is None:
            outcome.refused.append(Refusal(email, _("quelqu’un vient de l’inviter")))
        else:
            _send(session, invitation, inviter, languages.get(email), now)
            done = "team.invited" if before is None else "team.invitation-resent"
            audit.record(session, done, details={"invitation": invitation.id, "role": command.role})
            outcome.sent.append(email)
            if before is not None:
                outcome.renewed[email] = before
    return outcome


def _left_today(session: Session, now: datetime) -> int:
    """How many more mails the team may send within a day."""
    return MAILS_A_DAY - queries.count_mailed(session, now - timedelta(days=1))


def _too_many() -> str:
    return _("l’équipe a déjà envoyé %(count)s invitations en un jour. Reprenez demain", count=MAILS_A_DAY)


def _invited_already(invitation: TeamInvitation) -> Refusal:
    day = show_day(invitation.sent_at)
    return Refusal(
        invitation.email, _("déjà invitée le %(day)s ; vous pouvez renvoyer son invitation depuis la liste", day=day)
    )


def _opened(
    session: Session, known: TeamInvitation | None, email: str, command: Invite, inviter: Person | None, now: datetime
) -> TeamInvitation | None:
    """The invitation to send: the one there is with its new role, or a new row; None where another was quicker."""
    inviter_id = inviter.id if inviter is not None else None
    if known is not None:
        known.role, known.message, known.invited_by = command.role, command.message, inviter_id
        return known
    return session.scalars(
        insert(TeamInvitation)
        .values(
            space_id=session.info["space_id"],
            email=email,
            role=command.role,
            message=command.message,
            token_hash=_hashed(secrets.token_urlsafe(32)),
            invited_by=inviter_id,
            created_at=now,
            sent_at=now,
            expires_at=now + INVITED_FOR,
        )
        .on_conflict_do_nothing()
        .returning(TeamInvitation)
    ).one_or_none()


def _send(
    session: Session, invitation: TeamInvitation, inviter: Person | None, language: str | None, now: datetime
) -> None:
    """Mail a link that ends every earlier one."""
    token = secrets.token_urlsafe(32)
    invitation.token_hash = _hashed(token)
    invitation.sent_at, invitation.expires_at = now, now + INVITED_FOR
    mails.invitation(session, invitation, token, inviter, language)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def resend(session: Session, invitation: TeamInvitation, inviter: Person, now: datetime) -> TeamInvitation:
    """Mail a new link for fourteen days; the old one dies. Once a minute at most (`invitation` is held)."""
    _still_open(invitation)
    if now < invitation.sent_at + RESENT_AFTER:
        raise Rejected(_("Cette invitation vient de partir. Attendez une minute avant de la renvoyer."))
    queries.held_managers(session)
    if _left_today(session, now) < 1:
        raise Rejected(
            _("L’équipe a déjà envoyé %(count)s invitations en un jour. Reprenez demain.", count=MAILS_A_DAY)
        )
    languages = queries.languages_of(session, [invitation.email])
    _send(session, invitation, inviter, languages.get(invitation.email), now)
    audit.record(session, "team.invitation-resent", details={"invitation": invitation.id})
    return invitation


def revoke(session: Session, invitation: TeamInvitation, now: datetime) -> TeamInvitation:
    """Take an invitation back: its link opens nothing any more (`invitation` is held)."""
    _still_open(invitation)
    invitation.revoked_at = now
    audit.record(session, "team.invitation-revoked", details={"invitation": invitation.id})
    return invitation


def _still_open(invitation: TeamInvitation) -> None:
    if invitation.accepted_at is not None:
        raise Rejected(_("Cette invitation a été acceptée entre-temps."))
    if invitation.revoked_at is not None:
        raise Rejected(_("Cette invitation a déjà été annulée."))


# Accepting


def invitation_of(session: Session, token: str, now: datetime, *, hold: bool = False) -> TeamInvitation:
    """The invitation of a link, or `DeadInvitation`; with `hold`, nobody else accepts or ends it meanwhile."""
    invitation = queries.invitation_by_token(session, _hashed(token), hold=hold)
    if invitation is None:
        raise DeadInvitation(
            _("Ce lien n’est plus valable. Si une invitation plus récente vous a été envoyée, ouvrez-la.")
        )
    state = invitation.state(now)
    if state == InvitationState.ACCEPTED:
        raise DeadInvitation(_("Cette invitation a déjà été acceptée."), invitation.accepted_by)
    if state == InvitationState.REVOKED:
        raise DeadInvitation(_("Cette invitation a été annulée."))
    if state == InvitationState.EXPIRED:
        raise DeadInvitation(_("Cette invitation a expiré le %(day)s.", day=show_day(invitation.expires_at)))
    return invitation


def open_account(session: Session, token: str, command: NewAccount, visitor: Actor, now: datetime) -> Person:
    """Open an account at the invited address, confirmed at once: the link proves that its mail was read.

    An account that still waits to be confirmed takes what is typed now; to a confirmed one, one signs in.
    """
    email = invitation_of(session, token, now, hold=True).email
    passwords.check(command.password, (command.name, email))
    session.execute(
        insert(Person)
        .values(email=email, name=command.name, stamp=new_stamp(), created_at=now, operator=False, demonstration=False)
        .on_conflict_do_nothing(index_elements=[Person.email])
    )
    person = session.scalars(select(Person).where(Person.email == email).with_for_update()).one()
    if person.confirmed_at is not None:
        raise Rejected(_("Cette adresse a déjà un compte : connectez-vous pour accepter l’invitation."))
    person.name, person.language = command.name, command.language
    person.password_hash, person.stamp = passwords.hashed(command.password), new_stamp()
    person.confirmed_at = now
    for claim in registries.after_sign_up:
        claim(session, person, visitor)
    return person


def accept(session: Session, token: str, person: Person, now: datetime) -> SpaceRole:
    """Enter the team with this account, whatever its address.

    Who is in it already keeps their role, and the invitation still waits for whoever it was meant for.
    """
    invitation = invitation_of(session, token, now, hold=True)
    role = session.scalars(
        insert(SpaceRole)
        .values(space_id=invitation.space_id, person_id=person.id, role=invitation.role, created_at=now)
        .on_conflict_do_nothing(index_elements=[SpaceRole.space_id, SpaceRole.person_id])
        .returning(SpaceRole)
    ).one_or_none()
    if role is None:
        return session.scalars(select(SpaceRole).where(SpaceRole.person_id == person.id)).one()
    invitation.accepted_at, invitation.accepted_by = now, person.id
    audit.record(session, "team.joined", details={"person": person.id, "role": invitation.role})
    return role


# Roles


def change_role(session: Session, member: SpaceRole, role: SpaceRoleName, actor: Actor) -> SpaceRole:
    """Give a member another role, unless the space would be left without anybody to manage it."""
    managers = _managers_with(session, actor)
    before = member.role
    if role != SpaceRoleName.MANAGER:
        _keep_a_manager(managers, member)
    if role != before:
        member.role = role
        audit.record(
            session,
            "team.role-changed",
            details={"person": member.person_id, "before": {"role": before}, "after": {"role": role}},
        )
    return member


def end(session: Session, member: SpaceRole, actor: Actor) -> SpaceRole:
    """Take a member out, or leave; their rights end with this transaction."""
    leaving = member.person_id == actor.person_id
    managers = queries.held_managers(session) if leaving else _managers_with(session, actor)
    _keep_a_manager(managers, member)
    audit.record(
        session,
        "team.left" if leaving else "team.removed",
        details={"person": member.person_id, "role": member.role},
    )
    session.delete(member)
    session.flush()
    return member


def _managers_with(session: Session, actor: Actor) -> Sequence[SpaceRole]:
    """The managers, held, the actor still being one of them: another may have lowered them a moment ago."""
    managers = queries.held_managers(session)
    if actor.person_id not in {manager.person_id for manager in managers}:
        raise Rejected(_("Vous ne gérez plus cet espace : votre rôle vient de changer."))
    return managers


def _keep_a_manager(managers: Sequence[SpaceRole], member: SpaceRole) -> None:
    if [manager.id for manager in managers] == [member.id]:
        raise Rejected(last_manager_stays(), "role")


def last_manager_stays() -> str:
    """Why the last manager neither leaves nor takes another role."""
    return str(_("Il faut au moins une personne pour gérer l’espace. Confiez d’abord ce rôle à quelqu’un d’autre."))


# When an account goes


def last_manager_of(session: Session, person: Person) -> str | None:
    """Why an account cannot be deleted: a space would be left without anybody to manage it."""
    alone = [space.name for space in queries.each_space(session) if _manages_alone(session, person)]
    if not alone:
        return None
    return str(
        _(
            "Vous êtes la seule personne à gérer l’espace « %(name)s ». Confiez d’abord ce rôle à quelqu’un d’autre.",
            name=alone[0],
        )
    )


def _manages_alone(session: Session, person: Person) -> bool:
    member = queries.role_of(session, person.id)
    if member is None or member.role != SpaceRoleName.MANAGER:
        return False
    return [manager.person_id for manager in queries.held_managers(session)] == [person.id]


def leave_all(session: Session, person: Person) -> None:
    """Take the person out of every team, and forget their invitations."""
    for _space in queries.each_space(session):
        member = queries.role_of(session, person.id)
        if member is not None:
            audit.record(session, "team.left", details={"person": person.id, "role": member.role})
            session.delete(member)
        session.execute(
            delete(TeamInvitation).where(
                or_(TeamInvitation.email == person.email, TeamInvitation.accepted_by == person.id)
            )
        )


# How the log says it

audit.kinds["team"] = N_("Équipe")
audit.name_detail("role", N_("Rôle"), {role.value: role.label for role in SpaceRoleName})
audit.wordings |= {
    "team.invited": N_("Invitation envoyée à %(subject)s"),
    "team.invitation-resent": N_("Invitation renvoyée à %(subject)s"),
    "team.invitation-revoked": N_("Invitation annulée : %(subject)s"),
    "team.joined": N_("Arrivée dans l’équipe : %(subject)s"),
    "team.role-changed": N_("Rôle changé : %(subject)s"),
    "team.removed": N_("Retrait de l’équipe : %(subject)s"),
    "team.left": N_("Départ de l’équipe : %(subject)s"),
}
