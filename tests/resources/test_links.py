"""Whether links answer, asked of a real server on this machine; and what a network that is not public is spared."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.core import jobs
from assett.core.mail import Mail
from assett.resources import links, service
from assett.resources.links import Finding, Leaf, Prober, is_public
from assett.resources.models import LinkState, Resource, ResourceLink
from tests.linting import LintingClient
from tests.resources.arranging import national, own, territory
from tests.resources.sites import Site

NIGHT = datetime(2026, 3, 2, 2, tzinfo=UTC)


def asker(**options: Any) -> Prober:
    return Prober("test/1", **{"allowed": ("127.0.0.1",), "pause": 0.0, **options})


@pytest.mark.parametrize(
    ("path", "state", "why", "refused"),
    [
        ("/here", LinkState.VALID, links.ANSWERS, False),
        ("/no-head", LinkState.VALID, links.ANSWERS, False),
        ("/moved", LinkState.VALID, links.ANSWERS, False),
        ("/gone", LinkState.UNCERTAIN, links.GONE, True),
        ("/failing", LinkState.UNCERTAIN, links.FAILING, True),
        ("/shy", LinkState.UNCERTAIN, links.NO_ROBOTS, False),
        ("/round", LinkState.UNCERTAIN, links.LOST_WAY, False),
        ("/inside", LinkState.UNCERTAIN, links.PRIVATE, False),
    ],
)
def test_what_is_found_at_an_address(site: str, path: str, state: LinkState, why: str, refused: bool) -> None:
    found = asker().probe(site + path)
    assert (found.state, found.why, found.refused) == (state, why, refused)


def test_a_site_that_does_not_answer_in_time_is_uncertain(site: str) -> None:
    assert asker(timeout=0.2).probe(f"{site}/slow") == Finding(LinkState.UNCERTAIN, links.TOO_SLOW)


def test_a_page_that_answers_is_asked_once_by_head(site: str) -> None:
    asker().probe(f"{site}/here?a=1")
    assert Site.asked == [("HEAD", "/here?a=1", "test/1")]


def test_a_private_address_is_never_asked(site: str) -> None:
    for url in (site, site.replace("127.0.0.1", "localhost"), "http://[::1]/", "http://0.0.0.0/"):
        assert Prober("test/1").probe(url) == Finding(LinkState.UNCERTAIN, links.PRIVATE), url
    assert Site.asked == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "::1", "fe80::1", "fd00::1",
     "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1", "0.0.0.0", "nonsense",
     "fec0::1", "64:ff9b:1::7f00:1", "::127.0.0.1", "::101:101", "::ffff:0:127.0.0.1", "5f00::1", "3fff::1",
     "192.88.99.1", "192.0.0.8", "64:ff9b::c058:6301"],
)  # fmt: skip
def test_networks_that_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_public_networks() -> None:
    assert is_public("1.1.1.1") and is_public("2606:4700:4700::1111") and is_public("64:ff9b::101:101")
    assert is_public("::ffff:1.1.1.1") and is_public("2002:101:101::")


def test_a_host_is_asked_once_a_second(site: str) -> None:
    waits: list[float] = []
    polite = asker(pause=1.0, sleep=waits.append)
    polite.probe(f"{site}/here")
    polite.probe(f"{site}/here")
    assert len(waits) == 1 and 0.5 < waits[0] <= 1.0


HTML = ("text/html; charset=ISO-8859-1", "<title>Été</title>".encode("latin-1"))


def test_a_page_is_read_by_get_wherever_it_has_moved_to(site: str) -> None:
    Site.pages = {"/here": HTML}
    assert asker().read(f"{site}/moved") == Leaf(f"{site}/here", "iso-8859-1", HTML[1])
    assert [(method, path) for method, path, _ in Site.asked] == [("GET", "/moved"), ("GET", "/here")]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/gone", links.GONE),
        ("/failing", links.FAILING),
        ("/shy", links.NO_ROBOTS),
        ("/round", links.LOST_WAY),
        ("/inside", links.PRIVATE),
        ("/file", links.NOT_A_PAGE),
        # A type that is not said is not one of a page.
        ("/here", links.NOT_A_PAGE),
    ],
)
def test_why_a_page_is_not_read(site: str, path: str, why: str) -> None:
    Site.pages = {"/file": ("application/pdf", b"%PDF-1.7")}
    found = asker().read(site + path)
    assert isinstance(found, Finding) and found.why == why


def test_no_more_of_a_page_is_read_than_its_head_needs(site: str) -> None:
    Site.pages = {"/huge": ("text/html", b"a" * (links.MOST_READ + 4096))}
    found = asker().read(f"{site}/huge")
    assert isinstance(found, Leaf) and len(found.body) == links.MOST_READ


def test_a_page_that_comes_drop_by_drop_is_not_waited_for(site: str) -> None:
    """Each byte comes in time; together they would take a minute."""
    Site.pages = {"/drip": ("text/html", b"a" * 600)}
    began = time.monotonic()
    assert asker(patience=0.5).read(f"{site}/drip") == Finding(LinkState.UNCERTAIN, links.TOO_SLOW)
    assert time.monotonic() - began < 5


def test_a_site_that_never_comes_to_its_answer_does_not_hold_the_night_check() -> None:
    """« Continue », it says again and again, each time soon."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def go_on() -> None:
            connected, _ = server.accept()
            with connected, suppress(OSError):
                while True:
                    connected.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                    time.sleep(0.02)

        threading.Thread(target=go_on, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        assert asker(longest=0.5).probe(url) == Finding(LinkState.UNCERTAIN, links.TOO_SLOW)


def test_all_the_redirects_of_a_page_have_the_same_time(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = asker(patience=0.3)
    ask = patient._ask

    def late(*arguments: Any) -> Any:
        time.sleep(0.2)
        return ask(*arguments)

    monkeypatch.setattr(Prober, "_ask", lambda self, *arguments: late(*arguments))
    assert patient.read(f"{site}/round") == Finding(LinkState.UNCERTAIN, links.TOO_SLOW)
    assert len(Site.asked) < links.MOST_REDIRECTS


def test_a_name_that_is_looked_up_for_too_long_is_given_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever owns a name chooses how long its servers are silent."""
    over = threading.Event()

    def silent(*_: Any, **__: Any) -> Any:
        over.wait(10)
        raise socket.gaierror(socket.EAI_AGAIN, "again")

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    began = time.monotonic()
    assert asker(patience=0.2).read("http://silent.example/") == Finding(LinkState.UNCERTAIN, links.TOO_SLOW)
    assert asker(timeout=0.2).probe("http://silent.example/") == Finding(LinkState.UNCERTAIN, links.TOO_SLOW)
    assert time.monotonic() - began < 5
    over.set()


@pytest.mark.parametrize(
    ("errno", "why", "refused"),
    [(socket.EAI_NONAME, links.UNKNOWN_HOST, True), (socket.EAI_AGAIN, links.UNREACHABLE, False)],
)
def test_why_a_name_is_not_found(monkeypatch: pytest.MonkeyPatch, errno: int, why: str, refused: bool) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(errno, "no")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert asker().probe("http://nowhere.example/") == Finding(LinkState.UNCERTAIN, why, refused=refused)


def test_a_private_address_is_not_read(site: str) -> None:
    assert Prober("test/1").read(site) == Finding(LinkState.UNCERTAIN, links.PRIVATE)
    assert Site.asked == []


def test_a_link_is_broken_on_the_third_day_of_refusal() -> None:
    row = ResourceLink(url="https://a.example.org", state=LinkState.UNCHECKED, failures=0)
    gone = Finding(LinkState.UNCERTAIN, links.GONE, 404, refused=True)
    states = []
    for day in (0, 0, 1, 2):
        now = NIGHT + timedelta(days=day)
        service.note_finding([row], gone, now, now.date())
        states.append(row.state)
    assert states == [LinkState.UNCERTAIN, LinkState.UNCERTAIN, LinkState.UNCERTAIN, LinkState.BROKEN]
    service.note_finding([row], Finding(LinkState.VALID, links.ANSWERS, 200), NIGHT, NIGHT.date())
    assert row.state == LinkState.VALID and row.failures == 0 and row.broken_at is None


def _night(app: Flask, owner: Session) -> None:
    """The worker's night: what is due now, and the mail three hours later."""
    with app.app_context():
        from assett.core.db import db

        jobs.enqueue(db.session(), "resources.links")
        db.session.commit()
    jobs.drain(app)
    for job in owner.scalars(select(jobs.Job).where(jobs.Job.done_at.is_(None))):
        job.due_at = datetime(2020, 1, 1, tzinfo=UTC)
    owner.commit()
    jobs.drain(app)
    owner.expire_all()


def test_a_night_checks_every_space_and_tells_its_editors_once_a_week(
    app: Flask, client: LintingClient, owner: Session, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PRIVATE_LINK_HOSTS", ("127.0.0.1",))
    monkeypatch.setattr(links.Prober, "_wait", lambda self, host: None)
    here, there = territory(slug="ici"), territory(slug="la-bas")
    own(here.space, "bonne", url=f"{site}/here")
    own(here.space, "morte", url=f"{site}/gone", title="L’aide disparue")
    own(there.space, "vive", url=f"{site}/moved")
    national("courriel", url="mailto:aide@example.org")
    _night(app, owner)
    found = {row.url.removeprefix(site): row for row in owner.scalars(select(ResourceLink))}
    assert {path: row.state for path, row in found.items()} == {
        "/here": LinkState.VALID, "/gone": LinkState.UNCERTAIN, "/moved": LinkState.VALID,
    }  # fmt: skip
    assert found["/gone"].failures == 1 and not owner.scalars(select(Mail)).all()
    assert all("ASSETT-liens" in agent for _, _, agent in Site.asked)

    found["/gone"].failures, found["/gone"].failed_on = 2, datetime(2020, 1, 1, tzinfo=UTC).date()
    found["/gone"].checked_at = datetime(2020, 1, 1, tzinfo=UTC)
    owner.commit()
    _night(app, owner)
    assert found["/gone"].state == LinkState.BROKEN
    (mail,) = owner.scalars(select(Mail)).all()
    assert mail.recipient == here.editor.email and "L’aide disparue" in mail.text
    assert "/ici/ressources-du-territoire?etat=a-verifier" in mail.text
    here.enter(client, here.reader)
    page = client.get(here.url("?etat=a-verifier")).text
    assert "L’aide disparue" in page and "Lien rompu" in page and "Ressource bonne" not in page

    # Another link breaks the next day: it waits for next week's mail.
    found["/gone"].checked_at = None
    found["/here"].state, found["/here"].broken_at = LinkState.BROKEN, datetime(2099, 1, 1, tzinfo=UTC)
    owner.commit()
    _night(app, owner)
    assert len(owner.scalars(select(Mail)).all()) == 1


def test_an_address_that_nothing_names_any_more_is_forgotten(app: Flask, owner: Session) -> None:
    here = territory()
    row = own(here.space, "ici", url="mailto:x@example.org")
    owner.add(ResourceLink(space_id=here.space.id, url="https://old.example.org", state=LinkState.VALID, why="",
                           failures=0))  # fmt: skip
    owner.commit()
    _night(app, owner)
    assert owner.scalars(select(ResourceLink)).all() == []
    assert owner.get(Resource, row.id) is not None
