"""The use cases of an organization: coming into a space, its members, its charter, what it shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from assett.accounts import tokens
from assett.accounts.models import Person
from assett.accounts.queries import by_email
from assett.core import audit
from assett.core.permissions import Actor
from assett.kernel.errors import Rejected
from assett.kernel.text import N_
from assett.organizations import mails, proposing, queries
from assett.organizations.models import (
    Audience,
    Charter,
    Invitation,
    MemberRole,
    Membership,
    Organization,
    OrganizationKind,
    Participation,
    Pledge,
    WorkforceBand,
)
from assett.organizations.orphans import answering
from assett.organizations.sectors import Sector
from assett.spaces.models import Space

INVITED_FOR = timedelta(days=14)
# So long after a structure is created, the same words sent again are the same form: an impatient press, a slow line.
SECOND_PRESS = timedelta(minutes=10)

# What somebody told already of the structure that they are about to present, in fields of `Identity`.
told_before: list[Callable[[Session, Actor], Mapping[str, str]]] = []

# Called when a participation gets a new member, who is the actor (and may bring a try-out along): what to tell them of
# it where they are not there, in texts marked by `N_`.
after_joining: list[Callable[[Session, Participation, Actor], Sequence[str]]] = []

# Called when a participation begins to share its scores, or stops.
after_sharing: list[Callable[[Session, Participation], None]] = []

# Called, in every space and by a job, once the last member of an organization is gone: for what only a member could
# take back.
after_last_member: list[Callable[[Session, Participation], None]] = []


class AlreadyKnown(Rejected):
    """The organization exists: one asks to join it rather than creating it twice."""

    def __init__(self, organization: Organization, *, by_name: bool = False) -> None:
        super().__init__(_("Cette structure est déjà inscrite."))
        self.organization = organization
        # Only its name and its commune say so: it may be another one, and there may be several.
        self.by_name = by_name


class AlreadyAnswered(Rejected):
    """Somebody else has answered the request meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("Cette demande a déjà sa réponse."))


class DeadInvitation(Rejected):
    """The invitation was accepted, taken back, or is too old."""

    def __init__(self) -> None:
        super().__init__(_("Cette invitation n’est plus valable."))


@dataclass(frozen=True, slots=True)
class Identity:
    name: str
    kind: OrganizationKind
    activity: str
    sector: Sector
    workforce: WorkforceBand | None
    commune: str
    website: str | None
    siret: str | None


@dataclass(frozen=True, slots=True)
class Details(Identity):
    """An identity with what nobody is asked for as they present their structure."""

    naf_code: str | None


@dataclass(frozen=True, slots=True)
class Invite:
    email: str
    role: MemberRole


@dataclass(frozen=True, slots=True)
class Sign:
    charter_id: int
    signatory: str


@dataclass(frozen=True, slots=True)
class Sharing:
    scores: Audience
    answers: Audience


# Coming into a space


def create(
    session: Session, command: Identity, actor: Actor, now: datetime, *, distinct: bool = False
) -> Participation:
    """Create the organization, owned by the actor, and its participation in the current space.

    Sent twice, or by two people at once, it is created once: who comes second gets their own participation, or
    `AlreadyKnown`. `distinct` says that a namesake of the same commune is another organization: the same words are
    then the same form only while a second press may still arrive.
    """
    person_id = _held_person(session, actor)
    command = replace(command, commune=queries.usual_commune(session, command.commune))
    values = {field.name: getattr(command, field.name) for field in fields(command)}
    if command.siret is None:
        since = now - SECOND_PRESS if distinct else None
        presented = queries.presented_before(session, values, person_id, since)
        sent_before = queries.participations_of(session, [presented.id]) if presented is not None else []
        if sent_before:
            return sent_before[0]
    if not distinct and (command.siret is None or queries.by_siret(session, command.siret) is None):
        found = namesakes(session, command.name, command.commune, actor, siret=command.siret)
        if found:
            raise AlreadyKnown(found[0].organization, by_name=True)
    statement = insert(Organization).values(demonstration=False, created_at=now, **values)
    organization = session.scalars(
        statement.on_conflict_do_nothing(index_elements=[Organization.siret]).returning(Organization)
    ).one_or_none()
    if organization is None:
        known = queries.by_siret(session, command.siret or "")
        assert known is not None
        return _own_here(session, known, actor)
    session.add(
        Membership(
            organization_id=organization.id,
            person_id=person_id,
            role=MemberRole.OWNER,
            requested_at=now,
            accepted_at=now,
        )
    )
    session.flush()
    audit.record(session, "organization.created", subject=organization.name)
    return join(session, organization, actor, now)


@dataclass(frozen=True, slots=True)
class Namesake:
    """An organization that one may have meant, and where it takes part here, if it does."""

    organization: Organization
    participation: Participation | None


