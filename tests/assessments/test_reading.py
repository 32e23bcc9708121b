"""A completed result is worked out once, and anew for whatever it would say otherwise."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assett.assessments import restitution, views
from assett.resources.service import replace_all
from tests.assessments.arranging import Place, place
from tests.assessments.test_restitution import answered
from tests.linting import LintingClient

LOAN = {"id": "pret", "title": "Prêt vert", "type": "funding", "url": "https://example.org/", "provider": "La banque"}


@pytest.fixture
def where(owner: Session) -> Place:
    return place()


def begin(client: LintingClient, where: Place, **energy: str) -> str:
    """Begin an assessment and answer all of it."""
    client.sign_in(where.person)
    structure = where.url(f"structures/{where.participation.id}/")
    client.get(structure)
    url = str(client.post(f"{structure}auto-evaluations").location).removesuffix("profil")
    answered(client, where, url, **energy)
    return url


@pytest.fixture
def result(client: LintingClient, where: Place) -> str:
    """The address of a completed result."""
    url = begin(client, where)
    assert client.post(f"{url}terminer").location == f"{url}resultat"
    return f"{url}resultat"


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """One entry each time that a result is worked out."""
    times: list[Any] = []
    read = restitution._read

    def noted(*given: Any, **how: Any) -> restitution.Reading:
        times.append(given)
        return read(*given, **how)

    monkeypatch.setattr(restitution, "_read", noted)
    return times


def offer(session: Session, where: Place, **of: Any) -> None:
    replace_all(session, where.space.id, [{**LOAN, **of}], now=datetime.now(UTC))
    session.commit()


def test_it_is_worked_out_once(client: LintingClient, result: str, worked_out: list[Any]) -> None:
    client.get(result)  # it says once that it is completed
    first, second = (without_tokens(client.get(result).get_data(as_text=True)) for _ in range(2))
    assert first == second
    assert len(worked_out) == 1


def without_tokens(page: str) -> str:
    """The page without the tokens of its forms, which tell the second they were drawn in."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


def test_a_new_resource_is_shown_at_once(client: LintingClient, owner: Session, where: Place, result: str) -> None:
    assert "Prêt vert" not in client.get(result).get_data(as_text=True)
    offer(owner, where)
    assert "Prêt vert" in client.get(result).get_data(as_text=True)


def test_a_resource_goes_after_its_last_day(
    client: LintingClient, owner: Session, where: Place, result: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(owner, where, valid_until="2025-06-30")
    seen = []
    for day in (date(2025, 6, 30), date(2025, 7, 1)):
        monkeypatch.setattr(views, "today_in_paris", lambda day=day: day)
        seen.append("Prêt vert" in client.get(result).get_data(as_text=True))
    assert seen == [True, False]


def test_a_reader_without_the_right_is_not_served_from_memory(client: LintingClient, result: str) -> None:
    assert client.get(result).status_code == 200
    stranger = client.application.test_client()
    assert stranger.get(result).status_code in {302, 404}


def test_a_result_that_may_change_is_not_kept(client: LintingClient, where: Place, worked_out: list[Any]) -> None:
    url = begin(client, where)
    assert client.get(f"{url}resultat").status_code == client.get(f"{url}resultat").status_code == 200
    assert len(worked_out) == 2


def orders_told(client: LintingClient, result: str) -> list[str]:
    """What stands above the resources: the few, then all of them."""
    pages = [client.get(f"{result}{more}").get_data(as_text=True) for more in ("", "?ressources=toutes")]
    return [page.split('id="ressources"')[1].split("</p>")[0].rpartition(">")[2].strip() for page in pages]


def test_the_order_of_the_resources_is_told_as_it_is(
    client: LintingClient, owner: Session, where: Place, result: str
) -> None:
    assert orders_told(client, result) == [
        "D’abord celles de votre territoire, puis les plus utiles à vos catégories les plus faibles.",
        "D’abord celles que votre résultat met en avant, puis toutes les autres, celles de votre territoire devant.",
    ]


def test_without_a_resource_of_the_territory_the_order_names_none(
    client: LintingClient, owner: Session, where: Place
) -> None:
    offer(owner, where, **{"for": [{"category": "energie", "levels": ["bas", "haut"]}]})
    assert orders_told(client, f"{begin(client, where, suivi='oui')}resultat") == [
        "Les plus utiles à vos catégories les plus faibles d’abord.",
        "D’abord les plus utiles à vos catégories les plus faibles, puis toutes les autres.",
    ]


def test_a_resource_says_first_why_its_category_shows_it(
    client: LintingClient, owner: Session, where: Place, result: str
) -> None:
    """« Énergie » shows it, the waste that is sorted would show it too: the former is told first."""
    lines = [{"question": "tri", "is": "papier"}, {"category": "energie", "levels": ["bas"]}]
    offer(owner, where, **{"for": lines})
    why = client.get(result).get_data(as_text=True).split("Prêt vert")[1].split('class="why"')[1].split("</div>")[0]
    assert why.index("Énergie\u00a0: niveau «\u00a0Bas\u00a0»") < why.index("Que triez-vous")
