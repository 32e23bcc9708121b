"""Pages of the living base: what a newer national version brings, question by question, and what to do of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from assett.core.db import db
from assett.core.i18n import colon, current_language, worded
from assett.core.permissions import load
from assett.core.web import actor
from assett.engine.drafting.pieces import drafted, take_apart
from assett.engine.writing import dump_document
from assett.kernel.clock import utc_now
from assett.kernel.errors import InvalidDocument, Problem, Rejected
from assett.kernel.text import N_
from assett.questionnaires import queries as questionnaires
from assett.questionnaires import words
from assett.questionnaires.models import QuestionnaireVersion
from assett.spaces.policy import EDIT, TEAM
from assett.studio import bench, cards, disputed, policy, queries, service, texts, upstream
from assett.studio.models import Draft
from assett.studio.pages import blueprint, check_of, frame, held_draft, open_draft
from assett.studio.upstream import CHOICES, Card, Choice, Offer

STATES = {
    "new": N_("nouveau dans le socle"),
    "gone": N_("retiré du socle"),
    "changed": N_("changé dans le socle"),
    "conflict": N_("conflit : changé des deux côtés"),
    "gone_there": N_("conflit : retiré du socle, changé chez vous"),
    "gone_here": N_("conflit : retiré chez vous, changé dans le socle"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as the page shows it: what the base changed and, of a conflict, what the space changed and what both did
    (`rows`)."""

    card: Card
    title: str
    state: str
    theirs: tuple[words.Line, ...]
    mine: tuple[words.Line, ...]
    rows: tuple[disputed.Row, ...]
    options: tuple[tuple[Choice, str], ...]
    chosen: str
    preview: cards.PieceCard | None
    # Somebody wrote in it since it was shown: it is decided upon anew.
    again: bool

    @property
    def anchor(self) -> str:
        return self.card.key.replace(".", "-")


@blueprint.get("/<int:id>/socle", access=TEAM, endpoint="base")
def base_of(id: int) -> ResponseReturnValue:
    return _page(open_draft(id))


@blueprint.post("/<int:id>/socle", access=EDIT)
def take_base(id: int) -> ResponseReturnValue:
    """Carry the decisions out; or, by another button, only show what they would do to the scores."""
    found = held_draft(id)
    offer = upstream.offer_of(db.session(), found)
    chosen = _chosen(offer)
    seen = request.form.get("seen", -1, type=int)
    if "try" in request.form:
        again = upstream.overtaken_cards(db.session(), found, offer, seen) if offer is not None else frozenset()
        return _page(found, chosen=chosen, again=again)
    command = upstream.Decide(request.form.get("version", 0, type=int), chosen, seen)
    try:
        left = upstream.apply(db.session(), found, command, actor=actor(), now=utc_now())
    except upstream.Overtaken as overtaken:
        return _page(found, chosen=chosen, again=overtaken.keys), 409
    except Rejected as rejected:
        return _page(found, chosen=chosen, said=[str(rejected.message)]), 422
    except InvalidDocument as invalid:
        return _page(found, chosen=chosen, said=[_why(problem) for problem in invalid.problems]), 422
    flash(_done(left), "success")
    return redirect(url_for(".base" if left else ".draft", id=found.id), 303)


@blueprint.post("/socle", access=EDIT)
def follow_base() -> ResponseReturnValue:
    """Begin a draft from the version in service, to take in what the national base has brought since."""
    active = questionnaires.active_version(db.session())
    if active is None:
        abort(404)
    version = load(actor(), QuestionnaireVersion, active.id, policy.reads_version, options=queries.WHOLE)
    draft = service.begin(
        db.session(),
        g.space.id,
        version.document,
        actor=actor(),
        now=utc_now(),
        base=version,
        questionnaire=version.questionnaire,
        upstream_id=version.upstream_id,
    )
    return redirect(url_for(".base", id=draft.id), 303)


def _chosen(offer: Offer | None) -> dict[str, Choice]:
    if offer is None:
        return {}
    if "all" in request.form:
        return offer.all_but_conflicts()
    given = {card.key: request.form.get(f"choice.{card.key}") for card in offer.cards}
    return {key: value for key, value in given.items() if value in CHOICES}


