"""A weak point never stands as a bare answer: without a feedback of its author, it says what would earn more."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, session

from assett.assessments.advice import advice
from assett.engine.receipt import receipt
from assett.engine.score import score
from tests.engine.builders import Tree, answered, category, compiled, multiple, question, single


def told(app: Flask, tree: Tree, value: Any, language: str = "fr") -> str:
    ready = compiled(category("c", tree))
    given = answered(ready, {"q": value} if value is not None else {})
    (line,) = receipt(ready, given, score(ready, given)).categories[0].lines
    with app.test_request_context("/"):
        session["language"] = language
        return str(advice(line, "fr")).replace("\u00a0", " ")


def bands(*starts: float, **more: object) -> Tree:
    return question(
        "q", "number", bands=[{"points": 0}, *({"from": s, "points": n} for n, s in enumerate(starts, 1))], **more
    )


HEATING = question(
    "q",
    "number",
    unit="°C",
    bands=[{"points": 0}, {"from": 14, "points": 1}, {"from": 17, "points": 3}, {"from": 19.5, "points": 0}],
)
LINEAR = question("q", "number", unit="%", linear={"zero": 0, "full": 50, "max_points": 3})
COOLER = question("q", "number", unit="°C", linear={"zero": 20, "full": 17, "max_points": 3})
STEPS = question("q", "scale", max=10)


@pytest.mark.parametrize(
    ("tree", "value", "french", "english"),
    [
        (
            HEATING,
            13.5,
            "Plus de points : de 14 à moins de 19,5 °C ; le plein : de 17 à moins de 19,5 °C.",
            "More points: from 14 to under 19.5 °C; all of them: from 17 to under 19.5 °C.",
        ),
        (
            bands(4, 6, unit="ans"),
            2,
            "Plus de points : à partir de 4 ans ; le plein : à partir de 6 ans.",
            "More points: 4 ans or more; all of them: 6 ans or more.",
        ),
        (bands(4), 2, "Le plein de points : à partir de 4.", "All the points: 4 or more."),
        (
            LINEAR,
            10,
            "Chaque pas compte ; le plein de points : à partir de 50 %.",
            "Every step counts; all the points: 50 % or more.",
        ),
        (COOLER, 18, "Chaque pas compte ; le plein de points : 17 °C ou moins.", None),
        (
            COOLER,
            22,
            "Plus de points : en dessous de 20 °C ; le plein : 17 °C ou moins.",
            "More points: under 20 °C; all of them: 17 °C or less.",
        ),
        (STEPS, 3, "Chaque cran compte, jusqu’à 10.", "Every step counts, up to 10."),
        ({**STEPS, "labels": {"10": "Toujours"}}, 3, "Chaque cran compte, jusqu’à 10 : « toujours ».", None),
        (question("q", "boolean", points=2), False, "Le plein de points : « Oui ».", "All the points: “Yes”."),
        (single("q", 0, 1, 2, 2), "c1", "Le plein de points : « Choix 2 » ou « Choix 3 ».", None),
        (multiple("q", 1, 2, 3), ["c2"], "Autres pistes : choix 1, choix 0.", "Other ideas: choix 1, choix 0."),
        (multiple("q", 1, -1, max_points=1), ["c0", "c1"], "Ce qui coûte des points : choix 1.", None),
        (multiple("q", 1, 1, max_points=5), ["c0", "c1"], "Aucune autre réponse ne rapporterait plus de points.", None),
        (question("q", "boolean", required=False), None, "Sans réponse, cette question compte sans point.", None),
    ],
)  # fmt: skip
def test_a_weak_point_says_what_would_earn_more(
    app: Flask, tree: Tree, value: Any, french: str, english: str | None
) -> None:
    assert told(app, tree, value) == french
    if english is not None:
        assert told(app, tree, value, "en").replace('<span lang="fr">', "").replace("</span>", "") == english


def test_of_several_choices_the_next_step_is_among_those_not_ticked(app: Flask) -> None:
    tree = multiple("q", 1, 1, 0)
    for choice, said in zip(tree["choices"], ("Continuez.", "Bien.", "Commencez."), strict=True):
        choice["feedback"] = said
    tree["choices"][2]["exclusive"] = True
    assert told(app, tree, ["c0"]) == "Autres pistes : choix 1."
    # Who does nothing of it yet reads where to begin.
    assert "Commencez." in told(app, tree, ["c2"])


def test_a_colon_stands_in_quotation_marks(app: Flask) -> None:
    tree = multiple("q", 1, 1, 0)
    tree["choices"][0]["label"] = "Il en reste peu : on ajuste"
    tree["choices"][1]["label"] = "Donner"
    assert told(app, tree, ["c2"]) == "Autres pistes : « Il en reste peu : on ajuste », « Donner »."
