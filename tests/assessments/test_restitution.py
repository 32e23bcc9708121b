"""The result in words: points with their question, what moved and why, where an assessment stands, languages."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask, render_template_string
from sqlalchemy.orm import Session

from assett.assessments import cards
from assett.assessments import history as evolutions
from assett.assessments.models import Assessment
from assett.engine.document import Choice, Question, Text
from assett.engine.evolution import Evolution, Share
from assett.engine.reading import read_document
from tests.assessments.arranging import Place, document, fields, place, running
from tests.factories import QuestionnaireVersionFactory
from tests.linting import LintingClient


def plain(text: str) -> Text:
    return Text((("fr", text),))


def scale(**words: Any) -> Question:
    return Question(id="s", type="scale", title=plain("Souvent ?"), min=Fraction(0), max=Fraction(4), **words)


def several(*labels: str) -> Question:
    choices = tuple(Choice(id=str(place), label=plain(label)) for place, label in enumerate(labels))
    return Question(id="m", type="multiple", title=plain("Quoi ?"), choices=choices)


@pytest.mark.parametrize(
    ("question", "value", "words"),
    [
        (scale(labels=((3, plain("Régulièrement")),)), 3, "3 sur 4, « régulièrement »"),
        (scale(labels=((3, plain("Régulièrement")),)), 2, "2 sur 4"),
        (scale(), 3, "3 sur 4"),
        (several("Papier", "Verre", "DEEE"), ("0", "1", "2"), "Papier, verre, DEEE"),
        (several("Papier, carton", "À la benne"), ("0", "1"), "Papier, carton ; à la benne"),
        (several("Papier", "Verre"), (), "Aucune de ces réponses"),
    ],
)
def test_an_answer_reads_as_one_phrase(app: Flask, question: Question, value: Any, words: str) -> None:
    with app.test_request_context("/"):
        assert cards.answer_text(question, value, "fr").replace("\xa0", " ") == words


@pytest.mark.parametrize(
    ("unit", "language", "words"),
    [("%", "fr", "6\xa0%"), ("%", "en", "6%"), ("km", "fr", "6\xa0km"), ("km", "en", "6\xa0km")],
)
def test_a_number_is_followed_by_its_unit_as_its_language_writes_it(
    app: Flask, unit: str, language: str, words: str
) -> None:
    question = Question(id="n", type="number", title=plain("Combien ?"), unit=plain(unit))
    with app.test_request_context("/"):
        assert cards.answer_text(question, Fraction(6), language) == words


@pytest.mark.parametrize(
    ("label", "within"),
    [("Non", "non"), ("LED partout", "LED partout"), ("À vélo", "à vélo"), ("L’été", "l’été"), ("2 fois", "2 fois"),
     ("I don’t know", "I don’t know"), ("I’m not sure", "I’m not sure"), ("A lot", "a lot"), ("", "")],
)  # fmt: skip
def test_a_label_within_a_sentence_begins_small_unless_it_may_not(label: str, within: str) -> None:
    assert cards.lowered(label) == within


def answered(client: LintingClient, where: Place, url: str, **energy: str) -> None:
    client.post(f"{url}profil", data={"revision.kind": "0", "answers.kind": "company"})
    client.post(f"{url}categorie/energie", data=fields(**{"suivi": "non", "part": "50", **energy}))
    client.post(f"{url}categorie/dechets", data=fields(tri=["papier"], compost="true"))


def test_a_weak_point_says_its_question_and_its_answer_before_the_advice(client: LintingClient) -> None:
    where = place()
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.get(f"{url}terminer")
    answered(client, where, url)
    page = " ".join(client.get(f"{url}resultat").get_data(as_text=True).split())
    assert (
        '<span class="point-question">Suivez-vous vos consommations ?</span> <span class="point-answer">Non</span> '
        '<div class="point-feedback"><p>Commencez par un relevé.</p>' in page
    )


def test_a_weak_point_without_advice_says_what_could_be_ticked(client: LintingClient) -> None:
    where = place()
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.get(f"{url}terminer")
    answered(client, where, url)
    client.get(f"{url}categorie/dechets")
    mark = client.get(f"{url}categorie/dechets").get_data(as_text=True).split('name="revision.tri" value="')[1]
    client.post(f"{url}reponse", data={"question": "tri", "answers.tri": ["verre"], "revision.tri": mark.split('"')[0]})
    page = client.get(f"{url}resultat").get_data(as_text=True)
    assert "Autres pistes\u00a0: papier." in page


def regraded() -> dict[str, Any]:
    """The same questions; following one's consumption is worth twice the points."""
    changed = document()
    changed["categories"][0]["questions"][0]["choices"][1]["points"] = 4
    return changed


