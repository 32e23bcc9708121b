"""Rows for tests: each factory says only what matters; `owner` (see conftest) must be among the test's fixtures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import factory
from sqlalchemy.orm import Session

from assett.accounts.models import Person, SpaceRole, SpaceRoleName
from assett.organizations.models import MemberRole, Membership, Organization, OrganizationKind, Participation
from assett.spaces.models import AuthorityKind, LocalAuthority, Space

session_of_test: Session | None = None
PASSWORD = "une phrase de passe solide"


def _session() -> Session:
    assert session_of_test is not None, "the test needs the fixture `owner`"
    return session_of_test


class Factory(factory.alchemy.SQLAlchemyModelFactory):
    class Meta:
        abstract = True
        sqlalchemy_session_factory = _session
        sqlalchemy_session_persistence = "commit"


class LocalAuthorityFactory(Factory):
    class Meta:
        model = LocalAuthority

    name = factory.Sequence(lambda n: f"Communauté {n}")
    kind = AuthorityKind.COMMUNITY


class SpaceFactory(Factory):
    class Meta:
        model = Space

    local_authority = factory.SubFactory(LocalAuthorityFactory)
    slug = factory.Sequence(lambda n: f"territoire-{n}")
    name = factory.Sequence(lambda n: f"Territoire {n}")
    programme = "Acteurs engagés"
    opened_at = datetime(2024, 1, 1, tzinfo=UTC)


class PersonFactory(Factory):
    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"Camille Martin {n}")
    email = factory.Sequence(lambda n: f"camille{n}@example.org")
    confirmed_at = datetime(2024, 1, 1, tzinfo=UTC)


class SpaceRoleFactory(Factory):
    class Meta:
        model = SpaceRole

    space_id: Any = None
    person = factory.SubFactory(PersonFactory)
    role = SpaceRoleName.MANAGER


class OrganizationFactory(Factory):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"Boulangerie {n}")
    kind = OrganizationKind.COMPANY
    commune = "Poitiers"
    activity = "Boulangerie-pâtisserie"


class ParticipationFactory(Factory):
    class Meta:
        model = Participation

    space_id: Any = None
    organization = factory.SubFactory(OrganizationFactory)


class MembershipFactory(Factory):
    class Meta:
        model = Membership

    organization = factory.SubFactory(OrganizationFactory)
    person = factory.SubFactory(PersonFactory)
    role = MemberRole.OWNER
    accepted_at = datetime(2024, 1, 1, tzinfo=UTC)
