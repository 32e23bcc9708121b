"""Which figures may be told of a group."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from assett.followup.groups import Tally, group


def tally(level: str, shared: bool, *ratios: str) -> Tally:
    return Tally(level, shared, len(ratios), sum(map(Decimal, ratios), Decimal(0)))


def test_five_organizations_have_figures() -> None:
    of = group([tally("bas", True, "0.1", "0.2", "0.3"), tally("haut", True, "0.9", "1")])
    assert of.count == 5
    assert of.mean == Fraction(1, 2)
    assert of.levels == {"bas": 3, "haut": 2}


def test_four_have_none() -> None:
    of = group([tally("bas", True, "0.1", "0.2", "0.3", "0.4")])
    assert not of.told
    assert of.count == 0
    assert of.levels == {}


def test_a_few_who_do_not_share_are_left_out_for_they_could_be_worked_out() -> None:
    of = group([tally("bas", True, *["0.2"] * 6), tally("haut", False, *["0.9"] * 4)])
    assert (of.count, of.left_out) == (6, 4)
    assert of.mean == Fraction(1, 5)
    assert "haut" not in of.levels


def test_too_few_who_share_have_no_figures_even_beside_others() -> None:
    assert not group([tally("bas", True, *["0.2"] * 4), tally("haut", False, *["0.9"] * 4)]).told


def test_five_who_do_not_share_disappear_in_their_number() -> None:
    of = group([tally("bas", True, "0.5"), tally("haut", False, *["0.5"] * 5)])
    assert (of.count, of.left_out) == (6, 0)
    assert of.levels == {"bas": 1, "haut": 5}


def test_nobody_is_no_group() -> None:
    assert not group([]).told
