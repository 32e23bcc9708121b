"""Use cases of the charter: write a version, publish it. What was signed stays signed, as it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from assett.charters import queries
from assett.core import audit
from assett.kernel.errors import Rejected
from assett.organizations.models import Charter


@dataclass(frozen=True, slots=True)
class Text:
    """A version's words, by language; `changes` says what is new, to those who signed the one before."""

    title: Mapping[str, str]
    text: Mapping[str, str]
    changes: Mapping[str, str]


def write(session: Session, space_id: int, command: Text) -> Charter:
    """Keep the version being written; the first time, it begins (the space is held)."""
    draft = queries.draft(session)
    if draft is None:
        before = queries.latest(session)
        version = before.version + 1 if before is not None else 1
        draft = Charter(space_id=space_id, version=version, title={}, text={}, changes={})
        session.add(draft)
    draft.title, draft.text, draft.changes = _said(command.title), _said(command.text), _said(command.changes)
    session.flush()
    return draft


def _said(words: Mapping[str, str]) -> dict[str, str]:
    return {language: text for language, text in words.items() if text}


def publish(session: Session, draft: Charter, language: str, now: datetime) -> Charter:
    """Make the version the one that is signed from now on. Those who signed an earlier one keep their signature.

    Raises:
        Rejected: a title or a text is missing in the space's own language, nothing changed, or nobody is told what.
    """
    before = queries.latest(session)
    if not draft.title.get(language):
        raise Rejected(_("Donnez un titre à la charte."), f"title_{language}")
    if not draft.text.get(language):
        raise Rejected(_("Écrivez le texte de la charte."), f"text_{language}")
    if before is not None:
        if not _rewritten(before.title, draft.title) and not _rewritten(before.text, draft.text):
            raise Rejected(_("Cette version dit la même chose que celle d’aujourd’hui."), f"text_{language}")
        if not draft.changes.get(language):
            raise Rejected(
                _("Dites en une phrase ce qui change : ceux qui ont déjà signé la liront."), f"changes_{language}"
            )
    draft.published_at = now
    audit.record(
        session,
        "charter.published",
        details={
            "version": draft.version,
            "before": _told(before, draft) if before is not None else None,
            "after": _told(draft, before),
        },
    )
    session.flush()
    return draft


def _told(version: Charter, other: Charter | None) -> dict[str, dict[str, str]]:
    """The words of a version that another does not say, for the log."""
    found = {}
    for name, said, elsewhere in (
        ("title", version.title, other.title if other is not None else {}),
        ("text", version.text, other.text if other is not None else {}),
    ):
        found[name] = {each: said[each] for each in _rewritten(elsewhere, said) if each in said}
    return {name: words for name, words in found.items() if words}


def _rewritten(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The languages whose words changed: a form gives a text back with other blanks at the end of its lines, or after
    the last one, than the file that it came from."""
    languages = dict.fromkeys([*before, *after])
    return [each for each in languages if _bare(before.get(each, "")) != _bare(after.get(each, ""))]


def _bare(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def drop(session: Session, draft: Charter) -> None:
    """Give up the version being written."""
    before = {"title": draft.title, "text": draft.text}
    audit.record(session, "charter.dropped", details={"version": draft.version, "before": before})
    session.delete(draft)
    session.flush()
