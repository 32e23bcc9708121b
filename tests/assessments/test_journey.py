"""From a visitor's try-out to the history of a structure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, true
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRoleName
from assett.accounts.passwords import hashed
from assett.assessments import queries, service
from assett.assessments.models import Answer, Assessment, CategoryScore
from assett.core import jobs
from assett.core.permissions import Actor
from assett.engine.compiled import compile_document
from assett.engine.reading import read_document
from assett.kernel.clock import utc_now
from assett.organizations.models import Audience, MemberRole
from tests.assessments.arranging import document, fields, place, running
from tests.factories import PASSWORD, MembershipFactory, PersonFactory, SpaceFactory, SpaceRoleFactory
from tests.linting import LintingClient


def answer(client: LintingClient, url: str, question: str, value: str | list[str], seen: str = "0"):
    data = {"question": question, f"answers.{question}": value, f"revision.{question}": seen}
    return client.post(f"{url}reponse", data=data, headers={"Accept": "application/json"})


def begin_trial(client: LintingClient, where) -> str:
    client.get(where.url("essai"))
    started = client.post(where.url("essai"))
    assert started.status_code == 303
    return started.location.removesuffix("profil")


def test_a_visitor_tries_without_an_account_and_sees_a_result(client: LintingClient) -> None:
    where = place()
    url = begin_trial(client, where)
    told = client.post(f"{url}profil", data={"revision.kind": "0", "answers.kind": "company"})
    assert told.location == f"{url}categorie/energie"
    client.post(f"{url}categorie/energie", data=fields(suivi="oui", part="50"))
    client.post(f"{url}categorie/energie", data={"answers.frequence": "4", "revision.frequence": "0"})
    last = client.post(f"{url}categorie/dechets", data=fields(tri=["papier"], compost="true"))
    assert last.location == f"{url}terminer"
    page = client.get(f"{url}resultat").get_data(as_text=True)
    # Énergie: (2 + 4 + 0.5) / 7 = 0.9286 → 4,6; déchets: 2 / 2 → 5; overall 0.9643 → 4,8.
    assert "4,6" in page and "4,8" in page and "Haut" in page
    assert "Créer un compte" in page


def test_the_profile_is_asked_first_and_what_is_missing_is_said_beside_it(client: LintingClient) -> None:
    url = begin_trial(client, place())
    refused = client.post(f"{url}profil", data={})
    assert refused.status_code == 422
    assert "Répondez à cette question" in refused.get_data(as_text=True)
    assert "Commencez plutôt par votre profil" in client.get(f"{url}categorie/energie").get_data(as_text=True)
    client.post(f"{url}profil", data={"revision.kind": "0", "answers.kind": "company"})
    assert "Commencez plutôt" not in client.get(f"{url}categorie/energie").get_data(as_text=True)


def test_a_scale_says_the_words_of_all_its_steps(client: LintingClient) -> None:
    tree = document()
    words = {"1": "Drainées", "2": "Conservées en l’état", "3": "Restaurées"}
    ends = {"id": "ends", "title": "Et là ?", "type": "scale", "min": 1, "max": 3, "labels": {"1": "Peu", "3": "Tout"}}
    scale = {"id": "zones", "title": "Vos zones humides ?", "type": "scale", "min": 1, "max": 3, "labels": words}
    tree["categories"][0]["questions"] += [scale, ends]
    url = begin_trial(client, place(tree=tree))
    client.post(f"{url}profil", data={"revision.kind": "0", "answers.kind": "company"})
    page = client.get(f"{url}categorie/energie").get_data(as_text=True)
    for step, word in words.items():
        assert f">{step}, {word}</span>" in page and page.count(word) == 1
    assert page.count("scale-ends") == 1 and '<span class="choice-text">2</span>' in page


def test_a_trial_belongs_to_the_browser_that_began_it(client: LintingClient, app: Flask) -> None:
    url = begin_trial(client, place())
    stranger = app.test_client()
    assert "/connexion?" in stranger.get(f"{url}resultat").location
    begin_trial(stranger, SimpleNamespace(url=lambda path: f"{url.split('/auto')[0]}/{path}"))
    assert stranger.get(f"{url}resultat").status_code == 404
    assert client.get(f"{url}resultat").status_code == 200


def test_trials_are_forgotten_after_seven_days(client: LintingClient, app: Flask, owner: Session) -> None:
    url = begin_trial(client, place())
    answer(client, url, "suivi", "oui")
    today = "date_trunc('day', now(), 'Europe/Paris')"
    for expires, changed, there in (
        (None, "now()", 200),
        # All of the day that its pages name, and while somebody is at it.
        (today, "now() - interval '2 hours'", 200),
        (f"{today} - interval '1 second'", "now() - interval '50 minutes'", 200),
        (f"{today} - interval '1 second'", "now() - interval '2 hours'", 404),
    ):
        if expires:
            owner.execute(text(f"UPDATE assessment SET expires_at = {expires}, changed_at = {changed}"))
        jobs.enqueue(owner, "assessments.forget_trials")
        owner.commit()
        jobs.drain(app)
        assert client.get(url).status_code == there
    assert owner.scalars(select(Answer)).all() == []


def test_an_answer_is_saved_as_it_is_given_with_the_score_that_follows(client: LintingClient, owner: Session) -> None:
    where = place()
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.get(f"{url}categorie/energie")
    saved = answer(client, url, "suivi", "non")
    assert saved.status_code == 200
    assert saved.json["feedback"] == "<p>Commencez par un relevé.</p>\n"
    assert saved.json["hidden"] == ["frequence"]
    assert saved.json["category"] == {"score_text": "0,0 sur 5", "level_label": "Bas"}
    assert saved.json["progress"]["percent"] == 25.0
    row = owner.scalars(select(Answer)).one()
    assert (row.question, row.value, row.author, row.revision) == ("suivi", {"v": "non"}, "Camille Martin", 1)


def test_an_answer_can_be_taken_back(client: LintingClient, owner: Session) -> None:
    where = place()
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.get(f"{url}categorie/dechets")
    first = answer(client, url, "tri", ["papier"])
    assert first.status_code == 200, first.json
    mark = first.json["revision"]
    assert answer(client, url, "tri", [], mark).status_code == 200
    assert owner.scalars(select(Answer.value)).one() == {"v": None}
    assert answer(client, url, "tri", "[]", "2.zzz").status_code in {200, 409}


def test_the_whole_page_saves_without_javascript_and_goes_on(client: LintingClient, owner: Session) -> None:
    where = place()
    client.sign_in(where.person)
    assessment = running(where)
    url = where.url(f"auto-evaluations/{assessment.id}/")
    client.get(f"{url}categorie/dechets")
    gone = client.post(f"{url}categorie/dechets", data=fields(tri=["papier", "verre"], compost="false", mot=" merci "))
    assert (gone.status_code, gone.location) == (303, f"{url}terminer")
    values = dict(owner.execute(select(Answer.question, Answer.value)).all())
    assert values == {"tri": {"v": ["papier", "verre"]}, "compost": {"v": False}, "mot": {"v": "merci"}}
    owner.refresh(assessment)
    assert assessment.progress == Decimal("0.5")


def test_an_answer_that_calls_for_another_question_stays_on_the_page_and_says_so(client: LintingClient) -> None:
    where = place()
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/categorie/energie")
    client.get(url)
    sent = {**fields(suivi="oui", part="50"), "revision.frequence": "0"}
    assert client.post(url, data=sent).location == url
    page = client.get(url).text.replace("\xa0", " ")
    assert "Vos réponses amènent une question de plus :" in page
    assert '<a href="#q-frequence">À quelle fréquence ?</a>' in page
    # It is before their eyes now: left empty, it holds nobody back.
    assert client.post(url, data=sent).location.endswith("categorie/dechets")


def test_what_is_refused_stays_as_typed_and_the_rest_is_saved(client: LintingClient, owner: Session) -> None:
    where = place()
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.get(f"{url}categorie/energie")
    page = client.post(f"{url}categorie/energie", data=fields(suivi="oui", part="beaucoup"))
    html = page.get_data(as_text=True)
    assert page.status_code == 422
    assert "Indiquez un nombre" in html and 'value="beaucoup"' in html
    assert owner.scalars(select(Answer.question)).all() == ["suivi"]
    again = client.post(f"{url}categorie/energie", data=fields(part="250"))
    assert again.status_code == 422 and 'value="250"' in again.get_data(as_text=True)
    client.post(f"{url}categorie/energie", data=fields(part="50"))
    seen = client.get(f"{url}categorie/energie").text.split('name="revision.part" value="')[1].split('"')[0]
    again = client.post(f"{url}categorie/energie", data={**fields(part="250"), "revision.part": seen})
    assert "Enregistré" not in again.text.split('data-question="part"')[1].split("</fieldset>")[0]


def test_hostile_answers_are_refused_in_words(client: LintingClient, owner: Session) -> None:
    where = place()
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.get(f"{url}categorie/dechets")
    for question, value in {
        "tri": ["plastique"],
        "compost": "peut-être",
        "mot": "x" * 301,
        "part": "NaN",
        "suivi": "n/a\x00",
        "frequence": "99999999999999999999",
        "inconnue": "oui",
    }.items():
        refused = answer(client, url, question, value)
        assert refused.status_code == 422, question
        assert refused.json["error"].endswith("."), question
    # What comes along with a pasted text is left out of it.
    pasted = answer(client, url, "mot", "nul\x00 et\x0b sonnette \x07")
    assert pasted.status_code == 200
    assert owner.scalars(select(Answer.value)).one() == {"v": "nul et sonnette"}
    assert answer(client, url, "mot", "emoji 🌱 et עברית", pasted.json["revision"]).status_code == 200
    long = answer(client, url, "mot", "x" * 1_000_000)
    assert (
        long.status_code == 422
        and "1\u202f000\u202f000 caractères" in long.json["error"]
        and "300" in long.json["error"]
    )
    assert answer(client, url, "mot", "x" * 10_000_000).status_code == 413
    owner.rollback()
    assert owner.scalars(select(Answer.value)).all() == [{"v": "emoji 🌱 et עברית"}]


def test_two_colleagues_do_not_overwrite_each_other(client: LintingClient, app: Flask, owner: Session) -> None:
    where = place()
    colleague = PersonFactory(name="Sacha Petit")
    MembershipFactory(organization=where.participation.organization, person=colleague, role=MemberRole.CONTRIBUTOR)
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.sign_in(where.person)
    other = app.test_client()
    other.sign_in(colleague)
    client.get(f"{url}categorie/energie")
    other.get(f"{url}categorie/energie")
    assert answer(client, url, "suivi", "non").status_code == 200
    # Another question at the same time: no conflict.
    assert answer(other, url, "part", "10").status_code == 200
    conflict = answer(other, url, "suivi", "oui")
    assert conflict.status_code == 409
    assert (conflict.json["author"], conflict.json["their_text"]) == ("Camille Martin", "Non")
    # The rest is what the page shows for whoever keeps it, as for an answer that is saved.
    mine = answer(client, url, "suivi", "non")
    assert {key: conflict.json[key] for key in ("hidden", "progress", "category", "feedback", "revision")} == {
        key: mine.json[key] for key in ("hidden", "progress", "category", "feedback", "revision")
    }
    assert answer(other, url, "suivi", "oui", conflict.json["revision"]).status_code == 200
    page = client.get(f"{url}categorie/energie").get_data(as_text=True)
    assert "par Sacha Petit" in page


def test_a_save_that_waited_for_a_colleague_s_sees_it(client: LintingClient, owner: Session) -> None:
    where = place()
    assessment = running(where)
    url = where.url(f"auto-evaluations/{assessment.id}/")
    client.sign_in(where.person)
    client.get(f"{url}categorie/energie")
    owner.commit()
    held, rows = queries.held(owner, owner.scalar(select(queries.holding(true())), {"held": assessment.id}))
    assert held is not None
    given = service.GiveAnswer("suivi", "non", service.UNSEEN)
    colleague = Actor(owner, name="Sacha Petit")
    service.save_answer(owner, held, compile_document(read_document(document())), rows, given, colleague, utc_now())
    late: list[Any] = []
    waiting = Thread(target=lambda: late.append(answer(client, url, "suivi", "oui")))
    waiting.start()
    blocked = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with owner.get_bind().connect() as looking:
        while waiting.is_alive() and not looking.scalar(blocked):
            looking.rollback()
    owner.commit()
    waiting.join(30)
    assert (late[0].status_code, late[0].json["author"], late[0].json["their_text"]) == (409, "Sacha Petit", "Non")


def test_a_page_sent_whole_leaves_alone_what_its_reader_never_touched(
    client: LintingClient, app: Flask, owner: Session
) -> None:
    where = place()
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.sign_in(where.person)
    client.get(f"{url}categorie/energie")
    mark = answer(client, url, "suivi", "non").json["revision"]
    # Meanwhile a colleague changes it; this reader's page still holds « non » under the old mark.
    answer(client, url, "suivi", "oui", mark)
    sent = {"answers.suivi": "non", "revision.suivi": mark, "answers.part": "20", "revision.part": "0"}
    assert client.post(f"{url}categorie/energie", data=sent).status_code == 303
    values = dict(owner.execute(select(Answer.question, Answer.value)).all())
    assert values == {"suivi": {"v": "oui"}, "part": {"v": 20}}


def test_a_conflict_without_javascript_is_settled_on_the_page(client: LintingClient, owner: Session) -> None:
    where = place()
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.sign_in(where.person)
    client.get(f"{url}categorie/energie")
    answer(client, url, "suivi", "non")
    page = client.post(f"{url}categorie/energie", data=fields(suivi="oui"))
    assert page.status_code == 409
    html = page.get_data(as_text=True)
    mark = html.split('name="revision.suivi" value="')[1].split('"')[0]
    assert 'name="conflict.suivi"' in html
    # One's own choice is shown, and nobody has saved it: the hour was the other's.
    card = html.split('data-question="suivi"')[1].split("</fieldset>")[0]
    assert 'value="oui" checked' in card and "Enregistré" not in card
    kept = {"answers.suivi": "oui", "revision.suivi": mark, "conflict.suivi": "theirs"}
    client.post(f"{url}categorie/energie", data=kept)
    assert owner.scalars(select(Answer.value)).one() == {"v": "non"}
    client.post(f"{url}categorie/energie", data={**kept, "conflict.suivi": "mine"})
    owner.expire_all()
    assert owner.scalars(select(Answer.value)).one() == {"v": "oui"}


def complete(client: LintingClient, where, url: str) -> None:
    client.post(f"{url}profil", data={"revision.kind": "0", "answers.kind": "company"})
    client.post(f"{url}categorie/energie", data=fields(suivi="non", part="50"))
    client.post(f"{url}categorie/dechets", data=fields(tri=["papier"], compost="true"))


def test_a_completed_assessment_is_scored_stored_and_shown(client: LintingClient, owner: Session) -> None:
    where = place()
    client.sign_in(where.person)
    assessment = running(where)
    url = where.url(f"auto-evaluations/{assessment.id}/")
    early = client.get(f"{url}terminer")
    assert "Il reste 4 réponses à donner" in early.get_data(as_text=True)
    complete(client, where, url)
    done = client.post(f"{url}terminer")
    assert (done.status_code, done.location) == (303, f"{url}resultat")
    owner.refresh(assessment)
    assert assessment.completed_at is not None and assessment.latest
    scores = {row.category: (row.ratio, row.level) for row in owner.scalars(select(CategoryScore))}
    # Énergie: (0 + 0.5) / 3; déchets: 2 / 2. Overall: their mean.
    assert scores == {"energie": (Decimal("0.166667"), "bas"), "dechets": (Decimal(1), "haut")}
    assert assessment.overall_ratio == Decimal("0.583333")
    page = client.get(f"{url}resultat").get_data(as_text=True)
    assert "Relever ses compteurs" in page and "Pour les associations" not in page
    assert "vous avez répondu\u00a0: non" in page
    receipt = client.get(f"{url}detail").get_data(as_text=True)
    assert "ne s’adresse pas à votre structure" in receipt and "0,5" in receipt


def test_shares_that_are_rounded_are_said_to_be(client: LintingClient) -> None:
    for weights, said in (((2, 1), "selon leur part, arrondie à 1\u202f% près"), ((3, 1), "selon leur part\u00a0:")):
        tree = document()
        for category, weight in zip(tree["categories"], weights, strict=True):
            category["weight"] = weight
        page = client.get(place(tree=tree).url("questionnaire")).text
        assert said.replace("\u202f", "\u00a0") in page.replace("\u202f", "\u00a0")


def test_a_category_that_asks_nothing_is_not_shown(client: LintingClient, owner: Session) -> None:
    asked = document()
    asked["categories"].insert(1, {"id": "eau", "title": "Eau douce", "questions": []})
    where = place(tree=asked)
    client.sign_in(where.person)
    assessment = running(where)
    url = where.url(f"auto-evaluations/{assessment.id}/")
    pages = [client.get(where.url("questionnaire")), client.get(f"{url}categorie/energie")]
    assert client.get(f"{url}categorie/eau").status_code == 302
    saved = client.post(f"{url}categorie/energie", data=fields(suivi="non", part="50"))
    assert saved.location == f"{url}categorie/dechets"
    complete(client, where, url)
    client.post(f"{url}terminer")
    pages += [client.get(f"{url}{page}") for page in ("resultat", "detail")]
    assert not any("Eau douce" in page.text for page in pages)


def test_an_incomplete_assessment_cannot_be_completed(client: LintingClient, owner: Session) -> None:
    where = place()
    client.sign_in(where.person)
    assessment = running(where)
    url = where.url(f"auto-evaluations/{assessment.id}/")
    client.get(f"{url}terminer")
    client.post(f"{url}terminer")
    owner.refresh(assessment)
    assert assessment.completed_at is None


def test_after_completion_nothing_changes_whatever_is_sent(client: LintingClient, owner: Session) -> None:
    where = place()
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.get(f"{url}terminer")
    complete(client, where, url)
    client.post(f"{url}terminer")
    late = answer(client, url, "suivi", "oui", "9.zz")
    assert late.status_code == 409 and "terminée" in late.json["closed"]
    assert client.post(f"{url}categorie/energie", data=fields(suivi="oui")).status_code == 409
    assert client.post(f"{url}categorie/energie", data=fields(suivi="non")).location == f"{url}resultat"
    facts = {"revision.kind": "0", "answers.kind": "company"}
    assert client.post(f"{url}profil", data={**facts, "answers.kind": "association"}).status_code == 409
    assert client.post(f"{url}profil", data=facts).location == f"{url}resultat"
    assert client.post(f"{url}terminer").location == f"{url}resultat"
    assert client.post(f"{url}abandonner").location == f"{url}resultat"
    assert dict(owner.execute(select(Answer.question, Answer.value)).all())["suivi"] == {"v": "non"}


def test_a_new_assessment_starts_from_the_last_one(client: LintingClient, owner: Session) -> None:
    where = place()
    client.sign_in(where.person)
    client.get(where.url(f"structures/{where.participation.id}/"))
    first = client.post(where.url(f"structures/{where.participation.id}/auto-evaluations"))
    url = first.location.removesuffix("profil")
    complete(client, where, url)
    client.post(f"{url}terminer")
    second = client.post(where.url(f"structures/{where.participation.id}/auto-evaluations"))
    again = second.location.removesuffix("profil")
    assert again != url
    # A double click begins only one.
    assert client.post(where.url(f"structures/{where.participation.id}/auto-evaluations")).location == second.location
    page = client.get(f"{again}categorie/energie").get_data(as_text=True)
    assert 'value="non" checked' in " ".join(page.split())
    mark = page.split('name="revision.suivi" value="')[1].split('"')[0]
    answer(client, again, "suivi", "oui", mark)
    answer(client, again, "frequence", "4")
    client.post(f"{again}terminer")
    result = client.get(f"{again}resultat").get_data(as_text=True)
    assert "depuis la dernière fois" in result
    history = client.get(where.url(f"structures/{where.participation.id}/")).get_data(as_text=True)
    assert "Votre évolution" in history
    latest = owner.scalars(select(Assessment).where(Assessment.latest)).all()
    assert len(latest) == 1


def test_only_members_read_and_readers_do_not_write(client: LintingClient, app: Flask) -> None:
    where = place(role=MemberRole.READER)
    assessment = running(where)
    url = where.url(f"auto-evaluations/{assessment.id}/")
    client.sign_in(where.person)
    assert client.get(url).status_code == 200
    assert answer(client, url, "suivi", "oui").status_code == 403
    assert client.post(f"{url}categorie/energie", data=fields(suivi="oui")).status_code == 403
    stranger = app.test_client()
    stranger.sign_in(PersonFactory())
    for path in ("", "resultat", "detail", "terminer", "profil", "categorie/energie", "abandonner"):
        assert stranger.get(url + path).status_code == 404, path


def test_another_space_does_not_know_this_assessment(client: LintingClient) -> None:
    where, elsewhere = place(), SpaceFactory()
    client.sign_in(where.person)
    assert client.get(f"/{elsewhere.slug}/auto-evaluations/{running(where).id}/resultat").status_code == 404
    assert client.get(f"/{elsewhere.slug}/structures/{where.participation.id}/").status_code == 404


def test_an_answer_refused_as_a_page_has_the_face_of_its_space(client: LintingClient) -> None:
    # Of its space, what saves answers knows the least; a page asks for all of it.
    where = place()
    client.sign_in(where.person)
    client.get(where.url("structures"))
    refused = client.post(where.url("auto-evaluations/999999/reponse"), data={"question": "suivi"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 404
    assert where.space.programme in page and where.space.name in page


def test_a_member_removed_while_answering_is_out_at_once(client: LintingClient, owner: Session) -> None:
    where = place()
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.get(f"{url}categorie/energie")
    assert answer(client, url, "suivi", "oui").status_code == 200
    owner.execute(text("DELETE FROM membership"))
    owner.commit()
    assert answer(client, url, "part", "10").status_code == 404


def test_a_discarded_assessment_is_erased_after_a_question(client: LintingClient, owner: Session) -> None:
    where = place()
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.get(f"{url}categorie/energie")
    answer(client, url, "suivi", "oui")
    assert "Effacer ces réponses" in client.get(f"{url}abandonner").get_data(as_text=True)
    client.post(f"{url}abandonner")
    assert owner.scalars(select(Assessment)).all() == []


def test_an_expired_session_keeps_what_was_typed(client: LintingClient, owner: Session) -> None:
    where = place()
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.sign_in(where.person)
    client.get(f"{url}categorie/energie")
    client.delete_cookie("assett")
    expired = answer(client, url, "suivi", "oui")
    assert (expired.status_code, expired.json["error"]) == (401, "signed-out")
    # Without JavaScript: the sign-in page carries what was typed, and gives it back to be saved.
    page = client.post(f"{url}categorie/energie", data=fields(suivi="oui", part="12,5"))
    html = page.get_data(as_text=True)
    assert page.status_code == 401
    kept = re.search(r'name="kept"[^>]*value="([^"]+)"', html).group(1)
    where.person.password_hash = hashed(PASSWORD)
    owner.commit()
    signed_in = client.post(
        where.url("connexion"), data={"email": where.person.email, "password": PASSWORD, "kept": kept}
    )
    assert 'value="12,5"' in signed_in.get_data(as_text=True)
    client.post(f"{url}categorie/energie", data=fields(suivi="oui", part="12,5"))
    assert dict(owner.execute(select(Answer.question, Answer.value)).all())["part"] == {"v": Decimal("12.5")}


def test_a_trial_is_dated(client: LintingClient, owner: Session) -> None:
    begin_trial(client, place())
    row = owner.scalars(select(Assessment)).one()
    assert timedelta(days=6, hours=23) < row.expires_at - datetime.now(UTC) <= timedelta(days=7)


@pytest.mark.parametrize(
    ("role", "share", "status"),
    [
        ("manager", "authority", 200),
        ("facilitator", "authority", 200),
        ("editor", "authority", 404),
        ("reader", "authority", 404),
        ("manager", "nobody", 404),
    ],
)
def test_the_team_reads_answers_with_the_actor_s_consent_only(
    client: LintingClient, owner: Session, role: str, share: str, status: int
) -> None:
    where = place()
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.get(f"{url}terminer")
    complete(client, where, url)
    member = SpaceRoleFactory(space_id=where.space.id, role=SpaceRoleName(role)).person
    where.participation.share_answers = Audience(share)
    owner.commit()
    client.sign_in(member)
    # Not before it is completed, whatever was agreed.
    assert client.get(f"{url}resultat").status_code == 404
    client.sign_in(where.person)
    client.post(f"{url}terminer")
    client.sign_in(member)
    assert client.get(f"{url}resultat").status_code == status
    assert client.get(f"{url}detail").status_code == status
    assert client.get(f"{url}categorie/energie").status_code == 404
    assert ("avec son accord" in client.get(where.url("suivi")).get_data(as_text=True)) == (status == 200)


def test_who_begins_try_outs_by_the_dozen_is_asked_to_wait(client: LintingClient, owner: Session) -> None:
    where = place()
    client.get(where.url("essai"))
    owner.execute(text("DELETE FROM throttle"))
    owner.commit()
    for _ in range(60):
        assert client.post(where.url("essai")).status_code == 303
    waiting = client.post(where.url("essai"))
    html = waiting.get_data(as_text=True)
    assert waiting.status_code == 429
    assert "Réessayez dans une heure" in html and "quelques minutes" not in html
    assert owner.scalar(select(func.count(Assessment.id))) == 60


def test_another_language_is_chosen_without_losing_what_was_typed(client: LintingClient, owner: Session) -> None:
    where = place(languages=["fr", "en"])
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/")
    page = client.get(f"{url}categorie/energie").get_data(as_text=True)
    assert re.search(r'<button[^>]*name="language" value="en"[^>]*form="reponses"', page)
    sent = {**fields(suivi="oui", part="12,5"), "language": "en"}
    switched = client.post(f"{url}categorie/energie", data=sent)
    assert (switched.status_code, switched.location) == (303, f"{url}categorie/energie")
    again = client.get(switched.location).get_data(as_text=True)
    assert '<html lang="en">' in again and 'value="12.5"' in again
    refused = client.post(f"{url}categorie/energie", data={**fields(part="une moitié"), "language": "fr"})
    assert refused.status_code == 422
    assert '<html lang="fr">' in refused.get_data(as_text=True)
    assert 'value="une moitié"' in refused.get_data(as_text=True)
    # So does the profile, even where it is not finished.
    seen = client.get(f"{url}profil").text.split('name="revision.kind" value="')[1].split('"')[0]
    unfinished = client.post(f"{url}profil", data={"language": "en", "revision.kind": seen})
    assert unfinished.status_code == 422 and '<html lang="en">' in unfinished.get_data(as_text=True)
    finished = client.post(f"{url}profil", data={"revision.kind": "0", "answers.kind": "company", "language": "fr"})
    assert finished.location == f"{url}profil"


def test_a_text_beyond_what_anybody_types_is_refused_with_a_way_back(client: LintingClient, owner: Session) -> None:
    where = place()
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/categorie/dechets")
    client.get(url)
    refused = client.post(url, data={"revision.mot": "0", "answers.mot": "x" * 10_000_000})
    assert refused.status_code == 413
    assert "ce que vous avez saisi s’y trouve encore" in refused.text and len(refused.data) < 50_000
    # Smaller than that, it comes back with the refusal, but for what nobody could read.
    client.get(url)
    kept = client.post(url, data={"revision.mot": "0", "answers.mot": "x" * 500_000})
    assert kept.status_code == 422 and "500\u202f000\xa0caractères" in kept.text.replace(
        "500\u202f000 ", "500\u202f000\xa0"
    )
    assert len(kept.data) < 100_000
    assert owner.scalars(select(Answer.value)).all() == []


def test_numbers_in_a_refusal_are_written_as_the_page_writes_them(client: LintingClient) -> None:
    where = place()
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.get(f"{url}categorie/dechets")
    assert "19,55555555" in answer(client, url, "part", "19,55555555").json["error"]
    client.post("/langue", data={"language": "en", "next": "/"})
    client.get(f"{url}categorie/dechets")
    assert "19.55555555" in answer(client, url, "part", "19.55555555").json["error"]
