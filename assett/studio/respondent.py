"""A draft answered as a respondent does, without anything being stored: the page holds the answers itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from assett.assessments import cards, forms, journey, restitution
from assett.assessments.models import Assessment
from assett.core.db import dump_json
from assett.engine.answers import Answers, dump_values, read_answer, read_profile, see
from assett.engine.compiled import Compiled
from assett.engine.document import Category, Question
from assett.engine.foremost import foremost
from assett.engine.path import Path, path
from assett.engine.receipt import receipt
from assett.engine.recommendation import recommend
from assett.engine.score import score
from assett.engine.values import Value
from assett.kernel.clock import today_in_paris
from assett.kernel.errors import InvalidAnswers, Rejected
from assett.resources.queries import Base

PROFILE, RESULT = "profile", "result"
Fields = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered so far; `refused` says what of the last page makes no answer, by question."""

    profile: Mapping[str, Value] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """The answers as the page's hidden field holds them."""
        return dump_json({"profile": dump_values(self.profile), "answers": dump_values(self.values)})


def reply_of(compiled: Compiled, fields: Fields) -> Reply:
    """The answers that a page sent: those of the pages before, and over them those of its own cards.

    What fits the draft no more (it may have changed meanwhile) is left out without a word.
    """
    kept = _kept(fields.get("state", ""))
    profile, _ = _read(compiled, PROFILE, kept.get("profile"))
    values, _ = _read(compiled, "", kept.get("answers"))
    step = fields.get("from", "")
    raw, refused = _typed(_asked(compiled, step), fields)
    told, wrong = _read(compiled, step, raw)
    for name in raw:
        (profile if step == PROFILE else values).pop(name, None)
    if step == PROFILE:
        profile |= told
    else:
        values |= told
    return Reply(profile, values, refused | wrong)


def _kept(state: str) -> dict[str, Any]:
    try:
        raw = json.loads(state, parse_float=Decimal)
    except (ValueError, RecursionError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _asked(compiled: Compiled, step: str) -> Iterable[Question]:
    if step == PROFILE:
        return compiled.document.profile
    category = category_of(compiled, step)
    return category.questions if category is not None else ()


def _typed(questions: Iterable[Question], fields: Fields) -> tuple[dict[str, Any], dict[str, str]]:
    raw: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for question in questions:
        try:
            raw[question.id] = forms.raw_answer(question, fields)
        except Rejected as rejected:
            refused[question.id] = str(rejected.message)
    return raw, refused


def _read(compiled: Compiled, step: str, raw: Any) -> tuple[dict[str, Value], dict[str, str]]:
    """The answers that hold, one by one, and what is wrong with the others."""
    values: dict[str, Value] = {}
    refused: dict[str, str] = {}
    for name, each in raw.items() if isinstance(raw, dict) else ():
        try:
            if step == PROFILE:
                values |= read_profile(compiled, {name: each})
            elif (value := read_answer(compiled, name, each)) is not None:
                values[name] = value
        except InvalidAnswers as invalid:
            refused[name] = cards.in_words(invalid.problems[0])
    return values, refused


def category_of(compiled: Compiled, step: str) -> Category | None:
    """The category of the step ``category/ID``."""
    return next((each for each in compiled.document.categories if f"category/{each.id}" == step), None)


@dataclass(frozen=True, slots=True)
class StepView:
    value: str
    title: Markup | str
    current: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the preview: where one is, the cards or the result, and where one goes on."""

    steps: list[StepView]
    step: str
    title: Markup | str
    intro: Markup
    cards: list[cards.Card]
    progress: journey.ProgressView
    live: dict[str, str] | None
    following: str
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What the result page draws (`assessments/_reading.html`); None of it where nothing is answered."""

    view: restitution.Restitution
    resources: list[restitution.ResourceView]


@dataclass(frozen=True, slots=True)
class Offer:
    """The resources there are, and the name of the territory."""

    base: Base
    territory: str


def sheet(
    compiled: Compiled, reply: Reply, wanted: str, language: str, now: datetime, offer: Offer, fields: Fields
) -> Sheet:
    """The page of a step; a step that is not to be seen gives the first one that is."""
    seen = see(compiled, reply.values, reply.profile)
    way = path(compiled, seen)
    names = _names(compiled, way)
    came = fields.get("from", "")
    # What makes no answer keeps its page open.
    step = came if reply.refused and came in names else wanted if wanted in names else names[0]
    here = names.index(step)
    category = category_of(compiled, step)
    provisional = score(compiled, seen, provisional=True)
    return Sheet(
        steps=[StepView(each, _title(compiled, each, language), each == step) for each in names],
        step=step,
        title=_title(compiled, step, language),
        intro=cards.told(category.intro, language) if category is not None else Markup(),
        cards=_cards(compiled, category, seen, reply, step, language, now, fields),
        progress=journey.progress(way, {}),
        live=journey.live_score(compiled, provisional, category, language) if category is not None else None,
        following=names[here + 1] if here + 1 < len(names) else "",
        result=_result(compiled, seen, way, language, now, offer) if step == RESULT else None,
    )


def _names(compiled: Compiled, way: Path) -> list[str]:
    profile = [PROFILE] if compiled.document.profile else []
    return [*profile, *(f"category/{each.category.id}" for each in way.categories if each.category), RESULT]


def _title(compiled: Compiled, step: str, language: str) -> Markup | str:
    if step == PROFILE:
        return gettext("Votre structure")
    category = category_of(compiled, step)
    return cards.said(category.title, language) if category is not None else gettext("Votre résultat")


def _cards(
    compiled: Compiled,
    category: Category | None,
    seen: Answers,
    reply: Reply,
    step: str,
    language: str,
    now: datetime,
    fields: Fields,
) -> list[cards.Card]:
    if step == PROFILE:
        return journey.profile_cards(compiled, seen, language, reply.refused, fields, typed=reply.refused)
    if category is None:
        return []
    return journey.category_cards(
        compiled, category, seen, {}, language, now, refused=reply.refused, fields=fields if reply.refused else None
    )


def _result(compiled: Compiled, seen: Answers, way: Path, language: str, now: datetime, offer: Offer) -> Result | None:
    scored = score(compiled, seen, provisional=not way.complete)
    if not any(each.answered for each in scored.categories):
        return None
    # Of nobody, and never stored: the words of a result ask for an assessment only to say where its pages are.
    nobody = Assessment(id=0)
    view = restitution.restitution(compiled, nobody, seen, scored, receipt(compiled, seen, scored), language)
    advised = recommend(compiled, seen, scored, offer.base.entries, today_in_paris())
    first = foremost(advised, scored, offer.base.own)
    resources = restitution.resource_views(
        compiled, scored, first, language, base=offer.base, territory=offer.territory
    )
    # A card of the preview leads where it leads, and is not counted as an actor's visit.
    resources = [replace(each, go="") for each in resources]
    without_links = [replace(each, url="") for each in view.categories]
    return Result(replace(view, categories=without_links), resources)
