"""A change that comes after a colleague's: of a piece removed, of a draft closed meanwhile.

What was typed is shown, and a way to go on with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from assett.core.db import db
from assett.core.i18n import show_moment
from assett.core.permissions import load
from assett.core.web import actor, wants_json
from assett.engine.drafting.pieces import Address, Parts, Tree, take_apart
from assett.engine.drafting.steps import Step
from assett.kernel.clock import utc_now
from assett.kernel.errors import Rejected
from assett.spaces.policy import EDIT
from assett.studio import cards, choosing, differing, forms, policy, queries, service, texts
from assett.studio.models import Draft
from assett.studio.pages import blueprint, check_of, frame, open_draft, place_of


def _typed(*without: str) -> list[tuple[str, str]]:
    """The fields of the form, to be sent again."""
    return [each for each in request.form.items(multi=True) if each[0] not in {"csrf_token", *without}]


def shown_piece(found: Draft, address: Address, otherwise: Tree) -> Tree:
    """The piece that the author of a form had before their eyes: what the form does not carry is as it stood then."""
    seen = forms.seen(request.form)
    known = service.as_seen(db.session(), found, address, seen, actor()).piece if seen < found.revision else None
    return known if known is not None else otherwise


@dataclass(frozen=True, slots=True)
class Way:
    """Why a closed draft takes nothing more, what can be done with what was typed, and where to look."""

    said: str
    label: str
    url: str
    link: str


def _way(closed: Draft, passages: int) -> Way:
    """`passages` counts what was typed."""
    session = db.session()
    published = queries.publication(session, closed)
    if published is None:
        at = show_moment(closed.closed_at or utc_now())
        return Way(
            gettext("Ce brouillon a été mis de côté le %(at)s.", at=at),
            ngettext("Reprendre ce brouillon avec ce passage", "Reprendre ce brouillon avec ces passages", passages),
            url_for("studio.draft", id=closed.id),
            gettext("Voir le brouillon mis de côté"),
        )
    version, name = published
    at = show_moment(version.published_at or utc_now())
    if version.published_by == actor().person_id:
        said = gettext(
            "Vous avez publié ce brouillon le %(at)s : c’est la version %(number)s.", at=at, number=version.number
        )
    else:
        said = gettext(
            "%(name)s a publié ce brouillon le %(at)s : c’est la version %(number)s.",
            name=name or gettext("Quelqu’un"),
            at=at,
            number=version.number,
        )
    going_on = queries.draft_going_on(session, closed)
    return Way(
        said,
        ngettext(
            "Mettre ce passage dans le brouillon suivant", "Mettre ces passages dans le brouillon suivant", passages
        )
        if going_on is not None
        else ngettext(
            "Commencer un nouveau brouillon avec ce passage",
            "Commencer un nouveau brouillon avec ces passages",
            passages,
        ),
        url_for("studio.version", id=version.id),
        gettext("Voir la version publiée"),
    )


def closed(id: int) -> ResponseReturnValue:
    """A change of a piece of a draft that takes no more."""
    found, address = open_draft(id), request.form.get("address", "")
    parts = take_apart(found.tree)
    seen = service.as_seen(db.session(), found, address, forms.seen(request.form), actor()).piece
    seen = seen or parts.pieces.get(address)
    if seen is None:
        return removed(id, address)
    command = forms.change(request.form, address, seen, cards.context_of(parts))
    told = differing.of_piece(address, seen, command.piece, differing.Names.of(parts))
    return refused(found, forms.called(parts, address), told, action=url_for("studio.carry_over", id=id))


def refused(
    found: Draft, called: str, told: Sequence[differing.Told], *, action: str, passages: int = 1
) -> ResponseReturnValue:
    """What is `told` came too late for a closed draft, in what is `called` so: it is shown with who closed it and the
    way out. `action` is where it is sent again, for the draft that goes on; `passages` is how many it counts as."""
    way = _way(found, passages)
    if wants_json():
        return jsonify(closed=True, said=way.said, label=way.label, url=action), 409
    if not told:
        flash(way.said, "info")
        return redirect(way.url, 303)
    page = render_template(
        "studio/late.html",
        heading=gettext("Ce brouillon ne change plus"),
        said=way.said,
        piece=called,
        told=told,
        way=way,
        action=action,
        typed=_typed(),
        **frame(found, check_of(found)),
    )
    return page, 409


def not_moved(found: Draft, parts: Parts, command: forms.Operation) -> str | None:
    """What somebody removed that was to be moved, or moved to, and who: to whoever drags it, it is simply lost. None
    where the history does not know."""
    wanted = (command.address, f"category/{command.category}")
    gone = next((each for each in wanted if each not in parts.pieces), None)
    step = queries.removal(db.session(), found, gone) if gone is not None else None
    if gone is None or step is None:
        return None
    piece = Step.of_json(step.changes).pieces[gone][0] or {}
    title = differing.called(gone, piece, texts.first_language(found.tree))
    if step.person_id == actor().person_id:
        said = gettext(
            "Vous avez retiré « %(title)s » dans un autre onglet : rien n’a été déplacé. "
            "L’historique permet d’y revenir.",
            title=title,
        )
        return str(said)
    said = gettext(
        "%(name)s a retiré « %(title)s » le %(at)s : rien n’a été déplacé. L’historique permet d’y revenir.",
        name=step.person or gettext("Quelqu’un"),
        title=title,
        at=show_moment(step.at),
    )
    return str(said)


def removed(id: int, address: Address) -> ResponseReturnValue:
    """A change of a piece that somebody removed. What was typed waits in the draft for its author to choose: put it
    back so, or leave it; of a closed draft, it is shown with who removed it."""
    found = open_draft(id)
    former = next((each for each in queries.former_pieces(db.session(), found, [address]) if each.removed), None)
    if former is None:
        raise Rejected(gettext("Cet élément a été retiré entre-temps. L’historique permet de le reprendre."))
    if wants_json():
        return jsonify(conflict=True, author=former.person), 409
    parts, language = take_apart(found.tree), texts.first_language(found.tree)
    shown = shown_piece(found, address, former.piece)
    command = forms.change(request.form, address, shown, cards.context_of(parts))
    told = differing.of_piece(address, shown, command.piece, differing.Names.of(parts))
    if found.open and told:
        return choosing.kept(found, address, shown, command.piece)
    name, at = former.person or gettext("Quelqu’un"), show_moment(former.at)
    piece = differing.called(address, former.piece, language)
    if not told:
        flash(gettext("%(name)s a retiré « %(piece)s » le %(at)s.", name=name, piece=piece, at=at), "info")
        return redirect(url_for("studio.draft", id=found.id), 303)
    page = render_template(
        "studio/late.html",
        heading=gettext("Cet élément a été retiré"),
        said=gettext("%(name)s l’a retiré le %(at)s.", name=name, at=at),
        piece=piece,
        told=told,
        way=None,
        **frame(found, check_of(found)),
    )
    return page, 409


@blueprint.post("/<int:id>/passage", access=EDIT)
def carry_over(id: int) -> ResponseReturnValue:
    """Put what came too late for a closed draft in the one that goes on from it."""
    late, session, now = load(actor(), Draft, id, policy.writes), db.session(), utc_now()
    address, seen = request.form.get("address", ""), forms.seen(request.form)
    found = service.following_draft(session, late, actor=actor(), now=now)
    begun = found.revision == 0 and found.created_at == now
    parts = take_apart(found.tree)
    known = parts.pieces.get(address)
    if known is None:
        return removed(late.id if begun else found.id, address)
    shown = service.Seen(shown_piece(found, address, known))
    if found.id != late.id:
        shown = service.as_seen_before(session, late, found, address, seen, actor())
    command = forms.change(request.form, address, shown.piece or known, cards.context_of(parts))
    if found.id != late.id:
        command = replace(command, elsewhere=shown)
    try:
        service.change_piece(session, found, command, actor=actor(), now=now)
    except service.Conflict as met:
        return choosing.asked(found, met, command)
    flash(carried(late, found), "success")
    return redirect(place_of(found.id, take_apart(found.tree), address, opened=True), 303)


def carried(late: Draft, found: Draft, passages: int = 1) -> str:
    """Where what came too late for a draft is now, in words."""
    if found.id == late.id:
        return ngettext(
            "Le brouillon est repris, avec votre passage.", "Le brouillon est repris, avec vos passages.", passages
        )
    return ngettext(
        "Votre passage est dans le brouillon suivant, parti de la version publiée.",
        "Vos passages sont dans le brouillon suivant, parti de la version publiée.",
        passages,
    )
