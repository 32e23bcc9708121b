"""Conditions in words: whole sentences, which say what the condition asks, whatever it negates."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assett.engine.drafting.pieces import take_apart
from assett.questionnaires.conditions import Asked, Otherwise, Said, Several, phrase, shown_if
from assett.studio.cards import condition_said, condition_words, known_subjects
from tests.studio.browsing import plain

PARTS = take_apart(
    {
        "categories": [
            {
                "id": "c",
                "title": "C",
                "questions": [
                    {
                        "id": "a",
                        "type": "single",
                        "title": "Bail ?",
                        "choices": [
                            {"id": "x", "label": "Court"},
                            {"id": "y", "label": "Long"},
                            {"id": "z", "label": "Nul"},
                        ],
                    },
                    {"id": "b", "type": "boolean", "title": "Local ?"},
                    {"id": "n", "type": "number", "title": "Étages"},
                ],
            }
        ]
    }
)
A, B = {"question": "a", "is": "x"}, {"question": "b", "is": True}
TWO, MORE = {"question": "a", "is": ["x", "y"]}, {"question": "n", "at_least": 3}


@pytest.mark.parametrize(
    ("raw", "shown", "said"),
    [
        (A, "Affichée si « Bail ? » est « Court »", "« Bail ? » est « Court »"),
        ({"not": A}, "Affichée sauf si « Bail ? » est « Court »", "« Bail ? » n’est pas « Court »"),
        ({"not": {"not": A}}, "Affichée si « Bail ? » est « Court »", "« Bail ? » est « Court »"),
        (
            {"any": [{"not": A}, {"not": B}]},
            "Affichée si « Bail ? » n’est pas « Court » ou si « Local ? » n’est pas « Oui »",
            "« Bail ? » n’est pas « Court » ou « Local ? » n’est pas « Oui »",
        ),
        (
            {"all": [A, {"not": TWO}]},
            "Affichée si « Bail ? » est « Court » et si « Bail ? » n’est ni « Court » ni « Long »",
            "« Bail ? » est « Court » et « Bail ? » n’est ni « Court » ni « Long »",
        ),
        (
            {"not": {"any": [A, B]}},
            "Affichée sauf si « Bail ? » est « Court » ou si « Local ? » est « Oui »",
            "« Bail ? » n’est pas « Court » et « Local ? » n’est pas « Oui »",
        ),
        (
            {"not": {"all": [{"not": A}, B]}},
            "Affichée sauf si « Bail ? » n’est pas « Court » et si « Local ? » est « Oui »",
            "« Bail ? » est « Court » ou « Local ? » n’est pas « Oui »",
        ),
        (
            {"all": [MORE, {"not": {"all": [A, B]}}]},
            "Affichée si « Étages » vaut au moins 3 et (si « Bail ? » n’est pas « Court » ou si « Local ? » n’est pas "
            "« Oui »)",
            "« Étages » vaut au moins 3 et (« Bail ? » n’est pas « Court » ou « Local ? » n’est pas « Oui »)",
        ),
        ({"not": MORE}, "Affichée sauf si « Étages » vaut au moins 3", "« Étages » n’atteint pas 3"),
        (
            {"any": [A, {"not": {"question": "n", "at_least": 1, "at_most": 2.5}}]},
            "Affichée si « Bail ? » est « Court » ou si « Étages » n’est pas entre 1 et 2,5",
            "« Bail ? » est « Court » ou « Étages » n’est pas entre 1 et 2,5",
        ),
        (
            {"any": [A, {"not": {"question": "n", "at_most": 2}}]},
            "Affichée si « Bail ? » est « Court » ou si « Étages » n’est pas de 2 au plus",
            "« Bail ? » est « Court » ou « Étages » n’est pas de 2 au plus",
        ),
        ({"all": []}, "Toujours affichée", "toujours"),
        ({"any": []}, "Jamais affichée", "jamais"),
        ({"not": {"all": []}}, "Jamais affichée", "jamais"),
        ({"all": [A, {"all": []}]}, "Affichée si « Bail ? » est « Court »", "« Bail ? » est « Court »"),
    ],
)
def test_a_condition_is_a_whole_sentence(app: Flask, raw: dict[str, Any], shown: str, said: str) -> None:
    with app.test_request_context():
        assert plain(condition_words(raw, PARTS, "fr")) == shown
        assert plain(condition_said(raw, known_subjects(PARTS, "fr"))) == said


_tests = st.integers(0, 2).map(lambda n: Asked(f"v[{n}]", f"not v[{n}]"))
_said: st.SearchStrategy[Said] = st.recursive(
    _tests,
    lambda inner: (
        st.builds(Otherwise, inner) | st.builds(Several, st.booleans(), st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=6,
)


def _holds(said: Said, v: tuple[bool, ...]) -> bool:
    match said:
        case Asked():
            return bool(eval(said.said, {"v": v}))
        case Otherwise(of):
            return not _holds(of, v)
        case Several(together, inner):
            return (all if together else any)(_holds(each, v) for each in inner)


def _read(sentence: str, v: tuple[bool, ...]) -> bool:
    """A sentence read word by word, as a respondent would."""
    words = {"toujours": "True", "jamais": "False", " et ": " and ", " ou ": " or ", "si ": ""}
    for word, meaning in words.items():
        sentence = sentence.replace(word, meaning)
    return bool(eval(sentence, {"v": v}))


@given(_said)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_said_is_what_is_asked(app: Flask, said: Said) -> None:
    with app.test_request_context():
        told, shown = phrase(said), shown_if(said)
    fixed = {"Toujours affichée": True, "Jamais affichée": False}
    for v in product((False, True), repeat=3):
        assert _read(told, v) is _holds(said, v)
        if shown in fixed:
            assert fixed[shown] is _holds(said, v)
        elif shown.startswith("Affichée sauf "):
            assert _read(shown.removeprefix("Affichée sauf "), v) is not _holds(said, v)
        else:
            assert _read(shown.removeprefix("Affichée "), v) is _holds(said, v)
