"""Answers carried from one version to another: what maps, what does not, and why.

An answer follows its question by id and by ``was``, its choices likewise. It is
carried only where it still means the same: a number on another scale or in another
unit is asked again, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, TypeAlias

from assett.engine.answers import Answers, see
from assett.engine.compiled import Compiled, CompiledQuestion, Given
from assett.engine.document import Named, Question, Text
from assett.engine.lineage import descended, pairs
from assett.engine.raw import REMEMBERED, Refused
from assett.engine.values import NOT_APPLICABLE, UNKNOWN, Value
from assett.kernel.text import N_, listed

LossReason = Literal["removed", "taken", "type", "scale", "unit", "choice", "not_offered", "refused"]


@dataclass(frozen=True, slots=True)
class Lost:
    """An answer that is not carried, or (``partly``) only in part.

    ``question`` is the one that was answered, ``value`` what does not follow (of
    ``multiple``: the choices that do not). ``template`` is a French source text, to
    be filled with ``params``.
    """

    of: Literal["question", "profile"]
    question: Question
    value: Value
    reason: LossReason
    template: str
    params: Mapping[str, object] = field(default_factory=dict)
    partly: bool = False

    @property
    def message(self) -> str:
        """The French text."""
        return self.template % self.params if self.params else self.template


@dataclass(frozen=True, slots=True)
class Carried:
    """Answers in their new version, and what became of the old ones.

    ``kept`` leads from the old ids of the questions that were carried to the new
    ones; ``missing`` are the visible required questions of the new version without an
    answer, in the order of the file.
    """

    answers: Answers
    kept: Mapping[str, str]
    lost: tuple[Lost, ...]
    missing: tuple[str, ...]


_Loss: TypeAlias = tuple[LossReason, str, Mapping[str, object], Value, bool]
_Step: TypeAlias = Callable[[Value], tuple[Value | None, _Loss | None]]


@dataclass(frozen=True, slots=True, eq=False)
class Carrier:
    """The way from one version to another, made once for many answers.

    ``questions`` and ``entries`` lead from an old id to the new one, ``None`` where
    there is none.
    """

    old: Compiled
    new: Compiled
    questions: Mapping[str, str | None]
    entries: Mapping[str, str | None]
    _steps: Mapping[str, _Step]
    _entry_steps: Mapping[str, _Step]

    def carry(self, answers: Answers) -> Carried:
        """Carry answers to the old version over to the new one."""
        lost: list[Lost] = []
        kept: dict[str, str] = {}
        old, new = self.old, self.new
        profile = _carried(answers.profile, "profile", old.entries, self.entries, self._entry_steps, lost, {})
        values = _carried(answers.values, "question", old.questions, self.questions, self._steps, lost, kept)
        carried = see(new, values, profile)
        missing = new.required.difference(carried.visible, carried.hidden)
        ordered = tuple(name for name in new.questions if name in missing) if missing else ()
        return Carried(carried, kept, tuple(lost), ordered)


@lru_cache(maxsize=32)
def carrier(old: Compiled, new: Compiled, between: tuple[Compiled, ...] = ()) -> Carrier:
    """The way from ``old`` to ``new``; remembered, as all are immutable.

    ``between`` are the versions that stood between them, oldest first: a question that each of them renamed, and that
    names its last name only, is found again.
    """
    asked = [each.document.questions for each in reversed(between)]
    told = [each.document.profile for each in reversed(between)]
    questions, steps = _way(old.document.questions, new.document.questions, asked, new.questions)
    entries, entry_steps = _way(old.document.profile, new.document.profile, told, new.entries)
    return Carrier(old, new, questions, entries, steps, entry_steps)


def _way(
    old: Iterable[Question],
    new: Iterable[Question],
    between: Iterable[Iterable[Question]],
    compiled: Mapping[str, CompiledQuestion],
) -> tuple[Mapping[str, str | None], Mapping[str, _Step]]:
    """Where each question leads, and how its answers get there."""
    # The newer of the two knows its former names; which one that is, nobody says here.
    old, new = descended(old, between), descended(new, between)
    ways, later = _ways(old, new), {question.id: question for question in new}
    steps = {
        question.id: _step(question, compiled[way], later[way])
        for question in old
        if (way := ways[question.id]) is not None
    }
    return ways, steps


def carry(old: Compiled, new: Compiled, answers: Answers, between: tuple[Compiled, ...] = ()) -> Carried:
    """Carry answers to ``old`` over to ``new``."""
    return carrier(old, new, between).carry(answers)


def _ways(old: Iterable[Question], new: Iterable[Question]) -> dict[str, str | None]:
    """Where each old question leads, in order of precedence.

    Several may have become one: the question that kept its place comes first, then
    the former ids as they are listed (the rule of :func:`read_answers`).
    """
    old, new = tuple(old), tuple(new)
    found: dict[str, str | None] = {**pairs(old, new)}
    known = {question.id for question in old}
    for question in new:
        for former in question.was:
            if former in known:
                found.setdefault(former, question.id)
    for question in old:
        found.setdefault(question.id, None)
    return found


def _carried(
    given: Given,
    of: Literal["question", "profile"],
    asked: Mapping[str, CompiledQuestion],
    ways: Mapping[str, str | None],
    steps: Mapping[str, _Step],
    lost: list[Lost],
    kept: dict[str, str],
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    # In order of precedence, so that the first answer to a question stands.
    for name, way in ways.items():
        value = given.get(name)
        if value is None:
            continue
        if way is None:
            template = N_("cette question n’est plus posée")
            lost.append(Lost(of, asked[name].question, value, "removed", template))
        elif way in values:
            template = N_("deux questions n’en font plus qu’une, et l’autre réponse est gardée")
            lost.append(Lost(of, asked[name].question, value, "taken", template))
        else:
            carried, loss = steps[name](value)
            if carried is not None:
                values[way] = carried
                kept[name] = way
            if loss is not None:
                reason, template, params, what, partly = loss
                lost.append(Lost(of, asked[name].question, what, reason, template, params, partly))
    return values


def _step(old: Question, new: CompiledQuestion, later: Question) -> _Step:
    """How the answers to one question are carried to another, ``later`` with all of its former names; what comes often
    is remembered."""
    change = _meaning_changed(old, later)
    choices = _choice_ways(old, later)
    remembered: dict[tuple[type, Value], tuple[Value | None, _Loss | None]] = {}

    def step(value: Value) -> tuple[Value | None, _Loss | None]:
        # Python holds 1 and true for the same; answers do not.
        key = (type(value), value)
        found = remembered.get(key)
        if found is None:
            found = anew(value)
            if len(remembered) < REMEMBERED:
                remembered[key] = found
        return found

    def anew(value: Value) -> tuple[Value | None, _Loss | None]:
        if value in (NOT_APPLICABLE, UNKNOWN):
            if later.not_applicable if value == NOT_APPLICABLE else later.unknown:
                return value, None
            template = (
                N_("« non concerné » n’est plus proposé")
                if value == NOT_APPLICABLE
                else N_("« je ne sais pas » n’est plus proposé")
            )
            return None, ("not_offered", template, {}, value, False)
        if change is not None:
            reason, template = change
            return None, (reason, template, {}, value, False)
        if old.choices:
            return _carried_choices(old, new, choices, value)
        return _read(new, value, value)

    return step


def _meaning_changed(old: Question, new: Question) -> tuple[LossReason, str] | None:
    """Why no answer to ``old`` can be taken for one to ``new``, if so."""
    choosing = ("single", "multiple")
    if old.type != new.type and not (old.type in choosing and new.type in choosing):
        return "type", N_("la question attend une réponse d’une autre sorte")
    if old.type == "scale" and old.bounds != new.bounds:
        return "scale", N_("l’échelle n’est plus la même")
    if old.type == "number" and not _same_unit(old.unit, new.unit):
        return "unit", N_("l’unité n’est plus la même")
    return None


def _same_unit(old: Text | None, new: Text | None) -> bool:
    """Whether the unit reads the same in a language that both have; a translation changes nothing."""
    if old is None or new is None:
        return old is new
    shared = [language for language in old if language in new]
    return bool(shared) and all(old[language] == new[language] for language in shared)


def _choice_ways(old: Question, new: Question) -> dict[str, str]:
    """Where each choice leads; several may have become one."""
    found = pairs(old.choices, new.choices)
    for choice in new.choices:
        for former in choice.was:
            found.setdefault(former, choice.id)
    return found


def _carried_choices(
    old: Question, new: CompiledQuestion, ways: Mapping[str, str], value: Value
) -> tuple[Value | None, _Loss | None]:
    chosen = value if isinstance(value, tuple) else (str(value),)
    followed = list(dict.fromkeys(ways[name] for name in chosen if name in ways))
    gone = tuple(name for name in chosen if name not in ways)
    if gone:
        labels = tuple(old.choice(name).label for name in gone)
        template = N_("ce choix n’existe plus : %(choices)s")
        if len(gone) > 1:
            template = N_("ces choix n’existent plus : %(choices)s")
        what: Value = gone if isinstance(value, tuple) else gone[0]
        loss: _Loss = (
            "choice",
            template,
            {"choices": Named(listed(list(map(str, labels))), labels)},
            what,
            bool(followed),
        )
        if not followed:
            return None, loss
        carried, refusal = _read(new, _as_raw(new.question, followed), value)
        return carried, refusal or loss
    return _read(new, _as_raw(new.question, followed), value)


def _as_raw(question: Question, followed: list[str]) -> object:
    """Choices as the later question takes them; one choice is as good as a list of one."""
    if question.type == "multiple":
        return followed
    return followed[0] if len(followed) == 1 else followed


def _read(new: CompiledQuestion, raw: object, value: Value) -> tuple[Value | None, _Loss | None]:
    """The answer as the later question reads it, or its reason to refuse it."""
    try:
        at_sight = new.words.get(raw) if isinstance(raw, str) else None
        return (new.read(raw) if at_sight is None else at_sight), None
    except Refused as refusal:
        _, template, params = refusal.faults[0]
        return None, ("refused", template, params, value, False)
