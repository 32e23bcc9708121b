"""The trial bench, publishing, and the versions that were."""

from __future__ import annotations

import re
import threading
import time
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRoleName
from assett.assessments.models import Answer, Assessment
from assett.core.audit import AuditEntry
from assett.core.settings import ROOT
from assett.engine.compiled import compile_document
from assett.engine.generated import Generator
from assett.engine.reading import read_document
from assett.formats.files import load
from assett.organizations.models import Audience, Organization, Participation
from assett.questionnaires.models import QuestionnaireVersion
from assett.studio import published
from assett.studio.models import Draft
from tests import factories
from tests.linting import LintingClient
from tests.studio.browsing import plain


@pytest.fixture
def space(owner: Session) -> Any:
    return factories.SpaceFactory(slug="poitiers")


@pytest.fixture
def version(owner: Session, space: Any) -> QuestionnaireVersion:
    found: QuestionnaireVersion = factories.QuestionnaireVersionFactory(space_id=space.id)
    return found


def harder() -> dict[str, Any]:
    """The small questionnaire with a stricter grid and one more question."""
    tree = factories.small_document()
    for category in tree["categories"]:
        category["questions"][0]["choices"] = deepcopy(category["questions"][0]["choices"])
    tree["categories"][0]["questions"][0]["choices"][1]["points"] = 2
    tree["categories"][0]["questions"].append(
        {
            "id": "isolation",
            "title": "Votre toit est-il isolé ?",
            "type": "single",
            "choices": [{"id": "non", "label": "Non"}, {"id": "oui", "label": "Oui", "points": 1}],
        }
    )
    waste = tree["categories"][1]["questions"][0]
    waste["choices"][0]["points"], waste["choices"][1]["points"] = 1, 0
    return tree


def draft_of(owner: Session, space: Any, tree: dict[str, Any], **fields: Any) -> Draft:
    draft = Draft(space_id=space.id, title="Petit", tree=tree, upstream_decisions={}, ready={}, **fields)
    owner.add(draft)
    owner.commit()
    return draft


def past(
    owner: Session, space: Any, version: QuestionnaireVersion, given: list[dict[str, Any]], *, private: int = 0
) -> None:
    """A completed assessment for each set of answers; the first `private` structures share no score."""
    structures = list(
        owner.scalars(
            insert(Organization).returning(Organization.id),
            [
                {"name": f"Atelier {n}", "kind": "company", "commune": "Poitiers", "activity": ""}
                for n in range(len(given))
            ],
        )
    )
    participations = list(
        owner.scalars(
            insert(Participation).returning(Participation.id, sort_by_parameter_order=True),
            [
                {
                    "space_id": space.id,
                    "organization_id": id,
                    "share_scores": Audience.NOBODY if place < private else Audience.AUTHORITY,
                }
                for place, id in enumerate(structures)
            ],
        )
    )
    assessments = list(
        owner.scalars(
            insert(Assessment).returning(Assessment.id, sort_by_parameter_order=True),
            [
                {"space_id": space.id, "participation_id": id, "version_id": version.id, "latest": True, "profile": {}}
                for id in participations
            ],
        )
    )
    owner.execute(
        insert(Answer),
        [
            {"space_id": space.id, "assessment_id": id, "question": question, "value": {"v": value}}
            for id, answers in zip(assessments, given, strict=True)
            for question, value in answers.items()
        ],
    )
    owner.execute(
        update(Assessment)
        .where(Assessment.id.in_(assessments))
        .values(completed_at=datetime(2025, 3, 1, tzinfo=UTC))
        .execution_options(synchronize_session=False)
    )
    owner.commit()


def sign_in(client: LintingClient, space: Any, role: SpaceRoleName = SpaceRoleName.EDITOR) -> Any:
    person = factories.SpaceRoleFactory(space_id=space.id, person__name="Zoé Éditrice", role=role).person
    client.sign_in(person)
    return person


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(seen|serving)" value="(\d+)"', page))


# The trial bench


