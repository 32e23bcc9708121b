"""`assett base`: the national questionnaires, version after version, and who follows which."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.commands import base, sessions
from assett.core.audit import AuditEntry, Source
from assett.formats.writing import json_text
from assett.questionnaires.models import Questionnaire, QuestionnaireVersion
from tests import factories


@pytest.fixture
def run(app: Flask, owner: Session, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sessions, "create_app", lambda: app)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(base.command, arguments)

    return run


def written(tmp_path: Path, tree: dict[str, Any]) -> str:
    file = tmp_path / "socle.json"
    file.write_text(json_text(tree), encoding="utf-8")
    return str(file)


def next_tree() -> dict[str, Any]:
    tree = deepcopy(factories.small_document())
    tree["categories"][0]["questions"][0]["title"] = "Suivez-vous vos consommations d’énergie ?"
    return tree


def test_a_questionnaire_that_scores_nobody_is_refused_in_words(run, owner: Session, tmp_path: Path) -> None:
    silent, empty = factories.small_document(), factories.small_document()
    for tree, kind in ((silent, "text"), (empty, "info")):
        for category in tree["categories"]:
            category["questions"] = [{"id": f"mot-{category['id']}", "title": "Un mot ?", "type": kind}]
    for tree, said in ((silent, "Aucune question n’est notée"), (empty, "ne pose aucune question")):
        refused = run("publish", written(tmp_path, tree))
        assert refused.exit_code == 1 and said in refused.output.replace("\u00a0", " "), refused.output
    assert owner.scalars(select(QuestionnaireVersion)).all() == []


def test_a_version_is_published_after_another_and_told_to_whoever_hosts(run, owner: Session, tmp_path: Path) -> None:
    first = run("publish", written(tmp_path, factories.small_document()))
    assert (first.exit_code, "petit : version 1 publiée." in first.output) == (0, True), first.output
    assert "Aucun espace" in first.output
    national = owner.scalars(select(QuestionnaireVersion)).one()
    space = factories.SpaceFactory(slug="poitiers")
    factories.QuestionnaireVersionFactory(space_id=space.id, upstream_id=national.id)
    second = run("publish", written(tmp_path, next_tree()), "--note", "Une question plus claire.")
    assert "version 2 publiée" in second.output
    assert "[1/1] /poitiers/ : 1 nouveauté\n" in second.output
    owner.expire_all()
    versions = owner.scalars(
        select(QuestionnaireVersion)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(Questionnaire.space_id.is_(None))
        .order_by(QuestionnaireVersion.number)
    ).all()
    assert [(each.number, each.note) for each in versions] == [(1, {}), (2, {"fr": "Une question plus claire."})]
    listed = run("list").output
    assert "petit, version 1" in listed and "suivie par 1 espace" in listed
    assert "suivie par personne : Une question plus claire." in listed
    entries = owner.scalars(select(AuditEntry).where(AuditEntry.action == "base.published")).all()
    assert [entry.details["number"] for entry in entries] == [1, 2]
    assert {entry.source for entry in entries} == {Source.PLATFORM}


def test_the_same_questionnaire_is_not_published_twice(run, owner: Session, tmp_path: Path) -> None:
    file = written(tmp_path, factories.small_document())
    run("publish", file)
    again = run("publish", file)
    assert again.exit_code == 1
    assert "dit déjà la même chose" in again.output
    assert len(owner.scalars(select(QuestionnaireVersion)).all()) == 1


def test_a_wrong_file_publishes_nothing(run, owner: Session, tmp_path: Path) -> None:
    tree = factories.small_document()
    del tree["categories"][0]["title"]
    refused = run("publish", written(tmp_path, tree))
    assert refused.exit_code == 1
    assert "categories[0].title" in refused.output
    assert owner.scalars(select(QuestionnaireVersion)).all() == []
