"""Use cases of a try-out on its way to a structure: claimed by a person, adopted by a participation."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.assessments import policy, queries, service
from assett.assessments.models import Assessment
from assett.core.permissions import Actor
from assett.core.tenancy import entered
from assett.engine.document import ProfileEntry
from assett.kernel.clock import utc_now
from assett.kernel.errors import Rejected
from assett.kernel.vocabulary import Word
from assett.organizations import queries as memberships
from assett.organizations.models import MemberRole, OrganizationKind, Participation, WorkforceBand
from assett.organizations.sectors import Sector, naf_code, sector_of
from assett.questionnaires import queries as questionnaires


@dataclass(frozen=True, slots=True)
class Adopted:
    """A try-out became the running assessment of a structure. `corrected`: the entries of the profile of which the
    structure's own identity says something else than the try-out did; its questions and score may have moved."""

    assessment: Assessment
    corrected: list[ProfileEntry]


def _adopt(session: Session, assessment: Assessment, participation: Participation, person_id: int) -> Adopted | None:
    """Make a try-out (locked) the running assessment of a participation; None if it has one already."""
    service.hold(session, participation)
    if queries.running(session, participation) is not None:
        return None
    assessment.participation_id = participation.id
    assessment.trial_secret, assessment.former_secret = None, assessment.trial_secret
    assessment.expires_at = None
    assessment.started_by = person_id
    # Of what was told twice, the structure's own identity is the later and the surer word.
    compiled = questionnaires.compiled(session, assessment.version)
    told, surer = assessment.profile, service.told_by_identity(compiled, participation.organization)
    both = [each for each in compiled.document.profile if each.id in told and each.id in surer]
    corrected = [each for each in both if told[each.id] != surer[each.id]]
    assessment.profile = {**told, **surer}
    service.note_progress(session, assessment, compiled, queries.answers(session, assessment), assessment.changed_at)
    session.flush()
    return Adopted(assessment, corrected)


def told_in_trial(session: Session, actor: Actor) -> dict[str, str]:
    """What a visitor told of their structure in their latest try-out, as the form that presents it asks for it."""
    latest = _latest_told(session, actor)
    if latest is None:
        return {}
    entries = questionnaires.compiled(session, latest.version).document.profile
    told = {str(entry.source): str(latest.profile.get(entry.id)) for entry in entries}
    if code := naf_code(told.get("naf", "")):
        told["sector"] = str(sector_of(code))
    words: dict[str, type[Word]] = {"kind": OrganizationKind, "sector": Sector, "workforce": WorkforceBand}
    return {field: told[field] for field, word in words.items() if told.get(field) in set(word)}


def _latest_told(session: Session, actor: Actor, *, lock: bool = False) -> Assessment | None:
    """The actor's latest try-out here that holds an answer; where none does, the latest that was told of a structure.
    One that was only opened, on another device say, would bar the way to it."""
    found = queries.trials_of(session, [int(id) for id in actor.trials], actor.person_id, lock=lock)
    own = [each for each in found if policy.owns_trial(actor, each)]
    return next(iter([*queries.answered(session, own), *(each for each in own if each.profile)]), None)


def adopt_trials(session: Session, participation: Participation, actor: Actor) -> Adopted | None:
    """When somebody joins a structure: their latest try-out here becomes its running assessment."""
    # The membership itself, not the actor's grants: they may be older than this joining.
    member = memberships.membership(session, participation.organization_id, actor.person_id or 0)
    if actor.person_id is None or member is None or member.accepted_at is None or member.role == MemberRole.READER:
        return None
    latest = _latest_told(session, actor, lock=True)
    return _adopt(session, latest, participation, actor.person_id) if latest is not None else None


class AlreadyRunning(Rejected):
    """The participation has a running assessment; the try-out stays as it is."""

    def __init__(self, running: Assessment) -> None:
        super().__init__(_l("Cette structure a déjà une auto-évaluation en cours."), field="participation")
        self.running = running


def attach_trial(
    session: Session, assessment: Assessment, participation: Participation, person_id: int
) -> Adopted | None:
    """Make a try-out (locked) the running assessment of the participation that its respondent chose.

    None where it was done already, as by a double click. Raises `AlreadyRunning`; `Rejected` where the try-out was
    attached to another participation in the meantime.
    """
    if assessment.participation_id == participation.id:
        return None
    if assessment.participation_id is not None:
        raise Rejected(_l("Cet essai est déjà rattaché à une autre structure."))
    if (adopted := _adopt(session, assessment, participation, person_id)) is None:
        running = queries.running(session, participation)
        assert running is not None  # the participation is held
        raise AlreadyRunning(running)
    return adopted


def take_back(session: Session, assessment: Assessment, actor: Actor) -> None:
    """Make the running assessment (locked) of a structure the try-out again that it was, in the account of whoever
    brought it there by mistake: its answers and its profile stay as they stand."""
    if not policy.takes_back(actor, assessment, queries.answers(session, assessment)):
        raise Rejected(_l("Elle ne se détache plus : elle est terminée, ou quelqu’un d’autre y a répondu."))
    assessment.participation_id = None
    assessment.trial_secret, assessment.former_secret = assessment.former_secret, None
    session.flush()


def claim_trials(session: Session, person: Person, visitor: Actor) -> list[Assessment]:
    """At sign-up and sign-in, wherever: the try-outs of this visitor's cookie become that person's, on every device;
    gives those that were not yet and hold an answer, the current space's first. Whoever signs in anew from a session
    of theirs has nothing to claim. Each space is entered in turn, as its visitor: none is looked into from another.

    An account that is not confirmed has them beside the visitor, for seven days again, so that the mail which confirms
    it may wait; once it is, for itself and for good, those of another device included.
    """
    if visitor.signed_in:
        return []
    confirmed = person.confirmed_at is not None
    spaces: dict[int, list[int]] = {visitor.space_id: []} if visitor.space_id is not None else {}
    for id in visitor.trials:
        if (space_id := visitor.tried_in.get(id, visitor.space_id)) is not None:
            spaces.setdefault(space_id, []).append(int(id))
    taken: list[Assessment] = []
    for space_id in sorted(spaces, key=lambda each: (each != visitor.space_id, each)):
        with entered(session, space_id):
            found = queries.trials_of(session, spaces[space_id], person.id if confirmed else None, lock=True)
            mine = [each for each in found if _waits_for(person, visitor, each)]
            for assessment in mine:
                assessment.started_by = person.id
                assessment.expires_at = None if confirmed else utc_now() + service.TRIAL_KEPT
            taken += queries.answered(session, mine)
    return taken


def _waits_for(person: Person, visitor: Actor, assessment: Assessment) -> bool:
    """Whether a try-out of this visitor, or of this person before they were confirmed, is not theirs for good yet."""
    if assessment.started_by == person.id:
        return assessment.expires_at is not None
    return policy.owns_trial(visitor, assessment)
