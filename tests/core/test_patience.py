"""What is looked at often is found soon, and missed in the end."""

from __future__ import annotations

import pytest
from playwright.sync_api import LocatorAssertions

from tests.patience import LONGEST, often


def test_it_is_looked_at_until_it_is_there() -> None:
    asked: list[float] = []

    def there(_self: object, *, timeout: float) -> None:
        asked.append(timeout)
        assert len(asked) == 9

    often(there, 30_000)(None)
    assert len(asked) == 9 and asked == sorted(asked) and asked[-1] == LONGEST


def test_what_never_comes_is_an_error_once_the_time_is_over() -> None:
    def missing(_self: object, *, timeout: float) -> None:
        raise AssertionError(timeout)

    with pytest.raises(AssertionError):
        often(missing, 30_000)(None, timeout=0)


def test_every_assertion_looks_often() -> None:
    assert all(hasattr(LocatorAssertions.__dict__[name], "__wrapped__") for name in ("to_have_text", "not_to_be_empty"))
