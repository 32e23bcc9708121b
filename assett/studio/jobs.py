"""What the studio needs done aside: who takes part in a conversation is told of it, old files are forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from flask import current_app, g
from sqlalchemy import delete, func
from sqlalchemy.orm import Session

from assett.accounts.models import Person
from assett.core import jobs
from assett.engine.drafting.pieces import take_apart
from assett.kernel.clock import utc_now
from assett.spaces.models import Space
from assett.studio import mails, queries
from assett.studio.models import Draft, DraftComment, QuestionnaireFile
from assett.studio.texts import first_language, piece_title


@jobs.handler("studio.tell_comments", every=timedelta(minutes=15))
def tell_comments(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Every quarter of an hour, one mail to each person about a draft, however much was said."""
    now = utc_now()
    untold = queries.untold_comments(session)
    for draft, said in ((draft, list(rows)) for draft, rows in groupby(untold, key=lambda each: each[1])):
        comments = [comment for comment, _ in said]
        _tell(session, draft, comments)
        for comment in comments:
            comment.told_at = now


def _tell(session: Session, draft: Draft, comments: Sequence[DraftComment]) -> None:
    space = session.get_one(Space, draft.space_id)
    # Links are those of the space's pages, which only a request makes.
    with current_app.test_request_context():
        g.space = space
        for reader, theirs in _by_reader(session, draft, comments):
            mails.comments(session, reader, draft, _by_piece(draft, theirs))


def _by_reader(
    session: Session, draft: Draft, comments: Sequence[DraftComment]
) -> Iterable[tuple[Person, list[DraftComment]]]:
    """To whom what is told: those who spoke of the piece or wrote in it, and whoever began the draft; never their own
    words."""
    concerned = queries.people_of_threads(session, draft, {comment.address for comment in comments})
    for reader, addresses in concerned:
        theirs = [each for each in comments if each.address in addresses and each.author_id != reader.id]
        if theirs:
            yield reader, theirs


def _by_piece(draft: Draft, comments: Sequence[DraftComment]) -> list[tuple[str, list[DraftComment]]]:
    pieces, language = take_apart(draft.tree).pieces, first_language(draft.tree)
    by_piece: dict[str, list[DraftComment]] = {}
    for comment in comments:
        by_piece.setdefault(comment.address, []).append(comment)
    return [(piece_title(pieces.get(address, {}), language) or draft.title, said) for address, said in by_piece.items()]


# Whoever brought a file decides within the week, or brings it again.
FILES_KEPT = timedelta(days=7)


@jobs.handler("studio.sweep", every=timedelta(days=1))
def sweep(session: Session, _arguments: Mapping[str, Any]) -> None:
    """Forget the files of which nobody decided anything."""
    session.execute(delete(QuestionnaireFile).where(QuestionnaireFile.at < func.now() - FILES_KEPT))
