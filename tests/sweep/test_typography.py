"""What actors and visitors read in French is typeset, whoever wrote it: no line begins with a double sign."""

from __future__ import annotations

import re

import html5lib
from flask import Flask
from sqlalchemy.orm import Session

from tests.sweep.inhabited import inhabited
from tests.sweep.test_pages import pages_of

ORDINARY = re.compile(r".{0,40}(?:\S [:;?!»](?:\s|$)|« ).{0,20}")
# What is typed, or code.
SPARED = {"script", "style", "code", "pre", "textarea", "option", "title"}


def test_no_double_sign_stands_after_an_ordinary_space(app: Flask, owner: Session) -> None:
    here = inhabited(slug="ici", theme="grand-poitiers")
    found = set()
    # Not the workshop of the team, where texts are written.
    for url, who in pages_of(app, here, "owner"):
        client = app.test_client()
        if who != "visitor":
            client.sign_in(getattr(here, who))
        tree = html5lib.parse(client.get(url).get_data(as_text=True), namespaceHTMLElements=False)
        for element in tree.iter():
            if not isinstance(element.tag, str):
                continue
            texts = [element.tail or ""] + ([element.text or ""] if element.tag not in SPARED else [])
            found |= {f"{url}: {said[0]}" for text in texts for said in [ORDINARY.search(text)] if said}
    assert sorted(found) == []
