"""Both languages are complete, and every translation can be filled in as its source is."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Message

from assett.translations.__main__ import catalogue, texts, untranslated, updated

PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_catalogue_holds_every_text_of_the_application(language: str) -> None:
    content = updated(language, texts())
    assert untranslated(content) == [], "make i18n, then translate"
    assert {str(message.id) for message in catalogue(language)} == {str(message.id) for message in content}


def test_a_translation_keeps_its_placeholders() -> None:
    wrong = []
    for message in catalogue("en"):
        sources, targets = _forms(message)
        for target in targets:
            missing = set(PLACEHOLDER.findall(target)) - set(PLACEHOLDER.findall(" ".join(sources)))
            lost = set(PLACEHOLDER.findall(sources[-1])) - set(PLACEHOLDER.findall(target))
            # « one answer » may do without its number.
            if missing or lost - ({"%(num)s", "%(count)s"} if target is targets[0] and len(targets) > 1 else set()):
                wrong.append((target, missing | lost))
    assert wrong == []


def _forms(message: Message) -> tuple[list[str], list[str]]:
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    targets = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return sources, targets
