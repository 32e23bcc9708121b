"""The roster of a space: kept in memory, and read anew with every change of what it says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from assett.core.tenancy import SPACE_ROLE, enter_space
from assett.organizations import queries
from assett.organizations.models import Organization, Participation, RosterEdition
from assett.spaces.models import Space
from tests.factories import ListingFactory, OrganizationFactory, ParticipationFactory, SpaceFactory

Change = Callable[[Session, Participation], None]


def join(session: Session, participation: Participation) -> None:
    ParticipationFactory(space_id=participation.space_id, organization=OrganizationFactory(name="Fonderie"))


def leave(session: Session, participation: Participation) -> None:
    session.execute(text("DELETE FROM participation WHERE id = :id"), {"id": participation.id})


def rename(session: Session, participation: Participation) -> None:
    session.execute(text("UPDATE organization SET name = 'Zinc' WHERE id = :id"), {"id": participation.organization_id})


def publish(session: Session, participation: Participation) -> None:
    ListingFactory(space_id=participation.space_id, participation_id=participation.id)


def hide(session: Session, participation: Participation) -> None:
    publish(session, participation)
    session.execute(text("UPDATE listing SET shown = '[]'"))


def withdraw(session: Session, participation: Participation) -> None:
    publish(session, participation)
    session.execute(text("DELETE FROM listing"))


@pytest.fixture
def participation(owner: Session, space: Space) -> Participation:
    made: Participation = ParticipationFactory(space_id=space.id, organization=OrganizationFactory(name="Atelier"))
    owner.commit()
    return made


def editions(session: Session) -> dict[int, object]:
    rows = session.execute(select(RosterEdition.space_id, RosterEdition.edition))
    return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize("change", [join, leave, rename, publish, hide, withdraw])
def test_a_change_gives_the_space_another_edition_and_no_other_space(
    owner: Session, participation: Participation, change: Change
) -> None:
    elsewhere = SpaceFactory(slug="ailleurs")
    ParticipationFactory(space_id=elsewhere.id, organization=OrganizationFactory(name="Voisine"))
    before = editions(owner)
    change(owner, participation)
    after = editions(owner)
    assert after[participation.space_id] != before[participation.space_id]
    assert after[elsewhere.id] == before[elsewhere.id]


def test_what_is_changed_from_one_space_is_changed_in_all(owner: Session, participation: Participation) -> None:
    elsewhere = SpaceFactory(slug="ailleurs")
    organization = owner.get_one(Organization, participation.organization_id)
    ParticipationFactory(space_id=elsewhere.id, organization=organization)
    owner.commit()
    before = editions(owner)
    # As the application does it, which sees one space alone.
    owner.execute(text(f"SET LOCAL ROLE {SPACE_ROLE}"))
    enter_space(owner, participation.space_id)
    rename(owner, participation)
    owner.commit()
    enter_space(owner, None)
    after = editions(owner)
    assert set(before) == {participation.space_id, elsewhere.id}
    assert all(after[space] != before[space] for space in before)


def test_the_application_makes_no_edition_itself(owner: Session, participation: Participation) -> None:
    owner.execute(text(f"SET LOCAL ROLE {SPACE_ROLE}"))
    enter_space(owner, participation.space_id)
    with pytest.raises(ProgrammingError, match="permission denied"):
        owner.execute(text("UPDATE roster_edition SET edition = gen_random_uuid()"))


def test_a_space_goes_with_all_it_holds(owner: Session, participation: Participation) -> None:
    publish(owner, participation)
    owner.execute(text("DELETE FROM space WHERE id = :id"), {"id": participation.space_id})
    assert editions(owner) == {}


def test_it_is_read_once_until_it_changes(owner: Session, participation: Participation) -> None:
    owner.begin()
    enter_space(owner, participation.space_id)
    once = queries.roster(owner)
    assert queries.roster(owner) is once
    rename(owner, participation)
    assert [each.name for each in queries.roster(owner).enrolled.values()] == ["Zinc"]


def test_what_is_rolled_back_is_forgotten(owner: Session, participation: Participation) -> None:
    owner.begin()
    enter_space(owner, participation.space_id)
    rename(owner, participation)
    assert [each.name for each in queries.roster(owner).enrolled.values()] == ["Zinc"]
    owner.rollback()
    owner.begin()
    enter_space(owner, participation.space_id)
    assert [each.name for each in queries.roster(owner).enrolled.values()] == ["Atelier"]


def test_a_space_that_nobody_has_joined_has_an_empty_roster(owner: Session) -> None:
    enter_space(owner, SpaceFactory(slug="vide").id)
    assert not queries.roster(owner).enrolled
