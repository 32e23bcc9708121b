"""Sign-in, sign-up, password, own account."""

from __future__ import annotations

from flask import Flask, render_template
from flask.typing import ResponseReturnValue

from assett.core.permissions import PUBLIC
from assett.core.web import Blueprint

blueprint = Blueprint("accounts", __name__, url_prefix="/<space>", template_folder="templates")


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.route("/connexion", methods=["GET", "POST"], access=PUBLIC)
def sign_in() -> ResponseReturnValue:
    return render_template("spaces/home.html")
