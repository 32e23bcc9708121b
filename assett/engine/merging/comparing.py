"""Piece by piece: who changed what, and what it becomes without a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from assett.engine.document import Category, Choice, Document, Level, Question, Text
from assett.engine.merging.pieces import Piece, Placed, Status, Subject
from assett.engine.merging.values import Both, Part, both, in_order, merged_fields

Value = TypeVar("Value")


class Comparison:
    """The pieces of three documents that use the same names, in the order of the merged one."""

    def __init__(self, base: Document, theirs: Document, mine: Document) -> None:
        self.base, self.theirs, self.mine = base, theirs, mine
        self.pieces: list[Piece] = []

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
        merged: Both,
        *,
        conflict: bool = False,
    ) -> None:
        status: Status = "both"
        if conflict or merged.conflicts:
            status = "conflict"
        elif theirs == base and mine == base:
            status = "unchanged"
        elif mine == base:
            status = "theirs"
        elif theirs == base:
            status = "mine"
        named = tuple(name for name in merged.conflicts if not conflict)
        self.pieces.append(Piece(path, subject, title, status, base, theirs, mine, merged.mine, merged.theirs, named))

    def whole(self, path: str, subject: Subject, base: Value, theirs: Value, mine: Value) -> None:
        """A piece that has no other name than its place."""
        merged = both(base, theirs, mine)
        self.add(
            path,
            subject,
            path.rpartition(".")[2],
            base,
            theirs,
            mine,
            Both(merged.mine, merged.theirs),
            conflict=bool(merged.conflicts),
        )

    def header(self) -> None:
        base, theirs, mine = self.sides
        for name in ("title", "scale"):
            self.whole(name, "questionnaire", *(getattr(side, name) for side in self.sides))
        # The questionnaire's own name and label are the space's; languages go together.
        for name in ("id", "version"):
            label = both(*(getattr(side, name) for side in self.sides)).mine
            self.add(
                name,
                "questionnaire",
                name,
                getattr(base, name),
                getattr(theirs, name),
                getattr(mine, name),
                Both(label, label),
            )
        together = both(base.languages, theirs.languages, mine.languages)
        languages = together.mine
        if together.conflicts:
            languages = tuple(dict.fromkeys((*mine.languages, *theirs.languages)))
        self.add(
            "languages",
            "questionnaire",
            "languages",
            base.languages,
            theirs.languages,
            mine.languages,
            Both(languages, languages),
        )

    def levels(self, within: str, base: Sequence[Level], theirs: Sequence[Level], mine: Sequence[Level]) -> None:
        sides = [{level.id: level for level in side} for side in (base, theirs, mine)]
        for name in in_order(*(list(side) for side in sides)):
            self.part(f"{within}levels.{name}", "level", *(side.get(name) for side in sides))

    def part(self, path: str, subject: Subject, base: Part | None, theirs: Part | None, mine: Part | None) -> None:
        """A piece with fields; it may be missing on any side."""
        seen = mine or theirs
        if seen is None:
            return
        title = seen.label if isinstance(seen, (Choice, Level)) else seen.title
        if theirs is None or mine is None:
            self.one_sided(path, subject, title, base, theirs, mine, untouched=base in (theirs, mine))
            return
        self.add(path, subject, title, base, theirs, mine, merged_fields(base, theirs, mine))

    def one_sided(
        self, path: str, subject: Subject, title: Text, base: object, theirs: object, mine: object, *, untouched: bool
    ) -> None:
        """A piece that only one side has: new there, or taken away by the other."""
        conflict = base is not None and not untouched
        merged = mine if conflict or theirs == base else theirs
        self.add(
            path, subject, title, base, theirs, mine, Both(merged, theirs if conflict else merged), conflict=conflict
        )

    def profile(self) -> None:
        sides = [{entry.id: entry for entry in side.profile} for side in self.sides]
        for name in in_order(*(list(side) for side in sides)):
            base, theirs, mine = (side.get(name) for side in sides)
            path = f"profile.{name}"
            if theirs is None or mine is None or base is None:
                self.part(path, "profile", base, theirs, mine)
                continue
            self.part(path, "profile", *(replace(side, choices=()) for side in (base, theirs, mine)))
            self.choices(path, base, theirs, mine)

    def choices(self, within: str, base: Question, theirs: Question, mine: Question) -> None:
        sides = [{choice.id: choice for choice in side.choices} for side in (base, theirs, mine)]
        for name in in_order(*(list(side) for side in sides)):
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
        for name in in_order(*(list(side) for side in sides)):
            base, theirs, mine = (side.get(name) for side in sides)
            self.category(f"categories.{name}", base, theirs, mine, known[0])
            inside = [[] if side is None else [q.id for q in side.questions] for side in (base, theirs, mine)]
            for question in in_order(*inside):
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
        asked = merged_fields(base.question if base else None, theirs.question, mine.question)
        place = both(base and base.category, theirs.category, mine.category)
        conflicts = (*(("category",) if place.conflicts else ()), *asked.conflicts)
        merged = Both(Placed(place.mine, asked.mine), Placed(place.theirs, asked.theirs), conflicts)
        self.add(path, "question", title, base, theirs, mine, merged)

    def resources(self) -> None:
        sides = [{resource.id: resource for resource in side.resources} for side in self.sides]
        for name in in_order(*(list(side) for side in sides)):
            self.part(f"resources.{name}", "resource", *(side.get(name) for side in sides))


def _bare(placed: Placed) -> Placed:
    """Without its choices."""
    return Placed(placed.category, replace(placed.question, choices=()))
