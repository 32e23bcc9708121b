"""What the studio itself calls what nobody has named yet is known to the warning, in either language."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale, gettext

from assett.core.i18n import LANGUAGES
from assett.engine.analysis import analyse
from assett.engine.compiled import compile_document
from assett.engine.drafting.pieces import put_together, take_apart
from assett.engine.reading import read_document
from assett.engine.unnamed import UNNAMED
from assett.studio import forms


@pytest.mark.parametrize("place", range(len(LANGUAGES)))
def test_the_names_that_the_warning_knows_are_those_that_pages_put(app: Flask, place: int) -> None:
    with app.test_request_context(), force_locale(list(LANGUAGES)[place]):
        assert {name: gettext(name) for name in UNNAMED} == {name: names[place] for name, names in UNNAMED.items()}


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_what_the_studio_names_is_warned_about(app: Flask, language: str) -> None:
    with app.test_request_context(), force_locale(language):
        parts = take_apart(forms.blank("Le nôtre", [language]))
        parts, added = forms.perform(parts, forms.Operation("add", "category/"))
        parts, _ = forms.perform(
            parts, forms.Operation("add", "question/", type="multiple", title="Que faites-vous ?", category="categorie")
        )
        parts, _ = forms.perform(
            parts, forms.Operation("add", "question/", type="single", title="Et là ?", category=added.partition("/")[2])
        )
    assert _waiting(put_together(parts)) == [
        "categories[0].title",
        "categories[0].questions[0].choices[0].label",
        "categories[0].questions[0].choices[1].label",
        "categories[1].title",
    ]


def _waiting(tree: dict[str, Any]) -> list[str]:
    found = analyse(compile_document(read_document(tree)), None, tree)
    return [each.path for each in found.warnings if each.kind == "placeholder"]
