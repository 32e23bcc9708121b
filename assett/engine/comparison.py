"""Two results side by side: what moved from one assessment to the next."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from assett.engine.score import CategoryScore, OverallScore, Result

_Scored: TypeAlias = OverallScore | CategoryScore | None


@dataclass(frozen=True, slots=True)
class Change:
    """The ratio and level of a category (``None``: the overall score), before and after.

    What a result does not have is ``None``, and then so is ``delta``.
    """

    category: str | None
    before: Fraction | None
    after: Fraction | None
    level_before: str | None
    level_after: str | None

    @property
    def delta(self) -> Fraction | None:
        """How much the ratio grew."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """Overall and by category: those of the later result, then those it has no more."""

    overall: Change
    categories: tuple[Change, ...]


def compare(before: Result, after: Result) -> Comparison:
    """Compare two results, of one questionnaire or of two versions of it."""
    first = {category.id: category for category in before.categories}
    second = {category.id: category for category in after.categories}
    return Comparison(
        _change(None, before.overall, after.overall),
        tuple(_change(name, first.get(name), second.get(name)) for name in {**second, **first}),
    )


def _change(category: str | None, before: _Scored, after: _Scored) -> Change:
    return Change(
        category,
        before.ratio if before else None,
        after.ratio if after else None,
        before.level if before else None,
        after.level if after else None,
    )
