"""Reads about questionnaires, and their compiled form."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, undefer

from assett.engine.compiled import Compiled, compile_document
from assett.engine.reading import read_document
from assett.questionnaires.models import Questionnaire, QuestionnaireVersion, VersionRef

# A compiled questionnaire never changes: its content hash names it. A server of hundreds of spaces keeps the
# ones in use.
_COMPILED_KEPT = 256
_compiled: OrderedDict[str, Compiled] = OrderedDict()


def active_version(session: Session) -> QuestionnaireVersion | None:
    """The version that the current space asks today, or None while it has published none."""
    return session.scalars(
        select(QuestionnaireVersion)
        .join(QuestionnaireVersion.questionnaire)
        .where(Questionnaire.active, Questionnaire.space_id.is_not(None))
        .where(QuestionnaireVersion.published_at.is_not(None), QuestionnaireVersion.retired_at.is_(None))
        .order_by(QuestionnaireVersion.number.desc())
        .limit(1)
    ).one_or_none()


def published_versions(session: Session) -> Sequence[QuestionnaireVersion]:
    """Every version that the current space published, with its questionnaire, the latest first."""
    return session.scalars(
        select(QuestionnaireVersion)
        .join(QuestionnaireVersion.questionnaire)
        .where(QuestionnaireVersion.space_id.is_not(None), QuestionnaireVersion.published_at.is_not(None))
        .options(contains_eager(QuestionnaireVersion.questionnaire))
        .order_by(QuestionnaireVersion.published_at.desc(), QuestionnaireVersion.id.desc())
    ).all()


def of_space(session: Session, space_id: int, slug: str) -> Questionnaire | None:
    return session.scalars(
        select(Questionnaire).where(Questionnaire.slug == slug, Questionnaire.space_id == space_id)
    ).one_or_none()


def national(session: Session, slug: str) -> Questionnaire | None:
    return session.scalars(
        select(Questionnaire).where(Questionnaire.slug == slug, Questionnaire.space_id.is_(None))
    ).one_or_none()


def compiled(session: Session, version: QuestionnaireVersion | VersionRef) -> Compiled:
    """The version's document, compiled; read from the database only when this process has not met it yet."""
    return compiled_all(session, [version])[version.id]


def compiled_all(session: Session, versions: Iterable[QuestionnaireVersion | VersionRef]) -> dict[int, Compiled]:
    """The documents of these versions, compiled, by version; those that this process has not met yet are read at
    once."""
    wanted = {version.id: version.content_hash for version in versions}
    found = {id: _compiled[digest] for id, digest in wanted.items() if digest in _compiled}
    unread = [id for id in wanted if id not in found]
    if unread:
        trees = select(QuestionnaireVersion.id, QuestionnaireVersion.document)
        for id, tree in session.execute(trees.where(QuestionnaireVersion.id.in_(unread))):
            found[id] = _compiled[wanted[id]] = compile_document(read_document(tree, published=True))
        while len(_compiled) > _COMPILED_KEPT:
            _compiled.popitem(last=False)
    return found


@dataclass(frozen=True, slots=True)
class Chain:
    """Versions of the current space one after the other, oldest first: through those between two of them an answer
    finds a question that each renamed."""

    compiled: Mapping[int, Compiled]

    def between(self, one: int, other: int) -> tuple[Compiled, ...]:
        """The versions between two of them, by their ids, oldest first."""
        order = list(self.compiled)
        first, last = sorted((order.index(one), order.index(other)))
        return tuple(self.compiled[id] for id in order[first + 1 : last])


def chain(session: Session, ends: Iterable[QuestionnaireVersion]) -> Chain:
    """The versions of the current space from the first to the last of these, these included."""
    known = {version.number: version for version in ends}
    first, last = min(known, default=0), max(known, default=0)
    if len(known) <= last - first:
        found = session.scalars(
            select(QuestionnaireVersion).where(
                QuestionnaireVersion.space_id.is_not(None), QuestionnaireVersion.number.between(first, last)
            )
        )
        known = {version.number: version for version in found} | known
    compiled = compiled_all(session, known.values())
    return Chain({known[number].id: compiled[known[number].id] for number in sorted(known)})


def between(session: Session, one: QuestionnaireVersion, other: QuestionnaireVersion) -> tuple[Compiled, ...]:
    """The versions of the current space between two of them, oldest first."""
    return chain(session, [one, other]).between(one.id, other.id)


def newest(session: Session, version: QuestionnaireVersion) -> QuestionnaireVersion:
    """The latest version of the questionnaire that a version is of, retired or not."""
    return session.scalars(
        select(QuestionnaireVersion)
        .where(
            QuestionnaireVersion.questionnaire_id == version.questionnaire_id,
            QuestionnaireVersion.published_at.is_not(None),
        )
        .order_by(QuestionnaireVersion.number.desc())
        .limit(1)
    ).one()


def last_number(session: Session, questionnaire: Questionnaire) -> int:
    """The highest number of a version of the questionnaire's space, or of a national questionnaire."""
    numbers = select(QuestionnaireVersion.number)
    if questionnaire.space_id is None:
        numbers = numbers.where(QuestionnaireVersion.questionnaire_id == questionnaire.id)
    else:
        numbers = numbers.where(QuestionnaireVersion.space_id == questionnaire.space_id)
    return session.scalar(numbers.order_by(QuestionnaireVersion.number.desc()).limit(1)) or 0


def with_document(session: Session, version_id: int) -> QuestionnaireVersion:
    return session.scalars(
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.id == version_id)
        .options(undefer(QuestionnaireVersion.document))
    ).one()
