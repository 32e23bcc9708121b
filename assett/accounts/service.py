"""The use cases of an account: opening it, getting in, changing it, leaving."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assett.accounts import mails, passwords, queries, registries, tokens
from assett.accounts.models import Person, SignIn
from assett.core import jobs
from assett.core.permissions import Actor
from assett.kernel.devices import device
from assett.kernel.errors import Rejected

CONFIRM_WITHIN = timedelta(days=3)
RESET_WITHIN = timedelta(hours=1)
NEW_ADDRESS_WITHIN = timedelta(days=1)


class WrongPassword(Rejected):
    """The password is not the right one, or nobody has this address: a guess, to be counted."""


class Unconfirmed(Rejected):
    """The password is right, but the address was never confirmed."""


class DeadLink(Rejected):
    """A link of a mail that is too old, was used, or was replaced by a newer one."""

    def __init__(self) -> None:
        super().__init__(_("Ce lien n’est plus valable : il a déjà servi, ou il est trop ancien."))


@dataclass(frozen=True, slots=True)
class SignUp:
    name: str
    email: str
    password: str
    language: str
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class NewPassword:
    password: str
    current: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class NewAddress:
    email: str
    current: str


def new_stamp() -> str:
    return secrets.token_urlsafe(12)


def sign_up(session: Session, command: SignUp, visitor: Actor, now: datetime) -> str:
    """Open an account that waits for its address to be confirmed; give that address.

    Whether the address was known shows in the mail alone, never in the answer. Signing up again before having
    confirmed replaces what was typed and ends the earlier links.
    """
    passwords.check(command.password, (command.name, command.email))
    fields = {
        "name": command.name,
        "password_hash": passwords.hashed(command.password),
        "stamp": new_stamp(),
        "language": command.language,
    }
    session.execute(
        insert(Person)
        .values(email=command.email, created_at=now, operator=False, demonstration=False, **fields)
        .on_conflict_do_nothing(index_elements=[Person.email])
    )
    person = session.scalars(select(Person).where(Person.email == command.email).with_for_update()).one()
    if person.confirmed_at is not None:
        mails.already_registered(session, person)
    else:
        for name, value in fields.items():
            setattr(person, name, value)
        for claim in registries.after_sign_up:
            claim(session, person, visitor)
        mails.confirm_address(session, person, command.next)
    return command.email


def resend_confirmation(session: Session, email: str, next_url: str | None) -> str:
    """Mail whatever helps that address on: the link, a word that all is confirmed, or that it is unknown here."""
    person = queries.by_email(session, email)
    if person is None:
        mails.no_account(session, email)
    elif person.confirmed_at is not None:
        mails.already_registered(session, person)
    else:
        mails.confirm_address(session, person, next_url)
    return email


def confirmation(session: Session, token: str) -> tuple[Person, str | None]:
    """The person that a confirmation link is for, and where it leads next. The person may be confirmed already."""
    content = tokens.read("confirm", token, within=CONFIRM_WITHIN)
    person = _linked(session, content)
    if content is None or person is None or content["stamp"] != person.stamp:
        raise DeadLink
    return person, content["next"]


def confirm(session: Session, token: str, password: str | None, now: datetime) -> tuple[Person, str | None]:
    """Confirm the address; the link serves once.

    `password` proves that whoever reads the mail also chose the password: else somebody could sign up with the
    address of another and wait for them to confirm. None where this very browser has just signed up.
    """
    person, next_url = confirmation(session, token)
    if person.confirmed_at is not None:
        raise DeadLink
    if password is not None and not passwords.verified(person.password_hash, password):
        raise WrongPassword(_("Ce n’est pas le mot de passe choisi à l’inscription."), field="password")
    person.confirmed_at = now
    return person, next_url


def authenticate(session: Session, command: Credentials) -> Person:
    """The person who has this address and password; who is unknown is refused in the same words and time."""
    person = queries.by_email(session, command.email)
    if not passwords.verified(person.password_hash if person else None, command.password) or person is None:
        raise WrongPassword(_("L’adresse ou le mot de passe ne convient pas."))
    if person.confirmed_at is None:
        raise Unconfirmed(_("Il reste à confirmer votre adresse : ouvrez le lien que nous vous avons envoyé."))
    if person.password_hash and passwords.outdated(person.password_hash):
        person.password_hash = passwords.hashed(command.password)
    return person


def start_sign_in(session: Session, person: Person, user_agent: str) -> tuple[SignIn, str]:
    """A new sign-in of that person, and the secret that its cookie holds; the row keeps the hash alone."""
    secret = secrets.token_urlsafe(24)
    told = device(user_agent)
    sign_in = SignIn(person_id=person.id, secret_hash=hashed_secret(secret), browser=told.browser, system=told.system)
    session.add(sign_in)
    session.flush()
    return sign_in, secret


def hashed_secret(secret: str) -> str:
    """A digest without salt is enough: the secret is 192 random bits, there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def end_sign_in(session: Session, id: int) -> None:
    session.execute(delete(SignIn).where(SignIn.id == id))


