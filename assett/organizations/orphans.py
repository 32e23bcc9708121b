"""Who answers for a structure that nobody owns any more: the team of a space where it takes part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from assett.organizations import queries
from assett.spaces.models import Space


def answering(session: Session, organization_ids: Sequence[int]) -> Mapping[int, Space | None]:
    """Of those of these organizations that nobody owns, the space whose team answers; None where no team can."""
    orphans = queries.deserted_by_owners(session, organization_ids)
    if not orphans:
        return {}
    return queries.answering_spaces(session, orphans, session.info["space_id"])


def answers_here(session: Session, organization_id: int) -> bool:
    """Whether nobody owns the organization and the current space's team answers for it."""
    space = answering(session, [organization_id]).get(organization_id)
    return space is not None and space.id == session.info["space_id"]
