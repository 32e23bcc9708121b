"""A try-out on its way to a structure: taken over at sign-in, shown to its author until it is attached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Response, abort, after_this_request, flash, g, make_response, render_template, request, url_for
from flask_babel import gettext, ngettext
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.assessments import adopting, cards, policy, queries
from assett.assessments.lines import Line
from assett.assessments.models import Assessment, Held
from assett.core.db import db
from assett.core.i18n import current_language
from assett.core.permissions import Actor, Policy, proved
from assett.core.web import actor, ask_to_sign_in, wants_json
from assett.kernel.text import N_
from assett.organizations import policy as organization_policy
from assett.organizations import queries as organizations
from assett.organizations.models import Participation
from assett.spaces.models import Space


@dataclass(frozen=True, slots=True)
class Tryouts:
    """The actor's try-outs, and where each could go: the participations that would take it, those whose running
    assessment is in the way, those for which the actor only reads."""

    trials: list[Assessment]
    attachable: list[Participation]
    busy: list[tuple[Participation, Assessment]]
    read_only: list[Participation]


Found = TypeVar("Found", Assessment, Held)


def prove(found: Found | None, policy_of_page: Policy) -> Found:
    """The assessment, if the actor may; whoever began it here and whose account has it by now signs in first."""
    turn_to_sign_in(found)
    if found is None and begun_here((request.view_args or {}).get("id")) and not wants_json():
        abort(gone_page())
    return proved(actor(), found, policy_of_page)


def begun_here(id: int | None) -> bool:
    """Whether a visitor's browser remembers that it began this try-out, which may be erased by now."""
    return not actor().signed_in and str(id) in actor().trials


def gone_page(written: Sequence[Line] = ()) -> Response:
    """For the visitor whose try-out is erased: why, what they were sending, and the way to another."""
    why = (
        gettext("Il a été effacé, ou ses sept jours sont passés.")
        if not written
        else gettext("Cet essai n’existe plus : il a été effacé, ou ses sept jours sont passés.")
    )
    ways = [(gettext("Commencer un autre essai"), url_for("assessments.trial"))]
    title = "" if written else gettext("Cet essai n’existe plus")
    page = render_template("assessments/unsaved.html", title=title, why=why, lines=written, ways=ways)
    return make_response(page, 404)


def turn_to_sign_in(found: Assessment | Held | None) -> None:
    """Ask a visitor to sign in to whom this try-out was, with what they typed; see `policy.handed_over`."""
    if found is not None and policy.handed_over(actor(), found):
        why = gettext("Votre essai est maintenant dans votre compte : connectez-vous pour continuer.")
        abort(make_response(ask_to_sign_in(why)))


def handed_over() -> Assessment | None:
    """The latest try-out of this browser that is in an account by now, for whoever has not signed in."""
    if actor().signed_in or not actor().trials:
        return None
    found = queries.by_ids(db.session(), [int(id) for id in actor().trials])
    return next((each for each in found if policy.handed_over(actor(), each)), None)


def mine(*, answered: bool = False) -> Sequence[Assessment]:
    """The try-outs of this actor here, on whatever device they were begun."""
    ids = [int(id) for id in actor().trials]
    found = queries.trials_of(db.session(), ids, actor().person_id, answered=answered)
    return [each for each in found if policy.owns_trial(actor(), each)]


def of(participations: Sequence[Participation]) -> Tryouts | None:
    """The actor's try-outs beside these participations of theirs; None where none holds an answer."""
    trials = list(mine(answered=True))
    if not trials:
        return None
    running = queries.running_of(db.session(), participations)
    answered = [each for each in participations if organization_policy.can_contribute(actor(), each)]
    return Tryouts(
        trials,
        attachable=[each for each in answered if each.id not in running],
        busy=[(each, running[each.id]) for each in answered if each.id in running],
        read_only=[each for each in participations if each not in answered],
    )


def panel() -> dict[str, Any] | None:
    """For the pages of whoever looks at their structures, or for one."""
    if not actor().signed_in:
        return None
    found = of(organizations.participations_of(db.session(), actor().ids("organization")))
    return {"tryouts": found} if found is not None else None


def take_over(session: Session, person: Person, visitor: Actor) -> None:
    """At sign-in, wherever it is: the try-outs that this browser began without an account follow the person."""
    taken = adopting.claim_trials(session, person, visitor)
    if not taken:
        return
    text = ngettext(
        "Votre essai est maintenant dans votre compte.",
        "Vos %(num)s essais sont maintenant dans votre compte.",
        len(taken),
    )
    flash(Markup("{} {}").format(text, Markup(" · ").join(_ways(session, taken))), "success")


# To whoever was let in by somebody else, and did nothing themselves just now.
_BROUGHT = N_(
    "Votre essai y est devenu l’auto-évaluation en cours. Vous préférez le garder pour vous ? Vous pouvez l’en "
    "détacher tant que personne d’autre n’y a répondu."
)
_CORRECTED = N_(
    "La structure est inscrite avec d’autres informations que celles de votre essai. Les siennes l’emportent, et les "
    "questions comme le score ont pu changer."
)


def bring_along(session: Session, participation: Participation, joiner: Actor) -> list[str]:
    """Whoever joins a structure brings their try-out along, and is told there and then what that changed in it; in the
    texts of this answer, where somebody else let them in."""
    adopted = adopting.adopt_trials(session, participation, joiner)
    if adopted is None:
        return []
    if joiner.person_id != actor().person_id:
        return [_BROUGHT, _CORRECTED] if adopted.corrected else [_BROUGHT]

    # After the welcome.
    @after_this_request
    def tell(response: Response) -> Response:
        tell_corrected(adopted)
        return response

    return []


def tell_corrected(adopted: adopting.Adopted) -> None:
    """Say which answers about the structure gave way to what it says of itself."""
    if not adopted.corrected:
        return
    said = gettext(
        "Votre structure est inscrite avec d’autres informations que celles de votre essai. Les siennes l’emportent, "
        "et les questions comme le score ont pu changer :"
    )
    language = current_language()
    titles = (cards.said(each.title, language) for each in adopted.corrected)
    flash(Markup("{} {}").format(said, Markup(" · ").join(titles)), "info")


def tell_taken_back(assessment: Assessment) -> None:
    """Say that a try-out left the structure that it was brought to, and what of that structure it has kept."""
    said = gettext(
        "Votre essai est revenu dans votre compte, à vous seul. Les quelques faits du début sont restés ceux de "
        "la structure dont vous l’avez détaché."
    )
    url = url_for("assessments.profile", id=assessment.id)
    flash(Markup('{} <a href="{}">{}</a>').format(said, url, gettext("Les relire")), "success")


def _ways(session: Session, taken: Sequence[Assessment]) -> Iterator[Markup]:
    """A link to the latest try-out of each space; those of another space than this one say which."""
    # The first one met in each space.
    latest = {each.space_id: each for each in reversed(taken)}
    ids = dict.fromkeys(each.space_id for each in taken)
    spaces = {each.id: each for each in session.scalars(select(Space).where(Space.id.in_(ids)))}
    for id in ids:
        here = g.get("space") is not None and g.space.id == id
        label = gettext("Reprendre") if here else gettext("Reprendre dans l’espace %(name)s", name=spaces[id].name)
        url = url_for("assessments.summary", space=spaces[id].slug, id=latest[id].id)
        yield Markup('<a href="{}">{}</a>').format(url, label)
