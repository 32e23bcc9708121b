"""The scores of a territory: figures with their tables, the threshold, and the files to take away."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from assett.kernel.clock import today_in_paris
from assett.organizations.models import Audience
from assett.organizations.sectors import Sector
from assett.questionnaires.models import QuestionnaireVersion
from assett.spaces.models import Space
from tests.factories import QuestionnaireVersionFactory, SpaceRoleFactory, small_document
from tests.followup.arranging import again, finished, running, structure
from tests.linting import LintingClient


@pytest.fixture
def team(client: LintingClient, space: Space) -> LintingClient:
    client.sign_in(SpaceRoleFactory(space_id=space.id).person)
    return client


def some(space: Space, version: QuestionnaireVersion, count: int, level: str, **of: Any) -> None:
    """`count` structures at that level, overall and in energy."""
    for number in range(count):
        finished(structure(space, f"{level} {number}", **of), version, level, energie=level)


def table(client: LintingClient, number: int) -> dict[str, list[str]]:
    """A table of the scores' page: the texts of its cells by the title of their line."""
    html = client.get("/poitiers/suivi/scores").get_data(as_text=True)
    body = html.split("<tbody>")[number].partition("</tbody>")[0]
    return {
        line.partition('scope="row">')[2].partition("<")[0]: [
            cell.partition(">")[2]
            .partition("</td>")[0]
            .replace('<span class="soft">', "")
            .replace("</span>", "")
            .strip()
            for cell in line.split("<td")[1:]
        ]
        for line in body.split("<tr>")[1:]
    }


def test_the_table_and_the_figure_say_the_same(
    team: LintingClient, space: Space, version: QuestionnaireVersion
) -> None:
    some(space, version, 3, "debutant")
    some(space, version, 1, "intermediaire")
    some(space, version, 6, "avance")
    assert table(team, 1)["Énergie"] == ["3 (30\u00a0%)", "1 (10\u00a0%)", "6 (60\u00a0%)", "10"]
    # (3 × 0,2 + 0,5 + 6 × 0,9) ÷ 10 = 0,65 of 5, that is 3,25, rounded half up.
    assert table(team, 2)["Énergie"] == ["3,3", "10"]
    levels = team.get("/poitiers/suivi/scores/niveaux.json").json
    assert levels is not None
    assert [trace["name"] for trace in levels["data"]] == ["Débutant", "Intermédiaire", "Avancé"]
    place = levels["data"][0]["y"].index("Énergie")
    assert [trace["x"][place] for trace in levels["data"]] == [30, 10, 60]
    assert [trace["text"][place] for trace in levels["data"]] == ["3", "1", "6"]
    assert levels["layout"]["barmode"] == "stack"
    means = team.get("/poitiers/suivi/scores/moyennes.json").json
    assert means is not None
    assert means["data"][0]["x"][means["data"][0]["y"].index("Énergie")] == 3.3
    assert means["layout"]["xaxis"]["range"] == [0, 5]


def test_levels_are_told_apart_by_more_than_colour(
    team: LintingClient, space: Space, version: QuestionnaireVersion
) -> None:
    some(space, version, 5, "avance")
    data = team.get("/poitiers/suivi/scores/niveaux.json").get_json()["data"]
    shapes = [trace["marker"]["pattern"]["shape"] for trace in data]
    assert len(set(shapes)) == len(shapes)


def test_below_five_the_figures_are_hidden_and_it_is_said(
    team: LintingClient, space: Space, version: QuestionnaireVersion
) -> None:
    some(space, version, 4, "avance")
    html = team.get("/poitiers/suivi/scores").get_data(as_text=True)
    assert "Trop peu de résultats" in html
    assert "4,5" not in html
    assert team.get("/poitiers/suivi/scores/niveaux.json").status_code == 404
    assert team.get("/poitiers/suivi/scores/moyennes.json").status_code == 404
    some(space, version, 1, "debutant")
    assert table(team, 1)["Énergie"] == ["1 (20\u00a0%)", "0 (0\u00a0%)", "4 (80\u00a0%)", "5"]


