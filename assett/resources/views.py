"""The resource base of a space: the team's list, its own resources and partners, and what members make of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import Flask, Response, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from itsdangerous import BadData, URLSafeTimedSerializer

from assett.accounts import registries
from assett.accounts.sessions import current_person
from assett.core.db import db, dump_json, load_json
from assett.core.i18n import current_language, worded
from assett.core.markdown import render
from assett.core.paging import Page, asked_page, page_within
from assett.core.permissions import PUBLIC, SIGNED_IN, proved
from assett.core.spreadsheets import CSV, XLSX, csv_file, download
from assett.core.tenancy import declare_space
from assett.core.ui import Link, MenuEntry, menus
from assett.core.web import Blueprint, actor, safe_next
from assett.engine.compiled import Compiled
from assett.engine.document import CategoryTest
from assett.kernel.clock import today_in_paris, utc_now
from assett.kernel.errors import Rejected
from assett.kernel.text import N_, UNSTORABLE, printable
from assett.organizations.queries import participations_of
from assett.questionnaires.layout import RESOURCES
from assett.questionnaires.reports import Remark, Unreadable
from assett.questionnaires.sheets import LARGEST_FILE, Written, bounded, write_sheets
from assett.resources import aims, audience, catalogue, intake, policy, queries, service
from assett.resources import jobs as _jobs  # noqa: F401  (registers its handlers)
from assett.resources.catalogue import Shelf
from assett.resources.duplicates import alike
from assett.resources.forms import (
    ActionForm,
    AdaptForm,
    ImportForm,
    PartnerForm,
    ResourceForm,
    aim_of,
    criteria_of,
)
from assett.resources.models import Partner
from assett.resources.queries import Line
from assett.resources.service import Imported
from assett.spaces.policy import EDIT, TEAM

# How long the report of a file may be read before it is agreed to.
KEPT = timedelta(days=1)
_ROBOT = re.compile(r"bot|crawl|spider|slurp|preview|monitor|scan|fetch|curl|wget|python|headless|ASSETT-liens", re.I)

blueprint = Blueprint("resources", __name__, url_prefix="/<space>", template_folder="templates")
menus.team.append(MenuEntry(N_("Ressources"), "resources.listing", TEAM.allows, 40))
registries.personal_data_of_space["avis_ressources"] = queries.personal_opinions
BASE = "/ressources-du-territoire"


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


def _tabs(current: str) -> list[Link]:
    pages = [
        (_("Toutes les ressources"), "resources.listing"),
        (_("Ce qui manque"), "resources.missing"),
        (_("Partenaires"), "resources.partners"),
        (_("Doublons"), "resources.duplicates"),
    ]
    if EDIT.allows(actor()):
        pages.append((_("Importer"), "resources.import_file"))
    return [Link(label, url_for(endpoint), endpoint.endswith(f".{current}")) for label, endpoint in pages]


def _page(template: str, current: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    page = render_template(
        f"resources/{template}.html", base_tabs=_tabs(current), editing=EDIT.allows(actor()), **context
    )
    return page, status


def _shelf(asked: Compiled | None, lines: Sequence[Line] | None = None) -> Shelf:
    session = db.session()
    today = today_in_paris()
    return Shelf(
        lines=lines if lines is not None else queries.lines(session),
        partners=queries.partners(session),
        links=queries.links(session),
        figures=queries.figures(session, today),
        document=asked.document if asked is not None else None,
        audience=queries.audience(session, asked) if asked is not None else audience.Audience(),
        today=today,
        language=current_language(),
        entries={entry.id: entry for entry in queries.base(session).entries},
    )


# The list


@blueprint.get(BASE, access=TEAM)
def listing() -> ResponseReturnValue:
    """Own and national resources together."""
    criteria = criteria_of(request.args)
    shelf = _shelf(queries.asked(db.session()))
    found = catalogue.search(shelf, criteria)
    number = page_within(asked_page(), len(found), catalogue.PAGE_SIZE)
    start = (number - 1) * catalogue.PAGE_SIZE
    items = [shelf.item(line) for line in found[start : start + catalogue.PAGE_SIZE]]
    return _page(
        "list",
        "listing",
        criteria=criteria,
        page=Page(items, number, catalogue.PAGE_SIZE, len(found)),
        filtered=bool(criteria.words or criteria.filters),
        export_arguments=request.args.to_dict(),
        **_facets(shelf),
    )


def _facets(shelf: Shelf) -> dict[str, Any]:
    """What the list may be narrowed to."""
    kept = [line for line in shelf.lines if line.resource.archived_at is None]
    categories = shelf.document.categories if shelf.document is not None else ()
    return {
        "categories": [(each.id, each.title.in_(shelf.language)) for each in categories],
        "types": catalogue.TYPE_LABELS,
        "providers": sorted({name for line in kept if (name := shelf.provider(line))}, key=str.casefold),
        "tags": sorted({tag for line in kept for tag in line.tags}, key=str.casefold),
        "origins": catalogue.Origin,
        "states": catalogue.State,
        "own_count": sum(not line.resource.national for line in kept),
        "check_count": sum(shelf.to_check(line) for line in kept if not line.hidden),
    }


def _line(id: int, allowed: Any) -> Line:
    """A resource that the actor may see or change; else 404."""
    found = queries.line(db.session(), id)
    proved(actor(), found.resource if found is not None else None, allowed)
    assert found is not None
    return found


@blueprint.get(f"{BASE}/<int:resource>", access=TEAM)
def show(resource: int) -> ResponseReturnValue:
    """A resource as actors see it, with all that the team knows of it."""
    line = _line(resource, policy.reads)
    asked = queries.asked(db.session())
    shelf = _shelf(asked, [line])
    groups = aims.for_subjects(asked.document, current_language()) if asked else []
    entries = aims.who_subjects(asked.document, current_language()) if asked else []
    return _page(
        "resource",
        "",
        line=line,
        item=shelf.item(line),
        card=_card(shelf, line),
        link=shelf.link(line),
        aims_for=aims.said(aims.picked_for(line.entry.get("for")), groups),
        aims_who=aims.said(aims.picked_who(line.entry.get("who")), entries),
        dates=catalogue.dates(line.entry),
        remarks=queries.remarks(db.session(), line.resource.slug),
        national=_text_of(line.resource.entry),
        before=_text_of(line.adoption.seen) if line.adoption is not None and line.adoption.seen else None,
    )


def _card(shelf: Shelf, line: Line) -> dict[str, Any]:
    """What `ui/resource.html` draws, for the team: its link is the address itself, and counts nothing."""
    return {
        "title": shelf.title(line),
        "url": line.entry.get("url"),
        "go": line.entry.get("url"),
        "summary_html": render(catalogue.words_in(line.entry.get("summary"), shelf.language)),
        "provider": shelf.provider(line),
        "type": line.entry.get("type"),
        "type_label": _(catalogue.TYPE_LABELS.get(str(line.entry.get("type")), "")),
        "territory": None if line.resource.national else g.space.name,
        "contact": line.contact(shelf.partners),
    }


def _text_of(entry: Mapping[str, Any] | None) -> dict[str, str]:
    """Title, summary and dates of an entry, in words."""
    entry = entry or {}
    language = current_language()
    return {
        "title": catalogue.words_in(entry.get("title"), language),
        "summary": catalogue.words_in(entry.get("summary"), language),
        "dates": catalogue.dates(entry),
    }


# Own resources


@blueprint.route(f"{BASE}/nouvelle", methods=["GET", "POST"], access=EDIT)
def create() -> ResponseReturnValue:
    form = ResourceForm.of(None, g.space.languages, queries.partners(db.session()), aim_of(request.args))
    return _written(form, None)


@blueprint.route(f"{BASE}/<int:resource>/modifier", methods=["GET", "POST"], access=EDIT)
def edit(resource: int) -> ResponseReturnValue:
    line = _line(resource, policy.writes)
    form = ResourceForm.of(line, g.space.languages, queries.partners(db.session()))
    return _written(form, line)


def _written(form: ResourceForm, line: Line | None) -> ResponseReturnValue:
    """The form of an own resource: a button of the builder draws it anew, its last one writes."""
    asked = queries.asked(db.session())
    building = "do" in request.form
    if request.method == "POST":
        form.read_aims(request.form)
    if not building:
        row = form.carry_out(lambda: _write(form, line, asked))
        if row is not None:
            flash(_("C’est enregistré : la ressource est proposée dès maintenant."), "success")
            return redirect(url_for("resources.show", resource=row), 303)
    return _form_page(form, line, asked, 200 if building else form.status)


def _form_page(form: ResourceForm, line: Line | None, asked: Compiled | None, status: int) -> ResponseReturnValue:
    language = current_language()
    types = aims.types_of(asked.document) if asked else {}
    return _page(
        "edit",
        "",
        status,
        form=form,
        line=line,
        for_groups=aims.for_subjects(asked.document, language) if asked else [],
        who_groups=aims.who_subjects(asked.document, language) if asked else [],
        reach=catalogue.reach(queries.audience(db.session(), asked), form.aimed(types)) if asked else "",
        twin=_twin(form, line) if request.method == "POST" else None,
        anyway="anyway" in request.form,
    )


def _write(form: ResourceForm, line: Line | None, asked: Compiled | None) -> int:
    """Write what the form says; the id of the resource."""
    session, now = db.session(), utc_now()
    document = queries.document_of(asked)
    types = aims.types_of(document) if document is not None else {}
    if "anyway" not in request.form and (line is None or line.entry.get("url") != form.url.data):
        twin = _twin(form, line)
        if twin is not None:
            raise Rejected(_("Cette ressource ressemble à une autre, déjà dans la base."), "title_fr")
    if line is None:
        return service.create(session, g.space, form.command({}, types), document, now).id
    service.change(session, line.resource, form.command(line.entry, types), document, now)
    return line.resource.id


def _twin(form: ResourceForm, line: Line | None) -> Line | None:
    """Another resource of the base that looks like what is being written."""
    others = [
        each
        for each in queries.lines(db.session())
        if each.resource.archived_at is None and (line is None or each.resource.id != line.resource.id)
    ]
    return service.look_alike(form.url.data or "", form.title_fr.data or "", others)


@blueprint.post(f"{BASE}/<int:resource>/dupliquer", access=EDIT)
def duplicate(resource: int) -> ResponseReturnValue:
    """A copy to change; a national one becomes the space's own."""
    line = _line(resource, policy.copies)
    copy = service.duplicate(db.session(), g.space, line, utc_now())
    flash(_("Voici une copie, propre à votre territoire : changez-la à votre guise."), "success")
    return redirect(url_for("resources.edit", resource=copy.id), 303)


