"""What a browser says of itself, in words that its owner recognises: « Firefox », « Windows »."""

from __future__ import annotations

from dataclasses import dataclass

# The first mark found counts, and the order matters: Edge also calls itself Chrome, Chrome also Safari,
# Android also Linux, an iPhone also « like Mac OS X ».
_BROWSERS = (
    ("Firefox", ("Firefox/", "FxiOS/")),
    ("Edge", ("Edg/", "EdgA/", "EdgiOS/")),
    ("Opera", ("OPR/",)),
    ("Samsung Internet", ("SamsungBrowser/",)),
    ("Chrome", ("Chrome/", "CriOS/")),
    ("Safari", ("Safari/",)),
)
_SYSTEMS = (
    ("iPhone", ("iPhone",)),
    ("iPad", ("iPad",)),
    ("Android", ("Android",)),
    ("Windows", ("Windows",)),
    ("Mac", ("Macintosh",)),
    ("Chromebook", ("CrOS",)),
    ("Linux", ("Linux",)),
)


@dataclass(frozen=True, slots=True)
class Device:
    """A browser and what it runs on, by their usual names; None where it cannot be told."""

    browser: str | None
    system: str | None


def device(user_agent: str) -> Device:
    """The device of a `User-Agent` header (RFC 9110, 10.1.5), which says what it likes: good for recognising only."""
    return Device(_named(user_agent, _BROWSERS), _named(user_agent, _SYSTEMS))


def _named(user_agent: str, names: tuple[tuple[str, tuple[str, ...]], ...]) -> str | None:
    return next((name for name, marks in names if any(mark in user_agent for mark in marks)), None)
