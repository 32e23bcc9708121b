"""Versions side by side: what changed, what is carried, whose doing an evolution is, what a merge gives."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from assett.engine.carrying import carry
from assett.engine.changes import by_subject, differences
from assett.engine.compiled import compile_document
from assett.engine.document import Document, Level, Scale, Text
from assett.engine.drafting.pieces import drafted
from assett.engine.drafting.taking import brought_back
from assett.engine.evolution import evolution
from assett.engine.generated import Generator
from assett.engine.merging import Decision, comparable_questions, merge
from assett.engine.pairing import paired
from assett.engine.reading import read_document
from assett.engine.trial import trial
from assett.engine.writing import dump_document
from assett.formats.files import open_document
from assett.kernel.errors import InvalidDocument
from tests.engine.builders import Tree, answered, category, document, multiple, question, single

NATIONAL_BASE = Path(__file__).parents[2] / "questionnaires" / "socle-assett.yaml"


def read(*categories: Tree, **more: object) -> Document:
    return read_document(document(*categories, **more))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def messages(old: Document, new: Document) -> list[tuple[str, str]]:
    return [(each.id, plain(each.message)) for each in differences(old, new)]


# Differences


def test_differences_say_what_changed_of_a_question() -> None:
    choices = [{"id": "c0", "label": "Non"}, {"id": "c1", "label": "Oui", "points": 1}]
    one = question("q", "single", choices=choices, help="Comptez.", unknown=True)
    points = [choices[0], {"id": "c1", "label": "Oui", "points": 0.5}, {"id": "c2", "label": "Plus", "points": 2}]
    two = {**one, "choices": points, "weight": 2, "title": "Alors ?", "unknown": False}
    del two["help"]
    assert messages(read(category("k", one)), read(category("k", two))) == [
        ("q", "Intitulé (fr) : « q » → « Alors ? »"),
        ("q", "Aide (fr) : « Comptez. » → —"),
        ("q", "Ne propose plus « je ne sais pas »"),
        ("q", "Poids : 1 → 2"),
        ("q", "Points de la réponse « Oui » : 1 → 0,5"),
        ("q", "Réponse ajoutée : « Plus » (points : 2)"),
    ]


def test_a_question_moves_to_another_category_and_others_come_and_go() -> None:
    old = read(category("a", single("x", 0, 1), single("y", 0, 1)), category("b", single("z", 0, 1)))
    new = read(category("a", single("y", 0, 1)), category("b", single("x", 0, 1), single("w", 0, 1)))
    assert messages(old, new) == [
        ("x", "Passe de la catégorie « a » à « b »"),
        ("w", "Question ajoutée"),
        ("z", "Question retirée"),
    ]
    assert all(each.scoring for each in differences(old, new))
    assert [changed.id for changed in by_subject(differences(old, new))] == ["x", "w", "z"]


def test_a_renaming_is_one_difference_even_where_conditions_follow() -> None:
    shown = single("y", 0, 1, visible_if={"question": "x", "is": "c1"})
    old = read(category("k", single("x", 0, 1), shown))
    renamed = single("y", 0, 1, visible_if={"question": "x2", "is": "c1"})
    new = read(category("k", {**single("x2", 0, 1, was=["x"]), "title": "x"}, renamed))
    assert messages(old, new) == [("x2", "Identifiant : « x » → « x2 » (les réponses suivent)")]
    assert messages(new, old) == [("x", "Identifiant : « x2 » → « x » (les réponses suivent)")]


def test_a_text_is_reworded_in_the_language_that_changed() -> None:
    def titled(english: str) -> Document:
        asked = {**single("q", 0, 1), "title": {"fr": "Oui ?", "en": english}}
        return read(category("k", asked), languages=["fr", "en"])

    (found,) = differences(titled("Yes?"), titled("Really?"))
    assert (found.kind, found.key, found.language) == ("reworded", "title", "en")
    assert (found.before, found.after, found.scoring) == ("Yes?", "Really?", False)


def test_caps_levels_and_conditions() -> None:
    cap = {"if": {"question": "q", "is": "c0"}, "max": 0.4}
    old = read(category("k", single("q", 0, 1), caps=[cap]))
    levels = [{"id": "low", "from": 0, "label": "Bas"}, {"id": "high", "from": 0.6, "label": "Haut"}]
    new = read(category("k", single("q", 0, 1), caps=[{**cap, "max": 0.5}]), levels=levels)
    assert messages(old, new) == [
        ("essai", "Seuil du niveau « Haut » : 0,5 → 0,6"),
        ("k", "Plafond quand question: q, is: c0 : 0,4 → 0,5"),
    ]


# Carrying


def carried(old: Tree, new: Tree, value: object) -> Any:
    first, second = compile_document(read(category("k", old))), compile_document(read(category("k", new)))
    return carry(first, second, answered(first, {old["id"]: value}))


def test_an_answer_follows_its_question_and_its_choice() -> None:
    new = single("q2", 0, 1, was=["q"])
    new["choices"][1] |= {"id": "oui", "was": ["c1"]}
    gone = carried(single("q", 0, 1), new, "c1")
    assert gone.answers.values == {"q2": "oui"}
    assert gone.kept == {"q": "q2"}
    assert gone.missing == ()


@pytest.mark.parametrize(
    ("old", "new", "value", "reason"),
    [
        (single("q", 0, 1), single("other", 0, 1), "c1", "removed"),
        (single("q", 0, 1), question("q", "boolean"), "c1", "type"),
        (single("q", 0, 1, 2), single("q", 0, 1), "c2", "choice"),
        (single("q", 0, 1, unknown=True), single("q", 0, 1), "?", "not_offered"),
        (question("q", "scale", max=4), question("q", "scale", max=10), 4, "scale"),
        (question("q", "number", unit="km"), question("q", "number", unit="m"), 4, "unit"),
        (question("q", "number"), question("q", "number", max=3), 4, "refused"),
    ],
)
def test_what_would_mean_something_else_is_asked_again(old: Tree, new: Tree, value: object, reason: str) -> None:
    gone = carried(old, new, value)
    assert gone.answers.values == {}
    assert [(lost.reason, lost.value, lost.partly) for lost in gone.lost] == [(reason, value, False)]
    assert gone.lost[0].message


def test_several_choices_follow_as_far_as_they_can() -> None:
    gone = carried(multiple("q", 1, 1, 1), multiple("q", 1, 1), ["c0", "c2"])
    assert gone.answers.values == {"q": ("c0",)}
    assert [(lost.value, lost.partly, plain(lost.message)) for lost in gone.lost] == [
        (("c2",), True, "ce choix n’existe plus : Choix 2")
    ]


def test_of_two_questions_that_became_one_the_first_listed_answers() -> None:
    first = compile_document(read(category("k", single("a", 0, 1), single("b", 0, 1))))
    second = compile_document(read(category("k", single("c", 0, 1, was=["b", "a"]))))
    gone = carry(first, second, answered(first, {"a": "c0", "b": "c1"}))
    assert gone.answers.values == {"c": "c1"}
    assert [(lost.question.id, lost.reason) for lost in gone.lost] == [("a", "taken")]


# Evolution


def test_you_and_the_grid_are_told_apart() -> None:
    old = compile_document(read(category("k", single("a", 0, 1), single("b", 0, 1))))
    new = compile_document(read(category("k", single("a", 0, 1, 4), single("b", 0, 1), single("c", 0, 5))))
    before = answered(old, {"a": "c1", "b": "c0"})
    after = answered(new, {"a": "c1", "b": "c1", "c": "c1"})
    share = evolution(old, before, new, after).overall
    # 1/2 before; 1 + 0 + 5 (a new question, as it is answered today) out of 10; then 7/10.
    assert (share.before, share.middle, share.after) == (Fraction(1, 2), Fraction(6, 10), Fraction(7, 10))
    assert (share.you, share.grid, share.total) == (Fraction(1, 10), Fraction(1, 10), Fraction(1, 5))
    shown = share.shown(Scale())
    assert shown is not None
    assert (str(shown.total), str(shown.you), str(shown.grid)) == ("1.0", "0.5", "0.5")


def test_what_a_middle_version_alone_renamed_is_found() -> None:
    old, middle, new = (
        compile_document(read(category("k", each, single("z", 0, 1))))
        for each in (single("a", 0, 1), single("b", 0, 1, was=["a"]), single("c", 0, 1, was=["b"]))
    )
    before, after = answered(old, {"a": "c1", "z": "c0"}), answered(new, {"c": "c0", "z": "c0"})
    told = evolution(old, before, new, after, (middle,)).overall
    assert (told.you, told.grid) == (Fraction(-1, 2), 0)
    assert evolution(old, before, new, after).overall.you == 0, "else its answer of today stands for it"


def renamed_twice() -> list[Document]:
    """A question, its choice and an entry of the profile that two versions renamed, each naming its last name only."""

    def version(name: str, was: list[str]) -> Document:
        asked = single(name, 0, 1, **({"was": was} if was else {}))
        asked["choices"][1] |= {"id": f"oui-{name}"} | ({"was": [f"oui-{each}" for each in was]} if was else {})
        entry = single(f"p-{name}", 0, 0) | ({"was": [f"p-{each}" for each in was]} if was else {})
        for choice in entry["choices"]:
            choice.pop("points", None)
        return read(category("k", asked, single("z", 0, 1)), profile=[entry])

    return [version("a", []), version("b", ["a"]), version("c", ["b"])]


def test_an_older_version_brought_back_knows_its_names_since() -> None:
    first, second, third = renamed_twice()
    tree = brought_back(drafted(dump_document(first)), first, [second, third])
    again = read_document(tree)
    asked, entry = again.questions[0], again.profile[0]
    assert (asked.id, asked.was, asked.choices[1].was) == ("a", ("c", "b"), ("oui-c", "oui-b"))
    assert (entry.was, again.questions[1].was) == (("p-c", "p-b"), ())
    for version, name in ((second, "b"), (third, "c")):
        old = compile_document(version)
        carried = carry(old, compile_document(again), answered(old, {name: f"oui-{name}"}))
        assert carried.answers.values == {"a": "oui-a"}
    assert brought_back(tree, again, []) == tree


def test_a_name_that_is_another_s_stays_with_it() -> None:
    first = read(category("k", single("a", 0, 1), single("z", 0, 1, was=["b"])))
    second = read(category("k", single("b", 0, 1, was=["a"]), single("z", 0, 1)))
    tree = drafted(dump_document(first))
    assert brought_back(tree, first, [second]) == tree


def test_a_new_category_has_no_evolution() -> None:
    old = compile_document(read(category("k", single("a", 0, 1))))
    new = compile_document(read(category("k", single("a", 0, 1)), category("l", single("b", 0, 1))))
    told = evolution(old, answered(old, {"a": "c1"}), new, answered(new, {"a": "c1", "b": "c0"}))
    share = told.category("l")
    assert share is not None
    assert (share.total, share.you, share.grid) == (None, None, None)
    assert (told.overall.you, told.overall.grid) == (0, Fraction(-1, 2))


# Merging


def asked(title: str = "q", **more: object) -> Tree:
    return {**single("q", 0, 1, **more), "title": title}


def test_changes_that_go_together_are_put_together() -> None:
    base, theirs = read(category("k", asked())), read(category("k", asked("Mieux ?"), single("neuve", 0, 1)))
    mine = read(category("k", single("locale", 0, 1), asked(weight=2)))
    merged = merge(base, theirs, mine)
    assert merged.conflicts == ()
    statuses = {piece.path: piece.status for piece in merged.pieces if piece.subject == "question"}
    assert statuses == {"questions.q": "both", "questions.neuve": "theirs", "questions.locale": "mine"}
    document = merged.apply()
    assert [q.id for q in document.questions] == ["locale", "q", "neuve"]
    assert (str(document.questions[1].title), document.questions[1].weight) == ("Mieux ?", 2)


@pytest.mark.parametrize(("decision", "title"), [("take", "Leur titre"), ("keep", "Mon titre")])
def test_a_conflict_shows_both_sides_and_is_decided(decision: Decision, title: str) -> None:
    sides = (read(category("k", asked(each))) for each in ("q", "Leur titre", "Mon titre"))
    merged = merge(*sides)
    (conflict,) = merged.conflicts
    assert (conflict.path, conflict.conflicts) == ("questions.q", ("title",))
    with pytest.raises(InvalidDocument) as refused:
        merged.apply()
    assert [problem.path for problem in refused.value.problems] == ["questions.q"]
    assert str(merged.apply({"questions.q": decision}).questions[0].title) == title


def test_taking_theirs_leaves_what_they_did_not_touch() -> None:
    texts = {"fr": "q", "en": "q in English"}
    base = read(category("k", asked(help="Comptez.")), languages=["fr", "en"])
    theirs = read(category("k", {**asked(), "title": "Leur titre", "help": "Comptez bien."}), languages=["fr", "en"])
    mine = read(
        category("k", {**asked(weight=6, help="Comptez."), "title": {**texts, "fr": "Mon titre"}}),
        languages=["fr", "en"],
    )
    merged = merge(base, theirs, mine)
    (conflict,) = (piece for piece in merged.conflicts if piece.path == "questions.q")
    assert conflict.conflicts == ("title",)
    for decision, title in (("yield", "Leur titre"), ("merge", "Mon titre")):
        (found,) = merged.apply({piece.path: decision for piece in merged.pieces}).questions  # type: ignore[misc]
        assert dict(found.title) == {"fr": title, "en": "q in English"}
        assert (found.weight, str(found.help)) == (6, "Comptez bien.")


def test_what_is_answered_goes_together_within_a_type() -> None:
    def scale(**more: object) -> Document:
        return read(category("k", question("q", "scale", **{"max": 4, "max_points": 1, **more})))

    merged = merge(scale(), scale(max=10), scale(max_points=3))
    assert merged.conflicts == ()
    (found,) = merged.apply().questions
    assert (found.max, found.max_points) == (10, 3)
    merged = merge(scale(), scale(max=10), scale(labels={"4": "Tout"}))
    assert merged.conflicts[0].conflicts == ("max", "labels")


def test_caps_are_merged_one_by_one() -> None:
    def capped(*caps: tuple[str, float]) -> Document:
        return read(
            category("k", single("q", 0, 1, 2), caps=[{"if": {"question": "q", "is": c}, "max": m} for c, m in caps])
        )

    base, theirs, mine = capped(("c0", 0.5)), capped(("c0", 0.4)), capped(("c0", 0.5), ("c1", 0.8))
    merged = merge(base, theirs, mine)
    assert merged.conflicts == ()
    assert [cap.max for cap in merged.apply().categories[0].caps] == [Fraction(2, 5), Fraction(4, 5)]
    merged = merge(base, theirs, capped(("c0", 0.3), ("c1", 0.8)))
    for decision, most in (("yield", Fraction(2, 5)), ("merge", Fraction(3, 10))):
        found = merged.apply({"categories.k.caps": decision}).categories[0].caps  # type: ignore[dict-item]
        assert [cap.max for cap in found] == [most, Fraction(4, 5)]


def test_a_question_taken_away_there_and_changed_here_is_a_conflict() -> None:
    base, mine = (
        read(category("k", asked(), single("r", 0, 1))),
        read(category("k", asked("Mon titre"), single("r", 0, 1))),
    )
    theirs = read(category("k", single("r", 0, 1)))
    merged = merge(base, theirs, mine)
    assert [piece.path for piece in merged.conflicts] == ["questions.q"]
    assert [q.id for q in merged.apply({"questions.q": "take"}).questions] == ["r"]
    assert [q.id for q in merged.apply({"questions.q": "keep"}).questions] == ["q", "r"]


def test_my_conditions_follow_what_they_rename() -> None:
    local = single("locale", 0, 1, visible_if={"question": "q", "is": "c1"})
    base, mine = read(category("k", asked())), read(category("k", asked(), local))
    theirs = read(category("k", {**asked(), "id": "q2", "was": ["q"]}))
    merged = merge(base, theirs, mine).apply()
    assert [q.id for q in merged.questions] == ["q2", "locale"]
    assert merged.questions[0].was == ("q",)


def test_a_question_renamed_on_both_sides_loses_nobodys_answers() -> None:
    sides = [
        read(category("k", asked())),
        *(read(category("k", {**asked(), "id": n, "was": ["q"]})) for n in ("t", "m")),
    ]
    (merged,) = merge(*sides).apply().questions
    assert (merged.id, set(merged.was)) == ("t", {"q", "m"})


def test_what_cannot_stand_together_is_a_problem() -> None:
    base = read(category("k", asked(), single("r", 0, 1)))
    theirs = read(category("k", single("r", 0, 1)))
    mine = read(category("k", asked(), single("r", 0, 1, visible_if={"question": "q", "is": "c1"})))
    with pytest.raises(InvalidDocument) as refused:
        merge(base, theirs, mine).apply()
    assert [problem.path for problem in refused.value.problems] == ["categories[0].questions[0].visible_if.question"]


def test_a_decision_on_nothing_is_a_problem() -> None:
    base = read(category("k", asked()))
    with pytest.raises(InvalidDocument):
        merge(base, base, base).apply({"questions.absente": "take"})


def test_questions_stay_comparable_while_they_ask_the_same() -> None:
    upstream = read(category("k", asked(), single("r", 0, 1), single("s", 0, 1)))
    own = read(
        category("k", asked(help="Chez nous."), single("r", 0, 2), {**single("s2", 0, 1), "title": "s", "was": ["s"]})
    )
    assert comparable_questions(upstream, own) == {"q", "s2"}


# The trial bench


def test_a_trial_shows_who_moves_and_what_is_lost() -> None:
    old = compile_document(read(category("k", single("a", 0, 1), single("b", 0, 1))))
    new = compile_document(read(category("k", single("a", 0, 3), question("b", "boolean"))))
    answers = [answered(old, {"a": "c1", "b": "c0"}), answered(old, {"a": "c0", "b": "c1"}), answered(old, {"a": "c0"})]
    shown = trial(old, new, answers)
    assert (shown.respondents, shown.untouched) == (3, 1)
    assert (shown.overall.up, shown.overall.down, shown.overall.same, shown.overall.apart) == (0, 1, 2, 0)
    assert [(level.id, level.before, level.after) for level in shown.overall.levels] == [
        ("low", 1, 2),
        ("high", 2, 1),
        (None, 0, 0),
    ]
    assert [(lost.question.id, lost.reason, lost.count) for lost in shown.lost] == [("b", "type", 2)]
    a, b = shown.questions
    assert (a.question.id, a.asked, a.answered, a.mean) == ("a", 3, 1.0, pytest.approx(1 / 3))
    assert a.spread == pytest.approx(2 * (2 / 9) ** 0.5)
    assert (b.question.id, b.answered, b.spread, b.discriminates) == ("b", 0.0, None, False)


def test_five_thousand_assessments_of_the_national_base_are_tried_in_seconds() -> None:
    compiled = compile_document(open_document(NATIONAL_BASE))
    respondents = list(Generator(compiled, 1).respondents(5000))
    started = process_time()
    shown = trial(compiled, compile_document(compiled.document), respondents)
    # About 0.6 s by itself; the bound of the product.
    assert process_time() - started < 5
    assert shown.respondents == shown.untouched == shown.overall.same == 5000


def test_a_trial_counts_levels_in_the_order_of_their_grid() -> None:
    def grid(*names: str) -> list[Tree]:
        return [{"id": each, "from": place / 10, "label": each} for place, each in enumerate(names)]

    old = compile_document(read(category("k", single("a", 0, 1), levels=grid("a", "b", "c", "d"))))
    new = compile_document(read(category("k", single("a", 0, 1), levels=grid("a", "c", "d"))))
    shift = trial(old, new, [answered(old, {"a": "c1"})]).categories[0]
    assert [each.id for each in shift.levels] == ["a", "c", "b", "d", None]


def grid_of(*levels: tuple[str, int], names: str = "") -> tuple[Level, ...]:
    """Levels of these ids, from so many per cent up, called as they are named or by the letters of ``names``."""
    called = names or [name for name, _ in levels]
    return tuple(
        Level(name, Fraction(start, 100), Text((("fr", label),)))
        for (name, start), label in zip(levels, called, strict=True)
    )


def test_a_level_of_one_grid_alone_is_placed_by_those_beside_it() -> None:
    old = grid_of(("a", 0), ("b", 30), ("c", 60))
    pairing = paired(old, grid_of(("a", 0), ("x", 20), ("c", 80)))
    assert pairing.basis == "id"
    moves = {(was, now): pairing.move(was, now) for was in "abc" for now in "axc"}
    assert moves == {
        **{("a", "a"): 0, ("a", "x"): 1, ("a", "c"): 1},
        **{("b", "a"): -1, ("b", "x"): None, ("b", "c"): 1},
        **{("c", "a"): -1, ("c", "x"): -1, ("c", "c"): 0},
    }


def test_levels_are_the_same_by_id_by_name_or_where_every_one_begins_alike() -> None:
    old = grid_of(("a", 0), ("b", 30), ("c", 60))
    assert paired(old, grid_of(("n", 0), ("o", 40), names="AB")).pairs == {"a": "n", "b": "o"}
    assert paired(old, grid_of(("n", 0), ("o", 30), ("p", 60))).basis == "place"
    # The first levels both begin at nothing: that makes them no match.
    for other in (grid_of(("n", 0), ("o", 30)), grid_of(("n", 0), ("o", 31), ("p", 60))):
        assert paired(old, other).basis is None and paired(old, other).move("a", "o") is None
    # In another order, none is known to be above another.
    shuffled = paired(old, grid_of(("c", 0), ("b", 30), ("a", 70)))
    assert len(shuffled.pairs) == 3 and shuffled.basis is None and shuffled.move("a", "b") is None


def test_nobody_rises_to_a_level_that_only_begins_higher() -> None:
    def grid(*starts: float) -> list[Tree]:
        return [
            {"id": f"l{len(starts)}{place}", "from": start, "label": f"{len(starts)} : {start}"}
            for place, start in enumerate(starts)
        ]

    old = compile_document(read(category("k", single("a", 0, 1), levels=grid(0))))
    new = compile_document(read(category("k", single("a", 0, 1), levels=grid(0, 0.5))))
    shift = trial(old, new, [answered(old, {"a": "c1"}), answered(old, {"a": "c0"})]).categories[0]
    assert (shift.up, shift.down, shift.same, shift.unlike, shift.basis) == (0, 0, 0, 2, None)
    assert [(each.before, each.after) for each in shift.levels] == [(None, 1), (2, None), (None, 1), (0, 0)]
