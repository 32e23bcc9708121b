"""One change of one thing, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from assett.engine.changes.words import in_words
from assett.engine.document import Text

Subject = Literal["questionnaire", "profile", "category", "question", "resource"]
Kind = Literal["added", "removed", "moved", "renamed", "reordered", "reworded", "changed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One change of one thing.

    ``subject`` and ``id`` say of what (the id of today, or the last one of what is
    removed), ``title`` how it is called, ``category`` where a question stands.
    ``key`` is the place within it (``weight``, ``choices.mois.label``), ``language``
    that of a reworded text. ``before`` and ``after`` are values of the document,
    ``None`` where there is nothing. ``template`` is a French source text to be filled
    with ``params``, and with ``before`` and ``after`` as :func:`in_words` says them.
    ``scoring`` tells that scores may change with it.
    """

    subject: Subject
    id: str
    title: Text
    category: str | None
    kind: Kind
    key: str
    template: str
    before: object = None
    after: object = None
    language: str | None = None
    scoring: bool = False
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The French text."""
        worded = {name: in_words(value) for name, value in self.params.items()}
        ends = {"before": in_words(self.before), "after": in_words(self.after), "language": self.language}
        return self.template % (ends | worded)


@dataclass(frozen=True, slots=True)
class Changed:
    """A thing that changed, and all that changed of it."""

    subject: Subject
    id: str
    title: Text
    category: str | None
    differences: tuple[Difference, ...]


def by_subject(found: Iterable[Difference]) -> tuple[Changed, ...]:
    """The differences thing by thing, in their order."""
    return tuple(
        Changed(subject, name, group[0].title, group[0].category, tuple(group))
        for (subject, name), items in groupby(found, key=lambda each: (each.subject, each.id))
        if (group := list(items))
    )
