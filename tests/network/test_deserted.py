"""An account goes, and with it the last member of a structure: no listing stays that nobody could take back."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.core import jobs
from assett.core.audit import AuditEntry
from assett.network.models import Listing
from assett.organizations.models import Audience, MemberRole, Organization, Participation
from assett.spaces.models import Space
from tests.factories import (
    PASSWORD,
    ListingFactory,
    MembershipFactory,
    ParticipationFactory,
    PersonFactory,
    SpaceFactory,
    with_password,
)
from tests.linting import LintingClient
from tests.network.arranging import listed

DELETION = "/poitiers/mon-compte/suppression"


def organization_of(owner: Session, listing: Listing) -> Organization:
    participation = owner.get_one(Participation, listing.participation_id)
    return owner.get_one(Organization, participation.organization_id)


def in_directory(client: LintingClient, listing: Listing, slug: str = "poitiers") -> bool:
    return client.get(f"/{slug}/annuaire/{listing.id}").status_code == 200


def delete(client: LintingClient) -> None:
    client.get(DELETION)
    assert client.post(DELETION, data={"current_password": PASSWORD, "sure": "y"}).status_code == 303


def test_with_its_only_member_a_listing_leaves_every_directory_and_its_text_is_kept(
    app: Flask, client: LintingClient, owner: Session, space: Space
) -> None:
    alone, shared, nobodys = (listed(space, name, presentation="Du pain.") for name in ("Fournil", "Scop", "Exemple"))
    elsewhere = SpaceFactory(slug="niort")
    fournil = organization_of(owner, alone)
    there = ListingFactory(
        space_id=elsewhere.id,
        participation_id=ParticipationFactory(space_id=elsewhere.id, organization=fournil).id,
    )
    person = with_password()
    MembershipFactory(organization=fournil, person=person)
    MembershipFactory(organization=organization_of(owner, shared), person=person)
    MembershipFactory(organization=organization_of(owner, shared))
    # Whoever asks to come in is no member, and cannot withdraw anything.
    MembershipFactory(organization=fournil, person=PersonFactory(), accepted_at=None, role=MemberRole.CONTRIBUTOR)
    owner.commit()
    client.sign_in(person)
    assert in_directory(client, alone) and in_directory(client, there, "niort")
    delete(client)
    jobs.drain(app)
    assert not in_directory(client, alone) and not in_directory(client, there, "niort")
    assert "Fournil" not in client.get("/poitiers/annuaire").text
    assert in_directory(client, shared), "somebody can still take it back"
    assert in_directory(client, nobodys), "it had no member before either: an example, or the work of a team"
    owner.rollback()
    assert owner.get_one(Listing, alone.id).presentation == alone.presentation
    told = owner.scalars(select(AuditEntry).where(AuditEntry.action == "listing.deserted")).all()
    assert {(each.space_id, each.subject) for each in told} == {(space.id, "Fournil"), (elsewhere.id, "Fournil")}


def test_a_member_who_came_in_before_the_job_keeps_the_listing(
    app: Flask, client: LintingClient, owner: Session, space: Space
) -> None:
    fournil = listed(space, "Fournil")
    person = with_password()
    MembershipFactory(organization=organization_of(owner, fournil), person=person)
    owner.commit()
    client.sign_in(person)
    delete(client)
    MembershipFactory(organization=organization_of(owner, fournil))
    owner.commit()
    jobs.drain(app)
    assert in_directory(client, fournil)


def test_the_page_that_asks_says_what_becomes_of_a_structure_without_other_member(
    client: LintingClient, owner: Session, space: Space, statements: list[str]
) -> None:
    alone, shared = listed(space, "Fournil"), listed(space, "Scop")
    participation = owner.get_one(Participation, alone.participation_id)
    participation.share_scores = Audience.AUTHORITY
    person = with_password()
    for listing in (alone, shared):
        MembershipFactory(organization=organization_of(owner, listing), person=person)
    MembershipFactory(organization=organization_of(owner, shared))
    owner.commit()
    client.sign_in(person)
    client.get(DELETION)
    statements.clear()
    page = client.get(DELETION).text
    assert len(statements) <= 12
    told = re.findall(r"<strong>(.*) n’a que vous comme membre", page)
    assert len(told) == 1 and "Fournil" in told[0]
    assert "quitte l’annuaire" in page and "reste partagé" in page
    assert f"/poitiers/structures/{participation.id}/partage" in page
    # Outside a space too, where no page of the structure can be named.
    assert "quitte l’annuaire" in client.get("/mon-compte/suppression").text
    MembershipFactory(organization=organization_of(owner, alone))
    owner.commit()
    assert "quitte l’annuaire" not in client.get(DELETION).text
