"""Whom a resource is for, built by picking: lines as a form holds them and as the format writes them.

« Pour » lines name a question and answers, or a category and levels; « qui » lines an entry of the profile. Field
names start with their place (``for.0.of``, ``for.0.is``). What a line names and no longer exists stays until taken out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from assett.core.i18n import colon
from assett.engine.document import Document, Question

Place: TypeAlias = Literal["for", "who"]
Fields: TypeAlias = "MultiDict[str, str]"
MOST_LINES = 40
_NUMBER = re.compile(r"-?[0-9]{1,10}([.,][0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Aim:
    """A line: what it is about (``question/ID``, ``category/ID``, ``profile/ID``; empty until picked), and its values
    or its bounds."""

    of: str = ""
    values: tuple[str, ...] = ()
    at_least: Any = None
    at_most: Any = None

    @property
    def empty(self) -> bool:
        """Whether nothing is picked yet."""
        return not (self.values or self.at_least is not None or self.at_most is not None)


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What a line may be about, and the values that it can pick; `bounded` where it can say « de … à … »."""

    of: str
    label: str
    options: tuple[Option, ...]
    bounded: bool = False


@dataclass(frozen=True, slots=True)
class SubjectGroup:
    label: str
    subjects: tuple[Subject, ...]


def picked_for(raw: Any) -> list[Aim]:
    """The ``for`` of an entry."""
    return [_picked(line) for line in raw or () if isinstance(line, Mapping)]


def _picked(line: Mapping[str, Any]) -> Aim:
    if "category" in line:
        return Aim(f"category/{line['category']}", tuple(map(str, line.get("levels") or ())))
    return Aim(f"question/{line.get('question')}", _words(line.get("is")), line.get("at_least"), line.get("at_most"))


def picked_who(raw: Any) -> list[Aim]:
    """The ``who`` of an entry."""
    return [Aim(f"profile/{name}", _words(values)) for name, values in (raw or {}).items()]


def _words(values: Any) -> tuple[str, ...]:
    if values is None:
        return ()
    several = values if isinstance(values, list | tuple) else [values]
    return tuple({True: "true", False: "false"}[each] if isinstance(each, bool) else str(each) for each in several)


def written_for(aims: Sequence[Aim], types: Mapping[str, str]) -> list[dict[str, Any]]:
    """The lines in the format, without those about nothing; `types` gives the type of each ``question/ID``.

    A line with bounds and answers (« de 0 à 2 », « je ne sais pas ») is two in the format, of which one is enough.
    """
    return [line for aim in aims if aim.of for line in _written(aim, types)]


def _written(aim: Aim, types: Mapping[str, str]) -> list[dict[str, Any]]:
    kind, _, name = aim.of.partition("/")
    if kind == "category":
        return [{"category": name, "levels": list(aim.values)}]
    bounds = {"at_least": aim.at_least, "at_most": aim.at_most}
    said = {key: value for key, value in bounds.items() if value is not None}
    lines: list[dict[str, Any]] = [{"question": name, **said}] if said or not aim.values else []
    if aim.values:
        lines.append({"question": name, "is": [_value(word, types.get(aim.of)) for word in aim.values]})
    return lines


def written_who(aims: Sequence[Aim], types: Mapping[str, str]) -> dict[str, Any]:
    """The entries of the profile in the format; of an entry picked twice, all values."""
    who: dict[str, Any] = {}
    for aim in aims:
        if aim.of and aim.values:
            known = who.setdefault(aim.of.partition("/")[2], [])
            known += [value for word in aim.values if (value := _value(word, types.get(aim.of))) not in known]
    return who


def _value(word: str, kind: str | None) -> Any:
    if word == "?":
        return word
    if kind == "boolean":
        return {"true": True, "false": False}.get(word, word)
    if kind in {"scale", "number"}:
        number = number_typed(word)
        return word if number is None else number
    return word


def number_typed(typed: str) -> int | Decimal | None:
    """A number with a decimal comma or point; None where it is none."""
    text = re.sub(r"\s", "", typed)
    if not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text.replace(",", "."))
    return int(number) if number == int(number) else number


def bound_typed(typed: str) -> int | Decimal | str | None:
    """A bound of a line; what is no number stays as it was typed, to be told."""
    number = number_typed(typed)
    return number if number is not None else typed.strip()[:40] or None


