"""Who may what with an assessment. What the actor enters belongs to the actor."""

from __future__ import annotations

import hashlib
import hmac

from assett.assessments.models import Assessment
from assett.core.permissions import Actor
from assett.organizations import policy as organizations


def secret_hash(secret: str) -> str:
    """What is stored of a try-out's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def owns_trial(actor: Actor, assessment: Assessment) -> bool:
    """Whoever began a try-out: known by the secret in the cookie or, once signed up, by the account."""
    if assessment.trial_secret is None:
        return False
    if actor.signed_in and assessment.started_by == actor.person_id:
        return True
    secret = actor.trials.get(str(assessment.id), "")
    return hmac.compare_digest(secret_hash(secret), assessment.trial_secret)


def can_read(actor: Actor, assessment: Assessment) -> bool:
    if assessment.participation is None:
        return owns_trial(actor, assessment)
    return organizations.is_member(actor, assessment.participation)


def can_answer(actor: Actor, assessment: Assessment) -> bool:
    if assessment.participation is None:
        return owns_trial(actor, assessment)
    return organizations.can_contribute(actor, assessment.participation)
