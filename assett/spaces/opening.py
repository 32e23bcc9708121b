"""The opening of a space: its days, its pilots' link, and the word that it wants where something is missing."""

from __future__ import annotations

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from assett.core.db import db
from assett.kernel.clock import today_in_paris, utc_now
from assett.spaces import domains, service
from assett.spaces.forms import ActionForm, OpeningForm
from assett.spaces.pages import blueprint, carried_out, done, held_space, part_page
from assett.spaces.policy import MANAGE


@blueprint.route("/ouverture", methods=["GET", "POST"], access=MANAGE)
def opening() -> ResponseReturnValue:
    form = OpeningForm.of(held_space())
    accepted, changed = carried_out(
        form, lambda: service.set_dates(db.session(), held_space(), form.command(), utc_now())
    )
    said = _("Les dates sont enregistrées.")
    return done(changed, "settings.opening", said) if accepted else _opening_page(form, form.status)


def _opening_page(form: OpeningForm, status: int) -> ResponseReturnValue:
    """The page of the opening; where something is missing, the step that names it and asks."""
    space, now = held_space(), utc_now()
    if isinstance(form.rejected, service.Unready):
        form.anyway.data = " ".join(each.key for each in form.rejected.missing)
        at_once, day = request.endpoint == "settings.open_now", form.opens_on.data
        return part_page(
            "opening",
            status,
            template="opening_anyway",
            form=form,
            missing=form.rejected.missing,
            action=url_for("settings.open_now" if at_once else "settings.opening"),
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
