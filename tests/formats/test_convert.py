"""`assett questionnaire convert`: what goes where, and how it exits."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

from assett.cli import main
from assett.engine.document import Document
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


def test_refused_rows_and_cells_are_told_and_the_rest_is_written(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        cell(book["Questions"], "km", "Type").value = "lourd"
        cell(book["Questions"], "suivi", "Poids").value = "lourd"

    rude_file = tmp_path / "in.xlsx"
    rude_file.write_bytes(edited(edit))
    report = tmp_path / "report.txt"
    ran = convert(rude_file, tmp_path / "out.yaml", "--report", report)
    assert (ran.exit_code, ran.output) == (1, "")
    said = report.read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "colonne « Poids » : il faut un nombre, pas « lourd » ; poids 1 pris" in said
    assert "colonne « Type » : « lourd » est inconnu" in said
    left = {question.id for question in open_document(tmp_path / "out.yaml").questions}
    assert "km" not in left and "suivi" in left


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


def of_yaml(tmp_path: Path, *changes: tuple[str, str]) -> tuple[str, Document]:
    """What is said of a YAML file with some changes, and what is taken of it."""
    text = EVERYTHING.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    (tmp_path / "in.yaml").write_text(text, encoding="utf-8")
    ran = convert(tmp_path / "in.yaml", tmp_path / "out.json")
    assert ran.exit_code == 1
    return ran.stderr.replace("\u00a0", " "), open_document(tmp_path / "out.json")


def test_a_wrong_value_of_a_yaml_file_falls_alone(tmp_path: Path) -> None:
    before = open_document(EVERYTHING)
    text = EVERYTHING.read_text(encoding="utf-8")
    line = text[: text.index("weight: 2")].count("\n") + 1
    said, after = of_yaml(
        tmp_path, ("weight: 2", "weight: lourd"), ("  - id: mobilite\n", "  - id: mobilite\n    zut: 1\n")
    )
    assert f"ligne {line}, categories[" in said and "poids 1 pris" in said
    assert "zut : clé inconnue" in said and "cette clé est laissée de côté" in said
    assert [each.id for each in after.questions] == [each.id for each in before.questions]


def test_a_wrong_question_of_a_yaml_file_falls_alone_and_a_category_with_its_own(tmp_path: Path) -> None:
    before = open_document(EVERYTHING)
    _, after = of_yaml(tmp_path, ("- id: part\n        type: number", "- id: part\n        type: nombre"))
    assert len(after.questions) == len(before.questions) - 1
    said, after = of_yaml(tmp_path, ("  - id: mobilite\n", "  - id: Mobilité\n    weight: lourd\n"))
    (lost,) = (each for each in before.categories if each.id == "mobilite")
    assert "mobilite" not in {each.id for each in after.categories}
    assert said.count("la catégorie de cette question a été refusée") == len(lost.questions)
    assert "gardé" not in said


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
    offered, taken = "ils peuvent être repris", "ils sont repris"
    for options, scored, said, unsaid in (
        ((), [False, False], offered, taken),
        (("--points",), [True, True], taken, offered),
    ):
        ran = convert(tmp_path / "form.xlsx", tmp_path / "out.yaml", *options)
        assert said in ran.stderr and unsaid not in ran.stderr
        assert "sont remplacés" not in ran.stderr
        assert [question.scored for question in open_document(tmp_path / "out.yaml").questions] == scored


def test_points_of_a_column_that_a_calculation_overrides_are_told(tmp_path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    choices = [[*CHOICES[0], "points"], *([*row, 5] for row in CHOICES[1:])]
    for name, rows in (("survey", SURVEY), ("choices", choices)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    (tmp_path / "form.xlsx").write_bytes(saved(book))
    ran = convert(tmp_path / "form.xlsx", tmp_path / "out.yaml", "--points")
    said = "les points que le fichier donnait à suivi, gestes sont remplacés par ceux de ses calculs"
    assert said in ran.stderr.replace("\u00a0", " ")


def test_the_file_that_is_read_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "in.yaml"
    file.write_bytes(EVERYTHING.read_bytes())
    other = tmp_path / "sous" / ".." / "in.yaml"
    (tmp_path / "sous").mkdir()
    for arguments in ((file, file), (file, other), (file, tmp_path / "out.json", "--report", file)):
        ran = convert(*arguments)
        assert ran.exit_code == 2 and "est le fichier à convertir" in ran.stderr
    assert file.read_bytes() == EVERYTHING.read_bytes() and not (tmp_path / "out.json").exists()


def test_a_file_of_another_office_program_is_told_what_to_become(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "in.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<a/>")
    for name, said in (("in.csv", "c’est un fichier CSV"), ("in.ods", "c’est un classeur OpenDocument (.ods)")):
        ran = convert(tmp_path / name, tmp_path / "out.yaml")
        assert ran.exit_code == 1
        assert said in ran.stderr and "enregistrez-le en .xlsx" in ran.stderr


def test_a_column_that_is_missing_is_named_though_nothing_is_refused(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        sheet = book["Questions"]
        sheet.delete_cols(next(cell.column for cell in sheet[1] if cell.value == "Affichée si"))

    (tmp_path / "in.xlsx").write_bytes(edited(edit))
    ran = convert(tmp_path / "in.xlsx", tmp_path / "out.yaml")
    assert ran.exit_code == 0
    assert "colonne « Affichée si » ; aucune question n’a de condition" in ran.stderr.replace("\u00a0", " ")