@blueprint.post(f"{BASE}/<int:resource>/archiver", access=EDIT)
def archive(resource: int) -> ResponseReturnValue:
    line = _line(resource, policy.writes)
    service.archive(db.session(), line.resource, utc_now())
    flash(_("La ressource est archivée : plus personne ne la voit. Vous pouvez la remettre en service."), "success")
    return redirect(url_for("resources.show", resource=resource), 303)


@blueprint.post(f"{BASE}/<int:resource>/retablir", access=EDIT)
def restore(resource: int) -> ResponseReturnValue:
    line = _line(resource, policy.writes)
    service.restore(db.session(), line.resource, utc_now())
    flash(_("La ressource est de nouveau en service."), "success")
    return redirect(url_for("resources.show", resource=resource), 303)


# National resources


@blueprint.post(f"{BASE}/<int:resource>/<any(masquer, montrer):verb>", access=EDIT)
def hide(resource: int, verb: str) -> ResponseReturnValue:
    line = _line(resource, policy.adopts)
    service.hide(db.session(), g.space, line, verb == "masquer", utc_now())
    flash(
        _("Cette ressource n’est plus proposée ici.")
        if verb == "masquer"
        else _("Cette ressource est de nouveau proposée."),
        "success",
    )
    return redirect(url_for("resources.show", resource=resource), 303)


