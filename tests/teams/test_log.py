"""The log of a space: every line in words, filtered, to take away, and nobody else's."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRole
from assett.core import audit, changes, jobs
from assett.core.audit import AuditEntry, Source
from assett.core.tenancy import ACROSS_ROLE
from tests.factories import PersonFactory, SpaceFactory
from tests.linting import LintingClient
from tests.teams.conftest import Team, plain

LOG = "/le-territoire/journal"


@pytest.fixture
def write(owner: Session, team: Team) -> Any:
    """Add a line to the log, as `record` would."""

    def write(action: str, **fields: Any) -> AuditEntry:
        values = {"space_id": team.space.id, "source": Source.PERSON, "details": {}, **fields}
        entry = AuditEntry(action=action, **values)
        owner.add(entry)
        owner.commit()
        return entry

    return write


def test_a_line_says_who_what_and_what_it_changed(
    client: LintingClient, team: Team, boss: SpaceRole, write: Any
) -> None:
    bob = team.member(name="Bob Petit").person
    details = {"person": bob.id, "before": {"role": "reader"}, "after": {"role": "manager"}}
    write("team.role-changed", person_id=boss.person_id, details=details)
    page = plain(client.get(LOG))
    assert "Rôle changé : Bob Petit" in page
    assert "Rôle : « Lecture » devient « Gestion »" in page
    assert page.count("Ana Roy") >= 2  # the author, and the filter


def test_quotes_within_quotes_are_the_inner_ones(client: LintingClient, write: Any) -> None:
    write(
        "resources.changed",
        subject="Le guide « Eau »",
        details={"before": {"title": "a « b »"}, "after": {"title": "c"}},
    )
    page = plain(client.get(LOG))
    assert "Ressource « Le guide “Eau” » modifiée" in page and "« a “b” » devient « c »" in page


def test_what_is_new_is_told_without_what_was_not_there(client: LintingClient, write: Any) -> None:
    write("resources.created", subject="Le guide", details={"after": {"title": "Le guide « Eau »"}})
    page = plain(client.get(LOG))
    assert "Le guide « Eau »" in page and "rien auparavant" not in page


def test_people_are_named_as_they_are_now(client: LintingClient, owner: Session, team: Team, write: Any) -> None:
    bob = team.member(name="Bob Petit").person
    write("team.joined", details={"person": bob.id, "role": "reader"})
    bob.name = "Robert Petit"
    owner.commit()
    page = client.get(LOG).text
    assert "Robert Petit" in page and "Bob" not in page


def test_an_unknown_action_is_shown_plainly(client: LintingClient, write: Any) -> None:
    details = {"colour": "red", "nested": {"a": [1, True, None], "b": {"c": "d"}}, "before": "x", "after": ["y", "z"]}
    write("garden.watered", subject="Le <b>potager</b>", details=details)
    page = plain(client.get(LOG))
    assert "Action « garden.watered » : Le &lt;b&gt;potager&lt;/b&gt;" in page
    assert "colour : red" in page and "« x » devient « y, z »" in page


@pytest.mark.parametrize("action", sorted(audit.wordings))
def test_every_sentence_holds_with_and_without_its_details(client: LintingClient, write: Any, action: str) -> None:
    write(action, details={})
    write(action, subject="100 % bio", details={"before": None, "after": {"role": "reader"}, "person": "?"})
    for language in ("fr", "en"):
        client.post("/langue", data={"language": language})
        page = client.get(LOG)
        assert page.status_code == 200 and f"« {action}" not in plain(page) and "%(" not in page.text


def test_who_has_no_account_is_said(client: LintingClient, write: Any) -> None:
    write("a.b", source=Source.PLATFORM)
    write("a.c", source=Source.PERSON)
    cells = plain(client.get(LOG)).split('data-label="Qui">')
    assert [cell.partition("<")[0] for cell in cells[1:]] == ["Compte supprimé", "La plateforme"]


def test_cerema_among_all_spaces_is_said_in_each(client: LintingClient, owner: Session, write: Any) -> None:
    operator = PersonFactory(name="Hélène Tessier", operator=True)
    write("across", space_id=None, person_id=operator.id, details={"reason": "bilan national"})
    page = plain(client.get(LOG))
    assert "Cerema a consulté les données de plusieurs espaces" in page and "bilan national" in page
    assert "Hélène Tessier (Cerema)" in page


def test_what_commands_and_other_spaces_do_is_not_told_here(client: LintingClient, write: Any) -> None:
    write("across", space_id=None, source=Source.PLATFORM, details={"reason": "secret de maintenance"})
    write("team.left", space_id=SpaceFactory().id, subject="Secret voisin")
    write("other", space_id=None, subject="Secret national")
    assert "ecret" not in client.get(LOG).text
    assert "ecret" not in client.get(f"{LOG}/export.csv").text


def _lines(answer: Any) -> list[str]:
    page = plain(answer)
    return [part.partition("»")[0].strip() for part in page.split("Action «")[1:]]


def test_the_filters(client: LintingClient, owner: Session, boss: SpaceRole, write: Any) -> None:
    eve = PersonFactory()
    write("a.one", at=datetime(2025, 3, 1, 22, 30, tzinfo=UTC), person_id=boss.person_id)
    # Half an hour past midnight in Paris: the next day.
    write("a.two", at=datetime(2025, 3, 1, 23, 30, tzinfo=UTC), person_id=eve.id)
    write("b.three", at=datetime(2025, 3, 3, 12, tzinfo=UTC), source=Source.PLATFORM)
    expected = {
        "": ["b.three", "a.two", "a.one"],
        "?qui=": ["b.three", "a.two", "a.one"],
        f"?qui={eve.id}": ["a.two"],
        "?qui=plateforme": ["b.three"],
        "?qui=comptes-supprimes": [],
        "?quoi=a": ["a.two", "a.one"],
        "?du=2025-03-02": ["b.three", "a.two"],
        "?au=2025-03-01": ["a.one"],
        "?du=2025-03-02&au=2025-03-02": ["a.two"],
        f"?quoi=b&qui={eve.id}": [],
    }
    assert {query: _lines(client.get(LOG + query)) for query in expected} == expected
    told = client.get(f"{LOG}/export.csv?quoi=a").get_data().decode("utf-8-sig")
    assert [row[-1] for row in csv.reader(io.StringIO(told), delimiter=";")][1:] == ["a.two", "a.one"]


def test_dates_the_wrong_way_round_are_told_and_exchanged(client: LintingClient, write: Any) -> None:
    write("a.one")
    shown = plain(client.get(f"{LOG}?du=2099-03-02&au=2000-03-01"))
    assert "Ces dates sont à l’envers" in shown and "Rien de tel" not in shown
    exchange = re.search(
        r'href="([^"]+)">Échanger les deux dates', client.get(f"{LOG}?du=2099-03-02&au=2000-03-01").text
    )
    assert exchange is not None and _lines(client.get(html.unescape(exchange[1]))) == ["a.one"]


@pytest.mark.parametrize(
    "query",
    [
        "qui=x",
        "qui=9" + "9" * 30,
        "qui=999999999",
        "quoi=%00",
        "du=hier",
        "au=9999-12-31",
        "du=0001-01-01",
        "page=9999",
    ],
)
def test_a_filter_that_means_nothing_breaks_nothing(client: LintingClient, write: Any, query: str) -> None:
    write("a.one")
    assert client.get(f"{LOG}?{query}").status_code == 200
    assert client.get(f"{LOG}/export.csv?{query}").status_code == 200


def test_a_long_log_has_pages(client: LintingClient, owner: Session, team: Team) -> None:
    owner.add_all(AuditEntry(space_id=team.space.id, action=f"n.{number}", details={}) for number in range(120))
    owner.commit()
    assert "120 lignes" in plain(client.get(LOG))
    seen = [line for page in (1, 2, 3) for line in _lines(client.get(f"{LOG}?page={page}"))]
    assert len(seen) == len(set(seen)) == 120


def test_the_whole_log_is_taken_away(client: LintingClient, boss: SpaceRole, write: Any) -> None:
    write("garden.watered", subject="=HYPERLINK(1)", person_id=boss.person_id, details={"after": "x" * 3000})
    answer = client.get(f"{LOG}/export.xlsx")
    assert "journal-le-territoire-" in answer.headers["Content-Disposition"]
    rows = list(load_workbook(io.BytesIO(answer.data)).active.values)
    assert rows[0][:4] == ("Date", "Heure", "Qui", "Quoi")
    # A day that sorts, in both.
    assert isinstance(rows[1][0], datetime) and re.fullmatch(r"\d\d:\d\d", rows[1][1])
    assert rows[1][2] == "Ana Roy" and rows[1][5] == "x" * 3000
    told = client.get(f"{LOG}/export.csv").get_data().decode("utf-8-sig")
    assert all(not cell.startswith("=") for row in csv.reader(io.StringIO(told), delimiter=";") for cell in row)
    assert re.search(r"^\d{4}-\d\d-\d\d;\d\d:\d\d;Ana Roy;", told, re.MULTILINE)


def test_the_log_costs_the_same_however_long(
    client: LintingClient, owner: Session, team: Team, statements: list[str]
) -> None:
    def cost() -> int:
        client.get(LOG)
        statements.clear()
        assert client.get(LOG).status_code == 200
        return len(statements)

    def add(count: int) -> None:
        for _ in range(count):
            bob = team.member().person
            details = {"person": bob.id, "role": "reader"}
            owner.add(AuditEntry(space_id=team.space.id, action="team.joined", person_id=bob.id, details=details))
            owner.add(AuditEntry(space_id=team.space.id, action="team.invited", details={"invitation": 1}))
        owner.commit()

    add(2)
    few = cost()
    add(15)
    assert cost() == few <= 12


def test_the_details_of_a_line_are_storable_words(client: LintingClient, owner: Session, boss: SpaceRole) -> None:
    """What `record` writes in a request: enumerations as their words, the author's id, never a name."""
    client.get("/le-territoire/equipe/inviter")
    client.post("/le-territoire/equipe/inviter", data={"emails": "bob@example.org", "role": "editor"})
    owner.rollback()
    entry = owner.query(AuditEntry).one()
    assert json.dumps(entry.details) == '{"role": "editor", "invitation": 1}'
    assert "bob@example.org" in client.get(LOG).text


