"""What the check says of a draft: in words, at its place, of the space's resources too."""

from __future__ import annotations

import ast
import re
from copy import deepcopy
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from sqlalchemy.orm import Session

from assett.core.settings import ROOT
from assett.engine.drafting.pieces import take_apart
from assett.formats.files import load
from assett.studio.fields import is_required
from assett.studio.saying import PLAIN, spaced
from tests import factories
from tests.linting import LintingClient
from tests.studio.arranging import draft_of, editor, open_as, tree_of
from tests.studio.browsing import control, form_fields, plain, tree_of_page


def add(client: LintingClient, base: str, type: str, title: str, **more: str) -> None:
    fields = {"verb": "add", "address": "question/", "category": "energie", "type": type, "title": title}
    assert client.post(f"{base}/operation", data=fields | more).status_code == 303


def shown(element: Element) -> str:
    """The words of an element."""
    return " ".join("".join(element.itertext()).split())


# What a new question offers


@pytest.mark.parametrize(("languages", "first"), [(["fr"], "Réponse 1"), (["en", "fr"], "Answer 1")])
def test_a_new_question_offers_choices_that_go_together_and_have_their_points(
    client: LintingClient, owner: Session, space: Any, languages: list[str], first: str
) -> None:
    draft = draft_of(owner, space, factories.small_document() | {"languages": languages})
    base = open_as(client, editor(space), draft)
    add(client, base, "multiple", "Quels gestes ?")
    add(client, base, "single", "Un suivi du chauffage ?")
    add(client, base, "multiple", "Vos activités", address="profile/")
    parts = take_apart(tree_of(owner, draft))
    several = parts.pieces["question/quels-gestes"]["choices"]
    assert [choice["points"] for choice in several] == [1, 1]
    assert several[0]["label"] == first
    assert not any("exclusive" in choice for choice in several)
    assert [choice["points"] for choice in parts.pieces["question/un-suivi-du-chauffage"]["choices"]] == [0, 1]
    assert not any("points" in choice for choice in parts.pieces["profile/vos-activites"]["choices"])


