"""One commune keeps one spelling, whoever types it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from assett.organizations.queries import counted_communes, spelled_like
from assett.spaces.models import Space
from tests.factories import MembershipFactory, OrganizationFactory, ParticipationFactory
from tests.linting import LintingClient
from tests.organizations.test_own_pages import IDENTITY


@pytest.mark.parametrize(
    ("known", "typed", "kept"),
    [
        ("Poitiers", "POITIERS", "Poitiers"),
        ("Saint-Benoît", "saint benoit", "Saint-Benoît"),
        ("poitiers", "Poitiers", "Poitiers"),
        ("Ligugé", "Poitiers", "Poitiers"),
    ],
)
def test_the_spelling_of_the_others_wins(
    client: LintingClient, owner: Session, space: Space, known: str, typed: str, kept: str
) -> None:
    ParticipationFactory(space_id=space.id, organization=OrganizationFactory(commune=known))
    mine = ParticipationFactory(space_id=space.id, organization=OrganizationFactory(commune="Ailleurs"))
    client.sign_in(MembershipFactory(organization=mine.organization).person)
    path = f"/le-territoire/structures/{mine.id}/identite"
    assert f'<option value="{known}"></option>' in client.get(path).text
    assert client.post(path, data={**IDENTITY, "commune": typed}).status_code == 303
    owner.refresh(mine.organization)
    assert mine.organization.commune == kept


def test_one_corrects_one_s_own_spelling(client: LintingClient, owner: Session, space: Space) -> None:
    mine = ParticipationFactory(space_id=space.id, organization=OrganizationFactory(commune="Saint Benoit"))
    client.sign_in(MembershipFactory(organization=mine.organization).person)
    path = f"/le-territoire/structures/{mine.id}/identite"
    client.get(path)
    assert client.post(path, data={**IDENTITY, "commune": "Saint-Benoît"}).status_code == 303
    owner.refresh(mine.organization)
    assert mine.organization.commune == "Saint-Benoît"


def test_a_filter_counts_every_spelling_as_one() -> None:
    counted = counted_communes(["Poitiers", "poitiers", "Ligugé", "", "Poitiers"])
    assert counted == {"Ligugé": 1, "Poitiers": 3}
    assert spelled_like("POITIERS", counted) == "Poitiers" and spelled_like("Lille", counted) == "Lille"
