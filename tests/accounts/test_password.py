"""Forgotten, reset, changed: what happens to the password and to the sessions it opened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from assett.spaces.models import Space
from tests.accounts.mailbox import aged_token, last_mail, links, mails_to
from tests.factories import PASSWORD, with_password
from tests.linting import LintingClient

FORGOTTEN = "/le-territoire/mot-de-passe-oublie"
CHANGE = "/le-territoire/mon-compte/mot-de-passe"
BETTER = "abeille tracteur nuage"


def ask(client: LintingClient, email: str) -> Any:
    client.get(FORGOTTEN)
    return client.post(FORGOTTEN, data={"email": email})


def can_sign_in(client: LintingClient, email: str, password: str) -> bool:
    visitor = client.application.test_client()
    visitor.get("/le-territoire/connexion")
    answer = visitor.post("/le-territoire/connexion", data={"email": email, "password": password})
    return bool(answer.status_code == 303)


def test_a_link_changes_the_password_once_and_opens_a_session(
    client: LintingClient, owner: Session, space: Space
) -> None:
    person = with_password()
    answer = ask(client, person.email)
    assert (answer.status_code, client.get(answer.location).status_code) == (303, 200)
    [link] = links(last_mail(owner, person.email))
    client.get(link)
    assert client.post(link, data={"password": BETTER}).status_code == 303
    assert client.get("/le-territoire/mon-compte").status_code == 200
    assert can_sign_in(client, person.email, BETTER)
    assert not can_sign_in(client, person.email, PASSWORD)
    assert client.get(link).status_code == 410
    assert client.post(link, data={"password": PASSWORD}).status_code == 410
    assert last_mail(owner, person.email).subject == "Votre mot de passe a changé"


def test_a_newer_password_ends_an_older_link(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    ask(client, person.email)
    ask(client, person.email)
    first, second = (links(mail)[0] for mail in mails_to(owner, person.email))
    client.get(first)
    client.post(first, data={"password": BETTER})
    assert client.get(second).status_code == 410


def test_a_link_lasts_an_hour(app: Flask, client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    for minutes, status in ((61, 410), (59, 200)):
        token = aged_token(app, "reset", timedelta(minutes=minutes), person=person.id, stamp=person.stamp)
        assert client.get(f"/le-territoire/mot-de-passe/{token}").status_code == status


def test_nobody_learns_whether_an_address_is_known(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    pages = []
    for email in (person.email, "inconnue@example.org"):
        visitor = client.application.test_client()
        answer = ask(visitor, email)
        page = visitor.get(answer.location).text.replace(visitor.token, "").replace(email, "…")
        pages.append((answer.status_code, answer.location, page))
    assert pages[0] == pages[1]
    assert last_mail(owner, "inconnue@example.org").subject == "Aucun compte à cette adresse"


def test_mails_are_limited(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    answers = [ask(client, person.email).status_code for _ in range(7)]
    assert answers == [303] * 6 + [429]


def test_a_reset_confirms_the_address_too(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password(confirmed_at=None)
    ask(client, person.email)
    [link] = links(last_mail(owner, person.email))
    client.get(link)
    client.post(link, data={"password": BETTER})
    assert can_sign_in(client, person.email, BETTER)


def test_a_reset_asks_for_a_strong_password_and_keeps_the_link(
    client: LintingClient, owner: Session, space: Space
) -> None:
    person = with_password()
    ask(client, person.email)
    [link] = links(last_mail(owner, person.email))
    client.get(link)
    assert client.post(link, data={"password": "motdepasse123"}).status_code == 422
    assert client.post(link, data={"password": BETTER}).status_code == 303


def test_a_changed_password_ends_every_other_session(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    client.sign_in(person)
    elsewhere = client.application.test_client()
    elsewhere.sign_in(person)
    assert elsewhere.get(CHANGE).status_code == 200
    client.get(CHANGE)
    answer = client.post(CHANGE, data={"current_password": PASSWORD, "password": BETTER})
    assert answer.status_code == 303
    assert client.get(CHANGE).status_code == 200
    assert elsewhere.get(CHANGE).status_code == 302


@pytest.mark.parametrize(
    ("current", "new", "said"),
    [
        ("pas le bon mot de passe", BETTER, "Ce n’est pas votre mot de passe actuel"),
        (PASSWORD, "motdepasse123", "Force du mot de passe"),
        (PASSWORD, "", "Indiquez un mot de passe"),
    ],
)
def test_a_refused_change_changes_nothing(
    client: LintingClient, owner: Session, space: Space, current: str, new: str, said: str
) -> None:
    person = with_password()
    client.sign_in(person)
    client.get(CHANGE)
    answer = client.post(CHANGE, data={"current_password": current, "password": new})
    assert answer.status_code == 422 and said in answer.text
    assert can_sign_in(client, person.email, PASSWORD)


def test_guesses_at_the_present_password_are_limited(client: LintingClient, owner: Session, space: Space) -> None:
    client.sign_in(with_password())
    client.get(CHANGE)
    wrong = {"current_password": "pas le bon mot de passe", "password": BETTER}
    answers = [client.post(CHANGE, data=wrong).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    right = {"current_password": PASSWORD, "password": BETTER}
    assert client.post(CHANGE, data=right).status_code == 429
