"""Every rule of the file, broken once: the place, the line, and no noise around it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from assett.engine.reading import check_document, check_resources, read_document, read_resources
from assett.engine.writing import dump_document
from assett.formats.files import check_file, check_resource_file
from assett.formats.yaml_trees import read_yaml
from assett.kernel.errors import InvalidDocument

from .builders import category, document, question, single

RIGHT = """\
format: 1
id: essai
version: 2026.10
title: {fr: Essai, en: Trial}
languages: [fr, en]
scale: {max: 10, decimals: 2}
levels:
  - {id: bas, from: 0, label: 007}
  - {id: haut, from: 0.5, label: no}
profile:
  - {id: kind, title: Type, type: single, source: kind, choices: [{id: a, label: A}, {id: b, label: B}]}
  - {id: size, title: Taille, type: number, visible_if: {profile: kind, is: a}}
categories:
  - id: energie
    title: Énergie
    caps:
      - {if: {question: suivi, is: aucun}, max: 0.39}
    questions:
      - id: suivi
        type: single
        title: Suivi
        unknown: true
        was: [ancien]
        choices:
          - {id: aucun, label: Aucun, points: 0}
          - {id: mois, label: Mois, points: 2, was: [mensuel]}
      - {id: gestes, type: multiple, title: G, choices: [{id: x, label: X, points: 1}, {id: y, label: Y}]}
      - {id: note, type: scale, title: N, max: 5, labels: {0: rien, "5": tout}}
      - {id: surface, type: number, title: S, bands: [{points: 0}, {from: 10, points: 1}]}
      - {id: part, type: number, title: P, linear: {zero: 0, full: 100, max_points: 2}}
      - {id: accord, type: boolean, title: A}
      - {id: depuis, type: date, title: D, min: 2000-01-01, max: 2030-12-31}
      - {id: mots, type: text, title: M}
      - {type: info, title: I, visible_if: {all: [{question: suivi, is: ["?", mois]}, {question: note, at_least: 1}]}}
resources:
  - id: aide
    title: Aide
    url: https://example.org/
    type: guide
    for:
      - {question: suivi, is: aucun}
      - {category: energie, levels: [bas]}
    who: {kind: [a]}
