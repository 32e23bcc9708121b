"""The result as a person reads it: sentences first, then gauges, resources with their reasons, and the receipt."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from itertools import chain, zip_longest
from typing import Any, TypedDict

from flask import render_template, url_for
from flask_babel import gettext
from markupsafe import Markup, escape

from assett.assessments import cards, history, journey
from assett.assessments.advice import advice
from assett.assessments.models import Assessment, SavedAnswer
from assett.assessments.service import standing
from assett.core.db import dump_json
from assett.core.i18n import filled, show_decimal, show_percent
from assett.core.memory import Memory, Same
from assett.engine.answers import Answers
from assett.engine.compiled import Compiled
from assett.engine.document import Category, Level, Resource, Scale
from assett.engine.evolution import Evolution
from assett.engine.foremost import arranged, foremost, is_near
from assett.engine.path import Path, path
from assett.engine.receipt import CategoryReceipt, Receipt, ReceiptLine
from assett.engine.receipt import receipt as receipt_of
from assett.engine.recommendation import Recommendation, recommend
from assett.engine.score import Result, rescale
from assett.engine.score import score as score_of
from assett.engine.wording import strong_and_weak
from assett.kernel.text import N_
from assett.questionnaires.words import RESOURCE_TYPE_NAMES
from assett.resources.queries import Base, Contact


@dataclass(frozen=True, slots=True)
class LevelView:
    label: str
    start: Fraction


@dataclass(frozen=True, slots=True)
class ScoreView:
    """The overall score; `moved` tells in sentences what moved it since an assessment on another grid."""

    score_text: str
    ratio: Fraction | None
    levels: list[LevelView]
    level_index: int | None
    level_label: str
    lang: str
    message_html: Markup
    caps: list[Markup]
    delta_text: str | None = None
    moved: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PointView:
    """A strong or a weak point: the question, the answer given and, for a weak one, the word that goes with it."""

    question: Markup
    answer: Markup
    feedback_html: Markup = field(default_factory=Markup)


@dataclass(frozen=True, slots=True)
class CategoryView:
    """A category's card, and its corner of the radar."""

    id: str
    title: str
    score_text: str | None
    ratio: Fraction | None
    levels: list[LevelView]
    level_index: int | None
    level_label: str
    lang: str
    message_html: Markup
    strong: list[PointView]
    weak: list[PointView]
    url: str
    caps: list[Markup]
    unscored_text: str | None = None
    delta_text: str | None = None
    previous_ratio: Fraction | None = None

    @property
    def label(self) -> str:
        return self.title


@dataclass(frozen=True, slots=True)
class ResourceView:
    id: str
    title: Markup
    summary_html: Markup
    provider: Markup
    type: str
    type_label: str
    url: str
    # The address that counts and leads there; a mail's own.
    go: str
    why: list[Markup]
    category: str | None
    territory: str | None = None
    contact: Contact | None = None
    priority_label: str | None = None


