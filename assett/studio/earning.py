"""What a question of a draft can earn as it stands: its degrees, its most points. None, or nothing, while what that
comes from makes no sense."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

Amount: TypeAlias = "int | Decimal"


def steps(piece: Mapping[str, Any]) -> range:
    """The degrees of a scale, as many as can be shown; none while its bounds make no sense."""
    low, high = piece.get("min", 0), piece.get("max")
    if isinstance(low, int) and isinstance(high, int) and low < high <= low + 20:
        return range(low, high + 1)
    return range(0)
