"""Pages of a list: which one is asked, and the addresses of its neighbours (see `pagination` of `ui/page.html`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list; pages count from 1, `total` counts the whole list."""

    items: Sequence[Item]
    page: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def prev_url(self) -> str | None:
        return same_page(page=self.page - 1) if self.page > 1 else None

    @property
    def next_url(self) -> str | None:
        return same_page(page=self.page + 1) if self.page < self.pages else None


def page_within(asked: int, total: int, size: int) -> int:
    """The page asked, or the nearest one that exists: an old link to page 9 of a shorter list shows its end."""
    return min(max(asked, 1), max(1, -(-total // size)))


def asked_page() -> int:
    """The page number of this request's address; 1 where it is none."""
    typed = request.args.get("page", "")
    return int(typed) if typed.isdecimal() and len(typed) < 7 else 1


def same_page(**changed: Any) -> str:
    """The address of this very page with some parameters changed; None takes one away."""
    # What is typed after « ? » is neither a part of the path nor an option of `url_for`.
    kept = {"endpoint", *(request.url_rule.arguments if request.url_rule is not None else ())}
    typed = {name: values for name, values in request.args.lists() if not name.startswith("_") and name not in kept}
    arguments: dict[str, Any] = {**typed, **(request.view_args or {}), **changed}
    return url_for(request.endpoint or "", **{name: value for name, value in arguments.items() if value is not None})