def test_the_bench_says_first_who_would_change_level(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    good, bad = {"suivi": "oui", "tri": "oui"}, {"suivi": "non", "tri": "non"}
    past(owner, space, version, [good] * 7 + [bad] * 5)
    draft = draft_of(owner, space, harder())
    sign_in(client, space)
    page = plain(client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai").text)
    assert "Sur les réponses de 12 structures du territoire" in page
    assert "Environ 10 structures sur 10 changeraient de niveau : environ 5 montent, environ 5 descendent." in page
    assert "nouvelle : personne n’a pu y répondre" in page
    assert "Aucune question ne perd 5 réponses ou plus." in page
    assert "Atelier" not in page.replace("/atelier/", "")
    figure = client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai.json?panneau=past").json
    waste = {series["name"]: series["text"] for series in figure["data"]}
    assert waste["Avancé"] == ["5", "5", "5", "5", "", "5"]
    assert figure["data"][0]["y"][0] == "Déchets, après"


def test_the_bench_names_answers_that_do_not_follow(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    past(owner, space, version, [{"suivi": "oui", "tri": "oui"}] * 10 + [{"suivi": "oui", "tri": "non"}] * 2)
    tree = factories.small_document()
    del tree["categories"][0]
    choices = tree["categories"][0]["questions"][0]["choices"]
    tree["categories"][0]["questions"][0]["choices"] = [{"id": "jamais", "label": "Jamais"}, choices[1]]
    draft = draft_of(owner, space, tree)
    sign_in(client, space)
    page = plain(client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai").text)
    lost = page[page.index("Réponses qui ne suivent pas") :]
    assert "la question n’est plus posée" in lost and ">10<" in lost
    assert "un choix n’existe plus" not in lost and ">2<" not in lost
    assert "Catégorie retirée : son score disparaît." in page


@pytest.mark.parametrize(("count", "private", "told"), [(9, 0, False), (13, 4, False), (14, 4, True), (10, 5, True)])
def test_the_bench_shows_nothing_that_points_at_somebody(
    client: LintingClient,
    owner: Session,
    space: Any,
    version: QuestionnaireVersion,
    count: int,
    private: int,
    told: bool,
) -> None:
    past(owner, space, version, [{"suivi": "oui", "tri": "non"}] * count, private=private)
    draft = draft_of(owner, space, harder())
    sign_in(client, space, SpaceRoleName.READER)
    page = plain(client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai").text)
    assert ("changeraient de niveau" in page) == told
    assert ("Trop peu de réponses passées" in page) != told
    if private == 4 and told:
        assert "4 structures ne partagent pas leur score" in page and "Sur les réponses de 10 structures" in page
    answer = client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai.json?panneau=past")
    assert answer.status_code == (200 if told else 404)


def aimed(answer: str) -> dict[str, Any]:
    """A grid written to learn whether one structure answered so: it alone would fall."""
    tree = factories.small_document()
    condition = {"all": [{"question": "suivi", "is": answer}, {"question": "tri", "is": "non"}]}
    tree["categories"][0]["caps"] = [{"if": condition, "max": 0, "reason": "Pour voir"}]
    return tree


def test_a_grid_aimed_at_one_structure_learns_nothing_of_it(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    past(owner, space, version, [{"suivi": "oui", "tri": "oui"}] * 24 + [{"suivi": "oui", "tri": "non"}])
    sign_in(client, space)
    pages, figures = [], []
    for answer in ("oui", "non"):
        draft = draft_of(owner, space, aimed(answer))
        page = plain(client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai").text)
        shown = page[page.index("Sur les réponses de 25") :].replace(f"/atelier/{draft.id}/", "")
        pages.append(shown)
        figures.append(client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai.json?panneau=past").json)
        told = plain(client.get(f"/poitiers/atelier/{draft.id}/publier").text)
        assert "Moins de 5 structures changeraient de niveau, ou aucune." in told and "arrondis à 5 près" in told
    assert pages[0] == pages[1]
    assert "Moins de 5 structures changeraient de niveau, ou aucune." in pages[0]
    assert "Score moyen : environ" in pages[0]
    assert figures[0] == figures[1]


def test_four_known_answers_do_not_tell_the_fifth(client: LintingClient, owner: Session) -> None:
    """Numbers change where four become five: who knows four structures could bring a fifth one to that edge. It may
    have exchanged its answers with a sixth that stands alike: no page shows it."""
    base = factories.small_document()
    energy = base["categories"][0]["questions"]
    energy.append(deepcopy(energy[0]) | {"id": "plan", "title": "Avez-vous un plan d’actions ?"})
    one, other = {"suivi": "oui", "plan": "non"}, {"suivi": "non", "plan": "oui"}
    tree = deepcopy(base)
    condition = {"all": [{"question": "suivi", "is": "oui"}, {"question": "tri", "is": "oui"}]}
    tree["categories"][0]["caps"] = [{"if": condition, "max": 0, "reason": "Pour voir"}]
    told = []
    for fifth, sixth in ((one, other), (other, one)):
        space = factories.SpaceFactory()
        version = factories.QuestionnaireVersionFactory(space_id=space.id, document=base)
        known = [one | {"tri": "oui"}] * 4
        past(
            owner, space, version, [*known, fifth | {"tri": "oui"}, sixth | {"tri": "non"}, *[one | {"tri": "non"}] * 9]
        )
        draft = draft_of(owner, space, tree)
        sign_in(client, space)
        page = plain(client.get(f"/{space.slug}/atelier/{draft.id}/banc-d-essai").text)
        told.append(page[page.index("Sur les réponses de 15") : page.index("Personne n’est nommé")])
        told[-1] = told[-1].replace(f"/{space.slug}/atelier/{draft.id}/", "")
    assert told[0] == told[1]


def test_several_assessments_of_one_structure_hide_behind_more(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    past(owner, space, version, [{"suivi": "oui", "tri": "oui"}] * 12)
    one = owner.scalars(select(Assessment)).first()
    assert one is not None
    owner.execute(update(Assessment).where(Assessment.id == one.id).values(latest=False))
    owner.commit()
    participation = one.participation_id
    for _ in range(5):
        again = factories.AssessmentFactory(
            space_id=space.id, participation_id=participation, version_id=version.id, latest=False
        )
        owner.execute(
            insert(Answer),
            [{"space_id": space.id, "assessment_id": again.id, "question": "tri", "value": {"v": "non"}}],
        )
        again.completed_at = datetime(2025, 3, 1, tzinfo=UTC)
        owner.commit()
    draft = draft_of(owner, space, harder())
    sign_in(client, space)
    page = plain(client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai?toutes=1").text)
    assert "Sur les réponses de 12 structures" in page and "arrondis à 30 près" in page
    assert "moins de 30" in page.lower() and "Environ" not in page


def test_the_bench_says_where_it_took_the_latest_alone(
    client: LintingClient,
    owner: Session,
    space: Any,
    version: QuestionnaireVersion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    past(owner, space, version, [{"suivi": "oui", "tri": "oui"}] * 14)
    draft = draft_of(owner, space, harder())
    sign_in(client, space)
    paths = [f"/poitiers/atelier/{draft.id}/{page}" for page in ("banc-d-essai", "publier")]
    assert all("les plus récentes" not in plain(client.get(path).text) for path in paths)
    monkeypatch.setattr(published, "MOST", 12)
    draft = draft_of(owner, space, harder() | {"title": "Autre"})
    for page in ("banc-d-essai", "publier", "banc-d-essai?toutes=1"):
        told = plain(client.get(f"/poitiers/atelier/{draft.id}/{page}").text)
        assert "L’essai porte sur les 12 auto-évaluations les plus récentes, sur 14." in told
        assert "Sur les réponses de 12 structures" in told


def renamed(*names: str, choice: str = "oui") -> dict[str, Any]:
    """The small questionnaire whose first question is called by the last of these names, and was by the one before."""
    tree = factories.small_document()
    question = tree["categories"][0]["questions"][0]
    question |= {"id": names[-1], "was": list(names[-2:-1])}
    question["choices"] = deepcopy(question["choices"])
    question["choices"][1] |= {"id": f"oui-{names[-1]}", "was": [choice]}
    return tree


def test_answers_to_older_versions_are_found_through_every_version_between(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    """Two versions renamed a question and its choice, each naming only its last name."""
    past(owner, space, version, [{"suivi": "oui", "tri": "oui"}] * 12)
    common = {"space_id": space.id, "questionnaire": version.questionnaire}
    for number, tree in enumerate(
        (renamed("suivi", "releve"), renamed("suivi", "releve", "compteurs", choice="oui-releve")), 2
    ):
        factories.QuestionnaireVersionFactory(
            **common, number=number, document=tree, published_at=datetime(2026, number, 2, tzinfo=UTC)
        )
    changed = renamed("suivi", "releve", "compteurs", choice="oui-releve")
    changed["categories"][1]["questions"][0]["title"] = "Triez-vous tout ?"
    draft = draft_of(owner, space, changed)
    sign_in(client, space)
    page = plain(client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai").text)
    assert "Aucune question ne perd" in page
    energy = page[page.index("Structures à chaque niveau : Énergie") :]
    assert re.findall(r">(\d+|moins de 5|–)</td>", energy[: energy.index("</table>")])[-2:] == ["10", "10"]


def test_answers_lost_before_the_version_compared_with_are_told(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    past(owner, space, version, [{"suivi": "oui", "tri": "oui"}] * 12)
    tree = factories.small_document()
    tree["categories"][1]["questions"][0]["id"] = "bacs"
    factories.QuestionnaireVersionFactory(
        space_id=space.id,
        questionnaire=version.questionnaire,
        number=2,
        document=tree,
        published_at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    draft = draft_of(owner, space, tree | {"title": "Le même"})
    sign_in(client, space)
    page = plain(client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai").text)
    lost = page[page.index("Réponses qui ne suivent pas") :]
    assert "la question n’est plus posée" in lost and ">10<" in lost
    assert "déjà perdues entre leur version et celle qui sert de comparaison" in lost


def test_generated_structures_are_the_same_for_the_same_draw(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    draft = draft_of(owner, space, harder())
    sign_in(client, space)
    base = f"/poitiers/atelier/{draft.id}/banc-d-essai.json?panneau=generated&source=generated&nombre=60"
    first, again, other = (client.get(f"{base}&graine={seed}").json for seed in (1, 1, 2))
    assert first == again != other
    page = client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai?source=generated&nombre=60&graine=2")
    assert "Sur 60 structures fictives" in plain(page.text)


def test_a_draft_without_a_version_in_service_is_tried_alone(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space, harder())
    sign_in(client, space)
    page = plain(client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai?nombre=50").text)
    assert "essayé seul" in page and "Sur 50 structures fictives" in page and "Avant" not in page


def test_strange_settings_are_brought_within_bounds(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    draft = draft_of(owner, space, harder())
    sign_in(client, space)
    asked = "source=x&nombre=-3&graine=deux&base=999999&toutes=2&profil.kind=<b>&profils=territoire"
    assert client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai?{asked}").status_code == 200
    page = client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai?source=generated&nombre=-3")
    assert "Sur 5 structures fictives" in plain(page.text)


def test_the_bench_answers_soon_on_five_thousand_assessments(
    client: LintingClient, owner: Session, space: Any, statements: list[str]
) -> None:
    """The national base of some forty questions, on answers that are really stored.

    The time is that of this thread: other work on the machine does not count against it.
    """
    tree = load(ROOT / "questionnaires/socle-assett.yaml").tree
    version = factories.QuestionnaireVersionFactory(
        space_id=space.id, document=tree, questionnaire__slug="socle-assett"
    )
    compiled = compile_document(read_document(tree))
    drawn = [each.payload()["answers"] for each in Generator(compiled, 7).respondents(500)]
    past(owner, space, version, drawn * 10)
    changed = deepcopy(tree)
    changed["levels"][1]["from"] = load(ROOT / "questionnaires/socle-assett.yaml").tree["levels"][1]["from"] * 2 / 3
    changed["categories"][0]["questions"].pop()
    draft = draft_of(owner, space, changed)
    sign_in(client, space)
    client.get(f"/poitiers/atelier/{draft.id}/verification")
    statements.clear()
    began = time.thread_time()
    page = plain(client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai").text)
    took = time.thread_time() - began
    assert "Sur les réponses de 5000 structures du territoire" in page.replace("5 000", "5000")
    assert len(statements) <= 12
    assert took <= 5
    began = time.thread_time()
    client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai")
    assert time.thread_time() - began < took / 3


# Publishing


def test_publishing_says_all_that_it_does_then_does_it(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    past(owner, space, version, [{"suivi": "oui", "tri": "oui"}] * 11)
    participation = factories.ParticipationFactory(space_id=space.id)
    factories.AssessmentFactory(space_id=space.id, participation_id=participation.id, version_id=version.id)
    draft = draft_of(owner, space, harder(), base_id=version.id)
    zoe = sign_in(client, space)
    page = client.get(f"/poitiers/atelier/{draft.id}/publier").text
    told = plain(page)
    assert "Questions : 1 question ajoutée, 2 modifiées. Les notes peuvent changer." in told
    assert "Points du choix « Oui » : 1 → 2" in told
    assert "Environ 10 structures sur 10 changeraient de niveau" in told
    assert "1 auto-évaluation est en cours." in told
    answer = client.post(
        f"/poitiers/atelier/{draft.id}/publier",
        data={**hidden(page), "note.fr": "Le toit compte.", "note.en": ""},
    )
    assert answer.status_code == 303
    second = owner.scalars(select(QuestionnaireVersion).where(QuestionnaireVersion.number == 2)).one()
    assert (second.note, second.published_by) == ({"fr": "Le toit compte."}, zoe.id)
    assert second.document == harder()
    page = plain(client.get(answer.location).text)
    assert "La version 2 est en service." in page and "Voir comme un acteur" in page
    assert "Le toit compte." in page and "Votre toit est-il isolé ?" in page
    again = client.post(f"/poitiers/atelier/{draft.id}/publier", data={"seen": "0", "serving": str(version.id)})
    assert again.location == answer.location
    assert "déjà publié" in plain(client.get(again.location).text)
    assert len(owner.scalars(select(QuestionnaireVersion)).all()) == 2
    assert "version.published" in owner.scalars(select(AuditEntry.action)).all()


def test_two_clicks_publish_once(
    app: Flask, client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    draft = draft_of(owner, space, harder())
    person = sign_in(client, space)
    fields = hidden(client.get(f"/poitiers/atelier/{draft.id}/publier").text)
    statuses = []

    def click() -> None:
        own = app.test_client()
        assert isinstance(own, LintingClient)
        own.get_cookie("assett")
        cookie = client.get_cookie("assett")
        assert cookie is not None
        own.set_cookie("assett", cookie.value)
        own.token = client.token
        statuses.append(own.post(f"/poitiers/atelier/{draft.id}/publier", data=dict(fields)).status_code)

    threads = [threading.Thread(target=click) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303] * 3 and person.id
    assert sorted(owner.scalars(select(QuestionnaireVersion.number))) == [1, 2]


def test_what_changed_while_reading_is_said_and_asked_again(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    draft = draft_of(owner, space, harder())
    sign_in(client, space)
    page = client.get(f"/poitiers/atelier/{draft.id}/publier").text
    client.post(
        f"/poitiers/atelier/{draft.id}/operation",
        data={"verb": "add", "address": "category/", "title": "Eau"},
    )
    client.post(f"/poitiers/atelier/{draft.id}/annuler")
    answer = client.post(f"/poitiers/atelier/{draft.id}/publier", data={**hidden(page), "note.fr": "Gardé"})
    assert answer.status_code == 409
    assert "Zoé Éditrice a ajouté la catégorie" in plain(answer.text) and "Gardé" in answer.text
    assert client.post(f"/poitiers/atelier/{draft.id}/publier", data=hidden(answer.text)).status_code == 303


def test_another_version_published_meanwhile_is_said(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    mine, theirs = (draft_of(owner, space, harder(), base_id=version.id) for _ in range(2))
    sign_in(client, space)
    page = client.get(f"/poitiers/atelier/{mine.id}/publier").text
    client.post(f"/poitiers/atelier/{theirs.id}/publier", data=hidden(page))
    answer = client.post(f"/poitiers/atelier/{mine.id}/publier", data=hidden(page))
    assert answer.status_code == 409
    assert "La version en service n’est plus la même." in plain(answer.text)
    assert "Une autre version est entrée en service" in plain(answer.text)


def test_what_is_not_right_is_not_published(client: LintingClient, owner: Session, space: Any) -> None:
    tree = harder()
    tree["categories"][0]["questions"][0]["choices"] = []
    draft = draft_of(owner, space, tree)
    sign_in(client, space)
    page = client.get(f"/poitiers/atelier/{draft.id}/publier").text
    assert "empêche de publier" in plain(page) and "Publier cette version" not in page
    answer = client.post(f"/poitiers/atelier/{draft.id}/publier", data={"seen": "0", "serving": "0"})
    assert answer.status_code == 422
    assert owner.scalars(select(QuestionnaireVersion)).all() == []


def test_another_questionnaire_takes_the_place_of_the_one_in_service(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    tree = harder() | {"id": "premier-pas", "title": "Premier pas"}
    draft = draft_of(owner, space, tree, questionnaire_id=version.questionnaire_id, base_id=version.id)
    sign_in(client, space)
    page = client.get(f"/poitiers/atelier/{draft.id}/publier").text
    assert "remplace le questionnaire « Petit questionnaire »" in plain(page)
    client.post(f"/poitiers/atelier/{draft.id}/publier", data=hidden(page))
    first = owner.scalars(select(QuestionnaireVersion).where(QuestionnaireVersion.id != version.id)).one()
    assert first.number == 1 and first.questionnaire_id != version.questionnaire_id
    listed = plain(client.get("/poitiers/atelier/versions").text)
    assert "de « premier-pas »" in listed and "de « petit »" in listed
    assert "Premier pas" in client.get("/poitiers/questionnaire").text
    assert "Première" not in plain(client.get(f"/poitiers/questionnaire/versions/1?id={first.id}").text)


def test_what_stays_comparable_with_the_national_base_is_counted(
    client: LintingClient, owner: Session, space: Any
) -> None:
    national = factories.QuestionnaireVersionFactory(space_id=None, questionnaire__active=False)
    draft = draft_of(owner, space, harder(), upstream_id=national.id)
    sign_in(client, space)
    told = plain(client.get(f"/poitiers/atelier/{draft.id}/publier").text)
    assert "Aucune question n’est identique au socle national" in told
    tree = harder()
    tree["categories"][1] = factories.small_document()["categories"][1]
    draft = draft_of(owner, space, tree, upstream_id=national.id)
    assert "Une question sur 3 est identique" in plain(client.get(f"/poitiers/atelier/{draft.id}/publier").text)


# The versions


def published_twice(owner: Session, version: QuestionnaireVersion) -> QuestionnaireVersion:
    second: QuestionnaireVersion = factories.QuestionnaireVersionFactory(
        space_id=version.space_id,
        questionnaire=version.questionnaire,
        number=2,
        document=harder(),
        published_at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    return second


def test_retiring_gives_its_place_to_the_version_before_then_to_none(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    second = published_twice(owner, version)
    participation = factories.ParticipationFactory(space_id=space.id)
    begun = factories.AssessmentFactory(space_id=space.id, participation_id=participation.id, version_id=second.id)
    sign_in(client, space)
    asked = plain(client.get(f"/poitiers/atelier/versions/{second.id}/retirer").text)
    assert "La version 1 du 1er janvier 2024 reprend sa place" in asked
    answer = client.post(f"/poitiers/atelier/versions/{second.id}/retirer")
    assert "La version 1 est en service." in plain(client.get(answer.location).text)
    assert "Aucune autre version" in plain(client.get(f"/poitiers/atelier/versions/{version.id}/retirer").text)
    client.post(f"/poitiers/atelier/versions/{version.id}/retirer")
    assert "Aucune version n’est en service" in plain(client.get("/poitiers/atelier/versions").text)
    paused = client.get("/poitiers/essai")
    assert paused.status_code == 404 and "fait une pause" in paused.text
    assert owner.get_one(Assessment, begun.id, populate_existing=True).version_id == second.id
    client.get("/poitiers/atelier/versions")
    client.post(f"/poitiers/atelier/versions/{version.id}/remettre-en-service")
    listed = plain(client.get("/poitiers/atelier/versions").text)
    assert "La version 1 du 1er janvier 2024 est de nouveau en service." in listed
    assert client.get("/poitiers/essai").status_code == 200


def test_an_older_version_comes_back_before_the_later_ones(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    second = published_twice(owner, version)
    sign_in(client, space)
    assert "en service aujourd’hui, est retirée" in plain(
        client.get(f"/poitiers/atelier/versions/{version.id}/remettre-en-service").text
    )
    client.post(f"/poitiers/atelier/versions/{version.id}/remettre-en-service")
    assert owner.get_one(QuestionnaireVersion, second.id, populate_existing=True).retired_at is not None
    assert owner.get_one(QuestionnaireVersion, version.id, populate_existing=True).retired_at is None


def test_any_two_versions_are_compared_and_any_one_becomes_a_draft(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    second = published_twice(owner, version)
    sign_in(client, space)
    told = plain(client.get(f"/poitiers/atelier/versions/comparer?avant={second.id}&apres={version.id}").text)
    assert "Question retirée" in told and "Points du choix « Oui » : 2 → 1" in told
    assert client.get("/poitiers/atelier/versions/comparer?avant=0&apres=x").status_code == 200
    client.get(f"/poitiers/atelier/versions/{version.id}")
    client.post("/poitiers/atelier/brouillons", data={"source": str(version.id)})
    draft = owner.scalars(select(Draft)).one()
    assert (draft.base_id, draft.questionnaire_id) == (version.id, version.questionnaire_id)


def test_a_reader_reads_and_does_not_retire(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    sign_in(client, space, SpaceRoleName.READER)
    assert "Retirer" not in client.get("/poitiers/atelier/versions").text
    assert client.get(f"/poitiers/atelier/versions/{version.id}").status_code == 200
    for act in ("retirer", "remettre-en-service"):
        assert client.post(f"/poitiers/atelier/versions/{version.id}/{act}").status_code == 403


def test_a_national_version_is_not_the_space_s_to_retire(client: LintingClient, owner: Session, space: Any) -> None:
    national = factories.QuestionnaireVersionFactory(space_id=None, questionnaire__active=False)
    sign_in(client, space)
    for act in ("", "/retirer", "/remettre-en-service"):
        assert client.get(f"/poitiers/atelier/versions/{national.id}{act}").status_code == 404


def test_every_page_asks_for_few_statements(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion, statements: list[str]
) -> None:
    second = published_twice(owner, version)
    past(owner, space, second, [{"suivi": "oui", "tri": "oui"}] * 6)
    draft = draft_of(owner, space, harder(), base_id=version.id, upstream_id=version.id)
    sign_in(client, space)
    base = "/poitiers/atelier/"
    for path in (
        f"{draft.id}/banc-d-essai?source=both",
        f"{draft.id}/publier",
        "versions",
        f"versions/{second.id}",
        f"versions/comparer?avant={version.id}&apres={second.id}",
        f"versions/{second.id}/retirer",
    ):
        client.get(base + path)
        statements.clear()
        assert client.get(base + path).status_code == 200
        assert len(statements) <= 12, (path, len(statements))


def test_what_a_removed_question_leaves_behind_is_said_in_words_at_its_place(
    client: LintingClient, owner: Session, space: Any
) -> None:
    tree = aimed("oui")
    del tree["categories"][1]
    draft = draft_of(owner, space, tree)
    sign_in(client, space)
    page = plain(client.get(f"/poitiers/atelier/{draft.id}/verification").text)
    assert "Plafond 1 : une question citée n’est plus dans le questionnaire" in page
    assert "choisissez-en une autre, ou retirez la ligne" in page and "vouliez-vous dire" not in page
