"""The score: exact, by category and overall (``questionnaire-format``, section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assett.engine.answers import Answers
from assett.engine.compiled import Compiled, CompiledCategory, CompiledGrid
from assett.engine.document import Scale
from assett.engine.values import UNKNOWN


@dataclass(frozen=True, slots=True)
class OverallScore:
    """The score of the whole; all but ``caps`` is ``None`` where no category has one.

    ``ratio`` is exact, within 0..1; ``before_caps`` is what it was before ``caps``
    (indexes of those of the document that lowered it); ``score`` is the ratio as it
    is shown; ``level`` the id of a level.
    """

    ratio: Fraction | None
    before_caps: Fraction | None
    score: Decimal | None
    level: str | None
    caps: tuple[int, ...]

    @property
    def capped(self) -> bool:
        """Whether a cap lowered the ratio."""
        return bool(self.caps)


@dataclass(frozen=True, slots=True)
class CategoryScore:
    """The score of a visible category; ratio, score and level may be ``None``.

    ``counted`` questions are in the score, ``answered`` of them have an answer.
    ``earned`` and ``possible`` are its points in units of ``unit`` to the point.
    """

    id: str
    ratio: Fraction | None
    before_caps: Fraction | None
    score: Decimal | None
    level: str | None
    caps: tuple[int, ...]
    counted: int
    answered: int
    earned: int
    possible: int
    unit: int

    @property
    def capped(self) -> bool:
        """Whether a cap lowered the ratio."""
        return bool(self.caps)

    @property
    def points(self) -> Fraction:
        """The points earned, weights included (``num``)."""
        return Fraction(self.earned, self.unit)

    @property
    def max_points(self) -> Fraction:
        """The points to be earned, weights included (``den``)."""
        return Fraction(self.possible, self.unit)


@dataclass(frozen=True, slots=True)
class Result:
    """What answers are worth: overall, by visible category, and what is left to do.

    ``answered`` of ``required`` visible required questions have an answer;
    ``unclear`` lists the visible questions answered « je ne sais pas », in the order
    of the file.
    """

    questionnaire: str
    scale: Scale
    provisional: bool
    overall: OverallScore
    categories: tuple[CategoryScore, ...]
    answered: int
    required: int
    unclear: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every visible required question is answered."""
        return self.answered == self.required

    @property
    def progress(self) -> Fraction:
        """The share of the visible required questions that are answered."""
        return Fraction(self.answered, self.required) if self.required else Fraction(1)

    def category(self, category_id: str) -> CategoryScore | None:
        """The score of a category, or ``None`` where it is hidden."""
        return next((each for each in self.categories if each.id == category_id), None)


def rescale(ratio: Fraction, scale: Scale) -> Decimal:
    """Show a ratio on a scale: ``ratio × max``, rounded half up to its decimals."""
    steps = (scale.max * 10**scale.decimals).as_integer_ratio()
    return _shown(ratio.numerator, ratio.denominator, steps, scale.decimals)


def score(compiled: Compiled, answers: Answers, *, provisional: bool = False) -> Result:
    """Score answers; a provisional score leaves unanswered questions out."""
    visible, hidden = answers.visible, answers.hidden
    hidden_categories = answers.hidden_categories
    categories = []
    # The overall sum, as the fraction total/common, and the weights in it.
    total, common, weights = 0, 1, 0
    for category in compiled.categories:
        if hidden_categories and category.id in hidden_categories:
            continue
        scored = _category_score(category, answers, provisional)
        categories.append(scored)
        ratio = scored.ratio
        if ratio is not None:
            weight = category.weight
            top, bottom = ratio.as_integer_ratio()
            total = total * bottom + weight * top * common
            common *= bottom
            weights += weight
    if weights:
        overall = OverallScore(*_judged(total, common * weights, compiled.grid, answers))
    else:
        overall = OverallScore(None, None, None, None, ())
    required = len(compiled.required)
    if hidden:
        required -= len(compiled.required & hidden)
    answered = required - len(compiled.required.difference(visible, hidden))
    unclear = [name for name, value in visible.items() if value == UNKNOWN]
    if len(unclear) > 1:
        unclear = [name for name in compiled.questions if name in unclear]
    document = compiled.document
    return Result(
        document.id,
        document.scale,
        provisional,
        overall,
        tuple(categories),
        answered,
        required,
        tuple(unclear),
    )


def _category_score(category: CompiledCategory, answers: Answers, provisional: bool) -> CategoryScore:
    look, hidden = answers.visible.get, answers.hidden
    seen = category.best  # Σ weight·m over the visible scored questions
    earned = not_applicable = unanswered = without_answer = 0
    counted = len(category.scored)
    for name, earn, best in category.scored:
        value = look(name)
        if value is not None:
            worth = earn(value)
            if worth is not None:
                earned += worth
            else:
                not_applicable += best
                counted -= 1
        elif name in hidden:
            seen -= best
            counted -= 1
        else:
            unanswered += best
            without_answer += 1
    possible = seen - not_applicable
    if provisional:
        possible -= unanswered
    share, of = category.max_na
    ratio = before = shown = level = None
    caps: tuple[int, ...] = ()
    if possible and not_applicable * of <= share * seen:
        ratio, before, shown, level, caps = _judged(earned, possible, category.grid, answers)
    return CategoryScore(
        category.id,
        ratio,
        before,
        shown,
        level,
        caps,
        counted,
        counted - without_answer,
        earned,
        possible,
        category.unit,
    )


def _judged(
    earned: int, possible: int, grid: CompiledGrid, answers: Answers
) -> tuple[Fraction, Fraction, Decimal, str | None, tuple[int, ...]]:
    """Ratio, ratio before caps, shown score, level and the caps that lowered it."""
    top = earned if 0 <= earned <= possible else 0 if earned < 0 else possible
    bottom = possible
    before = ratio = Fraction(top, bottom)
    lowering: tuple[int, ...] = ()
    for index, cap in enumerate(grid.caps):
        lowers = cap.numerator * before.denominator < before.numerator * cap.denominator
        if lowers and cap.holds(answers.visible, answers.facts):
            lowering += (index,)
            if cap.numerator * bottom < top * cap.denominator:
                top, bottom = cap.numerator, cap.denominator
    if lowering:
        ratio = Fraction(top, bottom)
    level = None
    for start, of, name in grid.levels:
        if top * of >= start * bottom:
            level = name
            break
    return ratio, before, _shown(top, bottom, grid.steps, grid.decimals), level, lowering


def _shown(top: int, bottom: int, steps: tuple[int, int], decimals: int) -> Decimal:
    """``top/bottom × steps`` rounded half up, then put back ``decimals`` places."""
    numerator = 2 * top * steps[0]
    denominator = bottom * steps[1]
    return Decimal((numerator + denominator) // (2 * denominator)).scaleb(-decimals)
