"""A mail's way: decided in a transaction, kept as a row, handed to a real SMTP server by the worker."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from assett.core import jobs, mail
from assett.core.jobs import Job
from assett.core.mail import Mail
from assett.core.settings import Settings
from tests.accounts.mailbox import links
from tests.factories import SpaceFactory
from tests.linting import LintingClient


class Postman:
    """Takes mails in, or answers with what it was told to."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.answer = "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            self.envelopes.append(envelope)
        return self.answer

    @property
    def messages(self) -> list[EmailMessage]:
        parsed = [
            email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
            for envelope in self.envelopes
        ]
        return [message for message in parsed if isinstance(message, EmailMessage)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(postman: Postman, port: int) -> Iterator[None]:
    controller = Controller(postman, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


@pytest.fixture
def use(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change the host's settings for this test."""

    def change(**changes: Any) -> None:
        monkeypatch.setitem(app.extensions, "settings", replace(settings, **changes))

    return change


@pytest.fixture
def postman(use: Callable[..., None]) -> Iterator[Postman]:
    postman, port = Postman(), free_port()
    with serving(postman, port):
        use(mail_url=f"smtp://127.0.0.1:{port}", mail_sender="Acteurs engagés <bonjour@territoire.example>")
        yield postman


def write(owner: Session, recipient: str = "ana@example.org", subject: str = "Bonjour", text: str = "Corps") -> None:
    mail.send(owner, recipient, subject, text, reply_to="equipe@territoire.example")
    owner.commit()


def now_due(owner: Session) -> None:
    """As if the wait before the next attempt were over."""
    owner.execute(update(Job).where(Job.done_at.is_(None)).values(due_at=func.now()))
    owner.commit()


def test_the_worker_sends_the_mail_of_a_sign_up_and_its_link_works(
    app: Flask, client: LintingClient, owner: Session, postman: Postman
) -> None:
    SpaceFactory(slug="le-territoire", programme="Pionniers", name="Le Territoire")
    client.get("/le-territoire/inscription")
    typed = {"name": "Ana Roy", "email": "ana@example.org", "password": "abeille tracteur nuage"}
    assert client.post("/le-territoire/inscription", data=typed).status_code == 303
    assert postman.messages == []
    assert jobs.drain(app) == 1
    [envelope], [message] = postman.envelopes, postman.messages
    assert (envelope.mail_from, envelope.rcpt_tos) == ("bonjour@territoire.example", ["ana@example.org"])
    assert message["Subject"] == "Confirmez votre adresse"
    assert message["From"] == "Acteurs engagés <bonjour@territoire.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Pionniers, Le Territoire" in message.get_content()
    sent = owner.scalars(select(Mail)).one()
    assert sent.sent_at is not None and message.get_content().splitlines() == sent.text.splitlines()
    [link] = links(sent)
    client.get(link)
    assert client.post(link).status_code == 303


def test_a_mail_carries_accents_an_html_part_and_where_to_answer(app: Flask, owner: Session, postman: Postman) -> None:
    mail.send(
        owner,
        "ana@example.org",
        "Votre été à l’œuvre 🌿",
        "Été\u00a0!",
        html="<p>Été</p>",
        reply_to="a@territoire.example",
    )
    owner.commit()
    jobs.drain(app)
    [message] = postman.messages
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert message["Subject"] == "Votre été à l’œuvre 🌿" and message["Reply-To"] == "a@territoire.example"
    assert text is not None and text.get_content().strip() == "Été\u00a0!"
    assert html is not None and "<p>Été</p>" in html.get_content()


def test_an_address_with_accents_is_served(app: Flask, owner: Session, postman: Postman) -> None:
    write(owner, "zoé@example.org")
    jobs.drain(app)
    assert postman.envelopes[0].rcpt_tos == ["zoé@example.org"]


def test_a_subject_never_adds_a_header(app: Flask, owner: Session, postman: Postman) -> None:
    write(owner, subject="Bonjour\r\nBcc: tous@example.org")
    jobs.drain(app)
    [message] = postman.messages
    assert message["Subject"] == "Bonjour Bcc: tous@example.org" and message["Bcc"] is None
    assert postman.envelopes[0].rcpt_tos == ["ana@example.org"]


def test_a_mail_of_a_transaction_that_is_undone_is_never_sent(app: Flask, owner: Session, postman: Postman) -> None:
    mail.send(owner, "ana@example.org", "Bonjour", "Corps")
    owner.rollback()
    assert jobs.drain(app) == 0 and postman.messages == []


def test_while_the_mail_server_is_away_nothing_is_lost(app: Flask, owner: Session, use: Callable[..., None]) -> None:
    postman, port = Postman(), free_port()
    use(mail_url=f"smtp://127.0.0.1:{port}")
    for number in range(3):
        write(owner, f"personne{number}@example.org")
    assert jobs.drain(app) == 3
    waiting = owner.scalars(select(Job).order_by(Job.id).execution_options(populate_existing=True)).all()
    assert [job.attempts for job in waiting] == [1, 1, 1]
    assert all(job.done_at is None and job.failed_at is None and "refused" in (job.error or "") for job in waiting)
    # Not tried again before its time.
    assert jobs.drain(app) == 0
    with serving(postman, port):
        now_due(owner)
        assert jobs.drain(app) == 3
    assert sorted(envelope.rcpt_tos[0] for envelope in postman.envelopes) == [
        f"personne{number}@example.org" for number in range(3)
    ]
    assert owner.scalar(select(func.count()).select_from(Mail).where(Mail.sent_at.is_(None))) == 0


def test_a_mail_refused_for_now_is_tried_again_under_the_same_number(
    app: Flask, owner: Session, postman: Postman
) -> None:
    write(owner)
    postman.answer = "451 Plus tard"
    jobs.drain(app)
    assert postman.messages == []
    postman.answer = "250 OK"
    now_due(owner)
    jobs.drain(app)
    # As when the worker dies after the server took the mail and before that was written down.
    owner.execute(update(Mail).values(sent_at=None))
    owner.execute(update(Job).values(done_at=None, leased_until=None))
    owner.commit()
    jobs.drain(app)
    first, second = postman.messages
    assert first["Message-ID"] == second["Message-ID"] is not None


def test_a_mail_that_was_sent_is_not_sent_again(app: Flask, owner: Session, postman: Postman) -> None:
    write(owner)
    jobs.drain(app)
    owner.execute(update(Job).values(done_at=None, leased_until=None))
    owner.commit()
    assert jobs.drain(app) == 1
    assert len(postman.messages) == 1


def test_without_a_mail_server_mails_are_files_that_any_reader_opens(
    app: Flask, owner: Session, use: Callable[..., None], tmp_path: Path
) -> None:
    use(mail_url=None, instance=tmp_path)
    write(owner, "ana@example.org", "Été", "Corps accentué")
    jobs.drain(app)
    [file] = (tmp_path / "mails").iterdir()
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert message["Subject"] == "Été" and "accentué" in message.get_body(("plain",)).get_content()
