"""What changed between two documents, question by question, in words.

A renamed question or choice (``was``) is the same one under another id: what merely
follows from the renaming, in conditions and resources, is no change.
"""

from __future__ import annotations

from collections.abc import Iterable

from assett.engine.changes.difference import Changed, Difference, Kind, Subject, by_subject
from assett.engine.changes.finder import Finder
from assett.engine.changes.words import in_words
from assett.engine.document import Document

__all__ = ["Changed", "Difference", "Kind", "Subject", "by_subject", "differences", "in_words"]


def differences(before: Document, after: Document, between: Iterable[Document] = ()) -> tuple[Difference, ...]:
    """All that changed, the questionnaire first, then the profile, then category by category.

    What was renamed is followed through the documents ``between`` the two, oldest first.

    Empty exactly where the two documents are equal.
    """
    finder = Finder(before, after, between)
    finder.questionnaire()
    finder.profile()
    finder.categories()
    finder.resources()
    return tuple(finder.found)
