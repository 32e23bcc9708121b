"""What every page of the studio shares: its blueprint, a draft's frame and tabs, where a piece is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import undefer

from assett.core.db import db
from assett.core.i18n import LANGUAGE_NAMES
from assett.core.permissions import load
from assett.core.ui import Link, MenuEntry, menus
from assett.core.web import Blueprint, actor
from assett.engine.drafting.pieces import Address, Parts, take_apart
from assett.kernel.text import N_
from assett.questionnaires.words import TYPE_NAMES
from assett.resources import queries as resources
from assett.spaces.policy import EDIT, TEAM
from assett.studio import cards, checking, fields, policy, queries, service, translations
from assett.studio.differing import called
from assett.studio.models import Draft
from assett.studio.texts import first_language

blueprint = Blueprint("studio", __name__, url_prefix="/<space>/atelier", template_folder="templates")
menus.team.append(MenuEntry(N_("Questionnaire"), "studio.home", TEAM.allows, 30))


# The pages of a draft, in the order of its tabs: label, endpoint.
DRAFT_PAGES: list[tuple[str, str]] = [
    (N_("Plan"), "studio.draft"),
    (N_("Aperçu"), "studio.preview"),
    (N_("Vérifier"), "studio.check"),
    (N_("Effet sur les scores"), "studio.bench"),
    (N_("Publier"), "studio.publish"),
    (N_("Banque"), "studio.bank"),
    (N_("Traductions"), "studio.translations"),
    (N_("Commentaires"), "studio.comments"),
    (N_("Historique"), "studio.history"),
    (N_("Fichiers"), "studio.files"),
]

# What waits on some of them and keeps nobody from publishing, told without asking the database.
COUNTS: dict[str, Callable[[Draft], int]] = {
    "studio.translations": lambda draft: translations.missing(take_apart(draft.tree)),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Words that wait for one's choice: of which piece, what it is called, whose words the others are, and where;
    `gone` where the piece was removed meanwhile, `away` where it was while they were written, `retyped` where it is
    of another type."""

    address: Address
    piece: str
    author: str
    url: str
    gone: bool
    away: bool
    retyped: bool


def draft_links(draft: Draft, here: str) -> list[Link]:
    """The tabs of a draft; `here` is the name of the page shown."""
    names = dict.fromkeys(("plan", "category", "profile", "settings", "grid"), "studio.draft")
    return [
        Link(
            _counted(draft, label, endpoint),
            url_for(endpoint, id=draft.id),
            endpoint == names.get(here, f"studio.{here}"),
        )
        for label, endpoint in DRAFT_PAGES
    ]


def _counted(draft: Draft, label: str, endpoint: str) -> str:
    """A tab's label, with how much waits there."""
    count = COUNTS[endpoint](draft) if endpoint in COUNTS else 0
    return gettext("%(label)s (%(count)s, facultatif)", label=gettext(label), count=count) if count else gettext(label)


def open_draft(id: int, *, tree: bool = True, translated: bool = False) -> Draft:
    """The draft of that id, with its tree, and what its translations are made of; 404 if it is not of this space."""
    wanted = [undefer(Draft.tree)] * tree + [undefer(Draft.translated)] * translated
    return load(actor(), Draft, id, policy.reads, options=wanted)


def held_draft(id: int) -> Draft:
    """The draft, locked for writing."""
    return service.locked(db.session(), load(actor(), Draft, id, policy.writes))


def check_of(draft: Draft) -> checking.Check:
    """The check of a draft, with the resources that its respondents would be shown, and the names of what it no longer
    has."""
    checked = checking.check(draft.tree, resources.base(db.session())[0])
    missing = {note.missing[0] for note in checked.problems if note.missing is not None}
    if not missing:
        return checked
    former = queries.former_pieces(db.session(), draft, missing)
    return checking.remembering(checked, ((each.address, each.piece) for each in former), draft.tree)


def frame(draft: Draft, checked: checking.Check, *, waiting: bool = True) -> dict[str, Any]:
    """What the head of a draft's page needs; with what `waiting` words one has to choose yet, but on a page that asks
    much of the database already."""
    undoable, redoable = queries.undo_and_redo(db.session(), draft, actor().person_id)
    return {
        "draft": draft,
        "check": checked,
        "can_edit": EDIT.allows(actor()) and draft.open,
        "undoable": undoable,
        "redoable": redoable,
        "language": first_language(draft.tree),
        "language_names": LANGUAGE_NAMES,
        "type_names": TYPE_NAMES,
        "sources": cards.SOURCE_NAMES,
        "required": fields.is_required,
        "words_waiting": waiting_words(draft, queries.waiting(db.session(), draft, actor().person_id))
        if waiting and EDIT.allows(actor()) and draft.open
        else [],
    }


def waiting_words(draft: Draft, rows: Sequence[queries.WordsOf]) -> list[Waiting]:
    """What one wrote in a draft and has to choose yet, colleagues having written otherwise."""
    pieces = take_apart(draft.tree).pieces if rows else {}
    return [
        Waiting(
            row.words.address,
            called(row.words.address, pieces.get(row.words.address, {"title": row.title}), first_language(draft.tree)),
            row.words.author,
            url_for("studio.choose", id=draft.id, words=row.words.id),
            row.words.address not in pieces,
            row.undisputed,
            row.of_another_type,
        )
        for row in rows
    ]


def place_of(draft_id: int, parts: Parts, address: Address, *, opened: bool = False) -> str:
    """The address of the page where a piece is shown, down to its card."""
    kind, _, name = address.partition("/")
    anchor = address.replace("/", "-")
    shown: dict[str, Any] = {"ouvrir": address} if opened else {}
    if kind == "profile":
        return url_for("studio.profile", id=draft_id, _anchor=anchor, **shown)
    if kind in {"settings", "grid"}:
        return url_for(f"studio.{kind}", id=draft_id)
    category = name if kind == "category" else parts.outline.category_of(name)
    if category is None:
        return url_for("studio.draft", id=draft_id)
    return url_for("studio.category", id=draft_id, name=category, _anchor=anchor, **shown)


def place_of_note(draft_id: int, parts: Parts, note: checking.Note) -> str:
    """The address of the page where what the check says is put right."""
    if note.language:
        return url_for("studio.translations", id=draft_id, langue=note.language, passage=note.address)
    return place_of(draft_id, parts, note.address, opened=True)
