"""The living base: what a newer national version brings a space, decided question by question."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRoleName
from assett.engine.drafting.operations import in_languages
from assett.engine.drafting.pieces import put_together, take_apart
from assett.engine.drafting.steps import Step, step_between
from assett.questionnaires.models import Questionnaire, QuestionnaireVersion
from assett.studio.differing import marked
from assett.studio.models import Draft, DraftStep
from tests import factories
from tests.linting import LintingClient
from tests.studio.arranging import hidden, past
from tests.studio.browsing import form_fields, plain
from tests.studio.test_editing import editor, tree_of

CHOICES = [{"id": "non", "label": "Non"}, {"id": "oui", "label": "Oui", "points": 2}]


def national(owner: Session, *trees: dict[str, Any]) -> list[QuestionnaireVersion]:
    questionnaire = factories.QuestionnaireFactory(slug="petit", active=False)
    return [
        factories.QuestionnaireVersionFactory(questionnaire=questionnaire, number=number, document=tree, space_id=None)
        for number, tree in enumerate(trees, 1)
    ]


def newer() -> dict[str, Any]:
    """The base with a new question, a question worded anew, and one that earns more."""
    tree = deepcopy(factories.small_document())
    energy, waste = tree["categories"]
    energy["questions"][0]["title"] = "Suivez-vous vos consommations d’énergie chaque mois ?"
    energy["questions"].append({"id": "objectif", "type": "single", "title": "Un objectif ?", "choices": CHOICES})
    waste["questions"][0]["choices"] = CHOICES
    return tree


def own() -> dict[str, Any]:
    """The space's: its own words where the base has new ones, and a question of its own."""
    tree = deepcopy(factories.small_document())
    tree["categories"][0]["questions"][0]["title"] = "Suivez-vous vos consommations d’énergie à Poitiers ?"
    tree["categories"][1]["questions"].append(
        {"id": "compost", "type": "boolean", "title": "Compostez-vous ?", "required": True}
    )
    return tree


def following(owner: Session, space: Any, tree: dict[str, Any], upstream: QuestionnaireVersion) -> Draft:
    draft = Draft(
        space_id=space.id, title="Le nôtre", tree=tree, upstream_id=upstream.id, upstream_decisions={}, ready={}
    )
    owner.add(draft)
    owner.commit()
    return draft


@pytest.fixture
def draft(owner: Session, space: Any) -> Draft:
    first, _ = national(owner, factories.small_document(), newer())
    return following(owner, space, own(), first)


def decide(client: LintingClient, draft: Draft, **choices: str) -> Any:
    here = f"/poitiers/atelier/{draft.id}/socle"
    page = client.get(here)
    fields = form_fields(page.text, "decisions") if 'id="decisions"' in page.text else {}
    return client.post(here, data={**fields, **{name.replace("__", "."): value for name, value in choices.items()}})


def upstream_of(owner: Session, draft: Draft) -> tuple[int | None, dict[str, Any]]:
    owner.expire_all()
    row = owner.execute(select(Draft.upstream_id, Draft.upstream_decisions).where(Draft.id == draft.id)).one()
    return row.upstream_id, row.upstream_decisions


def test_a_space_is_told_of_what_is_new_and_sees_it_question_by_question(
    client: LintingClient, owner: Session, space: Any, draft: Draft
) -> None:
    client.sign_in(editor(space))
    for page in ("", f"{draft.id}"):
        told = plain(client.get(f"/poitiers/atelier/{page}").text)
        assert "Le socle national a une version 2 : 2 nouveautés, 1 conflit." in told
    page = plain(client.get(f"/poitiers/atelier/{draft.id}/socle").text)
    assert "nouveau dans le socle" in page and "Un objectif ?" in page
    # Beside the words of before, what each side made of them.
    assert ">Suivez-vous vos consommations ?<" in page
    assert "<mark>d’énergie chaque mois</mark> ?" in page and "<mark>d’énergie à Poitiers</mark> ?" in page
    assert "conflit : changé des deux côtés" in page
    assert "Compostez-vous ?" not in page


