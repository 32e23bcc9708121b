"""Use cases of the studio: begin a draft, change a piece of it, publish it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from assett.core import audit
from assett.core.i18n import LANGUAGE_NAMES
from assett.core.permissions import Actor
from assett.engine.drafting.grid import carried_along, messages_gone
from assett.engine.drafting.operations import in_languages, put_back_in, replaced
from assett.engine.drafting.pieces import SETTINGS, Address, Parts, Tree, drafted, put_together, take_apart
from assett.engine.drafting.steps import Step, applied, merged, step_between
from assett.engine.drafting.taking import brought_back
from assett.engine.reading import read_document
from assett.kernel.errors import Rejected
from assett.questionnaires import queries as versions
from assett.questionnaires import service as questionnaires
from assett.questionnaires.models import Questionnaire, QuestionnaireVersion
from assett.resources.service import bring
from assett.studio import checking, logged, queries, translations
from assett.studio import published as past
from assett.studio.models import Draft, DraftComment, DraftStep, WaitingWords
from assett.studio.texts import first_language, piece_title, words


@dataclass(frozen=True, slots=True)
class Seen:
    """A piece as somebody had it before their eyes (None where it has not changed since), and what was changed of it
    after: whose change (empty where it was their own), of which keys."""

    piece: Tree | None
    changes: Sequence[tuple[str, Set[str]]] = ()

    @property
    def author(self) -> str:
        """The colleague who was the first to change it; empty where only they themselves did."""
        return next((name for name, _ in self.changes if name), "")

    def author_of(self, paths: Iterable[str]) -> str:
        """Who was the last to change one of these places; empty where they themselves were."""
        keys = {path.partition(".")[0] for path in paths}
        return next((name for name, changed in reversed(self.changes) if changed & keys), self.author)


@dataclass(frozen=True, slots=True)
class ChangePiece:
    """A piece as its form gives it; ``seen`` is the revision that its author had before their eyes.

    ``yielding`` leaves the colleague's words where one wrote otherwise. ``elsewhere`` is what its author had before
    their eyes where that was in another draft, closed since.
    """

    address: Address
    piece: Tree
    seen: int
    yielding: bool = False
    elsewhere: Seen | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What a change came to: ``merged_with`` names the colleague whose change of the same piece was kept too, whole; it
    is empty where that was the author's own, from elsewhere. ``unspoken`` are the languages that it took off the draft,
    and ``texts_gone`` how many texts went with them. ``messages_gone`` counts the messages that categories had of their
    own for a level that it took off the common grid."""

    changed: bool
    merged_with: str | None = None
    unspoken: tuple[str, ...] = ()
    texts_gone: int = 0
    messages_gone: int = 0


@dataclass(frozen=True, slots=True)
class Following:
    """The national version that a draft follows, and what was decided of the newer one (see `upstream`)."""

    version_id: int | None
    decided: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"version": self.version_id, "decided": dict(self.decided)}


class Closed(Rejected):
    """The draft is published or set aside: it no longer changes."""


class Conflict(Exception):
    """The same words were changed in the meantime; nothing was written. ``theirs`` and ``mine`` are the two pieces to
    choose between: they differ in those words alone; ``base`` is the piece before both. ``author`` names the colleague
    who wrote them, and is empty where the author themselves did, in another tab."""

    def __init__(self, address: Address, base: Tree, theirs: Tree, mine: Tree, author: str) -> None:
        super().__init__(address)
        self.address, self.base, self.theirs, self.mine, self.author = address, base, theirs, mine, author


