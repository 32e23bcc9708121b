"""What a questionnaire says: the file, once it has been read and found right.

Every class is an immutable value. Numbers of the file are exact fractions; the
numbers of conditions are of the type of the answers that they are compared with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal, TypeAlias, get_args

from assett.engine.values import Number, Value

QuestionType = Literal["single", "multiple", "boolean", "scale", "number", "date", "text", "info"]
Source = Literal["kind", "workforce", "naf", "commune", "department", "region"]
ResourceType = Literal["guide", "funding", "training", "expertise", "tool", "event", "contact", "testimony"]

QUESTION_TYPES: tuple[str, ...] = get_args(QuestionType)
SOURCES: tuple[str, ...] = get_args(Source)
RESOURCE_TYPES: tuple[str, ...] = get_args(ResourceType)

ONE = Fraction(1)
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Text(Mapping[str, str]):
    """A text in one or more languages, the default language first."""

    entries: tuple[tuple[str, str], ...]

    def in_(self, language: str) -> str:
        """The text in a language, or in the default one where it is not given."""
        for known, text in self.entries:
            if known == language:
                return text
        return self.entries[0][1]

    def language_in(self, language: str) -> str:
        """The language that ``in_`` gives this text in."""
        return language if language in self else self.entries[0][0]

    def __getitem__(self, language: str) -> str:
        for known, text in self.entries:
            if known == language:
                return text
        raise KeyError(language)

    def __iter__(self) -> Iterator[str]:
        return (language for language, _ in self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __str__(self) -> str:
        return self.entries[0][1]


# Conditions


@dataclass(frozen=True, slots=True)
class AnswerTest:
    """``{question: ID, is: …}``, ``{profile: ID, at_least: …}`` and their like.

    Either ``values`` (the answer is, or contains, one of them; ``"?"`` stands for
    « je ne sais pas ») or at least one of the two bounds, both included.
    """

    of: Literal["question", "profile"]
    id: str
    values: tuple[Value, ...] = ()
    at_least: Number | None = None
    at_most: Number | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds when every condition does; so without any."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when one of the conditions does; so never without any."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when its condition does not; so while its question is unanswered."""

    condition: Condition


Condition: TypeAlias = AnswerTest | AllOf | AnyOf | Not


# How a ratio is shown


@dataclass(frozen=True, slots=True)
class Scale:
    """A ratio 0..1 is shown as ``ratio × max``, with so many ``decimals``."""

    max: Fraction = Fraction(5)
    decimals: int = 1


@dataclass(frozen=True, slots=True)
class Level:
    """A named level; reached from the ratio ``from_`` up."""

    id: str
    from_: Fraction
    label: Text
    message: Text | None = None


@dataclass(frozen=True, slots=True)
class Cap:
    """While ``if_`` holds, the ratio is at most ``max``."""

    if_: Condition
    max: Fraction
    reason: Text | None = None


# Questions


