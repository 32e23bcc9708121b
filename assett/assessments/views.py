"""The pages of an assessment: try-out, profile, categories, completion, result, receipt, history."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from flask import Flask, abort, flash, g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from assett.accounts import registries as account_registries
from assett.accounts.sessions import awaited_email, current_person
from assett.assessments import (
    adopting,
    cards,
    forms,
    history,
    jobs,
    journey,
    moving,
    policy,
    pool,
    queries,
    restitution,
    service,
    steps,
    tryouts,
    versions,
)
from assett.assessments import reach as _reach  # noqa: F401  (lets resources count who would see them)
from assett.assessments.models import Assessment, SavedAnswer
from assett.core.db import db
from assett.core.i18n import current_language
from assett.core.permissions import PUBLIC, SIGNED_IN, proved
from assett.core.ui import MenuEntry, menus
from assett.core.web import Blueprint, actor, choose_language, error_page
from assett.engine.compiled import Compiled
from assett.engine.document import Category
from assett.engine.path import path
from assett.engine.receipt import receipt as receipt_of
from assett.engine.score import score
from assett.kernel.clock import today_in_paris
from assett.kernel.errors import InvalidAnswers, Rejected
from assett.kernel.text import N_
from assett.organizations import policy as organization_policy
from assett.organizations import queries as organizations
from assett.organizations import service as organization_service
from assett.organizations.forms import FirstSharingForm
from assett.organizations.models import Audience, Participation
from assett.organizations.naming import called
from assett.organizations.tabs import Tab, own_panels, tabs
from assett.questionnaires import queries as questionnaires
from assett.questionnaires.models import QuestionnaireVersion
from assett.resources import queries as resources
from assett.spaces.policy import TEAM
from assett.spaces.registries import HomePanel, may_begin, written_at_the_door

blueprint = Blueprint("assessments", __name__, url_prefix="/<space>", template_folder="templates")


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.register_blueprint(versions.blueprint)


menus.navigation.append(
    MenuEntry(N_("S’évaluer"), "assessments.trial", lambda actor: not actor.ids("organization"), 10)
)
menus.navigation.append(
    MenuEntry(N_("Ma structure"), "organizations.mine", lambda actor: bool(actor.ids("organization")), 10)
)
may_begin.append(lambda: questionnaires.active_version(db.session()) is not None)
tabs.append(Tab(N_("Auto-évaluations"), "assessments.overview", organization_policy.is_member, order=10))
organization_service.told_before.append(adopting.told_in_trial)
organization_service.after_joining.append(tryouts.bring_along)
organization_service.after_sharing.append(pool.follow)
written_at_the_door.append(lambda: [str(each.answer) for each in steps.written()])
own_panels.append(HomePanel("assessments/_tryouts.html", tryouts.panel))
account_registries.after_sign_up.append(adopting.claim_trials)
account_registries.after_sign_in.append(tryouts.take_over)
account_registries.erasers.append(service.forget_author)
account_registries.personal_data_of_space["reponses"] = queries.personal_answers


def _now() -> datetime:
    return datetime.now(UTC)


def _asked() -> QuestionnaireVersion:
    """The questionnaire that this space asks today; a kind page where there is none yet."""
    version = questionnaires.active_version(db.session())
    if version is None:
        abort(versions.no_questionnaire())
    return version


def _need_open() -> None:
    """After a space has closed nothing begins there; what runs may be completed, and everything stays readable."""
    if g.space.is_closed(_now()):
        raise Rejected(gettext("L’édition est terminée : plus aucune auto-évaluation ne commence ici."))


def _load(id: int, *, to_answer: bool = False, lock: bool = False) -> tuple[Assessment, Compiled]:
    found = queries.assessment(db.session(), id, lock=lock)
    assessment = tryouts.prove(found, policy.can_answer if to_answer else policy.can_read)
    return assessment, questionnaires.compiled(db.session(), assessment.version)


def _newer(assessment: Assessment | None) -> moving.Newer | None:
    """The newer version to be offered to whoever may answer."""
    if assessment is None or not policy.can_answer(actor(), assessment):
        return None
    return moving.newer(db.session(), assessment)


def _category(compiled: Compiled, id: str) -> Category:
    found = next((each for each in compiled.document.categories if each.id == id), None)
    if found is None:
        abort(404)
    return found


@blueprint.get("/essai", access=PUBLIC)
def trial() -> ResponseReturnValue:
    """What a try-out is, and the way back to the one begun."""
    version = _asked()
    compiled = questionnaires.compiled(db.session(), version)
    return render_template(
        "assessments/trial.html",
        trials=tryouts.mine(),
        asked=version,
        of_team=TEAM.allows(actor()),
        handed_over=tryouts.handed_over(),
        outline=journey.outline(compiled, current_language()),
    )


@blueprint.post("/essai", access=PUBLIC)
def begin_trial() -> ResponseReturnValue:
    _need_open()
    if not jobs.may_begin(request.remote_addr or ""):
        return error_page(
            429, gettext("Trop d’essais ont été commencés depuis votre réseau. Réessayez dans une heure.")
        )
    assessment, secret = service.begin_trial(db.session(), g.space.id, _asked(), actor(), _now())
    # The cookie keeps the last few try-outs: it is small.
    kept = dict(list((session.get("trials") or {}).items())[-3:])
    session["trials"] = {**kept, str(assessment.id): secret}
    places = session.get("tried_in") or {}
    session["tried_in"] = {id: places[id] for id in kept if id in places} | {str(assessment.id): g.space.id}
    session.permanent = True
    return redirect(url_for("assessments.profile", id=assessment.id), 303)


@blueprint.get("/structures/<int:participation>/", access=SIGNED_IN)
def overview(participation: int) -> ResponseReturnValue:
    """A member's home: the running assessment, the last result, the history."""
    found = organizations.participation(db.session(), participation)
    mine = proved(actor(), found, organization_policy.is_member)
    view = _history(mine)
    can_contribute = organization_policy.can_contribute(actor(), mine)
    owner = organization_policy.owns(actor(), mine)
    return render_template(
        "assessments/overview.html",
        participation=mine,
        requests=organizations.pending(db.session(), [mine.organization_id]) if owner else [],
        proposals=organizations.proposals(db.session(), mine.organization_id) if owner else [],
        can_contribute=can_contribute,
        tryouts=tryouts.of([mine]),
        newer=moving.newer(db.session(), view["running"]) if view["running"] and can_contribute else None,
        **view,
    )