def again(client: LintingClient, where: Place, **energy: str) -> str:
    """Complete a first assessment; then, on the version of the day, a second with these answers changed."""
    client.sign_in(where.person)
    client.get(where.url(f"structures/{where.participation.id}/"))
    begin = where.url(f"structures/{where.participation.id}/auto-evaluations")
    first = client.post(begin).location.removesuffix("profil")
    answered(client, where, first)
    client.post(f"{first}terminer")
    if grid := energy.pop("grid", None):
        changed = regraded() if grid == "new" else document() | {"scale": {"max": 10}}
        QuestionnaireVersionFactory(
            space_id=where.space.id, questionnaire=where.version.questionnaire, number=2, document=changed
        )
    second = client.post(begin).location.removesuffix("profil")
    for question, value in energy.items():
        page = client.get(f"{second}categorie/energie").get_data(as_text=True)
        mark = page.split(f'name="revision.{question}" value="')[1].split('"')[0]
        sent = {"question": question, f"answers.{question}": value, f"revision.{question}": mark}
        assert client.post(f"{second}reponse", data=sent).status_code == 200
    return second


def history(client: LintingClient, where: Place) -> str:
    page = client.get(where.url(f"structures/{where.participation.id}/")).get_data(as_text=True)
    return page.replace("\u202f", " ").replace("\xa0", " ")


def test_the_result_tells_you_from_the_grid(client: LintingClient, owner: Session) -> None:
    where = place()
    url = again(client, where, grid="new", part="100")
    client.post(f"{url}terminer")
    page = client.get(f"{url}resultat").get_data(as_text=True)
    # Overall, on 5: 2,9 (7/12); the same answers on the new grid 2,75 (11/20); the new answers 3,0 (12/20).
    assert "+0,1 depuis la dernière fois</span>" in page
    assert "Vos réponses ont fait monter votre score de 0,3." in page
    assert "La nouvelle grille de notation l’a abaissé de 0,2." in page
    # Énergie: 0,8 (1/6), then 0,5 (1/10), then 1,0 (1/5).
    assert "+0,2 depuis la dernière fois (+0,5 de vos réponses, −0,3 de la nouvelle grille)" in page
    past = history(client, where)
    assert "+0,3 de vos réponses, −0,2 de la nouvelle grille" in past
    assert "Quand la grille de notation change" in past


def renamed(name: str, was: str) -> dict[str, Any]:
    """The same questions, one of them called otherwise; it says its last name only."""
    tree = document()
    tree["categories"][0]["questions"][2] |= {"id": name, "was": [was]}
    return tree


def test_you_are_told_from_the_grid_through_the_versions_between(client: LintingClient, owner: Session) -> None:
    """Renamed twice since: what was answered first is not taken for what the grid asks anew."""
    where = place()
    client.sign_in(where.person)
    client.get(where.url(f"structures/{where.participation.id}/"))
    begin = where.url(f"structures/{where.participation.id}/auto-evaluations")
    first = client.post(begin).location.removesuffix("profil")
    answered(client, where, first)
    client.post(f"{first}terminer")
    for number, tree in enumerate((renamed("verte", "part"), renamed("renouvelable", "verte")), 2):
        QuestionnaireVersionFactory(
            space_id=where.space.id, questionnaire=where.version.questionnaire, number=number, document=tree
        )
    second = client.post(begin).location.removesuffix("profil")
    page = client.get(f"{second}categorie/energie").get_data(as_text=True)
    mark = page.split('name="revision.renouvelable" value="')[1].split('"')[0]
    sent = {"question": "renouvelable", "answers.renouvelable": "100", "revision.renouvelable": mark}
    assert client.post(f"{second}reponse", data=sent).status_code == 200
    client.post(f"{second}terminer")
    page = client.get(f"{second}resultat").get_data(as_text=True)
    # 2,9 (7/12), then 3,3 (2/3).
    assert "Vos réponses ont fait monter votre score de 0,4." in page
    assert "La grille de notation a changé entre-temps, sans effet sur votre score." in page
    assert "nouvelle grille" not in history(client, where).split("Quand la grille")[0]


def test_the_new_grid_alone_takes_the_blame(client: LintingClient, owner: Session) -> None:
    where = place()
    url = again(client, where, grid="new")
    client.post(f"{url}terminer")
    page = client.get(f"{url}resultat").get_data(as_text=True)
    assert "Vos réponses n’ont pas fait bouger votre score." in page
    assert "−0,3 depuis la dernière fois (du seul fait de la nouvelle grille)" in page
    assert "du seul fait de la nouvelle grille" in history(client, where)


