"""Who may what with drafts: the space's team reads them, its editors and managers write."""

from __future__ import annotations

from assett.core.permissions import Actor
from assett.questionnaires.models import QuestionnaireVersion
from assett.spaces.policy import EDIT, TEAM
from assett.studio.models import Draft, DraftComment, QuestionnaireFile, WaitingWords


def reads(actor: Actor, draft: Draft) -> bool:
    return draft.space_id == actor.space_id and TEAM.allows(actor)


def writes(actor: Actor, draft: Draft) -> bool:
    return draft.space_id == actor.space_id and EDIT.allows(actor)


def comments(actor: Actor, draft: Draft) -> bool:
    """Whoever reads a draft may say a word about it, while it is written."""
    return reads(actor, draft) and draft.open


def settles(actor: Actor, comment: DraftComment) -> bool:
    """Whoever writes the draft closes a question about it; others, the one they asked."""
    return EDIT.allows(actor) or (comment.author_id is not None and comment.author_id == actor.person_id)


def reads_version(actor: Actor, version: QuestionnaireVersion) -> bool:
    """A version of the space, or of the national base."""
    return version.published_at is not None and version.space_id in {None, actor.space_id} and TEAM.allows(actor)


def chooses(actor: Actor, words: WaitingWords) -> bool:
    """Whoever wrote them, as long as they are one of the editors."""
    return words.space_id == actor.space_id and words.person_id == actor.person_id and EDIT.allows(actor)


def writes_file(actor: Actor, file: QuestionnaireFile) -> bool:
    """A file that was brought, by whichever editor of the space."""
    return file.space_id == actor.space_id and EDIT.allows(actor)
