"""Steps taken back and done again: field by field, what a colleague went on from stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from assett.core.permissions import Actor
from assett.engine.drafting.pieces import Address, take_apart
from assett.engine.drafting.steps import Step, applied
from assett.engine.drafting.undoing import Left, Outcome, as_far_as_it_goes, touched, whole
from assett.kernel.errors import Rejected
from assett.studio import differing, queries, service
from assett.studio.models import Draft, DraftStep
from assett.studio.texts import first_language

UNDO, REDO = "undo", "redo"
# How far back a step is looked for that can be taken back at least in part.
MOST_PASSED_BY = 20


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A step that was taken back, or done again, and in words what of it, or of later ones, stays as it is: somebody
    changed it since."""

    step: DraftStep
    stays: tuple[str, ...]


def undo(session: Session, draft: Draft, *, actor: Actor, now: datetime) -> TakenBack:
    """Take back the actor's last step of which something can be. Raises `Rejected` where there is none."""
    stays: list[str] = []
    row = queries.last_undoable(session, draft, actor.person_id)
    for _ in range(MOST_PASSED_BY):
        if row is None:
            break
        following = _followed(draft, row, back=True)
        outcome = as_far_as_it_goes(take_apart(draft.tree), Step.of_json(row.changes).reversed)
        stays += _stays(session, draft, row.number, outcome)
        if _again(session, draft, row, outcome, UNDO, actor, now, following):
            _left_behind_again(draft, row)
            row.undone = True
            return TakenBack(row, tuple(dict.fromkeys(stays)))
        row = queries.last_undoable(session, draft, actor.person_id, row.number)
    if stays:
        raise Rejected(" ".join([gettext("Il n’y a plus rien à annuler."), *dict.fromkeys(stays)]))
    raise Rejected(_l("Il n’y a rien à annuler."))


def redo(session: Session, draft: Draft, *, actor: Actor, now: datetime) -> TakenBack:
    """Do again what the actor took back last, unless they have written since."""
    row = queries.last_redoable(session, draft, actor.person_id)
    undone = queries.step(session, draft, row.of_number or 0) if row is not None else None
    if row is None or undone is None:
        raise Rejected(_l("Il n’y a rien à rétablir."))
    following = _followed(draft, undone, back=False)
    # What stayed when it was taken back need not be done again.
    outcome = as_far_as_it_goes(take_apart(draft.tree), Step.of_json(row.changes).reversed)
    stays = _stays(session, draft, row.number, outcome)
    if not _again(session, draft, undone, outcome, REDO, actor, now, following):
        raise Rejected(" ".join([gettext("Il n’y a rien à rétablir."), *stays]))
    undone.undone, row.undone = False, True
    return TakenBack(undone, tuple(stays))


def _followed(draft: Draft, row: DraftStep, *, back: bool) -> service.Following | None:
    """What a draft follows once a step is taken back, or done again; None where nobody has to say, or somebody has
    decided anew since."""
    if "following" not in row.changes:
        return None
    before, after = row.changes["following"]
    start, end = (after, before) if back else (before, after)
    if service.Following(draft.upstream_id, draft.upstream_decisions).as_json() != start:
        return None
    return service.Following(end["version"], end["decided"])


def _again(
    session: Session,
    draft: Draft,
    row: DraftStep,
    outcome: Outcome,
    action: str,
    actor: Actor,
    now: datetime,
    following: service.Following | None,
) -> bool:
    return service.write(
        session,
        draft,
        lambda _: outcome.parts,
        action,
        row.subject,
        actor=actor,
        now=now,
        of_number=row.number,
        following=following,
    )


def _stays(session: Session, draft: Draft, number: int, outcome: Outcome) -> list[str]:
    """What a step leaves as it is, and who changed it after that step, in sentences."""
    if not outcome.left and not outcome.moved:
        return []
    since = queries.steps_after(session, draft, number)
    parts, language = take_apart(draft.tree), first_language(draft.tree)
    names = differing.Names.of(parts)
    said = []
    for address, left in outcome.left.items():
        title = differing.called(address, left.now or left.wanted or {}, language)
        fields = (
            [] if whole(left) else [each.label for each in differing.of_piece(address, left.now, left.wanted, names)]
        )
        said.append(_said(_who(since, address, left), title, fields))
    if outcome.moved:
        said.append(gettext("Ce qui a été déplacé depuis reste à sa place."))
    return said


def _said(who: str, title: str, fields: Sequence[str]) -> str:
    if fields:
        return gettext(
            "%(name)s a changé depuis « %(title)s » (%(fields)s) : cela reste.",
            name=who,
            title=title,
            fields=", ".join(fields),
        )
    return gettext("%(name)s a changé depuis « %(title)s » : cela reste.", name=who, title=title)


def _who(since: Sequence[DraftStep], address: Address, left: Left) -> str:
    """Who changed what stays of a piece last."""
    for row in reversed(since):
        change: Mapping[Address, tuple[object, object]] = Step.of_json(row.changes).pieces
        if address in change and touched(left, change[address]):
            return row.person or gettext("Quelqu’un")
    return gettext("Quelqu’un")


def _left_behind_again(draft: Draft, row: DraftStep) -> None:
    """What its source had left behind when a step took it away still is when it comes back."""
    again = {mark: known for mark, known in row.changes.get("left_behind", {}).items() if mark in draft.translated}
    draft.translated = {**draft.translated, **again}


def revert(session: Session, draft: Draft, number: int, *, actor: Actor, now: datetime) -> None:
    """Bring a locked draft back to the state after a step; a step like another, which can be undone."""
    parts, following = take_apart(draft.tree), None
    rows = queries.steps_after(session, draft, number)
    for row in reversed(rows):
        parts = applied(parts, Step.of_json(row.changes).reversed)
        if "following" in row.changes:
            before = row.changes["following"][0]
            following = service.Following(before["version"], before["decided"])
    service.write(
        session, draft, lambda _: parts, "reverted", "", actor=actor, now=now, of_number=number, following=following
    )
    for row in reversed(rows):
        _left_behind_again(draft, row)
