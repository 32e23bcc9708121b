"""A database as full as one wants: spaces, structures, people, assessments with their answers.

What is measured is made row by row, with the questionnaire of the national base; the crowd around it in bulk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from assett.accounts import passwords
from assett.accounts.models import Person, SpaceRole, SpaceRoleName
from assett.assessments import pool, service
from assett.assessments.models import Answer, Assessment, AssessmentEdition, CategoryScore
from assett.core.db import dump_json
from assett.core.settings import ROOT
from assett.engine.compiled import Compiled, compile_document
from assett.engine.document import Question
from assett.engine.reading import read_document
from assett.formats.files import load
from assett.network.models import Listing
from assett.organizations.models import (
    MemberRole,
    Membership,
    Organization,
    OrganizationKind,
    Participation,
    RosterEdition,
)
from assett.organizations.sectors import Sector
from assett.questionnaires.models import QuestionnaireVersion
from assett.questionnaires.service import publish
from assett.resources.service import replace_all
from assett.spaces.models import AuthorityKind, LocalAuthority, Space

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LAST_YEAR = datetime(2025, 3, 1, 12, tzinfo=UTC)
PASSWORD = "une phrase de passe solide"
# A baker with vehicles, premises and a garden: one of those who meet the most questions.
PROFILE: dict[str, Any] = {
    "kind": "company",
    "workforce": "50-249",
    "sector": "food-trade",
    "premises": "owned",
    "vehicles": "fleet",
    "food": ["bread", "meals"],
    "land": "green",
}
# More than a page of the directory, or of the follow-up, shows: what is seen of a space is as much from the start as
# with a crowd behind it. They come first by name, and are as various as the crowd, by which one filters.
LISTED = 80
KINDS = (OrganizationKind.COMPANY, OrganizationKind.ASSOCIATION, OrganizationKind.FARM, OrganizationKind.SCHOOL)
SECTORS = tuple(Sector)
# Structures of the crowd assess themselves once a year, for two and a half years on average.
ASSESSMENTS_OF_ONE = 2.5


@dataclass(frozen=True, slots=True)
class Respondent:
    """A member who assesses their structure: `running` is being answered, `completed` has a result."""

    person: int
    email: str
    participation: int
    running: int
    completed: int


@dataclass(frozen=True, slots=True)
class Populated:
    """What was written for the measure: a space, its manager, and members who each assess their structure."""

    space: int
    slug: str
    version: int
    manager: Person
    respondents: tuple[Respondent, ...]


@cache
def national_tree() -> dict[str, Any]:
    """The questionnaire of the national base."""
    tree = load(ROOT / "questionnaires" / "socle-assett.yaml").tree
    assert isinstance(tree, dict)
    return tree


@cache
def national_resources() -> list[dict[str, Any]]:
    tree = load(ROOT / "questionnaires" / "ressources-nationales.yaml").tree
    assert isinstance(tree, dict)
    return list(tree["resources"])


@cache
def national_base() -> Compiled:
    return compile_document(read_document(national_tree()))


def answer_to(question: Question, chance: Random) -> Any:
    """An answer that the question accepts, in the format's shape."""
    match question.type:
        case "single":
            return chance.choice(question.choices).id
        case "multiple":
            several = [each.id for each in question.choices if not each.exclusive]
            most = min(len(several), question.max_choices or len(several))
            least = min(max(question.min_choices or 1, 1), most)
            return chance.sample(several, k=chance.randint(least, most))
        case "boolean":
            return chance.random() < 0.5
        case "scale":
            low, high = question.bounds
            return chance.randint(int(low), int(high))
        case "number":
            least = int(question.min) if isinstance(question.min, (int, Decimal)) else 0
            return least + chance.randint(1, 20)
        case "date":
            return "2025-06-01"
        case _:
            return f"Un texte, le numéro {chance.randint(1, 999)}"


def answers(compiled: Compiled, chance: Random) -> dict[str, Any]:
    """An answer to every question of a questionnaire, in the format's shape."""
    asked = [each.question for each in compiled.questions.values() if each.question.type != "info"]
    return {question.id: answer_to(question, chance) for question in asked}


def populate(session: Session, *, respondents: int = 8, slug: str = "territoire") -> Populated:
    """The measured space, as an owner session writes it: the national base, its team, some pages of its directory."""
    # Without the triggers, which would make it slow: what they keep is written at the end.
    session.execute(text("SET LOCAL session_replication_role = replica"))
    authority = LocalAuthority(name="Territoire", kind=AuthorityKind.AGGLOMERATION)
    session.add(authority)
    session.flush()
    space = Space(
        local_authority_id=authority.id,
        slug=slug,
        name="Territoire",
        programme="Acteurs engagés",
        theme="grand-poitiers",
        opened_at=LAST_YEAR,
    )
    session.add(space)
    session.flush()
    replace_all(session, None, national_resources(), now=LAST_YEAR)
    version = publish(session, space.id, national_tree(), now=LAST_YEAR)
    secret = passwords.hashed(PASSWORD)
    manager = Person(name="Nadia Roux", email=f"nadia@{slug}.example", password_hash=secret, confirmed_at=NOW)
    session.add(manager)
    session.flush()
    session.add(SpaceRole(space_id=space.id, person_id=manager.id, role=SpaceRoleName.MANAGER))
    chance = Random(1)
    members = tuple(
        _respondent(session, space, version.id, number, secret, chance) for number in range(max(respondents, 1))
    )
    for number in range(LISTED):
        listed = _participation(session, space, f"Boulangerie {number}", number)
        session.add(_listing(listed))
        _completed(session, listed, version.id)
    session.add(RosterEdition(space_id=space.id))
    session.add(AssessmentEdition(space_id=space.id))
    session.commit()
    return Populated(space.id, slug, version.id, manager, members)


