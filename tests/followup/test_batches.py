"""What the pages tell of a result that is not shared: nothing certain, whatever the history.

The pool is played here on plain rows, by the function that the service calls, with everything that a page may tell of
it: of each line, how many results are counted, and which ones together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from assett.assessments.pool import BATCH, WHOLE, Pooled, settle

LINES = (WHOLE, "energie", "dechets")
LEVELS = ("debutant", "intermediaire", "avance")

# The level reached in each line; none where nothing there concerns the structure.
Result = Mapping[str, str | None]
# What a page tells: of each line, the levels of those who are counted, nobody being named.
Told = tuple[tuple[str, tuple[tuple[str | None, int], ...]], ...]


@dataclass(frozen=True)
class Completion:
    who: int
    result: Result


@dataclass(frozen=True)
class Moment:
    """What the page tells after a completion, and the structures of which something new is counted, or nothing ever."""

    told: Told
    counted: frozenset[int]
    dropped: frozenset[int]


def play(history: Sequence[Completion]) -> list[Moment]:
    rows: dict[int, Pooled] = {}
    moments, number = [], 0
    for each in history:
        rows = {id: row for id, row in rows.items() if row.participation_id != each.who or not row.waiting}
        for line in LINES:
            level = each.result[line]
            rows[number] = Pooled(number, each.who, line, True, level is not None, level)
            number += 1
        waiting = {row.participation_id for row in rows.values() if row.waiting}
        settled = settle([row for row in rows.values() if row.participation_id in waiting])
        assert not settled.counted & settled.gone
        counted = {rows[id].participation_id for id in settled.counted}
        dropped = {rows[id].participation_id for id in settled.gone if rows[id].waiting} - counted
        rows = {
            id: replace(row, waiting=row.waiting and id not in settled.counted)
            for id, row in rows.items()
            if id not in settled.gone
        }
        moments.append(Moment(told(rows.values()), frozenset(counted), frozenset(dropped)))
    return moments


def told(rows: Iterable[Pooled]) -> Told:
    counts: dict[str, Counter[str | None]] = {line: Counter() for line in LINES}
    for row in rows:
        if not row.waiting:
            assert row.scored
            counts[row.category][row.level] += 1
    return tuple((line, tuple(sorted(levels.items(), key=str))) for line, levels in counts.items())


@st.composite
def histories(draw: st.DrawFn) -> list[Completion]:
    """Everybody once, then some again, in any order. The first ones are often alike in some line: that is where
    something could be told."""
    usual = st.sampled_from([LEVELS[0], LEVELS[0], *LEVELS])
    size = draw(st.integers(BATCH, BATCH + 4))
    order = [*range(size), *draw(st.lists(st.integers(0, size - 1), max_size=30))]
    alike_in = draw(st.sampled_from([(), ("energie",), (WHOLE, "dechets")]))
    alike_until = draw(st.integers(BATCH - 1, BATCH + 2))
    all_concerned = draw(st.booleans())
    history = []
    for place, who in enumerate(order):
        result = {line: draw(usual) for line in LINES}
        result.update({line: LEVELS[0] for line in alike_in if place < alike_until})
        if not all_concerned and draw(st.integers(0, 9)) == 0:
            result["dechets"] = None
        history.append(Completion(who, result))
    return history


def standing(history: Sequence[Completion], moment: int) -> dict[int, int]:
    """The place in the history of each structure's last result until then."""
    return {each.who: place for place, each in enumerate(history[: moment + 1])}


def pages(history: Sequence[Completion]) -> list[Told]:
    return [each.told for each in play(history)]


@settings(max_examples=150, deadline=None)
@given(histories())
def test_a_result_that_is_counted_could_be_that_of_another_at_another_level(history: list[Completion]) -> None:
    moments = play(history)
    for at, moment in enumerate(moments):
        if not moment.counted:
            continue
        assert len(moment.counted) >= BATCH
        event("counted")
        last = standing(history, at)
        # Until one of them counts anew.
        ends = [later for later in range(at + 1, len(moments)) if moments[later].counted & moment.counted]
        until = ends[0] if ends else len(moments)
        for line in LINES:
            levels = {history[last[who]].result[line] for who in moment.counted}
            if levels == {None}:
                continue
            assert len(levels) > 1, "nobody is alone of their kind: there is somebody to be exchanged with"
            one = min(moment.counted)
            other = next(
                who for who in moment.counted if history[last[who]].result[line] != history[last[one]].result[line]
            )
            exchanged = list(history)
            exchanged[last[one]] = Completion(one, history[last[other]].result)
            exchanged[last[other]] = Completion(other, history[last[one]].result)
            assert pages(exchanged)[:until] == [each.told for each in moments][:until]


@settings(max_examples=150, deadline=None)
@given(histories(), st.fixed_dictionaries({line: st.sampled_from(LEVELS) for line in LINES}))
def test_a_result_that_is_not_counted_could_be_any(history: list[Completion], any_result: Result) -> None:
    moments = play(history)
    for at, moment in enumerate(moments):
        if moment.dropped:
            event("dropped")
            last = standing(history, at)
            other = list(history)
            for who in moment.dropped:
                other[last[who]] = Completion(who, any_result)
            assert pages(other) == [each.told for each in moments]


@settings(max_examples=100, deadline=None)
@given(histories(), st.fixed_dictionaries({line: st.sampled_from(LEVELS) for line in LINES}))
def test_a_result_that_waits_could_be_any(history: list[Completion], any_result: Result) -> None:
    before = pages(history)
    settled = frozenset().union(*(each.counted | each.dropped for each in play(history)[-1:]))
    assume(history[-1].who not in settled)
    other = [*history[:-1], Completion(history[-1].who, any_result)]
    assert pages(other) == before


@settings(max_examples=150, deadline=None)
@given(histories())
def test_what_a_page_gains_or_loses_at_once_is_of_ten_at_least(history: list[Completion]) -> None:
    before: Mapping[str, Counter[str | None]] = {line: Counter() for line in LINES}
    for moment in play(history):
        after = {line: Counter(dict(levels)) for line, levels in moment.told}
        for line in LINES:
            gained, lost = after[line] - before[line], before[line] - after[line]
            if gained or lost:
                assert len(moment.counted) >= BATCH
                total = abs(after[line].total() - before[line].total())
                assert total == 0 or total >= BATCH
                assert not (gained.total() >= BATCH and len(gained) == 1 and not lost)
        before = after
