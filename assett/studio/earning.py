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


def by_default(piece: Mapping[str, Any]) -> Amount | None:
    """What a scale or several choices earn at most where their author does not say it (section 1 of the format)."""
    match piece.get("type"):
        case "scale" if degrees := steps(piece):
            return degrees[-1] - degrees[0]
        case "multiple":
            choices = [each for each in piece.get("choices") or () if isinstance(each, Mapping) and "points" in each]
            points = [(_amount(each["points"]), bool(each.get("exclusive"))) for each in choices]
            together = sum(amount for amount, alone in points if amount is not None and not alone and amount > 0)
            return max(together, *(amount for amount, alone in points if amount is not None and alone), 0)
        case _:
            return None


def most(piece: Mapping[str, Any]) -> Amount | None:
    """What a question earns at most, where its answers do not show it each; None for one that does not count."""
    if piece.get("scored") is False:
        return None
    match piece.get("type"):
        case "scale" | "multiple":
            found = _amount(piece["max_points"]) if "max_points" in piece else by_default(piece)
        case "number" if isinstance(piece.get("linear"), Mapping):
            found = _amount(piece["linear"].get("max_points"))
        case "number":
            bands = [each for each in piece.get("bands") or () if isinstance(each, Mapping)]
            found = max((amount for each in bands if (amount := _amount(each.get("points"))) is not None), default=None)
        case _:
            found = None
    return found or None


def _amount(value: object) -> Amount | None:
    return value if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else None
