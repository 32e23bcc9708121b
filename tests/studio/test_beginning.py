"""What the first pages of the studio say: what to begin with, what waits to be translated."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.core.settings import ROOT
from assett.formats.files import load
from assett.questionnaires.models import QuestionnaireVersion
from assett.studio.models import Draft
from tests import factories
from tests.browsing import enter
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, open_as
from tests.studio.browsing import plain


def test_a_space_without_a_questionnaire_is_offered_the_fullest_first(
    client: LintingClient, owner: Session, space: Any
) -> None:
    for name in ("premier-pas", "socle-assett"):
        factories.QuestionnaireVersionFactory(
            space_id=None,
            questionnaire__space_id=None,
            questionnaire__slug=name,
            document=load(ROOT / f"questionnaires/{name}.yaml").tree,
        )
    client.sign_in(editor(space))
    page = client.get("/poitiers/atelier/").text
    checked = re.search(r'checked><span class="choice-text">(.*?)</span>', page, re.DOTALL)
    assert checked is not None and "Socle commun" in checked[1]
    assert re.search(r"\d+ questions, \d+ min au plus", plain(page))


def test_a_blank_page_has_a_title_first(client: LintingClient, owner: Session, space: Any) -> None:
    client.sign_in(editor(space))
    client.get("/poitiers/atelier/")
    refused = client.post("/poitiers/atelier/brouillons", data={"source": "blank", "title": " "})
    assert refused.status_code == 422 and "Donnez un titre" in plain(refused.text)
    assert re.search(r'value="blank" checked', refused.text)
    assert 'aria-describedby="title-hint title-error"' in refused.text
    assert owner.scalars(select(Draft)).all() == []
    begun = client.post("/poitiers/atelier/brouillons", data={"source": "blank", "title": "Nos gestes"})
    assert begun.status_code == 303
    assert [each.title for each in owner.scalars(select(Draft))] == ["Nos gestes"]
    # It is there: what is left is to publish it, not to begin it.
    home = plain(client.get("/poitiers/atelier/").text)
    assert "Publiez votre brouillon" in home and "Commencez un brouillon" not in home


def test_a_draft_of_the_national_base_is_proposed_the_name_of_the_programme(
    client: LintingClient, owner: Session, space: Any
) -> None:
    base = factories.QuestionnaireVersionFactory(
        space_id=None,
        questionnaire__space_id=None,
        questionnaire__slug="socle-assett",
        document=load(ROOT / "questionnaires/socle-assett.yaml").tree,
    )
    client.sign_in(editor(space))
    assert f'value="{space.programme}"' in client.get("/poitiers/atelier/").text
    for typed in (space.programme, "Socle commun", ""):
        client.post("/poitiers/atelier/brouillons", data={"source": str(base.id), "title": typed})
    own, national, untold = (each.tree["title"] for each in owner.scalars(select(Draft).order_by(Draft.id)))
    assert own == {"fr": space.programme, "en": space.programme}
    assert national == untold == {"fr": "Socle commun", "en": "Common base"}


def test_a_draft_of_one_s_own_questionnaire_keeps_its_title(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    client.sign_in(editor(space))
    client.get("/poitiers/atelier/")
    client.post("/poitiers/atelier/brouillons", data={"source": str(version.id), "title": "Autre"})
    assert owner.scalars(select(Draft)).one().tree["title"] == version.document["title"]


def test_a_title_is_asked_of_what_has_not_one_of_the_space_s_own(
    app: Flask, space: Any, version: QuestionnaireVersion, new_page: Any, live: str
) -> None:
    page = new_page()
    enter(app, page, editor(space), live)
    page.goto("/poitiers/atelier/")
    title = page.get_by_label("Titre du questionnaire")
    expect(page.get_by_role("button", name="Commencer")).to_be_visible()
    expect(title).to_be_hidden()
    page.get_by_label("une page blanche", exact=True).check()
    expect(title).to_be_visible()
    title.fill("Nos gestes")
    page.get_by_role("button", name="Commencer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nos gestes")


def test_what_waits_to_be_translated_is_counted_alike_everywhere(
    client: LintingClient, owner: Session, space: Any
) -> None:
    base = open_as(client, editor(space), draft_of(owner, space))
    page = plain(client.get(f"{base}/traductions").text)
    assert "Du français vers : English." in page and "Traductions (6, facultatif)" in page
    assert "Traductions à compléter (6)" in plain(client.get(f"{base}/verification").text)