@dataclass(frozen=True, slots=True)
class Named:
    """Things of the questionnaire that a message names: as a file does, or by what respondents read of them."""

    in_file: str
    labels: tuple[Text, ...]

    def __str__(self) -> str:
        return self.in_file


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice; ``was`` are the ids that it had before.

    ``unpointed`` is one that was given no points, not even 0: it counts for 0 all the same, and its author is asked
    whether that is meant.
    """

    id: str
    label: Text
    points: Fraction = ZERO
    feedback: Text | None = None
    exclusive: bool = False
    was: tuple[str, ...] = ()
    unpointed: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Band:
    """Numbers from ``from_`` up earn ``points``; the first band has no start."""

    from_: Fraction | None
    points: Fraction


@dataclass(frozen=True, slots=True)
class Linear:
    """Points grow evenly from none at ``zero`` to ``max_points`` at ``full``."""

    zero: Fraction
    full: Fraction
    max_points: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, of one of the types of the format; what its type lacks is empty.

    ``scored`` says whether its answers count: the file may say no, and some
    questions have nothing to count. ``min`` and ``max`` are numbers for ``scale``
    and ``number``, dates for ``date``. ``points`` and ``points_false`` are those
    of ``boolean``. ``max_points`` is what the file says, ``full_points`` what holds.
    """

    id: str
    type: QuestionType
    title: Text
    help: Text | None = None
    required: bool = False
    not_applicable: bool = False
    unknown: bool = False
    weight: Fraction = ONE
    scored: bool = False
    was: tuple[str, ...] = ()
    visible_if: Condition | None = None
    choices: tuple[Choice, ...] = ()
    min: Fraction | date | None = None
    max: Fraction | date | None = None
    max_points: Fraction | None = None
    min_choices: int | None = None
    max_choices: int | None = None
    points: Fraction = ONE
    points_false: Fraction = ZERO
    labels: tuple[tuple[int, Text], ...] = ()
    bands: tuple[Band, ...] = ()
    linear: Linear | None = None
    unit: Text | None = None
    integer: bool = False
    max_length: int = 2000

    @property
    def full_points(self) -> Fraction:
        """The most that an answer can earn, before the weight (``m``, section 1)."""
        match self.type:
            case "single":
                return max((choice.points for choice in self.choices), default=ZERO)
            case "multiple":
                return self._full_points_of_several()
            case "boolean":
                return max(self.points, self.points_false)
            case "scale":
                if self.max_points is not None:
                    return self.max_points
                low, high = self.bounds
                return high - low
            case "number":
                if self.linear is not None:
                    return self.linear.max_points
                return max((band.points for band in self.bands), default=ZERO)
            case _:
                return ZERO

    def _full_points_of_several(self) -> Fraction:
        if self.max_points is not None:
            return self.max_points
        together = sum((c.points for c in self.choices if not c.exclusive and c.points > 0), ZERO)
        alone = max((c.points for c in self.choices if c.exclusive), default=ZERO)
        return max(together, alone)

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The smallest and the largest step of a ``scale``."""
        low, high = self.min, self.max
        assert isinstance(low, Fraction) and isinstance(high, Fraction)
        return low, high

    def choice(self, choice_id: str) -> Choice:
        """The choice of that id; ``KeyError`` where there is none."""
        for choice in self.choices:
            if choice.id == choice_id:
                return choice
        raise KeyError(choice_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileEntry(Question):
    """A fact about the organisation: never scored, usable in conditions.

    ``source`` lets the platform fill it from what it knows already.
    """

    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A part of the questionnaire with a score of its own.

    ``levels`` is its own grid, empty where the questionnaire's holds.
    """

    id: str
    title: Text
    intro: Text | None = None
    weight: Fraction = ONE
    max_na: Fraction = ONE
    levels: tuple[Level, ...] = ()
    visible_if: Condition | None = None
    caps: tuple[Cap, ...] = ()
    questions: tuple[Question, ...] = ()


# Resources


@dataclass(frozen=True, slots=True)
class CategoryTest:
    """A ``for`` line that holds at some levels of a category."""

    category: str
    levels: tuple[str, ...]


ForLine: TypeAlias = AnswerTest | CategoryTest


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """Help to be recommended: whom for (``who``), and on which answers (``for_``)."""

    id: str
    title: Text
    url: str
    type: ResourceType
    summary: Text | None = None
    provider: Text | None = None
    priority: Fraction = Fraction(50)
    valid_from: date | None = None
    valid_until: date | None = None
    for_: tuple[ForLine, ...] = ()
    who: tuple[AnswerTest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole questionnaire; the first of ``languages`` is the default one."""

    id: str
    title: Text
    languages: tuple[str, ...]
    levels: tuple[Level, ...]
    categories: tuple[Category, ...]
    version: str | None = None
    scale: Scale = Scale()
    profile: tuple[ProfileEntry, ...] = ()
    caps: tuple[Cap, ...] = ()
    resources: tuple[Resource, ...] = ()

    def language_in(self, language: str) -> str:
        """The language that the questionnaire speaks to whoever reads in this one."""
        return language if language in self.languages else self.languages[0]

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question, in the order of the file."""
        return tuple(question for category in self.categories for question in category.questions)

    @property
    def asked(self) -> tuple[Category, ...]:
        """The categories that respondents are shown: one without a question would lead nowhere."""
        return tuple(category for category in self.categories if category.questions)

    def grid(self, category: Category | None = None) -> tuple[Level, ...]:
        """The levels that hold for a category, or for the overall score."""
        return (category.levels if category else ()) or self.levels
