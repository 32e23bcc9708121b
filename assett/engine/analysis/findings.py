"""What an analysis says: one finding at one place, in words that can be translated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from assett.kernel.errors import Problem

FindingKind: TypeAlias = Literal[
    # measures
    "range",
    "minutes",
    "readability",
    # warnings
    "unreachable_level",
    "level_called_otherwise",
    "never_scored",
    "no_effect",
    "never_visible",
    "always_visible",
    "cap_never_holds",
    "cap_always_holds",
    "cap_without_effect",
    "cap_below_no_level",
    "choice_without_points",
    "key_without_effect",
    "missing_translation",
    "category_without_resource",
    "level_without_resource",
    "resource_names_unknown",
    "resource_never_shown",
    "hard_to_read",
    "long_sentence",
    "placeholder",
    "level_without_message",
    "same_answer",
    "same_question",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing worth knowing about a document that is right.

    ``path`` is the place within the tree, as in :class:`Problem`. ``template`` is a
    French source text marked with ``N_``, ``params`` what it is filled with.
    """

    kind: FindingKind
    path: str
    template: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The French text."""
        return self.template % self.params if self.params else self.template

    def as_problem(self) -> Problem:
        """The same words at the same place, to be given a line and printed."""
        return Problem(self.path, self.template, params=self.params)
