"""The time, asked in one place so that everything else can be given it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def utc_now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def today_in_paris(now: datetime | None = None) -> date:
    """The date in Paris at ``now`` (an aware instant; by default the present)."""
    return (now or utc_now()).astimezone(PARIS).date()
