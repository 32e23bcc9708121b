"""The page of translations: each text beside its own, what lacks first."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from assett.core.db import db
from assett.core.i18n import show_clock
from assett.core.paging import Page, asked_page, page_within
from assett.core.web import actor, wants_json
from assett.engine.drafting.pieces import take_apart
from assett.kernel.clock import utc_now
from assett.spaces.policy import EDIT, TEAM
from assett.studio import forms, service, translations
from assett.studio.models import Draft
from assett.studio.pages import blueprint, check_of, frame, held_draft, open_draft, place_of
from assett.studio.texts import place_typed, text_typed

ROWS_A_PAGE = 40


@blueprint.get("/<int:id>/traductions", access=TEAM, endpoint="translations")
def translations_page(id: int) -> ResponseReturnValue:
    return _page(open_draft(id))


def _page(found: Draft, refused: service.Translated | None = None) -> ResponseReturnValue:
    languages = [str(each) for each in found.tree.get("languages") or []][1:]
    language = request.values.get("langue", "")
    language = language if language in languages else next(iter(languages), "")
    parts = take_apart(found.tree)
    rows = translations.rows(parts, found.translated, language) if language else []
    everything = request.values.get("voir") == "tout"
    # What lacks first, then what its source has left behind; each in the order of the questionnaire.
    wanted = sorted((row for row in rows if everything or row.to_do), key=lambda row: (not row.missing, not row.stale))
    number = page_within(asked_page(), len(wanted), ROWS_A_PAGE)
    shown = wanted[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]
    page = render_template(
        "studio/translations.html",
        translated_languages=languages,
        into=language,
        everything=everything,
        page=Page(shown, number, ROWS_A_PAGE, len(wanted)),
        titles={row.place.address: forms.called(parts, row.place.address) for row in shown},
        places={row.place.address: place_of(found.id, parts, row.place.address) for row in shown},
        missing=sum(row.missing for row in rows),
        stale=sum(row.stale for row in rows),
        total=len(rows),
        overtaken={(each.address, each.key): (each.text, theirs) for each, theirs in refused.overtaken}
        if refused
        else {},
        **frame(found, check_of(found)),
    )
    return page, 409 if refused and refused.overtaken else 200


@blueprint.post("/<int:id>/traductions", access=EDIT)
def translate(id: int) -> ResponseReturnValue:
    found = held_draft(id)
    language = request.form.get("langue", "")
    outcome = service.translate(db.session(), found, language, _commands(request.form), actor=actor(), now=utc_now())
    if wants_json():
        return _saved(found, outcome)
    if outcome.overtaken:
        # What could be written is; what could not stays on the page.
        db.session.commit()
        return _page(found, outcome)
    flash(
        ngettext("%(num)s traduction est enregistrée.", "%(num)s traductions sont enregistrées.", outcome.written)
        if outcome.written
        else gettext("Rien n’a changé."),
        "success",
    )
    everything = "tout" if request.form.get("voir") == "tout" else None
    return redirect(url_for(".translations", id=id, langue=language, voir=everything), 303)


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
