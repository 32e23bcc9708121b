"""A three-way merge of documents: what the national base improved, taken into a space's own.

``base`` is the version that the space started from, ``theirs`` the base's new version,
``mine`` the space's document. Each piece (a question, a choice, a category, a level, a
resource…) is unchanged, changed on one side, on both in ways that go together, or in
conflict. What is renamed (``was``) is the same piece; under two new names at once, it
takes theirs and keeps mine among its former ids.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Literal, Protocol, TypeVar

from assett.engine.document import (
    Cap,
    Category,
    Choice,
    Document,
    Level,
    ProfileEntry,
    Question,
    Resource,
    Text,
)
from assett.engine.lineage import Renaming, pairs, renamed, renaming
from assett.engine.reading import read_document
from assett.engine.writing import dump_document
from assett.kernel.errors import InvalidDocument, Problem
from assett.kernel.text import N_, shown

Status = Literal["unchanged", "theirs", "mine", "both", "conflict"]
Decision = Literal["take", "keep"]
Subject = Literal["questionnaire", "level", "cap", "profile", "category", "question", "choice", "resource"]


@dataclass(frozen=True, slots=True)
class Placed:
    """A question, and the category that it stands in."""

    category: str
    question: Question


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to decide upon, on its three sides (``None``: it is not there).

    ``path`` names it (``questions.suivi``, ``questions.suivi.choices.mois``). Where all
    three sides have it, a question comes without its choices and a category without its
    levels and caps, which are pieces of their own; otherwise it comes whole.
    ``conflicts`` names the fields that both sides changed differently, none where one
    side took the piece away. ``merged`` is what the piece becomes without a decision.
    """

    path: str
    subject: Subject
    title: Text | str
    status: Status
    base: object
    theirs: object
    mine: object
    merged: object
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge:
    """All the pieces, in the order of the merged document, and how they are put together."""

    pieces: tuple[Piece, ...]
    _assemble: Callable[[Mapping[str, object]], tuple[Document, list[Problem]]]

    @property
    def conflicts(self) -> tuple[Piece, ...]:
        """The pieces that need a decision."""
        return tuple(piece for piece in self.pieces if piece.status == "conflict")

    @property
    def offered(self) -> tuple[Piece, ...]:
        """The pieces on which the other side has something new to say."""
        return tuple(piece for piece in self.pieces if piece.status in ("theirs", "both", "conflict"))

    def apply(self, decisions: Mapping[str, Decision] | None = None) -> Document:
        """The merged document.

        ``take`` gives a piece as theirs is, ``keep`` as mine is; a decision holds for the
        pieces within, unless they have their own. Without a decision, one-sided changes
        and those that go together are taken. « Plus tard » is ``keep`` for now: the base
        that the space remembers must then stay the older one.

        Raises :class:`InvalidDocument` with a problem for each conflict without a
        decision (its path is the piece's) and each decision that names no piece; once
        all is decided, with the problems of the merged document.
        """
        decisions = decisions or {}
        known = {piece.path for piece in self.pieces}
        problems = [Problem(path, N_("il n’y a rien à décider ici")) for path in decisions if path not in known]
        chosen: dict[str, object] = {}
        for piece in self.pieces:
            decision = _decision(piece.path, decisions)
            if decision is None and piece.status == "conflict":
                template = N_("il y a un conflit à trancher : prendre la version nationale, ou garder la vôtre")
                problems.append(Problem(piece.path, template))
            chosen[piece.path] = (
                piece.merged if decision is None else piece.theirs if decision == "take" else piece.mine
            )
        document, misplaced = self._assemble(chosen)
        problems += misplaced
        if problems:
            raise InvalidDocument(problems)
        return read_document(dump_document(document))


def _decision(path: str, decisions: Mapping[str, Decision]) -> Decision | None:
    """The decision on a piece, or on the nearest one around it."""
    while path:
        if path in decisions:
            return decisions[path]
        path = path.rpartition(".")[0]
    return None


def merge(base: Document, theirs: Document, mine: Document) -> Merge:
    """Compare two documents with the one that they both come from."""
    merger = _Merger(*_aligned(base, theirs, mine))
    merger.compare()
    return Merge(tuple(merger.pieces), merger.assembled)


