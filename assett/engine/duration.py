"""How long a question takes: reading it at four words a second, then answering by the habit of its type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from assett.engine.document import Question, QuestionType

WORDS_A_SECOND: Final = 4
SECONDS_TO_ANSWER: Final[dict[QuestionType, int]] = {
    "single": 12,
    "multiple": 15,
    "boolean": 8,
    "scale": 10,
    "number": 40,
    "date": 20,
    "text": 60,
    "info": 0,
}


def seconds_to_answer(question: Question) -> int:
    """Seconds that a question takes: reading its title and choices, then answering."""
    texts = [question.title, *(choice.label for choice in question.choices)]
    words = sum(len(str(text).split()) for text in texts)
    return words // WORDS_A_SECOND + SECONDS_TO_ANSWER[question.type]


def minutes(seconds: Iterable[int]) -> int:
    """Minutes that these seconds make together, rounded up."""
    return -(-sum(seconds) // 60)


def shared(parts: Sequence[int]) -> tuple[int, ...]:
    """The minutes of each part of a way, from its seconds: together those of the whole, rounded up once.

    Where something is left there is one at least, so that many short parts may come to more.
    """
    found = [max(1, seconds // 60) if seconds else 0 for seconds in parts]
    over = minutes(parts) - sum(found)
    for place in sorted(range(len(parts)), key=lambda each: found[each] * 60 - parts[each])[: max(over, 0)]:
        found[place] += 1
    return tuple(found)
