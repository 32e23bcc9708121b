"""A new version from the first edit to the evolution told apart, in a real browser."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRoleName
from assett.assessments.models import Answer, Assessment
from assett.questionnaires.models import QuestionnaireVersion
from tests.assessments.arranging import COMPLETE, Place, place
from tests.browsing import enter
from tests.factories import AssessmentFactory, ParticipationFactory, SpaceRoleFactory

LAST_YEAR = datetime(2025, 3, 2, tzinfo=UTC)


def completed(owner: Session, where: Place, participation_id: int) -> Assessment:
    """What a structure completed last year, as the engine scored it: 0.1 and 1."""
    row: Assessment = AssessmentFactory(
        space_id=where.space.id,
        participation_id=participation_id,
        version_id=where.version.id,
        profile={"kind": "company"},
    )
    for question, value in COMPLETE.items():
        owner.add(
            Answer(space_id=where.space.id, assessment_id=row.id, question=question, value={"v": value}, revision=1)
        )
    owner.flush()
    row.completed_at, row.latest = LAST_YEAR, True
    row.overall_ratio, row.overall_level = 7 / 12, "haut"  # type: ignore[assignment]
    owner.commit()
    return row


@pytest.mark.parametrize(("javascript", "width"), [(True, 1280), (False, 360)])
def test_from_an_edit_to_an_evolution_told_apart(
    app: Flask, owner: Session, new_page: Any, live: str, javascript: bool, width: int
) -> None:
    where = place(slug="ici")
    completed(owner, where, where.participation.id)
    for _ in range(11):
        completed(owner, where, ParticipationFactory(space_id=where.space.id).id)
    editor = SpaceRoleFactory(space_id=where.space.id, person__name="Zoé Éditrice", role=SpaceRoleName.EDITOR).person

    # The structure begins again, with last year's answers.
    actor = new_page(width=width, javascript=javascript)
    enter(app, actor, where.person, live)
    actor.goto(f"/ici/structures/{where.participation.id}/")
    actor.get_by_role("button", name="Commencer une nouvelle auto-évaluation").click()
    actor.wait_for_url("**/profil")
    running = owner.scalars(select(Assessment).where(Assessment.completed_at.is_(None))).one()

    # The editor makes the grid of sorting stricter, tries it, and publishes it.
    team = new_page(width=width, javascript=javascript)
    enter(app, team, editor, live)
    team.goto("/ici/atelier/")
    team.get_by_role("button", name="Commencer", exact=True).click()
    team.wait_for_url(re.compile(r"/atelier/\d+"))
    draft = team.url.partition("?")[0].rstrip("/")
    team.goto(f"{draft}/categories/dechets?ouvrir=question/tri")
    form = team.locator("#form-question-tri")
    form.locator('input[name="choices.1.points"]').fill("2")
    form.get_by_role("button", name="Terminé").click()
    expect(form).to_have_count(0)
    team.goto(f"{draft}/banc-d-essai")
    expect(team.get_by_role("heading", name="Sur les réponses de 12 structures")).to_be_visible()
    expect(team.locator("main")).to_contain_text("structures sur 10 changeraient de niveau")
    if javascript:
        team.locator(".plot").first.scroll_into_view_if_needed()
        expect(team.locator(".plot .main-svg").first).to_be_visible()
    team.get_by_role("link", name="Publier", exact=True).click()
    expect(team.locator("main")).to_contain_text("Points de la réponse « Verre » : 0 → 2")
    team.get_by_label("Un mot aux structures").fill("Le verre se recycle à l’infini.")
    team.get_by_role("button", name="Publier cette version").click()
    expect(team.get_by_role("status")).to_contain_text("La version 2 est en service.")

    # The structure is told, sees what would become of its answers, and moves.
    actor.goto(f"/ici/structures/{where.participation.id}/")
    actor.get_by_role("link", name="Voir ce qui change et choisir").click()
    expect(actor.locator("main")).to_contain_text("4 réponses vous suivent telles quelles. Aucune ne se perd.")
    actor.get_by_role("link", name="Ce qui change dans le questionnaire").click()
    expect(actor.locator("main")).to_contain_text("Le verre se recycle à l’infini.")
    actor.go_back()
    actor.get_by_role("button", name="Passer à la nouvelle version").click()
    expect(actor.get_by_role("status")).to_contain_text("4 réponses vous suivent")
    owner.expire_all()
    second = owner.scalars(select(QuestionnaireVersion.id).where(QuestionnaireVersion.number == 2)).one()
    assert running.version_id == second

    # It does better in one category, and completes.
    actor.goto(f"/ici/auto-evaluations/{running.id}/categorie/energie")
    actor.locator('input[name="answers.part"]').fill("100")
    actor.get_by_role("button", name=re.compile("^Enregistrer et continuer")).click()
    expect(actor.get_by_role("heading", level=1)).to_have_text("Déchets")
    actor.get_by_role("button", name=re.compile("^Enregistrer et voir")).click()
    actor.get_by_role("button", name="Terminer et voir mon résultat").click()

    # What comes from the answers is told apart from what comes from the grid.
    expect(actor.locator("main")).to_contain_text("Vos réponses ont fait monter votre score")
    expect(actor.locator("main")).to_contain_text("La nouvelle grille de notation l’a abaissé")
    actor.goto(f"/ici/structures/{where.participation.id}/")
    row = actor.locator("tbody tr").first
    expect(row).to_contain_text(re.compile(r"\+0,\d de vos réponses, −1,\d de la nouvelle grille"))
    actor.goto(f"/ici/auto-evaluations/{running.id}/detail")
    actor.get_by_role("link", name="version 2 du").click()
    expect(actor.get_by_role("heading", level=1)).to_have_text("Version 2 du questionnaire")
