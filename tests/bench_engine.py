"""How fast the engine is, as ratios to a plain integer loop over dictionaries.

The loop knows no conditions, no validation, no exact fractions and no names: it adds
integers by looking them up. Both work on the same answers to 40 questions in
4 categories with 5 conditions, in turns, so that a busy machine slows both.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from time import perf_counter

from assett.engine.answers import read_answers
from assett.engine.compiled import Compiled, compile_document
from assett.engine.reading import read_document
from assett.engine.receipt import receipt
from assett.engine.recommendation import recommend
from assett.engine.score import score

RESPONDENTS = 400
ROUNDS = 15
TODAY = date(2026, 3, 1)


def document_tree() -> dict[str, object]:
    """40 questions in 4 categories: 24 single, 4 multiple, 4 boolean, 4 scale, 4 number."""
    categories = [_category(index) for index in range(4)]
    return {
        "format": 1,
        "id": "bench",
        "title": "Banc",
        "languages": ["fr"],
        "levels": [
            {"id": "debutant", "from": 0, "label": "Débutant"},
            {"id": "intermediaire", "from": 0.4, "label": "Intermédiaire"},
            {"id": "avance", "from": 0.8, "label": "Avancé"},
        ],
        "profile": [
            {
                "id": "kind",
                "title": "Type",
                "type": "single",
                "choices": [{"id": "company", "label": "E"}, {"id": "association", "label": "A"}],
            }
        ],
        "categories": categories,
        "resources": [_resource(index) for index in range(24)],
    }


def _category(index: int) -> dict[str, object]:
    questions: list[dict[str, object]] = []
    for number in range(6):
        questions.append(
            {
                "id": f"c{index}-single{number}",
                "type": "single",
                "title": "Q",
                "weight": 1 + number % 3,
                "not_applicable": number % 2 == 0,
                "unknown": number % 3 == 0,
                "choices": [{"id": f"p{points}", "label": "C", "points": points} for points in range(4)],
            }
        )
    questions += [
        {
            "id": f"c{index}-multiple",
            "type": "multiple",
            "title": "Q",
            "max_points": 3,
            "choices": [{"id": f"m{n}", "label": "C", "points": 1} for n in range(5)],
        },
        {"id": f"c{index}-boolean", "type": "boolean", "title": "Q"},
        {"id": f"c{index}-scale", "type": "scale", "title": "Q", "max": 5},
        {
            "id": f"c{index}-number",
            "type": "number",
            "title": "Q",
            "min": 0,
            "bands": [{"points": 0}, {"from": 10, "points": 1}, {"from": 50, "points": 2}],
        },
    ]
    questions[5]["visible_if"] = {"question": f"c{index}-single0", "is": ["p1", "p2", "p3"]}
    category: dict[str, object] = {"id": f"c{index}", "title": "C", "questions": questions}
    if index == 0:
        category["caps"] = [{"if": {"question": "c0-boolean", "is": False}, "max": 0.7}]
    return category


def _resource(index: int) -> dict[str, object]:
    category = f"c{index % 4}"
    return {
        "id": f"r{index}",
        "title": "R",
        "url": "https://example.org/",
        "type": "guide",
        "for": [
            {"question": f"{category}-single{index % 6}", "is": ["p0", "p1"]},
            {"category": category, "levels": ["debutant"]},
        ],
        **({"who": {"kind": ["company"]}} if index % 3 == 0 else {}),
    }


def payloads() -> list[dict[str, object]]:
    """Complete answers of many respondents, as JSON gives them."""
    chance = random.Random(1)
    return [{"profile": {"kind": "company"}, "answers": _answers(chance)} for _ in range(RESPONDENTS)]


def _answers(chance: random.Random) -> dict[str, object]:
    answers: dict[str, object] = {}
    for index in range(4):
        for number in range(6):
            answers[f"c{index}-single{number}"] = f"p{chance.randrange(4)}"
        if chance.random() < 0.2:
            answers[f"c{index}-single2"] = "n/a"
        if chance.random() < 0.2:
            answers[f"c{index}-single3"] = "?"
        answers[f"c{index}-multiple"] = [f"m{n}" for n in range(5) if chance.random() < 0.5]
        answers[f"c{index}-boolean"] = chance.random() < 0.5
        answers[f"c{index}-scale"] = chance.randrange(6)
        answers[f"c{index}-number"] = chance.randrange(100)
    return answers


def plain_loop(compiled: Compiled) -> Callable[[dict[str, object]], tuple[int, list[int]]]:
    """The measure: integer points by dictionary, a sum and a percentage by category."""
    tables: list[list[tuple[str, int, int, dict[object, int]]]] = []
    for category in compiled.document.categories:
        table = []
        for question in category.questions:
            points: dict[object, int] = {choice.id: int(choice.points) for choice in question.choices}
            if question.type == "boolean":
                points = {True: 1, False: 0}
            if question.type in ("scale", "number"):
                points = {value: value // 25 for value in range(100)}
            points["?"] = 0
            table.append((question.id, int(question.weight), int(question.full_points), points))
        tables.append(table)

    def run(answers: dict[str, object]) -> tuple[int, list[int]]:
        percents = []
        for table in tables:
            earned = possible = 0
            for name, weight, best, points in table:
                answer = answers.get(name)
                if answer == "n/a":
                    continue
                if isinstance(answer, list):
                    earned += weight * min(sum(points[each] for each in answer), best)
                elif answer is not None:
                    earned += weight * points[answer]
                possible += weight * best
            percents.append(100 * earned // possible if possible else 0)
        return sum(percents) // len(percents), percents

    return run


def run() -> dict[str, float]:
    """Respondents a second, relative to the plain loop; printed and given back."""
    compiled = compile_document(read_document(document_tree()))
    resources = compiled.document.resources
    people = payloads()
    loop = plain_loop(compiled)

    def scored() -> None:
        for payload in people:
            score(compiled, read_answers(compiled, payload))

    def explained() -> None:
        for payload in people:
            answers = read_answers(compiled, payload)
            result = score(compiled, answers)
            recommend(compiled, answers, result, resources, TODAY)
            receipt(compiled, answers, result)

    def plain() -> None:
        for payload in people:
            loop(payload["answers"])  # type: ignore[arg-type]

    best = {"plain": 1e9, "score": 1e9, "score+recommend+receipt": 1e9}
    for _ in range(ROUNDS):
        for name, work in (("plain", plain), ("score", scored), ("score+recommend+receipt", explained)):
            start = perf_counter()
            work()
            best[name] = min(best[name], (perf_counter() - start) / RESPONDENTS)
    ratios = {name: best["plain"] / seconds for name, seconds in best.items()}
    for name, seconds in best.items():
        print(f"{name:24} {seconds * 1e6:8.1f} µs a respondent   {ratios[name]:7.1%} of the plain loop")
    return ratios


if __name__ == "__main__":
    run()
