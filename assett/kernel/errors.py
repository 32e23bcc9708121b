"""What can be wrong, said so that it can be mended: a place, a reason, a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from assett.kernel.text import printable

ROOT = "document"
"""The path of a whole tree, where there is no key to name."""


def key_path(path: str, key: object) -> str:
    """The path of a key of the mapping at ``path`` (``""`` is the root)."""
    name = printable(str(key))
    return f"{path}.{name}" if path else name


def item_path(path: str, index: int) -> str:
    """The path of an item of the list at ``path``."""
    return f"{path}[{index}]"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong at one place.

    ``path`` is the place within the tree (``categories[2].questions[0].weight``).
    ``template`` is a French source text marked with ``N_``, ``params`` what it is
    filled with: the web translates the first, then fills in the second.
    ``line`` counts from 1 and is known only when the tree was read from a file.
    """

    path: str
    template: str
    line: int | None = None
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The French text."""
        return self.template % self.params if self.params else self.template

    def at_line(self, line: int | None) -> Problem:
        """The same problem, with its line."""
        return replace(self, line=line)

    def __str__(self) -> str:
        place = f" (line {self.line})" if self.line is not None else ""
        return f"{self.path}: {self.message}{place}"


class _Invalid(ValueError):
    """Carries every problem found in one run."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class InvalidDocument(_Invalid):
    """A questionnaire or resource file that cannot be used as it is."""


class InvalidAnswers(_Invalid):
    """Answers that do not fit their questionnaire."""


class Rejected(ValueError):
    """A use case was refused for a reason that the person can read.

    ``message`` is a text ready to be shown; ``field`` names the form field that it
    belongs to, where there is one.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