def test_everything_but_conflicts_is_taken_in_one_step_that_is_undone(
    client: LintingClient, owner: Session, space: Any, draft: Draft
) -> None:
    before, start = tree_of(owner, draft), upstream_of(owner, draft)
    client.sign_in(editor(space))
    assert decide(client, draft, all="1").status_code == 303
    tree = tree_of(owner, draft)
    energy, waste = tree["categories"]
    assert [question["id"] for question in energy["questions"]] == ["suivi", "objectif"]
    assert energy["questions"][0]["title"] == own()["categories"][0]["questions"][0]["title"]
    assert [question["id"] for question in waste["questions"]] == ["tri", "compost"]
    assert waste["questions"][0]["choices"][1]["points"] == 2
    # The conflict is left: the draft still follows the older version, and is asked of it alone.
    assert upstream_of(owner, draft)[0] == start[0]
    assert "version 2 : 1 conflit." in plain(client.get(f"/poitiers/atelier/{draft.id}").text)
    client.post(f"/poitiers/atelier/{draft.id}/annuler")
    assert step_between(take_apart(before), take_apart(tree_of(owner, draft))) == Step()
    assert "2 nouveautés, 1 conflit" in plain(client.get(f"/poitiers/atelier/{draft.id}").text)


def test_once_nothing_is_left_the_draft_follows_the_newer_version_until_that_is_undone(
    client: LintingClient, owner: Session, space: Any, draft: Draft
) -> None:
    start = upstream_of(owner, draft)
    client.sign_in(editor(space))
    answer = decide(client, draft, **{"choice.questions.suivi": "keep"})
    assert answer.status_code == 303
    latest = owner.scalars(select(QuestionnaireVersion.id).where(QuestionnaireVersion.number == 2)).one()
    assert upstream_of(owner, draft) == (latest, {})
    assert "Le socle national a une version" not in plain(client.get(f"/poitiers/atelier/{draft.id}").text)
    assert "Vous êtes à jour" in client.get(f"/poitiers/atelier/{draft.id}/socle").text
    client.post(f"/poitiers/atelier/{draft.id}/annuler")
    assert upstream_of(owner, draft) == start
    client.post(f"/poitiers/atelier/{draft.id}/retablir")
    assert upstream_of(owner, draft) == (latest, {})
    client.post(f"/poitiers/atelier/{draft.id}/historique/0")
    assert upstream_of(owner, draft) == start


def test_what_is_kept_is_not_asked_again_and_what_is_left_for_later_is(
    client: LintingClient, owner: Session, space: Any, draft: Draft
) -> None:
    client.sign_in(editor(space))
    later = {"choice.questions.tri": "later", "choice.questions.objectif": "later", "choice.questions.suivi": "keep"}
    decide(client, draft, **later)
    assert owner.scalars(select(DraftStep.action)).all() == ["upstream.kept"]
    page = plain(client.get(f"/poitiers/atelier/{draft.id}/socle").text)
    assert "version 2 : 2 nouveautés." in page
    assert "à Poitiers" not in page
    # A newer version still asks of everything it changes.
    second = owner.scalars(select(QuestionnaireVersion).where(QuestionnaireVersion.number == 2)).one()
    questionnaire = owner.get_one(Questionnaire, second.questionnaire_id)
    factories.QuestionnaireVersionFactory(questionnaire=questionnaire, number=3, document=newer(), space_id=None)
    assert "version 3 : 2 nouveautés, 1 conflit." in plain(client.get(f"/poitiers/atelier/{draft.id}/socle").text)
    stale = client.post(
        f"/poitiers/atelier/{draft.id}/socle", data={"version": str(second.id), "choice.questions.tri": "take"}
    )
    assert stale.status_code == 422
    assert "plus récente encore" in plain(stale.text)


def test_a_published_draft_hands_its_decisions_on(
    client: LintingClient, owner: Session, space: Any, draft: Draft
) -> None:
    """The next draft, begun from the version that was published, is not asked again of what was kept."""
    version = factories.QuestionnaireVersionFactory(space_id=space.id, document=own(), upstream_id=draft.upstream_id)
    second = owner.scalars(select(QuestionnaireVersion.id).where(QuestionnaireVersion.number == 2)).one()
    draft.upstream_decisions = {"version": second, "kept": ["questions.suivi"]}
    draft.published_version_id, draft.closed_at = version.id, version.published_at
    owner.commit()
    client.sign_in(editor(space))
    home = plain(client.get("/poitiers/atelier/").text)
    assert "version 2 : 2 nouveautés." in home
    answer = client.post("/poitiers/atelier/socle")
    assert answer.status_code == 303
    page = plain(client.get(answer.location).text)
    assert "version 2 : 2 nouveautés." in page and "à Poitiers" not in page


