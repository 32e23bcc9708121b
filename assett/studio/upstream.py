"""The living base: what a newer national version offers a draft, and what becomes of it, decision by decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from assett.core.memory import Memory
from assett.core.permissions import Actor
from assett.engine.compiled import Compiled, compile_document, content_hash
from assett.engine.document import Choice as Answer
from assett.engine.document import Document, Question
from assett.engine.drafting.pieces import drafted
from assett.engine.drafting.taking import said_in, taken_over
from assett.engine.merging import Decision, Merge, Piece, Placed, merge
from assett.engine.merging.alignment import aligned
from assett.engine.reading import read_document
from assett.engine.writing import dump_document
from assett.kernel.errors import InvalidDocument, Rejected
from assett.questionnaires.models import QuestionnaireVersion
from assett.questionnaires.queries import with_document
from assett.studio import queries, service
from assett.studio.models import Draft

Choice = Literal["take", "merge", "keep", "later"]
# Of a conflict, `gone_there` and `gone_here` say that one side took the thing away, which the other had changed.
State = Literal["new", "gone", "changed", "conflict", "gone_there", "gone_here"]
CHOICES: Final[tuple[Choice, ...]] = ("take", "merge", "keep", "later")
SETTINGS, GRID = "settings", "grid"
# How the space calls its questionnaire and its version is its own affair.
_OWN: Final = ("id", "version")


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to decide upon: a question with its choices, a category, an entry, a resource, the grid…

    `key` names it (``questions.suivi``, ``grid``), `category` is that of a question. `mixed` says that a conflict has
    parts that go together: they can be taken while one's own words are kept.
    """

    key: str
    category: str | None
    state: State
    pieces: tuple[Piece, ...]

    @property
    def subject(self) -> str:
        """``question``, ``category``, ``profile``, ``resource``, ``grid`` or ``settings``."""
        kinds = {"questions": "question", "categories": "category", "resources": "resource"}
        kind = self.key.partition(".")[0]
        return kinds.get(kind, kind)

    @property
    def name(self) -> str:
        return self.key.partition(".")[2]

    @property
    def in_conflict(self) -> bool:
        return self.state in ("conflict", "gone_there", "gone_here")

    @property
    def mixed(self) -> bool:
        return self.state == "conflict" and any(piece.merged != piece.mine for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Offer:
    """What the newest national version has for a draft or a version that follows an older one.

    `documents` are base, theirs, mine, what one of them renamed being renamed in all; they and `merge` are None where
    mine has problems to be put right first.
    """

    base: QuestionnaireVersion
    newest: QuestionnaireVersion
    documents: tuple[Document, Document, Document] | None
    merge: Merge | None
    cards: tuple[Card, ...]

    @property
    def conflicts(self) -> int:
        return sum(card.in_conflict for card in self.cards)

    @property
    def news(self) -> int:
        return len(self.cards) - self.conflicts

    @property
    def empty(self) -> bool:
        """Whether everything was decided already."""
        return self.merge is not None and not self.cards

    @property
    def silent(self) -> bool:
        """Whether there was nothing to decide at all."""
        return self.merge is not None and not cards_of(self.merge)

    def result(self, choices: Mapping[str, Choice]) -> Document:
        """The document after some decisions; what has none is left for later. Raises `InvalidDocument`."""
        assert self.merge is not None
        known = {card.key for card in self.cards}
        return self.merge.apply({piece.path: _decision(piece, choices, known) for piece in self.merge.pieces})

    def all_but_conflicts(self) -> dict[str, Choice]:
        return {card.key: "later" if card.in_conflict else "take" for card in self.cards}


def offer_for(
    session: Session, upstream_id: int | None, tree: Mapping[str, Any], decided: Mapping[str, Any]
) -> Offer | None:
    """What the national base offers a tree that follows a version of it; None where that one is the newest."""
    base, newest = queries.followed(session, upstream_id) if upstream_id is not None else (None, None)
    if base is None or newest is None or newest.number <= base.number:
        return None
    documents = _documents(session, base, newest, tree)
    if documents is None:
        return Offer(base, newest, None, None, ())
    key = (base.content_hash, newest.content_hash, content_hash(tree))
    sides, merged = _merges.recall(key, lambda: (aligned(*documents), merge(*documents)))
    kept = decided.get("kept", ()) if decided.get("version") == newest.id else ()
    return Offer(base, newest, sides, merged, tuple(card for card in cards_of(merged) if card.key not in kept))


_merges: Memory[tuple[str, str, str], tuple[tuple[Document, Document, Document], Merge]] = Memory(32)
# By the content's hash and, where a document was read in some of its languages alone, those.
_read: Memory[tuple[str, ...], Document] = Memory(64)


def _documents(
    session: Session, base: QuestionnaireVersion, newest: QuestionnaireVersion, tree: Mapping[str, Any]
) -> tuple[Document, Document, Document] | None:
    """The three documents; None where the tree is not a right one yet."""
    try:
        mine = _read.recall((content_hash(tree),), lambda: read_document(drafted(tree)))
    except InvalidDocument:
        return None
    first, second = (
        # Pieces of information get the ids that they have in drafts, so that they are told apart.
        _read.recall(
            (version.content_hash,),
            lambda version=version: read_document(drafted(with_document(session, version.id).document), published=True),  # type: ignore[misc]
        )
        for version in (base, newest)
    )
    left = frozenset(first.languages) - frozenset(mine.languages)
    if left:
        # A draft that gave up a language of the base is compared, and served, in its own.
        first, second = (
            _read.recall(
                (version.content_hash, *spoken),
                lambda document=document, spoken=spoken: said_in(document, spoken),  # type: ignore[misc]
            )
            for version, document in ((base, first), (newest, second))
            for spoken in [tuple(each for each in document.languages if each not in left) or mine.languages]
        )
    return first, second, mine


def cards_of(merged: Merge) -> tuple[Card, ...]:
    """The things on which the other side has something new to say, in the order of the merged document."""
    groups: dict[str, list[Piece]] = {}
    for piece in merged.pieces:
        if piece.path not in _OWN:
            groups.setdefault(_key_of(piece.path), []).append(piece)
    return tuple(_card(key, pieces) for key, pieces in groups.items() if any(map(_is_news, pieces)))


def _is_news(piece: Piece) -> bool:
    """Whether there is something to take: what was taken before, or is the same by chance, is none."""
    if piece.status == "conflict":
        return True
    return piece.status in ("theirs", "both") and piece.merged != piece.mine and not _names_alone(piece)


def _names_alone(piece: Piece) -> bool:
    """Whether the other side brings but names that answers are known by: nobody reads them, and they follow by
    themselves."""
    return piece.status != "conflict" and _nameless(piece.merged) == _nameless(piece.mine)


def _nameless(side: object) -> object:
    match side:
        case Placed():
            return replace(side, question=_nameless(side.question))  # type: ignore[arg-type]
        case Question():
            return replace(side, was=(), choices=tuple(replace(each, was=()) for each in side.choices))
        case Answer():
            return replace(side, was=())
        case _:
            return side


def _key_of(path: str) -> str:
    first, *rest = path.split(".")
    if first in ("questions", "categories", "profile", "resources"):
        return f"{first}.{rest[0]}"
    return GRID if first in ("levels", "caps", "scale") else SETTINGS


def _card(key: str, pieces: Iterable[Piece]) -> Card:
    pieces = tuple(pieces)
    whole = next((piece for piece in pieces if piece.path == key), None)
    placed = (whole.theirs or whole.mine) if whole is not None else None
    category = (
        placed.category
        if isinstance(placed, Placed)
        else key.partition(".")[2]
        if key.startswith("categories")
        else None
    )
    state: State = "changed"
    if whole is not None and whole.status == "conflict" and whole.theirs is None:
        state = "gone_there"
    elif whole is not None and whole.status == "conflict" and whole.mine is None:
        state = "gone_here"
    elif any(piece.status == "conflict" for piece in pieces):
        state = "conflict"
    elif whole is not None and whole.mine is None:
        state = "new"
    elif whole is not None and whole.theirs is None:
        state = "gone"
    return Card(key, category, state, pieces)


def _decision(piece: Piece, choices: Mapping[str, Choice], known: Iterable[str]) -> Decision:
    """What is done with a piece: both sides' changes together, theirs or mine where they differ; or left as mine."""
    if _names_alone(piece):
        return "merge"
    key = _key_of(piece.path)
    choice = choices.get(key, "later")
    if piece.path in _OWN or key not in known or choice in ("keep", "later"):
        return "keep"
    return "yield" if choice == "take" else "merge"


@dataclass(frozen=True, slots=True)
class Decide:
    """Decisions on cards by their keys, taken before the eyes of one national version and of a draft as it stood at
    the revision `seen`."""

    version_id: int
    choices: Mapping[str, Choice]
    seen: int


class Overtaken(Exception):
    """Somebody wrote in what these cards are about since they were shown; nothing was written."""

    def __init__(self, keys: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(keys)))
        self.keys = keys


