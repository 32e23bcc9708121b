"""What an author has not come back to: texts as they were put there, levels that say nothing, the same words twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from assett.engine.analysis.findings import Finding
from assett.engine.analysis.texts import texts_of
from assett.engine.document import Document, Level, Text
from assett.engine.unnamed import UNNAMED
from assett.kernel.errors import item_path, key_path
from assett.kernel.text import N_, fold, listed, shown

# What an author puts where a text is to come; folded, in the languages of the interface.
_PLACEHOLDER: Final = re.compile(
    r"nouve(au|lle) (questionnaire|categorie|question|niveau|reponse|choix)"
    r"|new (questionnaire|category|question|level|answer|choice)|xxx+|lorem ipsum.*|"
    + "|".join(
        fold(name.replace("%(number)s", "0")).replace("0", r"\d+") for names in UNNAMED.values() for name in names
    )
)
# The same, but as good an answer, or level, as any beside others: « À faire, En cours, Fait ».
_TO_DO: Final = re.compile(r"todo|to do|a completer|to (be )?complete(d)?|a faire")
_OF_A_LIST: Final = re.compile(r"(.*(?:choices|levels))\[\d+\]\.label")


def unfinished_findings(document: Document) -> Iterator[Finding]:
    """Texts left as they were put there, and levels without a message."""
    texts = [(path, str(text), fold(str(text))) for path, text in texts_of(document)]
    lists: dict[str, list[str]] = {}
    for path, _text, folded in texts:
        if found := _OF_A_LIST.fullmatch(path):
            lists.setdefault(found[1], []).append(folded)
    for path, text, folded in texts:
        found = _OF_A_LIST.fullmatch(path)
        if _PLACEHOLDER.fullmatch(folded) or _left_to_do(folded, lists[found[1]] if found else [folded]):
            yield Finding(
                "placeholder",
                path,
                N_("%(text)s est un texte d’attente : écrivez le vôtre"),
                {"text": shown(text)},
            )
    yield from _silent(document.levels, "levels")
    for number, category in enumerate(document.categories):
        yield from _silent(category.levels, key_path(item_path("categories", number), "levels"))


def _left_to_do(text: str, likes: list[str]) -> bool:
    """Whether « À faire » waits for a text: alone, said again among its likes, or with none that is written."""
    if not _TO_DO.fullmatch(text):
        return False
    return likes.count(text) > 1 or all(_TO_DO.fullmatch(each) or _PLACEHOLDER.fullmatch(each) for each in likes)


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