def test_what_is_published_says_which_national_version_it_comes_from(
    client: LintingClient, owner: Session, space: Any, draft: Draft
) -> None:
    client.sign_in(editor(space))
    decide(client, draft, **{"choice.questions.suivi": "keep"})
    here = f"/poitiers/atelier/{draft.id}/publier"
    assert client.post(here, data=hidden(client.get(here).text)).status_code == 303
    published = owner.scalars(select(QuestionnaireVersion).where(QuestionnaireVersion.space_id == space.id)).one()
    second = owner.scalars(
        select(QuestionnaireVersion.id).where(QuestionnaireVersion.number == 2, QuestionnaireVersion.space_id.is_(None))
    ).one()
    assert published.upstream_id == second


def test_decisions_that_do_not_go_together_say_why_and_keep_what_was_chosen(
    client: LintingClient, owner: Session, space: Any
) -> None:
    tree = newer()
    tree["categories"][1]["questions"][0]["visible_if"] = {"question": "objectif", "is": "oui"}
    first, _ = national(owner, factories.small_document(), tree)
    draft = following(owner, space, factories.small_document(), first)
    client.sign_in(editor(space))
    answer = decide(client, draft, **{"choice.questions.objectif": "keep"})
    assert answer.status_code == 422
    assert "Rien n’a été repris" in plain(answer.text) and "objectif" in answer.text
    assert form_fields(answer.text, "decisions")["choice.questions.objectif"] == ["keep"]
    assert tree_of(owner, draft) == factories.small_document()


def test_a_conflict_may_keep_ones_words_and_take_the_rest(client: LintingClient, owner: Session, space: Any) -> None:
    tree = newer()
    tree["categories"][0]["questions"][0]["help"] = "Factures ou compteur."
    first, _ = national(owner, factories.small_document(), tree)
    draft = following(owner, space, own(), first)
    client.sign_in(editor(space))
    decide(client, draft, **{"choice.questions.suivi": "merge"})
    question = tree_of(owner, draft)["categories"][0]["questions"][0]
    assert (question["title"], question["help"]) == (
        own()["categories"][0]["questions"][0]["title"],
        "Factures ou compteur.",
    )


def test_what_one_side_alone_changed_stays_whatever_is_chosen_of_a_conflict(
    client: LintingClient, owner: Session, space: Any
) -> None:
    theirs, mine = newer(), own()
    ours, national_one = (tree["categories"][0]["questions"][0] for tree in (mine, theirs))
    national_one["help"] = "Factures ou compteur."
    national_one["choices"] = [{**national_one["choices"][0], "label": "Pas encore"}, *national_one["choices"][1:]]
    ours["weight"] = 6
    ours["choices"] = [ours["choices"][0], {**ours["choices"][1], "feedback": "Bravo."}]
    first, _ = national(owner, factories.small_document(), theirs)
    client.sign_in(editor(space))
    for choice, title in (("take", national_one["title"]), ("merge", ours["title"])):
        draft = following(owner, space, mine, first)
        page = plain(client.get(f"/poitiers/atelier/{draft.id}/socle").text)
        assert re.findall(r'<th scope="row">(.*?)</th>', page) == ["Intitulé (français)"]
        assert re.search(r"Changé dans le socle seulement.*Factures ou compteur.*Changé chez vous", page, re.DOTALL)
        assert re.search(r"Changé chez vous seulement.*Poids : 1 → 6.*Bravo", page, re.DOTALL)
        assert decide(client, draft, **{"choice.questions.suivi": choice}).status_code == 303
        found = tree_of(owner, draft)["categories"][0]["questions"][0]
        assert (found["title"], found["help"], found["weight"]) == (title, "Factures ou compteur.", 6)
        assert (found["choices"][0]["label"], found["choices"][1]["feedback"]) == ("Pas encore", "Bravo.")


