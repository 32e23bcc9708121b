"""What a question earns in a calculation of a form, and when two of them do not agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_FINEST: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Earned:
    """What a question earns: by choice (``true`` and ``false`` of a boolean), and at most where a cap says so; of a
    number, from each bound on, upwards, the first one being empty."""

    points: Mapping[str, Decimal]
    weight: Decimal = Decimal(1)
    most: Decimal | None = None


def is_other(known: tuple[int, Earned] | None, earned: Earned) -> bool:
    """Whether an earlier calculation counts a question otherwise: not in the same proportions."""
    return known is not None and _shares(known[1]) != _shares(earned)


def _shares(earned: Earned) -> dict[str, Decimal]:
    """The points of each answer, and the most of them all, for the best one's 1."""
    best = max(map(abs, earned.points.values()), default=Decimal(0)) or Decimal(1)
    given = {**earned.points, **({} if earned.most is None else {"most": earned.most})}
    return {name: (points / best).quantize(_FINEST) for name, points in given.items()}