def test_a_question_that_becomes_one_of_choices_has_some(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    add(client, base, "number", "Combien de salariés ?")
    add(client, base, "multiple", "Combien de salariés ?", verb="retype", address="question/combien-de-salaries")
    changed = take_apart(tree_of(owner, draft)).pieces["question/combien-de-salaries"]
    assert [choice["id"] for choice in changed["choices"]] == ["reponse-1", "reponse-2"]
    add(client, base, "single", "", verb="retype", address="question/combien-de-salaries")
    kept = take_apart(tree_of(owner, draft)).pieces["question/combien-de-salaries"]
    assert len(kept["choices"]) == 2


def test_an_answer_to_a_new_question_is_expected_whatever_its_type(
    client: LintingClient, owner: Session, space: Any
) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    for kind in ("single", "multiple", "boolean", "scale", "number"):
        add(client, base, kind, f"Une {kind}")
    add(client, base, "text", "Une remarque")
    pieces = take_apart(tree_of(owner, draft)).pieces
    assert all(is_required(pieces[f"question/une-{kind}"]) for kind in ("single", "multiple", "boolean", "number"))
    page = client.get(f"{base}/categories/energie?ouvrir=question/une-number").text
    assert control(page, "required").get("checked") is not None
    assert page.count("<span>facultative</span>") == 1
    # A text becomes a number, then a question of choices a number: what was expected of an answer stays.
    add(client, base, "number", "", verb="retype", address="question/une-remarque")
    add(client, base, "number", "", verb="retype", address="question/une-single")
    pieces = take_apart(tree_of(owner, draft)).pieces
    assert not is_required(pieces["question/une-remarque"]) and is_required(pieces["question/une-single"])


def test_an_answer_that_stands_alone_says_so(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    add(client, base, "multiple", "Quels gestes ?")
    tree = deepcopy(tree_of(owner, draft))
    tree["categories"][0]["questions"][-1]["choices"][1]["exclusive"] = True
    page = client.get(f"{open_as(client, editor(space), draft_of(owner, space, tree))}/categories/energie").text
    assert page.count("ne va avec aucune autre") == 1


def test_a_check_that_finds_nothing_leads_to_publishing(client: LintingClient, owner: Session, space: Any) -> None:
    base = open_as(client, editor(space), draft_of(owner, space))
    button = f'<a class="button" href="{base}/publier">'
    assert button in client.get(f"{base}/verification").text
    add(client, base, "single", "")
    assert button not in client.get(f"{base}/verification").text


def test_the_weight_of_a_category_is_chosen_beside_the_others(
    client: LintingClient, owner: Session, space: Any
) -> None:
    tree = factories.small_document()
    tree["categories"][1]["weight"] = 3
    base = open_as(client, editor(space), draft_of(owner, space, tree))
    page = plain(client.get(f"{base}/categories/energie?ouvrir=category/energie").text)
    assert "Pour comparer, Déchets : 3." in page


def test_a_choice_that_is_added_beside_points_has_some(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space)
    base = open_as(client, editor(space), draft)
    add(client, base, "single", "Un suivi du chauffage ?")
    fields = {"address": "question/un-suivi-du-chauffage", "seen": "1", "do": "choices:add"}
    fields |= {"choices.0.id": "non", "choices.1.id": "oui", "type": "single"}
    assert client.post(f"{base}/modifier", data=fields).status_code == 303
    choices = take_apart(tree_of(owner, draft)).pieces["question/un-suivi-du-chauffage"]["choices"]
    assert [choice["points"] for choice in choices] == [0, 1, 0]


def test_minutes_that_are_equal_are_said_once(client: LintingClient, owner: Session, space: Any) -> None:
    base = open_as(client, editor(space), draft_of(owner, space))
    for page in ("", "/verification"):
        said = client.get(f"{base}{page}").text
        assert "Répondre prend environ une minute." in said
        assert "de 1 à 1" not in said


def test_an_author_and_a_visitor_are_told_the_same_minutes(client: LintingClient, owner: Session, space: Any) -> None:
    tree = load(ROOT / "questionnaires/socle-assett.yaml").tree
    factories.QuestionnaireVersionFactory(space_id=space.id, document=tree)
    visitor = re.search(r"de (\d+) à (\d+) minutes", plain(client.get("/poitiers/questionnaire").text))
    base = open_as(client, editor(space), draft_of(owner, space, tree))
    author = re.search(r"de (\d+) à (\d+) minutes", plain(client.get(f"{base}/verification").text))
    assert visitor is not None and author is not None
    assert visitor.groups() == author.groups()


# Softly, to whoever is at it


def opened(client: LintingClient, base: str, category: str, question: str) -> str:
    return plain(client.get(f"{base}/categories/{category}?ouvrir=question/{question}").text)


@pytest.mark.parametrize(
    ("do", "softly", "blamed"),
    [
        ("choices:add", "À compléter", "Réponse 3 : ce texte ne peut pas être vide."),
        (
            "visible_if:add-line",
            "À compléter : choisissez une question et ses réponses, ou retirez cette condition.",
            "Condition d’affichage : choisissez une question et ses réponses, ou retirez cette condition.",
        ),
    ],
)
def test_what_was_just_added_is_to_be_filled_in_and_no_mistake(
    client: LintingClient, owner: Session, space: Any, do: str, softly: str, blamed: str
) -> None:
    base = open_as(client, editor(space), draft_of(owner, space))
    fields = form_fields(opened(client, base, "dechets", "tri"), "form-question-tri")
    client.post(f"{base}/modifier", data={**fields, "do": [do]})
    page = opened(client, base, "dechets", "tri")
    assert f'<p class="hint">{softly}</p>' in page
    assert 'class="error"' not in page and "aria-invalid" not in page and "piece-invalid" not in page
    # Once the card is closed, and in « Vérifier », it is a mistake.
    for path in ("categories/dechets", "verification"):
        assert plain(client.get(f"{base}/{path}").text).count(blamed) == 1


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        ({"type": "boolean"}, "choisissez au moins une réponse."),
        ({"type": "number"}, "donnez au moins une borne."),
        ({"type": "number", "unknown": True}, "choisissez au moins une réponse, ou donnez une borne."),
        ({"type": "scale", "max": 3}, "choisissez au moins une réponse, ou donnez une borne."),
    ],
)
def test_a_condition_waits_for_what_its_question_has(
    client: LintingClient, owner: Session, space: Any, asked: dict[str, Any], waits: str
) -> None:
    tree = factories.small_document()
    tree["categories"][0]["questions"].append({"id": "autre", "title": "Et ceci ?", **asked})
    tree["categories"][1]["questions"][0]["visible_if"] = {"question": "autre", "is": []}
    base = open_as(client, editor(space), draft_of(owner, space, tree))
    assert f'<p class="hint">À compléter : {waits}</p>' in opened(client, base, "dechets", "tri")


