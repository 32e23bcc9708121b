"""The launch of a space: the six steps of the ASSETT method, as far as the facts say they are done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, or_

from assett.core import audit
from assett.core.db import db
from assett.core.permissions import Access
from assett.core.ui import MenuEntry, menus
from assett.core.web import Blueprint, actor
from assett.kernel.clock import utc_now
from assett.kernel.text import N_
from assett.spaces import queries, service
from assett.spaces.forms import ActionForm
from assett.spaces.models import Space
from assett.spaces.policy import TEAM, WORK
from assett.spaces.queries import Mark
from assett.spaces.registries import LaunchStep, Milestone, milestones
from assett.spaces.themes import DEFAULT

blueprint = Blueprint("launch", __name__, url_prefix="/<space>/lancement", template_folder="templates")
menus.team.append(MenuEntry(N_("Lancement"), "launch.steps", TEAM.allows, 10))

audit.kinds["launch"] = N_("Lancement")
audit.wordings |= {
    "launch.declared": N_("Point du lancement déclaré fait : %(subject)s"),
    "launch.taken-back": N_("Point du lancement remis à faire : %(subject)s"),
}

milestones += [
    Milestone(
        "stock-shared",
        LaunchStep.STOCK,
        N_("L’état des lieux du territoire est partagé"),
        N_("Qui sont les acteurs, quels accompagnements existent déjà : on ne part jamais de rien."),
        order=10,
    ),
    Milestone(
        "contact",
        LaunchStep.STOCK,
        N_("L’adresse de l’équipe est indiquée"),
        N_("Une question sans réponse est une structure perdue."),
        "settings.names",
        lambda: queries.own(Space.contact_email.is_not(None)),
        order=30,
        lack=N_("L’adresse de l’équipe n’est pas indiquée : personne ne saurait à qui écrire."),
    ),
    Milestone(
        "sponsor",
        LaunchStep.MOBILISATION,
        N_("Une élue ou un élu porte la démarche"),
        N_("Une structure s’engage plus volontiers quand quelqu’un s’engage en face."),
        order=10,
    ),
    Milestone(
        "kick-off",
        LaunchStep.MOBILISATION,
        N_("La réunion de lancement avec les partenaires est tenue"),
        N_("Chambres consulaires, clubs d’entreprises, associations : ils feront connaître l’espace."),
        order=20,
    ),
    Milestone(
        "theme",
        LaunchStep.PILOT,
        N_("L’espace a son apparence"),
        N_("On doit reconnaître votre territoire au premier coup d’œil."),
        "settings.appearance",
        lambda: queries.own(or_(Space.appearance.is_not(None), Space.theme != DEFAULT)),
        order=10,
    ),
    Milestone(
        "home",
        LaunchStep.PILOT,
        N_("L’accueil est écrit avec vos mots"),
        N_("Dites à qui vous parlez, et ce qu’on y gagne."),
        "settings.home",
        lambda: queries.own(Space.words != {}),
        order=20,
    ),
    Milestone(
        "pilot-link",
        LaunchStep.PILOT,
        N_("Les pilotes ont de quoi entrer"),
        N_("Un lien leur ouvre l’espace avant tout le monde : créez-le, et donnez-le à quelques structures."),
        "settings.opening",
        lambda: queries.own(
            # Of what is older than its lines, the log says nothing.
            or_(
                Space.pilot_key.is_not(None),
                queries.was_done("settings.pilots", "settings.pilots-invited"),
                Space.created_at < func.now() - audit.KEPT,
            )
        ),
        order=30,
    ),
    Milestone(
        "legal-notice",
        LaunchStep.PILOT,
        N_("Les mentions légales disent qui édite l’espace"),
        N_("Adresse, téléphone, direction de la publication : la loi le veut dès la mise en ligne."),
        "settings.publisher",
        lambda: queries.own(
            # Said by the notice whatever the space writes there besides.
            Space.publisher_address.is_not(None),
            Space.publisher_phone.is_not(None),
            Space.publication_director.is_not(None),
        ),
        order=25,
        lack=N_("Les mentions légales ne disent pas qui édite l’espace : la loi le veut dès l’ouverture."),
        lawful=True,
    ),
    Milestone(
        "opening",
        LaunchStep.LAUNCH,
        N_("Le jour d’ouverture est fixé"),
        N_("C’est la date que vous annoncerez."),
        "settings.opening",
        lambda: queries.own(Space.opened_at.is_not(None)),
        order=10,
    ),
    Milestone(
        "announced",
        LaunchStep.LAUNCH,
        N_("L’ouverture est annoncée"),
        N_("Presse locale, lettre d’information, réseaux des partenaires : la première semaine compte double."),
        order=20,
    ),
    Milestone(
        "open",
        LaunchStep.LAUNCH,
        N_("L’espace est ouvert à tous"),
        N_("À partir de là, chaque structure peut se lancer."),
        "settings.opening",
        lambda: queries.own(Space.opened_at <= utc_now()),
        order=30,
    ),
]


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@dataclass(frozen=True, slots=True)
class Point:
    """A milestone as the page shows it; `count` out of `wanted` where a fact shows it, else who declared it."""

    milestone: Milestone
    done: bool
    count: int | None = None
    mark: Mark | None = None
    url: str | None = None

    @property
    def declared(self) -> bool:
        """Whether only somebody's word shows it."""
        return self.milestone.count is None


