"""The texts of a draft in its languages: what lacks a translation, and which translation its source has left behind.

A text has its piece and a key within it: ``title``, ``choices.led.label`` (by the choice's id), ``caps.0.reason``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from assett.engine.analysis.texts import alike_everywhere
from assett.engine.drafting.pieces import SETTINGS, Address, Parts, Tree
from assett.kernel.text import N_
from assett.studio.texts import words

# The texts that a piece holds itself, and those of the things in its lists.
_OWN = ("title", "intro", "help", "unit")
_OF_LISTS: Mapping[str, tuple[str, ...]] = {
    "levels": ("label", "message"),
    "choices": ("label", "feedback"),
    "caps": ("reason",),
    "resources": ("title", "summary"),
}
LABELS: Mapping[str, str] = {
    "title": N_("Intitulé"),
    "intro": N_("Introduction"),
    "help": N_("Aide"),
    "unit": N_("Unité"),
    "label": N_("Libellé"),
    "message": N_("Message"),
    "feedback": N_("Commentaire"),
    "reason": N_("Raison du plafond"),
    "summary": N_("Résumé"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands, and its words: a plain text, or one for each language."""

    address: Address
    key: str
    raw: Any

    @property
    def label(self) -> str:
        """What it is called (a French source text)."""
        return LABELS.get(self.key.rpartition(".")[2], N_("Mot d’un degré"))

    def mark(self, language: str) -> str:
        """What `Draft.translated` knows its translation by."""
        return f"{self.address} {self.key} {language}"


@dataclass(frozen=True, slots=True)
class Row:
    """A text beside its translation."""

    place: Place
    source: str
    translation: str
    stale: bool

    @property
    def missing(self) -> bool:
        return not self.translation

    @property
    def to_do(self) -> bool:
        return self.missing or self.stale


def places_of(parts: Parts) -> Iterator[Place]:
    """Every text of a draft, piece by piece."""
    for address, piece in parts.pieces.items():
        yield from places_in(address, piece)


def places_in(address: Address, piece: Mapping[str, Any]) -> Iterator[Place]:
    for key in _OWN:
        if piece.get(key):
            yield Place(address, key, piece[key])
    for name, keys in _OF_LISTS.items():
        for number, thing in enumerate(_things(piece, name)):
            for key in keys:
                if thing.get(key):
                    yield Place(address, f"{name}.{thing.get('id', number)}.{key}", thing[key])
    labels = piece.get("labels")
    if isinstance(labels, Mapping):
        for step, label in labels.items():
            if label:
                yield Place(address, f"labels.{step}", label)


def _things(piece: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    things = piece.get(name)
    return [each for each in things if isinstance(each, dict)] if isinstance(things, list) else []


def rows(parts: Parts, translated: Mapping[str, Any], language: str) -> list[Row]:
    """The texts that want a translation into a language, in the order of the questionnaire."""
    first = _first(parts)
    found = []
    for place in places_of(parts):
        source = words(place.raw, first)
        translation = str(place.raw.get(language) or "") if isinstance(place.raw, Mapping) else ""
        if source and (translation or not alike_everywhere(source)):
            known = translated.get(place.mark(language))
            stale = bool(translation) and known is not None and known != digest(source)
            found.append(Row(place, source, translation, stale))
    return found


def missing(parts: Parts) -> int:
    """How many translations lack, in all languages together."""
    languages = [str(each) for each in parts.pieces.get(SETTINGS, {}).get("languages") or []]
    return sum(row.missing for language in languages[1:] for row in rows(parts, {}, language))


def stale(parts: Parts, translated: Mapping[str, Any]) -> int:
    """How many translations their source has left behind, in all languages together."""
    languages = [str(each) for each in parts.pieces.get(SETTINGS, {}).get("languages") or []]
    return sum(row.stale for language in languages[1:] for row in rows(parts, translated, language))


def digest(source: str) -> str:
    return sha256(source.encode()).hexdigest()[:12]


def digests(parts: Parts) -> dict[str, str]:
    """The words that each translation of a draft is taken to be made of: those that stand beside it."""
    return _digests(parts, parts.pieces)


def _digests(parts: Parts, addresses: Iterable[Address]) -> dict[str, str]:
    first = _first(parts)
    return {
        place.mark(language): digest(words(place.raw, first))
        for address in addresses
        for place in places_in(address, parts.pieces.get(address, {}))
        if isinstance(place.raw, Mapping)
        for language in place.raw
        if language != first and place.raw[language]
    }


def followed(translated: Mapping[str, Any], before: Parts, after: Parts, changed: Iterable[Address]) -> dict[str, Any]:
    """The digests after a change: a translation that was written anew is made of the words that stand there now."""
    changed = list(changed)
    was, now = _spoken(before, changed), _spoken(after, changed)
    fresh = _digests(after, changed)
    kept = {mark: known for mark, known in translated.items() if mark in now or mark not in was}
    return kept | {mark: fresh[mark] for mark in fresh if mark not in kept or now[mark] != was.get(mark)}


def left_behind(before: Mapping[str, Any], after: Mapping[str, Any], parts: Parts) -> dict[str, Any]:
    """Of the digests that a change of a draft drops, those of translations that their source had left behind: taken
    back, the change gives them back as they were."""
    dropped = {mark: known for mark, known in before.items() if mark not in after}
    standing = digests(parts) if dropped else {}
    return {mark: known for mark, known in dropped.items() if standing.get(mark, known) != known}


def said_in(parts: Parts, languages: Iterable[str]) -> int:
    """How many texts a draft has in some languages."""
    return sum(
        bool(place.raw.get(language))
        for language in languages
        for place in places_of(parts)
        if isinstance(place.raw, Mapping)
    )


def _spoken(parts: Parts, addresses: Iterable[Address]) -> dict[str, str]:
    """The translations of some pieces."""
    first = _first(parts)
    return {
        place.mark(language): str(text)
        for address in addresses
        for place in places_in(address, parts.pieces.get(address, {}))
        if isinstance(place.raw, Mapping)
        for language, text in place.raw.items()
        if language != first and text
    }


def _first(parts: Parts) -> str:
    return str(next(iter(parts.pieces.get(SETTINGS, {}).get("languages") or ()), "fr"))


def with_translation(parts: Parts, address: Address, key: str, language: str, text: str) -> Parts:
    """The draft with a text said in a language (an empty one: no longer). `KeyError` where the text is gone."""
    piece: Tree = deepcopy(parts.pieces[address])
    holder, name = _holder(piece, key)
    raw, first = holder[name], _first(parts)
    texts = dict(raw) if isinstance(raw, Mapping) else {first: str(raw)}
    texts[language] = text
    texts = {each: words for each, words in texts.items() if words}
    holder[name] = texts[first] if list(texts) == [first] else texts
    return Parts({**parts.pieces, address: piece}, parts.outline)


def _holder(piece: Tree, key: str) -> tuple[Any, Any]:
    """The mapping that holds a text, and its key there."""
    match key.split("."):
        case [name] if name in piece:
            return piece, name
        case ["labels", step] if isinstance(piece.get("labels"), dict):
            known = next((each for each in piece["labels"] if str(each) == step), None)
            if known is not None:
                return piece["labels"], known
        case [name, which, own]:
            for number, thing in enumerate(_things(piece, name)):
                if str(thing.get("id", number)) == which and own in thing:
                    return thing, own
        case _:
            pass
    raise KeyError(key)