def test_a_cap_that_waits_for_its_number_is_no_mistake_yet(client: LintingClient, owner: Session, space: Any) -> None:
    base = open_as(client, editor(space), draft_of(owner, space))
    fields = form_fields(client.get(f"{base}/grille").text, "form-grid")
    client.post(f"{base}/modifier", data={**fields, "do": ["caps:add"]})
    assert 'class="error"' not in client.get(f"{base}/grille").text
    assert "Plafond 1 : il faut un nombre." in plain(client.get(f"{base}/verification").text)


def test_a_save_tells_what_is_wrong_and_what_is_to_be_filled_in(
    client: LintingClient, owner: Session, space: Any
) -> None:
    base = open_as(client, editor(space), draft_of(owner, space))
    fields = form_fields(opened(client, base, "dechets", "tri"), "form-question-tri")
    fields |= {"title.fr": [""], "choices.0.points": ["peu"]}
    told = client.post(f"{base}/modifier", data=fields, headers={"Accept": "application/json"}).get_json()["problems"]
    assert [(each["key"], each["to_do"]) for each in told] == [("title", True), ("choices.0.points", False)]
    page = opened(client, base, "dechets", "tri")
    assert control(page, "choices.0.points").get("aria-invalid") == "true"
    assert control(page, "title.fr").get("aria-invalid") is None


# In words


def engine_sentences() -> set[str]:
    """Every text that the reader of files and the analysis mark for translation."""
    found = set()
    for folder in ("reading", "analysis"):
        for file in (ROOT / "assett/engine" / folder).glob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_":
                    found.add(spaced(ast.literal_eval(node.args[0])))
    return found


# Keys and values of the format, which nobody has read who never opened a file.
FILE_WORDS = r"true|false|null|scored|points:|visible|bands|linear|from|full|zero|min|max|info|number|clé|is|any"


def test_the_studio_has_words_of_its_own_for_all_that_the_engine_says() -> None:
    sentences = engine_sentences()
    assert len(sentences) > 90
    assert set(PLAIN) <= sentences, "a sentence of the engine was reworded"
    measures = [each for each in sentences if each.startswith(("pour répondre", "score possible", "lisibilité"))]
    for template in sentences - set(measures):
        said = re.sub(r"%\(\w+\)s", "", PLAIN.get(template, template))
        assert not re.search(rf"[\[\]{{}}_]|(?<![\w’])({FILE_WORDS})(?![\w’])", said), said


def wrong_in_every_way() -> dict[str, Any]:
    """A draft with as many problems and findings as one can hold, whose ids no title resembles."""
    tree = factories.small_document() | {"languages": ["fr", "en"]}
    energy, waste = tree["categories"]
    long = " ".join(["Un mot après l’autre sans jamais reprendre son souffle"] * 6)
    first = energy["questions"][0]
    first["help"] = long
    choice = [{"id": "xx_a", "label": "Parfois", "points": 1}, {"id": "xx_b", "label": "Jamais"}]
    name = first["id"]
    energy["questions"] += [
        {"id": "xx_late", "title": "Plus tôt", "type": "boolean", "visible_if": {"question": "xx_last", "is": True}},
        {"id": "xx_gone", "title": "Perdue", "type": "boolean", "visible_if": {"question": "xx_nowhere", "is": True}},
        {"id": "xx_value", "title": "Autre", "type": "boolean", "visible_if": {"question": name, "is": "xx_none"}},
        {"id": "xx_unsure", "title": "Sans avis", "type": "boolean", "visible_if": {"question": name, "is": "?"}},
        {"id": "xx_who", "title": "Qui", "type": "boolean", "visible_if": {"profile": "xx_nobody", "is": True}},
        {"id": "xx_dead", "title": "Jamais", "type": "boolean", "visible_if": {"any": []}},
        {"id": "xx_open", "title": "Toujours", "type": "boolean", "visible_if": {"all": []}},
        {"id": "xx_scale", "title": "Échelle", "type": "scale", "min": 4, "max": 1},
        {"id": "xx_long", "title": "Longue échelle", "type": "scale", "min": 0, "max": 5000},
        {"id": "xx_empty", "title": "", "type": "single", "choices": []},
        {"id": "xx_kind", "title": "Quel type", "type": "xx_type"},
        {"id": "xx_lin", "title": "Deux façons", "type": "number", "bands": [{"from": 1, "points": 0}], "linear": {}},
        {"id": "xx_text", "title": "Texte", "type": "text", "weight": 3},
        {"id": "xx_plain", "title": "Hors note", "type": "single", "choices": [{"id": "xx_c", "label": "Une"},
         {"id": "xx_d", "label": "Deux"}], "weight": 2},
        {"id": "xx_info", "title": "Lire", "type": "info", "scored": True, "required": True},
        {"id": "xx_none", "title": "Sans points", "type": "boolean", "points": 0, "points_false": 0},
        {"id": "xx_same", "title": "Autant", "type": "boolean", "points": 1, "points_false": 1, "strange_key": True},
        {"id": "xx_choice", "title": "À choix", "type": "single", "choices": choice},
        {"id": "xx_last", "title": "Après", "type": "boolean", "points": "beaucoup", "required": "oui"},
    ]  # fmt: skip
    energy["caps"] = [
        {"if": {"question": "xx_choice", "is": "xx_a", "at_most": 2}, "max": 0.5},
        {"if": {"question": "xx_choice", "at_most": 2}, "max": 3},
        {"if": {"any": []}, "max": 0.5},
        {"if": {"all": []}, "max": 0.5},
    ]
    waste["caps"] = [{"if": {"any": []}, "max": 0.5}, {"if": {"all": []}, "max": 1}]
    tree["resources"] = [
        {"id": "xx_res", "title": "Un guide", "url": "https://example.org", "type": "guide",
         "for": [{"question": "xx_nowhere", "is": "xx"}, {"category": "xx_cat", "levels": ["xx_level"]}]}
    ]  # fmt: skip
    return tree


