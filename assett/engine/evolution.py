"""Evolution across versions, told apart: what comes from « you », what from « the grid ».

Between the two ends stands a middle: *the earlier answers under the new grid*. Then

- the grid = middle − before: the same answers, judged differently;
- you = after − middle: the answers' change, scored on the same grid, the new one;

which add up exactly. The grid changes first, because answers are carried forward (that
is what ``was`` is for, and what a respondent is shown when a version is carried over),
and because what one did is best told on the grid that one sees today.

What was not asked before, or in words that do not carry over, has no earlier answer. It
is taken in the middle as it is answered today: a new question then weighs on « the
grid », and nobody is praised or blamed for answering what nobody had asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from assett.engine.answers import Answers, see
from assett.engine.carrying import carrier
from assett.engine.compiled import Compiled
from assett.engine.document import Scale
from assett.engine.score import CategoryScore, OverallScore, Result, rescale, score
from assett.engine.values import Value

_Scored: TypeAlias = OverallScore | CategoryScore | None


@dataclass(frozen=True, slots=True)
class ShownShare:
    """An evolution on the scale of the scores, rounded so that it still adds up."""

    total: Decimal
    you: Decimal
    grid: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """The evolution of a category (``None``: overall), as exact ratios.

    ``before``, ``middle`` and ``after`` are ``None`` where there is no score; without
    the middle the two parts cannot be told apart.
    """

    category: str | None
    before: Fraction | None
    middle: Fraction | None
    after: Fraction | None

    @property
    def total(self) -> Fraction | None:
        """By how much the ratio grew; ``you + grid`` where they are known."""
        return _less(self.after, self.before)

    @property
    def you(self) -> Fraction | None:
        """The part that comes from the answers."""
        return None if self.total is None else _less(self.after, self.middle)

    @property
    def grid(self) -> Fraction | None:
        """The part that comes from the new version."""
        return None if self.total is None else _less(self.middle, self.before)

    def shown(self, scale: Scale) -> ShownShare | None:
        """The evolution in points of a scale: « +0,4 of which +0,6 from you, −0,2 from the grid ».

        The total is the difference of the two scores as they are shown; « you » is
        rounded to the nearest, the grid is the rest; what is nothing stays nothing.
        """
        if self.before is None or self.after is None or self.you is None:
            return None
        total = rescale(self.after, scale) - rescale(self.before, scale)
        you = total if not self.grid else _signed(self.you, scale)
        return ShownShare(total, you, total - you)


@dataclass(frozen=True, slots=True)
class Evolution:
    """Overall and by category: those of the later result, then those that it has no more."""

    overall: Share
    categories: tuple[Share, ...]

    def category(self, category_id: str) -> Share | None:
        """The evolution of a category, ``None`` where neither result has it."""
        return next((share for share in self.categories if share.category == category_id), None)


def evolution(
    old: Compiled,
    before: Answers,
    new: Compiled,
    after: Answers,
    between: tuple[Compiled, ...] = (),
    *,
    provisional: bool = False,
) -> Evolution:
    """Tell apart the evolution from ``before`` (answers to ``old``) to ``after`` (to ``new``); ``between`` are the
    versions that stood between them, oldest first."""
    middle = answers_between(old, before, new, after, between)
    return _told_apart(
        score(old, before, provisional=provisional),
        score(new, middle, provisional=provisional),
        score(new, after, provisional=provisional),
    )


def answers_between(
    old: Compiled, before: Answers, new: Compiled, after: Answers, between: tuple[Compiled, ...] = ()
) -> Answers:
    """The earlier answers under the new version; what they do not say is taken from the later ones.

    A question that was asked before and left unanswered stays so: answering it since is
    the respondent's doing.
    """
    way = carrier(old, new, between)
    carried = way.carry(before).answers
    asked = {
        there
        for name, there in way.questions.items()
        if there is not None and name not in before.hidden and name not in before.values
    }
    asked_entries = {
        there
        for name, there in way.entries.items()
        if there is not None and name not in before.hidden_entries and name not in before.profile
    }
    values: dict[str, Value] = {name: value for name, value in after.values.items() if name not in asked}
    profile: dict[str, Value] = {name: value for name, value in after.profile.items() if name not in asked_entries}
    return see(new, values | dict(carried.values), profile | dict(carried.profile))


def _told_apart(before: Result, middle: Result, after: Result) -> Evolution:
    first, between, last = ({each.id: each for each in result.categories} for result in (before, middle, after))
    return Evolution(
        _share(None, before.overall, middle.overall, after.overall),
        tuple(_share(name, first.get(name), between.get(name), last.get(name)) for name in {**last, **first}),
    )


def _share(category: str | None, before: _Scored, middle: _Scored, after: _Scored) -> Share:
    return Share(
        category,
        before.ratio if before else None,
        middle.ratio if middle else None,
        after.ratio if after else None,
    )


def _less(ratio: Fraction | None, from_: Fraction | None) -> Fraction | None:
    return None if ratio is None or from_ is None else ratio - from_


def _signed(ratio: Fraction, scale: Scale) -> Decimal:
    """A difference on a scale, rounded away from zero at the half so that signs mirror each other."""
    shown = rescale(abs(ratio), scale)
    return -shown if ratio < 0 else shown
