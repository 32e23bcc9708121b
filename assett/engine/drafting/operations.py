"""What one can do to a draft: add, duplicate, move, remove, replace. Each gives the parts anew.

`KeyError` names an address that is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from assett.engine.drafting.asking import understood
from assett.engine.drafting.pieces import SETTINGS, Address, Outline, Parts, Tree, free_id
from assett.engine.drafting.steps import Step

_Item = TypeVar("_Item")

# What a type brings along when a question is made or becomes one of that type.
_NEW_OF_TYPE: Mapping[str, Tree] = {
    "single": {"choices": []},
    "multiple": {"choices": []},
    "boolean": {},
    "scale": {"min": 0, "max": 4},
    "number": {},
    "date": {},
    "text": {"scored": False},
    "info": {},
}
# Where a piece holds texts: keys of its own and of the things in its lists. Elsewhere a mapping is no text.
_TEXTS = ("title", "intro", "help", "unit", "label", "feedback", "message", "reason", "summary", "provider")
_LISTS = ("choices", "levels", "caps", "resources", "categories", "questions", "profile")


def new_question(question_type: str, question_id: str, title: str, *, choices: Sequence[Tree] = ()) -> Tree:
    """A question to be filled in; ``choices`` are its first ones, to be given their ids."""
    question: Tree = {"id": question_id, "type": question_type, "title": title}
    question |= deepcopy(_NEW_OF_TYPE[question_type])
    question.pop("scored", None)
    if "choices" in question:
        question["choices"] = []
        for choice in choices:
            taken = {known["id"] for known in question["choices"]}
            question["choices"].append({"id": free_id(str(choice["label"]), taken, otherwise="choix"), **choice})
    return question


def retyped(question: Tree, question_type: str) -> Tree:
    """The question as another type: it keeps what that type understands."""
    kept = {key: question[key] for key in question if key in understood(question_type)}
    bounds_change = (question.get("type") == "date") != (question_type == "date")
    if bounds_change:
        kept.pop("min", None), kept.pop("max", None)
    return {**deepcopy(_new(question_type)), **kept, "type": question_type}


def _new(question_type: str) -> Tree:
    fresh = dict(_NEW_OF_TYPE[question_type])
    fresh.pop("scored", None)
    return fresh


def add_category(parts: Parts, title: str) -> tuple[Parts, Address]:
    """A new category, the last one."""
    name = free_id(title, {category for category, _ in parts.outline.categories}, otherwise="categorie")
    outline = replace(parts.outline, categories=(*parts.outline.categories, (name, ())))
    address = f"category/{name}"
    return Parts({**parts.pieces, address: {"id": name, "title": title}}, outline), address


def add_question(parts: Parts, category: str, question: Tree, *, after: str | None = None) -> tuple[Parts, Address]:
    """A question in a category, after another or as the last one; it gets a free id."""
    name = free_id(str(question.get("id") or ""), set(_every_question(parts.outline)))
    outline = _with_questions(
        parts.outline, category, lambda questions: _inserted(questions, name, _place_after(questions, after))
    )
    address = f"question/{name}"
    return Parts({**parts.pieces, address: {**deepcopy(question), "id": name}}, outline), address


def add_entry(parts: Parts, entry: Tree, *, after: str | None = None) -> tuple[Parts, Address]:
    """An entry of the profile."""
    name = free_id(str(entry.get("id") or ""), set(parts.outline.profile), otherwise="profil")
    place = _place_after(parts.outline.profile, after)
    outline = replace(parts.outline, profile=_inserted(parts.outline.profile, name, place))
    address = f"profile/{name}"
    return Parts({**parts.pieces, address: {**deepcopy(entry), "id": name}}, outline), address


def duplicated(parts: Parts, address: Address) -> tuple[Parts, Address]:
    """A copy of a question or an entry, right after it; it forgets the former ids, which stay the first one's."""
    kind, _, name = address.partition("/")
    copy = {key: value for key, value in deepcopy(parts.pieces[address]).items() if key != "was"}
    if kind == "profile":
        return add_entry(parts, copy, after=name)
    category = parts.outline.category_of(name)
    if category is None:
        raise KeyError(address)
    return add_question(parts, category, copy, after=name)