def sound_but_odd() -> dict[str, Any]:
    """The same without its problems: what is left is only worth knowing."""
    tree = wrong_in_every_way()
    kept = ("xx_dead", "xx_open", "xx_text", "xx_plain", "xx_same", "xx_choice")
    tree["categories"][0]["questions"] = [
        {key: value for key, value in question.items() if key != "strange_key"}
        for question in tree["categories"][0]["questions"]
        if not question["id"].startswith("xx") or question["id"] in kept
    ]
    tree["categories"][0]["caps"] = tree["categories"][0]["caps"][2:]
    del tree["resources"]
    return tree


@pytest.mark.parametrize("tree", [wrong_in_every_way(), sound_but_odd()], ids=["wrong", "odd"])
def test_no_page_of_the_check_speaks_of_ids_nor_of_files(
    client: LintingClient, owner: Session, space: Any, tree: dict[str, Any]
) -> None:
    draft = draft_of(owner, space, tree)
    base = open_as(client, editor(space), draft)
    told = [
        shown(item)
        for path, rows in (("/verification", "rows"), ("/publier", "changes"))
        for list in tree_of_page(client.get(base + path).text).iter("ul")
        if list.get("class") == rows
        for item in list
    ]
    assert len(told) > 10
    for each in told:
        assert not re.search(r"\[|\]|\{|_|xx|« [a-z0-9-]*[_-][a-z0-9-]* »|visible_if|scored", each), each


def test_choices_are_named_and_languages_too(client: LintingClient, owner: Session, space: Any) -> None:
    draft = draft_of(owner, space, sound_but_odd())
    base = open_as(client, editor(space), draft)
    check = tree_of_page(plain(client.get(f"{base}/verification").text))
    page = shown(check)
    assert "Réponse « Jamais » : elle n’a pas de points et compte pour 0 : écrivez 0 si c’est voulu." in page
    assert "À choix À traduire (English) : intitulé, réponse 1, réponse 2." in page
    assert "une question de type Texte libre n’est jamais notée" in page
    assert "Réglages sans effet" in page
    links = [each.get("href", "") for each in check.iter("a")]
    to_translate = plain(client.get(next(each for each in links if "passage=question/xx_choice" in each)).text)
    assert "Vous traduisez « À choix »." in to_translate
    assert "Parfois" in to_translate
    assert "Deux" not in to_translate


# Shares


