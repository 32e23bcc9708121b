"""What a page says of itself in its head: its title, its summary, its site, its language, what it is about.

A page is written by anybody, and badly: it is read as far as it goes and in little time, and what is kept of it is
clean text on one line. Nothing is guessed that it does not say.
"""

from __future__ import annotations

import codecs
import json
import re
import time
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Any, Final

from assett.kernel.text import fold

PATIENCE: Final = 1.0
"""Seconds that a page may take to be taken apart: some are written so that it never ends."""
_PIECE: Final = 8192
_LONGEST: Final = 5000
# A title of which a part names its site is no longer than that.
_LONGEST_TITLE: Final = 500
_PROPERTIES: Final = frozenset({"og:title", "og:description", "description", "og:site_name", "og:locale"})
# What schema.org calls a page's subject, where the base has a type for it.
_TYPES: Final[Mapping[str, str]] = {
    "Course": "training",
    "CourseInstance": "training",
    "Event": "event",
    "BusinessEvent": "event",
    "EducationEvent": "event",
    "Grant": "funding",
    "MonetaryGrant": "funding",
    "HowTo": "guide",
    "SoftwareApplication": "tool",
    "WebApplication": "tool",
}
_LABEL: Final = r"[\w.:-]{1,40}"
# A page of which these bytes can be read is not in UTF-16, whatever it says.
_CHARSET = re.compile(rf"<meta[^>]{{0,300}}?charset\s*=\s*[\"']?\s*(?!utf-?16)({_LABEL})".encode(), re.I)
# Those that pages are written in; another could take for ever to undo, or be none at all.
_KNOWN = re.compile(r"ascii|utf-8(-sig)?|utf-16(-[bl]e)?|iso8859-\d+|cp125\d")
_LANGUAGE = re.compile(r"([a-z]{2,3})([-_].*)?", re.I | re.S)
_BETWEEN = re.compile(r"\s*\|\s*|\s+[–—]\s+")
_BETWEEN_OR_LESS = re.compile(r"\s*[|·:»]\s*|\s+[-–—]\s+")


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself, empty where it says nothing; `language` is a code (``fr``), `type` a type's word."""

    title: str = ""
    summary: str = ""
    provider: str = ""
    language: str = ""
    type: str = ""


def head_of(body: bytes, charset: str | None, host: str) -> Head:
    """The head of a page of that host, whose site says this charset, or none."""
    reader = _Reader()
    reader.read(decoded(body, charset))
    said = {name: clean(text) for name, text in reader.said.items()}
    title, provider = _named(
        clean(reader.title)[:_LONGEST_TITLE], said.get("og:title", "")[:_LONGEST_TITLE], said.get("og:site_name"), host
    )
    spoken = _LANGUAGE.fullmatch((reader.language or said.get("og:locale", "")).strip())
    return Head(
        title=_worded(title),
        summary=said.get("og:description") or said.get("description", ""),
        provider=_worded(provider),
        language=spoken[1].lower() if spoken else "",
        type=_type(reader.structured),
    )


def decoded(body: bytes, charset: str | None) -> str:
    """The text of a page: in the charset that its site says, else its own first bytes, else as most are."""
    marked = next((name for mark, name in _MARKS.items() if body.startswith(mark)), None)
    own = _CHARSET.search(body[:2048])
    for name in (marked, charset, own and own[1].decode("ascii", "ignore"), "utf-8"):
        codec = _codec(name) if name else None
        if codec is None:
            continue
        try:
            # The page may be cut in the midst of a character.
            return codec.incrementaldecoder("strict").decode(body).removeprefix("\ufeff")
        except ValueError:
            continue
    return body.decode("cp1252", "replace")


_MARKS: Final = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def _codec(name: str) -> Any:
    """A charset by the name that a page gives it; None where it is none that pages are written in."""
    if not re.fullmatch(_LABEL, name, re.ASCII):
        return None
    try:
        found = codecs.lookup(name)
    except LookupError:
        return None
    # As browsers do: whoever says ISO 8859-1 means what Windows makes of it.
    if found.name in ("ascii", "iso8859-1"):
        return codecs.lookup("cp1252")
    return found if _KNOWN.fullmatch(found.name) else None