def _done(left: int) -> str:
    if not left:
        return gettext("C’est fait : votre brouillon suit maintenant la dernière version du socle national.")
    return ngettext(
        "C’est fait. %(num)s point reste pour plus tard.", "C’est fait. %(num)s points restent pour plus tard.", left
    )


def _why(problem: Problem) -> str:
    """Why decisions do not go together, as a sentence."""
    return f"{problem.path}{colon()}{worded(problem.template, problem.params)}"


def _page(
    found: Draft,
    *,
    chosen: Mapping[str, Choice] | None = None,
    said: Iterable[str] = (),
    again: frozenset[str] = frozenset(),
) -> str:
    """The page; the choices made stay, but for the cards to be decided upon `again`."""
    if chosen is not None:
        chosen = {key: choice for key, choice in chosen.items() if key not in again}
    checked = check_of(found)
    offer = upstream.offer_of(db.session(), found)
    given = frame(found, checked)
    language = current_language()
    return render_template(
        "studio/base.html",
        offer=offer,
        follows=found.upstream_id is not None,
        groups=_groups(offer, chosen, again, language) if offer is not None and offer.merge is not None else [],
        panel=_effect(offer, chosen, language) if offer is not None else None,
        tried=chosen is not None,
        said=list(said),
        again=_titles(offer, again, language) if offer is not None else [],
        note=texts.words(offer.newest.note, language) if offer is not None else "",
        summary=summary(offer) if offer is not None else "",
        **given,
    )


def summary(offer: Offer) -> str:
    """« Le socle national a une version 3 : 4 nouveautés, 2 conflits. »"""
    number = offer.newest.number
    if offer.merge is None:
        return gettext("Le socle national a une version %(number)s.", number=number)
    if offer.silent:
        return gettext("La version %(number)s du socle national ne vous demande aucun choix.", number=number)
    if offer.empty:
        return gettext("Vous avez tout décidé de la version %(number)s du socle national.", number=number)
    parts = []
    if offer.news:
        parts.append(ngettext("%(num)s nouveauté", "%(num)s nouveautés", offer.news))
    if offer.conflicts:
        parts.append(ngettext("%(num)s conflit", "%(num)s conflits", offer.conflicts))
    return gettext("Le socle national a une version %(number)s : %(what)s.", number=number, what=", ".join(parts))


def _effect(offer: Offer, chosen: Mapping[str, Choice] | None, language: str) -> bench.Panel | None:
    """What the decisions (or else all but the conflicts) would do to the structures' scores, beside the draft as it
    stands: what was written in it before is no effect of them. None where they change nothing, while they do not go
    together, and without any version in service."""
    if questionnaires.active_version(db.session()) is None or offer.merge is None or offer.empty:
        return None
    try:
        before, after = offer.result({}), offer.result(chosen if chosen is not None else offer.all_but_conflicts())
    except InvalidDocument:
        return None
    if before == after:
        return None
    old, new = upstream.compiled(before), upstream.compiled(after)
    outcome = bench.on_past(db.session(), g.space.id, old, new, every=False)
    return bench.panel("past", outcome, old, new, language)


def _titles(offer: Offer, keys: frozenset[str], language: str) -> list[tuple[str, str]]:
    """Some cards' places on the page, and their titles."""
    return [(card.key.replace(".", "-"), _title(card, language)) for card in offer.cards if card.key in keys]


def _groups(
    offer: Offer, chosen: Mapping[str, Choice] | None, again: frozenset[str], language: str
) -> list[tuple[str, list[Shown]]]:
    """The cards under the titles of their categories, the questionnaire and its profile first."""
    assert offer.documents is not None
    base, theirs, mine = offer.documents
    wording = _Words(
        words.by_thing(base, theirs, language),
        words.side_by_side(base, theirs, language),
        words.side_by_side(base, mine, language),
        words.side_by_side(mine, theirs, language),
        take_apart(drafted(dump_document(theirs))).pieces,
    )
    titles = {each.id: each.title.in_(language) for document in (theirs, mine) for each in document.categories}
    found: dict[str, list[Shown]] = {}
    for card in offer.cards:
        found.setdefault(_heading(card, titles), []).append(
            wording.shown(card, language, chosen, again=card.key in again)
        )
    return list(found.items())


