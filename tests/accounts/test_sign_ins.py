"""Where somebody is signed in: listed, ended from afar, and ended for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from assett.accounts.jobs import sweep
from assett.accounts.models import Person, SignIn
from assett.spaces.models import Space
from tests.factories import PASSWORD, PersonFactory, with_password
from tests.linting import LintingClient

ACCOUNT = "/le-territoire/mon-compte"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1"


def sign_in(client: LintingClient, person: Person) -> Any:
    client.get("/le-territoire/connexion")
    return client.post("/le-territoire/connexion", data={"email": person.email, "password": PASSWORD})


def cookie(client: LintingClient) -> str:
    kept = client.get_cookie("assett")
    assert kept is not None
    return kept.value


def with_cookie(app: Flask, value: str) -> LintingClient:
    """Another browser, into which a cookie was copied."""
    client = app.test_client()
    assert isinstance(client, LintingClient)
    client.set_cookie("assett", value)
    return client


def elsewhere(client: LintingClient, person: Person, user_agent: str = PHONE) -> LintingClient:
    other = client.application.test_client()
    assert isinstance(other, LintingClient)
    other.sign_in(person, user_agent)
    return other


def is_in(client: LintingClient) -> bool:
    return client.get(ACCOUNT).status_code == 200


def test_a_copied_cookie_is_worth_nothing_after_signing_out(
    app: Flask, client: LintingClient, owner: Session, space: Space
) -> None:
    sign_in(client, with_password())
    thief = with_cookie(app, cookie(client))
    assert is_in(thief)
    client.get(ACCOUNT)
    client.post("/le-territoire/deconnexion")
    assert not is_in(thief)
    assert owner.scalar(select(func.count()).select_from(SignIn)) == 0


def test_signing_in_again_ends_what_this_browser_had_before(
    app: Flask, client: LintingClient, owner: Session, space: Space
) -> None:
    person = with_password()
    sign_in(client, person)
    old = with_cookie(app, cookie(client))
    client.get("/le-territoire/")
    client.post("/le-territoire/connexion", data={"email": person.email, "password": PASSWORD})
    assert is_in(client) and not is_in(old)
    assert owner.scalar(select(func.count()).select_from(SignIn)) == 1


def test_the_database_holds_no_secret_of_a_cookie(client: LintingClient, owner: Session, space: Space) -> None:
    sign_in(client, with_password())
    with client.session_transaction() as session:
        secret = session["_user_id"].rpartition(".")[2]
    [row] = owner.scalars(select(SignIn))
    assert len(secret) == 32 and secret not in str(vars(row))


@pytest.mark.parametrize("forged", ["{id}", "{id}.{stamp}", "{id}.{stamp}.", "{id}.{stamp}.faux", "x.{stamp}.faux", ""])
def test_a_cookie_without_the_secret_of_a_sign_in_opens_nothing(
    client: LintingClient, owner: Session, space: Space, forged: str
) -> None:
    person = with_password()
    elsewhere(client, person)
    with client.session_transaction() as session:
        session["_user_id"] = forged.format(id=person.id, stamp=person.stamp)
    assert not is_in(client)


def test_the_secret_of_one_person_does_not_open_the_account_of_another(
    client: LintingClient, owner: Session, space: Space
) -> None:
    mine, other = PersonFactory(), PersonFactory()
    client.sign_in(mine)
    with client.session_transaction() as session:
        secret = session["_user_id"].rpartition(".")[2]
        session["_user_id"] = f"{other.id}.{other.stamp}.{secret}"
    assert not is_in(client)


def test_every_sign_in_is_listed_by_its_device(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    elsewhere(client, person, PHONE)
    elsewhere(client, person, "curl/8.5")
    elsewhere(client, PersonFactory(), "Mozilla/5.0 (X11; CrOS x86_64) Chrome/130.0")
    client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Windows NT 10.0; rv:132.0) Gecko/20100101 Firefox/132.0"
    sign_in(client, person)
    page = client.get(ACCOUNT).text
    assert all(name in page for name in ("Firefox sur Windows", "Safari sur iPhone", "Appareil inconnu"))
    assert "Chromebook" not in page
    assert page.count("Cet appareil, connecté le") == 1 and page.count("Déconnecter cet appareil") == 2


def test_one_device_is_signed_out_from_another(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    phone, tablet = elsewhere(client, person), elsewhere(client, person)
    client.sign_in(person)
    row = owner.scalars(select(SignIn).order_by(SignIn.id)).first()
    assert row is not None
    client.get(ACCOUNT)
    assert client.post(f"{ACCOUNT}/connexions/{row.id}/fermer").location == ACCOUNT
    assert (is_in(phone), is_in(tablet), is_in(client)) == (False, True, True)


def test_all_the_others_are_signed_out_at_once(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    others = [elsewhere(client, person) for _ in range(2)]
    stranger = elsewhere(client, PersonFactory())
    client.sign_in(person)
    assert "Déconnecter tous les autres" in client.get(ACCOUNT).text
    assert client.post(f"{ACCOUNT}/connexions/fermer").location == ACCOUNT
    assert not any(is_in(other) for other in others)
    assert is_in(client) and is_in(stranger)


def test_nobody_signs_another_out(client: LintingClient, owner: Session, space: Space) -> None:
    victim = elsewhere(client, PersonFactory())
    row = owner.scalars(select(SignIn)).one()
    client.sign_in(PersonFactory())
    client.get(ACCOUNT)
    for id in (row.id, 999):
        assert client.post(f"{ACCOUNT}/connexions/{id}/fermer").status_code == 404
    assert is_in(victim)


def test_a_deleted_account_is_signed_out_everywhere(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    other = elsewhere(client, person)
    client.sign_in(person)
    client.get(f"{ACCOUNT}/suppression")
    client.post(f"{ACCOUNT}/suppression", data={"current_password": PASSWORD, "sure": "y"})
    assert not is_in(client) and not is_in(other)
    assert owner.scalar(select(func.count()).select_from(SignIn)) == 0


def test_a_sign_in_begun_with_the_old_password_does_not_outlive_it(
    client: LintingClient, owner: Session, space: Space
) -> None:
    """As when the password changes between a sign-in's look at it and its row: only the stamp can tell."""
    person = with_password()
    client.sign_in(person)
    owner.execute(update(Person).where(Person.id == person.id).values(stamp="new"))
    owner.commit()
    assert not is_in(client)


