"""Publishing and the versions that were."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRoleName
from assett.assessments.models import Assessment
from assett.core.audit import AuditEntry
from assett.questionnaires.models import Questionnaire, QuestionnaireVersion
from assett.studio import forms
from assett.studio.models import Draft, DraftComment
from tests import factories
from tests.linting import LintingClient
from tests.studio.arranging import aimed, draft_of, harder, hidden, past, sign_in, tree_of
from tests.studio.browsing import form_fields, plain


def test_the_first_version_serves_from_the_opening_on(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space, harder())
    sign_in(client, space)
    address = f"/poitiers/atelier/{draft.id}/publier"
    told = plain(client.get(address).text)
    assert "pourront commencer à répondre" in told
    assert "sous le nom « Petit questionnaire »" in told and "Changer ce nom" in told
    owner.get_one(type(space), space.id).opened_at = None
    owner.commit()
    assert "dès l’ouverture de l’espace" in plain(client.get(address).text)


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
    assert "Questions : 1 question ajoutée, 2 modifiées. Les scores peuvent changer." in told
    assert "Points de la réponse « Oui » : 1 → 2" in told
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


def test_a_version_in_service_says_what_is_left_before_structures_answer(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion, statements: list[str]
) -> None:
    sign_in(client, space, SpaceRoleName.MANAGER)
    address = f"/poitiers/atelier/versions/{version.id}"
    left = "Reste à faire entrer les structures"
    told = plain(client.get(address).text)
    assert left not in told and "c’est elle que les structures reçoivent" in told
    found = owner.get_one(type(space), space.id)
    found.opened_at = None
    owner.commit()
    statements.clear()
    page = client.get(address).text
    assert len(statements) <= 12
    told = plain(page)
    assert left in told and "seuls votre équipe et vos pilotes y entrent" in told
    assert "Les pilotes ont de quoi entrer" in told and "Le jour d’ouverture est fixé" in told
    assert "que les structures recevront, une fois l’espace ouvert" in told and "L’espace est ouvert à tous" not in told
    assert 'href="/poitiers/lancement"' in page.partition("<main")[2]
    found.opened_at, found.pilot_key = datetime(2099, 3, 1, 9, tzinfo=UTC), "clef"
    owner.commit()
    told = plain(client.get(address).text)
    assert "L’espace ouvre le 1ᵉʳ mars 2099" in told or "L’espace ouvre le 1er mars 2099" in told
    assert "Les pilotes ont de quoi entrer" not in told and "Le jour d’ouverture est fixé" not in told


def test_the_word_to_structures_is_set_and_an_edition_carried_over_is_not_told(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    named = {**factories.small_document(), "version": "2025.1"}
    first, second = (
        factories.QuestionnaireVersionFactory(
            space_id=space.id, questionnaire=version.questionnaire, number=number, document=named, note={"fr": note}
        )
        for number, note in ((2, ""), (3, "Voici **deux questions**."))
    )
    sign_in(client, space)
    assert "Voici <strong>deux questions</strong>." in client.get("/poitiers/atelier/versions").text
    assert "Édition 2025.1" in client.get(f"/poitiers/atelier/versions/{first.id}").text
    assert "Édition 2025.1" not in client.get(f"/poitiers/atelier/versions/{second.id}").text


def test_a_change_of_words_alone_is_said_to_move_no_score(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    tree = factories.small_document()
    tree["categories"][0]["questions"][0]["title"] = "Suivez-vous vos factures ?"
    draft = draft_of(owner, space, tree, base_id=version.id)
    past(owner, space, version, [{"suivi": "oui", "tri": "non"}] * 12)
    sign_in(client, space)
    inert = "Rien de ce qui change ne compte dans le score : aucun score ne bouge."
    told = plain(client.get(f"/poitiers/atelier/{draft.id}/publier").text)
    assert inert in told and "changeraient de niveau" not in told and "mêlées" not in told
    told = plain(client.get(f"/poitiers/atelier/{draft.id}/banc-d-essai").text)
    assert inert in told and "changeraient de niveau" not in told and ">Avant<" not in told


def test_nothing_beside_publishing_reads_as_do_not_publish(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space, harder())
    sign_in(client, space)
    assert "data-undo" in client.get(f"/poitiers/atelier/{draft.id}").text
    page = client.get(f"/poitiers/atelier/{draft.id}/publier").text
    assert "Publier cette version" in page and "data-undo" not in page


def test_try_outs_alone_are_told_in_a_sentence_of_their_own(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    draft = draft_of(owner, space, harder(), base_id=version.id)
    factories.AssessmentFactory(
        space_id=space.id,
        participation_id=None,
        trial_secret="d1" * 32,
        expires_at=datetime(2099, 1, 1, tzinfo=UTC),
        version_id=version.id,
    )
    sign_in(client, space)
    told = plain(client.get(f"/poitiers/atelier/{draft.id}/publier").text)
    assert "1 essai est en cours." in told
    assert "0 auto-évaluation" not in told


def test_what_a_published_draft_left_open_goes_on_in_the_next_one(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    """Comments nobody settled and translations left behind; not what was marked as ready to be read."""
    sign_in(client, space)
    client.get("/poitiers/atelier/versions")
    began = client.post("/poitiers/atelier/brouillons", data={"source": str(version.id)}).location
    category = client.get(f"{began}/categories/energie?ouvrir=category/energie").text
    fields = form_fields(category, "form-category-energie")
    client.post(f"{began}/modifier", data={**fields, "title.fr": "Énergie et climat"})
    for text in ("Et le bois ?", "Réglé d’avance"):
        client.post(f"{began}/commentaires/question/suivi", data={"text": text})
    settled = owner.scalars(select(DraftComment.id).order_by(DraftComment.id.desc())).first()
    client.post(f"{began}/commentaire/{settled}/regler")
    client.post(f"{began}/relecture", data={"address": "question/tri", "verb": "ready"})
    page = client.get(f"{began}/publier").text
    assert "Un commentaire n’est pas réglé." in plain(page)
    client.post(f"{began}/publier", data=hidden(page))
    second = owner.scalars(select(QuestionnaireVersion.id).where(QuestionnaireVersion.number == 2)).one()
    client.get("/poitiers/atelier/versions")
    following = client.post("/poitiers/atelier/brouillons", data={"source": str(second)}).location
    assert "Une traduction est à revoir" in plain(client.get(f"{following}/traductions").text)
    said = plain(client.get(f"{following}/commentaires?tous=1").text)
    assert "Et le bois ?" in said and "Réglé d’avance" not in said and "Prêt à relire" not in said
    # An older version taken up again does not bring back what was settled since.
    client.get(following)
    again = client.post("/poitiers/atelier/brouillons", data={"source": str(version.id)}).location
    assert "Et le bois ?" not in plain(client.get(f"{again}/commentaires").text)
    assert began != following != again


def test_a_draft_from_an_older_version_finds_the_answers_of_those_since(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    """It takes back a name that two versions changed: what they asked under theirs is no question added or removed."""
    for number, (name, was) in enumerate((("releve", "suivi"), ("compteurs", "releve")), 2):
        tree = factories.small_document()
        tree["categories"][0]["questions"][0] |= {"id": name, "was": [was]}
        latest = factories.QuestionnaireVersionFactory(
            space_id=space.id, questionnaire=version.questionnaire, number=number, document=tree
        )
    past(owner, space, latest, [{"compteurs": "oui", "tri": "oui"}] * 11)
    sign_in(client, space)
    client.get("/poitiers/atelier/versions")
    begun = client.post("/poitiers/atelier/brouillons", data={"source": str(version.id)}).location
    draft = owner.scalars(select(Draft).where(Draft.base_id == version.id)).one()
    question = tree_of(owner, draft)["categories"][0]["questions"][0]
    assert (question["id"], question["was"]) == ("suivi", ["compteurs", "releve"])
    told = plain(client.get(f"{begun}/publier").text)
    assert "question ajoutée" not in told and "retirée" not in told
    assert "Aucune question ne perd" in plain(client.get(f"{begun}/banc-d-essai").text)


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


def test_a_questionnaire_that_scores_nobody_is_not_published(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    blank = forms.blank("Le nôtre", ["fr"])
    silent = harder()
    for category in silent["categories"]:
        category["questions"] = [{"id": f"mot-{category['id']}", "title": "Un mot ?", "type": "text"}]
    sign_in(client, space)
    for tree, badge, said in (
        (blank, "Aucune question", "ne pose aucune question"),
        (silent, "1 point à corriger", "aucune question n’est notée"),
    ):
        draft = draft_of(owner, space, tree)
        address = f"/poitiers/atelier/{draft.id}"
        plan = plain(client.get(address).text)
        assert badge in plan and "Prêt à être publié" not in plan
        check = plain(client.get(f"{address}/verification").text)
        assert said in check.lower() and "Rien n’empêche de publier" not in check
        page = client.get(f"{address}/publier").text
        assert said in plain(page).lower() and "Publier cette version" not in page
        answer = client.post(f"{address}/publier", data={"seen": "0", "serving": str(version.id)})
        assert answer.status_code == 422 and said in plain(answer.text).lower()
    assert [each.id for each in owner.scalars(select(QuestionnaireVersion))] == [version.id]


def test_a_version_that_scores_nobody_is_not_put_back_into_service(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    silent = factories.small_document()
    for category in silent["categories"]:
        category["questions"] = [{"id": f"mot-{category['id']}", "title": "Un mot ?", "type": "text"}]
    old = factories.QuestionnaireVersionFactory(
        space_id=space.id,
        questionnaire=version.questionnaire,
        number=2,
        document=silent,
        retired_at=datetime(2026, 2, 1, tzinfo=UTC),
    )
    owner.commit()
    sign_in(client, space)
    address = f"/poitiers/atelier/versions/{old.id}/remettre-en-service"
    for answer in (client.get(address, follow_redirects=True), client.post(address, follow_redirects=True)):
        told = plain(answer.text)
        assert "Aucune question n’est notée, personne n’aurait de résultat" in told
        assert "est de nouveau en service" not in told
    assert owner.get_one(QuestionnaireVersion, old.id, populate_existing=True).retired_at is not None


def test_what_takes_most_questions_away_is_published_by_an_explicit_tick(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    tree = harder()
    for category in tree["categories"]:
        category["questions"] = [each | {"id": f"autre-{each['id']}"} for each in category["questions"]]
    draft = draft_of(owner, space, tree, questionnaire_id=version.questionnaire_id, base_id=version.id)
    sign_in(client, space)
    address = f"/poitiers/atelier/{draft.id}/publier"
    page = client.get(address).text
    assert "J’ai compris : 2 questions sur 2 ne seront plus posées." in plain(page)
    refused = client.post(address, data={**hidden(page), "note.fr": "Tout est neuf."})
    assert refused.status_code == 422 and "cochez pour confirmer" in plain(refused.text)
    assert "Tout est neuf." in refused.text
    assert client.post(address, data={**hidden(page), "sure": "1"}).status_code == 303


def test_a_version_after_which_most_have_no_score_is_published_by_an_explicit_tick(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    past(owner, space, version, [{"suivi": "oui", "tri": "oui"}] * 20)
    tree = harder()
    for category in tree["categories"]:
        category["visible_if"] = {"profile": "kind", "is": "rare"}
    choices = [{"id": "rare", "label": "Rare"}, {"id": "commune", "label": "Commune"}]
    tree["profile"] = [{"id": "kind", "title": "Structure", "type": "single", "choices": choices}]
    draft = draft_of(owner, space, tree, questionnaire_id=version.questionnaire_id, base_id=version.id)
    sign_in(client, space)
    address = f"/poitiers/atelier/{draft.id}/publier"
    page = client.get(address).text
    assert "la plupart des structures n’auraient plus de score" in plain(page)
    assert client.post(address, data=hidden(page)).status_code == 422


def test_a_title_that_nobody_gave_is_said_before_it_is_published(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = draft_of(owner, space, harder() | {"title": "Nouveau questionnaire"})
    draft.title = "Nouveau questionnaire"
    owner.commit()
    sign_in(client, space)
    assert "s’appelle encore « Nouveau questionnaire »" in plain(
        client.get(f"/poitiers/atelier/{draft.id}/publier").text
    )


def test_a_name_carried_over_names_the_first_version_alone(client: LintingClient, owner: Session, space: Any) -> None:
    tree = factories.small_document() | {"version": "2023.1"}
    first = factories.QuestionnaireVersionFactory(space_id=space.id, document=tree, number=1)
    factories.QuestionnaireVersionFactory(
        space_id=space.id, questionnaire=first.questionnaire, document=harder() | {"version": "2023.1"}, number=2
    )
    owner.commit()
    told = [plain(client.get(f"/poitiers/questionnaire/versions/{number}").text) for number in (1, 2)]
    assert "Édition 2023.1" in told[0] and "Édition" not in told[1] and "Publiée le" in told[1]


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
    assert first.number == 2 and first.questionnaire_id != version.questionnaire_id
    listed = plain(client.get("/poitiers/atelier/versions").text)
    assert "de « Premier pas »" in listed and "de « Petit questionnaire »" in listed
    compared = plain(client.get(f"/poitiers/atelier/versions/comparer?avant={version.id}&apres={first.id}").text)
    assert "Titre (français)" in compared and "premier-pas" not in compared
    assert "Premier pas" in client.get("/poitiers/questionnaire").text
    assert "Première" not in plain(client.get("/poitiers/questionnaire/versions/2").text)


def test_a_space_counts_its_versions_through_replacements_and_retirements(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    """Another questionnaire, then the first one again, then a draft of a retired version."""
    sign_in(client, space)
    own: dict[str, Any] = {"questionnaire_id": version.questionnaire_id, "base_id": version.id}
    for tree in (harder() | {"id": "premier-pas"}, harder(), harder() | {"title": "Encore"}):
        draft = draft_of(owner, space, tree, **own)
        page = client.get(f"/poitiers/atelier/{draft.id}/publier").text
        published_at = client.post(f"/poitiers/atelier/{draft.id}/publier", data=hidden(page)).location
        client.post(f"{published_at}/retirer")
    rows = owner.execute(
        select(QuestionnaireVersion.number, Questionnaire.slug)
        .join(QuestionnaireVersion.questionnaire)
        .order_by(QuestionnaireVersion.id)
    ).all()
    assert [tuple(row) for row in rows] == [(1, "petit"), (2, "premier-pas"), (3, "petit"), (4, "petit")]
    with pytest.raises(IntegrityError, match="uq_questionnaire_version_space_id_number"):
        factories.QuestionnaireVersionFactory(space_id=space.id, number=2, questionnaire=version.questionnaire)
    owner.rollback()


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
    assert paused.status_code == 200 and "fait une pause" in paused.text
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
    assert "Question retirée" in told and "Points de la réponse « Oui » : 2 → 1" in told
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
    assert "choisissez-en une autre, ou retirez cette condition" in page and "vouliez-vous dire" not in page


def test_respondents_read_what_a_weight_does_and_which_edition_it_is(
    client: LintingClient, owner: Session, space: Any, version: QuestionnaireVersion
) -> None:
    tree = factories.small_document() | {"version": "2026.1"}
    tree["categories"][0]["weight"] = 3
    tree["categories"][0]["questions"][0] = {**tree["categories"][0]["questions"][0], "weight": 6}
    tree["categories"][1]["questions"][0] = {**tree["categories"][1]["questions"][0], "weight": Decimal("0.7")}
    factories.QuestionnaireVersionFactory(
        space_id=space.id, questionnaire=version.questionnaire, number=2, document=tree
    )
    page = plain(client.get("/poitiers/questionnaire/versions/2").text)
    assert "Édition 2026.1, publiée le" in page and "(2026.1)" not in page
    assert "Cette question compte 6 fois plus dans le score de « Énergie »" in page
    assert "Cette question compte moins dans le score de « Déchets »" in page
    assert "Cette catégorie compte 3 fois plus dans le score global" in page
    assert "Poids" not in page
