"""The receipt: every answer with what it earned, so that each number can be opened.

It adds up exactly: the points of the lines that count make those of the category,
the shares and ratios of the categories make the overall ratio.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from assett.engine.answers import Answers
from assett.engine.compiled import Compiled, CompiledCategory, CompiledQuestion
from assett.engine.document import Cap, Category, Condition, Question
from assett.engine.score import CategoryScore, OverallScore, Result
from assett.engine.values import UNKNOWN, Value

Status = Literal["counted", "unknown", "unanswered", "left_out", "not_applicable", "hidden", "unscored"]


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A question on the receipt.

    ``status`` says what became of it: ``counted`` (answered), ``unknown`` (« je ne
    sais pas », counted with no points), ``unanswered`` (counted with no points in a
    final score), ``left_out`` (unanswered, in a provisional one), ``not_applicable``,
    ``hidden`` or ``unscored``. ``value`` is the answer that was given, kept even
    where it is hidden. ``earned`` is weight × points, in units of ``unit`` to the
    point.
    """

    compiled: CompiledQuestion
    status: Status
    value: Value | None
    earned: int

    @property
    def question(self) -> Question:
        """The question."""
        return self.compiled.question

    @property
    def in_sum(self) -> bool:
        """Whether the line takes part in the sums of its category."""
        return self.status in ("counted", "unknown", "unanswered")

    @property
    def best(self) -> int:
        """The most that ``earned`` could be."""
        return self.compiled.best

    @property
    def unit(self) -> int:
        """Units to the point, the same for the whole category."""
        return self.compiled.unit

    @property
    def weight(self) -> Fraction:
        """The weight of the question in its category."""
        return self.question.weight

    @property
    def points(self) -> Fraction:
        """The points earned, before the weight (``p``)."""
        return Fraction(self.earned, self.unit) / self.weight

    @property
    def max_points(self) -> Fraction:
        """The most points to be earned, before the weight (``m``)."""
        return Fraction(self.best, self.unit) / self.weight

    @property
    def hidden_by(self) -> Condition | None:
        """The question's own condition, where it is hidden; its category may have another."""
        return self.question.visible_if if self.status == "hidden" else None


@dataclass(frozen=True, slots=True)
class AppliedCap:
    """A cap that lowered a ratio, by its place in the list of caps."""

    index: int
    cap: Cap


@dataclass(frozen=True, slots=True)
class CategoryReceipt:
    """A category on the receipt; ``score`` is ``None`` where it is hidden.

    ``share`` is its part in the overall score, ``None`` where it has none:
    ``without_score`` then says why, unless it is ``hidden_by`` a condition.
    """

    category: Category
    lines: tuple[ReceiptLine, ...]
    score: CategoryScore | None
    share: Fraction | None
    caps: tuple[AppliedCap, ...]
    hidden_by: Condition | None = None
    without_score: Literal["nothing_counted", "too_many_not_applicable"] | None = None

    def share_of(self, line: ReceiptLine) -> Fraction | None:
        """The part that a question has in this category, ``None`` where it has none."""
        possible = self.score.possible if self.score is not None else 0
        return Fraction(line.best, possible) if line.in_sum and possible else None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The whole receipt, categories in the order of the file, hidden ones included."""

    questionnaire: str
    version: str | None
    provisional: bool
    categories: tuple[CategoryReceipt, ...]
    overall: OverallScore
    caps: tuple[AppliedCap, ...]


def receipt(compiled: Compiled, answers: Answers, result: Result) -> Receipt:
    """Account for a result; the result must be that of these answers."""
    document = compiled.document
    scores = {score.id: score for score in result.categories}
    weights = sum(
        each.weight
        for each in compiled.categories
        if (score := scores.get(each.category.id)) is not None and score.ratio is not None
    )
    return Receipt(
        questionnaire=document.id,
        version=document.version,
        provisional=result.provisional,
        categories=tuple(
            _category(each, scores.get(each.category.id), weights, answers, result.provisional)
            for each in compiled.categories
        ),
        overall=result.overall,
        caps=_applied(document.caps, result.overall.caps),
    )


def _applied(caps: tuple[Cap, ...], indexes: tuple[int, ...]) -> tuple[AppliedCap, ...]:
    return tuple(AppliedCap(index, caps[index]) for index in indexes)


def _category(
    each: CompiledCategory,
    score: CategoryScore | None,
    weights: int,
    answers: Answers,
    provisional: bool,
) -> CategoryReceipt:
    category = each.category
    values, hidden = answers.values, answers.hidden
    lines = []
    for name, question in each.questions:
        value = values.get(name)
        status: Status = "counted"
        earned = 0
        if hidden and name in hidden:
            status = "hidden"
        elif question.earned is None:
            status = "unscored"
        elif value is None:
            status = "left_out" if provisional else "unanswered"
        else:
            worth = question.earned(value)
            if worth is None:
                status = "not_applicable"
            elif value == UNKNOWN:
                status = "unknown"
            else:
                earned = worth
        lines.append(ReceiptLine(question, status, value, earned))
    if score is None:
        return CategoryReceipt(category, tuple(lines), None, None, (), category.visible_if)
    if score.ratio is None:
        why: Literal["nothing_counted", "too_many_not_applicable"]
        why = "too_many_not_applicable" if score.possible else "nothing_counted"
        return CategoryReceipt(category, tuple(lines), score, None, (), without_score=why)
    share = Fraction(each.weight, weights)
    return CategoryReceipt(category, tuple(lines), score, share, _applied(category.caps, score.caps))
