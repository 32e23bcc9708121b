"""The pages of the directory, and the editor of a listing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from flask import Flask, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from assett.core.db import db
from assett.core.i18n import current_language
from assett.core.paging import asked_page
from assett.core.permissions import PUBLIC, SIGNED_IN, proved
from assett.core.spreadsheets import CSV, XLSX, Sheet, csv_file, download, workbook
from assett.core.ui import MenuEntry, menus
from assett.core.web import Blueprint, actor, refuse
from assett.engine.document import Document
from assett.kernel.clock import today_in_paris
from assett.kernel.errors import Rejected
from assett.kernel.text import N_
from assett.network import forms, policy, queries, service, tables
from assett.network.entries import Entry, draft_of, entries, entry, levels_of
from assett.network.home import engaged
from assett.network.models import Listing
from assett.organizations import queries as organizations
from assett.organizations import service as organization_service
from assett.organizations.models import Participation
from assett.organizations.naming import called_here
from assett.organizations.tabs import Tab, tabs
from assett.questionnaires import queries as questionnaires
from assett.spaces.policy import ANIMATE, TEAM
from assett.spaces.registries import HomePanel, home_panels

blueprint = Blueprint("network", __name__, url_prefix="/<space>", template_folder="templates")
menus.navigation.append(
    MenuEntry(N_("Annuaire"), "network.directory", lambda actor: policy.sees_directory(actor, g.space), order=30)
)
home_panels.append(HomePanel("network/home.html", engaged, order=20))
organization_service.after_last_member.append(service.withdraw_deserted)
tabs.append(Tab(N_("Fiche"), "network.editor", policy.can_see_editor, order=40))


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


def _document() -> Document | None:
    """The questionnaire that the space asks today: its categories and levels are what one filters by."""
    version = questionnaires.active_version(db.session())
    return questionnaires.compiled(db.session(), version).document if version is not None else None


def _shown(listings: list[Listing]) -> list[Entry]:
    return [replace(each, url=url_for("network.listing", id=each.id)) for each in entries(db.session(), listings)]


def _export_is_refused() -> ResponseReturnValue | None:
    """None where the actor may take the directory away: the team may, and everybody where the space says so."""
    return None if g.space.directory_export else refuse(TEAM)


def _need_directory() -> None:
    if not policy.sees_directory(actor(), g.space):
        abort(404)


@blueprint.get("/annuaire", access=PUBLIC)
def directory() -> ResponseReturnValue:
    _need_directory()
    document = _document() if g.space.directory_levels else None
    published = queries.directory(db.session())
    criteria = forms.criteria_of(request.args, document, published.facets.communes)
    results = queries.search(db.session(), published, criteria, asked_page())
    return render_template(
        "network/directory.html",
        criteria=criteria,
        results=results,
        entries=_shown(list(results.page.items)),
        facets=published.facets,
        levels=forms.level_choices(document, current_language()),
        level=forms.level_value(criteria.level.category, criteria.level.levels[0]) if criteria.level else "",
        may_withhold=ANIMATE.allows(actor()),
        can_export=TEAM.allows(actor()) or g.space.directory_export,
        filtered=criteria.narrows,
    )


@blueprint.get("/annuaire/<int:id>", access=PUBLIC)
def listing(id: int) -> ResponseReturnValue:
    _need_directory()
    found = proved(actor(), queries.listing(db.session(), id), policy.is_published)
    shown = entries(db.session(), [found])[0]
    return render_template("network/listing.html", entry=shown, may_withhold=ANIMATE.allows(actor()))


@blueprint.route("/fiches-ecartees/<int:id>/ecarter", methods=["GET", "POST"], access=ANIMATE)
def withhold(id: int) -> ResponseReturnValue:
    """The team takes a listing out of the directory, and says why."""
    found = proved(actor(), queries.listing(db.session(), id), policy.is_published)
    form = forms.WithholdForm()
    reason = form.reason.data or ""
    kept = form.carry_out(lambda: service.withhold(db.session(), found.participation, reason, datetime.now(UTC)))
    if kept is not None:
        flash(gettext("La fiche n’est plus dans l’annuaire. Ses responsables reçoivent votre raison."), "success")
        return redirect(url_for("network.withheld"), 303)
    organization = found.participation.organization
    name = called_here(db.session(), [organization])[organization.id]
    return render_template("network/withhold.html", form=form, id=id, name=name), form.status


@blueprint.get("/fiches-ecartees", access=ANIMATE)
def withheld() -> ResponseReturnValue:
    """What the team took out of the directory, as it would come back today."""
    listings = queries.withheld_listings(db.session())
    shown = entries(db.session(), listings)
    names = called_here(db.session(), [each.participation.organization for each in listings])
    return render_template("network/withheld.html", listings=list(zip(listings, shown, strict=True)), names=names)


@blueprint.post("/fiches-ecartees/<int:id>/rendre", access=ANIMATE)
def release(id: int) -> ResponseReturnValue:
    found = proved(actor(), queries.listing(db.session(), id), policy.is_withheld)
    service.release(db.session(), found.participation)
    flash(gettext("La structure peut de nouveau publier sa fiche : elle le lit dans un courriel."), "success")
    return redirect(url_for("network.withheld"), 303)


@blueprint.get("/annuaire/export.<any(xlsx, csv):kind>", access=PUBLIC)
def export(kind: str) -> ResponseReturnValue:
    """The published listings, as the public sees them: for the collectivité's own tables, and for all if it says so."""
    _need_directory()
    refused = _export_is_refused()
    if refused is not None:
        return refused
    shown = entries(db.session(), queries.published_listings(db.session()))
    header, rows = tables.listing_rows(shown)
    name = f"annuaire-{g.space.slug}-{today_in_paris().isoformat()}"
    if kind == "csv":
        return download(csv_file(header, rows), f"{name}.csv", CSV)
    return download(workbook([Sheet(gettext("Annuaire"), header, rows)]), f"{name}.xlsx", XLSX)


