"""Reads about drafts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Function, Select, String, and_, case, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.orm import Session, aliased, joinedload, undefer

from assett.accounts.models import Person, SpaceRole, SpaceRoleName
from assett.engine.drafting.pieces import GRID
from assett.questionnaires.models import Questionnaire, QuestionnaireVersion
from assett.studio.models import Draft, DraftComment, DraftStep, WaitingWords


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


def national_versions(session: Session, *, with_documents: bool = True) -> Sequence[QuestionnaireVersion]:
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
        .options(*([undefer(QuestionnaireVersion.document)] if with_documents else []))
        .order_by(QuestionnaireVersion.id)
    ).all()


def version_names(session: Session, ids: Sequence[int]) -> dict[int, tuple[Any, str | None]]:
    """What some versions call their questionnaire, and themselves."""
    document = QuestionnaireVersion.document
    names = select(QuestionnaireVersion.id, document["title"], document["version"].astext)
    return {id: (title, name) for id, title, name in session.execute(names.where(QuestionnaireVersion.id.in_(ids)))}


def latest_versions(session: Session, most: int = 12) -> Sequence[QuestionnaireVersion]:
    """The last versions that the current space published, with their documents."""
    return session.scalars(
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.space_id.is_not(None), QuestionnaireVersion.published_at.is_not(None))
        .options(undefer(QuestionnaireVersion.document))
        .order_by(QuestionnaireVersion.published_at.desc(), QuestionnaireVersion.id.desc())
        .limit(most)
    ).all()


def other_drafts(session: Session, draft: Draft, most: int = 12) -> Sequence[Draft]:
    """The space's other drafts that are being written, with their trees."""
    return session.scalars(
        select(Draft)
        .where(Draft.closed_at.is_(None), Draft.id != draft.id)
        .options(undefer(Draft.tree))
        .order_by(Draft.changed_at.desc(), Draft.id)
        .limit(most)
    ).all()


def steps_after(session: Session, draft: Draft, revision: int) -> Sequence[DraftStep]:
    """What was done to a draft since a revision, oldest first."""
    return session.scalars(
        select(DraftStep)
        .where(DraftStep.draft_id == draft.id, DraftStep.number > revision)
        .options(undefer(DraftStep.changes))
        .order_by(DraftStep.number)
    ).all()


@dataclass(frozen=True, slots=True)
class WordsOf:
    """Words that wait for a choice, without the words themselves: whose they are, the title that they give their
    piece, whether it is of another type by now, and whether it was away meanwhile."""

    words: WaitingWords
    person: str
    title: Any
    of_another_type: bool = False
    undisputed: bool = False


def waiting(session: Session, draft: Draft, person_id: int | None) -> list[WordsOf]:
    """What a person wrote in a draft and has not chosen yet."""
    rows = (
        select(
            WaitingWords,
            Person.name,
            WaitingWords.mine["title"],
            WaitingWords.mine["type"].is_distinct_from(WaitingWords.theirs["type"]),
            WaitingWords.base == WaitingWords.theirs,
        )
        .join(Person, Person.id == WaitingWords.person_id)
        .where(WaitingWords.draft_id == draft.id, WaitingWords.person_id == person_id)
        .order_by(WaitingWords.id)
    )
    return [WordsOf(*row) for row in session.execute(rows)]


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """What is not settled in a draft: how many comments, and the words of all who may still choose."""

    comments: int
    words: Sequence[WordsOf]


def left_open(session: Session, draft: Draft) -> LeftOpen:
    unsettled = (
        select(func.count(DraftComment.id))
        .where(DraftComment.draft_id == draft.id, DraftComment.resolved_at.is_(None))
        .scalar_subquery()
    )
    choosing = select(SpaceRole.person_id).where(
        SpaceRole.space_id == draft.space_id, SpaceRole.role.in_((SpaceRoleName.EDITOR, SpaceRoleName.MANAGER))
    )
    rows = session.execute(
        select(unsettled, WaitingWords, Person.name, WaitingWords.mine["title"])
        .select_from(Draft)
        .outerjoin(WaitingWords, and_(WaitingWords.draft_id == Draft.id, WaitingWords.person_id.in_(choosing)))
        .outerjoin(Person, Person.id == WaitingWords.person_id)
        .where(Draft.id == draft.id)
        .order_by(WaitingWords.id)
    ).all()
    return LeftOpen(rows[0][0], [WordsOf(*row) for _, *row in rows if row[0] is not None])


