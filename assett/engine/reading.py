"""From a tree to a document: everything that is wrong is found in one run.

A tree is what YAML or JSON gives: ``dict list str int Decimal bool None`` (floats
are read as the decimals that write them). The rules are those of
``questionnaire-format``, sections 1 and 3.

The reader never stops: it notes a problem, puts something neutral in the place and
goes on, so that a document always comes out. It is thrown away if anything was noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any, Literal, TypeVar, cast
from urllib.parse import urlsplit

from assett.engine.document import (
    ONE,
    QUESTION_TYPES,
    RESOURCE_TYPES,
    SOURCES,
    ZERO,
    AllOf,
    AnswerTest,
    AnyOf,
    Band,
    Cap,
    Category,
    CategoryTest,
    Choice,
    Condition,
    Document,
    ForLine,
    Level,
    Linear,
    Not,
    ProfileEntry,
    Question,
    QuestionType,
    Resource,
    ResourceType,
    Scale,
    Source,
    Text,
)
from assett.engine.values import (
    DECIMALS,
    LARGEST,
    NOT_APPLICABLE,
    UNKNOWN,
    Number,
    Value,
    day,
    exact,
    is_number,
    storable,
)
from assett.engine.writing import dump_document
from assett.kernel.errors import ROOT, InvalidDocument, Problem, item_path, key_path
from assett.kernel.ids import is_slug
from assett.kernel.text import N_, closest, listed, shown

__all__ = [
    "check_document",
    "check_resources",
    "dump_document",
    "read_document",
    "read_resources",
]

DEEPEST = 50
"""How deep conditions may be nested."""

_MOST_SUGGESTIONS = 50
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_FIRST_LANGUAGE = "fr"
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,9}")
# Where a problem leaves open what a question can be answered with, or can earn.
_UNSOUND = re.compile(r"\.type|\.unknown|\.(choices|min|max)(\[[0-9]+\](\.id)?)?")
_UNCERTAIN_POINTS = re.compile(r"points$|\.(bands|linear)\b|\.(min|max|choices|choices\[[0-9]+\])$")
_MAILTO = re.compile(r"[^\s@?]+@[^\s@?]+(\?\S*)?")


def check_document(tree: object) -> tuple[Problem, ...]:
    """Every problem of a questionnaire's tree; empty when it is right."""
    reader = _Reader()
    reader.document(tree)
    return tuple(reader.problems)


def read_document(tree: object) -> Document:
    """Read a questionnaire's tree.

    Raises :class:`InvalidDocument` with every problem of the tree.
    """
    reader = _Reader()
    document = reader.document(tree)
    if reader.problems:
        raise InvalidDocument(reader.problems)
    return document


def read_resources(tree: object, document: Document | None = None) -> tuple[Resource, ...]:
    """Read the tree of a resource file (``{format: 1, resources: […]}``).

    With a ``document``, what the resources name must exist in it. Without one, only
    the shape is read: the same resources may serve many questionnaires.
    Raises :class:`InvalidDocument` with every problem of the tree.
    """
    reader = _Reader()
    resources = reader.resource_file(tree, document)
    if reader.problems:
        raise InvalidDocument(reader.problems)
    return resources


def check_resources(tree: object, document: Document | None = None) -> tuple[Problem, ...]:
    """Every problem of a resource file's tree, alone or against a questionnaire."""
    reader = _Reader()
    reader.resource_file(tree, document)
    return tuple(reader.problems)


# Which key may stand where

_DOCUMENT_KEYS = [
    "format",
    "id",
    "version",
    "title",
    "languages",
    "scale",
    "levels",
    "profile",
    "caps",
    "categories",
    "resources",
]
_CATEGORY_KEYS = ["id", "title", "intro", "weight", "max_na", "levels", "visible_if", "caps", "questions"]
_LEVEL_KEYS = ("id", "from", "label", "message")
_CAP_KEYS = ("if", "max", "reason")
_CHOICE_KEYS = ("id", "label", "points", "feedback", "exclusive", "was")
_RESOURCE_KEYS = [
    "id",
    "title",
    "url",
    "summary",
    "type",
    "provider",
    "priority",
    "valid_from",
    "valid_until",
    "for",
    "who",
]
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