def _history(participation: Participation) -> dict[str, Any]:
    database, language = db.session(), current_language()
    completed = queries.history(database, participation)
    running = queries.running(database, participation)
    scores = queries.category_scores(database, completed)
    chain = questionnaires.chain(database, [each.version for each in completed])
    return {
        "running": running,
        "past": history.past(completed, chain, queries.answers_of(database, history.regraded(completed)), language),
        "curves": history.curves(completed, scores, chain.compiled, language),
    }


@blueprint.post("/structures/<int:participation>/auto-evaluations", access=SIGNED_IN)
def begin(participation: int) -> ResponseReturnValue:
    found = organizations.participation(db.session(), participation)
    mine = proved(actor(), found, organization_policy.can_contribute)
    _need_open()
    version = _asked()
    compiled = questionnaires.compiled(db.session(), version)
    assessment = service.begin(db.session(), mine, version, compiled, actor(), _now())
    return redirect(url_for("assessments.profile", id=assessment.id), 303)


@blueprint.get("/auto-evaluations/<int:id>/", access=policy.RESPONDENT)
def summary(id: int) -> ResponseReturnValue:
    """Where I am: the categories, what is done, what is left."""
    assessment, compiled = _load(id)
    if assessment.completed:
        return redirect(url_for("assessments.result", id=id))
    rows = queries.answers(db.session(), assessment)
    way = path(compiled, service.standing(compiled, assessment, rows))
    return render_template(
        "assessments/summary.html",
        assessment=assessment,
        steps=journey.steps(way, assessment, rows, current_language()),
        progress=journey.progress(way, rows),
        resume_url=journey.resume_url(way, assessment, rows),
        ready=way.complete and not journey.to_reread(way, rows),
        can_detach=policy.takes_back(actor(), assessment, rows),
        way=way,
        newer=_newer(assessment),
        can_answer=policy.can_answer(actor(), assessment),
        **steps.kept(assessment, compiled),
    )


