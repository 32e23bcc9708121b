"""The command line: what goes where, and how it exits."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .builders import category, document, multiple, question

GOLDEN = Path(__file__).parent / "golden"
EVERYTHING = str(GOLDEN / "everything.yaml")
CASES = json.loads((GOLDEN / "everything.json").read_text(encoding="utf-8"))


def assett(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from assett.cli import main; main(prog_name='assett')", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, encoding="utf-8", check=False)


def test_score_prints_one_result(tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(CASES[0]["answers"]), encoding="utf-8")
    ran = assett("score", EVERYTHING, str(answers), "--on", "2026-03-01")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout) == CASES[0]["result"]


def test_score_reads_standard_input_and_the_day_decides() -> None:
    ran = assett("score", EVERYTHING, "-", "--on", "2026-02-28", stdin=json.dumps(CASES[0]["answers"]))
    assert [each["id"] for each in json.loads(ran.stdout)["resources"]] == ["velo", "passee", "pour-tous"]


def test_score_provisionally() -> None:
    ran = assett("score", EVERYTHING, "-", "--provisional", stdin='{"answers": {"suivi": "mois"}}')
    (energy,) = json.loads(ran.stdout)["categories"]
    assert (energy["ratio"], energy["max_points"], energy["counted"]) == (1.0, 2.0, 4)


def test_score_prints_an_answers_problem_on_standard_error() -> None:
    ran = assett("score", EVERYTHING, "-", stdin='{"answers": {\n"suivi": "jamais",\n"km": "12",\n"zut": 1}}')
    assert (ran.returncode, ran.stdout) == (1, "")
    assert [line.split(": ")[0] for line in ran.stderr.splitlines()] == ["answers.suivi", "answers.km", "answers.zut"]
    assert [line.rpartition(" (")[2] for line in ran.stderr.splitlines()] == ["line 2)", "line 3)", "line 4)"]


def test_score_lines_gives_a_line_for_a_line() -> None:
    lines = [json.dumps(CASES[0]["answers"]), '{"answers": {"suivi": 1}}', "{oops", json.dumps(CASES[3]["answers"])]
    ran = assett("score", EVERYTHING, "--lines", "-", "--on", "2026-03-01", stdin="\n".join(lines))
    assert (ran.returncode, ran.stderr) == (1, "")
    results = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [results[0], results[3]] == [CASES[0]["result"], CASES[3]["result"]]
    assert results[1]["error"][0].startswith("answers.suivi: ")
    assert len(results[2]["error"]) == 1


def test_score_lines_all_right(tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    file.write_text("{}\n" * 50, encoding="utf-8")
    ran = assett("score", EVERYTHING, "--lines", str(file))
    assert (ran.returncode, len(ran.stdout.splitlines())) == (0, 50)


def test_score_refuses_a_line_too_long_and_goes_on() -> None:
    long = '{"answers": {"mots": "' + "x" * 5_000_000 + '"}}'
    ran = assett("score", EVERYTHING, "--lines", "-", stdin=f"{long}\n{{}}\n")
    first, second = (json.loads(line) for line in ran.stdout.splitlines())
    assert list(first) == ["error"]
    assert second["questionnaire"] == "everything"


def test_check_says_nothing_of_a_right_file() -> None:
    ran = assett("questionnaire", "check", EVERYTHING)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_check_says_all_on_standard_output_and_score_on_standard_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    text = Path(EVERYTHING).read_text(encoding="utf-8")
    broken.write_text(text.replace("weight: 2", "weight: -2").replace("is: aucun", "is: rien"), encoding="utf-8")
    checked = assett("questionnaire", "check", str(broken))
    assert (checked.returncode, checked.stderr) == (1, "")
    first, second = checked.stdout.splitlines()
    assert first.startswith("categories[0].weight: ")
    assert first.endswith(" (line 25)")
    assert second.startswith("categories[0].caps[0].if.is: ")
    scored = assett("score", str(broken), "-", stdin="{}")
    assert (scored.returncode, scored.stdout, scored.stderr) == (1, "", checked.stdout)


RESOURCES = """\
format: 1
resources:
  - {id: plus, title: Plus, url: "https://example.org", type: tool, for: [{question: suivi, is: mois}]}
