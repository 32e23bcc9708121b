"""What resources know of a space's launch."""

from __future__ import annotations

from sqlalchemy import func, select

from assett.kernel.clock import today_in_paris
from assett.kernel.text import N_
from assett.resources.models import Resource
from assett.spaces.queries import here
from assett.spaces.registries import LaunchStep, Milestone, milestones

milestones.append(
    Milestone(
        "resources",
        LaunchStep.RESOURCES,
        N_("Dix ressources de votre territoire sont en base"),
        N_("Les ressources nationales y sont déjà ; les vôtres disent qui appeler, ici."),
        "resources.listing",
        lambda: (
            select(func.count(Resource.id))
            .where(Resource.space_id == here(), Resource.archived_at.is_(None), Resource.draft.is_(False))
            .where(func.coalesce(Resource.entry["valid_until"].astext, "9999") >= today_in_paris().isoformat())
            .scalar_subquery()
        ),
        wanted=10,
        order=10,
    )
)
milestones.append(
    Milestone(
        "resources-shared",
        LaunchStep.RESOURCES,
        N_("Les partenaires ont relu leurs ressources"),
        N_("Un contact qui ne répond plus décourage plus sûrement qu’une ressource absente."),
        order=20,
    )
)
