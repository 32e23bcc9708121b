"""The three documents under the same names: what one of them renamed is renamed in all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from assett.engine.document import Document, Question
from assett.engine.lineage import Renaming, pairs, renamed, renaming

Asked = TypeVar("Asked", bound=Question)
_Names = Mapping[str, str]
_Three = tuple[dict[str, str], dict[str, str], dict[str, str]]


class _Named(Protocol):
    @property
    def id(self) -> str: ...


def aligned(base: Document, theirs: Document, mine: Document) -> tuple[Document, Document, Document]:
    """The three documents, what was renamed in one of them renamed in all."""
    to_theirs, to_mine = renaming(base, theirs), renaming(base, mine)
    questions = _common(
        [q.id for q in base.questions], to_theirs.questions, to_mine.questions, theirs.questions, mine.questions
    )
    entries = _common([e.id for e in base.profile], to_theirs.entries, to_mine.entries, theirs.profile, mine.profile)
    choices = _common_choices(base.questions, theirs.questions, mine.questions, to_theirs.questions, to_mine.questions)
    entry_choices = _common_choices(base.profile, theirs.profile, mine.profile, to_theirs.entries, to_mine.entries)
    first, second, third = (
        Renaming(questions[side], entries[side], choices[side], entry_choices[side]) for side in range(3)
    )
    return renamed(base, first), renamed(theirs, second), _remembering(renamed(mine, third), third, base)


def _remembering(mine: Document, names: Renaming, base: Document) -> Document:
    """A name of mine that gives way to one of theirs is kept among the former ones."""

    def asked(question: Asked, called: _Names, choices: Mapping[str, _Names], known: Collection[str]) -> Asked:
        before = _before(question.id, called)
        return replace(
            question,
            was=(*question.was, *_given_up(before, question.id, known)),
            choices=tuple(
                replace(choice, was=(*choice.was, *_given_up(old, choice.id, of_base)))
                for choice in question.choices
                for old in [_before(choice.id, choices.get(before, {}))]
            ),
        )

    questions, entries = {q.id for q in base.questions}, {e.id for e in base.profile}
    of_base = {choice.id for asks in (base.questions, base.profile) for each in asks for choice in each.choices}
    return replace(
        mine,
        profile=tuple(asked(entry, names.entries, names.entry_choices, entries) for entry in mine.profile),
        categories=tuple(
            replace(
                category,
                questions=tuple(asked(each, names.questions, names.choices, questions) for each in category.questions),
            )
            for category in mine.categories
        ),
    )


def _given_up(before: str, now: str, known: Collection[str]) -> tuple[str, ...]:
    """The name that mine alone had given, where it is not that of today."""
    return () if before == now or before in known else (before,)


def _before(name: str, called: _Names) -> str:
    """The name that was changed into this one."""
    return next((old for old, new in called.items() if new == name), name)


def _common(
    base: Sequence[str], to_theirs: _Names, to_mine: _Names, theirs: Iterable[_Named], mine: Iterable[_Named]
) -> _Three:
    """New names for the three sides: a new name on one side becomes that of all.

    A name that another thing bears on one of the sides is not given a second time.
    """
    in_theirs, in_mine = {each.id for each in theirs}, {each.id for each in mine}
    names: _Three = ({}, {}, {})
    for name in base:
        there, here = to_theirs.get(name), to_mine.get(name)
        wanted = there if there not in (None, name) else here
        if wanted is None or wanted == name:
            continue
        clash = (
            (wanted != name and wanted in base)
            or (wanted != there and wanted in in_theirs)
            or (wanted != here and wanted in in_mine)
        )
        if not clash:
            names[0][name] = wanted
            if there is not None:
                names[1][there] = wanted
            if here is not None:
                names[2][here] = wanted
    return names


def _common_choices(
    base: Iterable[Question], theirs: Iterable[Question], mine: Iterable[Question], to_theirs: _Names, to_mine: _Names
) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """New names of choices, by the id that their question has on each side."""
    in_theirs, in_mine = {q.id: q for q in theirs}, {q.id: q for q in mine}
    found: tuple[dict[str, dict[str, str]], ...] = ({}, {}, {})
    for question in base:
        there, here = in_theirs.get(to_theirs.get(question.id, "")), in_mine.get(to_mine.get(question.id, ""))
        their_choices, my_choices = there.choices if there else (), here.choices if here else ()
        names = _common(
            [choice.id for choice in question.choices],
            pairs(question.choices, their_choices),
            pairs(question.choices, my_choices),
            their_choices,
            my_choices,
        )
        found[0][question.id] = names[0]
        if there is not None:
            found[1][there.id] = names[1]
        if here is not None:
            found[2][here.id] = names[2]
    return found[0], found[1], found[2]
