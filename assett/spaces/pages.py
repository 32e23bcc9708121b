"""What the pages of the settings have in common: their frame, the space held while it changes, what is said after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from assett.core.changes import cut
from assett.core.db import db
from assett.core.ui import links
from assett.core.web import Blueprint
from assett.kernel.clock import utc_now
from assett.spaces import queries, service
from assett.spaces.clashes import SharedForm
from assett.spaces.models import Space
from assett.spaces.registries import settings_pages

blueprint = Blueprint("settings", __name__, url_prefix="/<space>/reglages", template_folder="templates")

# The page of the menu that another page belongs to.
PARENTS = {"legal_text": "legal", "publisher": "legal", "photo": "home"}


def held_space() -> Space:
    """The current space; where this request may change it, as it is now and held until the end."""
    space: Space = g.space
    if request.method == "POST" and "held" not in g:
        g.held = queries.hold(db.session(), space)
    return space


def part_page(
    part: str, status: int = 200, *, touching: tuple[str, ...] = (), template: str | None = None, **context: Any
) -> ResponseReturnValue:
    """A page of the settings, with its last change and the way back from it, where that concerns what is `touching`.

    Where two people changed the same, the page that lets one of them choose. `template` is another page of that part.
    """
    form = context.get("form")
    clashed = isinstance(form, SharedForm) and bool(form.clashes)
    back = service.way_back(db.session(), part if part != "legal_text" else "legal")
    page = render_template(
        "settings/clash.html" if clashed else f"settings/{template or part}.html",
        part=part,
        settings_links=links(settings_pages),
        current_url=url_for(f"settings.{PARENTS.get(part, part)}"),
        way_back=back if back is not None and back.touches(*touching) else None,
        cut=cut,
        **context,
    )
    return page, status


def done(changed: object, endpoint: str, said: str | None = None, **values: Any) -> ResponseReturnValue:
    if changed:
        flash(said or saved(), "success")
    else:
        flash(_("Rien n’a changé."), "info")
    return redirect(url_for(endpoint, **values), 303)


def saved() -> str:
    if g.space.is_open(utc_now()):
        return _("C’est enregistré, et visible dès maintenant.")
    return _("C’est enregistré, et visible à l’ouverture de l’espace.")


def carried_out(form: Any, use_case: Callable[[], object]) -> tuple[bool, object]:
    """Whether the form was accepted, and what the use case answered (which may be « nothing changed »)."""
    outcome = form.carry_out(lambda: (use_case(),))
    return outcome is not None, outcome[0] if outcome is not None else None
