"""Search that forgives accents, plurals and typing mistakes. PostgreSQL is asked for nothing it may not have
(`unaccent`, `pg_trgm`): texts are folded by `kernel.text.fold`, or in SQL by `folded`."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import ColumnElement, func

from assett.kernel.text import fold

Key = TypeVar("Key", bound=Hashable)

# The letters of the Latin alphabets of Europe that fold to one letter, and those that fold to two.
_LETTERS = [chr(code) for code in range(0xC0, 0x180)]
_SINGLE = {letter: fold(letter) for letter in _LETTERS if len(fold(letter)) == 1}
_DOUBLE = {letter: fold(letter) for letter in _LETTERS if len(fold(letter)) == 2 and fold(letter).isascii()}

# Words that say nothing of what is looked for.
_EMPTY = frozenset(
    [
        "a",
        "au",
        "aux",
        "d",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "of",
        "ou",
        "par",
        "pour",
        "sur",
        "un",
    ]
)


def folded(column: Any) -> ColumnElement[str]:
    """The SQL counterpart of `fold`, for Latin letters: « L’Œuvre d’été » gives « l oeuvre d ete »."""
    text: Any = func.translate(column, "".join(_SINGLE), "".join(_SINGLE.values()))
    for letter, letters in _DOUBLE.items():
        text = func.replace(text, letter, letters)
    spaced: ColumnElement[str] = func.btrim(func.regexp_replace(func.lower(text), "[^a-z0-9]+", " ", "g"))
    return spaced


def contains(column: Any, typed: str) -> list[ColumnElement[bool]]:
    """The conditions for a column to hold every word typed, wherever and however accented."""
    return [folded(column).contains(word, autoescape=True) for word in fold(typed).split()]


# The same names are folded on each search: the texts of one directory, some thousands of them.
fold_once = lru_cache(maxsize=65_536)(fold)


def words_of(typed: str) -> list[str]:
    """What is looked for: folded, without the words that say nothing, plurals undone."""
    words = fold(typed[:200]).split()
    telling = [word for word in words if word not in _EMPTY] or words
    return [word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in telling[:12]]


@dataclass(frozen=True, slots=True)
class Found(Generic[Key]):
    """The texts that match, in their order; `corrected` are the words tried in place of a misspelt one."""

    keys: list[Key]
    corrected: tuple[str, ...] = ()


def find(typed: str, texts: Mapping[Key, str]) -> Found[Key]:
    """The texts (folded) that hold every word typed, or its beginning.

    A word that begins none of all their words is taken for misspelt: the nearest ones stand in for it.
    """
    wanted = words_of(typed)
    if not wanted:
        return Found(list(texts))
    spaced = {key: f" {text}" for key, text in texts.items()}
    vocabulary: list[str] | None = None
    corrected: list[str] = []
    for word in wanted:
        kept = {key: text for key, text in spaced.items() if f" {word}" in text}
        if not kept and not any(f" {word}" in f" {text}" for text in texts.values()):
            if vocabulary is None:
                vocabulary = sorted({each for text in texts.values() for each in text.split() if len(each) > 3})
            near = nearest(word, vocabulary)
            corrected += near
            kept = {key: text for key, text in spaced.items() if any(f" {each}" in text for each in near)}
        spaced = kept
    return Found(list(spaced), tuple(corrected))


def nearest(word: str, vocabulary: Sequence[str]) -> list[str]:
    """The words nearest to a misspelt one: one mistake up to five letters, two beyond, none below four."""
    if len(word) < 4:
        return []
    most = 1 if len(word) < 6 else 2
    found = process.extract(word, vocabulary, scorer=OSA.distance, score_cutoff=most, limit=6)
    best = min((distance for _, distance, _ in found), default=0)
    return [each for each, distance, _ in found if distance == best]
