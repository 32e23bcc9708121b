"""A resource that suits many may be read by few: a result shows a few first, and the others to whoever asks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assett.assessments import reach
from assett.resources import audience
from tests.linting import LintingClient
from tests.resources.arranging import Territory, answered, completed, national, own, territory
from tests.resources.test_base import FORM
from tests.resources.test_together import text

NO = {"for": [{"question": "suivi", "is": ["non"]}]}
LINE = {"for.0.of": "question/suivi", "for.0.was": "question/suivi", "for.0.is": "non"}


@pytest.fixture
def here(owner: Session) -> Territory:
    """Of three resources for the same answer, a result shows the first two."""
    here = territory()
    answered(here.where, 20, suivi="non", compost=True, tri=["verre"])
    own(here.space, "premiere", priority=90, **NO)
    own(here.space, "deuxieme", priority=80, **NO)
    national("derniere", priority=10, **NO)
    return here


def figures(page: Any) -> dict[str, str]:
    """What the list says of each resource."""
    return dict(re.findall(r"Ressource (\w+)</a></h3>.*?<p class=\"small\">(.*?)</p>", text(page), re.S))


def told(client: LintingClient, here: Territory, path: str = "/nouvelle", **fields: Any) -> str:
    page = text(client.post(here.url(path), data={**FORM, **LINE, "do": "show", **fields}))
    found = re.search(r"<strong>(Elle serait[^<]*)</strong>", page)
    assert found is not None
    return found[1]


def test_the_list_says_whom_a_resource_suits_and_who_reads_it_first(client: LintingClient, here: Territory) -> None:
    here.enter(client, here.editor)
    page = client.get(here.url())
    assert figures(page) == {
        "premiere": "Proposée à environ 20 structures, en tête pour environ 20",
        "deuxieme": "Proposée à environ 20 structures, en tête pour environ 20",
        "derniere": "Proposée à environ 20 structures, en tête pour moins de 5",
    }
    assert "« en tête », celles à qui il la montre parmi les premières" in text(page)
    assert text(page).count("Les résultats non partagés n’entrent dans ces chiffres qu’à partir de cinq") == 1


def test_the_page_of_a_resource_says_both_too(client: LintingClient, owner: Session, here: Territory) -> None:
    last = national("autre", priority=5, **NO)
    here.enter(client, here.editor)
    page = text(client.get(here.url(f"/{last.id}")))
    assert "<p>Proposée à environ 20 structures, en tête pour moins de 5.</p>" in page
    assert "« en tête », celles" in page


@pytest.mark.parametrize(("priority", "first"), [("100", "environ 20"), ("10", "moins de 5"), ("", "moins de 5")])
def test_whoever_aims_a_resource_reads_what_its_priority_makes_of_it(
    client: LintingClient, here: Territory, priority: str, first: str
) -> None:
    here.enter(client, here.editor)
    said = f"à environ 20 structures, sur environ 20 qui ont un résultat ; en tête pour {first}."
    assert told(client, here, priority=priority).endswith(said)


def test_a_resource_that_is_changed_does_not_stand_before_itself(
    client: LintingClient, owner: Session, here: Territory
) -> None:
    third = own(here.space, "troisieme", priority=60, **NO)
    here.enter(client, here.editor)
    path = f"/{third.id}/modifier"
    assert told(client, here, path, priority="60").endswith("en tête pour moins de 5.")
    assert told(client, here, path, priority="85").endswith("en tête pour environ 20.")


def test_for_everybody_a_resource_comes_after_the_others(client: LintingClient, here: Territory) -> None:
    here.enter(client, here.editor)
    said = "à environ 20 structures, après les ressources choisies pour elles ; en tête pour environ 20."
    nowhere = dict.fromkeys(LINE, "")
    assert told(client, here, **nowhere).endswith(said)


@pytest.mark.parametrize(
    ("module", "name", "work"), [(reach, "MOST", "score"), (audience, "MOST_WORKED_OUT", "recommend")]
)
def test_of_a_crowd_some_stand_for_all(
    client: LintingClient, here: Territory, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, work: str
) -> None:
    answered(here.where, 40, suivi="non", compost=True, tri=["verre"])
    done, whole = [], getattr(module, work)

    def counted(*given: Any, **more: Any) -> Any:
        done.append(work)
        return whole(*given, **more)

    monkeypatch.setattr(module, name, 30)
    monkeypatch.setattr(module, work, counted)
    here.enter(client, here.editor)
    assert figures(client.get(here.url())) == {
        "premiere": "Proposée à environ 60 structures, en tête pour environ 60",
        "deuxieme": "Proposée à environ 60 structures, en tête pour environ 60",
        "derniere": "Proposée à environ 60 structures, en tête pour moins de 5",
    }
    assert 10 <= len(done) <= 50
    assert "sur environ 60 qui ont un résultat" in told(client, here)
    assert "Point faible d’environ 60 structures" in text(client.get(here.url("/manques")))


def test_what_the_list_says_is_what_a_result_shows(client: LintingClient, here: Territory) -> None:
    mine = completed(here.where, here.where.participation, suivi="non", compost=True)
    client.sign_in(here.where.person)
    page = text(client.get(f"/{here.space.slug}/auto-evaluations/{mine.id}/resultat"))
    assert "Ressource premiere" in page and "Ressource deuxieme" in page and "Ressource derniere" not in page
    assert re.search(r"Voir les \d+ ressources qui vous correspondent", page)
