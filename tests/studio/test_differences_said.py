"""What changed between two versions, in the language of whoever reads."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, g

from assett.engine.document import Document
from assett.engine.reading import read_document
from assett.questionnaires import words
from tests.engine.builders import category, document, question


def aimed(level: str, answer: bool, kind: str, type: str) -> Document:
    titles: dict[str, Any] = {"fr": "Le guide", "en": "The guide"}
    return read_document(
        document(
            category("k", question("q", "boolean", title={"fr": "Triez-vous ?", "en": "Do you sort?"}), title="Tri"),
            languages=["fr", "en"],
            levels=[
                {"id": "low", "from": 0, "label": {"fr": "Débutant", "en": "Beginner"}},
                {"id": "high", "from": 0.5, "label": {"fr": "Avancé", "en": "Advanced"}},
            ],
            profile=[
                {
                    "id": "kind",
                    "type": "single",
                    "title": {"fr": "Statut", "en": "Status"},
                    "choices": [{"id": each, "label": each.title()} for each in ("firme", "club")],
                }
            ],
            resources=[
                {
                    "id": "r",
                    "title": titles,
                    "url": "https://example.org/",
                    "type": type,
                    "for": [{"category": "k", "levels": [level]}, {"question": "q", "is": answer}],
                    "who": {"kind": [kind]},
                }
            ],
        )
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "fr",
            [
                "Type : guide → formation",
                "Conseillée quand : « Tri » est « Débutant » ou « Triez-vous ? » est « Non » "
                "→ « Tri » est « Avancé » ou « Triez-vous ? » est « Oui »",
                "Réservée à : « Statut » est « Firme » → « Statut » est « Club »",
            ],
        ),
        (
            "en",
            [
                "Type: guide → training",
                "Recommended when: “Tri” is “Beginner” or “Do you sort?” is “No” "
                "→ “Tri” is “Advanced” or “Do you sort?” is “Yes”",
                "Reserved for: “Status” is “Firme” → “Status” is “Club”",
            ],
        ),
    ],
)
def test_whom_a_resource_is_for_is_said_in_words(app: Flask, language: str, said: list[str]) -> None:
    before, after = aimed("low", False, "firme", "guide"), aimed("high", True, "club", "training")
    with app.test_request_context("/"):
        g.preferred_language = language
        (group,) = words.changes(before, after, language).groups
        (thing,) = group.things
        assert [line.text.replace("\xa0", " ") for line in thing.lines] == said
