"""The trial bench: what a new grid would do to respondents, before anyone is scored by it.

Respondents are answers to the old version: past ones, or :func:`generated` ones. Each is
scored as it stands, carried over, and scored again. By default both scores are
provisional: a question that nobody could answer yet does not count as a zero, so that
what is seen is the grid and not the gap. With ``complete``, what is left is drawn first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final, TypeAlias

from assett.engine.answers import Answers
from assett.engine.carrying import LossReason, Lost, carrier
from assett.engine.compiled import Compiled
from assett.engine.document import Level, Question, Text
from assett.engine.pairing import Basis, Pairing, paired
from assett.engine.score import CategoryScore, OverallScore, score
from assett.engine.values import NOT_APPLICABLE, UNKNOWN

Complete: TypeAlias = Callable[[Answers, Collection[str]], Answers]
"""Answers what carried answers leave open, but for the questions that were asked before and left
unanswered (:meth:`assett.engine.generated.Generator.complete`)."""

DISCRIMINATES_FROM: Final = 0.2
"""The spread below which a question tells respondents apart too little to be worth asking for the score."""


@dataclass(frozen=True, slots=True)
class LevelCount:
    """A level (``None``: no score, ``label`` then too), and how many respondents have it.

    ``before`` is ``None`` for a level of the new grid only, ``after`` for one of the old
    grid only; ``former`` is what the old grid called it, where that was something else.
    """

    id: str | None
    label: Text | None
    before: int | None
    after: int | None
    former: Text | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """What becomes of the respondents in a category (``category`` is ``None``: overall).

    ``up``, ``down``, ``same`` count those whose level moves, ``apart`` those without a
    score before or after, ``unlike`` those of whose two levels nobody can say which is
    higher; together they are all the respondents. ``basis`` is what the levels of the two
    grids are the same by (see :mod:`assett.engine.pairing`; ``None``: by nothing).
    ``moves`` counts (level before, level after). The means are of the ratios of those who
    have a score (``None``: nobody has).
    """

    category: str | None
    title: Text
    levels: tuple[LevelCount, ...]
    up: int
    down: int
    same: int
    apart: int
    unlike: int
    basis: Basis | None
    moves: Mapping[tuple[str | None, str | None], int]
    mean_before: float | None
    mean_after: float | None

    @property
    def respondents(self) -> int:
        """All of them."""
        return self.up + self.down + self.same + self.apart + self.unlike


@dataclass(frozen=True, slots=True)
class LostAnswers:
    """Answers to an old question that do not map, why, and how many; ``example`` is the first."""

    question: Question
    reason: LossReason
    count: int
    example: Lost


@dataclass(frozen=True, slots=True)
class Discrimination:
    """How well a scored question of the new version tells respondents apart.

    ``asked`` respondents see it; shares of them (0..1) ``answered`` it with a value,
    with « non concerné » or with « je ne sais pas ». ``mean`` is the mean share of its points
    that values earn, ``spread`` twice the standard deviation of that share: 0 when all
    earn alike, 1 when half earn nothing and half everything. Both are ``None`` where
    nobody gave a value. ``weight`` is its part in the points of its category.
    """

    question: Question
    category: str
    asked: int
    answered: float
    not_applicable: float
    unknown: float
    mean: float | None
    spread: float | None
    weight: float

    @property
    def discriminates(self) -> bool:
        """Whether respondents differ enough on it."""
        return self.spread is not None and self.spread >= DISCRIMINATES_FROM


@dataclass(frozen=True, slots=True)
class Trial:
    """What the trial showed; ``untouched`` respondents lost no answer on the way."""

    respondents: int
    untouched: int
    overall: Shift
    categories: tuple[Shift, ...]
    lost: tuple[LostAnswers, ...]
    questions: tuple[Discrimination, ...]


def trial(
    old: Compiled,
    new: Compiled,
    respondents: Iterable[Answers],
    *,
    complete: Complete | None = None,
    provisional: bool = True,
    between: tuple[Compiled, ...] = (),
) -> Trial:
    """Try ``new`` on answers to ``old``, carried through the versions ``between`` them (see :func:`carrier`).

    ``provisional`` leaves unanswered questions out of both scores; ``complete`` answers
    them in the new version first.
    """
    way = carrier(old, new, between)
    tallies = {None: _Tally()} | {each.id: _Tally() for document in (new, old) for each in document.categories}
    questions = {name: _Spread() for category in new.categories for name, _, _ in category.scored}
    lost = Losses()
    count = untouched = 0
    for answers in respondents:
        count += 1
        carried = way.carry(answers)
        lost.add(carried.lost)
        untouched += not carried.lost
        later = carried.answers
        if complete is not None:
            later = complete(later, _left_open(answers, way.questions))
        before = score(old, answers, provisional=provisional)
        after = score(new, later, provisional=provisional)
        tallies[None].add(before.overall, after.overall)
        second = {each.id: each for each in after.categories}
        for each in before.categories:
            tallies[each.id].add(each, second.pop(each.id, None))
        for each in second.values():
            tallies[each.id].add(None, each)
        _observe(new, later, questions)
    return Trial(
        count,
        untouched,
        _shift(None, old, new, tallies[None], count),
        tuple(_shift(name, old, new, tally, count) for name, tally in tallies.items() if name is not None),
        lost.counted,
        _discriminations(new, questions),
    )


class Losses:
    """Answers that do not map, counted as they come."""

    __slots__ = ("_counts", "_examples")

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, LossReason]] = Counter()
        self._examples: dict[tuple[str, str, LossReason], Lost] = {}

    def add(self, lost: Iterable[Lost]) -> None:
        for loss in lost:
            key = (loss.of, loss.question.id, loss.reason)
            self._counts[key] += 1
            self._examples.setdefault(key, loss)

    @property
    def counted(self) -> tuple[LostAnswers, ...]:
        """By question and reason, the most frequent first."""
        examples = self._examples
        return tuple(
            LostAnswers(examples[key].question, key[2], number, examples[key])
            for key, number in self._counts.most_common()
        )


def _left_open(answers: Answers, ways: Mapping[str, str | None]) -> set[str]:
    """The questions of the new version that were asked in the old one, without an answer."""
    return {
        there
        for name, there in ways.items()
        if there is not None and name not in answers.values and name not in answers.hidden
    }


# Levels


class _Tally:
    """The levels of a category, counted as they come, and the sums of its ratios."""

    __slots__ = ("after", "before", "moves")

    def __init__(self) -> None:
        self.moves: Counter[tuple[str | None, str | None]] = Counter()
        self.before = [0.0, 0]
        self.after = [0.0, 0]

    def add(self, before: OverallScore | CategoryScore | None, after: OverallScore | CategoryScore | None) -> None:
        self.moves[before.level if before else None, after.level if after else None] += 1
        for scored, sums in ((before, self.before), (after, self.after)):
            if scored is not None and scored.ratio is not None:
                sums[0] += float(scored.ratio)
                sums[1] += 1


def _shift(category: str | None, old: Compiled, new: Compiled, tally: _Tally, count: int) -> Shift:
    first, first_title = _grid(old, category)
    last, last_title = _grid(new, category)
    moves = dict(tally.moves)
    # A respondent to whom the category was shown neither before nor after.
    unseen = count - sum(moves.values())
    if unseen:
        moves[None, None] = moves.get((None, None), 0) + unseen
    pairing = paired(first, last)
    up = down = same = apart = unlike = 0
    for (was, now), number in moves.items():
        if was is None or now is None:
            apart += number
            continue
        match pairing.move(was, now):
            case None:
                unlike += number
            case 0:
                same += number
            case move if move > 0:
                up += number
            case _:
                down += number
    title = last_title or first_title
    assert title is not None
    return Shift(
        category,
        title,
        _level_counts(first, last, pairing, moves),
        up,
        down,
        same,
        apart,
        unlike,
        pairing.basis,
        moves,
        _mean(tally.before),
        _mean(tally.after),
    )


def _grid(compiled: Compiled, category: str | None) -> tuple[tuple[Level, ...], Text | None]:
    """The levels of a category and its title, nothing where there is no such category."""
    document = compiled.document
    if category is None:
        return document.levels, document.title
    found = next((each for each in document.categories if each.id == category), None)
    return (document.grid(found), found.title) if found is not None else ((), None)


def _level_counts(
    first: tuple[Level, ...],
    last: tuple[Level, ...],
    pairing: Pairing,
    moves: Mapping[tuple[str | None, str | None], int],
) -> tuple[LevelCount, ...]:
    """The levels of the new grid and, between them, those that it has no more, each where it began; then no score."""
    before: Counter[str | None] = Counter()
    after: Counter[str | None] = Counter()
    for (was, now), number in moves.items():
        before[was] += number
        after[now] += number
    former = {pairing.pairs[level.id]: level for level in first if level.id in pairing.pairs}
    gone = [level for level in first if level.id not in pairing.pairs]
    kept = [_kept(level, former.get(level.id), before, after) for level in last]
    past = [LevelCount(each.id, each.label, before[each.id], None) for each in gone]
    levels = [*zip(last, kept, strict=True), *zip(gone, past, strict=True)]
    levels.sort(key=lambda each: each[0].from_)
    return (*(count for _, count in levels), LevelCount(None, None, before[None], after[None]))


def _kept(level: Level, was: Level | None, before: Counter[str | None], after: Counter[str | None]) -> LevelCount:
    """A level of the new grid, which the old one had too unless ``was`` is ``None``."""
    called = was.label if was is not None and was.label != level.label else None
    return LevelCount(level.id, level.label, before[was.id] if was is not None else None, after[level.id], called)


def legend(grids: Iterable[Sequence[str]]) -> list[str]:
    """The levels of several grids as one row, each after those that it follows in its own."""
    found: list[str] = []
    for labels in grids:
        place = 0
        for label in labels:
            if label not in found:
                found.insert(place, label)
            place = found.index(label) + 1
    return found


def _mean(sums: list[float]) -> float | None:
    total, number = sums
    return total / number if number else None


# Questions


class _Spread:
    """What is earned on a question, summed as it comes."""

    __slots__ = ("answered", "asked", "not_applicable", "squares", "total", "unknown")

    def __init__(self) -> None:
        self.asked = self.answered = self.not_applicable = self.unknown = 0
        self.total = self.squares = 0


def _observe(compiled: Compiled, answers: Answers, questions: Mapping[str, _Spread]) -> None:
    visible, hidden = answers.visible, answers.hidden
    for category in compiled.categories:
        for name, earn, best in category.scored:
            if name in hidden:
                continue
            seen = questions[name]
            seen.asked += 1
            value = visible.get(name)
            if value is None:
                continue
            if value == NOT_APPLICABLE:
                seen.not_applicable += 1
            elif value == UNKNOWN:
                seen.unknown += 1
            else:
                # Points below none count as none here: a share of the points is wanted.
                earned = min(max(earn(value) or 0, 0), best)
                seen.answered += 1
                seen.total += earned
                seen.squares += earned * earned


def _discriminations(compiled: Compiled, questions: Mapping[str, _Spread]) -> tuple[Discrimination, ...]:
    """The questions, those that tell apart best first; equals in the order of the file."""
    found = []
    for category in compiled.categories:
        for name, _, best in category.scored:
            seen = questions[name]
            mean = spread = None
            if seen.answered:
                mean = seen.total / seen.answered / best
                # Exact until the root: whole numbers are summed.
                variance = (seen.squares * seen.answered - seen.total**2) / (seen.answered * best) ** 2
                spread = min(2 * sqrt(variance), 1.0)
            found.append(
                Discrimination(
                    compiled.question(name),
                    category.id,
                    seen.asked,
                    _share(seen.answered, seen.asked),
                    _share(seen.not_applicable, seen.asked),
                    _share(seen.unknown, seen.asked),
                    mean,
                    spread,
                    best / category.best,
                )
            )
    return tuple(sorted(found, key=lambda each: -(each.spread if each.spread is not None else -1)))


def _share(part: int, of: int) -> float:
    return part / of if of else 0.0
