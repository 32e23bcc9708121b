"""All that respondents may answer, as far as conditions can tell answers apart.

A question or a profile entry that a condition names is a *variable*. Its answers
fall into *outcomes*: answers that every test judges alike. A state gives some of the
variables an outcome; on it a condition holds, does not, or is still open, as in the
three-valued logic of Kleene (1938). With every variable given, nothing is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Final, TypeAlias

from assett.engine.compiled import Compiled, CompiledQuestion, passes
from assett.engine.document import AllOf, AnswerTest, AnyOf, Condition, Not, Question
from assett.engine.values import DECIMALS, LARGEST, UNKNOWN, Value, plain

DEEPEST: Final = 400
"""How many variables a search follows, at most."""
OPEN: Final = -1
"""The mask of an outcome of which it is not known which tests hold."""
LISTED: Final = 64
"""How many points an outcome lists, at most; of more, only the two ends."""
MOST_COMBINATIONS: Final = 2048
"""How many combinations of choices that tests tell apart are followed, at most."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Answers that every test judges alike.

    Bit n of ``mask`` says whether test n holds. ``earned`` are the units that they
    may earn, ascending, and all of them where it is ``whole``, else the two ends
    among others; empty where none is counted. ``exempt``: « non concerné » is one.
    """

    mask: int
    earned: tuple[int, ...] = ()
    whole: bool = True
    exempt: bool = False


HIDDEN: Final = Outcome(0)
"""What is not shown: no test holds, nothing is earned."""

State: TypeAlias = list[Outcome | None]
"""The outcome of each variable; ``None`` where it is still open."""
Holds: TypeAlias = Callable[[State], bool | None]
"""Whether a condition holds on a state; ``None`` where that is open."""


def outcomes(
    compiled: CompiledQuestion, tests: Sequence[AnswerTest] = (), complete: bool = True
) -> tuple[Outcome, ...]:
    """The outcomes of a visible question; of one that is not scored, without points.

    With ``complete``, a required question has an answer. An entry of the profile may
    always be left out: it is no part of what makes an assessment complete.
    """
    question = compiled.question
    found: dict[int, Outcome] = {}

    def add(mask: int, earned: Iterable[int], whole: bool = True, exempt: bool = False) -> None:
        known = found.get(mask, Outcome(mask))
        points = tuple(sorted({*known.earned, *(earned if compiled.earned is not None else ())}))
        whole = whole and known.whole
        if len(points) > LISTED:
            points, whole = (points[0], points[-1]), False
        found[mask] = Outcome(mask, points, whole, exempt or known.exempt)

    def mask_of(value: Value) -> int:
        return sum(1 << bit for bit, test in enumerate(tests) if passes(test, value))

    def earn(value: Value) -> tuple[int, ...]:
        worth = compiled.earned(value) if compiled.earned is not None else None
        return () if worth is None else (worth,)

    match question.type:
        case "single":
            for choice in question.choices:
                add(mask_of(choice.id), earn(choice.id))
        case "multiple":
            for mask, earned, whole in _combinations(compiled, mask_of):
                add(mask, earned, whole)
        case "boolean":
            for flag in (False, True):
                add(mask_of(flag), earn(flag))
        case "scale" | "number":
            for low, high, step in _segments(question, tests):
                ends = [plain(number * step) for number in (low, high)]
                if question.bands:
                    points, whole = earn(ends[0]), True
                elif high - low < LISTED:
                    points = tuple(p for n in range(low, high + 1) for p in earn(plain(n * step)))
                    whole = True
                else:
                    points = (*earn(ends[0]), *earn(ends[1]))
                    whole = len(set(points)) < 2
                add(mask_of(ends[0]), points, whole)
        case "date" | "text":
            for word in _words(question, tests):
                add(mask_of(word), ())
            if _has_others(question, tests):
                add(0, ())
    if question.unknown:
        add(0 if compiled.category is None else mask_of(UNKNOWN), (0,))
    if question.not_applicable:
        add(0, (), exempt=True)
    if not found or compiled.category is None or not (complete and question.required):
        add(0, (0,))
    if OPEN in found:
        return (merged(found.values()),)
    return tuple(found.values())


def merged(several: Iterable[Outcome]) -> Outcome:
    """One outcome that stands for any of several."""
    several = tuple(several)
    points = sorted({points for each in several for points in each.earned})
    return Outcome(OPEN, tuple(points), False, any(each.exempt for each in several))


def _combinations(
    compiled: CompiledQuestion, mask_of: Callable[[Value], int]
) -> Iterator[tuple[int, Iterable[int], bool]]:
    """Masks, points and whether these are whole, of what may be ticked together."""
    question = compiled.question
    scale = question.weight * compiled.unit if compiled.earned is not None else Fraction(0)

    def kept(points: int) -> int:
        return min(max(points, 0), compiled.best)

    worth = {choice.id: int(scale * choice.points) for choice in question.choices}
    together = [choice.id for choice in question.choices if not choice.exclusive]
    for choice in question.choices:
        if choice.exclusive:
            yield mask_of((choice.id,)), (kept(worth[choice.id]),), True
    counted = question.min_choices is not None or question.max_choices is not None
    most = question.max_choices if question.max_choices is not None else len(together)
    # By mask and number of ticks: the sums of points, only the ends of which are kept when there are many.
    sums: dict[tuple[int, int], tuple[set[int], bool]] = {(0, 0): ({0}, True)}
    for name in together:
        bits = mask_of((name,))
        for (mask, count), (points, whole) in list(sums.items()):
            if count >= most:
                continue
            key = (mask | bits, count + 1 if counted else 0)
            before, before_whole = sums.get(key, (set(), True))
            after = before | {each + worth[name] for each in points}
            whole = whole and before_whole
            if len(after) > LISTED:
                after, whole = {min(after), max(after)}, False
            sums[key] = after, whole
        if len(sums) > MOST_COMBINATIONS:
            lowest, highest = (sum(sign(points, 0) for points in worth.values()) for sign in (min, max))
            yield OPEN, (kept(lowest), kept(highest)), False
            return
    for (mask, count), (points, whole) in sums.items():
        if not counted or count >= (question.min_choices or 0):
            yield mask, map(kept, points), whole


def _segments(question: Question, tests: Sequence[AnswerTest]) -> Iterator[tuple[int, int, Fraction]]:
    """Runs of numbers that tests and bands do not tell apart: first, last, and step."""
    step = Fraction(1) if question.integer or question.type == "scale" else Fraction(1, 10**DECIMALS)
    low = ceil((question.min if isinstance(question.min, Fraction) else -LARGEST) / step)
    high = floor((question.max if isinstance(question.max, Fraction) else LARGEST) / step)
    starts = {low}
    for test in tests:
        if test.at_least is not None:
            starts.add(ceil(Fraction(test.at_least) / step))
        if test.at_most is not None:
            starts.add(floor(Fraction(test.at_most) / step) + 1)
        for value in test.values:
            if not isinstance(value, (str, tuple)):
                number = Fraction(value) / step
                starts |= {ceil(number), floor(number) + 1}
    starts |= {ceil(band.from_ / step) for band in question.bands if band.from_ is not None}
    inside = sorted(start for start in starts if low <= start <= high)
    for start, after in zip(inside, [*inside[1:], high + 1], strict=True):
        yield start, after - 1, step


def _words(question: Question, tests: Sequence[AnswerTest]) -> list[str]:
    """The texts and dates that tests name, those that can be answered."""
    named = dict.fromkeys(str(value) for test in tests for value in test.values if value != UNKNOWN)
    if question.type == "text":
        return [word for word in named if word.strip() and len(word) <= question.max_length]
    return list(named)


def _has_others(question: Question, tests: Sequence[AnswerTest]) -> bool:
    """Whether there are texts or dates beside those that tests name."""
    low, high = question.min, question.max
    if isinstance(low, date) and isinstance(high, date):
        return (high - low).days + 1 > len(_words(question, tests))
    return True


@dataclass(frozen=True, slots=True)
class Variable:
    """A question or a profile entry that conditions name, when it is visible."""

    gate: Condition
    visible: Holds
    outcomes: tuple[Outcome, ...]


class Space:
    """The variables of a document, in the order of the file, profile first.

    ``conditions`` are looked at beside every ``visible_if``. The visibility of a
    variable depends on earlier ones only.
    """

    def __init__(self, compiled: Compiled, conditions: Iterable[Condition] = (), complete: bool = True) -> None:
        document = compiled.document
        self.compiled = compiled
        self.complete = complete
        entries, questions, categories = document.profile, document.questions, document.categories
        # What a question is shown by: its category's condition, and its own.
        self.shown_by: dict[str, AllOf] = {
            question.id: AllOf(tuple(each for each in (category.visible_if, question.visible_if) if each is not None))
            for category in categories
            for question in category.questions
        }
        gates = {("question", name): gate for name, gate in self.shown_by.items()}
        for entry in entries:
            gates["profile", entry.id] = AllOf((entry.visible_if,) if entry.visible_if is not None else ())
        tests: dict[tuple[str, str], list[AnswerTest]] = {}
        every: list[Condition] = list(gates.values())
        every += [category.visible_if for category in categories if category.visible_if is not None]
        for test in (test for condition in (*every, *conditions) for test in tests_of(condition)):
            listed = tests.setdefault((test.of, test.id), [])
            if test not in listed:
                listed.append(test)
        order = [("profile", entry.id) for entry in entries] + [("question", each.id) for each in questions]
        self._index = {key: index for index, key in enumerate(key for key in order if key in tests)}
        self._tests = tests
        self._needs: list[frozenset[int]] = []
        self.variables: list[Variable] = []
        for key in self._index:
            known = (compiled.entries if key[0] == "profile" else compiled.questions)[key[1]]
            gate = gates[key]
            self._needs.append(self.needs(gate))
            self.variables.append(Variable(gate, self.holds(gate), outcomes(known, tests[key], complete)))

    def start(self) -> State:
        """The state in which all is open."""
        return [None] * len(self.variables)

    def index(self, question_id: str) -> int | None:
        """The variable that a question is, if it is one."""
        return self._index.get(("question", question_id))

    def named(self, condition: Condition) -> frozenset[int]:
        """The variables that a condition names itself."""
        return frozenset(self._index[test.of, test.id] for test in tests_of(condition))

    def needs(self, condition: Condition) -> frozenset[int]:
        """The variables that a condition depends on, also through what is visible."""
        direct = self.named(condition)
        return direct.union(*(self._needs[index] for index in direct))

    def choices(self, index: int, state: State) -> tuple[Outcome, ...]:
        """The outcomes that a variable may still have, all earlier ones being given."""
        variable = self.variables[index]
        visible = variable.visible(state)
        if visible is None:
            return (merged((HIDDEN, *variable.outcomes)),)
        return variable.outcomes if visible else (HIDDEN,)

    def holds(self, condition: Condition) -> Holds:
        """A condition as a function of states."""
        match condition:
            case AllOf(conditions):
                return _kleene(tuple(map(self.holds, conditions)), decisive=False)
            case AnyOf(conditions):
                return _kleene(tuple(map(self.holds, conditions)), decisive=True)
            case Not(negated):
                holds = self.holds(negated)
                return lambda state: None if (value := holds(state)) is None else not value
            case AnswerTest():
                key = (condition.of, condition.id)
                index, bit = self._index[key], self._tests[key].index(condition)

                def tested(state: State) -> bool | None:
                    outcome = state[index]
                    if outcome is None or outcome.mask == OPEN:
                        return None
                    return bool(outcome.mask >> bit & 1)

                return tested


def tests_of(condition: Condition) -> Iterator[AnswerTest]:
    """Every test of a condition."""
    match condition:
        case AllOf(conditions) | AnyOf(conditions):
            for each in conditions:
                yield from tests_of(each)
        case Not(negated):
            yield from tests_of(negated)
        case AnswerTest():
            yield condition


def _kleene(every: tuple[Holds, ...], decisive: bool) -> Holds:
    """``any`` where true is decisive, ``all`` where false is."""

    def holds(state: State) -> bool | None:
        result: bool | None = not decisive
        for each in every:
            value = each(state)
            if value is decisive:
                return decisive
            if value is None:
                result = None
        return result

    return holds


class Budget:
    """Steps that searches may still take: they end, and always at the same place."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def take(self, steps: int = 1) -> None:
        self.left -= steps

    @property
    def spent(self) -> bool:
        return self.left <= 0


def verdicts(space: Space, holds: Holds, needs: frozenset[int], budget: Budget) -> tuple[bool | None, bool | None]:
    """Whether a condition can hold, and whether it can fail; ``None``: not found out."""
    found: set[bool | None] = set()
    order = sorted(needs)
    if len(order) > DEEPEST:
        return None, None
    state = space.start()

    def visit(position: int) -> None:
        budget.take()
        value = holds(state)
        if value is not None or position == len(order) or budget.spent:
            found.add(value)
            return
        index = order[position]
        for outcome in space.choices(index, state):
            state[index] = outcome
            visit(position + 1)
            if found >= {True, False}:
                break
        state[index] = None

    visit(0)
    open_ = None if None in found else False
    return True in found or open_, False in found or open_
