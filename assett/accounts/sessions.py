"""From the cookie to the actor: who makes this request, and with which grants.

The cookie names a person and holds a secret; the sign-in that knows its hash is a row. No row, no session: a cookie
that was copied is worth nothing once its owner has signed out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Text,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy import cast as sql_cast

from assett.accounts import registries, service
from assett.accounts.models import Person, SignIn, SpaceRole
from assett.core.db import db
from assett.core.permissions import Actor, all_grants, register_grants
from assett.core.web import forget_session, mark_forms
from assett.spaces.registries import AtTheDoor, at_the_door

login_manager = LoginManager()

# What a visitor keeps when signing in or out: the language, and the assessment tried without an account.
VISITOR_KEYS = ("language", "trials", "tried_in", "pilot")


@dataclass(frozen=True, slots=True)
class Known:
    """Whom a cookie names, as every page needs them; `grants` are as `all_grants` gives them."""

    id: int
    name: str
    language: str | None
    operator: bool
    stamp: str
    sign_in: int
    seen_today: bool
    grants: list[list[Any]] | None

    @classmethod
    def fresh(cls, person: Person, sign_in: int) -> Known:
        """Somebody who has just signed in, and whose grants are yet to be asked for."""
        return cls(person.id, person.name, person.language, person.operator, person.stamp, sign_in, True, None)


class Session(UserMixin):  # type: ignore[misc]
    """A person as Flask-Login wants one: the id in the cookie is `<person>.<stamp>.<secret of the sign-in>`."""

    def __init__(self, known: Known, secret: str) -> None:
        self.known = known
        self.secret = secret

    def get_id(self) -> str:
        return f"{self.known.id}.{self.known.stamp}.{self.secret}"


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    # The cookie is signed, HttpOnly and SameSite; binding it to an address would sign phones out on the move.
    login_manager.session_protection = None
    login_manager.user_loader(_load)
    app.before_request(_know_actor)


def _load(cookie_id: str) -> Session | None:
    cookie = _read(cookie_id)
    if cookie is None:
        return None
    person_id, stamp, secret = cookie
    asked = "at_the_door" in g
    found = g.at_the_door if asked else db.session.scalar(select(_who(true())), _wanted(person_id, secret))
    known = Known(**found) if found is not None else None
    # The stamp too: a sign-in begun with the old password, while the new one was being chosen, is none.
    if known is None or known.stamp != stamp:
        return None
    if not known.seen_today:
        _note_day(known.sign_in)
    return Session(known, secret)


def _read(cookie_id: str) -> tuple[int, str, str] | None:
    """The person, the stamp and the secret that a cookie names."""
    person_id, _, rest = cookie_id.partition(".")
    stamp, _, secret = rest.partition(".")
    return (int(person_id), stamp, secret) if person_id.isdigit() and secret else None


def _wanted(person_id: int, secret: str) -> dict[str, Any]:
    return {"person": person_id, "secret": service.hashed_secret(secret)}


def _who(condition: ColumnElement[bool]) -> ScalarSelect[dict[str, Any]]:
    """The fields of `Known` of the person and sign-in that two parameters name, if there are any."""
    fields = {
        "id": Person.id,
        "name": Person.name,
        "language": Person.language,
        "operator": Person.operator,
        "stamp": Person.stamp,
        "sign_in": SignIn.id,
        "seen_today": SignIn.seen_on >= func.current_date(),
        "grants": all_grants(),
    }
    pairs = chain.from_iterable((literal_column(f"'{name}'"), value) for name, value in fields.items())
    return (
        select(func.json_build_object(*pairs))
        .select_from(Person)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(Person.id == bindparam("person"), SignIn.secret_hash == bindparam("secret"), condition)
        .scalar_subquery()
    )


def _wanted_at_the_door(_endpoint: str | None, _values: Mapping[str, Any]) -> dict[str, Any] | None:
    cookie = _read(session.get("_user_id") or "")
    return _wanted(cookie[0], cookie[2]) if cookie is not None else None


def _told_at_the_door(found: dict[str, Any] | None) -> None:
    g.at_the_door = found


at_the_door.append(AtTheDoor(_who, _wanted_at_the_door, _told_at_the_door))


def _note_day(sign_in_id: int) -> None:
    """Committed on its own, once a day: a page that is only read rolls its transaction back."""
    with db.engine.begin() as connection:
        connection.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_on=func.current_date()))


def _know_actor() -> None:
    # The proxy once: each look through it asks again who is there.
    signed_in = current_user._get_current_object() if "_user_id" in session else None
    _become(signed_in.known if isinstance(signed_in, Session) else None)


def _become(known: Known | None) -> None:
    space = g.get("space")
    g.actor = Actor(
        session=db.session(),
        person_id=known.id if known else None,
        name=known.name if known else "",
        operator=bool(known and known.operator),
        space_id=space.id if space is not None else None,
        trials=dict(session.get("trials") or {}),
        tried_in=dict(session.get("tried_in") or {}),
        granted=known.grants if known else None,
    )
    if known is not None:
        mark_forms(known.id)
    g.sign_in_id = known.sign_in if known else None
    g.person_id = known.id if known else None
    g.preferred_language = known.language if known else None


def current_person() -> Person:
    """The person of this request, on a route that needs an account."""
    return db.session.get_one(Person, g.person_id)


def awaited_email() -> str | None:
    """The address that this browser has signed up with and that its owner has not confirmed here yet."""
    awaiting = session.get("awaiting") or {}
    return awaiting.get("email") if g.person_id is None else None


def open_session(person: Person) -> None:
    """Sign this browser in as that person, in a fresh session; the rest of this request is theirs."""
    visitor: Actor = g.actor
    forget_session(keep=VISITOR_KEYS)
    session.permanent = True
    _end_own_sign_in()
    sign_in, secret = service.start_sign_in(db.session(), person, request.user_agent.string)
    known = Known.fresh(person, sign_in.id)
    login_user(Session(known, secret), remember=False)
    _after_change(known)
    for claim in registries.after_sign_in:
        claim(db.session(), person, visitor)


def close_session() -> None:
    _end_own_sign_in()
    logout_user()
    forget_session(keep=("language",))
    _after_change(None)


def _end_own_sign_in() -> None:
    """Whoever signs out, or in again, leaves nothing behind that an old copy of the cookie could open."""
    if g.get("sign_in_id") is not None:
        service.end_sign_in(db.session(), g.sign_in_id)
    g.sign_in_id = None


def _after_change(known: Known | None) -> None:
    # Flask-WTF remembers the token of this request: a page drawn now must carry one of the new session.
    g.pop("csrf_token", None)
    _become(known)


@register_grants
def space_grants(person_id: int) -> Select[str, int, str]:
    return select(literal("space"), SpaceRole.space_id, sql_cast(SpaceRole.role, Text)).where(
        SpaceRole.person_id == person_id
    )
