"""Use cases of questionnaires: publishing a version, retiring it, taking it back into service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from assett.engine.compiled import content_hash
from assett.engine.document import Document
from assett.engine.reading import read_document
from assett.kernel.errors import Rejected
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
    the one its space asks. Raises `InvalidDocument` with every problem of the document, `Rejected` where it could give
    nobody a score."""
    document = read_document(tree)
    refuse_without_a_score(document)
    hold_versions(session, space_id)
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
        _ask(session, space_id, questionnaire)
    session.flush()
    return version


def refuse_without_a_score(document: Document) -> None:
    """Raises `Rejected` for what the format allows and nobody could ever have a result from."""
    if not any(question.type != "info" for question in document.questions):
        raise Rejected(_l("Ce questionnaire ne pose aucune question : personne n’aurait de résultat."))
    if not any(question.scored for question in document.questions):
        raise Rejected(
            _l("Aucune question n’est notée, personne n’aurait de résultat : donnez des points à une réponse.")
        )


def hold_versions(session: Session, space_id: int | None) -> None:
    """Whoever else changes what this space asks waits for the end of this transaction."""
    session.execute(select(func.pg_advisory_xact_lock(_VERSIONS, space_id or 0)))


# What the lock of `hold_versions` is about, among all that a database may be asked to lock.
_VERSIONS = 1


def _ask(session: Session, space_id: int, questionnaire: Questionnaire) -> None:
    """Make a questionnaire the one that its space asks."""
    others = (Questionnaire.space_id == space_id, Questionnaire.id != questionnaire.id)
    session.execute(update(Questionnaire).where(*others).values(active=False))
    questionnaire.active = True
    session.flush()


def retire(session: Session, version: QuestionnaireVersion, now: datetime) -> QuestionnaireVersion | None:
    """Take a version out of service; gives the one that serves from now on, None where there is none.

    What was begun or completed with it stays as it is.
    """
    hold_versions(session, version.space_id)
    session.refresh(version, ["retired_at"])
    if version.retired_at is not None:
        raise Rejected(_l("Cette version est déjà retirée."))
    version.retired_at = now
    session.flush()
    return queries.active_version(session)


def take_back(session: Session, version: QuestionnaireVersion, now: datetime) -> None:
    """Put a version back into service: the later ones of its questionnaire, which would come before it, are retired.

    Raises `Rejected` for one that could give nobody a score: versions were published before that was refused.
    """
    refuse_without_a_score(read_document(version.document))
    hold_versions(session, version.space_id)
    later = (
        QuestionnaireVersion.questionnaire_id == version.questionnaire_id,
        QuestionnaireVersion.number > version.number,
        QuestionnaireVersion.retired_at.is_(None),
    )
    session.execute(update(QuestionnaireVersion).where(*later).values(retired_at=now))
    version.retired_at = None
    assert version.space_id is not None
    _ask(session, version.space_id, version.questionnaire)
