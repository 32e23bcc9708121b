"""`assett questionnaire convert`: what goes where, and how it exits."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

from assett.cli import main
from assett.formats.files import open_document
from tests.formats.rude import EVERYTHING, cell, edited, saved
from tests.formats.test_sums import CHOICES, SURVEY


def convert(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["questionnaire", "convert", *map(str, arguments)])


def test_a_questionnaire_goes_round_all_formats(tmp_path: Path) -> None:
    names = ["a.xlsx", "b.json", "c.yaml"]
    source = EVERYTHING
    for name in names:
        ran = convert(source, tmp_path / name)
        assert (ran.exit_code, ran.stdout) == (0, "")
        source = tmp_path / name
    form = tmp_path / "form.xlsx"
    assert convert(source, form, "--to", "xlsform").exit_code == 0
    assert convert(form, tmp_path / "last.yaml").exit_code == 0
    assert open_document(tmp_path / "last.yaml") == open_document(EVERYTHING)


def test_refused_rows_are_told_and_the_rest_is_written(tmp_path: Path) -> None:
    rude_file = tmp_path / "in.xlsx"
    rude_file.write_bytes(edited(lambda book: setattr(cell(book["Questions"], "km", "Poids"), "value", "lourd")))
    report = tmp_path / "report.txt"
    ran = convert(rude_file, tmp_path / "out.yaml", "--report", report)
    assert (ran.exit_code, ran.output) == (1, "")
    assert "colonne « Poids » : il faut un nombre, pas « lourd »" in report.read_text(encoding="utf-8").replace(
        "\u00a0", " "
    )
    assert "km" not in {question.id for question in open_document(tmp_path / "out.yaml").questions}


def test_what_cannot_be_read_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "in.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n")
    ran = convert(tmp_path / "in.xlsx", tmp_path / "out.yaml")
    assert ran.exit_code == 1
    assert "n’est pas un classeur XLSX" in ran.stderr
    assert not (tmp_path / "out.yaml").exists()


def test_problems_of_a_yaml_file_come_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "in.yaml").write_text("format: 1\nid: x\nzut: 1\n", encoding="utf-8")
    ran = convert(tmp_path / "in.yaml", tmp_path / "out.json")
    assert ran.exit_code == 1
    assert "zut: clé inconnue" in ran.stderr
    assert "(line 3)" in ran.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nowhere.yaml", "out.json"),
        (EVERYTHING, "out.txt"),
        (EVERYTHING, "/nowhere/out.json"),
        (EVERYTHING, "a.json", "--to", "pdf"),
    ],
)
def test_wrong_usage_exits_two(arguments: tuple[object, ...]) -> None:
    assert convert(*arguments).exit_code == 2


def test_the_command_is_listed() -> None:
    assert "convert" in CliRunner().invoke(main, ["questionnaire", "--help"]).output


def test_a_wrong_question_of_a_yaml_file_falls_alone(tmp_path: Path) -> None:
    text = EVERYTHING.read_text(encoding="utf-8")
    before = open_document(EVERYTHING)
    wrong = text.replace("weight: 2", "weight: lourd", 1)
    assert wrong != text
    (tmp_path / "in.yaml").write_text(wrong, encoding="utf-8")
    ran = convert(tmp_path / "in.yaml", tmp_path / "out.json")
    assert ran.exit_code == 1
    line = text[: text.index("weight: 2")].count("\n") + 1
    assert f"ligne {line}, categories[" in ran.stderr
    after = open_document(tmp_path / "out.json")
    assert 0 < len(after.questions) < len(before.questions)


def test_content_tells_what_a_file_is_whatever_its_name(tmp_path: Path) -> None:
    assert convert(EVERYTHING, tmp_path / "book.xlsx").exit_code == 0
    (tmp_path / "book.yaml").write_bytes((tmp_path / "book.xlsx").read_bytes())
    assert convert(tmp_path / "book.yaml", tmp_path / "out.yaml").exit_code == 0
    assert open_document(tmp_path / "out.yaml") == open_document(EVERYTHING)
    (tmp_path / "picture.yaml").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    ran = convert(tmp_path / "picture.yaml", tmp_path / "none.yaml")
    assert "c’est une image" in ran.stderr


def test_the_points_that_a_form_counts_are_taken_on_demand(tmp_path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("survey", SURVEY), ("choices", CHOICES)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    (tmp_path / "form.xlsx").write_bytes(saved(book))
    for options, scored in (((), [False, False]), (("--points",), [True, True])):
        ran = convert(tmp_path / "form.xlsx", tmp_path / "out.yaml", *options)
        assert "ils peuvent être repris" in ran.stderr
        assert [question.scored for question in open_document(tmp_path / "out.yaml").questions] == scored
