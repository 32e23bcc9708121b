"""Conditions, and what they may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal, cast

from assett.engine.document import AllOf, AnswerTest, AnyOf, Condition, Not, Question
from assett.engine.reading.fields import Fields, Reader
from assett.engine.values import NOT_APPLICABLE, UNKNOWN, Number, Value, day, is_number
from assett.kernel.errors import key_path
from assett.kernel.text import N_, listed, shown

DEEPEST = 50
"""How deep conditions may be nested."""

_HEADS = ("question", "profile", "all", "any", "not")
_TESTS = ("is", "at_least", "at_most")


@dataclass(slots=True)
class Known:
    """A question that conditions may name. What is not ``sound`` is not held against them."""

    question: Question
    position: int
    path: str
    sound: bool
    choices: frozenset[str]

    @classmethod
    def of(cls, question: Question, position: int, path: str, sound: bool = True) -> Known:
        """A question at its place in the file."""
        choices = frozenset(choice.id for choice in question.choices)
        return cls(question, position, path, sound, choices)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition may name: all of it, or what stands before a position."""

    questions: Mapping[str, Known] | None
    entries: Mapping[str, Known] | None
    before_question: int | None = None
    before_entry: int | None = None
    allows_questions: bool = True


class ConditionReader(Reader):
    """Reads conditions, and holds them against what they name."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: dict[str, Known] = {}
        self.entries: dict[str, Known] = {}

    def visible_if(self, raw: object, path: str, scope: Scope) -> Condition | None:
        """The ``visible_if`` of a question, an entry or a category."""
        condition = raw.get("visible_if") if isinstance(raw, Mapping) else None
        if condition is None:
            return None
        return self.condition(condition, key_path(path, "visible_if"), scope)

    def condition(self, raw: object, path: str, scope: Scope, depth: int = 0) -> Condition:
        """A condition of any form."""
        nothing: Condition = AllOf(())
        if depth > DEEPEST:
            self.problem(
                path,
                N_("cette condition est trop imbriquée (plus de %(deepest)s niveaux)"),
                deepest=DEEPEST,
            )
            return nothing
        if not isinstance(raw, Mapping):
            self.problem(
                path,
                N_("il faut une condition comme { question: …, is: … }, pas %(found)s"),
                found=shown(raw),
            )
            return nothing
        heads = [key for key in _HEADS if key in raw]
        if len(heads) != 1:
            self.problem(
                path,
                N_("une condition commence par une seule de ces clés : question, profile, all, any, not"),
            )
            return nothing
        if heads[0] in ("question", "profile"):
            return self.answer_test(raw, path, scope)
        fields = self.fields(raw, path, _HEADS, misplaced=_TESTS)
        if heads[0] == "not":
            return Not(self.condition(raw["not"], fields.at("not"), scope, depth + 1))
        conditions = tuple(
            self.condition(item, here, scope, depth + 1)
            for here, item in self.items(raw[heads[0]], fields.at(heads[0])) or ()
        )
        return AllOf(conditions) if heads[0] == "all" else AnyOf(conditions)

    def answer_test(self, raw: object, path: str, scope: Scope) -> AnswerTest:
        """A condition on one question or entry."""
        of: Literal["question", "profile"] = "profile" if isinstance(raw, Mapping) and "profile" in raw else "question"
        fields = self.fields(raw, path, (of, *_TESTS))
        name = fields.slug(of)
        known = self._named(name, of, fields, scope)
        known = known if known is not None and known.sound else None
        question = known.question if known is not None else None
        bounded = fields.has("at_least") or fields.has("at_most")
        values: tuple[Value, ...] = ()
        if fields.has("is"):
            values = self.test_values(fields, "is", known, of)
            if bounded:
                fields.problem("is", N_("is ne va pas avec at_least ni at_most"))
        elif not bounded and fields.is_mapping:
            fields.problem("is", N_("il faut is, at_least ou at_most"))
        bounds = [self._bound(fields, key, question) for key in ("at_least", "at_most")]
        if None not in bounds:
            low, high = cast(list[Number], bounds)
            if low > high:
                fields.problem(
                    "at_most",
                    N_("at_most ne peut pas être inférieur à at_least (%(found)s)"),
                    found=shown(low),
                )
        return AnswerTest(of, name, values, bounds[0], bounds[1])

    def _named(self, name: str, of: str, fields: Fields, scope: Scope) -> Known | None:
        """The question or entry that a condition names, if it may name it."""
        if of == "question" and not scope.allows_questions:
            fields.problem(of, N_("le profil ne regarde que ses propres entrées, pas les questions"))
            return None
        index = scope.entries if of == "profile" else scope.questions
        before = scope.before_entry if of == "profile" else scope.before_question
        if index is None or not name:
            return None
        known = index.get(name)
        if known is None:
            template = (
                N_("le profil n’a pas d’entrée %(id)s")
                if of == "profile"
                else N_("aucune question ne s’appelle %(id)s")
            )
            close = self.closest(name, index)
            if close and of == "profile":
                template = N_("le profil n’a pas d’entrée %(id)s ; vouliez-vous dire %(close)s ?")
            elif close:
                template = N_("aucune question ne s’appelle %(id)s ; vouliez-vous dire %(close)s ?")
            fields.problem(of, template, id=shown(name), close=shown(close))
            return None
        if before is not None and known.position >= before:
            fields.problem(
                of,
                N_("%(id)s ne vient pas avant : visible_if ne regarde que ce qui précède dans le fichier"),
                id=shown(name),
            )
        return known

    def test_values(self, fields: Fields, key: str, known: Known | None, of: str) -> tuple[Value, ...]:
        """The values of a test, each one that the question can indeed take."""
        raw = fields.get(key)
        items = [(fields.at(key), raw)]
        if isinstance(raw, (list, tuple)):
            items = self.items(raw, fields.at(key)) or []
            if not items:
                fields.problem(key, N_("il faut au moins une valeur"))
        values: dict[tuple[type, Value], Value] = {}
        for path, item in items:
            value = self._test_value(item, path, known, of)
            if value is not None:
                # Python holds 1 and true for the same; answers do not.
                values[type(value), value] = value
        return tuple(values.values())

    def _test_value(self, raw: object, path: str, known: Known | None, of: str) -> Value | None:
        if not isinstance(raw, (str, bool)) and not is_number(raw):
            self.problem(path, N_("il faut une valeur simple, pas %(found)s"), found=shown(raw))
            return None
        if known is None:
            return raw if isinstance(raw, (str, bool)) else self.number(raw, path)
        question = known.question
        if raw == NOT_APPLICABLE or (raw == UNKNOWN and of == "profile"):
            self.problem(
                path,
                N_("« non concerné » et « je ne sais pas » comptent comme sans réponse"),
            )
            return None
        if raw == UNKNOWN:
            if not question.unknown:
                self.problem(
                    path,
                    N_("la question %(id)s n’offre pas « je ne sais pas »"),
                    id=shown(question.id),
                )
            return UNKNOWN
        match question.type:
            case "single" | "multiple":
                name = str(raw) if is_number(raw) else raw
                if isinstance(name, str) and name in known.choices:
                    return name
                self.problem(
                    path,
                    N_("%(found)s n’est pas un choix de %(id)s ; choix : %(choices)s"),
                    found=shown(raw),
                    id=shown(question.id),
                    choices=listed([choice.id for choice in question.choices]),
                )
            case "boolean":
                if isinstance(raw, bool):
                    return raw
                self.problem(path, N_("il faut true ou false, pas %(found)s"), found=shown(raw))
            case "scale" | "number":
                return self._test_number(raw, path, question, step=True)
            case "date":
                read = day(raw)
                if read is None or not within(read, question):
                    self.problem(
                        path,
                        N_("%(found)s n’est pas une date possible de %(id)s"),
                        found=shown(raw),
                        id=shown(question.id),
                    )
                else:
                    return read.isoformat()
            case "text":
                return self.string(raw, path)
            case "info":
                self.problem(
                    path,
                    N_("%(id)s est une « info », sans réponse"),
                    id=shown(question.id),
                )
        return None

    def _test_number(self, raw: object, path: str, question: Question, step: bool) -> Number | None:
        number = self.number(raw, path)
        if number is None:
            return None
        whole = question.type == "scale" or question.integer
        if step and whole and not isinstance(number, int):
            self.problem(path, N_("il faut un nombre entier, pas %(found)s"), found=shown(raw))
            return None
        if not within(Fraction(number), question):
            self.problem(
                path,
                N_("%(found)s est hors des bornes de %(id)s"),
                found=shown(raw),
                id=shown(question.id),
            )
            return None
        return number

    def _bound(self, fields: Fields, key: str, question: Question | None) -> Number | None:
        if not fields.has(key):
            return None
        if question is None:
            return self.number(fields.get(key), fields.at(key))
        if question.type not in ("scale", "number"):
            fields.problem(
                key,
                N_("%(key)s ne va qu’avec une échelle ou un nombre, pas avec %(id)s"),
                key=key,
                id=shown(question.id),
            )
            return None
        return self._test_number(fields.get(key), fields.at(key), question, step=False)


def within(value: Fraction | date, question: Question) -> bool:
    low, high = question.min, question.max
    return (low is None or low <= value) and (high is None or value <= high)  # type: ignore[operator]