def namesakes(session: Session, name: str, commune: str, actor: Actor, *, siret: str | None = None) -> list[Namesake]:
    """The organizations of that name in that commune: those that take part here, and the actor's own from elsewhere."""
    here = [Namesake(each.organization, each) for each in queries.namesakes(session, name, commune, siret=siret)]
    known = {each.organization.id for each in here}
    own = queries.own_namesakes(session, name, commune, actor.person_id or 0, siret=siret)
    return [*here, *(Namesake(each, None) for each in own if each.id not in known)]


def told_of(session: Session, actor: Actor) -> dict[str, str]:
    """What the actor told already of their structure, by field of `Identity`: in a try-out, say."""
    return {field: value for told in told_before for field, value in told(session, actor).items()}


def _own_here(session: Session, organization: Organization, actor: Actor) -> Participation:
    """The participation here of an organization that the actor is a member of: sent twice, it is made once. Taking
    one from elsewhere is confirmed on a page of its own, and joining somebody else's is asked for (`AlreadyKnown`)."""
    membership = queries.membership(session, organization.id, actor.person_id or 0)
    here = queries.participations_of(session, [organization.id])
    if membership is None or membership.accepted_at is None or not here:
        raise AlreadyKnown(organization)
    return here[0]


def join(session: Session, organization: Organization, actor: Actor, now: datetime) -> Participation:
    """Make the organization take part in the current space, by who owns it alone: it commits the organization before a
    collectivité. Anybody else asks (`AlreadyKnown`)."""
    membership = queries.membership(session, organization.id, actor.person_id or 0)
    if membership is None or membership.accepted_at is None or membership.role != MemberRole.OWNER:
        raise AlreadyKnown(organization)
    participation, made = _participation(session, organization, actor, now)
    if made:
        _welcome(session, participation, actor)
    return participation


def _participation(
    session: Session, organization: Organization, actor: Actor, now: datetime
) -> tuple[Participation, bool]:
    """The participation here, and whether it was made just now: the other owners are then told."""
    space_id = session.info["space_id"]
    made = session.scalars(
        insert(Participation)
        .values(
            space_id=space_id,
            organization_id=organization.id,
            joined_at=now,
            profile={},
            share_scores=Audience.NOBODY,
            share_answers=Audience.NOBODY,
        )
        .on_conflict_do_nothing()
        .returning(Participation.id)
    ).one_or_none()
    participation = session.scalars(
        select(Participation)
        .where(Participation.organization_id == organization.id)
        .options(joinedload(Participation.organization))
    ).one()
    if made is not None:
        others = [each for each in queries.owners(session, organization.id) if each.id != actor.person_id]
        mails.enrolled(session, participation, actor.name, others)
        proposing.welcome(session, participation, actor)
    return participation, made is not None


def _welcome(session: Session, participation: Participation, actor: Actor) -> list[str]:
    return [text for welcome in after_joining for text in welcome(session, participation, actor)]


def _welcome_joiner(session: Session, participation: Participation, request: Membership) -> list[str]:
    joiner = Actor(session, request.person_id, request.person.name, space_id=participation.space_id)
    return _welcome(session, participation, joiner)


def ask_to_join(session: Session, organization: Organization, actor: Actor, now: datetime) -> Membership:
    """Ask those who own the organization (where nobody does, the team that answers for it) to be let in; asked once,
    and again a day after a refusal."""
    person_id = _held_person(session, actor)
    asked = queries.membership(session, organization.id, person_id)
    if asked is not None and asked.refused_at is None:
        return asked
    if asked is not None and now < asked.askable_at:
        raise Rejected(_("Votre demande vient d’être refusée : une autre ne peut pas partir aussitôt."))
    if asked is None:
        asked = Membership(organization_id=organization.id, person_id=person_id)
        session.add(asked)
    asked.role, asked.requested_at, asked.asked_in = MemberRole.CONTRIBUTOR, now, session.info["space_id"]
    asked.reminded_at = asked.refused_at = asked.answered_by = None
    session.flush()
    _mail_request(session, asked, organization)
    return asked


def remind(session: Session, request: Membership, now: datetime) -> Membership:
    """Send a request once more to those who may answer it, once a day at most."""
    _hold_unanswered(session, request)
    if now < request.remindable_at:
        raise Rejected(_("Une relance par jour suffit : réessayez demain."))
    _answering_team(session, request.organization)
    request.reminded_at = now
    _mail_request(session, request, request.organization)
    return request


def _mail_request(session: Session, request: Membership, organization: Organization) -> None:
    asker = session.get_one(Person, request.person_id)
    team = _answering_team(session, organization)
    if team is None:
        mails.request(session, request, organization, asker, queries.owners(session, organization.id))
    else:
        mails.request_to_team(session, request, organization, asker, team)


