"""The way of an actor, as addresses; and how their browser saves an answer."""

from __future__ import annotations

import brotli
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.bench import population
from tests.bench.population import Populated, Respondent
from tests.linting import token_of

CATEGORIES = [category.id for category in population.national_base().document.categories]


def pages(populated: Populated, member: Respondent) -> dict[str, str]:
    """Every page that an actor meets, by name."""
    running = f"auto-evaluations/{member.running}/"
    completed = f"auto-evaluations/{member.completed}/"
    structure = f"structures/{member.participation}/"
    ways = {
        "home": "",
        "try-out": "essai",
        "structure": structure,
        "identity": f"{structure}identite",
        "members": f"{structure}membres",
        "listing": f"{structure}fiche",
        "summary": running,
        "profile": f"{running}profil",
        **{f"category {each}": f"{running}categorie/{each}" for each in CATEGORIES},
        "last look": f"{running}terminer",
        "provisional result": f"{running}resultat",
        "result": f"{completed}resultat",
        "result with every resource": f"{completed}resultat?ressources=toutes",
        "receipt": f"{completed}detail",
        "directory": "annuaire",
    }
    return {name: f"/{populated.slug}/{way}" for name, way in ways.items()}


def token(browser: FlaskClient, populated: Populated, member: Respondent) -> str:
    page = browser.get(pages(populated, member)[f"category {CATEGORIES[0]}"])
    found = token_of(page.get_data(as_text=True))
    assert found
    return found


def unpacked(response: TestResponse) -> str:
    """The text of an answer that may have travelled compressed."""
    packed = response.headers.get("Content-Encoding") == "br"
    return (brotli.decompress(response.data) if packed else response.data).decode("utf-8", "replace")


def save(
    browser: FlaskClient,
    populated: Populated,
    member: Respondent,
    token: str,
    question: str,
    value: str,
    seen: str = "0",
) -> TestResponse:
    """Save one answer as the page's script does."""
    response = browser.post(
        f"/{populated.slug}/auto-evaluations/{member.running}/reponse",
        data={
            "csrf_token": token,
            "question": question,
            f"answers.{question}": value,
            f"revision.{question}": seen,
        },
        headers={"Accept": "application/json", "Accept-Encoding": "br, gzip"},
    )
    assert response.status_code == 200, response.get_data(as_text=True)
    return response