@blueprint.route("/auto-evaluations/<int:id>/profil", methods=["GET", "POST"], access=policy.RESPONDENT)
def profile(id: int) -> ResponseReturnValue:
    """A few facts about the organization, so that it is asked only what concerns it. Each is kept as it is given; the
    button keeps them all and goes on."""
    assessment, compiled = steps.load(id, None)
    rows = queries.answers(db.session(), assessment)
    if not policy.can_answer(actor(), assessment):
        return steps.read_profile(assessment, compiled, rows)
    if request.method == "GET":
        return _profile_page(assessment, compiled, rows, {}, set(), set())
    commands, unread = forms.answers(compiled.document.profile, request.form)
    on_page = {each.question for each in commands} | unread.keys()
    given = request.form.getlist("given")
    if given:
        # Just now, among those of the page, which is shown as it would be with them.
        commands = [each for each in commands if each.question in given]
        unread = {name: message for name, message in unread.items() if name in given}
    kept = service.keep_facts(assessment, compiled, rows, commands, _now())
    errors = kept.refused | unread
    if not given:
        errors = service.missing_facts(compiled, assessment) | errors
        elsewhere = choose_language()
        if not errors and not kept.conflicts:
            service.drop_hidden_facts(compiled, assessment)
            way = path(compiled, service.standing(compiled, assessment, rows))
            onwards = journey.resume_url(way, assessment, rows, after_profile=True)
            return redirect(request.path if elsewhere else onwards, 303)
    # What could be kept is; what could not stays on the page.
    db.session.commit()
    typed = on_page if given else errors.keys() | kept.conflicts
    return _profile_page(assessment, compiled, rows, errors, kept.conflicts, typed)


def _profile_page(
    assessment: Assessment,
    compiled: Compiled,
    rows: dict[str, SavedAnswer],
    errors: dict[str, str],
    conflicts: set[str],
    typed: set[str],
) -> ResponseReturnValue:
    seen = service.standing(compiled, assessment, rows)
    way = path(compiled, seen)
    late = forms.unasked(compiled.document.profile, request.form) & errors.keys()
    drawn = journey.profile_cards(
        compiled, seen, current_language(), errors, request.form, typed=typed, conflicts=conflicts, late=late
    )
    if "given" in request.form and not errors and journey.stays_as_it_is(drawn, request.form):
        # A fact that changes nothing else of the page is answered as any answer is, in a few bytes.
        return jsonify({card.id: card.revision for card in drawn if card.id in request.form.getlist("given")})
    page = render_template(
        "assessments/profile.html",
        assessment=assessment,
        cards=drawn,
        late=late,
        steps=journey.steps(way, assessment, rows, current_language(), current=""),
        progress=journey.progress(way, rows),
        errors=errors,
    )
    return page, 409 if conflicts else 422 if errors else 200


@blueprint.route("/auto-evaluations/<int:id>/categorie/<category>", methods=["GET", "POST"], access=policy.RESPONDENT)
def category(id: int, category: str) -> ResponseReturnValue:
    """A category's questions. Each answer saves itself; the button saves them all and goes on."""
    posted = request.method == "POST"
    assessment, compiled = steps.load(id, category)
    rows = queries.answers(db.session(), assessment)
    if assessment.moved_at is not None and all(each.id != category for each in compiled.document.categories):
        why = gettext("Cette auto-évaluation est passée à la nouvelle version du questionnaire : la voici.")
        url = url_for("assessments.summary", id=id)
        kept_back = steps.written() if posted else []
        if kept_back:
            why = gettext("Cette auto-évaluation est passée à une nouvelle version, où cette page n’existe plus.")
            return steps.unsaved_page(409, why, kept_back, [(gettext("Continuer avec la nouvelle version"), url)])
        flash(why, "info")
        return redirect(url, 303 if posted else 302)
    section = _category(compiled, category)
    if not policy.can_answer(actor(), assessment):
        return steps.read_category(assessment, compiled, section, rows)
    refused: dict[str, str] = {}
    conflicts: dict[str, SavedAnswer] = {}
    if posted:
        commands, refused = forms.answers(section.questions, request.form)
        before = service.standing(compiled, assessment, rows)
        kept = service.save_answers(
            db.session(), assessment, compiled, rows, commands, actor(), _now(), confirms="language" not in request.form
        )
        refused, conflicts = refused | kept.refused, kept.conflicts
        elsewhere = choose_language()
        if not refused and not conflicts:
            more = journey.brought(section, before, service.standing(compiled, assessment, rows), current_language())
            if more:
                flash(more, "info")
            onwards = journey.after_category(compiled, assessment, section, rows)
            return redirect(request.path if elsewhere or more else onwards, 303)
        # What could be saved is saved; what could not stays on the page.
        db.session.commit()
    return _category_page(assessment, compiled, section, rows, refused, conflicts)