def comparable_questions(upstream: Document, own: Document) -> frozenset[str]:
    """The questions of ``own`` (its ids) whose answers compare with those to ``upstream``.

    They ask the same thing of the same people: equal in type, title, unit, choices with
    their points, bounds, special answers and conditions (the category's included). Help,
    feedback, weight and translations that only one side has make no difference.
    """
    names = renaming(upstream, own)
    former = {called: name for name, called in names.questions.items()}
    aligned = renamed(upstream, names)
    theirs = {question.id: (category, question) for category in aligned.categories for question in category.questions}
    return frozenset(
        question.id
        for category in own.categories
        for question in category.questions
        if question.type != "info"
        and question.id in former
        and (there := theirs[question.id])[0].visible_if == category.visible_if
        and _same_question(there[1], question)
    )


_NOT_COMPARED: Final = frozenset(
    {"id", "title", "help", "required", "weight", "was", "choices", "labels", "unit", "source"}
)


def _same_question(one: Question, other: Question) -> bool:
    return (
        all(
            getattr(one, each.name) == getattr(other, each.name)
            for each in fields(Question)
            if each.name not in _NOT_COMPARED
        )
        and _same_text(one.title, other.title)
        and _same_text(one.unit, other.unit)
        and _same_choices(one.choices, other.choices)
        and dict(one.labels).keys() == dict(other.labels).keys()
        and all(_same_text(label, dict(other.labels)[step]) for step, label in one.labels)
    )


def _same_choices(one: Sequence[Choice], other: Sequence[Choice]) -> bool:
    """In whatever order."""
    there = {choice.id: choice for choice in other}
    return len(one) == len(other) and all(
        (twin := there.get(choice.id)) is not None
        and (choice.points, choice.exclusive) == (twin.points, twin.exclusive)
        and _same_text(choice.label, twin.label)
        for choice in one
    )


def _same_text(one: Text | None, other: Text | None) -> bool:
    """The same in each language that both have, one at least."""
    if one is None or other is None:
        return one is other
    shared = [language for language in one if language in other]
    return bool(shared) and all(one[language] == other[language] for language in shared)


# The three documents under the same names


def _aligned(base: Document, theirs: Document, mine: Document) -> tuple[Document, Document, Document]:
    """The three documents, what was renamed in one of them renamed in all."""
    to_theirs, to_mine = renaming(base, theirs), renaming(base, mine)
    questions = _common(
        [q.id for q in base.questions], to_theirs.questions, to_mine.questions, theirs.questions, mine.questions
    )
    entries = _common([e.id for e in base.profile], to_theirs.entries, to_mine.entries, theirs.profile, mine.profile)
    choices = _common_choices(base.questions, theirs.questions, mine.questions, to_theirs.questions, to_mine.questions)
    entry_choices = _common_choices(base.profile, theirs.profile, mine.profile, to_theirs.entries, to_mine.entries)
    first, second, third = (
        Renaming(questions[side], entries[side], choices[side], entry_choices[side]) for side in range(3)
    )
    return renamed(base, first), renamed(theirs, second), _remembering(renamed(mine, third), third, base)


def _remembering(mine: Document, names: Renaming, base: Document) -> Document:
    """A name of mine that gives way to one of theirs is kept among the former ones."""

    def asked(question: _Asked, called: _Names, choices: Mapping[str, _Names], known: Collection[str]) -> _Asked:
        before = _before(question.id, called)
        return replace(
            question,
            was=(*question.was, *_given_up(before, question.id, known)),
            choices=tuple(
                replace(choice, was=(*choice.was, *_given_up(old, choice.id, of_base)))
                for choice in question.choices
                for old in [_before(choice.id, choices.get(before, {}))]
            ),
        )

    questions, entries = {q.id for q in base.questions}, {e.id for e in base.profile}
    of_base = {choice.id for asks in (base.questions, base.profile) for each in asks for choice in each.choices}
    return replace(
        mine,
        profile=tuple(asked(entry, names.entries, names.entry_choices, entries) for entry in mine.profile),
        categories=tuple(
            replace(
                category,
                questions=tuple(asked(each, names.questions, names.choices, questions) for each in category.questions),
            )
            for category in mine.categories
        ),
    )