def from_fields(fields: Fields, place: Place) -> list[Aim]:
    """The lines whose fields start with `place`, in their order."""
    start = f"{place}."
    numbers = {int(found) for name in fields if (found := name[len(start) :].partition(".")[0]).isdecimal()
               and name.startswith(start) and len(found) < 4}  # fmt: skip
    return [_from_fields(fields, f"{place}.{number}") for number in sorted(numbers)[:MOST_LINES]]


def _from_fields(fields: Fields, here: str) -> Aim:
    of = fields.get(f"{here}.of", "")
    if of != fields.get(f"{here}.was", of):
        # Another subject has other answers: those picked before say nothing any more.
        return Aim(of)
    bounds = {key: bound_typed(fields.get(f"{here}.{key}", "")) for key in ("at_least", "at_most")}
    return Aim(of, tuple(fields.getlist(f"{here}.is")), **bounds)


def act(aims: list[Aim], place: Place, do: str) -> list[Aim]:
    """What a button does: ``for:add``, ``for.2:remove``; any other leaves the lines as they are."""
    at, _, verb = do.partition(":")
    if at == place and verb == "add" and len(aims) < MOST_LINES:
        return [*aims, Aim()]
    kind, _, number = at.partition(".")
    if kind == place and verb == "remove" and number.isdecimal():
        return [aim for index, aim in enumerate(aims) if index != int(number)]
    return aims


def for_subjects(document: Document, language: str) -> list[SubjectGroup]:
    """What « pour » lines may name, category by category: its levels, then its questions."""
    groups = []
    for category in document.categories:
        title = category.title.in_(language)
        levels = tuple(Option(level.id, level.label.in_(language)) for level in document.grid(category))
        own = Subject(f"category/{category.id}", gettext("Niveau atteint en « %(category)s »", category=title), levels)
        asked = [
            _subject(question, "question", language)
            for question in category.questions
            if question.type not in {"info", "text", "date"}
        ]
        groups.append(SubjectGroup(title, (own, *asked)))
    return groups


def who_subjects(document: Document, language: str) -> list[SubjectGroup]:
    """What « qui » lines may name: the entries of the profile that have answers to pick."""
    subjects = tuple(_subject(entry, "profile", language) for entry in document.profile)
    kept = tuple(subject for subject in subjects if subject.options)
    return [SubjectGroup(gettext("Profil de la structure"), kept)] if kept else []


def _subject(question: Question, kind: str, language: str) -> Subject:
    match question.type:
        case "single" | "multiple":
            options = [Option(choice.id, choice.label.in_(language)) for choice in question.choices]
        case "boolean":
            options = [Option("true", gettext("Oui")), Option("false", gettext("Non"))]
        case "scale":
            low, high = question.bounds
            labels = {step: label.in_(language) for step, label in question.labels}
            steps = range(int(low), int(high) + 1) if high - low <= 20 else range(0)
            options = [
                Option(str(step), f"{step}{colon()}{labels[step]}" if step in labels else str(step)) for step in steps
            ]
        case _:
            options = []
    if question.unknown and kind == "question":
        options.append(Option("?", gettext("Je ne sais pas")))
    bounded = kind == "question" and question.type in {"scale", "number"}
    return Subject(f"{kind}/{question.id}", question.title.in_(language), tuple(options), bounded)


def types_of(document: Document) -> dict[str, str]:
    """The type of each ``question/ID`` and ``profile/ID``."""
    found = {f"question/{question.id}": str(question.type) for question in document.questions}
    return found | {f"profile/{entry.id}": str(entry.type) for entry in document.profile}


def categories_of(aims: Sequence[Aim], document: Document) -> set[str]:
    """The categories that the lines look at."""
    of_question = {question.id: category.id for category in document.categories for question in category.questions}
    found = set()
    for aim in aims:
        kind, _, name = aim.of.partition("/")
        category = name if kind == "category" else of_question.get(name)
        if category is not None:
            found.add(category)
    return found


def gone(aims: Sequence[Aim], groups: Sequence[SubjectGroup]) -> list[Aim]:
    """The lines that name what does not exist: their subject, or a value of it."""
    known = subjects_by_name(groups)
    return [aim for aim in aims if not stands(aim, known.get(aim.of))]


def stands(aim: Aim, subject: Subject | None) -> bool:
    """Whether what a line names exists: its subject, as given, and its values."""
    return subject is not None and (subject.bounded or not set(aim.values) - {each.value for each in subject.options})