def _answering_team(session: Session, organization: Organization) -> Space | None:
    """The space whose team answers for want of an owner; None where there is one. No request is left to nobody."""
    teams = answering(session, [organization.id])
    team = teams.get(organization.id)
    if teams and team is None:
        raise Rejected(_("Personne ne peut vous répondre pour l’instant : écrivez à l’équipe de cet espace."))
    return team


def hand_to_teams(session: Session, organization_ids: Sequence[int]) -> None:
    """Nobody owns these organizations any more: the requests that wait go to the teams that answer for them now.

    For a job, which sees every space."""
    orphans = queries.deserted_by_owners(session, organization_ids)
    spaces = queries.answering_spaces(session, orphans, None)
    for request in queries.pending(session, list(orphans)):
        if (space := spaces[request.organization_id]) is not None:
            mails.request_to_team(session, request, request.organization, request.person, space)


def accept_request(
    session: Session, request: Membership, role: MemberRole, actor: Actor, now: datetime, *, along: bool = False
) -> Membership:
    """Let the person in, here too if the organization was not in this space yet, and tell them.

    Where they asked from another space, they are let in there, if the organization takes part in it or is taken
    `along`; else they are told where it is.
    """
    _hold_unanswered(session, request)
    request.role, request.accepted_at, request.answered_by = role, now, actor.person_id
    session.flush()
    participation, _made = _participation(session, request.organization, actor, now)
    told = _welcome_joiner(session, participation, request)
    place = request.asked_space
    if place is None or place.id == participation.space_id:
        mails.accepted(session, request, told)
    elif not along and queries.awaited_in(session, request):
        mails.accepted(session, request, told, asked_in=place)
    else:
        with mails.written_in(session, place):
            there, _made = _participation(session, request.organization, actor, now)
            told_there = _welcome_joiner(session, there, request)
            mails.accepted(session, request, told_there or told)
    audit.record(session, "member.accepted", subject=request.organization.name, details={"role": role})
    return request


def refuse_request(session: Session, request: Membership, actor: Actor, now: datetime) -> Membership:
    """Say no, and tell the person; they may ask again."""
    _hold_unanswered(session, request)
    request.refused_at, request.answered_by = now, actor.person_id
    mails.refused(session, request, orphan=not queries.owners(session, request.organization_id))
    return request


def _hold_unanswered(session: Session, request: Membership) -> None:
    """Two who answer at once, or a reminder at the same instant: the first one counts."""
    queries.hold(session, request.organization_id)
    session.refresh(request, ["accepted_at", "refused_at", "reminded_at"])
    if not request.pending:
        raise AlreadyAnswered


# Members


def invite(session: Session, organization: Organization, command: Invite, actor: Actor, now: datetime) -> Invitation:
    """Invite an address, with an account or without; inviting it again sends a new mail with the new role."""
    invited = by_email(session, command.email)
    membership = queries.membership(session, organization.id, invited.id) if invited else None
    if membership is not None and membership.pending:
        raise Rejected(_("Cette personne a déjà demandé à vous rejoindre : répondez à sa demande."), "email")
    if membership is not None and membership.accepted_at is not None:
        raise Rejected(_("Cette personne est déjà membre."), "email")
    values = {"role": command.role, "invited_by": actor.person_id, "sent_at": now, "expires_at": now + INVITED_FOR}
    invitation = session.scalars(
        insert(Invitation)
        .values(organization_id=organization.id, email=command.email, **values)
        .on_conflict_do_update(index_elements=[Invitation.organization_id, Invitation.email], set_=values)
        .returning(Invitation)
        .execution_options(populate_existing=True)
    ).one()
    mails.invitation(session, invitation, organization, actor.name, invited)
    audit.record(session, "member.invited", subject=organization.name, details={"role": command.role})
    return invitation


def resend_invitation(session: Session, invitation: Invitation, actor: Actor, now: datetime) -> Invitation:
    return invite(session, invitation.organization, Invite(invitation.email, invitation.role), actor, now)


def withdraw_invitation(session: Session, invitation: Invitation) -> None:
    session.delete(invitation)


def invitation_of(session: Session, token: str, now: datetime) -> tuple[Invitation, Participation]:
    """The invitation of a link, and the participation in this space that it opens."""
    content = tokens.read("invitation", token, within=timedelta(days=365))
    invitation = queries.invitation(session, content["invitation"]) if content else None
    if invitation is None or invitation.expires_at <= now:
        raise DeadInvitation
    here = queries.participations_of(session, [invitation.organization_id])
    if not here:
        raise DeadInvitation
    return invitation, here[0]