def _mine(participation: int, *, to_edit: bool = False) -> Participation:
    found = organizations.participation(db.session(), participation)
    return proved(actor(), found, policy.can_edit if to_edit else policy.can_see_editor)


@blueprint.get("/structures/<int:participation>/fiche", access=SIGNED_IN)
def editor(participation: int) -> ResponseReturnValue:
    mine = _mine(participation)
    saved = queries.listing_of(db.session(), mine)
    signed_at = _signed_at(mine)
    return _editor(mine, saved, _form(mine, saved, signed_at), signed_at)


@blueprint.post("/structures/<int:participation>/fiche", access=SIGNED_IN)
def save(participation: int) -> ResponseReturnValue:
    mine = _mine(participation, to_edit=True)
    saved = queries.listing_of(db.session(), mine)
    signed_at = _signed_at(mine)
    form = _form(mine, saved, signed_at)
    intent = request.form.get("intent")
    if not form.validate() or intent == "preview":
        return _editor(mine, saved, form, signed_at, 422 if form.errors else 200)
    try:
        kept = service.save(db.session(), mine, form.command(publish=intent == "publish"), datetime.now(UTC))
    except Rejected as refused:
        return _refused(mine, form, signed_at, refused)
    flash(_said(kept, intent), "success")
    return redirect(url_for("network.editor", participation=mine.id), 303)


@blueprint.route("/structures/<int:participation>/fiche/retirer", methods=["GET", "POST"], access=SIGNED_IN)
def withdraw(participation: int) -> ResponseReturnValue:
    mine = _mine(participation, to_edit=True)
    if request.method == "GET":
        return render_template("network/withdraw.html", participation=mine)
    service.withdraw(db.session(), mine, datetime.now(UTC))
    flash(gettext("Votre fiche n’est plus dans l’annuaire. Son texte est gardé ici."), "success")
    return redirect(url_for("network.editor", participation=mine.id), 303)


def _signed_at(mine: Participation) -> datetime | None:
    return queries.signed_at(db.session(), [mine.id]).get(mine.id)


def _form(mine: Participation, saved: Listing | None, signed_at: datetime | None) -> forms.ListingForm:
    draft = draft_of(saved, mine.organization)
    return forms.ListingForm(mine, draft, service.state_of(saved), signed_at=signed_at)


def _refused(
    mine: Participation, form: forms.ListingForm, signed_at: datetime | None, refused: Rejected
) -> ResponseReturnValue:
    """Somebody saved meanwhile: what was typed stays, over the state as it is now."""
    saved = queries.listing_of(db.session(), mine)
    form.seen.data = service.state_of(saved)
    form.form_errors.append(refused.message)
    return _editor(mine, saved, form, signed_at, 422)


def _said(listing: Listing, intent: str | None) -> str:
    if intent == "publish":
        return gettext("Votre fiche est dans l’annuaire.")
    if listing.published:
        return gettext("Vos modifications sont enregistrées et visibles dans l’annuaire.")
    if listing.withheld:
        return gettext(
            "Votre fiche est enregistrée. La collectivité l’a écartée de l’annuaire\u00a0: son équipe peut maintenant "
            "la relire."
        )
    return gettext("Votre fiche est enregistrée. Elle n’est pas encore publiée.")


def _editor(
    mine: Participation,
    saved: Listing | None,
    form: forms.ListingForm,
    signed_at: datetime | None,
    status: int = 200,
) -> ResponseReturnValue:
    levels = levels_of(db.session(), [mine.id]).get(mine.id)
    return (
        render_template(
            "network/editor.html",
            form=form,
            participation=mine,
            listing=saved,
            can_edit=policy.can_edit(actor(), mine),
            entry=entry(mine, form.draft(), levels, listing=saved, signed_at=signed_at),
            draft=form.draft(),
            assessed=levels is not None,
        ),
        status,
    )
