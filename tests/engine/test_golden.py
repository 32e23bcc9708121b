"""Whole questionnaires and answers in, results out, byte for byte.

``everything`` was worked out by hand. The real questionnaires guard against a change
that nobody meant; after one that was meant, ``python -m tests.engine.test_golden``
writes their results anew, to be read in the diff.
"""

from __future__ import annotations

import json
import zlib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assett.engine.answers import read_answers
from assett.engine.compiled import Compiled, compile_document
from assett.engine.document import Question
from assett.engine.output import result_tree
from assett.engine.recommendation import recommend
from assett.engine.score import score
from assett.engine.values import plain
from assett.formats.files import open_document

GOLDEN = Path(__file__).parent / "golden"
QUESTIONNAIRES = Path(__file__).parents[2] / "questionnaires"
ON = date(2026, 3, 1)

REAL = ("socle-assett", "premier-pas")


def opened(questionnaire: Path) -> Compiled:
    return compile_document(open_document(questionnaire))


def result(compiled: Compiled, payload: object) -> dict[str, Any]:
    answers = read_answers(compiled, payload)
    scored = score(compiled, answers)
    return result_tree(scored, recommend(compiled, answers, scored, compiled.document.resources, ON))


def cases(name: str) -> list[dict[str, Any]]:
    text = (GOLDEN / f"{name}.json").read_text(encoding="utf-8")
    loaded: list[dict[str, Any]] = json.loads(text, parse_float=Decimal)
    return loaded


@pytest.mark.parametrize("case", cases("everything"), ids=lambda case: case["about"][:30])
def test_worked_out_by_hand(case: dict[str, Any]) -> None:
    compiled = opened(GOLDEN / "everything.yaml")
    found = result(compiled, case["answers"])
    assert found == json.loads(json.dumps(case["result"], default=float))


@pytest.mark.parametrize("name", REAL)
def test_real_questionnaires(name: str) -> None:
    compiled = opened(QUESTIONNAIRES / f"{name}.yaml")
    for case in cases(name):
        assert result(compiled, case["answers"]) == json.loads(json.dumps(case["result"], default=float))


# Writing the results of the real questionnaires


def _some_answer(question: Question, person: str) -> object:
    """An answer that depends on nothing but the question and the person."""
    chance = zlib.crc32(f"{person}/{question.id}".encode())
    if question.unknown and chance % 11 == 0:
        return "?"
    if question.not_applicable and chance % 13 == 0:
        return "n/a"
    match question.type:
        case "single":
            return question.choices[chance % len(question.choices)].id
        case "multiple":
            free = [choice.id for choice in question.choices if not choice.exclusive]
            size = max(question.min_choices or 0, chance % 3 + 1)
            return free[: min(size, question.max_choices or size)]
        case "boolean":
            return chance % 2 == 0
        case "scale":
            low, high = question.bounds
            return int(low) + chance % (int(high - low) + 1)
        case "number":
            low = question.min if isinstance(question.min, type(question.weight)) else question.weight * 0
            return int(plain(low)) + chance % 20
        case _:
            return None


def _write() -> None:
    for name in REAL:
        compiled = opened(QUESTIONNAIRES / f"{name}.yaml")
        document = compiled.document
        written = []
        for person in ("boulangerie", "association", "mairie"):
            payload = {
                "profile": {entry.id: _some_answer(entry, person) for entry in document.profile},
                "answers": {
                    question.id: _some_answer(question, person)
                    for question in document.questions
                    if question.type != "info"
                },
            }
            written.append({"about": person, "answers": payload, "result": result(compiled, payload)})
        text = json.dumps(written, ensure_ascii=False, indent=1, default=float)
        (GOLDEN / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    _write()
