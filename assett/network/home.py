"""What the network shows on a space's home: who is in the directory already."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import g, url_for

from assett.core.db import db
from assett.network import queries
from assett.network.entries import entries

SHOWN = 3


def engaged() -> dict[str, Any] | None:
    """The last structures to have published their listing; nothing while there is none."""
    if not (g.space.directory_open and g.space.directory_on_home):
        return None
    session = db.session()
    listings = queries.recent_listings(session, SHOWN)
    if not listings:
        return None
    shown = [
        replace(each, url=url_for("network.listing", id=each.id), levels=())
        for each in entries(session, list(listings))
    ]
    return {"entries": shown, "count": queries.count_listings(session)}
