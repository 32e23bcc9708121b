"""What the pages of the resource base have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from assett.accounts import registries
from assett.core.db import db
from assett.core.i18n import current_language
from assett.core.permissions import proved
from assett.core.ui import Link, MenuEntry, menus
from assett.core.web import Blueprint, actor
from assett.engine.compiled import Compiled
from assett.kernel.clock import today_in_paris
from assett.kernel.text import N_
from assett.resources import queries
from assett.resources import telling as _telling  # noqa: F401  (gives the log its words)
from assett.resources.audience import Audience
from assett.resources.catalogue import Shelf
from assett.resources.queries import Line
from assett.spaces.policy import EDIT, TEAM

blueprint = Blueprint("resources", __name__, url_prefix="/<space>", template_folder="templates")
menus.team.append(MenuEntry(N_("Ressources"), "resources.listing", TEAM.allows, 40))
registries.personal_data_of_space["avis_ressources"] = queries.personal_opinions
BASE = "/ressources-du-territoire"


def _tabs(current: str) -> list[Link]:
    pages = [
        (_("Toutes les ressources"), "resources.listing"),
        (_("Ce qui manque"), "resources.missing"),
        (_("Partenaires"), "resources.partners"),
        (_("Doublons"), "resources.duplicates"),
    ]
    if EDIT.allows(actor()):
        pages.append((_("Importer"), "resources.import_file"))
    return [Link(label, url_for(endpoint), endpoint.endswith(f".{current}")) for label, endpoint in pages]


def page(template: str, current: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    page = render_template(
        f"resources/{template}.html", base_tabs=_tabs(current), editing=EDIT.allows(actor()), **context
    )
    return page, status


def shelf_of(asked: Compiled | None, lines: Sequence[Line] | None = None) -> Shelf:
    session = db.session()
    today = today_in_paris()
    shown = queries.available(session, asked) if asked is not None else queries.base(session)
    known = queries.audience(session, asked) if asked is not None else Audience()
    return Shelf(
        lines=lines if lines is not None else queries.lines(session),
        partners=queries.partners(session),
        links=queries.links(session),
        figures=queries.figures(session, today),
        document=asked.document if asked is not None else None,
        audience=known,
        firsts=queries.firsts(known, asked, shown, today) if asked is not None else {},
        today=today,
        language=current_language(),
        entries={entry.id: entry for entry in shown.entries},
    )


def line_of(id: int, allowed: Any) -> Line:
    """A resource that the actor may see or change; else 404. To be written, it is read once colleagues have done."""
    if request.method == "POST":
        queries.one_at_a_time(db.session())
    found = queries.line(db.session(), id)
    proved(actor(), found.resource if found is not None else None, allowed)
    assert found is not None
    return found
