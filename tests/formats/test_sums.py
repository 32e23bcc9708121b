"""Points that forms count in their calculations: recognised, offered, and taken only on demand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from assett.engine.reading import check_document, read_document
from assett.engine.writing import dump_document
from assett.formats.conversion import read_data
from assett.formats.reports import Report
from assett.formats.xlsform.expressions import Field
from assett.formats.xlsform.sums import Earned, NoSum, Sums, with_points
from tests.formats.rude import saved
from tests.formats.test_xlsform import read

FIELDS = {
    "q": Field("question", "q", "single", {"a": "a", "b": "b", "c": "c"}),
    "n": Field("question", "n", "single", {"0": "zero", "2": "deux"}),
    "m": Field("question", "m", "multiple", {"x": "x", "y": "y", "z": "z"}),
    "ok": Field("question", "ok", "boolean", {"OK": "true", "yes": "true", "no": "false"}),
    "km": Field("question", "km", "number", {}),
    "jours": Field("question", "jours", "number", {}, integer=True),
}
A2_B1 = {"q": {"a": 2, "b": 1, "c": 0}}
RECOGNISED: list[tuple[str, dict[str, dict[str, Any]]]] = [
    ("if(${q}='a',2,0) + if(${q}='b',1,0)", A2_B1),
    ("if(${q} = ‘a’, 2, if(${q} = “b”, 1, 0))", A2_B1),
    ("if(selected(${q}, 'a'), 2, 0) + selected(${q}, 'b')", A2_B1),
    ("coalesce(if(${q}='a',2,if(${q}='b',1,0)), 0)", A2_B1),
    ("if(${q}='', 0, if(${q}='a' or ${q}='d', 2, if(not(${q}!='b'), 1, 0)))", A2_B1),
    ("number(${n})", {"n": {"zero": 0, "deux": 2}}),
    ("coalesce(${n}, 0) div 2", {"n": {"zero": 0, "deux": 2}}),
    ("if(${n} >= 2, 3, 0)", {"n": {"zero": 0, "deux": 3}}),
    ("selected(${m}, 'x') * 2 + selected(${m}, 'y')", {"m": {"x": 2, "y": 1, "z": 0}}),
    ("count-selected(${m})", {"m": {"x": 1, "y": 1, "z": 1}}),
    ("min(count-selected(${m}), 2)", {"m": {"x": 1, "y": 1, "z": 1}}),
    ("if(${ok} = 'OK', 1.5, 0)", {"ok": {"true": Decimal("1.5"), "false": 0}}),
    ("sum(if(${q}='a',2,if(${q}='b',1,0)), ${n}) - 0", {**A2_B1, "n": {"zero": 0, "deux": 2}}),
    ("if(${km} >= 100, 3, if(${km} >= 50, 2, 0))", {"km": {"": 0, "50": 2, "100": 3}}),
    ("if(${km} < 10.5, 2, if(50 <= ${km}, 0, 1))", {"km": {"": 2, "10.5": 1, "50": 0}}),
    ("if(${km} >= 50 and ${km} < 100, 1, if(${km} >= 100, 2, 0))", {"km": {"": 0, "50": 1, "100": 2}}),
    ("(${km} >= 50) * 2 + (coalesce(${km}, 0) >= 100)", {"km": {"": 0, "50": 2, "100": 3}}),
    ("if(number(${jours}) > 99, 3, if(${jours} = 0, 1, 0))", {"jours": {"": 0, "0": 1, "1": 0, "100": 3}}),
    ("if(${jours} >= 2.5, 1, 0)", {"jours": {"": 0, "3": 1}}),
    ("round(if(${q}='a',2,if(${q}='b',1,0)) + ${n}, 1)", {**A2_B1, "n": {"zero": 0, "deux": 2}}),
]


def counted(expression: str, **others: str) -> dict[str, Earned]:
    return Sums({"total": expression, **others}, FIELDS).counted("total")


@pytest.mark.parametrize(("expression", "points"), RECOGNISED)
def test_the_usual_ways_of_counting_points(expression: str, points: dict[str, dict[str, Any]]) -> None:
    assert {name: dict(earned.points) for name, earned in counted(expression).items()} == points


def test_factors_are_weights_through_other_calculations() -> None:
    total = "2 * coalesce(${sq}, 0) + (${sm} + ${n}) * 3 div 2"
    found = counted(total, sq="if(${q}='a',2,if(${q}='b',1,0))", sm="count-selected(${m})")
    assert {name: earned.weight for name, earned in found.items()} == {
        "q": 2,
        "m": Decimal("1.5"),
        "n": Decimal("1.5"),
    }
    assert dict(found["q"].points) == A2_B1["q"]


def test_a_ceiling_on_several_answers_is_kept() -> None:
    assert counted("min(count-selected(${m}), 2)")["m"].most == 2
    assert counted("count-selected(${m})")["m"].most is None


def test_a_total_of_three_hundred_questions_is_one_sum() -> None:
    fields = {f"q{n}": Field("question", f"q{n}", "single", {"a": "a", "b": "b"}) for n in range(300)}
    parts = {f"p{n}": f"if(${{q{n}}}='a',{n % 3 + 1},0)" for n in range(300)}
    sums = Sums({**parts, "total": " + ".join(f"${{{name}}}" for name in parts)}, fields)
    found = sums.counted("total")
    assert len(found) == 300
    assert dict(found["q7"].points) == {"a": 2, "b": 0}


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "${q} + ${n}",  # the names of its answers are no numbers
        "${q} * ${n}",
        "${km} * 2",
        "min(${km} div 10, 5)",
        "if(${km} > 100, 3, 0)",  # a band begins with its bound: « more than » says of no number where it begins
        "if(${km} >= 100, ${km}, 0)",
        "if(${km} >= 100, int(${km} div 1000000), 0)",
        "if(${km} >= ${n}, 1, 0)",
        "if(${q}='a', ${n}, 0)",
        "if(selected(${m}, 'x') and selected(${m}, 'y'), 1, 0)",
        "1 + if(${q}='a',2,0)",
        "concat(${q}, 'a')",
        "${nowhere} + 1",
        "${loop}",
        "today() - ${n}",
        "if(${q}='a', 99999999999, 0)",
        "(" * 99,
        "-" * 5000,
        "${q} = ",
        "if(${n} div 0 > 1, 1, 0)",
    ],
)
def test_what_is_no_sum_of_points_is_none(expression: str) -> None:
    with pytest.raises(NoSum):
        counted(expression, loop="${loop2} + 1", loop2="${loop}")


def test_names_that_double_end_soon() -> None:
    doubling = {f"d{n}": f"${{d{n - 1}}} + ${{d{n - 1}}}" for n in range(1, 60)}
    with pytest.raises(NoSum):
        Sums({"d0": "if(${q}='a',1,0)", **doubling}, FIELDS).counted("d59")


SURVEY = [
    ["type", "name", "label", "required", "calculation", "Thème"],
    ["select_one freq", "suivi", "Suivi ?", "", "", "Énergie"],
    ["select_multiple geste", "gestes", "Gestes", "", "", "Énergie"],
    ["calculate", "p1", "", "", "if(${suivi}='mois', 2, 0)"],
    ["calculate", "total", "", "", "2 * coalesce(${p1}, 0) + min(count-selected(${gestes}), 1)"],
    ["calculate", "percent", "", "", "${total} * 100 div 5"],
    ["calculate", "age", "", "", "today() - ${p1}"],
]
CHOICES = [
    ["list_name", "name", "label"],
    ["freq", "jamais", "Jamais"],
    ["freq", "mois", "Chaque mois"],
    ["geste", "led", "LED"],
    ["geste", "veille", "Veilles"],
]


def report_and_tree() -> tuple[Report, dict[str, Any]]:
    document, report = read(SURVEY, CHOICES)
    assert document is not None, report.problems
    return report, dump_document(document)


def test_a_form_without_a_column_of_points_has_them_offered() -> None:
    report, tree = report_and_tree()
    assert not any(question.scored for question in read_document(tree).questions)
    assert report.points == {
        "suivi": {"choices": {"jamais": 0, "mois": 2}, "weight": 2},
        "gestes": {"choices": {"led": 1, "veille": 1}, "max_points": 1, "weight": 1},
    }
    told = [notice.message for notice in report.notices if notice.place.row in (4, 5, 6, 7)]
    assert ["compte" in told[0], "compte" in told[1], "additionne" in told[2], "n’existe pas" in told[3]] == [True] * 4


def test_points_are_taken_over_and_nothing_else_changes() -> None:
    report, tree = report_and_tree()
    pointed = with_points(tree, report.points)
    assert check_document(pointed) == ()
    before, after = read_document(tree), read_document(pointed)
    assert [question.full_points for question in after.questions] == [2, 1]
    assert [question.required for question in after.questions] == [question.required for question in before.questions]
    assert [question.title for question in after.questions] == [question.title for question in before.questions]


def test_points_that_a_column_gives_already_are_not_offered() -> None:
    choices = [
        [*CHOICES[0], "points"],
        *([*row, points] for row, points in zip(CHOICES[1:], (0, 2, 1, 1), strict=True)),
    ]
    survey = [*SURVEY[:4], ["calculate", "total", "", "", "if(${suivi}='mois', 2, 0)"]]
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("survey", survey), ("choices", choices)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    report = Report()
    assert read_data(saved(book), "form.xlsx", None, report) is not None
    assert report.points == {}
    assert any("compte des points (suivi)" in notice.message for notice in report.notices)


def test_points_of_a_number_are_offered_as_bands_and_taken() -> None:
    survey = [
        ["type", "name", "label", "calculation"],
        ["decimal", "km", "Combien ?"],
        ["integer", "jours", "Jours ?"],
        ["calculate", "p_km", "", "if(${km} >= 100, 3, if(${km} >= 50, 2, 0))"],
        ["calculate", "p_jours", "", "if(${jours} > 2, 1, 0)"],
        ["calculate", "total", "", "${p_km} + 2 * ${p_jours}"],
    ]
    document, report = read(survey)
    assert document is not None
    assert not any(question.scored for question in document.questions)
    tree = with_points(dump_document(document), report.points)
    assert check_document(tree) == ()
    km, jours = tree["categories"][0]["questions"]
    assert km["bands"] == [{"points": 0}, {"from": 50, "points": 2}, {"from": 100, "points": 3}]
    assert (jours["bands"], jours["weight"]) == ([{"points": 0}, {"from": 3, "points": 1}], 2)
    assert [question.full_points for question in read_document(tree).questions] == [3, 1]


def test_two_calculations_that_count_a_question_otherwise_are_told() -> None:
    fields = "count-selected(${gestes})"
    survey = [*SURVEY_OF_TWO, ["calculate", "un", "", fields], ["calculate", "deux", "", OTHERWISE]]
    document, report = read(survey, LIST_OF_TWO)
    assert document is not None
    told = [str(each).replace("\u00a0", " ") for each in report.notices]
    (clash,) = (each for each in told if "autrement que celui de la ligne" in each)
    assert "ligne 5" in clash and "compte gestes autrement que celui de la ligne 4 : c’est celui de la ligne 4" in clash
    assert not any("ici le score le fait" in each for each in told)
    assert any("ligne 5" in each and "compte des points (e)" in each for each in told)
    assert report.points["gestes"]["choices"] == {"x": 1, "y": 1}


SURVEY_OF_TWO = [
    ["type", "name", "label", "calculation"],
    ["select_one ouinon", "e", "E ?", ""],
    ["select_multiple g", "gestes", "Gestes ?", ""],
]
OTHERWISE = "if(${e}='oui',5,1) + if(selected(${gestes},'x'),2,0)"
LIST_OF_TWO = [
    ["list_name", "name", "label"],
    ["ouinon", "oui", "Oui"],
    ["ouinon", "non", "Non"],
    ["ouinon", "peut-etre", "Peut-être"],
    ["g", "x", "X"],
    ["g", "y", "Y"],
]
