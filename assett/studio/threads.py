"""What is said about the pieces of a draft: comments, settled or not, and the marks « prêt à relire », « relu »."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from assett.core.permissions import Actor
from assett.engine.drafting.pieces import Address, take_apart
from assett.kernel.errors import Rejected
from assett.studio import logged
from assett.studio.models import Draft, DraftComment
from assett.studio.texts import text_typed

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Say:
    """A comment as it is typed."""

    address: Address
    text: str


def saying(address: Address, form: Mapping[str, str]) -> Say:
    return Say(address, text_typed(form.get("text", "")))


def say(session: Session, draft: Draft, command: Say, *, actor: Actor, now: datetime) -> DraftComment:
    """Add a comment. Raises `Rejected` where it says nothing or too much."""
    if not command.text:
        raise Rejected(_l("Écrivez votre commentaire avant de l’envoyer."), field="text")
    if len(command.text) > LONGEST:
        raise Rejected(_l("Ce commentaire est trop long : 4 000 caractères au plus."), field="text")
    comment = DraftComment(
        space_id=draft.space_id,
        draft_id=draft.id,
        address=command.address,
        author_id=actor.person_id,
        author=actor.name,
        text=command.text,
        at=now,
    )
    session.add(comment)
    session.flush()
    return comment


def settle(session: Session, draft: Draft, comment: DraftComment, *, actor: Actor, now: datetime) -> None:
    """The question is answered: the comment leaves the list of what is open."""
    if comment.resolved_at is None:
        comment.resolved_at, comment.resolved_by = now, actor.name
        logged.said(session, draft, "draft.comment-settled", comment.address)


def reopen(session: Session, draft: Draft, comment: DraftComment) -> None:
    if comment.resolved_at is not None:
        comment.resolved_at = comment.resolved_by = None
        logged.said(session, draft, "draft.comment-reopened", comment.address)


def mark(session: Session, draft: Draft, address: Address, verb: str, *, actor: Actor, now: datetime) -> None:
    """Mark a piece of a locked draft as ready to be read (`ready`), as read (`read`), or neither (`clear`)."""
    if address not in take_apart(draft.tree).pieces:
        raise Rejected(_l("Cet élément a été retiré entre-temps. L’historique permet de le reprendre."))
    marks: dict[str, Any] = {key: value for key, value in draft.ready.items() if key != address}
    known = draft.ready.get(address)
    if verb == "ready":
        marks[address] = {"by": actor.name, "at": now.isoformat()}
    elif verb == "read" and known is not None:
        marks[address] = {**known, "read_by": actor.name, "read_at": now.isoformat()}
    elif known is None:
        return
    draft.ready = marks
    done = ("read" if verb == "read" else "ready") if address in marks else "not-ready"
    logged.said(session, draft, f"draft.{done}", address)