"""


def test_resource_files_are_added_and_checked_across(tmp_path: Path) -> None:
    first, second = tmp_path / "un.yaml", tmp_path / "deux.yaml"
    first.write_text(RESOURCES, encoding="utf-8")
    second.write_text(RESOURCES.replace("is: mois", "is: jour"), encoding="utf-8")
    ran = assett("score", EVERYTHING, "-", "--resources", str(first), stdin='{"answers": {"suivi": "mois"}}')
    assert "plus" in [each["id"] for each in json.loads(ran.stdout)["resources"]]
    checked = assett("questionnaire", "check", EVERYTHING, "--resources", str(first), "--resources", str(second))
    assert checked.returncode == 1
    assert [line.split(": ")[0] for line in checked.stdout.splitlines()] == [
        "resources[0].id",
        "resources[0].for[0].is",
    ]
    assert all("deux.yaml" in line and line.endswith("(line 3)") for line in checked.stdout.splitlines())


@pytest.mark.parametrize(
    "arguments",
    [
        ("score", "absent.yaml", "-"),
        ("score", EVERYTHING, "absent.json"),
        ("score", EVERYTHING),
        ("score", EVERYTHING, "-", "--lines", "-"),
        ("score", EVERYTHING, "-", "--on", "2026-02-30"),
        ("score", EVERYTHING, "-", "--resources", "absent.yaml"),
        ("questionnaire", "check"),
        ("questionnaire", "check", "absent.yaml"),
        ("unheard-of",),
    ],
)
def test_missing_files_and_wrong_usage_exit_2(arguments: tuple[str, ...]) -> None:
    ran = assett(*arguments, stdin="{}")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr


def test_scoring_loads_neither_the_web_nor_the_database() -> None:
    code = (
        "import sys; import assett.cli;"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'flask', 'sqlalchemy', 'psycopg'}))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert ran.stdout.strip() == "[]"


def test_score_says_what_is_wrong_with_the_writing_and_with_the_answers_in_one_run(tmp_path: Path) -> None:
    questionnaire = tmp_path / "q.json"
    tree = document(category("c", question("n1", "number"), multiple("m1", 0, 1)))
    questionnaire.write_text(json.dumps(tree))
    given = '{"answers": {"n1": NaN, "m1": "x"}}'
    done = assett("score", str(questionnaire), "-", stdin=given)
    assert done.returncode == 1 and done.stdout == ""
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["answers.n1", "answers.m1"]
    lines = assett("score", str(questionnaire), "--lines", "-", stdin=f'{given}\n{{"answers": {{"n1": NaN}}}}\n{{}}\n')
    assert lines.returncode == 1
    both, one, right = map(json.loads, lines.stdout.splitlines())
    assert len(both["error"]) == 2 and len(one["error"]) == 1 and "overall" in right


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("score", "Il manque l’argument 'QUESTIONNAIRE'."),
        ("score absent.yaml -", "Valeur refusée pour 'QUESTIONNAIRE' : Fichier « absent.yaml » introuvable."),
        ("questionnaire chek", "La commande « chek » n’existe pas. Vouliez-vous dire 'check' ?"),
        (
            "questionnaire check --warning x.yaml",
            "L’option « --warning » n’existe pas. Vouliez-vous dire '--warnings' ?",
        ),
        ("questionnaire check / x.yaml", "Valeur refusée pour 'FILE' : « / » est un dossier."),
        ("questionnaire trial --generated z x.yaml", "« z » n’est pas un nombre valable."),
        ("questionnaire convert --to zip x.yaml y", "« zip » n’est pas possible ; au choix : 'yaml'"),
        ("score --on", "L’option « --on » attend une valeur."),
    ],
)
def test_wrong_usage_is_told_in_french(arguments: str, said: str) -> None:
    ran = assett(*arguments.split())
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert not re.search(r"\b(Error|Try|Invalid|Missing|such|does not)\b", ran.stderr)


def test_help_is_in_french() -> None:
    ran = assett("questionnaire", "check", "--help")
    assert ran.stdout.startswith("Usage : ") and "Afficher cette aide." in ran.stdout
    assert "Show this" not in ran.stdout
