"""From the cookie to the actor: who makes this request, and with which grants."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from flask import Flask, g, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import Select, Text, bindparam, literal, select
from sqlalchemy import cast as sql_cast

from assett.accounts.models import Person, SpaceRole
from assett.core.db import db
from assett.core.permissions import Actor, all_grants, register_grants
from assett.core.web import forget_session

login_manager = LoginManager()

# What a visitor keeps when signing in or out: the language, and the assessment tried without an account.
VISITOR_KEYS = ("language", "trials")


class Session(UserMixin):  # type: ignore[misc]
    """A person as Flask-Login wants one. The id in the cookie carries the stamp, which a new password changes."""

    def __init__(self, person: Person, granted: list[list[Any]] | None = None) -> None:
        self.person = person
        self.granted = granted

    def get_id(self) -> str:
        return f"{self.person.id}.{self.person.stamp}"


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    # The cookie is signed, HttpOnly and SameSite; binding it to an address would sign phones out on the move.
    login_manager.session_protection = None
    login_manager.user_loader(_load)
    app.before_request(_know_actor)


def _load(cookie_id: str) -> Session | None:
    person_id, _, stamp = cookie_id.partition(".")
    if not person_id.isdigit():
        return None
    row = db.session.execute(_person_and_grants(), {"person": int(person_id)}).one_or_none()
    return Session(*row) if row is not None and row[0].stamp == stamp else None


@cache
def _person_and_grants() -> Select[Person, list[list[Any]]]:
    # Put together once, when every feature has said which grants it knows.
    return select(Person, all_grants()).where(Person.id == bindparam("person"))


def _know_actor() -> None:
    known = current_user if "_user_id" in session and current_user.is_authenticated else None
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
    forget_session(keep=VISITOR_KEYS)
    session.permanent = True
    login_user(Session(person), remember=False)
    _after_change(person)


def close_session() -> None:
    logout_user()
    forget_session(keep=("language",))
    _after_change(None)


def _after_change(person: Person | None) -> None:
    # Flask-WTF remembers the token of this request: a page drawn now must carry one of the new session.
    g.pop("csrf_token", None)
    _become(person)


@register_grants
def space_grants(person_id: int) -> Select[str, int, str]:
    return select(literal("space"), SpaceRole.space_id, sql_cast(SpaceRole.role, Text)).where(
        SpaceRole.person_id == person_id
    )
