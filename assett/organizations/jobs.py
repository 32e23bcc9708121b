"""What the worker does for organizations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, func
from sqlalchemy.orm import Session

from assett.core import jobs
from assett.core.tenancy import entered
from assett.organizations import departures, queries, service
from assett.organizations.models import Departure, Invitation, Membership

# Long enough for every owner to open the mail that asked, and to read what became of it.
REFUSED_KEPT = timedelta(days=90)
# Long enough to send an invitation again that nobody followed: it holds somebody's address.
EXPIRED_KEPT = timedelta(days=90)


@jobs.handler("organizations.sweep", every=timedelta(days=1))
def sweep(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Forget who was refused, who was invited and never came, and who left a space long ago."""
    session.execute(delete(Membership).where(Membership.refused_at < func.now() - REFUSED_KEPT))
    session.execute(delete(Invitation).where(Invitation.expires_at < func.now() - EXPIRED_KEPT))
    session.execute(delete(Departure).where(Departure.left_at < func.now() - departures.KEPT))


@jobs.handler("organizations.deserted")
def deserted(session: Session, arguments: Mapping[str, Any]) -> None:
    """The last member is gone: nothing that only a member could take back stays before the public, and whoever still
    asks to join is answered by a team."""
    for participation in queries.deserted(session, arguments["organizations"]):
        with entered(session, participation.space_id):
            for follow in service.after_last_member:
                follow(session, participation)
    # Links are those of a space's pages, which only a request makes.
    with current_app.test_request_context():
        service.hand_to_teams(session, arguments["organizations"])