def test_a_category_that_few_are_asked_stays_hidden(
    team: LintingClient, space: Space, version: QuestionnaireVersion
) -> None:
    some(space, version, 5, "avance")
    finished(structure(space, "Seule"), version, "avance", dechets="debutant")
    assert table(team, 1)["Déchets"] == ["caché\u00a0: moins de 5 structures"]
    figure = team.get("/poitiers/suivi/scores/niveaux.json").get_json()
    assert "Déchets" not in figure["data"][0]["y"]


LEFT_OUT = "Certains n’y sont pas comptés."


def test_those_who_do_not_share_cannot_be_worked_out(
    team: LintingClient, space: Space, version: QuestionnaireVersion
) -> None:
    some(space, version, 5, "debutant")
    html = team.get("/poitiers/suivi/scores").get_data(as_text=True)
    assert "par dix au moins" in html and LEFT_OUT not in html
    finished(structure(space, "Discrète", share=Audience.NOBODY), version, "intermediaire", energie="debutant")
    some(space, version, 8, "avance", share=Audience.NOBODY)
    html = team.get("/poitiers/suivi/scores").get_data(as_text=True)
    assert LEFT_OUT in html
    assert table(team, 2)["Ensemble"] == ["1,0", "5"]
    assert table(team, 2)["Énergie"] == ["1,0", "5"]
    some(space, version, 1, "avance", share=Audience.NOBODY)
    # Ten among fifteen: each of them disappears in their number.
    assert table(team, 2)["Énergie"] == ["3,1", "15"]
    assert LEFT_OUT not in team.get("/poitiers/suivi/scores").get_data(as_text=True)


def test_two_days_compared_tell_nobody_s_score(
    team: LintingClient, space: Space, version: QuestionnaireVersion
) -> None:
    discreet = [structure(space, f"Discrète {number}", share=Audience.NOBODY) for number in range(20)]
    for number, each in enumerate(discreet):
        finished(each, version, "debutant" if number % 2 else "avance", energie="debutant" if number % 3 else "avance")
    before = table(team, 1)
    assert before["Ensemble"][-1] == "20"
    for place, each in enumerate(discreet[:10], 1):
        level = "avance" if place == 3 else "intermediaire"
        again(each, version, level, energie=level)
        assert (table(team, 1) == before) is (place < 10)
    assert table(team, 1)["Ensemble"][1] == "9 (45\u00a0%)"


def test_those_who_do_not_share_and_are_all_alike_in_a_category_stay_hidden_in_all(
    team: LintingClient, space: Space, version: QuestionnaireVersion
) -> None:
    some(space, version, 5, "debutant")
    before = table(team, 1)
    for number in range(10):
        discreet = structure(space, f"Discrète {number}", share=Audience.NOBODY)
        finished(discreet, version, "avance" if number % 2 else "debutant", energie="avance")
    assert table(team, 1) == before
    assert LEFT_OUT in team.get("/poitiers/suivi/scores").get_data(as_text=True)
    book = sheets(team)["Répartition par niveau"]
    assert {row[-1] for row in book[1:3]} == {"parmi les structures qui partagent leurs scores"}


def test_only_the_latest_result_of_each_counts(
    team: LintingClient, space: Space, version: QuestionnaireVersion
) -> None:
    some(space, version, 4, "avance")
    fifth = structure(space, "Progresse")
    finished(fifth, version, "debutant", at=datetime(2024, 3, 4, tzinfo=UTC), latest=False, energie="debutant")
    finished(fifth, version, "avance", energie="avance")
    assert table(team, 1)["Énergie"] == ["0 (0\u00a0%)", "0 (0\u00a0%)", "5 (100\u00a0%)", "5"]


