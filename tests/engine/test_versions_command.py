"""`assett questionnaire diff` and `trial`: what is printed, and how they exit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engine.test_command import CASES, EVERYTHING, assett


@pytest.fixture
def newer(tmp_path: Path) -> str:
    path = tmp_path / "newer.yaml"
    path.write_text(Path(EVERYTHING).read_text(encoding="utf-8").replace("weight: 2", "weight: 3"), encoding="utf-8")
    return str(path)


def test_diff_prints_the_changes_in_french(newer: str) -> None:
    ran = assett("questionnaire", "diff", EVERYTHING, newer)
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = ran.stdout.replace("\u00a0", " ").splitlines()
    assert "  * Poids : 2 → 3" in lines
    assert lines[-1].endswith("changer les notes.")


def test_diff_of_a_file_with_itself(newer: str) -> None:
    ran = assett("questionnaire", "diff", newer, newer)
    assert (ran.returncode, ran.stdout) == (0, "Rien ne change.\n")


def test_diff_says_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("format: 1\n", encoding="utf-8")
    ran = assett("questionnaire", "diff", EVERYTHING, str(broken))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert all(line.startswith("[broken.yaml] ") for line in ran.stderr.splitlines())


def test_trial_on_answers_as_json_leaves_wrong_lines_out(tmp_path: Path, newer: str) -> None:
    answers = tmp_path / "answers.jsonl"
    lines = [json.dumps(CASES[0]["answers"]), '{"answers": {"suivi": 1}}', "{}"]
    answers.write_text("\n".join(lines), encoding="utf-8")
    ran = assett("questionnaire", "trial", newer, "--against", EVERYTHING, "--answers", str(answers), "--json")
    shown = json.loads(ran.stdout)
    assert (ran.returncode, shown["respondents"]) == (1, 2)
    assert ran.stderr.startswith("answers.suivi: ")
    assert ran.stderr.endswith("(line 2)\n")
    assert sum(level["after"] or 0 for level in shown["overall"]["levels"]) == 2


def test_trial_on_generated_respondents_is_the_same_each_time(newer: str) -> None:
    command = ("questionnaire", "trial", newer, "--against", EVERYTHING, "--generated", "40", "--seed", "3")
    ran = assett(*command)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("40 structures, dont 40 gardent toutes leurs réponses.\n")
    assert assett(*command).stdout == ran.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("diff", EVERYTHING),
        ("diff", EVERYTHING, "absent.yaml"),
        ("trial", EVERYTHING, "--generated", "3"),
        ("trial", EVERYTHING, "--against", EVERYTHING),
        ("trial", EVERYTHING, "--against", EVERYTHING, "--generated", "3", "--answers", "-"),
        ("trial", EVERYTHING, "--against", EVERYTHING, "--generated", "0"),
    ],
)
def test_wrong_usage_exits_2(arguments: tuple[str, ...]) -> None:
    ran = assett("questionnaire", *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr
