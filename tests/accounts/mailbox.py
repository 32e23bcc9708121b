"""The mails that were queued, as their readers would find them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

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