def lost(aims: Sequence[Aim], groups: Sequence[SubjectGroup]) -> bool:
    """Whether a line names what no longer exists."""
    return bool(gone(aims, groups))


def held_here(aims: Sequence[Aim], groups: Sequence[SubjectGroup]) -> list[Aim]:
    """The lines of a resource that serves many questionnaires, each without the values that this one never had; a line
    that nothing is left of stays as it is."""
    known = subjects_by_name(groups)
    values = {each: {option.value for option in subject.options} for each, subject in known.items()}
    here = [tuple(value for value in aim.values if value in values.get(aim.of, ())) for aim in aims]
    return [replace(aim, values=kept) if kept else aim for aim, kept in zip(aims, here, strict=True)]


def subjects_by_name(groups: Sequence[SubjectGroup]) -> dict[str, Subject]:
    return {subject.of: subject for group in groups for subject in group.subjects}


def every_subject(document: Document, language: str) -> dict[str, Subject]:
    """All that lines may name of a questionnaire."""
    return subjects_by_name([*for_subjects(document, language), *who_subjects(document, language)])


def said(aims: Sequence[Aim], groups: Sequence[SubjectGroup], former: Mapping[str, Subject] | None = None) -> list[str]:
    """The lines in words, for whoever reads a resource: « Suivez-vous… : Non ou Je ne sais pas ».

    `former` are the subjects that are gone, as they were last: a line that names one is told so, and still in words.
    """
    known, former = subjects_by_name(groups), former or {}
    return [_said(aim, known.get(aim.of), former.get(aim.of)) for aim in aims]


def _said(aim: Aim, subject: Subject | None, former: Subject | None) -> str:
    words = line_said(aim, subject, former)
    if subject is None and aim.of.startswith("profile/"):
        return str(gettext("%(aim)s – absent du questionnaire en service", aim=words))
    if subject is None:
        return str(gettext("%(aim)s – absente du questionnaire en service", aim=words))
    if stands(aim, subject):
        return words
    if aim.of.startswith("category/"):
        named = {option.value for each in (subject, former) if each is not None for option in each.options}
        if not named.intersection(aim.values):
            words = subject_called(aim.of, subject)
        return str(gettext("%(aim)s – niveau absent de votre grille", aim=words))
    return str(gettext("%(aim)s – réponse disparue", aim=words))


def line_said(aim: Aim, *subjects: Subject | None) -> str:
    """A line in words, by the first of these subjects that has them."""
    label = subject_called(aim.of, next((each for each in subjects if each is not None), None))
    low, high = (str(bound).replace(".", ",") if bound is not None else None for bound in (aim.at_least, aim.at_most))
    if aim.values:
        answers = gettext(" ou ").join(
            gettext("« %(answer)s »", answer=answer_called(each, *subjects)) for each in aim.values
        )
    elif low is not None and high is not None:
        answers = gettext("de %(low)s à %(high)s", low=low, high=high)
    elif low is not None:
        answers = gettext("au moins %(low)s", low=low)
    else:
        answers = gettext("au plus %(high)s", high=high or "")
    return answered(label, answers)


def answered(question: str, answers: str) -> str:
    """« Chauffage : « gaz » »; a title that ends with a mark of its own has no colon after it."""
    if question.endswith(("?", "!", "…", ":")):
        return f"{question} {answers}"
    return str(gettext("%(subject)s : %(answers)s", subject=question, answers=answers))


def subject_called(of: str, subject: Subject | None) -> str:
    """What a line is about; of what nobody knows any more, what kind of thing it was."""
    if subject is not None:
        return subject.label
    match of.partition("/")[0]:
        case "category":
            return str(gettext("Une catégorie disparue"))
        case "profile":
            return str(gettext("Un critère disparu"))
        case _:
            return str(gettext("Une question disparue"))


def answer_called(value: str, *subjects: Subject | None) -> str:
    """An answer by its label in the first of these subjects that has it, never by its id."""
    for subject in subjects:
        for option in subject.options if subject is not None else ():
            if option.value == value:
                return option.label
    plain = {"true": gettext("Oui"), "false": gettext("Non"), "?": gettext("Je ne sais pas")}
    if value in plain:
        return str(plain[value])
    return value if _NUMBER.fullmatch(value) else str(gettext("une réponse disparue"))