@dataclass(frozen=True, slots=True)
class Step:
    step: LaunchStep
    points: Sequence[Point]

    @property
    def done(self) -> int:
        return sum(point.done for point in self.points)

    @property
    def complete(self) -> bool:
        return self.done == len(self.points)


def standing() -> list[Step]:
    """How far the current space is, in two statements."""
    session = db.session()
    facts = queries.counts(session, {each.key: each.count() for each in milestones if each.count is not None})
    declared = queries.marks(session)
    points = {
        each.key: Point(
            each,
            done=facts[each.key] >= each.wanted if each.count is not None else each.key in declared,
            count=facts.get(each.key),
            mark=declared.get(each.key),
            url=_where(each),
        )
        for each in milestones
    }
    in_order = sorted(milestones, key=lambda each: each.order)
    return [Step(step, [points[each.key] for each in in_order if each.step == step]) for step in LaunchStep]


def _where(milestone: Milestone) -> str | None:
    """The page where one does it, if the actor may open it."""
    view = current_app.view_functions.get(milestone.endpoint or "")
    access: Access | None = getattr(view, "access", None)
    return url_for(milestone.endpoint) if milestone.endpoint and access and access.allows(actor()) else None


@blueprint.get("", access=TEAM)
def steps() -> ResponseReturnValue:
    """The six steps, and what is left to do in each."""
    shown = standing()
    points = [point for step in shown for point in step.points]
    return render_template(
        "launch/steps.html",
        steps=shown,
        done=sum(point.done for point in points),
        total=len(points),
        current=next((step for step in shown if not step.complete), None),
        can_declare=WORK.allows(actor()),
        form=ActionForm(formdata=None),
    )


@blueprint.post("/<milestone>", access=WORK)
def declare(milestone: str) -> ResponseReturnValue:
    """Say that a point is done, or that it is not after all; only what no fact can show."""
    declared = next((each for each in milestones if each.key == milestone and each.count is None), None)
    if declared is None:
        abort(404)
    form = ActionForm()
    if not form.validate_on_submit():
        abort(422)
    if request.form.get("done"):
        service.declare(db.session(), g.space, declared, actor(), utc_now())
        flash(_("« %(label)s » : c’est fait.", label=_(declared.label)), "success")
    else:
        service.take_back(db.session(), declared)
        flash(_("« %(label)s » : c’est de nouveau à faire.", label=_(declared.label)), "info")
    return redirect(url_for("launch.steps", _anchor=f"point-{declared.key}"), 303)
