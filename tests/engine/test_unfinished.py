"""What an analysis says of levels that nothing serves, of words said twice, and of what was left unfinished."""

from __future__ import annotations

from typing import Any

import pytest

from assett.engine.analysis import analyse
from assett.engine.compiled import compile_document
from assett.engine.reading import read_document
from assett.engine.writing import dump_document
from tests.engine.builders import Tree, category, document, question, single
from tests.engine.test_analysis import analysed, resource, said


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ({"category": "k", "levels": ["low"]}, ["high"]),
        ({"category": "k", "levels": ["low", "high"]}, []),
        # Alone in its category, the worst answer leads to the lowest level and nowhere else.
        ({"question": "q", "is": "c0"}, ["high"]),
        ({"question": "q", "is": "c1"}, ["low"]),
        ({"question": "q", "is": ["c0", "c1"]}, []),
    ],
)
def test_a_level_is_served_by_what_aims_at_it_or_at_an_answer_that_leads_to_it(line: Tree, missing: list[str]) -> None:
    found = analysed(category("k", single("q", 0, 1)), resources=[resource("r", line)])
    names = {"low": "Bas", "high": "Haut"}
    assert [each.params["level"] for each in found.warnings if each.kind == "level_without_resource"] == [
        f"«\u00a0{names[level]}\u00a0»" for level in missing
    ]


def test_an_answer_among_others_leads_to_the_levels_that_the_others_leave_open() -> None:
    def missing(*questions: Tree, line: Tree, **more: Any) -> int:
        found = analysed(category("k", *questions, **more), resources=[resource("r", line)])
        return len(said(found, "level_without_resource"))

    worst, best = {"question": "q", "is": "c0"}, {"question": "q", "is": "c1"}
    # Of two questions, either level can still be reached, whatever the answer to one.
    assert missing(single("q", 0, 1), single("r", 0, 1), line=worst) == 0
    assert missing(single("q", 0, 3), single("r", 0, 1), line=worst) == 1
    assert missing(single("q", 0, 3), single("r", 0, 1), line=best) == 1
    # A cap, or points below none, may bring down who earns most.
    caps = [{"if": {"question": "r", "is": "c0"}, "max": 0.2}]
    assert missing(single("q", 0, 3), single("r", 0, 1), line=best, caps=caps) == 0
    assert missing(single("q", 0, 3), single("r", -5, 1), line=best) == 0
    # What earns nothing goes with every level.
    assert missing(single("q", 0, 3), question("t", "text"), line={"question": "t", "is": "oui"}) == 0


def test_the_same_words_twice_are_said() -> None:
    asked = single("q", 0, 1, 2)
    asked["choices"][2]["label"] = " choix  0"
    twice = {**single("r", 0, 1), "title": "Q"}
    sign = {**single("s", 0, 1), "choices": [{"id": "a", "label": "< 5"}, {"id": "b", "label": "> 5", "points": 1}]}
    found = analysed(
        category("k", asked, twice, sign, question("i", "info", title="q")), category("l", twice | {"id": "u"})
    )
    assert said(found, "same_answer", "same_question") == [
        ("same_question", "categories[0].questions[1]"),
        ("same_answer", "categories[0].questions[0].choices[2]"),
    ]
    assert [each.params for each in found.warnings if each.kind.startswith("same_")] == [{"number": 1}, {"number": 1}]


def test_texts_left_as_they_were_put_there_are_said() -> None:
    asked = single("q", 0, 1)
    asked["choices"][0]["label"] = "Réponse 1"
    told = single("r", 0, 1, title="Nouvelle question ?", help="Réponse 1 ou 2, à vous de voir.")
    levels = [
        {"id": "low", "from": 0, "label": "Bas", "message": "Un début."},
        {"id": "high", "from": 0.5, "label": "Haut"},
    ]
    found = analysed(category("k", asked, told), category("l", single("s", 0, 1), levels=levels))
    assert said(found, "placeholder", "level_without_message") == [
        ("placeholder", "categories[0].questions[0].choices[0].label"),
        ("placeholder", "categories[0].questions[1].title"),
        ("level_without_message", "levels"),
        ("level_without_message", "categories[1].levels"),
    ]
    assert [each.params["levels"] for each in found.warnings if each.kind == "level_without_message"] == [
        "Bas, Haut",
        "Haut",
    ]


def test_to_do_is_an_answer_among_answers_and_a_level_among_levels() -> None:
    levels = [{"id": "a", "from": 0, "label": "À faire"}, {"id": "b", "from": 0.5, "label": "Fait"}]

    def waiting(*labels: str, title: str = "Q") -> list[str]:
        asked = single("q", *range(len(labels)), title=title)
        for choice, label in zip(asked["choices"], labels, strict=True):
            choice["label"] = label
        found = analysed(category("k", asked, levels=levels))
        return [path.removeprefix("categories[0].questions[0].") for _, path in said(found, "placeholder")]

    assert waiting("À faire", "En cours", "Fait") == []
    assert waiting("À compléter", "Complété", title="À faire") == ["title"]
    # Said again, or with nothing that is written beside it, it waits.
    assert waiting("À faire", "À faire", "Fait") == ["choices[0].label", "choices[1].label"]
    assert waiting("À faire", "Réponse 2") == ["choices[0].label", "choices[1].label"]


def test_a_choice_left_without_points_stays_so_when_it_is_written_again() -> None:
    tree = document(category("k", single("q", 0, None, 1), single("r", 0, 1, scored=False)))
    written = dump_document(read_document(tree))
    assert [each.get("points") for each in written["categories"][0]["questions"][0]["choices"]] == [0, None, 1]
    assert said(analyse(compile_document(read_document(written)), None, written), "choice_without_points") == [
        ("choice_without_points", "categories[0].questions[0].choices[1]")
    ]


def test_a_questionnaire_without_a_question_takes_no_minute() -> None:
    empty = analysed(category("k", question("i", "info")))
    assert not empty.minutes.asked and empty.measures[-1].message == "rien à répondre : aucune question n’est posée"
