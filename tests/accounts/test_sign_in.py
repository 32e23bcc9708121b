"""Getting in, and everything that must not get in."""

from __future__ import annotations

import re
import statistics
import time
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRoleName
from assett.accounts.service import WrongPassword
from assett.accounts.views import by_password
from assett.core.throttle import Throttle
from assett.kernel.clock import utc_now
from assett.spaces.models import Space
from tests.accounts.mailbox import last_mail
from tests.factories import (
    PASSWORD,
    MembershipFactory,
    OrganizationFactory,
    ParticipationFactory,
    SpaceFactory,
    SpaceRoleFactory,
    with_password,
)
from tests.linting import LintingClient, token_of

PAGE = "/le-territoire/connexion"


def sign_in(client: LintingClient, email: str, password: str = PASSWORD, **more: str) -> Any:
    client.get(PAGE)
    return client.post(PAGE, data={"email": email, "password": password, **more})


def signed_in(client: LintingClient) -> bool:
    with client.session_transaction() as session:
        return "_user_id" in session


def test_the_right_password_opens_a_session(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    answer = sign_in(client, f"  {person.email.upper()} ")
    assert (answer.status_code, answer.location) == (303, "/le-territoire/rejoindre")
    assert person.name in client.get("/le-territoire/").text


def test_a_member_arrives_at_their_structure(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    participation = ParticipationFactory(space_id=space.id)
    MembershipFactory(organization=participation.organization, person=person)
    assert sign_in(client, person.email).location == f"/le-territoire/structures/{participation.id}/"


def test_a_member_of_two_structures_arrives_at_their_list(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    for _ in range(2):
        participation = ParticipationFactory(space_id=space.id)
        MembershipFactory(organization=participation.organization, person=person)
    assert sign_in(client, person.email).location == "/le-territoire/structures"


def test_one_signs_in_outside_a_space_too(client: LintingClient, owner: Session) -> None:
    person = with_password()
    client.get("/connexion")
    answer = client.post("/connexion", data={"email": person.email, "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/mon-compte").status_code == 200


def test_unknown_address_and_wrong_password_are_answered_alike(
    client: LintingClient, owner: Session, space: Space
) -> None:
    person = with_password()
    pages = []
    for email, password in ((person.email, "pas le bon mot de passe"), ("inconnue@example.org", PASSWORD)):
        visitor = client.application.test_client()
        answer = sign_in(visitor, email, password)
        pages.append((answer.status_code, answer.text.replace(visitor.token, "").replace(email, "…")))
    assert pages[0] == pages[1] and pages[0][0] == 422
    assert "ne convient pas" in pages[0][1]


def test_unknown_address_and_wrong_password_take_the_same_time(
    client: LintingClient, owner: Session, space: Space, real_hasher: None
) -> None:
    person = with_password()
    sign_in(client, "inconnue@example.org")

    def median(email: str) -> float:
        times = []
        for _ in range(5):
            client.get(PAGE)
            start = time.process_time()
            client.post(PAGE, data={"email": email, "password": "pas le bon mot de passe"})
            times.append(time.process_time() - start)
        return statistics.median(times)

    # Without its own hash to compute, the unknown address would be answered some ten times faster.
    assert 0.4 < median("inconnue@example.org") / median(person.email) < 2.5


def test_without_a_password_nobody_gets_in(client: LintingClient, owner: Session, space: Space) -> None:
    from tests.factories import PersonFactory

    person = PersonFactory()
    for password in ("", "nobody's password", PASSWORD):
        assert sign_in(client, person.email, password).status_code == 422
    assert not signed_in(client)


def test_an_unconfirmed_address_gets_the_link_again(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password(confirmed_at=None)
    answer = sign_in(client, person.email)
    assert answer.status_code == 422 and "Recevoir un nouveau lien" in answer.text
    assert not signed_in(client)
    client.post("/le-territoire/inscription/renvoyer", data={"email": person.email})
    assert last_mail(owner, person.email).subject == "Confirmez votre adresse"
    # Who does not know the password learns nothing of it.
    assert "Recevoir un nouveau lien" not in sign_in(client, person.email, "pas le bon mot de passe").text


WRONG = "pas le bon mot de passe"


def test_guesses_at_one_address_are_limited_and_counted_though_refused(
    client: LintingClient, owner: Session, space: Space
) -> None:
    person = with_password()
    for _ in range(10):
        assert sign_in(client, person.email, WRONG).status_code == 422
    answer = sign_in(client, person.email)
    assert answer.status_code == 429 and "Vous pourrez réessayer dans 15 minutes" in answer.text
    assert "/le-territoire/mot-de-passe-oublie" in answer.text.partition("<main")[2]
    assert not signed_in(client)
    other = with_password()
    assert sign_in(client, other.email).status_code == 303


def test_a_guesser_elsewhere_does_not_keep_somebody_out(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    guesser = client.application.test_client()
    guesser.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    for _ in range(10):
        sign_in(guesser, person.email, WRONG)
    assert sign_in(guesser, person.email).status_code == 429
    assert sign_in(client, person.email).status_code == 303


def test_signing_in_often_is_no_guessing(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    visitors = [client.application.test_client() for _ in range(12)]
    assert [sign_in(visitor, person.email).status_code for visitor in visitors] == [303] * 12
    owner.commit()
    assert {row.count for row in owner.query(Throttle)} == {0}


def test_a_right_password_without_a_confirmed_address_is_no_guess_either(
    client: LintingClient, owner: Session, space: Space
) -> None:
    person = with_password(confirmed_at=None)
    assert [sign_in(client, person.email).status_code for _ in range(11)] == [422] * 11


def test_guesses_from_everywhere_at_one_address_slow_down(
    app: Flask, client: LintingClient, owner: Session, space: Space
) -> None:
    person = with_password()
    for number in range(50):
        origin = app.test_request_context(environ_base={"REMOTE_ADDR": f"192.0.2.{number}"})
        with origin, pytest.raises(WrongPassword):
            by_password("sign-in", person.email, wrong_password)
    answer = sign_in(client, person.email)
    assert answer.status_code == 429 and "réessayer dans une minute" in answer.text


def wrong_password() -> None:
    raise WrongPassword("Non.")


def test_guesses_from_one_network_are_limited(app: Flask, client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    for number in range(59):
        origin = app.test_request_context(environ_base={"REMOTE_ADDR": f"2001:db8:1:2::{number:x}"})
        with origin, pytest.raises(WrongPassword):
            by_password("sign-in", f"quelquun{number}@example.org", wrong_password)
    client.environ_base["REMOTE_ADDR"] = "2001:db8:1:2:ffff::1"
    assert sign_in(client, "inconnue@example.org").status_code == 422
    assert sign_in(client, person.email).status_code == 429
    client.environ_base["REMOTE_ADDR"] = "2001:db8:1:3::1"
    assert sign_in(client, person.email).status_code == 303


def test_addresses_are_not_kept_in_clear_by_the_count(client: LintingClient, owner: Session, space: Space) -> None:
    sign_in(client, "quelquun@example.org")
    owner.commit()
    assert all("quelquun" not in row.key and "127.0.0.1" not in row.key for row in owner.query(Throttle))


OPEN_REDIRECTS = [
    "https://malin.example/",
    "//malin.example/",
    "/\\malin.example/",
    "\\\\malin.example",
    "/\t/malin.example",
    "javascript:alert(1)",
    "http:malin.example",
    " //malin.example",
    "/le-territoire/\r\nSet-Cookie: a=b",
]


@pytest.mark.parametrize("target", OPEN_REDIRECTS)
def test_no_open_redirect(client: LintingClient, owner: Session, space: Space, target: str) -> None:
    person = with_password()
    assert sign_in(client, person.email, next=target).location == "/le-territoire/rejoindre"
    assert client.get(PAGE, query_string={"next": target}).location == "/le-territoire/rejoindre"


def test_who_was_going_somewhere_arrives_there(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    answer = client.get("/le-territoire/mon-compte?onglet=2")
    assert answer.location == "/le-territoire/connexion?next=/le-territoire/mon-compte?onglet%3D2"
    client.get(answer.location)
    assert sign_in(client, person.email, next="/le-territoire/mon-compte?onglet=2").location.endswith("?onglet=2")


def test_a_way_back_too_long_to_be_read_loses_its_filters(client: LintingClient, space: Space) -> None:
    """Written within another address it would grow beyond what the server reads, which then answers by itself."""
    answer = client.get("/le-territoire/mon-compte?q=" + "%25" * 2_000)
    assert answer.location == "/le-territoire/connexion?next=/le-territoire/mon-compte"


def test_a_session_planted_before_sign_in_gains_nothing(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    client.get(PAGE)
    with client.session_transaction() as session:
        planted = dict(session)
        session["planted"] = "yes"
        session["language"] = "en"
        session["trials"], session["tried_in"] = {"1": "secret"}, {"1": space.id}
    sign_in(client, person.email)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != planted["csrf_token"]
        # What is the visitor's all along stays.
        assert (session["language"], session["trials"]) == ("en", {"1": "secret"})
        assert session["tried_in"] == {"1": space.id}


def test_signing_out_ends_the_session(client: LintingClient, owner: Session, space: Space) -> None:
    sign_in(client, with_password().email)
    client.get("/le-territoire/")
    assert client.post("/le-territoire/deconnexion").location == "/le-territoire/"
    assert client.get("/le-territoire/mon-compte").status_code == 302


def test_a_link_does_not_sign_out(client: LintingClient, owner: Session, space: Space) -> None:
    sign_in(client, with_password().email)
    assert client.get("/le-territoire/deconnexion").status_code in {404, 405}
    assert signed_in(client)


@pytest.mark.parametrize("token", ["", "faux"])
def test_a_form_with_a_stale_token_signs_nobody_in(
    client: LintingClient, owner: Session, space: Space, token: str
) -> None:
    person = with_password()
    client.get(PAGE)
    answer = client.post(PAGE, data={"email": person.email, "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 400 and "vieilli" in answer.text
    assert PASSWORD not in answer.text
    assert not signed_in(client)


def test_a_form_sent_after_the_session_ended_is_taken_up_after_sign_in(
    client: LintingClient, owner: Session, space: Space
) -> None:
    person = with_password()
    participation = ParticipationFactory(space_id=space.id, organization=OrganizationFactory(name="Avant"))
    MembershipFactory(organization=participation.organization, person=person)
    client.sign_in(person)
    path = f"/le-territoire/structures/{participation.id}/identite"
    client.get(path)
    with client.session_transaction() as session:
        session.clear()
    typed = {
        "name": "Après <&\"' l’hiver",
        "kind": "company",
        "activity": "pain",
        "sector": "industrie",
        "workforce": "none",
        "commune": "Lille",
    }
    answer = client.post(path, data=typed)
    assert answer.status_code == 401 and "ce que vous aviez saisi est gardé" in answer.text
    form = hidden_fields(answer.text)
    answer = client.post(PAGE, data={"email": person.email, "password": PASSWORD, "kept": form["kept"], "next": path})
    assert answer.status_code == 200 and "reprenez là où vous en étiez" in answer.text
    assert f'action="{path}"' in answer.text
    fields = hidden_fields(answer.text)
    assert {name: fields[name] for name in typed} == typed
    # Exactly as the page holds it: the token is one of the new session.
    assert client.post(path, data=fields).status_code == 303
    owner.refresh(participation.organization)
    assert participation.organization.name == typed["name"]


def test_what_somebody_typed_is_given_back_to_nobody_else(client: LintingClient, owner: Session, space: Space) -> None:
    person, other = with_password(), with_password(email="autre@example.org")
    participation = ParticipationFactory(space_id=space.id)
    for one in (person, other):
        MembershipFactory(organization=participation.organization, person=one)
    client.sign_in(person)
    path = f"/le-territoire/structures/{participation.id}/identite"
    typed = {"name": "Ce que Marion écrivait", "csrf_token": token_of(client.get(path).text)}
    client.delete_cookie("assett")
    kept = hidden_fields(client.post(path, data=typed).text)["kept"]
    answer = client.post(
        PAGE, data={"email": other.email, "password": PASSWORD, "kept": kept, "next": path}, follow_redirects=True
    )
    assert "Marion" not in answer.text and "Une autre personne écrivait ici" in answer.text
    # Nor where the other signs in elsewhere on the device, and the first one's page is sent.
    stale = client.post(path, data=typed)
    assert stale.status_code == 400 and "Marion" not in stale.text
    client.delete_cookie("assett")
    client.get(PAGE)
    answer = client.post(PAGE, data={"email": person.email, "password": PASSWORD, "kept": kept, "next": path})
    assert "Ce que Marion écrivait" in answer.text


def test_a_page_drawn_before_the_session_ended_is_sent_again_by_one_press(
    client: LintingClient, owner: Session, space: Space
) -> None:
    """Where no account is asked for: the hidden fields are what the visitor's own browser has just sent."""
    person = with_password()
    client.sign_in(person)
    token = token_of(client.get("/le-territoire/mon-compte/").text)
    client.delete_cookie("assett")
    path = "/le-territoire/mot-de-passe-oublie"
    answer = client.post(path, data={"email": person.email, "csrf_token": token})
    assert answer.status_code == 400 and "Confirmez l’envoi" in answer.text
    fields = hidden_fields(answer.text)
    assert fields["email"] == person.email
    assert client.post(path, data=fields).status_code in {200, 303}


def test_a_forged_kept_form_is_ignored(client: LintingClient, owner: Session, space: Space) -> None:
    person = with_password()
    assert sign_in(client, person.email, kept="eyJwYXRoIjoiLyJ9.faux.faux").status_code == 303


def test_a_kept_form_never_holds_a_password(client: LintingClient, owner: Session, space: Space) -> None:
    client.get(PAGE)
    secret = {"current_password": "mon vieux secret", "password": "mon nouveau secret"}
    answer = client.post("/le-territoire/mon-compte/mot-de-passe", data=secret)
    assert answer.status_code == 401
    assert "kept" not in hidden_fields(answer.text) and "secret" not in answer.text


def hidden_fields(html: str) -> dict[str, str]:
    """The hidden fields of the page's main part."""
    import html5lib

    main = html5lib.parse(html, namespaceHTMLElements=False).find(".//main")
    return {field.get("name"): field.get("value") for field in main.iter("input") if field.get("type") == "hidden"}


def test_a_hash_of_other_parameters_is_renewed_at_sign_in(
    client: LintingClient, owner: Session, space: Space, real_hasher: None
) -> None:
    person = with_password()
    person.password_hash = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    owner.commit()
    assert sign_in(client, person.email).status_code == 303
    owner.refresh(person)
    assert "m=47104,t=2,p=1" in person.password_hash
    assert sign_in(client.application.test_client(), person.email).status_code == 303


def test_bytes_that_no_column_holds_are_refused_in_words(client: LintingClient, owner: Session, space: Space) -> None:
    assert sign_in(client, "a\x00b@example.org", "\x00" * 20).status_code == 422


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(
    app: Flask, client: LintingClient, owner: Session, space: Space
) -> None:
    cookie = sign_in(client, with_password().email).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_whoever_works_for_one_space_arrives_there_open_or_not(client: LintingClient, owner: Session) -> None:
    boss = with_password()
    space = SpaceFactory(slug="val-clair", name="Val Clair", opened_at=None)
    SpaceRoleFactory(space_id=space.id, person=boss, role=SpaceRoleName.MANAGER)
    # Somebody else's role leads nobody anywhere.
    SpaceRoleFactory(space_id=SpaceFactory(slug="ailleurs").id, person=with_password())
    client.get("/connexion")
    answer = client.post("/connexion", data={"email": boss.email, "password": PASSWORD}, follow_redirects=True)
    assert answer.request.path == "/val-clair/lancement"
    client.post("/deconnexion")
    client.get("/connexion")
    asked = client.post(
        "/connexion?next=/mon-compte", data={"email": boss.email, "password": PASSWORD, "next": "/mon-compte"}
    )
    assert asked.location == "/mon-compte"


OPENED = {"val-clair": None, "haut-bois": utc_now(), "ailleurs": utc_now(), "lointain": utc_now()}


def test_ones_own_spaces_are_found_at_the_platform_s_door_and_in_the_account(
    client: LintingClient, owner: Session, statements: list[str]
) -> None:
    boss = with_password()
    roles = (("val-clair", None, SpaceRoleName.MANAGER), ("haut-bois", utc_now(), SpaceRoleName.READER))
    for slug, opened, role in roles:
        space = SpaceFactory(slug=slug, name=slug.title(), opened_at=opened)
        SpaceRoleFactory(space_id=space.id, person=boss, role=role)
    SpaceFactory(slug="ailleurs", opened_at=None)
    assert "Vos espaces" not in client.get("/").text
    sign_in_outside(client, boss.email)
    for page in ("/", "/mon-compte", "/haut-bois/mon-compte"):
        statements.clear()
        html = client.get(page).text
        assert len(statements) <= 6, page
        assert "Vos espaces" in html and html.count("Pas encore ouvert à tous") == 1, page
        assert 'href="/val-clair/connexion"' in html and 'href="/haut-bois/connexion"' in html, page
        assert "ailleurs" not in html, page
    assert "Vos espaces" not in client.get("/?q=haut").text
    assert client.get("/val-clair/connexion").location == "/val-clair/lancement"
    assert client.get("/haut-bois/connexion").location == "/haut-bois/suivi"


def test_a_member_finds_the_spaces_of_their_structures_at_the_platform_s_door(
    client: LintingClient, owner: Session, statements: list[str]
) -> None:
    """Those not open yet too; neither a request that waits nor anybody else's structure leads there."""
    member = with_password()
    mine = MembershipFactory(person=member, organization=OrganizationFactory(name="Le Fournil")).organization
    asked = MembershipFactory(person=member, accepted_at=None).organization
    spaces = {slug: SpaceFactory(slug=slug, name=slug.title(), opened_at=opened) for slug, opened in OPENED.items()}
    pilot = ParticipationFactory(space_id=spaces["val-clair"].id, organization=mine)
    client.get("/connexion")
    answer = client.post("/connexion", data={"email": member.email, "password": PASSWORD}, follow_redirects=True)
    assert answer.request.path == f"/val-clair/structures/{pilot.id}/"
    for slug, organization in (("haut-bois", mine), ("ailleurs", asked), ("lointain", OrganizationFactory())):
        ParticipationFactory(space_id=spaces[slug].id, organization=organization)
    statements.clear()
    html = client.get("/").text
    assert len(statements) <= 6
    own = html.split('id="vos-espaces"')[1].split("</section>")[0]
    assert re.findall(r'href="/([a-z-]+)/connexion"', own) == ["haut-bois", "val-clair"]
    assert own.count("Votre structure") == 2 and own.count("Le Fournil") == 2
    assert own.count("Pas encore ouvert à tous") == 1
    assert client.get("/haut-bois/connexion").location.startswith("/haut-bois/structures/")


def sign_in_outside(client: LintingClient, email: str) -> None:
    client.get("/connexion")
    assert client.post("/connexion", data={"email": email, "password": PASSWORD}).location == "/"