def removed(parts: Parts, address: Address) -> Parts:
    """Without a piece; a category goes with its questions."""
    kind, _, name = address.partition("/")
    if address not in parts.pieces or kind not in {"profile", "category", "question"}:
        raise KeyError(address)
    gone, outline = {address}, parts.outline
    if kind == "profile":
        outline = replace(outline, profile=tuple(each for each in outline.profile if each != name))
    elif kind == "category":
        gone |= {
            f"question/{each}" for category, questions in outline.categories if category == name for each in questions
        }
        outline = replace(outline, categories=tuple(each for each in outline.categories if each[0] != name))
    else:
        outline = _without(outline, name)
    return Parts({key: piece for key, piece in parts.pieces.items() if key not in gone}, outline)


def put_back_in(parts: Parts, address: Address, piece: Tree, gone: Step) -> Parts:
    """With a piece that the step `gone` took away where it stood before, after what still precedes it there; a
    category comes back with its questions, a question with its category alone."""
    kind, _, name = address.partition("/")
    before = gone.outline[0] if gone.outline is not None else parts.outline
    if kind == "profile":
        entries = _back(parts.outline.profile, before.profile, name)
        return Parts({**parts.pieces, address: piece}, replace(parts.outline, profile=entries))
    order = tuple(category for category, _ in before.categories)
    category = name if kind == "category" else before.category_of(name) or next(iter(order), name)
    pieces, outline = dict(parts.pieces), parts.outline
    if category not in dict(outline.categories):
        known = gone.pieces.get(f"category/{category}", (None, None))[0]
        pieces[f"category/{category}"] = known or {"id": category, "title": category}
        inside = dict(outline.categories) | {category: ()}
        names = _back(tuple(each for each, _ in outline.categories), order, category)
        outline = replace(outline, categories=tuple((each, inside[each]) for each in names))
    siblings = dict(before.categories).get(category, ())
    wanted = (name,) if kind == "question" else siblings
    again = {each: f"question/{each}" for each in wanted if f"question/{each}" not in pieces}
    for each, place in again.items():
        if place == address or place in gone.pieces:
            pieces[place] = gone.pieces[place][0]
            outline = _with_questions(outline, category, partial(_back, before=siblings, name=each))
    return Parts({**pieces, address: piece}, outline)


