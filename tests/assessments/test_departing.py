"""A structure leaves a space: what goes is said first, goes for good, and its members are told afterwards."""

from __future__ import annotations

import io
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from assett.accounts.models import Person, SpaceRoleName
from assett.assessments import pool, service
from assett.assessments.models import Answer, Assessment, PooledScore
from assett.core.audit import AuditEntry
from assett.kernel.clock import today_in_paris, utc_now
from assett.organizations.jobs import sweep
from assett.organizations.models import Audience, Departure, MemberRole, Participation, Pledge
from tests.accounts.mailbox import last_mail, links, mails_to
from tests.assessments.arranging import Place, place, running
from tests.browsing import barriers, enter, whole
from tests.factories import (
    AssessmentFactory,
    CategoryScoreFactory,
    CharterFactory,
    ListingFactory,
    MembershipFactory,
    ParticipationFactory,
    PersonFactory,
    SpaceFactory,
    SpaceRoleFactory,
)
from tests.linting import LintingClient

OF_A_SPACE = ("participation", "assessment", "answer", "category_score", "pooled_score", "listing", "pledge")


@pytest.fixture
def where(owner: Session) -> Place:
    """A structure with all that one can have: a result, an assessment that runs, a listing, a charter signed."""
    where = place(slug="ici", name="Grand Poitiers", programme="Agir")
    where.participation.organization.name = "Le Fournil"
    fill(where, owner)
    return where


def fill(where: Place, owner: Session) -> Assessment:
    of_it = {"space_id": where.space.id, "participation_id": where.participation.id}
    completed: Assessment = AssessmentFactory(
        **of_it,
        version_id=where.version.id,
        profile={"kind": "company"},
        overall_ratio=Decimal("0.5"),
        overall_level="haut",
    )
    for question, value in {"suivi": "non", "part": 50, "tri": ["papier"], "compost": True}.items():
        owner.add(
            Answer(space_id=where.space.id, assessment_id=completed.id, question=question, value={"v": value},
                   author="Camille Martin", author_id=where.person.id)
        )  # fmt: skip
    owner.commit()
    CategoryScoreFactory(space_id=where.space.id, assessment_id=completed.id, level="haut")
    completed.completed_at, completed.latest = datetime(2025, 3, 3, 12, tzinfo=UTC), True
    ListingFactory(**of_it, presentation="Du pain, et du bon sens.")
    charter = CharterFactory(space_id=where.space.id)
    owner.add(Pledge(**of_it, charter_id=charter.id, person_id=where.person.id, signatory="Camille Martin"))
    owner.commit()
    return completed


def url_of(where: Place) -> str:
    return where.url(f"structures/{where.participation.id}/quitter-l-espace")


def page_of(visitor: LintingClient, url: str) -> str:
    return visitor.get(url).text.replace("\xa0", " ")


def visitor_of(app: Flask, person: Person) -> LintingClient:
    visitor = app.test_client()
    assert isinstance(visitor, LintingClient)
    visitor.sign_in(person)
    return visitor


def colleague(where: Place, role: MemberRole = MemberRole.CONTRIBUTOR, **fields: Any) -> Person:
    person: Person = MembershipFactory(
        organization=where.participation.organization, person=PersonFactory(**fields), role=role
    ).person
    return person


def leave(visitor: LintingClient, where: Place) -> Any:
    visitor.get(url_of(where))
    return visitor.post(url_of(where), data={"understood": "y"})


def counts(owner: Session, space_id: int) -> dict[str, int]:
    owner.rollback()
    asked = "SELECT count(*) FROM {} WHERE space_id = :space"
    return {name: owner.scalar(text(asked.format(name)), {"space": space_id}) or 0 for name in OF_A_SPACE}