def end_sign_ins(session: Session, person: Person, *, except_id: int | None = None) -> int:
    """Sign the person out everywhere, save of the sign-in `except_id`; give the number of those that ended."""
    ended = session.scalars(
        delete(SignIn).where(SignIn.person_id == person.id, SignIn.id.is_distinct_from(except_id)).returning(SignIn.id)
    ).all()
    return len(ended)


def ask_reset(session: Session, email: str) -> str:
    person = queries.by_email(session, email)
    if person is None:
        mails.no_account(session, email)
    else:
        mails.reset_password(session, person)
    return email


def person_to_reset(session: Session, token: str) -> Person:
    content = tokens.read("reset", token, within=RESET_WITHIN)
    person = _linked(session, content)
    if content is None or person is None or content["stamp"] != person.stamp:
        raise DeadLink
    return person


def reset_password(session: Session, token: str, command: NewPassword, now: datetime) -> Person:
    """A new password for whoever reads the mail, which confirms the address too; every sign-in ends."""
    person = person_to_reset(session, token)
    _set_password(session, person, command.password)
    person.confirmed_at = person.confirmed_at or now
    return person


def change_password(session: Session, person: Person, command: NewPassword) -> Person:
    """A new password for whoever knows the present one; every sign-in ends (the view opens this one anew)."""
    _prove(person, command.current)
    _set_password(session, person, command.password)
    return person


def edit_identity(person: Person, command: Identity) -> Person:
    person.name = command.name
    person.language = command.language
    return person


def ask_new_address(session: Session, person: Person, command: NewAddress) -> str:
    """Mail a link to the new address. Whether it is taken shows in that mail alone."""
    _prove(person, command.current)
    if command.email == person.email:
        raise Rejected(_("C’est déjà votre adresse."), "email")
    taken = queries.by_email(session, command.email)
    if taken is not None:
        mails.already_registered(session, taken)
    else:
        mails.confirm_new_address(session, person, command.email)
    return command.email


def new_address(session: Session, token: str) -> tuple[Person, str]:
    content = tokens.read("address", token, within=NEW_ADDRESS_WITHIN)
    person = _linked(session, content)
    if content is None or person is None or content["old"] != person.email:
        raise DeadLink
    return person, content["new"]


def confirm_new_address(session: Session, token: str) -> Person:
    """Take the new address and say so to the old one."""
    person, email = new_address(session, token)
    old = person.email
    try:
        with session.begin_nested():
            person.email = email
    except IntegrityError as taken:
        raise Rejected(_("Cette adresse sert déjà à un autre compte.")) from taken
    mails.address_changed(session, person, old)
    return person


def delete_account(session: Session, person: Person, password: str) -> Person:
    """Erase the person: at once what can be, and by a job what lies in every space.

    Refused with its reason while somebody depends on this account (the last owner of a shared structure).
    """
    _prove(person, password)
    for obstacle in registries.deletion_obstacles:
        reason = obstacle(session, person)
        if reason is not None:
            raise Rejected(reason)
    mails.account_deleted(session, person)
    for erase in registries.before_deletion:
        erase(session, person)
    # Nobody's from now on, even where a row must stay because a completed assessment names it.
    person.email = f"{secrets.token_hex(8)}@compte-supprime.invalid"
    person.name = _("Compte supprimé")
    person.password_hash = person.confirmed_at = person.language = None
    person.stamp = new_stamp()
    end_sign_ins(session, person)
    jobs.enqueue(session, "accounts.erase", person=person.id)
    return person


def _linked(session: Session, content: dict[str, Any] | None) -> Person | None:
    """The person of a link, held until the end of the transaction: two clicks at once count as one."""
    if content is None:
        return None
    return session.scalars(
        select(Person).where(Person.id == content["person"]).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()


def _prove(person: Person, password: str) -> None:
    if not passwords.verified(person.password_hash, password):
        raise WrongPassword(_("Ce n’est pas votre mot de passe actuel."), "current_password")


def _set_password(session: Session, person: Person, password: str) -> None:
    passwords.check(password, (person.name, person.email))
    person.password_hash = passwords.hashed(password)
    person.stamp = new_stamp()
    end_sign_ins(session, person)
    mails.password_changed(session, person)
