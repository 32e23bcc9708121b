"""From the address to the space: `/<space>/…` says which tenant a request is about."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, current_app, g, request

from assett.core.db import db
from assett.spaces import queries
from assett.spaces.themes import theme_of


def init_app(app: Flask) -> None:
    app.url_value_preprocessor(_enter)
    app.url_defaults(_stay)
    app.context_processor(lambda: {"theme": theme_of(g.get("space"))})


def _enter(endpoint: str | None, values: dict[str, Any] | None) -> None:
    slug = (values or {}).pop("space", None)
    unmatched = endpoint is None
    if unmatched:
        # An address that leads nowhere: its page says so with the face of the space that it stands in, if any.
        slug = request.path.split("/")[1]
    if slug is None:
        return
    space = queries.enter_by_slug(db.session(), slug)
    if space is None:
        if unmatched:
            return
        abort(404)
    g.space = space
    # A transaction begun later in this request (after a rollback) declares it anew.
    db.session().info["space_id"] = space.id


def _stay(endpoint: str, values: dict[str, Any]) -> None:
    """Inside a space, every link stays there unless it says otherwise."""
    space = g.get("space")
    if space is not None and "space" not in values and _within_space(endpoint):
        values["space"] = space.slug


def _within_space(endpoint: str) -> bool:
    return current_app.url_map.is_endpoint_expecting(endpoint, "space")
