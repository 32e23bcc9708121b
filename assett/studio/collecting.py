"""The bank of questions: those of the national base, of the space's own versions and of its other drafts, and what
becomes of one in another questionnaire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from assett.core.search import Found, find, fold_once
from assett.engine.drafting import operations
from assett.engine.drafting.pieces import SETTINGS, Address, Parts, Tree, drafted, take_apart
from assett.studio import picking, queries
from assett.studio.models import Draft
from assett.studio.texts import first_language, words


@dataclass(frozen=True, slots=True)
class Origin:
    """A questionnaire that questions are taken from: of the national base, a version of the space, another draft."""

    kind: str
    id: int
    title: str
    number: int | None
    tree: Mapping[str, Any]

    @property
    def key(self) -> str:
        return f"{'draft' if self.kind == 'draft' else 'version'}-{self.id}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A question of the bank, in the language of the draft that looks for it where it has it."""

    origin: Origin
    category: str
    piece: Tree
    title: str
    there: bool

    @property
    def key(self) -> tuple[str, str]:
        return self.origin.key, str(self.piece["id"])


def origins(session: Session, draft: Draft) -> list[Origin]:
    """Where questions are found for a draft, the national base first."""
    language = first_language(draft.tree)
    found = [
        Origin("national", each.id, words(each.document.get("title"), language), each.number, each.document)
        for each in queries.national_versions(session)
    ]
    found += [
        Origin("own", each.id, words(each.document.get("title"), language), each.number, each.document)
        for each in queries.latest_versions(session)
    ]
    found += [Origin("draft", each.id, each.title, None, each.tree) for each in queries.other_drafts(session, draft)]
    return found


def entries(sources: Iterable[Origin], draft: Draft) -> list[Entry]:
    """Every question of the bank, once: what two questionnaires ask in the same words is taken from the first."""
    language = first_language(draft.tree)
    here = {str(question["id"]): question for category in _categories(draft.tree) for question in _questions(category)}
    known: set[tuple[str, str]] = set()
    found = []
    for origin in sources:
        for category in _categories(drafted(origin.tree)):
            for question in _questions(category):
                title = words(question.get("title"), language)
                if (name := (str(question["id"]), title)) in known:
                    continue
                known.add(name)
                mine = here.get(str(question["id"]))
                there = mine is not None and words(mine.get("title"), language) == title
                found.append(Entry(origin, words(category.get("title"), language), question, title, there))
    return found


def _categories(tree: Mapping[str, Any]) -> list[Tree]:
    return [each for each in tree.get("categories") or [] if isinstance(each, dict)]


def _questions(category: Mapping[str, Any]) -> list[Tree]:
    return [each for each in category.get("questions") or [] if isinstance(each, dict)]


def search(bank: Iterable[Entry], typed: str) -> tuple[list[Entry], tuple[str, ...]]:
    """The questions that hold every word typed, in their title, their answers or their category; and the words that
    were tried in place of a misspelt one."""
    by_key = {entry.key: entry for entry in bank}
    found: Found[tuple[str, str]] = find(typed, {key: _text(entry) for key, entry in by_key.items()})
    return [by_key[key] for key in found.keys], found.corrected


def _text(entry: Entry) -> str:
    labels = " ".join(words(each.get("label")) for each in entry.piece.get("choices") or [])
    return fold_once(f"{entry.title} {entry.category} {labels}")


@dataclass(frozen=True, slots=True)
class Taken:
    """The draft with a question of the bank; `along` are the entries of the profile that came with its condition, or
    `dropped` what the condition named and is not here: it stayed behind. Both are called by their titles."""

    parts: Parts
    address: Address
    along: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def taken(parts: Parts, category: str, entry: Entry) -> Taken:
    """Put a question of the bank at the end of a category. Its id is kept where it is free: past answers follow.

    `KeyError` where the category is gone.
    """
    languages = [str(each) for each in parts.pieces[SETTINGS].get("languages") or ["fr"]]
    piece = operations.spoken_in(entry.piece, languages)
    known = take_apart(drafted(entry.origin.tree)).pieces
    missing = _missing(piece, known, parts)
    # Questions to the structure itself come along; those of a category are taken by hand, if at all.
    brought = missing if all(of.startswith("profile/") and of in known for of in missing) else []
    for of in brought:
        parts, _ = operations.add_entry(parts, operations.spoken_in(known[of], languages))
    if missing and not brought:
        named = set(_named(piece.pop("visible_if")))
        missing = [of for of in missing if of in named]
    called = tuple(words(known.get(of, {}).get("title"), languages[0]) or of.partition("/")[2] for of in missing)
    ids = {name.partition("/")[2] for name in parts.pieces if name.startswith("question/")}
    if piece["id"] in ids:
        piece.pop("was", None)
    elif "was" in piece:
        piece["was"] = [each for each in piece["was"] if each not in ids]
    if not piece.get("was"):
        piece.pop("was", None)
    after, address = operations.add_question(parts, category, piece)
    return Taken(after, address, **{"along" if brought else "dropped": called})


def _missing(piece: Tree, known: Mapping[Address, Tree], parts: Parts) -> list[Address]:
    """What a piece's condition names, and what the conditions of that name, which a draft does not have; in the order
    in which they are asked where the piece comes from."""
    missing: set[Address] = set()
    waiting = [piece]
    while waiting:
        named = {of for of in _named(waiting.pop().get("visible_if")) if of} - parts.pieces.keys() - missing
        missing |= named
        waiting += [known[of] for of in named if of in known]
    return [*(of for of in known if of in missing), *sorted(missing - known.keys())]


def _named(raw: Any) -> Iterator[str]:
    """What a condition names: ``question/ID``, ``profile/ID``."""

    def within(item: picking.Item) -> Iterator[str]:
        if isinstance(item, picking.Line):
            yield item.of
        else:
            for each in item.items:
                yield from within(each)

    return within(picking.picked(raw))
