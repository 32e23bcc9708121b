"""Forms made elsewhere: what a KoBo or ODK form says is understood, the rest is told with its place."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from openpyxl import Workbook

from assett.engine.document import Document
from assett.engine.writing import dump_condition
from assett.formats.reports import Report
from assett.formats.sheets import read_sheets
from assett.formats.xlsform.expressions import Field, Unsupported, read_expression
from assett.formats.xlsform.reading import read_xlsform
from tests.formats.rude import saved

Rows = Sequence[Sequence[object]]
CHOICES: Rows = [
    ["list name", "name", "label::Français (fr)", "label:English", "points"],
    ["freq", "Jamais", "Jamais", "Never", 0],
    ["freq", "mois", "Chaque mois", "Monthly", "1,5"],
    ["geste", "led", "LED", "LED", None],
    ["geste", "veille", "Veilles", "Standby", None],
]
MIXED = "${suivi} = ‘mois’ or selected(${suivi}, 'Jamais')"
SURVEY: Rows = [
    [
        "type",
        "name",
        "label::Français (fr)",
        "label:English",
        "required",
        "relevant",
        "constraint",
        "parameters",
        "poids",
        "Thème",
        "calculation",
    ],
    ["start", "start"],
    ["begin group", "energie", "Énergie", "Energy"],
    ["select_one freq", "suivi", "Suivi ?", "Tracked?", "yes", None, None, None, 2],
    ["select_multiple geste or_other", "gestes", "Gestes", "Actions", None, MIXED],
    ["range", "note", "Note", "Mark", None, None, None, "start=0 end=5 step=1", 1],
    ["begin_group", "dedans", "Dedans", "Inside", None, "not(selected(${gestes}, 'led'))"],
    ["integer", "km", "Km", "Km", None, "${note} > 2 and ${suivi} != 'mois'", ". >= 0 and . <= 100"],
    ["end_group"],
    ["end group"],
    ["decimal", "m2", "Surface", "Area", None, None, None, None, None, "Bâtiment"],
    ["note", "fin", "Merci", "Thanks", None, "${km} >= 10"],
    ["geopoint", "ici", "Où ?", "Where?"],
    ["text", "mot", "Un mot", "A word", None, "string-length(${fin}) > 3"],
    ["calculate", "total", None, None, None, None, None, None, None, None, "${suivi} + ${note}"],
]


def read(survey: Rows = SURVEY, choices: Rows = CHOICES) -> tuple[Document | None, Report]:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (
        ("survey", survey),
        ("choices", choices),
        ("settings", [["form_title", "form_id"], ["Essai", "F1"]]),
    ):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    report = Report()
    return read_xlsform(read_sheets(saved(book), report), report), report


def test_a_form_made_elsewhere_is_understood() -> None:
    document, report = read()
    assert document is not None, report.problems
    assert (document.id, str(document.title), document.languages) == ("f1", "Essai", ("fr", "en"))
    assert [category.id for category in document.categories] == ["energie", "batiment", "questions-generales"]
    by_id = {question.id: question for question in document.questions}
    assert [choice.id for choice in by_id["suivi"].choices] == ["jamais", "mois"]
    assert (by_id["suivi"].full_points, by_id["suivi"].weight) == (Fraction(3, 2), 2)
    assert by_id["suivi"].required
    assert by_id["suivi"].title["en"] == "Tracked?"
    assert [choice.id for choice in by_id["gestes"].choices] == ["led", "veille", "autre"]
    assert by_id["note"].scored
    assert (by_id["km"].min, by_id["km"].max, by_id["km"].integer) == (0, 100, True)
    gestes, km = by_id["gestes"].visible_if, by_id["km"].visible_if
    assert gestes is not None
    assert km is not None
    assert dump_condition(gestes) == {"question": "suivi", "is": ["mois", "jamais"]}
    assert dump_condition(km) == {
        "all": [
            {"not": {"question": "gestes", "is": "led"}},
            {"all": [{"question": "note", "at_least": 3}, {"not": {"question": "suivi", "is": "mois"}}]},
        ]
    }


def test_what_a_form_says_and_we_cannot_is_told_row_by_row() -> None:
    _, report = read()
    assert [(remark.place.row, remark.place.column) for remark in report.refused] == [(13, "type")]
    assert [(remark.place.row, remark.place.column) for remark in report.dropped] == [(14, "relevant")]
    assert {notice.place.row for notice in report.notices if notice.place.sheet == "survey"} == {2, 5, 7, 15}
    assert any("additionne suivi, note" in notice.message for notice in report.notices)


def test_a_condition_changed_since_wins_over_our_own_column() -> None:
    survey = [
        ["type", "name", "label", "relevant", "assett::visible_if"],
        ["select_one freq", "a", "A"],
        ["text", "b", "B", "${a} = 'mois'", "a = jamais"],
    ]
    document, report = read(survey)
    assert document is not None
    condition = document.questions[1].visible_if
    assert condition is not None
    assert dump_condition(condition) == {"question": "a", "is": "mois"}
    assert any(notice.place.column == "relevant" for notice in report.notices)


FIELDS = {
    "n": Field("question", "n", "number", {}),
    "s": Field("question", "s", "single", {"A": "a", "b": "b"}),
}
READ = [
    (
        "${n} > 1.5",
        {"all": [{"question": "n", "at_least": Decimal("1.5")}, {"not": {"question": "n", "is": Decimal("1.5")}}]},
    ),
    ("3 <= ${n}", {"question": "n", "at_least": 3}),
    ("${s} != ''", {"question": "s", "is": ["a", "b"]}),
    (
        "${s} = “A” and (${n} <= -2 or true())",
        {"all": [{"question": "s", "is": "a"}, {"any": [{"question": "n", "at_most": -2}, {"all": []}]}]},
    ),
]


@pytest.mark.parametrize(("text", "tree"), READ)
def test_expressions_are_read(text: str, tree: object) -> None:
    assert read_expression(text, FIELDS.get) == tree


@pytest.mark.parametrize(
    "text",
    ["", "${x} = 1", "${n} = ${s}", "${n} +", "count(${n}) > 1", "(" * 99, "${n} > 'a'", "${s} > 1", "${n} = 1 1"],
)
def test_expressions_without_an_equivalent_are_refused(text: str) -> None:
    with pytest.raises(Unsupported):
        read_expression(text, FIELDS.get)


def said_of(survey: Rows, choices: Rows = CHOICES) -> list[str]:
    _, report = read(survey, choices)
    return [str(each).replace("\u00a0", " ") for each in (*report.notices, *report.dropped)]


def test_a_text_that_tells_an_answer_is_read_without_it() -> None:
    survey = [["type", "name", "label"], ["text", "a", "Bonjour ${nom}, et bienvenue"]]
    document, _ = read(survey)
    assert document is not None and str(document.questions[0].title) == "Bonjour, et bienvenue"
    assert any(
        each.startswith("feuille « survey », ligne 2, colonne « label » : « ${nom} » renvoie à une réponse")
        for each in said_of(survey)
    )


def test_names_that_are_written_otherwise_are_told() -> None:
    survey = [
        ["type", "name", "label"],
        ["select_one l", "Q1", "Un"],
        ["text", "Q2", "Deux"],
        ["text", "Mon nom", "Nom"],
    ]
    choices = [["list_name", "name", "label"], ["l", "a b", "A"], ["l", "c", "C"]]
    said = [each for each in said_of(survey, choices) if "colonne « name »" in each]
    assert sorted(said) == [
        "feuille « choices », ligne 2, colonne « name » : le nom « a b » devient « a-b »",
        "feuille « survey », ligne 2, colonne « name » : les noms sont mis en minuscules : "
        "« Q1 » devient « q1 », et les suivants de même",
        "feuille « survey », ligne 4, colonne « name » : le nom « Mon nom » devient « mon-nom »",
    ]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("fin", "« fin » vient plus loin, ligne 5 : une condition ne regarde que ce qui précède"),
        ("total", "« total » est un calcul : une condition ne peut pas en dépendre ici"),
        ("ici", "« ici », ligne 3, n’est pas une question reprise ici"),
        ("rien", "aucune question ne s’appelle « rien »"),
    ],
)
def test_why_a_condition_cannot_look_at_something(name: str, why: str) -> None:
    survey = [
        ["type", "name", "label", "relevant", "calculation"],
        ["calculate", "total", None, None, "1 + 1"],
        ["geopoint", "ici", "Où ?"],
        ["text", "a", "A", f"${{{name}}} = 'x'"],
        ["text", "fin", "Fin"],
    ]
    assert any(why in each for each in said_of(survey))
