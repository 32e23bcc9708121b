"""What resources cover, and what they are aimed at in vain."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction

from assett.engine.analysis.branches import Possible
from assett.engine.analysis.findings import Finding
from assett.engine.analysis.space import OPEN, Space, outcomes
from assett.engine.compiled import Compiled, CompiledCategory, passes
from assett.engine.document import AllOf, AnswerTest, CategoryTest, Condition, Level, Question, Resource
from assett.engine.values import UNKNOWN
from assett.kernel.errors import ROOT, item_path, key_path
from assett.kernel.text import N_, shown


def coverage_findings(
    compiled: Compiled, resources: Sequence[Resource], unreachable: Collection[tuple[str, str]]
) -> Iterator[Finding]:
    """Categories, and reachable levels of them, that no resource is aimed at.

    A line on a question of a category serves the levels at which somebody may have given that answer. ``unreachable``
    are pairs of a category and a level that nobody reaches.
    """
    if not resources:
        yield Finding("category_without_resource", ROOT, N_("aucune ressource n’accompagne ce questionnaire"))
        return
    lines = [line for resource in resources for line in resource.for_]
    by_question: dict[str, list[AnswerTest]] = {}
    for line in lines:
        if isinstance(line, AnswerTest):
            by_question.setdefault(line.id, []).append(line)
    by_level = {(line.category, level) for line in lines if isinstance(line, CategoryTest) for level in line.levels}
    for number, each in enumerate(compiled.categories):
        path, grid = item_path("categories", number), compiled.document.grid(each.category)
        tests = [test for question in each.category.questions for test in by_question.get(question.id, ())]
        missing = [level for level in grid if (each.id, level.id) not in by_level]
        if not tests and len(missing) == len(grid):
            yield Finding("category_without_resource", path, N_("aucune ressource ne vise cette catégorie"))
            continue
        for test in tests:
            if not missing:
                break
            served = _levels_of(compiled, each, grid, test)
            missing = [level for level in missing if level.id not in served]
        for level in missing:
            if (each.id, level.id) not in unreachable:
                yield Finding(
                    "level_without_resource",
                    path,
                    N_("aucune ressource ne vise le niveau %(level)s de cette catégorie"),
                    {"level": shown(str(level.label))},
                )


def _levels_of(compiled: Compiled, category: CompiledCategory, grid: Sequence[Level], test: AnswerTest) -> set[str]:
    """The levels of a category at which an answer may be given: what it earns there, and all or nothing of the rest.

    Questions left out of the count only bring the share nearer to that of the answer; a cap, or points below none,
    may bring it to nothing.
    """
    asked = compiled.questions[test.id]
    every = outcomes(asked, (test,), complete=False)
    earned = [points for each in every if each.mask for points in each.earned]
    if asked.earned is None or any(each.mask == OPEN for each in every):
        return {level.id for level in grid}
    if not earned:
        return set()
    high = 1 - Fraction(max(asked.best - max(earned), 0), category.best)
    floored = bool(category.category.caps) or any(_may_lose(each) for each in category.category.questions)
    low = Fraction(0) if floored else Fraction(max(min(earned), 0), category.best)
    ends = [*(level.from_ for level in grid[1:]), Fraction(2)]
    return {level.id for level, end in zip(grid, ends, strict=True) if level.from_ <= high and low < end}


def _may_lose(question: Question) -> bool:
    """Whether an answer may earn less than none."""
    points = [choice.points for choice in question.choices] + [band.points for band in question.bands]
    return min([*points, question.points, question.points_false], default=0) < 0


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
