"""Past answers mixed between respondents who stand alike, so that a trial, and the count of who would see a resource,
say what a territory answers and of nobody what they answered.

Whoever writes a grid or a resource can aim it: a condition that one structure alone meets, or that four known ones and
it meet, and the smallest difference in what is told is an answer of theirs. Rounding does not help, however coarse: a
count always stands on the edge between two roundings for somebody, and who knows a few structures' answers can bring it
there. So nothing is tried on what anybody answered. For each question those who saw it are put in the order of their
score in its category, cut into groups of at least :data:`GROUP`, and the answers of a group are dealt anew among it;
profiles likewise, whole, in the order of the overall score. What follows depends on how many of a group gave each
answer and on nothing else: two of a group may have answered the one for the other, and every grid whatsoever shows the
same. Who knows the answers of four other structures leaves two at least between whom nothing tells.

What each question is answered by all stays as it is, and the scores of a category nearly so.

Its limits: where a whole group answers alike, there is nothing to mix; who holds all the others of a group (five
accounts made for that, with the score of the sixth) holds the sixth; and who watches a territory through time sees what
one more assessment adds to it, rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Final, TypeAlias, TypeVar

from assett.engine.answers import Answers, see
from assett.engine.compiled import Compiled
from assett.engine.score import score
from assett.engine.values import Value

GROUP: Final = 6
"""How many respondents' answers are dealt together at least."""

FEWEST: Final = 10
"""Below so many structures nothing is told of their answers, mixed or not."""

Standing: TypeAlias = Mapping[str | None, float]
"""A respondent's ratio in each category where they have one, and (``None``) on the whole."""

_Dealt = TypeVar("_Dealt")


def standings(compiled: Compiled, respondents: Iterable[Answers]) -> list[Standing]:
    """Where each respondent stands, as far as they answered."""
    found: list[Standing] = []
    for answers in respondents:
        result = score(compiled, answers, provisional=True)
        ratios = [(None, result.overall.ratio), *((each.id, each.ratio) for each in result.categories)]
        found.append({name: float(ratio) for name, ratio in ratios if ratio is not None})
    return found


def mixed(
    compiled: Compiled, respondents: Sequence[Answers], standing: Sequence[Standing], *, group: int = GROUP
) -> list[Answers]:
    """As many respondents, whose answers are each somebody's of their group.

    What fewer than a group saw is answered by nobody.
    """
    overall = _order(standing, None)
    profiles: list[Mapping[str, Value]] = [{}] * len(respondents)
    dealt = _dealt([respondents[place].profile for place in overall], group, "profile")
    for place, profile in zip(overall, dealt, strict=False):
        profiles[place] = profile
    facts = [see(compiled, {}, profile).facts for profile in profiles]
    given: list[dict[str, Value]] = [{} for _ in respondents]
    conditions = {(names if category is None else category): holds for holds, names, category in compiled.hiding}
    for category in compiled.categories:
        order = _order(standing, category.id)
        shown = conditions.get(category.id)
        there = order if shown is None else [place for place in order if shown(given[place], facts[place])]
        for name, _ in category.questions:
            asked = conditions.get((name,))
            seeing = there if asked is None else [place for place in there if asked(given[place], facts[place])]
            saw = [respondents[place].visible.get(name) for place in order if name not in respondents[place].hidden]
            values = _dealt(saw, group, name)
            for rank, place in enumerate(seeing):
                # As many see it as saw it, but for those whom a mixed answer leads elsewhere.
                value = values[rank * len(values) // len(seeing)] if values else None
                if value is not None:
                    given[place][name] = value
    return [see(compiled, values, profile) for values, profile in zip(given, profiles, strict=True)]


def _order(standing: Sequence[Standing], category: str | None) -> list[int]:
    """The respondents from the lowest to the highest; by their overall score where they have none in the category."""
    return sorted(range(len(standing)), key=lambda place: standing[place].get(category, standing[place].get(None, 0.0)))


def _dealt(values: Sequence[_Dealt], group: int, seed: str) -> list[_Dealt]:
    """Values in the order of those who gave them, dealt anew within each group; nothing where there is no group.

    They are put in an order of their own first: whose each was decides nothing.
    """
    groups = len(values) // group
    if not groups:
        return []
    random = Random(seed)  # noqa: S311 (it hides nothing: what is dealt does not say whose it was)
    found: list[_Dealt] = []
    for number in range(groups):
        within = sorted(values[number * len(values) // groups : (number + 1) * len(values) // groups], key=_in_order)
        random.shuffle(within)
        found += within
    return found


def _in_order(value: object) -> str:
    return repr(sorted(value.items()) if isinstance(value, Mapping) else value)
