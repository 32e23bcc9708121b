"""Past answers mixed: no grid whatsoever tells which of a group gave which answer, and the whole stays what it was."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assett.core.settings import ROOT
from assett.engine.answers import Answers
from assett.engine.compiled import Compiled, compile_document
from assett.engine.generated import generated
from assett.engine.mixing import GROUP, mixed, standings
from assett.engine.reading import read_document
from assett.engine.trial import trial
from assett.formats.files import load


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_document(read_document(load(ROOT / "questionnaires/socle-assett.yaml").tree))


def groups_of(compiled: Compiled, respondents: list[Answers], question: str) -> list[list[int]]:
    """Who is dealt with whom on a question, as the rule has it."""
    category = compiled.questions[question].category
    standing = standings(compiled, respondents)
    order = sorted(range(len(respondents)), key=lambda n: standing[n].get(category, standing[n].get(None, 0.0)))
    saw = [place for place in order if question not in respondents[place].hidden]
    count = len(saw) // GROUP
    return [saw[n * len(saw) // count : (n + 1) * len(saw) // count] for n in range(count)]


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(10, 60), st.data())
def test_two_of_a_group_may_have_answered_the_one_for_the_other(
    compiled: Compiled, seed: int, count: int, data: st.DataObject
) -> None:
    """What comes out is equal to the last answer, so that whatever a grid makes of it is equal too: that four others'
    answers are known changes nothing, since a group holds two more."""
    respondents = list(generated(compiled, count, seed))
    standing = standings(compiled, respondents)
    groups = {name: found for name in compiled.questions if (found := groups_of(compiled, respondents, name))}
    question = data.draw(st.sampled_from(list(groups)))
    group = data.draw(st.sampled_from(groups[question]))
    assert len(group) >= GROUP
    one, other = data.draw(st.lists(st.sampled_from(group), min_size=2, max_size=2, unique=True))
    exchanged = list(respondents)
    for place, theirs in ((one, other), (other, one)):
        given_there = respondents[theirs].visible.get(question)
        visible = {name: value for name, value in respondents[place].visible.items() if name != question}
        exchanged[place] = replace(
            respondents[place], visible=visible | ({question: given_there} if given_there is not None else {})
        )
    assert mixed(compiled, exchanged, standing) == mixed(compiled, respondents, standing)


def test_what_all_answer_to_a_question_stays_and_the_levels_nearly_so(compiled: Compiled) -> None:
    respondents = list(generated(compiled, 400, 3))
    after = mixed(compiled, respondents, standings(compiled, respondents))
    always = [each for each in compiled.questions if not any(each in names for _, names, _ in compiled.hiding)]
    for name in always:
        assert Counter(each.visible.get(name) for each in after) == Counter(
            each.visible.get(name) for each in respondents
        )
    before, mix = (trial(compiled, compiled, each) for each in (respondents, after))
    for one, other in zip((before.overall, *before.categories), (mix.overall, *mix.categories), strict=True):
        assert one.mean_after == pytest.approx(other.mean_after, abs=0.03)
        for level, mixed_level in zip(one.levels, other.levels, strict=True):
            assert abs((level.after or 0) - (mixed_level.after or 0)) <= 0.1 * len(respondents), one.title
    assert sum(each.visible == was.visible for each, was in zip(after, respondents, strict=True)) == 0


def test_what_fewer_than_a_group_saw_is_answered_by_nobody(compiled: Compiled) -> None:
    few = list(generated(compiled, GROUP - 1, 1))
    assert all(not each.visible for each in mixed(compiled, few, standings(compiled, few)))
