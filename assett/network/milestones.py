"""What the network knows of a space's launch."""

from __future__ import annotations

from sqlalchemy import func, select

from assett.kernel.text import N_
from assett.network.models import Listing
from assett.spaces.registries import LaunchStep, Milestone, milestones

milestones.append(
    Milestone(
        "listings",
        LaunchStep.LAUNCH,
        N_("Trois structures sont dans l’annuaire"),
        N_("Personne n’aime entrer le premier dans une salle vide."),
        "network.directory",
        lambda: select(func.count(Listing.id)).where(Listing.published_at.is_not(None)).scalar_subquery(),
        wanted=3,
        order=40,
    )
)
