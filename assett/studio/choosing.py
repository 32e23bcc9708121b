"""What two editors wrote of the same words: kept by the draft, shown side by side, chosen place by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import undefer

from assett.core.db import db
from assett.core.i18n import show_moment
from assett.core.permissions import load
from assett.core.web import actor, wants_json
from assett.engine.drafting.asking import TYPE, with_type
from assett.engine.drafting.pieces import Address, Parts, Tree, take_apart
from assett.engine.drafting.steps import Step, chosen, merged
from assett.kernel.clock import utc_now
from assett.kernel.errors import Rejected
from assett.spaces.policy import EDIT
from assett.studio import differing, forms, policy, queries, service
from assett.studio.models import Draft, DraftStep, WaitingWords
from assett.studio.pages import blueprint, check_of, frame, held_draft, open_draft, place_of
from assett.studio.texts import first_language, piece_title

AtOdds: TypeAlias = Literal["removed", "kept", "type", "words"]

# The place that stands for a whole piece.
_ALL = ""

WHOLE = [undefer(WaitingWords.base), undefer(WaitingWords.theirs), undefer(WaitingWords.mine)]


@dataclass(frozen=True, slots=True)
class Choice:
    """Places that are chosen together: the field of the form that says it, how both sides have them, and how they
    differ (`removed` where all that mine has more are things of a list, `kept` where theirs has; `type` where they are
    questions of two types)."""

    name: str
    told: Sequence[differing.Told]
    at_odds: AtOdds
    # Whether what stands there is still what the author of the other words wrote.
    still: bool

    @property
    def label(self) -> str:
        """What is chosen, in the words of the piece's form."""
        if self.at_odds == "type":
            return gettext("Type de question, et ce qui va avec")
        return ", ".join(each.label for each in self.told)

    def lines(self, side: int) -> Sequence[differing.Told]:
        """What one of the two sides shows; of a type, what it has alone."""
        return self.told if self.at_odds != "type" else [each for each in self.told if (each.before, each.after)[side]]


def asked(found: Draft, met: service.Conflict, command: service.ChangePiece) -> ResponseReturnValue:
    """The same words were changed: what nobody disputes is written, whatever way one leaves the page that shows both;
    the words themselves wait, however long it takes to choose."""
    if wants_json() or "card" in request.form:
        # The script sends the form again, as a page.
        return jsonify(conflict=True, author=met.author), 409
    session, now = db.session(), utc_now()
    service.change_piece(session, found, replace(command, yielding=True), actor=actor(), now=now)
    words = WaitingWords(
        space_id=found.space_id,
        draft_id=found.id,
        person_id=actor().person_id,
        address=met.address,
        author=met.author,
        base=met.base,
        theirs=met.theirs,
        mine=met.mine,
        at=now,
    )
    session.add(words)
    session.flush()
    return redirect(url_for("studio.choose", id=found.id, words=words.id), 303)


def kept(found: Draft, address: Address, shown: Tree, mine: Tree) -> ResponseReturnValue:
    """Somebody removed the piece meanwhile: what was written of it waits, as long as it takes to choose. Sent twice, it
    waits once."""
    session = db.session()
    waits = [each for each in queries.words_of(session, found) if policy.chooses(actor(), each)]
    words = next((each for each in waits if each.address == address and each.mine == mine), None)
    if words is None:
        words = WaitingWords(
            space_id=found.space_id, draft_id=found.id, person_id=actor().person_id, address=address,
            base=shown, theirs=shown, mine=mine, at=utc_now(),
        )  # fmt: skip
        session.add(words)
        session.flush()
    return redirect(url_for("studio.choose", id=found.id, words=words.id), 303)


def _groups(words: WaitingWords, shown: Tree) -> list[tuple[str, ...]]:
    """The disputed places, those together that make sense as a whole alone: what a question asks goes with its type,
    and a number earns its points one way. All of it where nobody wrote otherwise: the piece was away."""
    if words.undisputed:
        return [(_ALL,)]
    paths = dict.fromkeys(merged(words.base, words.theirs, words.mine).conflicts)
    types = shown.get(TYPE), words.mine.get(TYPE)
    whole = with_type(*types) if types[0] != types[1] else {"bands", "linear"}
    together = tuple(each for each in paths if each.partition(".")[0] in whole)
    return [*((each,) for each in paths if each not in together), *([together] if together else [])]


