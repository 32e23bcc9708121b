"""The page where several questions are written at once: as text, read again as cards, then added."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from assett.core.db import db
from assett.core.web import actor
from assett.engine.drafting.pieces import put_together, take_apart
from assett.kernel.clock import utc_now
from assett.kernel.errors import Rejected
from assett.resources import queries as resources
from assett.spaces.policy import EDIT
from assett.studio import cards, checking, filing, forms, jotted, service
from assett.studio.models import Draft
from assett.studio.pages import blueprint, check_of, frame, held_draft, open_draft, place_of
from assett.studio.remarks import all_said
from assett.studio.texts import first_language, text_typed, words


@blueprint.get("/<int:id>/categories/<name>/plusieurs", access=EDIT)
def several(id: int, name: str) -> ResponseReturnValue:
    found = open_draft(id)
    if name not in dict(take_apart(found.tree).outline.categories):
        abort(404)
    if not found.open:
        return redirect(url_for(".category", id=id, name=name), 303)
    return _page(found, name, "")


@blueprint.post("/<int:id>/categories/<name>/plusieurs", access=EDIT)
def write_several(id: int, name: str) -> ResponseReturnValue:
    """Show how a text is understood or, that read, add its questions."""
    text = text_typed(request.form.get("text", ""))
    try:
        read = jotted.understood(text)
        if request.form.get("do") == "add" and request.form.get("read") == read.mark:
            return _added(id, name, read)
    except Rejected as refused:
        return _page(open_draft(id), name, text, refused=str(refused.message)), 422
    found = open_draft(id)
    if not found.open or name not in dict(take_apart(found.tree).outline.categories):
        return _page(found, name, text, refused=_gone()), 422
    if not read.asked:
        return _page(found, name, text, read, refused=gettext("Nous n’y trouvons aucune question.")), 422
    changed = request.form.get("do") == "add"
    return _page(found, name, text, read, changed=changed), 422 if changed else 200


def _gone() -> str:
    return gettext("Cette catégorie a été retirée ou fermée entre-temps : gardez une copie de votre texte.")


def _added(id: int, name: str, read: jotted.Jotted) -> ResponseReturnValue:
    """Add what was shown, in one step. Raises `Rejected` where the draft or the category is closed to it."""
    found = held_draft(id)
    before = take_apart(found.tree)
    there = jotted.put_before(db.session(), found, read.asked, forms.seen(request.form), actor())
    if there is not None:
        return redirect(place_of(id, before, there), 303)
    try:
        after, addresses = jotted.put_in(before, name, read.asked)
    except KeyError:
        raise Rejected(_gone()) from None
    one = len(addresses) == 1
    service.write(
        db.session(),
        found,
        lambda _: after,
        "question.added" if one else jotted.WRITTEN,
        forms.subject(before, after, addresses[0]) if one else str(len(addresses)),
        actor=actor(),
        now=utc_now(),
    )
    flash(jotted.added_words(len(addresses)), "success")
    return redirect(place_of(id, after, addresses[0]), 303)


def _page(
    found: Draft,
    name: str,
    text: str,
    read: jotted.Jotted | None = None,
    *,
    refused: str = "",
    changed: bool = False,
) -> str:
    parts, language = take_apart(found.tree), first_language(found.tree)
    title = words(parts.pieces.get(f"category/{name}", {}).get("title"), language) or gettext("(sans titre)")
    return render_template(
        "studio/several.html",
        name=name,
        category=(title, url_for(".category", id=found.id, name=name)),
        text=text,
        read=read,
        count=len(read.asked) if read is not None else 0,
        headings=_headings(found, name, read) if read is not None and read.asked else [],
        left_aside=all_said(map(filing.remark_tree, read.report.refused)) if read is not None else [],
        lines_aside=sum(len(each.place.rows) for each in read.report.refused) if read is not None else 0,
        doubtful=all_said(map(filing.remark_tree, read.report.notices)) if read is not None else [],
        refused=refused,
        changed=changed,
        **frame(found, check_of(found)),
    )


@dataclass(frozen=True, slots=True)
class Heading:
    """A category with the questions that it would get: called so, `new` where it would be begun, or named, with
    them."""

    title: str
    new: bool
    cards: list[cards.PieceCard]


def _headings(found: Draft, name: str, read: jotted.Jotted) -> list[Heading]:
    """The questions as the studio would show them in their categories, with what its check would say of them."""
    before, language = take_apart(found.tree), first_language(found.tree)
    after, addresses = jotted.put_in(before, name, read.asked)
    checked = checking.check(put_together(after), resources.base(db.session())[0])
    found_cards = {
        address: cards.PieceCard(
            address,
            after.pieces[address],
            problems=checked.problems_of(address),
            warnings=checked.warnings_of(address),
        )
        for address in addresses
    }
    headings = []
    for category, title in cards.category_titles(after, language):
        inside = [f"question/{each}" for each in dict(after.outline.categories)[category]]
        for number, address in enumerate(inside, 1):
            if address in found_cards:
                found_cards[address].number = number
        asked = [found_cards[address] for address in inside if address in found_cards]
        if asked:
            address = f"category/{category}"
            headings.append(Heading(title, before.pieces.get(address) != after.pieces[address], asked))
    return headings
