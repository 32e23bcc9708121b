"""Who may what with an assessment. What the actor enters belongs to the actor."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from assett.assessments.models import Assessment, Held, SavedAnswer
from assett.core.permissions import Access, Actor
from assett.organizations import policy as organizations
from assett.organizations.models import Audience

# Whoever may have an assessment here: a person with an account, or a visitor whose cookie keeps a try-out. Anybody
# else signs in first, and what they were sending is kept; whose assessment it is is proved when it is loaded.
RESPONDENT = Access("respondent", lambda actor: actor.signed_in or bool(actor.trials))


def secret_hash(secret: str) -> str:
    """What is stored of a try-out's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def owns_trial(actor: Actor, assessment: Assessment | Held) -> bool:
    """Whoever began a try-out: known by the secret in the cookie or, once an account has it for good, by that alone.

    Until its address is confirmed, an account has nothing for good: who mistyped theirs goes on as a visitor.
    """
    if assessment.trial_secret is None:
        return False
    if assessment.started_by is not None and assessment.started_by == actor.person_id:
        return True
    return assessment.expires_at is not None and _knows(actor, assessment, assessment.trial_secret)


def handed_over(actor: Actor, assessment: Assessment | Held) -> bool:
    """Whether this visitor began the try-out that an account has for good by now, or has brought to a structure: it was
    confirmed on another device, say. The cookie opens nothing of it any more; signing in does."""
    kept = assessment.started_by is not None and assessment.expires_at is None
    return kept and not actor.signed_in and began_here(actor, assessment)


def began_here(actor: Actor, assessment: Assessment | Held) -> bool:
    """Whether it was begun as a try-out in this browser, whoever has it now: no right comes of it."""
    secret = assessment.trial_secret or assessment.former_secret
    return secret is not None and _knows(actor, assessment, secret)


def _knows(actor: Actor, assessment: Assessment | Held, hashed: str) -> bool:
    secret = actor.trials.get(str(assessment.id), "")
    return hmac.compare_digest(secret_hash(secret), hashed)


def brought(actor: Actor, assessment: Assessment) -> bool:
    """Whether it is a structure's by the try-out that this actor brought to it, and may answer there still."""
    mine = assessment.started_by is not None and assessment.started_by == actor.person_id
    return mine and assessment.former_secret is not None and can_answer(actor, assessment)


def takes_back(actor: Actor, assessment: Assessment, answers: Mapping[str, SavedAnswer]) -> bool:
    """Whether who brought a try-out to a structure may take it out again, to bring it to the right one: nothing is
    final yet, and no answer of a colleague would leave with it."""
    if assessment.completed or not brought(actor, assessment):
        return False
    return {row.author_id for row in answers.values()} <= {None, actor.person_id}


def follows(actor: Actor, assessment: Assessment | Held) -> bool:
    """Reads it as it goes: a member, whatever their role, or whoever began the try-out."""
    if assessment.participation is None:
        return owns_trial(actor, assessment)
    return organizations.is_member(actor, assessment.participation)


def can_read(actor: Actor, assessment: Assessment) -> bool:
    return follows(actor, assessment) or consented(actor, assessment)


def consented(actor: Actor, assessment: Assessment) -> bool:
    """The collectivité's facilitators and managers read a completed assessment where its actor agreed, as long as
    it agrees."""
    return (
        assessment.completed
        and assessment.participation is not None
        and assessment.participation.share_answers != Audience.NOBODY
        and reads_answers(actor, assessment.space_id)
    )


def reads_answers(actor: Actor, space_id: int) -> bool:
    """Whether the actor's role in the collectivité's team lets them read answers that an organization shares."""
    return actor.role("space", space_id) in {"facilitator", "manager"}


def can_answer(actor: Actor, assessment: Assessment | Held) -> bool:
    if assessment.participation is None:
        return owns_trial(actor, assessment)
    return organizations.can_contribute(actor, assessment.participation)