def test_a_conflict_shows_all_that_a_removal_takes_away(client: LintingClient, owner: Session, space: Any) -> None:
    base, theirs, mine = (deepcopy(factories.small_document()) for _ in range(3))
    answers = [*CHOICES, {"id": "parfois", "label": "Parfois", "points": 1}]
    for tree, choices in ((base, answers), (theirs, answers[1:])):
        tree["categories"][0]["questions"][0]["choices"] = choices
    mine["categories"][0]["questions"][0]["choices"] = [{**each, "label": f"{each['label']} !"} for each in answers]
    first, _ = national(owner, base, theirs)
    draft = following(owner, space, mine, first)
    client.sign_in(editor(space))
    page = plain(client.get(f"/poitiers/atelier/{draft.id}/socle").text)
    rows = [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r'<tr><th scope="row">.*?</tr>', page)
    ]
    assert [row[1:] for row in rows] == [["non", "oui", "non"], ["Non", "(retiré)", "Non !"]]
    assert "Oui !" in page.split("Changé chez vous seulement")[1]


def test_what_one_side_removed_and_the_other_changed_is_told_in_sentences(
    client: LintingClient, owner: Session, space: Any
) -> None:
    base, theirs, mine = (deepcopy(factories.small_document()) for _ in range(3))
    for tree in (base, theirs, mine):
        tree["categories"][0]["questions"].append(
            {"id": "toit", "type": "boolean", "title": "Un toit isolé ?", "points": 1}
        )
        tree["categories"][0]["questions"].append({"id": "mur", "type": "boolean", "title": "Un mur ?", "points": 1})
    theirs["categories"][0]["questions"][1]["title"] = "Un toit bien isolé ?"
    del theirs["categories"][0]["questions"][2], mine["categories"][0]["questions"][1]
    mine["categories"][0]["questions"][1]["title"] = "Un mur isolé ?"
    first, _ = national(owner, base, theirs)
    draft = following(owner, space, mine, first)
    client.sign_in(editor(space))
    here = f"/poitiers/atelier/{draft.id}/socle"
    page = plain(client.get(here).text)
    assert "(retiré)" not in page and "Question retirée" not in page and "<table" not in page
    roof, wall = (page.partition(f'id="questions-{name}"')[2].partition("</article>")[0] for name in ("toit", "mur"))
    assert "retiré chez vous, changé dans le socle" in roof and "Un toit bien isolé ?" in roof
    assert "Le reprendre" in roof and "Le laisser retiré" in roof and "Ce que le socle y change" in roof
    assert "retiré du socle, changé chez vous" in wall and "Ce que vous y avez changé" in wall
    assert "Le retirer aussi" in wall and "Le garder" in wall and "Un mur isolé ?" in wall
    assert "2 conflits." in page
    fields = form_fields(client.get(here).text, "decisions")
    client.post(here, data={**fields, "choice.questions.toit": "take", "choice.questions.mur": "take"})
    asked = tree_of(owner, draft)["categories"][0]["questions"]
    assert [each["title"] for each in asked][1:] == ["Un toit bien isolé ?"]


def test_a_new_name_alone_is_no_news(client: LintingClient, owner: Session, space: Any) -> None:
    theirs = deepcopy(factories.small_document())
    theirs["categories"][0]["questions"][0] |= {"id": "compteur", "was": ["suivi"]}
    last = deepcopy(theirs)
    last["categories"][1]["questions"][0]["title"] = "Triez-vous tout ?"
    first, second = national(owner, factories.small_document(), theirs)
    draft = following(owner, space, factories.small_document(), first)
    client.sign_in(editor(space))
    assert "Le socle national a une version" not in plain(client.get(f"/poitiers/atelier/{draft.id}").text)
    assert "Rien à décider" in plain(client.get(f"/poitiers/atelier/{draft.id}/socle").text)
    factories.QuestionnaireVersionFactory(questionnaire=second.questionnaire, number=3, document=last, space_id=None)
    assert "une version 3 : 1 nouveauté." in plain(client.get(f"/poitiers/atelier/{draft.id}").text)
    decide(client, draft, choice__questions__tri="take")
    # It came along, and what was answered to it follows.
    question = tree_of(owner, draft)["categories"][0]["questions"][0]
    assert question["id"] == "compteur" and question["was"] == ["suivi"]