def words_of(session: Session, draft: Draft) -> Sequence[WaitingWords]:
    """All that waits in a draft, whole."""
    whole = [undefer(each) for each in (WaitingWords.base, WaitingWords.theirs, WaitingWords.mine)]
    return session.scalars(
        select(WaitingWords).where(WaitingWords.draft_id == draft.id).options(*whole).order_by(WaitingWords.id)
    ).all()


def gone_on(session: Session, words: WaitingWords, draft: Draft) -> int | None:
    """The same words where they wait in the draft that goes on from theirs."""
    same = (WaitingWords.person_id == words.person_id, WaitingWords.address == words.address)
    return session.scalars(
        select(WaitingWords.id).where(WaitingWords.draft_id == draft.id, *same, WaitingWords.at == words.at).limit(1)
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


def last_undoable(session: Session, draft: Draft, person_id: int | None, before: int | None = None) -> DraftStep | None:
    """The person's last step that still stands, among those `before` one."""
    found = _undoable(draft, person_id)
    if before is not None:
        found = found.where(DraftStep.number < before)
    return session.scalars(
        found.options(undefer(DraftStep.changes)).order_by(DraftStep.number.desc()).limit(1)
    ).one_or_none()


def last_written(session: Session, draft: Draft, person_id: int | None, *, but: Iterable[str]) -> datetime | None:
    """When the person changed a draft last, otherwise than by some actions."""
    return session.scalars(
        select(DraftStep.at)
        .where(DraftStep.draft_id == draft.id, DraftStep.person_id == person_id, DraftStep.action.not_in(but))
        .order_by(DraftStep.number.desc())
        .limit(1)
    ).one_or_none()


def last_redoable(session: Session, draft: Draft, person_id: int | None) -> DraftStep | None:
    """The person's last undo that was not done again, unless they wrote something since."""
    return session.scalars(
        _redoable(draft, person_id).options(undefer(DraftStep.changes)).order_by(DraftStep.number.desc()).limit(1)
    ).one_or_none()


def undo_and_redo(session: Session, draft: Draft, person_id: int | None) -> tuple[bool, bool]:
    """Whether the person has something to take back, and something to do again."""
    found = select(_undoable(draft, person_id).exists(), _redoable(draft, person_id).exists())
    undoable, redoable = session.execute(found).one()
    return undoable, redoable


def _undoable(draft: Draft, person_id: int | None) -> Select[DraftStep]:
    return (
        select(DraftStep)
        .where(DraftStep.draft_id == draft.id, DraftStep.person_id == person_id, ~DraftStep.undone)
        .where(DraftStep.action.not_in(("undo", "redo")))
    )


def _redoable(draft: Draft, person_id: int | None) -> Select[DraftStep]:
    mine = (DraftStep.draft_id == draft.id, DraftStep.person_id == person_id)
    later = aliased(DraftStep)
    written = select(func.coalesce(func.max(later.number), 0)).where(
        later.draft_id == draft.id, later.person_id == person_id, later.action.not_in(("undo", "redo"))
    )
    return (
        select(DraftStep)
        .where(*mine, DraftStep.action == "undo", ~DraftStep.undone)
        .where(DraftStep.number > written.scalar_subquery())
    )


def questionnaire_called(session: Session, space_id: int, slug: str) -> Questionnaire | None:
    """The space's questionnaire of that name, if it has one."""
    return session.scalars(
        select(Questionnaire).where(Questionnaire.space_id == space_id, Questionnaire.slug == slug)
    ).one_or_none()


def followed(session: Session, upstream_id: int) -> tuple[QuestionnaireVersion | None, QuestionnaireVersion | None]:
    """A national version, and the newest one of the same questionnaire."""
    of_same = (
        select(QuestionnaireVersion.questionnaire_id).where(QuestionnaireVersion.id == upstream_id).scalar_subquery()
    )
    found = session.scalars(
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.questionnaire_id == of_same, QuestionnaireVersion.space_id.is_(None))
        .where(QuestionnaireVersion.published_at.is_not(None))
        .order_by(QuestionnaireVersion.number.desc())
    ).all()
    return (
        next((version for version in found if version.id == upstream_id), None),
        next((version for version in found if version.retired_at is None), None),
    )


def tree(session: Session, draft: Draft) -> dict[str, Any]:
    return session.scalars(select(Draft.tree).where(Draft.id == draft.id)).one()


@dataclass(frozen=True, slots=True)
class FormerPiece:
    """A piece as it was before a step, which somebody made; `removed` where that step took it away."""

    address: str
    piece: dict[str, Any]
    person: str
    at: datetime
    removed: bool


