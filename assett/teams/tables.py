"""The log of a space in words: the lines of its page, and the sheet to take away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext

from assett.core import audit
from assett.core.audit import Source
from assett.core.i18n import show_moment
from assett.core.spreadsheets import Cell
from assett.teams.queries import Entry, Names

# Keys of `details` that a line says otherwise.
_TOLD = frozenset({"before", "after", "person", "invitation"})
_SHOWN_LENGTH = 280


@dataclass(frozen=True, slots=True)
class Change:
    """What changed, in words; `label` is empty where the sentence says it, `before` or `after` where there was none."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    author: str
    sentence: str
    facts: list[tuple[str, str]]
    changes: list[Change]


def lines(entries: Iterable[Entry], names: Names) -> Iterator[Line]:
    return (line(entry, names) for entry in entries)


def line(entry: Entry, names: Names) -> Line:
    """An entry in words; an action that nobody has worded is shown by its name."""
    subject = _subject(entry, names)
    wording = audit.wordings.get(entry.action)
    if wording is not None:
        text = gettext(str(wording))
        sentence = text % _Filling(entry.details, subject)
    else:
        text = ""
        named = gettext("Action « %(action)s »", action=entry.action)
        sentence = f"{named} : {subject}" if entry.subject or _names_somebody(entry) else named
    facts = [
        (label(key), shown(key, value))
        for key, value in entry.details.items()
        if key not in _TOLD and f"%({key})s" not in text
    ]
    return Line(entry.at, author(entry), sentence, facts, list(changes(entry.details)))


def author(entry: Entry) -> str:
    if entry.author is not None:
        return f"{entry.author} (Cerema)" if entry.operator else entry.author
    if entry.source == Source.PERSON:
        return gettext("Compte supprimé")
    return gettext(entry.source.label)


def kind_label(kind: str) -> str:
    return gettext(str(audit.kinds.get(kind, kind)))


def label(key: str) -> str:
    known = audit.details.get(key)
    return gettext(str(known.label)) if known is not None else key.replace("_", " ").replace("-", " ")


def shown(key: str, value: Any) -> str:
    """A value in words: that of `key` where it is known, « oui », a list, a text by language, an `…_at`'s moment."""
    known = audit.details.get(key)
    if isinstance(value, str) and known is not None and value in known.values:
        return gettext(str(known.values[value]))
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("oui") if value else gettext("non")
    if isinstance(value, Mapping):
        return " ; ".join(f"{label(str(name))} : {shown(str(name), each)}" for name, each in value.items())
    if isinstance(value, str) and key.endswith("_at"):
        return show_moment(datetime.fromisoformat(value))
    if isinstance(value, list):
        return ", ".join(shown(key, each) for each in value)
    return str(value)


def changes(details: Mapping[str, Any]) -> Iterator[Change]:
    """What differs between `before` and `after`, one line a key where both are mappings."""
    if "before" not in details and "after" not in details:
        return
    before, after = details.get("before"), details.get("after")
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        old, new = (each if isinstance(each, Mapping) else {} for each in (before, after))
        for key in dict.fromkeys([*old, *new]):
            if old.get(key) != new.get(key):
                yield Change(label(key), shown(key, old.get(key)), shown(key, new.get(key)))
    elif before != after:
        yield Change("", shown("", before), shown("", after))


def cut(text: str) -> str:
    """A text short enough for the page; the file to take away has all of it."""
    return text if len(text) <= _SHOWN_LENGTH else text[: _SHOWN_LENGTH - 1].rstrip() + "…"


def log_rows(entries: Iterable[Entry], names: Names) -> tuple[list[str], Iterator[list[Cell]]]:
    """Header and rows: when, who, what, and what it changed."""
    header = [
        gettext("Quand"),
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
        show_moment(told.at),
        told.author,
        told.sentence,
        " ; ".join(f"{change.label} : {change.before}" if change.label else change.before for change in told.changes),
        " ; ".join(f"{change.label} : {change.after}" if change.label else change.after for change in told.changes),
        " ; ".join(f"{name} : {value}" for name, value in told.facts),
        entry.action,
    ]


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
    """What a sentence may name; what an old entry does not hold is a dash."""

    def __init__(self, details: Mapping[str, Any], subject: str) -> None:
        super().__init__({key: shown(key, value) for key, value in details.items()}, subject=subject)

    def __missing__(self, key: str) -> str:
        return "–"