@blueprint.route(f"{BASE}/<int:resource>/adapter", methods=["GET", "POST"], access=EDIT)
def adapt(resource: int) -> ResponseReturnValue:
    """A national resource in the space's own words, the national ones beside."""
    line = _line(resource, policy.adopts)
    form = AdaptForm.of(line, g.space.languages, queries.partners(db.session()))
    command = form.carry_out(
        lambda: (service.adapt(db.session(), g.space, line, form.command(line.resource.entry), utc_now()),)
    )
    if command is None:
        context = {"national": _text_of(line.resource.entry), "before": None}
        if line.outdated and line.adoption is not None:
            context["before"] = _text_of(line.adoption.seen)
        return _page("adapt", "", form.status, form=form, line=line, **context)
    flash(_("C’est enregistré : vos mots remplacent ceux de la base nationale."), "success")
    return redirect(url_for("resources.show", resource=resource), 303)


@blueprint.post(f"{BASE}/<int:resource>/<any(national, garder):verb>", access=EDIT)
def settle(resource: int, verb: str) -> ResponseReturnValue:
    """Back to the national text; or keep one's own, knowing what it says today."""
    line = _line(resource, policy.adopts)
    if verb == "national":
        service.follow_nation(db.session(), line, utc_now())
        flash(_("Le texte national est de nouveau montré."), "success")
    else:
        service.acknowledge(db.session(), line, utc_now())
        flash(_("Vous gardez vos mots. Nous vous préviendrons au prochain changement."), "success")
    return redirect(url_for("resources.show", resource=resource), 303)


