"""Resources that are probably the same: the same address once normalised, or nearly the same title; and partners that
are, by their names."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Generic, Literal, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from rapidfuzz import fuzz, process

from assett.kernel.text import fold

Key = TypeVar("Key", bound=Hashable)
Known = TypeVar("Known")
By = Literal["address", "title"]
# Out of 100: « Visite énergie CCI » and « Visite énergie de la CCI » are near, two « Diagnostic … » are not.
NEAR = 90
SHORTEST = 8
_TRACKING = ("utm_", "mtm_", "pk_", "at_", "xtor", "fbclid", "gclid")


@dataclass(frozen=True, slots=True)
class Likeness(Generic[Key]):
    """Two that look alike, and by what."""

    one: Key
    other: Key
    by: By


def normal_address(url: str) -> str:
    """An address reduced to what tells a page: no scheme, no www, no tracking, no fragment, no slash at its end."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return url.strip().lower()
    if parts.scheme == "mailto":
        return f"mailto:{parts.path.lower()}"
    asked = sorted((name, value) for name, value in parse_qsl(parts.query) if not name.lower().startswith(_TRACKING))
    query = f"?{urlencode(asked)}" if asked else ""
    return f"{host}{parts.path.rstrip('/')}{query}".lower()


def _sorted(title: str) -> str:
    """A folded title with its words in order: two of them compare as `fuzz.token_sort_ratio` does, at once."""
    return " ".join(sorted(title.split()))


class Likenesses(Generic[Key]):
    """Entries of (address, title) that others are held against: each is folded once, whatever is asked of them."""

    def __init__(self, entries: Mapping[Key, tuple[str, str]] | None = None) -> None:
        self._keys: list[Key] = []
        self._titles: list[str] = []
        self._by_address: dict[str, list[int]] = {}
        for key, (url, title) in (entries or {}).items():
            self.add(key, url, title)

    def add(self, key: Key, url: str, title: str) -> None:
        """One more entry to be held against."""
        self._by_address.setdefault(normal_address(url), []).append(len(self._keys))
        self._keys.append(key)
        self._titles.append(_sorted(fold(title)))

    def like(self, url: str, title: str, but: Key | None = None) -> Key | None:
        """The entry that an address and a title look most like, the one named `but` apart; None where none does."""
        found = self.nearest(url, title, but)
        return found[0] if found is not None else None

    def nearest(self, url: str, title: str, but: Key | None = None) -> tuple[Key, By] | None:
        """As `like`, with what is the same.

        A home page shared by several resources tells nothing where their titles differ: there, only titles count, once
        there is one.
        """
        address, asked = normal_address(url), _sorted(fold(title))
        for place in self._by_address.get(address, ()) if url else ():
            same = _is_page(address) or not asked or fuzz.token_set_ratio(asked, self._titles[place]) >= NEAR
            if same and self._keys[place] != but:
                return self._keys[place], "address"
        if len(asked) < SHORTEST:
            return None
        near = process.extract(asked, self._titles, scorer=fuzz.ratio, score_cutoff=NEAR, limit=2)
        return next(((self._keys[place], "title") for _, _, place in near if self._keys[place] != but), None)

    def pairs(self) -> list[Likeness[Key]]:
        """The pairs that look alike, each once, the same address before all."""
        found: list[Likeness[Key]] = []
        told: set[tuple[int, int]] = set()
        for address, places in self._by_address.items():
            for one, other in combinations(places, 2):
                if _is_page(address) or fuzz.token_set_ratio(self._titles[one], self._titles[other]) >= NEAR:
                    found.append(Likeness(self._keys[one], self._keys[other], "address"))
                    told.add((one, other))
        for one, title in enumerate(self._titles):
            if len(title) < SHORTEST:
                continue
            rest = self._titles[one + 1 :]
            for _, _, further in process.extract(title, rest, scorer=fuzz.ratio, score_cutoff=NEAR, limit=5):
                other = one + 1 + further
                if (one, other) not in told:
                    found.append(Likeness(self._keys[one], self._keys[other], "title"))
        return found


def united(one: Iterable[object], other: Iterable[object]) -> list[object]:
    """Two lists of aims as one, each aim once."""
    found: list[object] = []
    for aim in (*one, *other):
        if aim not in found:
            found.append(aim)
    return found


def _is_page(address: str) -> bool:
    return address.startswith("mailto:") or "/" in address or "?" in address


class Called(Generic[Known]):
    """Partners by name: one alike but for case, accents, spaces and signs is the same, unless another is so called
    exactly."""

    def __init__(self, known: Iterable[tuple[str, Known]] = ()) -> None:
        self._exactly: dict[str, Known] = {}
        self._nearly: dict[str, Known] = {}
        for name, each in known:
            self.add(name, each)

    def add(self, name: str, each: Known) -> None:
        self._exactly[name] = each
        self._nearly.setdefault(fold(name) or name, each)

    def find(self, name: str) -> Known | None:
        return self._exactly.get(name) or self._nearly.get(fold(name) or name)
