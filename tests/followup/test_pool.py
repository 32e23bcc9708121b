"""Scores that are not shared enter the figures ten at a time, whatever happens in between."""

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
    return [structure(space, f"Discrète {number}", share=Audience.NOBODY) for number in range(12)]


@pytest.mark.parametrize("seed", range(2))
def test_no_history_lets_fewer_than_ten_move_together(
    owner: Session, app: object, space: Space, version: QuestionnaireVersion, seed: int
) -> None:
    chance = Random(seed)
    audiences = [*[Audience.NOBODY] * 3, Audience.AUTHORITY]
    everyone = [structure(space, f"Structure {number}", share=chance.choice(audiences)) for number in range(24)]
    before, batches = counted(owner), 0
    for step in range(120):
        one = chance.choice(everyone)
        shared = one.share_scores != Audience.NOBODY
        if change := chance.random() < 0.05:
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


LEVEL_OF = ["avance"] * 9 + ["debutant"]


def test_a_category_is_counted_with_the_whole_where_all_ten_have_a_score(
    owner: Session, circle: list[Participation], version: QuestionnaireVersion
) -> None:
    for number, each in enumerate(circle[:10]):
        assert counted(owner) == {}
        more = {"dechets": LEVEL_OF[number]} if number else {}
        again(each, version, LEVEL_OF[number], energie=LEVEL_OF[number], **more)
    assert {category: len(scores) for category, scores in counted(owner).items()} == {pool.WHOLE: 10, "energie": 10}
    assert owner.scalars(select(PooledScore.id).where(PooledScore.waiting)).all() == []


def test_ten_who_are_alike_anywhere_are_counted_nowhere(
    owner: Session, circle: list[Participation], version: QuestionnaireVersion
) -> None:
    for number, each in enumerate(circle[:10]):
        again(each, version, LEVEL_OF[number], energie="avance")
    assert owner.scalars(select(PooledScore.id)).all() == [], "nor do they wait for others"
    for each in circle[10:]:
        again(each, version, "debutant", energie="debutant")
    assert counted(owner) == {}
    # With their next result they wait like anybody.
    for number, each in enumerate(circle[:8]):
        again(each, version, "avance", energie=LEVELS[number % 2])
    assert len(counted(owner)[pool.WHOLE]) == len(counted(owner)["energie"]) == 10


def test_one_who_assesses_itself_again_and_again_waits_once(
    owner: Session, circle: list[Participation], version: QuestionnaireVersion
) -> None:
    for level in [*LEVELS, *LEVELS, *LEVELS, *LEVELS]:
        again(circle[0], version, level)
    for each in circle[1:9]:
        again(each, version, "debutant")
    assert counted(owner) == {}
    again(circle[9], version, "avance")
    assert counted(owner)[pool.WHOLE][circle[0].id] == RATIOS["avance"]


def test_what_is_counted_anew_is_of_ten_who_were_counted(
    owner: Session, circle: list[Participation], version: QuestionnaireVersion
) -> None:
    for number, each in enumerate(circle[:10]):
        again(each, version, LEVEL_OF[number], energie=LEVEL_OF[number])
    before = counted(owner)
    for each in [*circle[10:], *circle[1:10]]:
        again(each, version, "intermediaire", energie=None)
        assert counted(owner) == before
    # All ten at one level: what was counted of them stays.
    again(circle[0], version, "intermediaire", energie=None)
    assert counted(owner) == before
    for number, each in enumerate(circle[:10]):
        again(each, version, LEVELS[number % 2], energie=None)
    assert "energie" not in counted(owner), "ten leave it at once"
    assert set(counted(owner)[pool.WHOLE].values()) == {RATIOS["debutant"], RATIOS["intermediaire"]}


def test_a_result_without_a_score_changes_nothing(
    owner: Session, circle: list[Participation], version: QuestionnaireVersion
) -> None:
    for number, each in enumerate(circle[:10]):
        again(each, version, LEVEL_OF[number])
    before = counted(owner)
    for each in circle[:10]:
        again(each, version, None, energie="avance")
    assert counted(owner) == before


def test_who_begins_to_share_leaves_and_who_stops_enters_with_what_was_read(
    owner: Session, app: object, circle: list[Participation], version: QuestionnaireVersion
) -> None:
    for number, each in enumerate(circle[:10]):
        again(each, version, LEVEL_OF[number])
    share(owner, circle[0], Audience.AUTHORITY)
    assert circle[0].id not in counted(owner)[pool.WHOLE]
    again(circle[0], version, "debutant")
    share(owner, circle[0], Audience.NOBODY)
    assert counted(owner)[pool.WHOLE][circle[0].id] == RATIOS["debutant"]
    # It waits for nobody, and nobody for it.
    before = counted(owner)
    for number, each in enumerate(circle[1:10]):
        again(each, version, LEVELS[number % 2])
    assert counted(owner) == before
