"""From the cookie to the actor: who makes this request, and with which grants.

The cookie names a person and holds a secret; the sign-in that knows its hash is a row. No row, no session: a cookie
that was copied is worth nothing once its owner has signed out.
"""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import Select, Text, bindparam, func, literal, select, update
from sqlalchemy import cast as sql_cast

from assett.accounts import registries, service
from assett.accounts.models import Person, SignIn, SpaceRole
from assett.core.db import db
from assett.core.permissions import Actor, all_grants, register_grants
from assett.core.web import forget_session

login_manager = LoginManager()

# What a visitor keeps when signing in or out: the language, and the assessment tried without an account.
VISITOR_KEYS = ("language", "trials", "tried_in", "pilot")


class Session(UserMixin):  # type: ignore[misc]
    """A person as Flask-Login wants one: the id in the cookie is `<person>.<stamp>.<secret of the sign-in>`."""

    def __init__(self, person: Person, secret: str, sign_in_id: int, granted: list[list[Any]] | None = None) -> None:
        self.person = person
        self.secret = secret
        self.sign_in_id = sign_in_id
        self.granted = granted

    def get_id(self) -> str:
        return f"{self.person.id}.{self.person.stamp}.{self.secret}"


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    # The cookie is signed, HttpOnly and SameSite; binding it to an address would sign phones out on the move.
    login_manager.session_protection = None
    login_manager.user_loader(_load)
    app.before_request(_know_actor)


def _load(cookie_id: str) -> Session | None:
    person_id, _, rest = cookie_id.partition(".")
    stamp, _, secret = rest.partition(".")
    if not person_id.isdigit() or not secret:
        return None
    wanted = {"person": int(person_id), "secret": service.hashed_secret(secret)}
    row = db.session.execute(_signed_in(), wanted).one_or_none()
    # The stamp too: a sign-in begun with the old password, while the new one was being chosen, is none.
    if row is None or row.Person.stamp != stamp:
        return None
    if not row.seen_today:
        _note_day(row.id)
    return Session(row.Person, secret, row.id, row.granted)


@cache
def _signed_in() -> Select[Person, int, bool, list[list[Any]]]:
    # Put together once, when every feature has said which grants it knows.
    return (
        select(
            Person,
            SignIn.id,
            (SignIn.seen_on >= func.current_date()).label("seen_today"),
            all_grants().label("granted"),
        )
        .join(SignIn, SignIn.person_id == Person.id)
        .where(Person.id == bindparam("person"), SignIn.secret_hash == bindparam("secret"))
    )


def _note_day(sign_in_id: int) -> None:
    """Committed on its own, once a day: a page that is only read rolls its transaction back."""
    with db.engine.begin() as connection:
        connection.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_on=func.current_date()))


def _know_actor() -> None:
    known = current_user if "_user_id" in session and current_user.is_authenticated else None
    g.sign_in_id = known.sign_in_id if known else None
    _become(known.person if known else None, known.granted if known else None)


def _become(person: Person | None, granted: list[list[Any]] | None = None) -> None:
    space = g.get("space")
    g.actor = Actor(
        session=db.session(),
        person_id=person.id if person else None,
        name=person.name if person else "",
        operator=bool(person and person.operator),
        space_id=space.id if space is not None else None,
        trials=dict(session.get("trials") or {}),
        tried_in=dict(session.get("tried_in") or {}),
        granted=granted,
    )
    g.person = person
    g.person_id = person.id if person else None
    g.preferred_language = person.language if person else None


def current_person() -> Person:
    """The person of this request, on a route that needs an account."""
    return cast(Person, g.person)


def open_session(person: Person) -> None:
    """Sign this browser in as that person, in a fresh session; the rest of this request is theirs."""
    visitor: Actor = g.actor
    forget_session(keep=VISITOR_KEYS)
    session.permanent = True
    _end_own_sign_in()
    sign_in, secret = service.start_sign_in(db.session(), person, request.user_agent.string)
    g.sign_in_id = sign_in.id
    login_user(Session(person, secret, sign_in.id), remember=False)
    _after_change(person)
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


def _after_change(person: Person | None) -> None:
    # Flask-WTF remembers the token of this request: a page drawn now must carry one of the new session.
    g.pop("csrf_token", None)
    _become(person)


@register_grants
def space_grants(person_id: int) -> Select[str, int, str]:
    return select(literal("space"), SpaceRole.space_id, sql_cast(SpaceRole.role, Text)).where(
        SpaceRole.person_id == person_id
    )
