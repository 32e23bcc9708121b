"""The demonstration fills an empty database, quickly, with rows that hold together."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from assett.demo import seed

NOW = datetime(2026, 6, 15, 14, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def steps() -> list[tuple[str, int, int]]:
    return []


@pytest.fixture(scope="module")
def demo(owner_engine: Any, steps: list[tuple[str, int, int]]) -> Iterator[Session]:
    """The demonstration, seeded once as the application would; taken back at the end."""
    with Session(owner_engine, expire_on_commit=False) as session:
        session.execute(text("SET LOCAL ROLE assett_across"))
        assert not seed.is_seeded(session)
        started = time.perf_counter()
        seed.seed(session, now=NOW, report=lambda label, done, total: steps.append((label, done, total)))
        session.info["seconds"] = time.perf_counter() - started
        yield session
        session.rollback()


def test_it_is_quick(demo: Session) -> None:
    print(demo.info["seconds"])
    assert demo.info["seconds"] < 40
