"""Search that forgives accents, plurals and typing mistakes. PostgreSQL is asked for nothing it may not have
(`unaccent`, `pg_trgm`): texts are folded by `kernel.text.fold`, or in SQL by `folded`."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import ColumnElement, case, func

from assett.kernel.text import fold

Key = TypeVar("Key", bound=Hashable)

# The letters of Western Europe that fold to one letter, and those that fold to two.
_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss"}
_LETTERS = {
    letter: fold(letter) for letter in map(chr, range(0xC0, 0x100)) if len(fold(letter)) == 1 and fold(letter).isascii()
}
_LETTERS |= {"Ÿ": "y", "Œ": "œ", "Æ": "æ"}

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

# What an apostrophe may have taken the last letter of, and a sign has parted from the word it stood before.
_ELIDED = {"grande": "grand", "entre": "entr", "presque": "presqu"}


def folded(column: Any) -> ColumnElement[str]:
    """The SQL counterpart of `fold` for the letters of Western Europe, signs apart: « L’Œuvre d’été » gives
    « l’oeuvre d’ete ». To sort by."""
    text: Any = func.lower(func.translate(column, "".join(_LETTERS), "".join(_LETTERS.values())))
    for letter, letters in _LIGATURES.items():
        text = func.replace(text, letter, letters)
    # Letter by letter is slow; what has plain letters only (as many bytes as characters) is spared it.
    plain = func.octet_length(column) == func.char_length(column)
    return case((plain, func.lower(column)), else_=text)


# The same names are folded on each search: the texts of one directory, some thousands of them.
fold_once = lru_cache(maxsize=65_536)(fold)


def words_of(typed: str) -> list[str]:
    """What is looked for: folded, without the words that say nothing, plurals undone."""
    words = fold(typed[:200]).split()
    telling = [word for word in words if word not in _EMPTY] or words
    return [word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in telling[:12]]


def searchable(typed: str) -> bool:
    """Whether something can be looked for with it: a letter or a digit at least."""
    return bool(words_of(typed))


@dataclass(frozen=True, slots=True)
class Found(Generic[Key]):
    """The texts that match, in their order; `corrected` are the words tried in place of a misspelt one."""

    keys: list[Key]
    corrected: tuple[str, ...] = ()


def find(typed: str, texts: Mapping[Key, str]) -> Found[Key]:
    """The texts (folded) that hold every word typed, or its beginning; « grande rue » finds « Grand’Rue » too.

    A word that begins none of all their words is taken for misspelt: the nearest ones stand in for it.
    """
    wanted = words_of(typed)
    if not wanted:
        return Found(list(texts))
    spaced = {key: f" {text}" for key, text in texts.items()}
    vocabulary: list[str] | None = None
    corrected: list[str] = []
    for word, following in zip(wanted, [*wanted[1:], ""], strict=True):
        # Before the very word that follows it alone: « grande » by itself is not « grand ».
        elided = f" {_ELIDED[word]} {following}" if word in _ELIDED and following else f" {word}"
        kept = {key: text for key, text in spaced.items() if f" {word}" in text or elided in text}
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
