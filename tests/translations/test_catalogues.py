"""Both languages are complete, and every translation can be filled in as its source is."""

from __future__ import annotations

import re

from babel.messages.catalog import Message

from assett.translations.__main__ import catalogue, texts, untranslated, updated

PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


def test_the_catalogues_hold_every_text_of_the_application() -> None:
    wanted = texts()
    for language in ("fr", "en"):
        content = updated(language, wanted)
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


def test_no_french_sentence_needs_an_elision_before_a_name() -> None:
    """« Le rôle de Inès », « membre de Le Fournil »: the sentence is turned so that any name fits in."""
    needing = re.compile(r"\b(de|que|si) %\((name|person|author|organization|who|email)\)s")
    sentences = [form for message in catalogue("en") for form in _forms(message)[0]]
    assert [each for each in sentences if needing.search(each)] == [
        "Confirmez que %(email)s est bien votre adresse, et votre compte est ouvert."
    ]


def test_english_is_british() -> None:
    """As its dates are."""
    american = re.compile(
        r"\b(\w*[gn]aniz\w+|\w+gniz\w+|\w+imiz\w+|\w*analyz\w+|colors?|centers?|favor\w*|behavior\w*)\b", re.IGNORECASE
    )
    words = [form for message in catalogue("en") for form in _forms(message)[1]]
    assert [each for each in words if american.search(PLACEHOLDER.sub("", each))] == []


def _forms(message: Message) -> tuple[list[str], list[str]]:
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    targets = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return sources, targets