def test_a_moment_that_no_clock_shows_breaks_nothing(client: LintingClient, write: Any) -> None:
    before = {"opened_at": "0001-01-01T00:00:00+00:09:21"}
    write("settings.opening", details={"before": before, "after": {"opened_at": "9999-12-31T23:59:00+00:00"}})
    write("settings.opening", details={"before": {"opened_at": "hier"}, "after": {"opened_at": None}})
    write("settings.opening", details={"before": None, "after": {"closed_at": "9999-12-31T23:59:00-12:00"}})
    assert client.get(LOG).status_code == 200
    assert {client.get(f"{LOG}/export.{kind}").status_code for kind in ("csv", "xlsx")} == {200}


def test_a_closing_is_the_last_day_on_which_one_may_begin(client: LintingClient, write: Any) -> None:
    write(
        "settings.opening", details={"before": {"closed_at": None}, "after": {"closed_at": "2026-11-21T23:00:00+00:00"}}
    )
    assert "Fermeture : « à la fin du 21 novembre 2026 »" in plain(client.get(LOG))


def test_what_changed_by_its_blanks_alone_is_not_shown_as_other_words(client: LintingClient, write: Any) -> None:
    write("charter.published", details={"before": {"text": {"en": "We act.\n"}}, "after": {"text": {"en": "We act."}}})
    told = plain(client.get(LOG))
    assert "« We act. », avec d’autres espaces ou retours à la ligne" in told and "devient" not in told


