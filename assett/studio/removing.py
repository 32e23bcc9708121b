"""Removing a piece, an answer of a question, levels that the common grid has not, or a language: asked about first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flask import abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assett.core.db import db
from assett.core.i18n import LANGUAGE_NAMES
from assett.core.web import wants_json
from assett.engine.drafting.grid import lost_levels
from assett.engine.drafting.mentions import Mention, mentions_of, mentions_of_choice
from assett.engine.drafting.operations import removed, replaced
from assett.engine.drafting.pieces import Address, Parts, Tree, take_apart
from assett.spaces.policy import EDIT
from assett.studio import astray, cards, forms, saying, texts, translations
from assett.studio.models import Draft
from assett.studio.pages import blueprint, open_draft, place_of

# The button that takes an answer away.
_REMOVES = re.compile(r"choices\.(\d{1,6}):remove")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """What names something: where it is put right, how it is called, which of its conditions, and what that says."""

    url: str
    called: str
    place: str
    said: str


def _mentioned(found: Draft, parts: Parts, mentions: Iterable[Mention]) -> list[Mentioned]:
    language = texts.first_language(found.tree)
    known = cards.known_subjects(parts, language)
    told = []
    for each in mentions:
        condition = each.raw.get("if") if each.key.startswith("caps.") else each.raw
        resource = each.key.startswith("resources.")
        told.append(
            Mentioned(
                place_of(found.id, parts, each.address, opened=True),
                forms.called(parts, each.address),
                saying.place_words(each.key),
                texts.piece_title(each.raw, language) if resource else cards.condition_said(condition, known),
            )
        )
    return told


@blueprint.get("/<int:id>/retirer/<any(question,category,profile):kind>/<name>", access=EDIT)
def confirm_removal(id: int, kind: str, name: str) -> ResponseReturnValue:
    found = open_draft(id)
    parts, address = take_apart(found.tree), f"{kind}/{name}"
    if address not in parts.pieces:
        abort(404)
    return render_template(
        "studio/remove.html",
        address=address,
        piece=parts.pieces[address],
        kind=kind,
        inside=len(dict(parts.outline.categories).get(name, ())) if kind == "category" else 0,
        mentions=_mentioned(found, parts, mentions_of(parts, address)),
        toll=astray.of_removal(db.session(), parts, removed(parts, address)),
        language=texts.first_language(found.tree),
        back=place_of(found.id, parts, address),
        draft=found,
    )


def asks(found: Draft, parts: Parts, address: Address, piece: Tree) -> ResponseReturnValue | None:
    """The question to ask before a form takes away an answer that conditions name; None where it may."""
    removes = _REMOVES.fullmatch(request.form.get("do", ""))
    if removes is None or "sure" in request.form:
        return None
    choice = request.form.get(f"choices.{removes[1]}.id", "")
    mentions = mentions_of_choice(parts, address, choice)
    kept = [each for each in piece.get("choices") or () if str(each.get("id")) != choice]
    toll = astray.of_removal(db.session(), parts, replaced(parts, address, {**piece, "choices": kept}))
    if not mentions and not toll.own:
        return None
    language = texts.first_language(found.tree)
    label = next((each.get("label") for each in piece.get("choices") or () if str(each.get("id")) == choice), choice)
    page = render_template(
        "studio/remove_choice.html",
        label=texts.words(label, language),
        mentions=_mentioned(found, parts, mentions),
        toll=toll,
        fields=[each for each in request.form.items(multi=True) if each[0] not in {"csrf_token", "do", "stay"}],
        do=request.form["do"],
        action=url_for("studio.change", id=found.id),
        draft=found,
    )
    return page, 409


def asks_to_unspeak(found: Draft, parts: Parts, before: Tree, after: Tree) -> ResponseReturnValue | None:
    """The question to ask before a presentation loses languages, and the draft their texts; None where none goes."""
    gone = [each for each in before.get("languages") or () if each not in (after.get("languages") or ())]
    count = translations.said_in(parts, gone)
    if not count or "sure" in request.form:
        return None
    if wants_json() or "card" in request.form:
        # The script sends the form again, to show the page.
        return jsonify(conflict=True), 409
    page = render_template(
        "studio/unspeak.html",
        names=", ".join(LANGUAGE_NAMES.get(each, each) for each in gone),
        count=count,
        fields=[each for each in request.form.items(multi=True) if each[0] not in {"csrf_token", "keep"}],
        action=url_for("studio.change", id=found.id),
    )
    return page, 409


def asks_to_follow(found: Draft, parts: Parts, address: Address) -> ResponseReturnValue | None:
    """The question to ask before categories take the common grid and lose levels of their own; None where none goes."""
    lost = lost_levels(parts, address)
    if not lost or "sure" in request.form:
        return None
    language = texts.first_language(found.tree)
    groups: dict[Address, list[tuple[str, str]]] = {}
    for category, level in lost:
        said = (level_name(level, language), texts.words(level.get("message"), language))
        groups.setdefault(category, []).append(said)
    page = render_template(
        "studio/follow.html",
        groups=[(forms.called(parts, category), levels) for category, levels in groups.items()],
        count=len(lost),
        address=address,
        language=language,
        back=place_of(found.id, parts, address),
        draft=found,
    )
    return page, 409


def level_name(level: Tree, language: str) -> str:
    return texts.words(level.get("label"), language) or str(level.get("id", ""))
