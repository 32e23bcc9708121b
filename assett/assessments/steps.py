"""The steps of an assessment beside the way: read by who may not answer, sent by who may no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import (
    Response,
    abort,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from assett.assessments import cards, departing, journey, lines, policy, queries, service, tryouts
from assett.assessments.models import Assessment, Held, SavedAnswer
from assett.core.db import db
from assett.core.i18n import current_language
from assett.core.web import actor
from assett.engine.compiled import Compiled
from assett.engine.document import Category
from assett.engine.path import path
from assett.kernel.clock import utc_now
from assett.organizations import departing as organization_departing
from assett.questionnaires import queries as questionnaires
from assett.spaces.registries import AtTheDoor, at_the_door, brief_endpoints

# Where an answer is sent by itself: what each of them waits for is read in one statement, at the door.
SAVING = "assessments.answer"


def written() -> list[lines.Line]:
    """What somebody wrote in the page of questions that this request sends."""
    asked = questionnaires.active_version(db.session())
    compiled = questionnaires.compiled(db.session(), asked) if asked is not None else None
    return lines.bare(request.form, compiled)


def load(id: int, category: str | None) -> tuple[Assessment, Compiled]:
    """The assessment of a page of questions (those of the profile without `category`), to be answered or, where the
    page is only asked for, to be read.

    What is sent and cannot be saved any more is shown again to whoever sent it, with the reason.
    """
    posted = request.method == "POST"
    found = queries.assessment(db.session(), id, lock=posted)
    tryouts.turn_to_sign_in(found)
    if posted and (found is None or not policy.follows(actor(), found)):
        abort(_turned_away(id))
    assessment = tryouts.prove(found, policy.follows)
    compiled = questionnaires.compiled(db.session(), assessment.version)
    if posted and (assessment.completed or not policy.can_answer(actor(), assessment)):
        abort(_came_too_late(assessment, compiled, category))
    if assessment.completed:
        abort(redirect(url_for("assessments.result", id=id)))
    return assessment, compiled


def load_to_end(id: int, *, lock: bool) -> tuple[Assessment, Compiled]:
    """The assessment of a page that ends it, complete or given up; whoever follows it and may do neither is told so
    where it is read."""
    assessment = tryouts.prove(queries.assessment(db.session(), id, lock=lock), policy.follows)
    if assessment.completed:
        abort(redirect(url_for("assessments.result", id=id), 303))
    if not policy.can_answer(actor(), assessment):
        flash(_closed(assessment)[1], "info")
        abort(redirect(url_for("assessments.summary", id=id), 303))
    return assessment, questionnaires.compiled(db.session(), assessment.version)


def _turned_away(id: int) -> Response:
    """For an assessment that is gone or somebody else's: nothing of it, only what the visitor wrote."""
    if tryouts.begun_here(id):
        return tryouts.gone_page(written())
    why = gettext("Cette auto-évaluation ne vous est plus ouverte : elle a été effacée, ou votre accès retiré.")
    departure = departing.departed(id)
    if departure is not None:
        why = organization_departing.said(departure)
    elif actor().ids("organization"):
        why = f"{why} {gettext('Voyez avec un responsable de votre structure.')}"
    way = (gettext("Mes structures"), url_for("organizations.mine"))
    if not actor().signed_in:
        way = (gettext("Évaluer ma structure"), url_for("assessments.trial"))
    return unsaved_page(404, why, written(), [way])


def _came_too_late(assessment: Assessment, compiled: Compiled, category: str | None) -> Response:
    """For a member: what was sent and is not what stands, question by question."""
    seen = service.standing(compiled, assessment, queries.answers(db.session(), assessment))
    if category is None:
        kept = lines.unsaved_profile(compiled, request.form, seen, current_language())
    else:
        kept = lines.unsaved(compiled, request.form, seen, current_language())
    mine = assessment.participation_id
    home = [(gettext("Ma structure"), url_for("assessments.overview", participation=mine))] if mine else []
    status, why, way = _closed(assessment)
    if assessment.completed and not kept:
        flash(why, "warning")
        return make_response(redirect(url_for("assessments.result", id=assessment.id), 303))
    return unsaved_page(status, why, kept, [way, *home])


