"""The forms that one writes at length ask before they are left (`data-unsaved`; in a browser: `test_browser`)."""

from __future__ import annotations

import re

import pytest

from assett.spaces.models import Space
from tests.linting import LintingClient


@pytest.mark.parametrize(
    "page",
    [
        *(
            f"reglages{part}"
            for part in (
                "",
                "/accueil",
                "/accueil/photo",
                "/apparence",
                "/langues",
                "/textes/editeur",
                "/textes/notice",
                "/annuaire",
                "/adresse",
                "/ouverture",
                "/charte/brouillon",
            )
        ),
        "ressources-du-territoire/nouvelle",
        "ressources-du-territoire/partenaires/nouveau",
    ],
)
def test_what_is_written_at_length_is_not_left_unawares(at_work: LintingClient, space: Space, page: str) -> None:
    assert re.search(r"<form [^>]*data-unsaved[ >]", at_work.get(f"/ici/{page}").text)


def test_what_was_refused_is_still_to_be_kept(at_work: LintingClient, space: Space) -> None:
    at_work.get("/ici/reglages")
    refused = at_work.post("/ici/reglages", data={"name": "", "programme": "La démarche"})
    assert refused.status_code == 422 and 'data-unsaved="typed"' in refused.text


def test_a_button_beside_the_form_leaves_nothing_typed(at_work: LintingClient, space: Space) -> None:
    at_work.get("/ici/reglages/adresse")
    shown = at_work.post("/ici/reglages/adresse/verifier").text
    assert re.search(r"<form [^>]*data-unsaved[ >]", shown) and "typed" not in shown
