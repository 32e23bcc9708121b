"""Leaving a space with one's structure: the page that says what goes, the copy to keep, and what is told afterwards."""

from __future__ import annotations

from flask import flash, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from assett.core.db import db
from assett.core.i18n import show_day
from assett.core.permissions import SIGNED_IN
from assett.core.spreadsheets import XLSX, download, workbook
from assett.core.web import actor, vanished, wants_json
from assett.kernel.clock import today_in_paris, utc_now
from assett.organizations import departures, leaving, policy, queries
from assett.organizations.forms import DepartureForm
from assett.organizations.models import Departure
from assett.organizations.naming import called
from assett.organizations.pages import blueprint, load_participation, overview_url


@blueprint.route("/structures/<int:participation>/quitter-l-espace", methods=["GET", "POST"], access=SIGNED_IN)
def leave_space(participation: int) -> ResponseReturnValue:
    """An owner takes the structure out of this space, once they have read what goes with it."""
    if request.method == "POST" and _left(participation) is not None:
        # A second press, or another owner's: the page that it leads to says so.
        return redirect(url_for("organizations.mine"), 303)
    row = load_participation(participation, policy.owns)
    name = called(row.organization)
    form = DepartureForm()
    if form.carry_out(lambda: leaving.leave_space(db.session(), row, actor(), utc_now())) is None:
        page = render_template(
            "organizations/leave_space.html",
            form=form,
            participation=row,
            gone=leaving.what_goes(db.session(), row),
            members=len(queries.members(db.session(), row.organization_id)),
        )
        return page, form.status
    flash(_("%(name)s a quitté cet espace. Un courriel le dit à chacun de ses membres.", name=name), "success")
    return redirect(url_for("organizations.mine"), 303)


@blueprint.get("/structures/<int:participation>/copie.xlsx", access=SIGNED_IN)
def copy(participation: int) -> ResponseReturnValue:
    """All that the structure has in this space, as a workbook."""
    row = load_participation(participation, policy.owns)
    name = f"copie-{g.space.slug}-{row.id}-{today_in_paris().isoformat()}.xlsx"
    return download(workbook(leaving.copy(db.session(), row)), name, XLSX)


def _left(participation: int) -> Departure | None:
    return departures.of_participation(db.session(), participation, actor().ids("organization"))


def explained(departure: Departure | None) -> ResponseReturnValue | None:
    """For its members, instead of a page that a structure had before it left the space."""
    if departure is None:
        return None
    if wants_json():
        url = url_for("organizations.mine")
        return jsonify(closed=said(departure), label=_("Mes structures"), url=url), 410
    organization = departure.organization
    here = queries.participations_of(db.session(), [organization.id])
    page = render_template(
        "organizations/left.html",
        title=said(departure),
        organization=organization,
        owner=policy.owns(actor(), organization),
        back_url=overview_url(here[0]) if here else None,
    )
    return make_response(page, 410)


def said(departure: Departure) -> str:
    """« X a quitté cet espace le 3 mars 2026. »"""
    name = called(departure.organization)
    return _("%(name)s a quitté cet espace le %(day)s.", name=name, day=show_day(departure.left_at))


def _explain_pages() -> ResponseReturnValue | None:
    participation = (request.view_args or {}).get("participation")
    return explained(_left(participation)) if participation is not None else None


vanished.append(_explain_pages)