def _participation(session: Session, space: Space, name: str, number: int = 0) -> Participation:
    organization = Organization(
        name=name,
        kind=KINDS[number % len(KINDS)],
        activity="Boulangerie-pâtisserie",
        sector=SECTORS[number % len(SECTORS)],
        commune=f"Commune {number % 40}",
    )
    session.add(organization)
    session.flush()
    participation = Participation(space_id=space.id, organization_id=organization.id, profile=PROFILE)
    session.add(participation)
    session.flush()
    return participation


def _completed(session: Session, participation: Participation, version: int) -> None:
    """An assessment that is over, for the lists that show its levels."""
    assessment = _assessment(session, participation, version, None, LAST_YEAR)
    assessment.completed_at, assessment.latest, assessment.progress = LAST_YEAR, True, Decimal(1)
    assessment.overall_ratio, assessment.overall_level = Decimal("0.5"), "en-chemin"
    session.add_all(
        CategoryScore(
            space_id=participation.space_id,
            assessment_id=assessment.id,
            category=each.category.id,
            ratio=Decimal("0.5"),
            level="en-chemin",
        )
        for each in national_base().categories
    )
    session.flush()
    pool.enter(session, assessment)


def _listing(participation: Participation) -> Listing:
    return Listing(
        space_id=participation.space_id,
        participation_id=participation.id,
        shown=["activity", "commune", "kind", "levels"],
        published_at=LAST_YEAR,
    )


def _respondent(session: Session, space: Space, version: int, number: int, secret: str, chance: Random) -> Respondent:
    participation = _participation(session, space, f"Fournil {number}")
    person = Person(
        name=f"Camille Martin {number}",
        email=f"camille{number}@{space.slug}.example",
        password_hash=secret,
        confirmed_at=NOW,
    )
    session.add(person)
    session.flush()
    session.add(
        Membership(
            organization_id=participation.organization_id,
            person_id=person.id,
            role=MemberRole.OWNER,
            accepted_at=NOW,
        )
    )
    compiled = national_base()
    completed = _assessment(session, participation, version, person, LAST_YEAR)
    session.add_all(
        Answer(
            space_id=space.id,
            assessment_id=completed.id,
            question=question,
            value={"v": value},
            author_id=person.id,
            author=person.name,
            answered_at=LAST_YEAR,
        )
        for question, value in answers(compiled, chance).items()
    )
    session.flush()
    service.complete(session, completed, compiled, LAST_YEAR)
    running = _assessment(session, participation, version, person, NOW)
    return Respondent(person.id, person.email, participation.id, running.id, completed.id)


def _assessment(
    session: Session, participation: Participation, version: int, person: Person | None, moment: datetime
) -> Assessment:
    assessment = Assessment(
        space_id=participation.space_id,
        participation_id=participation.id,
        version_id=version,
        started_by=person.id if person is not None else None,
        started_at=moment,
        changed_at=moment,
        profile=PROFILE,
    )
    session.add(assessment)
    session.flush()
    return assessment


def crowd(
    session: Session, populated: Populated, *, assessments: int, spaces: int = 1, answered: int | None = None
) -> None:
    """Around what is measured: that many completed assessments of the same space, each with all its answers (or the
    first `answered` of them alone), and spaces up to that many, each with its questionnaire. Written in bulk, by the
    owner of the tables."""
    session.execute(text("SET LOCAL session_replication_role = replica"))
    given = answers(national_base(), Random(2))
    # What the crowd is made like.
    listing = session.scalars(select(Listing).order_by(Listing.id).limit(1)).one()
    participation = session.get_one(Participation, listing.participation_id)
    assessment = select(Assessment.id).where(Assessment.participation_id == participation.id)
    values = {
        "organization": participation.organization_id,
        "participation": participation.id,
        "listing": listing.id,
        "assessment": session.scalars(assessment).one(),
        "questionnaire": session.get_one(QuestionnaireVersion, populated.version).questionnaire_id,
        "kinds": [kind.value for kind in KINDS],
        "sectors": [sector.value for sector in SECTORS],
        "space": populated.space,
        "version": populated.version,
        "assessments": assessments,
        "organizations": max(1, round(assessments / ASSESSMENTS_OF_ONE)),
        "spaces": spaces,
        "answered": assessments if answered is None else answered,
        "questions": list(given),
        "answers": [dump_json({"v": value}) for value in given.values()],
        "categories": [each.category.id for each in national_base().categories],
        "now": NOW,
    }
    for statement in _CROWD:
        session.execute(text(statement), values)
    # What the triggers would have said.
    for table in ("roster_edition", "assessment_edition"):
        session.execute(text(f"UPDATE {table} SET edition = gen_random_uuid()"))
    session.commit()
    # As PostgreSQL does by itself where rows were written.
    with session.get_bind().engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _like(table: str, model: str, crowd: str, **changed: str) -> str:
    """The statement that adds, for each row of `crowd`, a row like the one whose id the parameter `model` holds, with
    some columns changed."""
    changes = ", ".join(f"'{column}', {expression}" for column, expression in changed.items())
    return f"""
    INSERT INTO {table} OVERRIDING SYSTEM VALUE
    SELECT made.* FROM {table} model, {crowd},
        LATERAL jsonb_populate_record(NULL::{table}, to_jsonb(model) || jsonb_build_object({changes})) made
    WHERE model.id = :{model}
    """