def _given_up(before: str, now: str, known: Collection[str]) -> tuple[str, ...]:
    """The name that mine alone had given, where it is not that of today."""
    return () if before == now or before in known else (before,)


def _before(name: str, called: _Names) -> str:
    """The name that was changed into this one."""
    return next((old for old, new in called.items() if new == name), name)


_Names = Mapping[str, str]
_Three = tuple[dict[str, str], dict[str, str], dict[str, str]]


class _Named(Protocol):
    @property
    def id(self) -> str: ...


def _common(
    base: Sequence[str], to_theirs: _Names, to_mine: _Names, theirs: Iterable[_Named], mine: Iterable[_Named]
) -> _Three:
    """New names for the three sides: a new name on one side becomes that of all.

    A name that another thing bears on one of the sides is not given a second time.
    """
    in_theirs, in_mine = {each.id for each in theirs}, {each.id for each in mine}
    names: _Three = ({}, {}, {})
    for name in base:
        there, here = to_theirs.get(name), to_mine.get(name)
        wanted = there if there not in (None, name) else here
        if wanted is None or wanted == name:
            continue
        clash = (
            (wanted != name and wanted in base)
            or (wanted != there and wanted in in_theirs)
            or (wanted != here and wanted in in_mine)
        )
        if not clash:
            names[0][name] = wanted
            if there is not None:
                names[1][there] = wanted
            if here is not None:
                names[2][here] = wanted
    return names


def _common_choices(
    base: Iterable[Question], theirs: Iterable[Question], mine: Iterable[Question], to_theirs: _Names, to_mine: _Names
) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """New names of choices, by the id that their question has on each side."""
    in_theirs, in_mine = {q.id: q for q in theirs}, {q.id: q for q in mine}
    found: tuple[dict[str, dict[str, str]], ...] = ({}, {}, {})
    for question in base:
        there, here = in_theirs.get(to_theirs.get(question.id, "")), in_mine.get(to_mine.get(question.id, ""))
        their_choices, my_choices = there.choices if there else (), here.choices if here else ()
        names = _common(
            [choice.id for choice in question.choices],
            pairs(question.choices, their_choices),
            pairs(question.choices, my_choices),
            their_choices,
            my_choices,
        )
        found[0][question.id] = names[0]
        if there is not None:
            found[1][there.id] = names[1]
        if here is not None:
            found[2][here.id] = names[2]
    return found[0], found[1], found[2]


# Piece by piece

_Any = TypeVar("_Any")
_Asked = TypeVar("_Asked", bound=Question)
_Part = TypeVar("_Part", Question, Choice, Category, Level, Resource, ProfileEntry)

_ANSWER: Final = (
    "type",
    "scored",
    "min",
    "max",
    "max_points",
    "min_choices",
    "max_choices",
    "points",
    "points_false",
    "labels",
    "bands",
    "linear",
    "integer",
    "max_length",
)
"""Fields of a question that only make sense together: what is answered, and what it earns."""
_MISSING: Final = object()


def _merged_value(base: Any, theirs: Any, mine: Any) -> Any:
    """The value of a field after the merge, :data:`_MISSING` where both sides changed it differently."""
    if theirs == mine or base == theirs:
        return mine
    if base == mine:
        return theirs
    if all(side is None or isinstance(side, Text) for side in (base, theirs, mine)):
        return _merged_text(base or {}, theirs or {}, mine or {})
    return _MISSING


def _merged_text(base: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]) -> Any:
    """Language by language."""
    entries = []
    for language in dict.fromkeys((*mine, *theirs)):
        merged = _merged_value(base.get(language), theirs.get(language), mine.get(language))
        if merged is _MISSING:
            return _MISSING
        if merged is not None:
            entries.append((language, merged))
    return Text(tuple(entries)) if entries else None


