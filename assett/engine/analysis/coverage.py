"""What resources cover, and what they are aimed at in vain."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from assett.engine.analysis.branches import Possible
from assett.engine.analysis.findings import Finding
from assett.engine.analysis.space import Space
from assett.engine.compiled import Compiled, passes
from assett.engine.document import AllOf, AnswerTest, CategoryTest, Condition, Document, Question, Resource
from assett.engine.values import UNKNOWN
from assett.kernel.errors import ROOT, item_path, key_path
from assett.kernel.text import N_, shown


def coverage_findings(
    document: Document, resources: Sequence[Resource], unreachable: Collection[tuple[str, str]]
) -> Iterator[Finding]:
    """Categories, and reachable levels of them, that no resource is aimed at.

    A line on a question of a category serves all its levels. ``unreachable`` are pairs
    of a category and a level that nobody reaches.
    """
    if not resources:
        yield Finding("category_without_resource", ROOT, N_("aucune ressource n’accompagne ce questionnaire"))
        return
    lines = [line for resource in resources for line in resource.for_]
    by_question = {line.id for line in lines if isinstance(line, AnswerTest)}
    by_level = {(line.category, level) for line in lines if isinstance(line, CategoryTest) for level in line.levels}
    for number, category in enumerate(document.categories):
        path = item_path("categories", number)
        if any(question.id in by_question for question in category.questions):
            continue
        missing = [level for level in document.grid(category) if (category.id, level.id) not in by_level]
        if len(missing) == len(document.grid(category)):
            yield Finding("category_without_resource", path, N_("aucune ressource ne vise cette catégorie"))
            continue
        for level in missing:
            if (category.id, level.id) not in unreachable:
                yield Finding(
                    "level_without_resource",
                    path,
                    N_("aucune ressource ne vise le niveau %(level)s de cette catégorie"),
                    {"level": shown(str(level.label))},
                )


def resource_findings(
    compiled: Compiled, resources: Sequence[Resource], unreachable: Collection[tuple[str, str]] = ()
) -> Iterator[Finding]:
    """Resources that name what the document has not, or that nobody can ever be shown.

    Paths count within ``resources``. A resource that may be dead for reasons of points
    as well as of conditions is only held against the conditions, and the levels.
    """
    document = compiled.document
    known: dict[tuple[str, str], Question] = {("question", each.id): each for each in document.questions}
    known |= {("profile", entry.id): entry for entry in document.profile}
    grids = {category.id: {level.id for level in document.grid(category)} for category in document.categories}
    gates: dict[str, Condition | None] = {category.id: category.visible_if for category in document.categories}
    sound: list[tuple[str, Resource]] = []
    for number, resource in enumerate(resources):
        path = item_path("resources", number)
        faults = list(_faults(resource, path, known, grids))
        yield from faults
        if not faults:
            sound.append((path, resource))
    tests = [test for _, resource in sound for test in (*resource.who, *resource.for_) if isinstance(test, AnswerTest)]
    possible = Possible(Space(compiled, tests))
    for path, resource in sound:
        who: tuple[Condition, ...] = resource.who
        dead = [
            possible.never(*who, line)
            if isinstance(line, AnswerTest)
            else all((line.category, level) in unreachable for level in line.levels)
            or possible.never(*who, gates[line.category])
            for line in resource.for_
        ]
        if (dead and all(dead)) or (not dead and who and possible.never(AllOf(who))):
            yield Finding(
                "resource_never_shown", path, N_("ce que vise cette ressource n’arrive jamais : personne ne la verra")
            )
            continue
        for index, never in enumerate(dead):
            if never:
                yield Finding(
                    "resource_never_shown",
                    item_path(key_path(path, "for"), index),
                    N_("ce que vise cette ligne n’arrive jamais"),
                )


def _faults(
    resource: Resource, path: str, known: dict[tuple[str, str], Question], grids: dict[str, set[str]]
) -> Iterator[Finding]:
    for index, line in enumerate(resource.for_):
        here = item_path(key_path(path, "for"), index)
        if isinstance(line, AnswerTest):
            yield from _test_faults(line, here, known)
        elif line.category not in grids:
            yield _unknown(here, N_("le questionnaire n’a pas de catégorie %(name)s"), line.category)
        else:
            for level in line.levels:
                if level not in grids[line.category]:
                    yield _unknown(here, N_("cette catégorie n’a pas de niveau %(name)s"), level)
    for test in resource.who:
        yield from _test_faults(test, key_path(key_path(path, "who"), test.id), known)


def _test_faults(test: AnswerTest, path: str, known: dict[tuple[str, str], Question]) -> Iterator[Finding]:
    question = known.get((test.of, test.id))
    if question is None:
        if test.of == "profile":
            yield _unknown(path, N_("le profil n’a pas d’entrée %(name)s"), test.id)
        else:
            yield _unknown(path, N_("le questionnaire n’a pas de question %(name)s"), test.id)
        return
    for value in test.values:
        if value == UNKNOWN:
            offered = question.unknown
        elif question.choices:
            offered = any(passes(AnswerTest(test.of, test.id, (value,)), choice.id) for choice in question.choices)
        else:
            continue
        if not offered:
            yield _unknown(path, N_("cette question n’a pas de réponse %(name)s"), str(value))


def _unknown(path: str, template: str, name: str) -> Finding:
    return Finding("resource_names_unknown", path, template, {"name": shown(name)})