def _closed(assessment: Assessment | Held) -> tuple[int, str, tuple[str, str]]:
    """What became of an assessment that a member may not answer any more, and where that is read."""
    if assessment.completed:
        why = gettext("Cette auto-évaluation est terminée : ses réponses ne changent plus.")
        return 409, why, (gettext("Voir le résultat"), url_for("assessments.result", id=assessment.id))
    why = gettext("Vous êtes en lecture dans cette structure : y répondre ne vous est pas ouvert.")
    return 403, why, (gettext("Lire l’auto-évaluation en cours"), url_for("assessments.summary", id=assessment.id))


def kept(assessment: Assessment, compiled: Compiled) -> dict[str, Any]:
    """For a page that reads it: what asks the device for answers of this assessment that it still keeps."""
    began_here = policy.began_here(actor(), assessment)
    return {"began_here": began_here, "first_category": compiled.document.categories[0].id}


def to_save() -> tuple[Held, Compiled, dict[str, SavedAnswer]]:
    """The assessment of an answer that is sent by itself, held since the door and until the commit, with its answers;
    else, for a member, what happened."""
    found, rows = queries.held(db.session(), g.pop("held", None))
    assessment = tryouts.prove(found, policy.follows)
    if assessment.completed or not policy.can_answer(actor(), assessment):
        status, why, (label, url) = _closed(assessment)
        abort(make_response(jsonify(closed=why, label=label, url=url), status))
    return assessment, questionnaires.compiled(db.session(), assessment.version), rows


def _wanted_at_the_door(endpoint: str | None, values: Mapping[str, Any]) -> dict[str, Any] | None:
    if endpoint != SAVING or not ("_user_id" in session or session.get("trials")):
        return None
    return {"held": values["id"]}


def _told_at_the_door(found: list[Any] | None) -> None:
    g.held = found


at_the_door.append(AtTheDoor(queries.holding, _wanted_at_the_door, _told_at_the_door))
brief_endpoints.add(SAVING)


def unsaved_page(status: int, why: str, kept: list[lines.Line], ways: list[tuple[str, str]]) -> Response:
    page = render_template("assessments/unsaved.html", why=why, lines=kept, ways=ways)
    return make_response(page, status)


def _read_page(
    assessment: Assessment,
    compiled: Compiled,
    rows: dict[str, SavedAnswer],
    step: str,
    title: str,
    intro: str | None,
    answered: list[lines.Line],
) -> ResponseReturnValue:
    """A step for whoever may read it and not answer."""
    way = path(compiled, service.standing(compiled, assessment, rows))
    return render_template(
        "assessments/read_step.html",
        assessment=assessment,
        title=title,
        intro=intro,
        lines=answered,
        steps=journey.steps(way, assessment, rows, current_language(), current=step),
        progress=journey.progress(way, rows),
        **kept(assessment, compiled),
    )


def read_profile(assessment: Assessment, compiled: Compiled, rows: dict[str, SavedAnswer]) -> ResponseReturnValue:
    told = lines.profile_lines(compiled, service.standing(compiled, assessment, rows), current_language())
    return _read_page(assessment, compiled, rows, "", gettext("Votre structure"), None, told)


def read_category(
    assessment: Assessment, compiled: Compiled, section: Category, rows: dict[str, SavedAnswer]
) -> ResponseReturnValue:
    language, seen = current_language(), service.standing(compiled, assessment, rows)
    if not section.questions or section.id in seen.hidden_categories:
        return redirect(url_for("assessments.summary", id=assessment.id))
    told = lines.category_lines(section.questions, seen, rows, language, utc_now())
    intro = cards.said(section.intro, language) if section.intro else None
    return _read_page(assessment, compiled, rows, section.id, cards.said(section.title, language), intro, told)
