"""How often one may try: counted in PostgreSQL, so that the limit is the same on every worker.

A count is committed on its own: a refused sign-in rolls its request back, and must be counted all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Mapped, Session, mapped_column

from assett.core import jobs
from assett.core.db import Base, db


class Throttle(Base):
    __tablename__ = "throttle"

    # A digest: addresses and e-mails are not kept in clear.
    key: Mapped[str] = mapped_column(unique=True)
    count: Mapped[int]
    until: Mapped[datetime]


def allowed(scope: str, who: str, *, limit: int, per: timedelta) -> bool:
    """Count one attempt of `who` within `scope`; False once there are more than `limit` in the period."""
    key = hashlib.sha256(f"{scope}:{who.lower()}".encode()).hexdigest()
    with db.engine.begin() as connection:
        count = connection.execute(
            text(
                "INSERT INTO throttle AS t (key, count, until) VALUES (:key, 1, now() + :per) "
                "ON CONFLICT (key) DO UPDATE SET "
                "count = CASE WHEN t.until < now() THEN 1 ELSE t.count + 1 END, "
                "until = CASE WHEN t.until < now() THEN now() + :per ELSE t.until END "
                "RETURNING count"
            ),
            {"key": key, "per": per},
        ).scalar_one()
    return bool(count <= limit)


@jobs.handler("throttle.sweep", every=timedelta(hours=1))
def sweep(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Forget the counts of periods that are over."""
    session.execute(text("DELETE FROM throttle WHERE until < now()"))
