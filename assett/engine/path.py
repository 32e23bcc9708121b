"""What a respondent sees: categories and questions, what is done and what is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from assett.engine.answers import Answers
from assett.engine.compiled import Compiled, CompiledQuestion, Given
from assett.engine.document import Category, Question
from assett.engine.duration import shared
from assett.engine.values import UNKNOWN, Value

StepStatus = Literal["answered", "unclear", "missing", "optional", "info"]


@dataclass(frozen=True, slots=True)
class Step:
    """A visible question on the way.

    ``answered`` (« non concerné » included), ``unclear`` (« je ne sais pas »),
    ``missing`` (required and without an answer), ``optional`` (without an answer and
    not required) or ``info`` (nothing to answer). ``seconds`` is what it takes.
    """

    question: Question
    status: StepStatus
    value: Value | None
    seconds: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the way: the profile (``category`` is ``None``) or a visible category.

    ``answered`` of ``required`` required questions have an answer.
    """

    category: Category | None
    steps: tuple[Step, ...]
    answered: int
    required: int

    @property
    def complete(self) -> bool:
        """Whether nothing required is left."""
        return self.answered == self.required

    @property
    def progress(self) -> Fraction:
        """The share of the required questions that are answered; 1 without any."""
        return Fraction(self.answered, self.required) if self.required else Fraction(1)

    @property
    def missing(self) -> tuple[str, ...]:
        """The required questions without an answer."""
        return tuple(step.question.id for step in self.steps if step.status == "missing")

    @property
    def unclear(self) -> tuple[str, ...]:
        """The questions answered « je ne sais pas »."""
        return tuple(step.question.id for step in self.steps if step.status == "unclear")

    @property
    def seconds_left(self) -> int:
        """Seconds that its missing questions still take.

        A question takes the reading of its title and choices at four words a second,
        plus the seconds to answer of its type.
        """
        return sum(step.seconds for step in self.steps if step.status == "missing")


@dataclass(frozen=True, slots=True)
class Path:
    """The whole way. The profile is apart: it is no part of progress (section 2)."""

    profile: Stretch
    categories: tuple[Stretch, ...]

    @property
    def answered(self) -> int:
        """How many visible required questions are answered."""
        return sum(stretch.answered for stretch in self.categories)

    @property
    def required(self) -> int:
        """How many visible required questions there are."""
        return sum(stretch.required for stretch in self.categories)

    @property
    def complete(self) -> bool:
        """Whether every visible required question is answered."""
        return self.answered == self.required

    @property
    def progress(self) -> Fraction:
        """The share of the visible required questions that are answered."""
        return Fraction(self.answered, self.required) if self.required else Fraction(1)

    @property
    def missing(self) -> tuple[str, ...]:
        """The required questions without an answer, in the order of the file."""
        return tuple(name for stretch in self.categories for name in stretch.missing)

    @property
    def unclear(self) -> tuple[str, ...]:
        """The questions answered « je ne sais pas », in the order of the file."""
        return tuple(name for stretch in self.categories for name in stretch.unclear)

    @property
    def minutes_each(self) -> tuple[int, ...]:
        """Minutes that the missing questions of each category still take (0: nothing is left)."""
        return shared([stretch.seconds_left for stretch in self.categories])

    @property
    def minutes_left(self) -> int:
        """Minutes that all missing questions still take."""
        return sum(self.minutes_each)

    def stretch(self, category_id: str) -> Stretch | None:
        """The part of a category, or ``None`` where it is hidden."""
        return next((s for s in self.categories if s.category and s.category.id == category_id), None)


def path(compiled: Compiled, answers: Answers) -> Path:
    """What a respondent with these answers sees: a category that asks nothing is no part of it."""
    entries = (each for name, each in compiled.entries.items() if name not in answers.hidden_entries)
    return Path(
        profile=_stretch(None, entries, answers.profile),
        categories=tuple(
            _stretch(
                category.category,
                (each for name, each in category.questions if name not in answers.hidden),
                answers.visible,
            )
            for category in compiled.categories
            if category.questions and category.id not in answers.hidden_categories
        ),
    )


def minutes_left(compiled: Compiled, answers: Answers) -> int:
    """What `Path.minutes_left` says, without the way itself: each answer that is saved tells it."""
    missing = compiled.required.difference(answers.visible, answers.hidden)
    return sum(
        shared(
            [
                sum(each.seconds for name, each in category.questions if name in missing)
                for category in compiled.categories
            ]
        )
    )


def _stretch(category: Category | None, questions: Iterable[CompiledQuestion], given: Given) -> Stretch:
    steps = tuple(_step(each, given.get(each.question.id)) for each in questions)
    required = [step for step in steps if step.question.required]
    answered = sum(step.status != "missing" for step in required)
    return Stretch(category, steps, answered, len(required))


def _step(compiled: CompiledQuestion, value: Value | None) -> Step:
    question = compiled.question
    status: StepStatus = "answered"
    if value == UNKNOWN:
        status = "unclear"
    elif question.type == "info":
        status = "info"
    elif value is None:
        status = "missing" if question.required else "optional"
    return Step(question, status, value, compiled.seconds)
