"""Pages of what is said about a draft: a piece with its comments, and all that is still open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from assett.core import audit
from assett.core.db import db
from assett.core.permissions import load, proved
from assett.core.web import actor
from assett.engine.drafting.pieces import Address, take_apart
from assett.kernel.clock import utc_now
from assett.kernel.errors import Rejected
from assett.spaces.policy import EDIT, TEAM
from assett.studio import cards, forms, logged, policy, queries, service, threads
from assett.studio.models import Draft
from assett.studio.pages import blueprint, check_of, frame, open_draft, place_of
from assett.studio.texts import first_language

# What may be commented: what has a card.
KINDS = ("question/", "profile/", "category/")


@blueprint.get("/<int:id>/commentaires", access=TEAM)
def comments(id: int) -> ResponseReturnValue:
    """All that is still to be settled, piece by piece in the order of the questionnaire; what was settled on demand."""
    found = open_draft(id)
    everything = "tous" in request.args
    said = [each for each in queries.comments(db.session(), found) if everything or each.resolved_at is None]
    parts = take_apart(found.tree)
    order = {address: place for place, address in enumerate(parts.pieces)}
    by_piece = {each.address: [other for other in said if other.address == each.address] for each in said}
    return render_template(
        "studio/comments.html",
        threads=[
            (address, forms.called(parts, address), address in parts.pieces, by_piece[address])
            for address in sorted(by_piece, key=lambda each: order.get(each, len(order)))
        ],
        waiting=[
            (address, forms.called(parts, address), mark)
            for address, mark in found.ready.items()
            if address in parts.pieces and not mark.get("read_by")
        ],
        everything=everything,
        can_comment=found.open,
        settles=lambda said: found.open and policy.settles(actor(), said),
        **frame(found, check_of(found)),
    )


@blueprint.get("/<int:id>/commentaires/<path:address>", access=TEAM)
def thread(id: int, address: Address) -> ResponseReturnValue:
    return _thread_page(open_draft(id), address)


def _thread_page(found: Draft, address: Address, typed: str = "", error: str = "") -> ResponseReturnValue:
    parts, checked = take_apart(found.tree), check_of(found)
    said = queries.comments(db.session(), found, address)
    piece = parts.pieces.get(address, {})
    if not address.startswith(KINDS) or not (piece or said):
        abort(404)
    card = cards.PieceCard(address=address, piece=piece, ready=found.ready.get(address))
    if piece.get("visible_if"):
        card.condition_words = cards.condition_words(piece["visible_if"], parts, first_language(found.tree))
    page = render_template(
        "studio/thread.html",
        card=card,
        title=forms.called(parts, address),
        comments=said,
        there=address in parts.pieces,
        place=place_of(found.id, parts, address),
        typed=typed,
        error=error,
        can_comment=found.open,
        settles=lambda said: found.open and policy.settles(actor(), said),
        **frame(found, checked),
    )
    return page, 422 if error else 200


@blueprint.post("/<int:id>/commentaires/<path:address>", access=TEAM)
def comment(id: int, address: Address) -> ResponseReturnValue:
    found = proved(actor(), open_draft(id), policy.comments)
    command = threads.saying(address, request.form)
    if not address.startswith(KINDS) or address not in take_apart(found.tree).pieces:
        abort(404)
    try:
        threads.say(db.session(), found, command, actor=actor(), now=utc_now())
    except Rejected as refused:
        return _thread_page(found, address, command.text, str(refused.message))
    return redirect(url_for(".thread", id=id, address=address, _anchor="dernier"), 303)


@blueprint.post("/<int:id>/commentaire/<int:comment>/<any(regler,rouvrir):verb>", access=TEAM)
def settle(id: int, comment: int, verb: str) -> ResponseReturnValue:
    found = load(actor(), Draft, id, policy.comments)
    said = proved(actor(), queries.comment(db.session(), found, comment), policy.settles)
    if verb == "regler":
        threads.settle(db.session(), found, said, actor=actor(), now=utc_now())
    else:
        threads.reopen(db.session(), found, said)
    otherwise = url_for(".thread", id=id, address=said.address)
    return redirect(forms.back_to(request.form, otherwise), 303)


def _thread_url(details: Mapping[str, Any]) -> str | None:
    if "draft_id" not in details:
        return None
    return url_for("studio.thread", id=details["draft_id"], address=details["draft_piece"])


audit.pages |= dict.fromkeys(logged.ABOUT_A_PIECE, _thread_url)


@blueprint.post("/<int:id>/relecture", access=TEAM)
def review(id: int) -> ResponseReturnValue:
    """« Prêt à relire », said by who writes; « relu », by anybody of the team."""
    found = service.locked(db.session(), load(actor(), Draft, id, policy.comments))
    address, verb = request.form.get("address", ""), request.form.get("verb", "")
    if verb != "read" and not EDIT.allows(actor()):
        abort(403)
    threads.mark(db.session(), found, address, verb, actor=actor(), now=utc_now())
    if verb == "ready":
        flash(gettext("C’est noté : prêt à relire. Un changement retirera cette marque."), "success")
    return redirect(url_for(".thread", id=id, address=address), 303)