def former_pieces(session: Session, draft: Draft, addresses: Collection[str], most: int = 400) -> list[FormerPiece]:
    """How some pieces of a draft were before the steps that changed them, the latest first."""
    each = func.jsonb_each(DraftStep.changes["pieces"]).table_valued(
        column("key", String), column("value", JSONB), joins_implicitly=True
    )
    rows = session.execute(
        select(each.c.key, each.c.value, DraftStep.person, DraftStep.at)
        .where(DraftStep.draft_id == draft.id, each.c.key.in_(addresses))
        .order_by(DraftStep.number.desc())
        .limit(most)
    )
    return [
        FormerPiece(address, before, person, at, after is None)
        for address, (before, after), person, at in rows
        if before is not None
    ]


def removal(session: Session, draft: Draft, address: str) -> DraftStep | None:
    """The step that took a piece away, where it is the last that knew it."""
    found = session.scalars(
        select(DraftStep)
        .where(DraftStep.draft_id == draft.id, DraftStep.changes["pieces"].op("?")(address))
        .options(undefer(DraftStep.changes))
        .order_by(DraftStep.number.desc())
        .limit(1)
    ).one_or_none()
    return found if found is not None and found.changes["pieces"][address][1] is None else None


def draft_going_on(session: Session, closed: Draft) -> Draft | None:
    """The latest open draft of what a draft was published as, or of a later version of it."""
    published, base = aliased(QuestionnaireVersion), aliased(QuestionnaireVersion)
    return session.scalars(
        select(Draft)
        .join(base, base.id == Draft.base_id)
        .join(published, published.questionnaire_id == base.questionnaire_id)
        .where(published.id == closed.published_version_id, base.number >= published.number)
        .where(Draft.closed_at.is_(None))
        .order_by(Draft.created_at.desc(), Draft.id.desc())
        .limit(1)
    ).one_or_none()


def version_going_on(session: Session, closed: Draft) -> QuestionnaireVersion:
    """What a draft was published as, or the newest version of it since that was not retired."""
    published = aliased(QuestionnaireVersion)
    return session.scalars(
        select(QuestionnaireVersion)
        .join(published, published.questionnaire_id == QuestionnaireVersion.questionnaire_id)
        .where(published.id == closed.published_version_id, QuestionnaireVersion.number >= published.number)
        .where(QuestionnaireVersion.retired_at.is_(None) | (QuestionnaireVersion.id == published.id))
        .options(*WHOLE)
        .order_by(QuestionnaireVersion.retired_at.is_(None).desc(), QuestionnaireVersion.number.desc())
        .limit(1)
    ).one()


def publication(session: Session, closed: Draft) -> tuple[QuestionnaireVersion, str] | None:
    """The version that a draft was published as, and the name of whoever published it (empty once erased)."""
    row = session.execute(
        select(QuestionnaireVersion, Person.name)
        .outerjoin(Person, Person.id == QuestionnaireVersion.published_by)
        .where(QuestionnaireVersion.id == closed.published_version_id)
    ).one_or_none()
    return (row[0], row[1] or "") if row is not None else None


def published_as(session: Session, version: QuestionnaireVersion) -> Draft | None:
    """The draft that became a version."""
    return session.scalars(select(Draft).where(Draft.published_version_id == version.id).limit(1)).one_or_none()


def comments(session: Session, draft: Draft, address: str | None = None) -> Sequence[DraftComment]:
    """What was said about a draft, or about a piece of it, oldest first."""
    asked = select(DraftComment).where(DraftComment.draft_id == draft.id)
    if address is not None:
        asked = asked.where(DraftComment.address == address)
    return session.scalars(asked.order_by(DraftComment.at, DraftComment.id)).all()


def comment(session: Session, draft: Draft, id: int) -> DraftComment | None:
    return session.scalars(
        select(DraftComment).where(DraftComment.draft_id == draft.id, DraftComment.id == id)
    ).one_or_none()


def untold_comments(session: Session) -> list[tuple[DraftComment, Draft]]:
    """The comments of every space of which nobody was told yet and which are still open, by draft."""
    rows = session.execute(
        select(DraftComment, Draft)
        .join(Draft, Draft.id == DraftComment.draft_id)
        .where(DraftComment.told_at.is_(None), DraftComment.resolved_at.is_(None), Draft.closed_at.is_(None))
        .options(undefer(Draft.tree))
        .order_by(Draft.id, DraftComment.id)
        .with_for_update(of=DraftComment, skip_locked=True)
    )
    return [(comment, draft) for comment, draft in rows]