def _heading(card: Card, titles: Mapping[str, str]) -> str:
    if card.category is not None:
        return titles.get(card.category, card.category)
    names = {"profile": N_("Profil de la structure"), "resource": N_("Ressources du fichier")}
    return gettext(names.get(card.subject, N_("Le questionnaire")))


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said of the things of three documents."""

    of_theirs: Mapping[tuple[str, str], words.Thing]
    theirs: Mapping[tuple[str, str], list[words.Sides]]
    mine: Mapping[tuple[str, str], list[words.Sides]]
    between: Mapping[tuple[str, str], list[words.Sides]]
    pieces: Mapping[str, Any]

    def shown(self, card: Card, language: str, chosen: Mapping[str, Choice] | None, *, again: bool) -> Shown:
        key = (card.subject, card.name)
        changed = self.of_theirs.get(key)
        # What the base left alone and the space changed is no matter of this page, but beside what both changed.
        shows = changed is not None and card.state in ("changed", "gone_here")
        told = disputed.Told((), changed.lines if changed is not None and shows else (), ())
        if card.state == "gone_there":
            told = disputed.Told((), (), tuple(each.line for each in self.mine.get(key, [])))
        elif card.state == "conflict":
            told = disputed.told(card, *(side.get(key, []) for side in (self.theirs, self.mine, self.between)))
        default = "later" if card.in_conflict else "take"
        address = f"question/{card.name}"
        return Shown(
            card,
            _title(card, language),
            gettext(STATES[card.state]),
            told.theirs,
            told.mine,
            told.rows,
            tuple((value, gettext(label)) for value, label in _options(card)),
            default if chosen is None else chosen.get(card.key, "later"),
            cards.PieceCard(address, self.pieces[address])
            if card.state == "new" and card.subject == "question" and address in self.pieces
            else None,
            again,
        )


def _title(card: Card, language: str) -> str:
    names = {upstream.SETTINGS: N_("Présentation"), upstream.GRID: N_("Grille de notation")}
    if card.key in names:
        return gettext(names[card.key])
    title = card.pieces[0].title
    return title if isinstance(title, str) else title.in_(language)


def _options(card: Card) -> list[tuple[Choice, str]]:
    match card.state:
        case "new":
            return [("take", N_("L’ajouter")), ("keep", N_("Ne pas l’ajouter")), ("later", N_("Plus tard"))]
        case "gone":
            return [("take", N_("Le retirer aussi")), ("keep", N_("Le garder")), ("later", N_("Plus tard"))]
        case "changed":
            return [("take", N_("Prendre")), ("keep", N_("Garder le vôtre")), ("later", N_("Plus tard"))]
        case "gone_there":
            return [("take", N_("Le retirer aussi")), ("keep", N_("Le garder")), ("later", N_("Plus tard"))]
        case "gone_here":
            return [("take", N_("Le reprendre")), ("keep", N_("Le laisser retiré")), ("later", N_("Plus tard"))]
    mixed: list[tuple[Choice, str]] = [("merge", N_("Garder vos choix, prendre le reste"))] if card.mixed else []
    return [
        ("take", N_("Prendre celui du socle")),
        ("keep", N_("Garder le vôtre")),
        *mixed,
        ("later", N_("Plus tard")),
    ]


def news(drafts: Iterable[Draft]) -> dict[str, Any] | None:
    """What the studio's home says of the national base: of the latest draft that follows it, or else of the version
    in service; None where there is nothing new."""
    session = db.session()
    following = next((each for each in drafts if each.upstream_id is not None), None)
    if following is not None:
        found = open_draft(following.id)
        offer = upstream.offer_of(session, found)
    else:
        active = questionnaires.active_version(session)
        if active is None or active.upstream_id is None:
            return None
        decided = queries.published_as(session, active)
        version = questionnaires.with_document(session, active.id)
        offer = upstream.offer_for(
            session, active.upstream_id, version.document, decided.upstream_decisions if decided is not None else {}
        )
    if offer is None or offer.empty:
        return None
    return {"summary": summary(offer), "draft": following, "note": texts.words(offer.newest.note, current_language())}
