"""The charter in force has a page for everybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from assett.organizations.models import Charter
from assett.spaces.models import Space
from tests.factories import CharterFactory, SpaceFactory
from tests.linting import LintingClient


@pytest.fixture
def space(owner: Session) -> Space:
    space: Space = SpaceFactory(slug="ici")
    return space


@pytest.fixture
def charter(space: Space) -> Charter:
    CharterFactory(space_id=space.id, text={"fr": "L’ancienne."})
    charter: Charter = CharterFactory(space_id=space.id, version=2, published_at=datetime(2025, 3, 5, tzinfo=UTC))
    return charter


def test_a_visitor_reads_it_from_the_home_page(client: LintingClient, charter: Charter) -> None:
    assert 'href="/ici/charte"' in client.get("/ici/").text
    shown = client.get("/ici/charte").text.replace("\xa0", " ")
    assert "<h1>La charte des acteurs engagés</h1>" in shown and "Nous <strong>agissons</strong> ensemble." in shown
    assert "Version 2, en vigueur depuis le 5 mars 2025." in shown and "data-print" in shown
    assert "L’ancienne." not in shown


def test_it_is_read_in_each_of_its_languages(client: LintingClient, charter: Charter, space: Space) -> None:
    shown = client.get("/ici/charte?langue=en").text
    assert '<div class="prose" lang="en">' in shown and "We <strong>act</strong> together." in shown
    CharterFactory(space_id=space.id, version=3, title={"fr": "Charte"}, text={"fr": "En français seulement."})
    shown = client.get("/ici/charte?langue=en").text
    assert '<div class="prose">' in shown and "En français seulement." in shown and "Langue du texte" not in shown


def test_a_language_that_the_space_does_not_offer_is_not_offered_here(
    client: LintingClient, charter: Charter, space: Space, owner: Session
) -> None:
    space.languages = ["fr"]
    owner.commit()
    for address in ("/ici/charte", "/ici/charte?langue=en"):
        shown = client.get(address).text
        assert "Nous <strong>agissons</strong> ensemble." in shown and "English" not in shown and "We <" not in shown


def test_there_is_no_page_before_one_is_published(client: LintingClient, owner: Session, space: Space) -> None:
    CharterFactory(space_id=space.id, published_at=None)
    CharterFactory(space_id=space.id, version=2, published_at=datetime.now(UTC) + timedelta(days=1))
    CharterFactory(space_id=SpaceFactory(slug="ailleurs").id)
    assert client.get("/ici/charte").status_code == 404
    assert 'href="/ici/charte"' not in client.get("/ici/").text
