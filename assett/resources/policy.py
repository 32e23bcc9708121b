"""Who may what with a resource, and with a partner; the route has asked for the role in the space already."""

from __future__ import annotations

from assett.core.permissions import Actor
from assett.resources.models import Partner, Resource
from assett.spaces.policy import EDIT, TEAM


def reads(actor: Actor, row: Resource) -> bool:
    """The team reads the national base and what the space has of its own."""
    return TEAM.allows(actor) and (row.national or row.space_id == actor.space_id)


def writes(actor: Actor, row: Resource | Partner) -> bool:
    """Editors write what is the space's own."""
    return EDIT.allows(actor) and row.space_id is not None and row.space_id == actor.space_id


def adopts(actor: Actor, row: Resource) -> bool:
    """Editors hide, show and adapt what is national."""
    return EDIT.allows(actor) and row.national


def copies(actor: Actor, row: Resource) -> bool:
    """Editors copy, and reunite with another, whatever they read."""
    return EDIT.allows(actor) and reads(actor, row)
