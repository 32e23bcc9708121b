"""What is worth knowing about a questionnaire that is right, before anyone answers it.

The reader finds what is wrong; an analysis finds what its author may not have meant:
levels out of reach, dead branches, questions without effect, texts without a
translation, weaknesses without a resource. It also measures: the range of scores,
the minutes to answer, the ease of reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assett.engine.analysis.branches import branch_findings, effect_findings
from assett.engine.analysis.coverage import coverage_findings, resource_findings
from assett.engine.analysis.findings import Finding, FindingKind
from assett.engine.analysis.minutes import Minutes, minutes_to_answer
from assett.engine.analysis.points import (
    idle_keys,
    level_findings,
    names_of_levels,
    out_of_reach,
    percent,
    percents,
    pointless_choices,
)
from assett.engine.analysis.ranges import ScoreRange, score_ranges
from assett.engine.analysis.texts import (
    reading_ease,
    reading_findings,
    texts_of,
    told_ease,
    translation_findings,
    untranslated,
)
from assett.engine.analysis.unfinished import repeated_findings, unfinished_findings
from assett.engine.compiled import Compiled
from assett.engine.document import Resource
from assett.kernel.errors import ROOT, item_path
from assett.kernel.text import N_

__all__ = [
    "Analysis",
    "Finding",
    "FindingKind",
    "Minutes",
    "ScoreRange",
    "analyse",
    "percent",
    "resource_findings",
    "told_ease",
]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a document amounts to.

    ``overall`` and ``categories`` (by id) are the ranges of the final score of complete
    answers, ``None`` where there is never one. ``ease`` is the ease of reading of the
    French texts (see :func:`told_ease`), ``None`` where there are too few. ``untranslated`` lists, for
    each language that lacks texts, their paths. ``unreachable`` are (category, level).
    """

    overall: ScoreRange | None
    categories: Mapping[str, ScoreRange | None]
    minutes: Minutes
    ease: float | None
    untranslated: Mapping[str, tuple[str, ...]]
    unreachable: frozenset[tuple[str, str]]
    measures: tuple[Finding, ...]
    warnings: tuple[Finding, ...]


def analyse(compiled: Compiled, resources: Sequence[Resource] | None = None, tree: object = None) -> Analysis:
    """Analyse a document that is right.

    ``resources`` are all that its respondents may be shown, by default its own. ``tree``
    is what it was read from, if at hand: it alone tells choices that were given no points.
    """
    document = compiled.document
    aimed = document.resources if resources is None else tuple(resources)
    overall, categories = score_ranges(compiled)
    minutes = minutes_to_answer(compiled)
    lacking = untranslated(texts_of(document), document.languages)
    ease = None
    if "fr" in document.languages:
        ease = reading_ease(
            text["fr"] for path, text in texts_of(document) if "fr" in text and not path.endswith(".label")
        )
    unreachable = frozenset(
        (category.id, document.grid(category)[index].id)
        for category in document.categories
        if (within := categories[category.id]) is not None
        for index in out_of_reach(document.grid(category), within)
    )
    warnings = (
        *level_findings(document, overall, categories),
        *names_of_levels(document),
        *branch_findings(compiled),
        *effect_findings(compiled, aimed),
        *pointless_choices(tree),
        *idle_keys(compiled.document, tree),
        *repeated_findings(document),
        *unfinished_findings(document),
        *coverage_findings(compiled, aimed, unreachable),
        *resource_findings(compiled, document.resources, unreachable),
        *translation_findings(lacking),
        *reading_findings(document),
    )
    return Analysis(
        overall=overall,
        categories=categories,
        minutes=minutes,
        ease=ease,
        untranslated=lacking,
        unreachable=unreachable,
        measures=tuple(_measures(compiled, overall, categories, minutes, ease)),
        warnings=warnings,
    )


def _measures(
    compiled: Compiled,
    overall: ScoreRange | None,
    categories: Mapping[str, ScoreRange | None],
    minutes: Minutes,
    ease: float | None,
) -> Iterator[Finding]:
    yield from _range(ROOT, overall)
    for number, category in enumerate(compiled.document.categories):
        yield from _range(item_path("categories", number), categories[category.id])
    between = {"shortest": minutes.shortest, "longest": minutes.longest}
    if not minutes.asked:
        template = N_("rien à répondre : aucune question n’est posée")
    elif minutes.exact and minutes.longest <= 1:
        template = N_(
            "pour répondre : environ une minute "
            "(lecture à 4 mots par seconde, puis 8 à 60 secondes par réponse selon le type)"
        )
    elif minutes.exact and minutes.shortest == minutes.longest:
        template = N_(
            "pour répondre : environ %(longest)s minutes "
            "(lecture à 4 mots par seconde, puis 8 à 60 secondes par réponse selon le type)"
        )
    elif minutes.exact:
        template = N_(
            "pour répondre : de %(shortest)s à %(longest)s minutes selon le profil et les réponses "
            "(lecture à 4 mots par seconde, puis 8 à 60 secondes par réponse selon le type)"
        )
    else:
        template = N_(
            "pour répondre : entre %(shortest)s et %(longest)s minutes, au plus large "
            "(lecture à 4 mots par seconde, puis 8 à 60 secondes par réponse selon le type)"
        )
    yield Finding("minutes", ROOT, template, between)
    if ease is not None:
        told, word = told_ease(ease)
        yield Finding(
            "readability",
            ROOT,
            N_(
                "lisibilité des textes français : %(ease)s sur 100, %(word)s à lire "
                "(indice de Flesch, adapté par Kandel et Moles)"
            ),
            {"ease": told, "word": word},
        )


def _range(path: str, within: ScoreRange | None) -> Iterator[Finding]:
    if within is None:
        return
    template = N_("score possible, une fois tout rempli : de %(low)s à %(high)s %%")
    if not within.exact:
        template = N_("score possible, une fois tout rempli : entre %(low)s et %(high)s %%, au plus large")
    yield Finding("range", path, template, percents(within))
