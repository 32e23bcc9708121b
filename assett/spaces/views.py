"""The platform's door, and each space's home and legal pages."""

from __future__ import annotations

from flask import Flask, render_template
from flask.typing import ResponseReturnValue

from assett.core.db import db
from assett.core.permissions import PUBLIC
from assett.core.web import Blueprint
from assett.spaces import queries

platform = Blueprint("platform", __name__, template_folder="templates")
blueprint = Blueprint("spaces", __name__, url_prefix="/<space>", template_folder="templates")


def init_app(app: Flask) -> None:
    app.register_blueprint(platform)
    app.register_blueprint(blueprint)


@platform.get("/", access=PUBLIC)
def home() -> ResponseReturnValue:
    return render_template("spaces/platform.html", spaces=queries.open_spaces(db.session()))


@blueprint.get("/", access=PUBLIC, endpoint="home")
def space_home() -> ResponseReturnValue:
    return render_template("spaces/home.html")
