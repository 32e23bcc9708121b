"""A new resource for what is missing is aimed at those who miss it, as nearly as answers tell them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.assessments.arranging import document
from tests.linting import LintingClient
from tests.resources.arranging import Territory, answered, own, territory
from tests.resources.test_together import text

ALL = ["papier", "verre", "bois"]


@pytest.fixture
def here(client: LintingClient, owner: Session) -> Territory:
    """Thirty structures sort all that can be sorted."""
    tree = document()
    choices = [{"id": word, "label": word, "points": 1} for word in ALL]
    tree["categories"][1]["questions"][0]["choices"] = [*choices, {"id": "aucun", "label": "Rien", "exclusive": True}]
    here = territory(tree=tree)
    answered(here.where, 30, suivi="oui", tri=ALL, compost=True)
    here.enter(client, here.editor)
    return here


def hole(client: LintingClient, here: Territory) -> str:
    """What is said of the question on sorting, to the address of a new resource."""
    found = re.search(r"<h2[^>]*>Que triez-vous \?.*?</li>", text(client.get(here.url("/manques"))), re.S)
    return found[0] if found else ""


def address(said: str) -> str:
    found = re.search(r'href="([^"]+/nouvelle[^"]*)"', said)
    assert found is not None
    return found[1]


def test_those_who_tick_what_the_strong_tick_too_are_reached_by_their_level(
    client: LintingClient, here: Territory
) -> None:
    answered(here.where, 6, suivi="oui", tri=["aucun"], compost=False)
    answered(here.where, 6, suivi="oui", tri=["papier"], compost=False)
    said = hole(client, here)
    assert "Point faible d’environ 10 structures" in said and "Aucune réponse ne les distingue" not in said
    assert "Elle serait proposée à environ 10 structures" in text(client.get(address(said)))
    aims: dict[str, Any] = {"for": [{"question": "tri", "is": ["aucun"]}, {"category": "dechets", "levels": ["bas"]}]}
    own(here.space, "trier", **aims)
    # Whoever is shown it for their level has help on that question.
    assert hole(client, here) == ""


def test_where_nothing_tells_them_apart_it_is_said_whom_it_would_reach(client: LintingClient, here: Territory) -> None:
    answered(here.where, 12, suivi="oui", tri=["papier"], compost=True)
    said = hole(client, here)
    assert (
        "Aucune réponse ne les distingue tout à fait" in said and "la ressource irait à environ 40 structures" in said
    )
    assert "Elle serait proposée à environ 40 structures" in text(client.get(address(said)))
