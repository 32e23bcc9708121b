"""The opening of a space: its days, its pilots' link, and the word that it wants where something is missing."""

from __future__ import annotations

from datetime import datetime

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from assett.core.db import db
from assett.core.i18n import in_paris, show_day
from assett.kernel.clock import today_in_paris, utc_now
from assett.kernel.errors import Rejected
from assett.spaces import domains, service
from assett.spaces.forms import ActionForm, OpeningForm, UndoForm
from assett.spaces.pages import blueprint, carried_out, done, held_space, part_page
from assett.spaces.policy import MANAGE


@blueprint.route("/ouverture", methods=["GET", "POST"], access=MANAGE)
def opening() -> ResponseReturnValue:
    form, now = OpeningForm.of(held_space()), utc_now()
    was_open = held_space().is_open(now)
    accepted, changed = carried_out(form, lambda: service.set_dates(db.session(), held_space(), form.command(), now))
    said = _saved_words(form, opens=not was_open and held_space().is_open(now))
    return done(changed, "settings.opening", said) if accepted else _opening_page(form, form.status)


def _saved_words(form: OpeningForm, *, opens: bool) -> str:
    """What saving the days did; a day of the past that was typed has become today's, where they open the space."""
    day = form.opens_on.data
    if not opens or day is None:
        return str(_("Les dates sont enregistrées."))
    if day < today_in_paris():
        return str(_("Le %(day)s est déjà passé : l’espace est ouvert à tous depuis aujourd’hui.", day=show_day(day)))
    return str(_("Les dates sont enregistrées : l’espace est ouvert à tous dès maintenant."))


def _opening_page(form: OpeningForm, status: int) -> ResponseReturnValue:
    """The page of the opening; where something is missing or over, the step that says so and asks."""
    space, now = held_space(), utc_now()
    if isinstance(form.rejected, service.Unready):
        form.anyway.data = form.rejected.agreement
        at_once, day = request.endpoint == "settings.open_now", form.opens_on.data
        days = {each.name: each.data.isoformat() if each.data else "" for each in (form.opens_on, form.closes_on)}
        return part_page(
            "opening",
            status,
            template="opening_anyway",
            missing=form.rejected.missing,
            over=form.rejected.over,
            at_once=form.rejected.at_once,
            typed=day,
            is_open=space.is_open(now),
            action=url_for("settings.open_now" if at_once else "settings.opening"),
            kept={"seen": form.seen.data, "anyway": form.anyway.data, **days},
            day=day if not at_once and day is not None and day > today_in_paris() else None,
        )
    return part_page(
        "opening",
        status,
        form=form,
        lacking=service.lacking(db.session()),
        is_open=space.is_open(now),
        is_closed=space.is_closed(now),
        first_day=service.first_day(space),
        last_day=service.last_day(space),
        pilot_url=domains.base_url() + url_for("spaces.pilot", token=space.pilot_key) if space.pilot_key else None,
    )


def asks_first(rejected: Rejected) -> bool:
    """Whether a refusal is a question: to open at once or without what is missing, to end what is over,
    or to shut."""
    return isinstance(rejected, service.Unready) or rejected.field == "shut"


def confirm_undo(form: UndoForm, rejected: Rejected) -> ResponseReturnValue:
    """Going back to the former days opens or shuts the space: asked about as by the form of the days."""
    unready = rejected if isinstance(rejected, service.Unready) else None
    back = service.way_back(db.session(), "opening")
    opens = back.values.get("opened_at") if back is not None else None
    day = in_paris(datetime.fromisoformat(opens)).date() if opens else None
    kept = {"entry": str(form.entry.data), "anyway": unready.agreement if unready else ""}
    return part_page(
        "opening",
        422,
        template="opening_anyway",
        missing=unready.missing if unready else (),
        over=unready.over if unready else None,
        at_once=unready is not None and unready.at_once,
        is_open=held_space().is_open(utc_now()),
        shutting=unready is None,
        action=url_for("settings.undo", part="opening"),
        # Where it opens so, nothing is shut, and the other way round.
        kept={**kept, "shut": "y"} if unready is None else kept,
        day=day if day is not None and day > today_in_paris() else None,
    )


@blueprint.post("/ouverture/maintenant", access=MANAGE)
def open_now() -> ResponseReturnValue:
    form, shown = ActionForm(), OpeningForm.of(held_space())
    if form.carry_out(lambda: service.open_now(db.session(), held_space(), utc_now(), anyway=shown.told)) is None:
        if form.rejected is None:
            abort(422)
        shown.refuse(form.rejected)
        return _opening_page(shown, 422)
    return done(True, "settings.opening", _("L’espace est ouvert à tous. C’est parti !"))


@blueprint.post("/ouverture/pilotes", access=MANAGE)
def pilots() -> ResponseReturnValue:
    """Make or renew the pilots' link, or take it away."""
    if request.form.get("intent") == "withdraw":
        changed = service.withdraw_pilot_key(db.session(), held_space())
        return done(changed, "settings.opening", _("Le lien des pilotes n’ouvre plus rien."))
    service.renew_pilot_key(db.session(), held_space())
    return done(True, "settings.opening", _("Voici le lien à donner à vos pilotes."))
