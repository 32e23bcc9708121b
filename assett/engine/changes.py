"""What changed between two documents, question by question, in words.

A renamed question or choice (``was``) is the same one under another id: what merely
follows from the renaming, in conditions and resources, is no change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Final, Literal, TypeAlias

from assett.engine.document import (
    AllOf,
    AnswerTest,
    AnyOf,
    Band,
    Cap,
    Category,
    CategoryTest,
    Choice,
    Document,
    Level,
    Linear,
    Not,
    Question,
    Resource,
    Text,
)
from assett.engine.lineage import Renaming, renamed, renaming
from assett.engine.writing import dump_condition
from assett.kernel.text import N_, decimal_text, shown

Subject = Literal["questionnaire", "profile", "category", "question", "resource"]
Kind = Literal["added", "removed", "moved", "renamed", "reordered", "reworded", "changed"]

_Title: TypeAlias = Text | str
_Flag: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One change of one thing.

    ``subject`` and ``id`` say of what (the id of today, or the last one of what is
    removed), ``title`` how it is called, ``category`` where a question stands.
    ``key`` is the place within it (``weight``, ``choices.mois.label``), ``language``
    that of a reworded text. ``before`` and ``after`` are values of the document,
    ``None`` where there is nothing. ``template`` is a French source text to be filled
    with ``params``, and with ``before`` and ``after`` as :func:`in_words` says them.
    ``scoring`` tells that scores may change with it.
    """

    subject: Subject
    id: str
    title: Text
    category: str | None
    kind: Kind
    key: str
    template: str
    before: object = None
    after: object = None
    language: str | None = None
    scoring: bool = False
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The French text."""
        worded = {name: in_words(value) for name, value in self.params.items()}
        ends = {"before": in_words(self.before), "after": in_words(self.after), "language": self.language}
        return self.template % (ends | worded)


@dataclass(frozen=True, slots=True)
class Changed:
    """A thing that changed, and all that changed of it."""

    subject: Subject
    id: str
    title: Text
    category: str | None
    differences: tuple[Difference, ...]


def by_subject(found: Iterable[Difference]) -> tuple[Changed, ...]:
    """The differences thing by thing, in their order."""
    return tuple(
        Changed(subject, name, group[0].title, group[0].category, tuple(group))
        for (subject, name), items in groupby(found, key=lambda each: (each.subject, each.id))
        if (group := list(items))
    )


def in_words(value: object) -> str:
    """A value of a document in a message: « un texte », 1,5, a list; — for nothing.

    A condition is written as in the file, without its outer braces.
    """
    match value:
        case None | ():
            return "—"
        case bool():
            return "oui" if value else "non"
        case Fraction() | Decimal() | int():
            return decimal_text(value).replace(".", ",")
        case date():
            return value.isoformat()
        case AllOf() | AnyOf() | Not() | AnswerTest():
            return _flow(dump_condition(value)).removeprefix("{").removesuffix("}")
        case Band():
            start = "" if value.from_ is None else f"≥ {in_words(value.from_)}\u00a0: "
            return start + in_words(value.points)
        case Linear():
            ends = f"{in_words(value.zero)} … {in_words(value.full)}"
            return f"{ends}\u00a0: {in_words(value.max_points)}"
        case CategoryTest():
            return f"{value.category} ({', '.join(value.levels)})"
        case Text() | str():
            return shown(str(value))
        case tuple() | list():
            return ", ".join(each if isinstance(each, str) else in_words(each) for each in value)
        case _:
            return shown(value)


def _flow(value: object) -> str:
    """A tree on one line, as YAML would read it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


# The words. Of a flag: what is said when it comes, and when it goes.

