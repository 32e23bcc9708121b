"""`expect` that looks again soon.

Playwright looks after 100, 250, 500 then every 1000 ms: what takes a little longer than one of them is found so much
later, hundreds of times a run. Asked with short times of its own, it looks at once each time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from playwright.sync_api import LocatorAssertions, PageAssertions

FIRST, LONGEST = 30, 200  # milliseconds between two looks


def look_often(timeout: float) -> None:
    """From now on every assertion about a page or a part of it looks often, for as many milliseconds at most."""
    for kind in (LocatorAssertions, PageAssertions):
        for name in vars(kind):
            if name.startswith(("to_", "not_to_")):
                setattr(kind, name, often(getattr(kind, name), timeout))


def often(assertion: Callable[..., None], longest: float) -> Callable[..., None]:
    @wraps(assertion)
    def asserted(self: Any, *args: Any, timeout: float | None = None, **more: Any) -> None:
        end = time.monotonic() + (longest if timeout is None else timeout) / 1000
        pause = FIRST
        while True:
            try:
                return assertion(self, *args, timeout=pause, **more)
            except AssertionError:
                if time.monotonic() >= end:
                    raise
                pause = min(pause * 3 // 2, LONGEST)

    return asserted
