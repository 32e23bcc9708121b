"""Who may what in a space, as a member of the collectivité's team: accesses for routes, and who passes its door."""

from __future__ import annotations

from assett.core.permissions import Actor, space_role
from assett.spaces.models import Space

TEAM = space_role("reader", "facilitator", "editor", "manager")
FOLLOW = TEAM
ANIMATE = space_role("facilitator", "manager")
EDIT = space_role("editor", "manager")
MANAGE = space_role("manager")
# Whoever does the work: the team but for those who only read.
WORK = space_role("facilitator", "editor", "manager")


def is_at_home(actor: Actor) -> bool:
    """Whether the actor passes the door of a space that is not open: its team, and the operators."""
    return actor.operator or TEAM.allows(actor)


def opens_as_pilot(space: Space, key: str | None) -> bool:
    """Whether that key, of the pilots' link, is the one that serves today."""
    return key is not None and key == space.pilot_key
