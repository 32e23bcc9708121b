"""The history of a draft: who did what, in words, and what it changed, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from flask_babel import gettext
from sqlalchemy.orm import Session

from assett.core.i18n import show_clock
from assett.core.paging import Page, page_within
from assett.engine.drafting.mentions import named_in
from assett.engine.drafting.pieces import Address, Parts, Tree, take_apart
from assett.engine.drafting.steps import Step, runs
from assett.kernel.text import N_
from assett.studio import differing, queries
from assett.studio.models import Draft, DraftStep
from assett.studio.texts import first_language

LINES_A_PAGE = 30
# What one person writes in one piece within this time is one line.
TOGETHER = timedelta(minutes=10)
# How many differences a line opens onto; a file brought in may make thousands.
MOST_TOLD = 40

ACTIONS = {
    "settings.changed": N_("a changé la présentation du questionnaire"),
    "language.removed": N_("a retiré une langue : %(subject)s"),
    "grid.changed": N_("a changé la grille de notation"),
    "grid.followed": N_("a donné la grille commune à toutes les catégories"),
    "category.followed": N_("a donné la grille commune à la catégorie « %(subject)s »"),
    "category.changed": N_("a modifié la catégorie « %(subject)s »"),
    "category.added": N_("a ajouté la catégorie « %(subject)s »"),
    "category.removed": N_("a retiré la catégorie « %(subject)s »"),
    "category.back": N_("a remis la catégorie « %(subject)s »"),
    "category.moved": N_("a déplacé la catégorie « %(subject)s »"),
    "question.changed": N_("a modifié la question « %(subject)s »"),
    "question.added": N_("a ajouté une question"),
    "questions.written": N_("a ajouté %(subject)s questions d’un coup"),
    "question.duplicated": N_("a dupliqué la question « %(subject)s »"),
    "question.removed": N_("a retiré la question « %(subject)s »"),
    "question.back": N_("a remis la question « %(subject)s »"),
    "question.moved": N_("a déplacé la question « %(subject)s »"),
    "question.taken": N_("a repris de la banque la question « %(subject)s »"),
    "profile.changed": N_("a modifié l’élément de profil « %(subject)s »"),
    "profile.added": N_("a ajouté un élément de profil"),
    "profile.duplicated": N_("a dupliqué l’élément de profil « %(subject)s »"),
    "profile.removed": N_("a retiré l’élément de profil « %(subject)s »"),
    "profile.back": N_("a remis l’élément de profil « %(subject)s »"),
    "profile.moved": N_("a déplacé l’élément de profil « %(subject)s »"),
    "translated": N_("a complété des traductions"),
    "imported": N_("a repris le fichier « %(subject)s »"),
    "upstream.merged": N_("a repris des nouveautés du socle national"),
    "upstream.kept": N_("a gardé ses choix face au socle national"),
    "reverted": N_("a repris un état précédent"),
}
# What was taken back or done again is told with it: many steps are about the same question.
AGAIN = {"undo": N_("a annulé l’étape qui avait %(what)s"), "redo": N_("a rétabli l’étape qui avait %(what)s")}


class Done(Protocol):
    """A step, as far as saying it needs."""

    @property
    def action(self) -> str: ...
    @property
    def subject(self) -> str: ...


def said(step: Done, of: Done | None = None) -> str:
    """« a modifié la question “Suivez-vous vos factures ?” »; `of` is the step that it takes back or does again."""
    if step.action in AGAIN:
        what = done(of) if of is not None else gettext("changé « %(subject)s »", subject=step.subject or "…")
        return gettext(AGAIN[step.action]) % {"what": what}
    return gettext(ACTIONS.get(step.action, N_("a changé « %(subject)s »"))) % {"subject": step.subject or "…"}


def done(step: Done) -> str:
    """What was done, without who did it: « modifié la question “Suivez-vous vos consommations ?” »."""
    return said(step).removeprefix("a ")


@dataclass(frozen=True, slots=True)
class Line:
    """Steps that belong together: the last of them, the numbers of all, in words, when the first was if that is another
    minute, what they changed piece by piece, and how many more pieces they changed than are told."""

    step: DraftStep
    numbers: Sequence[int]
    said: str
    since: str
    pieces: Sequence[differing.Piece]
    more: int


def page(session: Session, draft: Draft, asked: int, step: int | None = None) -> Page[Line]:
    """A draft's history, the latest first: the page asked, or the one that holds a step."""
    marks = queries.step_marks(session, draft)
    by_number = {each.number: each for each in marks}
    groups = grouped(marks)
    asked = next((place // LINES_A_PAGE + 1 for place, group in enumerate(groups) if step in group), asked)
    number = page_within(asked, len(groups), LINES_A_PAGE)
    shown = groups[(number - 1) * LINES_A_PAGE : number * LINES_A_PAGE]
    rows = queries.steps(session, draft, [each for group in shown for each in group])
    found = [[rows[each] for each in group] for group in shown]
    telling = _Telling.of(session, draft, [row for group in found for row in group])
    lines = [telling.line(group, said(group[-1], by_number.get(group[-1].of_number or 0))) for group in found]
    return Page(lines, number, LINES_A_PAGE, len(groups))


def grouped(marks: Iterable[queries.StepMark]) -> list[tuple[int, ...]]:
    """The numbers of the steps that make each line, the latest line first: what the same person wrote in the same piece
    within ten minutes, nobody else having written in it in between. What was taken back since stands apart."""
    groups: list[list[queries.StepMark]] = []
    latest: dict[Address, list[queries.StepMark]] = {}
    for mark in marks:
        group = latest.get(mark.address) if mark.address is not None else None
        if group is None or not _together(group[0], mark):
            group = []
            groups.append(group)
        group.append(mark)
        if mark.address is not None:
            latest[mark.address] = group
    groups.sort(key=lambda group: -group[-1].number)
    return [tuple(mark.number for mark in group) for group in groups]


def _together(first: queries.StepMark, mark: queries.StepMark) -> bool:
    same = (first.person_id, first.undone) == (mark.person_id, mark.undone)
    return same and mark.at - first.at <= TOGETHER


@dataclass(frozen=True, slots=True)
class _Telling:
    """What telling the steps of a page needs: how pieces and answers are called, those that are gone too."""

    names: differing.Names
    titles: Mapping[Address, str]

    @classmethod
    def of(cls, session: Session, draft: Draft, rows: Sequence[DraftStep]) -> _Telling:
        parts, language = take_apart(draft.tree), first_language(draft.tree)
        former = [each for row in rows for each in _pieces(Step.of_json(row.changes))]
        former += [(each.address, each.piece) for each in _unknown(session, draft, parts, former)]
        titles = {address: differing.called(address, piece, language) for address, piece in parts.pieces.items()}
        for address, piece in former:
            titles.setdefault(address, differing.called(address, piece, language))
        return cls(differing.Names.of(parts, former), titles)

    def line(self, rows: Sequence[DraftStep], said: str) -> Line:
        steps = runs(Step.of_json(row.changes) for row in rows)
        pieces = [
            piece for step in steps for piece in differing.of_step(step, self.names, self.titles, rows[-1].subject)
        ]
        shown: list[differing.Piece] = []
        for piece in pieces:
            if sum(len(each.told) + 1 for each in shown) >= MOST_TOLD:
                break
            shown.append(piece)
        return Line(
            rows[-1],
            [row.number for row in rows],
            said,
            _since(rows[0].at, rows[-1].at),
            shown,
            len(pieces) - len(shown),
        )


def _since(first: datetime, last: datetime) -> str:
    """The clock at the first of several steps; empty within one minute."""
    begun = show_clock(first)
    return begun if begun != show_clock(last) else ""


def _pieces(step: Step) -> list[tuple[Address, Tree]]:
    """The states of the pieces that a step knows, the later ones first."""
    return [(address, each) for address, (before, after) in step.pieces.items() for each in (after, before) if each]


def _unknown(
    session: Session, draft: Draft, parts: Parts, known: Sequence[tuple[Address, Tree]]
) -> list[queries.FormerPiece]:
    """What conditions on the page name and neither the draft nor the page has."""
    named = {f"{kind}/{name}" for _, piece in known for kind, name in named_in(piece)}
    missing = named - parts.pieces.keys() - {address for address, _ in known}
    return queries.former_pieces(session, draft, missing) if missing else []
