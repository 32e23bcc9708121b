"""Which question of one version is which of another: by its id, then by its former ids.

``was`` is read in both directions, so that an older version can be compared with a
newer one, or restored from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from assett.engine.document import (
    AllOf,
    AnswerTest,
    AnyOf,
    Cap,
    Category,
    Condition,
    Document,
    ForLine,
    Not,
    Question,
    Resource,
)
from assett.engine.values import Value


class Renamable(Protocol):
    """What has an id, and may have had others."""

    @property
    def id(self) -> str: ...
    @property
    def was(self) -> tuple[str, ...]: ...


_Asked = TypeVar("_Asked", bound=Question)


def pairs(old: Iterable[Renamable], new: Iterable[Renamable]) -> dict[str, str]:
    """The ids of ``old`` and what each is called in ``new``, one to one, in the order of ``old``.

    An equal id decides; then the first former id listed by ``new``; then by ``old``.
    """
    old, new = tuple(old), tuple(new)
    today = {each.id for each in new}
    order = [each.id for each in old]
    found = {name: name for name in order if name in today}
    candidates = [(former, each.id) for each in new for former in each.was]
    candidates += [(each.id, former) for each in old for former in each.was if former in today]
    known, taken = set(order), set(found)
    for name, called in candidates:
        if name in known and name not in found and called not in taken:
            found[name] = called
            taken.add(called)
    return {name: found[name] for name in order if name in found}


def descended(questions: Iterable[_Asked], through: Iterable[Iterable[Question]]) -> tuple[_Asked, ...]:
    """Questions with the former names that other versions know of them, the nearest version first; their choices too.

    A version names what it renamed itself; through the ones between, the name of three versions ago is found.
    """
    found = tuple(questions)
    for version in through:
        known = tuple(version)
        found = tuple(_heir(each, known) for each in found)
    return found


def _heir(question: _Asked, known: Iterable[Question]) -> _Asked:
    """A question with the former names that the same one had in another version."""
    same = _same(question, known)
    if same is None:
        return question
    choices = tuple(
        choice if (other := _same(choice, same.choices)) is None else replace(choice, was=_names(choice, other))
        for choice in question.choices
    )
    return replace(question, was=_names(question, same), choices=choices)


_Named = TypeVar("_Named", bound=Renamable)


def _same(one: Renamable, others: Iterable[_Named]) -> _Named | None:
    """Which of others it is: by its id, then by its former ids as it lists them."""
    by_id = {each.id: each for each in others}
    return next((by_id[name] for name in (one.id, *one.was) if name in by_id), None)


def _names(one: Renamable, other: Renamable) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys((*one.was, other.id, *other.was)) if name != one.id)


@dataclass(frozen=True, slots=True)
class Renaming:
    """New names, by old ones: of questions, entries of the profile, and their choices.

    Choices are listed under the old id of their question or entry. What is not named
    keeps its name.
    """

    questions: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    entry_choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def renaming(old: Document, new: Document, between: Iterable[Document] = ()) -> Renaming:
    """What the questions of ``old`` that are still in ``new`` are called there, through the versions ``between`` them,
    oldest first."""
    nearest = tuple(between)[::-1]
    asked, told = [each.questions for each in nearest], [each.profile for each in nearest]
    questions, choices = _names_of(descended(old.questions, asked), descended(new.questions, asked))
    entries, entry_choices = _names_of(descended(old.profile, told), descended(new.profile, told))
    return Renaming(questions, entries, choices, entry_choices)


def _names_of(old: Iterable[Question], new: Iterable[Question]) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    questions = pairs(old, new)
    return questions, _choice_pairs(old, new, questions)


def _choice_pairs(
    old: Iterable[Question], new: Iterable[Question], called: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    later = {question.id: question for question in new}
    return {
        question.id: pairs(question.choices, later[called[question.id]].choices)
        for question in old
        if question.id in called and question.choices
    }


def renamed(document: Document, names: Renaming) -> Document:
    """The same document under other names, in its conditions and resources too.

    ``was`` stays as it is: it tells what was renamed before.
    """

    def of_condition(condition: Condition) -> Condition:
        match condition:
            case AllOf(conditions):
                return AllOf(tuple(map(of_condition, conditions)))
            case AnyOf(conditions):
                return AnyOf(tuple(map(of_condition, conditions)))
            case Not(negated):
                return Not(of_condition(negated))
            case AnswerTest():
                return _renamed_test(condition, names)

    def of_resource(resource: Resource) -> Resource:
        def of_line(line: ForLine) -> ForLine:
            return _renamed_test(line, names) if isinstance(line, AnswerTest) else line

        return replace(
            resource,
            for_=tuple(map(of_line, resource.for_)),
            who=tuple(_renamed_test(test, names) for test in resource.who),
        )

    def of_category(category: Category) -> Category:
        return replace(
            category,
            visible_if=None if category.visible_if is None else of_condition(category.visible_if),
            caps=_renamed_caps(category.caps, of_condition),
            questions=tuple(
                _renamed_question(question, names.questions, names.choices, of_condition)
                for question in category.questions
            ),
        )

    return replace(
        document,
        profile=tuple(
            _renamed_question(entry, names.entries, names.entry_choices, of_condition) for entry in document.profile
        ),
        caps=_renamed_caps(document.caps, of_condition),
        categories=tuple(map(of_category, document.categories)),
        resources=tuple(map(of_resource, document.resources)),
    )


def _renamed_test(test: AnswerTest, names: Renaming) -> AnswerTest:
    called, choices = names.questions, names.choices
    if test.of == "profile":
        called, choices = names.entries, names.entry_choices
    of_choice = choices.get(test.id, {})

    def value(one: Value) -> Value:
        return of_choice.get(one, one) if isinstance(one, str) else one

    return replace(test, id=called.get(test.id, test.id), values=tuple(map(value, test.values)))


def _renamed_caps(caps: tuple[Cap, ...], of_condition: Callable[[Condition], Condition]) -> tuple[Cap, ...]:
    return tuple(replace(cap, if_=of_condition(cap.if_)) for cap in caps)


def _renamed_question(
    question: _Asked,
    called: Mapping[str, str],
    choices: Mapping[str, Mapping[str, str]],
    of_condition: Callable[[Condition], Condition],
) -> _Asked:
    of_choice = choices.get(question.id, {})
    return replace(
        question,
        id=called.get(question.id, question.id),
        visible_if=None if question.visible_if is None else of_condition(question.visible_if),
        choices=tuple(replace(choice, id=of_choice.get(choice.id, choice.id)) for choice in question.choices),
    )
