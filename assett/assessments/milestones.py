"""What assessments know of a space's launch."""

from __future__ import annotations

from sqlalchemy import func, select

from assett.assessments.models import Assessment
from assett.kernel.text import N_
from assett.spaces.registries import LaunchStep, Milestone, milestones

milestones += [
    Milestone(
        "tried",
        LaunchStep.QUESTIONNAIRE,
        N_("Le questionnaire est essayé de bout en bout"),
        N_("Répondez comme une structure le ferait : les questions obscures se voient tout de suite."),
        "assessments.trial",
        lambda: select(func.count(Assessment.id)).where(Assessment.completed_at.is_not(None)).scalar_subquery(),
        order=30,
    ),
    Milestone(
        "pilots-answered",
        LaunchStep.PILOT,
        N_("Trois structures sont allées au bout"),
        N_("Demandez-leur où elles ont hésité, et corrigez avant d’ouvrir."),
        "followup.overview",
        lambda: (
            select(func.count(Assessment.participation_id.distinct()))
            .where(Assessment.completed_at.is_not(None))
            .scalar_subquery()
        ),
        wanted=3,
        order=50,
    ),
]
