"""Which figures may be told of a group."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from assett.followup.groups import Kept, Tally, group

SHARED, COUNTED, LEFT_OUT = Kept


def tally(level: str, kept: Kept, *ratios: str) -> Tally:
    return Tally(level, kept, len(ratios), sum(map(Decimal, ratios), Decimal(0)))


def test_five_organizations_have_figures() -> None:
    of = group([tally("bas", SHARED, "0.1", "0.2", "0.3"), tally("haut", SHARED, "0.9", "1")])
    assert of.count == 5
    assert of.mean == Fraction(1, 2)
    assert of.levels == {"bas": 3, "haut": 2}


def test_four_have_none() -> None:
    of = group([tally("bas", SHARED, "0.1", "0.2", "0.3", "0.4")])
    assert not of.told
    assert of.count == 0
    assert of.levels == {}


def test_a_few_who_do_not_share_are_left_out_for_they_could_be_worked_out() -> None:
    of = group([tally("bas", SHARED, *["0.2"] * 6), tally("moyen", COUNTED, "0.5"), tally("haut", COUNTED, *["1"] * 3)])
    assert (of.count, of.only_shared, of.some_left_out) == (6, True, True)
    assert of.mean == Fraction(1, 5)
    assert of.levels == {"bas": 6}


def test_too_few_who_share_have_no_figures_even_beside_others() -> None:
    assert not group([tally("bas", SHARED, *["0.2"] * 4), tally("haut", COUNTED, *["0.9"] * 4)]).told


def test_five_who_do_not_share_disappear_in_their_number() -> None:
    of = group([tally("bas", SHARED, "0.3"), tally("haut", COUNTED, *["0.9"] * 3), tally("bas", COUNTED, "0.2", "0.4")])
    assert (of.count, of.only_shared, of.some_left_out) == (6, False, False)
    assert of.levels == {"bas": 3, "haut": 3}


def test_what_is_told_hangs_on_how_many_they_are_and_never_on_what_they_scored() -> None:
    shared = tally("bas", SHARED, *["0.2"] * 5)
    alike = group([shared, tally("haut", COUNTED, *["0.9"] * 7)])
    mixed = group([shared, tally("haut", COUNTED, *["0.9"] * 6), tally("bas", COUNTED, "0.1")])
    assert (alike.count, alike.only_shared) == (mixed.count, mixed.only_shared) == (12, False)


def test_those_who_are_left_out_are_not_counted_and_it_is_known_that_there_are_some() -> None:
    of = group([tally("bas", SHARED, *["0.2"] * 5), tally("", LEFT_OUT, *["0"] * 9)])
    assert (of.count, of.levels, of.some_left_out) == (5, {"bas": 5}, True)


def test_nobody_is_no_group() -> None:
    assert not group([]).told