def test_a_word_changed_in_a_long_text_is_shown_with_its_neighbours(client: LintingClient, write: Any) -> None:
    page = " ".join(f"mot{number}" for number in range(3000))
    details = {"before": {"text": {"fr": page}}, "after": {"text": {"fr": page.replace("mot1500", "parole")}}}
    write("charter.published", details={"version": 2, **details})
    told = plain(client.get(LOG))
    around = "… mot1495 mot1496 mot1497 mot1498 mot1499 {} mot1501 mot1502 mot1503 mot1504 mot1505 …"
    assert f"« {around.format('mot1500')} » devient « {around.format('parole')} »" in told


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("a " * 200, "b " * 200, ("a a", "b b")),
        ("mot " * 3000, "autre " * 3000, ("mot mot", "autre autre")),
        ("mot " * 200 + "fin", "mot " * 200, ("… mot mot mot mot mot fin", "… mot mot mot mot mot")),
        ("x" * 500, "x" * 499 + "y", ("x" * 279 + "…", "x" * 279 + "…")),
        ("court", "bref", ("court", "bref")),
        ("", "neuf", ("", "neuf")),
    ],
)
def test_the_difference_is_found_whatever_it_is(before: str, after: str, shown: tuple[str, str]) -> None:
    found = changes.around(before.strip(), after.strip())
    assert tuple(each[: len(expected)] for each, expected in zip(found, shown, strict=True)) == shown
    assert all(len(each) <= changes.SHOWN_LENGTH for each in found)


def test_what_is_new_had_nothing_before(client: LintingClient, write: Any) -> None:
    write("garden.planted", details={"after": {"tree": "Tilleul", "place": "Nord"}})
    rows = list(load_workbook(io.BytesIO(client.get(f"{LOG}/export.xlsx").data)).active.values)
    assert rows[1][4] in (None, "") and "Tilleul" in rows[1][5]


def test_what_no_cell_holds_is_cut_with_a_word(client: LintingClient, write: Any) -> None:
    write("garden.watered", details={"before": "x" * 40_000, "after": "y" * 31_000})
    rows = list(load_workbook(io.BytesIO(client.get(f"{LOG}/export.xlsx").data)).active.values)
    assert rows[1][4].endswith("(la suite est coupée : une cellule n’en contient pas plus)".replace(" :", "\u00a0:"))
    assert rows[1][5] == "y" * 31_000


def test_a_line_goes_after_a_year_and_the_database_lets_none_go_before(
    app: Flask, client: LintingClient, owner: Session, write: Any
) -> None:
    now = datetime.now(UTC)
    for action, days in (("a.old", 366), ("a.young", 364), ("a.new", 0)):
        write(action, at=now - timedelta(days=days))
    jobs.enqueue(owner, "audit.forget")
    owner.commit()
    jobs.drain(app)
    assert set(owner.scalars(select(AuditEntry.action))) == {"a.young", "a.new"}
    owner.execute(text(f"SET LOCAL ROLE {ACROSS_ROLE}"))
    assert owner.execute(text("DELETE FROM audit_entry RETURNING id")).all() == []
    with pytest.raises(ProgrammingError, match="permission denied"):
        owner.execute(text("UPDATE audit_entry SET at = now() - interval '2 years'"))
    owner.rollback()
    assert "Chaque ligne y reste un an." in client.get(LOG).text
