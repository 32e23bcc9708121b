"""What changed between two versions, as a person reads it: by category, question by question, in their language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import chain

from babel import Locale, UnknownLocaleError
from flask_babel import gettext, ngettext
from markupsafe import Markup

from assett.core.i18n import current_language, show_day, show_decimal, show_number, show_share, spoken
from assett.engine.changes import Changed, Difference, by_subject, differences
from assett.engine.document import (
    AllOf,
    AnswerTest,
    AnyOf,
    Band,
    CategoryTest,
    Condition,
    Document,
    Linear,
    Not,
    Question,
    Scale,
    Text,
)
from assett.engine.values import UNKNOWN, Value
from assett.kernel.text import N_, printable
from assett.questionnaires import conditions

TYPE_NAMES: Mapping[str, str] = {
    "single": N_("Un seul choix"),
    "multiple": N_("Plusieurs choix"),
    "boolean": N_("Oui ou non"),
    "scale": N_("Échelle"),
    "number": N_("Nombre"),
    "date": N_("Date"),
    "text": N_("Texte libre"),
    "info": N_("Information, sans réponse"),
}
RESOURCE_TYPE_NAMES: Mapping[str, str] = {
    "guide": N_("Guide"),
    "funding": N_("Financement"),
    "training": N_("Formation"),
    "expertise": N_("Accompagnement"),
    "tool": N_("Outil"),
    "event": N_("Événement"),
    "contact": N_("Contact"),
    "testimony": N_("Témoignage"),
}
# Keys that hold a share of the points.
_SHARES = ("from", "max_na")
# What a respondent has no use for: names that only files know, what fills a field in advance.
_BEHIND_THE_SCENES = frozenset({"id", "was", "version", "languages", "source", "max_length", "scale.decimals"})
_QUOTED_LENGTH = 180


@dataclass(frozen=True, slots=True)
class Line:
    """One change, as a sentence; `scoring` where scores may change with it."""

    text: str
    scoring: bool


@dataclass(frozen=True, slots=True)
class Thing:
    """A question, an entry of the profile, a resource or the whole, and what changed of it.

    `title` is empty for what the group itself is about; `state` is `added`, `removed` or `changed`.
    """

    title: Markup
    state: str
    lines: tuple[Line, ...]

    @property
    def scoring(self) -> bool:
        return any(line.scoring for line in self.lines)


@dataclass(frozen=True, slots=True)
class Group:
    """The questionnaire as a whole, its profile, one of its categories, or its resources."""

    title: Markup
    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed; `questions` counts the questions added, removed and changed."""

    groups: tuple[Group, ...]
    added: int
    removed: int
    changed: int
    scoring: bool

    @property
    def nothing(self) -> bool:
        return not self.groups

    @property
    def summary(self) -> str:
        """How many questions change, and whether scores may, in two sentences."""
        if self.nothing:
            return gettext("Rien ne change.")
        told = [
            *([ngettext("%(num)s question ajoutée", "%(num)s questions ajoutées", self.added)] if self.added else ()),
            *([ngettext("%(num)s retirée", "%(num)s retirées", self.removed)] if self.removed else ()),
            *([ngettext("%(num)s modifiée", "%(num)s modifiées", self.changed)] if self.changed else ()),
        ]
        counted = (
            gettext("Questions : %(told)s.", told=", ".join(told)) if told else gettext("Aucune question ne change.")
        )
        effect = gettext("Les scores peuvent changer.") if self.scoring else gettext("Les scores ne changent pas.")
        return f"{counted} {effect}"


def _language_name(code: str) -> str:
    """« anglais », in the language of the page."""
    try:
        return Locale.parse(code, sep="-").get_language_name(current_language()) or code
    except (UnknownLocaleError, ValueError):
        return code


