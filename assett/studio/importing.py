"""Pages of files brought into the studio: choose one, read its report, then decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy.orm import undefer
from werkzeug.exceptions import RequestEntityTooLarge

from assett.core.db import db
from assett.core.i18n import LANGUAGE_NAMES, colon
from assett.core.permissions import load
from assett.core.spreadsheets import TEXT, download
from assett.core.web import actor, error_page, refuse, swallow
from assett.engine.drafting.pieces import Tree, drafted
from assett.kernel.clock import utc_now
from assett.kernel.errors import Rejected
from assett.kernel.text import N_
from assett.resources import queries as resources
from assett.spaces.policy import EDIT, TEAM
from assett.studio import (
    cards,
    checking,
    comparing,
    filing,
    forms,
    history,
    policy,
    queries,
    texts,
    translating,
    worksheets,
)
from assett.studio.models import Draft, QuestionnaireFile
from assett.studio.pages import blueprint, check_of, frame, held_draft, open_draft
from assett.studio.remarks import SHOWN, Said, all_said

FORMAT_NAMES = {
    "xlsx": N_("classeur ASSETT"),
    "xlsform": N_("formulaire XLSForm (KoBo, ODK)"),
    "yaml": N_("fichier YAML"),
    "json": N_("fichier JSON"),
}

# How many changes of colleagues are told before a draft is replaced; its history tells the others.
MOST_SINCE = 12


@blueprint.get("/importer", access=EDIT)
def import_new() -> ResponseReturnValue:
    return _choose(None)


@blueprint.post("/importer", access=EDIT)
def bring_new() -> ResponseReturnValue:
    return _brought(None)


@blueprint.get("/<int:id>/fichiers", access=TEAM, endpoint="files")
def draft_files(id: int) -> ResponseReturnValue:
    """What a draft can be taken away as, and the form that replaces its content."""
    return _choose(open_draft(id))


@blueprint.post("/<int:id>/fichiers", access=EDIT)
def bring_into(id: int) -> ResponseReturnValue:
    found = load(actor(), Draft, id, policy.writes, options=[undefer(Draft.tree)])
    if not found.open:
        raise Rejected(gettext("Ce brouillon ne change plus : importez ce fichier dans un nouveau brouillon."))
    return _brought(found)


def _choose(found: Draft | None, said: Iterable[Said] = (), status: int = 200) -> ResponseReturnValue:
    """The page where a file is chosen; `said` is why the last one cannot be taken."""
    given: dict[str, Any] = {"said": list(said), "limit": filing.LARGEST}
    if found is None:
        return render_template("studio/import.html", **given), status
    return render_template("studio/files.html", **given, **frame(found, check_of(found))), status


def _brought(found: Draft | None) -> ResponseReturnValue:
    sent = request.files.get("file")
    upload = filing.Upload(sent.filename or "", sent.read()) if sent is not None else filing.Upload("", b"")
    try:
        row = filing.bring(db.session(), g.space.id, upload, draft=found, actor=actor(), now=utc_now())
    except Rejected as rejected:
        return _choose(found, [Said("", str(rejected.message))], 422)
    except filing.Unusable as unusable:
        return _choose(found, all_said(map(filing.remark_tree, unusable.report.problems)), 422)
    return redirect(url_for(".brought", file=row.id), 303)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """A file beyond what any request may weigh: said on the page that it was sent from."""
    if request.endpoint not in {"studio.bring_new", "studio.bring_into", "studio.bring_texts"}:
        return error_page(413)
    refused = refuse(EDIT)
    if refused is not None:
        return refused
    swallow()
    if request.endpoint == "studio.bring_texts":
        return translating.page(open_draft((request.view_args or {})["id"]), [Said("", str(filing.TOO_LARGE))], 413)
    found = open_draft((request.view_args or {})["id"]) if request.endpoint == "studio.bring_into" else None
    return _choose(found, [Said("", str(filing.TOO_LARGE))], 413)


@blueprint.get("/fichiers/<int:file>", access=EDIT)
def brought(file: int) -> ResponseReturnValue:
    """The report of a file, before anything changes."""
    row = load(actor(), QuestionnaireFile, file, policy.writes_file, options=filing.WHOLE)
    if row.report["format"] == worksheets.FORMAT:
        return redirect(url_for(".brought_texts", file=file), 303)
    if row.tree is None:
        return redirect(url_for(".draft", id=row.draft_id) if row.draft_id else url_for(".home"), 303)
    return _report(row, open_draft(row.draft_id) if row.draft_id else None)


def _report(
    row: QuestionnaireFile,
    target: Draft | None,
    wanted: filing.Wanted = filing.Wanted(),
    since: Sequence[Since] = (),
    costly: bool = False,
    on_its_own: bool = False,
) -> ResponseReturnValue:
    """The report, against the draft of now; `since` is what was done to it after the one that somebody decided on, who
    `wanted` that, `costly` whether more of the file is refused for what they want to go. `on_its_own`, it tells what
    another draft would be."""
    found = filing.on_its_own(row) if on_its_own else filing.understood(target, row, wanted)
    tree, report = drafted(found.tree), found.report
    checked = checking.check(tree, resources.base(db.session())[0])
    compared = comparing.compared(target, found, wanted) if target is not None and not on_its_own else None
    noticed = report["notices"]
    dropped = report.get("dropped") or ()
    page = render_template(
        "studio/report.html",
        file=row,
        draft=target,
        report=report,
        counts=_counts(report["understood"]),
        format_name=gettext(FORMAT_NAMES.get(report["format"], "")),
        notices=all_said(noticed),
        unsaid=report["unsaid"] + max(len(noticed) - SHOWN, 0),
        dropped=all_said(dropped),
        dropped_count=sum(1 + len(each["place"].get("more", ())) for each in dropped),
        dropped_unsaid=max(len(dropped) - SHOWN, 0),
        refused=all_said(report["refused"]),
        refused_unsaid=max(len(report["refused"]) - SHOWN, 0),
        refused_rows=_rows_of(report["refused"]),
        language=tree["languages"][0],
        language_names=LANGUAGE_NAMES,
        title=texts.piece_title(tree, tree["languages"][0]),
        categories=_preview(tree),
        warnings=forms.by_kind(("", "", note) for note in checked.warnings),
        compared=compared,
        most_titles=comparing.MOST_TITLES,
        points=len(report.get("points") or {}),
        points_wanted=wanted.points,
        since=since[:MOST_SINCE],
        since_more=len(since) - len(since[:MOST_SINCE]),
        alone=row.report.get("alone", True),
        costly=costly,
        on_its_own=on_its_own,
        emptied=wanted.emptied,
    )
    return page, 409 if since or costly or on_its_own else 200


@blueprint.get("/fichiers/<int:file>/rapport.txt", access=EDIT)
def brought_report(file: int) -> ResponseReturnValue:
    """All that the report of a file says, however long: the page shows its beginning."""
    row = load(actor(), QuestionnaireFile, file, policy.writes_file, options=filing.WHOLE)
    if row.report["format"] == worksheets.FORMAT:
        abort(404)
    target = open_draft(row.draft_id) if row.draft_id is not None and row.tree is not None else None
    wanted = filing.Wanted(emptied=request.args.getlist("emptied"))
    if request.args.get("alone"):
        target, found = None, filing.on_its_own(row)
    else:
        found = filing.understood(target, row, wanted)
    parts = (
        (gettext("Refusé"), found.report["refused"]),
        (gettext("Cases refusées, dont la ligne est reprise"), found.report.get("dropped") or ()),
        (gettext("Repris, à relire"), found.report["notices"]),
    )
    lines = [gettext("Rapport d’import de « %(name)s »", name=row.name)]
    for heading, remarks in parts:
        if remarks:
            said = all_said(remarks, most=None)
            lines += ["", heading, *(f"{each.where}{colon()}{each.what}" if each.where else each.what for each in said)]
    if target is not None:
        lines += ["", gettext("Ce qui changerait dans « %(title)s »", title=target.title or gettext("(sans titre)"))]
        lines += comparing.compared(target, found, wanted).lines()
    return download("".join(f"{line}\r\n" for line in lines).encode(), f"rapport-import-{row.id}.txt", TEXT)


@blueprint.post("/fichiers/<int:file>/reprendre", access=EDIT)
def take_file(file: int) -> ResponseReturnValue:
    row = filing.held(db.session(), load(actor(), QuestionnaireFile, file, policy.writes_file))
    if row.report["format"] == worksheets.FORMAT:
        abort(404)
    if row.tree is None and row.draft_id is not None:
        # A second click: the first one has done it.
        return redirect(url_for(".draft", id=row.draft_id), 303)
    if row.draft_id is None:
        return _begun(row)
    if "new" in request.form and row.report.get("alone", True):
        # What another draft would not have is read before it is made.
        target, wanted = open_draft(row.draft_id), filing.Wanted("points" in request.form)
        if "told_alone" in request.form or not filing.on_its_own(row).costs_more(
            filing.understood(target, row, wanted)
        ):
            return _begun(row)
        return _report(row, target, wanted, on_its_own=True)
    return _replaced(row, held_draft(row.draft_id))


def _begun(row: QuestionnaireFile) -> ResponseReturnValue:
    draft = filing.begin_with(db.session(), row, points="points" in request.form, actor=actor(), now=utc_now())
    flash(gettext("Le fichier est devenu un brouillon : rien n’est public avant que vous ne le publiiez."), "success")
    return redirect(url_for(".draft", id=draft.id), 303)


def _replaced(row: QuestionnaireFile, draft: Draft) -> ResponseReturnValue:
    wanted = filing.Wanted("points" in request.form, request.form.getlist("emptied"))
    since = _since(draft)
    costly = _costs_more(row, draft, wanted)
    if since or costly:
        return _report(row, draft, wanted, since, costly)
    if filing.replace_with(db.session(), draft, row, wanted, actor=actor(), now=utc_now()):
        flash(gettext("Le contenu du brouillon est remplacé. « Annuler » le fait revenir."), "success")
    else:
        flash(gettext("Le brouillon disait déjà la même chose : rien n’a changé."), "info")
    return redirect(url_for(".draft", id=draft.id), 303)


def _costs_more(row: QuestionnaireFile, draft: Draft, wanted: filing.Wanted) -> bool:
    """Whether more is said of a file for what is to go than the report that was read told."""
    told = request.form.getlist("told")
    if set(wanted.emptied) <= set(told):
        return False
    before = filing.understood(draft, row, filing.Wanted(wanted.points, told))
    return filing.understood(draft, row, wanted).costs_more(before)


@dataclass(frozen=True, slots=True)
class Since:
    """Who did what to a draft, and when last."""

    person: str
    did: str
    at: datetime


def _since(draft: Draft) -> list[Since]:
    """What was done to a draft since the report whose button was pressed, the latest first, each said once."""
    seen = texts.place_typed(request.form.get("seen", "")) or 0
    found: dict[tuple[str, str], Since] = {}
    for step in queries.steps_since(db.session(), draft, seen):
        did = history.said(step)
        found.setdefault((step.person, did), Since(step.person, did, step.at))
    return list(found.values())


@blueprint.post("/fichiers/<int:file>/abandonner", access=EDIT)
def drop_file(file: int) -> ResponseReturnValue:
    row = load(actor(), QuestionnaireFile, file, policy.writes_file)
    back = url_for(".draft", id=row.draft_id) if row.draft_id else url_for(".home")
    filing.drop(db.session(), row)
    flash(gettext("Le fichier est oublié ; rien n’a changé."), "info")
    return redirect(back, 303)


def _rows_of(remarks: Iterable[Mapping[str, Any]]) -> int:
    """How many rows some remarks are about."""
    places = [each["place"] for each in remarks]
    return len({(place["sheet"], row) for place in places for row in (place["row"], *place.get("more", ()))})


def _counts(found: Mapping[str, int]) -> list[str]:
    """What was understood, in words: « 3 catégories », « 24 questions »…"""
    words = {
        "categories": ngettext("%(num)s catégorie", "%(num)s catégories", found["categories"]),
        "questions": ngettext("%(num)s question", "%(num)s questions", found["questions"]),
        "choices": ngettext("%(num)s réponse possible", "%(num)s réponses possibles", found["choices"]),
        "profile": ngettext("%(num)s élément de profil", "%(num)s éléments de profil", found["profile"]),
        "levels": ngettext("%(num)s niveau", "%(num)s niveaux", found["levels"]),
        "caps": ngettext("%(num)s plafond", "%(num)s plafonds", found.get("caps", 0)),
        "resources": ngettext("%(num)s ressource", "%(num)s ressources", found["resources"]),
    }
    return [text for key, text in words.items() if found.get(key)] or [gettext("le titre et les réglages")]


def _preview(tree: Tree) -> list[tuple[str, list[cards.PieceCard]]]:
    """The questions as they will read, category by category."""
    language = tree["languages"][0]
    return [
        (
            texts.piece_title(category, language),
            [
                cards.PieceCard(f"question/{question['id']}", question, number=number)
                for number, question in enumerate(category["questions"], 1)
            ],
        )
        for category in tree["categories"]
    ]
