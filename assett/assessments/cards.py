"""Question cards: what a template needs to draw a question and its answer (see `ui/question.html`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import gettext
from markupsafe import Markup, escape

from assett.core.i18n import PARIS, decimal_mark, show_clock, show_day, spoken, spoken_in, worded
from assett.core.markdown import render
from assett.engine.carrying import Lost
from assett.engine.document import Question, Text
from assett.engine.values import NOT_APPLICABLE, UNKNOWN, Value
from assett.kernel.errors import Problem
from assett.kernel.text import N_, typeset

MOST_DRAWN = 21
"""Values of a scale that are drawn one by one; where there are more, the value is typed."""
ECHOED = 10_000
"""Signs beyond its limit up to which a text that was refused is shown again."""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice; `label` is marked with its language where it is not the page's."""

    value: str
    label: str
    checked: bool
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class SavedMark:
    """When an answer was saved (`à` …), and by whom when it was a colleague; or, for an answer taken over from the
    assessment before, the day of that one (`from_day`). `reworded`: its question was worded anew since."""

    at: str
    author: str | None = None
    from_day: str | None = None
    reworded: bool = False


@dataclass(frozen=True, slots=True)
class ConflictView:
    """The answer given meanwhile, and what the questionnaire says of it (`feedback`, HTML)."""

    author: str
    at: str
    their_text: str
    their_value: Any
    feedback: str


@dataclass(slots=True)
class Card:
    """A question with its answer, ready to be drawn; its texts are marked where their language is not the page's."""

    id: str
    type: str
    title: Markup
    help_html: Markup
    required: bool
    revision: str = "0"
    options: list[Option] = field(default_factory=list)
    specials: list[Option] = field(default_factory=list)
    none_checked: bool = False
    value: str | None = None
    unit: str | None = None
    min: str | None = None
    max: str | None = None
    max_length: int | None = None
    min_label: str | None = None
    max_label: str | None = None
    # Of a scale: steps between its ends have words, so that each stands on a line of its own.
    worded: bool = False
    hidden: bool = False
    saved: SavedMark | None = None
    error: str | None = None
    conflict: ConflictView | None = None
    feedback_html: Markup = field(default_factory=Markup)
    number_of: str | None = None

    @property
    def name(self) -> str:
        return f"answers.{self.id}"


# What the engine says to whoever writes files, said to whoever fills in a page.
_PLAIN = {
    "%(found)s n’est pas un choix de cette question ; choix possibles : %(choices)s": N_(
        "cette réponse n’est plus proposée ; choix possibles : %(choices)s"
    ),
    "il faut true ou false, pas %(found)s": N_("répondez par oui ou par non"),
    "il faut une liste de choix, pas %(found)s": N_("choisissez parmi les réponses proposées"),
    "cet identifiant est inconnu du questionnaire": N_("cette question n’existe plus : rechargez la page"),
    "cet identifiant est inconnu du questionnaire ; vouliez-vous dire %(close)s ?": N_(
        "cette question n’existe plus : rechargez la page"
    ),
}


def in_words(problem: Problem | Lost) -> str:
    """What the engine has against an answer, in the reader's language, as a sentence."""
    text = worded(_PLAIN.get(problem.template, problem.template), problem.params)
    sentence = text[:1].upper() + text[1:]
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def card(question: Question, value: Value | None, language: str, *, typed: list[str] | None = None) -> Card:
    """The card of a question; `typed` is what a refused form held, shown again as it was typed."""
    longest = (question.max_length if question.type == "text" else 0) + ECHOED
    chosen = [text[:longest] for text in typed] if typed is not None else _as_fields(value)
    drawn = Card(
        id=question.id,
        type=question.type,
        title=said(question.title, language),
        help_html=told(question.help, language),
        required=question.required,
        unit=said(question.unit, language) if question.unit else None,
        max_length=question.max_length if question.type == "text" else None,
        specials=_specials(question, chosen),
        options=_options(question, chosen, language),
        none_checked=chosen == ["[]"],
        feedback_html=feedback(question, value, language),
    )
    if question.type in {"number", "date", "text"}:
        typed_text = next((text for text in chosen if text not in {NOT_APPLICABLE, UNKNOWN}), None)
        localized = isinstance(value, (int, Decimal)) and typed is None
        drawn.value = show_plain(value) if localized and value is not None else typed_text
        drawn.min, drawn.max = (_bound(bound) for bound in (question.min, question.max))
    if question.type == "scale":
        labels = {step: said(text, language) for step, text in question.labels}
        low, high = (int(bound) for bound in question.bounds)
        drawn.worded = _worded(question)
        drawn.min_label, drawn.max_label = labels.get(low), labels.get(high)
        if high - low >= MOST_DRAWN:
            drawn.type = "number"
            drawn.value = next((text for text in chosen if text not in {NOT_APPLICABLE, UNKNOWN}), None)
            drawn.min, drawn.max = str(low), str(high)
    return drawn


def _as_fields(value: Value | None) -> list[str]:
    """A value as the fields of its card hold it."""
    if value is None:
        return []
    if isinstance(value, tuple):
        return list(value) or ["[]"]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [str(value)]


def _options(question: Question, chosen: list[str], language: str) -> list[Option]:
    match question.type:
        case "single" | "multiple":
            return [
                Option(each.id, said(each.label, language), each.id in chosen, each.exclusive)
                for each in question.choices
            ]
        case "boolean":
            words = (("true", gettext("Oui")), ("false", gettext("Non")))
            return [Option(value, label, value in chosen) for value, label in words]
        case "scale":
            low, high = (int(bound) for bound in question.bounds)
            if high - low >= MOST_DRAWN:
                return []
            names = {step: said(text, language) for step, text in question.labels} if _worded(question) else {}
            return [
                Option(str(step), _step_said(step, names.get(step)), str(step) in chosen)
                for step in range(low, high + 1)
            ]
        case _:
            return []


