"""An answer that is refused is refused in the words of the page, never in those of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.assessments import cards
from assett.assessments.models import Answer, Assessment
from tests.assessments.arranging import document, place, running
from tests.assessments.test_journey import answer
from tests.assessments.test_reread import mark
from tests.browsing import enter, whole
from tests.linting import LintingClient


def tree() -> dict[str, Any]:
    """The document of `arranging`, in two languages, with an exclusive choice in the profile and a day to answer."""
    made = document()
    made["languages"] = ["fr", "en"]
    made["profile"].append(
        {
            "id": "food",
            "title": {"fr": "Fabriquez-vous de quoi manger ?", "en": "Do you make food?"},
            "type": "multiple",
            "choices": [
                {"id": "bread", "label": {"fr": "Oui, du pain", "en": "Yes, bread"}},
                {"id": "meals", "label": {"fr": "Oui, des repas", "en": "Yes, meals"}},
                {"id": "none", "label": {"fr": "Non", "en": "No"}, "exclusive": True},
            ],
        }
    )
    made["categories"][1]["questions"] += [
        {"id": "jour", "title": "Le prochain point ?", "type": "date"},
        {"id": "depuis", "title": "Depuis quand ?", "type": "date", "min": "2020-01-01"},
    ]
    return made


@pytest.fixture
def url(client: LintingClient, owner: Session) -> str:
    where = place(tree=tree(), languages=["fr", "en"])
    client.sign_in(where.person)
    begun = where.url(f"auto-evaluations/{running(where).id}/")
    client.get(begun)
    return begun


@pytest.mark.parametrize(("language", "said"), [("fr", "« Non » ne va avec aucun autre choix."), ("en", "“No”")])
def test_an_exclusive_choice_is_named_as_the_page_names_it(
    client: LintingClient, url: str, language: str, said: str
) -> None:
    client.post("/langue", data={"language": language, "next": "/"})
    client.get(url)
    sent = {"revision.kind": "0", "answers.kind": "company", "revision.food": "0", "answers.food": ["bread", "none"]}
    refused = client.post(f"{url}profil", data=sent)
    page = refused.text.replace("\xa0", " ")
    assert refused.status_code == 422 and said in page
    assert "«&nbsp;none" not in page and "« none »" not in page


def test_the_limit_of_a_text_is_stated_and_what_is_beyond_is_refused_not_cut(
    client: LintingClient, url: str, owner: Session
) -> None:
    page = client.get(f"{url}categorie/dechets").text.replace("\xa0", " ")
    assert "300 caractères au plus" in page and "q-mot-limit" in page
    # A browser would cut there what is pasted, and say nothing.
    assert 'name="answers.mot"' in page and "maxlength" not in page.split('name="answers.mot"')[1].split(">")[0]
    error = answer(client, url, "mot", "x" * 301).json["error"].replace("\xa0", " ")
    assert error == "Ce texte a 301 caractères ; il en faut au plus 300."
    assert owner.scalars(select(Answer)).all() == []


def test_choices_are_listed_by_their_labels(client: LintingClient, url: str) -> None:
    error = answer(client, url, "suivi", "jamais").json["error"].replace("\xa0", " ")
    assert error == "Cette réponse n’est plus proposée ; choix possibles : « Non », « Oui »."
    error = answer(client, url, "compost", "peut-être").json["error"]
    assert error == "Répondez par oui ou par non."
    assert "1er\xa0janvier 2020" in answer(client, url, "depuis", "2019-12-31").json["error"]


def test_blanks_clear_a_number(client: LintingClient, url: str, owner: Session) -> None:
    assert answer(client, url, "part", "12,5").status_code == 200
    seen = mark(client.get(f"{url}categorie/energie").text, "part")
    assert answer(client, url, "part", " \u202f\xa0", seen).status_code == 200
    assert owner.scalars(select(Answer.value)).all() == [{"v": None}]


@pytest.mark.parametrize(("typed", "kept"), [("9999-12-31", False), ("0026-03-01", False), ("2027-03-01", True)])
def test_a_year_that_nobody_meant_is_refused(
    client: LintingClient, url: str, owner: Session, typed: str, kept: bool
) -> None:
    said = answer(client, url, "jour", typed)
    assert said.status_code == (200 if kept else 422)
    assert kept or "Vérifiez l’année" in said.json["error"]
    assert bool(owner.scalars(select(Answer)).all()) is kept


def test_ticking_settles_itself_on_every_page_of_questions(
    app: Flask, owner: Session, new_page: Any, live: str
) -> None:
    where = place(tree=tree())
    assessment = running(where)
    page = new_page(width=360)
    enter(app, page, where.person, live)
    page.goto(where.url(f"auto-evaluations/{assessment.id}/profil"))
    whole(page)
    page.get_by_label("Oui, du pain").check()
    page.get_by_label("Oui, des repas").check()
    page.get_by_label("Non", exact=True).check()
    assert not page.get_by_label("Oui, du pain").is_checked()
    page.get_by_label("Oui, du pain").check()
    assert not page.get_by_label("Non", exact=True).is_checked()
    page.get_by_role("button", name="Enregistrer et continuer").click()
    page.wait_for_url("**/categorie/**")
    owner.expire_all()
    assert owner.scalars(select(Assessment)).one().profile["food"] == ["bread"]


def test_what_is_said_plainly_is_still_said_by_the_engine() -> None:
    engine = "".join(path.read_text(encoding="utf-8") for path in Path("assett/engine").glob("*.py"))
    assert [known for known in cards._PLAIN if known not in engine] == []
