"""The four mechanisms: tenancy, access, one transaction a request, the queue."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.orm import Session

from assett.core.db import db
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
