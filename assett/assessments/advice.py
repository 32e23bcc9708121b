"""The next step that a weak point names: what the questionnaire says of the answer, or what would earn more."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flask_babel import gettext
from markupsafe import Markup, escape

from assett.assessments import cards
from assett.core.i18n import filled, spoken
from assett.engine.bettering import Choose, Climb, Opposite, Reach, Span, Step, Tick, Untick, next_step
from assett.engine.document import Choice, Question
from assett.engine.receipt import ReceiptLine
from assett.engine.values import plain

MOST_CHOICES = 3


def advice(line: ReceiptLine, language: str) -> Markup:
    """A weak point never stands as a bare answer."""
    question, value = line.question, line.value
    if value is None:
        return escape(gettext("Sans réponse, cette question compte sans point."))
    told = cards.feedback(question, value, language)
    step = next_step(question, value, line.points)
    # What is said of the choices that were ticked goes with them; the next step is among those that were not.
    if told and not (isinstance(step, Tick) and line.points > 0):
        return told
    if step is None:
        return escape(gettext("Aucune autre réponse ne rapporterait plus de points."))
    return _said(step, question, language)


def _said(step: Step, question: Question, language: str) -> Markup:
    match step:
        case Choose(choices, whole):
            best = _either(choices[:MOST_CHOICES], language)
            if whole:
                return filled(gettext("Le plein de points : %(choices)s."), choices=best)
            return filled(gettext("Le plus de points : %(choices)s."), choices=best)
        case Tick(choices):
            return filled(gettext("Autres pistes : %(choices)s."), choices=_row(choices, language))
        case Untick(choices):
            return filled(gettext("Ce qui coûte des points : %(choices)s."), choices=_row(choices, language))
        case Opposite(answer):
            other = gettext("« %(answer)s »", answer=gettext("Oui") if answer else gettext("Non"))
            return escape(gettext("Le plein de points : %(choices)s.", choices=other))
        case Climb(top):
            name = next((label for step, label in question.labels if step == top), None)
            if name is None:
                return escape(gettext("Chaque cran compte, jusqu’à %(top)s.", top=top))
            label = spoken(cards.lowered(name.in_(language)), name.language_in(language))
            return filled(gettext("Chaque cran compte, jusqu’à %(top)s : « %(label)s »."), top=top, label=label)
        case Reach():
            return escape(_reached(step, question, language))


def _reached(step: Reach, question: Question, language: str) -> str:
    most = span_text(step.most, question, language)
    if step.better is not None:
        better = span_text(step.better, question, language)
        if step.whole:
            return gettext("Plus de points : %(better)s ; le plein : %(most)s.", better=better, most=most)
        return gettext("Plus de points : %(better)s ; le plus : %(most)s.", better=better, most=most)
    if step.every_step and step.whole:
        return gettext("Chaque pas compte ; le plein de points : %(most)s.", most=most)
    if step.every_step:
        return gettext("Chaque pas compte ; le plus de points : %(most)s.", most=most)
    if step.whole:
        return gettext("Le plein de points : %(most)s.", most=most)
    return gettext("Le plus de points : %(most)s.", most=most)


def span_text(span: Span, question: Question, language: str) -> str:
    """« de 17 à moins de 19,5 °C », « à partir de 6 ans »."""
    low, high = (_number(end, question, language) for end in (span.low, span.high))
    if span.low is None:
        if span.with_high:
            return gettext("%(high)s ou moins", high=high)
        return gettext("en dessous de %(high)s", high=high)
    if span.high is None:
        if span.with_low:
            return gettext("à partir de %(low)s", low=low)
        return gettext("au-dessus de %(low)s", low=low)
    if span.low == span.high:
        return low
    return gettext("de %(low)s à moins de %(high)s", low=cards.show_plain(span.low), high=high)


def _number(end: Fraction | None, question: Question, language: str) -> str:
    if end is None:
        return ""
    return cards.answer_text(question, plain(end), language)


def _either(choices: Sequence[Choice], language: str) -> Markup:
    """« Chaque mois » ou « Chaque semaine »."""
    quoted = [gettext("« %(answer)s »", answer=each.label.in_(language)) for each in choices]
    return spoken(gettext(" ou ").join(quoted), choices[0].label.language_in(language))


def _row(choices: Sequence[Choice], language: str) -> Markup:
    """Some of them in a row; each in its quotation marks where one has a colon of its own."""
    labels = [each.label.in_(language) for each in choices[:MOST_CHOICES]]
    if any(":" in label for label in labels):
        row = ", ".join(gettext("« %(answer)s »", answer=label) for label in labels)
    else:
        row = cards.lowered(cards.in_a_row(labels))
    return spoken(row, choices[0].label.language_in(language))