@pytest.mark.parametrize(
    ("categories", "sentence", "parts"),
    [
        (((8, 10), (6, 4)), "au total, elles se compensent.", "vos réponses se compensant"),
        (((8, 10), (6, 6)), "ont fait bouger une catégorie, trop peu", "surtout du fait de la nouvelle grille"),
        (((8, 8), (6, 6)), "n’ont pas fait bouger votre score.", "du seul fait de la nouvelle grille"),
    ],
)
def test_answers_that_offset_one_another_are_not_said_to_have_moved_nothing(
    app: Flask, categories: tuple[tuple[int, int], ...], sentence: str, parts: str
) -> None:
    five = read_document(document()).scale
    shares = tuple(
        Share(str(place), Fraction(5, 10), Fraction(middle, 10), Fraction(after, 10))
        for place, (middle, after) in enumerate(categories)
    )
    whole = Share(None, Fraction(7, 10), Fraction(66, 100), Fraction(66, 100))
    with app.test_request_context("/"):
        assert sentence in evolutions.told(Evolution(whole, shares), five, five)[0]
        assert parts in str(evolutions.parts_text(whole, five, shares))


def test_the_ends_of_a_curve_are_written_beside_their_own_dots(app: Flask) -> None:
    points = [
        {"label": label, "ratio": ratio, "score_text": f"{score}\u00a0sur 5", "place": place}
        for label, ratio, score, place in (
            ("2024", 0.5, "2,5", 0),
            ("sept.", 0.68, "3,4", 0.94),
            ("nov.", 0.66, "3,3", 1),
        )
    ]
    source = '{% from "ui/score.html" import evolution_line %}{{ evolution_line(points, "") }}'
    with app.test_request_context("/"):
        drawn = render_template_string(source, points=points)
    dots = [float(x) for x in re.findall(r'<circle[^>]* cx="([\d.]+)"', drawn)]
    first, last = (
        (float(x), anchor) for x, anchor in re.findall(r'evolution-value" x="([\d.]+)"[^>]*anchor="(\w+)"', drawn)
    )
    # Whatever stands between, the one's words end before all dots, the other's begin after them.
    assert first == (min(dots) - 12, "end") and last == (max(dots) + 12, "start")


def test_a_score_of_another_scale_is_brought_to_the_new_one_and_this_is_said(
    client: LintingClient, owner: Session
) -> None:
    where = place()
    url = again(client, where, grid="scale", part="100")
    client.post(f"{url}terminer")
    page, past = client.get(f"{url}resultat").get_data(as_text=True), history(client, where)
    # 2,9 on 5 (7/12), then 6,7 on 10 (2/3): from 5,8 on 10, and not from 2,9.
    assert "+0,9 depuis la dernière fois" in page and "+0,9" in past and "2,9 sur 5" in past and "6,7 sur 10" in past
    assert "L’ancien score, sur 5, est ramené sur 10." in page
    assert past.count("L’ancien score, sur 5, est ramené sur 10.") == 1


def test_on_the_same_grid_only_the_difference_is_told(client: LintingClient, owner: Session) -> None:
    where = place()
    url = again(client, where, part="100")
    client.post(f"{url}terminer")
    page, past = client.get(f"{url}resultat").get_data(as_text=True), history(client, where)
    # 2,9 (7/12), then 3,3 (2/3).
    assert "+0,4 depuis la dernière fois" in page and "+0,4" in past
    assert "nouvelle grille" not in page + past


def test_two_of_one_day_are_told_apart_by_their_hour(client: LintingClient, owner: Session) -> None:
    tree = document()
    # A radar has three corners at least.
    tree["categories"].append({**tree["categories"][1], "id": "eau", "title": "Eau", "questions": [
        {"id": "fuites", "title": "Cherchez-vous les fuites ?", "type": "boolean", "required": False}]})  # fmt: skip
    where = place(tree=tree)
    url = again(client, where, part="100")
    client.post(f"{url}terminer")
    page, past = client.get(f"{url}resultat").text.replace("\xa0", " "), history(client, where)
    legend = re.findall(r'<span class="legend-[a-z]+">([^<]+)</span>', page)
    assert len(legend) == 2 and all(" à " in each for each in legend)
    assert len(re.findall(r'<th scope="row"><a [^>]+>[^<]+ à [^<]+</a>', past)) == 2