def begin(
    session: Session,
    space_id: int,
    tree: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    base: QuestionnaireVersion | None = None,
    questionnaire: Questionnaire | None = None,
    upstream_id: int | None = None,
) -> Draft:
    """Begin a draft from a document's tree.

    From a version that a draft became, what that one left open goes on: decisions about the national base that were put
    off, translations that their source left behind, comments that nobody settled, words that wait for a choice. « Prêt
    à relire » does not: what was published was read. From one that is no longer the latest, questions know their names
    since then.
    """
    tree = drafted(tree)
    if base is not None and base.space_id is not None:
        tree = _brought_back(session, tree, base)
    before = queries.published_as(session, base) if base is not None and base.space_id is not None else None
    translated = translations.digests(take_apart(tree))
    draft = Draft(
        space_id=space_id,
        questionnaire_id=questionnaire.id if questionnaire is not None else None,
        base_id=base.id if base is not None else None,
        upstream_id=upstream_id,
        upstream_decisions=dict(before.upstream_decisions)
        if before is not None and before.upstream_id == upstream_id
        else {},
        title=title_of(tree),
        tree=tree,
        translated={mark: before.translated.get(mark, known) for mark, known in translated.items()}
        if before is not None
        else translated,
        created_at=now,
        created_by=actor.person_id,
        changed_at=now,
        changed_by=actor.name,
    )
    session.add(draft)
    session.flush()
    # Of an older version that is taken up again, the comments were settled in the drafts that came after.
    if before is not None and base is not None and base.number == versions.last_number(session, base.questionnaire):
        _comments_go_on(session, before, draft)
        _words_go_on(session, before, draft)
    audit.record(session, "draft.begun", subject=draft.title)
    return draft


def _brought_back(session: Session, tree: Tree, base: QuestionnaireVersion) -> Tree:
    """The tree of a version with the names that the versions after it gave to what it asks."""
    newest = versions.newest(session, base)
    if newest.id == base.id:
        return tree
    chain = versions.chain(session, [base, newest])
    since = [*chain.between(base.id, newest.id), chain.compiled[newest.id]]
    return brought_back(tree, chain.compiled[base.id].document, [each.document for each in since])


def _comments_go_on(session: Session, before: Draft, draft: Draft) -> None:
    """Copy the comments that nobody settled, with their authors and dates; whoever was told of them is not again."""
    session.add_all(
        DraftComment(
            space_id=draft.space_id,
            draft_id=draft.id,
            address=each.address,
            author_id=each.author_id,
            author=each.author,
            text=each.text,
            at=each.at,
            told_at=each.told_at,
        )
        for each in queries.comments(session, before)
        if each.resolved_at is None
    )
    session.flush()


def _words_go_on(session: Session, before: Draft, draft: Draft) -> None:
    """Copy what two people wrote of the same words and nobody has chosen yet: it waits in what they go on with."""
    session.add_all(
        WaitingWords(
            space_id=draft.space_id,
            draft_id=draft.id,
            person_id=each.person_id,
            address=each.address,
            author=each.author,
            base=each.base,
            theirs=each.theirs,
            mine=each.mine,
            at=each.at,
        )
        for each in queries.words_of(session, before)
    )
    session.flush()


def locked(session: Session, draft: Draft) -> Draft:
    """The draft with its tree, held until the end of the request. Raises `Closed` once it is closed."""
    held = _held(session, draft)
    if not held.open:
        raise Closed(_l("Ce brouillon est publié ou mis de côté : il ne change plus. Commencez-en un autre."))
    return held