def _category_page(
    assessment: Assessment,
    compiled: Compiled,
    section: Category,
    rows: dict[str, SavedAnswer],
    refused: dict[str, str],
    conflicts: dict[str, SavedAnswer],
) -> ResponseReturnValue:
    language, now = current_language(), _now()
    seen = service.standing(compiled, assessment, rows)
    if not section.questions or section.id in seen.hidden_categories:
        return redirect(url_for("assessments.summary", id=assessment.id))
    way = path(compiled, seen)
    result = score(compiled, seen, provisional=True)
    unread = section in journey.to_reread(way, rows)
    taken_from = queries.taken_from(db.session(), assessment) if unread else None
    drawn = journey.category_cards(
        compiled,
        section,
        seen,
        rows,
        language,
        now,
        me=actor().person_id,
        taken_from=taken_from,
        refused=refused,
        conflicts=conflicts,
        fields=request.form if refused or conflicts else None,
    )
    page = render_template(
        "assessments/category.html",
        assessment=assessment,
        category=section,
        title=cards.said(section.title, language),
        intro=cards.said(section.intro, language) if section.intro else None,
        cards=drawn,
        newer=_newer(assessment),
        profile_first=bool(compiled.document.profile) and not seen.facts,
        to_reread=unread,
        reworded=unread and any(each.saved and each.saved.reworded for each in drawn),
        taken_over=any(each.saved and each.saved.from_day for each in drawn),
        taken_from=taken_from,
        steps=journey.steps(way, assessment, rows, language, current=section.id),
        progress=journey.progress(way, rows),
        live=journey.live_score(compiled, result, section, language),
        first_missing=next((each.id for each in drawn if each.required and not each.hidden and not each.saved), None),
        following=journey.following(compiled, seen, section, language),
        began_here=policy.began_here(actor(), assessment),
    )
    return page, 409 if conflicts else 422 if refused else 200


@blueprint.post("/auto-evaluations/<int:id>/reponse", access=policy.RESPONDENT)
def answer(id: int) -> ResponseReturnValue:
    """Save one answer as it is given; the answer is what changes on the page, in less than a kilobyte."""
    assessment, compiled, rows = steps.to_save()
    name = request.form.get("question", "")
    if name not in compiled.questions:
        return jsonify(error=gettext("Cette question n’existe plus : rechargez la page.")), 422
    language, now = current_language(), _now()
    question, section = compiled.question(name), compiled.category_of(name)
    try:
        raw = forms.raw_answer(question, request.form)
        command = service.GiveAnswer(name, raw, request.form.get(f"revision.{name}", service.UNSEEN))
        saved = service.save_answer(db.session(), assessment, compiled, rows, command, actor(), now)
    except service.Conflict as conflict:
        stands = service.left_standing(assessment, compiled, rows, conflict)
        view = journey.conflict(compiled, conflict.theirs, language, now, me=actor().person_id)
        return jsonify(journey.saved_payload(compiled, section, stands, rows, language, now) | asdict(view)), 409
    except InvalidAnswers as invalid:
        return jsonify(error=cards.in_words(invalid.problems[0])), 422
    except Rejected as rejected:
        return jsonify(error=str(rejected.message)), 422
    return jsonify(journey.saved_payload(compiled, section, saved, rows, language, now))