@pytest.mark.parametrize(
    ("path", "form", "field", "typed", "said"),
    [
        ("grille", "form-grid", "levels.1.from", "120", "il faut un pourcentage de 0 à 100, pas 120."),
        ("grille", "form-grid", "levels.0.from", "10", "le premier niveau part de 0 %, pas de 10 %."),
        ("grille", "form-grid", "levels.2.from", "37,5", "il faut plus de 40 %, pas 37,5 %."),
        ("grille", "form-grid", "levels.1.from", "66,6666667", "4 décimales et ne dépasse pas 100 ; pas 66,6666667."),
        ("grille", "form-grid", "levels.1.from", "peu", "il faut un nombre, pas « peu »."),
        (
            "categories/energie?ouvrir=category/energie",
            "form-category-energie",
            "max_na",
            "150",
            "de 0 à 100, pas 150.",
        ),
    ],
)
def test_a_share_is_spoken_of_in_per_cent(
    client: LintingClient, owner: Session, space: Any, path: str, form: str, field: str, typed: str, said: str
) -> None:
    tree = factories.small_document()
    levels = [{"id": name, "from": start, "label": name} for name, start in (("a", 0), ("b", Decimal("0.4")), ("c", 1))]
    base = open_as(client, editor(space), draft_of(owner, space, tree | {"levels": levels}))
    fields = form_fields(client.get(f"{base}/{path}").text, form)
    client.post(f"{base}/modifier", data={**fields, field: [typed]})
    assert said in plain(client.get(f"{base}/verification").text)


def test_a_range_of_scores_is_told_the_same_everywhere(client: LintingClient, owner: Session, space: Any) -> None:
    tree = factories.small_document()
    question = tree["categories"][0]["questions"][0]
    points = [("a", 1), ("b", 6), ("c", 11)]
    question["choices"] = [{"id": name, "label": name, "points": count} for name, count in points]
    tree["categories"][0]["levels"] = [
        {"id": "bas", "from": 0, "label": "Bas"},
        {"id": "haut", "from": Decimal("0.09"), "label": "Haut"},
    ]
    base = open_as(client, editor(space), draft_of(owner, space, tree))
    page = plain(client.get(f"{base}/verification").text)
    assert "score possible : de 9,1 % à 100 %" in page
    assert "Personne n’atteint le niveau « Bas » : le score va de 9,1 à 100 %." in page
    assert "Niveau « Bas » :" not in page
    client.post("/langue", data={"language": "en"})
    assert "Nobody reaches the level “Bas”" in client.get(f"{base}/verification").text
    client.post("/langue", data={"language": "fr"})
    assert "Score possible de la catégorie : de 9,1 % à 100 %." in plain(
        client.get(f"{base}/categories/energie?ouvrir=question/suivi").text
    )


def test_an_answer_is_named_within_the_quotes_of_the_page_and_no_score_is_said_in_words(
    client: LintingClient, owner: Session, space: Any
) -> None:
    tree = factories.small_document()
    tree["categories"][1]["questions"] = [{"id": "mot", "type": "text", "title": "Un mot ?"}]
    base = open_as(client, editor(space), draft_of(owner, space, tree))
    assert "jamais de score" in client.get(f"{base}/verification").text
    client.post("/langue", data={"language": "en"})
    page = client.get(f"{base}/verification").text
    assert "never a score" in page and "“Non”" in page and "Answer «" not in plain(page)


def test_an_empty_questionnaire_has_nothing_to_answer_and_hard_texts_are_called_so(
    client: LintingClient, owner: Session, space: Any
) -> None:
    empty = factories.small_document()
    for category in empty["categories"]:
        category["questions"] = []
    base = open_as(client, editor(space), draft_of(owner, space, empty))
    for page in (base, f"{base}/verification"):
        told = plain(client.get(page).text)
        assert "Rien à répondre pour l’instant" in told and "environ une minute" not in told
    hard = factories.small_document()
    word = "L’opérationnalisation institutionnelle conditionne l’appropriation organisationnelle. "
    hard["categories"][0]["questions"][0]["help"] = word * 40
    address = f"/poitiers/atelier/{draft_of(owner, space, hard).id}/verification"
    told = plain(client.get(address).text)
    assert "Les textes français sont très difficiles à lire : 0 sur 100." in told


def test_words_said_twice_are_told_at_the_answer(client: LintingClient, owner: Session, space: Any) -> None:
    tree = factories.small_document()
    choices = [*tree["categories"][0]["questions"][0]["choices"], {"id": "bis", "label": "Oui", "points": 0}]
    tree["categories"][0]["questions"][0] |= {"choices": choices}
    base = open_as(client, editor(space), draft_of(owner, space, tree))
    told = plain(client.get(f"{base}/verification").text)
    assert "Réponses en double (1)" in told
    assert "Réponse « Oui » : même texte que la réponse 2 : rien ne les distingue." in told
    assert "Niveaux sans message (1)" in told
    assert "Niveaux sans message : Débutant, Intermédiaire, Avancé ; qui les atteint ne lit que leur nom." in told
