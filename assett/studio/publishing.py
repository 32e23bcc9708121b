"""What becomes of a draft: tried on the bench, published; and the versions that were, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from assett.core import audit
from assett.core.db import db
from assett.core.i18n import current_language, filled, show_day
from assett.core.permissions import load
from assett.core.web import actor
from assett.engine import unnamed
from assett.engine.compiled import Compiled
from assett.engine.document import ProfileEntry
from assett.engine.drafting.pieces import take_apart
from assett.engine.reading import read_document
from assett.kernel.clock import utc_now
from assett.kernel.errors import InvalidDocument, Rejected
from assett.questionnaires import queries as questionnaires
from assett.questionnaires import service as questionnaire_service
from assett.questionnaires import words
from assett.questionnaires.models import QuestionnaireVersion
from assett.resources.service import bring
from assett.spaces import launch
from assett.spaces.policy import EDIT, TEAM
from assett.spaces.registries import LaunchStep
from assett.studio import (
    astray,
    bench,
    cards,
    checking,
    comparability,
    forms,
    grain,
    history,
    policy,
    published,
    queries,
    service,
    texts,
    translations,
)
from assett.studio.models import Draft
from assett.studio.pages import blueprint, check_of, frame, held_draft, open_draft, place_of, waiting_words

MOST_NOTE = 2000


def _serving(session: Any) -> tuple[QuestionnaireVersion | None, Compiled | None]:
    version = questionnaires.active_version(session)
    return version, questionnaires.compiled(session, version) if version is not None else None


# The trial bench


@dataclass(frozen=True, slots=True)
class Trying:
    """A draft against a version: what is compared, on what, and the panels that it gives."""

    setting: bench.Setting
    base: QuestionnaireVersion | None
    panels: list[bench.Panel]
    entries: list[ProfileEntry]


def _trying(draft: Draft, new: Compiled, versions: list[published.VersionLine]) -> Trying:
    """The trial that this request asks for."""
    session = db.session()
    serving = questionnaires.active_version(session)
    wanted = request.args.get("base", type=int)
    base = next((line.version for line in versions if line.version.id == wanted), serving)
    old = questionnaires.compiled(session, base) if base is not None else new
    entries = [entry for entry in old.document.profile if entry.type == "single"]
    setting = _setting(entries, with_past=base is not None)
    between = published.between(session, draft, base)
    return Trying(setting, base, _panels(old, new, setting, between), entries)


def _setting(entries: list[ProfileEntry], *, with_past: bool) -> bench.Setting:
    asked = request.args
    fixed = [(entry.id, asked.get(f"profil.{entry.id}", "")) for entry in entries]
    source = asked.get("source", "past")
    return bench.Setting(
        source=source if with_past and source in ("past", "generated", "both") else "generated",
        every=asked.get("toutes") == "1",
        count=min(max(asked.get("nombre", 500, type=int), grain.THRESHOLD), bench.MOST_GENERATED),
        seed=min(max(asked.get("graine", 1, type=int), 0), 10**6),
        territory=with_past and asked.get("profils") == "territoire",
        fixed=tuple(
            (id, value)
            for (id, value), entry in zip(fixed, entries, strict=True)
            if any(choice.id == value for choice in entry.choices)
        ),
    )


def _panels(old: Compiled, new: Compiled, setting: bench.Setting, between: bench.Between) -> list[bench.Panel]:
    session, space, language = db.session(), g.space.id, current_language()
    panels = []
    if setting.source in ("past", "both"):
        outcome = bench.on_past(session, space, old, new, every=setting.every, between=between)
        panels.append(bench.panel("past", outcome, old, new, language, between=between))
    if setting.source in ("generated", "both"):
        outcome = bench.on_generated(session, space, old, new, setting, between=between)
        panels.append(bench.panel("generated", outcome, old, new, language, between=between))
    return panels


@blueprint.get("/<int:id>/banc-d-essai", access=TEAM, endpoint="bench")
def try_out(id: int) -> ResponseReturnValue:
    """What the draft's grid would do, before anybody is scored by it."""
    found = open_draft(id)
    checked = check_of(found)
    versions = published.lines(db.session())
    trying = _trying(found, checked.compiled, versions) if checked.compiled is not None else None
    return render_template(
        "studio/bench.html",
        trying=trying,
        versions=versions,
        query=request.query_string.decode("ascii", "ignore"),
        **frame(found, checked),
    )


@blueprint.get("/<int:id>/banc-d-essai.json", access=TEAM)
def bench_figure(id: int) -> ResponseReturnValue:
    """A figure for the page to draw, of the same numbers as its tables."""
    found = open_draft(id)
    compiled = check_of(found).compiled
    trying = _trying(found, compiled, published.lines(db.session())) if compiled is not None else None
    kind = request.args.get("panneau")
    shown = next((each for each in trying.panels if each.kind == kind and each.told), None) if trying else None
    if shown is None:
        abort(404)
    return jsonify(bench.figure(shown))


