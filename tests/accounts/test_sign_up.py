"""Opening an account: the mail, its link, and what nobody may learn on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.core.jobs import Job
from assett.core.mail import Mail
from assett.spaces.models import Space
from tests.accounts.mailbox import aged_token, last_mail, links, mails_to
from tests.factories import PASSWORD, PersonFactory, with_password
from tests.linting import LintingClient

NEW = {"name": "Ana Roy", "email": "Ana.Roy@Example.org", "password": "abeille tracteur nuage"}
EMAIL = "ana.roy@example.org"


def sign_up(client: LintingClient, **changes: str) -> Any:
    client.get("/le-territoire/inscription")
    return client.post("/le-territoire/inscription", data={**NEW, **changes})


def people(owner: Session) -> list[Person]:
    owner.expire_all()
    owner.commit()
    return list(owner.scalars(select(Person).order_by(Person.id)))


def signed_in(client: LintingClient) -> bool:
    with client.session_transaction() as session:
        return "_user_id" in session


def test_signing_up_mails_a_link_that_one_button_confirms(client: LintingClient, owner: Session, space: Space) -> None:
    answer = sign_up(client)
    assert (answer.status_code, answer.location) == (303, "/le-territoire/inscription/courriel")
    assert EMAIL in client.get(answer.location).text
    [link] = links(last_mail(owner, EMAIL))
    assert not signed_in(client)
    assert "Confirmer mon adresse" in client.get(link).text
    answer = client.post(link)
    assert (answer.status_code, answer.location) == (303, "/le-territoire/rejoindre")
    assert signed_in(client)
    [person] = people(owner)
    assert (person.name, person.email, person.language) == ("Ana Roy", EMAIL, "fr")
    assert person.confirmed_at is not None and person.password_hash.startswith("$argon2id$")
    assert "Bienvenue, Ana Roy" in client.get(answer.location).text


def test_a_mail_scanner_that_follows_the_link_confirms_nothing(
    client: LintingClient, owner: Session, space: Space
) -> None:
    sign_up(client)
    [link] = links(last_mail(owner, EMAIL))
    for _ in range(3):
        assert client.get(link).status_code == 200
    assert people(owner)[0].confirmed_at is None


def test_another_device_confirms_with_the_password(client: LintingClient, owner: Session, space: Space) -> None:
    """Whoever signs up with the address of another cannot wait for them to open the account."""
    sign_up(client)
    [link] = links(last_mail(owner, EMAIL))
    other = client.application.test_client()
    assert "un autre appareil" in other.get(link).text
    refused = other.post(link, data={"password": "une autre phrase de passe"})
    assert refused.status_code == 422 and people(owner)[0].confirmed_at is None
    assert other.post(link, data={"password": NEW["password"]}).status_code == 303
    assert people(owner)[0].confirmed_at is not None


def test_a_link_serves_once(client: LintingClient, owner: Session, space: Space) -> None:
    sign_up(client)
    [link] = links(last_mail(owner, EMAIL))
    client.get(link)
    client.post(link)
    other = client.application.test_client()
    assert "déjà confirmée" in other.get(link).text
    assert "déjà confirmée" in other.post(link).text
    assert not signed_in(other)


@pytest.mark.parametrize("age", [timedelta(days=3, minutes=1)])
def test_a_link_lasts_three_days(
    app: Flask, client: LintingClient, owner: Session, space: Space, age: timedelta
) -> None:
    person = PersonFactory(confirmed_at=None)
    for old, status in ((age, 410), (timedelta(days=2, hours=23), 200)):
        token = aged_token(app, "confirm", old, person=person.id, stamp=person.stamp, next=None)
        assert client.get(f"/le-territoire/inscription/confirmer/{token}").status_code == status


@pytest.mark.parametrize("token", ["n-importe-quoi", "eyJwZXJzb24iOjF9.aaaa.bbbb", "é"])
def test_a_link_that_is_not_ours_says_so_kindly(
    client: LintingClient, owner: Session, space: Space, token: str
) -> None:
    answer = client.get(f"/le-territoire/inscription/confirmer/{token}")
    assert answer.status_code == 410 and "n’est plus valable" in answer.text


def test_a_link_made_for_something_else_confirms_nothing(
    app: Flask, client: LintingClient, owner: Session, space: Space
) -> None:
    person = PersonFactory(confirmed_at=None)
    token = aged_token(app, "reset", timedelta(0), person=person.id, stamp=person.stamp)
    assert client.get(f"/le-territoire/inscription/confirmer/{token}").status_code == 410


def test_who_was_going_somewhere_arrives_there(client: LintingClient, owner: Session, space: Space) -> None:
    client.get("/le-territoire/inscription?next=/le-territoire/annuaire")
    client.post("/le-territoire/inscription", data={**NEW, "next": "/le-territoire/annuaire"})
    [link] = links(last_mail(owner, EMAIL))
    client.get(link)
    assert client.post(link).location == "/le-territoire/annuaire"


def test_the_screen_is_the_same_for_a_known_address_and_the_mail_says_so(
    client: LintingClient, owner: Session, space: Space
) -> None:
    known = with_password(email="connue@example.org", name="Zoé")
    pages = []
    for email in ("connue@example.org", "inconnue@example.org"):
        visitor = client.application.test_client()
        answer = sign_up(visitor, email=email)
        page = visitor.get(answer.location).text.replace(visitor.token, "").replace(email, "…")
        pages.append((answer.status_code, answer.location, page))
    assert pages[0] == pages[1]
    mail = last_mail(owner, "connue@example.org")
    assert mail.subject == "Vous avez déjà un compte"
    assert links(mail) == ["/le-territoire/connexion", "/le-territoire/mot-de-passe-oublie"]
    owner.refresh(known)
    assert known.name == "Zoé"


def test_signing_up_again_before_confirming_replaces_the_first_and_its_link(
    client: LintingClient, owner: Session, space: Space
) -> None:
    sign_up(client, name="Quelqu’un d’autre", password="lanterne cascade tortue")
    sign_up(client)
    first, second = (links(mail)[0] for mail in mails_to(owner, EMAIL))
    assert client.get(first).status_code == 410
    client.get(second)
    client.post(second)
    assert [person.name for person in people(owner)] == ["Ana Roy"]


def test_the_link_can_be_sent_again(client: LintingClient, owner: Session, space: Space) -> None:
    client.get("/le-territoire/inscription")
    client.post("/le-territoire/inscription", data={**NEW, "next": "/le-territoire/annuaire"})
    client.get("/le-territoire/inscription/courriel")
    assert client.post("/le-territoire/inscription/renvoyer", data={"email": EMAIL}).status_code == 303
    [link] = links(mails_to(owner, EMAIL)[1])
    client.get(link)
    assert client.post(link).location == "/le-territoire/annuaire"


def test_asking_for_the_link_again_tells_nothing_of_an_address(
    client: LintingClient, owner: Session, space: Space
) -> None:
    with_password(email="connue@example.org")
    answers = []
    for email in ("connue@example.org", "inconnue@example.org"):
        client.get("/le-territoire/inscription/courriel")
        answer = client.post("/le-territoire/inscription/renvoyer", data={"email": email})
        answers.append((answer.status_code, answer.location))
    assert answers[0] == answers[1]
    assert last_mail(owner, "inconnue@example.org").subject == "Aucun compte à cette adresse"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "court"}, "au moins 12 caractères"),
        ({"password": "motdepasse123"}, "Force du mot de passe\u00a0: faible"),
        ({"password": "aaaaaaaaaaaaaa"}, "très faible"),
        ({"password": "ana.roy@example.org"}, "Il reprend votre nom ou votre adresse"),
        ({"password": "x" * 129}, "Pas plus de 128 caractères"),
        ({"email": "ana.roy"}, "Cette adresse n’est pas complète"),
        ({"email": "ana roy@@example.org"}, "Cette adresse n’est pas complète"),
        ({"name": "   "}, "Indiquez votre nom"),
        ({"name": "\x00"}, "Indiquez votre nom"),
    ],
)
def test_what_is_refused_is_said_and_the_rest_is_kept(
    client: LintingClient, owner: Session, space: Space, changes: dict[str, str], said: str
) -> None:
    answer = sign_up(client, **changes)
    assert answer.status_code == 422 and said in answer.text
    kept = {name: value for name, value in NEW.items() if name != "password" and name not in changes}
    assert all(value in answer.text or value.lower() in answer.text for value in kept.values())
    assert people(owner) == []


@pytest.mark.parametrize("password", [PASSWORD, "🦔🌿🐝🌳🦊🍄🐌🦉🌾🐸🦋🍂", "correct cheval batterie agrafe"])
def test_no_rule_of_composition_is_asked(client: LintingClient, owner: Session, space: Space, password: str) -> None:
    assert sign_up(client, password=password).status_code == 303


def test_a_name_with_anything_in_it_is_kept_and_shown_safely(
    client: LintingClient, owner: Session, space: Space
) -> None:
    sign_up(client, name="Zoé <b>\x07\u202e 🦔\r\nBcc: tous@example.org")
    [link] = links(last_mail(owner, EMAIL))
    client.get(link)
    client.post(link)
    [person] = people(owner)
    assert "\n" not in person.name and "\x07" not in person.name and "🦔" in person.name
    page = client.get("/le-territoire/mon-compte").text
    assert "<b>" not in page and "&lt;b&gt;" in page


def test_a_refused_sign_up_leaves_neither_person_nor_mail_nor_job(
    client: LintingClient, owner: Session, space: Space
) -> None:
    sign_up(client, password="motdepasse123")
    owner.commit()
    assert [owner.scalar(select(func.count()).select_from(table)) for table in (Person, Mail, Job)] == [0, 0, 0]


def test_mails_to_one_address_are_limited(client: LintingClient, owner: Session, space: Space) -> None:
    for _ in range(6):
        assert sign_up(client).status_code == 303
    answer = sign_up(client)
    assert answer.status_code == 429 and "Attendez une heure" in answer.text
    assert len(mails_to(owner, EMAIL)) == 6


def test_the_mail_speaks_the_language_of_its_reader(client: LintingClient, owner: Session, space: Space) -> None:
    client.get("/le-territoire/inscription")
    client.post("/langue", data={"language": "en", "next": "/le-territoire/inscription"})
    sign_up(client)
    assert people(owner)[0].language == "en"


def test_two_spaces_share_the_account(client: LintingClient, owner: Session, space: Space) -> None:
    from tests.factories import SpaceFactory

    SpaceFactory(slug="l-autre")
    person = with_password()
    client.get("/l-autre/connexion")
    client.post("/l-autre/connexion", data={"email": person.email, "password": PASSWORD})
    assert person.name in client.get("/le-territoire/mon-compte").text
