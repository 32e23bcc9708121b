"""A space with structures that have results, its editors, and resources of the nation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from assett.accounts.models import Person, SpaceRoleName
from assett.assessments.models import Answer, Assessment
from assett.organizations.models import Participation
from assett.resources.models import Resource
from assett.spaces.models import Space
from tests import factories
from tests.assessments.arranging import Place, place
from tests.factories import (
    AssessmentFactory,
    ParticipationFactory,
    PersonFactory,
    SpaceRoleFactory,
)
from tests.linting import LintingClient

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class Territory:
    where: Place
    editor: Person
    reader: Person

    @property
    def space(self) -> Space:
        return self.where.space

    def url(self, path: str = "") -> str:
        return f"/{self.space.slug}/ressources-du-territoire{path}"

    def enter(self, client: LintingClient, person: Person) -> None:
        """Sign in and open the list, whose page holds the token that forms need."""
        client.sign_in(person)
        client.get(self.url())


def territory(**fields: Any) -> Territory:
    where = place(**fields)
    editor, reader = PersonFactory(name="Éditrice"), PersonFactory(name="Lecteur")
    SpaceRoleFactory(space_id=where.space.id, person=editor, role=SpaceRoleName.EDITOR)
    SpaceRoleFactory(space_id=where.space.id, person=reader, role=SpaceRoleName.READER)
    return Territory(where, editor, reader)


def answered(where: Place, count: int, kind: str = "company", **answers: Any) -> list[Assessment]:
    """So many structures of the space, of that kind, whose latest result has these answers."""
    return [completed(where, ParticipationFactory(space_id=where.space.id), kind, **answers) for _ in range(count)]


def completed(
    where: Place, participation: Participation, kind: str = "company", at: datetime = NOW, **answers: Any
) -> Assessment:
    """The latest result of a structure, with these answers."""
    session = factories.session_of_test
    assert session is not None
    session.execute(update(Assessment).where(Assessment.participation_id == participation.id).values(latest=False))
    assessment: Assessment = AssessmentFactory(
        space_id=where.space.id,
        participation_id=participation.id,
        version_id=where.version.id,
        profile={"kind": kind},
    )
    for question, value in answers.items():
        session.add(Answer(space_id=where.space.id, assessment_id=assessment.id, question=question, value={"v": value}))
    session.flush()
    assessment.completed_at, assessment.latest, assessment.progress = at, True, 1
    session.commit()
    return assessment


def entry(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "title": f"Ressource {id}", "url": f"https://{id}.example.org/page", "type": "guide", **more}


def national(id: str, **more: Any) -> Resource:
    return _added(None, entry(id, **more))


def own(space: Space, id: str, **more: Any) -> Resource:
    return _added(space.id, entry(id, **more))


def _added(space_id: int | None, tree: dict[str, Any]) -> Resource:
    session = factories.session_of_test
    assert session is not None
    row = Resource(space_id=space_id, slug=tree["id"], entry=tree)
    session.add(row)
    session.commit()
    return row
