"""Resources that are probably the same: the same address once normalised, or nearly the same title."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from rapidfuzz import fuzz, process

from assett.kernel.text import fold

Key = TypeVar("Key", bound=Hashable)
# Out of 100: « Visite énergie CCI » and « Visite énergie de la CCI » are near, two « Diagnostic … » are not.
NEAR = 90
SHORTEST = 8
_TRACKING = ("utm_", "mtm_", "pk_", "at_", "xtor", "fbclid", "gclid")


@dataclass(frozen=True, slots=True)
class Likeness(Generic[Key]):
    """Two that look alike, and by what."""

    one: Key
    other: Key
    by: Literal["address", "title"]


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


def alike(entries: Mapping[Key, tuple[str, str]]) -> list[Likeness[Key]]:
    """The pairs that look alike among entries of (address, title), each pair once, the same address before all.

    A home page shared by several resources tells nothing where their titles differ: there, only titles count.
    """
    found: list[Likeness[Key]] = []
    told: set[frozenset[Key]] = set()
    by_address: dict[str, list[Key]] = {}
    titles = {key: fold(title) for key, (_, title) in entries.items()}
    for key, (url, _) in entries.items():
        by_address.setdefault(normal_address(url), []).append(key)
    for address, keys in by_address.items():
        for index, one in enumerate(keys):
            for other in keys[index + 1 :]:
                if _is_page(address) or fuzz.token_set_ratio(titles[one], titles[other]) >= NEAR:
                    found.append(Likeness(one, other, "address"))
                    told.add(frozenset((one, other)))
    keys = list(titles)
    for index, one in enumerate(keys):
        if len(titles[one]) < SHORTEST:
            continue
        rest = {other: titles[other] for other in keys[index + 1 :]}
        for _, _, other in process.extract(titles[one], rest, scorer=fuzz.token_sort_ratio, score_cutoff=NEAR, limit=5):
            if frozenset((one, other)) not in told:
                found.append(Likeness(one, other, "title"))
    return found


def like(url: str, title: str, known: Mapping[Key, tuple[str, str]]) -> Key | None:
    """The known entry that an address and a title look most like; None where none does."""
    address, folded = normal_address(url), fold(title)
    for key, (other, said) in known.items():
        same_title = fuzz.token_set_ratio(folded, fold(said)) >= NEAR
        if url and normal_address(other) == address and (_is_page(address) or same_title):
            return key
    if len(folded) < SHORTEST:
        return None
    titles = {key: fold(said) for key, (_, said) in known.items()}
    near = process.extractOne(folded, titles, scorer=fuzz.token_sort_ratio, score_cutoff=NEAR)
    return None if near is None else near[2]


def united(one: Iterable[object], other: Iterable[object]) -> list[object]:
    """Two lists of aims as one, each aim once."""
    found: list[object] = []
    for aim in (*one, *other):
        if aim not in found:
            found.append(aim)
    return found


def _is_page(address: str) -> bool:
    return address.startswith("mailto:") or "/" in address or "?" in address
