"""The collectivité keeps a listing out of its directory, with a reason that the structure reads; and gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRoleName
from assett.core.audit import AuditEntry
from assett.core.mail import Mail
from assett.network.models import Listing
from assett.organizations.models import Organization, Participation
from assett.spaces.models import Space
from tests.factories import MembershipFactory, PersonFactory, SpaceRoleFactory
from tests.linting import LintingClient
from tests.network.arranging import listed
from tests.network.test_editor import the_listing, typed

REASON = "Cette structure n’existe pas au registre.\nÉcrivez-nous si c’est une erreur."
WITHHELD = "/poitiers/fiches-ecartees"


@pytest.fixture
def doubtful(space: Space) -> Listing:
    return listed(space, "Pizza fantôme", presentation="Des pizzas.")


@pytest.fixture
def team(client: LintingClient, space: Space) -> LintingClient:
    client.sign_in(SpaceRoleFactory(space_id=space.id, role=SpaceRoleName.FACILITATOR).person)
    return client


@pytest.fixture
def their_owner(app: Flask, owner: Session, doubtful: Listing) -> Any:
    visitor: Any = app.test_client()
    theirs = owner.get_one(Participation, doubtful.participation_id).organization_id
    visitor.sign_in(MembershipFactory(organization=owner.get_one(Organization, theirs)).person)
    return visitor


def page_of(listing: Listing) -> str:
    return f"/poitiers/annuaire/{listing.id}"


def to(verb: str, listing: Listing) -> str:
    return f"{WITHHELD}/{listing.id}/{verb}"


def withhold(team: LintingClient, listing: Listing, reason: str = REASON) -> Any:
    team.get(to("ecarter", listing))
    return team.post(to("ecarter", listing), data={"reason": reason})


def test_it_leaves_at_once_and_the_structure_is_told_why(
    team: LintingClient, their_owner: Any, owner: Session, doubtful: Listing
) -> None:
    assert "Écarter cette fiche" in team.get(page_of(doubtful)).text
    assert "Écarter cette fiche" not in their_owner.get(page_of(doubtful)).text
    assert withhold(team, doubtful).location.endswith(WITHHELD)
    assert "Pizza fantôme" not in team.get("/poitiers/annuaire").text
    assert "Pizza fantôme" not in team.get("/poitiers/annuaire/export.csv").text
    assert team.get(page_of(doubtful)).status_code == 404
    assert "n’existe pas au registre" in team.get(WITHHELD).text
    letter = owner.scalars(select(Mail)).one()
    assert "n’existe pas au registre" in letter.text and "Pizza fantôme" in letter.subject
    entry = owner.scalars(select(AuditEntry).where(AuditEntry.action == "listing.withheld")).one()
    assert entry.details["reason"] == REASON and entry.subject == "Pizza fantôme"


def test_its_owner_reads_why_and_cannot_publish_it_before_it_is_given_back(
    team: LintingClient, their_owner: Any, owner: Session, doubtful: Listing
) -> None:
    withhold(team, doubtful)
    editor = f"/poitiers/structures/{doubtful.participation_id}/fiche"
    shown = their_owner.get(editor).text
    assert "Écrivez-nous si c’est une erreur." in shown and "Enregistrer et publier" not in shown
    refused = their_owner.post(editor, data=typed(their_owner, editor, presentation="Du pain.", intent="publish"))
    assert refused.status_code == 422 and "sans la publier" in refused.text and "Du pain." in refused.text
    assert "Modifiée depuis" not in team.get(WITHHELD).text
    assert their_owner.post(editor, data=typed(their_owner, editor, presentation="Du pain.")).status_code == 303
    shown = their_owner.get(editor).text
    assert "son équipe peut maintenant la relire" in shown and "pas encore publiée" not in shown
    # The team reads it as it would come back, before it says so.
    reread = team.get(WITHHELD).text
    assert "Du pain." in reread and "Modifiée depuis" in reread
    assert team.post(to("rendre", doubtful)).location.endswith(WITHHELD)
    assert "Aucune fiche écartée" in team.get(WITHHELD).text
    assert not the_listing(owner).published, "its structure says when"
    letters = owner.scalars(select(Mail.subject).order_by(Mail.id)).all()
    assert len(letters) == 2 and "peut revenir" in letters[1]
    their_owner.post(editor, data=typed(their_owner, editor, intent="publish"))
    assert the_listing(owner).published
    # Once given back, there is nothing to give back.
    assert team.post(to("rendre", doubtful)).status_code == 404


def test_a_reason_is_needed(team: LintingClient, owner: Session, doubtful: Listing) -> None:
    refused = withhold(team, doubtful, "  ")
    assert refused.status_code == 422 and "Dites pourquoi" in refused.text
    assert the_listing(owner).published


@pytest.mark.parametrize("role", [SpaceRoleName.READER, SpaceRoleName.EDITOR])
def test_it_is_for_those_who_accompany_the_structures(
    client: LintingClient, owner: Session, space: Space, doubtful: Listing, role: SpaceRoleName
) -> None:
    client.sign_in(SpaceRoleFactory(space_id=space.id, role=role).person)
    assert "Écarter" not in client.get(page_of(doubtful)).text
    assert "écartées" not in client.get("/poitiers/annuaire").text
    for address in (to("ecarter", doubtful), WITHHELD):
        assert client.get(address).status_code == 403
    assert client.post(to("ecarter", doubtful), data={"reason": REASON}).status_code == 403
    assert the_listing(owner).published


def test_two_of_one_name_are_told_apart_by_the_team_and_by_who_owns_both(
    team: LintingClient, owner: Session, space: Space
) -> None:
    twins = {commune: listed(space, "Les Jardins du Clain", commune=commune) for commune in ("Poitiers", "Biard")}
    person = PersonFactory()
    for each in twins.values():
        theirs = owner.get_one(Participation, each.participation_id).organization_id
        MembershipFactory(organization=owner.get_one(Organization, theirs), person=person)
    for commune, each in twins.items():
        assert f"Les Jardins du Clain, {commune}" in team.get(to("ecarter", each)).text
        withhold(team, each)
    page = team.get(WITHHELD).text
    assert all(page.count(f"Les Jardins du Clain, {commune}") == 3 for commune in twins)
    for each in twins.values():
        team.post(to("rendre", each))
    for letter, commune in zip(owner.scalars(select(Mail).order_by(Mail.id)), [*twins, *twins], strict=True):
        told = f"Les Jardins du Clain, {commune}"
        assert letter.subject.startswith(told) and f"votre fiche ({told})" in letter.text
