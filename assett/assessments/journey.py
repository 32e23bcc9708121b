"""The way through an assessment as pages show it: steps, cards of a category, what a save changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from assett.assessments import cards, forms, service
from assett.assessments.cards import Card, ConflictView, SavedMark
from assett.assessments.models import Assessment, SavedAnswer
from assett.assessments.service import Saved, mark_of, standing
from assett.core.i18n import show_day, show_decimal, show_percent, show_share
from assett.engine.analysis.minutes import minutes_to_answer
from assett.engine.answers import Answers, read_profile, see
from assett.engine.compiled import Compiled
from assett.engine.document import Category, Level, Scale
from assett.engine.duration import minutes
from assett.engine.path import Path, Stretch, minutes_left, path
from assett.engine.score import CategoryScore, Result, rescale
from assett.engine.values import Value
from assett.kernel.errors import InvalidAnswers, Rejected

# Told on pages that anybody opens, and the same as long as the version is: worked out once.
_minutes = lru_cache(maxsize=16)(minutes_to_answer)


@dataclass(frozen=True, slots=True)
class Step:
    """A category (or the profile) in the stepper."""

    title: str
    url: str
    current: bool
    done: bool
    to_reread: bool
    answered: int
    total: int
    minutes: int


@dataclass(frozen=True, slots=True)
class ProgressView:
    percent: float
    text: str


def to_reread(way: Path, rows: Mapping[str, SavedAnswer]) -> list[Category]:
    """The categories that show an answer taken over from the assessment before, or to a question worded anew, neither
    changed nor confirmed yet."""
    return [
        _category(stretch)
        for stretch in way.categories
        if any(step.question.id in rows and rows[step.question.id].taken_over for step in stretch.steps)
    ]


def steps(
    way: Path, assessment: Assessment, rows: Mapping[str, SavedAnswer], language: str, current: str | None = None
) -> list[Step]:
    """Every step of the way: « Votre structure », then the visible categories."""
    profile = way.profile
    found = []
    if profile.steps:
        url = url_for("assessments.profile", id=assessment.id)
        took = minutes([profile.seconds_left])
        found.append(_step(gettext("Votre structure"), url, current == "", profile, took, done=profile.complete))
    unread = to_reread(way, rows)
    for stretch, left in zip(way.categories, way.minutes_each, strict=True):
        category = _category(stretch)
        url = url_for("assessments.category", id=assessment.id, category=category.id)
        title = cards.said(category.title, language)
        # A category without any required question is done once something in it is answered.
        done = stretch.complete and (bool(stretch.required) or any(s.value is not None for s in stretch.steps))
        found.append(_step(title, url, current == category.id, stretch, left, done=done, reread=category in unread))
    return found


def _step(
    title: str, url: str, current: bool, stretch: Stretch, left: int, *, done: bool, reread: bool = False
) -> Step:
    return Step(
        title,
        url,
        current,
        done and not reread,
        reread,
        stretch.answered,
        stretch.required,
        left,
    )


def _category(stretch: Stretch) -> Category:
    assert stretch.category is not None
    return stretch.category


def unread(way: Path, rows: Mapping[str, SavedAnswer]) -> int:
    """How many required questions show an answer taken over from the assessment before."""
    steps = (step for stretch in way.categories for step in stretch.steps if step.question.required)
    return sum(step.question.id in rows and rows[step.question.id].taken_over for step in steps)


def progress(way: Path, rows: Mapping[str, SavedAnswer]) -> ProgressView:
    """« 12 questions sur 34, encore 9 minutes »; what was taken over and nobody has reread yet is not done."""
    return _told(way.answered, way.required, way.minutes_left, unread(way, rows))


def _told(answered: int, required: int, minutes_left: int, left_to_read: int) -> ProgressView:
    done, complete = answered - left_to_read, answered == required
    if complete and not left_to_read:
        return ProgressView(100.0, gettext("Toutes les questions ont leur réponse"))
    said = [ngettext("%(num)s question sur %(total)s", "%(num)s questions sur %(total)s", done, total=required)]
    if left_to_read:
        said.append(
            ngettext(
                "%(num)s réponse reprise, à relire",
                "%(num)s réponses reprises, à relire",
                left_to_read,
            )
        )
    if not complete:
        said.append(ngettext("encore %(num)s minute", "encore %(num)s minutes", minutes_left))
    return ProgressView(round(100 * done / required, 1) if required else 100.0, ", ".join(said))


def category_cards(
    compiled: Compiled,
    category: Category,
    seen: Answers,
    rows: Mapping[str, SavedAnswer],
    language: str,
    now: datetime,
    *,
    me: int | None = None,
    taken_from: datetime | None = None,
    refused: Mapping[str, str] | None = None,
    conflicts: Mapping[str, SavedAnswer] | None = None,
    fields: MultiDict[str, str] | None = None,
) -> list[Card]:
    """The cards of a category, hidden ones included (they appear as answers make them visible).

    `taken_from` is the day of the assessment whose answers this one was begun with. After a refused form, `refused`
    holds the messages, `conflicts` the colleagues' answers, and `fields` what was typed, which stays.
    """
    drawn = []
    visible = [q for q in category.questions if q.id not in seen.hidden and q.type != "info"]
    places = {question.id: place for place, question in enumerate(visible, 1)}
    for question in category.questions:
        again = fields is not None and (question.id in (refused or {}) or question.id in (conflicts or {}))
        typed = None
        if again and fields is not None:
            typed = fields.getlist(f"answers.{question.id}") + fields.getlist(f"special.{question.id}")
        row = rows.get(question.id)
        one = cards.card(question, seen.values.get(question.id), language, typed=typed)
        one.revision = mark_of(row)
        one.hidden = question.id in seen.hidden
        one.error = (refused or {}).get(question.id)
        if question.type != "info":
            # Numbered once an answer makes it visible (see `autosave.js`).
            one.number_of = ""
        if question.id in places:
            one.number_of = gettext("%(place)s sur %(total)s", place=places[question.id], total=len(visible))
        if row is not None and row.value["v"] is not None:
            one.saved = _saved_mark(row, now, me, taken_from)
        if question.id in (conflicts or {}) and row is not None:
            one.conflict = conflict(compiled, row, language, now, me=me)
            # What is said of an answer follows the one that is shown, which nobody has kept yet.
            one.feedback_html = Markup()
        drawn.append(one)
    return drawn


def _saved_mark(row: SavedAnswer, now: datetime, me: int | None, taken_from: datetime | None) -> SavedMark:
    if row.reworded:
        return SavedMark("", reworded=True)
    if row.taken_over and taken_from is not None:
        return SavedMark("", from_day=show_day(taken_from))
    return SavedMark(cards.when(row.answered_at, now), row.author if row.author_id != me else None)


def conflict(compiled: Compiled, theirs: SavedAnswer, language: str, now: datetime, *, me: int | None) -> ConflictView:
    """The answer that was given meanwhile: by a colleague, or by oneself in another tab (a try-out has nobody else)."""
    question = compiled.question(theirs.question)
    raw = theirs.value["v"]
    value = tuple(raw) if isinstance(raw, list) else raw
    author = theirs.author or gettext("Une autre personne")
    return ConflictView(
        author=gettext("Vous, dans un autre onglet") if theirs.author_id == me else author,
        at=cards.when(theirs.answered_at, now),
        their_text=cards.answer_text(question, value, language),
        their_value=raw,
        feedback=str(cards.feedback(question, value, language)),
    )


def saved_payload(
    compiled: Compiled,
    category: Category,
    saved: Saved,
    rows: Mapping[str, SavedAnswer],
    language: str,
    now: datetime,
) -> dict[str, Any]:
    """What the page needs to know once an answer is saved (≤ 1 kB)."""
    seen, answer = saved.seen, saved.answer
    reread = service.unread(compiled, seen, service.taken_over(rows))
    view = _told(saved.result.answered, saved.result.required, minutes_left(compiled, seen), reread)
    question = compiled.question(answer.question) if answer is not None else None
    return {
        "revision": mark_of(answer),
        "at": cards.when(answer.answered_at, now) if answer is not None else "",
        "hidden": [q.id for q in category.questions if q.id in seen.hidden],
        "progress": {"percent": view.percent, "text": view.text},
        "category": live_score(compiled, saved.result, category, language),
        "feedback": str(cards.feedback(question, seen.visible.get(question.id), language)) if question else "",
    }


def live_score(compiled: Compiled, result: Result, category: Category, language: str) -> dict[str, str] | None:
    """The provisional score of a category: « 2,5 sur 5 », « Avancé »; None while nothing is answered."""
    score = result.category(category.id)
    if score is None or score.ratio is None or not score.answered:
        return None
    return {
        "score_text": score_text(score, result),
        "level_label": level_label(compiled, category, score.level, language),
    }


def score_text(score: CategoryScore, result: Result) -> str:
    return shown_score(score.score, result.scale)


def shown_score(score: Decimal | None, scale: Scale) -> str:
    """« 2,5 sur 5 »."""
    if score is None:
        return "–"
    top = show_decimal(scale.max, 0 if scale.max.denominator == 1 else scale.decimals)
    return gettext("%(score)s sur %(max)s", score=show_decimal(score, scale.decimals), max=top)


def level_label(compiled: Compiled, category: Category | None, level: str | None, language: str) -> str:
    """The name of a level of a category's grid, or of the questionnaire's."""
    return next((each.label.in_(language) for each in compiled.document.grid(category) if each.id == level), "")


@dataclass(frozen=True, slots=True)
class Outline:
    """What a questionnaire asks, before it is begun."""

    title: Markup
    categories: list[Markup]
    duration: str


def outline(compiled: Compiled, language: str) -> Outline:
    """Categories, and the minutes of those who are asked the least and the most, as the studio says them."""
    document = compiled.document
    least, most = _minutes(compiled).told
    duration = ngettext("%(num)s minute environ", "%(num)s minutes environ", least)
    if most > least:
        duration = gettext("de %(least)s à %(most)s minutes selon votre activité", least=least, most=most)
    return Outline(
        title=cards.said(document.title, language),
        categories=[cards.said(each.title, language) for each in document.asked],
        duration=duration,
    )


@dataclass(frozen=True, slots=True)
class LevelLine:
    """A level: from which share of the points, and which score, it starts."""

    label: Markup
    share: str
    score: str


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A category: what it asks, its part in the whole, its own levels where it has some."""

    title: Markup
    intro: Markup
    questions: list[Markup]
    share: str
    levels: list[LevelLine]