def _back(here: tuple[str, ...], before: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Names with one more, after the last that stood before it and still does."""
    earlier = before[: before.index(name)] if name in before else before
    last = next((each for each in reversed(earlier) if each in here), None)
    return _inserted(here, name, here.index(last) + 1 if last is not None else 0)


def moved_by(parts: Parts, address: Address, by: int) -> Parts:
    """A piece moved up (−1) or down (+1) among its likes; at the edge of its category, a question goes into the
    neighbouring one."""
    kind, _, name = address.partition("/")
    outline = parts.outline
    if kind == "profile":
        return Parts(parts.pieces, replace(outline, profile=_shifted(outline.profile, name, by)))
    if kind == "category":
        order = [category for category, _ in outline.categories]
        questions = dict(outline.categories)
        shifted = _shifted(tuple(order), name, by)
        return Parts(parts.pieces, replace(outline, categories=tuple((each, questions[each]) for each in shifted)))
    category = outline.category_of(name)
    if category is None:
        raise KeyError(address)
    questions_here = dict(outline.categories)[category]
    place = questions_here.index(name) + by
    if 0 <= place < len(questions_here):
        return Parts(parts.pieces, _with_questions(outline, category, lambda q: _shifted(q, name, by)))
    order = [each for each, _ in outline.categories]
    neighbour = order.index(category) + by
    if not 0 <= neighbour < len(order):
        return parts
    return moved_to(parts, name, order[neighbour], 0 if by > 0 else None)


def moved_to(parts: Parts, question: str, category: str, place: int | None = None) -> Parts:
    """A question moved into a category, at a place (counted without it) or at the end."""
    if parts.outline.category_of(question) is None:
        raise KeyError(f"question/{question}")
    if category not in dict(parts.outline.categories):
        raise KeyError(f"category/{category}")
    outline = _without(parts.outline, question)
    outline = _with_questions(
        outline, category, lambda questions: _inserted(questions, question, len(questions) if place is None else place)
    )
    return Parts(parts.pieces, outline)


def replaced(parts: Parts, address: Address, piece: Tree) -> Parts:
    """With another piece in a place; its id stays."""
    known = parts.pieces[address]
    kept = {"id": known["id"]} if "id" in known else {}
    return Parts({**parts.pieces, address: {**kept, **piece, **kept}}, parts.outline)


def in_languages(parts: Parts, languages: Sequence[str]) -> Parts:
    """A draft that speaks these languages alone: its texts in others go; one that has no other words keeps them."""
    if not languages:
        raise ValueError("a draft speaks at least one language")
    pieces = {address: spoken_in(piece, languages) for address, piece in parts.pieces.items()}
    pieces[SETTINGS] = {**pieces[SETTINGS], "languages": list(languages)}
    return Parts(pieces, parts.outline)


def spoken_in(piece: Mapping[str, Any], languages: Sequence[str]) -> Tree:
    """A piece, a thing of one of its lists, or a whole document's tree with its texts in some languages alone."""
    spoken = dict(piece)
    for key, value in piece.items():
        if key in _TEXTS and isinstance(value, Mapping):
            spoken[key] = _text_in(value, languages)
        elif key == "labels" and isinstance(value, Mapping):
            spoken[key] = {
                step: _text_in(text, languages) if isinstance(text, Mapping) else text for step, text in value.items()
            }
        elif key in _LISTS and isinstance(value, (list, tuple)):
            spoken[key] = [spoken_in(each, languages) if isinstance(each, Mapping) else each for each in value]
    return spoken


def _text_in(text: Mapping[str, str], languages: Sequence[str]) -> str | dict[str, str]:
    first, *others = languages
    # The database keeps no order of keys; words in another language are better than none.
    spoken = {first: next((text[each] for each in (first, "fr", *others, *sorted(text)) if text.get(each)), "")}
    spoken |= {each: text[each] for each in others if text.get(each)}
    return spoken[first] if len(spoken) == 1 else spoken


def _every_question(outline: Outline) -> list[str]:
    return [question for _, questions in outline.categories for question in questions]


def _with_questions(outline: Outline, category: str, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Outline:
    if category not in dict(outline.categories):
        raise KeyError(f"category/{category}")
    return replace(
        outline,
        categories=tuple(
            (each, change(questions) if each == category else questions) for each, questions in outline.categories
        ),
    )


def _without(outline: Outline, question: str) -> Outline:
    return replace(
        outline,
        categories=tuple(
            (category, tuple(each for each in questions if each != question))
            for category, questions in outline.categories
        ),
    )


def _place_after(things: Sequence[str], after: str | None) -> int:
    return things.index(after) + 1 if after in things else len(things)


def _inserted(things: tuple[_Item, ...], thing: _Item, place: int) -> tuple[_Item, ...]:
    place = max(0, min(place, len(things)))
    return (*things[:place], thing, *things[place:])


def _shifted(things: tuple[str, ...], name: str, by: int) -> tuple[str, ...]:
    if name not in things:
        raise KeyError(name)
    place = things.index(name)
    rest = tuple(each for each in things if each != name)
    return _inserted(rest, name, place + by)
