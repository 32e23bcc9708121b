"""What a structure is called where somebody chooses among theirs, or reads of them: two of the same name in two
communes are two structures, and a wrong choice is a wrong result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from flask import g
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from assett.core.db import db
from assett.core.i18n import show_day
from assett.core.web import actor
from assett.kernel.text import fold
from assett.organizations import queries
from assett.organizations.models import Organization

# What tells namesakes apart, said one after the other until it does; the last one always does.
_FACTS: tuple[Callable[[Organization], str], ...] = (
    lambda each: each.commune,
    lambda each: each.activity,
    lambda each: _("SIRET finissant par %(digits)s", digits=each.siret[-5:]) if each.siret else "",
    lambda each: _("inscrite le %(day)s", day=show_day(each.created_at)),
    lambda each: _("n° %(number)s", number=each.id),
)


def told_apart(organizations: Iterable[Organization]) -> dict[int, str]:
    """What each of these is called, by id: its name, with as few facts as tell it from the others that bear it."""
    found = {each.id: each for each in organizations}
    names = {each.id: each.name for each in found.values()}
    for fact in _FACTS:
        for alike in _alike(names):
            facts = {id: fact(found[id]) for id in alike}
            if len({fold(said) for said in facts.values()}) > 1:
                names |= {id: f"{names[id]}, {said}" for id, said in facts.items() if said}
    return names


def _alike(names: dict[int, str]) -> list[list[int]]:
    """The ids that bear one name, however it is spelled, where they are several."""
    by_name = sorted(names, key=lambda id: fold(names[id]))
    groups = [list(ids) for _name, ids in groupby(by_name, lambda id: fold(names[id]))]
    return [ids for ids in groups if len(ids) > 1]


def own_names(session: Session, person_id: int) -> dict[int, str]:
    """What that person's structures are called to them, by id, whatever the spaces they take part in."""
    return told_apart(queries.organizations_of(session, person_id))


def called_by(
    session: Session, person_id: int | None, organization: Organization, beside: Sequence[Organization] = ()
) -> str:
    """What that person is told that a structure is called: one of theirs, or beside theirs and `beside`."""
    own = queries.organizations_of(session, person_id) if person_id is not None else []
    return told_apart([*own, *beside, organization])[organization.id]


def called_here(session: Session, organizations: Sequence[Organization]) -> dict[int, str]:
    """What the team of the current space is told that these are called, by id: one of all that take part in it."""
    return told_apart([*queries.bearing(session, {each.name for each in organizations}), *organizations])


def called(organization: Organization, beside: Sequence[Organization] = ()) -> str:
    """The same, for whoever reads the page; `beside`: those that it speaks of besides theirs."""
    return told_apart([*_own(organization), *beside, organization])[organization.id]


def _own(asked: Organization) -> Sequence[Organization]:
    """The reader's structures, read once a page, and only where there is another than this one."""
    if not set(actor().ids("organization")) - {asked.id}:
        return ()
    if "own_organizations" not in g:
        g.own_organizations = queries.organizations_of(db.session(), actor().person_id or 0)
    own: Sequence[Organization] = g.own_organizations
    return own
