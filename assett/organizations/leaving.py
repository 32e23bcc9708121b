"""Who goes on answering for a structure: a role given up, a member who leaves, an account that is deleted. And the
structure that leaves a space, with all that it has there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.core import audit, jobs
from assett.core.i18n import current_language
from assett.core.permissions import Actor
from assett.core.spreadsheets import Sheet
from assett.kernel.errors import Rejected
from assett.organizations import mails, queries
from assett.organizations.models import (
    Departure,
    MemberRole,
    Membership,
    Organization,
    Participation,
)
from assett.organizations.naming import told_apart


def change_role(session: Session, membership: Membership, role: MemberRole) -> Membership:
    if role != MemberRole.OWNER:
        _keep_an_owner(session, membership)
    membership.role = role
    audit.record(session, "member.role", subject=membership.organization.name, details={"role": role})
    return membership


def end_membership(session: Session, membership: Membership, actor: Actor) -> Membership:
    """Take a member out, and tell them, or leave; their rights end with this transaction."""
    _keep_an_owner(session, membership)
    if membership.person_id != actor.person_id:
        mails.removed(session, membership, actor.name)
    audit.record(session, "member.removed", subject=membership.organization.name)
    session.delete(membership)
    return membership


def only_owner(session: Session, membership: Membership) -> bool:
    """Whether nobody else owns the organization: this membership cannot be ended."""
    owners = queries.owners(session, membership.organization_id)
    return membership.role == MemberRole.OWNER and [each.id for each in owners] == [membership.person_id]


def _keep_an_owner(session: Session, membership: Membership) -> None:
    """An organization keeps an owner. Its row is held, so that two owners who leave at once do not both succeed."""
    queries.hold(session, membership.organization_id)
    others = session.scalar(
        select(func.count())
        .select_from(Membership)
        .where(
            Membership.organization_id == membership.organization_id,
            Membership.id != membership.id,
            Membership.role == MemberRole.OWNER,
            Membership.accepted_at.is_not(None),
        )
    )
    if not others:
        raise Rejected(
            _("Une structure garde toujours au moins un responsable. Confiez d’abord ce rôle à quelqu’un d’autre.")
        )


# When an account goes


def sole_owner(session: Session, person: Person) -> str | None:
    """Why an account cannot be deleted: it is the only one that answers for others."""
    owned = session.scalars(
        select(Organization)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(
            Membership.person_id == person.id, Membership.role == MemberRole.OWNER, Membership.accepted_at.is_not(None)
        )
        .order_by(Organization.id)
        .with_for_update(of=Organization)
    ).all()
    if not owned:
        return None
    rows = session.execute(
        select(Membership.organization_id, Membership.role).where(
            Membership.organization_id.in_([organization.id for organization in owned]),
            Membership.person_id != person.id,
            Membership.accepted_at.is_not(None),
        )
    ).all()
    for organization in owned:
        roles = {row.role for row in rows if row.organization_id == organization.id}
        if roles and MemberRole.OWNER not in roles:
            return str(
                _(
                    "%(name)s n’a que vous comme responsable. Confiez d’abord ce rôle à un autre membre.",
                    name=told_apart(owned)[organization.id],
                )
            )
    return None


def leave_all(session: Session, person: Person) -> None:
    """Leave every organization; a job sees to those where nobody is left. Their rows are held, so that of the last two
    who leave at once, one knows to be the last."""
    joined = select(Membership.organization_id).where(
        Membership.person_id == person.id, Membership.accepted_at.is_not(None)
    )
    session.execute(
        select(Organization.id).where(Organization.id.in_(joined)).order_by(Organization.id).with_for_update()
    )
    deserted = [organization.id for organization in queries.alone_in(session, person.id)]
    session.execute(delete(Membership).where(Membership.person_id == person.id))
    if deserted:
        jobs.enqueue(session, "organizations.deserted", organizations=deserted)


# When a structure leaves a space


@dataclass(frozen=True, slots=True)
class Belongings:
    """What a feature keeps of a structure in a space, and erases as it leaves: said in sentences to whoever is about to
    decide it, and as sheets of the copy that they may keep."""

    told: Callable[[Session, Participation], list[str]]
    copied: Callable[[Session, Participation], list[Sheet]]
    order: int = 50


belongings: list[Belongings] = []

# Called before a participation is erased: lets what a colleague is saving be saved first, and no more after it; gives
# the ids of the assessments that go.
before_leaving: list[Callable[[Session, Participation], Sequence[int]]] = []


def what_goes(session: Session, participation: Participation) -> list[str]:
    """What would be erased for good, in sentences of the reader's language."""
    return [line for each in _belongings() for line in each.told(session, participation)]


def copy(session: Session, participation: Participation) -> list[Sheet]:
    """All that is a structure's in a space, to take away."""
    return [sheet for each in _belongings() for sheet in each.copied(session, participation)]


def _belongings() -> list[Belongings]:
    return sorted(belongings, key=lambda each: each.order)


def leave_space(session: Session, participation: Participation, actor: Actor, now: datetime) -> bool:
    """Take the organization out of the current space, with all that hangs on its participation: the database erases it
    along. Its members are told. False where somebody was faster: nothing is left to do."""
    organization = participation.organization
    members = queries.members(session, organization.id)
    told = {}
    for language in {each.language or current_language() for each in members}:
        with force_locale(language):
            told[language] = what_goes(session, participation)
    assessments = [id for hold in before_leaving for id in hold(session, participation)]
    gone = delete(Participation).where(Participation.id == participation.id).returning(Participation.id)
    if session.execute(gone, execution_options={"synchronize_session": False}).one_or_none() is None:
        return False
    session.add(
        Departure(
            space_id=participation.space_id,
            organization_id=organization.id,
            left_at=now,
            participation_id=participation.id,
            assessment_ids=assessments,
        )
    )
    for member in members:
        mails.left(session, organization, member, actor.name, told[member.language or current_language()])
    audit.record(session, "organization.left", subject=organization.name)
    return True


def _told(session: Session, participation: Participation) -> list[str]:
    signed = queries.pledges(session, participation.id)
    if not signed:
        return []
    text = ngettext(
        "Son engagement : la charte signée par %(names)s.",
        "Ses engagements : les %(num)s versions de la charte signées par %(names)s.",
        len(signed),
        names=", ".join(dict.fromkeys(each.signatory for each in signed)),
    )
    return [text]


def _copied(session: Session, participation: Participation) -> list[Sheet]:
    organization = participation.organization
    facts = [
        (_("Nom"), organization.name),
        (_("SIRET"), organization.siret),
        (_("Type de structure"), _(organization.kind.label)),
        (_("Secteur d’activité"), _(organization.sector.label) if organization.sector else None),
        (_("Activité"), organization.activity),
        (_("Code NAF"), organization.naf_code),
        (_("Effectif"), _(organization.workforce.label) if organization.workforce else None),
        (_("Commune"), organization.commune),
        (_("Site internet"), organization.website),
        (_("Participe depuis"), participation.joined_at),
        (_("Scores partagés avec"), _(participation.share_scores.label)),
        (_("Réponses partagées avec"), _(participation.share_answers.label)),
    ]
    signed = [
        (each.charter.version, each.signatory, each.signed_at) for each in queries.pledges(session, participation.id)
    ]
    return [
        Sheet(_("Structure"), [_("Information"), _("Valeur")], facts),
        Sheet(_("Charte"), [_("Version"), _("Signée par"), _("Le")], signed),
    ]


belongings.append(Belongings(_told, _copied, order=90))