@blueprint.route("/auto-evaluations/<int:id>/terminer", methods=["GET", "POST"], access=policy.RESPONDENT)
def complete(id: int) -> ResponseReturnValue:
    """The last look: what misses, what is unclear; then the result is final."""
    assessment, compiled = steps.load_to_end(id, lock=request.method == "POST")
    if request.method == "POST" and assessment.participation_id is not None:
        try:
            # With whom to share comes first: a score that is shared waits for no others in the figures.
            with db.session().begin_nested():
                _share(assessment)
                service.complete(db.session(), assessment, compiled, _now())
            flash(gettext("Votre auto-évaluation est terminée. Voici votre résultat."), "success")
            return redirect(url_for("assessments.result", id=id), 303)
        except Rejected as rejected:
            flash(rejected.message, "warning")
            return redirect(url_for("assessments.complete", id=id), 303)
    language = current_language()
    rows = queries.answers(db.session(), assessment)
    way = path(compiled, service.standing(compiled, assessment, rows))
    unread = journey.to_reread(way, rows)
    return render_template(
        "assessments/complete.html",
        assessment=assessment,
        sharing=_first_sharing(assessment),
        way=way,
        steps=journey.steps(way, assessment, rows, language),
        to_reread=journey.category_links(unread, assessment, language),
        taken_from=queries.taken_from(db.session(), assessment) if unread else None,
        attachable=_attachable(assessment),
        can_detach=policy.takes_back(actor(), assessment, rows),
        progress=journey.progress(way, rows),
        missing=journey.question_links(compiled, assessment, way.missing, language),
        unclear=journey.question_links(compiled, assessment, way.unclear, language),
    )


def _first_sharing(assessment: Assessment) -> FirstSharingForm | None:
    """The question with whom to share, for whoever may decide it: with the first result, if nothing is shared yet."""
    mine = assessment.participation
    if mine is None or assessment.prefilled_from_id is not None or not organization_policy.owns(actor(), mine):
        return None
    return FirstSharingForm() if mine.share_scores == Audience.NOBODY else None


def _share(assessment: Assessment) -> None:
    form, database = _first_sharing(assessment), db.session()
    mine = organizations.participation(database, assessment.participation_id or 0)
    if form is None or mine is None or not form.validate():
        return
    chosen = form.command(mine.share_answers)
    if chosen is not None:
        organization_service.share(database, mine, chosen)


@blueprint.get("/auto-evaluations/<int:id>/resultat", access=policy.RESPONDENT)
def result(id: int) -> ResponseReturnValue:
    """The result: final once completed, provisional before (and for a try-out)."""
    database = db.session()
    found, rows, previous = queries.to_restitute(database, id)
    assessment = tryouts.prove(found, policy.can_read)
    compiled = questionnaires.compiled(database, assessment.version)
    before = queries.assessment(database, previous) if previous is not None else None
    member = _is_member(assessment)
    base, opinions = resources.available_to(database, compiled, actor().person_id if member else None)
    offer = restitution.Offer(base, g.space.name, today_in_paris())
    can_answer = policy.can_answer(actor(), assessment)
    read = restitution.read(
        restitution.Given(assessment, compiled, rows),
        _given_before(before, assessment) if before is not None else None,
        offer,
        current_language(),
        everything=request.args.get("ressources") == "toutes",
        can_answer=can_answer,
    )
    return render_template(
        "assessments/result.html",
        assessment=assessment,
        way=read.way,
        provisional=not assessment.completed,
        nothing=read.nothing,
        unread=read.unread,
        before=before,
        read=read,
        can_answer=can_answer,
        awaited_email=awaited_email(),
        can_detach=policy.takes_back(actor(), assessment, rows),
        opinions=opinions if member else None,  # whoever is no member is not asked
        attachable=_attachable(assessment),
        missing_text=ngettext(
            "Il manque encore %(num)s réponse.", "Il manque encore %(num)s réponses.", len(read.way.missing)
        ),
        **steps.kept(assessment, compiled),
    )


def _is_member(assessment: Assessment) -> bool:
    return assessment.participation is not None and organization_policy.is_member(actor(), assessment.participation)


