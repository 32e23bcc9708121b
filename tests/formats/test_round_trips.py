"""What is written is read back equal, whatever the format."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from assett.core.settings import ROOT
from assett.engine.document import Document
from assett.engine.reading import read_document
from assett.engine.writing import dump_document
from assett.formats.files import open_document
from assett.formats.json_trees import read_json
from assett.formats.reports import Report
from assett.formats.sheets import read_sheets
from assett.formats.spreading import write_workbook
from assett.formats.trees import decode
from assett.formats.workbook import read_workbook
from assett.formats.writing import json_text, yaml_text
from assett.formats.xlsform.reading import read_xlsform
from assett.formats.xlsform.writing import write_xlsform
from assett.formats.yaml_trees import read_yaml
from tests.engine.strategies import Tree
from tests.formats.strategies import rich_documents

FILES = [
    ROOT / "questionnaires/socle-assett.yaml",
    ROOT / "questionnaires/premier-pas.yaml",
    ROOT / "tests/engine/golden/everything.yaml",
]
generated = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def through_workbook(document: Document) -> Document | None:
    report = Report()
    read = read_workbook(write_workbook(document), report)
    assert (report.refused, report.problems, report.notices) == ([], [], [])
    return read


def through_form(document: Document) -> Document | None:
    report = Report()
    read = read_xlsform(read_sheets(write_xlsform(document), report), report)
    assert (report.refused, report.problems, report.notices) == ([], [], [])
    return read


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_real_questionnaires_survive(file: Path) -> None:
    document = open_document(file)
    assert through_workbook(document) == document
    assert through_form(document) == document
    assert read_document(read_yaml(yaml_text(dump_document(document))).tree) == document


@settings(generated, max_examples=25)
@given(rich_documents())
def test_a_workbook_reads_back_equal(tree: Tree) -> None:
    document = read_document(tree)
    assert through_workbook(document) == document


@settings(generated, max_examples=25)
@given(rich_documents())
def test_a_form_reads_back_equal(tree: Tree) -> None:
    document = read_document(tree)
    assert through_form(document) == document


@settings(generated, max_examples=40)
@given(rich_documents())
def test_yaml_and_json_read_back_equal(tree: Tree) -> None:
    document = read_document(tree)
    written = dump_document(document)
    assert read_document(read_yaml(decode(yaml_text(written).encode())).tree) == document
    assert read_document(read_json(decode(json_text(written).encode())).tree) == document


def test_yaml_says_again_what_it_says() -> None:
    text = yaml_text(dump_document(open_document(FILES[0])))
    assert yaml_text(dump_document(read_document(read_yaml(text).tree))) == text
    assert '\n  - id: energie\n    title: {fr: "Énergie", en: "Energy"}\n' in text
