"""The four mechanisms: tenancy, access, one transaction a request, the queue."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.orm import Session

from assett.app import create_app
from assett.core.db import db
from assett.core.settings import Settings
from assett.core.tenancy import enter_space
from assett.core.web import Blueprint
from tests.factories import ParticipationFactory, SpaceFactory
from tests.linting import LintingClient


def test_every_tenant_table_is_under_forced_row_security(owner: Session) -> None:
    unsecured = owner.scalars(
        text(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'space_id' "
            "WHERE c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
        )
    ).all()
    assert unsecured == []


def test_every_policy_asks_for_the_space_when_its_statement_runs(owner: Session) -> None:
    early = owner.scalars(
        text(
            "SELECT tablename || '.' || policyname FROM pg_policies "
            "WHERE qual LIKE '%app.space%' AND qual NOT LIKE '%( SELECT %app.space%' "
            "OR with_check LIKE '%app.space%' AND with_check NOT LIKE '%( SELECT %app.space%'"
        )
    ).all()
    assert early == []


def test_without_a_space_no_row_is_seen_and_none_is_written(app: Flask, owner: Session) -> None:
    participation = ParticipationFactory(space_id=SpaceFactory().id)
    with app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM participation")) == 0
        with pytest.raises(ProgrammingError, match="row-level security"):
            db.session.execute(
                text("INSERT INTO charter (space_id, version, title, text) VALUES (:space, 1, '{}', '{}')"),
                {"space": participation.space_id},
            )


def test_a_space_sees_and_writes_its_own_rows_only(app: Flask, owner: Session) -> None:
    mine, other = SpaceFactory(), SpaceFactory()
    ParticipationFactory(space_id=mine.id)
    ParticipationFactory(space_id=other.id)
    with app.app_context():
        enter_space(db.session(), mine.id)
        assert db.session.scalars(text("SELECT space_id FROM participation")).all() == [mine.id]
        changed = db.session.execute(text("UPDATE participation SET profile = '{}'"))
        assert changed.rowcount == 1
        with pytest.raises(ProgrammingError, match="row-level security"):
            db.session.execute(
                text("INSERT INTO charter (space_id, version, title, text) VALUES (:space, 1, '{}', '{}')"),
                {"space": other.id},
            )


def test_the_space_ends_with_the_transaction(app: Flask, owner: Session) -> None:
    ParticipationFactory(space_id=(space := SpaceFactory()).id)
    with app.app_context():
        enter_space(db.session(), space.id)
        db.session.commit()
        assert db.session.scalar(text("SELECT count(*) FROM participation")) == 1
        db.session().info.clear()
        db.session.commit()
        assert db.session.scalar(text("SELECT count(*) FROM participation")) == 0


def test_a_foreign_key_cannot_leave_the_space(app: Flask, owner: Session) -> None:
    mine, other = SpaceFactory(), SpaceFactory()
    foreign = ParticipationFactory(space_id=other.id)
    with app.app_context():
        enter_space(db.session(), mine.id)
        with pytest.raises(DBAPIError, match="fk_listing"):
            db.session.execute(
                text(
                    "INSERT INTO listing (space_id, participation_id, presentation, commitments, shown, searchable) "
                    "VALUES (:space, :participation, '', '', '[]', '')"
                ),
                {"space": mine.id, "participation": foreign.id},
            )


def test_a_route_without_access_fails_at_import() -> None:
    blueprint = Blueprint("undeclared", __name__)
    with pytest.raises(TypeError, match="access"):
        blueprint.route("/")(lambda: "")  # type: ignore[call-arg]


def test_every_route_declares_its_access(app: Flask) -> None:
    undeclared = [
        rule.endpoint for rule in app.url_map.iter_rules() if not hasattr(app.view_functions[rule.endpoint], "access")
    ]
    assert undeclared == []


def test_the_platform_is_healthy(client: LintingClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_an_unknown_space_is_not_found(client: LintingClient) -> None:
    assert client.get("/nulle-part/").status_code == 404


def test_a_space_cannot_touch_the_list_of_spaces(app: Flask, owner: Session) -> None:
    SpaceFactory()
    with app.app_context():
        for change in ("DELETE FROM space", "UPDATE space SET slug = 'pris'", "UPDATE local_authority SET name = ''"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                db.session.execute(text(change))
            db.session.rollback()


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_another_site_posts_nothing_and_changes_no_cookie(
    client: LintingClient, owner: Session, headers: dict[str, str]
) -> None:
    slug = SpaceFactory().slug
    client.get(f"/{slug}/")
    for path in ("connexion", "structures/1/membres", "essai"):
        refused = client.post(f"/{slug}/{path}", data={"email": "pirate@example.net"}, headers=headers)
        assert (refused.status_code, refused.headers.get("Set-Cookie")) == (403, None)
        assert "pirate" not in refused.get_data(as_text=True)


@pytest.mark.parametrize(
    "attempt",
    [
        "SELECT text FROM mail",
        "SELECT recipient FROM mail",
        "UPDATE mail SET recipient = 'pirate@example.net'",
        "DELETE FROM mail",
        "SELECT arguments FROM job",
        "UPDATE job SET kind = 'accounts.erase'",
        "DELETE FROM job",
        "UPDATE person SET operator = true",
        "UPDATE person SET demonstration = true",
        "DELETE FROM person",
        "UPDATE sign_in SET person_id = 1",
        "UPDATE sign_in SET secret_hash = ''",
        "DELETE FROM throttle",
        "UPDATE audit_entry SET action = ''",
        "DELETE FROM audit_entry",
    ],
)
def test_a_page_cannot_do_what_is_the_worker_s_or_nobody_s(app: Flask, owner: Session, attempt: str) -> None:
    with app.app_context(), pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text(attempt))


def test_a_page_makes_no_operator(app: Flask, owner: Session) -> None:
    values = "VALUES ('a@example.org', 'Ana', 'x', :operator, false)"
    insertion = text(f"INSERT INTO person (email, name, stamp, operator, demonstration) {values}")
    with app.app_context():
        with pytest.raises(ProgrammingError, match="row-level security"):
            db.session.execute(insertion, {"operator": True})
        db.session.rollback()
        db.session.execute(insertion, {"operator": False})


@pytest.mark.parametrize("secure", [False, True])
def test_a_static_file_carries_the_headers_of_data(settings: Settings, secure: bool) -> None:
    app = create_app(replace(settings, public_url="https://localhost") if secure else settings)
    with app.app_context():
        paths = [app.extensions["asset"](name) for name in ("css/base.css", "js/main.js", "img/icons.svg")]
    for path in paths:
        for encoding in ("identity", "gzip, br"):
            headers = app.test_client().get(path, headers={"Accept-Encoding": encoding}).headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
            assert ("Strict-Transport-Security" in headers) is secure
            assert "immutable" in headers["Cache-Control"]


def test_a_browser_finds_an_icon_where_it_looks_for_one(client: LintingClient) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert ElementTree.fromstring(answer.text).tag.endswith("svg")
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


def test_robots_are_sent_to_public_pages_only(app: Flask, client: LintingClient) -> None:
    answer = client.get("/robots.txt")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    first, *lines = answer.text.splitlines()
    assert first == "User-agent: *"
    closed = [line.removeprefix("Disallow: ") for line in lines]

    def may(path: str) -> bool:
        return not any(re.match(re.escape(beginning).replace(r"\*", ".*"), path) for beginning in closed)

    for path in ("/", "/ici/", "/ici/annuaire", "/ici/annuaire/3", "/ici/essai", "/ici/donnees-personnelles"):
        assert may(path), path
    for path in (
        "auto-evaluations/3/",
        "structures/1/membres",
        "mon-compte",
        "mot-de-passe/jeton",
        "suivi",
        "connexion",
    ):
        assert not may(f"/ici/{path}"), path
        assert not may(f"/{path}"), path


def test_security_txt_is_there_where_the_host_says_whom_to_tell(client: LintingClient, settings: Settings) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    app = create_app(replace(settings, security_contact="mailto:securite@territoire.example"))
    answer = app.test_client().get("/.well-known/security.txt")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:securite@territoire.example"
    # RFC 9116, 2.5.5: less than a year ahead.
    assert timedelta(days=150) < datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC) < timedelta(days=365)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("securite@territoire.example", "mailto:securite@territoire.example"),
        ("https://territoire.example/securite", "https://territoire.example/securite"),
        ("", None),
    ],
)
def test_a_security_contact_is_kept_as_an_address(tmp_path: Path, typed: str, kept: str | None) -> None:
    environment = {"ASSETT_INSTANCE": str(tmp_path), "SECRET_KEY": "x", "SECURITY_CONTACT": typed}
    assert Settings.from_environment(environment).security_contact == kept


def test_the_host_is_told_once_all_of_it_is(tmp_path: Path) -> None:
    environment = {"ASSETT_INSTANCE": str(tmp_path), "SECRET_KEY": "x", "ASSETT_HOST_NAME": " Nuage "}
    host = Settings.from_environment(environment).host
    assert (host.name, host.address, host.phone, host.told) == ("Nuage", "", "", False)
    environment |= {"ASSETT_HOST_ADDRESS": "4 rue du Lac", "ASSETT_HOST_PHONE": "01 99 00 00 78"}
    assert Settings.from_environment(environment).host.told