def test_a_level_of_a_former_grid_is_counted_apart(
    team: LintingClient, space: Space, version: QuestionnaireVersion, owner: Session
) -> None:
    some(space, version, 5, "avance")
    document = small_document()
    document["levels"] = [
        {"id": "graine", "from": 0, "label": "La graine"},
        {"id": "avance", "from": 1, "label": "L’arbre"},
    ]
    QuestionnaireVersionFactory(space_id=space.id, questionnaire=version.questionnaire, number=2, document=document)
    assert table(team, 1)["Énergie"] == ["0 (0\u00a0%)", "5 (100\u00a0%)", "5"]
    finished(structure(space, "Ancienne"), version, "debutant", energie="debutant")
    assert table(team, 1)["Énergie"] == ["0 (0\u00a0%)", "5 (83\u00a0%)", "1", "6"]


def test_completions_are_counted_by_month_in_paris(
    team: LintingClient, space: Space, version: QuestionnaireVersion
) -> None:
    first = today_in_paris().replace(day=1)
    late = datetime(first.year, first.month, 1, tzinfo=UTC).replace(hour=0, minute=30)
    finished(structure(space, "A"), version, at=late)
    figure = team.get("/poitiers/suivi/scores/mois.json").get_json()["data"][0]
    assert len(figure["x"]) == 24
    assert figure["y"][-1] == 1
    assert sum(figure["y"]) == 1
    assert str(first.year) in figure["x"][-1]


def test_without_a_questionnaire_it_says_so(team: LintingClient, space: Space) -> None:
    assert "Pas encore de questionnaire" in team.get("/poitiers/suivi/scores").get_data(as_text=True)
    assert team.get("/poitiers/suivi/scores/niveaux.json").status_code == 404
    assert team.get("/poitiers/suivi/export.xlsx").status_code == 200


def test_an_unknown_figure_is_not_found(team: LintingClient, space: Space) -> None:
    assert team.get("/poitiers/suivi/scores/autre.json").status_code == 404


def csv_rows(client: LintingClient, url: str = "/poitiers/suivi/export.csv") -> list[dict[str, str]]:
    response = client.get(url)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.data.startswith(b"\xef\xbb\xbf")
    assert f'suivi-poitiers-{today_in_paris().isoformat()}.csv"' in response.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig")), delimiter=";"))


def sheets(client: LintingClient) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(io.BytesIO(client.get("/poitiers/suivi/export.xlsx").data))
    assert all(sheet.freeze_panes == "B2" for sheet in book)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_a_list_that_is_filtered_is_taken_as_it_is(
    team: LintingClient, space: Space, version: QuestionnaireVersion
) -> None:
    for name in ("Béta", "Alpha"):
        running(structure(space, name), version, "0.6")
    finished(structure(space, "Élan"), version, "intermediaire")
    page = team.get("/poitiers/suivi?etat=en-cours&tri=-nom&kind=xlsx").get_data(as_text=True)
    link = html.unescape(re.search(r'href="(/poitiers/suivi/export[^"]*)">Emporter celles-ci', page)[1])  # type: ignore[index]
    assert [row["Structure"] for row in csv_rows(team, link)] == ["Béta", "Alpha"]
    assert "Emporter celles-ci" not in team.get("/poitiers/suivi").get_data(as_text=True)
    assert len(csv_rows(team)) == 3


def test_the_csv_opens_in_a_french_spreadsheet(
    team: LintingClient, space: Space, version: QuestionnaireVersion
) -> None:
    running(structure(space, "À moitié"), version, "0.6")
    finished(structure(space, "Élan", siret="55204944776279", sector=Sector.TRADE), version, "intermediaire")
    finished(structure(space, "Discrète", share=Audience.NOBODY), version, "avance")
    half, discreet, shared = csv_rows(team)
    assert half["Structure"] == "À moitié"
    assert (half["État"], half["Avancement, sur 100"], half["Terminé le"]) == ("En cours", "60", "")
    assert (half["Secteur d’activité"], shared["Secteur d’activité"]) == ("", "Commerce et réparation automobile")
    assert (shared["SIRET"], shared["Terminé le"]) == ("55204944776279", "2025-03-03")
    assert (shared["Score (sur 5)"], shared["Niveau"], shared["Score partagé"]) == ("2,5", "Intermédiaire", "oui")
    assert (discreet["Score (sur 5)"], discreet["Niveau"], discreet["Score partagé"]) == ("", "", "non")


