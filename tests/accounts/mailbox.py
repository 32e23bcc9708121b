"""The mails that were queued, as their readers would find them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.core.mail import Mail


def mails_to(owner: Session, email: str) -> Sequence[Mail]:
    """The mails to an address, oldest first."""
    owner.commit()
    return owner.scalars(select(Mail).where(Mail.recipient == email).order_by(Mail.id)).all()


def last_mail(owner: Session, email: str) -> Mail:
    return mails_to(owner, email)[-1]


def links(mail: Mail) -> list[str]:
    """The paths that a mail links to, in order."""
    return [urlsplit(address).path for address in re.findall(r"https?://\S+", mail.text)]


def aged_token(app: Flask, purpose: str, age: timedelta, **content: Any) -> str:
    """A token of `accounts.tokens`, as it would be if it had been made that long ago."""

    class Past(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - int(age.total_seconds())

    token = URLSafeTimedSerializer(app.secret_key or "", salt=f"mail-link.{purpose}", signer=Past).dumps(content)
    assert isinstance(token, str)
    return token