def test_only_an_open_draft_is_told_to_be_up_to_date(
    client: LintingClient, owner: Session, space: Any, draft: Draft
) -> None:
    client.sign_in(editor(space))
    client.get(f"/poitiers/atelier/{draft.id}")
    client.post(f"/poitiers/atelier/{draft.id}/mettre-de-cote")
    assert "À jour du socle national" not in client.get(f"/poitiers/atelier/{draft.id}").text


def test_ones_words_that_are_kept_are_not_asked_about_again(client: LintingClient, owner: Session, space: Any) -> None:
    tree = newer()
    tree["categories"][0]["questions"][0]["help"] = "Factures ou compteur."
    first, _ = national(owner, factories.small_document(), tree)
    draft = following(owner, space, own(), first)
    client.sign_in(editor(space))
    decide(client, draft, **{"choice.questions.suivi": "merge", "choice.questions.tri": "later"})
    assert "version 2 : 1 nouveauté." in plain(client.get(f"/poitiers/atelier/{draft.id}/socle").text)


def test_a_draft_with_problems_is_put_right_first(client: LintingClient, owner: Session, space: Any) -> None:
    first, _ = national(owner, factories.small_document(), newer())
    tree = own()
    tree["categories"][0]["weight"] = "lourd"
    draft = following(owner, space, tree, first)
    client.sign_in(editor(space))
    assert "Corrigez d’abord le brouillon" in plain(client.get(f"/poitiers/atelier/{draft.id}/socle").text)
    assert decide(client, draft, all="1").status_code == 422


def test_the_effect_is_shown_and_nothing_is_written(
    client: LintingClient, owner: Session, space: Any, draft: Draft
) -> None:
    factories.QuestionnaireVersionFactory(space_id=space.id, document=own(), upstream_id=draft.upstream_id)
    client.sign_in(editor(space))
    answer = decide(client, draft, **{"try": "1", "choice.questions.objectif": "later"})
    assert answer.status_code == 200
    assert "Effet de vos choix sur les scores" in plain(answer.text)
    assert form_fields(answer.text, "decisions")["choice.questions.objectif"] == ["later"]
    assert owner.scalars(select(DraftStep)).all() == []


def test_the_effect_is_of_the_choices_not_of_what_the_draft_had_changed_before(
    client: LintingClient, owner: Session, space: Any
) -> None:
    service = factories.QuestionnaireVersionFactory(space_id=space.id, document=factories.small_document())
    past(owner, space, service, [{"suivi": "oui", "tri": "oui"}] * 12 + [{"suivi": "non", "tri": "oui"}] * 12)
    first, _ = national(owner, factories.small_document(), newer())
    tree = own()
    # What earned all in the version in service earns nothing in the draft: none of the base's doing.
    tree["categories"][1]["questions"][0] = {
        **tree["categories"][1]["questions"][0],
        "choices": [{"id": "non", "label": "Non", "points": 1}, {"id": "oui", "label": "Oui", "points": 0}],
    }
    draft = following(owner, space, tree, first)
    client.sign_in(editor(space))
    here = f"/poitiers/atelier/{draft.id}/socle"
    page = plain(client.get(here).text)
    assert "Effet sur les scores, en prenant tout sauf les conflits" in page
    assert "Aucune catégorie ne voit bouger 5 structures ou plus." in page
    decide(client, draft, all="1")
    page = plain(client.get(here).text)
    assert "conflit" in page and 'id="effet"' not in page
    tried = plain(decide(client, draft, **{"try": "1"}).text)
    assert "Ces choix n’ont pas d’effet sur les scores." in tried


def test_cards_say_whether_they_compare_with_the_national_base(
    client: LintingClient, owner: Session, space: Any, draft: Draft
) -> None:
    client.sign_in(editor(space, role=SpaceRoleName.READER))
    plan = plain(client.get(f"/poitiers/atelier/{draft.id}").text)
    assert "1 question sur 3 se compare au niveau national" in plan
    energy = plain(client.get(f"/poitiers/atelier/{draft.id}/categories/energie").text)
    assert "non comparable au niveau national : l’intitulé diffère" in energy
    waste = plain(client.get(f"/poitiers/atelier/{draft.id}/categories/dechets").text)
    assert "comparable au niveau national" in waste and "propre à votre territoire" in waste