def test_state_and_progress_in_the_csv_are_those_of_one_assessment(
    team: LintingClient, space: Space, version: QuestionnaireVersion
) -> None:
    begun_again = structure(space, "Élan")
    finished(begun_again, version, "intermediaire")
    running(begun_again, version, "0.16")
    running(structure(space, "Première fois"), version, "0.6")
    structure(space, "Rien encore")
    told = [
        (row["État"], row["Avancement, sur 100"], row["Nouvelle évaluation en cours, sur 100"])
        for row in csv_rows(team)
    ]
    assert told == [("Terminé", "100", "16"), ("En cours", "60", ""), ("Pas commencé", "", "")]


@pytest.mark.parametrize(("progress", "shown"), [("0.516", 52), ("0.225", 23), ("0.355", 36), ("0.004", 0)])
def test_progress_is_rounded_alike_on_the_page_and_in_the_files(
    team: LintingClient, space: Space, version: QuestionnaireVersion, progress: str, shown: int
) -> None:
    running(structure(space, "En route"), version, progress)
    page = re.sub(r"\s", " ", team.get("/poitiers/suivi").text)
    assert f"en cours, {shown} %" in page
    assert csv_rows(team)[0]["Avancement, sur 100"] == str(shown)
    header, row = sheets(team)["Structures"]
    assert dict(zip(header, row, strict=True))["Avancement, sur 100"] == shown


def test_the_workbook_has_real_dates_and_numbers_in_three_sheets(
    team: LintingClient, space: Space, version: QuestionnaireVersion
) -> None:
    some(space, version, 5, "avance")
    finished(structure(space, "Discrète", share=Audience.NOBODY), version, "debutant", energie="debutant")
    book = sheets(team)
    assert list(book) == ["Structures", "Scores par catégorie", "Répartition par niveau"]
    header, first = book["Structures"][:2]
    row = dict(zip(header, first, strict=True))
    assert row["Structure"] == "avance 0"
    assert row["Terminé le"].date() == date(2025, 3, 3)
    assert row["Score (sur 5)"] == 4.5
    assert book["Scores par catégorie"][0] == (
        "Structure",
        "SIRET",
        "Commune",
        "Terminé le",
        "Énergie (sur 5)",
        "Énergie, niveau",
        "Déchets (sur 5)",
        "Déchets, niveau",
    )
    assert book["Scores par catégorie"][1][4:] == (4.5, "Avancé", None, None)
    assert len(book["Scores par catégorie"]) == 6, "who does not share is on no line"
    header, whole, energy, waste = book["Répartition par niveau"]
    assert header == (
        "Catégorie",
        "Structures comptées",
        "Moyenne (sur 5)",
        "Débutant",
        "Intermédiaire",
        "Avancé",
        "Remarque",
    )
    assert whole == ("Ensemble", 5, 4.5, 0, 0, 5, "parmi les structures qui partagent leurs scores")
    assert energy[:3] == ("Énergie", 5, 4.5)
    assert waste == ("Déchets", None, None, None, None, None, "moins de 5 structures")


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "+33", "-2", "@SUM(A1)"])
def test_no_cell_is_a_formula(team: LintingClient, space: Space, version: QuestionnaireVersion, name: str) -> None:
    finished(structure(space, name), version, "avance", energie="avance")
    assert csv_rows(team)[0]["Structure"] == f"'{name}"
    book = sheets(team)
    assert book["Structures"][1][0] == book["Scores par catégorie"][1][0] == f"'{name}"


def test_a_name_that_no_workbook_can_hold_is_cleaned(team: LintingClient, space: Space) -> None:
    structure(space, "Avant\x0baprès")
    assert sheets(team)["Structures"][1][0] == "Avantaprès"
