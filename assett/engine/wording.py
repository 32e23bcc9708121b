"""What a result has to say in words: its strong and its weak points, as data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from assett.engine.receipt import Receipt, ReceiptLine


@dataclass(frozen=True, slots=True)
class Point:
    """A question worth a word: what it brought, or could bring, to the overall ratio."""

    line: ReceiptLine
    weight: Fraction


@dataclass(frozen=True, slots=True)
class Points:
    """The strong and weak points of a category, the weightiest first."""

    category: str
    strong: tuple[Point, ...]
    weak: tuple[Point, ...]


def strong_and_weak(receipt: Receipt, most: int = 3) -> tuple[Points, ...]:
    """The points of each category that has a score, at most ``most`` of each kind.

    Strong are the answers that earned all there was to earn, by the overall ratio
    that they brought; weak the others, unanswered ones included, by the overall
    ratio that their best answer would still bring. Equals keep the order of the file.
    """
    points = []
    for category in receipt.categories:
        if category.share is None or category.score is None:
            continue
        strong: list[Point] = []
        weak: list[Point] = []
        for line in category.lines:
            if not line.in_sum:
                continue
            left = line.best - line.earned
            weight = category.share * Fraction(left or line.best, category.score.possible)
            (weak if left else strong).append(Point(line, weight))
        points.append(Points(category.category.id, _weightiest(strong, most), _weightiest(weak, most)))
    return tuple(points)


def _weightiest(points: list[Point], most: int) -> tuple[Point, ...]:
    return tuple(sorted(points, key=lambda point: -point.weight)[:most])
