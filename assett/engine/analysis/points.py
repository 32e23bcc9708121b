"""What points amount to: levels out of reach, choices without points, keys without effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from math import floor

from assett.engine.analysis.findings import Finding
from assett.engine.analysis.ranges import ScoreRange
from assett.engine.document import Document, Level
from assett.kernel.errors import item_path, key_path
from assett.kernel.text import N_, shown


def percent(ratio: Fraction) -> int | Decimal:
    """A share in per cent, to the nearest tenth: a whole one might seem to reach a level that it does not."""
    tenths = floor(ratio * 1000 + Fraction(1, 2))
    return tenths // 10 if tenths % 10 == 0 else Decimal(tenths) / 10


def percents(within: ScoreRange) -> dict[str, object]:
    """The ends of a range, as they are said everywhere."""
    return {"low": percent(within.low), "high": percent(within.high)}


def out_of_reach(grid: tuple[Level, ...], within: ScoreRange) -> Iterator[int]:
    """The indexes of the levels of a grid that lie wholly outside a range."""
    for index, level in enumerate(grid):
        end = grid[index + 1].from_ if index + 1 < len(grid) else Fraction(2)
        if level.from_ > within.high or end <= within.low:
            yield index


def level_findings(
    document: Document, overall: ScoreRange | None, categories: Mapping[str, ScoreRange | None]
) -> Iterator[Finding]:
    """Levels that nobody reaches, and categories that never have a score.

    A level counts as reached when the range meets it: between two ends, grids with
    very few points may leave gaps that are not looked for.
    """
    if overall is not None:
        yield from _levels(document.levels, overall, "", own=True)
    for number, category in enumerate(document.categories):
        path = item_path("categories", number)
        within = categories[category.id]
        if not category.questions:
            template = N_("cette catégorie n’a aucune question\xa0: ceux qui répondent ne la verront pas")
            yield Finding("never_scored", path, template)
        elif within is None:
            yield Finding(
                "never_scored", path, N_("cette catégorie n’a jamais de score : aucune de ses questions n’est comptée")
            )
        else:
            yield from _levels(document.grid(category), within, path, own=bool(category.levels))


def _levels(grid: tuple[Level, ...], within: ScoreRange, path: str, own: bool) -> Iterator[Finding]:
    for index in out_of_reach(grid, within):
        yield Finding(
            "unreachable_level",
            item_path(key_path(path, "levels"), index) if own else path,
            N_("personne n’atteint le niveau %(level)s : le score va de %(low)s à %(high)s %%"),
            {"level": shown(str(grid[index].label)), **percents(within)},
        )


def names_of_levels(document: Document) -> Iterator[Finding]:
    """Levels that a category calls otherwise than the common grid does: a result would have both names."""
    common = {level.id: level.label for level in document.levels}
    for number, category in enumerate(document.categories):
        levels = key_path(item_path("categories", number), "levels")
        for index, level in enumerate(category.levels):
            if common.get(level.id, level.label) != level.label:
                yield Finding(
                    "level_called_otherwise",
                    item_path(levels, index),
                    N_("ce niveau s’appelle %(common)s dans la grille commune : un résultat mêlerait les deux noms"),
                    {"common": shown(str(common[level.id]))},
                )


def pointless_choices(tree: object) -> Iterator[Finding]:
    """Choices without points beside choices with some, in the tree of a right document.

    Once read, nothing tells a choice given 0 from one that was forgotten.
    """
    if not isinstance(tree, Mapping):
        return
    for number, category in enumerate(tree["categories"]):
        for index, question in enumerate(category.get("questions") or ()):
            choices = question.get("choices") or ()
            without = [each.get("points") is None for each in choices]
            if question.get("scored") is False or all(without):
                continue
            path = item_path(key_path(item_path("categories", number), "questions"), index)
            for place, lacking in enumerate(without):
                if lacking:
                    yield Finding(
                        "choice_without_points",
                        item_path(key_path(path, "choices"), place),
                        N_("ce choix n’a pas de points et compte pour 0 : écrivez points: 0 si c’est voulu"),
                    )


def idle_keys(document: Document, tree: object) -> Iterator[Finding]:
    """``scored: true`` and weights on questions that nothing scores, in the tree of a right document.

    Once read, nothing tells them from the defaults.
    """
    if not isinstance(tree, Mapping):
        return
    for number, category in enumerate(document.categories):
        written = tree["categories"][number].get("questions") or ()
        for index, question in enumerate(category.questions):
            if question.scored or written[index].get("scored") is False:
                continue
            path = item_path(key_path(item_path("categories", number), "questions"), index)
            template = N_("sans effet : une question de type %(type)s n’est jamais notée")
            if question.type not in ("date", "text"):
                template = N_("sans effet tant qu’aucune réponse n’a de points : donnez-en, ou retirez %(key)s")
            for key in ("scored", "weight"):
                if written[index].get(key) is not None:
                    params = {"key": key, "type": question.type}
                    yield Finding("key_without_effect", key_path(path, key), template, params)
