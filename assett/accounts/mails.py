"""The mails of an account. Each is written in its reader's language and signed by the space's programme."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, url_for
from flask_babel import force_locale
from sqlalchemy.orm import Session

from assett.accounts import tokens
from assett.accounts.models import Person
from assett.core import mail
from assett.core.i18n import current_language
from assett.spaces.domains import base_url


def write(
    session: Session,
    to: str,
    template: str,
    *,
    language: str | None = None,
    reply_to: str | None = None,
    **context: Any,
) -> None:
    """Queue the mail of a template (`accounts/mail/….txt`): its first line is the subject, the rest the text."""
    with force_locale(language or current_language()):
        page = current_app.jinja_env.get_template(template).render(space=g.get("space"), **context)
    subject, _, body = page.strip().partition("\n")
    mail.send(session, to, subject, body, reply_to=reply_to)


def link(endpoint: str, **values: Any) -> str:
    """The full address of a page of this request's space, under its own name or the one that the host declared."""
    return base_url() + url_for(endpoint, **values)


def confirm_address(session: Session, person: Person, next_url: str | None) -> None:
    token = tokens.make("confirm", person=person.id, stamp=person.stamp, next=next_url)
    write(
        session,
        person.email,
        "accounts/mail/confirm.txt",
        language=person.language,
        url=link("accounts.confirm", token=token),
    )


def already_registered(session: Session, person: Person) -> None:
    write(
        session,
        person.email,
        "accounts/mail/already_registered.txt",
        language=person.language,
        sign_in_url=link("accounts.sign_in"),
        password_url=link("accounts.forgotten_password"),
    )


def no_account(session: Session, email: str) -> None:
    """Somebody asked something for an address that we do not know: whoever reads it may have used another."""
    write(
        session,
        email,
        "accounts/mail/no_account.txt",
        home_url=link("spaces.home") if g.get("space") else link("platform.home"),
    )


def reset_password(session: Session, person: Person) -> None:
    token = tokens.make("reset", person=person.id, stamp=person.stamp)
    write(
        session,
        person.email,
        "accounts/mail/reset.txt",
        language=person.language,
        name=person.name,
        url=link("accounts.reset_password", token=token),
    )


def password_changed(session: Session, person: Person) -> None:
    write(
        session,
        person.email,
        "accounts/mail/password_changed.txt",
        language=person.language,
        name=person.name,
        password_url=link("accounts.forgotten_password"),
    )


def confirm_new_address(session: Session, person: Person, email: str) -> None:
    token = tokens.make("address", person=person.id, old=person.email, new=email)
    write(
        session,
        email,
        "accounts/mail/new_address.txt",
        language=person.language,
        name=person.name,
        url=link("accounts.confirm_address", token=token),
    )


def address_changed(session: Session, person: Person, old: str) -> None:
    write(
        session,
        old,
        "accounts/mail/address_changed.txt",
        language=person.language,
        name=person.name,
        email=person.email,
    )


def account_deleted(session: Session, person: Person) -> None:
    write(session, person.email, "accounts/mail/deleted.txt", language=person.language, name=person.name)
