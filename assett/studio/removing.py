"""Removing a piece, an answer of a question, levels of its own from a category, or a language: asked about first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from flask import abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from assett.core.db import db, dump_json
from assett.core.i18n import LANGUAGE_NAMES, show_share
from assett.core.web import wants_json
from assett.engine.drafting.grid import GivenLevel, given_levels
from assett.engine.drafting.mentions import Mention, mentions_of, mentions_of_choice
from assett.engine.drafting.operations import removed, replaced
from assett.engine.drafting.pieces import GRID, Address, Parts, Tree, take_apart
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
    """The question to ask before categories take the common grid, with all that this changes of their levels; None
    where nothing does. It is asked again where what was read before the answer is not what changes now."""
    given = given_levels(parts, address)
    read = sha256(dump_json([(each.category, each.own, each.common) for each in given]).encode()).hexdigest()[:16]
    if not given or request.form.get("sure") == read:
        return None
    language = texts.first_language(found.tree)
    groups: dict[Address, list[tuple[str, str]]] = {}
    for each in given:
        message = texts.words(each.own.get("message"), language) if each.own is not None and not each.common else ""
        groups.setdefault(each.category, []).append((_given(each, language), message))
    page = render_template(
        "studio/follow.html",
        title=gettext("Donner cette grille à toutes") if address == GRID else gettext("Suivre la grille commune"),
        groups=[(forms.called(parts, category), levels) for category, levels in groups.items()],
        loses=any(each.common is None for each in given),
        address=address,
        language=language,
        read=read,
        again="sure" in request.form,
        back=place_of(found.id, parts, address),
        draft=found,
    )
    return page, 409


def _given(level: GivenLevel, language: str) -> str:
    """What becomes of a level, in a sentence."""
    own, common = level.own, level.common
    if own is None:
        added = common or {}
        return gettext(
            "« %(name)s » s’ajoute, à partir de %(share)s.", name=level_name(added, language), share=_share(added)
        )
    if common is None:
        return gettext("« %(name)s », à partir de %(share)s, part.", name=level_name(own, language), share=_share(own))
    names, shares = (level_name(own, language), level_name(common, language)), (_share(own), _share(common))
    if names[0] == names[1]:
        return gettext(
            "« %(name)s » commence à %(now)s au lieu de %(was)s.", name=names[1], now=shares[1], was=shares[0]
        )
    if shares[0] == shares[1]:
        return gettext("« %(was)s » devient « %(now)s ».", was=names[0], now=names[1])
    return gettext(
        "« %(was)s » devient « %(now)s », et commence à %(share)s au lieu de %(former)s.",
        was=names[0],
        now=names[1],
        share=shares[1],
        former=shares[0],
    )


def _share(level: Tree) -> str:
    """From where a level begins: « 40 % », or what was typed there."""
    share = level.get("from")
    return show_share(share) if isinstance(share, (int, float, Decimal)) else str(share)


def followed_words(given: Sequence[GivenLevel], language: str) -> str:
    """What became of the levels of categories that follow the common grid now."""
    categories = len({each.category for each in given})
    gone = [each.own for each in given if each.own is not None and each.common is None]
    changed = sum(each.own is not None and each.common is not None for each in given)
    new = sum(each.own is None for each in given)
    names = ", ".join(dict.fromkeys(gettext("« %(answer)s »", answer=level_name(level, language)) for level in gone))
    said = [
        ngettext(
            "C’est fait : une catégorie suit désormais la grille commune, avec ses propres messages.",
            "C’est fait : %(num)s catégories suivent désormais la grille commune, avec leurs propres messages.",
            categories,
        )
        if categories
        else gettext("C’est fait : ces niveaux sont ceux de la grille commune.")
    ]
    if changed:
        said.append(
            ngettext(
                "%(num)s niveau a changé de nom ou de seuil.",
                "%(num)s niveaux ont changé de nom ou de seuil.",
                changed,
            )
        )
    if gone:
        said.append(
            ngettext(
                "%(num)s niveau est parti avec son message, %(names)s.",
                "%(num)s niveaux sont partis avec leurs messages, %(names)s.",
                len(gone),
                names=names,
            )
        )
    if new:
        said.append(ngettext("%(num)s niveau s’ajoute.", "%(num)s niveaux s’ajoutent.", new))
    return " ".join([*said, gettext("« Annuler » revient en arrière.")])


def level_name(level: Tree, language: str) -> str:
    return texts.words(level.get("label"), language) or str(level.get("id", ""))