def people_of_threads(session: Session, draft: Draft, addresses: set[str]) -> list[tuple[Person, set[str]]]:
    """Who takes part in what is said of some pieces, as long as they are of the team: who spoke of them or wrote in
    them, and whoever began the draft (all of them)."""
    wrote = select(DraftStep.person_id, _changed_pieces()).where(
        DraftStep.draft_id == draft.id, DraftStep.action.like("%.changed")
    )
    spoke = select(DraftComment.author_id, DraftComment.address).where(
        DraftComment.draft_id == draft.id, DraftComment.address.in_(addresses)
    )
    concerned: dict[int, set[str]] = {draft.created_by: set(addresses)} if draft.created_by else {}
    for person_id, address in session.execute(spoke):
        if person_id is not None:
            concerned.setdefault(person_id, set()).add(address)
    for person_id, changed in session.execute(wrote):
        if person_id is not None and addresses & set(changed):
            concerned.setdefault(person_id, set()).update(addresses & set(changed))
    people = session.scalars(
        select(Person)
        .join(SpaceRole, SpaceRole.person_id == Person.id)
        .where(SpaceRole.space_id == draft.space_id, Person.id.in_(concerned))
        .order_by(Person.id)
    )
    return [(person, concerned[person.id]) for person in people]


def _changed_pieces() -> Function[Any]:
    """The addresses of the pieces that a step changed."""
    return func.jsonb_path_query_array(DraftStep.changes, cast("$.pieces.keyvalue().key", JSONPATH))


# A version with its document, and the questionnaire that it belongs to.
WHOLE = (undefer(QuestionnaireVersion.document), joinedload(QuestionnaireVersion.questionnaire))


@dataclass(frozen=True, slots=True)
class Writing:
    """Somebody who wrote in a piece lately, and when."""

    person: str
    at: datetime


def writing_lately(session: Session, draft: Draft, since: datetime, me: int | None) -> dict[str, Writing]:
    """The pieces that somebody else wrote in since a time, each with the last one who did, and when."""
    rows = session.execute(
        select(DraftStep.person, DraftStep.at, DraftStep.action, _changed_pieces())
        .where(DraftStep.draft_id == draft.id, DraftStep.at > since, DraftStep.action.like("%.changed"))
        .where(DraftStep.person_id.is_distinct_from(me))
        .order_by(DraftStep.number)
    )
    found: dict[str, Writing] = {}
    for person, at, action, changed in rows:
        # A change of the grid moves categories along: nobody wrote there.
        written = [each for each in changed if action.startswith(f"{each.partition('/')[0]}.")]
        found |= dict.fromkeys(written, Writing(person, at))
    return found


@dataclass(frozen=True, slots=True)
class StepMark:
    """What tells which steps belong together; `address` is the piece that a step changed, None where it did more (but
    what a change of the grid moves along)."""

    number: int
    person_id: int | None
    at: datetime
    undone: bool
    address: str | None
    action: str = ""
    subject: str = ""


def step_marks(session: Session, draft: Draft) -> list[StepMark]:
    """Every step of a draft, oldest first, without what it changed."""
    changed = case((DraftStep.action.like("%.changed"), _changed_pieces()))
    rows = session.execute(
        select(
            DraftStep.number,
            DraftStep.person_id,
            DraftStep.at,
            DraftStep.undone,
            DraftStep.action,
            DraftStep.subject,
            changed,
        )
        .where(DraftStep.draft_id == draft.id)
        .order_by(DraftStep.number)
    )
    return [
        StepMark(number, person_id, at, undone, _written_in(action, addresses or []), action, subject)
        for number, person_id, at, undone, action, subject, addresses in rows
    ]


def _written_in(action: str, addresses: Collection[str]) -> str | None:
    if action == f"{GRID}.changed":
        return GRID
    return next(iter(addresses)) if len(addresses) == 1 else None


def steps_since(session: Session, draft: Draft, number: int) -> Sequence[DraftStep]:
    """The steps of a draft after that one, the latest first, without what they changed."""
    return session.scalars(
        select(DraftStep)
        .where(DraftStep.draft_id == draft.id, DraftStep.number > number)
        .order_by(DraftStep.number.desc())
    ).all()


def steps(session: Session, draft: Draft, numbers: Collection[int]) -> dict[int, DraftStep]:
    """Some steps of a draft with what they changed, by their number."""
    found = session.scalars(
        select(DraftStep)
        .where(DraftStep.draft_id == draft.id, DraftStep.number.in_(numbers))
        .options(undefer(DraftStep.changes))
    )
    return {step.number: step for step in found}