@dataclass(frozen=True, slots=True)
class Grid:
    """How a questionnaire makes a score: its scale, its levels, its categories."""

    most: str
    levels: list[LevelLine]
    categories: list[CategoryLine]
    equal: bool
    # Whether the shares are rounded: they may not sum to 100 % then.
    rounded: bool

    @property
    def own_levels(self) -> list[tuple[list[Markup], list[LevelLine]]]:
        """The levels that are not those of the whole, with the categories that have them."""
        found: list[tuple[list[Markup], list[LevelLine]]] = []
        for category in self.categories:
            if category.levels in ([], self.levels):
                continue
            same = next((titles for titles, levels in found if levels == category.levels), None)
            if same is None:
                found.append(([category.title], category.levels))
            else:
                same.append(category.title)
        return found


def grid(compiled: Compiled, language: str) -> Grid:
    document = compiled.document
    scale, weights = document.scale, sum((each.weight for each in document.asked), Fraction(0))

    def lines(levels: Sequence[Level]) -> list[LevelLine]:
        return [
            LevelLine(
                cards.said(each.label, language),
                show_share(each.from_),
                shown_score(rescale(each.from_, scale), scale),
            )
            for each in levels
        ]

    return Grid(
        most=show_decimal(scale.max, 0 if scale.max.denominator == 1 else scale.decimals),
        levels=lines(document.levels),
        categories=[
            CategoryLine(
                title=cards.said(each.title, language),
                intro=cards.told(each.intro, language),
                questions=[cards.said(asked.title, language) for asked in each.questions if asked.type != "info"],
                share=show_percent(each.weight / weights),
                levels=lines(each.levels),
            )
            for each in document.asked
        ],
        equal=len({each.weight for each in document.asked}) == 1,
        rounded=any((100 * each.weight / weights).denominator > 1 for each in document.asked),
    )


