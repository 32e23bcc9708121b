"""An editor may aim a resource at one structure: what the page counts tells of nobody what they answered."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.organizations.models import Audience, Participation
from tests.linting import LintingClient
from tests.resources.arranging import NOW, Territory, answered, completed, national, territory
from tests.resources.test_base import FORM

# Five associations, of which an editor knows four: with the answer of the fifth they would be five, or four.
KNOWN, OTHERS = 4, 6
KINDS = ((), ("association",), ("company",))
VALUES = (("non",), ("oui",), ("non", "oui"))


def territory_where(client: LintingClient, target: str, other: str) -> Territory:
    """A space whose fifth association gave one answer, and a company, which stands beside it, another."""
    here = territory()
    answered(here.where, KNOWN, kind="association", suivi="non")
    answered(here.where, 1, kind="association", suivi=target)
    answered(here.where, 1, suivi=other)
    answered(here.where, OTHERS - 1, suivi="oui")
    here.enter(client, here.editor)
    return here


def reach(client: LintingClient, here: Territory, values: tuple[str, ...], kinds: tuple[str, ...]) -> str:
    of = {"for.0.of": "question/suivi", "for.0.was": "question/suivi", "for.0.is": list(values)}
    who = {"who.0.of": "profile/kind", "who.0.was": "profile/kind", "who.0.is": list(kinds)} if kinds else {}
    page = client.post(here.url("/nouvelle"), data={**FORM, "do": "show", **of, **who}).text
    found = re.search(r"data-reach>.*?<strong>(.*?)</strong>", page, re.S)
    assert found is not None
    return found[1]


def everything(client: LintingClient, here: Territory) -> list[str]:
    return [reach(client, here, values, kinds) for values, kinds in product(VALUES, KINDS)]


def test_two_who_stand_alike_may_have_answered_the_one_for_the_other(client: LintingClient, owner: Session) -> None:
    """Whatever the rule, it counts the same whichever of the two gave which answer."""
    told = everything(client, territory_where(client, target="non", other="oui"))
    assert told == everything(client, territory_where(client, target="oui", other="non"))


def test_an_answer_that_changed_between_two_readings_is_not_read(client: LintingClient, owner: Session) -> None:
    """The rule holds for four known structures and the one it is after: « moins de 5 » before, five after."""
    here = territory()
    answered(here.where, KNOWN, kind="association", suivi="non")
    (target,) = answered(here.where, 1, kind="association", suivi="oui")
    answered(here.where, OTHERS, suivi="oui")
    structure = owner.get_one(Participation, target.participation_id)
    here.enter(client, here.editor)
    aimed = (("non",), ("association",))
    before = reach(client, here, *aimed)
    completed(here.where, structure, "association", NOW + timedelta(days=1), suivi="non")
    assert before == reach(client, here, *aimed) == "Elle serait proposée à moins de 5 structures."
    assert reach(client, here, ("non",), ()).startswith("Elle serait proposée à environ 5 structures")


def test_on_the_whole_the_counts_are_right(client: LintingClient, owner: Session) -> None:
    here = territory()
    answered(here.where, 20, suivi="non", compost=False)
    answered(here.where, 30, suivi="oui", compost=True)
    answered(here.where, 10, kind="association", suivi="oui", compost=True)
    here.enter(client, here.editor)
    for values, kinds, count in (
        (("non",), (), 20),
        (("oui",), (), 40),
        (("non", "oui"), (), 60),
        (("non", "oui"), ("association",), 10),
        (("non", "oui"), ("company",), 50),
    ):
        said = f"Elle serait proposée à environ {count} structures, sur environ 60 qui ont un résultat"
        assert reach(client, here, values, kinds) == f"{said}\u00a0; en tête pour environ {count}."


@pytest.mark.parametrize(("count", "told"), [(9, False), (10, True)])
def test_nothing_is_told_below_ten_structures(client: LintingClient, owner: Session, count: int, told: bool) -> None:
    here = territory()
    answered(here.where, count, suivi="oui", frequence=4, part=100, tri=["papier"], compost=False)
    national("suivre", **{"for": [{"question": "suivi", "is": ["oui"]}]})
    here.enter(client, here.editor)
    assert ("proposée à environ 10 structures" in reach(client, here, ("oui",), ())) == told
    assert ("Trop peu de structures" in reach(client, here, ("oui",), ())) != told
    assert ("roposée à environ 10 structures" in client.get(here.url()).text) == told
    missing = client.get(here.url("/manques")).text
    assert ("Compostez-vous" in missing) == told
    assert ("Dès que dix structures auront un résultat" in missing) != told


def test_fewer_than_five_who_keep_their_scores_to_themselves_do_not_count(
    client: LintingClient, owner: Session
) -> None:
    here = territory()
    answered(here.where, 12, suivi="oui")
    shares = owner.scalars(select(Participation).where(Participation.space_id == here.space.id)).all()
    for each in shares:
        each.share_scores = Audience.AUTHORITY
    owner.commit()
    answered(here.where, 4, suivi="oui")
    here.enter(client, here.editor)
    assert "à environ 10 structures" in reach(client, here, ("oui",), ())
    answered(here.where, 1, suivi="oui")
    assert "à environ 15 structures" in reach(client, here, ("oui",), ())
