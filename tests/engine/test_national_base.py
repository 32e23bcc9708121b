"""The questionnaires that come with the platform ask each trade what suits it, and answer each answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assett.engine.analysis.minutes import minutes_to_answer
from assett.engine.answers import Answers, read_answers
from assett.engine.carrying import carry
from assett.engine.compiled import Compiled, compile_document
from assett.engine.document import Question
from assett.engine.foremost import foremost
from assett.engine.reading import read_document, read_resources
from assett.engine.recommendation import Recommendation, recommend
from assett.engine.score import score
from assett.formats.files import load

ROOT = Path(__file__).parents[2]
PROVIDED = ("socle-assett", "premier-pas")

ALONE = {
    "kind": "company",
    "workforce": "none",
    "vehicles": "few",
    "food": ["none"],
    "land": "none",
    "premises": "none",
}
WITHOUT_PREMISES = {
    "mason": ALONE | {"sector": "construction"},
    "hairdresser": ALONE | {"sector": "craft"},
    "market trader": ALONE | {"sector": "food-trade", "food": ["groceries"]},
    "second-hand bookseller": ALONE | {"sector": "retail"},
    "consultant": ALONE | {"sector": "office", "vehicles": "none"},
    "association": ALONE | {"kind": "association", "sector": "leisure", "vehicles": "none"},
}
FARM = {"kind": "farm", "workforce": "none", "premises": "owned", "vehicles": "few", "food": ["none"]}


@cache
def tree(name: str) -> dict[str, Any]:
    found = load(ROOT / "questionnaires" / f"{name}.yaml").tree
    assert isinstance(found, dict)
    return found


@cache
def provided(name: str) -> Compiled:
    return compile_document(read_document(tree(name)))


def asked(profile: dict[str, Any], category: str | None = None) -> list[str]:
    """What a structure of that profile is asked and scored on, before any answer."""
    compiled = provided("socle-assett")
    hidden = read_answers(compiled, {"profile": profile}).hidden
    return [
        question.id
        for each in compiled.document.categories
        for question in each.questions
        if question.scored and question.id not in hidden and category in (None, each.id)
    ]


@pytest.mark.parametrize("profile", WITHOUT_PREMISES.values(), ids=WITHOUT_PREMISES)
def test_who_has_no_premises_is_asked_enough_about_energy(profile: dict[str, Any]) -> None:
    questions = provided("socle-assett").questions
    energy = asked(profile, "energie")
    assert len(energy) >= 3 and {"energie-suivi", "energie-lieux", "energie-outils"} <= set(energy)
    # What does not suit them may be put aside, question by question.
    assert all(questions[name].question.not_applicable for name in energy)
    # No other category hangs on one question either.
    for category in provided("socle-assett").document.categories:
        assert len(asked(profile, category.id)) >= 2, category.id


def test_three_ticks_do_not_make_an_example_of_who_has_no_premises() -> None:
    compiled = provided("socle-assett")
    given: dict[str, Any] = {"energie-lieux": ["eteindre", "chauffage", "regrouper"], "energie-suivi": "jamais"}
    answers = read_answers(compiled, {"profile": WITHOUT_PREMISES["mason"], "answers": given})
    energy = next(each for each in score(compiled, answers).categories if each.id == "energie")
    assert energy.level in ("premiers-pas", "en-chemin")


def test_a_building_site_is_asked_of_those_who_build() -> None:
    assert "energie-chantiers" in asked(WITHOUT_PREMISES["mason"])
    assert "eau-rejets" in asked(WITHOUT_PREMISES["mason"])
    assert "energie-chantiers" not in asked(WITHOUT_PREMISES["consultant"])


OFFICE_ONLY = {
    "energie-chauffage", "energie-extinction", "energie-ete", "energie-isolation", "energie-procedes",
    "dechets-biodechets", "dechets-reduction", "nature-repas", "nature-activite", "mobilite-visiteurs",
}  # fmt: skip


def test_a_farm_is_asked_about_farming() -> None:
    crops = set(asked(FARM | {"production": ["crops"]}))
    assert {"ferme-carburant", "ferme-azote", "ferme-traitements", "ferme-pratiques"} <= crops
    assert not crops & {"ferme-lait", "ferme-serres", "ferme-elevage"}
    dairy = set(asked(FARM | {"production": ["dairy"], "food": ["none"]}))
    # The milking parlour is washed twice a day, whatever becomes of the milk.
    assert (
        {"ferme-lait", "ferme-elevage", "eau-rejets"} <= dairy
        and "eau-rejets" not in crops
        and "ferme-serres" not in dairy
    )
    assert "ferme-serres" in asked(FARM | {"production": ["greenhouse"]})
    assert "ferme-elevage" in asked(FARM | {"production": ["livestock"]})
    assert not (crops | dairy) & OFFICE_ONLY
    # A beekeeper plants hedges, and spreads nothing.
    bees = set(asked(FARM | {"production": ["other"]}))
    assert "ferme-pratiques" in bees and not bees & {"ferme-azote", "ferme-elevage"}
    baker = ALONE | {"sector": "food-trade", "premises": "rented", "food": ["bread"]}
    assert not [name for name in asked(baker) if name.startswith("ferme-")]


def texts(name: str, profile: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a structure of that profile may read in French: where, and the words."""
    compiled = provided(name)
    hidden = read_answers(compiled, {"profile": profile}).hidden
    for category in compiled.document.categories:
        yield category.id, category.intro.in_("fr") if category.intro else ""
        for level in category.levels:
            yield f"{category.id}: {level.id}", level.message.in_("fr") if level.message else ""
        for question in (each for each in category.questions if each.id not in hidden):
            yield question.id, question.title.in_("fr")
            yield question.id, question.help.in_("fr") if question.help else ""
            for choice in question.choices:
                yield f"{question.id}: {choice.id}", choice.label.in_("fr")
                yield f"{question.id}: {choice.id}", choice.feedback.in_("fr") if choice.feedback else ""


