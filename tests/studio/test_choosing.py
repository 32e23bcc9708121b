"""What two editors choose between: shown as it is, told of whom it is, lost nowhere."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.questionnaires.models import QuestionnaireVersion
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, tree_of
from tests.studio.browsing import Data, form_fields, plain, settled


@pytest.fixture
def zoe(space: Any) -> Person:
    return editor(space)


@pytest.fixture
def yann(space: Any) -> Person:
    return editor(space, "Yann Éditeur")


def grid_fields(client: LintingClient, base: str) -> Data:
    return form_fields(client.get(f"{base}/grille").text, "form-grid")


def test_shares_that_differ_by_a_decimal_are_chosen_between(
    client: LintingClient, owner: Session, space: Any, zoe: Person, yann: Person
) -> None:
    draft = draft_of(owner, space)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    hers, his = grid_fields(client, base), grid_fields(client, base)
    client.post(f"{base}/modifier", data={**hers, "levels.1.from": ["33,3"]})
    client.sign_in(yann)
    page = client.post(f"{base}/modifier", data={**his, "levels.1.from": ["33,4"]}, follow_redirects=True).text
    told = plain(page).replace("<mark>", "").replace("</mark>", "")
    assert "33,3 %" in told and "33,4 %" in told
    assert "il n’y a plus rien à choisir" not in told
    settled(client, page, "mine")
    assert tree_of(owner, draft)["levels"][1]["from"] == Decimal("0.334")


def test_a_decimal_of_a_share_is_a_change_of_its_own(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion, zoe: Person
) -> None:
    draft = draft_of(owner, space, base_id=version.id)
    base = f"/poitiers/atelier/{draft.id}"
    client.sign_in(zoe)
    client.post(f"{base}/modifier", data={**grid_fields(client, base), "levels.1.from": ["40,4"]})
    step = plain(client.get(f"{base}/historique").text)
    assert "Ce qui a changé" in step and "40,4" in step
    told = plain(client.get(f"{base}/publier").text)
    assert "Seuil du niveau « Intermédiaire » : 40 % → 40,4 %" in told
