"""Questions written one after the other as text: read, put into a draft, and put there once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from assett.core.i18n import show_number
from assett.core.permissions import Actor
from assett.engine.drafting import operations
from assett.engine.drafting.pieces import Address, Parts, Tree, free_id, take_apart
from assett.engine.drafting.steps import Step
from assett.formats.plain import Asked, read_questions
from assett.formats.reports import Report
from assett.kernel.errors import Rejected
from assett.studio import fields, queries
from assett.studio.models import Draft

# In signs: some twenty pages. Fifty questions are read again on one page; beyond that a file is the better way.
LONGEST = 50_000
MOST = 50
# What the history calls them.
WRITTEN = "questions.written"


@dataclass(frozen=True, slots=True)
class Jotted:
    """A text with what was understood of it."""

    text: str
    asked: tuple[Asked, ...]
    report: Report

    @property
    def pieces(self) -> list[Tree]:
        return [each.piece for each in self.asked]

    @property
    def mark(self) -> str:
        """What tells this text from another: what is added is what was shown."""
        return sha256(self.text.encode()).hexdigest()[:16]


def understood(text: str) -> Jotted:
    """What a text says. Raises `Rejected` for one that no page shows, or that asks nothing."""
    if not text:
        raise Rejected(gettext("Écrivez ou collez au moins une question."), "text")
    if len(text) > LONGEST:
        raise Rejected(
            gettext(
                "C’est trop long : %(most)s signes au plus à la fois. Ajoutez-en une partie, puis l’autre.",
                most=show_number(LONGEST),
            ),
            "text",
        )
    jotted = Jotted(text, *read_questions(text))
    if len(jotted.asked) > MOST:
        raise Rejected(
            gettext(
                "Il y a là %(count)s questions : %(most)s au plus à la fois. Ajoutez-en une partie, puis l’autre.",
                count=len(jotted.asked),
                most=MOST,
            ),
            "text",
        )
    return jotted


def put_in(parts: Parts, category: str, pieces: Sequence[Tree]) -> tuple[Parts, tuple[Address, ...]]:
    """Questions at the end of a category, with ids as any new one gets them. `KeyError` where the category is gone."""
    addresses = []
    for piece in pieces:
        title = str(piece["title"])
        made = operations.new_question(
            str(piece["type"]), free_id(title, set()), title, choices=piece.get("choices", ())
        )
        rest = {key: value for key, value in piece.items() if key != "choices"}
        parts, address = operations.add_question(parts, category, fields.awaited({**made, **rest}))
        addresses.append(address)
    return parts, tuple(addresses)


def put_before(session: Session, draft: Draft, pieces: Sequence[Tree], seen: int, actor: Actor) -> Address | None:
    """The first of these questions where the actor has added the very same since a revision of a locked draft, and
    they still stand there: a second click adds nothing."""
    parts = take_apart(draft.tree)
    wanted = [_said(each) for each in pieces]
    for row in queries.steps_after(session, draft, seen):
        if row.person_id != actor.person_id or not row.changes.get("pieces"):
            continue
        changed = Step.of_json(row.changes).pieces
        new = {address: after for address, (before, after) in changed.items() if before is None and after is not None}
        said = [_said(each) for each in new.values()]
        alike = len(said) == len(wanted) and all(each in said for each in wanted)
        if alike and new.keys() <= parts.pieces.keys():
            order = [f"question/{each}" for _, questions in parts.outline.categories for each in questions]
            return next(address for address in order if address in new)
    return None


def _said(piece: Mapping[str, Any]) -> tuple[Any, ...]:
    """A question in its author's words, whatever ids it was given."""
    choices = [(each.get("label"), each.get("points")) for each in piece.get("choices") or ()]
    return (piece.get("type"), piece.get("title"), piece.get("help"), choices)


def added_words(count: int) -> str:
    """What is said once they are there."""
    return ngettext(
        "Une question est ajoutée. « Annuler » la retire.",
        "%(num)s questions sont ajoutées. « Annuler » les retire toutes.",
        count,
    )
