"""What the log of a space tells of what is written in its questionnaire."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assett.accounts.models import SpaceRoleName
from assett.core.audit import AuditEntry
from assett.questionnaires.models import QuestionnaireVersion
from assett.studio.models import Draft, DraftComment, DraftStep
from tests.linting import LintingClient
from tests.studio.arranging import editor, harder, open_as
from tests.studio.browsing import form_fields, plain

LOG = "/poitiers/journal"


@pytest.fixture
def manager(client: LintingClient, space: Any, draft: Draft) -> str:
    """The address of the draft, for a manager, who reads the log too."""
    return open_as(client, editor(space, "Claire", SpaceRoleName.MANAGER), draft)


def retitle(client: LintingClient, base: str, title: str) -> None:
    fields = form_fields(client.get(f"{base}/categories/energie?ouvrir=question/suivi").text, "form-question-suivi")
    assert client.post(f"{base}/modifier", data={**fields, "title.fr": [title]}).status_code == 303


def actions(owner: Session) -> list[str]:
    owner.rollback()
    return [*owner.scalars(select(AuditEntry.action).order_by(AuditEntry.id))]


def test_a_sitting_is_one_line_that_leads_to_where_it_began(
    client: LintingClient, owner: Session, space: Any, draft: Draft, manager: str
) -> None:
    retitle(client, manager, "Un ?")
    retitle(client, manager, "Deux ?")
    assert actions(owner) == ["draft.changed"]
    open_as(client, editor(space, "Bob"), draft)
    client.post(f"{manager}/operation", data={"verb": "down", "address": "category/energie"})
    assert actions(owner) == ["draft.changed"] * 2
    owner.execute(update(DraftStep).values(at=DraftStep.at - timedelta(minutes=31)))
    owner.commit()
    client.post(f"{manager}/operation", data={"verb": "up", "address": "category/energie"})
    assert actions(owner) == ["draft.changed"] * 3
    client.sign_in(editor(space, "Ana", SpaceRoleName.MANAGER))
    page = client.get(LOG).text
    assert plain(page).count("Brouillon « Petit questionnaire » modifié") >= 3
    assert "Brouillons du questionnaire" in page  # the filter
    first = re.findall(r'href="(/poitiers/atelier/\d+/historique\?etape=1#ici)"', page)
    reached = plain(client.get(first[0].partition("#")[0]).text).partition('id="ici"')[2].partition("</li>")[0]
    assert "Claire" in reached and "Deux ?" in reached


def test_a_step_is_reached_on_the_page_that_holds_it(
    client: LintingClient, owner: Session, draft: Draft, manager: str
) -> None:
    for number in range(1, 40):
        changes = {"pieces": {"question/suivi": [{"title": f"{number - 1}"}, {"title": f"{number}"}]}}
        row = DraftStep(space_id=draft.space_id, draft_id=draft.id, number=number, action="imported", changes=changes)
        owner.add(row)
    owner.get_one(Draft, draft.id).revision = 39
    owner.commit()
    assert 'id="ici"' in client.get(f"{manager}/historique?etape=2").text
    assert 'id="ici"' not in client.get(f"{manager}/historique?etape=2&page=1").text
    assert client.get(f"{manager}/historique?etape=999").status_code == 200


def test_an_earlier_state_is_a_line_of_its_own(client: LintingClient, owner: Session, manager: str) -> None:
    retitle(client, manager, "Un ?")
    client.post(f"{manager}/historique/0")
    retitle(client, manager, "Deux ?")
    assert actions(owner) == ["draft.changed", "draft.reverted"]
    assert "ramené à un état précédent" in plain(client.get(LOG).text)


def test_what_is_said_of_a_piece_is_told_once(
    client: LintingClient, owner: Session, draft: Draft, manager: str
) -> None:
    client.post(f"{manager}/commentaires/question/suivi", data={"text": "À revoir"})
    said = owner.scalars(select(DraftComment.id)).one()
    for verb in ("regler", "regler", "rouvrir"):
        client.post(f"{manager}/commentaire/{said}/{verb}")
    for verb in ("clear", "ready", "read", "clear"):
        client.post(f"{manager}/relecture", data={"address": "question/suivi", "verb": verb})
    told = ["comment-settled", "comment-reopened", "ready", "read", "not-ready"]
    assert actions(owner) == [f"draft.{each}" for each in told]
    page = client.get(LOG).text
    assert "« Suivez-vous vos consommations ? » prêt à relire, brouillon « Petit questionnaire »" in plain(page)
    assert f'href="{manager}/commentaires/question/suivi"' in page
    assert "À revoir" not in page


def test_a_publication_says_what_it_changes(
    client: LintingClient, owner: Session, draft: Draft, version: QuestionnaireVersion, manager: str
) -> None:
    row = owner.get_one(Draft, draft.id)
    row.tree, row.questionnaire_id, row.base_id = harder(), version.questionnaire_id, version.id
    owner.commit()
    client.post(f"{manager}/publier", data={"seen": "0", "serving": str(version.id), "sure": "1"})
    page = plain(client.get(LOG).text)
    assert "« Petit questionnaire » publié : version 2" in page
    assert "Ce qui change : Questions : 1 question ajoutée, 2 modifiées." in page
    assert f"/poitiers/atelier/versions/comparer?avant={version.id}" in page
    client.post("/langue", data={"language": "en"})
    assert "Questions: 1 question added, 2 changed." in plain(client.get(LOG).text)
    assert "1 question added, 2 changed." in plain(client.get(f"{LOG}/export.csv").text)


def test_writing_on_costs_one_statement_more_for_the_log(
    client: LintingClient, owner: Session, manager: str, statements: list[str]
) -> None:
    retitle(client, manager, "Un ?")
    statements.clear()
    client.post(f"{manager}/operation", data={"verb": "down", "address": "category/energie"})
    assert sum("audit_entry" in each for each in statements) == 0
    assert len(statements) <= 12