def test_what_is_taken_compares_while_other_news_wait(
    client: LintingClient, owner: Session, space: Any, draft: Draft
) -> None:
    client.sign_in(editor(space))
    decide(client, draft, **{"choice.questions.suivi": "later"})
    here = f"/poitiers/atelier/{draft.id}"
    assert "2 questions sur 4 se comparent au niveau national" in plain(client.get(here).text)
    energy = plain(client.get(f"{here}/categories/energie").text)
    assert energy.count("comparable au niveau national") == 2 and "propre à votre territoire" not in energy
    assert "non comparable" not in plain(client.get(f"{here}/categories/dechets").text)
    assert "2 questions sur 4 sont identiques au socle national" in plain(client.get(f"{here}/publier").text)


def test_several_differences_differ(client: LintingClient, owner: Session, space: Any) -> None:
    tree = factories.small_document()
    tree["categories"][0]["questions"][0]["choices"] = CHOICES
    first, _ = national(owner, factories.small_document(), factories.small_document())
    draft = following(owner, space, tree, first)
    client.sign_in(editor(space))
    page = plain(client.get(f"/poitiers/atelier/{draft.id}/categories/energie").text)
    assert "les réponses ou leurs points diffèrent" in page


def test_a_questionnaire_of_ones_own_compares_by_the_questions_that_it_took(
    client: LintingClient, owner: Session, space: Any
) -> None:
    national(owner, factories.small_document(), newer())
    tree = own()
    tree["categories"][0]["questions"].append(newer()["categories"][0]["questions"][1])
    draft = following(owner, space, tree, owner.scalars(select(QuestionnaireVersion)).first())  # type: ignore[arg-type]
    draft.upstream_id = None
    owner.commit()
    client.sign_in(editor(space))
    plan = plain(client.get(f"/poitiers/atelier/{draft.id}").text)
    assert "1 question sur 4 se compare au niveau national" in plan and "À jour du socle" not in plan
    energy = plain(client.get(f"/poitiers/atelier/{draft.id}/categories/energie").text)
    assert "propre à votre territoire" in energy and "non comparable" not in energy
    draft.tree = own()
    owner.commit()
    assert "au niveau national" not in plain(client.get(f"/poitiers/atelier/{draft.id}").text)


def test_a_reader_looks_and_does_not_decide(client: LintingClient, space: Any, draft: Draft) -> None:
    client.sign_in(editor(space, role=SpaceRoleName.READER))
    here = f"/poitiers/atelier/{draft.id}/socle"
    assert "Appliquer ces choix" not in client.get(here).text
    assert client.post(here, data={"all": "1"}).status_code == 403


def test_its_pages_ask_for_few_statements(
    client: LintingClient, owner: Session, space: Any, draft: Draft, statements: list[str]
) -> None:
    factories.QuestionnaireVersionFactory(space_id=space.id, document=own(), upstream_id=draft.upstream_id)
    client.sign_in(editor(space))
    for path in ("", f"{draft.id}", f"{draft.id}/categories/energie?ouvrir=question/suivi", f"{draft.id}/socle"):
        client.get(f"/poitiers/atelier/{path}")
        statements.clear()
        client.get(f"/poitiers/atelier/{path}")
        assert len(statements) <= 12, (path, len(statements), statements)


@pytest.mark.parametrize(
    ("one", "other", "marks"),
    [
        ("le même", "le même", ("le même", "le même")),
        ("un mot", "un autre mot", ("un mot", "un <mark>autre</mark> mot")),
        ("a <b>", "a c", ("a <mark>&lt;b&gt;</mark>", "a <mark>c</mark>")),
    ],
)
def test_differing_words_are_marked(one: str, other: str, marks: tuple[str, str]) -> None:
    assert marked(one, other) == marks


