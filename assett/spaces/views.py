"""The platform's door, and each space's home and legal pages."""

from __future__ import annotations

from flask import Flask, g, render_template
from flask.typing import ResponseReturnValue

from assett.core.db import db
from assett.core.i18n import current_language
from assett.core.permissions import PUBLIC
from assett.core.ui import MenuEntry, menus
from assett.core.web import Blueprint
from assett.kernel.text import N_
from assett.spaces import queries
from assett.spaces.registries import home_panels
from assett.spaces.words import home_words

platform = Blueprint("platform", __name__, template_folder="templates")
blueprint = Blueprint("spaces", __name__, url_prefix="/<space>", template_folder="templates")

# The imposed pages, each written in each language under templates/spaces/legal.
LEGAL = {
    "notice": N_("Mentions légales"),
    "privacy": N_("Données personnelles"),
    "accessibility": N_("Accessibilité : non conforme"),
}


def init_app(app: Flask) -> None:
    app.register_blueprint(platform)
    app.register_blueprint(blueprint)


for place, (name, title) in enumerate(LEGAL.items()):
    menus.legal.append(MenuEntry(title, f"spaces.{name}", order=place))


@platform.get("/", access=PUBLIC)
def home() -> ResponseReturnValue:
    """The spaces that are open, for whoever comes without the address of theirs."""
    return render_template("spaces/platform.html", spaces=queries.open_spaces(db.session()))


@blueprint.get("/", access=PUBLIC, endpoint="home")
def space_home() -> ResponseReturnValue:
    """The collectivité's face: its words, what one can do here, and what features add."""
    panels = [(panel.template, panel.context()) for panel in sorted(home_panels, key=lambda panel: panel.order)]
    return render_template(
        "spaces/home.html",
        words=home_words(g.space, current_language()),
        panels=[(template, context) for template, context in panels if context is not None],
    )


def _legal(name: str) -> ResponseReturnValue:
    return render_template(
        "spaces/legal.html", title=LEGAL[name], body=f"spaces/legal/{name}.{current_language()}.html"
    )


@blueprint.get("/mentions-legales", access=PUBLIC)
def notice() -> ResponseReturnValue:
    return _legal("notice")


@blueprint.get("/donnees-personnelles", access=PUBLIC)
def privacy() -> ResponseReturnValue:
    return _legal("privacy")


@blueprint.get("/accessibilite", access=PUBLIC)
def accessibility() -> ResponseReturnValue:
    return _legal("accessibility")
