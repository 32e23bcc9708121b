"""The chosen pieces put together again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assett.engine.document import Cap, Category, Document, Level, Question
from assett.engine.merging.alignment import Asked
from assett.engine.merging.pieces import Piece, Subject
from assett.engine.merging.values import in_order
from assett.kernel.errors import Problem
from assett.kernel.text import N_, shown


@dataclass(frozen=True, slots=True)
class Assembly:
    """Makes a document of the pieces of three (base, theirs, mine), as they were chosen by path."""

    sides: tuple[Document, Document, Document]
    pieces: tuple[Piece, ...]

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
                    replace(category, questions=self.placed(name, inside[name]))
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

    def with_choices(self, path: str, question: Asked, chosen: Mapping[str, Any]) -> Asked:
        """A question with its choices, unless it came whole."""
        start = f"{path}.choices."
        choices = [choice for within, choice in chosen.items() if within.startswith(start)]
        if not choices:
            return question
        return replace(question, choices=tuple(choice for choice in choices if choice is not None))

    def placed(self, category: str, questions: Sequence[Question]) -> tuple[Question, ...]:
        """The questions of a category, those that came from another one in their place too."""
        sides = [
            [question.id for each in side.categories if each.id == category for question in each.questions]
            for side in self.sides
        ]
        place = {name: index for index, name in enumerate(in_order(*sides))}
        return tuple(sorted(questions, key=lambda question: place.get(question.id, len(place))))