_Kind = TypeVar("_Kind", bound=Question)


@dataclass(slots=True)
class _Known:
    """A question that conditions may name. What is not ``sound`` is not held against them."""

    question: Question
    position: int
    path: str
    sound: bool
    choices: frozenset[str]

    @classmethod
    def of(cls, question: Question, position: int, path: str, sound: bool = True) -> _Known:
        choices = frozenset(choice.id for choice in question.choices)
        return cls(question, position, path, sound, choices)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a condition may name: all of it, or what stands before a position."""

    questions: Mapping[str, _Known] | None
    entries: Mapping[str, _Known] | None
    before_question: int | None = None
    before_entry: int | None = None
    allows_questions: bool = True


@dataclass(slots=True)
class _Fields:
    """A mapping being read: its values by key, its problems by path."""

    reader: _Reader
    raw: Mapping[str, object]
    path: str
    is_mapping: bool

    def at(self, key: str) -> str:
        return key_path(self.path, key)

    def problem(self, key: str, template: str, /, **params: object) -> None:
        self.reader.problem(self.at(key), template, **params)

    def get(self, key: str) -> object:
        return self.raw.get(key)

    def has(self, key: str) -> bool:
        return self.raw.get(key) is not None

    def required(self, key: str) -> bool:
        """Whether a required key is there; notes the problem otherwise."""
        if self.has(key):
            return True
        if self.is_mapping:
            self.problem(key, N_("cette clé est obligatoire"))
        return False

    def text(self, key: str) -> Text | None:
        return self.reader.text(self.get(key), self.at(key)) if self.has(key) else None

    def required_text(self, key: str) -> Text:
        if not self.required(key):
            return _NO_TEXT
        text = self.reader.text(self.get(key), self.at(key))
        if text is None:
            self.problem(key, N_("ce texte ne peut pas être vide"))
            return _NO_TEXT
        return text

    def slug(self, key: str = "id") -> str:
        if not self.required(key):
            return ""
        return self.reader.slug(self.get(key), self.at(key))

    def flag(self, key: str, default: bool = False) -> bool:
        raw = self.get(key)
        if raw is None:
            return default
        if isinstance(raw, bool):
            return raw
        self.problem(key, N_("il faut true ou false, pas %(found)s"), found=shown(raw))
        return default

    def number(
        self,
        key: str,
        default: Fraction | None = None,
        low: int | None = None,
        high: int | None = None,
        above: int | None = None,
    ) -> Fraction | None:
        """A number within ``low..high``, both included, or strictly ``above``."""
        raw = self.get(key)
        if raw is None:
            return default
        number = self.reader.number(raw, self.at(key))
        if number is None:
            return default
        if low is not None and high is not None and not low <= number <= high:
            self.problem(
                key,
                N_("il faut un nombre de %(low)s à %(high)s, pas %(found)s"),
                low=low,
                high=high,
                found=shown(raw),
            )
            return default
        if above is not None and number <= above:
            self.problem(
                key,
                N_("il faut un nombre supérieur à %(above)s, pas %(found)s"),
                above=above,
                found=shown(raw),
            )
            return default
        return Fraction(number)

    def whole(self, key: str, default: int | None = None, low: int = -LARGEST, high: int = LARGEST) -> int | None:
        """A whole number within ``low..high``, both included."""
        raw = self.get(key)
        if raw is None:
            return default
        number = exact(raw)
        if isinstance(number, int) and low <= number <= high:
            return number
        self.problem(
            key,
            N_("il faut un nombre entier de %(low)s à %(high)s, pas %(found)s"),
            low=low,
            high=high,
            found=shown(raw),
        )
        return default

    def word(self, key: str, words: Sequence[str]) -> str | None:
        """One of some words of the format."""
        raw = self.get(key)
        if raw is None or (isinstance(raw, str) and raw in words):
            return raw
        self.problem(
            key,
            N_("%(found)s est inconnu ; valeurs possibles : %(words)s"),
            found=shown(raw),
            words=listed(words),
        )
        return None

    def day(self, key: str) -> date | None:
        raw = self.get(key)
        if raw is None:
            return None
        read = day(raw)
        if read is None:
            self.problem(
                key,
                N_("il faut une date comme 2026-12-31, pas %(found)s"),
                found=shown(raw),
            )
        return read

    def items(self, key: str, at_least: int = 0) -> list[tuple[str, object]]:
        """The items of a list with their paths; a missing list is an empty one."""
        if not self.has(key):
            if at_least:
                self.required(key)
            return []
        items = self.reader.items(self.get(key), self.at(key))
        if items is not None and len(items) < at_least:
            self.problem(
                key,
                N_("il en faut au moins %(least)s, et la liste en a %(count)s"),
                least=at_least,
                count=len(items),
            )
        return items or []


_NO_TEXT = Text((("", ""),))


@dataclass(slots=True)
class _Reader:
    problems: list[Problem] = field(default_factory=list)
    languages: tuple[str, ...] = ()
    any_language: bool = False
    questions: dict[str, _Known] = field(default_factory=dict)
    entries: dict[str, _Known] = field(default_factory=dict)

    def problem(self, path: str, template: str, /, **params: object) -> None:
        self.problems.append(Problem(path or ROOT, template, params=params))

    # Small things

    def fields(self, raw: object, path: str, keys: Sequence[str], misplaced: Sequence[str] = ()) -> _Fields:
        """Open a mapping; keys that it cannot have are problems."""
        if not isinstance(raw, Mapping):
            self.problem(
                path,
                N_("il faut un objet, fait de couples « clé : valeur », pas %(found)s"),
                found=shown(raw),
            )
            return _Fields(self, {}, path, is_mapping=False)
        for key in raw:
            if key in keys:
                continue
            name = str(key)
            close = self.closest(name, keys)
            if name in misplaced:
                self.problem(
                    key_path(path, key),
                    N_("cette clé n’a pas sa place ici ; clés possibles : %(keys)s"),
                    keys=listed(keys),
                )
            elif close:
                self.problem(
                    key_path(path, key),
                    N_("clé inconnue ; vouliez-vous dire %(close)s ?"),
                    close=shown(close),
                )
            else:
                self.problem(
                    key_path(path, key),
                    N_("clé inconnue ; clés possibles : %(keys)s"),
                    keys=listed(keys),
                )
        return _Fields(self, raw, path, is_mapping=True)

    def closest(self, name: str, words: Iterable[str]) -> str | None:
        """What was probably meant, as long as there are not too many problems to ask."""
        return closest(name, words) if len(self.problems) < _MOST_SUGGESTIONS else None

    def items(self, raw: object, path: str) -> list[tuple[str, object]] | None:
        if not isinstance(raw, (list, tuple)):
            self.problem(path, N_("il faut une liste, pas %(found)s"), found=shown(raw))
            return None
        return [(item_path(path, index), item) for index, item in enumerate(raw)]

    def string(self, raw: object, path: str) -> str | None:
        """A string, or a scalar written where a text is asked; None if it is empty."""
        if isinstance(raw, bool):
            return "true" if raw else "false"
        if is_number(raw):
            return str(raw)
        if not isinstance(raw, str):
            self.problem(path, N_("il faut un texte, pas %(found)s"), found=shown(raw))
            return "…"
        if not storable(raw):
            self.problem(
                path,
                N_("ce texte contient un caractère de contrôle, à retirer : %(found)s"),
                found=shown(raw),
            )
        return raw if raw.strip() else None

    def text(self, raw: object, path: str) -> Text | None:
        """A text, given as a string or language by language."""
        default = self.languages[0] if self.languages else _FIRST_LANGUAGE
        if not isinstance(raw, Mapping):
            string = self.string(raw, path)
            return Text(((default, string),)) if string is not None else None
        if not self.languages and default not in raw:
            default = str(next(iter(raw), default))
        read: dict[str, str] = {}
        for key, value in raw.items():
            language = str(key)
            here = key_path(path, language)
            if self.any_language and _LANGUAGE.fullmatch(language):
                pass
            elif language not in self.languages:
                self.problem(
                    here,
                    N_("langue non déclarée ; langues du questionnaire : %(languages)s"),
                    languages=listed(self.languages),
                )
                continue
            string = self.string(value, here) if value is not None else None
            if string is not None:
                read[language] = string
        if default not in read:
            if raw:
                self.problem(
                    key_path(path, default),
                    N_("il manque le texte dans la langue par défaut"),
                )
                return _NO_TEXT
            return None
        order = dict.fromkeys((default, *self.languages, *sorted(read)))
        return Text(tuple((code, read[code]) for code in order if code in read))

    def slug(self, raw: object, path: str) -> str:
        name = str(raw) if is_number(raw) else raw
        if isinstance(name, str) and is_slug(name):
            return name
        self.problem(
            path,
            N_(
                "un identifiant s’écrit en minuscules sans accent, chiffres, - et _, "
                "et commence par une lettre ou un chiffre ; pas %(found)s"
            ),
            found=shown(raw),
        )
        return ""

    def number(self, raw: object, path: str) -> Number | None:
        number = exact(raw)
        if number is not None:
            return number
        if is_number(raw):
            self.problem(
                path,
                N_("un nombre a au plus %(decimals)s décimales et ne dépasse pas un milliard ; pas %(found)s"),
                decimals=DECIMALS,
                found=shown(raw),
            )
        else:
            self.problem(path, N_("il faut un nombre, pas %(found)s"), found=shown(raw))
        return None

    def unique(self, name: str, path: str, taken: dict[str, str]) -> bool:
        """Note an id at its path; a second one of the same name is a problem."""
        if not name:
            return False
        if name in taken:
            self.problem(
                path,
                N_("l’identifiant %(id)s est déjà pris par %(other)s"),
                id=shown(name),
                other=taken[name],
            )
            return False
        taken[name] = path.rpartition(".")[0] or ROOT
        return True

    def former(self, holders: Iterable[tuple[str, tuple[str, ...], str]]) -> None:
        """Check the former ids of a list: (id, was, path of ``was``) of each holder."""
        listed = list(holders)
        alive = {name: path.rpartition(".")[0] for name, _, path in listed if name}
        taken: dict[str, str] = {}
        for _, was, path in listed:
            for index, name in enumerate(was):
                here = item_path(path, index)
                if name in alive:
                    self.problem(
                        here,
                        N_("l’ancien identifiant %(id)s est encore celui de %(other)s"),
                        id=shown(name),
                        other=alive[name],
                    )
                elif name and name in taken:
                    self.problem(
                        here,
                        N_("l’ancien identifiant %(id)s figure déjà dans %(other)s"),
                        id=shown(name),
                        other=taken[name],
                    )
                else:
                    taken[name] = path

    def slugs(self, fields: _Fields, key: str) -> tuple[str, ...]:
        return tuple(self.slug(raw, path) for path, raw in fields.items(key))

    # The document

    def document(self, raw: object) -> Document:
        top = self.fields(raw, "", _DOCUMENT_KEYS)
        self.format(top)
        self.languages = self.declared_languages(top)
        identifier = top.slug()
        title = top.required_text("title")
        version = self.string(top.get("version"), "version") if top.has("version") else None
        scale = self.scale(top)
        levels = self.levels(top, at_least=1)

        raw_entries = top.items("profile")
        entries = [self.entry(item, path, index) for index, (path, item) in enumerate(raw_entries)]
        self.former((e.id, e.was, key_path(path, "was")) for e, (path, _) in zip(entries, raw_entries, strict=True))
        raw_categories = top.items("categories", at_least=1)
        taken: dict[str, str] = {}
        starts: list[int] = []
        skeletons: list[tuple[Category, _Fields, list[tuple[Question, _Fields]]]] = []
        position = 0
        for path, item in raw_categories:
            starts.append(position)
            skeleton = self.category(item, path, taken, position)
            position += len(skeleton[2])
            skeletons.append(skeleton)
        self.former(
            (question.id, question.was, fields.at("was"))
            for _, _, questions in skeletons
            for question, fields in questions
        )

        # Only now is everything known that a condition may name.
        profile = tuple(
            replace(
                entry,
                visible_if=self.visible_if(
                    item,
                    path,
                    _Scope(None, self.entries, before_entry=index, allows_questions=False),
                ),
            )
            for index, (entry, (path, item)) in enumerate(zip(entries, raw_entries, strict=True))
        )
        anything = _Scope(self.questions, self.entries)
        categories = tuple(
            self.with_conditions(*skeleton, start) for skeleton, start in zip(skeletons, starts, strict=True)
        )
        document = Document(
            id=identifier,
            title=title,
            languages=self.languages,
            levels=levels,
            categories=categories,
            version=version,
            scale=scale,
            profile=profile,
            caps=self.caps(top, anything),
        )
        grids = {c.id: document.grid(c) for c in categories if c.id}
        resources = self.resources(top, anything, grids, {})
        return replace(document, resources=resources)

    def format(self, top: _Fields) -> None:
        if top.required("format") and exact(top.get("format")) != 1:
            top.problem(
                "format",
                N_("ce format de fichier est inconnu ; il faut 1, pas %(found)s"),
                found=shown(top.get("format")),
            )

    def declared_languages(self, top: _Fields) -> tuple[str, ...]:
        codes: list[str] = []
        for path, raw in top.items("languages", at_least=1):
            if not isinstance(raw, str) or not _LANGUAGE.fullmatch(raw):
                self.problem(
                    path,
                    N_("il faut un code de langue comme fr ou en, pas %(found)s"),
                    found=shown(raw),
                )
            elif raw in codes:
                self.problem(path, N_("la langue %(found)s est déjà déclarée"), found=shown(raw))
            else:
                codes.append(raw)
        if not codes:
            # The true problem is noted above: texts are not blamed for it as well.
            self.any_language = True
        return tuple(codes)

    def scale(self, top: _Fields) -> Scale:
        if not top.has("scale"):
            return Scale()
        fields = self.fields(top.get("scale"), top.at("scale"), ("max", "decimals"))
        default = Scale()
        return Scale(
            max=fields.number("max", default.max, above=0) or default.max,
            decimals=fields.whole("decimals", default.decimals, 0, 3) or 0,
        )

    def levels(self, parent: _Fields, at_least: int = 0) -> tuple[Level, ...]:
        levels: list[Level] = []
        taken: dict[str, str] = {}
        last: Fraction | None = None
        for path, raw in parent.items("levels", at_least):
            fields = self.fields(raw, path, _LEVEL_KEYS)
            identifier = fields.slug()
            self.unique(identifier, fields.at("id"), taken)
            start = fields.number("from", None, low=0, high=1) if fields.required("from") else None
            if start is None:
                pass
            elif not levels and start != 0:
                fields.problem(
                    "from",
                    N_("le premier niveau part de 0, pas de %(found)s"),
                    found=shown(start),
                )
            elif last is not None and start <= last:
                fields.problem(
                    "from",
                    N_("les niveaux vont en montant : il faut plus que %(last)s, pas %(found)s"),
                    last=shown(last),
                    found=shown(start),
                )
            last = start if start is not None else last
            levels.append(
                Level(
                    identifier,
                    start or ZERO,
                    fields.required_text("label"),
                    fields.text("message"),
                )
            )
        return tuple(levels)

    def category(
        self, raw: object, path: str, taken: dict[str, str], position: int
    ) -> tuple[Category, _Fields, list[tuple[Question, _Fields]]]:
        fields = self.fields(raw, path, _CATEGORY_KEYS)
        identifier = fields.slug()
        self.unique(identifier, fields.at("id"), taken)
        category = Category(
            id=identifier,
            title=fields.required_text("title"),
            intro=fields.text("intro"),
            weight=fields.number("weight", ONE, above=0) or ONE,
            max_na=cast(Fraction, fields.number("max_na", ONE, low=0, high=1)),
            levels=self.levels(fields),
        )
        questions: list[tuple[Question, _Fields]] = []
        for index, (here, item) in enumerate(fields.items("questions")):
            fallback = f"{identifier}.info{index + 1}"
            questions.append(self.question(item, here, position + index, fallback))
        return category, fields, questions

    def with_conditions(
        self,
        category: Category,
        fields: _Fields,
        questions: list[tuple[Question, _Fields]],
        start: int,
    ) -> Category:
        def before(position: int) -> _Scope:
            return _Scope(self.questions, self.entries, before_question=position)

        return replace(
            category,
            visible_if=self.visible_if(fields.raw, fields.path, before(start)),
            caps=self.caps(fields, _Scope(self.questions, self.entries)),
            questions=tuple(
                replace(
                    question,
                    visible_if=self.visible_if(at.raw, at.path, before(start + index)),
                )
                for index, (question, at) in enumerate(questions)
            ),
        )

    def caps(self, parent: _Fields, scope: _Scope) -> tuple[Cap, ...]:
        caps = []
        for path, raw in parent.items("caps"):
            fields = self.fields(raw, path, _CAP_KEYS)
            condition: Condition = AllOf(())
            if fields.required("if"):
                condition = self.condition(fields.get("if"), fields.at("if"), scope)
            fields.required("max")
            limit = fields.number("max", ONE, low=0, high=1)
            caps.append(Cap(condition, cast(Fraction, limit), fields.text("reason")))
        return tuple(caps)

    # Questions

    def entry(self, raw: object, path: str, position: int) -> ProfileEntry:
        noted = len(self.problems)
        question, fields = self._question(raw, path, profile=True)
        source = cast(Source | None, fields.word("source", SOURCES))
        shared = {name: getattr(question, name) for name in Question.__dataclass_fields__}
        entry = ProfileEntry(**shared, source=source)
        self._know(self.entries, entry, fields, position, noted)
        return entry

    def question(self, raw: object, path: str, position: int, fallback: str) -> tuple[Question, _Fields]:
        noted = len(self.problems)
        question, fields = self._question(raw, path, profile=False)
        if question.type == "info" and not question.id:
            question = replace(question, id=fallback)
        self._know(self.questions, question, fields, position, noted)
        return question, fields

    def _know(
        self,
        known: dict[str, _Known],
        question: Question,
        fields: _Fields,
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
        known[question.id] = _Known.of(question, position, fields.path, sound)

    def _question(self, raw: object, path: str, profile: bool) -> tuple[Question, _Fields]:
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

    def _type_parts(self, kind: QuestionType, fields: _Fields, profile: bool) -> dict[str, Any]:
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
                self._in_order(fields, low, high)
                return {"min": low, "max": high}
            case "text":
                return {"max_length": fields.whole("max_length", 2000, 1, 100_000)}
            case "info":
                return {}

    def _in_order(
        self,
        fields: _Fields,
        low: Fraction | date | int | None,
        high: Fraction | date | int | None,
        keys: tuple[str, str] = ("min", "max"),
    ) -> None:
        if low is not None and high is not None and low > high:  # type: ignore[operator]
            fields.problem(
                keys[1],
                N_("%(max)s ne peut pas être inférieur à %(min)s (%(found)s)"),
                max=keys[1],
                min=keys[0],
                found=shown(low if isinstance(low, (int, Fraction)) else str(low)),
            )

    def _choice_parts(self, kind: QuestionType, fields: _Fields, profile: bool) -> dict[str, Any]:
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
            self._in_order(fields, low, high, ("min_choices", "max_choices"))
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

    def _scale_parts(self, fields: _Fields) -> dict[str, Any]:
        low = cast(int, fields.whole("min", 0))
        high = fields.whole("max") if fields.required("max") else None
        if high is not None and high <= low:
            fields.problem(
                "max",
                N_("max doit dépasser min (%(min)s), pas %(found)s"),
                min=low,
                found=high,
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

    def _number_parts(self, fields: _Fields) -> dict[str, Any]:
        low, high = fields.number("min"), fields.number("max")
        self._in_order(fields, low, high)
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

    def _bands(self, fields: _Fields) -> tuple[Band, ...]:
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

    def _linear(self, fields: _Fields) -> Linear | None:
        if not fields.has("linear"):
            return None
        at = self.fields(fields.get("linear"), fields.at("linear"), ("zero", "full", "max_points"))
        for key in ("zero", "full", "max_points"):
            at.required(key)
        zero, full = at.number("zero"), at.number("full")
        if zero is not None and zero == full:
            at.problem("full", N_("full doit différer de zero"))
        return Linear(zero or ZERO, full or ZERO, at.number("max_points", ONE) or ZERO)

    # Conditions

    def visible_if(self, raw: object, path: str, scope: _Scope) -> Condition | None:
        condition = raw.get("visible_if") if isinstance(raw, Mapping) else None
        if condition is None:
            return None
        return self.condition(condition, key_path(path, "visible_if"), scope)

    def condition(self, raw: object, path: str, scope: _Scope, depth: int = 0) -> Condition:
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
        heads = [key for key in ("question", "profile", "all", "any", "not") if key in raw]
        if len(heads) != 1:
            self.problem(
                path,
                N_("une condition commence par une seule de ces clés : question, profile, all, any, not"),
            )
            return nothing
        if heads[0] in ("question", "profile"):
            return self.answer_test(raw, path, scope)
        fields = self.fields(raw, path, heads)
        if heads[0] == "not":
            return Not(self.condition(raw["not"], fields.at("not"), scope, depth + 1))
        conditions = tuple(
            self.condition(item, here, scope, depth + 1)
            for here, item in self.items(raw[heads[0]], fields.at(heads[0])) or ()
        )
        return AllOf(conditions) if heads[0] == "all" else AnyOf(conditions)

    def answer_test(self, raw: object, path: str, scope: _Scope) -> AnswerTest:
        of: Literal["question", "profile"] = "profile" if isinstance(raw, Mapping) and "profile" in raw else "question"
        fields = self.fields(raw, path, (of, "is", "at_least", "at_most"))
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

    def _named(self, name: str, of: str, fields: _Fields, scope: _Scope) -> _Known | None:
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

    def test_values(self, fields: _Fields, key: str, known: _Known | None, of: str) -> tuple[Value, ...]:
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

    def _test_value(self, raw: object, path: str, known: _Known | None, of: str) -> Value | None:
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
                if read is None or not _within(read, question):
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
        if not _within(Fraction(number), question):
            self.problem(
                path,
                N_("%(found)s est hors des bornes de %(id)s"),
                found=shown(raw),
                id=shown(question.id),
            )
            return None
        return number

    def _bound(self, fields: _Fields, key: str, question: Question | None) -> Number | None:
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

    # Resources

    def resource_file(self, raw: object, document: Document | None) -> tuple[Resource, ...]:
        top = self.fields(raw, "", ("format", "resources"))
        self.format(top)
        top.required("resources")
        self.any_language = True
        scope = _Scope(None, None)
        grids: dict[str, tuple[Level, ...]] | None = None
        taken: dict[str, str] = {}
        if document is not None:
            self.languages = document.languages[:1]
            scope = _Scope(_all_known(document.questions), _all_known(document.profile))
            grids = {c.id: document.grid(c) for c in document.categories}
            taken = {resource.id: document.id for resource in document.resources}
        return self.resources(top, scope, grids, taken)

    def resources(
        self,
        top: _Fields,
        scope: _Scope,
        grids: Mapping[str, tuple[Level, ...]] | None,
        taken: dict[str, str],
    ) -> tuple[Resource, ...]:
        return tuple(self.resource(raw, path, scope, grids, taken) for path, raw in top.items("resources"))

    def resource(
        self,
        raw: object,
        path: str,
        scope: _Scope,
        grids: Mapping[str, tuple[Level, ...]] | None,
        taken: dict[str, str],
    ) -> Resource:
        fields = self.fields(raw, path, _RESOURCE_KEYS)
        identifier = fields.slug()
        self.unique(identifier, fields.at("id"), taken)
        fields.required("type")
        valid_from, valid_until = fields.day("valid_from"), fields.day("valid_until")
        self._in_order(fields, valid_from, valid_until, ("valid_from", "valid_until"))
        return Resource(
            id=identifier,
            title=fields.required_text("title"),
            url=self.address(fields),
            type=cast(ResourceType, fields.word("type", RESOURCE_TYPES) or "guide"),
            summary=fields.text("summary"),
            provider=fields.text("provider"),
            priority=cast(Fraction, fields.number("priority", Fraction(50), low=0, high=100)),
            valid_from=valid_from,
            valid_until=valid_until,
            for_=tuple(self.for_line(item, here, scope, grids) for here, item in fields.items("for")),
            who=self.who(fields, scope),
        )

    def address(self, fields: _Fields) -> str:
        if not fields.required("url"):
            return ""
        raw = fields.get("url")
        if isinstance(raw, str) and _is_address(raw):
            return raw
        fields.problem(
            "url",
            N_("il faut une adresse en https://, http:// ou mailto:, pas %(found)s"),
            found=shown(raw),
        )
        return ""

    def for_line(
        self,
        raw: object,
        path: str,
        scope: _Scope,
        grids: Mapping[str, tuple[Level, ...]] | None,
    ) -> ForLine:
        if isinstance(raw, Mapping) and "question" in raw:
            return self.answer_test(raw, path, scope)
        if not isinstance(raw, Mapping) or "category" not in raw:
            self.problem(
                path,
                N_("il faut { question: …, is: … } ou { category: …, levels: […] }, pas %(found)s"),
                found=shown(raw),
            )
            return CategoryTest("", ())
        fields = self.fields(raw, path, ("category", "levels"))
        name = fields.slug("category")
        levels = tuple((self.slug(item, here), here) for here, item in fields.items("levels", 1))
        if grids is not None and name and name not in grids:
            close = self.closest(name, grids)
            if close:
                fields.problem(
                    "category",
                    N_("aucune catégorie ne s’appelle %(id)s ; vouliez-vous dire %(close)s ?"),
                    id=shown(name),
                    close=shown(close),
                )
            else:
                fields.problem(
                    "category",
                    N_("aucune catégorie ne s’appelle %(id)s"),
                    id=shown(name),
                )
        elif grids is not None and name:
            known = [level.id for level in grids[name]]
            for level, here in levels:
                if level and level not in known:
                    self.problem(
                        here,
                        N_("%(found)s n’est pas un niveau de %(id)s ; niveaux : %(levels)s"),
                        found=shown(level),
                        id=shown(name),
                        levels=listed(known),
                    )
        return CategoryTest(name, tuple(level for level, _ in levels))

    def who(self, fields: _Fields, scope: _Scope) -> tuple[AnswerTest, ...]:
        raw = fields.get("who")
        if raw is None:
            return ()
        path = fields.at("who")
        if not isinstance(raw, Mapping):
            self.problem(
                path,
                N_("il faut un objet { entrée du profil : valeurs }, pas %(found)s"),
                found=shown(raw),
            )
            return ()
        at = _Fields(self, raw, path, is_mapping=True)
        tests = []
        for key in raw:
            name = str(key)
            known: _Known | None = None
            if scope.entries is not None:
                known = scope.entries.get(name)
                if known is None:
                    at.problem(
                        name,
                        N_("le profil n’a pas d’entrée %(id)s"),
                        id=shown(name),
                    )
                elif not known.sound:
                    known = None
            elif not is_slug(name):
                self.slug(name, at.at(name))
            if not at.required(key):
                continue
            values = self.test_values(at, key, known, "profile")
            tests.append(AnswerTest("profile", name, values))
        return tuple(tests)


def _all_known(questions: Iterable[Question]) -> dict[str, _Known]:
    return {question.id: _Known.of(question, position, question.id) for position, question in enumerate(questions)}


def _within(value: Fraction | date, question: Question) -> bool:
    low, high = question.min, question.max
    return (low is None or low <= value) and (high is None or value <= high)  # type: ignore[operator]


def _is_address(text: str) -> bool:
    if not storable(text) or re.search(r"\s", text):
        return False
    try:
        parts = urlsplit(text)
        if parts.scheme in ("http", "https"):
            return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme == "mailto" and bool(_MAILTO.fullmatch(text[len("mailto:") :]))