_QUESTION_TEXTS: Final = {
    "title": N_("Intitulé (%(language)s) : %(before)s → %(after)s"),
    "help": N_("Aide (%(language)s) : %(before)s → %(after)s"),
    "unit": N_("Unité (%(language)s) : %(before)s → %(after)s"),
}
_QUESTION_FLAGS: Final[dict[str, _Flag]] = {
    "required": (N_("Devient obligatoire"), N_("Devient facultative")),
    "not_applicable": (N_("Propose « non concerné »"), N_("Ne propose plus « non concerné »")),
    "unknown": (N_("Propose « je ne sais pas »"), N_("Ne propose plus « je ne sais pas »")),
    "scored": (N_("Compte dans la note"), N_("Ne compte plus dans la note")),
    "integer": (N_("N’accepte que des nombres entiers"), N_("Accepte les nombres à virgule")),
}
_QUESTION_VALUES: Final = {
    "type": N_("Type de réponse : %(before)s → %(after)s"),
    "weight": N_("Poids : %(before)s → %(after)s"),
    "visible_if": N_("Condition d’affichage : %(before)s → %(after)s"),
    "min": N_("Minimum : %(before)s → %(after)s"),
    "max": N_("Maximum : %(before)s → %(after)s"),
    "max_points": N_("Points au plus : %(before)s → %(after)s"),
    "min_choices": N_("Choix au moins : %(before)s → %(after)s"),
    "max_choices": N_("Choix au plus : %(before)s → %(after)s"),
    "points": N_("Points du oui : %(before)s → %(after)s"),
    "points_false": N_("Points du non : %(before)s → %(after)s"),
    "bands": N_("Paliers de points : %(before)s → %(after)s"),
    "linear": N_("Points en proportion : %(before)s → %(after)s"),
    "max_length": N_("Longueur au plus : %(before)s → %(after)s"),
    "source": N_("Rempli d’avance par : %(before)s → %(after)s"),
}
_CHOICE_TEXTS: Final = {
    "label": N_("Choix %(choice)s (%(language)s) : %(before)s → %(after)s"),
    "feedback": N_("Retour du choix %(choice)s (%(language)s) : %(before)s → %(after)s"),
}
_CATEGORY_TEXTS: Final = {
    "title": N_("Titre (%(language)s) : %(before)s → %(after)s"),
    "intro": N_("Introduction (%(language)s) : %(before)s → %(after)s"),
}
_CATEGORY_VALUES: Final = {
    "weight": N_("Poids : %(before)s → %(after)s"),
    "max_na": N_("Part de « non concerné » admise : %(before)s → %(after)s"),
    "visible_if": N_("Condition d’affichage : %(before)s → %(after)s"),
}
_LEVEL_TEXTS: Final = {
    "label": N_("Niveau %(level)s (%(language)s) : %(before)s → %(after)s"),
    "message": N_("Message du niveau %(level)s (%(language)s) : %(before)s → %(after)s"),
}
_RESOURCE_TEXTS: Final = {
    "title": N_("Titre (%(language)s) : %(before)s → %(after)s"),
    "summary": N_("Résumé (%(language)s) : %(before)s → %(after)s"),
    "provider": N_("Proposée par (%(language)s) : %(before)s → %(after)s"),
}
_RESOURCE_VALUES: Final = {
    "url": N_("Adresse : %(before)s → %(after)s"),
    "type": N_("Type : %(before)s → %(after)s"),
    "priority": N_("Priorité : %(before)s → %(after)s"),
    "valid_from": N_("Valable à partir du : %(before)s → %(after)s"),
    "valid_until": N_("Valable jusqu’au : %(before)s → %(after)s"),
    "for_": N_("Conseillée quand : %(before)s → %(after)s"),
    "who": N_("Réservée à : %(before)s → %(after)s"),
}
_UNSCORING: Final = frozenset({"required", "integer", "min_choices", "max_choices", "max_length", "source"})
"""Keys of a question that decide what may be answered, not what it earns."""


def differences(before: Document, after: Document) -> tuple[Difference, ...]:
    """All that changed, the questionnaire first, then the profile, then category by category.

    Empty exactly where the two documents are equal.
    """
    finder = _Finder(before, after)
    finder.questionnaire()
    finder.profile()
    finder.categories()
    finder.resources()
    return tuple(finder.found)


