"""The log of a space in words: the lines of its page, and the sheet to take away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext

from assett.core import audit
from assett.core.audit import Source
from assett.core.changes import Change, changes, label, shown
from assett.core.i18n import colon, in_paris, semicolon
from assett.core.spreadsheets import Cell
from assett.kernel.text import typeset, within_quotes
from assett.teams.queries import Entry, Names

# Keys of `details` that a line says otherwise.
_TOLD = frozenset({"before", "after", "person", "invitation"})
# A cell of a workbook holds 32 767 characters.
_LONGEST_CELL = 32_000


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    author: str
    sentence: str
    facts: list[tuple[str, str]]
    changes: list[Change]
    # What is new has no before to tell.
    created: bool
    # The page that tells all of it, where there is one.
    url: str | None


def lines(entries: Iterable[Entry], names: Names) -> Iterator[Line]:
    return (line(entry, names) for entry in entries)


def line(entry: Entry, names: Names) -> Line:
    """An entry in words; an action that nobody has worded is shown by its name."""
    subject = _subject(entry, names)
    wording = audit.wordings.get(entry.action)
    if wording is not None:
        text = gettext(str(wording))
        sentence = text % _Filling(entry.details, subject, text)
    else:
        text = ""
        named = gettext("Action « %(action)s »", action=entry.action)
        sentence = f"{named}{colon()}{subject}" if entry.subject or _names_somebody(entry) else named
    facts = [
        (label(key), shown(key, value))
        for key, value in entry.details.items()
        if key not in _TOLD | audit.unsaid and f"%({key})s" not in text
    ]
    created = "after" in entry.details and "before" not in entry.details
    page = audit.pages.get(entry.action)
    url = page(entry.details) if page is not None else None
    return Line(entry.at, author(entry), sentence, facts, list(changes(entry.details)), created, url)


def author(entry: Entry) -> str:
    if entry.author is not None:
        return f"{entry.author} (Cerema)" if entry.operator else entry.author
    if entry.source == Source.PERSON:
        return gettext("Compte supprimé")
    return gettext(entry.source.label)


def kind_label(kind: str) -> str:
    return gettext(str(audit.kinds.get(kind, kind)))


def log_rows(entries: Iterable[Entry], names: Names) -> tuple[list[str], Iterator[list[Cell]]]:
    """Header and rows: the day, the hour, who, what, and what it changed."""
    header = [
        gettext("Date"),
        gettext("Heure"),
        gettext("Qui"),
        gettext("Quoi"),
        gettext("Avant"),
        gettext("Après"),
        gettext("Précisions"),
        gettext("Action (nom technique)"),
    ]
    return header, (_row(entry, names) for entry in entries)


def _row(entry: Entry, names: Names) -> list[Cell]:
    told = line(entry, names)
    return [
        # A spreadsheet sorts these two as time went.
        told.at,
        f"{in_paris(told.at):%H:%M}",
        told.author,
        told.sentence,
        _cell((change.label, change.before) for change in told.changes if not told.created),
        _cell((change.label, change.after) for change in told.changes),
        _cell(told.facts),
        entry.action,
    ]


def _cell(told: Iterable[tuple[str, str]]) -> str:
    """Named values in one cell, whole; what no cell could hold ends with a word saying so."""
    text = semicolon().join(f"{name}{colon()}{value}" if name else value for name, value in told)
    if len(text) <= _LONGEST_CELL:
        return text
    end = gettext("… (la suite est coupée : une cellule n’en contient pas plus)")
    return text[:_LONGEST_CELL].rstrip() + end


def _names_somebody(entry: Entry) -> bool:
    return "person" in entry.details or "invitation" in entry.details


def _subject(entry: Entry, names: Names) -> str:
    """What or whom the entry is about. People are named as they are now, and no longer once they are erased."""
    if entry.subject:
        return entry.subject
    if "person" in entry.details:
        return names.people.get(entry.details["person"], gettext("un compte supprimé"))
    if "invitation" in entry.details:
        return names.addresses.get(entry.details["invitation"], gettext("une adresse effacée"))
    return "–"


class _Filling(dict[str, str]):
    """What a sentence may name, as it stands there; what an old entry does not hold is a dash."""

    def __init__(self, details: Mapping[str, Any], subject: str, sentence: str) -> None:
        said = {key: shown(key, value) for key, value in details.items()} | {"subject": subject}
        super().__init__(
            {
                name: within_quotes(text) if f"«\u00a0%({name})s" in typeset(sentence) else text
                for name, text in said.items()
            }
        )

    def __missing__(self, key: str) -> str:
        return "–"