def changes(
    before: Document,
    after: Document,
    language: str,
    *,
    between: Iterable[Document] = (),
    to_respondents: bool = False,
) -> Changes:
    """What changed from one document to the other, through the versions `between` them, oldest first.

    `to_respondents` leaves out what they do not see: names of files, resources, other languages than theirs.
    """
    wording = _Wording(before, after, language, to_respondents=to_respondents)
    told = [
        (changed, thing)
        for changed in by_subject(differences(before, after, between))
        if (thing := wording.thing(changed)) is not None
    ]
    groups: dict[tuple[str, str | None], list[Thing]] = {}
    for changed, thing in told:
        key = (changed.subject if changed.category is None else "category", changed.category)
        groups.setdefault(key, []).append(thing)
    states = [thing.state for changed, thing in told if changed.subject == "question"]
    return Changes(
        tuple(Group(wording.heading(*key), tuple(things)) for key, things in groups.items()),
        states.count("added"),
        states.count("removed"),
        states.count("changed"),
        any(thing.scoring for _, thing in told),
    )


def by_thing(before: Document, after: Document, language: str) -> dict[tuple[str, str], Thing]:
    """What changed of each thing (``question``, ``category``, ``profile``, ``resource``; its id), of the ``grid`` and
    of the ``settings``."""
    wording = _Wording(before, after, language, to_respondents=False)
    return {
        key: thing for key, changed in _things(before, after).items() if (thing := wording.thing(changed)) is not None
    }


def _things(before: Document, after: Document) -> dict[tuple[str, str], Changed]:
    found: dict[tuple[str, str], Changed] = {}
    for changed in by_subject(differences(before, after)):
        if changed.subject != "questionnaire":
            found[changed.subject, changed.id] = changed
            continue
        for part in ("settings", "grid"):
            own = [each for each in changed.differences if (each.key in _SETTINGS) == (part == "settings")]
            if own:
                found[part, ""] = replace(changed, differences=tuple(own))
    return found


_SETTINGS = ("id", "title", "version", "languages", "categories", "profile", "resources")


@dataclass(frozen=True, slots=True)
class Sides:
    """One thing told in two documents: what it is about (`key`, in words `label`), and how each has it; `reworded`
    where both are texts. `kind` is that of the difference, `line` all of it in a sentence."""

    key: tuple[str, str | None]
    label: str
    before: str
    after: str
    reworded: bool
    kind: str
    line: Line


def side_by_side(before: Document, after: Document, language: str) -> dict[tuple[str, str], list[Sides]]:
    """Where two documents differ, thing by thing as in `by_thing`: both sides of each difference."""
    wording = _Wording(before, after, language, to_respondents=False)
    return {
        key: [wording.sides(each) for each in changed.differences if wording.tells(each)]
        for key, changed in _things(before, after).items()
    }


