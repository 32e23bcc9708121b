"""What would bring an answer more points, exactly: a word for those that their author wrote no feedback for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TypeAlias

from assett.engine.document import ZERO, Choice, Question
from assett.engine.values import Value


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers from ``low`` to ``high``, endless where it has none; ``with_…`` say whether that end is in it."""

    low: Fraction | None = None
    high: Fraction | None = None
    with_low: bool = True
    with_high: bool = False

    def holds(self, number: Fraction) -> bool:
        """Whether a number is in it."""
        over = self.low is None or number > self.low or (self.with_low and number == self.low)
        under = self.high is None or number < self.high or (self.with_high and number == self.high)
        return over and under

    def far(self, number: Fraction) -> Fraction:
        """How far a number is from its nearest end; 0 inside."""
        if self.low is not None and number < self.low:
            return self.low - number
        return number - self.high if self.high is not None and number > self.high else ZERO


@dataclass(frozen=True, slots=True)
class Choose:
    """Each of these choices earns the most that an answer can; ``whole``: all the points of the question."""

    choices: tuple[Choice, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Tick:
    """These choices, the best first, were not ticked and earn points."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Untick:
    """These choices were ticked and cost points."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Opposite:
    """The other answer to a yes or no earns all the points."""

    answer: bool


@dataclass(frozen=True, slots=True)
class Climb:
    """Each step of a scale earns more, up to ``top``."""

    top: int


@dataclass(frozen=True, slots=True)
class Reach:
    """``most`` are the numbers that earn the most, all the points where ``whole``. ``better`` are those that earn more
    than now, where they are not the same; with ``every_step``, each number on the way is better than the one before.
    """

    most: Span
    whole: bool
    better: Span | None = None
    every_step: bool = False


Step: TypeAlias = Choose | Tick | Untick | Opposite | Climb | Reach


def next_step(question: Question, value: Value, points: Fraction) -> Step | None:
    """What would earn more than an answer that earned ``points``; None where no other answer does.

    The question is scored and the value answers it: neither « non concerné » nor « je ne sais pas ».
    """
    full = question.full_points
    match question.type:
        case "single":
            best = tuple(choice for choice in question.choices if choice.points == full)
            return Choose(best) if points < full else None
        case "multiple":
            return _several(question, value if isinstance(value, tuple) else (), points)
        case "boolean":
            other = question.points_false if value else question.points
            return Opposite(not value) if other > points else None
        case "scale":
            _, high = question.bounds
            return Climb(int(high)) if _number(value) < high else None
        case "number" if question.linear is not None:
            return _towards(question, _number(value), points)
        case "number":
            return _banded(question, _number(value), points)
        case _:
            return None


def _number(value: Value) -> Fraction:
    assert not isinstance(value, (str, tuple))
    return Fraction(value)


# Choices


def _several(question: Question, ticked: tuple[str, ...], points: Fraction) -> Step | None:
    full = question.full_points

    def worth(choices: Iterable[Choice]) -> Fraction:
        return min(max(sum((choice.points for choice in choices), ZERO), ZERO), full)

    gainful = sorted(
        (each for each in question.choices if each.points > 0 and not each.exclusive), key=lambda each: -each.points
    )
    untried = tuple(each for each in gainful if each.id not in ticked)
    if untried and worth(gainful[: question.max_choices]) > points:
        return Tick(untried)
    chosen = [each for each in question.choices if each.id in ticked]
    costly = tuple(each for each in chosen if each.points < 0)
    if costly and worth(each for each in chosen if each.points >= 0) > points:
        return Untick(costly)
    alone = max((worth([each]) for each in question.choices if each.exclusive), default=ZERO)
    if alone <= points:
        return None
    best = tuple(each for each in question.choices if each.exclusive and worth([each]) == alone)
    return Choose(best, whole=alone == full)


# Numbers


def _bounds(question: Question) -> tuple[Fraction | None, Fraction | None]:
    low, high = question.min, question.max
    return low if isinstance(low, Fraction) else None, high if isinstance(high, Fraction) else None


def _towards(question: Question, number: Fraction, points: Fraction) -> Reach | None:
    """Points that grow evenly, one way or the other, as far as answers go."""
    linear = question.linear
    assert linear is not None
    least, greatest = _bounds(question)
    upwards = linear.full > linear.zero
    end = greatest if upwards else least
    whole = end is None or (linear.full <= end if upwards else linear.full >= end)
    if whole:
        target = linear.full
        beyond = end is None or target != end
        open_end = Span(target) if upwards else Span(high=target, with_high=True)
        most = open_end if beyond else Span(target, target, with_high=True)
    else:
        assert end is not None
        target = end if not question.integer else Fraction(floor(end) if upwards else ceil(end))
        most = Span(target, target, with_high=True)
    share = (target - linear.zero) / (linear.full - linear.zero)
    if linear.max_points * min(max(share, ZERO), Fraction(1)) <= points:
        return None
    if number < linear.zero if upwards else number > linear.zero:
        better = Span(linear.zero, with_low=False) if upwards else Span(high=linear.zero)
        return Reach(most, whole, better)
    return Reach(most, whole, every_step=True)


def _banded(question: Question, number: Fraction, points: Fraction) -> Reach | None:
    pieces = list(_pieces(question))
    best = max((earned for _, earned in pieces), default=points)
    if best <= points:
        return None
    most = _nearest(_runs(pieces, lambda earned: earned == best), number)
    better = _nearest(_runs(pieces, lambda earned: earned > points), number)
    return Reach(most, best == question.full_points, better if better != most else None)


def _pieces(question: Question) -> Iterator[tuple[Span, Fraction]]:
    """The bands that an answer can fall into, with their points; an end that no answer passes is none."""
    least, greatest = _bounds(question)
    ends = [band.from_ for band in question.bands[1:]] + [None]
    for band, end in zip(question.bands, ends, strict=True):
        first = max((bound for bound in (band.from_, least) if bound is not None), default=None)
        if question.integer and first is not None:
            first = Fraction(ceil(first))
        if first is not None and ((end is not None and first >= end) or (greatest is not None and first > greatest)):
            continue
        low = band.from_ if least is None or band.from_ is None or band.from_ > least else None
        yield Span(low, end if greatest is None or end is None or end <= greatest else None), band.points


def _runs(pieces: Sequence[tuple[Span, Fraction]], wanted: Callable[[Fraction], bool]) -> Iterator[Span]:
    """The wanted pieces, those that touch made one."""
    run: Span | None = None
    for span, earned in pieces:
        if wanted(earned):
            run = Span(run.low, span.high) if run is not None else span
        elif run is not None:
            yield run
            run = None
    if run is not None:
        yield run


def _nearest(spans: Iterator[Span], number: Fraction) -> Span:
    return min(spans, key=lambda span: span.far(number))