def _piece(words: WaitingWords, shown: Tree, paths: Sequence[str]) -> Tree:
    """The piece as it is `shown` with mine at these places."""
    if words.undisputed:
        return merged(words.base, shown, words.mine).piece if paths else shown
    return merged(words.theirs, shown, chosen(words.base, words.theirs, words.mine, paths)).piece


def _choices(words: WaitingWords, shown: Tree, parts: Parts) -> list[Choice]:
    """The places that still differ, in the order of the piece's form."""
    names, groups = differing.Names.of(parts), _groups(words, shown)
    found = []
    for paths in groups:
        mine = _piece(words, shown, paths)
        told = differing.of_piece(words.address, shown, mine, names)
        if told:
            found.append(Choice(_named(paths), told, _at_odds(shown, mine), _still(words, shown, paths)))
    told = differing.of_piece(words.address, shown, _with_mine(words, shown), names)
    order = {each.label: place for place, each in enumerate(told)}
    return sorted(found, key=lambda each: order.get(each.told[0].label, len(order)))


def _still(words: WaitingWords, shown: Tree, paths: Sequence[str]) -> bool:
    """Whether the piece as it is `shown` has the other's words at these places."""
    if words.undisputed:
        return False
    mine = chosen(words.base, words.theirs, words.mine, paths)
    return merged(mine, shown, words.theirs).piece == shown


def _named(paths: Sequence[str]) -> str:
    return f"keep.{paths[0]}"


def _at_odds(theirs: Tree, mine: Tree) -> AtOdds:
    if theirs.get(TYPE) != mine.get(TYPE):
        return "type"
    ways = {
        _way_apart(theirs.get(key), mine.get(key)) for key in {**theirs, **mine} if theirs.get(key) != mine.get(key)
    }
    return ways.pop() if len(ways) == 1 else "words"


def _way_apart(theirs: Any, mine: Any) -> AtOdds:
    if isinstance(theirs, list) and isinstance(mine, list):
        if all(each in mine for each in theirs):
            return "removed"
        if all(each in theirs for each in mine):
            return "kept"
    return "words"


@blueprint.get("/<int:id>/choisir/<int:words>", access=EDIT)
def choose(id: int, words: int) -> ResponseReturnValue:
    """Both versions of what two people wrote."""
    found = open_draft(id)
    mine = _words(found, words)
    return _page(found, mine) if mine is not None else _done(found)


def _words(found: Draft, words: int) -> WaitingWords | None:
    """One's words that wait in a draft; None where nothing does there, be it that one has chosen."""
    row = db.session().get(WaitingWords, words, options=WHOLE)
    return row if row is not None and row.draft_id == found.id and policy.chooses(actor(), row) else None


def _done(found: Draft) -> ResponseReturnValue:
    """The way back after choosing, a second click: the same answer for what is gone and for what is a colleague's."""
    flash(gettext("Ici, plus rien n’attend votre choix."), "info")
    return redirect(url_for("studio.draft", id=found.id), 303)


def _page(found: Draft, words: WaitingWords, *, missing: bool = False) -> ResponseReturnValue:
    parts, language = take_apart(found.tree), first_language(found.tree)
    here = parts.pieces.get(words.address)
    if here is None or not found.open:
        return _elsewhere(found, words, parts)
    kind, _, name = words.address.partition("/")
    category = parts.outline.category_of(name) if kind == "question" else None
    page = render_template(
        "studio/conflict.html",
        words=words,
        piece=differing.called(words.address, here, language),
        category=(
            piece_title(parts.pieces[f"category/{category}"], language) or gettext("(sans titre)"),
            url_for("studio.category", id=found.id, name=category),
        )
        if category is not None
        else None,
        choices=_choices(words, here, parts),
        back=place_of(found.id, parts, words.address, opened=True),
        missing=missing,
        kept=request.form,
        **frame(found, check_of(found)),
    )
    return page, 422 if missing else 200


