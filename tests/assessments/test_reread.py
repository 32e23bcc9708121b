"""An assessment begun with the answers of the last one: each category is reread before it counts as done."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from assett.assessments.models import Answer, Assessment
from assett.organizations.models import MemberRole
from tests.assessments.arranging import COMPLETE, Place, place, running
from tests.assessments.test_journey import answer
from tests.factories import MembershipFactory, PersonFactory
from tests.linting import LintingClient

REREAD = "Tout est encore exact dans cette catégorie"


def begun_again(client: LintingClient, owner: Session) -> tuple[Place, str]:
    """A structure whose assessment of 3 March 2026 is complete, and the address of the next one."""
    where = place()
    last = running(where)
    for question, value in COMPLETE.items():
        owner.add(
            Answer(
                space_id=where.space.id,
                assessment_id=last.id,
                question=question,
                value={"v": value},
                author="Camille Martin",
                author_id=where.person.id,
            )
        )
    owner.commit()
    last.completed_at, last.latest = datetime(2026, 3, 3, 9, tzinfo=UTC), True
    owner.commit()
    client.sign_in(where.person)
    client.get(where.url(f"structures/{where.participation.id}/"))
    begun = client.post(where.url(f"structures/{where.participation.id}/auto-evaluations"))
    return where, begun.location.removesuffix("profil")


def page_of(client: LintingClient, url: str) -> str:
    """A page as one line, its no-break spaces plain."""
    return " ".join(client.get(url).get_data(as_text=True).replace("\xa0", " ").split())


def mark(html: str, question: str) -> str:
    found = re.search(rf'name="revision\.{question}" value="([^"]*)"', html)
    assert found is not None
    return found[1]


def whole(html: str, **changed: str) -> dict[str, str | list[str]]:
    """What a browser would send of a category's page, with some answers changed."""
    marks = dict(re.findall(r'name="revision\.(\w+)" value="([^"]*)"', html))
    fields: dict[str, str | list[str]] = {f"revision.{name}": mark for name, mark in marks.items()}
    for name, value in re.findall(r'name="answers\.(\w+)" value="([^"]*)" checked', html):
        fields[f"answers.{name}"] = value
    for name, value in re.findall(r'name="answers\.(\w+)" (?:(?!value=)[^>])*data-value[^>]*value="([^"]*)"', html):
        fields[f"answers.{name}"] = value
    return fields | {f"answers.{name}": value for name, value in changed.items()}


def stated(html: str) -> list[str]:
    """What the stepper says of each step."""
    return [state.strip() for state in re.findall(r'class="step-state">([^<]*)<', html)]


def test_an_answer_taken_over_says_where_it_comes_from(client: LintingClient, owner: Session) -> None:
    _, url = begun_again(client, owner)
    page = page_of(client, f"{url}categorie/energie")
    assert page.count("Repris de votre évaluation du 3 mars 2026") == 2
    assert "Enregistré à 1" not in page and "par Camille Martin" not in page
    assert REREAD in page
    assert owner.scalars(select(Assessment.progress).order_by(Assessment.id.desc())).first() == 0


def test_what_nobody_has_reread_is_no_progress(client: LintingClient, owner: Session) -> None:
    where, url = begun_again(client, owner)
    home = where.url(f"structures/{where.participation.id}/")
    assert "à partir de vos dernières réponses, à relire" in page_of(client, home)
    page = page_of(client, f"{url}categorie/energie")
    assert "0 question sur 4, 4 réponses reprises, à relire" in page
    assert "4 réponses reprises sont à relire" in page_of(client, f"{url}resultat")
    client.post(f"{url}categorie/energie", data=whole(page))
    assert "2 questions sur 4, 2 réponses reprises" in page_of(client, url)
    assert "50 % du questionnaire est relu ou rempli" in page_of(client, home)
    saved = answer(client, url, "compost", "true", mark(page_of(client, f"{url}categorie/dechets"), "compost"))
    assert saved.get_json()["progress"]["percent"] == 75.0
    assert owner.scalars(select(Assessment.progress).order_by(Assessment.id.desc())).first() == Decimal("0.75")


def test_a_score_over_some_questions_is_not_compared_with_one_over_all(client: LintingClient, owner: Session) -> None:
    _, url = begun_again(client, owner)
    assert "depuis la dernière fois" in page_of(client, f"{url}resultat")
    page = page_of(client, f"{url}categorie/energie")
    assert answer(client, url, "part", "", mark(page, "part")).status_code == 200
    result = page_of(client, f"{url}resultat")
    assert "depuis la dernière fois" not in result and "radar-previous" not in result
    assert "La comparaison avec votre évaluation du 3 mars 2026 viendra" in result


def test_the_way_leads_through_every_category_once(client: LintingClient, owner: Session) -> None:
    _, url = begun_again(client, owner)
    told = client.post(f"{url}profil", data={"revision.kind": "0", "answers.kind": "company"})
    assert told.location == f"{url}categorie/energie"
    page = page_of(client, told.location)
    assert stated(page) == ["terminée", "à relire", "à relire"]
    # The second first: the way still leads to the one that was not reread.
    other = page_of(client, f"{url}categorie/dechets")
    assert client.post(f"{url}categorie/dechets", data=whole(other)).location == f"{url}terminer"
    assert f'href="{url}categorie/energie">Continuer' in page_of(client, url)
    assert client.post(f"{url}categorie/energie", data=whole(page)).location == f"{url}categorie/dechets"
    again = page_of(client, f"{url}categorie/energie")
    assert stated(again) == ["terminée", "terminée", "terminée"]
    assert REREAD not in again and "Repris de" not in again
    assert f'href="{url}terminer">Terminer' in page_of(client, url)