# Duplicates


@blueprint.get(f"{BASE}/doublons", access=TEAM)
def duplicates() -> ResponseReturnValue:
    shelf = _shelf(queries.asked(db.session()))
    lines = {line.resource.id: line for line in shelf.lines if line.resource.archived_at is None and not line.hidden}
    known = {id: (str(line.entry.get("url", "")), service.title_of(line.entry)) for id, line in lines.items()}
    pairs = [
        (shelf.item(lines[each.one]), shelf.item(lines[each.other]), each.by)
        for each in alike(known)
        # The nation answers for its own.
        if not (lines[each.one].resource.national and lines[each.other].resource.national)
    ]
    return _page("duplicates", "duplicates", pairs=pairs)


@blueprint.post(f"{BASE}/<int:resource>/reunir/<int:other>", access=EDIT)
def merge(resource: int, other: int) -> ResponseReturnValue:
    """Keep `resource`, and let `other` go."""
    kept, gone = _line(resource, policy.copies), _line(other, policy.copies)
    service.merge(db.session(), g.space, kept, gone, utc_now())
    flash(_("Il n’en reste qu’une. L’autre se retrouve parmi les archivées ou les masquées."), "success")
    return redirect(url_for("resources.duplicates"), 303)


# What is missing


@blueprint.get(f"{BASE}/manques", access=TEAM)
def missing() -> ResponseReturnValue:
    """Frequent weaknesses of the territory to which no resource answers."""
    asked = queries.asked(db.session())
    found: list[dict[str, Any]] = []
    size = 0
    if asked is not None:
        known = queries.audience(db.session(), asked)
        size = known.size
        entries = queries.available(db.session(), asked).entries
        found = [_hole(asked, each) for each in audience.holes(asked, known, entries, today_in_paris())]
    return _page("missing", "missing", holes=found, size=size, enough=size >= audience.THRESHOLD)


def _hole(asked: Compiled, hole: audience.Hole) -> dict[str, Any]:
    """A hole in words, with the address of a new resource that would fill it."""
    language = current_language()
    aim = hole.aim
    values: dict[str, Any] = {}
    if isinstance(aim, CategoryTest):
        values = {"pour": f"category/{aim.category}", "valeurs": ",".join(aim.levels)}
    else:
        words = [{True: "true", False: "false"}[v] if isinstance(v, bool) else str(v) for v in aim.values]
        values = {
            "pour": f"question/{aim.id}",
            "valeurs": ",".join(words) or None,
            "de": aim.at_least,
            "a": aim.at_most,
        }
    grid = {level.id: level.label.in_(language) for level in asked.document.grid(hole.category)}
    return {
        "hole": hole,
        "category": hole.category.title.in_(language),
        "question": asked.question(hole.id).title.in_(language) if hole.kind == "question" else None,
        "levels": [grid[level] for level in audience.low_levels(asked, hole.category)],
        "url": url_for("resources.create", **{key: value for key, value in values.items() if value is not None}),
    }


