"""Resources that name what a draft has not: to be aimed anew once it is published, and told before.

The nation's resources serve many questionnaires, and rightly name what this one never had: of them, only those are
counted that name what the questionnaire in service has and a draft would take away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext
from sqlalchemy.orm import Session

from assett.core.i18n import current_language
from assett.engine.compiled import Compiled
from assett.engine.drafting.pieces import GRID, SETTINGS, Parts
from assett.resources import aims, registries
from assett.resources import queries as resources
from assett.resources.aims import Aim, Option, Subject
from assett.resources.catalogue import words_in
from assett.resources.queries import Line
from assett.studio import cards, checking, queries
from assett.studio.texts import first_language, words

Known = Mapping[str, Subject]


@dataclass(frozen=True, slots=True)
class Astray:
    """An own resource, and what it names in vain, in words."""

    id: int
    title: str
    aims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Toll:
    """What a draft, or a removal, does to the resources: own ones, and how many of the nation's."""

    own: tuple[Astray, ...] = ()
    national: int = 0


def of_draft(session: Session, parts: Parts, serving: Compiled | None) -> Toll:
    """The own resources that name what a draft has not, whether or not they did before."""
    before = aims.every_subject(serving.document, current_language()) if serving is not None else {}
    return _toll(session, before, _subjects(parts), anyway=True)


def of_removal(session: Session, before: Parts, after: Parts) -> Toll:
    """What a removal from a draft takes away from resources."""
    return _toll(session, _subjects(before), _subjects(after), anyway=False)


def _toll(session: Session, before: Known, after: Known, *, anyway: bool) -> Toll:
    """`anyway`: own resources are told of even where the same lacked before."""
    own: list[tuple[Line, list[Aim]]] = []
    national = 0
    for line in resources.lines(session):
        # What follows the questionnaire's file is as the draft's own file says: its check tells.
        if line.resource.away or line.hidden or line.resource.of_document:
            continue
        lost = [aim for aim in _aims(line) if not aims.stands(aim, after.get(aim.of))]
        taken = [aim for aim in lost if aims.stands(aim, before.get(aim.of))]
        if line.resource.national:
            national += bool(taken)
        elif lost if anyway else taken:
            own.append((line, lost if anyway else taken))
    return Toll(tuple(_told(session, own, before, after)), national)


def _aims(line: Line) -> list[Aim]:
    return [*aims.picked_for(line.entry.get("for")), *aims.picked_who(line.entry.get("who"))]


def _told(session: Session, own: Iterable[tuple[Line, list[Aim]]], before: Known, after: Known) -> Iterable[Astray]:
    own, language = list(own), current_language()
    unknown = {aim.of for _, lost in own for aim in lost if not aims.stands(aim, before.get(aim.of))}
    former = resources.former_subjects(session, unknown, language)
    for line, lost in own:
        said = [aims.line_said(a, before.get(a.of), after.get(a.of), former.get(a.of)) for a in lost]
        yield Astray(line.resource.id, words_in(line.entry.get("title"), language), tuple(said))


def _subjects(parts: Parts) -> Known:
    """What resources may name of a draft, however unfinished it is."""
    language = first_language(parts.pieces.get(SETTINGS, {}))
    grid = parts.pieces.get(GRID, {}).get("levels") or []
    found = {}
    for address, piece in parts.pieces.items():
        kind = address.partition("/")[0]
        if kind == "category":
            title = words(piece.get("title"), language)
            levels = (each for each in piece.get("levels") or grid if isinstance(each, Mapping))
            found[address] = Subject(
                address,
                gettext("Niveau atteint en « %(category)s »", category=title),
                tuple(Option(str(each.get("id")), words(each.get("label"), language)) for each in levels),
            )
        elif kind == "profile" or (kind == "question" and piece.get("type") not in {"info", "text", "date"}):
            subject = cards.subject_of(piece, address, language)
            options = tuple(Option(each.value, each.label) for each in subject.options)
            bounded = kind == "question" and subject.type in {"scale", "number"}
            found[address] = Subject(address, subject.label, options, bounded)
    return found


def _being_written(session: Session) -> Compiled | None:
    """The draft that was written in last, as far as it is right."""
    latest = next(iter(queries.open_drafts(session)), None)
    if latest is None:
        return None
    found = checking.check(queries.tree(session, latest), resources.base(session).entries).compiled
    # Resources are the base's own matter here, not the file's.
    return replace(found, document=replace(found.document, resources=())) if found is not None else None


registries.being_written.append(_being_written)