def test_what_a_colleague_wrote_since_the_page_was_shown_is_not_erased(
    client: LintingClient, owner: Session, space: Any, draft: Draft
) -> None:
    here = f"/poitiers/atelier/{draft.id}"
    client.sign_in(editor(space))
    shown = form_fields(client.get(f"{here}/socle").text, "decisions")
    client.sign_in(editor(space, "Yann Éditeur"))
    edited = form_fields(client.get(f"{here}/categories/energie?ouvrir=question/suivi").text, "form-question-suivi")
    client.post(f"{here}/modifier", data={**edited, "title.fr": "Les mots de Yann ?"})
    client.sign_in(editor(space))
    answer = client.post(f"{here}/socle", data={**shown, "choice.questions.suivi": "take"})
    assert answer.status_code == 409
    assert "Le brouillon a changé pendant que vous décidiez" in answer.text
    assert "Les mots de" in plain(answer.text) and answer.text.count("changé à l’instant") == 1
    tree = tree_of(owner, draft)
    assert tree["categories"][0]["questions"][0]["title"] == "Les mots de Yann ?"
    assert len(tree["categories"][0]["questions"]) == 1
    # It is decided upon anew; what was chosen elsewhere is kept.
    again = form_fields(answer.text, "decisions")
    assert (again["choice.questions.suivi"], again["choice.questions.objectif"]) == (["later"], ["take"])
    assert client.post(f"{here}/socle", data={**again, "choice.questions.suivi": "take"}).status_code == 303
    assert tree_of(owner, draft)["categories"][0]["questions"][0]["title"].startswith("Suivez-vous")


def test_the_base_is_taken_while_a_colleague_writes_elsewhere(
    client: LintingClient, owner: Session, space: Any, draft: Draft
) -> None:
    here = f"/poitiers/atelier/{draft.id}"
    client.sign_in(editor(space))
    shown = form_fields(client.get(f"{here}/socle").text, "decisions")
    client.sign_in(editor(space, "Yann Éditeur"))
    edited = form_fields(client.get(f"{here}/categories/dechets?ouvrir=question/compost").text, "form-question-compost")
    client.post(f"{here}/modifier", data={**edited, "title.fr": "Compostez-vous à Poitiers ?"})
    client.sign_in(editor(space))
    assert client.post(f"{here}/socle", data=shown).status_code == 303
    questions = [question for category in tree_of(owner, draft)["categories"] for question in category["questions"]]
    assert {"Compostez-vous à Poitiers ?", "Un objectif ?"} <= {question["title"] for question in questions}


def said_in_others(tree: dict[str, Any], *languages: str) -> dict[str, Any]:
    """A tree in French and other languages, every text of its questions and their answers said in all."""
    spoken = deepcopy(tree)
    spoken["languages"] = ["fr", *languages]
    for category in spoken["categories"]:
        for question in category["questions"]:
            for key, thing in (("title", question), *(("label", each) for each in question.get("choices") or ())):
                if isinstance(thing[key], str):
                    thing[key] = {"fr": thing[key], **{each: f"{thing[key]} ({each})" for each in languages}}
    return spoken


def test_a_draft_that_gave_up_a_language_takes_what_is_new_in_its_own_alone(
    client: LintingClient, owner: Session, space: Any
) -> None:
    first, _ = national(owner, said_in_others(factories.small_document(), "en"), said_in_others(newer(), "en"))
    draft = following(owner, space, put_together(in_languages(take_apart(own()), ["fr"])), first)
    client.sign_in(editor(space))
    # What it no longer says in English is no conflict with what the base says anew.
    assert "2 nouveautés, 1 conflit." in plain(client.get(f"/poitiers/atelier/{draft.id}/socle").text)
    assert decide(client, draft, all="1").status_code == 303
    assert decide(client, draft, choice__questions__suivi="take").status_code == 303
    tree = tree_of(owner, draft)
    assert tree["languages"] == ["fr"]
    assert [question["title"] for question in tree["categories"][0]["questions"]] == [
        question["title"] for question in newer()["categories"][0]["questions"]
    ]
    assert "(en)" not in repr(tree)


def test_a_language_that_the_base_has_added_comes_only_where_it_is_taken(
    client: LintingClient, owner: Session, space: Any
) -> None:
    first, _ = national(owner, factories.small_document(), said_in_others(newer(), "en", "de"))
    client.sign_in(editor(space))
    for choice, languages in (("keep", ["fr", "en"]), ("take", ["fr", "en", "de"])):
        draft = following(owner, space, factories.small_document(), first)
        answer = decide(client, draft, choice__settings=choice, choice__questions__objectif="take")
        assert answer.status_code == 303
        tree = tree_of(owner, draft)
        assert tree["languages"] == languages
        assert "Un objectif ? (en)" in repr(tree)
        assert ("(de)" in repr(tree)) == ("de" in languages)
