"""A host name of one's own: proved by a record of the DNS, served from then on, for that space alone."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import dns.flags
import dns.message
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from assett.app import create_app
from assett.core.settings import Settings
from assett.spaces import domains
from assett.spaces.models import Space
from tests.factories import SpaceFactory, with_password
from tests.linting import LintingClient
from tests.spaces.conftest import undo

PAGE = "/ici/reglages/adresse"
NAME = "engages.exemple.fr"
Read = Callable[[Space], Space]


class Answering(socketserver.BaseRequestHandler):
    """A name server that knows the TXT records of its server's `records`, by name."""

    def handle(self) -> None:
        wire, socket = self.request
        question = dns.message.from_wire(wire)
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        asked = question.question[0]
        found = self.server.records.get(asked.name.to_text(omit_final_dot=True))  # type: ignore[attr-defined]
        if found is None:
            answer.set_rcode(3)
        else:
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", "TXT", *(f'"{each}"' for each in found)))
        socket.sendto(answer.to_wire(), self.client_address)


@pytest.fixture
def records(app: Flask) -> Iterator[dict[str, list[str]]]:
    """The records that the application's resolver finds."""
    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Answering) as server:
        server.records = {}  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def resolver() -> dns.resolver.Resolver:
            made = dns.resolver.Resolver(configure=False)
            made.nameservers, made.port, made.lifetime = ["127.0.0.1"], server.server_address[1], 2.0
            return made

        real, app.extensions["resolver"] = app.extensions["resolver"], resolver
        yield server.records  # type: ignore[attr-defined]
        app.extensions["resolver"] = real
        server.shutdown()


def ask(client: LintingClient, hostname: str) -> int:
    client.get(PAGE)
    return client.post(PAGE, data={"hostname": hostname}).status_code


def test_a_name_serves_once_it_is_proved(
    at_work: LintingClient, space: Space, now_is: Read, records: dict[str, list[str]]
) -> None:
    assert ask(at_work, f"https://{NAME.title()}/") == 303
    token = now_is(space).host_token
    assert now_is(space).own_host is None and token
    shown = at_work.get(PAGE).text
    assert f"_assett.{NAME}" in shown and token in shown
    early = at_work.post(f"{PAGE}/verifier")
    assert early.status_code == 422 and "n’existe encore" in early.text
    records[f"_assett.{NAME}"] = ["autre chose"]
    assert "autre chose" in at_work.post(f"{PAGE}/verifier").text
    records[f"_assett.{NAME}"] = ["autre chose", token]
    assert at_work.post(f"{PAGE}/verifier").status_code == 303
    assert now_is(space).own_host == NAME
    # Another name is proved anew.
    assert ask(at_work, "autre.exemple.fr") == 303
    assert now_is(space).own_host is None and now_is(space).host_token != token


def test_a_bare_name_is_not_told_to_make_a_cname(at_work: LintingClient, space: Space) -> None:
    ask(at_work, "engages.fr")
    shown = at_work.get(PAGE).text
    assert "interdit un CNAME" in shown and "ALIAS" in shown and "agir.engages.fr" in shown
    ask(at_work, "agir.engages.fr")
    shown = at_work.get(PAGE).text
    assert "par un enregistrement CNAME" in shown and "ALIAS" not in shown


@pytest.mark.parametrize(
    ("name", "bare"),
    [("engages.fr", True), ("agir.engages.fr", False), ("engages.asso.fr", True), ("agir.engages.asso.fr", False)],
)
def test_a_name_is_bare_where_nothing_comes_before_it(name: str, bare: bool) -> None:
    assert domains.is_bare(name) is bare


def test_a_name_that_already_serves_another_space_is_refused(
    at_work: LintingClient, space: Space, owner: Session, now_is: Read, records: dict[str, list[str]]
) -> None:
    other = SpaceFactory(slug="ailleurs", hostname=NAME, host_token="t", host_checked_at=space.opened_at)
    ask(at_work, NAME)
    records[f"_assett.{NAME}"] = [str(now_is(space).host_token)]
    refused = at_work.post(f"{PAGE}/verifier")
    assert refused.status_code == 422 and "déjà à un autre espace" in refused.text
    assert now_is(space).own_host is None and now_is(other).own_host == NAME


@pytest.mark.parametrize("wrong", ["exemple", "exa mple..fr", "-a.fr", "127.0.0.1", "é.fr", f"{'a' * 64}.fr"])
def test_only_a_name_is_a_name(at_work: LintingClient, space: Space, now_is: Read, wrong: str) -> None:
    assert ask(at_work, wrong) == 422
    assert now_is(space).hostname is None


def test_what_was_made_of_a_name_is_said(at_work: LintingClient, space: Space, now_is: Read) -> None:
    at_work.get(PAGE)
    refused = at_work.post(PAGE, data={"hostname": "Ma Ville.fr"})
    assert refused.status_code == 422 and "Serait-ce maville.fr ?" in refused.text.replace("\xa0", " ")
    assert now_is(space).hostname is None
    at_work.post(PAGE, data={"hostname": " https://Agir.MaVille.fr/ "})
    assert "C’est noté : agir.maville.fr." in at_work.get(PAGE).text.replace("\xa0", " ")


