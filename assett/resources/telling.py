"""What the log says of a resource, in the words of its page: whom it is for, who carries it, its days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import g
from flask_babel import gettext as _

from assett.core import audit
from assett.core.db import db
from assett.core.i18n import current_language, semicolon, show_day
from assett.resources import aims, queries
from assett.resources.aims import Aim, Subject
from assett.resources.registries import being_written


def _say(key: str, say: Callable[[Any], str]) -> None:
    audit.details[key] = replace(audit.details[key], say=say)


def _of_this_request(name: str, read: Callable[[], Any]) -> Any:
    """Read once for all the lines of a page."""
    key = f"resources_{name}"
    if key not in g:
        setattr(g, key, read())
    return g.get(key)


def _subjects() -> dict[str, Subject]:
    """All that versions have, or had, for a line to name; what is being written too, where nothing is asked yet."""
    known: dict[str, Subject] = _of_this_request("subjects", _read_subjects)
    return known


def _read_subjects() -> dict[str, Subject]:
    session, language = db.session(), current_language()
    found = queries.former_subjects(session, None, language)
    if being_written and queries.asked(session) is None and (coming := being_written[0](session)) is not None:
        found = found | aims.every_subject(coming.document, language)
    return found


def _aimed(picked: Sequence[Aim]) -> str:
    known = _subjects()
    return semicolon().join(aims.line_said(aim, known.get(aim.of)) for aim in picked)


def _partner(id: Any) -> str:
    known = _of_this_request("partners", lambda: queries.partners(db.session()))
    return known[id].name if id in known else str(_("un partenaire retiré depuis"))


def _day(day: Any) -> str:
    try:
        return show_day(date.fromisoformat(day))
    except (TypeError, ValueError):
        return str(day)


_say("for", lambda raw: _aimed(aims.picked_for(raw)))
_say("who", lambda raw: _aimed(aims.picked_who(raw)))
_say("partner", _partner)
_say("valid_from", _day)
_say("valid_until", _day)