def compiled(document: Document) -> Compiled:
    """A document that decisions give, compiled; the same object for the same document, so that trials of it are
    remembered."""
    return _compiled.recall(content_hash(dump_document(document)), lambda: compile_document(document))


_compiled: Memory[str, Compiled] = Memory(32)


def offer_of(session: Session, draft: Draft) -> Offer | None:
    return offer_for(session, draft.upstream_id, draft.tree, draft.upstream_decisions)


def apply(session: Session, draft: Draft, command: Decide, *, actor: Actor, now: datetime) -> int:
    """Carry decisions out in a locked draft, as one step; gives how many are left for later.

    Raises `Rejected` where nothing is decided or the base has moved on, `Overtaken` where what was decided upon is no
    longer as it was shown, `InvalidDocument` where the decisions do not go together.
    """
    offer = offer_of(session, draft)
    if offer is None or offer.merge is None:
        raise Rejected(_l("Il n’y a rien à reprendre du socle national pour l’instant."))
    if offer.newest.id != command.version_id:
        raise Rejected(_l("Le socle national a une version plus récente encore : relisez ce qu’elle apporte."))
    choices = {card.key: command.choices.get(card.key, "later") for card in offer.cards}
    if all(choice == "later" for choice in choices.values()):
        raise Rejected(_l("Rien n’est décidé : prenez une nouveauté, ou gardez la vôtre."))
    overtaken = overtaken_cards(session, draft, offer, command.seen)
    decided_upon = frozenset(key for key, choice in choices.items() if choice != "later")
    if overtaken & decided_upon:
        raise Overtaken(overtaken & decided_upon)
    taken = any(choice in ("take", "merge") for choice in choices.values())
    parts = taken_over(draft.tree, offer.result(choices)) if taken else None
    left = [key for key, choice in choices.items() if choice == "later"]
    kept = [key for key, choice in choices.items() if choice in ("keep", "merge")]
    if not left:
        following = service.Following(offer.newest.id, {})
    else:
        decided = draft.upstream_decisions
        before = decided.get("kept", []) if decided.get("version") == offer.newest.id else []
        following = service.Following(offer.base.id, {"version": offer.newest.id, "kept": [*before, *kept]})
    service.write(
        session,
        draft,
        lambda before: parts or before,
        "upstream.merged" if taken else "upstream.kept",
        gettext("Socle national, version %(number)s", number=offer.newest.number),
        actor=actor,
        now=now,
        following=following,
    )
    return len(left)


def overtaken_cards(session: Session, draft: Draft, offer: Offer, seen: int) -> frozenset[str]:
    """The cards that are not, word for word, those of the draft as it stood at a revision."""
    if seen == draft.revision:
        return frozenset()
    then = service.tree_at(session, draft, seen)
    shown = offer_for(session, draft.upstream_id, then, draft.upstream_decisions) if then is not None else None
    before = {card.key: card.pieces for card in shown.cards} if shown is not None else {}
    return frozenset(card.key for card in offer.cards if before.get(card.key) != card.pieces)
