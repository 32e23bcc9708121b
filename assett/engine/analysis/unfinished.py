"""What an author has not come back to: texts as they were put there, levels that say nothing, the same words twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from assett.engine.analysis.findings import Finding
from assett.engine.analysis.texts import texts_of
from assett.engine.document import Document, Level, Text
from assett.kernel.errors import item_path, key_path
from assett.kernel.text import N_, fold, listed, shown

# What the studio, or whoever is in a hurry, puts where a text is to come; folded, in the languages of the interface.
_PLACEHOLDER: Final = re.compile(
    r"(reponse|answer) \d+|nouve(au|lle) (questionnaire|categorie|question|niveau|reponse|choix)"
    r"|new (questionnaire|category|question|level|answer|choice)|todo|xxx+|lorem ipsum.*|a completer|a faire"
)


def unfinished_findings(document: Document) -> Iterator[Finding]:
    """Texts left as they were put there, and levels without a message."""
    for path, text in texts_of(document):
        if _PLACEHOLDER.fullmatch(fold(str(text))):
            yield Finding(
                "placeholder",
                path,
                N_("%(text)s est un texte d’attente : écrivez le vôtre"),
                {"text": shown(str(text))},
            )
    yield from _silent(document.levels, "levels")
    for number, category in enumerate(document.categories):
        yield from _silent(category.levels, key_path(item_path("categories", number), "levels"))


def _silent(levels: tuple[Level, ...], path: str) -> Iterator[Finding]:
    """One finding for all the levels of a grid that have no message."""
    names = [str(level.label) for level in levels if level.message is None]
    if names:
        template = N_("niveaux sans message : %(levels)s ; qui les atteint ne lit que leur nom")
        if len(names) == 1:
            template = N_("niveau sans message : %(levels)s ; qui l’atteint ne lit que son nom")
        yield Finding("level_without_message", path, template, {"levels": listed(names)})


def repeated_findings(document: Document) -> Iterator[Finding]:
    """Answers of a question that say the same, and questions of a category that ask the same."""
    for number, category in enumerate(document.categories):
        here = key_path(item_path("categories", number), "questions")
        asked = [(place, each.title) for place, each in enumerate(category.questions) if each.type != "info"]
        for place, first in _again(asked):
            yield Finding(
                "same_question",
                item_path(here, place),
                N_("même intitulé que la question %(number)s de cette catégorie : rien ne les distingue"),
                {"number": first + 1},
            )
        for place, question in enumerate(category.questions):
            choices = key_path(item_path(here, place), "choices")
            yield from _same_answers([choice.label for choice in question.choices], choices)
    for number, entry in enumerate(document.profile):
        yield from _same_answers(
            [choice.label for choice in entry.choices], key_path(item_path("profile", number), "choices")
        )


def _same_answers(labels: list[Text], path: str) -> Iterator[Finding]:
    for place, first in _again(list(enumerate(labels))):
        yield Finding(
            "same_answer",
            item_path(path, place),
            N_("même texte que la réponse %(number)s : rien ne les distingue"),
            {"number": first + 1},
        )


def _again(texts: list[tuple[int, Text]]) -> Iterator[tuple[int, int]]:
    """The places of texts that were there already, each with that of the first; signs tell texts apart (« < 5 »)."""
    places: dict[str, int] = {}
    for place, text in texts:
        first = places.setdefault(" ".join(str(text).casefold().split()), place)
        if first != place:
            yield place, first
