"""Search that forgives accents, plurals and typing mistakes. PostgreSQL is asked for nothing it may not have
(`unaccent`, `pg_trgm`): texts are folded by `kernel.text.fold`, or in SQL by `folded`."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
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
_WHOLE = {short: word for word, short in _ELIDED.items()}

# A saint's or saints' abbreviation, before a name: by itself, « st » is the beginning of any word.
_SAINT = re.compile(r"\bst(e?s?)\b(?= )")


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


def saints_whole(text: str) -> str:
    """A folded text where « st georges » is written « saint georges »."""
    return _SAINT.sub(r"saint\1", text) if "st" in text else text


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
    """The texts (folded) that hold every word typed, or its beginning, in any order; « grande rue » finds
    « Grand’Rue » too.

    A word that none of those left holds may be two of theirs in one (« grandrue », « lepi »), or half of one. Else, if
    it begins none of all their words, it is taken for misspelt: the nearest words of those left stand in for it.

    A saint is looked for in whole and abbreviated; what begins with « st » comes second to it, where there is none.
    """
    whole = saints_whole(fold(typed[:200]))
    if "saint" in whole:
        found = _find(whole, {key: saints_whole(text) for key, text in texts.items()})
        if found.keys:
            return found
    return _find(typed, texts)


def _find(typed: str, texts: Mapping[Key, str]) -> Found[Key]:
    wanted = words_of(typed)
    if not wanted:
        return Found(list(texts))
    left = {key: f" {text}" for key, text in texts.items()}
    unheld: list[str] = []
    for word in wanted:
        kept = _holding(left, [f" {word}", *_elided(word, wanted)])
        if kept:
            left = kept
        else:
            unheld.append(word)
    corrected: list[str] = []
    for word in unheld:
        cut = [f" {one}{other}" for one, other in pairwise(wanted) if word in (one, other)]
        kept = _holding(left, cut) | _joining(left, word)
        if not kept and not any(f" {word}" in f" {text}" for text in texts.values()):
            near = nearest(word, _vocabulary(left.values(), wanted))
            corrected += near
            kept = _holding(left, [form for each in near for form in (f" {each}", *_elided(each, wanted))])
        left = {key: text for key, text in left.items() if key in kept}
    return Found(list(left), tuple(corrected))


def _holding(texts: Mapping[Key, str], forms: Sequence[str]) -> dict[Key, str]:
    """Those of the texts that hold one of these."""
    if len(forms) == 1:
        [only] = forms
        return {key: text for key, text in texts.items() if only in text}
    return {key: text for key, text in texts.items() if any(form in text for form in forms)}


def _elided(word: str, wanted: Sequence[str]) -> list[str]:
    """A word's elided spelling, before another word that is wanted alone: « grande » by itself is not « grand »."""
    return [f" {_ELIDED[word]} {other}" for other in wanted if other != word] if word in _ELIDED else []


def _joining(texts: Mapping[Key, str], word: str) -> dict[Key, str]:
    """Those where the word is two of theirs in one, the first in its whole spelling where it is elided."""
    spellings = {word, *(word.replace(whole, short, 1) for whole, short in _ELIDED.items())}
    found = {}
    for key, text in texts.items():
        joined = text.replace(" ", "")
        if any(spelling in joined for spelling in spellings):
            pairs = list(pairwise(text.split()))
            whole = [(_WHOLE[one], other) for one, other in pairs if one in _WHOLE]
            if word in {f"{one}{other}" for one, other in (*pairs, *whole)}:
                found[key] = text
    return found


def _vocabulary(texts: Iterable[str], wanted: Sequence[str]) -> list[str]:
    """The words that a misspelt one may have been meant for."""
    held = list(texts)
    whole = {word for word in _ELIDED if any(form in text for form in _elided(word, wanted) for text in held)}
    return sorted(whole | {each for text in held for each in text.split() if len(each) > 3})


def nearest(word: str, vocabulary: Sequence[str]) -> list[str]:
    """The words nearest to a misspelt one: one mistake up to five letters, two beyond, none below four."""
    if len(word) < 4:
        return []
    most = 1 if len(word) < 6 else 2
    found = process.extract(word, vocabulary, scorer=OSA.distance, score_cutoff=most, limit=6)
    best = min((distance for _, distance, _ in found), default=0)
    return [each for each, distance, _ in found if distance == best]