def accept_invitation(session: Session, token: str, actor: Actor, now: datetime) -> Participation:
    """Become a member, whichever account one has; the invitation has served."""
    person_id = _held_person(session, actor)
    invitation, participation = invitation_of(session, token, now)
    queries.hold(session, invitation.organization_id)
    membership = queries.membership(session, invitation.organization_id, person_id)
    if membership is None:
        membership = Membership(
            organization_id=invitation.organization_id, person_id=person_id, role=invitation.role, requested_at=now
        )
        session.add(membership)
    if membership.accepted_at is None:
        membership.role, membership.accepted_at, membership.refused_at = invitation.role, now, None
        session.flush()
        _welcome(session, participation, actor)
    session.delete(invitation)
    return participation


def already_joined(session: Session, token: str, actor: Actor) -> Participation | None:
    """Where the link of an invitation that has served leads its member: a second click, or the mail found again."""
    content = tokens.read("invitation", token, within=timedelta(days=365)) or {}
    organization_id = content.get("organization")
    if organization_id is None or actor.person_id is None:
        return None
    # The membership itself, not the actor's grants: they may be older than the first click.
    membership = queries.membership(session, organization_id, actor.person_id)
    if membership is None or membership.accepted_at is None:
        return None
    return next(iter(queries.participations_of(session, [organization_id])), None)


def _held_person(session: Session, actor: Actor) -> int:
    """The actor's person, held until the end of the transaction: what they send twice is done once."""
    return session.scalars(select(Person.id).where(Person.id == actor.person_id).with_for_update()).one()


# Identity, charter, sharing


def edit_identity(session: Session, organization: Organization, command: Details) -> Organization:
    """Change what the organization says it is. A SIRET may be given where there was none, never changed."""
    if organization.siret is not None and command.siret != organization.siret:
        raise Rejected(_("Le SIRET d’une structure ne change pas."), "siret")
    command = replace(command, commune=queries.usual_commune(session, command.commune, organization.commune))
    if command.naf_code != organization.naf_code:
        # It was that of the code before; of which nomenclature the new one is, nobody says.
        organization.naf_version = None
    try:
        with session.begin_nested():
            for field in fields(command):
                setattr(organization, field.name, getattr(command, field.name))
    except IntegrityError as taken:
        raise Rejected(_("Une autre structure est déjà inscrite avec ce SIRET."), "siret") from taken
    audit.record(session, "organization.edited", subject=organization.name)
    return organization


def sign_charter(session: Session, participation: Participation, command: Sign, actor: Actor, now: datetime) -> Charter:
    """Sign the text that was read: if another has been published meanwhile, that one is to be read first."""
    charter = queries.current_charter(session)
    if charter is None or charter.id != command.charter_id:
        raise Rejected(_("La charte vient de changer. Relisez-la avant de la signer."))
    session.execute(
        insert(Pledge)
        .values(
            space_id=participation.space_id,
            participation_id=participation.id,
            charter_id=charter.id,
            person_id=actor.person_id,
            signatory=command.signatory,
            signed_at=now,
        )
        .on_conflict_do_nothing()
    )
    audit.record(
        session, "charter.signed", subject=participation.organization.name, details={"version": charter.version}
    )
    return charter


def share(session: Session, participation: Participation, command: Sharing) -> Participation:
    """Say with whom; it holds from now on, and can be taken back at any time."""
    changed = participation.share_scores != command.scores
    participation.share_scores, participation.share_answers = command.scores, command.answers
    if changed:
        for follow in after_sharing:
            follow(session, participation)
    audit.record(
        session,
        "sharing.changed",
        subject=participation.organization.name,
        details={"scores": command.scores, "answers": command.answers},
    )
    return participation


# How the log of a space says it

audit.kinds |= {
    "organization": N_("Structures"),
    "member": N_("Membres des structures"),
    "sharing": N_("Partage"),
}
audit.wordings |= {
    "organization.created": N_("Structure inscrite : %(subject)s"),
    "organization.edited": N_("Identité modifiée : %(subject)s"),
    "organization.left": N_("Structure partie de l’espace : %(subject)s"),
    "member.invited": N_("Invitation à rejoindre %(subject)s"),
    "member.accepted": N_("Arrivée d’un membre : %(subject)s"),
    "member.role": N_("Rôle d’un membre changé : %(subject)s"),
    "member.removed": N_("Départ d’un membre : %(subject)s"),
    "charter.signed": N_("Charte signée : %(subject)s"),
    "sharing.changed": N_("Partage changé : %(subject)s"),
}
_AUDIENCES = {audience.value: audience.label for audience in Audience}
audit.name_detail("role", N_("Rôle"), {role.value: role.label for role in MemberRole})
audit.name_detail("version", N_("Version"))
audit.name_detail("scores", N_("Scores partagés avec"), _AUDIENCES)
audit.name_detail("answers", N_("Réponses partagées avec"), _AUDIENCES)