def _elsewhere(found: Draft, words: WaitingWords, parts: Parts) -> ResponseReturnValue:
    """There is nothing left to choose between here: the words are put back with their piece, are chosen in the draft
    that goes on, or are shown to be used elsewhere."""
    session = db.session()
    removal = queries.removal(session, found, words.address) if found.open else None
    heading, said = gettext("Ce brouillon ne change plus"), gettext("Vos mots attendaient votre choix.")
    if found.open:
        heading = gettext("Cet élément a été retiré")
    elif found.published_version_id is not None:
        following = queries.draft_going_on(session, found)
        again = queries.gone_on(session, words, following) if following is not None else None
        if following is not None and again is not None:
            return redirect(url_for("studio.choose", id=following.id, words=again), 303)
        if following is None:
            said = gettext("Vos mots attendaient votre choix : ils passeront dans le prochain brouillon.")
    before, after = words.theirs, words.mine
    if removal is not None:
        before = _former(removal, words)
        after = _with_mine(words, before)
        said = gettext(
            "%(name)s l’a retiré le %(at)s. Rien n’est perdu : choisissez.",
            name=removal.person or gettext("Quelqu’un"),
            at=show_moment(removal.at),
        )
    return render_template(
        "studio/late.html",
        heading=heading,
        said=said,
        piece=differing.called(words.address, words.mine, first_language(found.tree)),
        told=differing.of_piece(words.address, before, after, differing.Names.of(parts)),
        way=None,
        choice=url_for("studio.keep_chosen", id=found.id, words=words.id),
        removed=removal is not None,
        **frame(found, check_of(found), waiting=False),
    )


@blueprint.post("/<int:id>/choisir/<int:words>", access=EDIT)
def keep_chosen(id: int, words: int) -> ResponseReturnValue:
    """Put what was chosen in its place; from then on nothing waits."""
    session, way_back = db.session(), redirect(url_for("studio.choose", id=id, words=words), 303)
    if "forget" in request.form:
        found = load(actor(), Draft, id, policy.writes)
        forgotten = _words(found, words)
        if forgotten is None:
            return _done(found)
        session.delete(forgotten)
        return redirect(url_for("studio.draft", id=id), 303)
    try:
        found = held_draft(id)
    except service.Closed:
        return way_back
    mine = _words(found, words)
    if mine is None:
        return _done(found)
    parts, seen = take_apart(found.tree), forms.seen(request.form)
    here = parts.pieces.get(mine.address)
    if here is None:
        return _put_back(found, mine) if "back" in request.form else way_back
    shown = service.as_seen(session, found, mine.address, seen, actor()).piece or here
    offered = [each.name for each in _choices(mine, shown, parts)]
    paths = _taken(_groups(mine, shown), offered, request.form)
    if paths is None:
        return _page(found, mine, missing=True)
    command = service.ChangePiece(mine.address, _piece(mine, shown, paths), seen)
    # Where somebody has changed these words once more, that is another choice, between what they say now.
    session.delete(mine)
    try:
        service.change_piece(session, found, command, actor=actor(), now=utc_now())
    except service.Conflict as met:
        return asked(found, met, command)
    flash(gettext("C’est enregistré, avec les mots que vous avez choisis."), "success")
    return redirect(place_of(found.id, take_apart(found.tree), mine.address, opened=True), 303)


def _put_back(found: Draft, words: WaitingWords) -> ResponseReturnValue:
    """Put a piece back that somebody removed, with what waited of it."""
    session = db.session()
    removal = queries.removal(session, found, words.address)
    if removal is None:
        raise Rejected(gettext("Cet élément a été retiré entre-temps. L’historique permet de le reprendre."))
    command = service.ChangePiece(words.address, _with_mine(words, _former(removal, words)), found.revision)
    service.put_back(session, found, command, removal, actor=actor(), now=utc_now())
    session.delete(words)
    flash(gettext("C’est remis, avec votre texte."), "success")
    return redirect(place_of(found.id, take_apart(found.tree), words.address, opened=True), 303)


def _former(removal: DraftStep, words: WaitingWords) -> Tree:
    """The piece as it was when it was removed."""
    former: Tree = Step.of_json(removal.changes).pieces[words.address][0]
    return former


def _with_mine(words: WaitingWords, shown: Tree) -> Tree:
    """The piece as it is `shown` with all that waits of mine."""
    return _piece(words, shown, [path for paths in _groups(words, shown) for path in paths])


def _taken(groups: Sequence[tuple[str, ...]], offered: Sequence[str], form: Mapping[str, str]) -> list[str] | None:
    """The places where mine is kept; None where one of those offered was not chosen."""
    places = {_named(paths): paths for paths in groups}
    if "mine" in form or "theirs" in form:
        wanted = list(places) if "mine" in form else []
    elif all(form.get(name) in {"mine", "theirs"} for name in offered):
        wanted = [name for name in offered if form[name] == "mine"]
    else:
        return None
    return [path for name in wanted for path in places[name]]