# Publishing


@blueprint.get("/<int:id>/publier", access=TEAM)
def publish(id: int) -> ResponseReturnValue:
    """What keeps the draft from being published, or all that its publishing would do."""
    return _publish_page(open_draft(id, translated=True))


@dataclass(frozen=True, slots=True)
class Effect:
    """What a publication does to the version in service: the changes, their trial, and how much is taken away."""

    changes: words.Changes
    panel: bench.Panel
    gone: int
    asked: int

    @property
    def unscored(self) -> bool:
        """Whether most structures would lose their score. Of figures as they are told: a threshold on exact ones would
        say more than they do."""
        if not self.panel.shifts:
            return False
        before, after = self.panel.shifts[0].ranked
        return 2 * after < before

    @property
    def great(self) -> bool:
        """Whether it takes away more than anybody does without meaning it."""
        return 2 * self.gone > self.asked or self.unscored


def _effect(
    found: Draft, old: Compiled | None, new: Compiled | None, serving: QuestionnaireVersion | None
) -> Effect | None:
    """None where nothing is in service, or the draft cannot be."""
    if old is None or new is None:
        return None
    between = published.between(db.session(), found, serving)
    changes = words.changes(old.document, new.document, current_language(), between=[each.document for each in between])
    panel = _panels(old, new, bench.Setting(), between)[0]
    return Effect(changes, panel, changes.removed, len(old.document.questions))


def _publish_page(
    found: Draft, *, moved: list[Any] | None = None, unsure: bool = False, status: int = 200
) -> ResponseReturnValue:
    """The page; `unsure` where a publication that takes much away was not confirmed."""
    session = db.session()
    checked, parts = check_of(found), take_apart(found.tree)
    serving, old = _serving(session)
    new = checked.compiled if checked.right else None
    running, trials = published.under_way(session)
    effect = _effect(found, old, new, serving)
    left = queries.left_open(session, found)
    waiting = left.words if found.open else []
    mine = [each for each in waiting if each.words.person_id == actor().person_id]
    others = [each for each in waiting if each not in mine]
    writing = queries.writing_lately(session, found, utc_now() - timedelta(minutes=10), actor().person_id)
    page = render_template(
        "studio/publish.html",
        stale=translations.stale(parts, found.translated),
        unsettled=left.comments,
        own_words=waiting_words(found, mine),
        others_words=len(others),
        others=", ".join(sorted({each.person for each in others})),
        problems=[
            (place_of(found.id, parts, note.address, opened=True), forms.called(parts, note.address), note)
            for note in checked.problems
        ],
        serving=serving,
        is_open=g.space.is_open(utc_now()),
        replaces=_replaced(found, old),
        behind=found.base_id is not None and serving is not None and found.base_id != serving.id,
        changes=effect.changes if effect is not None else None,
        panel=effect.panel if effect is not None else None,
        upheaval=effect if effect is not None and effect.great else None,
        unsure=unsure,
        untitled=found.title in unnamed.UNNAMED[unnamed.QUESTIONNAIRE],
        running=running,
        trials=trials,
        comparable=_comparable(found, checked),
        toll=astray.of_draft(session, parts, old),
        moved=moved,
        writing=sorted({each.person for each in writing.values() if each.person}),
        note={code: request.form.get(f"note.{code}", "") for code in found.tree.get("languages") or ["fr"]},
        **frame(found, checked, waiting=False),
    )
    return page, status


def _replaced(found: Draft, old: Compiled | None) -> str | None:
    """The questionnaire in service that this one, of another name, would take the place of."""
    if old is None or old.document.id == str(found.tree.get("id")):
        return None
    return old.document.title.in_(current_language())


def _comparable(found: Draft, checked: checking.Check) -> tuple[int, int] | None:
    """How many questions compare with the national base, of how many; None where nothing comes from it."""
    standings = comparability.standings(db.session(), found, checked)
    return (sum(each.kind == "national" for each in standings.values()), len(standings)) if standings else None


