"""The search that forgives, apart from any page."""

from __future__ import annotations

import pytest
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from assett.core.search import find, folded, nearest
from assett.kernel.text import fold

TEXTS = {
    1: fold("Boulangerie-pâtisserie Martin, Poitiers"),
    2: fold("Menuiserie Martin, Ligugé"),
    3: fold("L’Œuvre d’été, atelier de couture"),
    4: fold("Le Fournil de la Grand’Rue, Chauvigny"),
    5: fold("Le Grand Café, rue haute"),
    6: fold("Coiffure L’Épi d’or, Vivonne"),
}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("martin", [1, 2]),
        ("MARTIN poitiers", [1]),
        ("boulangeries", [1]),
        ("oeuvre", [3]),
        ("œuvre d'été", [3]),
        ("menuisserie", [2]),
        ("menusierie", [2]),
        ("maritn", [1, 2]),
        ("de", [3, 4]),
        ("", [1, 2, 3, 4, 5, 6]),
        ("grande rue", [4]),
        ("GRANDE-RUE", [4]),
        ("fournil grande rue", [4]),
        ("fournil de la grande rue", [4]),
        ("grand'rue", [4, 5]),
        ("grand rue", [4, 5]),
        ("rue grande", [4]),
        ("grandrue", [4]),
        ("granderue", [4]),
        ("fournil grandrue", [4]),
        ("grnde rue", [4]),
        ("grande", [4, 5]),
        ("fournild", [4]),
        ("lepi", [6]),
        ("epi dor", [6]),
        ("four nil", [4]),
        ("menui serie martin", [2]),
        ("martin martin", [1, 2]),
        ("xyz", []),
        ("erie", []),
    ],
)
def test_words_are_found(typed: str, found: list[int]) -> None:
    assert find(typed, TEXTS).keys == found


SAINTS = {
    1: fold("Mairie de Saint-Georges-lès-Baillargeaux"),
    2: fold("Garage de St-Georges"),
    3: fold("Studio Georges, Stains"),
    4: fold("École Sainte-Anne"),
    5: fold("Boulangerie Ste Anne, St Benoît"),
    6: fold("ST Micro, Crolles"),
}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("st georges", [1, 2]),
        ("St-Georges", [1, 2]),
        ("Saint Georges", [1, 2]),
        ("st. goerges", [1, 2]),
        ("garage saint georges", [2]),
        ("sainte anne", [4, 5]),
        ("ste anne", [4, 5]),
        ("saint benoit", [5]),
        ("st micro", [6]),
        ("saint", [1, 2, 4, 5, 6]),
        # By itself, or before what is no saint's name, it is the beginning of a word as any other.
        ("st", [2, 3, 5, 6]),
        ("georges st", [2, 3]),
        ("crolles st", [6]),
        ("st studio", [3]),
    ],
)
def test_a_saint_is_found_in_whole_and_abbreviated(typed: str, found: list[int]) -> None:
    assert find(typed, SAINTS).keys == found


def test_a_word_that_exists_is_never_corrected() -> None:
    assert find("martin couture", TEXTS).keys == []
    assert find("martin couture", TEXTS).corrected == ()


@pytest.mark.parametrize(
    ("word", "near"),
    [("abc", []), ("gaer", ["gare"]), ("gaaar", []), ("boulongirie", ["boulangerie"]), ("baulongirie", [])],
)
def test_few_mistakes_are_forgiven_more_in_long_words(word: str, near: list[str]) -> None:
    assert nearest(word, ["boulangerie", "gare", "menuiserie"]) == near


@pytest.mark.parametrize("text", ["L’Œuvre d’été", "ÀÉÎÕÜ ç Ñ ÿ", "Straße Ærø", "Plain text", ""])
def test_sql_folds_as_python_does(owner: Session, text: str) -> None:
    assert fold(owner.scalars(select(folded(literal(text)))).one()) == fold(text)
