"""A three-way merge of documents: what the national base improved, taken into a space's own.

``base`` is the version that the space started from, ``theirs`` the base's new version,
``mine`` the space's document. Each piece (a question, a choice, a category, a level, a
resource…) is unchanged, changed on one side, on both in ways that go together, or in
conflict. What is renamed (``was``) is the same piece; under two new names at once, it
takes theirs and keeps mine among its former ids.
"""

from __future__ import annotations

from assett.engine.document import Document
from assett.engine.merging.alignment import aligned
from assett.engine.merging.assembling import Assembly
from assett.engine.merging.comparable import comparable_questions, obstacles
from assett.engine.merging.comparing import Comparison
from assett.engine.merging.pieces import Decision, Merge, Piece, Placed, Status, Subject

__all__ = ["Decision", "Merge", "Piece", "Placed", "Status", "Subject", "comparable_questions", "merge", "obstacles"]


def merge(base: Document, theirs: Document, mine: Document) -> Merge:
    """Compare two documents with the one that they both come from."""
    sides = aligned(base, theirs, mine)
    comparison = Comparison(*sides)
    comparison.compare()
    pieces = tuple(comparison.pieces)
    return Merge(pieces, Assembly(sides, pieces).assembled)