def _worded(question: Question) -> bool:
    """Whether steps between the ends of a scale have words of their own."""
    return any(step not in question.bounds for step, _ in question.labels)


def _step_said(step: int, words: Markup | None) -> Markup | str:
    """A step of a scale, with its word where it has one."""
    return Markup("{}, {}").format(step, words) if words else str(step)


def _specials(question: Question, chosen: list[str]) -> list[Option]:
    offered = []
    if question.not_applicable:
        offered.append(Option(NOT_APPLICABLE, gettext("Non concerné"), NOT_APPLICABLE in chosen))
    if question.unknown:
        offered.append(Option(UNKNOWN, gettext("Je ne sais pas"), UNKNOWN in chosen))
    return offered


def _bound(bound: Fraction | date | None) -> str | None:
    if bound is None:
        return None
    return bound.isoformat() if isinstance(bound, date) else show_plain(bound)


def show_plain(value: Any) -> str:
    """A number with the locale's decimal mark and no thousands, as it may be typed again."""
    text = format(Decimal(Fraction(value).numerator) / Fraction(value).denominator, "f")
    return text.replace(".", decimal_mark())


def feedback(question: Question, value: Value | None, language: str) -> Markup:
    """The feedback of the chosen answers."""
    chosen = value if isinstance(value, tuple) else (value,)
    texts = [each.feedback for each in question.choices if each.id in chosen and each.feedback]
    return Markup("").join(told(text, language) for text in texts)


def answer_text(question: Question, value: Value | None, language: str) -> str:
    """An answer in words: « Une fois par an », « 12,5 km », « Non concerné »."""
    if value is None:
        return gettext("sans réponse")
    if value == NOT_APPLICABLE and isinstance(value, str):
        return gettext("Non concerné")
    if value == UNKNOWN and isinstance(value, str):
        return gettext("Je ne sais pas")
    match question.type:
        case "single" | "multiple":
            labels = [label.in_(language) for label in _labels(question, value)]
            return in_a_row(labels) or gettext("Aucune de ces réponses")
        case "boolean":
            return gettext("Oui") if value else gettext("Non")
        case "scale":
            _, high = question.bounds
            step = gettext("%(value)s sur %(max)s", value=value, max=int(high))
            labels = [lowered(label.in_(language)) for label in _labels(question, value)]
            return gettext("%(step)s, « %(label)s »", step=step, label=labels[0]) if labels else step
        case "number":
            return show_plain(value) + (_after_a_number(question.unit, language) if question.unit else "")
        case "date":
            return show_day(date.fromisoformat(str(value)))
        case _:
            return str(value)


def _after_a_number(unit: Text, language: str) -> str:
    """A unit after its number: « 6 % » in French, “6%” but “6 km” in English."""
    said = unit.in_(language)
    return said if said == "%" and language == "en" else f"\u00a0{said}"


def _labels(question: Question, value: Value) -> list[Text]:
    """The words of the questionnaire for an answer: the chosen labels, the name of a step."""
    if question.type == "scale":
        return [label for step, label in question.labels if step == value]
    chosen = value if isinstance(value, tuple) else (value,)
    return [each.label for each in question.choices if each.id in chosen]


def in_a_row(labels: Sequence[str]) -> str:
    """Several answers as one: « Papier, verre, carton », set apart by semicolons where one has a comma of its own."""
    row, *others = labels or [""]
    commas = any("," in label for label in labels)
    for label in map(lowered, others):
        row = gettext("%(row)s ; %(next)s", row=row, next=label) if commas else f"{row}, {label}"
    return row


def lowered(text: str) -> str:
    """A label within a sentence: its first letter small, unless it is an acronym, a figure or the English « I »."""
    word = text.split(" ", 1)[0]
    small = (len(word) == 1 and word != "I") or text[1:2].islower() or (text[1:2] == "’" and word[:1] != "I")
    return text[:1].lower() + text[1:] if small else text


def said(text: Text, language: str) -> Markup:
    """A text of the questionnaire; marked with its language where it is not given in the one asked for."""
    return spoken(typeset(text.in_(language)), text.language_in(language))


def told(text: Text | None, language: str) -> Markup:
    """A text of the questionnaire in Markdown, marked likewise."""
    if text is None:
        return Markup()
    mark = spoken_in(text.language_in(language))
    html = render(text.in_(language))
    return Markup("<div{}>{}</div>").format(mark, html) if mark else html


def answer_said(question: Question, value: Value | None, language: str, *, within: bool = False) -> Markup:
    """An answer in words, marked with its language; `within` a sentence, it begins with a small letter."""
    text = answer_text(question, value, language)
    if within:
        text = lowered(text)
    if value is None or value in (NOT_APPLICABLE, UNKNOWN):
        return escape(text)
    if question.type == "text":
        return spoken(text)
    labels = _labels(question, value)
    return spoken(text, labels[0].language_in(language)) if labels else escape(text)


def when(moment: datetime, now: datetime) -> str:
    """When an answer was saved, as the mark of a card says it after « à »: the time today, else with its day."""
    if moment.astimezone(PARIS).date() == now.astimezone(PARIS).date():
        return show_clock(moment)
    return gettext("%(clock)s le %(day)s", clock=show_clock(moment), day=show_day(moment))
