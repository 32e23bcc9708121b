"""What membership of an organization grants (see `core.permissions`)."""

from __future__ import annotations

from sqlalchemy import Select, Text, cast, literal, select

from assett.core.permissions import register_grants
from assett.organizations.models import Membership


@register_grants
def organization_grants(person_id: int) -> Select[str, int, str]:
    return select(literal("organization"), Membership.organization_id, cast(Membership.role, Text)).where(
        Membership.person_id == person_id, Membership.accepted_at.is_not(None)
    )