def clean(text: str) -> str:
    """A text on one line, of what is seen alone: no mark that turns, hides or breaks the words around it."""
    # Many a site escapes twice.
    text = unescape(text[:_LONGEST]).replace("\ufffd", "")
    seen = "".join(" " if sign.isspace() else sign for sign in text if sign.isspace() or _is_seen(sign))
    return _worded(" ".join(seen.split()))


def _worded(text: str) -> str:
    """A text that has a letter or a digit at least."""
    return text if fold(text) else ""


def _is_seen(sign: str) -> bool:
    return not unicodedata.category(sign).startswith("C")


class _Reader(HTMLParser):
    """Takes the head of a page apart, piece by piece, and stops where it ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.language = ""
        self.said: dict[str, str] = {}
        self.structured: list[str] = []
        self._within = ""
        self._texts: list[str] = []
        self._over = False

    def read(self, text: str) -> None:
        until = time.monotonic() + PATIENCE
        try:
            for start in range(0, len(text), _PIECE):
                self.feed(text[start : start + _PIECE])
                if self._over or time.monotonic() > until:
                    return
        except AssertionError:
            # A declaration that the parser does not know: what came before it is read.
            return

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._over or self._within:
            return
        given = {name: value or "" for name, value in reversed(attrs)}
        if tag == "html":
            self.language = self.language or given.get("lang", "")
        elif tag == "meta":
            name = (given.get("property") or given.get("name") or "").strip().lower()
            if name in _PROPERTIES and clean(given.get("content", "")):
                self.said.setdefault(name, given["content"])
        elif (tag == "title" and not self.title) or (tag == "script" and _is_structured(given.get("type", ""))):
            self._within, self._texts = tag, []
        elif tag == "body":
            self._over = True

    def handle_endtag(self, tag: str) -> None:
        if self._over:
            return
        if tag == self._within:
            text = "".join(self._texts)
            if tag == "title":
                self.title = text
            else:
                self.structured.append(text)
            self._within = ""
        elif tag == "head" and not self._within:
            self._over = True

    def handle_data(self, data: str) -> None:
        if self._within and not self._over:
            self._texts.append(data)


def _is_structured(kind: str) -> bool:
    return kind.strip().lower() == "application/ld+json"


def _named(title: str, shared: str, site: str | None, host: str) -> tuple[str, str]:
    """The title without its site, and the site: as the page names it, else as its title does after a stroke."""
    if site:
        return _without(shared or title, site), site
    if shared and title != shared and title.startswith(shared):
        between = _BETWEEN_OR_LESS.match(title, len(shared))
        if between and title[between.end() :]:
            return shared, title[between.end() :]
    alone, found = _parted(title, host)
    return (_without(shared, found) if shared and found else shared or alone), found


def _parted(title: str, host: str) -> tuple[str, str]:
    """« Réparer ses équipements | Agence des eaux » in two; the site comes first where its host says so."""
    strokes = [each for each in _BETWEEN.finditer(title) if each.start() and each.end() < len(title)]
    if not strokes:
        return title, ""
    begins, ends = title[: strokes[0].start()], title[strokes[-1].end() :]
    if _is_of(begins, host) and not _is_of(ends, host):
        return title[strokes[0].end() :], begins
    return title[: strokes[-1].start()], ends


def _is_of(name: str, host: str) -> bool:
    bare = fold(name).replace(" ", "")
    return bool(bare) and bare in fold(host).replace(" ", "")


def _without(title: str, site: str) -> str:
    """A title without the name of its site at its beginning or its end; one that says nothing else stays."""
    name = fold(site)
    for each in _BETWEEN_OR_LESS.finditer(title):
        before, after = title[: each.start()], title[each.end() :]
        if before and fold(after) == name:
            return before
        if after and fold(before) == name:
            return after
    return title


def _type(texts: list[str]) -> str:
    """The type of what the page says that it is about, where there is one alone."""
    found = {_TYPES[name] for text in texts for name in _kinds(text) if name in _TYPES}
    return found.pop() if len(found) == 1 else ""


def _kinds(text: str) -> Iterator[str]:
    try:
        tree = json.loads(text[:100_000])
    except (ValueError, RecursionError):
        return
    graph = tree.get("@graph") if isinstance(tree, dict) and "@graph" in tree else tree
    for each in graph if isinstance(graph, list) else [graph]:
        kinds = each.get("@type") if isinstance(each, dict) else None
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            if isinstance(kind, str):
                yield kind