def test_the_page_says_what_goes_and_wants_a_tick(
    client: LintingClient, owner: Session, where: Place, statements: list[str]
) -> None:
    running(where)
    client.sign_in(where.person)
    statements.clear()
    page = page_of(client, url_of(where))
    assert len(statements) <= 12
    for said in (
        "Le Fournil ne participera plus à « Agir », Grand Poitiers.",
        "Son auto-évaluation terminée (2025)",
        "Son auto-évaluation en cours, commencée le",
        "Sa fiche, qui quitte l’annuaire aussitôt.",
        "la charte signée par Camille Martin",
        "copie.xlsx",
    ):
        assert said in page
    before = counts(owner, where.space.id)
    answer = client.post(url_of(where))
    assert answer.status_code == 422 and "Cochez cette case" in answer.text
    assert counts(owner, where.space.id) == before and all(
        before[name] for name in OF_A_SPACE if name != "pooled_score"
    )
    assert url_of(where) in page_of(client, where.url(f"structures/{where.participation.id}/partage"))


def test_all_of_it_goes_from_this_space_alone_and_members_and_team_are_told(
    app: Flask, client: LintingClient, owner: Session, where: Place
) -> None:
    reader = colleague(where, MemberRole.READER, language="en")
    there = SpaceFactory(slug="la-bas")
    elsewhere = ParticipationFactory(space_id=there.id, organization=where.participation.organization)
    fill(replace(where, space=there, participation=elsewhere, version=place_version(where, there.id)), owner)
    kept = counts(owner, there.id)
    client.sign_in(where.person)
    assert leave(client, where).location == where.url("structures")
    assert set(counts(owner, where.space.id).values()) == {0}
    assert counts(owner, there.id) == kept and kept["answer"] == 4
    mine = page_of(client, where.url("structures"))
    assert "Le Fournil a quitté cet espace. Un courriel le dit" in mine
    assert "A quitté cet espace le" in mine and "aucun espace" not in mine and "La faire participer ici" in mine
    mail = last_mail(owner, where.person.email)
    assert "Son auto-évaluation terminée (2025)" in mail.text and "/ici/rejoindre/demande" in links(mail)[0]
    english = last_mail(owner, reader.email)
    assert english.subject == "Le Fournil has left the space Grand Poitiers"
    assert "Its completed self-assessment (2025)" in english.text and "Camille Martin" in english.text
    team = visitor_of(app, SpaceRoleFactory(space_id=where.space.id, role=SpaceRoleName.READER).person)
    suivi = page_of(team, where.url("suivi"))
    assert "Parties depuis un an" in suivi and "Le Fournil, le" in suivi
    manager = visitor_of(app, SpaceRoleFactory(space_id=where.space.id).person)
    assert "Structure partie de l’espace : Le Fournil" in page_of(manager, where.url("journal"))


def place_version(where: Place, space_id: int) -> Any:
    from tests.factories import QuestionnaireVersionFactory

    return QuestionnaireVersionFactory(space_id=space_id, document=where.version.document)


@pytest.mark.parametrize("role", [MemberRole.CONTRIBUTOR, MemberRole.READER])
def test_only_an_owner_of_this_structure_may(
    app: Flask, client: LintingClient, owner: Session, where: Place, role: MemberRole
) -> None:
    before = counts(owner, where.space.id)
    others = [colleague(where, role), place(slug="la-bas").person, SpaceRoleFactory(space_id=where.space.id).person]
    for person in others:
        visitor = visitor_of(app, person)
        visitor.get(where.url())
        copy = where.url(f"structures/{where.participation.id}/copie.xlsx")
        assert visitor.post(url_of(where), data={"understood": "y"}).status_code == 404
        assert visitor.get(url_of(where)).status_code == visitor.get(copy).status_code == 404
    assert counts(owner, where.space.id) == before