def _given_before(before: Assessment, later: Assessment) -> restitution.Given:
    """The assessment before another, with what leads from its version to the other's."""
    chain = questionnaires.chain(db.session(), [before.version, later.version])
    rows = queries.answers(db.session(), before)
    between = chain.between(before.version_id, later.version_id)
    return restitution.Given(before, chain.compiled[before.version_id], rows, between=between)


@blueprint.get("/auto-evaluations/<int:id>/detail", access=policy.RESPONDENT)
def receipt(id: int) -> ResponseReturnValue:
    """Every number opened: each answer, its points, its weight, its share, and what was left out."""
    assessment, compiled = _load(id)
    language = current_language()
    seen = service.standing(compiled, assessment, queries.answers(db.session(), assessment))
    scored = score(compiled, seen, provisional=not assessment.completed and not path(compiled, seen).complete)
    account = receipt_of(compiled, seen, scored)
    return render_template(
        "assessments/receipt.html",
        assessment=assessment,
        receipts=restitution.receipt_views(compiled, scored, account, language),
        view=restitution.restitution(compiled, assessment, seen, scored, account, language),
        version=assessment.version,
        label=compiled.document.version,
        provisional=scored.provisional,
    )


def _attachable(assessment: Assessment) -> list[Participation]:
    """The participations that a try-out may become the assessment of: those for which its respondent may answer."""
    if assessment.participation_id is not None:
        return []
    mine = organizations.participations_of(db.session(), actor().ids("organization"))
    return [each for each in mine if organization_policy.can_contribute(actor(), each)]


@blueprint.post("/auto-evaluations/<int:id>/rattacher", access=SIGNED_IN)
def attach(id: int) -> ResponseReturnValue:
    """Make a try-out the running assessment of a structure for which its respondent may answer."""
    assessment, _ = _load(id, to_answer=True, lock=True)
    found = organizations.participation(db.session(), request.form.get("participation", 0, forms.row_id))
    mine = proved(actor(), found, organization_policy.can_contribute)
    try:
        adopted = adopting.attach_trial(db.session(), assessment, mine, current_person().id)
    except adopting.AlreadyRunning as rejected:
        others = [each for each in _attachable(assessment) if each.id != mine.id]
        page = {"assessment": assessment, "running": rejected.running, "participation": mine, "attachable": others}
        return render_template("assessments/already_running.html", **page), 422
    except Rejected as rejected:
        flash(rejected.message, "warning")
    else:
        name = called(mine.organization)
        flash(gettext("Cet essai est maintenant l’auto-évaluation de votre structure, %(name)s.", name=name), "success")
        if adopted is not None:
            tryouts.tell_corrected(adopted)
    return redirect(url_for("assessments.result", id=id), 303)


@blueprint.post("/auto-evaluations/<int:id>/detacher", access=SIGNED_IN)
def detach(id: int) -> ResponseReturnValue:
    """Take a try-out out of the structure that it was brought to by mistake."""
    assessment, _ = _load(id, to_answer=True, lock=True)
    # A double click has nothing left to do.
    if assessment.participation_id is not None:
        proved(actor(), assessment, policy.brought)
        try:
            adopting.take_back(db.session(), assessment, actor())
        except Rejected as rejected:
            flash(rejected.message, "warning")
        else:
            tryouts.tell_taken_back(assessment)
    return redirect(url_for("assessments.result", id=id), 303)


@blueprint.route("/auto-evaluations/<int:id>/abandonner", methods=["GET", "POST"], access=policy.RESPONDENT)
def discard(id: int) -> ResponseReturnValue:
    """Give up a running assessment, after a question."""
    assessment, _ = steps.load_to_end(id, lock=request.method == "POST")
    if request.method == "POST":
        back = url_for("assessments.trial")
        if assessment.participation_id is not None:
            back = url_for("assessments.overview", participation=assessment.participation_id)
        service.discard(db.session(), assessment)
        flash(gettext("L’auto-évaluation en cours est effacée."), "success")
        return redirect(back, 303)
    return render_template("assessments/discard.html", assessment=assessment)