@dataclass(frozen=True, slots=True)
class Restitution:
    """A whole result page."""

    overall: ScoreView
    categories: list[CategoryView]
    unclear: list[tuple[Markup, str]]
    resources: list[ResourceView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Given:
    """An assessment with what was answered in it, and the questionnaire that it answers; of the one before, the
    versions `between` that one and the one of the assessment that is read."""

    assessment: Assessment
    compiled: Compiled
    rows: Mapping[str, SavedAnswer]
    between: tuple[Compiled, ...] = ()

    @property
    def key(self) -> tuple[Any, ...]:
        answers = [self.assessment.profile, [[name, row.value] for name, row in self.rows.items()]]
        return self.assessment.id, self.assessment.completed, Same(self.compiled), dump_json(answers)


@dataclass(frozen=True, slots=True)
class Offer:
    """The resources there are on a day, in a territory."""

    base: Base
    territory: str
    today: date


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a result says; `drawn` is its part of the page, at the address `here`, in pieces: a text, then in turn
    a resource's id, what a member who said nothing of it yet is asked at its foot, and the text that follows."""

    way: Path
    nothing: bool
    # How many answers are still those of the assessment before, which nobody has reread.
    unread: int
    drawn: tuple[str, ...] = ("",)
    here: str = ""
    resources: tuple[ResourceView, ...] = ()

    def drawn_with(
        self, opinions: Container[str] | None, foot: Callable[[ResourceView], Markup], token: Callable[[], str]
    ) -> Markup:
        """The same for its reader, whose `opinions` are known: the `foot` of a resource that they told one of is drawn
        anew, and the others get the `token` of their forms. Who is not asked (None) sees none of them."""
        texts, ids, asked = self.drawn[::3], self.drawn[1::3], self.drawn[2::3]
        if opinions is None:
            return Markup("".join(texts))  # noqa: S704 (a template of ours)
        known = {each.id: each for each in self.resources}
        feet = (foot(known[id]) if id in opinions else ask for id, ask in zip(ids, asked, strict=True))
        drawn = "".join(chain.from_iterable(zip_longest(texts, feet, fillvalue="")))
        return Markup(drawn.replace(_TOKEN, escape(token())))  # noqa: S704 (templates of ours)


# As `_reading.html` writes them; no text of a person keeps a comment.
_FOOT = re.compile(r"<!--foot:([a-z0-9_-]+)-->(.*?)<!--/foot-->", re.DOTALL)
_TOKEN = Markup("<!--token-->")
_readings: Memory[tuple[Any, ...], Reading] = Memory(128)


def read(
    given: Given, before: Given | None, offer: Offer, language: str, *, everything: bool, can_answer: bool
) -> Reading:
    """The result as it is read in that language, since the one before, with all its resources or the foremost.

    What was completed is worked out and drawn once for the same answers, resources, day and addresses; its reader
    `can_answer` no more.
    """

    def work_out() -> Reading:
        return _read(given, before, offer, language, here, everything=everything, can_answer=can_answer)

    here = url_for("assessments.result", id=given.assessment.id, ressources="toutes" if everything else None)
    if not given.assessment.completed:
        return work_out()
    offered = (Same(offer.base.entries), offer.base.own, offer.territory, offer.today)
    return _readings.recall((given.key, before.key if before else None, offered, language, here), work_out)


def _read(
    given: Given, before: Given | None, offer: Offer, language: str, here: str, *, everything: bool, can_answer: bool
) -> Reading:
    assessment, compiled = given.assessment, given.compiled
    seen = standing(compiled, assessment, given.rows)
    way = path(compiled, seen)
    unread = journey.unread(way, given.rows)
    scored = score_of(compiled, seen, provisional=not assessment.completed and not way.complete)
    moved, former = None, None
    # A score over a part of the questions is no progress on one over all of them.
    if scored.provisional:
        before = None
    if before is not None:
        earlier = standing(before.compiled, before.assessment, before.rows)
        moved = history.since(before.compiled, earlier, compiled, seen, scored, before.between)
        if before.assessment.version.content_hash != assessment.version.content_hash:
            former = before.compiled.document.scale
    if not any(each.answered for each in scored.categories):
        return Reading(way, nothing=True, unread=unread)
    account = receipt_of(compiled, seen, scored)
    advised = recommend(compiled, seen, scored, offer.base.entries, offer.today)
    chosen = (arranged if everything else foremost)(advised, scored, offer.base.own)
    resources = resource_views(compiled, scored, chosen, language, base=offer.base, territory=offer.territory)
    drawn = render_template(
        "assessments/_reading.html",
        assessment=assessment,
        view=restitution(compiled, assessment, seen, scored, account, language, moved=moved, former=former),
        before=before.assessment if before is not None else None,
        provisional=not assessment.completed,
        can_answer=can_answer,
        resources=resources,
        resource_count=len(advised),
        everything=everything,
        local=any(is_near(each, offer.base.own) for each in chosen),
        here=here,
        token=_TOKEN,
    )
    return Reading(way, False, unread, tuple(_FOOT.split(drawn)), here, tuple(resources))


def restitution(
    compiled: Compiled,
    assessment: Assessment,
    answers: Answers,
    result: Result,
    account: Receipt,
    language: str,
    *,
    moved: Evolution | None = None,
    former: Scale | None = None,
) -> Restitution:
    """The result in words; with `moved`, also what moved since an earlier one (`former`: the scale of its scores, where
    it was on another grid)."""
    points = {each.category: each for each in strong_and_weak(account)}
    since = {each.category: each for each in moved.categories} if moved else {}
    by_id = {each.id: each for each in compiled.document.categories}
    views = []
    for score, receipt in zip(
        result.categories, (each for each in account.categories if each.score is not None), strict=True
    ):
        category = by_id[score.id]
        if not category.questions:
            continue
        own = points.get(score.id)
        share = since.get(score.id)
        views.append(
            CategoryView(
                id=score.id,
                title=category.title.in_(language),
                score_text=journey.score_text(score, result) if score.ratio is not None else None,
                ratio=score.ratio,
                **_level(compiled, category, score.level, language),
                strong=[_point(each.line, language) for each in own.strong] if own else [],
                weak=[_weak(each.line, language) for each in own.weak if each.line.status != "unknown"] if own else [],
                url=url_for("assessments.receipt", id=assessment.id, _anchor=f"detail-{score.id}"),
                caps=_caps(receipt, language),
                unscored_text=_unscored(receipt),
                delta_text=history.delta_text(share, result.scale),
                previous_ratio=share.before if share else None,
            )
        )
    overall = ScoreView(
        score_text=journey.shown_score(result.overall.score, result.scale),
        ratio=result.overall.ratio,
        **_level(compiled, None, result.overall.level, language),
        caps=[cards.said(each.cap.reason, language) for each in account.caps if each.cap.reason],
        # What was told apart is said in the sentences.
        delta_text=history.delta_text(moved.overall, result.scale, apart=False) if moved else None,
        moved=history.told(moved, result.scale, former) if moved and former else [],
    )
    unclear = [
        (
            cards.said(compiled.question(name).title, language),
            url_for(
                "assessments.category",
                id=assessment.id,
                category=compiled.category_of(name).id,
                _anchor=f"q-{name}",
            ),
        )
        for name in result.unclear
    ]
    return Restitution(overall, views, unclear)


class _LevelFields(TypedDict):
    levels: list[LevelView]
    level_index: int | None
    level_label: str
    lang: str
    message_html: Markup


def _level(compiled: Compiled, category: Category | None, level_id: str | None, language: str) -> _LevelFields:
    grid = compiled.document.grid(category)
    index = next((place for place, each in enumerate(grid) if each.id == level_id), None)
    level: Level | None = grid[index] if index is not None else None
    return {
        "levels": [LevelView(cards.said(each.label, language), each.from_) for each in grid],
        "level_index": index,
        "level_label": level.label.in_(language) if level else "",
        "lang": compiled.document.language_in(language),
        "message_html": cards.told(level.message, language) if level else Markup(),
    }


def _point(line: ReceiptLine, language: str) -> PointView:
    answer = cards.answer_said(line.question, line.value, language)
    return PointView(cards.said(line.question.title, language), answer)


def _weak(line: ReceiptLine, language: str) -> PointView:
    """A weak point with its next step."""
    return replace(_point(line, language), feedback_html=advice(line, language))


def _caps(receipt: CategoryReceipt, language: str) -> list[Markup]:
    return [cards.said(each.cap.reason, language) for each in receipt.caps if each.cap.reason]


def _unscored(receipt: CategoryReceipt) -> str | None:
    if receipt.without_score == "too_many_not_applicable":
        return gettext(
            "Trop de questions « non concerné » pour donner un score : cette catégorie ne compte pas dans le total."
        )
    if receipt.without_score == "nothing_counted":
        became = {line.status for line in receipt.lines}
        if "not_applicable" in became and "left_out" not in became:
            return gettext("Vous êtes « non concerné » partout ici : cette catégorie ne compte pas dans le total.")
        return gettext("Rien n’a encore été compté ici : cette catégorie n’entre pas dans le total.")
    return None


def resource_views(
    compiled: Compiled,
    result: Result,
    recommendations: Sequence[Recommendation],
    language: str,
    *,
    base: Base,
    territory: str,
) -> list[ResourceView]:
    """The recommended resources, each with why this person sees it and who answers for it on the territory."""
    return [
        ResourceView(
            id=each.resource.id,
            title=cards.said(each.resource.title, language),
            summary_html=cards.told(each.resource.summary, language),
            provider=_provider(each.resource, base.contacts.get(each.resource.id), language),
            type=each.resource.type,
            type_label=gettext(RESOURCE_TYPE_NAMES[each.resource.type]),
            url=each.resource.url,
            go=_way(each.resource),
            why=_why(compiled, result, each, language),
            category=each.category,
            territory=territory if each.resource.id in base.own else None,
            contact=base.contacts.get(each.resource.id),
        )
        for each in recommendations
    ]


def _provider(resource: Resource, contact: Contact | None, language: str) -> Markup:
    """Who proposes it, where its contact does not say so already."""
    if resource.provider is None or (contact is not None and contact.partner in resource.provider.values()):
        return Markup()
    return cards.said(resource.provider, language)


def _way(resource: Resource) -> str:
    if resource.url.startswith("mailto:"):
        return resource.url
    return url_for("resources.go", slug=resource.id)


def _why(compiled: Compiled, result: Result, recommendation: Recommendation, language: str) -> list[Markup]:
    """At most two reasons in words: those of the category it stands for first, and an answer says more than a level."""
    sentences = []
    for reason in sorted(
        recommendation.reasons,
        key=lambda each: (each.category != recommendation.category, each.question is None, -each.gain),
    ):
        if reason.question is not None:
            question = compiled.question(reason.question)
            sentences.append(
                filled(
                    gettext("À « %(question)s », vous avez répondu : %(answer)s."),
                    question=cards.said(question.title, language),
                    answer=cards.answer_said(question, reason.value, language, within=True),
                )
            )
        elif (score := result.category(reason.category or "")) is not None:
            category = next(each for each in compiled.document.categories if each.id == reason.category)
            level = next(each for each in compiled.document.grid(category) if each.id == reason.level)
            sentences.append(
                filled(
                    gettext("%(category)s : niveau « %(level)s », %(score)s."),
                    category=cards.said(category.title, language),
                    level=cards.said(level.label, language),
                    score=journey.score_text(score, result),
                )
            )
    return sentences[:2] or [escape(gettext("Utile à toutes les structures."))]


@dataclass(frozen=True, slots=True)
class LineView:
    question: Markup
    url: str | None
    answer: Markup
    points: str
    weight: str
    share: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    question: Markup
    reason: str


@dataclass(frozen=True, slots=True)
class Subtotal:
    points: str
    score_text: str
    level_label: Markup


@dataclass(frozen=True, slots=True)
class CapView:
    text: Markup


@dataclass(frozen=True, slots=True)
class ReceiptView:
    id: str
    title: Markup
    share: str | None
    lines: list[LineView]
    subtotal: Subtotal
    caps: list[CapView]
    left_out: list[LeftOut]
    unscored_text: str | None


LEFT_OUT = {
    "not_applicable": N_("non concerné"),
    "hidden": N_("ne s’adresse pas à votre structure"),
    "unscored": N_("ne compte pas dans le score"),
    "left_out": N_("pas encore de réponse"),
}


def receipt_views(compiled: Compiled, result: Result, account: Receipt, language: str) -> list[ReceiptView]:
    """The receipt, category by category, as `ui/receipt.html` draws it; hidden categories are left out."""
    views = []
    for receipt in account.categories:
        score = receipt.score
        if score is None or not receipt.category.questions:
            continue
        level = next((each for each in compiled.document.grid(receipt.category) if each.id == score.level), None)
        caps = []
        for each in receipt.caps:
            top = show_decimal(rescale(each.cap.max, result.scale), result.scale.decimals)
            reason = cards.said(each.cap.reason, language) if each.cap.reason else Markup()
            caps.append(CapView(filled(gettext("Score limité à %(top)s. %(reason)s"), top=top, reason=reason).strip()))
        views.append(
            ReceiptView(
                id=receipt.category.id,
                title=cards.said(receipt.category.title, language),
                share=show_percent(receipt.share) if receipt.share is not None else None,
                lines=[_line(receipt, line, language) for line in receipt.lines if line.in_sum],
                subtotal=Subtotal(
                    points=_points(score.points, score.max_points),
                    score_text=journey.score_text(score, result),
                    level_label=cards.said(level.label, language) if level else Markup(),
                ),
                caps=caps,
                left_out=[
                    LeftOut(cards.said(line.question.title, language), gettext(LEFT_OUT[line.status]))
                    for line in receipt.lines
                    if not line.in_sum and line.question.type != "info"
                ],
                unscored_text=_unscored(receipt),
            )
        )
    return views


def _line(receipt: CategoryReceipt, line: ReceiptLine, language: str) -> LineView:
    note = None
    if line.status == "unknown":
        note = gettext("à éclaircir")
    elif line.status == "unanswered":
        note = gettext("compte sans point")
    share = receipt.share_of(line)
    return LineView(
        question=cards.said(line.question.title, language),
        url=None,
        answer=cards.answer_said(line.question, line.value, language),
        points=_points(line.points, line.max_points),
        weight=f"× {_exact(line.weight)}",
        share=show_percent(share) if share is not None else "–",
        note=note,
    )


def _points(earned: Fraction, best: Fraction) -> str:
    """« 1,5 / 2 »."""
    return f"{_exact(earned)}\u00a0/\u00a0{_exact(best)}"


def _exact(value: Fraction) -> str:
    """A fraction with at most two decimals, none where it is whole."""
    return show_decimal(value, 0 if value.denominator == 1 else 1 if (value * 10).denominator == 1 else 2)
