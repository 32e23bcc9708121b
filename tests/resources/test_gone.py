"""A resource whose question is gone is told in the words that it had, and leads to where it is aimed anew."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assett.resources.models import Resource
from tests.assessments.arranging import document
from tests.factories import QuestionnaireVersionFactory
from tests.linting import LintingClient
from tests.resources.arranging import Territory, answered, national, own, territory
from tests.studio.browsing import plain

AIMS = [
    {"question": "eau", "is": ["attendre", "?"]},
    {"question": "parler", "is": [False]},
    {"question": "suivi", "is": ["jadis"]},
    {"category": "local", "levels": ["graine"]},
    {"question": "jamais-vue", "is": ["rien-du-tout"]},
]
WATER: dict[str, Any] = {
    "id": "local",
    "title": "Chez nous",
    "levels": [{"id": "graine", "from": 0, "label": "Graine"}, {"id": "pousse", "from": 1, "label": "Pousse"}],
    "questions": [
        {
            "id": "eau",
            "title": "Un robinet qui goutte",
            "type": "single",
            "unknown": True,
            "choices": [{"id": "attendre", "label": "J’attends"}, {"id": "agir", "label": "Non", "points": 1}],
        },
        {"id": "parler", "title": "En parlez-vous ?", "type": "boolean"},
    ],
}  # fmt: skip


@pytest.fixture
def here(owner: Session) -> Territory:
    """A space whose version in service has lost a category that its former one had."""
    before = document()
    before["categories"].append(WATER)
    before["categories"][0]["questions"][0]["choices"].append({"id": "jadis", "label": "Autrefois"})
    found = territory(tree=before)
    factory: Any = QuestionnaireVersionFactory
    questionnaire = found.where.version.questionnaire
    found.where.version = factory(
        space_id=found.space.id,
        questionnaire=questionnaire,
        number=2,
        document=document(),
        published_at=datetime(2025, 1, 1, tzinfo=UTC),
    )
    return found


@pytest.fixture
def lost(here: Territory) -> Resource:
    return own(here.space, "goutte", title="Un plombier", **{"for": AIMS})


def test_what_is_gone_is_said_in_its_last_words(client: LintingClient, here: Territory, lost: Resource) -> None:
    here.enter(client, here.editor)
    page = plain(client.get(here.url(f"/{lost.id}")).text)
    absent = "– absente du questionnaire en service"
    assert f"Un robinet qui goutte : « J’attends » ou « Je ne sais pas » {absent}" in page
    assert f"En parlez-vous ? « Non » {absent}" in page
    assert "« Autrefois » – réponse disparue" in page
    assert f"Niveau atteint en « Chez nous » : « Graine » {absent}" in page
    assert f"Une question disparue : « une réponse disparue » {absent}" in page
    assert f"/{lost.id}/modifier#visee" in page
    edit = plain(client.get(here.url(f"/{lost.id}/modifier")).text)
    assert "« Un robinet qui goutte » (n’existe plus)" in edit and "« J’attends » (réponse disparue)" in edit
    assert "« Une question disparue » (n’existe plus)" in edit
    for text in (page, edit):
        assert not re.search(r"« (eau|attendre|graine|jadis|false|\?|jamais-vue|rien-du-tout) »", text)


def test_nobody_is_said_to_be_shown_what_aims_at_nothing(
    client: LintingClient, owner: Session, here: Territory, lost: Resource
) -> None:
    answered(here.where, 10, suivi="non")
    kept = own(here.space, "suivre", **{"for": [{"question": "suivi", "is": ["non"]}]})
    here.enter(client, here.editor)
    assert "roposée à environ 10 structures" in client.get(here.url(f"/{kept.id}")).text
    assert (
        "structures"
        not in client.get(here.url(f"/{lost.id}")).text.partition("Ce qu’elle apporte")[2].partition("<h2")[0]
    )


def test_words_of_before_cost_few_statements(
    client: LintingClient, here: Territory, lost: Resource, statements: list[str]
) -> None:
    here.enter(client, here.editor)
    for path in (f"/{lost.id}", f"/{lost.id}/modifier"):
        statements.clear()
        client.get(here.url(path))
        assert len(statements) <= 12, path


def test_a_national_resource_says_of_its_levels_those_that_the_grid_has(client: LintingClient, here: Territory) -> None:
    levels = [level["id"] for level in document()["levels"]]
    labels = [level["label"] for level in document()["levels"]]
    for_ = [
        {"category": "energie", "levels": [levels[0], "ailleurs"]},
        {"category": "energie", "levels": ["ailleurs"]},
    ]
    row = national("loin", title="Loin d’ici", **{"for": for_})
    here.enter(client, here.editor)
    page = plain(client.get(here.url(f"/{row.id}")).text)
    assert f"Niveau atteint en « Énergie » : « {labels[0]} »<" in re.sub(r"\s*<", "<", page)
    assert "– niveau absent de votre grille" in page and "disparue" not in page.partition("<main")[2]