# Files


@blueprint.get(f"{BASE}/export.<any(xlsx, csv):kind>", access=TEAM)
def export(kind: str) -> ResponseReturnValue:
    """The resources that the list's filters keep, as a file that an import reads."""
    shelf = _shelf(queries.asked(db.session()))
    lines = catalogue.search(shelf, criteria_of(request.args))
    origins = {
        line.resource.slug: _("nationale") if line.resource.national else _("territoire") for line in shelf.lines
    }
    names = {id: partner.name for id, partner in shelf.partners.items()}
    header, rows = intake.sheet_of(lines, names, list(g.space.languages) or ["fr"], origins)
    name = f"ressources-{g.space.slug}-{today_in_paris().isoformat()}.{kind}"
    if kind == "csv":
        return download(csv_file(header, rows), name, CSV)
    widths = [max(14, min(44, len(title) + 6)) for title in header]
    return download(write_sheets([Written(RESOURCES.sheet, [header, *rows], widths)]), name, XLSX)


@blueprint.route(f"{BASE}/importer", methods=["GET", "POST"], access=EDIT)
def import_file() -> ResponseReturnValue:
    """What a file would bring, row by row; nothing changes yet."""
    form = ImportForm()
    reading = form.carry_out(lambda: _read(form))
    if reading is None:
        return _page("import", "import_file", form.status, form=form)
    kept = _keeper().dumps(dump_json([_as_tree(row) for row in reading.rows]))
    return _page(
        "report",
        "import_file",
        reading=reading,
        kept=kept.decode() if isinstance(kept, bytes) else kept,
        notices=[_remark(each) for each in reading.notices],
        refused=[_remark(each) for each in reading.refused],
    )


def _read(form: ImportForm) -> intake.Reading:
    session = db.session()
    document = queries.document_of(queries.asked(session))
    file = form.file.data
    try:
        data = bounded(file.stream.read(LARGEST_FILE + 1))
        return intake.read(data, file.filename or "", document, g.space.languages, queries.lines(session))
    except Unreadable as unreadable:
        raise Rejected(_remark(unreadable.remark), "file") from None


def _remark(remark: Remark) -> str:
    """What is said of a row, in the reader's language: « ligne 4, colonne « Adresse » : … »."""
    said = worded(remark.template, remark.params)
    where = []
    if remark.place.row:
        where.append(_("ligne %(row)s", row=remark.place.row))
    if remark.place.column:
        where.append(_("colonne « %(column)s »", column=printable(remark.place.column)))
    return f"{', '.join(where)} : {said}" if where else said


def _as_tree(row: intake.Row) -> dict[str, Any]:
    given = row.row
    return {"entry": dict(given.entry), "partner": given.partner, "contact": given.contact, "tags": list(given.tags)}


def _keeper() -> URLSafeTimedSerializer:
    """Signs what a file said until it is agreed to, for this very person in this very space."""
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=f"import-{g.space.id}-{actor().person_id}")


@blueprint.post(f"{BASE}/importer/accepter", access=EDIT)
def accept_import() -> ResponseReturnValue:
    """Write the rows that were ticked."""
    try:
        trees = load_json(_keeper().loads(request.form.get("kept", ""), max_age=int(KEPT.total_seconds())))
    except BadData:
        raise Rejected(
            _("Ce compte rendu a plus d’un jour, ou vient d’une autre session. Renvoyez le fichier.")
        ) from None
    wanted = set(request.form.getlist("take"))
    rows = [Imported(**tree) for tree in trees if tree["entry"]["id"] in wanted]
    document = queries.document_of(queries.asked(db.session()))
    added, changed = service.take(db.session(), g.space, rows, document, utc_now())
    flash(
        ngettext("%(num)s ressource ajoutée", "%(num)s ressources ajoutées", added)
        + (ngettext(", %(num)s mise à jour.", ", %(num)s mises à jour.", changed) if changed else "."),
        "success",
    )
    return redirect(url_for("resources.listing", origine="territoire"), 303)