def test_pressed_twice_or_by_two_owners_at_once_it_leaves_once(
    app: Flask, client: LintingClient, owner: Session, where: Place
) -> None:
    people = [where.person, *(colleague(where, MemberRole.OWNER) for _ in range(2))]
    visitors = [visitor_of(app, person) for person in people]
    for visitor in visitors:
        visitor.get(url_of(where))
    start, answers = threading.Barrier(3), []

    def press(visitor: LintingClient) -> None:
        start.wait()
        answers.append(visitor.post(url_of(where), data={"understood": "y"}))

    threads = [threading.Thread(target=press, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.append(visitors[0].post(url_of(where), data={"understood": "y"}))
    assert {answer.location for answer in answers} == {where.url("structures")}
    owner.rollback()
    assert owner.query(Departure).count() == 1 and len(mails_to(owner, where.person.email)) == 1
    assert owner.query(AuditEntry).filter_by(action="organization.left").count() == 1


def test_a_colleague_who_was_answering_is_told_and_keeps_what_they_wrote(
    app: Flask, client: LintingClient, owner: Session, where: Place
) -> None:
    assessment = running(where)
    ana, stranger = visitor_of(app, colleague(where)), visitor_of(app, place(slug="la-bas").person)
    page = where.url(f"auto-evaluations/{assessment.id}/categorie/energie")
    assert ana.get(page).status_code == 200
    stranger.get(where.url())
    client.sign_in(where.person)
    leave(client, where)
    said = "Le Fournil a quitté cet espace le"
    answer = ana.post(
        where.url(f"auto-evaluations/{assessment.id}/reponse"),
        data={"question": "part", "answers.part": "12"},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 410 and said in answer.json["closed"].replace("\xa0", " ")
    assert answer.json["url"] == where.url("structures")
    whole_page = ana.post(page, data={"answers.part": "12", "revision.part": ""})
    assert said in whole_page.text.replace("\xa0", " ") and ">12<" in whole_page.text
    overview = where.url(f"structures/{where.participation.id}/")
    for url in (page, overview, where.url(f"auto-evaluations/{assessment.id}/")):
        told = ana.get(url)
        assert told.status_code == 410 and said in told.text.replace("\xa0", " ")
        assert stranger.get(url).status_code == 404 and "Le Fournil" not in stranger.get(url).text


def test_who_begins_an_assessment_at_that_moment_is_told(where: Place, owner: Session) -> None:
    owner.execute(text("DELETE FROM participation WHERE id = :id"), {"id": where.participation.id})
    with pytest.raises(service.Rejected, match="vient de quitter"):
        service.hold(owner, where.participation)


def test_it_comes_back_empty(client: LintingClient, owner: Session, where: Place) -> None:
    client.sign_in(where.person)
    old = where.url(f"structures/{where.participation.id}/")
    leave(client, where)
    [ask] = links(last_mail(owner, where.person.email))
    assert "Vous la gardez : elle ne participe à aucun espace" in page_of(client, where.url("structures"))
    query = last_mail(owner, where.person.email).text.split("/ici/rejoindre/demande")[1].split()[0]
    assert client.get(f"{ask}{query}").status_code == 200
    assert client.post(f"{ask}{query}").status_code == 303
    owner.rollback()
    [back] = owner.query(Participation).filter_by(space_id=where.space.id)
    assert counts(owner, where.space.id) == dict.fromkeys(OF_A_SPACE, 0) | {"participation": 1}
    told = page_of(client, old)
    assert "Elle y participe de nouveau" in told and where.url(f"structures/{back.id}/") in told
    assert "A quitté cet espace" not in page_of(client, where.url("structures"))


def test_who_signs_in_to_none_but_one_that_left_arrives_where_it_says_so(
    client: LintingClient, owner: Session, where: Place
) -> None:
    client.sign_in(where.person)
    leave(client, where)
    assert client.get(where.url("connexion")).location == where.url("structures")


def test_an_unshared_score_leaves_the_figures_alone_and_the_page_says_so(
    client: LintingClient, owner: Session, where: Place
) -> None:
    others = [ParticipationFactory(space_id=where.space.id) for _ in range(10)]
    for index, each in enumerate([where.participation, *others]):
        for category, ratio in ((pool.WHOLE, "0.5"), ("energie", "0.5")):
            owner.add(
                PooledScore(space_id=where.space.id, participation_id=each.id, category=category,
                            waiting=index == 1, ratio=Decimal(ratio), level="haut")
            )  # fmt: skip
    owner.commit()
    client.sign_in(where.person)
    assert "Il en sort seul" in page_of(client, url_of(where))
    leave(client, where)
    owner.rollback()
    left = owner.query(PooledScore).filter_by(category=pool.WHOLE).all()
    # What waits goes on waiting, what is counted stays: nobody is counted for it.
    assert sorted(each.waiting for each in left) == [False] * 9 + [True]


def test_a_shared_score_leaves_the_figures(client: LintingClient, owner: Session, where: Place) -> None:
    where.participation.share_scores = Audience.AUTHORITY
    owner.commit()
    client.sign_in(where.person)
    page = page_of(client, url_of(where))
    assert "Son score dans les chiffres du territoire." in page and "Il en sort seul" not in page


def plain(value: Any) -> Any:
    return value.replace("\xa0", " ") if isinstance(value, str) else value


def test_the_copy_holds_all_of_it(client: LintingClient, owner: Session, where: Place) -> None:
    running(where)
    client.sign_in(where.person)
    answer = client.get(where.url(f"structures/{where.participation.id}/copie.xlsx"))
    assert today_in_paris().isoformat() in answer.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["Auto-évaluations", "Scores", "Réponses", "Fiche", "Structure", "Charte"]
    said = {name: [[plain(cell.value) for cell in row] for row in book[name].iter_rows()] for name in book.sheetnames}
    told = [row for row in said["Réponses"] if row[0] == "3 mars 2025"]
    assert [row[0] for row in said["Auto-évaluations"][1:]] == ["en cours", "3 mars 2025"]
    [given] = [row for row in told if row[2] == "Suivez-vous vos consommations ?"]
    assert given[1] == "Énergie" and given[3] == "Non" and given[8] == "Camille Martin" and given[4] == 0
    assert ["3 mars 2025", "Votre structure", "Type de structure", "Entreprise"] in [row[:4] for row in told]
    assert "Du pain, et du bon sens." in said["Fiche"][1] and "Camille Martin" in said["Charte"][1]
    assert ["Nom", "Le Fournil"] in said["Structure"]


def test_after_a_year_nobody_knows(client: LintingClient, owner: Session, where: Place) -> None:
    client.sign_in(where.person)
    leave(client, where)
    owner.rollback()
    owner.query(Departure).one().left_at = utc_now() - timedelta(days=366)
    owner.commit()
    sweep(owner, {})
    owner.commit()
    assert client.get(where.url(f"structures/{where.participation.id}/")).status_code == 404


def test_the_whole_way_on_a_phone(app: Flask, live: str, new_page: Any, where: Place, owner: Session) -> None:
    colleague(where)
    page = new_page(width=360, height=740)
    enter(app, page, where.person, live)
    page.goto(where.url(f"structures/{where.participation.id}/partage"))
    page.get_by_role("link", name="Quitter cet espace…").click()
    page.wait_for_url("**/quitter-l-espace")
    whole(page)
    assert barriers(page) == []
    with page.expect_download() as copy:
        page.get_by_role("link", name="Emporter une copie (XLSX)").click()
    assert copy.value.suggested_filename.startswith("copie-ici-")
    # By keyboard, twice over.
    page.get_by_label("J’ai compris").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Quitter cet espace").dblclick()
    page.get_by_role("heading", name="Mes structures").wait_for()
    whole(page)
    assert "A quitté cet espace" in page.content() and barriers(page) == []
    page.goto(where.url(f"structures/{where.participation.id}/"))
    assert "Le Fournil a quitté cet espace le" in page.content().replace("&nbsp;", " ") and barriers(page) == []
