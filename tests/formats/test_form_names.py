"""Names, themes, lists and languages of forms made elsewhere: a row that is wrong takes no other with it, and no text
is lost for want of a language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assett.engine.document import Document, Question
from assett.formats.reports import Report
from tests.formats.test_xlsform import Rows, read

LIST: Rows = [["list_name", "name", "label"], ["num", 0, "Non"], ["num", 1, "Un peu"], ["b", "x", "X"], ["b", "y", "Y"]]
HEAD = ["type", "name", "label"]


def understood(survey: Rows, choices: Rows = LIST) -> tuple[Document, Report]:
    document, report = read(survey, choices)
    assert document is not None, report.problems
    return document, report


def said(report: Report) -> list[str]:
    return [str(each).replace("\u00a0", " ") for each in (*report.dropped, *report.refused)]


def notices(report: Report) -> list[str]:
    return [str(each).replace("\u00a0", " ") for each in report.notices if each.place.sheet in ("survey", "choices")]


def answers(document: Document) -> dict[str, list[str]]:
    return {each.id: [choice.id for choice in each.choices] for each in document.questions}


@pytest.mark.parametrize("list_name", ["num", "b"])
def test_a_name_used_twice_refuses_its_second_row_alone(list_name: str) -> None:
    survey = [
        HEAD,
        ["select_one num", "q1", "A ?"],
        ["select_one num", "q2", "B ?"],
        [f"select_one {list_name}", "q1", "C"],
    ]
    document, report = understood(survey)
    assert answers(document) == {"q1": ["0", "1"], "q2": ["0", "1"]}
    assert said(report) == [
        "feuille « survey », ligne 4, colonne « name » : l’identifiant « q1 » est déjà pris, ligne 2"
    ]


def test_a_name_of_another_group_is_another_question() -> None:
    survey = [
        HEAD,
        ["begin_group", "g", "G"],
        ["select_one num", "suivi", "A ?"],
        ["end_group"],
        ["begin_group", "h", "H"],
        ["select_one b", "suivi", "B ?"],
        ["end_group"],
    ]
    document, report = understood(survey)
    assert answers(document) == {"suivi": ["0", "1"], "suivi-2": ["x", "y"]}
    assert report.whole
    assert notices(report) == [
        "feuille « survey », ligne 6, colonne « name » : le nom « suivi » devient « suivi-2 », pour rester distinct de "
        "celui de la ligne 3"
    ]


def test_names_that_would_be_written_alike_stay_apart() -> None:
    survey = [HEAD, ["select_one l", "Q.1", "A"], ["text", "q-1", "B"], ["text", "Q/1", "C"]]
    choices = [["list_name", "name", "label"], ["l", "a.b", "A"], ["l", "a-b", "B"]]
    document, report = understood(survey, choices)
    assert answers(document) == {"q-1-2": ["a-b-2", "a-b"], "q-1": [], "q-1-3": []}
    assert report.whole
    told = [each.partition(" : ")[2] for each in notices(report)]
    assert set(told) >= {"le nom « a.b » devient « a-b-2 »", "le nom « Q.1 » devient « q-1-2 »"}
    assert any(each.startswith("le nom « Q/1 » devient « q-1-3 »") for each in told)


def test_answers_stay_for_the_questions_that_are_left() -> None:
    survey = [
        HEAD,
        ["begin_group", None, "Sans nom"],
        ["select_one num", "perdue", "A ?"],
        ["select_one b", "aussi", "B ?"],
        ["end_group"],
        ["select_one num", "gardee", "C ?"],
    ]
    document, report = understood(survey)
    assert answers(document) == {"gardee": ["0", "1"]}
    assert report.understood["Réponses"] == 2
    assert said(report)[-1] == (
        "feuille « choices », ligne 4, colonne « list_name » : les questions de la liste « b » ont été refusées : ses "
        "réponses le sont avec elles"
    )
    assert [each.place.row for each in report.refused if each.place.sheet == "choices"] == [4]


def test_an_answer_that_is_called_other_already_takes_no_other_list_with_it() -> None:
    survey = [HEAD, ["select_one num or_other", "q1", "A"], ["select_one c or specify other", "q2", "B"]]
    choices = [*LIST, ["c", "autre", "Un autre"], ["c", "rien", "Rien"]]
    document, report = understood(survey, choices)
    assert answers(document) == {"q1": ["0", "1", "autre"], "q2": ["autre", "rien", "autre-2"]}
    assert report.whole


THEMED = ["type", "name", "label", "relevant", "thème"]


def test_a_theme_that_is_a_group_s_title_is_that_category() -> None:
    survey = [
        THEMED,
        ["text", "avant", "Avant", None, "ÉNERGIE"],
        ["begin_group", "g1", "Énergie"],
        ["text", "dedans", "Dedans", None, "Énergie"],
        ["end_group"],
        ["text", "eau", "Eau", None, "Eau !"],
        ["text", "eaux", "Eaux", None, "eau"],
    ]
    document, report = understood(survey)
    assert {each.id: [q.id for q in each.questions] for each in document.categories} == {
        "g1": ["avant", "dedans"],
        "eau": ["eau", "eaux"],
    }
    assert report.whole and not any("thème" in each for each in notices(report))


def test_a_theme_with_the_name_of_a_group_and_another_title_stays_apart() -> None:
    survey = [
        THEMED,
        ["begin_group", "energie", "Bâti"],
        ["text", "a", "A"],
        ["end_group"],
        ["text", "b", "B", None, "Énergie"],
    ]
    document, report = understood(survey)
    assert {each.id: str(each.title) for each in document.categories} == {"energie": "Bâti", "energie-2": "Énergie"}
    assert report.whole


def test_a_question_that_leaves_its_group_for_its_theme_is_shown_as_the_group_is() -> None:
    survey = [
        THEMED,
        ["select_one num", "q", "Q"],
        ["begin_group", "g", "G", "${q} = '1'"],
        ["text", "a", "A", None, "Ailleurs"],
        ["end_group"],
    ]
    document, _ = understood(survey)
    (question,) = (each for each in document.questions if each.id == "a")
    assert question.visible_if is not None and question.visible_if == document.categories[1].visible_if


def texts(document: Document) -> list[dict[str, str]]:
    return [dict(each.title) for each in document.questions]


def test_a_label_without_language_beside_a_translation_is_in_the_usual_one() -> None:
    survey = [["type", "name", "label", "label::English (en)"], ["text", "a", "Un", "One"], ["text", "b", "Deux", None]]
    document, report = understood(survey)
    assert document.languages == ("fr", "en")
    assert texts(document) == [{"fr": "Un", "en": "One"}, {"fr": "Deux"}]
    assert notices(report)[0] == (
        "feuille « survey », ligne 1, colonne « label » : cette colonne ne dit pas sa langue : elle est lue comme "
        "« fr », la langue par défaut"
    )


@pytest.mark.parametrize("columns", [("label", "label::Français (fr)"), ("label::Français (fr)", "label")])
def test_two_columns_of_one_language_are_told_and_the_one_that_says_so_is_taken(columns: tuple[str, str]) -> None:
    values = {"label": ("Seule", "Autre"), "label::Français (fr)": (None, "Un")}
    rows = [["text", f"q{at}", *(values[each][at] for each in columns)] for at in (0, 1)]
    document, report = understood([["type", "name", *columns], *rows])
    assert [str(each.title) for each in document.questions] == ["Seule", "Un"]
    assert [each for each in notices(report) if "dans la même langue" in each] == [
        "feuille « survey », ligne 3, colonne « label » : cette colonne et « label::Français (fr) » sont dans la même "
        "langue : là où les deux sont remplies, c’est « label::Français (fr) » qui est prise"
    ]


def test_answers_may_have_a_caption() -> None:
    document, report = understood([HEAD, ["select_one num", "q", "Q"]], [["list_name", "value", "caption"], *LIST[1:3]])
    assert [str(each.label) for each in document.questions[0].choices] == ["Non", "Un peu"]
    assert report.whole


def _same(one: Question, other: Question) -> bool:
    return (one.id, one.type, one.title, one.choices) == (other.id, other.type, other.title, other.choices)


KINDS = ["wrong num", "select_one num", "select_one rien", "text", "", "begin_group"]


@given(
    st.lists(st.sampled_from(["num", "b"]), min_size=2, max_size=5),
    st.lists(
        st.sampled_from(KINDS),
        min_size=1,
        max_size=4,
    ),
    st.data(),
)
def test_a_wrong_row_takes_no_other_question_with_it(lists: list[str], wrong: list[str], data: st.DataObject) -> None:
    """Rows of any type, nameless or named as another one, put anywhere after the first question."""
    survey: list[list[object]] = [[f"select_one {name}", f"q{at}", f"Q {at}"] for at, name in enumerate(lists)]
    before = understood([HEAD, *survey])[0]
    names = st.sampled_from([None, "q0", "Q 0", "!", "\N{PILE OF POO}"])
    for kind in wrong:
        at = data.draw(st.integers(1, len(survey)))
        rows: list[list[object]] = [[kind, data.draw(names), "Mal"]]
        if kind == "begin_group":
            rows += [["select_one num", data.draw(names), "Dedans"], ["end_group"]]
        survey[at:at] = rows
    document, _ = understood([HEAD, *survey])
    for question in before.questions:
        assert any(_same(question, each) for each in document.questions), question.id