class _Wording:
    """Says the differences of two documents in one language."""

    def __init__(self, before: Document, after: Document, language: str, *, to_respondents: bool) -> None:
        self.before, self.after, self.language, self.to_respondents = before, after, language, to_respondents
        # What is gone is named as it was, what stays as it is called today.
        self.questions: dict[tuple[str, str], Question] = {}
        self.categories: dict[str, Text] = {}
        for document in (before, after):
            self.questions |= {("question", each.id): each for each in document.questions}
            self.questions |= {("profile", each.id): each for each in document.profile}
            self.categories |= {each.id: each.title for each in document.categories}

    def heading(self, subject: str, category: str | None) -> Markup:
        if category is not None:
            return self._said(self.categories[category])
        names = {
            "questionnaire": N_("Le questionnaire"),
            "profile": N_("Votre structure"),
            "resource": N_("Ressources"),
        }
        return spoken(gettext(names[subject]), self.language)

    def thing(self, changed: Changed) -> Thing | None:
        """What changed of one thing; None where nothing of it is to be told."""
        if self.to_respondents and changed.subject == "resource":
            return None
        lines = [Line(self._sentence(each), each.scoring) for each in changed.differences if self.tells(each)]
        if not lines:
            return None
        whole = next((each.kind for each in changed.differences if not each.key), None)
        state = whole if whole in ("added", "removed") else "changed"
        title = Markup() if changed.subject in ("questionnaire", "category") else self._said(changed.title)
        return Thing(title, state, tuple(lines))

    def tells(self, difference: Difference) -> bool:
        if difference.subject == "questionnaire" and difference.key in ("id", "version"):
            # How a file calls it: its title and its number say it.
            return False
        if not self.to_respondents:
            return not difference.key.endswith("was")
        if difference.kind in ("renamed", "reordered") or difference.key.rpartition(".")[2] in _BEHIND_THE_SCENES:
            return False
        if difference.key in _BEHIND_THE_SCENES:
            return False
        theirs = self.after.language_in(self.language)
        return difference.language in (None, theirs)

    def sides(self, difference: Difference) -> Sides:
        """A difference as a label and two values; what only one side has is said by the label itself."""
        template, key = gettext(difference.template), (_place(difference), difference.language)
        line = Line(self._sentence(difference), difference.scoring)
        texts = isinstance(difference.before, str) and isinstance(difference.after, str)
        if "%(before)s → %(after)s" not in template or difference.kind == "reordered":
            before, after = gettext("non"), gettext("oui")
            if difference.kind in ("reordered", "moved"):
                before, after = self._end(difference, "before"), self._end(difference, "after")
            return Sides(key, line.text, before, after, False, difference.kind, line)
        values = {name: self._value(difference, name, value) for name, value in difference.params.items()}
        code = difference.language or ""
        values |= {"language": _language_name(code), "before": "", "after": ""}
        label = (template % values).rpartition(" → ")[0].rstrip(" :\u00a0\u202f")
        reworded = difference.kind == "reworded" and texts
        ends = self._end(difference, "before"), self._end(difference, "after")
        return Sides(key, label, *ends, reworded, difference.kind, line)

    def _end(self, difference: Difference, name: str) -> str:
        value = getattr(difference, name)
        if difference.kind == "reworded" and isinstance(value, str):
            return value
        return self._value(difference, name, value)

    def _sentence(self, difference: Difference) -> str:
        if difference.kind == "reordered":
            return gettext(_ORDERS.get(difference.key.rpartition(".")[2], N_("L’ordre change")))
        if self.to_respondents and difference.key == "weight":
            return self._weighing(difference)
        template = _plain_template(difference) if self.to_respondents else difference.template
        values = {name: self._value(difference, name, value) for name, value in difference.params.items()}
        values["before"] = self._value(difference, "before", difference.before)
        values["after"] = self._value(difference, "after", difference.after)
        code = difference.language or ""
        values["language"] = _language_name(code)
        return gettext(template) % values

    def _weighing(self, difference: Difference) -> str:
        """What a weight is to those who answer: how much more or less a question, or a category, counts than before."""
        before, after = (1 if each is None else each for each in (difference.before, difference.after))
        assert isinstance(before, int | Fraction | Decimal) and isinstance(after, int | Fraction | Decimal)
        more = after > before
        times = Fraction(after) / Fraction(before) if more else Fraction(before) / Fraction(after)
        # « 1,333 fois plus » tells nobody anything.
        exact = (times * 2).denominator == 1
        template = _CATEGORY_WEIGHS[more, exact] if difference.subject == "category" else _QUESTION_WEIGHS[more, exact]
        place = self.categories.get(difference.category or "")
        category = place.in_(self.language) if place is not None else ""
        return gettext(template) % {"times": self._number(times), "category": category}

    def _value(self, difference: Difference, name: str, value: object) -> str:
        share = difference.key.rpartition(".")[2] in _SHARES or difference.key.startswith(("caps", "levels."))
        match value:
            case None | ():
                return "—"
            case bool():
                return gettext("oui") if value else gettext("non")
            case Fraction() | Decimal() if share:
                return show_share(value)
            case Fraction() | Decimal():
                return show_number(Decimal(Fraction(value).numerator) / Fraction(value).denominator)
            case int():
                return show_number(value)
            case date():
                return show_day(value)
            case AllOf() | AnyOf() | Not() | AnswerTest():
                return self.condition(value)
            case Text():
                return _quoted(value.in_(self.language))
            case str() if name in ("choice", "level"):
                return _quoted(self._label(difference, name, value))
            case str() if difference.key == "type":
                names = RESOURCE_TYPE_NAMES if difference.subject == "resource" else TYPE_NAMES
                return gettext(names.get(value, value)).lower()
            case str():
                return _quoted(value)
            case Linear():
                ends = {"zero": self._number(value.zero), "full": self._number(value.full)}
                return gettext(
                    "de 0 à %(zero)s, à %(most)s points à %(full)s", most=self._number(value.max_points), **ends
                )
            case tuple() if value and isinstance(value[0], Band):
                return ", ".join(self._band(band) for band in value)
            case tuple() if difference.key in ("for", "who"):
                return self._aim(value, together=difference.key == "who")
            case tuple() | list():
                return ", ".join(each if isinstance(each, str) else str(each) for each in value)
            case _:
                return printable(str(value))

    def _number(self, value: Fraction) -> str:
        return show_number(Decimal(value.numerator) / value.denominator)

    def _band(self, band: object) -> str:
        assert isinstance(band, Band)
        points = self._number(band.points)
        if band.from_ is None:
            return gettext("%(points)s points d’abord", points=points)
        return gettext("%(points)s points à partir de %(start)s", points=points, start=self._number(band.from_))

    def _label(self, difference: Difference, name: str, id: str) -> str:
        """How the choice or level of that id is called."""
        known: Iterable[tuple[str, Text]] = ()
        question = self.questions.get((difference.subject, difference.id))
        if name == "choice" and question is not None:
            known = ((each.id, each.label) for each in question.choices)
        elif name == "level":
            grids = [self.after.levels, *(each.levels for each in self.after.categories if each.id == difference.id)]
            known = ((each.id, each.label) for grid in grids for each in grid)
        return next((label.in_(self.language) for each, label in known if each == id), id)

    def _said(self, text: Text) -> Markup:
        return spoken(text.in_(self.language), text.language_in(self.language))

    def condition(self, condition: Condition) -> str:
        """« “Suivez-vous vos consommations ?” est “Oui” »."""
        return conditions.phrase(self._condition(condition))

    def _condition(self, condition: Condition) -> conditions.Said:
        match condition:
            case AllOf(inner) | AnyOf(inner):
                said = tuple(self._condition(each) for each in inner)
                return conditions.Several(isinstance(condition, AllOf), said)
            case Not(negated):
                return conditions.Otherwise(self._condition(negated))
            case AnswerTest():
                return self._test(condition)

    def _aim(self, lines: Iterable[AnswerTest | CategoryTest], *, together: bool) -> str:
        """Whom a resource is for: the lines that must all hold, or of which one is enough."""
        said = tuple(self._test(each) if isinstance(each, AnswerTest) else self._at(each) for each in lines)
        return conditions.phrase(conditions.Several(together, said))

    def _at(self, test: CategoryTest) -> conditions.Asked:
        """A category at some of its levels, which are those of the whole questionnaire where it has none."""
        known: dict[str, str] = {}
        for document in (self.before, self.after):
            own = (each.levels for each in document.categories if each.id == test.category)
            for level in (*document.levels, *chain.from_iterable(own)):
                known[level.id] = level.label.in_(self.language)
        title = self.categories.get(test.category)
        name = printable(title.in_(self.language), _QUOTED_LENGTH) if title is not None else test.category
        return conditions.tested(name, [known.get(each, each) for each in test.levels])

    def _test(self, test: AnswerTest) -> conditions.Asked:
        question = self.questions.get((test.of, test.id))
        name = printable(question.title.in_(self.language), _QUOTED_LENGTH) if question is not None else test.id
        low, high = (
            None if bound is None else self._number(Fraction(bound)) for bound in (test.at_least, test.at_most)
        )
        return conditions.tested(name, [self._answer(question, value) for value in test.values], low, high)

    def _answer(self, question: Question | None, value: Value) -> str:
        if value == UNKNOWN and isinstance(value, str):
            return gettext("Je ne sais pas")
        if isinstance(value, bool):
            return gettext("Oui") if value else gettext("Non")
        choices = question.choices if question is not None else ()
        return next((each.label.in_(self.language) for each in choices if each.id == value), str(value))


