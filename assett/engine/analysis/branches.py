"""Conditions that never hold or always do, and questions that change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from assett.engine.analysis.findings import Finding
from assett.engine.analysis.points import percent
from assett.engine.analysis.space import Budget, Space, outcomes, tests_of, verdicts
from assett.engine.compiled import Compiled
from assett.engine.document import AllOf, AnswerTest, Cap, Condition, Level, Not, Question, Resource
from assett.kernel.errors import item_path, key_path
from assett.kernel.text import N_, shown

STEPS_A_CONDITION: Final = 2_000
STEPS_IN_ALL: Final = 60_000
"""Steps that may be spent on finding out; beyond them, nothing is said."""


class Possible:
    """What can hold, as far as that is found out within the steps allowed."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.left = STEPS_IN_ALL

    def never(self, *conditions: Condition | None) -> bool:
        """Whether it is sure that some conditions never hold together."""
        together = AllOf(tuple(each for each in conditions if each is not None))
        budget = Budget(min(STEPS_A_CONDITION, self.left))
        can_hold, _ = verdicts(self.space, self.space.holds(together), self.space.needs(together), budget)
        self.left -= min(STEPS_A_CONDITION, self.left) - max(budget.left, 0)
        return can_hold is False


def branch_findings(compiled: Compiled) -> Iterator[Finding]:
    """Dead branches: a ``visible_if`` or a cap that never holds, or always."""
    document = compiled.document
    caps = [*document.caps, *(cap for category in document.categories for cap in category.caps)]
    possible = Possible(Space(compiled, [cap.if_ for cap in caps]))
    for number, entry in enumerate(document.profile):
        yield from _gate(possible, None, entry.visible_if, item_path("profile", number))
    yield from _caps(possible, None, document.caps, "", document.levels)
    for number, category in enumerate(document.categories):
        here = item_path("categories", number)
        found = list(_gate(possible, None, category.visible_if, here))
        yield from found
        if any(finding.kind == "never_visible" for finding in found):
            continue
        yield from _caps(possible, category.visible_if, category.caps, here, document.grid(category))
        for index, question in enumerate(category.questions):
            at = item_path(key_path(here, "questions"), index)
            yield from _gate(possible, category.visible_if, question.visible_if, at)


def _gate(possible: Possible, around: Condition | None, condition: Condition | None, path: str) -> Iterator[Finding]:
    if condition is None:
        return
    here = key_path(path, "visible_if")
    if possible.never(around, condition):
        yield Finding("never_visible", here, N_("cette condition n’est jamais vraie : personne ne verra cette partie"))
    elif possible.never(around, Not(condition)):
        yield Finding("always_visible", here, N_("cette condition est toujours vraie : la retirer ne changerait rien"))


def _caps(
    possible: Possible, around: Condition | None, caps: tuple[Cap, ...], path: str, grid: tuple[Level, ...]
) -> Iterator[Finding]:
    highest = grid[-1]
    for index, cap in enumerate(caps):
        here = item_path(key_path(path, "caps"), index)
        if cap.max >= 1:
            yield Finding("cap_without_effect", key_path(here, "max"), N_("un plafond à 1 ne retient jamais rien"))
        elif possible.never(around, cap.if_):
            yield Finding(
                "cap_never_holds",
                key_path(here, "if"),
                N_("cette condition n’est jamais vraie : le plafond ne retient personne"),
            )
        elif possible.never(around, Not(cap.if_)):
            yield Finding(
                "cap_always_holds",
                key_path(here, "if"),
                N_("cette condition est toujours vraie : personne ne dépasse ce plafond"),
            )
        elif len(grid) > 1 and cap.max >= highest.from_:
            yield Finding(
                "cap_below_no_level",
                key_path(here, "max"),
                N_("ce plafond laisse atteindre le plus haut niveau, %(level)s, qui commence à %(from)s %%"),
                {"level": shown(str(highest.label)), "from": percent(highest.from_)},
            )


def effect_findings(compiled: Compiled, resources: tuple[Resource, ...]) -> Iterator[Finding]:
    """Questions and profile entries whose answers change nothing that is shown.

    Free texts and dates are read by people: they are not expected to.
    """
    document = compiled.document
    named = _named(compiled, resources)
    for number, entry in enumerate(document.profile):
        # What has a source is known to the platform, which compares structures by it.
        if entry.source is None and ("profile", entry.id) not in named and not _read_by_people(entry):
            yield Finding(
                "no_effect",
                item_path("profile", number),
                N_("aucune condition ni ressource ne regarde cette réponse : la demander ne change rien"),
            )
    for number, category in enumerate(document.categories):
        for index, question in enumerate(category.questions):
            if ("question", question.id) in named or _read_by_people(question):
                continue
            path = item_path(key_path(item_path("categories", number), "questions"), index)
            if not question.scored:
                yield Finding(
                    "no_effect",
                    path,
                    N_(
                        "cette question n’est ni notée, ni regardée par une condition, un plafond "
                        "ou une ressource : y répondre ne change rien"
                    ),
                )
                continue
            every = outcomes(compiled.questions[question.id])
            if not any(each.exempt for each in every) and len({p for each in every for p in each.earned}) == 1:
                yield Finding(
                    "no_effect",
                    path,
                    N_("toutes les réponses rapportent autant de points : y répondre ne change rien"),
                )


def _named(compiled: Compiled, resources: tuple[Resource, ...]) -> set[tuple[str, str]]:
    """What conditions, caps and resources look at."""
    document = compiled.document
    conditions: list[Condition | None] = [each.visible_if for each in (*document.profile, *document.questions)]
    for category in document.categories:
        conditions += [category.visible_if, *(cap.if_ for cap in category.caps)]
    conditions += [cap.if_ for cap in document.caps]
    for resource in resources:
        conditions += [*resource.who, *(line for line in resource.for_ if isinstance(line, AnswerTest))]
    return {(test.of, test.id) for each in conditions if each is not None for test in tests_of(each)}


def _read_by_people(question: Question) -> bool:
    return question.type in ("text", "date", "info") or any(choice.feedback for choice in question.choices)
