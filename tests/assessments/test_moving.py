"""A newer version while an assessment runs: told, shown, chosen; and what a new assessment takes from the last one."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from assett.assessments import queries
from assett.assessments.models import Answer, Assessment, SavedAnswer
from assett.engine.compiled import content_hash
from assett.organizations.models import MemberRole
from assett.questionnaires.models import QuestionnaireVersion
from tests.assessments.arranging import COMPLETE, Place, document, place, running
from tests.factories import AssessmentFactory, MembershipFactory, PersonFactory
from tests.linting import LintingClient
from tests.studio.browsing import form_fields, plain

ANSWERED = datetime(2026, 1, 5, 9, tzinfo=UTC)


def newer_document() -> dict[str, Any]:
    """A question renamed with its choice, one gone, one of another kind, one more choice gone, one new."""
    tree = deepcopy(document())
    energy, waste = tree["categories"]
    following, _, share = energy["questions"]
    following |= {"id": "suivi-conso", "was": ["suivi"]}
    following["choices"][1] |= {"id": "regulier", "was": ["oui"]}
    energy["caps"][0]["if"] = {"question": "suivi-conso", "is": "non"}
    energy["questions"][1]["visible_if"] = {"question": "suivi-conso", "is": "regulier"}
    share["unit"] = "kWh"
    sorting, _, word = waste["questions"]
    sorting["choices"][1] = {"id": "metal", "label": "Métal", "points": 1}
    waste["questions"] = [
        sorting,
        word,
        {"id": "reparer", "title": "Réparez-vous ?", "type": "boolean"},
    ]
    del tree["resources"]
    return tree


def publish(owner: Session, where: Place, tree: dict[str, Any], number: int = 2) -> QuestionnaireVersion:
    version = QuestionnaireVersion(
        space_id=where.space.id,
        questionnaire_id=where.version.questionnaire_id,
        number=number,
        document=tree,
        content_hash=content_hash(tree),
        published_at=datetime(2026, 3, number, tzinfo=UTC),
        note={"fr": "Parce que le métal se trie."},
    )
    owner.add(version)
    owner.commit()
    return version


def answered(owner: Session, where: Place, assessment: Assessment, **values: Any) -> None:
    colleague = PersonFactory(name="Hélène Prat")
    for question, value in values.items():
        owner.add(
            Answer(
                space_id=where.space.id,
                assessment_id=assessment.id,
                question=question,
                value={"v": value},
                revision=3,
                author_id=colleague.id,
                author="Hélène Prat",
                answered_at=ANSWERED,
            )
        )
    owner.commit()


def rows(owner: Session, assessment: Assessment) -> dict[str, SavedAnswer]:
    owner.expire_all()
    return queries.answers(owner, assessment)


def change(owner: Session, assessment: Assessment, question: str, **values: Any) -> None:
    its = (Answer.assessment_id == assessment.id, Answer.question == question)
    owner.execute(update(Answer).where(*its).values(values))
    owner.commit()


@pytest.fixture
def where(owner: Session) -> Place:
    return place()


@pytest.fixture
def assessment(owner: Session, where: Place, client: LintingClient) -> Assessment:
    row = running(where)
    answered(owner, where, row, suivi="oui", frequence=2, part=50, tri=["papier", "verre"], compost=True)
    client.sign_in(where.person)
    return row


def choose(client: LintingClient, where: Place, assessment: Assessment, choice: str, **changed: Any) -> Any:
    way = where.url(f"auto-evaluations/{assessment.id}/nouvelle-version")
    page = client.get(way).text
    names = ("version", "seen")
    fields: dict[str, Any] = {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in names}
    return client.post(way, data={**fields, "choice": choice, **changed})


def test_the_change_is_told_where_one_answers(
    owner: Session, client: LintingClient, where: Place, assessment: Assessment
) -> None:
    publish(owner, where, newer_document())
    told = "Le questionnaire a changé le 2 mars 2026"
    base = where.url(f"auto-evaluations/{assessment.id}/")
    ways = (base, f"{base}categorie/energie", where.url(f"structures/{where.participation.id}/"))
    for way in ways:
        assert told in plain(client.get(way).text), way
    choose(client, where, assessment, "stay")
    for way in ways:
        assert told not in plain(client.get(way).text), way
    # Whoever thinks it over finds the way.
    assert f'href="{base}nouvelle-version">Voir ce qui change, et changer d’avis' in client.get(base).text
    publish(owner, where, document() | {"title": "Troisième"}, number=3)
    assert "a changé le 3 mars 2026" in plain(client.get(base).text)


def test_a_reader_is_not_asked(owner: Session, client: LintingClient, where: Place, assessment: Assessment) -> None:
    publish(owner, where, newer_document())
    reader = PersonFactory()
    MembershipFactory(organization=where.participation.organization, person=reader, role=MemberRole.READER)
    client.sign_in(reader)
    assert "Le questionnaire a changé" not in client.get(where.url(f"auto-evaluations/{assessment.id}/")).text
    assert client.get(where.url(f"auto-evaluations/{assessment.id}/nouvelle-version")).status_code == 404


def test_what_follows_and_what_does_not_is_shown_before(
    owner: Session, client: LintingClient, where: Place, assessment: Assessment
) -> None:
    publish(owner, where, newer_document())
    page = plain(client.get(where.url(f"auto-evaluations/{assessment.id}/nouvelle-version")).text)
    assert "2 réponses vous suivent telles quelles." in page
    assert "3 ne suivent pas, ou pas entièrement." in page
    assert "L’unité n’est plus la même." in page
    assert "Ce choix n’existe plus : « Verre ». Le reste de la réponse suit." in page
    assert "Cette question n’est plus posée." in page
    assert "Réparez-vous ?" in page
    assert set(rows(owner, assessment)) == {"suivi", "frequence", "part", "tri", "compost"}


def test_who_has_answered_nothing_yet_is_not_counted_no_answers(
    owner: Session, client: LintingClient, where: Place, assessment: Assessment
) -> None:
    owner.execute(delete(Answer))
    owner.execute(update(Assessment).values(profile={}))
    publish(owner, where, newer_document())
    here = where.url(f"auto-evaluations/{assessment.id}/nouvelle-version")
    page = plain(client.get(here).text)
    assert "Vous n’aviez encore répondu à aucune question." in page and "vous suit." not in page
    assert "0 réponse" not in page and "Aucune ne se perd" not in page
    owner.execute(update(Assessment).values(profile={"kind": "company"}))
    owner.commit()
    assert "Ce que vous avez dit de votre structure vous suit." in plain(client.get(here).text)


def test_answers_move_with_their_author_and_date(
    owner: Session, client: LintingClient, where: Place, assessment: Assessment
) -> None:
    version = publish(owner, where, newer_document())
    answer = choose(client, where, assessment, "move")
    assert answer.status_code == 303
    kept = rows(owner, assessment)
    assert {name: row.value["v"] for name, row in kept.items()} == {
        "suivi-conso": "regulier",
        "frequence": 2,
        "tri": ["papier"],
    }
    assert {(row.author, row.answered_at, row.revision) for row in kept.values()} == {("Hélène Prat", ANSWERED, 3)}
    moved = owner.get_one(Assessment, assessment.id)
    assert (moved.version_id, moved.profile, moved.progress) == (version.id, {"kind": "company"}, Decimal("0.6"))
    page = plain(client.get(answer.location).text)
    told = page.partition("3 réponses vous suivent")[2]
    assert "2 réponses sont à revoir" in told
    # Nothing can be reviewed of what is no longer asked.
    gone = told.partition("Une question à laquelle vous aviez répondu n’est plus posée :")
    assert "« Compostez-vous ? »" in gone[2] and "« Compostez-vous ? »" not in gone[0]
    assert "Le questionnaire a changé" not in page


def test_a_colleague_s_answer_in_between_is_shown_first(
    owner: Session, client: LintingClient, where: Place, assessment: Assessment
) -> None:
    publish(owner, where, newer_document())
    way = where.url(f"auto-evaluations/{assessment.id}/nouvelle-version")
    page = client.get(way).text
    names = ("version", "seen")
    fields = {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in names}
    change(owner, assessment, "compost", value={"v": False})
    again = client.post(way, data={**fields, "choice": "move"})
    assert again.status_code == 409
    assert "Une réponse a changé entre-temps" in again.text
    assert owner.get_one(Assessment, assessment.id, populate_existing=True).version_id == where.version.id


def test_a_version_published_in_between_is_shown_first(
    owner: Session, client: LintingClient, where: Place, assessment: Assessment
) -> None:
    publish(owner, where, newer_document())
    second = owner.scalars(select(QuestionnaireVersion.id).where(QuestionnaireVersion.number == 2)).one()
    publish(owner, where, document() | {"title": "Troisième"}, number=3)
    again = choose(client, where, assessment, "move", version=second)
    assert again.status_code == 409 and "plus récente encore" in again.text


def test_a_colleague_s_page_of_the_former_version_ends_well(
    owner: Session, client: LintingClient, where: Place, assessment: Assessment
) -> None:
    tree = newer_document()
    tree["categories"][1]["id"] = "ordures"
    publish(owner, where, tree)
    page = client.get(where.url(f"auto-evaluations/{assessment.id}/categorie/dechets"))
    fields = form_fields(page.text, "reponses")
    choose(client, where, assessment, "move")
    answer = client.post(where.url(f"auto-evaluations/{assessment.id}/categorie/dechets"), data=fields)
    assert answer.status_code == 303
    assert "passée à la nouvelle version du questionnaire" in plain(client.get(answer.location).text)
    # What was typed there meanwhile is given back.
    fields |= {"answers.disparue": "Nos déchets verts", "revision.disparue": "0"}
    late = client.post(where.url(f"auto-evaluations/{assessment.id}/categorie/dechets"), data=fields)
    assert late.status_code == 409 and "Nos déchets verts" in late.text and "cette page n’existe plus" in late.text
    one = client.post(
        where.url(f"auto-evaluations/{assessment.id}/reponse"), data={"question": "compost", "answers.compost": "true"}
    )
    assert one.status_code == 422 and "n’existe plus" in one.json["error"]


def test_reworded_questions_are_shown_before_and_reread_after(
    owner: Session, client: LintingClient, where: Place, assessment: Assessment
) -> None:
    # One of them is still that of the assessment before: nobody has given it in this one.
    change(owner, assessment, "frequence", revision=0)
    tree = deepcopy(document())
    following, frequency, _ = tree["categories"][0]["questions"]
    following["title"] = "Relevez-vous vos compteurs ?"
    frequency["title"] = "À  quelle fréquence ?"
    tree["categories"][1]["questions"][0]["choices"][1]["label"] = "Verre et bocaux"
    publish(owner, where, tree)
    page = plain(client.get(where.url(f"auto-evaluations/{assessment.id}/nouvelle-version")).text)
    assert "5 réponses vous suivent, dont 2 à des questions reformulées." in page
    reworded = page[page.index("Ce qui est reformulé") :]
    assert "Avant : Suivez-vous vos consommations ?" in reworded
    assert "Maintenant : Relevez-vous vos compteurs ?" in reworded
    assert "Avant : Verre<" in reworded and "Maintenant : Verre et bocaux" in reworded
    assert "fréquence" not in reworded[: reworded.index("Ce qui vous suit")]
    answer = choose(client, where, assessment, "move")
    assert "2 sont à relire." in plain(client.get(answer.location).text)
    kept = rows(owner, assessment)
    assert {name for name, row in kept.items() if row.reworded} == {"suivi", "tri"}
    assert kept["frequence"].taken_over and not kept["part"].taken_over
    assert {row.author for row in kept.values()} == {"Hélène Prat"}
    assert owner.get_one(Assessment, assessment.id).progress == Decimal("0.4")
    here = where.url(f"auto-evaluations/{assessment.id}/categorie/energie")
    page = client.get(here)
    assert "Des questions ont été reformulées depuis vos réponses" in plain(page.text)
    assert plain(page.text).count("À relire : la question a été reformulée") == 1
    ready = plain(client.get(where.url(f"auto-evaluations/{assessment.id}/terminer")).text)
    assert "Dans ces 2 catégories, des questions ont été reformulées" in ready
    client.post(here, data=form_fields(page.text, "reponses"))
    reread = rows(owner, assessment)["suivi"]
    assert (reread.revision, reread.taken_over, reread.value["v"]) == (1, False, "oui")
    assert "reformulée" not in plain(client.get(here).text)


def test_a_question_renamed_twice_is_found_by_who_skipped_a_version(
    owner: Session, client: LintingClient, where: Place, assessment: Assessment
) -> None:
    for number, (name, was) in enumerate((("organique", "compost"), ("biodechets", "organique")), 2):
        tree = deepcopy(document())
        tree["categories"][1]["questions"][1] |= {"id": name, "was": [was]}
        del tree["resources"]
        publish(owner, where, tree, number)
    choose(client, where, assessment, "move")
    assert rows(owner, assessment)["biodechets"].value == {"v": True}


def test_exchanged_names_follow(owner: Session, client: LintingClient, where: Place, assessment: Assessment) -> None:
    tree = deepcopy(document())
    tri, compost, _ = tree["categories"][1]["questions"]
    tri |= {"id": "papiers", "was": ["tri"]}
    compost |= {"id": "tri-organique", "was": ["compost"]}
    del tree["resources"]
    publish(owner, where, tree)
    choose(client, where, assessment, "move")
    assert {name: row.value["v"] for name, row in rows(owner, assessment).items()} == {
        "suivi": "oui",
        "frequence": 2,
        "part": 50,
        "papiers": ["papier", "verre"],
        "tri-organique": True,
    }


def test_a_try_out_moves_too(owner: Session, client: LintingClient, where: Place) -> None:
    client.get(where.url("essai"))
    client.post(where.url("essai"))
    trial = owner.scalars(select(Assessment).where(Assessment.participation_id.is_(None))).one()
    answered(owner, where, trial, suivi="non")
    version = publish(owner, where, newer_document())
    client.get(where.url(f"auto-evaluations/{trial.id}/"))
    assert choose(client, where, trial, "move").status_code == 303
    assert set(rows(owner, trial)) == {"suivi-conso"}
    assert owner.get_one(Assessment, trial.id).version_id == version.id


def test_a_new_assessment_is_prefilled_across_versions(owner: Session, client: LintingClient, where: Place) -> None:
    last = AssessmentFactory(
        space_id=where.space.id,
        participation_id=where.participation.id,
        version_id=where.version.id,
        profile={"kind": "association"},
    )
    answered(owner, where, last, **COMPLETE)
    last.completed_at, last.latest = datetime(2025, 3, 2, tzinfo=UTC), True
    owner.commit()
    publish(owner, where, newer_document())
    client.sign_in(where.person)
    client.get(where.url(f"structures/{where.participation.id}/"))
    client.post(where.url(f"structures/{where.participation.id}/auto-evaluations"))
    now = owner.scalars(select(Assessment).where(Assessment.completed_at.is_(None))).one()
    assert {name: row.value["v"] for name, row in rows(owner, now).items()} == {"suivi-conso": "non", "tri": ["papier"]}
    assert now.profile == {"kind": "association"}
    assert owner.get_one(Assessment, last.id).version_id == where.version.id


def test_the_questionnaire_is_told_to_everybody(owner: Session, client: LintingClient, where: Place) -> None:
    page = plain(client.get(where.url("questionnaire")).text)
    assert "Suivez-vous vos consommations ?" in page and "2 catégories" in page
    assert "Haut : à partir de 2,5 sur 5 (50 % des points)" in page.replace("<strong>", "").replace("</strong>", "")
    publish(owner, where, newer_document())
    page = plain(client.get(where.url("questionnaire/versions/2")).text)
    assert "Parce que le métal se trie." in page
    assert "Questions : 1 question ajoutée, 1 retirée, 2 modifiées." in page
    assert "Réponse retirée : « Verre » (points : 0)" in page
    assert "Unité : « % » → « kWh »" in page
    assert "Identifiant" not in page
    assert "première version" in client.get(where.url("questionnaire/versions/1")).text
    assert client.get(where.url("questionnaire/versions/9")).status_code == 404
