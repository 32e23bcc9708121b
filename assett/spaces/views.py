"""The platform's door, and each space's home and legal pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from secrets import compare_digest
from typing import Any

from flask import Flask, Response, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from assett.core.db import db
from assett.core.i18n import PARIS, current_language
from assett.core.paging import Page, asked_page, page_within
from assett.core.permissions import PUBLIC, Actor
from assett.core.ui import MenuEntry, menus
from assett.core.web import Blueprint, actor
from assett.kernel.clock import utc_now
from assett.kernel.text import N_
from assett.spaces import queries, routing
from assett.spaces.models import Compliance
from assett.spaces.policy import TEAM
from assett.spaces.registries import drawn, early_endpoints, home_panels, may_begin, platform_panels
from assett.spaces.themes import stylesheet_of
from assett.spaces.words import actors_of, home_words

# Tiles stand by two, three or four.
SPACES_PER_PAGE = 48
platform = Blueprint("platform", __name__, template_folder="templates")
blueprint = Blueprint("spaces", __name__, url_prefix="/<space>", template_folder="templates")

# The imposed pages, each written in each language under templates/spaces/legal.
LEGAL = {
    "notice": N_("Mentions légales"),
    "privacy": N_("Données personnelles"),
    "accessibility": N_("Déclaration d’accessibilité"),
}
# Every page states the compliance in its footer (decree 2019-768, article 4).
STATED = {
    Compliance.NONE: N_("Accessibilité : non conforme"),
    Compliance.PARTIAL: N_("Accessibilité : partiellement conforme"),
    Compliance.FULL: N_("Accessibilité : totalement conforme"),
}
# When ours (templates/spaces/legal) was last held against the pages: whoever looks again dates it anew.
STATEMENT = date(2026, 11, 22)

# One year: the address names the content.
FOR_EVER = "public, max-age=31536000, immutable"
# The same, but a picture that is taken away is gone from everybody's screen within a day.
FOR_A_DAY = "public, max-age=86400, immutable"
FOR_THE_TEAM = "private, max-age=3600"


def init_app(app: Flask) -> None:
    app.register_blueprint(platform)
    app.register_blueprint(blueprint)
    # After the actor is known (accounts.sessions).
    app.before_request(routing.keep_the_door)
    app.context_processor(_words_of_space)


def _words_of_space() -> dict[str, Any]:
    """Of a space's pages: what its participants are called, and whether assessments may (still) begin."""
    space = g.get("space")
    if space is None:
        return {}
    return {
        "actors": lambda: actors_of(space, current_language()),
        "assessments_closed": space.is_closed(utc_now()),
        "host": current_app.extensions["settings"].host,
        "preparing": not space.is_open(utc_now()),
        # A space has stated nothing before it was there.
        "statement_day": max(STATEMENT, space.created_at.astimezone(PARIS).date()),
    }


early_endpoints |= {"spaces.stylesheet", "spaces.picture", "spaces.pilot", *(f"spaces.{name}" for name in LEGAL)}


def _states(compliance: Compliance) -> Callable[[Actor], bool]:
    return lambda _actor: bool(g.space.compliance == compliance)


for place, (name, title) in enumerate(LEGAL.items()):
    if name != "accessibility":
        menus.legal.append(MenuEntry(title, f"spaces.{name}", order=place))
for compliance, title in STATED.items():
    menus.legal.append(MenuEntry(title, "spaces.accessibility", _states(compliance), order=len(LEGAL)))


@platform.get("/", access=PUBLIC)
def home() -> ResponseReturnValue:
    """The spaces that are open, for whoever comes without the address of theirs."""
    words = request.args.get("q", "").strip()[:200]
    found, corrected = queries.open_spaces(db.session(), words)
    number = page_within(asked_page(), len(found), SPACES_PER_PAGE)
    shown = found[(number - 1) * SPACES_PER_PAGE : number * SPACES_PER_PAGE]
    page = Page(shown, number, SPACES_PER_PAGE, len(found))
    panels = [] if words else drawn(platform_panels)
    return render_template("spaces/platform.html", page=page, words=words, corrected=corrected, panels=panels)


