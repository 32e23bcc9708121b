"""Where differences are noted, and the simple ones: a text, a value, an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from assett.engine.changes.difference import Difference, Kind, Subject
from assett.engine.document import Category, Choice, Level, Question, Resource, Text
from assett.kernel.text import N_


@dataclass(frozen=True, slots=True)
class Place:
    """What a difference is about."""

    subject: Subject
    id: str
    title: Text
    category: str | None = None


class Notes:
    """Notes what differs, in the order in which it is looked at."""

    def __init__(self) -> None:
        self.found: list[Difference] = []

    def note(
        self,
        place: Place,
        kind: Kind,
        key: str,
        template: str,
        before: object = None,
        after: object = None,
        *,
        language: str | None = None,
        scoring: bool = False,
        params: Mapping[str, object] | None = None,
    ) -> None:
        self.found.append(
            Difference(
                place.subject,
                place.id,
                place.title,
                place.category,
                kind,
                key,
                template,
                before,
                after,
                language,
                scoring,
                params or {},
            )
        )

    def text(
        self, place: Place, key: str, template: str, before: Text | None, after: Text | None, **params: object
    ) -> None:
        if before == after:
            return
        old: Mapping[str, str] = before or {}
        new: Mapping[str, str] = after or {}
        changed = [language for language in {**new, **old} if old.get(language) != new.get(language)]
        for language in changed:
            self.note(
                place,
                "reworded",
                key,
                template,
                old.get(language),
                new.get(language),
                language=language,
                params=params,
            )
        if not changed:
            template = N_("Ordre des langues d’un texte : %(before)s → %(after)s")
            self.note(place, "reordered", key, template, tuple(old), tuple(new))

    def value(
        self,
        place: Place,
        key: str,
        template: str,
        before: object,
        after: object,
        *,
        scoring: bool = False,
        **params: object,
    ) -> None:
        if before != after:
            self.note(place, "changed", key, template, before, after, scoring=scoring, params=params)

    def order(self, place: Place, key: str, template: str, before: Iterable[str], after: Iterable[str]) -> None:
        """Another order of what both have."""
        first, second = list(before), list(after)
        kept = set(first) & set(second)
        old, new = tuple(n for n in first if n in kept), tuple(n for n in second if n in kept)
        if old != new:
            self.note(place, "reordered", key, template, old, new)


_Listed: TypeAlias = Level | Category | Question | Choice | Resource


def ids_of(things: Iterable[_Listed]) -> list[str]:
    return [thing.id for thing in things]


def inverse(names: Mapping[str, str]) -> dict[str, str]:
    return {called: name for name, called in names.items()}
