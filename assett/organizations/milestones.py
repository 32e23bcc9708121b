"""What organizations know of a space's launch."""

from __future__ import annotations

from sqlalchemy import func, select

from assett.kernel.text import N_
from assett.organizations.models import Participation
from assett.spaces.registries import LaunchStep, Milestone, milestones

milestones.append(
    Milestone(
        "pilots",
        LaunchStep.PILOT,
        N_("Trois structures pilotes sont inscrites"),
        N_("Une petite, une grande, une association : elles buteront sur ce que vous ne voyez plus."),
        "followup.overview",
        lambda: select(func.count(Participation.id)).scalar_subquery(),
        wanted=3,
        order=40,
    )
)
