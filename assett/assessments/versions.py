"""The questionnaire as respondents know it: what it asks, what a version changed, the way from one to the next."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from markupsafe import Markup

from assett.assessments import journey, moving, policy, queries, tryouts
from assett.assessments.models import Assessment, SavedAnswer
from assett.core.db import db
from assett.core.i18n import current_language
from assett.core.permissions import PUBLIC
from assett.core.web import Blueprint
from assett.kernel.clock import utc_now
from assett.questionnaires import queries as questionnaires
from assett.questionnaires import words
from assett.questionnaires.models import QuestionnaireVersion

# So many lost answers are named in the message; all of them were on the page before.
_NAMED = 5

blueprint = Blueprint("versions", __name__, url_prefix="/<space>", template_folder="templates")


def no_questionnaire() -> Response:
    """A kind page where nothing is asked: not yet, or no longer for now."""
    suspended = bool(questionnaires.published_versions(db.session()))
    return make_response(render_template("assessments/no_questionnaire.html", suspended=suspended))


@blueprint.get("/questionnaire", access=PUBLIC)
def questionnaire() -> ResponseReturnValue:
    """What is asked, how long it takes, how a score is made."""
    version = questionnaires.active_version(db.session())
    if version is None:
        return no_questionnaire()
    compiled = questionnaires.compiled(db.session(), version)
    return render_template(
        "assessments/questionnaire.html",
        version=version,
        versions=questionnaires.published_versions(db.session()),
        outline=journey.outline(compiled, current_language()),
        grid=journey.grid(compiled, current_language()),
    )


@blueprint.get("/questionnaire/versions/<int:number>", access=PUBLIC)
def changes(number: int) -> ResponseReturnValue:
    """What a version changed, in words, with the team's note."""
    published = questionnaires.published_versions(db.session())
    version = next((each for each in published if each.number == number), None)
    if version is None:
        abort(404)
    place = published.index(version)
    before = published[place + 1] if place + 1 < len(published) else None
    compiled = questionnaires.compiled_all(db.session(), [version, *([before] if before else [])])
    document, language = compiled[version.id].document, current_language()
    # A name carried over from the version before names neither.
    carried = before is not None and compiled[before.id].document.version == document.version
    return render_template(
        "assessments/version.html",
        version=version,
        before=before,
        label=None if carried else document.version,
        note=version.note.get(language) or version.note.get(document.languages[0]),
        note_language=language if version.note.get(language) else document.languages[0],
        changes=words.changes(compiled[before.id].document, document, language, to_respondents=True)
        if before is not None
        else None,
    )


@blueprint.route("/auto-evaluations/<int:id>/nouvelle-version", methods=["GET", "POST"], access=policy.RESPONDENT)
def move(id: int) -> ResponseReturnValue:
    """What moving to the version of today would keep, lose and ask; then the choice."""
    found = queries.assessment(db.session(), id, lock=request.method == "POST")
    assessment = tryouts.prove(found, policy.can_answer)
    target = questionnaires.active_version(db.session())
    if assessment.completed or target is None or target.id == assessment.version_id:
        return redirect(url_for("assessments.summary", id=id), 303 if request.method == "POST" else 302)
    if request.method == "POST" and request.form.get("version", type=int) == target.id:
        return _choose(assessment, target)
    return _move_page(assessment, target, moved_on=request.method == "POST")


def _choose(assessment: Assessment, target: QuestionnaireVersion) -> ResponseReturnValue:
    if request.form.get("choice") == "stay":
        moving.stay(assessment, target)
        said = gettext(
            "Vous continuez avec l’ancienne version : rien ne change. Vous pourrez changer d’avis tant que "
            "l’auto-évaluation n’est pas terminée."
        )
        flash(said, "success")
        return redirect(url_for("assessments.summary", id=assessment.id), 303)
    rows = queries.answers(db.session(), assessment)
    look = _move(assessment, target, rows)
    try:
        moving.move(db.session(), assessment, rows, target, look, request.form.get("seen", ""), utc_now())
    except moving.Changed as changed:
        return _move_page(assessment, target, refused=str(changed.message))
    flash(_moved(look), "success")
    return redirect(url_for("assessments.summary", id=assessment.id), 303)


def _moved(look: moving.Move) -> str:
    """What became of the answers, the lost ones by name."""
    kept = ngettext(
        "Vous êtes sur la nouvelle version : %(num)s réponse vous suit.",
        "Vous êtes sur la nouvelle version : %(num)s réponses vous suivent.",
        len(look.carried.kept),
    )
    if look.reworded:
        reread = ngettext("%(num)s est à relire.", "%(num)s sont à relire.", len(look.reworded))
        kept = f"{kept} {reread}"
    # What is no longer asked cannot be reviewed; what is asked otherwise, or kept in part, can.
    gone = [each.question for each in look.lost if not each.asked]
    asked = [each.question for each in look.lost if each.asked]
    said = [kept]
    if asked:
        titles = _named(asked)
        said.append(
            ngettext(
                "Une réponse est à revoir : %(titles)s.",
                "%(num)s réponses sont à revoir : %(titles)s.",
                len(asked),
                titles=titles,
            )
        )
    if gone:
        titles = _named(gone)
        said.append(
            ngettext(
                "Une question à laquelle vous aviez répondu n’est plus posée : %(titles)s.",
                "%(num)s questions auxquelles vous aviez répondu ne sont plus posées : %(titles)s.",
                len(gone),
                titles=titles,
            )
        )
    return " ".join(said)


def _named(questions: Sequence[Markup]) -> str:
    """Questions by their titles, the first of them where they are many."""
    titles = ", ".join(gettext("« %(answer)s »", answer=each.striptags()) for each in questions[:_NAMED])
    more = len(questions) - _NAMED
    return gettext("%(titles)s et %(num)s autres", titles=titles, num=more) if more > 0 else titles


def _move(assessment: Assessment, target: QuestionnaireVersion, rows: dict[str, SavedAnswer]) -> moving.Move:
    old, new, session = assessment.version, target, db.session()
    compiled = questionnaires.compiled_all(session, [old, new])
    between = questionnaires.between(session, old, new)
    return moving.move_of(compiled[old.id], compiled[new.id], assessment, rows, current_language(), between)


def _move_page(
    assessment: Assessment, target: QuestionnaireVersion, *, moved_on: bool = False, refused: str | None = None
) -> ResponseReturnValue:
    if moved_on:
        refused = gettext("Une version plus récente encore vient de paraître : voici ce qu’elle changerait.")
    look = _move(assessment, target, queries.answers(db.session(), assessment))
    page = render_template("assessments/move.html", assessment=assessment, move=look, version=target, refused=refused)
    return page, 409 if refused else 200
