"""What charters know of a space's launch."""

from __future__ import annotations

from sqlalchemy import func, select

from assett.kernel.text import N_
from assett.organizations.models import Charter
from assett.spaces.registries import LaunchStep, Milestone, milestones

milestones.append(
    Milestone(
        "charter",
        LaunchStep.MOBILISATION,
        N_("La charte est publiée"),
        N_("Ce à quoi l’on s’engage, en une page : on signe ce que l’on peut lire en deux minutes."),
        "charters.overview",
        lambda: select(func.count(Charter.id)).where(Charter.published_at.is_not(None)).scalar_subquery(),
        order=30,
    )
)
