"""A test client that reads every page it fetches as a strict reader would, and fails on what it finds."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import factories

LABELLED = {"input", "select", "textarea"}
UNLABELLED_TYPES = {"hidden", "submit", "button", "image"}


@lru_cache(maxsize=4)
def parsed(html: str) -> tuple[Element, list[str]]:
    """The tree of a page, to be read only, and what HTML has against it: reading a page takes longer than making it."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree: Element = parser.parse(html)
    return tree, [f"HTML {position}: {code} {details}" for position, code, details in parser.errors]


def problems(html: str) -> list[str]:
    """What is wrong with a page: invalid HTML, headings, labels, ids, titles, anything the content policy refuses."""
    tree, faults = parsed(html)
    found = list(faults)
    elements = list(tree.iter())
    tags = [element for element in elements if isinstance(element.tag, str)]
    if not tree.get("lang"):
        found.append("no lang")
    titles = [element for element in tags if element.tag == "title"]
    if not any((title.text or "").strip() for title in titles):
        found.append("no title")
    headings = [element for element in tags if element.tag == "h1"]
    if len(headings) != 1:
        found.append(f"{len(headings)} h1")
    ids = Counter(element.get("id") for element in tags if element.get("id"))
    found += [f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1]
    labelled = {label.get("for") for label in tags if label.tag == "label" and label.get("for")}
    inside = {id(child) for label in tags if label.tag == "label" for child in label.iter()}
    for element in tags:
        found += _of_element(element, labelled, inside, ids)
    return found


def _of_element(element: Element, labelled: set[str | None], inside: set[int], ids: Counter[str | None]) -> list[str]:
    found = []
    tag, kind = element.tag, element.get("type", "")
    if element.get("style") is not None:
        found.append(f"inline style on <{tag}>")
    found += [f"inline handler {name} on <{tag}>" for name in element.attrib if name.startswith("on")]
    if tag == "style" or (tag == "script" and not element.get("src") and kind != "application/json"):
        found.append(f"inline <{tag}>")
    for name in ("src", "href"):
        address = element.get(name) or ""
        if tag in {"script", "link", "img", "iframe", "source"} and "//" in address:
            found.append(f"third party: {address}")
    if tag in LABELLED and kind not in UNLABELLED_TYPES:
        named = element.get("aria-label") or element.get("aria-labelledby") or element.get("id") in labelled
        if not named and id(element) not in inside:
            found.append(f"<{tag} name={element.get('name')!r}> without a label")
    if tag == "button" and not _named(element):
        found.append(f"<button value={element.get('value')!r}> without a name")
    if tag == "img" and element.get("alt") is None:
        found.append(f"img without alt: {element.get('src')}")
    posts = tag == "form" and (element.get("method") or "get").lower() == "post"
    if posts and not any(child.get("name") == "csrf_token" for child in element.iter()):
        found.append(f"form without a token: {element.get('action')}")
    for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
        found += [
            f"{name} names no element: {target}" for target in (element.get(name) or "").split() if target not in ids
        ]
    return found


def _named(element: Element) -> bool:
    """Whether a control says what it is for: by its text, its pictures' or its own label."""
    own = element.get("aria-label") or element.get("aria-labelledby")
    return bool(own or "".join(element.itertext()).strip() or any(child.get("alt") for child in element.iter("img")))


# Shapes of pages in which nothing was found: most pages of a run have been read before, with other numbers.
_SOUND: set[int] = set()
# Neither those of a name (`h1`, `q2`) nor those of a character (`&#39;`).
_NUMBER = re.compile(r"(?<![#\w])\d+")


def shape(html: str) -> int:
    """The same for pages that differ by their token and their numbers alone: equal numbers stay so, and others too."""
    ranks: dict[str, str] = {}
    html = html.replace(token_of(html) or "no token", "")
    return hash(_NUMBER.sub(lambda number: ranks.setdefault(number[0], f"#{len(ranks)}#"), html))


def token_of(html: str) -> str | None:
    marker = 'name="csrf_token" value="'
    _, found, rest = html.partition(marker)
    return rest.split('"', 1)[0] if found else None


class LintingClient(FlaskClient):
    """Fetches pages, lints them, and posts with the token of the last page seen (as a person's browser would)."""

    token: str | None = None
    lints = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # A page as a browser gets it, but uncompressed.
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.status_code not in {301, 302, 303, 307, 308}:
            html = response.get_data(as_text=True)
            assert "unsafe" not in response.headers["Content-Security-Policy"]
            if self.lints and (seen := shape(html)) not in _SOUND:
                found = problems(html)
                assert not found, f"{response.request.path}: " + "; ".join(found)
                _SOUND.add(seen)
            self.token = token_of(html) or self.token
        return response

    def post(self, *args: Any, **kwargs: Any) -> TestResponse:
        data = kwargs.get("data")
        if (data is None or isinstance(data, dict)) and self.token and "csrf_token" not in (data or {}):
            kwargs["data"] = {**(data or {}), "csrf_token": self.token}
        return super().post(*args, **kwargs)

    def sign_in(self, person: Any, user_agent: str = "") -> None:
        """As after a sign-in of that person, without its page (which has tests of its own)."""
        assert factories.session_of_test is not None, "the test needs the fixture `owner`"
        cookie = factories.cookie_of(factories.session_of_test, person.id, user_agent)
        with self.session_transaction() as session:
            session["_user_id"] = cookie
            session["_fresh"] = True