@dataclass(frozen=True, slots=True)
class _Place:
    """What a difference is about."""

    subject: Subject
    id: str
    title: Text
    category: str | None = None


class _Finder:
    """Compares ``after`` with ``before`` as it reads under the ids of ``after``."""

    def __init__(self, before: Document, after: Document) -> None:
        self.names: Renaming = renaming(before, after)
        self.former = before
        self.before = renamed(before, self.names)
        self.after = after
        self.found: list[Difference] = []

    def note(
        self,
        place: _Place,
        kind: Kind,
        key: str,
        template: str,
        before: object = None,
        after: object = None,
        *,
        language: str | None = None,
        scoring: bool = False,
        params: Mapping[str, object] | None = None,
    ) -> None:
        self.found.append(
            Difference(
                place.subject,
                place.id,
                place.title,
                place.category,
                kind,
                key,
                template,
                before,
                after,
                language,
                scoring,
                params or {},
            )
        )

    def text(
        self, place: _Place, key: str, template: str, before: Text | None, after: Text | None, **params: object
    ) -> None:
        if before == after:
            return
        old: Mapping[str, str] = before or {}
        new: Mapping[str, str] = after or {}
        changed = [language for language in {**new, **old} if old.get(language) != new.get(language)]
        for language in changed:
            self.note(
                place,
                "reworded",
                key,
                template,
                old.get(language),
                new.get(language),
                language=language,
                params=params,
            )
        if not changed:
            template = N_("Ordre des langues d’un texte : %(before)s → %(after)s")
            self.note(place, "reordered", key, template, tuple(old), tuple(new))

    def value(
        self,
        place: _Place,
        key: str,
        template: str,
        before: object,
        after: object,
        *,
        scoring: bool = False,
        **params: object,
    ) -> None:
        if before != after:
            self.note(place, "changed", key, template, before, after, scoring=scoring, params=params)

    def order(self, place: _Place, key: str, template: str, before: Iterable[str], after: Iterable[str]) -> None:
        """Another order of what both have."""
        first, second = list(before), list(after)
        kept = set(first) & set(second)
        old, new = tuple(n for n in first if n in kept), tuple(n for n in second if n in kept)
        if old != new:
            self.note(place, "reordered", key, template, old, new)

    # The questionnaire

    def questionnaire(self) -> None:
        before, after = self.before, self.after
        place = _Place("questionnaire", after.id, after.title)
        self.value(place, "id", N_("Identifiant : %(before)s → %(after)s"), before.id, after.id)
        self.text(place, "title", N_("Titre (%(language)s) : %(before)s → %(after)s"), before.title, after.title)
        self.value(place, "version", N_("Version : %(before)s → %(after)s"), before.version, after.version)
        self.value(place, "languages", N_("Langues : %(before)s → %(after)s"), before.languages, after.languages)
        template = N_("Note maximale : %(before)s → %(after)s")
        self.value(place, "scale.max", template, before.scale.max, after.scale.max)
        template = N_("Décimales de la note : %(before)s → %(after)s")
        self.value(place, "scale.decimals", template, before.scale.decimals, after.scale.decimals)
        self.levels(place, before.levels, after.levels)
        self.caps(place, before.caps, after.caps)
        template = N_("Ordre des catégories : %(before)s → %(after)s")
        self.order(place, "categories", template, _ids(before.categories), _ids(after.categories))
        template = N_("Ordre du profil : %(before)s → %(after)s")
        self.order(place, "profile", template, _ids(before.profile), _ids(after.profile))
        template = N_("Ordre des ressources : %(before)s → %(after)s")
        self.order(place, "resources", template, _ids(before.resources), _ids(after.resources))

    def levels(self, place: _Place, before: Sequence[Level], after: Sequence[Level]) -> None:
        old, new = {level.id: level for level in before}, {level.id: level for level in after}
        for name, level in new.items():
            key, earlier = f"levels.{name}", old.get(name)
            if earlier is None:
                template = N_("Niveau ajouté : %(level)s, à partir de %(after)s")
                self.note(place, "added", key, template, None, level.from_, scoring=True, params={"level": level.label})
                continue
            template = N_("Seuil du niveau %(level)s : %(before)s → %(after)s")
            self.value(place, f"{key}.from", template, earlier.from_, level.from_, scoring=True, level=level.label)
            for part, template in _LEVEL_TEXTS.items():
                self.text(
                    place,
                    f"{key}.{part}",
                    template,
                    getattr(earlier, part),
                    getattr(level, part),
                    level=name,
                )
        for name, level in old.items():
            if name not in new:
                template = N_("Niveau retiré : %(level)s, à partir de %(before)s")
                self.note(
                    place,
                    "removed",
                    f"levels.{name}",
                    template,
                    level.from_,
                    scoring=True,
                    params={"level": level.label},
                )

    def caps(self, place: _Place, before: tuple[Cap, ...], after: tuple[Cap, ...]) -> None:
        """Caps have no id: those under the same condition are the same one."""
        if before == after:
            return
        left = list(before)
        fresh: list[tuple[int, Cap]] = []
        pairs: list[tuple[int, Cap, Cap]] = []
        for index, cap in enumerate(after):
            earlier = next((each for each in left if each == cap), None)
            earlier = earlier or next((each for each in left if each.if_ == cap.if_ and each not in after), None)
            if earlier is None:
                fresh.append((index, cap))
            else:
                left.remove(earlier)
                pairs.append((index, earlier, cap))
        noted = len(self.found)
        for index, earlier, cap in pairs:
            key = f"caps[{index}]"
            template = N_("Plafond quand %(condition)s : %(before)s → %(after)s")
            self.value(place, f"{key}.max", template, earlier.max, cap.max, scoring=True, condition=cap.if_)
            template = N_("Raison du plafond quand %(condition)s (%(language)s) : %(before)s → %(after)s")
            self.text(place, f"{key}.reason", template, earlier.reason, cap.reason, condition=cap.if_)
        for index, cap in fresh:
            template = N_("Plafond ajouté : %(after)s au plus quand %(condition)s")
            self.note(
                place, "added", f"caps[{index}]", template, None, cap.max, scoring=True, params={"condition": cap.if_}
            )
        for cap in left:
            template = N_("Plafond retiré : %(before)s au plus quand %(condition)s")
            self.note(place, "removed", "caps", template, cap.max, scoring=True, params={"condition": cap.if_})
        if len(self.found) == noted:
            template = N_("Ordre des plafonds : %(before)s → %(after)s")
            old, new = (tuple(cap.max for cap in caps) for caps in (before, after))
            self.note(place, "reordered", "caps", template, old, new)

    # Profile and questions

    def profile(self) -> None:
        old = {entry.id: entry for entry in self.before.profile}
        former = _inverse(self.names.entries)
        for entry in self.after.profile:
            place = _Place("profile", entry.id, entry.title)
            earlier = old.get(entry.id)
            if earlier is None:
                self.note(place, "added", "", N_("Ligne du profil ajoutée"))
                continue
            name = former.get(entry.id, entry.id)
            self.question(place, earlier, entry, name, self.names.entry_choices.get(name, {}))
        now = set(_ids(self.after.profile))
        for entry in self.before.profile:
            if entry.id not in now:
                self.note(_Place("profile", entry.id, entry.title), "removed", "", N_("Ligne du profil retirée"))

    def categories(self) -> None:
        before, after = self.before, self.after
        old = {category.id: category for category in before.categories}
        now = {category.id: category for category in after.categories}
        stood = {
            question.id: (category.id, question) for category in before.categories for question in category.questions
        }
        stays = set(_ids(after.questions))
        gone = {
            category.id: [question for question in category.questions if question.id not in stays]
            for category in before.categories
        }
        former = _inverse(self.names.questions)
        for category in after.categories:
            earlier = old.get(category.id)
            place = _Place("category", category.id, category.title, category.id)
            if earlier is None:
                self.note(place, "added", "", N_("Catégorie ajoutée"), scoring=True)
            else:
                self.category(place, earlier, category)
            for question in category.questions:
                here = _Place("question", question.id, question.title, category.id)
                if question.id not in stood:
                    self.note(here, "added", "", N_("Question ajoutée"), scoring=question.scored)
                    continue
                origin, previous = stood[question.id]
                if origin != category.id:
                    template = N_("Passe de la catégorie %(before)s à %(after)s")
                    self.note(
                        here,
                        "moved",
                        "category",
                        template,
                        old[origin].title,
                        category.title,
                        scoring=question.scored,
                    )
                name = former.get(question.id, question.id)
                self.question(here, previous, question, name, self.names.choices.get(name, {}))
            self.removed(gone.get(category.id, ()), category.id)
        for category in before.categories:
            if category.id not in now:
                place = _Place("category", category.id, category.title, category.id)
                self.note(place, "removed", "", N_("Catégorie retirée"), scoring=True)
                self.removed(gone[category.id], category.id)

    def removed(self, questions: Iterable[Question], category: str) -> None:
        for question in questions:
            place = _Place("question", question.id, question.title, category)
            self.note(place, "removed", "", N_("Question retirée"), scoring=question.scored)

    def category(self, place: _Place, before: Category, after: Category) -> None:
        for key, template in _CATEGORY_TEXTS.items():
            self.text(place, key, template, getattr(before, key), getattr(after, key))
        for key, template in _CATEGORY_VALUES.items():
            self.value(place, key, template, getattr(before, key), getattr(after, key), scoring=True)
        self.levels(place, before.levels, after.levels)
        self.caps(place, before.caps, after.caps)
        template = N_("Ordre des questions : %(before)s → %(after)s")
        self.order(place, "questions", template, _ids(before.questions), _ids(after.questions))

    def question(self, place: _Place, before: Question, after: Question, name: str, choices: Mapping[str, str]) -> None:
        """What changed of a question called ``name`` before, its choices as ``choices`` leads."""
        if name != after.id:
            template = N_("Identifiant : %(before)s → %(after)s (les réponses suivent)")
            self.note(place, "renamed", "id", template, name, after.id)
        self.was(place, "was", before.was, after.was, name, after.id)
        for key, template in _QUESTION_TEXTS.items():
            self.text(place, key, template, getattr(before, key), getattr(after, key))
        scored = before.scored or after.scored
        for key, (comes, goes) in _QUESTION_FLAGS.items():
            old, new = getattr(before, key), getattr(after, key)
            self.value(
                place,
                key,
                comes if new else goes,
                old,
                new,
                scoring=after.scored != before.scored or key not in _UNSCORING,
            )
        scored = before.scored or after.scored
        for key, template in _QUESTION_VALUES.items():
            old, new = getattr(before, key, None), getattr(after, key, None)
            # A condition decides what is counted, of other questions too.
            scoring = key == "visible_if" or (scored and key not in _UNSCORING)
            self.value(place, key, template, old, new, scoring=scoring)
        self.labels(place, before, after)
        self.choices(place, before, after, choices, scored)

    def was(
        self,
        place: _Place,
        key: str,
        before: tuple[str, ...],
        after: tuple[str, ...],
        name: str,
        now: str,
    ) -> None:
        """Former ids, but those that a renaming from ``name`` to ``now`` itself brings, or takes back."""
        followed = name != now and (sorted(after) == sorted((*before, name)) or sorted(before) == sorted((*after, now)))
        if after != before and not followed:
            self.note(place, "changed", key, N_("Anciens identifiants : %(before)s → %(after)s"), before, after)

    def labels(self, place: _Place, before: Question, after: Question) -> None:
        """The words at the steps of a scale."""
        old, new = dict(before.labels), dict(after.labels)
        template = N_("Repère %(step)s de l’échelle (%(language)s) : %(before)s → %(after)s")
        for step in sorted({*old, *new}):
            self.text(place, f"labels.{step}", template, old.get(step), new.get(step), step=step)
        if old == new and before.labels != after.labels:
            template = N_("Ordre des repères de l’échelle : %(before)s → %(after)s")
            self.note(place, "reordered", "labels", template, tuple(old), tuple(new))

    def choices(
        self, place: _Place, before: Question, after: Question, called: Mapping[str, str], scored: bool
    ) -> None:
        old = {choice.id: choice for choice in before.choices}
        former = _inverse(called)
        for choice in after.choices:
            key, earlier = f"choices.{choice.id}", old.get(choice.id)
            if earlier is None:
                template = N_("Choix ajouté : %(choice)s (points : %(after)s)")
                if not after.scored:
                    template = N_("Choix ajouté : %(choice)s")
                self.note(
                    place,
                    "added",
                    key,
                    template,
                    None,
                    choice.points,
                    scoring=after.scored,
                    params={"choice": choice.label},
                )
                continue
            name = former.get(choice.id, choice.id)
            self.choice(place, key, earlier, choice, name, scored)
        now = {choice.id for choice in after.choices}
        for choice in before.choices:
            if choice.id not in now:
                template = N_("Choix retiré : %(choice)s (points : %(before)s)")
                if not before.scored:
                    template = N_("Choix retiré : %(choice)s")
                self.note(
                    place,
                    "removed",
                    f"choices.{choice.id}",
                    template,
                    choice.points,
                    scoring=before.scored,
                    params={"choice": choice.label},
                )
        template = N_("Ordre des choix : %(before)s → %(after)s")
        self.order(place, "choices", template, _ids(before.choices), _ids(after.choices))

    def choice(self, place: _Place, key: str, before: Choice, after: Choice, name: str, scored: bool) -> None:
        label = after.label
        if name != after.id:
            template = N_("Identifiant du choix %(choice)s : %(before)s → %(after)s (les réponses suivent)")
            self.note(place, "renamed", f"{key}.id", template, name, after.id, params={"choice": label})
        self.was(place, f"{key}.was", before.was, after.was, name, after.id)
        template = N_("Points du choix %(choice)s : %(before)s → %(after)s")
        self.value(place, f"{key}.points", template, before.points, after.points, scoring=scored, choice=label)
        template = N_("Le choix %(choice)s reste seul")
        if not after.exclusive:
            template = N_("Le choix %(choice)s va avec d’autres")
        self.value(place, f"{key}.exclusive", template, before.exclusive, after.exclusive, scoring=scored, choice=label)
        for part, words in _CHOICE_TEXTS.items():
            self.text(place, f"{key}.{part}", words, getattr(before, part), getattr(after, part), choice=after.id)

    # Resources

    def resources(self) -> None:
        old = {resource.id: resource for resource in self.before.resources}
        for resource in self.after.resources:
            place = _Place("resource", resource.id, resource.title)
            earlier = old.get(resource.id)
            if earlier is None:
                self.note(place, "added", "", N_("Ressource ajoutée"))
                continue
            for key, template in _RESOURCE_TEXTS.items():
                self.text(place, key, template, getattr(earlier, key), getattr(resource, key))
            for key, template in _RESOURCE_VALUES.items():
                self.value(place, key.rstrip("_"), template, getattr(earlier, key), getattr(resource, key))
        now = set(_ids(self.after.resources))
        for resource in self.before.resources:
            if resource.id not in now:
                place = _Place("resource", resource.id, resource.title)
                self.note(place, "removed", "", N_("Ressource retirée"))


_Listed: TypeAlias = Level | Category | Question | Choice | Resource


def _ids(things: Iterable[_Listed]) -> list[str]:
    return [thing.id for thing in things]


def _inverse(names: Mapping[str, str]) -> dict[str, str]:
    return {called: name for name, called in names.items()}