# Partners


@blueprint.get(f"{BASE}/partenaires", access=TEAM)
def partners() -> ResponseReturnValue:
    known = queries.partners(db.session())
    lines = [line for line in queries.lines(db.session()) if line.resource.archived_at is None]
    counts = {id: sum(line.partner_id == id for line in lines) for id in known}
    return _page("partners", "partners", partners=list(known.values()), counts=counts)


@blueprint.route(f"{BASE}/partenaires/nouveau", methods=["GET", "POST"], access=EDIT)
def create_partner() -> ResponseReturnValue:
    return _partner_form(PartnerForm(), None)


@blueprint.route(f"{BASE}/partenaires/<int:partner>", methods=["GET", "POST"], access=EDIT)
def edit_partner(partner: int) -> ResponseReturnValue:
    row = _partner(partner)
    return _partner_form(PartnerForm(obj=row, logo=None), row)


def _partner(id: int) -> Partner:
    return proved(actor(), queries.partner(db.session(), id), policy.writes)


def _partner_form(form: PartnerForm, row: Partner | None) -> ResponseReturnValue:
    written = form.carry_out(lambda: service.write_partner(db.session(), g.space, row, form.command(), utc_now()))
    if written is None:
        return _page("partner", "partners", form.status, form=form, partner=row)
    flash(_("C’est enregistré. Les fiches de ce partenaire sont à jour."), "success")
    return redirect(url_for("resources.partners"), 303)


@blueprint.route(f"{BASE}/partenaires/<int:partner>/retirer", methods=["GET", "POST"], access=EDIT)
def remove_partner(partner: int) -> ResponseReturnValue:
    row = _partner(partner)
    form = ActionForm()
    if not form.validate_on_submit():
        count = queries.count_of_partner(db.session(), row)
        return _page("remove_partner", "partners", form.status, partner=row, count=count)
    service.remove_partner(db.session(), row)
    flash(_("Ce partenaire est retiré."), "success")
    return redirect(url_for("resources.partners"), 303)


# What members and visitors do


@blueprint.get("/ressources/<slug>/aller", access=PUBLIC)
def go(slug: str) -> ResponseReturnValue:
    """On to the official address of a resource; that it was opened is counted for the day, of nobody."""
    url = queries.address_of(db.session(), slug)
    if url is None:
        abort(404)
    if _is_somebody():
        # On a connection of its own: a request that only reads is taken back at its end.
        with db.engine.begin() as connection:
            declare_space(connection, g.space.id)
            connection.execute(service.one_visit(g.space.id, slug, today_in_paris()))
    response = Response(status=303)
    response.headers["Location"] = url
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _is_somebody() -> bool:
    """Whether a person opens this, as far as the request says: not a robot, nor a browser that reads ahead."""
    agent = request.headers.get("User-Agent", "")
    ahead = "prefetch" in (request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", ""))
    return request.method == "GET" and bool(agent) and not ahead and not _ROBOT.search(agent)


@blueprint.post("/ressources/<slug>/avis", access=SIGNED_IN)
def opinion(slug: str) -> ResponseReturnValue:
    """« Cela vous a-t-il aidé ? », by a member of a structure that takes part."""
    if not participations_of(db.session(), actor().ids("organization")):
        abort(404)
    if queries.address_of(db.session(), slug) is None or request.form.get("helped") not in ("oui", "non"):
        abort(404)
    remark = request.form.get("remark")
    if remark is not None:
        remark = UNSTORABLE.sub("", remark).strip()[:500]
    helped = request.form["helped"] == "oui"
    service.give_opinion(db.session(), g.space, slug, current_person(), helped, remark, utc_now())
    flash(_("Merci : votre avis aide à garder les ressources qui servent."), "success")
    back = safe_next(request.form.get("next"), url_for("spaces.home"))
    return redirect(f"{back.partition('#')[0]}#ressource-{slug}", 303)
