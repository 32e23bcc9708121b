"""A space, its editors, a draft."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import Person, SpaceRoleName
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
