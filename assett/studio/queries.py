"""Reads about drafts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, undefer

from assett.core.paging import Page, page_within
from assett.questionnaires.models import Questionnaire, QuestionnaireVersion
from assett.studio.models import Draft, DraftComment, DraftStep


def open_drafts(session: Session) -> Sequence[Draft]:
    """The drafts of the current space that are still being written, the latest first."""
    return session.scalars(select(Draft).where(Draft.closed_at.is_(None)).order_by(Draft.changed_at.desc())).all()


def versions(session: Session) -> Sequence[QuestionnaireVersion]:
    """Every version that the current space published, the latest first."""
    return session.scalars(
        select(QuestionnaireVersion)
        .join(QuestionnaireVersion.questionnaire)
        .where(QuestionnaireVersion.space_id.is_not(None), QuestionnaireVersion.published_at.is_not(None))
        .order_by(Questionnaire.active.desc(), QuestionnaireVersion.published_at.desc())
    ).all()


def national_versions(session: Session) -> Sequence[QuestionnaireVersion]:
    """The latest version of each national questionnaire."""
    latest = (
        select(QuestionnaireVersion.questionnaire_id, func.max(QuestionnaireVersion.number).label("number"))
        .where(QuestionnaireVersion.space_id.is_(None), QuestionnaireVersion.published_at.is_not(None))
        .group_by(QuestionnaireVersion.questionnaire_id)
        .subquery()
    )
    return session.scalars(
        select(QuestionnaireVersion)
        .join(
            latest,
            (latest.c.questionnaire_id == QuestionnaireVersion.questionnaire_id)
            & (latest.c.number == QuestionnaireVersion.number),
        )
        .options(undefer(QuestionnaireVersion.document))
        .order_by(QuestionnaireVersion.id)
    ).all()


def steps_after(session: Session, draft: Draft, revision: int) -> Sequence[DraftStep]:
    """What was done to a draft since a revision, oldest first."""
    return session.scalars(
        select(DraftStep)
        .where(DraftStep.draft_id == draft.id, DraftStep.number > revision)
        .options(undefer(DraftStep.changes))
        .order_by(DraftStep.number)
    ).all()


def last_step(session: Session, draft: Draft) -> DraftStep | None:
    return session.scalars(
        select(DraftStep)
        .where(DraftStep.draft_id == draft.id)
        .options(undefer(DraftStep.changes))
        .order_by(DraftStep.number.desc())
        .limit(1)
    ).one_or_none()


def comment_counts(session: Session, draft: Draft) -> dict[str, int]:
    """How many unsettled comments each piece has."""
    counted = (
        select(DraftComment.address, func.count())
        .where(DraftComment.draft_id == draft.id, DraftComment.resolved_at.is_(None))
        .group_by(DraftComment.address)
    )
    return {address: count for address, count in session.execute(counted)}  # noqa: C416 (rows are no pairs to mypy)


def step(session: Session, draft: Draft, number: int) -> DraftStep | None:
    return session.scalars(
        select(DraftStep)
        .where(DraftStep.draft_id == draft.id, DraftStep.number == number)
        .options(undefer(DraftStep.changes))
    ).one_or_none()


def last_undoable(session: Session, draft: Draft, person_id: int | None) -> DraftStep | None:
    """The person's last step that still stands."""
    return session.scalars(
        select(DraftStep)
        .where(DraftStep.draft_id == draft.id, DraftStep.person_id == person_id, ~DraftStep.undone)
        .where(DraftStep.action.not_in(("undo", "redo")))
        .options(undefer(DraftStep.changes))
        .order_by(DraftStep.number.desc())
        .limit(1)
    ).one_or_none()


def last_redoable(session: Session, draft: Draft, person_id: int | None) -> DraftStep | None:
    """The person's last undo that was not done again, unless they wrote something since."""
    mine = (DraftStep.draft_id == draft.id, DraftStep.person_id == person_id)
    written = select(func.coalesce(func.max(DraftStep.number), 0)).where(
        *mine, DraftStep.action.not_in(("undo", "redo"))
    )
    return session.scalars(
        select(DraftStep)
        .where(*mine, DraftStep.action == "undo", ~DraftStep.undone)
        .where(DraftStep.number > written.scalar_subquery())
        .order_by(DraftStep.number.desc())
        .limit(1)
    ).one_or_none()


def questionnaire_called(session: Session, space_id: int, slug: str) -> Questionnaire | None:
    """The space's questionnaire of that name, if it has one."""
    return session.scalars(
        select(Questionnaire).where(Questionnaire.space_id == space_id, Questionnaire.slug == slug)
    ).one_or_none()


def comments(session: Session, draft: Draft, address: str | None = None) -> Sequence[DraftComment]:
    """What was said about a draft, or about a piece of it, oldest first."""
    asked = select(DraftComment).where(DraftComment.draft_id == draft.id)
    if address is not None:
        asked = asked.where(DraftComment.address == address)
    return session.scalars(asked.order_by(DraftComment.at, DraftComment.id)).all()


# A version with its document, and the questionnaire that it belongs to.
WHOLE = (undefer(QuestionnaireVersion.document), joinedload(QuestionnaireVersion.questionnaire))
STEPS_A_PAGE = 50


def history(session: Session, draft: Draft, asked: int) -> Page[DraftStep]:
    """A draft's steps, the latest first."""
    page = page_within(asked, draft.revision, STEPS_A_PAGE)
    steps = session.scalars(
        select(DraftStep)
        .where(DraftStep.draft_id == draft.id)
        .order_by(DraftStep.number.desc())
        .limit(STEPS_A_PAGE)
        .offset((page - 1) * STEPS_A_PAGE)
    ).all()
    return Page(steps, page, STEPS_A_PAGE, draft.revision)
