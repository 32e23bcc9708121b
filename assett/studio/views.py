"""Pages of the studio: the drafts, the plan of one, its pieces edited in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Flask, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from assett.core import audit
from assett.core.db import db
from assett.core.i18n import current_language, show_clock
from assett.core.paging import asked_page
from assett.core.permissions import load
from assett.core.web import actor, wants_json
from assett.engine.analysis.minutes import minutes_to_answer
from assett.engine.drafting.grid import given_levels, off_grid
from assett.engine.drafting.pieces import GRID, SETTINGS, Address, Parts, Tree, take_apart
from assett.kernel.clock import utc_now
from assett.kernel.errors import Rejected
from assett.kernel.text import N_
from assett.questionnaires import queries as questionnaires
from assett.questionnaires.models import QuestionnaireVersion
from assett.resources import queries as resources
from assett.spaces.policy import EDIT, TEAM
from assett.studio import (
    astray,
    bank,
    cards,
    checking,
    choosing,
    commenting,
    comparability,
    differing,
    earning,
    exporting,
    fields,
    following,
    forms,
    history,
    importing,
    late,
    logged,
    pages,
    picking,
    policy,
    previewing,
    publishing,
    queries,
    removing,
    service,
    several,
    texts,
    translating,
    translations,
    undoing,
)
from assett.studio import jobs as _jobs  # noqa: F401  (registers its handlers)
from assett.studio.models import Draft
from assett.studio.pages import blueprint, check_of, frame, held_draft, open_draft, place_of, place_of_note

# Further pages of the same blueprint: to be imported is enough.
FURTHER = (
    bank,
    commenting,
    exporting,
    following,
    importing,
    late,
    previewing,
    publishing,
    removing,
    several,
    translating,
)
# How long it is worth telling that somebody else wrote in a piece.
PRESENT = timedelta(minutes=10)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.jinja_env.filters.update(
        as_typed=texts.show_number,
        as_percent=texts.show_percent,
        words=texts.words,
        kept=picking.kept,
        minutes_words=cards.minutes_words,
        ease_words=cards.ease_words,
        left_words=cards.left_words,
    )
    app.jinja_env.globals.update(draft_links=pages.draft_links)


@blueprint.get("/", access=TEAM)
def home() -> ResponseReturnValue:
    return _home_page()


def _home_page(refused: Rejected | None = None) -> ResponseReturnValue:
    session = db.session()
    drafts = queries.open_drafts(session)
    page = render_template(
        "studio/home.html",
        refused=str(refused.message) if refused is not None else None,
        chosen=request.form.get("source"),
        drafts=drafts,
        news=following.news(drafts),
        versions=queries.versions(session),
        active=questionnaires.active_version(session),
        national=_national(),
        can_edit=EDIT.allows(actor()),
    )
    return page, 422 if refused is not None else 200


def _national() -> list[tuple[QuestionnaireVersion, str, str]]:
    """The national questionnaires with their title and size, the fullest first: it is what a space begins with."""
    session = db.session()
    found = []
    for version in queries.national_versions(session):
        compiled = questionnaires.compiled(session, version)
        asked = sum(each.type != "info" for each in compiled.document.questions)
        size = gettext(
            "%(questions)s, %(minutes)s min au plus",
            questions=ngettext("%(num)s question", "%(num)s questions", asked),
            minutes=minutes_to_answer(compiled).longest,
        )
        found.append((asked, version, compiled.document.title.in_(current_language()), size))
    return [(version, title, size) for _, version, title, size in sorted(found, key=lambda each: -each[0])]


@blueprint.post("/brouillons", access=EDIT)
def begin() -> ResponseReturnValue:
    try:
        command = forms.beginning(request.form)
    except Rejected as refused:
        return _home_page(refused)
    tree, base, upstream_id = _source(command)
    draft = service.begin(
        db.session(),
        g.space.id,
        tree,
        actor=actor(),
        now=utc_now(),
        base=base,
        questionnaire=base.questionnaire if base is not None and base.space_id is not None else None,
        upstream_id=upstream_id,
    )
    flash(gettext("Votre brouillon est prêt. Rien n’est public tant que vous ne le publiez pas."), "success")
    return redirect(url_for(".draft", id=draft.id), 303)


def _source(command: forms.Beginning) -> tuple[dict[str, Any], Any, int | None]:
    """The tree, the version it comes from, and the national version that it follows."""
    if command.version_id is None:
        return forms.blank(command.title, g.space.languages), None, None
    version = load(actor(), QuestionnaireVersion, command.version_id, policy.reads_version, options=queries.WHOLE)
    if version.space_id is None:
        return forms.entitled(version.document, command.title), version, version.id
    return version.document, version, version.upstream_id


@blueprint.get("/<int:id>", access=TEAM)
def draft(id: int) -> ResponseReturnValue:
    """The plan: every category and question, what lacks, what can be reached."""
    found = open_draft(id)
    checked, parts = check_of(found), take_apart(found.tree)
    language = texts.first_language(found.tree)
    comments = queries.comment_counts(db.session(), found)
    return render_template(
        "studio/plan.html",
        lines=cards.plan(found, parts, checked, comments, language),
        parts=parts,
        standings=comparability.standings(db.session(), found, checked),
        news=following.news([found]) if found.open and found.upstream_id is not None else None,
        **frame(found, checked),
    )


@blueprint.get("/<int:id>/presentation", access=TEAM, endpoint="settings")
def settings(id: int) -> ResponseReturnValue:
    return _piece_page(open_draft(id), SETTINGS)


@blueprint.get("/<int:id>/grille", access=TEAM, endpoint="grid")
def grid(id: int) -> ResponseReturnValue:
    found = open_draft(id)
    parts = take_apart(found.tree)
    apart = [(place_of(found.id, parts, each), forms.called(parts, each)) for each in off_grid(parts)]
    return _piece_page(found, GRID, apart=apart, following=cards.followers_words(parts))


def _piece_page(found: Draft, address: Address, **more: Any) -> ResponseReturnValue:
    checked, parts = check_of(found), take_apart(found.tree)
    card = _card(found, parts, checked, address, opened=True)
    return render_template(f"studio/{address}.html", card=card, **more, **frame(found, checked))


@blueprint.get("/<int:id>/profil", access=TEAM, endpoint="profile")
def profile(id: int) -> ResponseReturnValue:
    found = open_draft(id)
    checked, parts = check_of(found), take_apart(found.tree)
    addresses = [f"profile/{entry}" for entry in parts.outline.profile]
    return render_template(
        "studio/profile.html", cards=_cards(found, parts, checked, addresses), **frame(found, checked)
    )


@blueprint.get("/<int:id>/categories/<name>", access=TEAM, endpoint="category")
def category(id: int, name: str) -> ResponseReturnValue:
    found = open_draft(id)
    checked, parts = check_of(found), take_apart(found.tree)
    places = dict(parts.outline.categories)
    if name not in places:
        abort(404)
    names = list(places)
    here, titles = names.index(name), cards.category_titles(parts, texts.first_language(found.tree))
    return render_template(
        "studio/category.html",
        head=_card(found, parts, checked, f"category/{name}", opened=request.args.get("ouvrir") == f"category/{name}"),
        cards=_cards(found, parts, checked, [f"question/{each}" for each in places[name]]),
        name=name,
        weights=cards.weights_words(parts, texts.first_language(found.tree), but=name),
        off_grid=f"category/{name}" in off_grid(parts),
        neighbours=[titles[place] if 0 <= place < len(titles) else None for place in (here - 1, here + 1)],
        categories=titles,
        range_words=cards.range_words(checked.analysis.categories.get(name) if checked.analysis else None),
        **frame(found, checked),
    )


def _cards(found: Draft, parts: Parts, checked: checking.Check, addresses: list[Address]) -> list[cards.PieceCard]:
    counts = queries.comment_counts(db.session(), found)
    writing = queries.writing_lately(db.session(), found, utc_now() - PRESENT, actor().person_id)
    opened = request.args.get("ouvrir")
    standings = comparability.standings(db.session(), found, checked)
    drawn = []
    for place, address in enumerate(addresses):
        card = _card(found, parts, checked, address, opened=address == opened)
        card.number, card.first, card.last = place + 1, place == 0, place == len(addresses) - 1
        card.comments = counts.get(address, 0)
        card.presence = cards.presence_words(writing.get(address))
        card.national = standings[address].words if address in standings else ""
        drawn.append(card)
    return drawn


def _card(found: Draft, parts: Parts, checked: checking.Check, address: Address, *, opened: bool) -> cards.PieceCard:
    language = texts.first_language(found.tree)
    piece = parts.pieces.get(address, {})
    card = cards.PieceCard(
        address=address,
        piece=piece,
        open=opened and EDIT.allows(actor()) and found.open,
        problems=checked.problems_of(address),
        warnings=checked.warnings_of(address),
        ready=found.ready.get(address),
    )
    known = differing.Names.of(parts, checked.former).known if card.open or piece.get("visible_if") else {}
    if piece.get("visible_if"):
        card.condition_words = cards.condition_words(piece["visible_if"], parts, language, known)
    if card.open:
        card.groups = cards.subjects(parts, address, language)
        card.cap_groups = cards.every_subject(parts, language)
        card.known = known
        card.effect = cards.effect_words(parts, address, checked)
    return card


@blueprint.post("/<int:id>/modifier", access=EDIT)
def change(id: int) -> ResponseReturnValue:
    """Save a piece as its form has it; a small button of the form (`do`) changes it further."""
    try:
        found = held_draft(id)
    except service.Closed:
        return late.closed(id)
    before, earlier = take_apart(found.tree), found.tree
    address, context = request.form.get("address", ""), cards.context_of(before)
    known = before.pieces.get(address)
    if known is None:
        return late.removed(id, address)
    context = replace(context, taken=fields.ids_in(known), settled=not wants_json())
    shown = late.shown_piece(found, address, known)
    command = forms.change(request.form, address, shown, context)
    if (asked := removing.asks(found, before, address, known)) is not None:
        return asked
    if address == SETTINGS and (asked := removing.asks_to_unspeak(found, before, shown, command.piece)) is not None:
        return asked
    try:
        outcome = service.change_piece(db.session(), found, command, actor=actor(), now=utc_now())
    except service.Conflict as met:
        return choosing.asked(found, met, command)
    if wants_json():
        return _saved(found, address, outcome, earlier)
    if outcome.merged_with == "":
        flash(gettext("Vous avez aussi changé ce passage dans un autre onglet : tout est gardé."), "info")
    elif outcome.merged_with:
        flash(
            gettext(
                "%(name)s a changé ce passage en même temps : vos deux changements sont gardés.",
                name=outcome.merged_with,
            ),
            "info",
        )
    if told := _taken_along(outcome):
        flash(told, "success")
    opened = "do" in request.form or "stay" in request.form
    return redirect(place_of(found.id, take_apart(found.tree), address, opened=opened), 303)


def _taken_along(outcome: service.Written) -> str:
    """What else a change took off the draft."""
    gone = cards.unspoken_words(outcome.unspoken, outcome.texts_gone)
    return gone or cards.messages_gone_words(outcome.messages_gone)


def _saved(found: Draft, address: Address, outcome: service.Written, earlier: Tree) -> ResponseReturnValue:
    """What the form's script needs: the new revision, when, what is still to be put right, and what the change makes
    of the scores."""
    offered = resources.base(db.session())[0]
    checked, before = check_of(found), checking.check(earlier, offered)
    writing = queries.writing_lately(db.session(), found, utc_now() - PRESENT, actor().person_id)
    return jsonify(
        revision=found.revision,
        saved=gettext("Enregistré à %(at)s", at=show_clock(found.changed_at)),
        problems=[
            {"key": note.key, "text": note.told_softly if note.to_do else note.sentence, "to_do": note.to_do}
            for note in checked.problems_of(address)
        ],
        left=len(checked.problems),
        left_words=cards.left_words(checked),
        effect=_taken_along(outcome) or cards.effect_words(take_apart(found.tree), address, checked, before),
        presence=cards.presence_words(writing.get(address)),
        points=texts.show_number(earning.by_default(take_apart(found.tree).pieces.get(address, {}))),
        merged=outcome.merged_with is not None,
    )


@blueprint.post("/<int:id>/operation", access=EDIT)
def operate(id: int) -> ResponseReturnValue:
    """Add, duplicate, move or remove a piece."""
    found = held_draft(id)
    command = forms.operation(request.form)
    before = take_apart(found.tree)
    in_plan = request.form.get("back") == "plan"
    try:
        after, address = forms.perform(before, command)
    except Rejected as refused:
        if not in_plan:
            raise
        # The plan itself shows what there is to move now.
        flash(late.not_moved(found, before, command) or str(refused.message), "warning")
        return redirect(url_for(".draft", id=found.id), 303)
    given = given_levels(before, address) if command.verb == "follow" else ()
    if given and (asked := removing.asks_to_follow(found, before, address)) is not None:
        return asked
    service.write(
        db.session(),
        found,
        lambda _: after,
        command.action,
        forms.subject(before, after, address),
        actor=actor(),
        now=utc_now(),
    )
    parts = take_apart(found.tree)
    if in_plan:
        return redirect(url_for(".draft", id=found.id, _anchor=f"plan-{command.name}"), 303)
    if command.verb == "remove":
        flash(gettext("C’est retiré. « Annuler » le fait revenir."), "success")
        beside = forms.beside(before, command.address)
        return redirect(place_of(found.id, parts, beside) if beside else url_for(".draft", id=found.id), 303)
    if command.verb == "follow":
        flash(removing.followed_words(given, texts.first_language(found.tree)), "success")
    return redirect(place_of(found.id, parts, address, opened=command.verb in {"add", "retype"}), 303)


@blueprint.post("/<int:id>/annuler", access=EDIT)
def undo(id: int) -> ResponseReturnValue:
    return _taken_back(id, undoing.undo, N_("C’est annulé : vous aviez %(what)s."))


@blueprint.post("/<int:id>/retablir", access=EDIT)
def redo(id: int) -> ResponseReturnValue:
    return _taken_back(id, undoing.redo, N_("C’est rétabli : vous avez de nouveau %(what)s."))


def _taken_back(id: int, act: Any, sentence: str) -> ResponseReturnValue:
    found = held_draft(id)
    try:
        done = act(db.session(), found, actor=actor(), now=utc_now())
        flash(gettext(sentence) % {"what": history.done(done.step)}, "success")
        if done.stays:
            flash(" ".join(done.stays), "info")
    except Rejected as refused:
        flash(str(refused.message), "warning")
    return redirect(forms.back_to(request.form, url_for(".draft", id=found.id)), 303)


@blueprint.get("/<int:id>/historique", access=TEAM, endpoint="history")
def draft_history(id: int) -> ResponseReturnValue:
    """The history; the log of the space leads to the step with which it begins to tell (`etape`)."""
    found = open_draft(id)
    step = request.args.get("etape", type=int)
    page = history.page(db.session(), found, asked_page(), None if "page" in request.args else step)
    return render_template("studio/history.html", page=page, reached=step, **frame(found, check_of(found)))


def _history_url(details: Mapping[str, Any]) -> str | None:
    if "draft_id" not in details:
        return None
    return url_for("studio.history", id=details["draft_id"], etape=details.get("draft_step"), _anchor="ici")


audit.pages |= dict.fromkeys(("draft.changed", *logged.APART.values()), _history_url)


@blueprint.post("/<int:id>/historique/<int:number>", access=EDIT)
def revert(id: int, number: int) -> ResponseReturnValue:
    found = held_draft(id)
    undoing.revert(db.session(), found, number, actor=actor(), now=utc_now())
    flash(gettext("Le brouillon est revenu à cet état. « Annuler » revient en avant."), "success")
    return redirect(url_for(".draft", id=found.id), 303)


@blueprint.get("/<int:id>/verification", access=TEAM, endpoint="check")
def verification(id: int) -> ResponseReturnValue:
    found = open_draft(id)
    checked, parts = check_of(found), take_apart(found.tree)

    def located(notes: Any) -> list[tuple[str, str, checking.Note]]:
        return [(place_of_note(found.id, parts, note), forms.called(parts, note.address), note) for note in notes]

    version = questionnaires.active_version(db.session())
    serving = questionnaires.compiled(db.session(), version) if version is not None else None
    return render_template(
        "studio/check.html",
        toll=astray.of_draft(db.session(), parts, serving),
        stale=translations.stale(parts, found.translated),
        missing=translations.missing(parts),
        problems=located(checked.problems),
        warnings=forms.by_kind(located(checked.warnings)),
        ranges=[
            (forms.called(parts, f"category/{name}"), cards.range_words(within) or gettext("jamais de score"))
            for name, within in (checked.analysis.categories.items() if checked.analysis else ())
        ],
        **frame(found, checked),
    )


@blueprint.get("/<int:id>/mettre-de-cote", access=EDIT)
def confirm_set_aside(id: int) -> ResponseReturnValue:
    return render_template("studio/set_aside.html", draft=open_draft(id, tree=False))


@blueprint.post("/<int:id>/mettre-de-cote", access=EDIT)
def set_aside(id: int) -> ResponseReturnValue:
    service.set_aside(db.session(), held_draft(id), now=utc_now())
    flash(gettext("Le brouillon est mis de côté ; vous pouvez le reprendre quand vous voulez."), "success")
    return redirect(url_for(".home"), 303)


@blueprint.post("/<int:id>/reprendre", access=EDIT)
def take_up(id: int) -> ResponseReturnValue:
    found = load(actor(), Draft, id, policy.writes)
    service.take_up(db.session(), found, now=utc_now())
    return redirect(url_for(".draft", id=found.id), 303)
