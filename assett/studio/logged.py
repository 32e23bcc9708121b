"""What the log of a space tells of its questionnaire: who wrote in a draft, what was said of it, what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale
from sqlalchemy.orm import Session

from assett.core import audit
from assett.core.i18n import LANGUAGES, colon, current_language
from assett.core.permissions import Actor
from assett.engine.document import Document
from assett.engine.drafting.pieces import Address, take_apart
from assett.kernel.text import N_
from assett.questionnaires import words
from assett.questionnaires.models import QuestionnaireVersion
from assett.studio import queries
from assett.studio.models import Draft
from assett.studio.texts import first_language, piece_title

# Who writes again after a longer silence sits down anew: their next change is a line of the log.
SITTING = timedelta(minutes=30)
# Steps that are a line of their own, whenever they are taken.
APART = {
    "imported": "draft.imported",
    "reverted": "draft.reverted",
    "upstream.merged": "draft.base-taken",
    "upstream.kept": "draft.base-kept",
}
# What is said of one piece of a draft.
ABOUT_A_PIECE = {
    "draft.comment-settled": N_("Commentaire réglé sur « %(piece)s », brouillon « %(subject)s »"),
    "draft.comment-reopened": N_("Commentaire rouvert sur « %(piece)s », brouillon « %(subject)s »"),
    "draft.ready": N_("« %(piece)s » prêt à relire, brouillon « %(subject)s »"),
    "draft.read": N_("« %(piece)s » relu, brouillon « %(subject)s »"),
    "draft.not-ready": N_("« %(piece)s » n’est plus marqué prêt à relire, brouillon « %(subject)s »"),
}
# How many of the changes of a publication its line tells in words; its page tells all of them.
MOST_TOLD = 5


def step(session: Session, draft: Draft, action: str, subject: str, *, actor: Actor, now: datetime) -> None:
    """The first change of a sitting, or a step that stands apart; the rest is in the history of the draft. To be called
    before the step is added."""
    if action in APART:
        audit.record(session, APART[action], subject=draft.title, details=_details(draft, what=subject))
        return
    last = queries.last_written(session, draft, actor.person_id, but=APART)
    if last is None or now - last > SITTING:
        audit.record(session, "draft.changed", subject=draft.title, details=_details(draft))


def _details(draft: Draft, **more: Any) -> dict[str, Any]:
    return {"draft_id": draft.id, "draft_step": draft.revision, **more}


def said(session: Session, draft: Draft, action: str, address: Address) -> None:
    """What is said of a piece (see `ABOUT_A_PIECE`)."""
    piece = take_apart(draft.tree).pieces.get(address, {})
    title = piece_title(piece, first_language(draft.tree)) or address
    audit.record(
        session, action, subject=draft.title, details={"piece": title, "draft_id": draft.id, "draft_piece": address}
    )


def published(
    session: Session,
    title: str,
    version: QuestionnaireVersion,
    replaced: QuestionnaireVersion | None,
    old: Document | None,
    new: Document,
    between: Iterable[Document],
) -> None:
    """A version, with what it changes of the one that it takes the place of: how much, and the first of it in words."""
    details: dict[str, Any] = {"number": version.number, "version_id": version.id}
    if old is not None and replaced is not None and replaced.space_id is not None:
        details["replaced_id"] = replaced.id
        details["changed"] = {code: _in_words(code, old, new, [*between]) for code in LANGUAGES}
    audit.record(session, "version.published", subject=title, details=details)


def _in_words(language: str, old: Document, new: Document, between: list[Document]) -> str:
    with force_locale(language):
        changes = words.changes(old, new, language, between=between)
        told = [
            f"{thing.title.striptags()}{colon()}{line.text}" if thing.title else line.text
            for group in changes.groups
            for thing in group.things
            for line in thing.lines
        ]
        return " ".join([changes.summary, *(f"{each}." for each in told[:MOST_TOLD]), *["…"][: len(told) - MOST_TOLD]])


def _in_language(told: Any) -> str:
    if not isinstance(told, Mapping):
        return str(told)
    return str(told.get(current_language()) or next(iter(told.values()), ""))


audit.kinds |= {"version": N_("Versions du questionnaire"), "draft": N_("Brouillons du questionnaire")}
audit.wordings |= ABOUT_A_PIECE | {
    "base.published": N_("Questionnaire national publié : %(subject)s, version %(number)s"),
    "draft.begun": N_("Brouillon « %(subject)s » commencé"),
    "draft.changed": N_("Brouillon « %(subject)s » modifié"),
    "draft.imported": N_("Fichier « %(what)s » repris dans le brouillon « %(subject)s »"),
    "draft.reverted": N_("Brouillon « %(subject)s » ramené à un état précédent"),
    "draft.base-taken": N_("Nouveautés reprises dans le brouillon « %(subject)s » (%(what)s)"),
    "draft.base-kept": N_("Choix maintenus dans le brouillon « %(subject)s » (%(what)s)"),
    "draft.set-aside": N_("Brouillon « %(subject)s » mis de côté"),
    "draft.taken-up": N_("Brouillon « %(subject)s » repris"),
    "version.published": N_("« %(subject)s » publié : version %(number)s"),
    "version.retired": N_("Version %(number)s de « %(subject)s » retirée"),
    "version.taken-back": N_("Version %(number)s de « %(subject)s » remise en service"),
}
audit.details["changed"] = audit.Detail(N_("Ce qui change"), say=_in_language)
audit.unsaid |= {"draft_id", "draft_step", "draft_piece", "version_id", "replaced_id"}