@blueprint.get("/", access=PUBLIC, endpoint="home")
def space_home() -> ResponseReturnValue:
    """The collectivité's face: its words, what one can do here, and what features add."""
    return render_template(
        "spaces/home.html",
        words=home_words(g.space, current_language()),
        photo=_photo(g.space.photo),
        # Whoever gets the space ready is told that it is not open, and where to go on.
        at_work=TEAM.allows(actor()),
        inviting=not g.space.is_closed(utc_now()) and all(may() for may in may_begin),
        panels=drawn(home_panels),
    )


def _photo(photo: dict[str, Any] | None) -> dict[str, Any] | None:
    """The photo with its two addresses, for the macro `hero`."""
    if photo is None:
        return None
    url, small_url = (url_for(f"spaces.{name}", digest=photo["digest"]) for name in ("picture", "small_picture"))
    return {**photo, "url": url, "small_url": small_url}


@blueprint.get("/apparence/<digest>.css", access=PUBLIC)
def stylesheet(digest: str) -> ResponseReturnValue:
    """The colours that the space made its own."""
    own = stylesheet_of(g.space)
    if own is None or own[0] != digest:
        abort(404)
    return _kept(Response(own[1], mimetype="text/css"), FOR_EVER)


@blueprint.get("/images/<digest>.webp", access=PUBLIC)
def picture(digest: str) -> ResponseReturnValue:
    return _picture(digest, small=False)


@blueprint.get("/images/<digest>-petite.webp", access=PUBLIC, endpoint="small_picture")
def small_picture(digest: str) -> ResponseReturnValue:
    return _picture(digest, small=True)


def _picture(digest: str, *, small: bool) -> ResponseReturnValue:
    """A picture that the space shows; what it tries out, or has taken away, is its team's alone to see."""
    shown = digest in queries.pictures_shown(db.session(), g.space)
    content = queries.picture(db.session(), digest, small=small) if shown or TEAM.allows(actor()) else None
    if content is None:
        abort(404)
    return _kept(Response(content, mimetype="image/webp"), FOR_A_DAY if shown else FOR_THE_TEAM)


def _kept(response: Response, control: str) -> Response:
    response.headers["Cache-Control"] = control
    return response


@blueprint.get("/pilote/<token>", access=PUBLIC)
def pilot(token: str) -> ResponseReturnValue:
    """The link that the team gives its pilots: the visitor's cookie then opens the space before its day."""
    if not g.space.pilot_key or not compare_digest(token, g.space.pilot_key):
        abort(404)
    if not g.space.is_open(utc_now()):
        session["pilot"] = {**(session.get("pilot") or {}), str(g.space.id): token}
        session.permanent = True
        flash(_("Bienvenue parmi les pilotes ! L’espace n’est pas encore ouvert à tous : dites ce qui coince."), "info")
    return redirect(url_for("spaces.home"))


def _legal(name: str) -> ResponseReturnValue:
    return render_template(
        "spaces/legal.html",
        title=LEGAL[name],
        own=_own_text(name),
        stated=STATED[g.space.compliance] if name == "accessibility" else None,
        body=f"spaces/legal/{name}.{current_language()}.html",
        # Whatever a notice says besides, it says who publishes and who hosts.
        below=f"spaces/legal/who.{current_language()}.html" if name == "notice" else None,
    )


def _own_text(name: str) -> tuple[str, str] | None:
    """What the space wrote itself, and its language: the page's, else any where it states what an audit found (ours
    knows of none)."""
    texts: dict[str, str] = g.space.legal.get(name, {})
    audited = name == "accessibility" and g.space.compliance != Compliance.NONE
    for code in (current_language(), *(g.space.languages if audited else ()), *(texts if audited else ())):
        if texts.get(code):
            return texts[code], code
    return None


@blueprint.get("/mentions-legales", access=PUBLIC)
def notice() -> ResponseReturnValue:
    return _legal("notice")


@blueprint.get("/donnees-personnelles", access=PUBLIC)
def privacy() -> ResponseReturnValue:
    return _legal("privacy")


@blueprint.get("/accessibilite", access=PUBLIC)
def accessibility() -> ResponseReturnValue:
    return _legal("accessibility")
