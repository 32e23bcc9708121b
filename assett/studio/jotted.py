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
from assett.engine import unnamed
from assett.engine.drafting import operations
from assett.engine.drafting.pieces import SETTINGS, Address, Parts, free_id, take_apart
from assett.engine.drafting.steps import Step
from assett.formats.plain import Asked, read_questions
from assett.formats.reports import Report
from assett.kernel.errors import Rejected
from assett.kernel.text import fold
from assett.studio import fields, queries
from assett.studio.models import Draft
from assett.studio.texts import first_language, piece_title

# In signs: some twenty pages. Fifty questions are read again on one page; beyond that a file is the better way.
LONGEST = 50_000
MOST = 50
MOST_CHOICES = 100
# What the history calls them.
WRITTEN = "questions.written"


@dataclass(frozen=True, slots=True)
class Jotted:
    """A text with what was understood of it."""

    text: str
    asked: tuple[Asked, ...]
    report: Report

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
    for each in jotted.asked:
        choices = each.piece.get("choices")
        if isinstance(choices, list) and len(choices) > MOST_CHOICES:
            raise Rejected(
                gettext(
                    "La question de la ligne %(line)s a %(count)s réponses : %(most)s au plus.",
                    line=each.line,
                    count=len(choices),
                    most=MOST_CHOICES,
                ),
                "text",
            )
    return jotted


def put_in(parts: Parts, category: str, asked: Sequence[Asked]) -> tuple[Parts, tuple[Address, ...]]:
    """Questions at the end of a category, or of the one that they stand under, which is begun where there is none of
    that title; with ids as any new one gets them. `KeyError` where the category is gone."""
    addresses = []
    for each in asked:
        parts, name = _category(parts, category, each.category)
        title, piece = str(each.piece["title"]), each.piece
        choices = piece.get("choices")
        made = operations.new_question(
            str(piece["type"]), free_id(title, set()), title, choices=choices if isinstance(choices, list) else ()
        )
        rest = {key: value for key, value in piece.items() if key != "choices"}
        parts, address = operations.add_question(parts, name, fields.awaited({**made, **rest}))
        addresses.append(address)
    return parts, tuple(addresses)


def _category(parts: Parts, here: str, title: str) -> tuple[Parts, str]:
    """The category of that title, `here` without any; a new one where there is none. One that nobody has named yet and
    that asks nothing takes its name."""
    questions = dict(parts.outline.categories)
    if not title or here not in questions:
        return parts, here
    language = first_language(parts.pieces[SETTINGS])
    titles = {name: piece_title(parts.pieces[f"category/{name}"], language) for name in questions}
    for name, known in titles.items():
        if fold(known) == fold(title):
            return parts, name
    unnamed_here = titles[here] in (*unnamed.UNNAMED[unnamed.FIRST_CATEGORY], *unnamed.UNNAMED[unnamed.CATEGORY])
    if unnamed_here and not questions[here]:
        address = f"category/{here}"
        return operations.replaced(parts, address, {**parts.pieces[address], "title": title}), here
    parts, address = operations.add_category(parts, title)
    return parts, address.partition("/")[2]


def put_before(session: Session, draft: Draft, asked: Sequence[Asked], seen: int, actor: Actor) -> Address | None:
    """The first of these questions where the actor has added the very same since a revision of a locked draft, and
    they still stand there: a second click adds nothing."""
    parts = take_apart(draft.tree)
    wanted = [_said(each.piece) for each in asked]
    for row in queries.steps_after(session, draft, seen):
        if row.person_id != actor.person_id or not row.changes.get("pieces"):
            continue
        new = {
            address: after
            for address, (before, after) in Step.of_json(row.changes).pieces.items()
            if before is None and after is not None and address.startswith("question/")
        }
        said = [_said(each) for each in new.values()]
        alike = len(said) == len(wanted) and all(each in said for each in wanted)
        if alike and new.keys() <= parts.pieces.keys():
            return next(address for address in new if _said(new[address]) == wanted[0])
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
