"""Who may what with a listing: any member of the organization sees how it stands, its owners edit it."""

from __future__ import annotations

from assett.core.permissions import Actor
from assett.network.models import Listing
from assett.organizations import policy as organizations
from assett.organizations.models import Participation


def can_see_editor(actor: Actor, participation: Participation) -> bool:
    return organizations.is_member(actor, participation)


def can_edit(actor: Actor, participation: Participation) -> bool:
    return organizations.owns(actor, participation)


def is_published(actor: Actor, listing: Listing) -> bool:
    """What is published is public; what is not has no public page, for anyone."""
    return listing.published