def _merged_fields(base: _Part | None, theirs: _Part, mine: _Part) -> tuple[_Part, tuple[str, ...]]:
    """Both sides' changes put together, mine where they differ; and the fields where they do."""
    changes: dict[str, Any] = {}
    conflicts: list[str] = []
    names = [each.name for each in fields(mine)]
    together: list[str] = [name for name in _ANSWER if name in names] if isinstance(mine, Question) else []
    if together:
        sides = [
            None if side is None else tuple(getattr(side, name) for name in together) for side in (base, theirs, mine)
        ]
        merged = _merged_value(*sides)
        if merged is _MISSING:
            conflicts.append("type")
        else:
            changes |= zip(together, merged, strict=True)
    for name in names:
        if name in together:
            continue
        sides = [None if side is None else getattr(side, name) for side in (base, theirs, mine)]
        if name == "was" and base is not None:
            changes[name] = _merged_former(*(getattr(side, name) for side in (base, theirs, mine)))
            continue
        merged = _merged_value(*sides)
        if merged is _MISSING:
            conflicts.append(name)
        else:
            changes[name] = merged
    return replace(mine, **changes), tuple(conflicts)


def _merged_former(base: tuple[str, ...], theirs: tuple[str, ...], mine: tuple[str, ...]) -> tuple[str, ...]:
    """Former ids: nobody's answers are lost where both sides renamed."""
    merged = _merged_value(base, theirs, mine)
    if merged is not _MISSING:
        former: tuple[str, ...] = merged
        return former
    return (*theirs, *(name for name in mine if name not in theirs))


