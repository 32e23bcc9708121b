"""Who may what with a listing: any member of the organization sees how it stands, its owners edit it."""

from __future__ import annotations

from assett.core.permissions import Actor
from assett.network.models import Listing
from assett.organizations import policy as organizations
from assett.organizations.models import Participation
from assett.spaces.models import Space
from assett.spaces.policy import TEAM


def can_see_editor(actor: Actor, participation: Participation) -> bool:
    return organizations.is_member(actor, participation)


def can_edit(actor: Actor, participation: Participation) -> bool:
    return organizations.owns(actor, participation)


def sees_directory(actor: Actor, space: Space) -> bool:
    """The directory is public where the space says so; its team always sees it."""
    return space.directory_open or TEAM.allows(actor)


def is_published(actor: Actor, listing: Listing) -> bool:
    """What is not published has no page of its own, for anyone."""
    return listing.published


def is_withheld(actor: Actor, listing: Listing) -> bool:
    """What the team took out of the directory, it may give back."""
    return listing.withheld
