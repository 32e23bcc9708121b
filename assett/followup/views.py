"""The collectivité's first page: who joined, who is how far, what the results say together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask, abort, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from assett.accounts import registries
from assett.assessments.policy import reads_answers
from assett.core.db import db
from assett.core.i18n import PARIS, current_language, show_day
from assett.core.paging import asked_page, same_page
from assett.core.permissions import Actor
from assett.core.spreadsheets import CSV, XLSX, csv_file, download, workbook
from assett.core.ui import MenuEntry, menus
from assett.core.web import Blueprint, actor
from assett.followup import figures, forms, queries, tables
from assett.followup.figures import Figures
from assett.followup.queries import Structure
from assett.kernel.clock import today_in_paris, utc_now
from assett.kernel.text import N_
from assett.organizations import departures
from assett.organizations import queries as organizations
from assett.questionnaires import queries as questionnaires
from assett.spaces.policy import FOLLOW

blueprint = Blueprint("followup", __name__, url_prefix="/<space>", template_folder="templates")
# The way in for the team; its own menu shows there (team.html).
menus.navigation.append(MenuEntry(N_("Gestion"), "followup.overview", FOLLOW.allows, 60))
menus.team.append(MenuEntry(N_("Suivi"), "followup.overview", FOLLOW.allows, 20))


def landing(actor: Actor) -> str | None:
    """The team of a space arrives here; until the space is open, where it is got ready."""
    if not FOLLOW.allows(actor):
        return None
    return url_for("followup.overview" if g.space.is_open(utc_now()) else "launch.steps")


registries.landing_pages.append(landing)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/suivi", access=FOLLOW)
def overview() -> ResponseReturnValue:
    roster = organizations.roster(db.session())
    criteria = forms.criteria_of(request.args, roster.communes)
    page = queries.structures(db.session(), roster, criteria, asked_page())
    grid = _grid([each.version_id for each in page.items])
    today = today_in_paris()
    return render_template(
        "followup/overview.html",
        summary=queries.summary(db.session(), roster, datetime(today.year, 1, 1, tzinfo=PARIS)),
        criteria=criteria,
        filtered=criteria.narrows,
        list_url=url_for("followup.export", kind="csv", **forms.asked(request.args)),
        page=page,
        columns=_columns(criteria),
        rows=[_cells(each, grid) for each in page.items],
        facets=roster,
        states=list(queries.State),
        left=departures.recent(db.session()),
        is_open=g.space.is_open(utc_now()),
    )


@blueprint.get("/suivi/scores", access=FOLLOW)
def scores() -> ResponseReturnValue:
    months = queries.completions(db.session(), today_in_paris())
    return render_template(
        "followup/scores.html",
        shown=_figures(),
        months=[(figures.show_month(month), count) for month, count in months],
        completed=sum(count for _, count in months),
    )


@blueprint.get("/suivi/scores/<any(niveaux, moyennes, mois):name>.json", access=FOLLOW)
def figure(name: str) -> ResponseReturnValue:
    """A figure for the page to draw, of the same numbers as its table."""
    if name == "mois":
        return jsonify(figures.months_figure(queries.completions(db.session(), today_in_paris())))
    shown = _figures()
    if shown is None or not shown.told:
        abort(404)
    return jsonify(figures.levels_figure(shown) if name == "niveaux" else figures.means_figure(shown))


@blueprint.get("/suivi/export.<any(xlsx, csv):kind>", access=FOLLOW)
def export(kind: str) -> ResponseReturnValue:
    """The structures under the same rules as the page: every one, or as a list those that its address asks for."""
    roster = organizations.roster(db.session())
    criteria = forms.criteria_of(request.args, roster.communes)
    narrowed = kind == "csv" and criteria.narrows
    structures = queries.sought(db.session(), roster, criteria) if narrowed else queries.all_structures(db.session())
    grid = _grid([each.version_id for each in structures])
    name = f"suivi-{g.space.slug}-{today_in_paris().isoformat()}.{kind}"
    if kind == "csv":
        return download(csv_file(*tables.structure_rows(structures, grid)), name, CSV)
    category_scores = queries.shared_category_scores(db.session())
    return download(workbook(tables.sheets(structures, category_scores, _figures(), grid)), name, XLSX)


def _figures() -> Figures | None:
    """The figures by today's questionnaire; None while the space has published none."""
    version = questionnaires.active_version(db.session())
    if version is None:
        return None
    document = questionnaires.compiled(db.session(), version).document
    return figures.figures(document, queries.tallies(db.session()), current_language())


def _grid(version_ids: list[int | None]) -> tables.Grid:
    database = db.session()
    version = questionnaires.active_version(database)
    ids = sorted({id for id in version_ids if id is not None})
    documents = {each.id: questionnaires.compiled(database, each).document for each in queries.versions(database, ids)}
    today = questionnaires.compiled(database, version).document if version is not None else None
    return tables.Grid(today, documents, current_language())


def _cells(each: Structure, grid: tables.Grid) -> list[str | Markup]:
    name: str | Markup = each.name
    if each.demonstration:
        name = Markup('{} <span class="aside">{}</span>').format(each.name, gettext("exemple fictif"))
    score: str | Markup = tables.score_text(each, grid)
    if each.readable_id is not None and reads_answers(actor(), g.space.id):
        url = url_for("assessments.result", id=each.readable_id)
        link = Markup('{}<span class="visually-hidden"> {}</span>').format(
            gettext("Lire le résultat, avec son accord"), gettext("(%(name)s)", name=each.name)
        )
        score = Markup('{}<br><a href="{}">{}</a>').format(score, url, link)
    return [
        name,
        each.commune,
        gettext(each.kind.label),
        tables.state_text(each),
        show_day(each.active_at),
        score,
    ]


def _columns(criteria: queries.Criteria) -> list[dict[str, Any]]:
    labels = {
        "name": gettext("Structure"),
        "commune": gettext("Commune"),
        "kind": gettext("Type"),
        "state": gettext("État"),
        "activity": gettext("Dernière activité"),
        "score": gettext("Score"),
    }
    columns = []
    for key, label in labels.items():
        here = criteria.sort == key
        # What is told by a date or a figure is asked for from the top down first.
        descending = not criteria.descending if here else key in {"state", "activity", "score"}
        columns.append(
            {
                "label": label,
                "sorted": ("descending" if criteria.descending else "ascending") if here else None,
                "sort_url": same_page(tri=forms.sort_value(key, descending), page=None),
            }
        )
    return columns
