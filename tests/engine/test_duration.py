"""Minutes, told of a whole way and of its parts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assett.engine.duration import minutes, shared


@given(st.lists(st.integers(0, 2_000), max_size=12))
def test_the_minutes_of_the_parts_are_those_of_the_whole(parts: list[int]) -> None:
    found = shared(parts)
    assert [each > 0 for each in found] == [seconds > 0 for seconds in parts]
    assert sum(found) == minutes(parts) or (sum(found) > minutes(parts) and 1 in found)
    # No part is a minute longer or shorter than it is, but the shortest that are told at all.
    assert all(abs(each * 60 - seconds) < 60 for each, seconds in zip(found, parts, strict=True))


def test_what_is_left_over_goes_to_the_parts_that_lack_most_of_it() -> None:
    assert shared([90, 100, 110]) == (1, 2, 2)
    assert shared([20, 20, 0]) == (1, 1, 0)
