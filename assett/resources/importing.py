"""Resources taken away as a file, and taken in from one after its report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from itsdangerous import BadData, URLSafeTimedSerializer

from assett.core.db import db, dump_json, load_json
from assett.core.i18n import colon
from assett.core.spreadsheets import CSV, XLSX, csv_file, download
from assett.core.web import actor
from assett.formats.layout import RESOURCES
from assett.formats.reports import Remark, Unreadable, row_numbers
from assett.formats.sheets import LARGEST_FILE, Written, bounded, write_sheets
from assett.kernel.clock import today_in_paris, utc_now
from assett.kernel.errors import Rejected
from assett.kernel.text import printable, sentence
from assett.resources import aiming, catalogue, checking, intake, queries, taking
from assett.resources.aiming import Aimable
from assett.resources.forms import ImportForm, criteria_of
from assett.resources.pages import BASE, blueprint, page, shelf_of
from assett.resources.taking import Imported
from assett.resources.weighing import Reading, Row
from assett.spaces.policy import EDIT, TEAM

# How long the report of a file may be read before it is agreed to.
KEPT = timedelta(days=1)
# So many of the reasons why rows are refused, or cells set aside, are still told once the others are taken.
MOST_KEPT = 500


@blueprint.get(f"{BASE}/export.<any(xlsx, csv):kind>", access=TEAM)
def export(kind: str) -> ResponseReturnValue:
    """The resources that the list's filters keep, as a file that an import reads."""
    shelf = shelf_of(queries.asked(db.session()))
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
    form, aimable = ImportForm(), aiming.aimable(db.session())
    reading = form.carry_out(lambda: _read(form, aimable))
    if reading is None:
        return page("import", "import_file", form.status, form=form)
    refused = [_remark(each) for each in reading.refused]
    told = {
        "rows": [_as_tree(row) for row in reading.rows],
        "refused": refused[:MOST_KEPT],
        "left": [[row.row.entry["id"], _remark(each)] for row in reading.rows for each in row.left][:MOST_KEPT],
    }
    kept = _keeper().dumps(dump_json(told))
    return page(
        "report",
        "import_file",
        reading=reading,
        kept=kept.decode() if isinstance(kept, bytes) else kept,
        notices=[*map(_remark, reading.notices), *_coming(aimable, reading)],
        refused=refused,
        left=[_remark(each) for each in reading.left],
    )


def _coming(aimable: Aimable, reading: Reading) -> Iterator[str]:
    """What is said, as in the form of a resource, where rows aim at a questionnaire that is not published yet."""
    if aimable.coming and any(row.row.entry.get("for") or row.row.entry.get("who") for row in reading.rows):
        yield _(
            "Les questions sont celles du brouillon « %(title)s » : ce choix comptera quand il sera publié.",
            title=aimable.coming,
        )


def _read(form: ImportForm, aimable: Aimable) -> Reading:
    session, document = db.session(), queries.document_of(aimable.compiled)
    file = form.file.data
    try:
        data = bounded(file.stream.read(LARGEST_FILE + 1))
        names = {id: partner.name for id, partner in queries.partners(session).items()}
        return intake.read(data, file.filename or "", document, g.space.languages, queries.lines(session), names)
    except Unreadable as unreadable:
        raise Rejected(_remark(unreadable.remark), "file") from None


def _remark(remark: Remark) -> str:
    """What is said of a row, in the reader's language: « ligne 4, colonne « Adresse » : … »."""
    said = checking.in_words(remark.template, remark.params)
    where = []
    if remark.place.more:
        where.append(_("lignes %(rows)s", rows=row_numbers(remark.place.rows)))
    elif remark.place.row:
        where.append(_("ligne %(row)s", row=remark.place.row))
    if remark.place.column:
        where.append(_("colonne « %(column)s »", column=printable(remark.place.column)))
    if remark.kept:
        kept = str(_(remark.kept))
        # A guess ends with its question mark.
        asks = said.endswith("?")
        said = f"{said} {kept[:1].upper()}{kept[1:]}" if asks else _("%(problem)s ; %(kept)s", problem=said, kept=kept)
    return f"{', '.join(where)}{colon()}{said}" if where else sentence(said)


def _as_tree(row: Row) -> dict[str, Any]:
    given = row.row
    tags = list(given.tags) if given.tags is not None else None
    beside = {"partner": given.partner, "contact": given.contact, "tags": tags}
    return {"entry": dict(given.entry), **beside, "seen": given.seen}


def _keeper() -> URLSafeTimedSerializer:
    """Signs what a file said until it is agreed to, for this very person in this very space."""
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=f"import-report-{g.space.id}-{actor().person_id}")


@blueprint.post(f"{BASE}/importer/accepter", access=EDIT)
def accept_import() -> ResponseReturnValue:
    """Write the rows that were ticked."""
    try:
        told = load_json(_keeper().loads(request.form.get("kept", ""), max_age=int(KEPT.total_seconds())))
    except BadData:
        raise Rejected(
            _("Ce compte rendu a plus d’un jour, ou vient d’une autre session. Renvoyez le fichier.")
        ) from None
    wanted = set(request.form.getlist("take"))
    rows = [Imported(**tree) for tree in told["rows"] if tree["entry"]["id"] in wanted]
    document = queries.document_of(aiming.aimable(db.session()).compiled)
    done = taking.take(db.session(), g.space, rows, document, utc_now())
    said = ngettext("%(num)s ressource ajoutée", "%(num)s ressources ajoutées", done.added) + (
        ngettext(", %(num)s mise à jour.", ", %(num)s mises à jour.", done.changed) if done.changed else "."
    )
    flash(said, "success")
    if done.left:
        flash(
            _(
                "Changées entre-temps par un collègue, celles-ci restent comme elles sont : %(titles)s. Renvoyez le"
                " fichier pour les revoir.",
                titles=_(", ").join(_("« %(title)s »", title=title) for title in done.left[:10]),
            ),
            "warning",
        )
    left = [said for slug, said in told["left"] if slug in wanted]
    if told["refused"] or left:
        # What is still to be put right stays before one's eyes.
        return page("taken", "import_file", refused=told["refused"], left=left)
    return redirect(url_for("resources.listing", origine="territoire"), 303)