"""


def check(text: str, tmp_path: Path) -> list[str]:
    """Path and line of each problem of a file."""
    file = tmp_path / "essai.yaml"
    file.write_text(text, encoding="utf-8")
    return [f"{problem.path}:{problem.line}" for problem in check_file(file)]


def test_a_right_file_has_no_problem(tmp_path: Path) -> None:
    assert check(RIGHT, tmp_path) == []


def test_scalars_in_a_text_place_are_the_text_as_it_is_written() -> None:
    read = read_document(read_yaml(RIGHT).tree)
    assert [str(level.label) for level in read.levels] == ["007", "no"]
    assert read.version == "2026.10"


Q = "categories[0].questions"
BROKEN = [
    ("format: 1\n", "format: 2\n", "format:1"),
    ("format: 1\n", "", "format:1"),
    ("id: essai", "id: Essai", "id:2"),
    ("id: essai", "id: essai\nidd: x", "idd:3"),
    ("languages: [fr, en]", "languages: []", "languages:5"),
    ("languages: [fr, en]", "languages: [fr, en, fr]", "languages[2]:5"),
    ("{fr: Essai, en: Trial}", "{en: Trial}", "title.fr:4"),
    ("{fr: Essai, en: Trial}", "{fr: Essai, de: Test}", "title.de:4"),
    ("{fr: Essai, en: Trial}", '" "', "title:4"),
    ("{fr: Essai, en: Trial}", "[Essai]", "title:4"),
    ("{max: 10, decimals: 2}", "{max: 10, decimals: 4}", "scale.decimals:6"),
    ("{max: 10, decimals: 2}", "{max: 0}", "scale.max:6"),
    ("{max: 10, decimals: 2}", "{max: 10, decimal: 2}", "scale.decimal:6"),
    ("from: 0, label: 007", "from: 0.1, label: 007", "levels[0].from:8"),
    ("from: 0.5", "from: 0", "levels[1].from:9"),
    ("from: 0.5", "from: 1.5", "levels[1].from:9"),
    ("id: haut", "id: bas", "levels[1].id:9"),
    ("source: kind", "source: sort", "profile[0].source:11"),
    ("source: kind", "points: 1", "profile[0].points:11"),
    ("{id: b, label: B}", "{id: b, label: B, points: 1}", "profile[0].choices[1].points:11"),
    ("type: number, visible_if: {profile: kind, is: a}", "type: info", "profile[1].type:12"),
    ("{profile: kind, is: a}", "{profile: size, at_least: 1}", "profile[1].visible_if.profile:12"),
    ("{profile: kind, is: a}", "{question: suivi, is: mois}", "profile[1].visible_if.question:12"),
    ("{profile: kind, is: a}", "{profile: kind, is: c}", "profile[1].visible_if.is:12"),
    ("max: 0.39", "max: 1.39", "categories[0].caps[0].max:17"),
    ("max: 0.39", "mox: 0.39", "categories[0].caps[0].mox:17|categories[0].caps[0].max:17"),
    ("is: aucun}, max", "is: rien}, max", "categories[0].caps[0].if.is:17"),
    ("{question: suivi, is: aucun}, max", "{question: suivis, is: aucun}, max", "categories[0].caps[0].if.question:17"),
    ("        type: single\n", "        type: simple\n", f"{Q}[0].type:20"),
    ("        type: single\n", "", f"{Q}[0].type:19"),
    ("        type: single\n", "        type: single\n        weight: 0\n", f"{Q}[0].weight:21"),
    ("        type: single\n", "        type: single\n        weight: 1.0000001\n", f"{Q}[0].weight:21"),
    ("        type: single\n", "        type: single\n        weight: 2e9\n", f"{Q}[0].weight:21"),
    ("        type: single\n", "        type: single\n        weight: '2'\n", f"{Q}[0].weight:21"),
    ("        type: single\n", "        type: single\n        weigth: 2\n", f"{Q}[0].weigth:21"),
    ("        type: single\n", "        type: single\n        bands: []\n", f"{Q}[0].bands:21"),
    ("unknown: true", "unknown: yes", f"{Q}[0].unknown:22"),
    ("was: [ancien]", "was: [gestes]", f"{Q}[0].was[0]:23"),
    ("was: [ancien]", "was: [suivi]", f"{Q}[0].was[0]:23"),
    ("was: [ancien]", "was: [ancien, ancien]", f"{Q}[0].was[1]:23"),
    ("was: [ancien]", "was: ancien", f"{Q}[0].was:23"),
    ("was: [mensuel]", "was: [aucun]", f"{Q}[0].choices[1].was[0]:26"),
    ("id: mois, label: Mois", "id: aucun, label: Mois", f"{Q}[0].choices[1].id:26"),
    ("id: mois, label: Mois", "id: mois", f"{Q}[0].choices[1].label:26"),
    ("points: 2, was", "points: 0, was", f"{Q}[0].choices:24"),
    ("points: 2, was", "points: deux, was", f"{Q}[0].choices[1].points:26"),
    ("points: 2, was", "exclusive: true, points: 2, was", f"{Q}[0].choices[1].exclusive:26"),
    ("{id: gestes,", "{id: suivi,", f"{Q}[1].id:27"),
    ("{id: gestes,", "{min_choices: 3, id: gestes,", f"{Q}[1].min_choices:27"),
    ("{id: gestes,", "{min_choices: 2, max_choices: 1, id: gestes,", f"{Q}[1].max_choices:27"),
    ("{id: gestes,", "{max_points: 0, id: gestes,", f"{Q}[1].max_points:27"),
    (", {id: y, label: Y}]", "]", f"{Q}[1].choices:27"),
    ("max: 5,", "max: 0,", f"{Q}[2].max:28"),
    ("max: 5,", "", f"{Q}[2].max:28"),
    ("max: 5,", "max: 4.5,", f"{Q}[2].max:28"),
    ("max: 5,", "max: 5, max_points: -1,", f"{Q}[2].max_points:28"),
    ('"5": tout', '"6": tout', f"{Q}[2].labels.6:28"),
    ('"5": tout', "cinq: tout", f"{Q}[2].labels.cinq:28"),
    ("bands: [{points: 0}", "bands: [{from: 0, points: 0}", f"{Q}[3].bands[0].from:29"),
    ("{from: 10, points: 1}", "{points: 1}", f"{Q}[3].bands[1].from:29"),
    ("{from: 10, points: 1}", "{from: 10, points: 1}, {from: 10, points: 2}", f"{Q}[3].bands[2].from:29"),
    ("{from: 10, points: 1}", "{from: 10}", f"{Q}[3].bands[1].points:29"),
    ("title: S, bands", "title: S, min: 5, max: 4, bands", f"{Q}[3].max:29"),
    ("full: 100", "full: 0", f"{Q}[4].linear.full:30"),
    ("full: 100, max_points: 2", "full: 100", f"{Q}[4].linear.max_points:30"),
    ("title: P, linear", "title: P, bands: [{points: 1}], linear", f"{Q}[4].linear:30"),
    ("type: boolean", "type: boolean, points: 0", f"{Q}[5].points:31"),
    ("min: 2000-01-01", "min: 2000-02-30", f"{Q}[6].min:32"),
    ("max: 2030-12-31", "max: 1999-12-31", f"{Q}[6].max:32"),
    ("type: text,", "type: text, max_length: 0,", f"{Q}[7].max_length:33"),
    ("{type: info,", "{type: info, required: true,", f"{Q}[8].required:34"),
    ("{type: info,", "{type: info, weight: 1,", f"{Q}[8].weight:34"),
    ("{type: info,", "{type: info, scored: true,", f"{Q}[8].scored:34"),
    ("question: note, at_least: 1", "question: suivi, at_least: 1", f"{Q}[8].visible_if.all[1].at_least:34"),
    ("question: note, at_least: 1", "question: note, at_least: 6", f"{Q}[8].visible_if.all[1].at_least:34"),
    ("question: note, at_least: 1", "question: note, at_least: 3, at_most: 2", f"{Q}[8].visible_if.all[1].at_most:34"),
    ("question: note, at_least: 1", "question: note, at_least: 1, is: 2", f"{Q}[8].visible_if.all[1].is:34"),
    ("question: note, at_least: 1", "question: note", f"{Q}[8].visible_if.all[1].is:34"),
    ("question: note, at_least: 1", "question: note, is: []", f"{Q}[8].visible_if.all[1].is:34"),
    ("question: note, at_least: 1", "question: note, is: 2.5", f"{Q}[8].visible_if.all[1].is:34"),
    ("question: note, at_least: 1", 'question: note, is: "?"', f"{Q}[8].visible_if.all[1].is:34"),
    ("question: note, at_least: 1", "question: accord, is: 1", f"{Q}[8].visible_if.all[1].is:34"),
    ("question: note, at_least: 1", "question: depuis, is: 1999-01-01", f"{Q}[8].visible_if.all[1].is:34"),
    ("question: note, at_least: 1", "questions: note, is: 1", f"{Q}[8].visible_if.all[1]:34"),
    ("question: note, at_least: 1", "question: note, profile: kind, is: 1", f"{Q}[8].visible_if.all[1]:34"),
    ("{all: [", "{all: [{not: 3}, ", f"{Q}[8].visible_if.all[0].not:34"),
    ('is: ["?", mois]', 'is: ["?", jour]', f"{Q}[8].visible_if.all[0].is[1]:34"),
    ("    title: Énergie\n", "    title: Énergie\n    max_na: 2\n", "categories[0].max_na:16"),
    (
        "    title: Énergie\n",
        "    title: Énergie\n    levels: [{id: a, from: 0.1, label: A}]\n",
        "categories[0].levels[0].from:16|resources[0].for[1].levels[0]:43",
    ),
    (
        "    title: Énergie\n",
        "    title: Énergie\n    visible_if: {question: suivi, is: mois}\n",
        "categories[0].visible_if.question:16",
    ),
    ("https://example.org/", "ftp://example.org/", "resources[0].url:38"),
    ("https://example.org/", "https:///rien", "resources[0].url:38"),
    ("https://example.org/", "javascript:alert(1)", "resources[0].url:38"),
    ("https://example.org/", "mailto:personne", "resources[0].url:38"),
    ("    type: guide", "    type: livre", "resources[0].type:39"),
    ("    type: guide", "    type: guide\n    priority: 101", "resources[0].priority:40"),
    (
        "    type: guide",
        "    type: guide\n    valid_from: 2026-02-01\n    valid_until: 2026-01-31",
        "resources[0].valid_until:41",
    ),
    ("    type: guide", "    type: guide\n    valid_from: 01/02/2026", "resources[0].valid_from:40"),
    ("{question: suivi, is: aucun}\n", "{question: suivi, is: jamais}\n", "resources[0].for[0].is:41"),
    ("{question: suivi, is: aucun}\n", "{profile: kind, is: a}\n", "resources[0].for[0]:41"),
    ("category: energie", "category: energies", "resources[0].for[1].category:42"),
    ("levels: [bas]", "levels: [moyen]", "resources[0].for[1].levels[0]:42"),
    ("levels: [bas]", "levels: []", "resources[0].for[1].levels:42"),
    ("{kind: [a]}", "{kind: [c]}", "resources[0].who.kind[0]:43"),
    ("{kind: [a]}", "{sort: [a]}", "resources[0].who.sort:43"),
    ("{kind: [a]}", "[a]", "resources[0].who:43"),
]


@pytest.mark.parametrize(("right", "wrong", "places"), BROKEN)
def test_what_is_broken_is_told_at_its_place_and_line(right: str, wrong: str, places: str, tmp_path: Path) -> None:
    assert RIGHT.count(right) >= 1
    assert check(RIGHT.replace(right, wrong, 1), tmp_path) == places.split("|")


def test_all_problems_are_found_in_one_run(tmp_path: Path) -> None:
    text = RIGHT
    places = []
    for right, wrong, place in (BROKEN[2], BROKEN[13], BROKEN[20], BROKEN[41], BROKEN[59]):
        text = text.replace(right, wrong, 1)
        places.append(place)
    assert check(text, tmp_path) == places


def test_accepted_corners() -> None:
    accepted = [
        question("t", "text", required=True, scored=True),
        single("s", 0, 1, scored=False, required=True),
        question("unscored", "scale", max=3, max_points=0, scored=False),
        question("n", "number", linear={"zero": 100, "full": 0, "max_points": 2}),
        question("v", "boolean", visible_if={"all": []}, points=0, points_false=2),
        question("w", "boolean", visible_if={"not": {"any": []}}),
        question("float", "number", bands=[{"points": 0.1}, {"from": Decimal("0.25"), "points": 1}]),
    ]
    assert check_document(document(category("c", *accepted))) == ()


@pytest.mark.parametrize("tree", [None, 3, "texte", [], {}, {"format": 1, "categories": [None, 3, {"questions": 3}]}])
def test_any_tree_ends_in_problems(tree: object) -> None:
    with pytest.raises(InvalidDocument) as caught:
        read_document(tree)
    assert all(str(problem) for problem in caught.value.problems)


def test_conditions_nested_too_deep_are_a_problem() -> None:
    condition: object = {"all": []}
    for _ in range(5000):
        condition = {"not": condition}
    problems = check_document(document(category("c", question("q", "boolean", visible_if=condition))))
    assert len(problems) == 1


def test_a_bad_type_does_not_make_its_conditions_look_bad() -> None:
    broken = question("a", "sclae", max=3)
    dependent = question("b", "boolean", visible_if={"question": "a", "at_least": 2})
    problems = check_document(document(category("c", broken, dependent)))
    assert [problem.path for problem in problems] == ["categories[0].questions[0].type"]


def test_messages_stay_on_one_line_whatever_the_file_says() -> None:
    hostile = "é\n\u202e\ud800\x00" + "x" * 100_000
    problems = check_document(document(category("c", question("q", hostile), **{hostile: 1})))
    assert problems
    for problem in problems:
        assert "\n" not in str(problem)
        assert len(str(problem)) < 400
        str(problem).encode()


def test_reading_what_was_written_gives_the_same_document() -> None:
    read = read_document(read_yaml(RIGHT).tree)
    assert read_document(dump_document(read)) == read


def test_resources_in_a_file_of_their_own_need_no_questionnaire() -> None:
    tree = {
        "format": 1,
        "resources": [
            {
                "id": "aide",
                "title": {"fr": "Aide", "en": "Help"},
                "url": "mailto:aide@example.org",
                "type": "contact",
                "for": [{"question": "ailleurs", "is": "oui"}],
            }
        ],
    }
    (resource,) = read_resources(tree)
    assert resource.title.in_("en") == "Help"
    assert resource.title.in_("de") == "Aide"


def test_a_file_of_the_other_kind_is_told_in_one_line(tmp_path: Path) -> None:
    questionnaire, resources = tmp_path / "questionnaire.yaml", tmp_path / "resources.yaml"
    questionnaire.write_text(RIGHT, encoding="utf-8")
    resources.write_text("format: 1\nresources:\n  - {id: aide}\n", encoding="utf-8")
    assert len(check_resource_file(resources)) == 3
    for (problem,) in (check_file(resources), check_resource_file(questionnaire)):
        assert problem.path == "document" and "assett questionnaire check" in problem.message
    for check in (check_document, check_resources):
        trees = {check_document: {"format": 1, "resources": []}, check_resources: read_yaml(RIGHT).tree}
        assert [problem.path for problem in check(trees[check])] == ["document"]


def test_resources_are_held_against_a_questionnaire() -> None:
    against = read_document(read_yaml(RIGHT).tree)
    aide = {
        "id": "aide",
        "title": "T",
        "url": "https://example.org",
        "type": "tool",
        "for": [{"question": "x", "is": 1}],
    }
    with pytest.raises(InvalidDocument) as caught:
        read_resources({"format": 1, "resources": [aide]}, against)
    assert [p.path for p in caught.value.problems] == ["resources[0].id", "resources[0].for[0].question"]


def test_a_scale_has_at_most_101_values_and_what_was_published_keeps_its_own() -> None:
    def tree(most: int) -> dict[str, object]:
        return document(category("c", question("q", "scale", min=0, max=most)))

    assert check_document(tree(100)) == ()
    for most, count in ((101, 102), (3_000_000, 3_000_001)):
        (problem,) = check_document(tree(most))
        assert problem.path == "categories[0].questions[0].max" and str(count) in problem.message
        (kept,) = read_document(tree(most), published=True).categories[0].questions
        assert kept.bounds == (0, most)
        # Nothing else is forgiven.
        with pytest.raises(InvalidDocument):
            read_document({**tree(most), "inconnue": 1}, published=True)


def test_a_condition_says_all_that_is_wrong_with_it() -> None:
    clash = {"question": "a", "is": "zz", "at_least": 2}
    for kind, count in ((single("a", 0, 1), 3), (question("a", "scale", max=5), 2)):
        tree = document(category("c", kind, question("b", "boolean", visible_if=clash)))
        found = [problem.message for problem in check_document(tree)]
        assert len(found) == count and any("zz" in each for each in found)
        assert any("is ne va pas avec" in each for each in found)


def test_a_key_beside_all_is_told_with_what_begins_a_condition() -> None:
    for extra, said in (("nope", "clé inconnue"), ("is", "pas sa place")):
        tree = document(category("c", question("b", "boolean", visible_if={extra: [], "all": []})))
        (found,) = check_document(tree)
        assert found.path.endswith(f"visible_if.{extra}") and said in found.message
        assert found.message.endswith(": question, profile, all, any, not")


@pytest.mark.parametrize("code", ["fr", "gsw", "fr-CH", "zh-Hant-TW", "es-419", "ca-valencia", "de-CH-1996"])
def test_a_language_is_a_code_of_languages(code: str) -> None:
    assert check_document({**document(category("c", question("b", "boolean"))), "languages": [code]}) == ()


@pytest.mark.parametrize("code", ["xx-yy-zz", "f", "français", "fr_FR", "fr-", "FR", "fr-FR-Latn"])
def test_what_is_no_code_of_languages_is_told(code: str) -> None:
    found = check_document({**document(category("c", question("b", "boolean"))), "languages": [code]})
    assert [problem.path for problem in found] == ["languages[0]"]