_ORDERS = {
    "categories": N_("L’ordre des catégories change"),
    "profile": N_("L’ordre des lignes du profil change"),
    "questions": N_("L’ordre des questions change"),
    "choices": N_("L’ordre des réponses change"),
    "resources": N_("L’ordre des ressources change"),
}
# By whether it counts more than before, and whether how many times is a number that is easily read.
_QUESTION_WEIGHS: Mapping[tuple[bool, bool], str] = {
    (True, True): N_("Cette question compte %(times)s fois plus dans le score de « %(category)s »"),
    (False, True): N_("Cette question compte %(times)s fois moins dans le score de « %(category)s »"),
    (True, False): N_("Cette question compte davantage dans le score de « %(category)s »"),
    (False, False): N_("Cette question compte moins dans le score de « %(category)s »"),
}
_CATEGORY_WEIGHS: Mapping[tuple[bool, bool], str] = {
    (True, True): N_("Cette catégorie compte %(times)s fois plus dans le score global"),
    (False, True): N_("Cette catégorie compte %(times)s fois moins dans le score global"),
    (True, False): N_("Cette catégorie compte davantage dans le score global"),
    (False, False): N_("Cette catégorie compte moins dans le score global"),
}
# A respondent reads one language, which need not be named; what explains is said to be reformulated, not quoted.
_PLAIN = {
    "title": N_("Intitulé : %(before)s → %(after)s"),
    "intro": N_("L’introduction est reformulée"),
    "help": N_("L’aide est reformulée"),
    "unit": N_("Unité : %(before)s → %(after)s"),
    "choices.label": N_("Réponse reformulée : %(before)s → %(after)s"),
    "choices.feedback": N_("Le conseil donné avec la réponse %(choice)s est reformulé"),
    "levels.label": N_("Niveau renommé : %(before)s → %(after)s"),
    "levels.message": N_("Le message du niveau %(level)s est reformulé"),
    "labels": N_("Repère %(step)s de l’échelle : %(before)s → %(after)s"),
    "caps.reason": N_("L’explication du plafond quand %(condition)s est reformulée"),
}


