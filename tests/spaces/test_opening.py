"""A day that has come already opens a space that was shut: asked about, and told as it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from assett.core.i18n import show_day
from assett.kernel.clock import today_in_paris
from assett.spaces.models import Space
from tests.linting import LintingClient
from tests.spaces.conftest import typed, undo
from tests.spaces.test_settings import Read, closed, hidden, ready, settings


@pytest.mark.parametrize(
    ("days_ago", "said"), [(2000, "est déjà passé : tout le monde entrera"), (0, "c’est aujourd’hui : tout le monde")]
)
def test_a_day_that_has_come_opens_at_once_only_with_a_word_and_since_now(
    at_work: LintingClient, space: Space, owner: Session, now_is: Read, days_ago: int, said: str
) -> None:
    ready(owner, closed(owner, space))
    today = today_in_paris()
    day = {"opens_on": (today - timedelta(days=days_ago)).isoformat()}
    at_work.get(settings("/ouverture"))
    asked = at_work.post(settings("/ouverture"), data=day)
    told = asked.text.replace("\xa0", " ")
    assert asked.status_code == 422 and "Ouvrir l’espace à tous dès maintenant ?" in told and said in told
    assert "Il manque" not in told and now_is(space).opened_at is None
    assert at_work.post(settings("/ouverture"), data={**day, **typed(asked.text)}).status_code == 303
    shown = at_work.get(settings("/ouverture")).text
    assert f'name="opens_on" type="date" value="{today}"' in shown
    assert now_is(space).opened_at >= datetime.now(UTC) - timedelta(minutes=5)
    # Back to what was before, and back again: the days that come back open with a word too.
    at_work.post(settings("/retablir/opening"), data=hidden(undo(at_work, "opening", "ouverture").text))
    again = undo(at_work, "opening", "ouverture")
    assert again.status_code == 422 and "Revenir à ce qui était avant ouvre l’espace" in again.text
    assert now_is(space).opened_at is None


@pytest.mark.parametrize(
    ("days_ago", "asks", "tells"),
    [
        (3, "Le {day} est déjà passé : tout le monde entrera", "Le {day} est déjà passé : l’espace est ouvert à tous"),
        (0, "Le {day}, c’est aujourd’hui", "Les dates sont enregistrées : l’espace est ouvert à tous dès maintenant."),
    ],
)
def test_the_day_that_was_typed_is_told_though_something_is_missing(
    at_work: LintingClient, space: Space, owner: Session, now_is: Read, days_ago: int, asks: str, tells: str
) -> None:
    closed(owner, space)
    day = today_in_paris() - timedelta(days=days_ago)
    at_work.get(settings("/ouverture"))
    asked = at_work.post(settings("/ouverture"), data={"opens_on": day.isoformat()})
    told = asked.text.replace("\xa0", " ")
    words = show_day(day).replace("\xa0", " ")
    assert asks.format(day=words) in told and "Il manque encore quelque chose." in told
    answer = {"opens_on": day.isoformat(), **typed(asked.text)}
    done = at_work.post(settings("/ouverture"), data=answer, follow_redirects=True)
    assert tells.format(day=words) in done.text.replace("\xa0", " ")


def test_an_edition_that_is_over_and_shown_again_is_saved_as_it_is(
    at_work: LintingClient, space: Space, owner: Session, now_is: Read
) -> None:
    row = closed(owner, space)
    row.opened_at, row.closed_at = datetime.now(UTC), datetime(2024, 6, 1, 22, tzinfo=UTC)
    owner.commit()
    days = {"opens_on": today_in_paris().isoformat(), "closes_on": "2024-06-01"}
    at_work.get(settings("/ouverture"))
    assert at_work.post(settings("/ouverture"), data=days).status_code == 303
