"""A questionnaire that a team is writing: a draft with its history and what was said about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.accounts.models import Person, SpaceRole
from assett.core.permissions import Actor
from assett.demo import content
from assett.engine.drafting.operations import add_question, replaced
from assett.engine.drafting.pieces import Parts, drafted, take_apart
from assett.questionnaires.models import QuestionnaireVersion
from assett.spaces.models import Space
from assett.studio import service, translations
from assett.studio.models import Draft, DraftComment


@dataclass(frozen=True, slots=True)
class _Writers:
    """Who writes, and who reads and speaks, by their part in the team."""

    by_name: Mapping[str, Person]

    def actor(self, session: Session, name: str, space: Space) -> Actor:
        return Actor(session, person_id=self.by_name[name].id, name=name, space_id=space.id)


def write(session: Session, space: Space, version: QuestionnaireVersion, now: datetime) -> None:
    """The draft of a space of the demonstration, where its file tells of one."""
    told = content.tree(content.HERE / "drafts.yaml").get(space.slug)
    if told is None:
        return
    writers = _Writers(
        {
            person.name: person
            for person in session.scalars(
                select(Person)
                .join(SpaceRole, SpaceRole.person_id == Person.id)
                .where(SpaceRole.space_id == space.id)
                .order_by(Person.id)
            )
        }
    )
    # Before what was written on its first day.
    begun = now - timedelta(days=int(told["days_ago"]), hours=3)
    tree = drafted(version.document)
    draft = Draft(
        space_id=space.id,
        questionnaire_id=version.questionnaire_id,
        base_id=version.id,
        upstream_id=version.upstream_id,
        upstream_decisions={},
        title=service.title_of(tree),
        tree=tree,
        translated=translations.digests(take_apart(tree)),
        revision=0,
        ready={},
        created_at=begun,
        created_by=writers.by_name[told["by"]].id,
        changed_at=begun,
        changed_by=told["by"],
    )
    session.add(draft)
    session.flush()
    for step in told["steps"]:
        _step(session, space, draft, step, writers, now)
    for said in told["comments"]:
        _comment(session, space, draft, said, writers, now)
    session.flush()


def _step(
    session: Session, space: Space, draft: Draft, told: Mapping[str, Any], writers: _Writers, now: datetime
) -> None:
    title = told.get("title") or told["question"]["title"]
    change, action = _changed(told) if "of" in told else _added(told)
    service.write(
        session,
        draft,
        change,
        action,
        title["fr"],
        actor=writers.actor(session, told["by"], space),
        now=now - timedelta(days=int(told["days_ago"]), hours=2),
    )


def _changed(told: Mapping[str, Any]) -> tuple[Callable[[Parts], Parts], str]:
    address = f"question/{told['of']}"

    def change(parts: Parts) -> Parts:
        return replaced(parts, address, {**parts.pieces[address], "title": told["title"], **told.get("set", {})})

    return change, "question.changed"


def _added(told: Mapping[str, Any]) -> tuple[Callable[[Parts], Parts], str]:
    return lambda parts: add_question(parts, told["category"], told["question"])[0], "question.added"


def _comment(
    session: Session, space: Space, draft: Draft, told: Mapping[str, Any], writers: _Writers, now: datetime
) -> None:
    at = now - timedelta(days=int(told["days_ago"]), hours=1)
    session.add(
        DraftComment(
            space_id=space.id,
            draft_id=draft.id,
            address=f"question/{told['of']}",
            author_id=writers.by_name[told["by"]].id,
            author=told["by"],
            text=told["text"],
            at=at,
            told_at=at,
            resolved_at=at + timedelta(hours=20) if "settled_by" in told else None,
            resolved_by=told.get("settled_by"),
        )
    )