@blueprint.post("/<int:id>/publier", access=EDIT, endpoint="confirm_publish")
def confirm_publish(id: int) -> ResponseReturnValue:
    """Publish what was shown: if the draft or the version in service changed since, that is said and asked again."""
    try:
        found = held_draft(id)
    except Rejected as closed:
        return _already(load(actor(), Draft, id, policy.writes), closed)
    # Another draft may be on its way out: what is in service is known once that is over.
    questionnaire_service.hold_versions(db.session(), g.space.id)
    serving = questionnaires.active_version(db.session())
    seen = request.form.get("seen", -1, type=int)
    if seen != found.revision or request.form.get("serving", 0, type=int) != (serving.id if serving else 0):
        return _publish_page(found, moved=_steps_since(found, seen), status=409)
    if "sure" not in request.form and _is_great(found):
        return _publish_page(found, unsure=True, status=422)
    note = {
        code: texts.text_typed(request.form.get(f"note.{code}", ""))[:MOST_NOTE] for code in found.tree["languages"]
    }
    try:
        version = service.publish(
            db.session(),
            found,
            note={code: text for code, text in note.items() if text},
            actor=actor(),
            now=utc_now(),
        )
    except (InvalidDocument, Rejected):
        return _publish_page(found, status=422)
    link = Markup('<a href="{}">{}</a>').format(url_for("assessments.trial"), gettext("Voir comme un acteur"))
    flash(
        filled(gettext("La version %(number)s est en service. %(link)s"), number=version.number, link=link), "success"
    )
    return redirect(url_for("studio.version", id=version.id), 303)


def _is_great(found: Draft) -> bool:
    serving, old = _serving(db.session())
    checked = check_of(found)
    effect = _effect(found, old, checked.compiled if checked.right else None, serving)
    return effect is not None and effect.great


def _already(found: Draft, closed: Rejected) -> ResponseReturnValue:
    """A second click, or a second tab: it is done already."""
    if found.published_version_id is None:
        flash(str(closed.message), "warning")
        return redirect(url_for("studio.draft", id=found.id), 303)
    flash(gettext("Ce brouillon est déjà publié : voici sa version."), "info")
    return redirect(url_for("studio.version", id=found.published_version_id), 303)


def _steps_since(found: Draft, seen: int) -> list[str]:
    steps = queries.steps_after(db.session(), found, seen) if seen >= 0 else []
    known = {step.number: step for step in steps}
    return [
        f"{step.person or gettext('Quelqu’un')} {history.said(step, known.get(step.of_number or 0))}" for step in steps
    ]


# The versions


def _compare_url(details: Mapping[str, Any]) -> str | None:
    if "changed" not in details:
        return None
    return url_for("studio.compare", avant=details["replaced_id"], apres=details["version_id"])


audit.pages["version.published"] = _compare_url


@blueprint.get("/versions", access=TEAM)
def versions() -> ResponseReturnValue:
    found = published.lines(db.session())
    serving = questionnaires.active_version(db.session())
    several = len({line.version.questionnaire_id for line in found}) > 1
    named = queries.version_names(db.session(), [line.version.id for line in found])
    return render_template(
        "studio/versions.html",
        lines=found,
        serving=serving,
        titles={id: texts.words(title, current_language()) for id, (title, _) in named.items()} if several else {},
        names=_own_names([line.version for line in found], named),
        can_edit=EDIT.allows(actor()),
    )


def _own_names(versions: Sequence[QuestionnaireVersion], named: Mapping[int, tuple[Any, str | None]]) -> dict[int, str]:
    """The names of versions, latest first, but for one carried over from the version before: it names neither."""
    before: dict[int, str | None] = {}
    found = {}
    for version in reversed(versions):
        _, name = named[version.id]
        if name and name != before.get(version.questionnaire_id):
            found[version.id] = name
        before[version.questionnaire_id] = name
    return found


def _own_name(version: QuestionnaireVersion) -> str | None:
    own = [each for each in queries.versions(db.session()) if each.questionnaire_id == version.questionnaire_id]
    near = [each for number in (version.number, version.number - 1) for each in own if each.number == number]
    return _own_names(near, queries.version_names(db.session(), [each.id for each in near])).get(version.id)


def _version(id: int) -> QuestionnaireVersion:
    """A version of this space, with its document."""
    found = load(actor(), QuestionnaireVersion, id, policy.reads_version, options=queries.WHOLE)
    if found.space_id is None:
        abort(404)
    return found


@blueprint.get("/versions/<int:id>", access=TEAM)
def version(id: int) -> ResponseReturnValue:
    """A version as the questionnaire reads; nothing of it can change."""
    found = _version(id)
    parts, language = take_apart(found.document), current_language()
    serving = questionnaires.active_version(db.session())
    is_serving = serving is not None and serving.id == found.id
    is_open = g.space.is_open(utc_now())
    return render_template(
        "studio/version.html",
        version=found,
        is_serving=is_serving,
        is_open=is_open,
        before_opening=_before_opening() if is_serving and not is_open else [],
        title=texts.words(found.document.get("title"), language),
        name=_own_name(found),
        categories=[
            (
                texts.words(parts.pieces[f"category/{name}"].get("title"), language),
                [_read_only(parts, f"question/{question}", language, place) for place, question in enumerate(asked, 1)],
            )
            for name, asked in parts.outline.categories
        ],
        profile=[_read_only(parts, f"profile/{name}", language, 0) for name in parts.outline.profile],
        levels=found.document.get("levels") or [],
        language=language if language in found.document["languages"] else found.document["languages"][0],
        note=found.note,
        can_edit=EDIT.allows(actor()),
    )


