"""Every route, with the ids of another space: nothing of one is ever reached from the other."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from tests.linting import LintingClient
from tests.sweep.inhabited import address, inhabited, rules

TABLES = ("assessment", "answer", "category_score", "participation", "listing", "pledge", "charter", "space_role",
          "departure", "membership", "proposal", "invitation", "organization", "team_invitation", "sign_in",
          "draft", "draft_step", "draft_comment", "questionnaire_version")  # fmt: skip


def _state(owner: Session) -> dict[str, list[str]]:
    owner.rollback()
    return {table: list(owner.scalars(text(f"SELECT t::text FROM {table} t ORDER BY id"))) for table in TABLES}


def _client(app: Flask, person: Person | None) -> LintingClient:
    client = app.test_client()
    assert isinstance(client, LintingClient)
    if person is not None:
        client.sign_in(person)
    return client


@pytest.mark.parametrize("who", ["its owner", "its manager", "the manager next door", "a visitor"])
def test_foreign_ids_are_not_found(app: Flask, owner: Session, who: str) -> None:
    """The rows of one space under the address of the other, for reading and for writing."""
    mine, other = inhabited(slug="ici"), inhabited(slug="ailleurs")
    person = {"its owner": mine.owner, "its manager": mine.manager, "the manager next door": other.manager}.get(who)
    client = _client(app, person)
    client.get(f"/{other.space.slug}/")
    before = _state(owner)
    wrong = []
    for rule in rules(app):
        if not rule.arguments - {"space", "token", "kind", "name", "part", "page", "milestone"}:
            continue
        access = app.view_functions[rule.endpoint].access
        # Who is not of that space's team is told so at its team's doors, whatever the id.
        shut = {403} if access.name.startswith("space ") and who != "the manager next door" else set()
        if who == "its owner" and rule.endpoint == "organizations.answer_request":
            continue  # a request to join belongs to the organization, which is the same in every space
        for values in mine.values(rule):
            url = address(app, rule, other.space, values)
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                answer = client.get(url) if method == "GET" else client.post(url, data={"question": "suivi"})
                expected = {404} | shut if person is not None else {404, 302, 401, 400}
                if answer.status_code not in expected:
                    wrong.append(f"{method} {url}: {answer.status_code}")
    assert wrong == []
    assert _state(owner) == before


def test_a_visitor_reaches_public_pages_only(app: Flask, owner: Session) -> None:
    here = inhabited(slug="ici")
    client = _client(app, None)
    client.get("/ici/")
    open_pages = []
    for rule in rules(app):
        access = app.view_functions[rule.endpoint].access
        for values in here.values(rule):
            if "GET" in (rule.methods or ()) and client.get(address(app, rule, here.space, values)).status_code == 200:
                open_pages.append(rule.endpoint)
                assert not access.needs_account, rule.endpoint
    assert "spaces.home" in open_pages and "network.directory" in open_pages
    assert not {"assessments.result", "assessments.receipt", "assessments.category"} & set(open_pages)


def test_a_member_does_not_reach_the_pages_of_the_team(app: Flask, owner: Session) -> None:
    here = inhabited(slug="ici")
    client = _client(app, here.owner)
    for rule in rules(app):
        if app.view_functions[rule.endpoint].access.name.startswith("space ") and "GET" in (rule.methods or ()):
            for values in here.values(rule):
                assert client.get(address(app, rule, here.space, values)).status_code == 403, rule.rule


def test_a_member_of_the_team_does_not_reach_the_answers_of_an_actor(app: Flask, owner: Session) -> None:
    here = inhabited(slug="ici")
    client = _client(app, here.manager)
    for page in ("", "resultat", "detail", "categorie/energie", "profil", "terminer"):
        assert client.get(f"/ici/auto-evaluations/{here.completed.id}/{page}").status_code == 404, page


def test_every_page_opens_for_somebody(app: Flask, owner: Session) -> None:
    """No page is broken: each opens (or leads on) for the owner or the manager of its space."""
    here = inhabited(slug="ici")
    broken = []
    for rule in rules(app):
        if "GET" not in (rule.methods or ()):
            continue
        for values in here.values(rule):
            url = address(app, rule, here.space, values)
            statuses = {_client(app, person).get(url).status_code for person in (here.owner, here.manager, None)}
            if not statuses & {200, 302, 303} and "token" not in rule.arguments:
                broken.append(f"{url}: {statuses}")
    assert broken == []
