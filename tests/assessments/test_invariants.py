"""What the database itself refuses, whoever asks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assett.assessments.models import Answer
from assett.core.tenancy import SPACE_ROLE, enter_space
from tests.assessments.arranging import Place, place, running
from tests.factories import AssessmentFactory, CategoryScoreFactory


def answered(owner: Session) -> tuple[Place, int]:
    where = place()
    assessment = running(where)
    owner.add(
        Answer(
            space_id=where.space.id,
            assessment_id=assessment.id,
            question="suivi",
            value={"v": "oui"},
            author="Camille",
            author_id=where.person.id,
        )
    )
    owner.commit()
    owner.execute(text("UPDATE assessment SET completed_at = now()"))
    owner.commit()
    return where, assessment.id


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE assessment SET profile = '{}'",
        "UPDATE assessment SET completed_at = NULL",
        "UPDATE assessment SET overall_ratio = 1",
        'UPDATE answer SET value = \'{"v": "non"}\'',
        "DELETE FROM answer",
        "INSERT INTO answer (space_id, assessment_id, question, value, revision, author) "
        "SELECT space_id, id, 'part', '{\"v\": 1}', 1, '' FROM assessment",
        "UPDATE questionnaire_version SET document = '{}'",
    ],
)
def test_what_is_final_does_not_change(owner: Session, change: str) -> None:
    answered(owner)
    with pytest.raises(IntegrityError, match=r"completed|published"):
        owner.execute(text(change))
    owner.rollback()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE category_score SET ratio = 1",
        "DELETE FROM category_score",
        "INSERT INTO category_score (space_id, assessment_id, category, ratio) "
        "SELECT space_id, id, 'dechets', 1 FROM assessment",
    ],
)
def test_a_request_changes_no_score_of_what_is_final(owner: Session, change: str) -> None:
    where, completed = answered(owner)
    CategoryScoreFactory(space_id=where.space.id, assessment_id=completed)
    owner.commit()
    owner.execute(text(f"SET LOCAL ROLE {SPACE_ROLE}"))
    enter_space(owner, where.space.id)
    with pytest.raises(IntegrityError, match="completed"):
        owner.execute(text(change))
    owner.rollback()


def test_its_scores_go_with_an_assessment(owner: Session) -> None:
    where, completed = answered(owner)
    CategoryScoreFactory(space_id=where.space.id, assessment_id=completed)
    owner.commit()
    owner.execute(text(f"SET LOCAL ROLE {SPACE_ROLE}"))
    enter_space(owner, where.space.id)
    owner.execute(text("DELETE FROM assessment"))
    assert owner.scalar(text("SELECT count(*) FROM category_score")) == 0
    owner.rollback()


def test_an_answer_that_is_final_does_not_go_to_another_assessment(owner: Session) -> None:
    where, completed = answered(owner)
    other = running(where)
    owner.commit()
    with pytest.raises(IntegrityError, match="completed"):
        owner.execute(text(f"UPDATE answer SET assessment_id = {other.id} WHERE assessment_id = {completed}"))
    owner.rollback()


def test_a_name_can_be_erased_and_a_whole_assessment_too(owner: Session) -> None:
    answered(owner)
    owner.execute(text("UPDATE answer SET author = '', author_id = NULL"))
    owner.execute(text("DELETE FROM person"))
    assert owner.scalar(text("SELECT started_by FROM assessment")) is None
    owner.execute(text("DELETE FROM assessment"))
    assert owner.scalar(text("SELECT count(*) FROM answer")) == 0


def test_one_running_assessment_and_one_latest_a_participation(owner: Session) -> None:
    where = place()
    running(where)
    with pytest.raises(IntegrityError, match="uq_assessment_running"):
        running(where)
    owner.rollback()
    fields = {
        "space_id": where.space.id,
        "participation_id": where.participation.id,
        "version_id": where.version.id,
        "completed_at": datetime(2025, 1, 1, tzinfo=UTC),
    }
    AssessmentFactory(**fields)
    with pytest.raises(IntegrityError, match="uq_assessment_latest"):
        AssessmentFactory(**fields)
    owner.rollback()


def test_an_assessment_is_a_participation_s_or_a_try_out(owner: Session) -> None:
    where = place()
    with pytest.raises(IntegrityError, match="trial_or_participation"):
        AssessmentFactory(space_id=where.space.id, version_id=where.version.id)
    owner.rollback()
