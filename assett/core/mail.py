"""Mails: written in the transaction that decides them, sent by the worker.

A mail is rendered when it is decided (in its reader's language) and kept as a row until the server has taken
it. Its Message-ID never changes, so a mail sent twice by a crash at the wrong instant is recognised as one.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import delete, func
from sqlalchemy.orm import Mapped, Session, mapped_column

from assett.core import jobs
from assett.core.db import Base
from assett.core.settings import Settings

KEPT_AFTER_SENDING = timedelta(days=31)


class Mail(Base):
    __tablename__ = "mail"

    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str | None]
    reply_to: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]


def send(
    session: Session, recipient: str, subject: str, text: str, *, html: str | None = None, reply_to: str | None = None
) -> Mail:
    """Queue a mail in the caller's transaction."""
    mail = Mail(
        recipient=recipient, subject=" ".join(subject.split()), text=text.strip() + "\n", html=html, reply_to=reply_to
    )
    session.add(mail)
    session.flush()
    jobs.enqueue(session, "mail", mail=mail.id)
    return mail


@jobs.handler("mail")
def deliver(session: Session, arguments: Mapping[str, Any]) -> None:
    mail = session.get(Mail, arguments["mail"])
    if mail is None or mail.sent_at is not None:
        return
    settings: Settings = current_app.extensions["settings"]
    message = compose(mail, settings)
    if settings.mail_url:
        _over_smtp(settings.mail_url, message)
    else:
        folder = settings.instance / "mails"
        folder.mkdir(exist_ok=True)
        Path(folder / f"{mail.id:06}.eml").write_bytes(bytes(message))
    mail.sent_at = func.now()


@jobs.handler("mail.forget", every=timedelta(days=1))
def forget(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Erase the mails sent more than a month ago: they hold addresses and links."""
    session.execute(delete(Mail).where(Mail.sent_at < func.now() - KEPT_AFTER_SENDING))


def compose(mail: Mail, settings: Settings) -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = f"<mail-{mail.id}@{urlsplit(settings.public_url).hostname}>"
    message["Date"] = format_datetime(mail.created_at)
    message["From"] = settings.mail_sender
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Auto-Submitted"] = "auto-generated"
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message


def _over_smtp(url: str, message: EmailMessage) -> None:
    """Hand a message to the server of `smtp://user:password@host:port` (STARTTLS where offered) or `smtps://…`."""
    parts = urlsplit(url)
    host, timeout = parts.hostname or "localhost", 30
    context = ssl.create_default_context()
    client: smtplib.SMTP
    if parts.scheme == "smtps":
        client = smtplib.SMTP_SSL(host, parts.port or 465, timeout=timeout, context=context)
    else:
        client = smtplib.SMTP(host, parts.port or 25, timeout=timeout)
    with client:
        client.ehlo()
        if parts.scheme == "smtp" and client.has_extn("starttls"):
            client.starttls(context=context)
            client.ehlo()
        if parts.username:
            client.login(unquote(parts.username), unquote(parts.password or ""))
        client.send_message(message, from_addr=parseaddr(message["From"])[1])
