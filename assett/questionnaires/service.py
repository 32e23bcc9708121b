"""Use cases of questionnaires: publishing a version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from assett.engine.compiled import content_hash
from assett.engine.reading import read_document
from assett.questionnaires import queries
from assett.questionnaires.models import Questionnaire, QuestionnaireVersion


def publish(
    session: Session,
    space_id: int | None,
    tree: dict[str, Any],
    *,
    now: datetime,
    person_id: int | None = None,
    upstream: QuestionnaireVersion | None = None,
    questionnaire: Questionnaire | None = None,
    note: dict[str, str] | None = None,
) -> QuestionnaireVersion:
    """Publish a document as the next version of a questionnaire (a new one where none is given) and make that
    the one its space asks. Raises `InvalidDocument` with every problem of the document."""
    document = read_document(tree)
    if questionnaire is None:
        questionnaire = Questionnaire(space_id=space_id, slug=document.id)
        session.add(questionnaire)
        session.flush()
    version = QuestionnaireVersion(
        space_id=space_id,
        questionnaire_id=questionnaire.id,
        number=queries.last_number(session, questionnaire) + 1,
        document=tree,
        content_hash=content_hash(tree),
        published_at=now,
        published_by=person_id,
        upstream_id=upstream.id if upstream is not None else None,
        note=note or {},
    )
    session.add(version)
    if space_id is not None:
        session.execute(update(Questionnaire).where(Questionnaire.space_id == space_id).values(active=False))
        session.flush()
        questionnaire.active = True
    session.flush()
    return version
