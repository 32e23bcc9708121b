"""What every page about a structure shares: their blueprint, its tabs, where its members arrive, who may open it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import url_for

from assett.accounts import registries
from assett.core.db import db
from assett.core.permissions import Actor, Policy, proved
from assett.core.ui import MenuEntry, menus
from assett.core.web import Blueprint, actor
from assett.kernel.text import N_
from assett.organizations import departures, leaving, mails, policy, queries
from assett.organizations.models import Participation, Proposal
from assett.organizations.naming import own_names
from assett.organizations.tabs import Tab, tabs
from assett.spaces.domains import leading_to
from assett.spaces.registries import HomePanel, admissions, early_endpoints
from assett.spaces.routing import opens

DAY = timedelta(days=1)

blueprint = Blueprint("organizations", __name__, url_prefix="/<space>", template_folder="templates")


menus.account.append(MenuEntry(N_("Mes structures"), "organizations.mine", order=20))
tabs += [
    Tab(N_("Membres"), "organizations.members", policy.is_member, order=60),
    Tab(N_("Identité"), "organizations.identity", policy.owns, order=70),
    Tab(
        N_("Charte"),
        "organizations.charter",
        lambda actor, _row: queries.current_charter(actor.session) is not None,
        75,
    ),
    Tab(N_("Partage"), "organizations.sharing", policy.owns, order=80),
]


def landing(actor: Actor) -> str | None:
    """A member arrives at their structure, at the list where there are several; a newcomer at the way in."""
    if actor.role("space", actor.space_id):
        return None
    participations = queries.participations_of(actor.session, actor.ids("organization"))
    if len(participations) == 1:
        return overview_url(participations[0])
    own = actor.session, actor.person_id or 0
    known = participations or any(queries.asked_by(*own)) or departures.absent(*own)
    return url_for("organizations.mine" if known else "organizations.join")


def alone() -> dict[str, Any] | None:
    """The structures that the actor's account would leave without a member, and where they share, in this space."""
    organizations = queries.alone_in(db.session(), actor().person_id or 0)
    if not organizations:
        return None
    here = queries.participations_of(db.session(), [each.id for each in organizations])
    sharing = {each.organization_id: each.id for each in here if policy.owns(actor(), each)}
    return {"organizations": organizations, "sharing": sharing}


registries.structure_names.append(own_names)
registries.landing_pages.append(landing)
registries.personal_data["structures"] = queries.personal_memberships
registries.personal_data["propositions"] = queries.personal_proposals
registries.personal_data_of_space["engagements"] = queries.personal_pledges
registries.deletion_obstacles.append(leaving.sole_owner)
registries.before_deletion.append(leaving.leave_all)
registries.deletion_panels.append(HomePanel("organizations/alone.html", alone))
# Before a space opens: its pilots who have joined, and whoever is invited to join one of them.
admissions.append(lambda actor: bool(queries.participations_of(actor.session, actor.ids("organization"))))
early_endpoints.add("organizations.invitation")


def overview_url(participation: Participation) -> str:
    # By name: the page belongs to a feature above, like every page that a journey goes on to.
    return url_for("assessments.overview", participation=participation.id)


def next_step_url(participation: Participation, *, owner: bool) -> str:
    """What comes after joining: the charter where there is one for the actor to sign, else the overview."""
    if owner and queries.awaits_pledge(db.session(), participation.id):
        return url_for("organizations.charter", participation=participation.id)
    return overview_url(participation)


def taking_url(proposal: Proposal) -> str | None:
    """Where an owner makes the structure take part in the space that a member proposes; None while it is not open."""
    place = proposal.asked_space
    if not opens(place):
        return None
    address: dict[str, Any] = {**mails.address_of(proposal.membership.organization)}
    return leading_to(place, url_for("organizations.ask", space=place.slug, **address))


def load_participation(id: int, allowed: Policy) -> Participation:
    return proved(actor(), queries.participation(db.session(), id), allowed)
