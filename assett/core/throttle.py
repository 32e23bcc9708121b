"""How often one may try: counted in PostgreSQL, so that the limit is the same on every worker.

A count is committed on its own: a refused sign-in rolls its request back, and must be counted all the same.

`allowed` counts whatever is done (mails sent). `counting_wrong` counts wrong passwords only: a try is taken before
the password is looked at and given back if it was right, so that a hundred tries at once are still ten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil
from typing import Any

from flask_babel import ngettext
from sqlalchemy import Connection, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from assett.core import jobs
from assett.core.db import Base, db
from assett.kernel.errors import Rejected


class Throttle(Base):
    __tablename__ = "throttle"

    # A digest: addresses and e-mails are not kept in clear.
    key: Mapped[str] = mapped_column(unique=True)
    count: Mapped[int]
    until: Mapped[datetime]
    # Until when no further try is even looked at.
    held_until: Mapped[datetime | None]


class TooManyTries(Rejected):
    """The try was not looked at: too many wrong ones came before. `wait` is the time until the next one may."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(
            ngettext(
                "C’était beaucoup d’essais en peu de temps. Vous pourrez réessayer dans une minute.",
                "C’était beaucoup d’essais en peu de temps. Vous pourrez réessayer dans %(num)s minutes.",
                max(1, ceil(wait / timedelta(minutes=1))),
            )
        )
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Limit:
    """How many wrong tries of `who` are borne within `scope`.

    From the `tries`-th within `per` on, the next one waits for `hold`, and for twice as long each time up to `longest`.
    """

    scope: str
    who: str
    tries: int
    per: timedelta
    hold: timedelta
    longest: timedelta

    @property
    def key(self) -> str:
        return _key(self.scope, self.who)

    def hold_after(self, count: int) -> timedelta:
        return min(self.hold * 2 ** min(count - self.tries, 20), self.longest)


def network(address: str | None) -> str:
    """Whom a network address stands for: itself, or the /64 that one household or server is given whole (IPv6)."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return address or ""
    return str(IPv6Network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else str(parsed)


def _key(scope: str, who: str) -> str:
    return hashlib.sha256(f"{scope}:{who.lower()}".encode()).hexdigest()


def allowed(scope: str, who: str, *, limit: int, per: timedelta) -> bool:
    """Count one attempt of `who` within `scope`; False once there are more than `limit` in the period."""
    with db.engine.begin() as connection:
        count = connection.execute(
            text(
                "INSERT INTO throttle AS t (key, count, until) VALUES (:key, 1, now() + :per) "
                "ON CONFLICT (key) DO UPDATE SET "
                "count = CASE WHEN t.until < now() THEN 1 ELSE t.count + 1 END, "
                "until = CASE WHEN t.until < now() THEN now() + :per ELSE t.until END "
                "RETURNING count"
            ),
            {"key": _key(scope, who), "per": per},
        ).scalar_one()
    return bool(count <= limit)


@contextmanager
def counting_wrong(limits: Sequence[Limit], wrong: type[Exception]) -> Iterator[None]:
    """Within the block, one password is looked at: it counts if the block ends with `wrong`, else not at all.

    `TooManyTries` if one of the limits holds already; nothing counts then. Give limits of several scopes in the same
    order everywhere: their rows are locked one after the other.
    """
    _take(limits)
    counts = False
    try:
        yield
    except wrong:
        counts = True
        raise
    finally:
        if not counts:
            _give_back(limits)


def _take(limits: Sequence[Limit]) -> None:
    with db.engine.connect() as connection:
        waits = [wait for limit in limits if (wait := _take_one(connection, limit)) is not None]
        if waits:
            connection.rollback()
            raise TooManyTries(max(waits))
        connection.commit()


def _take_one(connection: Connection, limit: Limit) -> timedelta | None:
    """Count one try and, at the limit, hold the next; the time to wait if this one is held itself."""
    count = connection.execute(
        text(
            "INSERT INTO throttle AS t (key, count, until) VALUES (:key, 1, now() + :per) "
            "ON CONFLICT (key) DO UPDATE SET "
            "count = CASE WHEN t.until < now() THEN 1 ELSE t.count + 1 END, "
            "until = CASE WHEN t.until < now() THEN now() + :per ELSE t.until END "
            "WHERE t.held_until IS NULL OR t.held_until <= now() "
            "RETURNING count"
        ),
        {"key": limit.key, "per": limit.per},
    ).scalar_one_or_none()
    if count is None:
        wait: timedelta = connection.execute(
            text("SELECT held_until - now() FROM throttle WHERE key = :key"), {"key": limit.key}
        ).scalar_one()
        return wait
    if count >= limit.tries:
        connection.execute(
            text(
                "UPDATE throttle SET held_until = now() + :hold, until = greatest(until, now() + :hold) "
                "WHERE key = :key"
            ),
            {"key": limit.key, "hold": limit.hold_after(count)},
        )
    return None


def _give_back(limits: Sequence[Limit]) -> None:
    """Take the try out of the counts; whatever it held, or a neighbour held on its account, is free again."""
    with db.engine.begin() as connection:
        for limit in limits:
            connection.execute(
                text("UPDATE throttle SET count = greatest(count - 1, 0), held_until = NULL WHERE key = :key"),
                {"key": limit.key},
            )


@jobs.handler("throttle.sweep", every=timedelta(hours=1))
def sweep(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Forget the counts of periods that are over."""
    session.execute(text("DELETE FROM throttle WHERE until < now()"))
