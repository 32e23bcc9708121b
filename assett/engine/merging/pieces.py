"""The pieces of a merge, and the decisions on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from assett.engine.document import Document, Question, Text
from assett.engine.drafting.operations import spoken_in
from assett.engine.reading import read_document
from assett.engine.writing import dump_document
from assett.kernel.errors import InvalidDocument, Problem
from assett.kernel.text import N_

Status = Literal["unchanged", "theirs", "mine", "both", "conflict"]
Decision = Literal["take", "keep", "merge", "yield"]
Subject = Literal["questionnaire", "level", "cap", "profile", "category", "question", "choice", "resource"]


@dataclass(frozen=True, slots=True)
class Placed:
    """A question, and the category that it stands in."""

    category: str
    question: Question


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to decide upon, on its three sides (``None``: it is not there).

    ``path`` names it (``questions.suivi``, ``questions.suivi.choices.mois``). Where all
    three sides have it, a question comes without its choices and a category without its
    levels and caps, which are pieces of their own; otherwise it comes whole.
    ``conflicts`` names the fields that both sides changed differently, none where one
    side took the piece away. ``merged`` is both sides' changes, mine where they differ;
    ``yielded`` the same, theirs where they differ.
    """

    path: str
    subject: Subject
    title: Text | str
    status: Status
    base: object
    theirs: object
    mine: object
    merged: object
    yielded: object
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge:
    """All the pieces, in the order of the merged document, and how they are put together."""

    pieces: tuple[Piece, ...]
    _assemble: Callable[[Mapping[str, object]], tuple[Document, list[Problem]]]

    @property
    def conflicts(self) -> tuple[Piece, ...]:
        """The pieces that need a decision."""
        return tuple(piece for piece in self.pieces if piece.status == "conflict")

    @property
    def offered(self) -> tuple[Piece, ...]:
        """The pieces on which the other side has something new to say."""
        return tuple(piece for piece in self.pieces if piece.status in ("theirs", "both", "conflict"))

    def apply(self, decisions: Mapping[str, Decision] | None = None) -> Document:
        """The merged document.

        ``take`` gives a piece as theirs is, ``keep`` as mine is, ``merge`` both sides'
        changes, mine where they differ, ``yield`` theirs there; a decision holds for the pieces within, unless
        they have their own. Without a decision, one-sided changes and those that go
        together are taken. « Plus tard » is ``keep`` for now: the base
        that the space remembers must then stay the older one.

        Raises :class:`InvalidDocument` with a problem for each conflict without a
        decision (its path is the piece's) and each decision that names no piece; once
        all is decided, with the problems of the merged document.
        """
        decisions = decisions or {}
        known = {piece.path for piece in self.pieces}
        problems = [Problem(path, N_("il n’y a rien à décider ici")) for path in decisions if path not in known]
        chosen: dict[str, object] = {}
        for piece in self.pieces:
            decision = _decision(piece.path, decisions)
            if decision is None and piece.status == "conflict":
                template = N_("il y a un conflit à trancher : prendre la version nationale, ou garder la vôtre")
                problems.append(Problem(piece.path, template))
            sides = {"take": piece.theirs, "keep": piece.mine, "yield": piece.yielded}
            chosen[piece.path] = sides.get(decision or "merge", piece.merged)
        document, misplaced = self._assemble(chosen)
        problems += misplaced
        if problems:
            raise InvalidDocument(problems)
        tree = dump_document(document)
        if any(piece.path == "languages" and piece.theirs != piece.mine for piece in self.pieces):
            # A language that the base has added is one thing to take; what it says in it is another.
            tree = spoken_in(tree, document.languages)
        # What was published is not refused here: the draft that this becomes is checked as a draft.
        return read_document(tree, published=True)


def _decision(path: str, decisions: Mapping[str, Decision]) -> Decision | None:
    """The decision on a piece, or on the nearest one around it."""
    while path:
        if path in decisions:
            return decisions[path]
        path = path.rpartition(".")[0]
    return None