def profile_cards(
    compiled: Compiled,
    seen: Answers,
    language: str,
    errors: Mapping[str, str],
    fields: MultiDict[str, str],
    *,
    typed: Collection[str],
    conflicts: Collection[str] = (),
    late: Collection[str] = (),
) -> list[Card]:
    """The profile as cards; an entry hidden by another stays hidden until the answers call for it.

    The `typed` ones are shown as `fields` hold them, all others as they stand. Of a `late` one, which was not on the
    page before, nobody can have forgotten the answer: it is asked, not refused.
    """
    drawn = []
    shown = {name: value for name, value in seen.profile.items() if name not in typed}
    shown |= _readable_facts(compiled, fields, typed)
    hidden = see(compiled, {}, shown).hidden_entries
    for entry in compiled.document.profile:
        stands = seen.profile.get(entry.id)
        again = fields.getlist(f"answers.{entry.id}") + fields.getlist(f"special.{entry.id}")
        one = cards.card(entry, stands, language, typed=again if entry.id in typed else None)
        one.revision = service.mark_of_fact(stands)
        one.hidden = entry.id in hidden and entry.id not in errors and entry.id not in conflicts
        one.error = errors.get(entry.id) if entry.id not in late else None
        if entry.id in conflicts:
            # Of a fact, nobody knows who told it, nor when.
            said = cards.answer_text(entry, stands, language)
            one.conflict = ConflictView("", gettext("Maintenant"), said, None, "")
        drawn.append(one)
    return drawn


