"""The demonstration fills an empty database, quickly, with rows that hold together."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from stdnum.fr import siret

from assett.accounts import passwords
from assett.accounts.models import Person, SpaceRole
from assett.assessments import service
from assett.assessments.models import Answer, Assessment, CategoryScore
from assett.core import audit
from assett.core.audit import AuditEntry
from assett.core.tenancy import ACROSS_ROLE, enter_space
from assett.demo import accounts, content, seed
from assett.engine.answers import Answers
from assett.engine.recommendation import recommend
from assett.engine.score import score
from assett.network.models import Listing, ListingField
from assett.network.service import searchable
from assett.organizations.models import Membership, Organization, OrganizationKind, Participation, Pledge
from assett.questionnaires import queries as questionnaires
from assett.questionnaires.models import Questionnaire, QuestionnaireVersion
from assett.resources import queries as resources
from assett.spaces.models import Space

NOW = datetime(2026, 6, 15, 14, 30, tzinfo=UTC)


class Steps(list[tuple[str, int, int]]):
    seconds: float


@pytest.fixture(scope="module")
def steps() -> Steps:
    return Steps()


@pytest.fixture(scope="module")
def demo(owner_engine: Any, steps: Steps) -> Iterator[Session]:
    """The demonstration, seeded once as the role that the command takes; taken back at the end."""
    with Session(owner_engine, expire_on_commit=False) as session:
        session.execute(text(f"SET LOCAL ROLE {ACROSS_ROLE}"))
        assert not seed.is_seeded(session)
        started = time.perf_counter()
        seed.seed(session, now=NOW, report=lambda label, done, total: steps.append((label, done, total)))
        steps.seconds = time.perf_counter() - started
        yield session
        session.rollback()


def count(session: Session, *conditions: Any) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0


def test_it_is_quick_and_says_how_far_it_is(demo: Session, steps: Steps) -> None:
    assert steps.seconds < 90
    assert [label for label, done, total in steps if done == total] == ["Territoires", "Structures", "Auto-évaluations"]
    assert seed.is_seeded(demo)


def test_three_spaces_with_their_structures_and_assessments(demo: Session) -> None:
    assert set(demo.scalars(select(Space.slug))) == {"grand-poitiers", "mel", "saint-benoit"}
    assert 140 <= count(demo, Organization.id.is_not(None)) <= 160
    completed = count(demo, Assessment.completed_at.is_not(None))
    running = count(demo, Assessment.completed_at.is_(None))
    assert 400 <= completed + running <= 450
    assert 20 <= running <= 30
    started = select(Assessment.participation_id)
    assert 8 <= count(demo, Participation.id.not_in(started)) <= 14
    assert 80 <= count(demo, Listing.published_at.is_not(None)) <= 100
    assert count(demo, Listing.published_at.is_(None)) >= 5
    assert count(demo, Pledge.id.is_not(None)) > count(demo, Organization.id.is_not(None))


def test_spaces_ask_different_questionnaires_made_from_the_national_ones(demo: Session) -> None:
    rows = demo.execute(
        select(Questionnaire.slug, QuestionnaireVersion)
        .join(QuestionnaireVersion, QuestionnaireVersion.questionnaire_id == Questionnaire.id)
        .where(Questionnaire.active)
    ).all()
    assert {slug for slug, _ in rows} == {"socle-assett", "pionniers-climat", "premier-pas"}
    for _, version in rows:
        upstream = demo.get_one(QuestionnaireVersion, version.upstream_id)
        assert upstream.space_id is None
    compiled = {slug: questionnaires.compiled(demo, version).document for slug, version in rows}
    grids = {slug: [level.label.in_("fr") for level in document.levels] for slug, document in compiled.items()}
    assert grids["pionniers-climat"] == ["Sur la ligne de départ", "En route", "Pionnier"]
    assert len(set(map(tuple, grids.values()))) == 3
    own = {question.id for question in compiled["pionniers-climat"].questions}
    assert own - {question.id for question in compiled["socle-assett"].questions} == {"mel-sol-pluie", "mel-parrainage"}
    # A level that the grid does not have is named nowhere in it.
    for category in compiled["pionniers-climat"].categories:
        said = " ".join(cap.reason.in_("fr") for cap in category.caps if cap.reason)
        assert "Avancé" not in said and "Premiers pas" not in said


def test_every_completed_assessment_scores_as_the_engine_says(demo: Session) -> None:
    answers: dict[int, dict[str, Answer]] = {}
    for answer in demo.scalars(select(Answer)):
        answers.setdefault(answer.assessment_id, {})[answer.question] = answer
    scores: dict[int, dict[str, CategoryScore]] = {}
    for row in demo.scalars(select(CategoryScore)):
        scores.setdefault(row.assessment_id, {})[row.category] = row
    versions = {version.id: version for version in demo.scalars(select(QuestionnaireVersion))}
    for assessment in demo.scalars(select(Assessment)):
        compiled = questionnaires.compiled(demo, versions[assessment.version_id])
        seen = service.standing(compiled, assessment, answers[assessment.id])
        result = score(compiled, seen)
        if assessment.completed_at is None:
            assert assessment.overall_ratio is None and assessment.id not in scores
            # What was taken over from last year counts once it is read again.
            assert 0 <= assessment.progress <= Decimal(float(result.progress)) + Decimal("0.0001")
            continue
        assert result.complete
        assert assessment.overall_level == result.overall.level
        stored, exact = assessment.overall_ratio, result.overall.ratio
        assert stored is not None and exact is not None and abs(float(stored) - float(exact)) < 1e-6
        assert {category.id: category.level for category in result.categories} == {
            name: row.level for name, row in scores[assessment.id].items()
        }
        # No answer was given to what is not asked.
        assert not seen.hidden & {name for name in seen.values if name not in assessment_before(assessment, answers)}


def assessment_before(assessment: Assessment, answers: dict[int, dict[str, Answer]]) -> set[str]:
    """What it was prefilled with."""
    return set(answers.get(assessment.prefilled_from_id or 0, {}))


def test_times_follow_each_other(demo: Session) -> None:
    assert count(demo, Assessment.completed_at > NOW) == 0
    assert count(demo, Assessment.changed_at > NOW) == 0
    assert count(demo, Assessment.completed_at < Assessment.started_at) == 0
    outside = (Answer.answered_at > Assessment.changed_at) | (Answer.answered_at < Assessment.started_at)
    assert count(demo, Answer.assessment_id == Assessment.id, outside) == 0
    early = (Assessment.started_at < Participation.joined_at) | (Pledge.signed_at < Participation.joined_at)
    assert (
        count(
            demo,
            Assessment.participation_id == Participation.id,
            Pledge.participation_id == Participation.id,
            early,
        )
        == 0
    )
    assert count(demo, Listing.participation_id == Participation.id, Listing.updated_at < Participation.joined_at) == 0
    first, last = demo.execute(select(func.min(Assessment.completed_at), func.max(Assessment.completed_at))).one()
    assert NOW - first > timedelta(days=900)
    assert NOW - last < timedelta(days=31)


def test_the_latest_is_the_last_completed(demo: Session) -> None:
    last: dict[int | None, Assessment] = {}
    completed = select(Assessment).where(Assessment.completed_at.is_not(None)).order_by(Assessment.completed_at)
    for assessment in demo.scalars(completed):
        last[assessment.participation_id] = assessment
    assert {each.id for each in last.values()} == set(demo.scalars(select(Assessment.id).where(Assessment.latest)))


def test_most_get_better_and_hardly_any_is_perfect(demo: Session) -> None:
    ratios: dict[int | None, list[float]] = {}
    completed = select(Assessment).where(Assessment.overall_ratio.is_not(None)).order_by(Assessment.completed_at)
    for each in demo.scalars(completed):
        ratios.setdefault(each.participation_id, []).append(float(each.overall_ratio or 0))
    again = [series for series in ratios.values() if len(series) > 1]
    better = [series for series in again if series[-1] > series[0]]
    assert 0.85 <= len(better) / len(again) < 1
    assert max(series[-1] for series in ratios.values()) < 1
    special = demo.execute(
        select(
            func.count().filter(Answer.value["v"].astext == "n/a"), func.count().filter(Answer.value["v"].astext == "?")
        )
    ).one()
    assert all(each > 50 for each in special)


def test_structures_are_marked_and_cannot_be_taken_for_real_ones(demo: Session) -> None:
    organizations = demo.scalars(select(Organization)).all()
    numbers = [each.siret or "" for each in organizations]
    assert len(set(numbers)) == len(numbers)
    for organization, number in zip(organizations, numbers, strict=True):
        assert siret.is_valid(number) and number.startswith("000") and int(number)
        assert organization.demonstration
        assert organization.website is None or organization.website.endswith(".example.org")
        assert organization.insee_code and organization.commune
        assert organization.naf_code and organization.sector
    assert {each.kind for each in organizations} >= set(OrganizationKind) - {OrganizationKind.OTHER}
    for person in demo.scalars(select(Person)):
        assert person.demonstration
        assert person.email.endswith(("@example.org", ".example.org"))


def test_every_row_of_a_space_says_which(demo: Session) -> None:
    for table in ("participation", "charter", "pledge", "assessment", "answer", "category_score", "listing"):
        assert demo.scalar(text(f"SELECT count(*) FROM {table} WHERE space_id IS NULL")) == 0
        assert demo.scalar(text(f"SELECT count(DISTINCT space_id) FROM {table}")) == 3
    for table in ("questionnaire_version", "resource"):
        assert demo.scalar(text(f"SELECT count(DISTINCT space_id) FROM {table}")) == 3
        assert (demo.scalar(text(f"SELECT count(*) FROM {table} WHERE space_id IS NULL")) or 0) >= 2


def test_listings_can_be_found_by_what_they_show(demo: Session) -> None:
    for listing in demo.scalars(select(Listing)):
        assert listing.searchable == searchable(listing) != ""
        assert set(listing.shown) <= {field.value for field in ListingField}
    shown = [frozenset(each) for each in demo.scalars(select(Listing.shown))]
    assert len(set(shown)) > 5


def test_everybody_has_an_owner_and_one_structure_a_request(demo: Session) -> None:
    owned = select(Membership.organization_id).where(Membership.role == "owner", Membership.accepted_at.is_not(None))
    assert count(demo, Organization.id.not_in(owned)) == 0
    assert count(demo, Membership.accepted_at.is_(None)) == 1


def test_accounts_can_be_used(demo: Session) -> None:
    visitor, *people = accounts.accounts()
    assert not visitor.email
    passwords.check(accounts.PASSWORD, [])
    for account in people:
        person = demo.scalars(select(Person).where(Person.email == account.email)).one()
        assert person.confirmed_at is not None and person.operator is account.operator
        if account.team is not None:
            role = demo.execute(
                select(SpaceRole.role, Space.slug)
                .join(Space, Space.id == SpaceRole.space_id)
                .where(SpaceRole.person_id == person.id)
            ).one()
            assert tuple(role) == (account.team, account.space)
        if account.member is not None:
            held = demo.scalars(select(Membership).where(Membership.person_id == person.id)).one()
            assert held.role == account.member
    hashes = set(demo.scalars(select(Person.password_hash).where(Person.password_hash.is_not(None))))
    assert len(hashes) == 1
    assert passwords.verified(hashes.pop(), accounts.PASSWORD)
    assert {account.team for account in people if account.space == "grand-poitiers"} >= {
        "manager",
        "editor",
        "facilitator",
        "reader",
    }


def test_the_commune_has_twelve_fitting_resources_for_everyone(demo: Session) -> None:
    space_id, version_id = demo.execute(
        select(Space.id, QuestionnaireVersion.id)
        .join(QuestionnaireVersion, QuestionnaireVersion.space_id == Space.id)
        .where(Space.slug == "saint-benoit")
        .order_by(QuestionnaireVersion.number.desc())
        .limit(1)
    ).one()
    version = demo.get_one(QuestionnaireVersion, version_id)
    compiled = questionnaires.compiled(demo, version)
    with demo.begin_nested():
        demo.execute(text("SET LOCAL ROLE assett_space"))
        enter_space(demo, space_id)
        base = resources.available(demo, compiled)
        assert len(base.own) >= 12
        latest = demo.scalars(select(Assessment).where(Assessment.latest)).all()
        assert latest
        for assessment in latest:
            rows = {
                row.question: row for row in demo.scalars(select(Answer).where(Answer.assessment_id == assessment.id))
            }
            seen: Answers = service.standing(compiled, assessment, rows)
            assert len(recommend(compiled, seen, score(compiled, seen), base.entries, NOW.date())) >= 12
        demo.execute(text(f"SET LOCAL ROLE {ACROSS_ROLE}"))
        enter_space(demo, None)


def test_it_is_the_same_every_time() -> None:
    from assett.demo.histories import history, paces
    from assett.engine.compiled import compile_document
    from assett.engine.reading import read_document

    territory = content.territories()[2]
    compiled = compile_document(read_document(content.tree(content.QUESTIONNAIRES / "premier-pas.yaml")))

    def told() -> list[Any]:
        chosen = paces(territory.structures, territory.slug)
        return [history(each, pace, compiled, NOW) for each, pace in zip(territory.structures, chosen, strict=True)]

    assert told() == told()


def test_each_space_has_a_log_that_fits_what_stands_there(demo: Session) -> None:
    spaces = {row.id: row.created_at for row in demo.scalars(select(Space))}
    entries = demo.scalars(select(AuditEntry).where(AuditEntry.space_id.is_not(None))).all()
    assert {entry.space_id for entry in entries} == set(spaces)
    assert all(spaces[entry.space_id] <= entry.at <= NOW for entry in entries if entry.space_id)
    assert all(entry.at > NOW - audit.KEPT for entry in entries)
    signed = [entry for entry in entries if entry.action == "charter.signed"]
    lately = select(func.count()).select_from(Pledge).where(Pledge.signed_at > NOW - audit.KEPT)
    assert len(signed) == demo.scalar(lately)
    assert {entry.action for entry in entries} <= set(audit.wordings)


def test_a_version_bears_the_label_of_the_year_it_came_out(demo: Session) -> None:
    national = demo.execute(
        select(Questionnaire.slug, QuestionnaireVersion)
        .join(QuestionnaireVersion, QuestionnaireVersion.questionnaire_id == Questionnaire.id)
        .where(QuestionnaireVersion.space_id.is_(None))
        .order_by(QuestionnaireVersion.published_at)
    ).all()
    # What spaces began with, what they took up once laws had changed, and what came lately.
    assert len(national) == 5
    for slug, version in national:
        assert version.document["version"] == f"{version.published_at.year}.1", slug
    receipts = demo.scalars(select(QuestionnaireVersion).where(QuestionnaireVersion.space_id.is_not(None))).all()
    for version in receipts:
        label = version.document["version"]
        assert label == str(version.number) or int(label.split(".")[0]) == version.published_at.year


def test_a_version_is_no_older_than_the_laws_that_it_cites(demo: Session) -> None:
    versions = demo.scalars(select(QuestionnaireVersion)).all()
    for version in versions:
        published = version.published_at
        assert published is not None
        for category in version.document["categories"]:
            for question in category["questions"]:
                said = question.get("help", {}).get("fr", "")
                cited = re.findall(r"(?:[Dd]epuis|loi du|décret du|ADEME,|CITEPA,|SDES,)[^.;)]*?\b(20\d\d)\b", said)
                late = [year for year in cited if int(year) > published.year]
                assert not late, (version.document["version"], question["id"], late)


def test_an_assessment_answers_the_version_of_its_day(demo: Session) -> None:
    rows = demo.execute(
        select(Assessment.started_at, QuestionnaireVersion).join(
            QuestionnaireVersion, QuestionnaireVersion.id == Assessment.version_id
        )
    ).all()
    assert {version.number for _, version in rows} == {1, 2}
    for started, version in rows:
        later = select(QuestionnaireVersion.id).where(
            QuestionnaireVersion.questionnaire_id == version.questionnaire_id,
            QuestionnaireVersion.published_at > version.published_at,
            QuestionnaireVersion.published_at <= started,
        )
        assert version.published_at <= started and demo.scalars(later).all() == []


def test_numbers_are_those_that_people_give(demo: Session) -> None:
    degrees = [
        float(each.value["v"])
        for each in demo.scalars(select(Answer).where(Answer.question == "energie-temperature"))
        if each.value["v"] not in ("?", "n/a")
    ]
    assert degrees and min(degrees) >= 17 and max(degrees) <= 23
    assert len(set(degrees)) > 5