def test_the_history_costs_the_same_however_many_grids_it_went_through(
    client: LintingClient, owner: Session, statements: list[str]
) -> None:
    where = place()
    url = again(client, where, grid="new", part="100")
    client.post(f"{url}terminer")
    history(client, where)
    statements.clear()
    history(client, where)
    assert len(statements) <= 12


@pytest.mark.parametrize(
    ("given", "said", "button"),
    [
        ([], "aucune réponse pour l’instant", "Répondre aux questions"),
        (["energie"], "50 % des questions ont leur réponse", "Reprendre"),
        (["energie", "dechets"], "toutes les questions ont leur réponse", "Relire et terminer"),
    ],
)
def test_an_overview_says_where_the_running_assessment_stands(
    client: LintingClient, owner: Session, given: list[str], said: str, button: str
) -> None:
    where = place()
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.get(f"{url}terminer")
    pages = {"energie": fields(suivi="non", part="50"), "dechets": fields(tri=["papier"], compost="true")}
    for category in given:
        client.post(f"{url}categorie/{category}", data=pages[category])
    page = history(client, where)
    assert said in page and button in page
    assert "répondue" not in page


def test_a_result_says_why_it_is_provisional(client: LintingClient, owner: Session) -> None:
    where = place()
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{running(where).id}/")
    client.get(f"{url}terminer")
    client.post(f"{url}categorie/energie", data=fields(suivi="non", part="50"))
    assert "il ne tient compte que des réponses déjà données" in client.get(f"{url}resultat").get_data(as_text=True)
    client.post(f"{url}categorie/dechets", data=fields(tri=["papier"], compost="true"))
    page = client.get(f"{url}resultat").get_data(as_text=True)
    assert "Votre résultat provisoire" in page
    assert "reste provisoire tant que l’auto-évaluation n’est pas terminée" in page and "Relire et terminer" in page
    client.post(f"{url}terminer")
    assert "provisoire" not in client.get(f"{url}resultat").get_data(as_text=True)


def test_a_question_in_french_says_so_in_an_english_page(client: LintingClient) -> None:
    where = place()
    client.get(where.url("essai"))
    url = client.post(where.url("essai")).location.removesuffix("profil")
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    page = client.get(f"{url}categorie/energie").get_data(as_text=True)
    assert "<title>Énergie ·" in page and '<h1><span lang="fr">Énergie</span></h1>' in page
    assert '<span class="choice-text"><span lang="fr">Oui</span></span>' in page
    assert '<span class="choice-text">Not applicable</span>' in page


def test_a_try_out_with_all_its_answers_has_a_result_that_is_not_provisional(client: LintingClient) -> None:
    where = place()
    client.get(where.url("essai"))
    url = client.post(where.url("essai")).location.removesuffix("profil")
    answered(client, where, url)
    page = client.get(f"{url}resultat").get_data(as_text=True)
    assert "provisoire" not in page and "Il tient compte de toutes vos réponses." in page
    assert "provisoire" not in client.get(url).get_data(as_text=True)
    door = client.get(where.url("essai")).get_data(as_text=True)
    assert "toutes les questions ont leur réponse" in door
    assert "Voir mon résultat" in door and "Reprendre" not in door


def test_french_words_say_so_in_an_english_page(client: LintingClient, owner: Session) -> None:
    where = place()
    client.sign_in(where.person)
    assessment: Assessment = running(where)
    url = where.url(f"auto-evaluations/{assessment.id}/")
    client.get(f"{url}terminer")
    answered(client, where, url)
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    page = client.get(f"{url}resultat").get_data(as_text=True)
    assert '<html lang="en">' in page
    assert f'<span lang="fr">{where.participation.organization.name}</span>' in page
    assert '<h3 lang="fr">Énergie</h3>' in page
    assert '<span class="point-question"><span lang="fr">Suivez-vous vos consommations\xa0?</span></span>' in page
    assert '<span class="point-answer"><span lang="fr">Non</span></span>' in page
    assert '<div lang="fr"><p>Un début.</p>' in page
    card = client.get(where.url("essai")).get_data(as_text=True)
    assert '<span lang="fr">Énergie</span>; <span lang="fr">Déchets</span>' in card
    receipt = client.get(f"{url}detail").get_data(as_text=True)
    assert '<span lang="fr">Suivez-vous vos consommations\xa0?</span>' in receipt
    with client.session_transaction() as cookie:
        cookie["language"] = "fr"
    assert "<span lang=" not in client.get(f"{url}resultat").get_data(as_text=True)
