"""What members and visitors do with a resource: open its official address, say whether it helped."""

from __future__ import annotations

import re

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from assett.accounts.sessions import current_person
from assett.core.db import db
from assett.core.permissions import PUBLIC, SIGNED_IN
from assett.core.tenancy import declare_space
from assett.core.web import actor, safe_next
from assett.kernel.clock import today_in_paris, utc_now
from assett.kernel.text import UNSTORABLE
from assett.organizations.queries import participations_of
from assett.resources import queries, service
from assett.resources.pages import blueprint

_ROBOT = re.compile(r"bot|crawl|spider|slurp|preview|monitor|scan|fetch|curl|wget|python|headless|ASSETT-liens", re.I)


@blueprint.get("/ressources/<slug>/aller", access=PUBLIC)
def go(slug: str) -> ResponseReturnValue:
    """On to the official address of a resource; that it was opened is counted for the day, of nobody."""
    url = queries.address_of(db.session(), slug)
    if url is None:
        abort(404)
    if _is_somebody():
        # On a connection of its own: a request that only reads is taken back at its end.
        with db.engine.begin() as connection:
            declare_space(connection, g.space.id)
            connection.execute(service.one_visit(g.space.id, slug, today_in_paris()))
    response = Response(status=303)
    response.headers["Location"] = url
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _is_somebody() -> bool:
    """Whether a person opens this, as far as the request says: not a robot, nor a browser that reads ahead."""
    agent = request.headers.get("User-Agent", "")
    ahead = "prefetch" in (request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", ""))
    return request.method == "GET" and bool(agent) and not ahead and not _ROBOT.search(agent)


@blueprint.post("/ressources/<slug>/avis", access=SIGNED_IN)
def opinion(slug: str) -> ResponseReturnValue:
    """« Cela vous a-t-il aidé ? », by a member of a structure that takes part."""
    if not participations_of(db.session(), actor().ids("organization")):
        abort(404)
    if queries.address_of(db.session(), slug) is None or request.form.get("helped") not in ("oui", "non"):
        abort(404)
    remark = request.form.get("remark")
    if remark is not None:
        remark = UNSTORABLE.sub("", remark).strip()[:500]
    helped = request.form["helped"] == "oui"
    service.give_opinion(db.session(), g.space, slug, current_person(), helped, remark, utc_now())
    flash(_("Merci : votre avis aide à garder les ressources qui servent."), "success")
    back = safe_next(request.form.get("next"), url_for("spaces.home"))
    return redirect(f"{back.partition('#')[0]}#ressource-{slug}", 303)