def test_an_accent_is_said_to_be_the_cause(at_work: LintingClient, space: Space) -> None:
    at_work.get(PAGE)
    refused = at_work.post(PAGE, data={"hostname": "engagés.exemple.fr"})
    assert refused.status_code == 422 and "xn--engags-fva.exemple.fr" in refused.text and NAME in refused.text
    at_work.post(PAGE, data={"hostname": "xn--engags-fva.exemple.fr"})
    assert "C’est noté : xn--engags-fva.exemple.fr." in at_work.get(PAGE).text.replace("\xa0", " ")


def test_a_name_given_up_has_no_steps_left(at_work: LintingClient, space: Space, now_is: Read) -> None:
    ask(at_work, NAME)
    assert "Suivez les étapes ci-dessous" in at_work.get(PAGE).text
    ask(at_work, "")
    shown = at_work.get(PAGE).text
    assert "n’a plus de nom à lui" in shown and "étapes ci-dessous" not in shown
    assert now_is(space).host_token is None


def test_an_earlier_name_is_proved_anew(
    at_work: LintingClient, space: Space, now_is: Read, records: dict[str, list[str]]
) -> None:
    ask(at_work, NAME)
    first = str(now_is(space).host_token)
    records[f"_assett.{NAME}"] = [first]
    at_work.post(f"{PAGE}/verifier")
    ask(at_work, "")
    assert undo(at_work, "address", "adresse").status_code == 303
    row = now_is(space)
    assert (row.hostname, row.host_checked_at) == (NAME, None) and row.host_token not in {None, first}
    shown = at_work.get(PAGE).text
    assert str(row.host_token) in shown and "None" not in shown


def test_an_earlier_name_that_went_to_another_is_theirs(
    at_work: LintingClient, space: Space, owner: Session, now_is: Read
) -> None:
    ask(at_work, NAME)
    ask(at_work, "")
    SpaceFactory(slug="ailleurs", hostname=NAME, host_token="t", host_checked_at=space.opened_at)
    undo(at_work, "address", "adresse")
    assert "sert désormais à un autre espace" in at_work.get(PAGE).text
    assert now_is(space).hostname is None


def test_nobody_answers(app: Flask, at_work: LintingClient, space: Space) -> None:
    def silent() -> dns.resolver.Resolver:
        made = dns.resolver.Resolver(configure=False)
        made.nameservers, made.port, made.lifetime = ["127.0.0.1"], 9, 0.3
        return made

    real, app.extensions["resolver"] = app.extensions["resolver"], silent
    try:
        ask(at_work, NAME)
        refused = at_work.post(f"{PAGE}/verifier")
    finally:
        app.extensions["resolver"] = real
    assert refused.status_code == 422 and "Réessayez dans quelques minutes" in refused.text


# At the name


@pytest.fixture
def own_host(space: Space, owner: Session, settings: Settings) -> Flask:
    """An installation behind https, where the space `ici` has its own name."""
    owner.execute(
        text("UPDATE space SET hostname = :name, host_token = 't', host_checked_at = now() WHERE id = :id"),
        {"name": NAME, "id": space.id},
    )
    owner.commit()
    SpaceFactory(slug="ailleurs")
    app = create_app(replace(settings, public_url="https://assett.exemple.fr"))
    app.testing = True
    app.test_client_class = LintingClient
    return app


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("/", "/ici/"),
        ("/annuaire", "/ici/annuaire"),
        ("/annuaire?q=pain", "/ici/annuaire?q=pain"),
        ("/mentions-legales", "/ici/mentions-legales"),
        ("/structures/12/", "/ici/structures/12/"),
    ],
)
def test_the_name_enters_the_space(own_host: Flask, path: str, leads: str) -> None:
    answer = own_host.test_client().get(path, base_url=f"https://{NAME}")
    assert answer.status_code == 308 and answer.location == leads


def test_the_space_answers_at_its_name_and_no_other_does(own_host: Flask) -> None:
    client = own_host.test_client()
    assert client.get("/ici/", base_url=f"https://{NAME}").status_code == 200
    assert client.get("/ailleurs/", base_url=f"https://{NAME}").status_code == 404
    assert client.get("/ailleurs/", base_url="https://assett.exemple.fr").status_code == 200
    assert client.get("/ici/", base_url="https://autre.exemple.fr").status_code == 400
    assert client.post("/annuaire", base_url=f"https://{NAME}").status_code in {400, 404}


def test_one_signs_in_at_the_name_and_mails_lead_there(own_host: Flask, owner: Session) -> None:
    person = with_password(email="ana@example.org")
    client = own_host.test_client()
    at = {"base_url": f"https://{NAME}"}
    client.get("/ici/mot-de-passe-oublie", **at)
    sent = client.post(
        "/ici/mot-de-passe-oublie",
        data={"email": person.email},
        headers={"Origin": f"https://{NAME}", "Referer": f"https://{NAME}/ici/mot-de-passe-oublie"},
        **at,
    )
    assert sent.status_code in {200, 303}
    body = owner.scalars(text("SELECT text FROM mail")).one()
    assert f"https://{NAME}/ici/" in body and "assett.exemple.fr" not in body


def test_a_link_to_another_space_leaves_the_name(own_host: Flask, space: Space, owner: Session) -> None:
    other = owner.query(Space).filter_by(slug="ailleurs").one()
    platform = "https://assett.exemple.fr"
    for base, leads in ((f"https://{NAME}", platform), (platform, "")):
        with own_host.test_request_context("/ici/", base_url=base):
            assert domains.leading_to(other, "/ailleurs/") == f"{leads}/ailleurs/"
            assert domains.leading_to(space, "/ici/") == "/ici/"
