"""A result as JSON says it (``questionnaire-format``, section 4)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from assett.engine.recommendation import Recommendation
from assett.engine.score import CategoryScore, OverallScore, Result


def result_tree(result: Result, recommendations: Iterable[Recommendation] = ()) -> dict[str, object]:
    """A result and its resources as a tree for ``json.dumps``: plain floats, no fractions."""
    return {
        "questionnaire": result.questionnaire,
        "complete": result.complete,
        "progress": float(result.progress),
        "scale": _plain(result.scale.max),
        "overall": {**_judgement(result.overall), "capped": result.overall.capped},
        "categories": [
            {
                "id": category.id,
                **_judgement(category),
                "points": float(category.points),
                "max_points": float(category.max_points),
                "counted": category.counted,
                "answered": category.answered,
                "capped": category.capped,
            }
            for category in result.categories
        ],
        "unclear": list(result.unclear),
        "resources": [
            {
                "id": each.resource.id,
                "category": each.category,
                "relevance": float(each.relevance),
                "reasons": [reason.index for reason in each.reasons],
            }
            for each in recommendations
        ],
    }


def _plain(number: Fraction) -> int | float:
    return number.numerator if number.denominator == 1 else float(number)


def _judgement(scored: OverallScore | CategoryScore) -> dict[str, object]:
    return {
        "ratio": None if scored.ratio is None else float(scored.ratio),
        "score": None if scored.score is None else float(scored.score),
        "level": scored.level,
    }
