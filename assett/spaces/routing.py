"""From the address to the space: `/<space>/…` says which tenant a request is about, and so may the host name."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, current_app, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from assett.core.db import db
from assett.core.settings import Settings
from assett.core.web import actor, wants_json
from assett.kernel.clock import utc_now
from assett.spaces import domains, policy, queries
from assett.spaces.models import Space
from assett.spaces.registries import admissions, early_endpoints, written_at_the_door
from assett.spaces.themes import theme_of

# Where one signs in, changes language, reads who answers for the space: open before the space is.
EARLY_BLUEPRINTS = frozenset({"accounts", "web", "platform"})


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    hosts = domains.init_app(app)
    if settings.secure:
        # An installation behind https answers to its own name, and to those of its spaces.
        app.config["TRUSTED_HOSTS"] = hosts
    app.url_value_preprocessor(_enter)
    app.url_defaults(_stay)
    app.context_processor(lambda: {"theme": theme_of(g.get("space"))})


def _enter(endpoint: str | None, values: dict[str, Any] | None) -> None:
    values = values or {}
    slug = values.pop("space", None)
    unmatched = endpoint is None
    if unmatched:
        # An address that leads nowhere: its page says so with the face of the space that it stands in, if any.
        slug = request.path.split("/")[1]
    hosts: domains.OwnHosts = current_app.extensions["own_hosts"]
    home = hosts.slug_of(request.host)
    if home is not None and slug != home and (slug is not None or endpoint == "platform.home"):
        _lead_home(home)
    if slug is None:
        return
    space = queries.enter_by_slug(db.session(), slug, endpoint, values)
    if space is None:
        if unmatched:
            return
        abort(404)
    g.space = space
    # A transaction begun later in this request (after a rollback) declares it anew.
    db.session().info["space_id"] = space.id


def _lead_home(slug: str) -> None:
    """At a space's own name, `/annuaire` is `/<space>/annuaire`, and no other space is to be found."""
    if request.method not in {"GET", "HEAD"}:
        abort(404)
    first = request.path.split("/")[1]
    if first and queries.exists_at(db.session(), first):
        abort(404)
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    abort(redirect(f"/{slug}{request.path}{query}", 308))


def _stay(endpoint: str, values: dict[str, Any]) -> None:
    """Inside a space, every link stays there unless it says otherwise."""
    space = g.get("space")
    if space is not None and "space" not in values and _within_space(endpoint):
        values["space"] = space.slug


def _within_space(endpoint: str) -> bool:
    return current_app.url_map.is_endpoint_expecting(endpoint, "space")


def keep_the_door() -> ResponseReturnValue | None:
    """Before its day, a space shows itself to its team and its pilots alone; others read when to come back."""
    space = g.get("space")
    if space is None or request.endpoint is None or space.is_open(utc_now()):
        return None
    if request.blueprint in EARLY_BLUEPRINTS or request.endpoint in early_endpoints:
        return None
    if policy.is_at_home(actor()) or _opens_as_pilot(space):
        return None
    if actor().signed_in and any(admits(actor()) for admits in admissions):
        return None
    if wants_json():
        return {"error": "not open"}, 403
    written = [text for texts in written_at_the_door for text in texts()] if request.method == "POST" else []
    return render_template("spaces/not_open.html", written=written), 403


def opens(space: Space) -> bool:
    """Whether another space than this one is open, to everybody or by the pilots' link. Whom its own door knows, its
    team and the members of its pilots, go by that door: here nothing is read of who they are there."""
    return space.is_open(utc_now()) or _opens_as_pilot(space)


def _opens_as_pilot(space: Space) -> bool:
    return policy.opens_as_pilot(space, (session.get("pilot") or {}).get(str(space.id)))
