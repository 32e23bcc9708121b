"""What accounts know of a space's launch."""

from __future__ import annotations

from sqlalchemy import func, select

from assett.accounts.models import SpaceRole
from assett.kernel.text import N_
from assett.spaces.registries import LaunchStep, Milestone, milestones

milestones.append(
    Milestone(
        "team",
        LaunchStep.STOCK,
        N_("L’équipe compte au moins deux personnes"),
        N_("À deux, on relit ce que l’autre écrit, et personne n’est seul à savoir."),
        "teams.team",
        lambda: select(func.count(SpaceRole.id)).scalar_subquery(),
        wanted=2,
        order=20,
    )
)
