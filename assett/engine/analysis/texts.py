"""Texts: what is not translated, and what is hard to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from assett.engine.analysis.findings import Finding
from assett.engine.document import Cap, Document, Level, Question, Resource, Text
from assett.kernel.errors import item_path, key_path
from assett.kernel.text import N_, listed

LONGEST_SENTENCE: Final = 30
"""Words of a sentence beyond which it is better cut in two."""
HARD: Final = 30
"""Ease of reading below which a text is « très difficile » on Flesch's scale."""
ENOUGH_WORDS: Final = 100
"""Words from which ease is measured: Flesch took samples of a hundred."""

# What is written alike in every language: no word at all, or the symbol of a unit.
_SYMBOLS = frozenset(("km", "cm", "mm", "kg", "mg", "ha", "kW", "kWh", "MWh", "GWh", "min", "kgCO2e", "tCO2e", "CO2"))
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_END = re.compile(r"[.!?…]+(?=[\s»)]|$)|\n{2,}|\n\s*[-*] ")
_ADDRESS = re.compile(r"\]\([^)]*\)|https?://\S+")
_VOWELS = re.compile(r"[aeiouyàâäéèêëîïôöùûüÿœæ]+")
_MUTE = re.compile(r"[^aeiouyàâäéèêëîïôöùûüÿœæ]es?$")


def texts_of(document: Document) -> Iterator[tuple[str, Text]]:
    """Every text of a document with its path, in the order of the file."""
    yield "title", document.title
    yield from _levels(document.levels, "")
    for number, entry in enumerate(document.profile):
        yield from _question(entry, item_path("profile", number))
    yield from _caps(document.caps, "")
    for number, category in enumerate(document.categories):
        here = item_path("categories", number)
        yield from _given(here, title=category.title, intro=category.intro)
        yield from _levels(category.levels, here)
        yield from _caps(category.caps, here)
        for index, question in enumerate(category.questions):
            yield from _question(question, item_path(key_path(here, "questions"), index))
    yield from texts_of_resources(document.resources)


def texts_of_resources(resources: Iterable[Resource]) -> Iterator[tuple[str, Text]]:
    """Every text of some resources but names of providers, which stay what they are."""
    for number, resource in enumerate(resources):
        yield from _given(item_path("resources", number), title=resource.title, summary=resource.summary)


def _given(path: str, **texts: Text | None) -> Iterator[tuple[str, Text]]:
    for key, text in texts.items():
        if text is not None:
            yield key_path(path, key), text


def _levels(levels: tuple[Level, ...], path: str) -> Iterator[tuple[str, Text]]:
    for index, level in enumerate(levels):
        yield from _given(item_path(key_path(path, "levels"), index), label=level.label, message=level.message)


def _caps(caps: tuple[Cap, ...], path: str) -> Iterator[tuple[str, Text]]:
    for index, cap in enumerate(caps):
        yield from _given(item_path(key_path(path, "caps"), index), reason=cap.reason)


def _question(question: Question, path: str) -> Iterator[tuple[str, Text]]:
    yield from _given(path, title=question.title, help=question.help, unit=question.unit)
    for index, choice in enumerate(question.choices):
        yield from _given(item_path(key_path(path, "choices"), index), label=choice.label, feedback=choice.feedback)
    for value, text in question.labels:
        yield key_path(key_path(path, "labels"), value), text


def untranslated(texts: Iterable[tuple[str, Text]], languages: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The paths of the texts that each language lacks; languages that lack none are left out."""
    every = [(path, text) for path, text in texts if not alike_everywhere(str(text))]
    lacking = {language: tuple(path for path, text in every if language not in text) for language in languages}
    return {language: paths for language, paths in lacking.items() if paths}


def alike_everywhere(text: str) -> bool:
    """Whether a text is written alike in every language: figures, symbols of units."""
    return all(len(word) < 2 or word in _SYMBOLS for word in re.findall(r"[^\W_]+", text) if not word.isdecimal())


def translation_findings(lacking: dict[str, tuple[str, ...]]) -> Iterator[Finding]:
    """One finding a language, at the first text that it lacks."""
    for language, paths in lacking.items():
        yield Finding(
            "missing_translation",
            paths[0],
            N_("textes sans version « %(language)s » : %(count)s (%(paths)s)"),
            {"language": language, "count": len(paths), "paths": listed(paths)},
        )


# A text is read for its category and for the whole, and a draft is checked after each change of one of its texts.
@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[tuple[str, ...], ...]:
    """The words of each sentence; addresses are no words, an elided one goes with the next."""
    parts = _END.split(_ADDRESS.sub(" ", text))
    return tuple(tuple(words) for part in parts if (words := _WORD.findall(part.lower())))


@lru_cache(maxsize=16384)
def syllables(word: str) -> int:
    """The syllables of a French word, at least one: its groups of vowels, less a final mute e.

    An approximation that the length of texts evens out: « nation » has two, « réunion » two.
    """
    groups = len(_VOWELS.findall(word))
    return max(groups - (_MUTE.search(word) is not None), 1)


def reading_ease(texts: Iterable[str]) -> float | None:
    """How easy French texts are to read, about 0 (very hard) to 100 (very easy); ``None`` below a hundred words.

    ``207 − 1.015 × words a sentence − 73.6 × syllables a word``: Flesch's formula (1948)
    for French, by L. Kandel and A. Moles, « Application de l’indice de Flesch à la langue
    française », Cahiers d’études de radio-télévision, 19, 1958, pages 253 to 274.
    """
    every = [words for text in texts for words in sentences(text)]
    count = sum(map(len, every))
    if count < ENOUGH_WORDS:
        return None
    spoken = sum(syllables(word) for words in every for word in words)
    return 207 - 1.015 * count / len(every) - 73.6 * spoken / count


_EASES: Final = (
    (90, N_("très faciles")),
    (80, N_("faciles")),
    (70, N_("assez faciles")),
    (60, N_("ni faciles ni difficiles")),
    (50, N_("assez difficiles")),
    (HARD, N_("difficiles")),
)


def told_ease(ease: float) -> tuple[int, str]:
    """An ease of reading as it is told: within the 0 to 100 that people know it by, which the formula goes beyond, and
    in Flesch's words (a French source text)."""
    told = min(max(round(ease), 0), 100)
    return told, next((word for least, word in _EASES if told >= least), N_("très difficiles"))


def reading_findings(document: Document) -> Iterator[Finding]:
    """Categories whose French prose is hard to read, and sentences that are long."""
    if "fr" not in document.languages:
        return
    by_category: dict[str, list[str]] = {}
    for path, text in texts_of(document):
        french = text.get("fr")
        if french is None:
            continue
        # Labels are no sentences.
        if path.startswith("categories[") and not path.endswith(".label"):
            by_category.setdefault(path.partition(".")[0], []).append(french)
        longest = max(map(len, sentences(french)), default=0)
        if longest > LONGEST_SENTENCE:
            yield Finding(
                "long_sentence",
                path,
                N_("une phrase de %(words)s mots : au-delà de %(most)s, mieux vaut la couper"),
                {"words": longest, "most": LONGEST_SENTENCE},
            )
    for path, texts in by_category.items():
        ease = reading_ease(texts)
        if ease is not None and ease < HARD:
            yield Finding(
                "hard_to_read",
                path,
                N_("des textes difficiles à lire (%(ease)s sur 100) : raccourcissez les phrases, puis les mots"),
                {"ease": round(ease)},
            )