def _order(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> list[str]:
    """All the ids of the two sides, in the order of the one that changed it (mine, if both did).

    What only the other side has stands after what it follows there.
    """
    kept = [name for name in base if name in mine]
    reordered = [name for name in mine if name in kept] != kept
    first, second = (mine, theirs) if reordered else (theirs, mine)
    order = list(first)
    place = 0
    for name in second:
        if name in order:
            place = order.index(name) + 1
        else:
            order.insert(place, name)
            place += 1
    return order


class _Merger:
    """Compares three documents that use the same names, and puts the chosen pieces together."""

    def __init__(self, base: Document, theirs: Document, mine: Document) -> None:
        self.base, self.theirs, self.mine = base, theirs, mine
        self.pieces: list[Piece] = []

    # Comparing

    def compare(self) -> None:
        self.header()
        self.levels("", *(side.levels for side in self.sides))
        self.whole("caps", "cap", *(side.caps for side in self.sides))
        self.profile()
        self.categories()
        self.resources()

    @property
    def sides(self) -> tuple[Document, Document, Document]:
        return self.base, self.theirs, self.mine

    def add(
        self,
        path: str,
        subject: Subject,
        title: Text | str,
        base: object,
        theirs: object,
        mine: object,
        merged: object,
        conflicts: tuple[str, ...] = (),
        *,
        conflict: bool = False,
    ) -> None:
        status: Status = "both"
        if conflict or conflicts:
            status = "conflict"
        elif theirs == base and mine == base:
            status = "unchanged"
        elif mine == base:
            status = "theirs"
        elif theirs == base:
            status = "mine"
        self.pieces.append(Piece(path, subject, title, status, base, theirs, mine, merged, conflicts))

    def whole(self, path: str, subject: Subject, base: _Any, theirs: _Any, mine: _Any) -> None:
        """A piece that is taken or left as one value."""
        merged = _merged_value(base, theirs, mine)
        differs = merged is _MISSING
        self.add(
            path, subject, path.rpartition(".")[2], base, theirs, mine, mine if differs else merged, conflict=differs
        )

    def header(self) -> None:
        base, theirs, mine = self.sides
        for name in ("title", "scale"):
            self.whole(name, "questionnaire", *(getattr(side, name) for side in self.sides))
        # The questionnaire's own name and label are the space's; languages go together.
        for name in ("id", "version"):
            merged = _merged_value(*(getattr(side, name) for side in self.sides))
            self.add(
                name,
                "questionnaire",
                name,
                getattr(base, name),
                getattr(theirs, name),
                getattr(mine, name),
                getattr(mine, name) if merged is _MISSING else merged,
            )
        languages = _merged_value(base.languages, theirs.languages, mine.languages)
        if languages is _MISSING:
            languages = tuple(dict.fromkeys((*mine.languages, *theirs.languages)))
        self.add("languages", "questionnaire", "languages", base.languages, theirs.languages, mine.languages, languages)

    def levels(self, within: str, base: Sequence[Level], theirs: Sequence[Level], mine: Sequence[Level]) -> None:
        sides = [{level.id: level for level in side} for side in (base, theirs, mine)]
        for name in _order(*(list(side) for side in sides)):
            self.part(f"{within}levels.{name}", "level", *(side.get(name) for side in sides))

    def part(self, path: str, subject: Subject, base: _Part | None, theirs: _Part | None, mine: _Part | None) -> None:
        """A piece with fields; it may be missing on any side."""
        seen = mine or theirs
        if seen is None:
            return
        title = seen.label if isinstance(seen, (Choice, Level)) else seen.title
        if theirs is None or mine is None:
            self.one_sided(path, subject, title, base, theirs, mine, untouched=base in (theirs, mine))
            return
        merged, conflicts = _merged_fields(base, theirs, mine)
        self.add(path, subject, title, base, theirs, mine, merged, conflicts)

    def one_sided(
        self, path: str, subject: Subject, title: Text, base: object, theirs: object, mine: object, *, untouched: bool
    ) -> None:
        """A piece that only one side has: new there, or taken away by the other."""
        conflict = base is not None and not untouched
        merged = mine if conflict or theirs == base else theirs
        self.add(path, subject, title, base, theirs, mine, merged, conflict=conflict)

    def profile(self) -> None:
        sides = [{entry.id: entry for entry in side.profile} for side in self.sides]
        for name in _order(*(list(side) for side in sides)):
            base, theirs, mine = (side.get(name) for side in sides)
            path = f"profile.{name}"
            if theirs is None or mine is None or base is None:
                self.part(path, "profile", base, theirs, mine)
                continue
            self.part(path, "profile", *(replace(side, choices=()) for side in (base, theirs, mine)))
            self.choices(path, base, theirs, mine)

    def choices(self, within: str, base: Question, theirs: Question, mine: Question) -> None:
        sides = [{choice.id: choice for choice in side.choices} for side in (base, theirs, mine)]
        for name in _order(*(list(side) for side in sides)):
            self.part(f"{within}.choices.{name}", "choice", *(side.get(name) for side in sides))

    def categories(self) -> None:
        sides = [{category.id: category for category in side.categories} for side in self.sides]
        known = [
            {
                question.id: Placed(category.id, question)
                for category in side.categories
                for question in category.questions
            }
            for side in self.sides
        ]
        done: set[str] = set()
        for name in _order(*(list(side) for side in sides)):
            base, theirs, mine = (side.get(name) for side in sides)
            self.category(f"categories.{name}", base, theirs, mine, known[0])
            inside = [[] if side is None else [q.id for q in side.questions] for side in (base, theirs, mine)]
            for question in _order(*inside):
                if question not in done:
                    done.add(question)
                    sides_of = [side.get(question) for side in known]
                    self.question(f"questions.{question}", *sides_of)
                    if all(sides_of):
                        self.choices(f"questions.{question}", *(placed.question for placed in sides_of if placed))

    def category(
        self,
        path: str,
        base: Category | None,
        theirs: Category | None,
        mine: Category | None,
        questions: Mapping[str, Placed],
    ) -> None:
        bare = [None if side is None else replace(side, questions=()) for side in (base, theirs, mine)]
        if base is not None and theirs is not None and mine is not None:
            self.part(path, "category", *(side and replace(side, levels=(), caps=()) for side in bare))
            self.levels(f"{path}.", base.levels, theirs.levels, mine.levels)
            self.whole(f"{path}.caps", "cap", base.caps, theirs.caps, mine.caps)
            return
        left = mine or theirs
        if left is None:
            return
        # Taken away on one side: the other must not have put something of its own in it.
        filled = base is not None and any(
            (there := questions.get(question.id)) is None or there.category != left.id for question in left.questions
        )
        if theirs is None or mine is None:
            untouched = bare[0] in bare[1:] and not filled
            self.one_sided(path, "category", left.title, *bare, untouched=untouched)
        else:
            self.part(path, "category", *bare)

    def question(self, path: str, base: Placed | None, theirs: Placed | None, mine: Placed | None) -> None:
        seen = mine or theirs
        if seen is None:
            return
        title = seen.question.title
        if theirs is None or mine is None:
            self.one_sided(path, "question", title, base, theirs, mine, untouched=base in (theirs, mine))
            return
        if base is not None:
            base, theirs, mine = _bare(base), _bare(theirs), _bare(mine)
        merged, conflicts = _merged_fields(base.question if base else None, theirs.question, mine.question)
        category = _merged_value(base and base.category, theirs.category, mine.category)
        if category is _MISSING:
            conflicts = ("category", *conflicts)
            category = mine.category
        self.add(path, "question", title, base, theirs, mine, Placed(category, merged), conflicts)

    def resources(self) -> None:
        sides = [{resource.id: resource for resource in side.resources} for side in self.sides]
        for name in _order(*(list(side) for side in sides)):
            self.part(f"resources.{name}", "resource", *(side.get(name) for side in sides))

    # Putting together

    def assembled(self, chosen: Mapping[str, Any]) -> tuple[Document, list[Problem]]:
        """The document of the chosen pieces, and what cannot be placed in it."""
        categories: dict[str, Category] = {
            category.id: self.with_parts(path, category, chosen) for path, category in self.chosen("category", chosen)
        }
        inside: dict[str, list[Question]] = {name: [] for name in categories}
        problems = []
        for path, placed in self.chosen("question", chosen):
            if placed.category in inside:
                inside[placed.category].append(self.with_choices(path, placed.question, chosen))
            else:
                template = N_("cette question reste, mais sa catégorie %(category)s n’est plus là")
                problems.append(Problem(path, template, params={"category": shown(placed.category)}))
        return (
            Document(
                id=chosen["id"],
                title=chosen["title"],
                languages=chosen["languages"],
                levels=self.grid("", chosen),
                categories=tuple(
                    replace(category, questions=self.in_order(name, inside[name]))
                    for name, category in categories.items()
                ),
                version=chosen["version"],
                scale=chosen["scale"],
                profile=tuple(self.with_choices(path, entry, chosen) for path, entry in self.chosen("profile", chosen)),
                caps=chosen["caps"],
                resources=tuple(resource for _, resource in self.chosen("resource", chosen)),
            ),
            problems,
        )

    def chosen(self, subject: Subject, chosen: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """The chosen pieces of a kind, and their paths."""
        for piece in self.pieces:
            if piece.subject == subject and chosen[piece.path] is not None:
                yield piece.path, chosen[piece.path]

    def with_parts(self, path: str, category: Category, chosen: Mapping[str, Any]) -> Category:
        """A category with its levels and caps, unless it came whole."""
        caps: tuple[Cap, ...] | None = chosen.get(f"{path}.caps")
        return category if caps is None else replace(category, levels=self.grid(f"{path}.", chosen), caps=caps)

    def grid(self, within: str, chosen: Mapping[str, Any]) -> tuple[Level, ...]:
        start = f"{within}levels."
        levels = (level for path, level in chosen.items() if path.startswith(start) and level is not None)
        return tuple(sorted(levels, key=lambda level: level.from_))

    def with_choices(self, path: str, question: _Asked, chosen: Mapping[str, Any]) -> _Asked:
        """A question with its choices, unless it came whole."""
        start = f"{path}.choices."
        choices = [choice for within, choice in chosen.items() if within.startswith(start)]
        if not choices:
            return question
        return replace(question, choices=tuple(choice for choice in choices if choice is not None))

    def in_order(self, category: str, questions: Sequence[Question]) -> tuple[Question, ...]:
        """The questions of a category, those that came from another one in their place too."""
        sides = [
            [question.id for each in side.categories if each.id == category for question in each.questions]
            for side in self.sides
        ]
        place = {name: index for index, name in enumerate(_order(*sides))}
        return tuple(sorted(questions, key=lambda question: place.get(question.id, len(place))))


def _bare(placed: Placed) -> Placed:
    """Without its choices."""
    return Placed(placed.category, replace(placed.question, choices=()))
