"""The demonstration's mailbox, `/courrier`: the mails that a real installation would have sent, to be read here.

It exists only where the demonstration runs; there, nobody's mail is private.
"""

from __future__ import annotations

import re

from flask import Flask, abort, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape
from sqlalchemy import select, text

from assett.core.db import db
from assett.core.mail import Mail
from assett.core.permissions import PUBLIC
from assett.core.tenancy import ACROSS_ROLE
from assett.core.web import Blueprint

blueprint = Blueprint("mailbox", __name__)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/courrier", access=PUBLIC)
def mailbox() -> ResponseReturnValue:
    _read_mails()
    mails = db.session.scalars(select(Mail).order_by(Mail.id.desc()).limit(50)).all()
    return render_template("mailbox/list.html", mails=mails)


@blueprint.get("/courrier/<int:id>", access=PUBLIC)
def mail(id: int) -> ResponseReturnValue:
    _read_mails()
    found = db.session.get(Mail, id)
    if found is None:
        abort(404)
    return render_template("mailbox/mail.html", mail=found, body=_with_links(found.text))


def _read_mails() -> None:
    """For this transaction: no other page may read what was mailed."""
    db.session.execute(text(f"SET LOCAL ROLE {ACROSS_ROLE}"))


def _with_links(body: str) -> Markup:
    """The text with its addresses as links."""
    parts, last = [], 0
    for match in _ADDRESS.finditer(body):
        address = match.group().rstrip(".,)")
        parts += [escape(body[last : match.start()]), Markup('<a href="{0}">{0}</a>').format(address)]
        last = match.start() + len(address)
    return Markup("").join([*parts, escape(body[last:])])
