"""The page of the bank: look for a question, take it into a category."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from assett.core.db import db
from assett.core.paging import Page, asked_page, page_within
from assett.core.web import actor
from assett.engine.drafting.pieces import take_apart
from assett.kernel.clock import utc_now
from assett.kernel.errors import Rejected
from assett.spaces.policy import EDIT, TEAM
from assett.studio import cards, collecting, service
from assett.studio.pages import blueprint, check_of, frame, held_draft, open_draft, place_of
from assett.studio.texts import first_language

ENTRIES_A_PAGE = 20


@blueprint.get("/<int:id>/banque", access=TEAM)
def bank(id: int) -> ResponseReturnValue:
    found = open_draft(id)
    parts, typed = take_apart(found.tree), request.args.get("q", "").strip()[:200]
    everything = collecting.entries(collecting.origins(db.session(), found), found)
    wanted, corrected = collecting.search(everything, typed)
    number = page_within(asked_page(), len(wanted), ENTRIES_A_PAGE)
    shown = wanted[(number - 1) * ENTRIES_A_PAGE : number * ENTRIES_A_PAGE]
    return render_template(
        "studio/bank.html",
        page=Page(shown, number, ENTRIES_A_PAGE, len(wanted)),
        cards=[cards.PieceCard(address=f"bank/{place}", piece=each.piece) for place, each in enumerate(shown)],
        typed=typed,
        corrected=corrected,
        categories=cards.category_titles(parts, first_language(found.tree)),
        wanted_category=request.args.get("categorie", ""),
        **frame(found, check_of(found)),
    )


@blueprint.post("/<int:id>/banque", access=EDIT)
def take(id: int) -> ResponseReturnValue:
    """Take a question of the bank into a category of the draft."""
    found = held_draft(id)
    key = (request.form.get("origin", ""), request.form.get("question", ""))
    everything = collecting.entries(collecting.origins(db.session(), found), found)
    entry = next((each for each in everything if each.key == key), None)
    if entry is None:
        abort(404)
    try:
        outcome = collecting.taken(take_apart(found.tree), request.form.get("category", ""), entry)
    except KeyError:
        raise Rejected(gettext("Cette catégorie a été retirée entre-temps. Rechargez la page.")) from None
    service.write(
        db.session(), found, lambda _: outcome.parts, "question.taken", entry.title, actor=actor(), now=utc_now()
    )
    flash(gettext("« %(title)s » est dans votre brouillon.", title=entry.title), "success")
    if outcome.along:
        flash(
            gettext(
                "Sa condition d’affichage dépend du profil : %(names)s y est venu avec elle.",
                names=_quoted(outcome.along),
            ),
            "info",
        )
    if outcome.dropped:
        flash(
            gettext(
                "Sa condition d’affichage citait des questions absentes d’ici (%(names)s) : elle a été retirée.",
                names=_quoted(outcome.dropped),
            ),
            "info",
        )
    return redirect(place_of(id, take_apart(found.tree), outcome.address), 303)


def _quoted(titles: Sequence[str]) -> str:
    return ", ".join(gettext("« %(answer)s »", answer=title) for title in titles)