def stays_as_it_is(drawn: Sequence[Card], fields: MultiDict[str, str]) -> bool:
    """Whether the cards of the page that was sent are those that would be drawn, with no conflict, new or settled."""
    shown = [card for card in drawn if not card.hidden]
    settled = any(f"conflict.{card.id}" in fields or card.conflict for card in shown)
    return not settled and {card.id for card in shown} == {card.id for card in drawn if f"revision.{card.id}" in fields}


def _readable_facts(compiled: Compiled, fields: MultiDict[str, str], typed: Collection[str]) -> dict[str, Value]:
    """The typed facts, kept or not; what cannot be read hides nothing."""
    told: dict[str, Value] = {}
    for entry in compiled.document.profile:
        if entry.id in typed:
            with suppress(Rejected, InvalidAnswers):
                told |= read_profile(compiled, {entry.id: forms.raw_answer(entry, fields)})
    return told


def resume_url(
    way: Path, assessment: Assessment, rows: Mapping[str, SavedAnswer], *, after_profile: bool = False
) -> str:
    """Where to go on: the profile, the first category that misses an answer or is yet to be reread, or the last
    look."""
    if not way.profile.complete and not after_profile:
        return url_for("assessments.profile", id=assessment.id)
    unread = to_reread(way, rows)
    for stretch in way.categories:
        if not stretch.complete or stretch.category in unread:
            return url_for("assessments.category", id=assessment.id, category=_category(stretch).id)
    return url_for("assessments.complete", id=assessment.id)


def after_category(
    compiled: Compiled, assessment: Assessment, section: Category, rows: Mapping[str, SavedAnswer]
) -> str:
    """After a category: the next one, or the last look."""
    following_id = _next(path(compiled, standing(compiled, assessment, rows)), section)
    if following_id is None:
        return url_for("assessments.complete", id=assessment.id)
    return url_for("assessments.category", id=assessment.id, category=following_id)


def brought(section: Category, before: Answers, after: Answers, language: str) -> Markup | None:
    """What is said of the questions of a category that the answers just sent call for: without JavaScript, nobody has
    seen them yet. None where there are none."""
    called = [each for each in section.questions if each.id in before.hidden - after.hidden and each.type != "info"]
    unseen = [each for each in called if each.id not in after.values]
    if not unseen:
        return None
    said = ngettext(
        "Vos réponses amènent une question de plus :", "Vos réponses amènent %(num)s questions de plus :", len(unseen)
    )
    links = (Markup('<a href="#q-{}">{}</a>').format(each.id, cards.said(each.title, language)) for each in unseen)
    return Markup("{} {}").format(said, Markup(" · ").join(links))


def following(compiled: Compiled, seen: Answers, section: Category, language: str) -> Markup | None:
    """The title of the next category, for the button; None after the last."""
    next_id = _next(path(compiled, seen), section)
    return next((cards.said(each.title, language) for each in compiled.document.categories if each.id == next_id), None)


def _next(way: Path, section: Category) -> str | None:
    ids = [_category(stretch).id for stretch in way.categories]
    place = ids.index(section.id) if section.id in ids else -1
    return ids[place + 1] if place + 1 < len(ids) else None


def category_links(categories: Sequence[Category], assessment: Assessment, language: str) -> list[tuple[Markup, str]]:
    """Categories by title, each with the link that leads to it."""
    return [
        (cards.said(each.title, language), url_for("assessments.category", id=assessment.id, category=each.id))
        for each in categories
    ]


def question_links(
    compiled: Compiled, assessment: Assessment, names: Sequence[str], language: str
) -> list[tuple[Markup, str]]:
    """Questions by title, each with the link that leads to it."""
    return [
        (
            cards.said(compiled.question(name).title, language),
            url_for(
                "assessments.category", id=assessment.id, category=compiled.category_of(name).id, _anchor=f"q-{name}"
            ),
        )
        for name in names
    ]
