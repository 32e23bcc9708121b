"""A completed result is worked out once, and anew for whatever it would say otherwise."""

from __future__ import annotations

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


def begin(client: LintingClient, where: Place) -> str:
    """Begin an assessment and answer all of it."""
    client.sign_in(where.person)
    structure = where.url(f"structures/{where.participation.id}/")
    client.get(structure)
    url = str(client.post(f"{structure}auto-evaluations").location).removesuffix("profil")
    answered(client, where, url)
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


def offer(session: Session, where: Place, **of: str) -> None:
    replace_all(session, where.space.id, [{**LOAN, **of}], now=datetime.now(UTC))
    session.commit()


def test_it_is_worked_out_once(client: LintingClient, result: str, worked_out: list[Any]) -> None:
    client.get(result)  # it says once that it is completed
    first = client.get(result).get_data(as_text=True)
    assert client.get(result).get_data(as_text=True) == first
    assert len(worked_out) == 1


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
