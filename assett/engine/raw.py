"""From a raw answer to a value: what a question accepts, and why it refuses the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

from assett.engine.document import Choice, Named, Question
from assett.engine.values import (
    DECIMALS,
    NOT_APPLICABLE,
    UNKNOWN,
    Number,
    Value,
    day,
    exact,
    is_number,
    plain,
    storable,
)
from assett.kernel.text import N_, listed, shown

Read: TypeAlias = Callable[[object], Value | None]
"""Gives the value of a raw answer, or ``None`` where it amounts to no answer;
raises :class:`Refused`."""

REMEMBERED: Final = 512
"""How many distinct answers to one question are remembered, at most."""


class Refused(ValueError):
    """A raw answer that a question does not accept: (place within, template, params)."""

    def __init__(self, *faults: tuple[str, str, Mapping[str, object]]) -> None:
        super().__init__(faults)
        self.faults = faults


def refused(template: str, **params: object) -> Refused:
    """The refusal of a whole answer."""
    return Refused(("", template, params))


def accepted_words(question: Question) -> dict[str, Value]:
    """The strings that a question accepts at sight, and the values that they stand for.

    Choices of ``single``, former ids included, « non concerné », « je ne sais pas ».
    """
    words: dict[str, Value] = {}
    if question.type == "single":
        words |= _choice_words(question)
    if question.not_applicable:
        words[NOT_APPLICABLE] = NOT_APPLICABLE
    if question.unknown:
        words[UNKNOWN] = UNKNOWN
    return words


def not_offered(word: str) -> Refused | None:
    """Why one of the two special words is refused where a question does not accept it."""
    if word == NOT_APPLICABLE:
        return refused(N_("cette question n’offre pas « non concerné »"))
    if word == UNKNOWN:
        return refused(N_("cette question n’offre pas « je ne sais pas »"))
    return None


def reading_of(question: Question) -> Read:
    """How the answers that are not accepted at sight are read."""
    match question.type:
        case "single":
            return _no_choice(question)
        case "multiple":
            return _multiple(question)
        case "boolean":
            return _boolean
        case "scale":
            return _scale(question)
        case "number":
            return _number(question)
        case "date":
            return _date(question)
        case "text":
            return _text(question)
        case "info":
            return _info


def _choice_words(question: Question) -> dict[str, str]:
    """Every accepted word of a choice, former ids included, and the id it stands for."""
    words = {former: choice.id for choice in question.choices for former in choice.was}
    return words | {choice.id: choice.id for choice in question.choices}


def _not_a_choice(question: Question, raw: object) -> tuple[str, dict[str, object]]:
    return (
        N_("%(found)s n’est pas un choix de cette question ; choix possibles : %(choices)s"),
        {"found": shown(raw), "choices": _named(*question.choices)},
    )


def _named(*choices: Choice, quoted: bool = False) -> Named:
    """Choices inside a message: by their ids for whoever writes a file, by their labels for who reads a page."""
    ids = [choice.id for choice in choices]
    return Named(str(shown(ids[0])) if quoted else listed(ids), tuple(choice.label for choice in choices))


def _no_choice(question: Question) -> Read:
    def read(raw: object) -> Value:
        template, params = _not_a_choice(question, raw)
        raise Refused(("", template, params))

    return read


def _multiple(question: Question) -> Read:
    words = _choice_words(question)
    order = {choice.id: index for index, choice in enumerate(question.choices)}
    exclusive = {choice.id for choice in question.choices if choice.exclusive}
    remembered: dict[tuple[object, ...], Value] = {}

    def read(raw: object) -> Value:
        if not isinstance(raw, (list, tuple)):
            raise refused(N_("il faut une liste de choix, pas %(found)s"), found=shown(raw))
        # Only lists of strings are ever remembered, so nothing else can be found.
        try:
            value = remembered.get(tuple(raw))
        except TypeError:
            value = None
        if value is None:
            value = read_anew(raw)
            if len(remembered) < REMEMBERED:
                remembered[tuple(raw)] = value
        return value

    def read_anew(raw: list[object] | tuple[object, ...]) -> tuple[str, ...]:
        faults: list[tuple[str, str, Mapping[str, object]]] = []
        chosen: set[str] = set()
        seen: set[str] = set()
        for index, word in enumerate(raw):
            choice_id = words.get(word) if isinstance(word, str) else None
            if choice_id is None:
                faults.append((f"[{index}]", *_not_a_choice(question, word)))
            elif word in seen:
                given = _named(question.choices[order[choice_id]], quoted=True)
                faults.append((f"[{index}]", N_("le choix %(found)s est donné deux fois"), {"found": given}))
            else:
                # Two former choices may have become one: that is no repetition.
                seen.add(str(word))
                chosen.add(choice_id)
            if len(faults) > len(words):
                break
        if not faults:
            faults = [("", *fault) for fault in _miscounted(question, chosen, exclusive)]
        if faults:
            raise Refused(*faults)
        return tuple(sorted(chosen, key=order.__getitem__))

    return read


def _miscounted(question: Question, chosen: set[str], exclusive: set[str]) -> list[tuple[str, Mapping[str, object]]]:
    """Faults of a set of choices taken together."""
    alone = chosen & exclusive
    if alone:
        if len(chosen) == 1:
            return []
        first = next(choice for choice in question.choices if choice.id in alone)
        return [(N_("%(choice)s ne va avec aucun autre choix"), {"choice": _named(first, quoted=True)})]
    low, high = question.min_choices, question.max_choices
    if low is not None and len(chosen) < low:
        return [(N_("il faut au moins %(least)s choix"), {"least": low})]
    if high is not None and len(chosen) > high:
        return [(N_("il faut au plus %(most)s choix"), {"most": high})]
    return []


def _boolean(raw: object) -> Value:
    if raw is True or raw is False:
        return raw
    raise refused(N_("il faut true ou false, pas %(found)s"), found=shown(raw))


def _scale(question: Question) -> Read:
    low, high = (int(bound) for bound in question.bounds)

    def read(raw: object) -> Value:
        number = raw if type(raw) is int else exact(raw)
        if isinstance(number, int) and low <= number <= high:
            return number
        raise refused(
            N_("il faut un nombre entier de %(low)s à %(high)s, pas %(found)s"),
            low=low,
            high=high,
            found=shown(raw),
        )

    return read


def _number(question: Question) -> Read:
    low, high = _plain_bound(question.min), _plain_bound(question.max)

    def read(raw: object) -> Value:
        number = exact(raw)
        if number is None:
            raise _no_number(raw)
        if question.integer and not isinstance(number, int):
            raise refused(N_("il faut un nombre entier, pas %(found)s"), found=shown(raw))
        if low is not None and number < low:
            raise refused(N_("il faut au moins %(low)s, pas %(found)s"), low=shown(low), found=shown(raw))
        if high is not None and number > high:
            raise refused(N_("il faut au plus %(high)s, pas %(found)s"), high=shown(high), found=shown(raw))
        return number

    return read


def _plain_bound(bound: Fraction | date | None) -> Number | None:
    return plain(bound) if isinstance(bound, Fraction) else None


def _no_number(raw: object) -> Refused:
    finite = not isinstance(raw, (float, Decimal)) or Decimal(raw).is_finite()
    if is_number(raw) and finite:
        return refused(
            N_("un nombre a au plus %(decimals)s décimales et ne dépasse pas un milliard ; pas %(found)s"),
            decimals=DECIMALS,
            found=shown(raw),
        )
    return refused(N_("il faut un nombre, pas %(found)s"), found=shown(raw))


def _date(question: Question) -> Read:
    low, high = question.min, question.max

    def read(raw: object) -> Value:
        given = day(raw)
        if given is None:
            raise refused(N_("il faut une date comme 2026-12-31, pas %(found)s"), found=shown(raw))
        if isinstance(low, date) and given < low:
            raise refused(N_("il faut une date à partir du %(low)s"), low=low)
        if isinstance(high, date) and given > high:
            raise refused(N_("il faut une date jusqu’au %(high)s"), high=high)
        return given.isoformat()

    return read


def _text(question: Question) -> Read:
    def read(raw: object) -> Value | None:
        if not isinstance(raw, str):
            raise refused(N_("il faut un texte, pas %(found)s"), found=shown(raw))
        if len(raw) > question.max_length:
            raise refused(
                N_("ce texte a %(length)s caractères ; il en faut au plus %(most)s"),
                length=len(raw),
                most=question.max_length,
            )
        if not storable(raw):
            raise refused(N_("ce texte contient un caractère de contrôle, à retirer"))
        # A field that was emptied is a question without an answer.
        return raw if raw.strip() else None

    return read


def _info(raw: object) -> Value:
    raise refused(N_("une « info » n’attend pas de réponse"))
