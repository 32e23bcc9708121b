"""What the resource base asks of the features above it; each fills these lists at its own import."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assett.engine.answers import Answers
from assett.engine.compiled import Compiled
from assett.engine.score import Result


@dataclass(frozen=True, slots=True)
class Latest:
    """What the latest answers of the structures of the current space come to, with today's questionnaire, when `read`
    is called: mixed, so that none is anybody's, and nothing where too few answered. `key` is another as soon as one of
    them changes. Where there are too many structures to read, those that are read stand for `all_of_them`."""

    key: Hashable
    read: Callable[[], Iterable[tuple[Answers, Result]]]
    all_of_them: int | None = None


latest_results: list[Callable[[Session, Compiled], Latest]] = []

# The questionnaire that the current space is writing, as far as it can be read; None where there is none.
being_written: list[Callable[[Session], Compiled | None]] = []
