"""The page of translations: each text beside its own, what lacks first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy.orm import undefer

from assett.core.db import db
from assett.core.i18n import LANGUAGE_NAMES, show_clock
from assett.core.paging import Page, asked_page, page_within
from assett.core.permissions import load
from assett.core.spreadsheets import XLSX, download
from assett.core.web import actor, wants_json
from assett.engine.drafting.pieces import SETTINGS, Parts, take_apart
from assett.formats.reports import Unreadable
from assett.formats.texts import write_texts
from assett.kernel.clock import today_in_paris, utc_now
from assett.kernel.errors import Rejected
from assett.kernel.ids import slugify
from assett.spaces.policy import EDIT, TEAM
from assett.studio import filing, forms, late, policy, service, translations, worksheets
from assett.studio.differing import Told
from assett.studio.models import Draft, QuestionnaireFile
from assett.studio.pages import blueprint, check_of, frame, held_draft, open_draft, place_of
from assett.studio.remarks import Said, all_said
from assett.studio.texts import first_language, place_typed, text_typed, words

ROWS_A_PAGE = 40
CHANGES_A_PAGE = 50


@blueprint.get("/<int:id>/traductions", access=TEAM, endpoint="translations")
def translations_page(id: int) -> ResponseReturnValue:
    return page(open_draft(id))


def page(
    found: Draft, said: Iterable[Said] = (), status: int = 200, *, refused: service.Translated | None = None
) -> ResponseReturnValue:
    """The page; `said` is why the last file cannot be taken, `refused` what a colleague wrote meanwhile."""
    languages = [str(each) for each in found.tree.get("languages") or []][1:]
    language = request.values.get("langue", "")
    language = language if language in languages else next(iter(languages), "")
    parts = take_apart(found.tree)
    rows = translations.rows(parts, found.translated, language) if language else []
    # The check leads to one passage.
    passage = request.values.get("passage", "")
    passage = passage if passage in parts.pieces else ""
    everything = request.values.get("voir") == "tout"
    # What lacks first, then what its source has left behind; each in the order of the questionnaire.
    # What a colleague wrote otherwise meanwhile before all: what was typed is nowhere else.
    overtaken = {(each.address, each.key): (each.text, theirs) for each, theirs in refused.overtaken} if refused else {}
    kept = (
        row
        for row in rows
        if (row.place.address, row.place.key) in overtaken
        or ((everything or row.to_do) and passage in ("", row.place.address))
    )
    wanted = sorted(
        kept, key=lambda row: ((row.place.address, row.place.key) not in overtaken, not row.missing, not row.stale)
    )
    number = page_within(asked_page(), len(wanted), ROWS_A_PAGE)
    shown = wanted[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]
    shown_page = render_template(
        "studio/translations.html",
        translated_languages=languages,
        into=language,
        everything=everything,
        passage=passage,
        passage_called=forms.called(parts, passage) if passage else "",
        page=Page(shown, number, ROWS_A_PAGE, len(wanted)),
        titles={row.place.address: forms.called(parts, row.place.address) for row in shown},
        places={row.place.address: place_of(found.id, parts, row.place.address) for row in shown},
        missing=sum(row.missing for row in rows),
        stale=sum(row.stale for row in rows),
        total=len(rows),
        overtaken=overtaken,
        said=list(said),
        limit=filing.LARGEST,
        **frame(found, check_of(found)),
    )
    return shown_page, 409 if refused and refused.overtaken else status


@blueprint.post("/<int:id>/traductions", access=EDIT)
def translate(id: int) -> ResponseReturnValue:
    try:
        found = held_draft(id)
    except service.Closed:
        return _too_late(open_draft(id))
    outcome = _written(found)
    if wants_json():
        return _saved(found, outcome)
    said = (
        ngettext("%(num)s traduction est enregistrée.", "%(num)s traductions sont enregistrées.", outcome.written)
        if outcome.written
        else gettext("Rien n’a changé.")
    )
    return _answer(found, outcome, said)


def _written(found: Draft) -> service.Translated:
    """The translations of this request, written in a locked draft."""
    language, commands = request.form.get("langue", ""), _commands(request.form)
    return service.translate(db.session(), found, language, commands, actor=actor(), now=utc_now())


def _answer(found: Draft, outcome: service.Translated, said: str) -> ResponseReturnValue:
    if outcome.overtaken:
        # What could be written is; what could not stays on the page.
        db.session.commit()
        return page(found, refused=outcome)
    flash(said, "success")
    everything = "tout" if request.form.get("voir") == "tout" else None
    passage, language = request.form.get("passage") or None, request.form.get("langue", "")
    return redirect(url_for(".translations", id=found.id, langue=language, voir=everything, passage=passage), 303)


def _too_late(found: Draft) -> ResponseReturnValue:
    """The draft was closed meanwhile: what was typed is shown, and goes on from there."""
    language, parts = request.form.get("langue", ""), take_apart(found.tree)
    standing = {(row.place.address, row.place.key): row for row in translations.rows(parts, {}, language)}
    told = [
        Told(_where(parts, row.place), command.seen, command.text)
        for command in _commands(request.form)
        if (row := standing.get((command.address, command.key))) is not None
        and command.text not in (row.translation, command.seen)
    ]
    called = gettext(
        "%(label)s (%(language)s)", label=gettext("Traductions"), language=LANGUAGE_NAMES.get(language, language)
    )
    action = url_for(".carry_translations", id=found.id)
    return late.refused(found, called, told, action=action, passages=max(len(told), 1))


@blueprint.post("/<int:id>/traductions/passage", access=EDIT)
def carry_translations(id: int) -> ResponseReturnValue:
    """Put translations that came too late for a closed draft in the one that goes on from it."""
    closed = load(actor(), Draft, id, policy.writes)
    found = service.following_draft(db.session(), closed, actor=actor(), now=utc_now())
    outcome = _written(found)
    return _answer(found, outcome, late.carried(closed, found, max(outcome.written, 1)))


def _saved(found: Draft, outcome: service.Translated) -> ResponseReturnValue:
    if outcome.overtaken:
        return jsonify(theirs=outcome.overtaken[0][1]), 409
    return jsonify(saved=gettext("Enregistré à %(at)s", at=show_clock(found.changed_at)))


def _commands(form: Any) -> list[service.Translate]:
    """The rows of a form: what was typed, and what its author saw there."""
    numbers = sorted(number for name in form if name.startswith("a.") and (number := place_typed(name[2:])) is not None)
    return [
        service.Translate(
            form.get(f"a.{number}", ""),
            form.get(f"k.{number}", ""),
            text_typed(form.get(f"t.{number}", "")),
            text_typed(form.get(f"w.{number}", "")),
            f"h.{number}" in form,
        )
        for number in numbers[: 4 * ROWS_A_PAGE]
    ]


@blueprint.get("/<int:id>/traductions/export.xlsx", access=TEAM)
def export_texts(id: int) -> ResponseReturnValue:
    """The texts of a draft beside their translations, for a spreadsheet."""
    found = open_draft(id)
    parts = take_apart(found.tree)
    languages = [str(each) for each in found.tree.get("languages") or []]
    if len(languages) < 2:
        return redirect(url_for(".translations", id=id), 303)
    where = {f"{place.address} {place.key}": _where(parts, place) for place in translations.places_of(parts)}
    name = f"{slugify(str(found.tree.get('id') or '')) or 'questionnaire'}-textes-{today_in_paris().isoformat()}.xlsx"
    try:
        content = write_texts(list(worksheets.lines_of(parts, found.translated, where)), languages)
    except Unreadable as unwritable:
        flash(str(unwritable.remark), "error")
        return redirect(url_for(".translations", id=id), 303)
    return download(content, name, XLSX)


def _where(parts: Parts, place: translations.Place) -> str:
    """Where a text stands, in words: « Énergie › Suivez-vous vos consommations ? › Oui, Commentaire »."""
    kind, _, name = place.address.partition("/")
    category = parts.outline.category_of(name) if kind == "question" else None
    steps = [forms.called(parts, f"category/{category}")] if category is not None else []
    steps.append(forms.called(parts, place.address))
    part, which, *_ = [*place.key.split("."), ""]
    if part == "caps":
        steps.append(gettext("Plafond %(number)s", number=int(which) + 1))
    elif part == "labels":
        steps.append(gettext("Degré %(step)s", step=which))
    elif which:
        things = parts.pieces[place.address].get(part)
        named = {str(each.get("id")): each for each in things} if isinstance(things, list) else {}
        thing = named.get(which, {})
        steps.append(words(thing.get("label") or thing.get("title"), first_language(parts.pieces[SETTINGS])) or which)
    return f"{' › '.join(steps)}, {gettext(place.label)}"


@blueprint.post("/<int:id>/traductions/fichier", access=EDIT)
def bring_texts(id: int) -> ResponseReturnValue:
    found = load(actor(), Draft, id, policy.writes, options=[undefer(Draft.tree)])
    if not found.open:
        raise Rejected(gettext("Ce brouillon ne change plus : ses traductions non plus."))
    sent = request.files.get("file")
    upload = filing.Upload(sent.filename or "", sent.read()) if sent is not None else filing.Upload("", b"")
    try:
        row = worksheets.bring(db.session(), found, upload, actor=actor(), now=utc_now())
    except Rejected as rejected:
        return page(found, [Said("", str(rejected.message))], 422)
    except filing.Unusable as unusable:
        return page(found, all_said(map(filing.remark_tree, unusable.report.problems)), 422)
    return redirect(url_for(".brought_texts", file=row.id), 303)


@blueprint.get("/fichiers/<int:file>/traductions", access=EDIT)
def brought_texts(file: int) -> ResponseReturnValue:
    """What a file of texts would change of the draft as it stands now, before anything does."""
    row = load(actor(), QuestionnaireFile, file, policy.writes_file, options=_WHOLE)
    if row.report["format"] != worksheets.FORMAT or row.draft_id is None:
        return redirect(url_for(".brought", file=file), 303)
    if row.tree is None:
        return redirect(url_for(".translations", id=row.draft_id), 303)
    found = open_draft(row.draft_id)
    parts = take_apart(found.tree)
    outcome = worksheets.weighed(parts, worksheets.held_lines(row))
    report = outcome.report
    number = page_within(asked_page(), outcome.written, CHANGES_A_PAGE)
    shown = outcome.changes[(number - 1) * CHANGES_A_PAGE : number * CHANGES_A_PAGE]
    return render_template(
        "studio/texts_report.html",
        file=row,
        draft=found,
        outcome=outcome,
        page=Page(shown, number, CHANGES_A_PAGE, outcome.written),
        changes=[Told(_change_called(parts, change), change.before, change.after) for change in shown],
        refused=all_said([*row.report["refused"], *map(filing.remark_tree, report.refused)], most=None),
        notices=all_said([*row.report["notices"], *map(filing.remark_tree, report.notices)], most=None),
    )


def _change_called(parts: Parts, change: worksheets.Change) -> str:
    language = LANGUAGE_NAMES.get(change.language, change.language)
    return gettext("%(label)s (%(language)s)", label=_where(parts, change.place), language=language)


_WHOLE = (undefer(QuestionnaireFile.tree), undefer(QuestionnaireFile.report))


@blueprint.post("/fichiers/<int:file>/traductions", access=EDIT)
def take_texts(file: int) -> ResponseReturnValue:
    row = filing.held(db.session(), load(actor(), QuestionnaireFile, file, policy.writes_file))
    if row.report["format"] != worksheets.FORMAT or row.draft_id is None:
        abort(404)
    if row.tree is not None:
        written = worksheets.write(db.session(), held_draft(row.draft_id), row, actor=actor(), now=utc_now())
        flash(
            ngettext("%(num)s traduction est enregistrée.", "%(num)s traductions sont enregistrées.", written)
            if written
            else gettext("Rien n’a changé."),
            "success",
        )
    return redirect(url_for(".translations", id=row.draft_id), 303)