def test_the_day_of_the_last_visit_is_noted_once_a_day(
    client: LintingClient, owner: Session, space: Space, statements: list[str]
) -> None:
    client.sign_in(PersonFactory())
    owner.execute(update(SignIn).values(seen_on=func.current_date() - 3))
    owner.commit()
    client.get(ACCOUNT)
    assert owner.scalar(select(SignIn.seen_on == func.current_date()))
    statements.clear()
    client.get(ACCOUNT)
    assert [statement for statement in statements if statement.startswith("UPDATE")] == []


def test_who_is_there_costs_one_statement(
    client: LintingClient, owner: Session, space: Space, statements: list[str]
) -> None:
    client.sign_in(PersonFactory())
    client.get(ACCOUNT)
    statements.clear()
    client.get(ACCOUNT)
    assert [" JOIN sign_in " in statement for statement in statements].count(True) == 1
    assert len([statement for statement in statements if "sign_in" in statement]) == 2  # that one, and the list


def test_sign_ins_that_no_cookie_can_open_any_more_are_forgotten(owner: Session, space: Space) -> None:
    person = PersonFactory()
    today = datetime.now(UTC).date()
    for days in (1, 30, 33):
        owner.add(SignIn(person_id=person.id, secret_hash=str(days), seen_on=today - timedelta(days=days)))
    owner.flush()
    sweep(owner, {})
    assert sorted(owner.scalars(select(SignIn.secret_hash))) == ["1", "30"]
    owner.rollback()


def test_my_data_holds_where_i_am_signed_in(client: LintingClient, owner: Session, space: Space) -> None:
    person = PersonFactory()
    client.sign_in(person, PHONE)
    elsewhere(client, PersonFactory(), "Firefox/132")
    answer = client.get(f"{ACCOUNT}/donnees")
    [known] = answer.json["connexions"]
    assert (known["navigateur"], known["systeme"]) == ("Safari", "iPhone")