def _held(session: Session, draft: Draft) -> Draft:
    return session.scalars(
        select(Draft)
        .where(Draft.id == draft.id)
        .options(undefer(Draft.tree), undefer(Draft.translated))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def write(
    session: Session,
    draft: Draft,
    change: Callable[[Parts], Parts],
    action: str,
    subject: str,
    *,
    actor: Actor,
    now: datetime,
    of_number: int | None = None,
    following: Following | None = None,
) -> bool:
    """Change a locked draft and note the step; False where nothing changed.

    `following` is what the draft follows from then on, where the step decides of it: it is taken back with the step.
    """
    before = take_apart(draft.tree)
    after = change(before)
    step = step_between(before, after)
    changes = step.as_json()
    translated = translations.followed(draft.translated, before, after, step.pieces)
    left_behind = translations.left_behind(draft.translated, translated, before)
    if left_behind:
        changes["left_behind"] = left_behind
    followed = Following(draft.upstream_id, draft.upstream_decisions)
    if following is not None and following != followed:
        changes["following"] = [followed.as_json(), following.as_json()]
        draft.upstream_id, draft.upstream_decisions = following.version_id, dict(following.decided)
    if not step and "following" not in changes:
        return False
    draft.tree = put_together(after)
    draft.title = title_of(draft.tree)
    draft.translated = translated
    draft.revision += 1
    draft.changed_at, draft.changed_by = now, actor.name
    changed = _said_otherwise(before, after, step, again=of_number is not None) if draft.ready else ()
    gone = [address for address in draft.ready if address in changed]
    if gone:
        # Read again, then changed again: no longer ready.
        draft.ready = {address: mark for address, mark in draft.ready.items() if address not in gone}
    logged.step(session, draft, action, subject, actor=actor, now=now)
    session.add(
        DraftStep(
            space_id=draft.space_id,
            draft_id=draft.id,
            number=draft.revision,
            person_id=actor.person_id,
            person=actor.name,
            at=now,
            action=action,
            subject=subject[:200],
            changes=changes,
            of_number=of_number,
        )
    )
    session.flush()
    return True


def _said_otherwise(before: Parts, after: Parts, step: Step, *, again: bool) -> Container[Address]:
    """The pieces that a step changed otherwise than by taking a language off, or giving it back `again`: that moves no
    text of the other languages."""
    spoken, now = ([*(parts.pieces[SETTINGS].get("languages") or ())] for parts in (before, after))
    common = [each for each in spoken if each in now]
    if not common or (len(common) == len(spoken) and (len(common) == len(now) or not again)):
        return step.pieces
    return step_between(in_languages(before, common), in_languages(after, common)).pieces


def change_piece(session: Session, draft: Draft, command: ChangePiece, *, actor: Actor, now: datetime) -> Written:
    """Put a piece in its place in a locked draft, merged with what colleagues changed of it since it was shown.

    Raises `Conflict` where both changed the same words, `Rejected` where the piece was removed.
    """
    parts = take_apart(draft.tree)
    theirs = parts.pieces.get(command.address)
    if theirs is None:
        raise Rejected(_l("Cet élément a été retiré entre-temps. L’historique permet de le reprendre."))
    kept = {key: value for key, value in theirs.items() if key == "id"}
    piece, merged_with = {**kept, **command.piece, **kept}, None
    seen = command.elsewhere
    if seen is None and command.seen > draft.revision and piece != theirs:
        # It was never shown: what of it is new, nobody knows.
        if not command.yielding:
            # As nobody knows what it was made of, either side may have changed all of it.
            unknown = dict.fromkeys((*theirs, *piece))
            raise Conflict(command.address, unknown, theirs, piece, draft.changed_by)
        piece = theirs
    if seen is None and draft.revision > command.seen:
        seen = as_seen(session, draft, command.address, command.seen, actor)
    if seen is not None and seen.piece is not None and seen.piece != theirs:
        outcome = merged(seen.piece, theirs, piece)
        if outcome.conflicts and not command.yielding:
            author = seen.author_of(outcome.conflicts)
            raise Conflict(command.address, seen.piece, outcome.theirs, outcome.piece, author)
        piece = outcome.theirs
        merged_with = seen.author if not outcome.conflicts else None
    # A category that follows the grid follows it in the same step, which is taken back with it.
    after = carried_along(parts, replaced(parts, command.address, piece))
    action, subject = f"{command.address.partition('/')[0]}.changed", piece_title(piece, first_language(draft.tree))
    unspoken = _unspoken(theirs, piece) if command.address == SETTINGS else ()
    if unspoken:
        # Texts in a language that a questionnaire does not have would keep it from being published.
        after = in_languages(after, piece["languages"])
        action, subject = "language.removed", ", ".join(LANGUAGE_NAMES.get(code, code) for code in unspoken)
    changed = write(session, draft, lambda _: after, action, subject, actor=actor, now=now)
    return Written(changed, merged_with, unspoken, translations.said_in(parts, unspoken), messages_gone(parts, after))


def _unspoken(before: Tree, after: Tree) -> tuple[str, ...]:
    """The languages that a presentation no longer has."""
    return tuple(each for each in before.get("languages") or () if each not in (after.get("languages") or ()))


def put_back(
    session: Session, draft: Draft, command: ChangePiece, removal: DraftStep, *, actor: Actor, now: datetime
) -> None:
    """Put a piece back in a locked draft with what its author typed meanwhile, where it stood before `removal`."""
    gone = Step.of_json(removal.changes)
    former = gone.pieces[command.address][0]
    seen = as_seen(session, draft, command.address, command.seen, actor).piece or former
    piece = merged(seen, former, command.piece).piece
    kind, language = command.address.partition("/")[0], first_language(draft.tree)
    write(
        session,
        draft,
        lambda parts: put_back_in(parts, command.address, piece, gone),
        f"{kind}.back",
        piece_title(piece, language),
        actor=actor,
        now=now,
    )


def as_seen(session: Session, draft: Draft, address: Address, seen: int, actor: Actor) -> Seen:
    """A piece as it stood at a revision."""
    base: Tree | None = None
    stood: Tree = {}
    changes = []
    for row in queries.steps_after(session, draft, seen):
        step = Step.of_json(row.changes)
        if address not in step.pieces:
            continue
        before, after = step.pieces[address]
        base = before if base is None else base
        stood = before if before is not None else stood
        if after is None:
            # To take it away is to change no word of it.
            continue
        keys = {key for key in {**stood, **after} if stood.get(key) != after.get(key)}
        changes.append(("" if row.person_id == actor.person_id else row.person, keys))
        stood = after
    return Seen(base, changes)


def as_seen_before(session: Session, closed: Draft, found: Draft, address: Address, seen: int, actor: Actor) -> Seen:
    """A piece of a closed draft as the author of a change had it, and who changed it since, there or in the draft that
    goes on from it."""
    shown = as_seen(session, closed, address, seen, actor)
    before = shown.piece or take_apart(queries.tree(session, closed)).pieces.get(address)
    return Seen(before, (*shown.changes, *as_seen(session, found, address, 0, actor).changes))


def following_draft(session: Session, closed: Draft, *, actor: Actor, now: datetime) -> Draft:
    """The draft that takes what came too late for a closed one, locked: that one itself where it was only set aside;
    else the one that goes on from what it was published as, begun if need be."""
    closed = _held(session, closed)
    if closed.open:
        return closed
    if closed.published_version_id is None:
        take_up(session, closed, now=now)
        return closed
    found = queries.draft_going_on(session, closed)
    if found is None:
        version = queries.version_going_on(session, closed)
        found = begin(
            session,
            closed.space_id,
            version.document,
            actor=actor,
            now=now,
            base=version,
            questionnaire=version.questionnaire,
            upstream_id=version.upstream_id,
        )
    return locked(session, found)


@dataclass(frozen=True, slots=True)
class Translate:
    """A translation as it is typed; `seen` is the one that its author had before their eyes, `holds` says that it is
    still right although its source changed."""

    address: Address
    key: str
    text: str
    seen: str
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Translated:
    """How many were written, and those that a colleague wrote otherwise meanwhile: not written, with theirs."""

    written: int
    overtaken: tuple[tuple[Translate, str], ...] = ()


def translate(
    session: Session, draft: Draft, language: str, commands: Sequence[Translate], *, actor: Actor, now: datetime
) -> Translated:
    """Write translations of a locked draft as one step. What is no longer there, or says nothing new, is passed by."""
    parts = take_apart(draft.tree)
    if language not in (draft.tree.get("languages") or [])[1:]:
        raise Rejected(_l("Cette langue n’est plus celle du questionnaire. Rechargez la page."))
    standing = {(row.place.address, row.place.key): row for row in translations.rows(parts, {}, language)}
    overtaken, confirmed, changed, written = [], {}, parts, 0
    for command in commands:
        row = standing.get((command.address, command.key))
        if row is None:
            continue
        if command.holds:
            confirmed[row.place.mark(language)] = translations.digest(row.source)
        if command.text in (row.translation, command.seen):
            continue
        if row.translation != command.seen:
            overtaken.append((command, row.translation))
            continue
        changed = translations.with_translation(changed, command.address, command.key, language, command.text)
        written += 1
    changed = carried_along(parts, changed)
    write(session, draft, lambda _: changed, "translated", language, actor=actor, now=now)
    draft.translated = {**draft.translated, **confirmed}
    return Translated(written + len(confirmed), tuple(overtaken))


def tree_at(session: Session, draft: Draft, revision: int) -> Tree | None:
    """A draft's tree as it stood at a revision; None for one that it never had."""
    if not 0 <= revision <= draft.revision:
        return None
    parts = take_apart(draft.tree)
    for row in reversed(queries.steps_after(session, draft, revision)):
        parts = applied(parts, Step.of_json(row.changes).reversed)
    return put_together(parts)


def publish(
    session: Session, draft: Draft, *, note: Mapping[str, str], actor: Actor, now: datetime
) -> QuestionnaireVersion:
    """Make a locked draft the next version of its questionnaire, and the one that the space asks.

    Raises `InvalidDocument` with every problem that is left, `Rejected` where nobody could ever have a score.
    """
    tree, document = draft.tree, read_document(draft.tree)
    idle = checking.without_a_score(tree, document)
    if idle is not None:
        raise Rejected(idle.sentence)
    questionnaires.hold_versions(session, draft.space_id)
    serving = versions.active_version(session)
    old = versions.compiled(session, serving).document if serving is not None else None
    between = [each.document for each in past.between(session, draft, serving)]
    questionnaire = session.get(Questionnaire, draft.questionnaire_id) if draft.questionnaire_id else None
    base = session.get(QuestionnaireVersion, draft.base_id) if draft.base_id else None
    if questionnaire is None or (base is not None and base.document.get("id") != tree.get("id")):
        # A draft whose content was replaced by another questionnaire's is the next version of that one.
        questionnaire = queries.questionnaire_called(session, draft.space_id, str(tree.get("id")))
    upstream = session.get(QuestionnaireVersion, draft.upstream_id) if draft.upstream_id else None
    version = questionnaires.publish(
        session,
        draft.space_id,
        tree,
        now=now,
        person_id=actor.person_id,
        upstream=upstream,
        questionnaire=questionnaire,
        note=dict(note),
    )
    draft.questionnaire_id, draft.published_version_id, draft.closed_at = version.questionnaire_id, version.id, now
    logged.published(session, draft.title, version, serving, old, document, between)
    bring(session, draft.space_id, tree, now)
    session.flush()
    return version


def set_aside(session: Session, draft: Draft, *, now: datetime) -> None:
    """Close a draft without publishing it; `take_up` opens it again."""
    draft.closed_at = now
    audit.record(session, "draft.set-aside", subject=draft.title)


def take_up(session: Session, draft: Draft, *, now: datetime) -> None:
    """Open again a draft that was set aside."""
    if draft.published_version_id is not None:
        raise Rejected(_l("Ce brouillon est publié : commencez-en un autre à partir de sa version."))
    draft.closed_at, draft.changed_at = None, now
    audit.record(session, "draft.taken-up", subject=draft.title)


def title_of(tree: Mapping[str, Any]) -> str:
    """A draft's title, in its first language."""
    return words(tree.get("title"), first_language(tree))
