"""Scores that are not shared enter the figures five at a time, whatever happens in between."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assett.assessments import pool
from assett.assessments.models import PooledScore
from assett.organizations import service
from assett.organizations.models import Audience, Participation
from assett.organizations.service import Sharing
from assett.questionnaires.models import QuestionnaireVersion
from assett.spaces.models import Space
from tests.followup.arranging import RATIOS, again, structure

Counted = Mapping[str, Mapping[int, object]]
LEVELS = list(RATIOS)


def counted(owner: Session) -> Counted:
    """What the figures count of those who do not share: by category, the score of each."""
    rows = owner.execute(
        select(PooledScore.category, PooledScore.participation_id, PooledScore.ratio).where(~PooledScore.waiting)
    )
    found: dict[str, dict[int, object]] = {}
    for category, participation, ratio in rows:
        found.setdefault(category, {})[participation] = ratio
    return found


def moved(before: Counted, after: Counted) -> dict[str, set[int]]:
    """By category, the structures that do not count as they did."""
    return {
        category: {id for id in old.keys() | new.keys() if old.get(id) != new.get(id)}
        for category in before.keys() | after.keys()
        for old, new in [(before.get(category, {}), after.get(category, {}))]
        if old != new
    }


def share(owner: Session, participation: Participation, audience: Audience) -> None:
    service.share(owner, participation, Sharing(scores=audience, answers=Audience.NOBODY))
    owner.commit()


@pytest.fixture
def circle(space: Space) -> list[Participation]:
    return [structure(space, f"Discrète {number}", share=Audience.NOBODY) for number in range(7)]


@pytest.mark.parametrize("seed", range(3))
def test_no_history_lets_fewer_than_five_move_together(
    owner: Session, app: object, space: Space, version: QuestionnaireVersion, seed: int
) -> None:
    chance = Random(seed)
    audiences = [*[Audience.NOBODY] * 3, Audience.AUTHORITY]
    everyone = [structure(space, f"Structure {number}", share=chance.choice(audiences)) for number in range(12)]
    before, batches = counted(owner), 0
    for step in range(60):
        one = chance.choice(everyone)
        shared = one.share_scores != Audience.NOBODY
        if change := chance.random() < 0.1:
            share(owner, one, Audience.NOBODY if shared else Audience.AUTHORITY)
        else:
            # Not everybody is concerned by everything; no two scores are the same, so that every move shows.
            levels = {name: chance.choice([*LEVELS, None]) for name in ("energie", "dechets")}
            again(one, version, chance.choice(LEVELS), more=Decimal(step) / 1000, **levels)
        after = counted(owner)
        for who in moved(before, after).values():
            if change:
                assert who == {one.id}, "nobody but the one whose score can or could be read"
            else:
                assert not shared and one.id in who and len(who) >= pool.BATCH
                batches += 1
        before = after
    assert batches, "or nothing was tried"


def test_each_category_waits_for_its_own_five(
    owner: Session, circle: list[Participation], version: QuestionnaireVersion
) -> None:
    for number, each in enumerate(circle[:6]):
        again(each, version, "avance", energie="avance", **({"dechets": "debutant"} if number in {0, 5} else {}))
    assert {category: len(scores) for category, scores in counted(owner).items()} == {pool.WHOLE: 5, "energie": 5}
    for each in circle[2:5]:
        again(each, version, "debutant", dechets="avance")
    assert len(counted(owner)["dechets"]) == 5


def test_one_who_assesses_itself_again_and_again_waits_once(
    owner: Session, circle: list[Participation], version: QuestionnaireVersion
) -> None:
    for level in [*LEVELS, *LEVELS]:
        again(circle[0], version, level)
    for each in circle[1:4]:
        again(each, version, "avance")
    assert counted(owner) == {}
    again(circle[4], version, "avance")
    assert counted(owner)[pool.WHOLE][circle[0].id] == RATIOS["avance"]


def test_a_score_that_is_no_more_goes_with_four_others(
    owner: Session, circle: list[Participation], version: QuestionnaireVersion
) -> None:
    for each in circle[:5]:
        again(each, version, "avance", energie="avance", dechets=None)
    again(circle[6], version, "avance", energie=None)
    for place, each in enumerate(circle[:5], 1):
        again(each, version, "debutant", energie=None)
        assert len(counted(owner).get("energie", {})) == (5 if place < 5 else 0)
    assert "dechets" not in counted(owner)


def test_who_begins_to_share_leaves_and_who_stops_enters_with_what_was_read(
    owner: Session, app: object, circle: list[Participation], version: QuestionnaireVersion
) -> None:
    for each in circle[:5]:
        again(each, version, "avance")
    share(owner, circle[0], Audience.AUTHORITY)
    assert circle[0].id not in counted(owner)[pool.WHOLE]
    again(circle[0], version, "debutant")
    share(owner, circle[0], Audience.NOBODY)
    assert counted(owner)[pool.WHOLE][circle[0].id] == RATIOS["debutant"]
    # It waits for nobody, and nobody for it.
    before = counted(owner)
    for each in circle[1:5]:
        again(each, version, "intermediaire")
    assert counted(owner) == before
