"""The style guide, `/style`: every component on one page, in development and in the demonstration."""

from __future__ import annotations

from flask import Flask, render_template
from flask.typing import ResponseReturnValue

from assett.core.permissions import PUBLIC
from assett.core.web import Blueprint

blueprint = Blueprint("style", __name__)


@blueprint.get("/style", access=PUBLIC)
def guide() -> ResponseReturnValue:
    return render_template("style/index.html")


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