def test_what_was_not_reread_is_listed_and_holds_nobody_back(client: LintingClient, owner: Session) -> None:
    _, url = begun_again(client, owner)
    client.post(f"{url}categorie/dechets", data=whole(page_of(client, f"{url}categorie/dechets")))
    page = page_of(client, f"{url}terminer")
    listed = page.split("<h2>À relire</h2>")[1].split("</ul>")[0]
    assert "3 mars 2026" in listed and "Énergie" in listed and "Déchets" not in listed
    assert client.post(f"{url}terminer").location == f"{url}resultat"


def test_one_answer_changed_leaves_the_others_to_be_reread(client: LintingClient, owner: Session) -> None:
    _, url = begun_again(client, owner)
    page = page_of(client, f"{url}categorie/energie")
    mark = page.split('name="revision.part" value="')[1].split('"')[0]
    assert answer(client, url, "part", "60", mark).status_code == 200
    page = page_of(client, f"{url}categorie/energie")
    assert page.count("Repris de votre évaluation") == 1 and REREAD in page
    # Taken back, an answer is missing; the one that stands beside it is to be reread all the same.
    mark = page.split('name="revision.part" value="')[1].split('"')[0]
    answer(client, url, "part", "", mark)
    assert stated(page_of(client, f"{url}categorie/energie"))[1] == "à relire, encore 1 minute"


def test_an_answer_that_the_page_did_not_show_is_not_reread(client: LintingClient, owner: Session) -> None:
    """Hidden by another answer, it was before nobody's eyes: it is to be reread once it shows."""
    _, url = begun_again(client, owner)
    owner.execute(
        text(
            "INSERT INTO answer (space_id, assessment_id, question, value, revision, author) "
            "SELECT space_id, id, 'frequence', '{\"v\": 3}', 0, '' FROM assessment WHERE completed_at IS NULL"
        )
    )
    owner.commit()
    page = page_of(client, f"{url}categorie/energie")
    client.post(f"{url}categorie/energie", data=whole(page, suivi="oui", frequence="3"))
    again = page_of(client, f"{url}categorie/energie")
    assert again.count("Repris de votre évaluation") == 1 and REREAD in again


def test_a_colleague_who_confirms_overwrites_nobody_and_is_not_in_the_way(
    client: LintingClient, app: Flask, owner: Session
) -> None:
    where, url = begun_again(client, owner)
    colleague = PersonFactory(name="Sacha Petit")
    MembershipFactory(organization=where.participation.organization, person=colleague, role=MemberRole.CONTRIBUTOR)
    other = app.test_client()
    other.sign_in(colleague)
    page = page_of(client, f"{url}categorie/energie")
    other.get(f"{url}categorie/energie")
    other.post(f"{url}categorie/energie", data=whole(page))
    mark = page.split('name="revision.suivi" value="')[1].split('"')[0]
    assert answer(client, url, "suivi", "oui", mark).status_code == 200
    # The one who still sees « non », and sends something else, is told of « oui ».
    assert answer(other, url, "suivi", "?", mark).status_code == 409


def test_confirming_a_page_takes_one_statement_whatever_it_holds(
    client: LintingClient, owner: Session, statements: list[str]
) -> None:
    _, url = begun_again(client, owner)
    page = page_of(client, f"{url}categorie/energie")
    statements.clear()
    client.post(f"{url}categorie/energie", data=whole(page))
    assert len([each for each in statements if each.startswith("INSERT INTO answer")]) == 1
    assert set(owner.scalars(select(Answer.revision).where(Answer.question.in_(["suivi", "part"])))) == {1}


def test_a_discarded_assessment_gives_back_the_profile_as_it_was(client: LintingClient, owner: Session) -> None:
    where, url = begun_again(client, owner)
    owner.execute(text('UPDATE participation SET profile = \'{"kind": "company"}\''))
    owner.commit()
    sent = whole(page_of(client, f"{url}profil"), kind="association")
    assert client.post(f"{url}profil", data=sent).status_code == 303
    client.post(f"{url}abandonner")
    anew = client.post(where.url(f"structures/{where.participation.id}/auto-evaluations"))
    page = page_of(client, anew.location)
    assert 'value="company" checked' in page
    # Completed, what it told is known from then on.
    client.post(anew.location, data=whole(page, kind="association"))
    client.post(anew.location.replace("profil", "terminer"))
    assert owner.scalar(text("SELECT profile FROM participation")) == {"kind": "association"}


def test_a_first_assessment_has_nothing_to_reread(client: LintingClient, owner: Session) -> None:
    where = place()
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.sign_in(where.person)
    for path in ("", "categorie/energie", "terminer"):
        assert "relire" not in page_of(client, url + path), path
