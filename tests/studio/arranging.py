"""A space, its editors, a draft, what its structures answered."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from assett.accounts.models import Person, SpaceRoleName
from assett.assessments.models import Assessment
from assett.core.db import dump_json
from assett.organizations.models import Audience, Organization, Participation
from assett.questionnaires.models import QuestionnaireVersion
from assett.studio.models import Draft
from tests import factories
from tests.linting import LintingClient


def editor(space: Any, name: str = "Zoé Éditrice", role: SpaceRoleName = SpaceRoleName.EDITOR, **person: Any) -> Person:
    found = factories.SpaceRoleFactory(
        space_id=space.id, person__name=name, role=role, **{f"person__{key}": value for key, value in person.items()}
    ).person
    assert isinstance(found, Person)
    return found


def draft_of(owner: Session, space: Any, tree: dict[str, Any] | None = None, **values: Any) -> Draft:
    tree = tree or factories.small_document()
    draft = Draft(space_id=space.id, title="Petit questionnaire", tree=tree, upstream_decisions={}, ready={}, **values)
    owner.add(draft)
    owner.commit()
    return draft


def tree_of(owner: Session, draft: Draft) -> dict[str, Any]:
    owner.expire_all()
    return owner.scalars(select(Draft.tree).where(Draft.id == draft.id)).one()


def open_as(client: LintingClient, person: Person, draft: Draft) -> str:
    """Sign in and open a draft of the space « poitiers »; gives its address."""
    client.sign_in(person)
    base = f"/poitiers/atelier/{draft.id}"
    assert client.get(base).status_code == 200
    return base


def harder() -> dict[str, Any]:
    """The small questionnaire with a stricter grid and one more question."""
    tree = factories.small_document()
    for category in tree["categories"]:
        category["questions"][0]["choices"] = deepcopy(category["questions"][0]["choices"])
    tree["categories"][0]["questions"][0]["choices"][1]["points"] = 2
    tree["categories"][0]["questions"].append(
        {
            "id": "isolation",
            "title": "Votre toit est-il isolé ?",
            "type": "single",
            "choices": [{"id": "non", "label": "Non"}, {"id": "oui", "label": "Oui", "points": 1}],
        }
    )
    waste = tree["categories"][1]["questions"][0]
    waste["choices"][0]["points"], waste["choices"][1]["points"] = 1, 0
    return tree


def aimed(answer: str) -> dict[str, Any]:
    """A grid written to learn whether one structure answered so: it alone would fall."""
    tree = factories.small_document()
    condition = {"all": [{"question": "suivi", "is": answer}, {"question": "tri", "is": "non"}]}
    tree["categories"][0]["caps"] = [{"if": condition, "max": 0, "reason": "Pour voir"}]
    return tree


_ANSWERS = """
    INSERT INTO answer (space_id, assessment_id, question, value, revision, author)
    SELECT :space, assessment, told.key, jsonb_build_object('v', told.value), 1, ''
    FROM ROWS FROM (unnest(CAST(:assessments AS bigint[])), jsonb_array_elements(CAST(:given AS jsonb)))
        AS each(assessment, answers), jsonb_each(each.answers) AS told
"""


def past(
    owner: Session, space: Any, version: QuestionnaireVersion, given: list[dict[str, Any]], *, private: int = 0
) -> None:
    """A completed assessment for each set of answers; the first `private` structures share no score."""
    structures = list(
        owner.scalars(
            insert(Organization).returning(Organization.id),
            [
                {"name": f"Atelier {n}", "kind": "company", "commune": "Poitiers", "activity": ""}
                for n in range(len(given))
            ],
        )
    )
    participations = list(
        owner.scalars(
            insert(Participation).returning(Participation.id, sort_by_parameter_order=True),
            [
                {
                    "space_id": space.id,
                    "organization_id": id,
                    "share_scores": Audience.NOBODY if place < private else Audience.AUTHORITY,
                }
                for place, id in enumerate(structures)
            ],
        )
    )
    common = {
        "space_id": space.id,
        "version_id": version.id,
        "latest": True,
        "profile": {},
        "completed_at": datetime(2025, 3, 1, tzinfo=UTC),
    }
    assessments = list(
        owner.scalars(
            insert(Assessment).returning(Assessment.id, sort_by_parameter_order=True),
            [{**common, "participation_id": id} for id in participations],
        )
    )
    # As rows come to a replica, past the triggers: what is completed takes no answer any more. And thousands of checks
    # of whose answer each is are slow, on what is last known of tables that the test before has emptied.
    owner.execute(text("SET LOCAL session_replication_role = replica"))
    owner.execute(text(_ANSWERS), {"space": space.id, "assessments": assessments, "given": dump_json(given)})
    owner.execute(text("SET LOCAL session_replication_role = origin"))
    owner.commit()


def sign_in(client: LintingClient, space: Any, role: SpaceRoleName = SpaceRoleName.EDITOR) -> Any:
    person = factories.SpaceRoleFactory(space_id=space.id, person__name="Zoé Éditrice", role=role).person
    client.sign_in(person)
    return person


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(seen|serving)" value="(\d+)"', page))