_CROWD = (
    """
    CREATE TEMPORARY TABLE other_space ON COMMIT DROP AS
    SELECT n, nextval(pg_get_serial_sequence('space', 'id')) AS space,
           nextval(pg_get_serial_sequence('questionnaire', 'id')) AS questionnaire,
           nextval(pg_get_serial_sequence('questionnaire_version', 'id')) AS version
    FROM generate_series(2, :spaces) n
    """,
    _like("space", "space", "other_space", id="space", slug="'autre-' || n", name="'Territoire ' || n"),
    _like("questionnaire", "questionnaire", "other_space", id="questionnaire", space_id="space"),
    _like(
        "questionnaire_version",
        "version",
        "other_space",
        id="version",
        space_id="space",
        questionnaire_id="questionnaire",
    ),
    """
    CREATE TEMPORARY TABLE crowd ON COMMIT DROP AS
    SELECT n, nextval(pg_get_serial_sequence('organization', 'id')) AS organization,
           nextval(pg_get_serial_sequence('participation', 'id')) AS participation,
           nextval(pg_get_serial_sequence('listing', 'id')) AS listing
    FROM generate_series(1, :organizations) n
    """,
    _like(
        "organization",
        "organization",
        "crowd",
        id="organization",
        name="'Structure ' || n",
        kind="(CAST(:kinds AS text[]))[1 + n % 4]",
        activity="'Activité ' || n % 50",
        sector="(CAST(:sectors AS text[]))[1 + n % 16]",
        commune="'Commune ' || n % 40",
    ),
    _like("participation", "participation", "crowd", id="participation", organization_id="organization"),
    _like(
        "listing",
        "listing",
        "crowd",
        id="listing",
        participation_id="participation",
        published_at="CAST(:now AS timestamptz) - n * interval '1 minute'",
    ),
    """
    CREATE TEMPORARY TABLE crowd_assessment ON COMMIT DROP AS
    SELECT nextval(pg_get_serial_sequence('assessment', 'id')) AS assessment, participation, place AS n,
           place / :organizations AS round, CAST(:now AS timestamptz) - place * interval '1 hour' AS moment
    FROM generate_series(0, :assessments - 1) place JOIN crowd ON crowd.n = 1 + place % :organizations
    """,
    _like(
        "assessment",
        "assessment",
        "crowd_assessment",
        id="assessment",
        participation_id="participation",
        started_at="moment",
        changed_at="moment",
        completed_at="moment",
        latest="round = 0",
        overall_ratio="(n % 100) / 100.0",
        overall_level="(ARRAY['premiers-pas', 'en-chemin', 'avance', 'exemplaire'])[1 + n % 4]",
    ),
    """
    INSERT INTO category_score (space_id, assessment_id, category, ratio, level)
    SELECT :space, assessment, category, (n % 100) / 100.0,
           (ARRAY['premiers-pas', 'en-chemin', 'avance', 'exemplaire'])[1 + n % 4]
    FROM crowd_assessment, unnest(CAST(:categories AS text[])) category
    """,
    """
    INSERT INTO answer (space_id, assessment_id, question, value, revision, author, answered_at)
    SELECT :space, assessment, question, value::jsonb, 1, '', moment
    FROM crowd_assessment,
         unnest(CAST(:questions AS text[]), CAST(:answers AS text[])) AS given (question, value)
    WHERE n < :answered
    """,
    # None of the crowd shares its scores: all are counted, ten by ten and long since.
    """
    INSERT INTO pooled_score (space_id, participation_id, category, waiting, ratio, level)
    SELECT :space, assessment.participation_id, '', false, overall_ratio, overall_level
    FROM assessment JOIN crowd_assessment ON assessment.id = crowd_assessment.assessment WHERE latest
    UNION ALL
    SELECT :space, participation, category, false, ratio, level
    FROM category_score JOIN crowd_assessment ON assessment_id = crowd_assessment.assessment
    WHERE crowd_assessment.round = 0
    """,
)
