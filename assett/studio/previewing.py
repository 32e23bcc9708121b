"""The preview of a draft: answered as a respondent would, with any profile, in any language, on a phone's width."""

from __future__ import annotations

from flask import Response, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from assett.core.db import db
from assett.core.i18n import LANGUAGE_NAMES, LANGUAGES
from assett.core.web import CONTENT_POLICY
from assett.engine.drafting.pieces import take_apart
from assett.kernel.clock import utc_now
from assett.resources import queries as resources
from assett.spaces.policy import TEAM
from assett.studio import checking, forms, respondent
from assett.studio.models import Draft
from assett.studio.pages import blueprint, check_of, frame, open_draft, place_of
from assett.studio.texts import first_language

# The page stands in a frame of the studio's own, and in nobody else's.
FRAMED_POLICY = CONTENT_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
WIDTHS = ("telephone", "page")


@blueprint.get("/<int:id>/apercu", access=TEAM)
def preview(id: int) -> ResponseReturnValue:
    """The frame: on a phone's width or the window's; what is left out as long as it is to be put right."""
    found = open_draft(id)
    checked, parts = check_of(found), take_apart(found.tree)
    width = request.args.get("largeur", WIDTHS[0])
    return render_template(
        "studio/preview.html",
        width=width if width in WIDTHS else WIDTHS[0],
        left_out=[
            (forms.called(parts, address), place_of(found.id, parts, address, opened=True))
            for address in checked.left_out
            if address in parts.pieces
        ],
        **frame(found, checked),
    )


@blueprint.route("/<int:id>/apercu/page", access=TEAM, methods=["GET", "POST"])
def preview_page(id: int) -> ResponseReturnValue:
    """The page of the respondent. It is sent to be drawn anew, with what was answered: nothing is stored."""
    found = open_draft(id)
    checked = check_of(found)
    languages = [str(each) for each in found.tree.get("languages") or ["fr"]]
    asked = request.form.get("language") or request.form.get("spoken", "")
    language = asked if asked in languages else first_language(found.tree)
    with force_locale(language if language in LANGUAGES else first_language(found.tree)):
        page = make_response(_page(found, checked, language, languages))
    page.headers["Content-Security-Policy"] = FRAMED_POLICY
    return page


def _page(found: Draft, checked: checking.Check, language: str, languages: list[str]) -> Response | str:
    if checked.compiled is None:
        return render_template("studio/preview_nothing.html", draft=found, language=language)
    reply = respondent.reply_of(checked.compiled, request.form)
    sheet = respondent.sheet(
        checked.compiled,
        reply,
        request.form.get("step") or request.form.get("from", ""),
        language,
        utc_now(),
        respondent.Offer(resources.available(db.session(), checked.compiled), g.space.name),
        request.form,
    )
    return render_template(
        "studio/preview_page.html",
        draft=found,
        sheet=sheet,
        reply=reply,
        language=language,
        page_lang=language,
        languages=languages,
        language_names=LANGUAGE_NAMES,
    )
