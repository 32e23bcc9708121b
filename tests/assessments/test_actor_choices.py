"""What an actor chooses on the way, and what was told once is not asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from assett.assessments import history
from assett.assessments.models import Assessment, PooledScore
from assett.core.spreadsheets import csv_file
from assett.engine.answers import read_answers
from assett.engine.receipt import receipt
from assett.engine.score import score
from assett.kernel.text import UNSTORABLE
from assett.organizations.models import Audience, Organization, Participation
from tests.assessments.arranging import COMPLETE, Place, document, place, running
from tests.assessments.test_journey import answer, begin_trial
from tests.engine.test_golden import opened
from tests.factories import PersonFactory
from tests.linting import LintingClient

QUESTION = "Partager vos scores avec la collectivité"
PRESENTED = {
    "name": "Le Fournil",
    "kind": "company",
    "activity": "Pain",
    "sector": "industrie",
    "workforce": "1-9",
    "commune": "Poitiers",
}


def filled(client: LintingClient, owner: Session) -> tuple[Place, str]:
    """A first assessment that misses nothing, and where it is completed; nothing is shared yet."""
    where = place()
    assessment = running(where)
    client.sign_in(where.person)
    url = where.url(f"auto-evaluations/{assessment.id}/")
    client.get(url)
    for question, value in COMPLETE.items():
        typed = {True: "true"}.get(value, value) if isinstance(value, bool) else value
        assert answer(client, url, question, typed if isinstance(typed, list) else str(typed)).status_code == 200
    return where, f"{url}terminer"


@pytest.mark.parametrize(
    ("sent", "shared"),
    [({}, Audience.NOBODY), ({"scores": "nobody"}, Audience.NOBODY), ({"scores": "authority"}, Audience.AUTHORITY)],
)
def test_scores_are_shared_by_whoever_says_so(
    client: LintingClient, owner: Session, sent: dict[str, str], shared: Audience
) -> None:
    where, url = filled(client, owner)
    page = client.get(url).text
    assert QUESTION in page and "checked" not in page.split(QUESTION)[1].split("</form>")[0]
    assert client.post(url, data=sent).location.endswith("/resultat")
    owner.refresh(where.participation)
    assert (where.participation.share_scores, where.participation.share_answers) == (shared, Audience.NOBODY)
    # A score that is shared with its first result has waited for nobody in the figures.
    assert bool(owner.query(PooledScore).count()) is (shared == Audience.NOBODY)
    # Asked once: the next assessment does not ask again.
    begun = client.post(where.url(f"structures/{where.participation.id}/auto-evaluations")).location
    assert QUESTION not in client.get(begun.removesuffix("profil") + "terminer").text


def test_what_a_try_out_was_told_is_there_when_the_structure_is_presented(
    client: LintingClient, owner: Session
) -> None:
    where = place()
    client.sign_in(PersonFactory())
    url = begin_trial(client, where)
    client.post(f"{url}profil", data={"revision.kind": "0", "answers.kind": "association"})
    form = where.url("rejoindre/structure")
    assert '<option selected value="association">' in client.get(form).text
    assert client.post(form, data=PRESENTED).status_code == 303
    made = owner.query(Participation).join(Organization).filter(Organization.name == "Le Fournil").one()
    taken = owner.query(Assessment).filter_by(participation_id=made.id).one()
    assert taken.profile == {"kind": "company"}, "what was said last holds"


def test_a_code_told_in_a_try_out_says_the_sector_and_one_of_identity_is_told_on(
    client: LintingClient, owner: Session
) -> None:
    tree = document()
    tree["profile"].append({"id": "ape", "title": "Votre code APE ?", "type": "text", "source": "naf"})
    where = place(tree=tree)
    client.sign_in(PersonFactory())
    url = begin_trial(client, where)
    sent = {"answers.kind": "company", "revision.kind": "0", "answers.ape": "1071 c", "revision.ape": "0"}
    client.post(f"{url}profil", data=sent)
    assert '<option selected value="industrie">' in client.get(where.url("rejoindre/structure")).text

    client.sign_in(where.person)
    identity = where.url(f"structures/{where.participation.id}/identite")
    client.get(identity)
    assert client.post(identity, data={**PRESENTED, "naf_code": "4724z"}).status_code == 303
    begun = client.post(where.url(f"structures/{where.participation.id}/auto-evaluations")).location
    assert "47.24Z</textarea>" in client.get(begun).text


def test_the_one_that_holds_answers_is_taken_over_and_not_one_opened_since(
    client: LintingClient, owner: Session
) -> None:
    where = place()
    client.sign_in(PersonFactory())
    begun = begin_trial(client, where)
    client.post(f"{begun}profil", data={"revision.kind": "0", "answers.kind": "association"})
    answer(client, begun, "suivi", "oui")
    empty = begin_trial(client, where)
    assert begun != empty
    # What was changed last is the empty one, as from another device.
    ids = {url: int(url.rstrip("/").rsplit("/", 1)[1]) for url in (begun, empty)}
    owner.get_one(Assessment, ids[empty]).changed_at = datetime.now(UTC) + timedelta(minutes=5)
    owner.commit()
    assert client.post(where.url("rejoindre/structure"), data=PRESENTED).status_code == 303
    owner.expire_all()
    assert owner.get_one(Assessment, ids[begun]).participation_id is not None
    assert owner.get_one(Assessment, ids[empty]).participation_id is None


def test_one_that_was_only_opened_is_taken_over_by_nobody(client: LintingClient, owner: Session) -> None:
    where = place()
    client.sign_in(PersonFactory())
    url = begin_trial(client, where)
    assert client.post(where.url("rejoindre/structure"), data=PRESENTED).status_code == 303
    id = int(url.rstrip("/").rsplit("/", 1)[1])
    assert owner.get_one(Assessment, id).participation_id is None


@pytest.mark.parametrize(("language", "line"), [("fr", "a,b;2,5"), ("en", '"a,b",2.5')])
def test_a_table_to_take_away_is_written_as_its_language_reads_it(app: Flask, language: str, line: str) -> None:
    from flask_babel import force_locale

    with app.test_request_context("/"), force_locale(language):
        assert csv_file(["x", "y"], [["a,b", Decimal("2.5")]]).decode("utf-8-sig").splitlines()[1] == line


def test_the_marks_that_turn_a_text_round_are_taken_out() -> None:
    assert UNSTORABLE.sub("", "\u202eabc\u2066 עברית\u2069") == "abc עברית"


def test_points_of_a_curve_stand_where_their_day_falls() -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    compiled = opened(Path("questionnaires/premier-pas.yaml"))
    done: list[Any] = [
        SimpleNamespace(id=n, version_id=1, overall_ratio=Decimal("0.5"), completed_at=start + timedelta(days=days))
        for n, days in ((3, 400), (2, 100), (1, 0))
    ]
    [whole] = history.curves(done, {1: {}, 2: {}, 3: {}}, {1: compiled}, "fr")
    assert [point.place for point in whole.points] == [0, 0.25, 1]


@pytest.mark.parametrize(("degrees", "points"), [(12, 0), (16, 1), (18, 3), (19, 3), (22, 0)])
def test_unhealthy_cold_earns_nothing(degrees: int, points: int) -> None:
    compiled = opened(Path("questionnaires/socle-assett.yaml"))
    given = {
        "profile": {"premises": "owner"},
        "answers": {"energie-chauffage": "gaz", "energie-temperature": degrees},
    }
    given["profile"] = {"premises": compiled.entries["premises"].question.choices[0].id}
    seen = read_answers(compiled, given)
    account = receipt(compiled, seen, score(compiled, seen, provisional=True))
    lines = [line for each in account.categories for line in each.lines]
    assert next(line.points for line in lines if line.question.id == "energie-temperature") == points