def _plain_template(difference: Difference) -> str:
    """How a respondent is told of a difference: the general way, but for texts."""
    if difference.kind != "reworded":
        return difference.template
    first, _, last = difference.key.partition(".")
    of = first.partition("[")[0]
    known = of if of in ("labels", *_PLAIN) else f"{of}.{last.rpartition('.')[2]}"
    return _PLAIN.get(known, difference.template)


def _place(difference: Difference) -> str:
    """Where in a thing a difference lies, the same from any document: caps are known by their condition."""
    if not difference.key.startswith("caps") or "condition" not in difference.params:
        return difference.key
    return f"caps.{difference.params['condition']}{difference.key.partition(']')[2]}"


def _quoted(text: str) -> str:
    return gettext("« %(answer)s »", answer=printable(" ".join(text.split()), _QUOTED_LENGTH))


def top(scale: Scale) -> str:
    """The best score of a scale, as « sur … » says it."""
    return show_decimal(scale.max, 0 if scale.max.denominator == 1 else scale.decimals)


def rescaled(old: Scale, new: Scale) -> str:
    """What becomes of a score where the scale changes, for the two to compare; empty where it does not."""
    if old.max == new.max:
        return ""
    return gettext("L’ancien score, sur %(old)s, est ramené sur %(new)s.", old=top(old), new=top(new))
