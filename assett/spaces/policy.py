"""Who may what in a space, as a member of the collectivité's team: accesses for routes."""

from __future__ import annotations

from assett.core.permissions import space_role

TEAM = space_role("reader", "facilitator", "editor", "manager")
FOLLOW = TEAM
ANIMATE = space_role("facilitator", "manager")
EDIT = space_role("editor", "manager")
MANAGE = space_role("manager")
