"""Which of the resources that fit are read first: the territory's own, and the weakest categories.

`recommend` gives the order of the format, where a category that weighs little comes last whatever it lacks, and a
resource of the territory behind every national one of its category. A page shows a few: this says which.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

from assett.engine.recommendation import Recommendation
from assett.engine.score import Result

ORDINARY = Fraction(50)
"""The priority below which a resource of the territory does not go before national ones."""


def foremost(
    advised: Sequence[Recommendation], result: Result, own: Collection[str], *, each: int = 2, most: int = 8
) -> list[Recommendation]:
    """The first to read: at most `each` of a category, the weakest categories first, `most` in all.

    Those of the territory (`own`, by id) that aim at an answer given come before all others, by priority; from the
    second of a category on, they take no more than half of the places, so that other weak categories keep theirs.
    Then comes the best of each category, then the second; what is for everybody comes last.
    """
    near = {one.resource.id for one in advised if is_near(one, own)}
    by_ratio = sorted(
        (each.ratio, place, each.id) for place, each in enumerate(result.categories) if each.ratio is not None
    )
    ranks: dict[str | None, int] = {name: rank for rank, (_, _, name) in enumerate(by_ratio)}
    last = len(ranks)

    def within(one: Recommendation) -> tuple[bool, Fraction, int, bool]:
        local = one.resource.id in near
        return not local, -one.resource.priority if local else ORDINARY, -one.relevant, one.resource.id not in own

    taken: dict[str | None, int] = {}
    places: dict[str, int] = {}
    for one in sorted(advised, key=within):
        places[one.resource.id] = taken[one.category] = taken.get(one.category, -1) + 1
    kept = [one for one in advised if places[one.resource.id] < each]

    def spread(one: Recommendation) -> tuple[bool, int, int, int]:
        return not one.resource.for_, places[one.resource.id], ranks.get(one.category, last), -one.relevant

    local = sorted((one for one in kept if one.resource.id in near), key=spread)
    firsts = sum(places[one.resource.id] == 0 for one in local)
    chosen = sorted(local[: max(firsts, most // 2)], key=lambda one: -one.resource.priority)
    ahead = {one.resource.id for one in chosen}
    chosen += sorted((one for one in kept if one.resource.id not in ahead), key=spread)
    return chosen[:most]


def arranged(advised: Sequence[Recommendation], result: Result, own: Collection[str]) -> list[Recommendation]:
    """All of them: the foremost, then the others as the format orders them, the territory's own that aim at an answer
    given before the nation's."""
    first = foremost(advised, result, own)
    shown = {one.resource.id for one in first}
    others = [one for one in advised if one.resource.id not in shown]
    return first + sorted(others, key=lambda one: (not one.resource.for_, not is_near(one, own)))


def is_near(one: Recommendation, own: Collection[str]) -> bool:
    """Whether the territory proposes it for an answer that was given, and does not hold it back."""
    answered = any(reason.question is not None for reason in one.reasons)
    return answered and one.resource.id in own and one.resource.priority >= ORDINARY