def middling(question: Question) -> object:
    """An answer in the middle of what a question offers."""
    match question.type:
        case "single":
            return sorted(question.choices, key=lambda choice: choice.points or 0)[len(question.choices) // 2].id
        case "multiple":
            return [choice.id for choice in question.choices if not choice.exclusive][:2]
        case "scale":
            return 4
        case _:
            return 20


def advised(profile: dict[str, Any], *, first: bool = False) -> list[Recommendation]:
    """The national resources that a structure is proposed at middling answers: all of them, or those read first."""
    compiled = provided("socle-assett")
    given = {each.id: middling(each) for each in compiled.document.questions if each.scored}
    answers = read_answers(compiled, {"profile": profile, "answers": given})
    result = score(compiled, answers)
    found = load(ROOT / "questionnaires" / "ressources-nationales.yaml").tree
    fitting = recommend(compiled, answers, result, read_resources(found), date(2026, 3, 1))
    return foremost(fitting, result, ()) if first else list(fitting)


DAIRY_FARM = FARM | {"production": ["dairy"]}
ON_ONE_S_OWN = {"dairy farmer": DAIRY_FARM, **{name: WITHOUT_PREMISES[name] for name in ("mason", "hairdresser")}}


@pytest.mark.parametrize("profile", ON_ONE_S_OWN.values(), ids=ON_ONE_S_OWN)
def test_who_works_alone_is_not_told_of_a_team(profile: dict[str, Any]) -> None:
    of_several = re.compile(r"\béquipe\b|avons parlé|connu de tous")
    told = [(where, words) for where, words in texts("socle-assett", profile) if of_several.search(words)]
    assert [where for where, words in told if "si vous êtes seul" not in words] == []
    summaries = {each.resource.id: each.resource.summary for each in advised(profile)}
    words = {name: summary.in_("fr") for name, summary in summaries.items() if summary is not None}
    assert [
        name
        for name, said in words.items()
        if re.search(r"\b(équipe|employeur)\b", said.replace("seul, en équipe", ""))
    ] == []


def test_a_farm_reads_first_of_farming() -> None:
    of_farms = {"adivalor", "osae", "chambres-agriculture", "agences-de-l-eau", "idele"}
    assert len(of_farms & {each.resource.id for each in advised(DAIRY_FARM, first=True)}) >= 3
    assert {"idele", "civam"} <= {each.resource.id for each in advised(DAIRY_FARM)}
    baker = ALONE | {"sector": "food-trade", "premises": "rented", "food": ["bread"]}
    assert not {"idele", "adivalor", "osae"} & {each.resource.id for each in advised(baker)}


def test_an_employers_scheme_is_proposed_to_employers() -> None:
    of_employers = {"cerema-mobilite", "fub-employeur-pro-velo", "france-mobilites", "registre-covoiturage"}
    for profile in ON_ONE_S_OWN.values():
        assert not of_employers & {each.resource.id for each in advised(profile)}
    assert "cerema-mobilite" in {each.resource.id for each in advised(WITHOUT_PREMISES["mason"] | {"workforce": "1-9"})}


@pytest.mark.parametrize("name", ["mason", "consultant", "association"])
def test_what_all_are_asked_names_nobody_else_s_trade(name: str) -> None:
    of_a_farm = re.compile(r"abreuvoir|étable|troupeau|chai\b|salle de traite|pour une ferme")
    found = [where for where, words in texts("socle-assett", WITHOUT_PREMISES[name]) if of_a_farm.search(words)]
    assert found == []


def test_the_national_base_stays_within_fifty_scored_questions() -> None:
    assert 35 <= len([each for each in provided("socle-assett").document.questions if each.scored]) <= 50


@pytest.mark.parametrize("name", PROVIDED)
def test_each_choice_says_what_comes_next(name: str) -> None:
    for question in provided(name).document.questions:
        # Yes or no could say nothing back.
        assert question.type != "boolean", question.id
        for choice in question.choices:
            assert choice.feedback is not None, f"{question.id}: {choice.id}"
            assert choice.feedback.in_("fr") != choice.feedback.in_("en")


def test_answers_to_the_two_former_questions_on_leftovers_follow_into_one() -> None:
    former = {
        **tree("socle-assett"),
        "caps": [],
        "profile": [],
        "categories": [
            {
                "id": "dechets",
                "title": "Déchets",
                "questions": [
                    {
                        "id": "dechets-pain",
                        "title": "Que devient le pain ?",
                        "type": "multiple",
                        "choices": [
                            {"id": name, "label": name, "points": points}
                            for name, points in (("ajuste", 2), ("don", 1), ("animaux", 1), ("jete", 0))
                        ],
                    }
                ],
            }
        ],
    }
    old = compile_document(read_document(former))
    given: Answers = read_answers(old, {"answers": {"dechets-pain": ["ajuste", "don", "animaux"]}})
    carried = carry(old, provided("socle-assett"), given)
    assert carried.kept == {"dechets-pain": "dechets-gaspillage"} and carried.lost == ()
    assert set(carried.answers.values["dechets-gaspillage"]) == {"quantites", "dons", "animaux"}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "file", "told"),
    [
        ("socle-assett", "README.md", r"en (\d+) à (\d+) minutes"),
        ("socle-assett", "questionnaires/README.md", r", (\d+) à (\d+) minutes, note sur 5"),
        ("premier-pas", "questionnaires/README.md", r", (\d+) à (\d+) minutes, note sur 10"),
        ("socle-assett", "assett/demo/territories/grand-poitiers.yaml", r"En (\d+) à (\d+) minutes"),
        ("socle-assett", "assett/demo/territories/grand-poitiers.yaml", r"In (\d+) to (\d+) minutes"),
        ("premier-pas", "assett/demo/territories/saint-benoit.yaml", r", (\d+) à (\d+) minutes"),
        ("premier-pas", "assett/demo/territories/saint-benoit.yaml", r", (\d+) to (\d+) minutes"),
    ],
)
def test_the_minutes_that_texts_promise_are_those_of_the_next_page(name: str, file: str, told: str) -> None:
    found = re.search(told, (ROOT / file).read_text(encoding="utf-8"))
    assert found is not None
    assert tuple(map(int, found.groups())) == minutes_to_answer(provided(name)).told
