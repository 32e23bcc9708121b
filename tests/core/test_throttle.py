"""Tries are counted exactly, however many come at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assett.core.throttle import Limit, Throttle, TooManyTries, counting_wrong, network, sweep

MINUTE, QUARTER, DAY = timedelta(minutes=1), timedelta(minutes=15), timedelta(days=1)
TEN = Limit("test", "Ana@example.org", tries=10, per=QUARTER, hold=QUARTER, longest=QUARTER)
SLOWER = Limit("test.slower", "ana@example.org", tries=3, per=DAY, hold=MINUTE, longest=QUARTER)


class Wrong(Exception):
    pass


def guess(*limits: Limit, right: bool = False) -> str:
    """What becomes of one try."""
    try:
        with counting_wrong(limits, Wrong):
            if not right:
                raise Wrong
    except Wrong:
        return "wrong"
    except TooManyTries:
        return "held"
    return "right"


def count(owner: Session, limit: Limit) -> int | None:
    owner.commit()
    return owner.scalar(select(Throttle.count).where(Throttle.key == limit.key))


def later(owner: Session, wait: timedelta) -> None:
    """As if that time had passed."""
    owner.execute(update(Throttle).values(until=Throttle.until - wait, held_until=Throttle.held_until - wait))
    owner.commit()


def at_once(app: Flask, times: int, work: Callable[[], str]) -> list[str]:
    start, outcomes = threading.Barrier(times), []

    def run() -> None:
        with app.app_context():
            start.wait()
            outcomes.append(work())

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_ten_wrong_tries_then_a_wait_whose_end_opens_again(app: Flask, owner: Session) -> None:
    with app.app_context():
        assert [guess(TEN) for _ in range(11)] == ["wrong"] * 10 + ["held"]
        assert guess(TEN, right=True) == "held"
        later(owner, QUARTER)
        assert guess(TEN) == "wrong" and count(owner, TEN) == 1


def test_a_held_try_does_not_lengthen_the_wait(app: Flask, owner: Session) -> None:
    with app.app_context():
        for _ in range(10):
            guess(TEN)
        later(owner, timedelta(minutes=14))
        for _ in range(3):
            with pytest.raises(TooManyTries) as held, counting_wrong([TEN], Wrong):
                pass
            assert timedelta() < held.value.wait <= MINUTE
        assert count(owner, TEN) == 10


def test_right_tries_never_count(app: Flask, owner: Session) -> None:
    with app.app_context():
        assert [guess(TEN, right=True) for _ in range(30)] == ["right"] * 30
        for _ in range(9):
            guess(TEN)
        assert [guess(TEN, right=True) for _ in range(3)] == ["right"] * 3
        assert (guess(TEN), guess(TEN)) == ("wrong", "held")


def test_an_error_of_ours_is_no_wrong_try(app: Flask, owner: Session) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError), counting_wrong([TEN], Wrong):
            raise ZeroDivisionError
        assert count(owner, TEN) == 0


def test_each_further_wrong_try_waits_twice_as_long_up_to_a_limit(app: Flask, owner: Session) -> None:
    waits = []
    with app.app_context():
        for _ in range(2):
            guess(SLOWER)
        for _ in range(7):
            assert guess(SLOWER) == "wrong"
            with pytest.raises(TooManyTries) as held, counting_wrong([SLOWER], Wrong):
                pass
            waits.append(round(held.value.wait / MINUTE))
            later(owner, held.value.wait + timedelta(seconds=1))
        assert waits == [1, 2, 4, 8, 15, 15, 15]
        # The right one gets in between two waits, and leaves none behind.
        assert [guess(SLOWER, right=True) for _ in range(2)] == ["right"] * 2


def test_one_limit_that_holds_keeps_the_others_from_counting(app: Flask, owner: Session) -> None:
    with app.app_context():
        for _ in range(3):
            guess(SLOWER)
        assert guess(TEN, SLOWER) == "held"
        assert count(owner, TEN) is None


def test_tries_at_once_are_as_many_as_one_after_the_other(app: Flask, owner: Session) -> None:
    outcomes = [outcome for _ in range(4) for outcome in at_once(app, 8, lambda: guess(TEN, SLOWER))]
    assert (outcomes.count("wrong"), outcomes.count("held")) == (3, 29)
    assert count(owner, TEN) == 3


def test_right_and_wrong_tries_at_once_count_the_wrong_ones(app: Flask, owner: Session) -> None:
    turns = iter([False, True] * 4)
    outcomes = at_once(app, 8, lambda: guess(TEN, right=next(turns)))
    assert sorted(outcomes) == ["right"] * 4 + ["wrong"] * 4
    assert count(owner, TEN) == 4


def test_a_hold_that_a_right_try_brought_about_ends_with_it(app: Flask, owner: Session) -> None:
    """Nine wrong ones, then two at once: the right one is the tenth only until it has proved right."""
    with app.app_context():
        for _ in range(9):
            guess(TEN)
        with counting_wrong([TEN], Wrong):
            assert guess(TEN) == "held"
        assert (guess(TEN), guess(TEN)) == ("wrong", "held")


def test_what_still_holds_is_not_swept(app: Flask, owner: Session) -> None:
    with app.app_context():
        for _ in range(10):
            guess(TEN)
    later(owner, timedelta(minutes=14))
    sweep(owner, {})
    assert count(owner, TEN) == 10
    later(owner, timedelta(minutes=2))
    sweep(owner, {})
    assert count(owner, TEN) is None


def test_an_address_of_a_household_stands_for_all_of_it() -> None:
    assert network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert network("2001:db8:1:3::1") != network("2001:db8:1:2::1")
    assert (network("192.0.2.7"), network(None), network("unix")) == ("192.0.2.7", "", "unix")