def _before_opening() -> list[launch.Point]:
    """What the facts say is left to do before structures answer a version that is published."""
    near = (LaunchStep.PILOT, LaunchStep.LAUNCH)
    return [
        point
        for step in launch.standing()
        if step.step in near
        for point in step.points
        if not point.declared and not point.done and point.milestone.key != "open"
    ]


def _read_only(parts: Any, address: str, language: str, place: int) -> cards.PieceCard:
    piece = parts.pieces[address]
    card = cards.PieceCard(address=address, piece=piece, number=place)
    if piece.get("visible_if"):
        card.condition_words = cards.condition_words(piece["visible_if"], parts, language)
    return card


@blueprint.get("/versions/comparer", access=TEAM)
def compare() -> ResponseReturnValue:
    """Any two versions, the one's changes to the other in words."""
    session = db.session()
    found = published.lines(session)
    known = {line.version.id: line.version for line in found}
    ends = [known.get(request.args.get(name, 0, type=int)) for name in ("avant", "apres")]
    before, after = ends
    told = _changes(before, after) if before is not None and after is not None else None
    return render_template("studio/compare.html", lines=found, before=before, after=after, changes=told)


def _changes(before: QuestionnaireVersion, after: QuestionnaireVersion) -> words.Changes:
    chain = questionnaires.chain(db.session(), [before, after])
    first, last = (chain.compiled[each.id].document for each in (before, after))
    between = [each.document for each in chain.between(before.id, after.id)]
    return words.changes(first, last, current_language(), between=between)


@blueprint.route("/versions/<int:id>/retirer", methods=["GET", "POST"], access=EDIT)
def retire(id: int) -> ResponseReturnValue:
    found, session = _version(id), db.session()
    if request.method == "GET":
        rest = [line for line in published.lines(session) if line.version.id != id]
        serving = questionnaires.active_version(session)
        return render_template(
            "studio/retire.html",
            version=found,
            in_service=serving is not None and serving.id == id,
            follows=_follower(found, rest),
        )
    title = texts.words(found.document.get("title"))
    try:
        now_serving = questionnaire_service.retire(session, found, utc_now())
    except Rejected as refused:
        flash(str(refused.message), "warning")
        return redirect(url_for("studio.versions"), 303)
    audit.record(session, "version.retired", subject=title, details={"number": found.number})
    if now_serving is not None and now_serving.space_id is not None:
        bring(session, now_serving.space_id, now_serving.document, utc_now())
    if now_serving is None:
        flash(gettext("La version est retirée. Plus aucune évaluation ne commence pour l’instant."), "success")
    else:
        flash(
            gettext("La version est retirée. La version %(number)s est en service.", number=now_serving.number),
            "success",
        )
    return redirect(url_for("studio.versions"), 303)


def _follower(version: QuestionnaireVersion, rest: list[published.VersionLine]) -> QuestionnaireVersion | None:
    """The version that would serve once this one is retired."""
    standing = [
        line.version
        for line in rest
        if line.version.questionnaire_id == version.questionnaire_id and line.version.retired_at is None
    ]
    return max(standing, key=lambda each: each.number, default=None)


@blueprint.route("/versions/<int:id>/remettre-en-service", methods=["GET", "POST"], access=EDIT)
def take_back(id: int) -> ResponseReturnValue:
    found, session = _version(id), db.session()
    serving = questionnaires.active_version(session)
    if serving is not None and serving.id == id:
        flash(gettext("Cette version est déjà en service."), "info")
        return redirect(url_for("studio.versions"), 303)
    try:
        if request.method == "GET":
            questionnaire_service.refuse_without_a_score(read_document(found.document))
            return render_template("studio/take_back.html", version=found, serving=serving)
        questionnaire_service.take_back(session, found, utc_now())
    except Rejected as refused:
        flash(str(refused.message), "warning")
        return redirect(url_for("studio.version", id=id), 303)
    bring(session, g.space.id, found.document, utc_now())
    title = texts.words(found.document.get("title"))
    audit.record(session, "version.taken-back", subject=title, details={"number": found.number})
    flash(
        gettext(
            "La version %(number)s du %(day)s est de nouveau en service.",
            number=found.number,
            day=show_day(found.published_at or utc_now()),
        ),
        "success",
    )
    return redirect(url_for("studio.versions"), 303)
