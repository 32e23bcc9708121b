"""The charter for everybody to read; in the settings its versions, the one being written, who signed which; the word
to those who signed an earlier one."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from assett.charters import queries, service
from assett.charters.forms import ButtonForm, CharterForm
from assett.charters.starting import model
from assett.core import audit
from assett.core.db import db
from assett.core.i18n import LANGUAGES, current_language
from assett.core.paging import Page, asked_page, page_within
from assett.core.permissions import PUBLIC
from assett.core.spreadsheets import CSV, XLSX, Sheet, csv_file, download, workbook
from assett.core.ui import MenuEntry, links
from assett.core.web import Blueprint
from assett.kernel.clock import today_in_paris, utc_now
from assett.kernel.text import N_
from assett.organizations import queries as organizations
from assett.organizations.models import Charter, Participation
from assett.spaces.policy import MANAGE
from assett.spaces.queries import hold
from assett.spaces.registries import HomePanel, home_panels, settings_pages

PAGE_SIZE = 50

blueprint = Blueprint("charters", __name__, url_prefix="/<space>/reglages/charte", template_folder="templates")
public = Blueprint("charter", __name__, url_prefix="/<space>", template_folder="templates")
settings_pages.append(MenuEntry(N_("Charte"), "charters.overview", order=45))

audit.kinds["charter"] = N_("Charte")
audit.wordings |= {
    "charter.published": N_("Version %(version)s de la charte publiée"),
    "charter.dropped": N_("Brouillon de la version %(version)s de la charte abandonné"),
    "charter.signed": N_("Charte signée par %(subject)s"),
}
audit.details |= {
    "version": audit.Detail(N_("Version")),
    "title": audit.Detail(N_("Titre")),
    "text": audit.Detail(N_("Texte")),
}


def in_force() -> dict[str, Any] | None:
    """For the home page: the charter that one signs today, where there is one."""
    current = organizations.current_charter(db.session())
    return {"charter": current, "language": current_language()} if current is not None else None


home_panels.append(HomePanel("charters/home.html", in_force, order=10))


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.register_blueprint(public)
    app.jinja_env.globals["outgrown_charter"] = outgrown_charter


def outgrown_charter(participation: Participation) -> dict[str, Any] | None:
    """For the macro of `charters/_outgrown.html`: the charter that replaced the one that the structure signed."""
    standing = queries.outgrown(db.session(), participation)
    if standing is None:
        return None
    language = current_language()
    return {
        "title": standing.current.title_in(language),
        "changes": standing.current.changes_in(language),
        "version": standing.signed.version,
        "url": url_for("organizations.charter", participation=participation.id),
    }


@public.get("/charte", access=PUBLIC)
def page() -> ResponseReturnValue:
    """The charter in force, for whoever wonders what one signs here."""
    current = organizations.current_charter(db.session())
    if current is None:
        abort(404)
    asked = request.args.get("langue", "")
    written = [code for code in g.space.languages if current.text.get(code)]
    language = asked if asked in written else current.read_in(current_language())
    return render_template(
        "charters/public.html",
        charter=current,
        language=language,
        language_links=[
            {"label": LANGUAGES[code], "url": url_for("charter.page", langue=code), "current": code == language}
            for code in written
        ],
    )


def _page(template: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    page = render_template(
        "settings/clash.html" if template == "clash" else f"charters/{template}.html",
        settings_links=links(settings_pages),
        current_url=url_for("charters.overview"),
        language=g.space.languages[0],
        **context,
    )
    return page, status


@blueprint.get("", access=MANAGE)
def overview() -> ResponseReturnValue:
    """The versions, how many structures signed each, and the one being written."""
    session = db.session()
    return _page("overview", versions=queries.versions(session), draft=queries.draft(session))


@blueprint.route("/brouillon", methods=["GET", "POST"], access=MANAGE)
def draft() -> ResponseReturnValue:
    """Write the next version, look at it, publish it."""
    session = db.session()
    if request.method == "POST":
        # One writes at a time: a version is published once.
        hold(session, g.space)
    writing, current = queries.draft(session), queries.latest(session)
    version = current.version + 1 if current is not None else 1
    form = CharterForm.of(writing, current, version, g.space.languages)
    intent = request.form.get("intent")
    if intent in ("model", "unmodel"):
        # What was typed came along, and nothing is kept.
        form.validate()
        words = model(g.space.programme, g.space.name)
        if intent == "model":
            return _draft_page(form, writing, current, 200, filled=form.fill(words))
        form.empty(words)
        return _draft_page(form, writing, current, 200)
    if intent == "preview":
        form.validate()
        return _draft_page(form, writing, current, 200, preview=_preview(form))
    done = form.carry_out(lambda: _kept(form, publish=intent == "publish")) if form.is_still_of(version) else None
    if done is None:
        return _draft_page(form, writing, current, form.status)
    if intent != "publish":
        flash(_("Le brouillon est enregistré. Personne d’autre que votre équipe ne le voit."), "success")
        return redirect(url_for("charters.draft"), 303)
    flash(_("La version %(version)s est publiée. Chacun la lira avant de la signer.", version=done.version), "success")
    return redirect(url_for("charters.overview"), 303)


def _kept(form: CharterForm, *, publish: bool) -> Charter:
    kept = service.write(db.session(), g.space.id, form.command())
    return service.publish(db.session(), kept, g.space.languages[0], utc_now()) if publish else kept


def _preview(form: CharterForm) -> list[dict[str, str]]:
    words = form.command()
    return [
        {
            "code": code,
            "language": LANGUAGES[code],
            "title": words.title.get(code, ""),
            "text": words.text.get(code, ""),
        }
        for code in g.space.languages
        if words.title.get(code) or words.text.get(code)
    ]


def _draft_page(
    form: CharterForm, writing: Charter | None, current: Charter | None, status: int, **context: Any
) -> ResponseReturnValue:
    shown = {"form": form, "writing": writing, "current": current, "written_in": g.space.languages, **context}
    # A page without a text in any language is offered a model. `filled`: whether the one asked for found its place.
    shown |= {"offered": current is None and form.lacks_a_text, "filled": context.get("filled")}
    return _page("clash" if form.clashes else "draft", status, **shown)


@blueprint.post("/brouillon/abandonner", access=MANAGE)
def drop() -> ResponseReturnValue:
    hold(db.session(), g.space)
    form, writing = ButtonForm(), queries.draft(db.session())
    if not form.validate_on_submit():
        abort(422)
    if writing is not None:
        seen = CharterForm.of(writing, queries.latest(db.session()), writing.version, g.space.languages)
        if seen.overtaken:
            flash(_("Quelqu’un de l’équipe vient de changer ce brouillon : le voici. Rien n’a été abandonné."), "info")
            return redirect(url_for("charters.draft"), 303)
        service.drop(db.session(), writing)
        flash(_("Le brouillon est abandonné. La charte publiée n’a pas changé."), "info")
    return redirect(url_for("charters.overview"), 303)


@blueprint.get("/versions/<int:version>", access=MANAGE)
def version(version: int) -> ResponseReturnValue:
    """A version's text, and who signed it."""
    found = queries.published(db.session(), version)
    if found is None:
        abort(404)
    total = queries.count_signatures(db.session(), found)
    page = page_within(asked_page(), total, PAGE_SIZE)
    shown = queries.signatures(db.session(), found, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    return _page("version", charter=found, signatures=Page(shown, page, PAGE_SIZE, total))


@blueprint.get("/signatures.<any(xlsx, csv):kind>", access=MANAGE)
def export(kind: str) -> ResponseReturnValue:
    """Every signature, for the collectivité's own tables."""
    header = [_("Structure"), _("Signataire"), _("Signée le"), _("Version"), _("Version en vigueur")]
    current = organizations.current_charter(db.session())
    rows = [
        (
            each.organization,
            each.signatory,
            each.signed_at,
            each.version,
            # Of this signature: a structure has a line for each version that it signed.
            _("oui") if current is not None and each.version == current.version else _("non"),
        )
        for each in queries.signatures(db.session())
    ]
    name = f"charte-{g.space.slug}-{today_in_paris().isoformat()}"
    if kind == "csv":
        return download(csv_file(header, rows), f"{name}.csv", CSV)
    return download(workbook([Sheet(_("Signatures"), header, rows)]), f"{name}.xlsx", XLSX)
