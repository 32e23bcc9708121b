"""Answers sent by somebody who may not give them any more are shown again, with why; a reader reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from assett.assessments.models import Answer, Assessment
from assett.organizations.models import MemberRole, Membership
from tests.assessments.arranging import COMPLETE, Place, fields, place, running
from tests.assessments.test_journey import answer, begin_trial
from tests.assessments.test_reread import mark, page_of, whole
from tests.factories import PersonFactory
from tests.linting import LintingClient

TYPED = "Nous avons changé\ntoutes les ampoules."
Told = tuple[Place, str]


@pytest.fixture
def told(client: LintingClient, owner: Session) -> Told:
    """Somebody who has a page of questions open, some of them answered."""
    where = place(role=MemberRole.CONTRIBUTOR)
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.get(f"{url}categorie/dechets")
    for question, value in COMPLETE.items():
        given = str(value).lower() if isinstance(value, bool) else value
        answer(client, url, question, given if isinstance(given, list) else str(given))
    return where, url


def sent(client: LintingClient, url: str, html: str) -> TestResponse:
    """The open page of « Déchets », with a text typed and another box ticked."""
    data: dict[str, Any] = whole(html, mot=TYPED)
    data["answers.tri"] = ["papier", "verre"]
    return client.post(f"{url}categorie/dechets", data=data)


def plain(answer: TestResponse) -> str:
    return answer.text.replace("\xa0", " ")


def role(owner: Session, where: Place, role: MemberRole) -> None:
    owner.scalars(select(Membership).where(Membership.person_id == where.person.id)).one().role = role
    owner.commit()


def test_a_contributor_made_reader_finds_what_was_typed(client: LintingClient, owner: Session, told: Told) -> None:
    where, url = told
    html = client.get(f"{url}categorie/dechets").text
    role(owner, where, MemberRole.READER)
    late = sent(client, url, html)
    page = plain(late)
    assert late.status_code == 403 and "êtes en lecture dans cette structure" in page
    assert TYPED in page and "Un mot de plus ?" in page and "Papier, verre" in page
    assert "Compostez-vous" not in page, "what stands as it was sent is not lost"
    assert f'href="{url}"' in page
    profile = client.post(f"{url}profil", data={"answers.kind": "association", "revision.kind": "0"})
    assert profile.status_code == 403 and "Association" in profile.text
    assert owner.scalars(select(Answer).where(Answer.question == "mot")).all() == []


def test_an_answer_sent_by_itself_says_what_happened(client: LintingClient, owner: Session, told: Told) -> None:
    where, url = told
    role(owner, where, MemberRole.READER)
    late = answer(client, url, "suivi", "oui")
    assert late.status_code == 403 and "êtes en lecture" in late.json["closed"]
    assert (late.json["label"], late.json["url"]) == ("Lire l’auto-évaluation en cours", url)
    role(owner, where, MemberRole.CONTRIBUTOR)
    client.get(f"{url}terminer")
    assert client.post(f"{url}terminer").location == f"{url}resultat"
    late = answer(client, url, "suivi", "oui")
    assert late.status_code == 409 and "ses réponses ne changent plus" in late.json["closed"]
    assert (late.json["label"], late.json["url"]) == ("Voir le résultat", f"{url}resultat")
    # Whoever is no member any more is told no more than a stranger.
    owner.execute(text("DELETE FROM membership"))
    owner.commit()
    late = answer(client, url, "suivi", "oui")
    assert late.status_code == 404 and "closed" not in late.text
    assert owner.scalars(select(Answer.value).where(Answer.question == "suivi")).one() == {"v": "non"}


@pytest.mark.parametrize("gone", ["membership", "assessment"])
def test_who_has_no_right_any_more_gets_their_own_words_alone(
    client: LintingClient, owner: Session, told: Told, gone: str
) -> None:
    where, url = told
    html = client.get(f"{url}categorie/dechets").text
    owner.execute(text(f"DELETE FROM {gone}"))
    owner.commit()
    late = sent(client, url, html)
    page = plain(late)
    assert late.status_code == 404 and "ne vous est plus ouverte" in page and TYPED in page
    for theirs in ("Un mot de plus", "Papier", "papier", "Déchets", where.participation.organization.name):
        assert theirs not in page, theirs
    assert where.url("structures") in page


@pytest.mark.parametrize("step", ["terminer", "abandonner"])
def test_a_reader_is_told_where_it_would_end_and_reads_it(
    client: LintingClient, owner: Session, told: Told, step: str
) -> None:
    where, url = told
    client.get(f"{url}{step}")
    role(owner, where, MemberRole.READER)
    for ask in (client.get, client.post):
        late = ask(f"{url}{step}")
        assert (late.status_code, late.location) == (303, url)
        assert "êtes en lecture dans cette structure" in client.get(url).text
    assert owner.scalars(select(Assessment.completed_at)).all() == [None]


def test_a_visitor_whose_try_out_is_gone_may_begin_another(client: LintingClient, owner: Session) -> None:
    where = place()
    url = begin_trial(client, where)
    client.post(f"{url}profil", data={"revision.kind": "0", "answers.kind": "company"})
    page = client.get(f"{url}categorie/energie").text
    assert "Cet essai n’existe plus" in page and f'data-anew-url="{where.url("essai")}"' in page
    assert "un responsable" not in page
    client.get(f"{url}abandonner")
    assert client.post(f"{url}abandonner").status_code == 303
    late = client.post(f"{url}categorie/energie", data=fields(suivi="oui"))
    assert late.status_code == 404 and "Cet essai n’existe plus" in plain(late) and "responsable" not in late.text
    assert f'href="{where.url("essai")}">Commencer un autre essai' in late.text
    client.sign_in(where.person)
    mine = client.get(where.url(f"auto-evaluations/{running(where).id}/categorie/energie")).text
    assert "voyez avec un responsable de votre structure" in mine and "data-anew-url" not in mine


def test_a_stranger_reads_nothing_but_what_they_sent(client: LintingClient, app: Flask, told: Told) -> None:
    where, url = told
    stranger = app.test_client()
    stranger.sign_in(PersonFactory())
    stranger.get(where.url("rejoindre"))
    absent = where.url("auto-evaluations/99999/")
    pages = [
        stranger.post(f"{at}categorie/dechets", data=fields(mot="Bonjour <b>", tri=["papier"])) for at in (url, absent)
    ]
    assert [each.status_code for each in pages] == [404, 404]
    one, other = (each.text.split("<main")[1].split("</main>")[0] for each in pages)
    assert one.replace(url, absent) == other and "Bonjour &lt;b&gt;" in one


def test_an_old_tab_after_completion(client: LintingClient, owner: Session, told: Told) -> None:
    _, url = told
    html = client.get(f"{url}categorie/dechets").text
    client.get(f"{url}terminer")
    assert client.post(f"{url}terminer").location == f"{url}resultat"
    late = sent(client, url, html)
    assert late.status_code == 409 and "ses réponses ne changent plus" in plain(late) and TYPED in plain(late)
    assert f'href="{url}resultat"' in late.text
    # A page that holds nothing new loses nothing: straight to the result.
    assert client.post(f"{url}categorie/dechets", data=whole(html)).location == f"{url}resultat"
    # What a colleague answered since and this page merely showed was not typed here.
    assert "Papier" not in client.post(f"{url}categorie/dechets", data=whole(html, mot=TYPED)).text
    unreadable = client.post(f"{url}categorie/energie", data=fields(part="la moitié"))
    assert "la moitié" in unreadable.text


def test_a_visitor_at_a_closed_door_keeps_their_words(client: LintingClient, owner: Session) -> None:
    where = place()
    url = begin_trial(client, where)
    client.get(f"{url}profil")
    where.space.opened_at = datetime.now(UTC) + timedelta(days=30)
    owner.commit()
    late = client.post(f"{url}categorie/dechets", data=fields(mot=TYPED, tri=["papier"]))
    assert late.status_code == 403 and TYPED in late.text and "papier" not in late.text


def test_a_reader_reads_the_answers_as_they_come(client: LintingClient, owner: Session, told: Told) -> None:
    where, url = told
    role(owner, where, MemberRole.READER)
    page = page_of(client, url)
    assert "Vous êtes en lecture" in page and "Répondez dans l’ordre" not in page
    step = page_of(client, f"{url}categorie/dechets")
    assert "<dt>Que triez-vous ?</dt>" in step and "Papier" in step and "par Camille Martin" in step
    assert "sans réponse" in step and "<form" not in step.split("<main")[1].split("</main>")[0]
    assert "Entreprise" in page_of(client, f"{url}profil")
    assert "À quelle fréquence" not in page_of(client, f"{url}categorie/energie"), "hidden by the answers"
    # Who may answer still answers.
    role(owner, where, MemberRole.CONTRIBUTOR)
    assert mark(client.get(f"{url}categorie/dechets").text, "tri")
