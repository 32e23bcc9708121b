"""A request that was refused: whoever asked reads it, and does not ask again at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from assett.kernel.clock import utc_now
from assett.organizations.models import MemberRole, Membership, Organization
from assett.spaces.models import Space
from tests.accounts.mailbox import mails_to
from tests.factories import MembershipFactory, OrganizationFactory, ParticipationFactory, PersonFactory
from tests.linting import LintingClient

MINE = "/le-territoire/structures"
ASK = "/le-territoire/rejoindre/demande?siret=73282932000074"


@pytest.fixture
def refused(client: LintingClient, owner: Session, space: Space) -> Membership:
    """Ana's request, refused an hour ago by Zoé."""
    organization = OrganizationFactory(name="Le Fournil de Zoé", siret="73282932000074")
    ParticipationFactory(space_id=space.id, organization=organization)
    zoe = PersonFactory(name="Zoé Fournil", email="zoe@example.org")
    MembershipFactory(organization=organization, person=zoe, role=MemberRole.OWNER)
    ana = PersonFactory(name="Ana Roy")
    client.sign_in(ana)
    request: Membership = MembershipFactory(
        organization=organization,
        person=ana,
        role=MemberRole.CONTRIBUTOR,
        accepted_at=None,
        refused_at=utc_now() - timedelta(hours=1),
        answered_by=zoe.id,
    )
    return request


def test_who_was_refused_reads_it_and_whom_to_turn_to(client: LintingClient, refused: Membership) -> None:
    for path in (MINE, ASK):
        page = client.get(path).text
        assert "Le Fournil de Zoé" in page and "n’a pas été acceptée" in page
        assert "Parlez-en avec ses responsables" in page and "Vous pourrez refaire une demande à partir du" in page
        # Who owns it is their own affair.
        assert "Zoé Fournil" not in page and "zoe@" not in page
        assert "Demander à rejoindre" not in page and "Refaire une demande" not in page
    assert "Aucune structure pour l’instant" not in client.get(MINE).text
    assert client.get("/le-territoire/connexion").location.endswith("/structures")


def test_nobody_is_asked_again_at_once(client: LintingClient, owner: Session, refused: Membership) -> None:
    client.get(ASK)
    again = client.post(ASK)
    assert again.status_code == 422 and "vient d’être refusée" in again.text
    assert mails_to(owner, "zoe@example.org") == []
    refused.refused_at = utc_now() - timedelta(days=1)
    owner.commit()
    assert "Refaire une demande" in client.get(MINE).text
    assert "n’a pas été acceptée" in client.get(ASK).text
    assert client.post(ASK).status_code == 303
    assert len(mails_to(owner, "zoe@example.org")) == 1
    assert "n’a pas été acceptée" not in client.get(MINE).text


def test_without_an_owner_the_team_is_whom_to_turn_to(
    client: LintingClient, owner: Session, refused: Membership
) -> None:
    owner.query(Membership).filter_by(role=MemberRole.OWNER).delete()
    owner.commit()
    for path in (MINE, ASK):
        page = client.get(path).text
        assert "Parlez-en avec l’équipe de cet espace" in page and "mailto:transition@example.org" in page


def test_several_of_one_name_are_told_apart(client: LintingClient, space: Space, refused: Membership) -> None:
    name = refused.organization.name
    other: Organization = OrganizationFactory(name=name, commune=refused.organization.commune)
    ParticipationFactory(space_id=space.id, organization=other)
    MembershipFactory(organization=other)
    page = client.get(f"/le-territoire/rejoindre/demande?nom={name}&commune={other.commune}").text
    assert page.count("n’a pas été acceptée") == 1 and page.count("Demander à rejoindre") == 1
