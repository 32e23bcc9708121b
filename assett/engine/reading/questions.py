"""Questions of every type, and the entries of the profile."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

from assett.engine.document import (
    ONE,
    QUESTION_TYPES,
    SOURCES,
    ZERO,
    Band,
    Choice,
    Linear,
    ProfileEntry,
    Question,
    QuestionType,
    Source,
    Text,
)
from assett.engine.reading.conditions import ConditionReader, Known
from assett.engine.reading.fields import Fields
from assett.kernel.errors import key_path
from assett.kernel.text import N_, shown

_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,9}")
# Where a problem leaves open what a question can be answered with, or can earn.
_UNSOUND = re.compile(r"\.type|\.unknown|\.(choices|min|max)(\[[0-9]+\](\.id)?)?")
_UNCERTAIN_POINTS = re.compile(r"points$|\.(bands|linear)\b|\.(min|max|choices|choices\[[0-9]+\])$")

MOST_STEPS = 101
"""Values of a ``scale``, at most: 0 to 100, the widest that somebody still weighs step by step."""

# Which key may stand where
_CHOICE_KEYS = ("id", "label", "points", "feedback", "exclusive", "was")
_QUESTION_KEYS = [
    "id",
    "type",
    "title",
    "help",
    "required",
    "not_applicable",
    "unknown",
    "weight",
    "scored",
    "was",
    "visible_if",
]
_PROFILE_KEYS = ["id", "type", "title", "help", "required", "not_applicable", "unknown", "was", "visible_if", "source"]
_TYPE_KEYS: dict[str, tuple[str, ...]] = {
    "single": ("choices",),
    "multiple": ("choices", "max_points", "min_choices", "max_choices"),
    "boolean": ("points", "points_false"),
    "scale": ("min", "max", "labels", "max_points"),
    "number": ("unit", "min", "max", "integer", "bands", "linear"),
    "date": ("min", "max"),
    "text": ("max_length",),
    "info": (),
}
_POINT_KEYS = {"points", "points_false", "max_points", "bands", "linear"}
_EVERY_TYPE_KEY = tuple(dict.fromkeys(key for keys in _TYPE_KEYS.values() for key in keys))


class QuestionReader(ConditionReader):
    """Reads questions, and the entries of the profile, which have the same shape."""

    def entry(self, raw: object, path: str, position: int) -> ProfileEntry:
        """An entry of the profile."""
        noted = len(self.problems)
        question, fields = self._question(raw, path, profile=True)
        source = cast(Source | None, fields.word("source", SOURCES))
        shared = {name: getattr(question, name) for name in Question.__dataclass_fields__}
        entry = ProfileEntry(**shared, source=source)
        self._know(self.entries, entry, fields, position, noted)
        return entry

    def question(self, raw: object, path: str, position: int, fallback: str) -> tuple[Question, Fields]:
        """A question, and its fields for what is read later; ``fallback`` is the id of an info without one."""
        noted = len(self.problems)
        question, fields = self._question(raw, path, profile=False)
        if question.type == "info" and not question.id:
            question = replace(question, id=fallback)
        self._know(self.questions, question, fields, position, noted)
        return question, fields

    def _know(
        self,
        known: dict[str, Known],
        question: Question,
        fields: Fields,
        position: int,
        noted: int,
    ) -> None:
        if not question.id:
            return
        other = known.get(question.id)
        if other is not None:
            fields.problem(
                "id",
                N_("l’identifiant %(id)s est déjà pris par %(other)s"),
                id=shown(question.id),
                other=other.path,
            )
            other.sound = False
            return
        sound = not any(_UNSOUND.fullmatch(problem.path, len(fields.path)) for problem in self.problems[noted:])
        known[question.id] = Known.of(question, position, fields.path, sound)

    def _question(self, raw: object, path: str, profile: bool) -> tuple[Question, Fields]:
        noted = len(self.problems)
        common = _PROFILE_KEYS if profile else _QUESTION_KEYS
        given = raw.get("type") if isinstance(raw, Mapping) else None
        known_type = isinstance(given, str) and given in QUESTION_TYPES
        own = _TYPE_KEYS[str(given)] if known_type else _EVERY_TYPE_KEY
        if profile:
            own = tuple(key for key in own if key not in _POINT_KEYS)
        fields = self.fields(raw, path, (*common, *own), misplaced=(*_EVERY_TYPE_KEY, *_QUESTION_KEYS))
        types = tuple(t for t in QUESTION_TYPES if not (profile and t == "info"))
        word = fields.word("type", types) if fields.required("type") else None
        kind = cast(QuestionType, word or "info")
        is_info = kind == "info" and word is not None
        parts: dict[str, Any] = {
            "id": "" if is_info and not fields.has("id") else fields.slug(),
            "type": kind,
            "title": fields.required_text("title"),
            "help": fields.text("help"),
            "not_applicable": fields.flag("not_applicable"),
            "unknown": fields.flag("unknown"),
            "was": self.slugs(fields, "was"),
        }
        if not profile:
            parts["weight"] = fields.number("weight", ONE, above=0)
        if word is not None:
            parts |= self._type_parts(kind, fields, profile)
        scorable = parts.pop("scorable", False)
        wanted = True if profile else fields.flag("scored", True)
        parts["scored"] = scorable and wanted and not profile
        parts["required"] = fields.flag("required", parts["scored"])
        if is_info:
            for key in ("required", "not_applicable", "unknown"):
                if parts[key]:
                    fields.problem(key, N_("une « info » n’attend pas de réponse"))
            for key in ("weight", "scored"):
                if fields.has(key) and fields.get(key) is not False:
                    fields.problem(
                        key,
                        N_("une « info » ne compte jamais dans le score : retirez %(key)s, ou changez son type"),
                        key=key,
                    )
        question = Question(**parts)
        uncertain = any(_UNCERTAIN_POINTS.search(problem.path) for problem in self.problems[noted:])
        if question.scored and question.full_points <= 0 and not uncertain:
            culprit = next(
                (key for key in ("max_points", "choices", "points", "bands", "linear") if fields.has(key)),
                "type",
            )
            fields.problem(
                culprit,
                N_(
                    "une question notée doit pouvoir rapporter des points : son maximum "
                    "est %(found)s ; donnez des points, ou écrivez scored: false"
                ),
                found=shown(question.full_points),
            )
        return question, fields

    def _type_parts(self, kind: QuestionType, fields: Fields, profile: bool) -> dict[str, Any]:
        """What a type of question has of its own; ``scorable``: can it be counted."""
        match kind:
            case "single" | "multiple":
                return self._choice_parts(kind, fields, profile)
            case "boolean":
                return {
                    "points": fields.number("points", ONE),
                    "points_false": fields.number("points_false", ZERO),
                    "scorable": True,
                }
            case "scale":
                return self._scale_parts(fields)
            case "number":
                return self._number_parts(fields)
            case "date":
                low, high = fields.day("min"), fields.day("max")
                self.in_order(fields, low, high)
                return {"min": low, "max": high}
            case "text":
                return {"max_length": fields.whole("max_length", 2000, 1, 100_000)}
            case "info":
                return {}

    def _choice_parts(self, kind: QuestionType, fields: Fields, profile: bool) -> dict[str, Any]:
        keys: tuple[str, ...] = _CHOICE_KEYS
        if kind == "single":
            keys = tuple(key for key in keys if key != "exclusive")
        if profile:
            keys = tuple(key for key in keys if key != "points")
        choices: list[Choice] = []
        paths: list[str] = []
        taken: dict[str, str] = {}
        has_points = False
        for path, raw in fields.items("choices", at_least=2):
            at = self.fields(raw, path, keys, misplaced=_CHOICE_KEYS)
            identifier = at.slug()
            self.unique(identifier, at.at("id"), taken)
            has_points = has_points or at.has("points")
            paths.append(at.at("was"))
            choices.append(
                Choice(
                    id=identifier,
                    label=at.required_text("label"),
                    points=at.number("points", ZERO) or ZERO,
                    unpointed=not at.has("points"),
                    feedback=at.text("feedback"),
                    exclusive=at.flag("exclusive"),
                    was=self.slugs(at, "was"),
                )
            )
        self.former((choice.id, choice.was, path) for choice, path in zip(choices, paths, strict=True))
        parts: dict[str, Any] = {"choices": tuple(choices), "scorable": has_points}
        if kind == "multiple":
            low = fields.whole("min_choices", None, 0)
            high = fields.whole("max_choices", None, 1)
            self.in_order(fields, low, high, ("min_choices", "max_choices"))
            together = sum(not choice.exclusive for choice in choices)
            if low is not None and choices and low > together:
                fields.problem(
                    "min_choices",
                    N_("on ne peut cocher que %(count)s choix ensemble, pas %(found)s"),
                    count=together,
                    found=low,
                )
            parts |= {
                "max_points": fields.number("max_points"),
                "min_choices": low,
                "max_choices": high,
            }
        return parts

    def _scale_parts(self, fields: Fields) -> dict[str, Any]:
        low = cast(int, fields.whole("min", 0))
        high = fields.whole("max") if fields.required("max") else None
        if high is not None and high <= low:
            fields.problem(
                "max",
                N_("max doit dépasser min (%(min)s), pas %(found)s"),
                min=low,
                found=high,
            )
        elif high is not None and high - low >= MOST_STEPS and not self.published:
            fields.problem(
                "max",
                N_("il faut au plus %(most)s valeurs de min à max, pas %(count)s (au-delà, prenez le type number)"),
                most=MOST_STEPS,
                count=high - low + 1,
            )
        usable = high is not None and high > low
        labels: dict[int, Text] = {}
        raw_labels = fields.get("labels")
        if raw_labels is not None and not isinstance(raw_labels, Mapping):
            fields.problem(
                "labels",
                N_("il faut un objet { valeur : texte }, pas %(found)s"),
                found=shown(raw_labels),
            )
        elif raw_labels is not None:
            for key, raw in raw_labels.items():
                path = key_path(fields.at("labels"), key)
                if not _WHOLE.fullmatch(str(key)):
                    self.problem(
                        path,
                        N_("la clé est une valeur de l’échelle, un entier, pas %(found)s"),
                        found=shown(str(key)),
                    )
                elif usable and high is not None and not low <= int(key) <= high:
                    self.problem(
                        path,
                        N_("l’échelle va de %(low)s à %(high)s"),
                        low=low,
                        high=high,
                    )
                elif raw is not None:
                    label = self.text(raw, path)
                    if label is not None:
                        labels[int(key)] = label
        return {
            "min": Fraction(low),
            "max": Fraction(high if usable and high is not None else low + 1),
            "max_points": fields.number("max_points"),
            "labels": tuple(sorted(labels.items(), key=lambda item: item[0])),
            "scorable": True,
        }

    def _number_parts(self, fields: Fields) -> dict[str, Any]:
        low, high = fields.number("min"), fields.number("max")
        self.in_order(fields, low, high)
        if fields.has("bands") and fields.has("linear"):
            fields.problem("linear", N_("il faut choisir entre bands et linear"))
        bands = self._bands(fields)
        linear = self._linear(fields)
        return {
            "unit": fields.text("unit"),
            "min": low,
            "max": high,
            "integer": fields.flag("integer"),
            "bands": bands,
            "linear": None if bands else linear,
            "scorable": bool(bands) or linear is not None,
        }

    def _bands(self, fields: Fields) -> tuple[Band, ...]:
        if not fields.has("bands"):
            return ()
        bands: list[Band] = []
        last: Fraction | None = None
        for index, (path, raw) in enumerate(fields.items("bands", at_least=1)):
            at = self.fields(raw, path, ("from", "points"))
            start: Fraction | None = None
            if index == 0:
                if at.has("from"):
                    at.problem("from", N_("la première tranche n’a pas de from"))
            elif at.required("from"):
                start = at.number("from")
                if start is not None and last is not None and start <= last:
                    at.problem(
                        "from",
                        N_("les tranches vont en montant : il faut plus que %(last)s, pas %(found)s"),
                        last=shown(last),
                        found=shown(start),
                    )
                last = start if start is not None else last
            at.required("points")
            bands.append(Band(start, at.number("points", ZERO) or ZERO))
        return tuple(bands)

    def _linear(self, fields: Fields) -> Linear | None:
        if not fields.has("linear"):
            return None
        at = self.fields(fields.get("linear"), fields.at("linear"), ("zero", "full", "max_points"))
        for key in ("zero", "full", "max_points"):
            at.required(key)
        zero, full = at.number("zero"), at.number("full")
        if zero is not None and zero == full:
            at.problem("full", N_("full doit différer de zero"))
        return Linear(zero or ZERO, full or ZERO, at.number("max_points", ONE) or ZERO)
