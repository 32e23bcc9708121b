"""Rows for tests: each factory says only what matters; `owner` (see conftest) must be among the test's fixtures."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import factory
from sqlalchemy.orm import Session

from assett.accounts import service, sessions
from assett.accounts.models import Person, SpaceRole, SpaceRoleName
from assett.assessments.models import Assessment, CategoryScore
from assett.engine.compiled import content_hash
from assett.network.models import Listing
from assett.organizations.models import Charter, MemberRole, Membership, Organization, OrganizationKind, Participation
from assett.questionnaires.models import Questionnaire, QuestionnaireVersion
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


def small_document() -> dict[str, Any]:
    """A questionnaire of two categories and three levels, as small as the format allows it to be useful."""
    choices = [{"id": "non", "label": "Non"}, {"id": "oui", "label": "Oui", "points": 1}]
    question = {"type": "single", "choices": choices}
    return {
        "format": 1,
        "id": "petit",
        "title": {"fr": "Petit questionnaire", "en": "Small questionnaire"},
        "languages": ["fr", "en"],
        "levels": [
            {"id": "debutant", "from": 0, "label": {"fr": "Débutant", "en": "Beginner"}},
            {"id": "intermediaire", "from": Decimal("0.4"), "label": {"fr": "Intermédiaire", "en": "Intermediate"}},
            {"id": "avance", "from": Decimal("0.8"), "label": {"fr": "Avancé", "en": "Advanced"}},
        ],
        "categories": [
            {
                "id": "energie",
                "title": {"fr": "Énergie", "en": "Energy"},
                "questions": [{"id": "suivi", "title": "Suivez-vous vos consommations ?", **question}],
            },
            {
                "id": "dechets",
                "title": {"fr": "Déchets", "en": "Waste"},
                "questions": [{"id": "tri", "title": "Triez-vous vos déchets ?", **question}],
            },
        ],
    }


class QuestionnaireFactory(Factory):
    class Meta:
        model = Questionnaire

    space_id: Any = None
    slug = "petit"
    active = True


class QuestionnaireVersionFactory(Factory):
    """A published version of the space's questionnaire; `document` gives it other content."""

    class Meta:
        model = QuestionnaireVersion

    space_id: Any = None
    questionnaire = factory.SubFactory(QuestionnaireFactory, space_id=factory.SelfAttribute("..space_id"))
    number = 1
    document = factory.LazyFunction(small_document)
    content_hash = factory.LazyAttribute(lambda version: content_hash(version.document))
    published_at = datetime(2024, 1, 1, tzinfo=UTC)


class AssessmentFactory(Factory):
    """An assessment that runs; with `completed_at`, one that is completed and the latest of its participation.

    Give `participation_id` and `version_id` of the same space.
    """

    class Meta:
        model = Assessment

    space_id: Any = None
    started_at = datetime(2025, 3, 1, 9, tzinfo=UTC)
    changed_at = datetime(2025, 3, 2, 9, tzinfo=UTC)
    latest = factory.LazyAttribute(lambda row: getattr(row, "completed_at", None) is not None)
    progress = factory.LazyAttribute(lambda row: Decimal(1) if getattr(row, "completed_at", None) else Decimal("0.5"))


class CategoryScoreFactory(Factory):
    class Meta:
        model = CategoryScore

    space_id: Any = None
    category = "energie"
    ratio = Decimal("0.5")
    level = "intermediaire"


class ListingFactory(Factory):
    """A published listing that shows what everybody would show; `shown`, `published_at` say otherwise."""

    class Meta:
        model = Listing

    space_id: Any = None
    shown = factory.LazyFunction(lambda: ["activity", "commune", "kind"])
    published_at = datetime(2025, 4, 1, tzinfo=UTC)


def with_password(**fields: Any) -> Person:
    """A person who can sign in with `PASSWORD`."""
    from assett.accounts import passwords

    return PersonFactory(password_hash=passwords.hashed(PASSWORD), **fields)


class CharterFactory(Factory):
    class Meta:
        model = Charter

    space_id: Any = None
    version = 1
    title = factory.LazyFunction(lambda: {"fr": "La charte des acteurs engagés", "en": "The charter"})
    text = factory.LazyFunction(lambda: {"fr": "Nous **agissons** ensemble.", "en": "We **act** together."})
    published_at = datetime(2024, 1, 1, tzinfo=UTC)


def cookie_of(session: Session, person_id: int, user_agent: str = "") -> str:
    """What the cookie says of a person who has just signed in, without the page (which has tests of its own)."""
    person = session.get_one(Person, person_id)
    sign_in, secret = service.start_sign_in(session, person, user_agent)
    session.commit()
    return sessions.Session(sessions.Known.fresh(person, sign_in.id), secret).get_id()
